//! One message whose plan is made: the texts, the copy in quarantine, the notices.
//!
//! Owns what the policy asks for besides the message itself. It must never tell anybody before the original is durable, nor tell
//! twice for a kept message that is tried again. What fails leaves the message with the MTA, but for a notice: that is logged.

use super::advice;
use super::scan::{Judgement, Words};
use super::spam_fields;
use crate::check;
use crate::config::{Action, Disarm, Limits, Lures, Resolved, Settings, Told};
use crate::deliver::expand;
use crate::edit::{AMBIGUITY_RESULTS, Changes, Lure, PageChange, PartText, TagText};
use crate::engine::{self, Advice, Call};
use crate::envelope::{Envelope, Sender};
use crate::error::Error;
use crate::finding::Class;
use crate::log;
use crate::message::Message;
use crate::notice::{self, Facts, Letter, Original, Template, Text};
use crate::policy::Change;
use crate::quarantine::{self, EngineVersion, Id, Kept, Record};
use crate::sanitize::readable;
use std::time::{Duration, Instant};

/// Time for all engines together to tell their versions, for the record.
const VERSION_TIME: Duration = Duration::from_secs(5);

/// A message and what was decided about it.
pub(crate) struct Case<'a> {
    pub message: &'a Message<'a>,
    pub envelope: &'a Envelope,
    /// Whether the envelope came with the message and goes on with it: to whoever queues mail, and into no maildir.
    pub is_queued: bool,
    pub judgement: &'a Judgement,
    pub resolved: &'a Resolved,
    pub groups: &'a [Resolved],
    pub limits: &'a Limits,
    pub until: Instant,
}

/// The fields that only we may write.
fn reserved(settings: &Settings) -> impl Iterator<Item = &str> {
    let results = settings.tag.ambiguity_results.then_some(AMBIGUITY_RESULTS);
    let spam = if settings.spam.headers { &spam_fields::NAMES[..] } else { &[] };
    std::iter::once(settings.tag.header.0.as_str()).chain(results).chain(spam.iter().copied())
}

impl Case<'_> {
    fn settings(&self) -> &Settings {
        &self.resolved.settings
    }

    /// Its name in quarantine, if the plan asks for a copy there.
    pub(crate) fn id(&self) -> Option<Id> {
        self.judgement.plan.quarantine.then(|| quarantine::id_of(self.message.bytes(), &self.envelope.recipients))
    }

    /// The words that edits need.
    pub(crate) fn words(&self, id: Option<&Id>) -> Result<Words, Error> {
        let (plan, settings) = (&self.judgement.plan, self.settings());
        let mark = plan.lead.as_ref().and_then(|lead| settings.tag.subject.get(&lead.class));
        let own = TagText::new(&settings.tag.header.0, mark, plan, id.map(Id::as_str));
        let has_results = settings.tag.ambiguity_results;
        let own = if has_results { own.with_ambiguity(&notice::hostname(), self.message, plan) } else { own };
        let spam = if settings.spam.headers { spam_fields::of(self.judgement, &settings.engines) } else { Vec::new() };
        let tag = own.with_spam(spam).reserving(self.groups.iter().flat_map(|group| reserved(&group.settings)));
        let rewrites = plan.rewrites.iter().map(|change| change.part).collect();
        let changes = Changes { rewrites, pages: self.pages(id)?, texts: Vec::new() };
        let tag = if plan.replaces() { tag } else { tag.following(&self.advice()) };
        if plan.removals.is_empty() && !plan.replaces() {
            let body = id.and_then(|_| advice::body(&settings.engines, &self.judgement.calls, plan, self.message));
            return Ok(Words { tag, changes, body: body.map(<[u8]>::to_vec), ..Words::default() });
        }
        let facts = self.facts(id)?.with_mark(tag.mark.as_deref());
        if plan.replaces() {
            let template = Template::load(&settings.notice, Text::Replaced)?;
            let replacement = notice::replacement(&Original::read(self.message), &template, &facts, id);
            // The notice carries the mark in its own subject.
            let tag = TagText { mark: None, ..tag };
            return Ok(Words { tag, replacement: Some(replacement), ..Words::default() });
        }
        let template = Template::load(&settings.notice, Text::Removed)?;
        let text = |removal: &Change| PartText { part: removal.part, text: template.body(&facts.about(&removal.reason)) };
        let changes = Changes { texts: plan.removals.iter().map(text).collect(), ..changes };
        Ok(Words { tag, changes, ..Words::default() })
    }

    /// What engines change in the header. A subject in a header that is written anew stays: two edits would meet there.
    fn advice(&self) -> Advice {
        let advice = advice::header(&self.settings().engines, &self.judgement.calls);
        let subject = advice.subject.filter(|_| self.judgement.plan.rewrites.is_empty());
        Advice { subject, ..advice }
    }

    /// How a link is changed that lures. One that no tag ends is marked where it begins.
    fn marks(&self, lure: check::Lure) -> Vec<Lure> {
        let text = format!(" [{}]", readable(&lure.host));
        let end = lure.end.unwrap_or(lure.start.end..lure.start.end);
        match self.settings().link.lures {
            Lures::Show => vec![Lure { range: end.end..end.end, text }],
            Lures::Text => vec![Lure { range: lure.start, text: String::new() }, Lure { range: end, text }],
        }
    }

    /// How pages are changed. Of several groups of recipients the one that wants the most done has its way.
    fn pages(&self, id: Option<&Id>) -> Result<Vec<PageChange>, Error> {
        let disarm = self.groups.iter().map(|group| group.settings.html.disarm).fold(self.settings().html.disarm, Disarm::max);
        let mut pages: Vec<PageChange> = Vec::new();
        for change in &self.judgement.plan.disarms {
            let known = pages.iter().position(|page| page.part == change.part);
            let blank = PageChange { part: change.part, disarm: Disarm::Off, lures: Vec::new(), notice: String::new() };
            let index = known.unwrap_or_else(|| {
                pages.push(blank);
                pages.len() - 1
            });
            let Some(page) = pages.get_mut(index) else { continue };
            if change.reason.class == Class::Phishing {
                page.notice = Template::load(&self.settings().notice, Text::Lure)?.body(&self.facts(id)?.about(&change.reason));
                page.lures =
                    check::lures(self.message, change.part, self.settings()).into_iter().flat_map(|lure| self.marks(lure)).collect();
            } else {
                page.disarm = disarm;
            }
        }
        Ok(pages)
    }

    /// Keeps the original if the plan asks for it, then tells whom it names; what went wrong in telling is returned for the log.
    pub(super) fn keep_and_tell(&self, id: Option<&Id>, mda: &[String]) -> Result<Vec<String>, Error> {
        // Written before anything is kept: a template that cannot be read must not leave a copy that the next try takes for told.
        let letters = self.letters(id)?;
        let kept = match id {
            Some(id) => self.keep(id, mda)?,
            // A deferred message comes again and again, and would tell each time.
            None if self.judgement.plan.action == Action::Defer => Kept::Before,
            None => Kept::Now,
        };
        if kept == Kept::Before {
            return Ok(Vec::new());
        }
        let sendmail = &self.settings().notice.sendmail;
        Ok(letters.iter().filter_map(|letter| notice::send(sendmail, letter, self.until).err()).collect())
    }

    fn keep(&self, id: &Id, mda: &[String]) -> Result<Kept, Error> {
        let path = expand(&self.settings().quarantine.path, self.envelope)?;
        let record = Record {
            id: id.clone(),
            time: log::now(),
            version: env!("CARGO_PKG_VERSION"),
            size: self.message.bytes().len() as u64,
            envelope: self.envelope.clone(),
            findings: self.judgement.findings.clone(),
            plan: self.judgement.plan.clone(),
            mda: mda.to_vec(),
            engines: self.engine_versions(),
        };
        quarantine::keep(&path, self.message.bytes(), &record, self.limits.free_space.0)
    }

    /// What the engines that were asked say of themselves. One that has just failed is not asked again: it would fail again.
    fn engine_versions(&self) -> Vec<EngineVersion> {
        let until = self.until.min(Instant::now() + VERSION_TIME);
        let version = |call: &Call| match &call.answer {
            Err(trouble) => trouble.to_string(),
            Ok(_) => {
                let engine = self.settings().engines.iter().find(|engine| engine.name == call.engine);
                engine.map_or_else(String::new, |engine| engine::version(engine, until).unwrap_or_else(|trouble| trouble.to_string()))
            }
        };
        self.judgement.calls.iter().map(|call| EngineVersion { name: call.engine.clone(), version: version(call) }).collect()
    }

    fn letters(&self, id: Option<&Id>) -> Result<Vec<Letter>, Error> {
        if self.judgement.plan.notice.is_empty() || self.is_notice() {
            return Ok(Vec::new());
        }
        let (settings, facts) = (&self.settings().notice, self.facts(id)?);
        let letter = |told: &Told| {
            let (recipients, text) = match told {
                Told::Admin => (&settings.admin, Text::Admin),
                Told::Recipient => (&self.envelope.recipients, Text::Recipient),
            };
            let template = Template::load(settings, text)?;
            Ok((!recipients.is_empty()).then(|| notice::about(&settings.from, recipients, &template, &facts, id)))
        };
        let letters: Result<Vec<_>, Error> = self.judgement.plan.notice.iter().map(letter).collect();
        Ok(letters?.into_iter().flatten().collect())
    }

    /// Whether the message is itself a notice of ours: one about it would come back here, and so on.
    fn is_notice(&self) -> bool {
        let has = |name: &str, text: &[u8]| {
            let field = self.message.field(name);
            field.is_some_and(|field| memchr::memmem::find(field.value(self.message.bytes()), text).is_some())
        };
        self.envelope.sender == Some(Sender::Null) && has("Auto-Submitted", b"auto-generated") && has("Message-ID", b".mailward@")
    }

    fn facts(&self, id: Option<&Id>) -> Result<Facts, Error> {
        let facts = Facts::new(&Original::read(self.message), self.envelope, &self.judgement.plan, id, self.message.bytes().len());
        let text = if id.is_some() { Text::Kept } else { Text::NotKept };
        let kept = Template::load(&self.settings().notice, text)?.body(&facts);
        Ok(facts.with_kept(&kept))
    }
}
