//! The four messages, made up from nothing and the same on every run.
//!
//! They are what a mailbox holds: a short text, a newsletter, a document of 1 MB and one of 20 MB (attachment sizes; base64
//! adds a third). Lines end with LF, as a delivery agent gets them. Pure: bytes out, nothing read.

use crate::chance::Chance;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const WORDS: [&str; 24] = [
    "the", "minutes", "of", "our", "meeting", "are", "attached", "please", "read", "them", "before", "Tuesday", "and", "send", "your",
    "notes", "to", "everyone", "who", "could", "not", "come", "this", "week",
];

/// Which of the four messages.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    Text,
    Html,
    Document,
    Large,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Text, Self::Html, Self::Document, Self::Large];

    /// The heading of its column.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "2 KB text",
            Self::Html => "60 KB HTML",
            Self::Document => "1 MB document",
            Self::Large => "20 MB document",
        }
    }

    pub(crate) fn build(self) -> Vec<u8> {
        match self {
            Self::Text => text(2048),
            Self::Html => newsletter(60 * 1024),
            Self::Document => with_attachment("minutes.pdf", &document(1 << 20)),
            Self::Large => with_attachment("plans.pdf", &document(20 << 20)),
        }
    }
}

/// A message that the benchmark's own signature matches, but only for a scanner that decodes the attachment.
pub(crate) fn infected(marker: &[u8]) -> Vec<u8> {
    with_attachment("infected.bin", &[b"BENCH\0".as_slice(), marker, b"\0\0"].concat())
}

fn word(chance: &mut Chance) -> &'static str {
    WORDS.get(chance.below(WORDS.len())).copied().unwrap_or("the")
}

fn sentence(chance: &mut Chance) -> String {
    let words: Vec<_> = (0..8 + chance.below(8)).map(|_| word(chance)).collect();
    words.join(" ") + "."
}

fn headers(subject: &str, content: &str) -> Vec<u8> {
    format!(
        "Return-Path: <anna@sender.example>\n\
         Received: from out.sender.example (out.sender.example [192.0.2.7])\n\
         \tby mx.example.org (Postfix) with ESMTPS id 4Xh2QJ1Wz9z3vD\n\
         \tfor <bob@example.org>; Mon,  3 Mar 2025 09:14:07 +0100 (CET)\n\
         Received: by out.sender.example (Postfix, from userid 1000)\n\
         \tid 6B1F02A07C1; Mon,  3 Mar 2025 09:14:06 +0100 (CET)\n\
         Date: Mon, 3 Mar 2025 09:14:05 +0100\n\
         From: Anna Sender <anna@sender.example>\n\
         To: Bob Recipient <bob@example.org>\n\
         Subject: {subject}\n\
         Message-ID: <20250303081405.6B1F02A07C1@out.sender.example>\n\
         User-Agent: bench/1\n\
         MIME-Version: 1.0\n\
         {content}\n\n"
    )
    .into_bytes()
}

fn text(size: usize) -> Vec<u8> {
    let mut message = headers("The minutes", "Content-Type: text/plain; charset=utf-8");
    let mut chance = Chance(2);
    while message.len() < size {
        message.extend_from_slice(sentence(&mut chance).as_bytes());
        message.push(b'\n');
    }
    message.truncate(size - 1);
    message.push(b'\n');
    message
}

fn newsletter(size: usize) -> Vec<u8> {
    let mut chance = Chance(60);
    let plain: String = (0..20).map(|_| sentence(&mut chance) + "\n").collect();
    let mut message = headers("News of the week", "Content-Type: multipart/alternative; boundary=\"=_bench_60\"");
    message.extend_from_slice(
        format!(
            "--=_bench_60\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n\
             --=_bench_60\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        )
        .as_bytes(),
    );
    quote(b"<!DOCTYPE html>\n<html><head><title>News</title><style>td { font: 14px sans-serif; }</style></head>\n", &mut message);
    quote(b"<body bgcolor=\"#ffffff\"><table width=\"600\">\n", &mut message);
    let mut number = 0;
    while message.len() < size - 64 {
        quote(story(number, &mut chance).as_bytes(), &mut message);
        number += 1;
    }
    quote(b"</table></body></html>\n", &mut message);
    message.extend_from_slice(b"\n--=_bench_60--\n");
    message
}

fn story(number: u32, chance: &mut Chance) -> String {
    let (title, body) = (sentence(chance), sentence(chance));
    format!(
        "<tr><td style=\"padding: 8px; color: #333333\"><img src=\"https://img.sender.example/{number}.png\" width=\"64\" alt=\"\">\
         <a href=\"https://www.sender.example/story/{number}?from=mail\">{title}</a><p>{body} &nbsp; \u{2013} {number}</p></td></tr>\n"
    )
}

/// Quoted-printable (RFC 2045 section 6.7), for text whose lines have no blanks at their ends.
fn quote(text: &[u8], out: &mut Vec<u8>) {
    let mut column = 0;
    for &byte in text {
        if column >= 72 && byte != b'\n' {
            out.extend_from_slice(b"=\n");
            column = 0;
        }
        match byte {
            b'\n' => out.push(byte),
            b' '..=b'<' | b'>'..=b'~' => out.push(byte),
            _ => out.extend_from_slice(format!("={byte:02X}").as_bytes()),
        }
        column = match byte {
            b'\n' => 0,
            b' '..=b'<' | b'>'..=b'~' => column + 1,
            _ => column + 3,
        };
    }
}

/// The shape of a PDF: objects with streams that do not compress, as scanned pages and pictures are.
fn document(size: usize) -> Vec<u8> {
    let mut chance = Chance(size as u64);
    let mut bytes = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut number = 1;
    while bytes.len() < size {
        bytes.extend_from_slice(format!("{number} 0 obj\n<< /Length 16384 >>\nstream\n").as_bytes());
        (0..2048).for_each(|_| bytes.extend_from_slice(&chance.next().to_le_bytes()));
        bytes.extend_from_slice(b"\nendstream\nendobj\n");
        number += 1;
    }
    bytes.extend_from_slice(format!("trailer\n<< /Size {number} /Root 1 0 R >>\nstartxref\n0\n%%EOF\n").as_bytes());
    bytes
}

fn with_attachment(name: &str, content: &[u8]) -> Vec<u8> {
    let mut message = headers("The document", "Content-Type: multipart/mixed; boundary=\"=_bench_att\"");
    message.extend_from_slice(
        format!(
            "--=_bench_att\nContent-Type: text/plain; charset=utf-8\n\nThe document is attached.\n\n\
             --=_bench_att\nContent-Type: application/pdf; name=\"{name}\"\nContent-Transfer-Encoding: base64\n\
             Content-Disposition: attachment; filename=\"{name}\"\n\n"
        )
        .as_bytes(),
    );
    message.reserve(content.len() / 54 * 73 + 256);
    content.chunks(57).for_each(|line| base64_line(line, &mut message));
    message.extend_from_slice(b"\n--=_bench_att--\n");
    message
}

pub(crate) fn base64_line(line: &[u8], out: &mut Vec<u8>) {
    for group in line.chunks(3) {
        let bits = group.iter().chain([&0, &0]).take(3).fold(0, |bits, &byte| bits << 8 | u32::from(byte));
        for place in 0..4 {
            let index = (bits >> (18 - 6 * place) & 63) as usize;
            let digit = BASE64.get(index).copied().filter(|_| place <= group.len());
            out.push(digit.unwrap_or(b'='));
        }
    }
    out.push(b'\n');
}
