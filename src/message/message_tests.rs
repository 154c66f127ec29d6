use super::shown::BOUNDS;
use super::*;

fn read(text: &str) -> Message<'_> {
    Message::read(text.as_bytes(), &BOUNDS)
}

fn primaries(text: &str) -> Vec<usize> {
    let message = read(text);
    (0..message.parts().len()).map(|index| message.primary(index)).collect()
}

fn declared(text: &str) -> Vec<bool> {
    let message = read(text);
    message.parts().iter().map(|part| message.is_declared(part)).collect()
}

const TWO: &str = "--x\n\none\n--x--\n--y\n\ntwo\n--y--\n";

#[test]
fn edits_work_on_the_first_reading() {
    let boundaries = format!("Content-Type: multipart/mixed; boundary=x; boundary=y\n\n{TWO}");
    let leaf = "Content-Type: a/b\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\nQQ==\n";
    let second = format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n{leaf}--b--\n");
    let text = "A: b\n\ntext\n\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n";
    let table = [
        ("well formed", "Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x--\n", vec![0, 1]),
        ("two boundaries", &boundaries, vec![0, 1, 0, 0]),
        ("two encodings", leaf, vec![0, 0]),
        ("a part of two encodings", &second, vec![0, 1, 2, 2]),
        ("what is found in a text", text, vec![0, 0, 0, 0]),
    ];
    for (what, text, expected) in table {
        assert_eq!(primaries(text), expected, "{what}");
    }
}

#[test]
fn what_another_reading_sees_in_a_leaf_stands_for_that_leaf() {
    // To who takes the line for a delimiter the first part is two.
    let text = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nzero\n--b\n\none\n--bX\n\ntwo\n--b--\n";
    let message = read(text);
    let two = message.parts().iter().position(|part| message.body(part) == b"two").unwrap();
    assert!(message.parts()[two].parent.is_some_and(|parent| message.parts()[parent].reading_of == Some(0)));
    assert_eq!(message.primary(two), 2);
    assert_eq!(message.body(&message.parts()[2]), b"one\n--bX\n\ntwo");
}

#[test]
fn a_part_is_declared_by_the_first_reading_of_what_is_around_it() {
    let encoded = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQTogYgoKeA==\n";
    let table = [
        ("parts", "Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x--\n".to_owned(), vec![true, true]),
        ("another reading", "Content-Type: a/b\nContent-Type: c/d\n\nx".to_owned(), vec![true, false]),
        ("under an encoding", encoded.to_owned(), vec![true, true]),
        ("in a text", "A: b\n\ntext\nContent-Type: a/b\n\nx".to_owned(), vec![true, false, false]),
        ("in a file", "A: b\n\nbegin 644 a\n#:&DA\n`\nend\n".to_owned(), vec![true, false]),
    ];
    for (what, text, expected) in table {
        assert_eq!(declared(&text), expected, "{what}");
    }
}

#[test]
fn a_seal_is_held_by_all_that_is_around_it_and_by_itself() {
    let signed = "Content-Type: multipart/signed; boundary=s\n\n--s\n\none\n--s--\n";
    let text = format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n{signed}--b\n\ntwo\n--b--\n");
    let message = read(&text);
    let holds: Vec<bool> = (0..message.parts().len()).map(|index| message.holds_seal(index)).collect();
    assert_eq!(holds, [true, true, false, false]);
    let encrypted = text.replace("signed", "encrypted");
    assert!(read(&encrypted).holds_seal(0) && !read(&text.replace("signed", "mixed")).holds_seal(0));
}

#[test]
fn a_header_is_regular_if_all_readers_agree_on_it() {
    let message = read("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type : a/b\n\none\n--b--\n");
    let regular: Vec<bool> = message.parts().iter().map(|part| message.has_regular_header(part)).collect();
    assert_eq!(regular, [true, false]);
}

#[test]
fn a_body_that_is_decoded_differently_has_several_decodings_the_common_one_first() {
    let decoded = |body: &str| -> Vec<Vec<u8>> {
        let text = format!("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n{body}");
        let message = read(&text);
        let part = &message.parts()[0];
        let heads: Vec<Vec<u8>> = message.heads(part, 3).map(|head| head.get(..3.min(head.len())).unwrap().to_vec()).collect();
        let all: Vec<Vec<u8>> = message.decoded(part).map(Cow::into_owned).collect();
        assert_eq!(heads, all.iter().map(|one| one.get(..3.min(one.len())).unwrap().to_vec()).collect::<Vec<_>>());
        all
    };
    assert_eq!(decoded("aGVsbG8h\n"), [b"hello!"]);
    let several = decoded("aGVsbG8=\nYWdhaW4=\n");
    assert_eq!(several[0], b"helloagain");
    assert!(several.len() > 1 && several.contains(&b"hello".to_vec()), "{several:?}");
}

#[test]
fn the_head_of_a_body_that_begins_with_junk_is_as_long_as_asked_for() {
    let text = format!("Content-Transfer-Encoding: base64\n\n{}aGVsbG8h\n", "\n".repeat(9000));
    let message = read(&text);
    let heads: Vec<Vec<u8>> = message.heads(&message.parts()[0], 6).map(Cow::into_owned).collect();
    assert!(heads.iter().all(|head| head == b"hello!"), "{heads:?}");
}
