//! The cases of tests/data: a message, a configuration, and the message that must come of them.
//!
//! ```text
//! tests/data/SUBJECT/CASE/
//!   message.eml       what comes in; @EICAR@ and @EICAR_BASE64@ stand for the test string, which must not be in the tree
//!   config.toml       if there is more to say than where things are
//!   options           if there are any: one word a line
//!   expected.eml      what the delivery agent gets; {id} and {hostname} are filled in; not there: it gets nothing
//!   expected.status   if it is not 0
//!   expected.stdout   if there is any
//! ```
//! Each case runs as it is stored, in LF, and once more with all line ends as CRLF.

use crate::harness::{Site, eicar, eicar_in_base64, shown, with_crlf};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Reads a file of a case as text, byte by character, so that any byte passes.
fn read(case: &Path, name: &str) -> Option<String> {
    fs::read(case.join(name)).ok().map(|bytes| bytes.into_iter().map(char::from).collect())
}

fn as_bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).unwrap()).collect()
}

fn filled(text: &str) -> String {
    text.replace("@EICAR@", &eicar()).replace("@EICAR_BASE64@", &eicar_in_base64())
}

fn cases() -> Vec<PathBuf> {
    let folders = |path: &Path| {
        let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut cases: Vec<PathBuf> = folders(&root).iter().flat_map(|subject| folders(subject)).collect();
    cases.sort();
    cases
}

/// What is wrong with the result of a case, if anything is.
fn fault(case: &Path, crlf: bool) -> Option<String> {
    let ends = |text: String| if crlf { with_crlf(&text) } else { text };
    let message = as_bytes(&ends(filled(&read(case, "message.eml").expect("message.eml"))));
    let site = Site::with(&fs::read_to_string(case.join("config.toml")).unwrap_or_default());
    let options = read(case, "options").unwrap_or_default();
    let call = options.lines().fold(site.deliver(), |call, word| call.word(word));
    let ended = call.pipe(&message).run();
    let status = read(case, "expected.status").map_or(0, |status| status.trim().parse().unwrap());
    let mut wrong = String::new();
    let mut differ = |what: &str, expected: &[u8], got: &[u8]| {
        if expected != got {
            let _ = write!(wrong, "  {what} expected\n{}  {what} got\n{}", shown(expected), shown(got));
        }
    };
    let expected: Vec<Vec<u8>> =
        read(case, "expected.eml").map(|text| as_bytes(&ends(with_facts(&filled(&text), &site)))).into_iter().collect();
    differ("message", &expected.concat(), &site.delivered().concat());
    differ("stdout", read(case, "expected.stdout").unwrap_or_default().as_bytes(), ended.stdout().as_bytes());
    differ("stderr", b"", ended.stderr().as_bytes());
    differ("number of deliveries", expected.len().to_string().as_bytes(), site.delivered().len().to_string().as_bytes());
    differ("status", status.to_string().as_bytes(), ended.code().to_string().as_bytes());
    (!wrong.is_empty()).then(|| format!("{}, {}\n{wrong}", case.display(), if crlf { "CRLF" } else { "LF" }))
}

/// The facts that differ from host to host and message to message.
fn with_facts(text: &str, site: &Site) -> String {
    let hostname = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let id = site.names("quarantine/new").concat();
    text.replace("{hostname}", &hostname).replace("{id}", &id)
}

#[test]
fn every_case_gives_what_it_must() {
    let cases = cases();
    let faults: Vec<String> = cases.iter().flat_map(|case| [false, true].map(|crlf| fault(case, crlf))).flatten().collect();
    assert!(faults.is_empty(), "{} of {} runs\n{}", faults.len(), cases.len() * 2, faults.join("\n"));
}

#[test]
fn there_are_cases_for_each_subject() {
    for subject in ["pass", "tag", "strip", "replace", "names", "disarm"] {
        let count = cases().iter().filter(|case| case.parent().is_some_and(|parent| parent.ends_with(subject))).count();
        assert!(count >= 3, "{subject}: {count}");
    }
}

#[test]
fn no_file_of_the_tests_holds_the_test_string_in_one_piece() {
    let string = eicar();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                assert!(!bytes.windows(string.len()).any(|window| window == string.as_bytes()), "{}", path.display());
            }
        }
    }
}
