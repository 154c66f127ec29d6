//! What lures and what does not, as whole messages.

use super::*;
use crate::config::Config;
use crate::message::Bounds;
use std::path::Path;

const BOUNDS: Bounds = Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 };

fn findings(config: &str, message: &str) -> Vec<Finding> {
    let config = Config::parse(Path::new("f"), config).unwrap_or_else(|problems| panic!("{problems:?}"));
    run(&Message::read(message.as_bytes(), &BOUNDS), &config.base().settings)
}

fn told(message: &str) -> Vec<String> {
    findings("", message).into_iter().map(|finding| finding.what).collect()
}

/// What is told of a page from a sender whom nobody knows.
fn of_page(page: &str) -> Vec<String> {
    told(&format!("From: Ann <ann@sender.example>\nContent-Type: text/html\n\n{page}\n"))
}

/// What is told of a sender of a text with one link.
fn of_sender(fields: &str) -> Vec<String> {
    told(&format!("{fields}\n\nhttps://somewhere.example/\n"))
}

const NONE: [&str; 0] = [];
const OTHER_HOST: &str = "link with another host as its text";

#[test]
fn a_link_that_shows_another_host_is_told() {
    for page in [
        "<a href='http://evil.example/'>https://www.paypal.com/login</a>",
        "<a href='http://evil.example/'>www.bank.example.com</a>",
        "<a href='http://evil.example/'>mybank.com</a>",
        "<a href='http://evil.example/'>mybank.com/login</a>",
        "<a href='http://evil.example/'><b>http://</b>mybank.com</a>",
        "<a href='http://evil.example/?to=other.com'>https://mybank.com</a>",
        "<a href='&#104;ttp://evil.example'>https://mybank.com</a>",
        "<base href='http://evil.example/'><a href='login'>https://mybank.com</a>",
        "<map><area href='http://evil.example/' alt='https://mybank.com'></map>",
        "<a href='http://evil.example/'><img src=a alt='https://mybank.com/'></a>",
    ] {
        assert_eq!(of_page(page), [OTHER_HOST], "{page}");
    }
}

#[test]
fn a_link_that_leads_to_what_it_shows_is_none() {
    for page in [
        "<a href='https://www.mybank.com/a'>mybank.com</a>",
        "<a href='https://mybank.co.uk/'>https://mybank.com</a>",
        "<a href='https://youtu.be/x'>Watch it</a>",
        "<a href='https://google.com/'>https://www.youtube.com/</a>",
        // Its own service counts the clicks, by its name or with the host that is shown.
        "<a href='https://click.list-manage.com/x'>https://mybank.com</a>",
        "<a href='https://t.example/?url=https%3A%2F%2Fmybank.com%2F'>https://mybank.com</a>",
        "<a href='https://track.sender.example/1'>https://mybank.com</a>",
        // The sender shows its own host, and another counts.
        "<a href='https://count.example/1'>www.sender.example</a>",
        "<a href='https://count.example/1'>Yahoo.com</a>",
        "<a href='https://count.example/1'>version 2.0</a>",
        "<a href='https://count.example/1'>report.pdf</a>",
        "<a href='https://count.example/1'>README.md</a>",
        "<a href='https://count.example/1'>Click here</a>",
        "<a href='mailto:list@lists.example'>list@other.example</a>",
        "<a href='#top'>www.mybank.com</a>",
        "<a href='cid:1@x'>www.mybank.com</a>",
        "<!-- <a href='http://evil.example/'>https://mybank.com</a> -->",
    ] {
        assert_eq!(of_page(page), NONE, "{page}");
    }
    // A service counts all of the clicks.
    let counted = ["one.com", "two.com", "three.com", "four.com", "five.com"]
        .map(|host| format!("<a href='https://c.example/{host}'>https://{host}</a>"));
    assert_eq!(of_page(&counted.concat()), NONE);
}

#[test]
fn a_link_that_hides_its_host_is_told() {
    let table = [
        ("<a href='https://www.mybank.com@evil.example/'>Log in</a>", "link with a user before its host"),
        ("<a href='http://ev%69l.example/'>Log in</a>", "link in disguise"),
        ("<a href='http://\u{ff45}vil.example/'>Log in</a>", "link in disguise"),
        ("<a href='http://3221225985/'>Log in</a>", "link in disguise"),
        ("<a href='https://www.google.com/url?q=%68%74%74%70%3a//evil.example'>Log in</a>", "link in disguise"),
        ("<a href='http://192.0.2.1/'>Log in</a>", "link to a host in numbers"),
        ("<a href='http://paypal.com.evil.example/'>Log in</a>", "host with a borrowed name"),
        ("<a href='http://micros0ft.com/'>Log in</a>", "host with a borrowed name"),
        ("<a href='http://xn--80ak6aa92e.com/'>Log in</a>", "host with a borrowed name"),
        ("<a href='https://www.google.com/url?q=http://paypal-login.com'>Log in</a>", "host with a borrowed name"),
        ("<a href='data:text/html;base64,PGI+'>Log in</a>", "page in a link"),
        ("<form action='http://evil.example/'><input type=password></form>", "form for a password"),
        ("<a href='https://t.co/x'>Log in</a>", "links that hide their host"),
        ("<a href='https://tinyurl.com/1'>Log in</a><a href='https://tinyurl.com/2'>Help</a>", "links that hide their host"),
        ("<a href='https://vk.com/away.php?to=https://t.ly/1'>Log in</a><a href='https://t.ly/2'>Help</a>", "links that hide their host"),
        ("<a href='https://x.blogspot.com/1'>Log in</a><a href='https://x.blogspot.com/2'>Help</a>", "links that hide their host"),
    ];
    for (page, expected) in table {
        assert_eq!(of_page(page), [expected], "{page}");
    }
}

#[test]
fn what_honest_senders_do_is_not_told() {
    for page in [
        "<a href='http://192.168.0.1/'>Router</a>",
        "<a href='https://bit.ly/x'>Register here</a>",
        "<a href='https://bit.ly/x'><img src=flyer></a><a href='https://bit.ly/x'>Register here</a>",
        "<a href='https://bit.ly/x'>bit.ly/x</a><a href='https://bit.ly/y'>bit.ly/y</a>",
        "<a href='https://bit.ly/x'>One</a><a href='https://bit.ly/y'>Two</a><a href='https://sender.example'>Home</a>",
        "<a href='https://t.co/x'>https://t.co/x</a>",
        "<a href='https://www.google.com/url?q=https://a.com'>One</a><a href='https://www.google.com/url?q=https://b.com'>Two</a>",
        "<a href='https://microsoft.zendesk.com/1'>Help</a>",
        "<a href='https://a.example/b@c'>Post</a>",
        "<a href='https://a.example/?q=caf%C3%A9%20%2D'>Search</a>",
        "<a href='https://b\u{fc}cher.example/'>Books</a>",
        "<form action='https://sender.example/'><input type=email></form>",
        "<img src='data:image/png;base64,x'><a href='data:image/png;base64,x'>Picture</a>",
        "<a href='ftp://user@files.example/'>Files</a>",
    ] {
        assert_eq!(of_page(page), NONE, "{page}");
    }
    let blog = "Content-Type: text/html\n\n<a href='https://x.blogspot.com/1'>One</a><a href='https://x.blogspot.com/2'>Two</a>\n";
    assert_eq!(told(&format!("From: Ann <ann@gmail.com>\n{blog}")), NONE);
    assert_eq!(told("From: X <info@x.com>\nContent-Type: text/html\n\n<a href='https://t.co/x'>Post</a>\n"), NONE);
}

#[test]
fn a_sender_who_says_another_name_is_told() {
    let table = [
        ("From: PayPal <service@evil.example>", "sender with a borrowed name"),
        ("From: =?utf-8?B?UGF5UGFs?= <service@evil.example>", "sender with a borrowed name"),
        ("From: \"Microsoft account team\" <x@outlook.com>", "sender with a borrowed name"),
        ("From: \"Facebook\" <>", "sender with a borrowed name"),
        ("From: Netflix ,_<a@evil.example>", "sender with a borrowed name"),
        ("From: \"service@mybank.com\" <x@evil.example>", "sender with another address as name"),
        ("From: \"mybank.com Helpdesk\" <x@evil.example>", "sender with another host as name"),
        ("From: Ann <ann@paypal-verify.com>", "sender with a borrowed host"),
        ("From: P\u{feff}r\u{feff}i\u{feff}me <a@evil.example>", "sender in disguise"),
        ("From: Ann <a@b.example>\nSubject: \u{ad}R\u{ad}e\u{ad}a\u{ad}l offer", "sender in disguise"),
    ];
    for (fields, expected) in table {
        assert_eq!(of_sender(fields), [expected], "{fields}");
    }
}

#[test]
fn a_sender_who_may_have_the_name_is_not_told() {
    for fields in [
        "From: PayPal <service@paypal.com>",
        "From: PayPal <service@e.paypal.co.uk>",
        "From: Ann Chase <ann@evil.example>",
        "From: Apple Core Weekly <news@evil.example>",
        "From: Example on PayPal <news@example.com>",
        "From: PayPal by Example <news@example.com>",
        "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@corp.example>",
        "From: \"ann@home.example\" <ann@work.example>",
        "From: \"ann@home.com\" <ann@work.com>",
        "From: \"list@lists.sender.com\" <bounce@sender.com>",
        "From: News.com Daily Dispatch <news@online.com>",
        "From: mybank.com <x@other.example>",
        "From: mybank.com Support <help@mybank.zendesk.com>",
        "From: \"ann@mybank.com\" <invitations@meetings.com>\nReply-To: ann@mybank.com",
        "From: ann@sender.example",
        "From: Doe, John <john@sender.example>",
        "Subject: none",
        "From: \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} <a@b.example>",
    ] {
        assert_eq!(of_sender(fields), NONE, "{fields}");
    }
}

#[test]
fn mail_about_the_readers_mailbox_does_not_lead_to_where_anybody_has_a_page() {
    let mail = |from: &str, subject: &str, href: &str| {
        let page = format!("<a href='{href}'>Keep it</a><a href='https://corp.example/'>Home</a>");
        told(&format!("From: {from} <x@corp.example>\nSubject: {subject}\nContent-Type: text/html\n\n{page}\n"))
    };
    let expected = ["sender as the reader's mail system"];
    assert_eq!(mail("IT Helpdesk", "Your mailbox is full", "https://x.weebly.com/"), expected);
    assert_eq!(mail("Mail Admin", "Password expires today", "https://x.web.app/"), expected);
    assert_eq!(mail("Ann Miller", "Your mailbox is full", "https://x.weebly.com/"), NONE);
    assert_eq!(mail("IT Helpdesk", "New printers", "https://x.weebly.com/"), NONE);
    assert_eq!(mail("IT Helpdesk", "Your mailbox is full", "https://help.corp.example/"), NONE);
}

#[test]
fn a_sender_without_anything_to_click_or_answer_does_not_lure() {
    assert_eq!(told("From: PayPal <service@evil.example>\n\nHello\n"), NONE);
    assert_eq!(told("From: PayPal <service@evil.example>\nReply-To: x@evil.example\n\nHello\n"), ["sender with a borrowed name"]);
    assert_eq!(told("From: PayPal <x@evil.example>\n\nhttps://www.paypal.com/\n"), NONE);
}

#[test]
fn the_sender_by_name_and_address_has_links_of_its_own() {
    let page = |links: &str| format!("From: PayPal <service@paypal.com>\nContent-Type: text/html\n\n{links}\n");
    assert_eq!(told(&page("<a href='https://evil.example/'>Log in</a>")), ["links that leave the sender"]);
    assert_eq!(told(&page("<a href='https://x.run.app/'>Log in</a>")), ["links that hide their host"]);
    assert_eq!(told(&page("<a href='https://evil.example/'>Log in</a><a href='https://www.paypal.com/'>Home</a>")), NONE);
    assert_eq!(told(&page("<a href='https://x.list-manage.com/'>Log in</a>")), NONE);
    assert_eq!(told("From: Ann <ann@paypal.com>\nContent-Type: text/html\n\n<a href='https://x.example/'>Post</a>\n"), NONE);
}

#[test]
fn safe_links_are_never_told_and_bad_ones_always() {
    let page = |href: &str| format!("From: a@b.example\nContent-Type: text/html\n\n<a href='{href}'>https://mybank.com</a>\n");
    let whats = |config: &str, href: &str| findings(config, &page(href)).into_iter().map(|finding| finding.what).collect::<Vec<_>>();
    assert_eq!(whats("link.safe = [\"evil.example\"]", "http://www.evil.example/"), NONE);
    assert_eq!(whats("link.safe = [\"evil.example\"]", "http://notevil.example/"), [OTHER_HOST]);
    assert_eq!(whats("link.bad = [\"mybank.com\"]", "http://www.mybank.com/"), ["link to a bad host"]);
    assert_eq!(whats("link.bad = [\"mybank.com\"]\nlink.safe = [\"mybank.com\"]", "http://www.mybank.com/"), ["link to a bad host"]);
    assert_eq!(whats("link.bad = [\"evil.example\"]", "http://www.mybank.com/?u=http://evil.example"), ["link to a bad host"]);
}

#[test]
fn a_finding_says_what_is_shown_where_it_leads_and_in_which_part() {
    let page = "--b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGEgaHJlZj0naHR0cDovL2V2aWwuZXhhbXBsZS8nPmh0dHBzOi8vbXliYW5rLmNvbTwvYT4=\n";
    let message = format!("From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nhi\n{page}--b--\n");
    let findings = findings("", &message);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(finding.evidence, "\"https://mybank.com\" leads to evil.example");
    assert_eq!((finding.class, finding.place.part), (Class::Phishing, Some(2)));
}

#[test]
fn the_same_is_told_once_and_not_without_end() {
    let link = |count: usize| format!("<a href='http://evil.example/'>https://mybank{count}.com</a>");
    assert_eq!(of_page(&link(1).repeat(9)).len(), 1);
    let many: String = (0..100).map(|count| format!("{}<a href='http://e{count}.example/'>x</a>", link(count))).collect();
    assert_eq!(of_page(&many).len(), MOST);
}

#[test]
fn a_message_that_was_not_looked_into_is_not_judged() {
    let text = b"From: PayPal <a@evil.example>\nReply-To: a@evil.example\n\nx\n";
    assert_eq!(run(&Message::unread(text, &BOUNDS), &Settings::default()), []);
}
