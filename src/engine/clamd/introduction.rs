//! What goes before a message that ClamAV would not take for a mail, and so would not decode.
//!
//! Owns which messages those are. ClamAV tells a mail by its first bytes alone (libclamav/filetypes_int.h of 0.98 to 1.4, which
//! daily.ftm may replace), so whoever writes the first field decides whether it looks into attachments. In doubt a message is
//! introduced: that costs a copy and hides nothing. It must never change the message itself. Nothing here can fail.

use memchr::memmem;

/// The pieces that stand before an introduced message: one field that ClamAV knows. It is longer than what ClamAV looks at in a fixed
/// place, or its sender could put one of the `DISGUISES` where it fits behind the introduction.
pub(super) const INTRODUCTION: [&[u8]; 3] = [b"Received: by localhost", &[b'.'; 600], b"\n"];

/// What ClamAV takes a file for a mail by, letter by letter: `received: `, `Received:` without the blank and any other field are
/// no mail to it. Of its list only what mail servers put on top.
const BEGINNINGS: [&[u8]; 17] = [
    b"Received: ",
    b"Return-Path: ",
    b"Return-path: ",
    b"Delivered-To: ",
    MBOX,
    b">From ",
    b"X-Original-To: ",
    b"Envelope-to: ",
    b"Delivery-date: ",
    b"Received-SPF: ",
    b"X-Envelope-From: ",
    b"From: ",
    b"To: ",
    b"Subject: ",
    b"Date: ",
    b"Message-ID: ",
    b"Message-Id: ",
];

/// With this on top it takes the message for a mailbox, in which each further line that begins so is the first of another mail.
const MBOX: &[u8] = b"From ";

/// What it looks for before that, and in which place: OLE2 of a Korean word processor, tar, a disk with GUID partitions.
const DISGUISES: [(usize, &[u8]); 3] = [(4, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), (257, b"ustar"), (512, b"EFI PART")];

/// Whether ClamAV would take `message` for something else than one mail.
pub(super) fn needs_introduction(message: &[u8]) -> bool {
    let is_mail = BEGINNINGS.iter().any(|beginning| message.starts_with(beginning));
    !is_mail || is_disguised(message) || is_mailbox(message)
}

fn is_disguised(message: &[u8]) -> bool {
    DISGUISES.iter().any(|(place, magic)| message.get(*place..).is_some_and(|rest| rest.starts_with(magic)))
}

fn is_mailbox(message: &[u8]) -> bool {
    let begins_line =
        |at: usize| at.checked_sub(1).and_then(|before| message.get(before)).is_some_and(|byte| matches!(byte, b'\r' | b'\n'));
    message.starts_with(MBOX) && memmem::find_iter(message, MBOX).any(begins_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_as_mail_servers_hand_it_over_needs_none() {
        for first in ["Received: from a by b", "Return-Path: <a@b>", "From a@b Mon Jan  1 00:00:00 2024", "Delivered-To: a", "Subject: x"] {
            for line_end in ["\n", "\r\n"] {
                let message = [first, "To: x", "", "So, From now on", ">From here on", ""].join(line_end);
                assert!(!needs_introduction(message.as_bytes()), "{message:?}");
            }
        }
    }

    #[test]
    fn one_that_begins_in_any_other_way_needs_it() {
        for first in [
            "received: x",
            "RECEIVED: x",
            "Received:x",
            "Received:\tx",
            "Received : x",
            " Received: x",
            "\nReceived: x",
            "\r\nSubject: x",
            "\u{feff}Subject: x",
            "\0Subject: x",
            "X-Any: x",
            "Cc: x",
            "MIME-Version: 1.0",
            "DKIM-Signature: x",
            "Content-Type: text/plain",
            "from: x",
            "FROM x",
            "MZ",
            "--b",
            "",
        ] {
            assert!(needs_introduction(format!("{first}\nSubject: x\n\nhi\n").as_bytes()), "{first}");
        }
        assert!(needs_introduction(b""));
    }

    #[test]
    fn one_that_looks_like_another_kind_of_file_further_in_needs_it() {
        for (place, magic) in DISGUISES {
            let mut message = b"To: ".to_vec();
            message.resize(place, b'x');
            assert!(!needs_introduction(&message));
            message.extend_from_slice(magic);
            assert!(needs_introduction(&message), "{place}");
        }
    }

    #[test]
    fn a_mailbox_of_several_mails_needs_it() {
        for line_end in ["\n", "\r\n", "\r"] {
            let message = ["From a@b", "Subject: x", "", "From here on", ""].join(line_end);
            assert!(needs_introduction(message.as_bytes()), "{line_end:?}");
            assert!(!needs_introduction(message.replace("From a@b", "From: a@b").as_bytes()));
        }
    }

    #[test]
    fn behind_the_introduction_nothing_lies_where_clamav_looks() {
        let length: usize = INTRODUCTION.iter().map(|piece| piece.len()).sum();
        assert!(DISGUISES.iter().all(|(place, magic)| place + magic.len() < length));
        assert!(!needs_introduction(&INTRODUCTION.concat()));
        // RFC 5322 section 2.1.1; ClamAV reads lines of a kilobyte.
        assert!(length < 998);
    }
}
