//! All of a message that leads elsewhere, and who says that it is from them.
//!
//! Owns which parts are read: pages, and texts where no page has a link. It must never judge. Nothing here can fail.

use super::sender::Sender;
use crate::html::host::{Host, Target, base, target};
use crate::html::links::{Form, links};
use crate::html::{Document, charset, document};
use crate::message::{Message, Part, charsets};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// Most links of a message that are looked at, after those that are the same.
const MOST: usize = 10_000;

/// Most bytes of a URL in a text.
const LONGEST: usize = 2000;

/// Whether readers show the part as a text.
pub(super) fn is_text(part: &Part) -> bool {
    matches!(part.content.media_type.as_str(), "text/plain" | "")
}

/// A message, as far as it can lure.
#[derive(Debug, Default)]
pub(super) struct Mail {
    pub(super) sender: Sender,
    /// Each once.
    pub(super) leads: Vec<Lead>,
    /// The part, and the form.
    pub(super) forms: Vec<(usize, Form)>,
}

/// A link, and where it leads.
#[derive(Debug)]
pub(super) struct Lead {
    pub(super) part: usize,
    /// What is to be read of it; the text of a picture where there is nothing else.
    pub(super) text: String,
    /// Where it leads, as it stands.
    pub(super) href: String,
    pub(super) target: Rc<Target>,
}

impl Lead {
    /// The host that it leads to.
    pub(super) fn host(&self) -> Option<&Host> {
        match &*self.target {
            Target::Host(host) => Some(host),
            _ => None,
        }
    }
}

impl Mail {
    /// Reads header, pages and texts of `message`.
    pub(super) fn read(message: &Message<'_>) -> Self {
        let mut mail = Self { sender: Sender::read(message), ..Self::default() };
        let mut seen = BTreeSet::new();
        let is_page = |part: &Part| {
            let document = document(&part.content.media_type, &part.content.names);
            matches!(document, Some(Document::Page | Document::Xml)) && !part.content.is_container()
        };
        mail.each(message, is_page, |mail, part, body| mail.page(part, body, &mut seen));
        if mail.leads.is_empty() {
            mail.each(message, is_text, Self::text);
        }
        mail
    }

    fn each(&mut self, message: &Message<'_>, is_one: impl Fn(&Part) -> bool, mut read: impl FnMut(&mut Self, usize, &[u8])) {
        for (index, part) in message.parts().iter().enumerate().filter(|(_, part)| is_one(part)) {
            let declared = charsets(message.header(part));
            let declared = charset::strangest(&declared);
            message.decoded(part).for_each(|body| read(self, index, &charset::read(&body, declared).bytes));
        }
    }

    fn page(&mut self, part: usize, page: &[u8], seen: &mut BTreeSet<(Vec<u8>, Vec<u8>)>) {
        let found = links(page);
        let base = found.base.as_deref().and_then(base);
        let mut known: HashMap<Vec<u8>, Rc<Target>> = HashMap::new();
        for link in found.links {
            let words = if link.text.trim_ascii().is_empty() { link.alternative } else { link.text };
            if self.leads.len() >= MOST || !seen.insert((link.href.clone(), words.clone())) {
                continue;
            }
            let (text, href) = (String::from_utf8_lossy(&words).trim().to_owned(), String::from_utf8_lossy(&link.href).into_owned());
            let target = known.entry(link.href).or_insert_with_key(|href| Rc::new(target(href, base.as_ref())));
            self.leads.push(Lead { part, text, href, target: Rc::clone(target) });
        }
        self.forms.extend(found.forms.into_iter().map(|form| (part, form)));
    }

    /// The URLs of a text, which readers make links of.
    fn text(&mut self, part: usize, text: &[u8]) {
        for at in memchr::memmem::find_iter(text, b"://") {
            let before = text.get(at.saturating_sub(5)..at).unwrap_or_default();
            let Some(scheme) = [&b"https"[..], b"http"].into_iter().find(|scheme| before.to_ascii_lowercase().ends_with(scheme)) else {
                continue;
            };
            let url = text.get(at - scheme.len()..).unwrap_or_default();
            let end =
                url.iter().take(LONGEST).position(|byte| matches!(byte, 0..=b' ' | b'<' | b'>' | b'"')).unwrap_or(url.len().min(LONGEST));
            let url = url.get(..end).unwrap_or_default();
            if self.leads.len() < MOST {
                let href = String::from_utf8_lossy(url).into_owned();
                self.leads.push(Lead { part, text: href.clone(), href, target: Rc::new(target(url, None)) });
            }
        }
    }

    /// The links to hosts.
    pub(super) fn hosts(&self) -> impl Iterator<Item = (&Lead, &Host)> {
        self.leads.iter().filter_map(|lead| lead.host().map(|host| (lead, host)))
    }

    /// The hosts of the mailboxes that the reader may write to.
    pub(super) fn mailboxes(&self) -> impl Iterator<Item = &str> {
        let linked = self.leads.iter().filter_map(|lead| match &*lead.target {
            Target::Mailbox(host) => Some(host.as_str()),
            _ => None,
        });
        linked.chain(self.sender.replies.iter().map(String::as_str))
    }
}
