//! What mailward makes of a message, asked of the built program with one engine that decodes nothing.

use crate::harness::{Asked, Clamd, Site, Talk, eicar};
use crate::position::Case;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The payload reached the engine or a rule.
    Scanned,
    /// It did not, and mailward says that it cannot be sure.
    Flagged,
    /// Neither.
    Clean,
}

/// Every class is accepted and shown in the header field, and nothing is changed but that.
const POLICY: &str = "infected uncleanable unscanned banned encrypted ambiguous active phishing";

/// Extensions of E125, types of E123 and the class of E120 that the list which is shipped leaves alone: the rows are about whether they are seen.
const RULES: &str = r#"attachments.rules = [
    { name = '(?i)\.(svgz?|xhtml|xht|shtml|mht|htm|one|ics)$', action = "deny" },
    { name = '\{[0-9A-Fa-f-]{36}\}$', action = "deny" },
    { type = "application/x-msdownload", action = "deny" },
    { type = "application/x-dosexec", action = "deny" },
    { type = "application/hta", action = "deny" },
]
"#;

/// What the engine is asked with: it gets the message, and the views of what readers may understand differently.
const ENGINE: &str = "timeout = \"60s\"\n";

/// For what is encoded by the rules: a real engine takes that off by itself, and the double decodes nothing.
const ENGINE_OF_PARTS: &str = "timeout = \"60s\"\ninput = \"parts\"\n";

/// What came of each message, in their order. Several are judged at once.
pub(crate) fn judge_all(cases: &[Case]) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(vec![None; cases.len()]);
    thread::scope(|scope| {
        for _ in 0..2 * thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let judge = Judge::new();
                while let Some((index, case)) = next_of(cases, &next) {
                    let outcome = judge.judge(case);
                    outcomes.lock().unwrap()[index] = Some(outcome);
                }
            });
        }
    });
    outcomes.into_inner().unwrap().into_iter().map(|outcome| outcome.expect("every message is judged")).collect()
}

fn next_of<'c>(cases: &'c [Case], next: &AtomicUsize) -> Option<(usize, &'c Case)> {
    let index = next.fetch_add(1, Relaxed);
    cases.get(index).map(|case| (index, case))
}

struct Judge {
    usual: Bench,
    of_parts: Bench,
}

/// A configuration and its engine.
struct Bench {
    site: Site,
    /// Stops when dropped.
    _clamd: Clamd,
}

impl Judge {
    fn new() -> Self {
        Self { usual: Bench::new(ENGINE), of_parts: Bench::new(ENGINE_OF_PARTS) }
    }

    fn judge(&self, case: &Case) -> Outcome {
        let bench = if case.is_encoded_by_the_rules { &self.of_parts } else { &self.usual };
        bench.judge(case)
    }
}

impl Bench {
    fn new(engine: &str) -> Self {
        let site = Site::new();
        let payload = eicar().into_bytes();
        let clamd = Clamd::at(&site.path("clamd"), move |talk| answer(talk, &payload));
        let rule = |class: &str| format!("policy.{class} = {{ action = \"accept\", treatment = \"tag\" }}\n");
        let policy: String = POLICY.split(' ').map(rule).collect();
        site.configure(&format!("{policy}{RULES}{}", clamd.engine_with(engine)));
        Self { site, _clamd: clamd }
    }

    fn judge(&self, case: &Case) -> Outcome {
        let ended = self.site.deliver().mda(["/bin/cat"]).pipe(&case.message).run();
        let stdout = ended.exits(0).stdout();
        let verdict = stdout.lines().find_map(|line| line.strip_prefix("X-Mailward: ")).unwrap_or_default().trim_end();
        let failed = verdict.starts_with("unscanned; engine=clamav");
        assert!(!failed && !verdict.is_empty(), "{}: {verdict:?}{}", case.name, ended.context());
        outcome(verdict)
    }
}

/// The classes are the first word and those of `also=`.
fn outcome(verdict: &str) -> Outcome {
    let first = verdict.split(';').next().unwrap_or_default();
    let also = verdict.rsplit_once("; also=").map_or("", |(_, also)| also);
    let has = |classes: &[&str]| also.split(',').chain([first]).any(|class| classes.contains(&class));
    if has(&["infected", "banned"]) {
        Outcome::Scanned
    } else if has(&["ambiguous", "unscanned", "encrypted"]) {
        Outcome::Flagged
    } else {
        assert_eq!(verdict, "clean");
        Outcome::Clean
    }
}

fn answer(talk: &mut Talk, payload: &[u8]) -> io::Result<()> {
    let is_found = match talk.listen()? {
        Asked::Descriptor(content) => holds(&content, payload),
        Asked::Stream(wire) => holds(&without_lengths(&wire), payload),
        Asked::Version => return talk.say("ClamAV 1.4.3/27000/Mon Jan  1 00:00:00 2024\0"),
        Asked::Other(_) => return talk.say("UNKNOWN COMMAND\0"),
    };
    talk.say(if is_found { "stream: Eicar-Test-Signature FOUND\0" } else { "stream: OK\0" })
}

/// What the chunks of INSTREAM hold.
fn without_lengths(mut wire: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Some((length, rest)) = wire.split_first_chunk() {
        let (chunk, behind) = rest.split_at(u32::from_be_bytes(*length) as usize);
        content.extend_from_slice(chunk);
        wire = behind;
    }
    content
}

/// Whether `needle` is in `bytes`.
pub(crate) fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
