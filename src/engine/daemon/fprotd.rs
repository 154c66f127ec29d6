//! F-Prot's f-protd (version 4): HTTP, with the path as what is got, and XML.
//!
//! Owns what that XML means. It must never take one for clean that is not whole, or that has a name in it. What fails is a [`Trouble`].

use super::Job;
use super::dialogue::infected;
use super::readable::Readable;
use crate::engine::wire::Wire;
use crate::engine::{Threat, Trouble};

/// Longest answer.
const LONGEST: usize = 1 << 20;

/// It knows HTTP as far as this line goes, and no field.
pub(super) fn ask(wire: &mut Wire, job: &Job<'_>) -> Result<Vec<Threat>, Trouble> {
    let file = Readable::holding(job.bytes)?;
    wire.send(format!("GET {}?-dumb%20-archive%20-packed HTTP/1.0\r\n\r\n", file.path()).as_bytes())?;
    let answer = wire.receive_all(LONGEST)?;
    if answer.is_empty() {
        return Err(Trouble::Closed);
    }
    means(&String::from_utf8_lossy(&answer))
}

fn means(answer: &str) -> Result<Vec<Threat>, Trouble> {
    let name = inside(answer, "<name>", "</name>");
    let mut summaries = answer.split("<summary").skip(1).map(|rest| inside(rest, ">", "</summary>"));
    let summary = summaries.next().flatten().map(str::to_ascii_lowercase);
    let has_more = summaries.next().is_some();
    match summary.as_deref() {
        Some("infected") => Ok(vec![infected(name.unwrap_or_default())]),
        _ if answer.contains("<detected") => Ok(vec![infected(name.unwrap_or_default())]),
        Some("clean") if name.is_none() && !has_more => Ok(Vec::new()),
        Some(other) if !has_more => Err(Trouble::Reported(other.to_owned())),
        _ => Err(Trouble::Unknown(answer.chars().take(200).collect())),
    }
}

fn inside<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    text.split_once(open)?.1.split_once(close).map(|(inside, _)| inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_summary_is_clean() {
        assert_eq!(means("HTTP/1.0 200 OK\r\n\r\n<summary code=\"0\">clean</summary>").unwrap(), []);
        let found = "<detected type=\"virus\"><name>EICAR_Test_File</name></detected><summary code=\"11\">infected</summary>";
        assert_eq!(means(found).unwrap(), [infected("EICAR_Test_File")]);
        assert_eq!(means("<summary code=\"11\">Infected</summary>").unwrap(), [infected("")]);
        for answer in [
            "",
            "clean",
            "<summary>clean",
            "<summary code=\"0\"",
            "<summary>error</summary>",
            "<name>x</name><summary>clean</summary>",
            "<summary>clean</summary><summary>error</summary>",
        ] {
            assert!(means(answer).is_err(), "{answer}");
        }
    }
}
