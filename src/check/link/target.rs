//! What is wrong with a link by itself: it says another host than it leads to, or says it so that nobody can tell.
//!
//! Owns the rules about one link, one form, and all links together. It must never judge a link by how often it is used. Nothing here
//! can fail.

use super::brand::{Borrowed, borrowed, mimicry};
use super::lead::{Lead, Mail};
use super::sender::Sender;
use super::{Told, brand, elsewhere, shown};
use crate::config::Link;
use crate::html::host::{Host, Target, is_below, organisation, target};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What the rules have to say of a message's links.
pub(super) fn told(mail: &Mail, lists: &Link) -> Vec<Told> {
    let all = All::read(mail);
    let links = mail.leads.iter().filter_map(|lead| of_lead(&all, lists, lead));
    links.chain(forms(mail, lists)).chain(together(mail, lists)).collect()
}

/// What the links have in common.
struct All<'m> {
    mail: &'m Mail,
    /// The organisation that counts the clicks.
    counter: Option<String>,
    /// What each host borrows, by its name: many links lead to few hosts.
    borrowed: HashMap<&'m str, Option<String>>,
}

impl<'m> All<'m> {
    fn read(mail: &'m Mail) -> Self {
        let mut borrowed = HashMap::new();
        for name in mail.hosts().flat_map(|(_, host)| ways(host)) {
            borrowed.entry(name).or_insert_with(|| borrows(name));
        }
        Self { mail, counter: counter(mail), borrowed }
    }
}

/// A rule about a link to a host: what it is, and why.
type Rule = fn(&All<'_>, &Lead, &Host) -> Option<(&'static str, String)>;

/// In the order of what they say.
const RULES: [Rule; 5] = [other_host, user, disguise, name, number];

fn of_lead(all: &All<'_>, lists: &Link, lead: &Lead) -> Option<Told> {
    let told = |what, evidence| of(lead, what, evidence);
    let host = match &*lead.target {
        Target::Host(host) => host,
        Target::Page => {
            return Some(told("page in a link", format!("{} leads to a page that stands in the link itself", quoted(&lead.text))));
        }
        Target::Mailbox(_) | Target::Nowhere => return None,
    };
    let is_listed = |list: &[String]| list.iter().any(|domain| is_below(&host.name, domain));
    if is_listed(&lists.bad) || host.onward.iter().any(|host| lists.bad.iter().any(|domain| is_below(host, domain))) {
        return Some(told("link to a bad host", leads(lead, host)));
    }
    if is_listed(&lists.safe) {
        return None;
    }
    let (what, evidence) = RULES.iter().find_map(|rule| rule(all, lead, host))?;
    Some(told(what, evidence))
}

fn of(lead: &Lead, what: &'static str, evidence: String) -> Told {
    Told { part: Some(lead.part), href: Some(lead.href.clone()), what, evidence }
}

/// What is shown, and where it leads.
fn leads(lead: &Lead, host: &Host) -> String {
    format!("{} leads to {}", quoted(&lead.text), host.name)
}

/// A text of the message, short enough for a line.
pub(super) fn quoted(text: &str) -> String {
    const LONG_ENOUGH: usize = 80;
    let short: String = text.chars().filter(|c| !brand::is_unseen(*c)).take(LONG_ENOUGH).collect();
    if short.is_empty() { "a picture or nothing".to_owned() } else { format!("{short:?}") }
}

/// The host that most links lead to, if it is no host of the sender's: it counts clicks.
fn counter(mail: &Mail) -> Option<String> {
    const FEW: usize = 4;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, host) in mail.hosts() {
        *counts.entry(organisation(&host.name)).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    counts.into_iter().find(|(_, count)| *count >= FEW && *count * 2 > all).map(|(name, _)| name.to_owned())
}

/// The text shows another host. Senders who count clicks show their own, or let a service count all of them.
fn other_host(all: &All<'_>, lead: &Lead, host: &Host) -> Option<(&'static str, String)> {
    let text = shown::host(&lead.text)?;
    let sender = &all.mail.sender.domain;
    let is_own = |name: &str| !sender.is_empty() && shown::are_related(name, sender);
    let is_counted = elsewhere::is_counter(&host.name) || all.counter.as_deref() == Some(organisation(&host.name));
    let is_honest = shown::leads_to(host, &text) || is_own(&host.name) || is_counted;
    // Their own name is what a forger shows too, but not with a host that is anybody's.
    let is_honest = is_honest || (is_own(&text) && !elsewhere::is_anybodys(host));
    (!is_honest).then(|| ("link with another host as its text", leads(lead, host)))
}

/// A user in front of the host: it is there to be taken for the host.
fn user(_: &All<'_>, lead: &Lead, host: &Host) -> Option<(&'static str, String)> {
    let is_web = lead.href.trim_start().get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"));
    (host.has_user && is_web).then(|| ("link with a user before its host", format!("{:.80} leads to {}", lead.href, host.name)))
}

fn disguise(_: &All<'_>, lead: &Lead, host: &Host) -> Option<(&'static str, String)> {
    (host.is_disguised || host.has_disguised_path).then(|| ("link in disguise", format!("{:.80} leads to {}", lead.href, host.name)))
}

/// The host that a link leads to, and those that it leads on to.
fn ways(host: &Host) -> impl Iterator<Item = &str> {
    std::iter::once(host.name.as_str()).chain(host.onward.iter().filter(|_| elsewhere::is_redirector(host)).map(String::as_str))
}

/// A host that borrows the name of another, or one that it leads on to.
fn name(all: &All<'_>, lead: &Lead, host: &Host) -> Option<(&'static str, String)> {
    let evidence = ways(host).find_map(|name| all.borrowed.get(name)?.as_ref())?;
    Some(("host with a borrowed name", format!("{}: {evidence}", leads(lead, host))))
}

/// What the name of a host borrows, in words.
pub(super) fn borrows(name: &str) -> Option<String> {
    if let Some(look) = mimicry(name) {
        return Some(format!("{name} reads as {look}"));
    }
    Some(match borrowed(name)? {
        Borrowed::Domain(known) => format!("{name} begins as {known}'s"),
        Borrowed::Name(known) => format!("{name} has the name of {known}"),
        Borrowed::Look(known) => format!("{name} looks like {known}"),
    })
}

fn number(_: &All<'_>, lead: &Lead, host: &Host) -> Option<(&'static str, String)> {
    host.is_number.then(|| ("link to a host in numbers", leads(lead, host)))
}

/// Forms that ask for a password: mail is no place for one.
fn forms(mail: &Mail, lists: &Link) -> Vec<Told> {
    let asking = mail.forms.iter().filter(|(_, form)| form.has_password);
    let told = asking.filter_map(|(part, form)| {
        let goal = match target(&form.action, None) {
            Target::Host(host) if lists.safe.iter().any(|domain| is_below(&host.name, domain)) => return None,
            Target::Host(host) => host.name,
            _ => "where it is from".to_owned(),
        };
        Some(Told { part: Some(*part), href: None, what: "form for a password", evidence: format!("it is sent to {goal}") })
    });
    told.collect()
}

/// What is wrong with all links together.
fn together(mail: &Mail, lists: &Link) -> Option<Told> {
    mail.hosts().next()?;
    const FEW: usize = 2;
    let is_itself = is_itself(&mail.sender);
    hidden(mail, lists, if is_itself { 1 } else { FEW }).or_else(|| absent(mail, lists).filter(|_| is_itself))
}

/// Every link hides its host: behind services that shorten links or lead on, in numbers, or with those who give anybody a page. One may
/// be chance, so it takes `fewest`; who sends under a name of their own and has not one link there hides. Some links no sender has at all.
fn hidden(mail: &Mail, lists: &Link, fewest: usize) -> Option<Told> {
    let is_safe = |host: &Host| lists.safe.iter().any(|domain| is_below(&host.name, domain));
    let is_elsewhere = |host: &Host| elsewhere::is_anybodys(host) || elsewhere::is_beside(host, &mail.sender.domain);
    let is_hidden = |(lead, host): &(&Lead, &Host)| is_elsewhere(host) && is_covered(lead) && !is_safe(host);
    let is_misplaced = |host: &Host| elsewhere::is_misplaced(&host.name, &mail.sender.domain);
    let misplaced = mail.hosts().find(|one| is_misplaced(one.1) && is_hidden(one));
    let is_own = |host: &Host| shown::leads_to(host, &mail.sender.domain);
    let are_all = mail.hosts().all(|one| is_hidden(&one) && !is_own(one.1));
    let goals: BTreeSet<&str> = mail.hosts().filter(|_| are_all).map(|(lead, _)| lead.href.as_str()).collect();
    let (lead, host) = misplaced.or_else(|| mail.hosts().next().filter(|_| goals.len() >= fewest))?;
    Some(of(lead, "links that hide their host", leads(lead, host)))
}

/// Whether the sender is a known organisation by name and address, and nobody who works there.
fn is_itself(sender: &Sender) -> bool {
    sender.names.iter().filter_map(|name| brand::named(name)).any(|brand| brand::owns(brand, &sender.domain))
}

/// Not one link leads to the sender, who is a known organisation by name and address.
fn absent(mail: &Mail, lists: &Link) -> Option<Told> {
    let is_honest = |lead: &Lead, host: &Host| {
        shown::leads_to(host, &mail.sender.domain)
            || elsewhere::is_counter(&host.name)
            || !is_covered(lead)
            || lists.safe.iter().any(|domain| is_below(&host.name, domain))
    };
    let (lead, host) = mail.hosts().next()?;
    let is_absent = !mail.hosts().any(|(lead, host)| is_honest(lead, host));
    is_absent.then(|| of(lead, "links that leave the sender", leads(lead, host)))
}

/// Whether the reader does not see from the text where it leads.
pub(super) fn is_covered(lead: &Lead) -> bool {
    shown::host(&lead.text).is_none() && !lead.text.contains("://")
}
