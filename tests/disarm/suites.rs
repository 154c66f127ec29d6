//! The suites of other sanitizers and parsers in the corpus, each of its inputs a page. Not all are hostile.
use crate::pages::{self, name};
use crate::vectors::Vector;
use crate::{all, judge};
use mailward::html::Depth;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Every input of every suite; none where the corpus is missing.
pub(crate) fn all() -> Vec<Vector> {
    let folders = ["html-loofah", "html-owasp-sanitizer", "html-html5lib-tests", "html-clamav-htmlnorm", "html-caniemail", "html-lol-html"];
    folders.iter().flat_map(|folder| pages::files(folder)).flat_map(|path| inputs(&path)).collect()
}

/// Those that the judge finds something in, up to a size.
pub(crate) fn hostile(largest: usize) -> Vec<Vector> {
    let vectors: Vec<Vector> = all().into_iter().filter(|vector| vector.page.len() <= largest).collect();
    let verdicts = all::map(&vectors, |vector| !judge::judge(&vector.page).is_empty());
    vectors.into_iter().zip(verdicts).filter_map(|(vector, is_hostile)| is_hostile.then_some(vector)).collect()
}

fn inputs(path: &Path) -> Vec<Vector> {
    let bytes = fs::read(path).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let inputs: Vec<Vec<u8>> = match extension.as_ref() {
        "html" | "txt" => vec![bytes.clone()],
        "test" => serde_json::from_str(&text).map(|suite| of_tokenizer(&suite)).unwrap_or_default(),
        "dat" if name(path).contains("loofah") => of_array(&text),
        "dat" => of_blocks(&text),
        _ => Vec::new(),
    };
    let named = |(index, page)| Vector::new(format!("{} {index}", name(path)), page, Depth::Active);
    inputs.into_iter().enumerate().map(named).collect()
}

/// `{"tests": [{"input": …, "initialStates": […], "lastStartTag": …}]}`; a state that is not the first is one inside of an element.
fn of_tokenizer(suite: &Value) -> Vec<Vec<u8>> {
    let tests = ["tests", "xmlViolationTests"].iter().filter_map(|key| suite[key].as_array()).flatten();
    let page = |test: &Value| {
        let front = test["lastStartTag"].as_str().map_or(String::new(), |tag| format!("<{tag}>"));
        let input = test["input"].as_str().map_or_else(|| test["input"].to_string(), str::to_owned);
        let input = if test["doubleEscaped"] == true { serde_json::from_str(&format!("\"{input}\"")).unwrap_or(input) } else { input };
        format!("{front}{input}").into_bytes()
    };
    tests.map(page).collect()
}

/// An array with comments and commas in it that JSON has not: the lines with an input are.
fn of_array(text: &str) -> Vec<Vec<u8>> {
    let inputs = text.lines().filter_map(|line| line.trim_start().strip_prefix("\"input\":"));
    inputs.filter_map(|input| serde_json::from_str::<String>(input.trim().trim_end_matches(',')).ok()).map(String::into_bytes).collect()
}

/// Blocks of `#data`.
fn of_blocks(text: &str) -> Vec<Vec<u8>> {
    text.split("#data\n").skip(1).map(|block| block.split("\n#").next().unwrap_or_default().as_bytes().to_vec()).collect()
}
