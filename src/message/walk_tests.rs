use crate::message::shown::{BOUNDS, doubts, parts};
use crate::message::{Bounds, Construct, DoubtKind, Message};

fn mixed(body: &str) -> String {
    format!("Content-Type: multipart/mixed; boundary=b\n\n{body}")
}

#[test]
fn lines_without_a_field_among_them_are_no_header_but_a_body() {
    assert_eq!(parts("just text\nof two lines\n\nand more\n"), ["0: text/plain \"just text\\nof two lines\\n\\nand more\\n\""]);
    assert_eq!(parts(mixed("--b\nno header\n\none\n--b--\n"))[1], "1 in 0: text/plain \"no header\\n\\none\"");
    assert_eq!(parts(mixed("--b\n\none\n--b--\n"))[1], "1 in 0: text/plain \"one\"");
}

#[test]
fn of_several_boundaries_the_one_that_stands_there_is_the_first_reading() {
    let text = |body: &str| format!("Content-Type: multipart/mixed; boundary=x; boundary=y\n\n{body}");
    let (x, y) = ("--x\n\none\n--x--\n", "--y\n\ntwo\n--y--\n");
    let boundary = |body: &str| parts(text(body))[0].clone();
    assert_eq!(boundary(x), "0: multipart/mixed between \"x\"");
    assert_eq!(boundary(y), "0: multipart/mixed between \"y\"");
    assert_eq!(boundary(&[y, x].concat()), "0: multipart/mixed between \"x\"");
    assert_eq!(boundary("text\n"), "0: multipart/mixed between \"x\"");
}

#[test]
fn behind_the_last_delimiter_nothing_is_a_part() {
    assert_eq!(parts(mixed("--b\n\none\n--b--\n--b\n\ntwo\n")).len(), 2);
}

#[test]
fn a_container_in_a_part_ends_with_it() {
    let inner = "--b\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\none\n--i--\nrest\n--b\n\ntwo\n--b--\n";
    let expected = ["1 in 0: multipart/mixed between \"i\"", "2 in 1: text/plain \"one\"", "3 in 0: text/plain \"two\""];
    assert_eq!(parts(mixed(inner))[1..], expected);
}

#[test]
fn in_base64_no_delimiter_is_looked_for_where_it_is_regular_and_one_is_found_behind() {
    let line = "QUJD".repeat(19);
    let part = |encoded: &str| mixed(&format!("--b\nContent-Type: a/b\nContent-Transfer-Encoding: base64\n\n{encoded}--b\n\ntwo\n--b--\n"));
    let expected = |decoded: &str| format!("1 in 0: a/b, base64 {decoded:?}");
    let (one, three) = (format!("{line}\n"), format!("{line}\n").repeat(3));
    assert_eq!(parts(part(&one))[1..], [expected(&"ABC".repeat(19)), "2 in 0: text/plain \"two\"".to_owned()]);
    assert_eq!(parts(part(&three))[1..], [expected(&"ABC".repeat(57)), "2 in 0: text/plain \"two\"".to_owned()]);
    assert_eq!(parts(part(&format!("{three}QUI=\n")))[1..].len(), 2);
}

#[test]
fn a_message_under_an_encoding_is_also_read_as_it_is_where_it_begins_like_one() {
    let text = |body: &str| format!("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{body}");
    assert_eq!(parts(text("QTogYgoKeA==\n"))[1..], ["1 in 0: text/plain \"x\""]);
    let plain = parts(text("Subject: a\nContent-Type: a/b\n\nhi\n"));
    assert_eq!(plain[1], "1 in 0: a/b \"hi\\n\"");
}

#[test]
fn a_header_over_the_limit_is_read_up_to_it_and_that_is_said() {
    let text = "A: b\nContent-Type: a/b\nContent-Transfer-Encoding: base64\n\nQQ==\n";
    let message = Message::read(text.as_bytes(), &Bounds { header_size: 23, ..BOUNDS });
    assert_eq!(crate::message::shown::parts_of(&message)[0], "0: a/b \"QQ==\\n\"");
    assert_eq!(crate::message::shown::doubts_of(&message), ["limits.header_size of 0"]);
}

#[test]
fn only_fields_that_are_read_differently_are_doubtful() {
    let twice = |value: &str| format!("Content-Disposition: inline\nContent-Disposition: {value}\n\nx");
    assert_eq!(doubts(twice("attachment")), ["Soft Twice(\"Content-Disposition\") of 0"]);
    assert_eq!(doubts(twice("INLINE")), [""; 0]);
    assert_eq!(doubts(format!("{}\nx", "Content-Type: a/b\n".repeat(99))), ["Hard LongField of 0", "Hard Readings of 0"]);
}

#[test]
fn under_a_signature_everything_is_sealed_and_beside_it_nothing() {
    let signed = "--b\nContent-Type: multipart/signed; boundary=s\n\n--s\nContent-Type: message/rfc822\n\nA: b\n\nx\n--s--\n";
    let text = mixed(&format!("{signed}--b\n\ntwo\n--b--\n"));
    let message = Message::read(text.as_bytes(), &BOUNDS);
    assert_eq!(message.parts().iter().map(|part| part.is_sealed).collect::<Vec<_>>(), [false, false, true, true, false]);
}

#[test]
fn what_stands_behind_the_last_part_of_a_container_lies_in_that_container() {
    let inner = "--b\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\none\n--i--\nContent-Type: a/b\n\nrest\n--b--\n";
    let text = mixed(inner);
    let message = Message::read(text.as_bytes(), &BOUNDS);
    let (container, behind) = (&message.parts()[1], message.parts().last().unwrap());
    assert_eq!(message.body(behind), b"rest");
    assert_eq!(behind.body.end, container.body.end);
}

#[test]
fn a_header_that_is_irregular_is_a_soft_doubt() {
    let told = |text: &str| {
        let message = Message::read(text.as_bytes(), &BOUNDS);
        message.doubts().iter().map(|doubt| (doubt.kind.clone(), doubt.range.clone())).collect::<Vec<_>>()
    };
    assert_eq!(told("Content-Type : a/b\n\nx"), [(DoubtKind::soft(Construct::Header), 0..20)]);
    assert_eq!(told("Content-Type: a/b\n\nx"), []);
}
