//! Links that do not lead where they seem to, and senders who are not who they say: what lures people.
//!
//! Owns the order of the rules, and that each thing is told once. A rule must never look a host up, and none may fire on what honest
//! senders do: who counts clicks, leads on through services of others or shortens a link. Nothing here can fail.

mod brand;
mod brands;
mod claim;
mod elsewhere;
mod lead;
mod sender;
mod shown;
mod target;

use super::{is_page, place};
use crate::config::Settings;
use crate::finding::{Class, Finding, Place};
use crate::html;
use crate::html::host::{Target, base, target};
use crate::html::links::{Link, links};
use crate::message::{Message, charsets};
use lead::Mail;
use std::collections::BTreeSet;
use std::ops::Range;

/// Name of the check.
pub(super) const NAME: &str = "link";

/// Most findings of one message: who has read so many wants no more.
const MOST: usize = 20;

/// What a rule has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    /// Of which part; none where it is about the sender.
    part: Option<usize>,
    /// The link that it is about, as it stands.
    href: Option<String>,
    /// What it is.
    what: &'static str,
    /// What is shown, and where it leads.
    evidence: String,
}

/// A finding for each thing that lures.
pub(super) fn run(message: &Message<'_>, settings: &Settings) -> Vec<Finding> {
    if !message.is_looked_into() {
        return Vec::new();
    }
    let mail = Mail::read(message);
    // What is wrong with the sender is told where people read: a warning can be put there.
    let body = message.parts().iter().position(|part| is_page(part) || lead::is_text(part));
    let mut findings: Vec<Finding> = Vec::new();
    for told in claim::told(&mail).into_iter().chain(target::told(&mail, &settings.link)) {
        let place = told.part.or(body).map_or(Place::MESSAGE, |part| place_of(message, part));
        let finding =
            Finding { class: Class::Phishing, engine: NAME.to_owned(), what: told.what.to_owned(), evidence: told.evidence, place };
        if findings.len() < MOST && !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

/// The place of a page or text: a warning can be put into a text too.
fn place_of(message: &Message<'_>, index: usize) -> Place {
    let place = place(message, index);
    let is_text = message.parts().get(index).is_some_and(lead::is_text) && place.part == Some(index);
    Place { disarmable: place.disarmable || (place.rewritable && is_text), ..place }
}

/// The hosts that the links of `message` lead to, each once, in their order, with those that they lead on to.
pub fn hosts(message: &Message<'_>) -> Vec<String> {
    let mail = Mail::read(message);
    let names = mail.hosts().flat_map(|(_, host)| std::iter::once(&host.name).chain(&host.onward));
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(name.as_str())).cloned().collect()
}

/// A link that lures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lure {
    /// Its start tag, in the page as its charset is read.
    pub start: Range<usize>,
    /// Its end tag.
    pub end: Option<Range<usize>>,
    /// The host that it leads to.
    pub host: String,
}

/// The links that lure in the page that is the part `index`, in its most common reading.
pub fn lures(message: &Message<'_>, index: usize, settings: &Settings) -> Vec<Lure> {
    let mail = Mail::read(message);
    let told = target::told(&mail, &settings.link);
    let hrefs: BTreeSet<&str> = told.iter().filter(|told| told.part == Some(index)).filter_map(|told| told.href.as_deref()).collect();
    let Some(part) = message.parts().get(index).filter(|part| is_page(part) && !hrefs.is_empty()) else { return Vec::new() };
    let Some(body) = message.decoded(part).next() else { return Vec::new() };
    let page = html::charset::read(&body, html::charset::strangest(&charsets(message.header(part))));
    let found = links(&page.bytes);
    let base = found.base.as_deref().and_then(base);
    let lure = |link: Link| {
        let is_told = hrefs.contains(&*String::from_utf8_lossy(&link.href));
        let host = match target(&link.href, base.as_ref()) {
            Target::Host(host) => host.name,
            _ => "no host".to_owned(),
        };
        is_told.then_some(Lure { start: link.start, end: link.end, host })
    };
    found.links.into_iter().filter_map(lure).collect()
}

#[cfg(test)]
#[path = "link/link_tests.rs"]
mod tests;
