//! Lists of hosts and of domains that are asked by DNS (RFC 5782).
//!
//! Owns what is asked of them and what their answers mean. It must never take an error code of a list for a listing, nor a resolver
//! that gives no answer for "not listed". What fails is a [`Trouble`].

mod question;
mod resolver;

use super::{Sample, Threat, Trouble};
use crate::check;
use crate::config::{Engine, Network};
use crate::finding::Class;
use crate::html::host::{is_below, organisation};
use question::Question;
use resolver::Resolvers;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

/// Most domains of a message that are asked about.
const MOST_DOMAINS: usize = 40;

/// Most listings that are told.
const MOST_THREATS: usize = 20;

/// What a list is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Subject {
    /// What stands before the zone.
    labels: String,
    /// What people call it; nothing where there is only one.
    shown: String,
}

/// Asks about the host that handed the message to us. Where nobody knows it there is nothing to ask.
pub(super) fn relay(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Vec<Threat>, Trouble> {
    let address = sample.relay.address.filter(|address| is_public(*address) && !is_allowed(&address.to_string(), &engine.allow));
    let subjects: Vec<Subject> = address.map(|address| Subject { labels: reversed(address), shown: String::new() }).into_iter().collect();
    ask(engine, &subjects, until)
}

/// Asks about the domains that the links of the message lead to.
pub(super) fn hosts(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Vec<Threat>, Trouble> {
    let mut subjects: Vec<Subject> = Vec::new();
    let hosts = check::hosts(sample.message);
    for subject in hosts.iter().filter(|host| !is_allowed(host, &engine.allow)).filter_map(|host| subject(host)) {
        if subjects.len() <= MOST_DOMAINS && !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    let are_too_many = subjects.len() > MOST_DOMAINS;
    subjects.truncate(MOST_DOMAINS);
    let found = ask(engine, &subjects, until)?;
    // The one that is listed may stand behind many that are not.
    if found.is_empty() && are_too_many {
        Err(Trouble::Reported("it leads to more domains than are asked about".to_owned()))
    } else {
        Ok(found)
    }
}

/// What is asked about a host: its address, or the domain that somebody registered.
fn subject(host: &str) -> Option<Subject> {
    let domain = organisation(host);
    match domain.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => is_public(address).then(|| Subject { labels: reversed(address), shown: address.to_string() }),
        Err(_) => domain.contains('.').then(|| Subject { labels: domain.to_owned(), shown: domain.to_owned() }),
    }
}

/// RFC 5782 sections 2.1 and 2.4: the octets of IPv4, the nibbles of IPv6, the last one first.
fn reversed(address: IpAddr) -> String {
    let labels: Vec<String> = match address.to_canonical() {
        IpAddr::V4(address) => address.octets().iter().rev().map(u8::to_string).collect(),
        IpAddr::V6(address) => {
            address.octets().iter().rev().flat_map(|octet| [octet & 15, octet >> 4]).map(|nibble| format!("{nibble:x}")).collect()
        }
    };
    labels.join(".")
}

/// Lists know nothing of networks that are nobody's own.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !address.is_private() && !address.is_loopback() && !address.is_link_local() && !address.is_unspecified(),
        IpAddr::V6(address) => {
            !address.is_loopback() && !address.is_unique_local() && !address.is_unicast_link_local() && !address.is_unspecified()
        }
    }
}

fn is_allowed(host: &str, allow: &[String]) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let is_in = |entry: &String| address.is_some_and(|address| Network::parse(entry).is_some_and(|network| network.contains(address)));
    allow.iter().any(|entry| is_in(entry) || is_below(host, entry))
}

/// Asks all lists about all subjects at once. A listing counts although another list gave no answer; without one that is a trouble.
fn ask(engine: &Engine, subjects: &[Subject], until: Instant) -> Result<Vec<Threat>, Trouble> {
    let zones: Vec<&String> = engine.allow_zones.iter().chain(&engine.zones).collect();
    let names = subjects.iter().flat_map(|subject| zones.iter().map(|zone| format!("{}.{zone}", subject.labels)));
    let questions: Vec<Question> = names.map(Question::new).collect::<Result<_, _>>()?;
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    let mut answers = Resolvers::of(engine).ask(questions, until)?.into_iter();
    let (mut threats, mut trouble) = (Vec::new(), None);
    for subject in subjects {
        let own: Vec<_> = zones.iter().copied().zip(answers.by_ref()).collect();
        match listings(engine, subject, own) {
            Ok(found) => threats.extend(found),
            Err(why) => trouble = trouble.or(Some(why)),
        }
    }
    threats.truncate(MOST_THREATS);
    match trouble {
        Some(why) if threats.is_empty() => Err(why),
        _ => Ok(threats),
    }
}

type Answered = Result<Vec<Ipv4Addr>, Trouble>;

/// Where a subject is listed, by the answers of all zones about it, those of `allow_zones` first.
fn listings(engine: &Engine, subject: &Subject, answers: Vec<(&String, Answered)>) -> Result<Vec<Threat>, Trouble> {
    let (mut names, mut trouble) = (Vec::new(), None);
    for (index, (zone, answer)) in answers.into_iter().enumerate() {
        let is_allowing = index < engine.allow_zones.len();
        match answer.and_then(|codes| meanings(engine, zone, &codes)) {
            Ok(found) if is_allowing && !found.is_empty() => return Ok(Vec::new()),
            Ok(found) if !is_allowing => names.extend(found),
            Ok(_) => {}
            Err(why) => trouble = trouble.or(Some(why)),
        }
    }
    match trouble {
        Some(why) if names.is_empty() => Err(why),
        _ => Ok(names.iter().map(|name| Threat::whole(Class::Spam, format!("{name} {}", subject.shown).trim_end())).collect()),
    }
}

/// What the codes of a list mean, each once; nothing where it lists nothing.
fn meanings(engine: &Engine, zone: &str, codes: &[Ipv4Addr]) -> Result<Vec<String>, Trouble> {
    let mut names: Vec<String> = Vec::new();
    for code in codes {
        let known = engine.codes.iter().rfind(|(network, _)| network.contains(IpAddr::V4(*code)));
        let name = match known {
            Some((_, name)) if name.is_empty() => continue,
            Some((_, name)) => format!("{zone} {name}"),
            None if is_listing(*code) && (engine.codes.is_empty() || engine.allow_zones.iter().any(|own| own == zone)) => zone.to_owned(),
            None => return Err(Trouble::Unknown(format!("{code} from {zone}"))),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Lists answer so of what they list. 127.255.255.0/24 is for what is wrong with the question, and 127.0.0.1 is what some answer to whom
/// they do not serve; of a list that is gone, whoever has bought its name answers with anything else.
fn is_listing(code: Ipv4Addr) -> bool {
    !matches!(code.octets(), [127, 255, 255, _] | [127, 0, 0, 1]) && code.is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_asked_about_backwards() {
        let v6 = "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2";
        let table = [("192.0.2.99", "99.2.0.192"), ("2001:db8:1:2:3:4:567:89ab", v6), ("::ffff:192.0.2.99", "99.2.0.192")];
        for (address, expected) in table {
            assert_eq!(reversed(address.parse().unwrap()), expected);
        }
    }

    #[test]
    fn a_host_is_asked_about_by_its_domain_or_address() {
        let table =
            [("www.example.co.uk", Some("example.co.uk")), ("192.0.2.1", Some("1.2.0.192")), ("10.0.0.1", None), ("localhost", None)];
        for (host, expected) in table {
            assert_eq!(subject(host).map(|subject| subject.labels).as_deref(), expected, "{host}");
        }
        assert!(subject("[2001:db8::1]").is_some_and(|subject| subject.labels.ends_with(".1.0.0.2")));
    }

    #[test]
    fn a_code_is_a_listing_or_none_or_trouble() {
        let codes =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(network, name)| (Network::parse(network).unwrap(), (*name).to_owned())).collect();
        let named = Engine { codes: codes(&[("127.0.0.0/24", "bad"), ("127.0.0.4/31", ""), ("127.0.0.9", "worse")]), ..Engine::default() };
        let table = [
            (&named, "127.0.0.2", Some(vec!["z bad".to_owned()])),
            (&named, "127.0.0.5", Some(vec![])),
            (&named, "127.0.0.9", Some(vec!["z worse".to_owned()])),
            (&named, "127.0.1.2", None),
        ];
        let plain = Engine::default();
        let others = [("127.0.0.2", Some(vec!["z".to_owned()])), ("127.0.0.1", None), ("127.255.255.254", None), ("192.0.2.1", None)];
        for (engine, code, expected) in table.into_iter().chain(others.map(|(code, expected)| (&plain, code, expected))) {
            assert_eq!(meanings(engine, "z", &[code.parse().unwrap()]).ok(), expected, "{code}");
        }
    }
}
