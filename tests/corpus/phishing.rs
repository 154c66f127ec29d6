//! How many lures are found, and how much wanted mail is taken for one. The rules were written with every second message in sight, the
//! even ones in the order of their names; what they find of the others says what they are worth.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Mutex;

use crate::collection::{Sample, for_each, messages};
use mailward::check;
use mailward::config::Settings;
use mailward::html::host::{Target, base, target};
use mailward::html::links::links;
use mailward::message::{Bounds, Message};

const BOUNDS: Bounds = Bounds { nesting: 64, parts: 1000, header_size: 1 << 18, decoded_size: 1 << 28 };

/// The sets: name, and the folders.
const SETS: [(&str, &str); 3] =
    [("phishing", "phishing-pot-nc/"), ("wanted", "spamassassin-public/ham-"), ("spam", "spamassassin-public/spam-")];

/// Of a hundred lures with a link, so many have to be found.
const FEWEST_FOUND: usize = 40;

/// Of a thousand wanted messages, so many may be flagged.
const MOST_FLAGGED: usize = 5;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/phishing.md");

/// What came of one message.
struct Judged {
    name: String,
    is_even: bool,
    has_link: bool,
    /// What each finding says, and its evidence.
    told: Vec<(String, String)>,
}

#[test]
fn lures_are_found_and_wanted_mail_is_not_taken_for_them() {
    let samples = messages();
    if samples.is_empty() {
        return;
    }
    let sets: Vec<(&str, Vec<Judged>)> = SETS.iter().map(|(name, folder)| (*name, judged(&samples, folder))).collect();
    let [(_, phishing), (_, wanted), _] = sets.as_slice() else { panic!("three sets") };
    let alarms: String = wanted.iter().filter(|one| is_flagged(one)).map(|one| format!("  {}: {:?}\n", one.name, one.told)).collect();
    say(&format!("{}\nwanted mail that is taken for a lure:\n{alarms}", table(&sets)));
    let with_link: Vec<&Judged> = phishing.iter().filter(|one| one.has_link).collect();
    let found = with_link.iter().filter(|one| is_flagged(one)).count();
    let flagged = wanted.iter().filter(|one| is_flagged(one)).count();
    assert!(!with_link.is_empty() && found * 100 >= with_link.len() * FEWEST_FOUND, "{found} of {} lures", with_link.len());
    assert!(flagged * 1000 <= wanted.len() * MOST_FLAGGED, "{flagged} of {} wanted messages\n{alarms}", wanted.len());
    is_documented(&table(&sets));
}

fn is_flagged(judged: &Judged) -> bool {
    !judged.told.is_empty()
}

fn judged(samples: &[Sample], folder: &str) -> Vec<Judged> {
    let own: Vec<&Sample> = samples.iter().filter(|sample| sample.name.starts_with(folder)).collect();
    let own: Vec<Sample> = own.into_iter().map(|sample| Sample { name: sample.name.clone(), path: sample.path.clone() }).collect();
    let judged = Mutex::new(BTreeMap::new());
    for_each(&own, |index, sample| {
        let bytes = sample.bytes();
        let message = Message::read(&bytes, &BOUNDS);
        let findings = check::run(&message, &Settings::default()).into_iter().filter(|finding| finding.engine == "link");
        let told = findings.map(|finding| (finding.what, finding.evidence)).collect();
        let one = Judged { name: sample.name.clone(), is_even: index % 2 == 0, has_link: has_link(&message), told };
        judged.lock().unwrap().insert(index, one);
        Ok(())
    });
    judged.into_inner().unwrap().into_values().collect()
}

/// Whether anything in it leads to a host or a mailbox.
fn has_link(message: &Message<'_>) -> bool {
    message.parts().iter().any(|part| match part.content.media_type.as_str() {
        "text/html" => message.decoded(part).any(|body| {
            let found = links(&body);
            let base = found.base.as_deref().and_then(base);
            found.links.iter().any(|link| matches!(target(&link.href, base.as_ref()), Target::Host(_) | Target::Mailbox(_)))
        }),
        "text/plain" | "" => message.decoded(part).any(|body| String::from_utf8_lossy(&body).contains("http")),
        _ => false,
    })
}

/// Figures of each set and half, and what fired how often.
fn table(sets: &[(&str, Vec<Judged>)]) -> String {
    let mut text = String::from("| set | messages | with a link | flagged | of those with a link |\n| --- | --- | --- | --- | --- |\n");
    for (name, judged) in sets {
        for (half, parity) in [("even", true), ("odd", false)] {
            let own = judged.iter().filter(|one| one.is_even == parity);
            let _ = writeln!(text, "| {name}, {half} | {}", row(&own.collect::<Vec<_>>()));
        }
        let _ = writeln!(text, "| {name} | {}", row(&judged.iter().collect::<Vec<_>>()));
    }
    text += "\n| finding | ";
    text += &sets.iter().map(|(name, _)| format!("{name} | ")).collect::<String>();
    text += "\n| --- | --- | --- | --- |\n";
    let mut counts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (set, (_, judged)) in sets.iter().enumerate() {
        for one in judged {
            let mut whats: Vec<&str> = one.told.iter().map(|(what, _)| what.as_str()).collect();
            whats.sort_unstable();
            whats.dedup();
            whats.into_iter().for_each(|what| counts.entry(what).or_insert_with(|| vec![0; sets.len()])[set] += 1);
        }
    }
    for (what, counts) in counts {
        let _ = writeln!(text, "| {what} | {} |", counts.iter().map(usize::to_string).collect::<Vec<_>>().join(" | "));
    }
    text.replace(" | \n", " |\n")
}

fn row(judged: &[&Judged]) -> String {
    let with_link = judged.iter().filter(|one| one.has_link).count();
    let found = judged.iter().filter(|one| one.has_link && is_flagged(one)).count();
    let flagged = judged.iter().filter(|one| is_flagged(one)).count();
    let share = (found * 1000).checked_div(with_link).unwrap_or_default();
    format!("{} | {with_link} | {flagged} | {}.{} % |", judged.len(), share / 10, share % 10)
}

/// The page in docs has these tables; with MAILWARD_WRITE set they are written there.
fn is_documented(tables: &str) {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (intro, documented) =
        page.split_once("| set ").map_or((page.as_str(), String::new()), |(intro, rest)| (intro, format!("| set {rest}")));
    if std::env::var_os("MAILWARD_WRITE").is_some() {
        std::fs::write(PAGE, format!("{intro}{tables}")).unwrap();
    } else {
        assert!(documented == tables, "docs/phishing.md is not what was found: MAILWARD_WRITE=1 writes it anew");
    }
}

fn say(text: &str) {
    // Not eprintln!: the test harness would keep it to itself.
    let _ = writeln!(std::io::stderr(), "tests/corpus: {text}");
}
