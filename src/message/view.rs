//! What an engine should get besides the raw message: bodies that it may not find there by itself.
//!
//! Owns which those are: nothing of a message that all readers understand alike. It must never hand out a body twice. Nothing here
//! can fail.

use super::{Construct, Doubt, DoubtKind, Encoding, Grade, Message, Part};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// A body as one reading has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View<'m> {
    /// Where it is from.
    pub origin: Origin,
    /// Its bytes.
    pub bytes: Cow<'m, [u8]>,
}

/// Where a view is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Index of the part.
    pub part: usize,
    /// The transfer encoding that was taken off.
    pub encoding: Encoding,
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "part {}, read as {}", self.part, self.encoding.word())
    }
}

impl Message<'_> {
    /// The decoded bodies, each once, that an engine may not find in the raw message: all of them where readers see different content,
    /// else those of the parts that are malformed, or that no header of the message declares.
    pub fn views(&self) -> Vec<View<'_>> {
        if self.doubts().iter().any(|doubt| doubt.grade() == Some(Grade::Hard)) {
            return self.bodies();
        }
        // An odd field alone leaves the bodies as they are.
        let is_malformed = |doubt: &&Doubt| matches!(&doubt.kind, DoubtKind::Ambiguous(known) if known.construct != Construct::Header);
        let malformed: BTreeSet<usize> = self.doubts().iter().filter(is_malformed).map(|doubt| doubt.part).collect();
        let is_plain = |part: &Part| part.layer == 0 && !part.has_flaw && !part.is_hidden && part.reading_of.is_none();
        if malformed.is_empty() && self.parts().iter().all(is_plain) {
            return Vec::new();
        }
        let around = |index: usize| std::iter::successors(Some(index), |index| self.parts().get(*index)?.parent);
        let is_odd = |index: usize| malformed.contains(&index) || self.parts().get(index).is_some_and(|part| !is_plain(part));
        self.bodies_where(|index| around(index).any(is_odd))
    }

    /// The decoded bodies of the parts that hold no other, under every reading, each once. A multipart in which no part was found
    /// holds none; a text does not hold what was found in it. A container under an encoding is told as a whole too: the headers in it
    /// stand nowhere else.
    pub fn bodies(&self) -> Vec<View<'_>> {
        self.bodies_where(|_| true)
    }

    fn bodies_where(&self, is_wanted: impl Fn(usize) -> bool) -> Vec<View<'_>> {
        let holders: BTreeSet<usize> = self.parts().iter().filter_map(|part| part.parent).collect();
        let is_bare = |index: usize, part: &Part| part.reading_of.is_none() && !holders.contains(&index);
        // Containers in each other are nearly the same bytes again and again; where that goes too far it is said already.
        let is_limited = self.doubts().iter().any(Doubt::is_limit);
        let is_whole = |part: &Part| part.content.encoding.hides() && !is_limited;
        let is_told = |index: usize, part: &Part| !part.content.is_container() || is_whole(part) || is_bare(index, part);
        let leaves = self.parts().iter().enumerate().filter(|(index, part)| is_told(*index, part) && is_wanted(*index));
        let mut views: Vec<View<'_>> = leaves.flat_map(|(index, part)| self.readings(index, part)).collect();
        let mut seen = BTreeSet::new();
        let are_new: Vec<bool> = views.iter().map(|view| !view.bytes.is_empty() && seen.insert(&*view.bytes)).collect();
        let mut are_new = are_new.into_iter();
        views.retain(|_| are_new.next().unwrap_or_default());
        views
    }

    /// Each message inside this one: its part, and its bytes from the first of its header. A part that holds others and is no
    /// multipart holds a message.
    pub fn inner_messages(&self) -> impl Iterator<Item = (&Part, &[u8])> {
        let is_multipart = |index: usize| self.parts().get(index).is_some_and(|part| part.content.is_multipart());
        let inner = self.parts().iter().filter(move |part| part.parent.is_some_and(|parent| !is_multipart(parent)));
        inner.map(|part| (part, self.layer(part.layer).get(part.whole()).unwrap_or_default()))
    }

    fn readings<'m>(&'m self, index: usize, part: &'m Part) -> impl Iterator<Item = View<'m>> {
        let origin = Origin { part: index, encoding: part.content.encoding };
        self.decoded(part).map(move |bytes| View { origin, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Bounds;

    const BOUNDS: Bounds = Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 };

    fn told(views: &[View<'_>]) -> Vec<String> {
        views.iter().map(|view| format!("{}: {}", view.origin, String::from_utf8_lossy(&view.bytes))).collect()
    }

    #[test]
    fn of_a_message_that_all_readers_understand_alike_there_are_bodies_and_no_views() {
        let text = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Transfer-Encoding: base64\n\naG8=\n--b--\n";
        let message = Message::read(text, &BOUNDS);
        assert_eq!(message.views(), []);
        assert_eq!(told(&message.bodies()), ["part 1, read as it is: hi", "part 2, read as base64: ho"]);
    }

    #[test]
    fn where_a_field_stands_twice_each_body_is_a_view_under_each_reading() {
        let twice = "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: quoted-printable\n\nYT1iYz1kZWY9\n";
        let message = Message::read(twice.as_bytes(), &BOUNDS);
        assert_eq!(told(&message.views()), ["part 0, read as base64: a=bc=def=", "part 1, read as quoted-printable: YT1iYz1kZWY9\n"]);
    }

    #[test]
    fn no_body_comes_twice_and_none_is_empty() {
        let part = "--b\n\nsame\n";
        let text = format!("Content-Type: multipart/mixed; boundary=b\n\n{part}--b\n\n\n{part}--b--\n");
        assert_eq!(told(&Message::read(text.as_bytes(), &BOUNDS).bodies()), ["part 1, read as it is: same"]);
    }

    #[test]
    fn what_stands_in_a_header_under_an_encoding_is_in_a_body() {
        let text = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQTogYgoKaG8=\n";
        let message = Message::read(text, &BOUNDS);
        assert_eq!(told(&message.bodies()), ["part 0, read as base64: A: b\n\nho", "part 1, read as it is: ho"]);
    }

    #[test]
    fn a_message_inside_is_its_bytes_also_where_it_was_encoded() {
        let part = "--b\nContent-Type: message/rfc822\n";
        let encoded = "Content-Transfer-Encoding: base64\n\nQTogYgoKaG8=\n";
        let text = format!("Content-Type: multipart/mixed; boundary=b\n\n{part}\nA: a\n\nhi\n{part}{encoded}--b--\n");
        let message = Message::read(text.as_bytes(), &BOUNDS);
        let inner: BTreeSet<&[u8]> = message.inner_messages().map(|(_, bytes)| bytes).collect();
        assert!(inner.contains(&b"A: a\n\nhi"[..]) && inner.contains(&b"A: b\n\nho"[..]), "{inner:?}");
    }

    fn views_of(text: &str) -> Vec<String> {
        told(&Message::read(text.as_bytes(), &BOUNDS).views())
    }

    #[test]
    fn well_formed_mail_has_no_views_whatever_it_is_made_of() {
        let part = "--b\nContent-Type: a/b; name=a.png\nContent-Transfer-Encoding: base64\n\naGVsbG8h\n";
        let inner = "--b\nContent-Type: message/rfc822\n\nA: b\n\nhi\n";
        let table = [
            "A: b\n\nhi\n".to_owned(),
            format!("Content-Type: multipart/mixed; boundary=b\n\n{part}{inner}--b--\n"),
            format!("Content-Type: multipart/signed; boundary=b\n\nA MIME message.\n{part}--b--\n"),
            "Content-Transfer-Encoding: quoted-printable\n\na=3Db=\n c\n".to_owned(),
        ];
        for text in table {
            assert_eq!(views_of(&text), [""; 0], "{text:?}");
            assert_eq!(views_of(&text.replace('\n', "\r\n")), [""; 0], "{text:?} with CRLF");
        }
    }

    #[test]
    fn of_a_message_that_is_only_malformed_the_odd_parts_are_views() {
        let regular = "--b\nContent-Transfer-Encoding: base64\n\naGVsbG8h\n";
        let odd = "--b\nContent-Transfer-Encoding: base64\n\nYWdh\n\n aW4h\n";
        let text = format!("Content-Type: multipart/mixed; boundary=b\n\n{regular}{odd}--b--\n");
        assert_eq!(views_of(&text), ["part 2, read as base64: again!"]);
    }

    #[test]
    fn what_no_header_declares_is_a_view() {
        assert_eq!(views_of("A: b\n\ntext\nContent-Type: a/b\nContent-Transfer-Encoding: base64\n\naGVsbG8h\n").len(), 1);
        assert_eq!(views_of("A: b\n\nbegin 644 a\n#:&DA\n`\nend\n"), ["part 1, read as it is: hi!"]);
    }

    #[test]
    fn where_something_is_read_differently_all_bodies_are_views() {
        let twice = "--b\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\naGVsbG8h\n";
        let text = format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n{twice}--b--\n");
        let expected = ["part 1, read as it is: one", "part 2, read as base64: hello!", "part 3, read as it is: aGVsbG8h"];
        assert_eq!(views_of(&text), expected);
    }

    #[test]
    fn what_lies_in_a_container_under_an_encoding_is_a_view() {
        let text = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQTogYgoKaG8=\n";
        assert_eq!(views_of(text), ["part 1, read as it is: ho"]);
    }

    #[test]
    fn what_unpacks_to_more_than_there_is_room_for_is_a_view_as_it_is() {
        // 64 KiB of zeros each, in some hundred bytes.
        let packed = "H4sIAAAAAAACA+3BAQEAAACAkP6v7ggKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAauuOl9cAAAEA";
        let part = format!("--b\nContent-Type: a/b\nContent-Transfer-Encoding: x-gzip64\n\n{packed}\n");
        let text = format!("Content-Type: multipart/mixed; boundary=b\n\n{}--b--\n", part.repeat(90));
        let message = Message::read(text.as_bytes(), &BOUNDS);
        let decoded: usize = message.parts().iter().flat_map(|part| message.decoded(part)).map(|body| body.len()).sum();
        assert!(decoded > 16_384 && decoded < 4 * text.len() + (1 << 20), "{decoded} of {}", text.len());
        assert!(message.doubts().iter().any(|doubt| doubt.kind == DoubtKind::hard(crate::message::Construct::Readings)));
    }
}
