//! How often wanted mail is taken for something that readers understand differently. Whoever flags what is in order is switched off.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;

use serde_json::Value;

use crate::collection::{Sample, for_each, messages};
use crate::program::Mailward;
use mailward::message::{Bounds, Message};

const BOUNDS: Bounds = Bounds { nesting: 64, parts: 1000, header_size: 1 << 18, decoded_size: 1 << 28 };

/// Folders of mail that people wanted.
const WANTED: &str = "spamassassin-public/ham-";

/// Collections that hold broken mail on purpose, or are forged: what is ambiguous there is so.
const BROKEN: [&str; 6] = ["stalwart-mail-parser/", "mikel-mail/", "mime-tools/", "nodemailer-mailparser/", "rspamd/", "mail-dkim/"];

/// Of a thousand wanted messages, so many may be flagged.
const MOST_FLAGGED: usize = 1;

/// Of a hundred wanted messages, so many may be malformed in a way that engines are told of.
const MOST_WITH_VIEWS: usize = 2;

fn wanted() -> Vec<Sample> {
    messages().into_iter().filter(|sample| sample.name.starts_with(WANTED)).collect()
}

/// Whether a part is signed or encrypted.
fn is_sealed(sample: &Sample) -> bool {
    let bytes = sample.bytes();
    let is_smime = |media_type: &str| media_type.ends_with("/pkcs7-mime") || media_type.ends_with("/x-pkcs7-mime");
    Message::read(&bytes, &BOUNDS).parts().iter().any(|part| part.content.is_seal() || is_smime(&part.content.media_type))
}

/// What is ambiguous in each of the samples in which anything is, as `mailward explain` has it.
fn flagged(samples: &[Sample]) -> BTreeMap<String, Vec<String>> {
    let mailward = Mailward::with("");
    let flagged = Mutex::new(BTreeMap::new());
    for_each(samples, |_, sample| {
        let report: Value = serde_json::from_slice(&mailward.explain(&sample.path).stdout).map_err(|why| format!("no JSON: {why}"))?;
        let findings = report["findings"].as_array().ok_or("no findings")?;
        let ambiguous = findings.iter().filter(|finding| finding["class"] == "ambiguous");
        let told: Vec<String> = ambiguous.map(|finding| format!("{}: {}", finding["what"], finding["evidence"])).collect();
        if !told.is_empty() {
            flagged.lock().unwrap().insert(sample.name.clone(), told);
        }
        Ok(())
    });
    flagged.into_inner().unwrap()
}

fn say(text: &str) {
    // Not eprintln!: the test harness would keep it to itself.
    let _ = writeln!(std::io::stderr(), "tests/corpus: {text}");
}

#[test]
fn of_wanted_mail_one_in_a_thousand_is_ambiguous_at_most() {
    let samples = wanted();
    let flagged = flagged(&samples);
    say(&format!("{} of {} wanted messages are ambiguous {flagged:#?}", flagged.len(), samples.len()));
    assert!(flagged.len() * 1000 <= samples.len() * MOST_FLAGGED, "{flagged:#?}");
}

#[test]
fn no_signed_or_encrypted_mail_is_ambiguous() {
    let is_whole = |sample: &Sample| !BROKEN.iter().any(|folder| sample.name.starts_with(folder));
    let samples: Vec<Sample> = messages().into_iter().filter(|sample| is_whole(sample) && is_sealed(sample)).collect();
    let flagged = flagged(&samples);
    say(&format!("{} of {} signed or encrypted messages are ambiguous {flagged:#?}", flagged.len(), samples.len()));
    assert!(flagged.is_empty(), "{flagged:#?}");
}

#[test]
fn of_wanted_mail_two_in_a_hundred_have_views_at_most() {
    let samples = wanted();
    let with_views = Mutex::new(Vec::new());
    for_each(&samples, |_, sample| {
        let bytes = sample.bytes();
        let views = Message::read(&bytes, &BOUNDS).views().len();
        if views > 0 {
            with_views.lock().unwrap().push(format!("{}: {views}", sample.name));
        }
        Ok(())
    });
    let with_views = with_views.into_inner().unwrap();
    say(&format!("{} of {} wanted messages have views {with_views:#?}", with_views.len(), samples.len()));
    assert!(with_views.len() * 100 <= samples.len() * MOST_WITH_VIEWS, "{with_views:#?}");
}
