//! What of HTTP an answer holds (RFC 3507 section 4.4.1).
//!
//! Owns that all of it is read. It must never take what was cut off for a whole body. What does not fit is a [`Trouble`].

use super::head::Head;
use crate::engine::Trouble;
use crate::engine::http::chunks;
use crate::engine::wire::Wire;

/// Longest header of HTTP in an answer.
const LONGEST_HEADER: usize = 64 << 10;

/// Header and body of HTTP in an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Encapsulated {
    /// The status, where it is an answer of HTTP.
    pub status: Option<u16>,
    /// The body; none where there is none.
    pub body: Option<Vec<u8>>,
}

impl Encapsulated {
    /// Receives what `head` announces.
    pub(super) fn receive(wire: &mut Wire, head: &Head) -> Result<Self, Trouble> {
        let Some(announced) = head.field("Encapsulated") else {
            return if head.status == 200 { Err(Trouble::Unknown("200 with nothing in it".to_owned())) } else { Ok(Self::default()) };
        };
        let sections = sections(announced).ok_or_else(|| Trouble::Unknown(format!("Encapsulated: {announced}")))?;
        let mut status = None;
        for pair in sections.windows(2) {
            let [(name, start), (_, end)] = pair else { continue };
            let bytes = wire.receive_exactly(end - start)?;
            if *name == "res-hdr" {
                status = Some(Head::parse(&bytes, "HTTP/")?.status);
            }
        }
        let has_body = sections.last().is_some_and(|(name, _)| *name != "null-body");
        Ok(Self { status, body: if has_body { Some(chunks(wire)?) } else { None } })
    }
}

/// The sections with their places, the body as the last; none where they are out of order or too long.
fn sections(announced: &str) -> Option<Vec<(&str, usize)>> {
    let sections: Option<Vec<(&str, usize)>> = announced.split(',').map(section).collect();
    let sections = sections?;
    let ((last, _), headers) = sections.split_last()?;
    let is_body = ["req-body", "res-body", "opt-body", "null-body"].contains(last);
    let are_headers = headers.iter().all(|(name, _)| ["req-hdr", "res-hdr"].contains(name));
    let is_rising = sections.windows(2).all(|pair| matches!(pair, [(_, one), (_, other)] if one <= other));
    let is_bounded = sections.first()?.1 == 0 && sections.last()?.1 <= LONGEST_HEADER;
    (is_body && are_headers && is_rising && is_bounded).then_some(sections)
}

fn section(text: &str) -> Option<(&str, usize)> {
    let (name, place) = text.trim().split_once('=')?;
    Some((name.trim(), place.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_in_order_and_the_last_is_a_body() {
        assert_eq!(sections("res-hdr=0, res-body=213"), Some(vec![("res-hdr", 0), ("res-body", 213)]));
        assert_eq!(sections("null-body=0"), Some(vec![("null-body", 0)]));
        for text in [
            "",
            "res-hdr=0",
            "res-body=5",
            "res-hdr=9, res-body=5",
            "res-hdr=0, res-body=99999999",
            "res-hdr=0, res-body=-1",
            "res-body=0, res-hdr=5",
            "x=0, res-body=5",
            "res-hdr=0 res-body=5",
        ] {
            assert_eq!(sections(text), None, "{text}");
        }
    }
}
