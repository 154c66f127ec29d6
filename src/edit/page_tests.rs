//! Pages that are changed in their parts: tables of what comes out.

use super::super::{Changes, Edits, change};
use super::*;
use crate::message::Bounds;

const BOUNDS: Bounds = Bounds { nesting: 64, parts: 1000, header_size: 262_144, decoded_size: 1_000_000 };

fn with(bytes: &str, rewrites: &[usize], page: PageChange) -> String {
    let message = Message::read(bytes.as_bytes(), &BOUNDS);
    let changes = Changes { rewrites: rewrites.to_vec(), pages: vec![page], texts: Vec::new() };
    String::from_utf8(Edits::new(change(&message, &changes), bytes.len()).apply(bytes.as_bytes())).unwrap()
}

fn page(part: usize, disarm: Disarm) -> PageChange {
    PageChange { part, disarm, lures: Vec::new(), notice: String::new() }
}

fn disarmed(bytes: &str) -> String {
    with(bytes, &[], page(0, Disarm::Active))
}

const HTML: &str = "Content-Type: text/html\n";

#[test]
fn a_page_is_changed_where_it_stands_under_each_encoding() {
    let table = [
        ("", "<b>a</b><script>x</script>=3D\n", "<b>a</b>=3D\n"),
        ("Content-Transfer-Encoding: 8bit\n", "\u{e9}<script>x</script>\u{e9}\n", "\u{e9}\u{e9}\n"),
        (
            "Content-Transfer-Encoding: quoted-printable\n",
            "=C3=A9<scr=\nipt>x</script><b class=3Dx>=\ny</b>\n",
            "=C3=A9<b class=3Dx>=\ny</b>\n",
        ),
        ("Content-Transfer-Encoding: base64\n", "PGI+YTwvYj48c2Ny\naXB0Png8L3Njcmlw\ndD5iYmJiYmJiYgo=\n", "PGI+YTwvYj5iYmJi\nYmJiYgo=\n"),
        ("Content-Transfer-Encoding: base64\n", "\nPHNjcmlwdD54PC9zY3JpcHQ+Yg==\n\n", "Yg==\n\n"),
    ];
    for (field, body, expected) in table {
        let before = format!("Subject: x\n{HTML}{field}\n{body}");
        assert_eq!(disarmed(&before), format!("Subject: x\n{HTML}{field}\n{expected}"), "{body}");
    }
}

#[test]
fn a_page_whose_encoding_is_broken_is_written_anew() {
    let before = format!("Subject: x\n{HTML}Content-Transfer-Encoding: base64\n\nPHNjcmlwdD54PC9zY3JpcHQ+Yg==Yw==\n");
    assert_eq!(disarmed(&before), "Subject: x\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nYmM=\n");
}

#[test]
fn a_message_that_is_written_anew_is_still_one_of_mime() {
    let before = "Subject: x\nMIME-Version: 1.0\nContent-Type: text/html; charset*=us-ascii''utf-7\n\n+ADw-script+AD4-\n";
    let after = disarmed(before);
    assert!(after.contains("MIME-Version: 1.0\n") && after.contains("charset=\"utf-8\""), "{after}");
}

#[test]
fn what_goes_leaves_no_delimiter_behind() {
    for (field, tag) in [("", "<x>"), ("Content-Transfer-Encoding: quoted-printable\n", "<x>"), ("", "<x>-<y>")] {
        let before =
            format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n{HTML}{field}\nA\n{tag}--b\nContent-Type: text/html\n\nB\n--b--\n");
        let before = before.replace("<x>-<y>--b", "-<x>-b");
        let after = with(&before, &[], page(1, Disarm::Active));
        assert_eq!(after.matches("\n--b\n").count(), 1, "{after}");
        assert!(after.contains("\nQQotLWIKQ29udGVudC1UeXBl"), "{after}");
    }
}

#[test]
fn a_page_with_lines_of_dashes_keeps_its_bytes() {
    let text = "<!--\n-->A<script>x</script>\n--<x>a\nB\n";
    let before = format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n{HTML}\n{text}--b--\n");
    assert_eq!(with(&before, &[], page(1, Disarm::Active)), before.replace("<script>x</script>", "").replace("<x>", ""));
}

#[test]
fn a_page_with_nothing_to_take_out_stays() {
    let before = format!("{HTML}Content-Transfer-Encoding: base64\n\nPGI+YTwvYj4K\n");
    assert_eq!(disarmed(&before), before);
}

#[test]
fn a_page_in_a_part_that_is_written_anew_is_changed_there() {
    let before = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\nContent-Type: text/html\n\nA<script>x</script>B\n--b--\n";
    let after = with(before, &[1], page(1, Disarm::Active));
    assert!(after.contains("Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nQUI=\n"), "{after}");
}

#[test]
fn a_page_that_becomes_text_has_the_type_of_one() {
    let before = format!("Subject: x\n{HTML}\n<b>a</b>\n");
    let after = with(&before, &[], page(0, Disarm::Text));
    assert!(after.starts_with("Subject: x\nContent-Type: text/plain; charset=\"utf-8\"\n"), "{after}");
}

#[test]
fn a_notice_stands_on_top_and_a_lure_says_where_it_leads() {
    let before = format!("{HTML}\n<html><body><a href=\"http://evil.example/\">bank</a> text</body></html>\n");
    let at = before.rfind(" text").unwrap() - before.find("<html>").unwrap();
    let lure = Lure { range: at..at, text: " [evil.example]".to_owned() };
    let change = PageChange { part: 0, disarm: Disarm::Active, lures: vec![lure], notice: "Careful: <\u{e9}>\nsecond\n".to_owned() };
    let after = with(&before, &[], change);
    let block = "<div style=\"border:2px solid #c00;margin:8px;padding:8px;color:#000;background:#fff0f0\">Careful: &#60;&#233;&#62;<br>second</div>";
    let expected = format!("{HTML}\n<html><body>{block}<a href=\"http://evil.example/\">bank</a> [evil.example] text</body></html>\n");
    assert_eq!(after, expected);
}

#[test]
fn a_notice_is_put_before_a_text() {
    let notice = |text: &str| PageChange { notice: text.to_owned(), ..page(0, Disarm::Off) };
    let before = "Content-Type: text/plain; charset=utf-8\n\nWords\n";
    assert_eq!(with(before, &[], notice("Careful\n")), "Content-Type: text/plain; charset=utf-8\n\nCareful\n\nWords\n");
    let spanish = with(before, &[], notice("atenci\u{f3}n\n"));
    assert!(spanish.contains("Content-Transfer-Encoding: base64"), "{spanish}");
}

#[test]
fn what_differs_is_one_splice() {
    let table = [("abc", "abc", None), ("abc", "axc", Some((1..2, "x"))), ("aa", "aaa", Some((2..2, "a"))), ("abc", "", Some((0..3, "")))];
    for (old, new, expected) in table {
        let expected: Vec<Splice> = expected.map(|(range, with)| Splice { range, with: with.as_bytes().to_vec() }).into_iter().collect();
        assert_eq!(difference(old.as_bytes(), new.as_bytes()), expected, "{old} {new}");
    }
}
