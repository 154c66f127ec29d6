//! What is wrong with a sender: the name says another than the address and the links.
//!
//! Owns the rules about the fields From, Reply-To and Subject. It must never judge a sender who has nothing to be clicked or answered.
//! Nothing here can fail.

use super::brand::{is_role, is_scrambled, named, owns, words};
use super::lead::Mail;
use super::sender::{Sender, host_of};
use super::target::{borrows, is_covered, quoted};
use super::{Told, elsewhere, shown};
use crate::html::host::{Host, is_known, organisation, own_label};

/// A rule: what it is, and why.
type Rule = fn(&Mail) -> Option<(&'static str, String)>;

const RULES: [Rule; 6] = [name, host, address, domain, system, scrambled];

/// What the rules have to say of a message's sender.
pub(super) fn told(mail: &Mail) -> Vec<Told> {
    let is_lure = mail.hosts().next().is_some() || mail.mailboxes().next().is_some();
    let told = RULES.iter().filter(|_| is_lure).filter_map(|rule| rule(mail));
    told.map(|(what, evidence)| Told { part: None, href: None, what, evidence }).collect()
}

fn from(sender: &Sender) -> String {
    if sender.domain.is_empty() { "no address".to_owned() } else { format!("the address is of {}", sender.domain) }
}

/// The name is that of a known organisation, and neither the address nor all that is to be clicked or answered is.
fn name(mail: &Mail) -> Option<(&'static str, String)> {
    let sender = &mail.sender;
    let (text, brand) = sender.names.iter().find_map(|text| named(text).map(|brand| (text, brand)))?;
    if owns(brand, &sender.domain) || names_itself(text, &sender.domain) || is_system(sender) {
        return None;
    }
    let is_away = |host: &Host| !owns(brand, &host.name) || elsewhere::is_redirector(host);
    let leads_away = mail.hosts().any(|(_, host)| is_away(host)) || mail.mailboxes().any(|host| !owns(brand, host));
    leads_away.then(|| ("sender with a borrowed name", format!("{} is a name of {}, and {}", quoted(text), brand.name, from(sender))))
}

/// Whether the name says whose address it is: one who writes about another says so, or for whom.
fn names_itself(text: &str, domain: &str) -> bool {
    let own = own_label(organisation(domain));
    own.len() >= 3 && words(text).iter().any(|word| word == own)
}

/// Exchange writes to its users under this name, from their own domain.
fn is_system(sender: &Sender) -> bool {
    sender.address.starts_with("microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@")
}

/// The name is a host of another, with nothing but what a sender puts beside it: that of a mail system, mostly.
fn host(mail: &Mail) -> Option<(&'static str, String)> {
    let sender = &mail.sender;
    let (text, host) = sender.names.iter().find_map(|text| host_in(text).map(|host| (text, host)))?;
    let own = own_label(organisation(&host));
    // Who serves others gives each a host of its own below its domain.
    let is_served = sender.domain.split('.').any(|label| label == own);
    let is_honest = sender.domain.is_empty() || is_served || shown::are_related(&host, &sender.domain);
    let leads_there = mail.hosts().any(|(_, target)| shown::leads_to(target, &host));
    (!is_honest && !leads_there)
        .then(|| ("sender with another host as name", format!("the name is {}, and {}", quoted(text), from(sender))))
}

/// The one host among words of a sender's role.
fn host_in(text: &str) -> Option<String> {
    let trimmed = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<String> = text.split_whitespace().map(trimmed).filter(|word| !word.is_empty()).collect();
    let is_host = |word: &&String| word.contains('.') && word.is_ascii() && !word.contains('@') && is_known(word);
    let host = words.iter().find(is_host)?;
    let others = words.iter().filter(|word| *word != host);
    let has_role = words.len() > 1;
    (has_role && others.into_iter().all(|word| is_role(word))).then(|| host.clone())
}

/// The name is an address of another. Some people have several, of one name; who writes for others has them answered.
fn address(mail: &Mail) -> Option<(&'static str, String)> {
    let sender = &mail.sender;
    let is_address = |word: &&str| word.split_once('@').is_some_and(|(local, host)| !local.is_empty() && is_known(&host.to_lowercase()));
    let trimmed = |text: &'_ str| text.trim_matches(|c: char| matches!(c, '<' | '>' | '"' | '\'' | '(' | ')' | '[' | ']')).to_lowercase();
    let shown_address = sender.names.iter().map(|name| trimmed(name)).find(|name| is_address(&name.as_str()) && !name.contains(' '))?;
    let is_other = !sender.domain.is_empty() && !shown::are_related(host_of(&shown_address), &sender.domain);
    let local = |address: &str| address.split('@').next().unwrap_or_default().to_owned();
    let is_answered = sender.replies.iter().any(|host| shown::are_related(host, host_of(&shown_address)));
    let is_forger = is_other && !is_answered && local(&shown_address) != local(&sender.address);
    is_forger.then(|| ("sender with another address as name", format!("the name is {}, and {}", quoted(&shown_address), from(sender))))
}

/// The host of the address borrows a name.
fn domain(mail: &Mail) -> Option<(&'static str, String)> {
    borrows(&mail.sender.domain).map(|evidence| ("sender with a borrowed host", evidence))
}

/// What is at stake in mail that says to be from the reader's own mail system.
const STAKES: [&str; 7] = ["mailbox", "quota", "webmail", "password", "passwort", "contrasena", "senha"];

/// The name is nothing but a role, the subject is the reader's mailbox, and a link leads to where anybody may have a page.
fn system(mail: &Mail) -> Option<(&'static str, String)> {
    let sender = &mail.sender;
    let is_bare = |name: &String| words(name).iter().all(|word| is_role(word));
    let is_nameless = sender.names.iter().all(is_bare);
    let is_at_stake = words(&sender.subject).iter().any(|word| STAKES.contains(&word.as_str()));
    if !is_nameless || !is_at_stake {
        return None;
    }
    let is_elsewhere = |host: &Host| elsewhere::is_anybodys(host) || elsewhere::is_builder(host);
    let (lead, host) = mail.hosts().find(|(lead, host)| is_covered(lead) && is_elsewhere(host))?;
    let evidence =
        || format!("{} is about the reader's mailbox, and {} leads to {}", quoted(&sender.subject), quoted(&lead.text), host.name);
    let is_own = shown::are_related(&host.name, &sender.domain);
    (!is_own).then(|| ("sender as the reader's mail system", evidence()))
}

/// Name or subject are written so that programs do not read what people do.
fn scrambled(mail: &Mail) -> Option<(&'static str, String)> {
    let texts = mail.sender.names.iter().chain([&mail.sender.subject]);
    let text = texts.into_iter().find(|text| is_scrambled(text))?;
    Some(("sender in disguise", format!("{} has letters that nobody sees, or of several scripts", quoted(text))))
}
