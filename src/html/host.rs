//! What host a URL leads to, as browsers read it, and to what organisation that belongs.
//!
//! Owns the rules of WHATWG URL for links in mail, and the public suffix list. It must never look up a name, nor know whom to trust.
//! Nothing here fails: what leads to no host leads nowhere.

use std::borrow::Cow;
use std::net::Ipv4Addr;
use url::{Host as Parsed, Url};

/// Hosts that are taken out of one URL, to which it leads on.
const MOST_ONWARD: usize = 4;

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a host.
    Host(Host),
    /// To a mailbox at this host.
    Mailbox(String),
    /// To a page that stands in the link itself.
    Page,
    /// To where the page is from, into the mail, or by a scheme that leads to no host.
    Nowhere,
}

/// A host, and how the link says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// Its name in lower case, in ASCII; or its address in the usual form.
    pub name: String,
    /// Whether it is a public address in numbers.
    pub is_number: bool,
    /// Whether a user stands before it, where readers expect the host.
    pub has_user: bool,
    /// Whether it is written in another way than it reads: by escapes, in odd numbers, in letters that stand for others.
    pub is_disguised: bool,
    /// Whether letters and digits of its path are written as escapes, for which there is no need.
    pub has_disguised_path: bool,
    /// The path, as browsers write it.
    pub path: String,
    /// The hosts of the URLs within it, to which it may lead on.
    pub onward: Vec<String>,
}

/// Where `href` leads on a page whose base is `base`.
pub fn target(href: &[u8], base: Option<&Url>) -> Target {
    let href = String::from_utf8_lossy(href);
    let Some(url) = read(&href, base) else { return Target::Nowhere };
    match url.scheme() {
        "http" | "https" | "ftp" => host(&url, &href).map_or(Target::Nowhere, Target::Host),
        "mailto" => mailbox(url.path()).map_or(Target::Nowhere, Target::Mailbox),
        "data" if is_page(url.path()) => Target::Page,
        _ => Target::Nowhere,
    }
}

/// The base that a page says; none where it leads to no host.
pub fn base(href: &[u8]) -> Option<Url> {
    read(&String::from_utf8_lossy(href), None).filter(Url::has_host)
}

/// The part of a host's name that somebody registered; the name itself where it is an address, or no more than a suffix.
pub fn organisation(name: &str) -> &str {
    let is_number = name.ends_with(']') || name.parse::<Ipv4Addr>().is_ok();
    if is_number { name } else { psl::domain_str(name).unwrap_or(name) }
}

/// The label that tells an organisation from others: `example` of `example.co.uk`.
pub fn own_label(organisation: &str) -> &str {
    organisation.split('.').next().unwrap_or(organisation)
}

/// Whether `name` ends with a suffix that the public list knows of, so that it may be the name of a host.
pub fn is_known(name: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known() && suffix.as_bytes().len() < name.len())
}

/// Whether `name` is `domain` or lies below it.
pub fn is_below(name: &str, domain: &str) -> bool {
    let domain = domain.trim_start_matches('.');
    let head = name.len().checked_sub(domain.len()).and_then(|at| name.split_at_checked(at));
    head.is_some_and(|(head, tail)| tail.eq_ignore_ascii_case(domain) && (head.is_empty() || head.ends_with('.')))
}

/// The name as readers are shown it.
pub fn shown(name: &str) -> Cow<'_, str> {
    if name.contains("xn--") { Cow::Owned(url::quirks::domain_to_unicode(name)) } else { Cow::Borrowed(name) }
}

/// What is relative is read as relative to a host that cannot be: `//a` leads to a, and `a` nowhere.
fn read(href: &str, base: Option<&Url>) -> Option<Url> {
    const NOWHERE: &str = "nowhere.invalid";
    // Readers make a link of it.
    let is_bare = href.trim_start().get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    if is_bare && base.is_none() {
        return Url::parse(&format!("http://{}", href.trim_start())).ok();
    }
    // `http:a` is relative where the base is http too, and leads to a where there is no base: that it leads there is the safe side.
    if let Ok(url) = Url::parse(href) {
        return Some(url);
    }
    let own = Url::parse("http://nowhere.invalid/").ok();
    let url = Url::options().base_url(base.or(own.as_ref())).parse(href).ok()?;
    (url.host_str() != Some(NOWHERE)).then_some(url)
}

fn host(url: &Url, href: &str) -> Option<Host> {
    let parsed = url.host()?;
    let name = url.host_str()?.trim_end_matches('.').to_owned();
    let written = authority(href);
    let behind = url.as_str().get(url.as_str().find(url.path()).unwrap_or_default()..).unwrap_or_default();
    Some(Host {
        is_number: is_public(&parsed),
        has_user: !url.username().is_empty() || url.password().is_some(),
        is_disguised: is_disguised(&written, &name, &parsed),
        has_disguised_path: needless_escapes(behind) >= 4,
        path: url.path().to_owned(),
        onward: onward(behind),
        name,
    })
}

fn is_public(host: &Parsed<&str>) -> bool {
    match host {
        Parsed::Domain(_) => false,
        Parsed::Ipv4(address) => !address.is_private() && !address.is_loopback() && !address.is_link_local(),
        Parsed::Ipv6(address) => !address.is_loopback() && !address.is_unique_local() && !address.is_unicast_link_local(),
    }
}

/// What stands where the host is expected, without user and port.
fn authority(href: &str) -> String {
    let behind = href.split_once(':').map_or(href, |(_, behind)| behind).trim_start_matches(['/', '\\']);
    let authority = behind.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(host, _)| host);
    host.trim().trim_end_matches('.').to_lowercase()
}

/// A name in another script is what it reads as; one that comes out as plain ASCII and was not written so is not.
fn is_disguised(written: &str, name: &str, host: &Parsed<&str>) -> bool {
    match host {
        Parsed::Ipv4(_) => written.parse::<Ipv4Addr>().is_err(),
        Parsed::Ipv6(_) => false,
        Parsed::Domain(_) => written.contains('%') || (!written.is_ascii() && !name.contains("xn--")),
    }
}

/// How many letters and digits are written as escapes; the second octet of a letter in Shift_JIS or GBK is none.
fn needless_escapes(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_second = |at: usize| at.checked_sub(3).and_then(|at| octet(bytes, at).filter(|_| bytes.get(at) == Some(&b'%'))) >= Some(0x80);
    let is_needless = |at: usize| octet(bytes, at).is_some_and(|octet| octet.is_ascii_alphanumeric()) && !is_second(at);
    memchr::memchr_iter(b'%', bytes).filter(|at| is_needless(*at)).count()
}

fn octet(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    u8::try_from(digit(at + 1)? * 16 + digit(at + 2)?).ok()
}

/// The hosts of the URLs that stand in `text`, which may be escaped twice.
fn onward(text: &str) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    if !text.contains("http") && needless_escapes(text) == 0 {
        return hosts;
    }
    let text = unescaped(&unescaped(text.as_bytes()));
    for at in memchr::memmem::find_iter(&text, b"http").take(4 * MOST_ONWARD) {
        let Some(rest) = text.get(at..) else { continue };
        let is_url = ["http:/", "https:/"].iter().any(|start| rest.starts_with(start.as_bytes()));
        let end = rest.iter().position(|byte| matches!(byte, b'&' | b' ' | b'"' | b'#')).unwrap_or(rest.len());
        let url = rest.get(..end).filter(|_| is_url).and_then(|url| Url::parse(&String::from_utf8_lossy(url)).ok());
        let name = url.as_ref().and_then(Url::host_str).map(str::to_owned);
        hosts.extend(name.filter(|name| hosts.len() < MOST_ONWARD && !hosts.contains(name)));
    }
    hosts
}

fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = if *byte == b'%' { octet(bytes, at) } else { None };
        plain.push(escaped.unwrap_or(*byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    plain
}

/// The host of the first address of a mailto URL (RFC 6068).
fn mailbox(path: &str) -> Option<String> {
    let path = unescaped(path.as_bytes());
    let path = String::from_utf8_lossy(&path);
    let (_, name) = path.split(',').next()?.rsplit_once('@')?;
    let name = name.trim().trim_end_matches('>').to_ascii_lowercase();
    (!name.is_empty()).then_some(name)
}

/// Whether a data URL holds a page, or what may hold one.
fn is_page(path: &str) -> bool {
    let kind = path.split([',', ';']).next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.contains("html") || kind.contains("xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host_of(href: &str) -> Host {
        match target(href.as_bytes(), None) {
            Target::Host(host) => host,
            other => panic!("{href}: {other:?}"),
        }
    }

    #[test]
    fn a_host_is_read_as_browsers_read_it() {
        let table = [
            ("http://Example.COM/a", "example.com"),
            (" https://example.com", "example.com"),
            ("ht\ttp://exa\nmple.com", "example.com"),
            ("http:example.com", "example.com"),
            ("https:\\\\example.com\\a", "example.com"),
            ("//example.com/a", "example.com"),
            ("\\\\example.com\\a", "example.com"),
            ("www.example.com/a", "www.example.com"),
            ("http://user@example.com@evil.example/", "evil.example"),
            ("http://example.com\\@evil.example/", "example.com"),
            ("http://example.com:80/", "example.com"),
            ("http://example.com./", "example.com"),
            ("http://0x7f.1/", "127.0.0.1"),
            ("http://2130706433/", "127.0.0.1"),
            ("http://0300.0250.1.1/", "192.168.1.1"),
            ("http://exam%70le.com/", "example.com"),
            ("http://b\u{fc}cher.example/", "xn--bcher-kva.example"),
            ("http://example\u{3002}com/", "example.com"),
        ];
        for (href, expected) in table {
            assert_eq!(host_of(href).name, expected, "{href:?}");
        }
    }

    #[test]
    fn what_leads_to_no_host_leads_nowhere() {
        for href in ["", "#top", "page.html", "/path", "?a=b", "cid:1@a", "javascript:x", "http://", "tel:1", "data:image/png;base64,x"] {
            assert_eq!(target(href.as_bytes(), None), Target::Nowhere, "{href}");
        }
        for href in ["data:text/html,x", "data:application/xhtml+xml;base64,x", "DATA:image/svg+xml,x", "da\tta: text/html,x"] {
            assert_eq!(target(href.as_bytes(), None), Target::Page, "{href}");
        }
        for (href, expected) in [("mailto:a@Example.com?subject=x@y", "example.com"), ("mailto:a%40example.com", "example.com")] {
            assert_eq!(target(href.as_bytes(), None), Target::Mailbox(expected.into()), "{href}");
        }
    }

    #[test]
    fn a_base_says_where_relative_links_lead() {
        let base = base(b"http://example.com/a/");
        assert!(matches!(target(b"page", base.as_ref()), Target::Host(host) if host.name == "example.com"));
        assert!(matches!(target(b"http://other.example/", base.as_ref()), Target::Host(host) if host.name == "other.example"));
        assert_eq!(super::base(b"page"), None);
    }

    #[test]
    fn how_a_link_says_its_host_is_told() {
        let (plain, number, user, disguised) = ((false, false, false), (true, false, false), (false, true, false), (false, false, true));
        let table = [
            ("http://example.com/", plain),
            ("http://b\u{fc}cher.example/", plain),
            ("http://xn--bcher-kva.example/", plain),
            ("http://192.0.2.1/", number),
            ("http://[2001:db8::1]/", number),
            ("http://192.168.0.1/", plain),
            ("http://localhost/", plain),
            ("http://bank.example@example.com/", user),
            ("http://example.com/a@b", plain),
            ("http://exam%70le.com/", disguised),
            ("http://\u{ff45}xample.com/", disguised),
            ("http://3221225985/", (true, false, true)),
            ("http://0xc0.0.2.1/", (true, false, true)),
        ];
        for (href, expected) in table {
            let host = host_of(href);
            assert_eq!((host.is_number, host.has_user, host.is_disguised), expected, "{href}");
        }
    }

    #[test]
    fn the_urls_in_a_url_are_where_it_may_lead_on() {
        let table: [(&str, &[&str]); 8] = [
            ("http://a.example/?url=http://b.example/", &["b.example"]),
            ("http://a.example/?url=https%3A%2F%2Fb.example%2Fx&c=http%3A%2F%2Fc.example", &["b.example", "c.example"]),
            ("http://a.example/?url=http%253A%252F%252Fb.example", &["b.example"]),
            ("http://a.example/L0/https:%2F%2Fb.example%3Fx", &["b.example"]),
            ("http://a.example/http:/b.example/", &["b.example"]),
            ("http://a.example/?q=%68%74%74%70%3A%2F%2F%62.example", &["b.example"]),
            ("http://a.example/http-status", &[]),
            ("http://a.example/?q=plain", &[]),
        ];
        for (href, expected) in table {
            assert_eq!(host_of(href).onward, expected, "{href}");
        }
        assert!(host_of("http://a.example/?q=%68%74%74%70").has_disguised_path);
        assert!(!host_of("http://a.example/?q=%2E%2D%20%C3%A9%5F").has_disguised_path);
        assert!(!host_of("http://a.example/?q=%83%41%83%43%83%45%83%47").has_disguised_path);
    }

    #[test]
    fn an_organisation_is_what_somebody_registered() {
        let table = [
            ("www.example.com", "example.com", "example"),
            ("a.b.example.co.uk", "example.co.uk", "example"),
            ("me.github.io", "me.github.io", "me"),
            ("co.uk", "co.uk", "co"),
            ("192.0.2.1", "192.0.2.1", "192"),
            ("localhost", "localhost", "localhost"),
        ];
        for (name, expected, label) in table {
            assert_eq!(organisation(name), expected);
            assert_eq!(own_label(organisation(name)), label);
        }
        assert!(is_known("example.com") && !is_known("com") && !is_known("2.0") && !is_known("file.invalidsuffix"));
        assert!(is_below("a.example.com", "example.com") && is_below("example.com", "Example.com"));
        assert!(!is_below("badexample.com", "example.com") && !is_below("com", "example.com"));
        assert_eq!(shown("xn--bcher-kva.example"), "b\u{fc}cher.example");
    }
}
