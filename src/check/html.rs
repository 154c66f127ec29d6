//! What acts or fetches in pages: in bodies and in attachments.
//!
//! Owns which parts are looked at and how a finding counts. It must never change a page. Nothing here fails.

use super::place;
use crate::config::{Disarm, Settings};
use crate::finding::{Class, Finding, Place};
use crate::html::{self, Depth, Disarmed, Document, smuggling, xml};
use crate::message::{Message, Part, charsets};
use std::borrow::Cow;

pub(super) const NAME: &str = "html";

/// Most removals that a finding names.
const MOST_NAMED: usize = 6;

pub(super) fn run(message: &Message<'_>, settings: &Settings) -> Vec<Finding> {
    let Some(depth) = depth(settings).filter(|_| message.is_looked_into()) else { return Vec::new() };
    let leaves = message.parts().iter().enumerate().filter(|(_, part)| !part.content.is_container() && !part.body.is_empty());
    leaves
        .filter_map(|(index, part)| Some((index, part, html::document(&part.content.media_type, &part.content.names)?)))
        .flat_map(|(index, part, document)| look(message, index, part, document, depth, settings))
        .collect()
}

/// How far pages are disarmed by the settings; none where they are left alone.
fn depth(settings: &Settings) -> Option<Depth> {
    match settings.html.disarm {
        Disarm::Off => None,
        Disarm::Active => Some(Depth::Active),
        Disarm::Remote | Disarm::Text => Some(Depth::Remote),
    }
}

fn look(message: &Message<'_>, index: usize, part: &Part, document: Document, depth: Depth, settings: &Settings) -> Vec<Finding> {
    let place = place(message, index);
    match document {
        // What it holds is found as parts.
        Document::Archive => Vec::new(),
        Document::Data => xml(message, part, xml::is_page).filter_map(|body| xml_finding(&body, place.clone())).collect(),
        Document::Xml => xml(message, part, |_| true).filter_map(|body| xml_finding(&body, place.clone())).collect(),
        Document::Page => {
            let is_turned = settings.html.disarm == Disarm::Text && place.disarmable;
            let readings = message.decoded(part).filter_map(|body| page_finding(message, part, &body, depth, place.clone()));
            let readings: Vec<Finding> = readings.collect();
            if readings.is_empty() && is_turned { vec![finding("HTML", "it gives way to its text".to_owned(), place)] } else { readings }
        }
    }
}

/// Each reading of a part as the charset has it that a reader takes, if it is what is asked for.
fn xml<'m>(message: &'m Message<'_>, part: &'m Part, is_wanted: fn(&[u8]) -> bool) -> impl Iterator<Item = Vec<u8>> + 'm {
    let charsets = charsets(message.header(part));
    let read = move |body: Cow<'m, [u8]>| html::charset::read(&body, html::charset::strangest(&charsets)).bytes.into_owned();
    message.decoded(part).map(read).filter(move |body| is_wanted(body))
}

fn page_finding(message: &Message<'_>, part: &Part, body: &[u8], depth: Depth, place: Place) -> Option<Finding> {
    let (disarmed, why_converted) = disarmed(message, part, body, depth);
    let smuggled = smuggling::signs(body);
    let mut words: Vec<String> = disarmed.counts.iter().map(|(kind, count)| format!("{count} {}", kind.name(*count))).collect();
    words.extend(why_converted);
    if !smuggled.is_empty() {
        words.insert(0, format!("HTML smuggling ({})", smuggled.join(", ")));
    }
    let named = disarmed.removals.iter().take(MOST_NAMED).map(|removal| format!("{} at byte {}", removal.what, removal.at));
    (!words.is_empty()).then(|| finding(&words.join(", "), named.collect::<Vec<_>>().join(", "), place))
}

/// What disarming takes out of a page in one reading of its part, and why it must be written in another charset, if it must.
pub(crate) fn disarmed(message: &Message<'_>, part: &Part, body: &[u8], depth: Depth) -> (Disarmed, Option<String>) {
    let page = html::charset::read(body, html::charset::strangest(&charsets(message.header(part))));
    // Under a signature nothing is taken out: what only fetches there is no finding, as nothing could follow from it but to lose the mail.
    let depth = if part.is_sealed { Depth::Active } else { depth };
    let disarmed = html::disarm(&page.bytes, depth);
    (disarmed, page.what.filter(|_| !part.is_sealed))
}

/// The removals of each page, for people.
pub fn removals<'m>(message: &'m Message<'_>, settings: &Settings) -> Vec<(usize, Disarmed)> {
    let Some(depth) = depth(settings).filter(|_| message.is_looked_into()) else { return Vec::new() };
    let is_page = |part: &Part| !part.content.is_container() && html::is_page(&part.content.media_type, &part.content.names);
    let pages = message.parts().iter().enumerate().filter(|(_, part)| is_page(part));
    let of = |(index, part): (usize, &'m Part)| {
        let body: Cow<'_, [u8]> = message.decoded(part).next()?;
        Some((index, disarmed(message, part, &body, depth).0)).filter(|(_, disarmed)| !disarmed.removals.is_empty())
    };
    pages.filter_map(of).collect()
}

fn xml_finding(body: &[u8], place: Place) -> Option<Finding> {
    let found = xml::active(body);
    (!found.is_empty()).then(|| finding(&format!("active XML ({})", found.join(", ")), "XHTML or SVG that acts".to_owned(), place))
}

fn finding(what: &str, evidence: String, place: Place) -> Finding {
    Finding { class: Class::Active, engine: NAME.to_owned(), what: what.to_owned(), evidence, place }
}
