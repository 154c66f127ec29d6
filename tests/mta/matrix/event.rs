//! What can happen to a message on its way: the rows of the matrix.
use super::ground::{Ground, Outcome};
use super::process;
use crate::mails;

/// One thing that happens, and what may come of it.
pub(crate) struct Event {
    /// As the matrix calls it.
    pub(crate) name: &'static str,
    pub(crate) meaning: Meaning,
    /// The message that it happens to, with this subject.
    pub(crate) message: fn(&str) -> Vec<u8>,
    /// What is set up for it.
    pub(crate) arrange: fn(&mut Ground),
    /// What is done while mailward is at work.
    pub(crate) interfere: fn(&Ground),
    /// What mailward's log says of it, so that it is this that happened and nothing else.
    pub(crate) logged: &'static str,
}

/// What may come of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The policy wants this.
    Verdict(Outcome),
    /// Something of ours is broken: the message has to stay queued.
    Trouble,
    /// The MDA cannot be started: the message has to stay queued. Where it is a shell that starts the MDA, what comes of it is what
    /// comes of it without us.
    MdaMissing,
    /// The MDA decides: what the mail server does with its status is what it does without us.
    Mda,
}

const ACCEPT: &str = "[policy]\ninfected = { action = \"accept\", treatment = \"tag\" }\n";
const DISCARD: &str = "[policy]\ninfected = { action = \"discard\" }\n";
const REJECT: &str = "[policy]\ninfected = { action = \"reject\" }\n";

/// The rows, in the order of the table.
pub(crate) const EVENTS: [Event; 20] = [
    Event::verdict("clean", Outcome::Delivered, clean, |_| {}),
    Event::verdict("tagged", Outcome::Delivered, infected, |ground| ground.configure("", ACCEPT)),
    Event::verdict("stripped", Outcome::Delivered, with_program, |_| {}),
    Event::verdict("replaced", Outcome::Delivered, infected, |_| {}),
    Event::verdict("discarded", Outcome::Discarded, infected, |ground| ground.configure("", DISCARD)),
    Event::verdict("refused", Outcome::Bounced, infected, |ground| ground.configure("", REJECT)),
    Event { logged: "failed(refused)", ..Event::trouble("engine down", clean, |ground| ground.clamd.stop()) },
    Event {
        logged: "failed(timeout)",
        ..Event::trouble("engine slow", clean, |ground| {
            ground.configure_with_timeout("1s");
            ground.clamd.freeze();
        })
    },
    Event { logged: "No space left on device", ..Event::trouble("disk full", infected, |ground| ground.fill_disk()) },
    Event::trouble("broken configuration", clean, |ground| ground.site.write_configuration("[policy\n")),
    Event { meaning: Meaning::MdaMissing, ..Event::mda("missing MDA", |ground| ground.remove_mda()) },
    Event::mda("MDA exits 0", |ground| ground.site.write_mda(&format!("{}\nexit 0", ground.mda()))),
    Event::mda("MDA exits 67", |ground| ground.site.write_mda("cat > /dev/null; exit 67")),
    Event::mda("MDA exits 75", |ground| ground.site.write_mda("cat > /dev/null; exit 75")),
    Event::mda("MDA exits 77", |ground| ground.site.write_mda("cat > /dev/null; exit 77")),
    Event::mda("MDA killed", |ground| ground.site.write_mda("kill -KILL $$")),
    Event {
        logged: "a bug in mailward, please report it: on demand",
        ..Event::trouble("our panic", clean, |ground| ground.wrap_program("MAILWARD_CRASH=panic exec \"$program\" \"$@\""))
    },
    Event { interfere: process::kill, ..Event::trouble("our kill", clean, |ground| ground.clamd.freeze()) },
    Event {
        interfere: process::outlive_deadline,
        ..Event::trouble("our deadline", clean, |ground| {
            ground.configure("deadline = \"4s\"", "");
            ground.clamd.freeze();
        })
    },
    Event::trouble("our program missing", clean, |ground| ground.remove_program()),
];

impl Event {
    const fn verdict(name: &'static str, outcome: Outcome, message: fn(&str) -> Vec<u8>, arrange: fn(&mut Ground)) -> Event {
        Event { name, meaning: Meaning::Verdict(outcome), message, arrange, interfere: |_| {}, logged: "" }
    }

    const fn trouble(name: &'static str, message: fn(&str) -> Vec<u8>, arrange: fn(&mut Ground)) -> Event {
        Event { name, meaning: Meaning::Trouble, message, arrange, interfere: |_| {}, logged: "" }
    }

    const fn mda(name: &'static str, arrange: fn(&mut Ground)) -> Event {
        Event { name, meaning: Meaning::Mda, message: clean, arrange, interfere: |_| {}, logged: "" }
    }
}

fn clean(subject: &str) -> Vec<u8> {
    mails::plain(subject, "clean\n")
}

fn infected(subject: &str) -> Vec<u8> {
    mails::with_attachment(subject, "readme.txt", &mails::eicar())
}

fn with_program(subject: &str) -> Vec<u8> {
    mails::with_attachment(subject, "setup.exe", &mails::program())
}
