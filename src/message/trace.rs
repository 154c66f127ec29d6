//! The fields that an MTA puts on top of a message when it delivers it.
//!
//! Owns which they are and where they end. It must never take a field further down for one of them: whatever stands below the first
//! other line was there when the message came in, and a sender may have written it. Nothing here can fail.

use super::field::{Field, Fields, mailbox_line_end};

/// Postfix local(8); Exim's spec.txt, return_path_add, envelope_to_add and delivery_date_add.
pub(super) const ON_TOP: [&str; 5] = ["Return-Path", "X-Original-To", "Delivered-To", "Envelope-To", "Delivery-Date"];

/// The fields on top of `bytes`, behind the mailbox line, as long as they are among `names`.
pub(super) fn fields<'a>(bytes: &'a [u8], names: &'a [&'a str]) -> impl Iterator<Item = Field> + 'a {
    let mut at = mailbox_line_end(bytes);
    std::iter::from_fn(move || {
        // Looked at before it is read as a field: in a body without any field the search for one would go through all of it.
        let rest = bytes.get(at..)?;
        let is_on_top = |name: &&&str| rest.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name.as_bytes()));
        let name = names.iter().find(is_on_top)?;
        let field = Fields::new(bytes, at..bytes.len()).next()?;
        let is_whole_name = field.whole.start == at && field.is_named(bytes, name);
        at = field.whole.end;
        is_whole_name.then_some(field)
    })
}

/// Where the message begins as it came in: behind the mailbox line and the fields on top.
pub fn trace_end(bytes: &[u8]) -> usize {
    trace_end_of(bytes, &ON_TOP)
}

/// The same where only `names` count as fields on top.
pub fn trace_end_of(bytes: &[u8], names: &[&str]) -> usize {
    fields(bytes, names).last().map_or_else(|| mailbox_line_end(bytes), |field| field.whole.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_on_top_ends_with_the_first_line_that_is_none_of_its_fields() {
        let table = [
            ("", ""),
            ("Return-Path: <a@b>\nDelivered-To: c@d\n", "Received: by mx\nDelivered-To: e@f\n\nbody"),
            ("From a@b Mon Jan  1 00:00:00 2024\nReturn-path: <a@b>\n\tx\nEnvelope-to: c\nDelivery-date: now\n", "A: b\n\n"),
            ("Return-Path: <a@b>\n", "\nDelivered-To: the body\n"),
            ("", "Return-Pathology: x\n\n"),
            ("", " Return-Path: x\n\n"),
            ("", "Return-Path\nA: b\n\n"),
        ];
        for (on_top, rest) in table {
            assert_eq!(trace_end(format!("{on_top}{rest}").as_bytes()), on_top.len(), "{on_top}{rest}");
        }
    }
}
