//! One server with mailward in one of its hooks, and all that can break around it: a clamd, a small disk for the quarantine, an MDA and the
//! program itself. Each event happens here to a message of its own; whatever was broken is mended before the next.
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use super::event::{Event, Meaning};
use crate::clamd::Clamd;
use crate::delivery::engine;
use crate::hook::Hook;
use crate::host;
use crate::maildir::Maildir;
use crate::server::{Attempt, Server, flush_until_empty, wait_until_empty};
use crate::site::Site;
use crate::tmpfs::Tmpfs;
use crate::wait;

/// What became of a message at its first try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Delivered,
    Queued,
    Bounced,
    Discarded,
}

/// All of it. The server goes first.
pub(crate) struct Ground {
    server: Box<dyn Server>,
    _disk: Tmpfs,
    pub(crate) clamd: Clamd,
    pub(crate) site: Site,
    hook: &'static Hook,
    /// How many messages were sent.
    sent: usize,
}

impl Ground {
    /// Starts the server of a hook; None where it cannot run.
    pub(crate) fn open(hook: &'static Hook) -> Option<Ground> {
        let site = hook.open_site()?;
        let disk = Tmpfs::mount(site.quarantine.path(), hook.account, "2m")?;
        let clamd = site.start_clamd();
        let server = hook.start(&site);
        let mut ground = Ground { server, _disk: disk, clamd, site, hook, sent: 0 };
        ground.mend();
        Some(ground)
    }

    /// Has an event happen, and says what became of the message. By the time this returns all is mended, and the message is where it
    /// should be, once.
    pub(crate) fn outcome_of(&mut self, event: &Event) -> Outcome {
        (event.arrange)(self);
        self.send(event)
    }

    /// The same without mailward: the server calls the MDA.
    pub(crate) fn outcome_without_us(&mut self, event: &Event) -> Outcome {
        (event.arrange)(self);
        self.wrap_program("while [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"");
        self.send(event)
    }

    fn send(&mut self, event: &Event) -> Outcome {
        self.sent += 1;
        let subject = format!("cell-{:02}", self.sent);
        let id = self.server.accept(&(event.message)(&subject));
        (event.interfere)(self);
        let outcome = wait::until(&format!("{} to come to something", event.name), || self.observe(&id, &subject));
        assert!(self.site.log().contains(event.logged), "{} did not happen: {}", event.name, self.site.log());
        self.mend();
        self.settle(&subject, outcome);
        outcome
    }

    /// What has become of a message so far. Each answer rests on something that is there, not on something that is missing.
    fn observe(&self, id: &str, subject: &str) -> Option<Outcome> {
        let is_discarded = |line: &str| line.contains(&format!("id=<{subject}@")) && line.contains(" action=discard ");
        let seen = [
            (Outcome::Delivered, count(&self.site.inbox, subject) > 0),
            (Outcome::Bounced, count(&self.site.outbox, subject) > 0),
            (Outcome::Discarded, self.site.log().lines().any(is_discarded)),
            (Outcome::Queued, self.server.attempts(id, Attempt::Deferred) > 0),
        ];
        seen.into_iter().find_map(|(outcome, is_so)| is_so.then_some(outcome))
    }

    /// Has the queue worked off and looks where the message is.
    fn settle(&self, subject: &str, outcome: Outcome) {
        flush_until_empty(&*self.server);
        let wanted = match outcome {
            Outcome::Delivered | Outcome::Queued => (1, 0),
            Outcome::Bounced => (0, 1),
            Outcome::Discarded => (0, 0),
        };
        let found = || (count(&self.site.inbox, subject), count(&self.site.outbox, subject));
        wait::until(&format!("{subject} in its place"), || (found().0 + found().1 >= wanted.0 + wanted.1).then_some(()));
        wait_until_empty(&*self.server);
        assert_eq!(found(), wanted, "deliveries and bounces of {subject}, which was {outcome:?}");
    }

    /// No message has come twice, not even later on.
    pub(crate) fn assert_nothing_is_doubled(&self) {
        for number in 1..=self.sent {
            let subject = format!("cell-{number:02}");
            let found = count(&self.site.inbox, &subject) + count(&self.site.outbox, &subject);
            assert!(found <= 1, "{subject} came {found} times");
        }
    }

    /// Whether an outcome is what the event means, given what comes of it without us.
    pub(crate) fn assert_fits(&mut self, event: &Event, outcome: Outcome) {
        let wanted = match event.meaning {
            Meaning::Verdict(wanted) => wanted,
            Meaning::Trouble => Outcome::Queued,
            Meaning::MdaMissing if outcome == Outcome::Queued => outcome,
            Meaning::MdaMissing | Meaning::Mda => self.outcome_without_us(event),
        };
        assert_eq!(outcome, wanted, "{}, {}", self.hook.name, event.name);
    }

    /// Makes everything whole again.
    fn mend(&mut self) {
        let real = self.real_program();
        if real.exists() {
            fs::rename(real, self.site.program()).unwrap();
        }
        self.hook.mend_mda(&self.site);
        let _ = fs::remove_file(self.filler());
        self.clamd.mend();
        self.configure("", "");
    }

    /// Writes mailward's configuration, with these lines in `limits`, and this policy.
    pub(crate) fn configure(&self, limits: &str, policy: &str) {
        let engine = engine(&[self.clamd.unix_address()]);
        // No reserve: the write itself is to fail when the disk is full.
        self.site.configure(&format!("[limits]\nfree_space = \"0\"\n{limits}\n{policy}{engine}"));
    }

    /// Writes mailward's configuration, with this much time for the engine.
    pub(crate) fn configure_with_timeout(&self, timeout: &str) {
        let engine = engine(&[self.clamd.unix_address()]).replace("20s", timeout);
        self.site.configure(&engine);
    }

    /// What the MDA is when all is well.
    pub(crate) fn mda(&self) -> String {
        self.hook.mda(&self.site)
    }

    pub(crate) fn remove_mda(&self) {
        fs::remove_file(self.site.mda()).unwrap();
    }

    pub(crate) fn remove_program(&self) {
        fs::rename(self.site.program(), self.real_program()).unwrap();
    }

    /// Puts a line of shell in the place of the program, which it knows as `$program`.
    pub(crate) fn wrap_program(&self, line: &str) {
        self.remove_program();
        host::install_script(&self.site.program(), &format!("program='{}'\n{line}", self.real_program().display()));
    }

    /// Leaves no room on the disk of the quarantine.
    pub(crate) fn fill_disk(&self) {
        let mut file = fs::File::create(self.filler()).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    fn filler(&self) -> PathBuf {
        self.site.quarantine.path().join("filler")
    }

    fn real_program(&self) -> PathBuf {
        self.site.path().join("mailward.real")
    }
}

/// How many messages in a maildir speak of a subject.
fn count(maildir: &Maildir, subject: &str) -> usize {
    maildir.messages().iter().filter(|message| String::from_utf8_lossy(message).contains(subject)).count()
}
