//! A part gives way to a text: every other byte of the message stays, and what cannot be cut out is uncleanable.

use crate::harness::{PLAIN, Site, assert_same, attachment, base64, eicar, infected, multipart, with_crlf};

const STRIPPING: &str = "policy.infected = { action = \"accept\", treatment = \"strip\", quarantine = true }\ntag.header = \"\"\n\
                         policy.banned = { action = \"accept\", treatment = \"strip\", quarantine = true }\ntag.subject = {}";

/// Delivers `before` + a denied part + `behind` and expects the same around a text that says what was there.
fn strips(before: &str, part: &str, behind: &str, name: &str) {
    for crlf in [false, true] {
        let ends = |text: &str| if crlf { with_crlf(text) } else { text.to_owned() };
        let (before, behind) = (ends(before), ends(behind));
        let site = Site::with(STRIPPING);
        let ended = site.deliver().pipe(format!("{before}{}{behind}", ends(part))).run();
        ended.exits(0).is_silent();
        let got = ended.message();
        let (head, rest) = got.split_at(before.len().min(got.len()));
        let (text, tail) = rest.split_at(rest.len().saturating_sub(behind.len()));
        assert_same("what stands before the part", head, before.as_bytes(), &ended.context());
        assert_same("what stands behind the part", tail, behind.as_bytes(), &ended.context());
        let text = String::from_utf8(text.to_vec()).unwrap();
        let end = if crlf { "\r\n" } else { "\n" };
        assert!(text.starts_with("Content-Type: text/plain") && text.contains(&format!("{end}{end}An attachment was removed")), "{text}");
        assert!(text.contains(&format!("Removed:  {name}{end}")) && text.contains(&site.id()), "{text}");
        assert_eq!(text.matches('\n').count(), text.matches(end).count(), "{text:?}");
        // The delimiter brings its own line end; where there is none the text has one.
        assert_eq!(text.ends_with('\n'), behind.is_empty(), "{text:?}");
    }
}

const HEAD: &str = "From: a@b\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\npreamble\n";

#[test]
fn the_first_the_middle_and_the_last_part() {
    let exe = attachment("setup.exe", "MZ\n\0binary");
    strips(&format!("{HEAD}--b\n"), &exe, "\n--b\n\ntext\n--b--\nepilogue\n", "setup.exe");
    strips(&format!("{HEAD}--b\n\none\n--b\n"), &exe, "\n--b\n\ntext\n--b--\n", "setup.exe");
    strips(&format!("{HEAD}--b\n\none\n--b  \n"), &exe, "\n--b--", "setup.exe");
}

#[test]
fn a_part_of_a_part() {
    let exe = attachment("setup.exe", "MZ");
    let inner = "Content-Type: multipart/related;\n\tboundary=c\n\n--c\n\n<b>x</b>\n--c\n";
    strips(&format!("{HEAD}--b\n{inner}"), &exe, "\n--c--\n\n--b\n\nafter\n--b--\n", "setup.exe");
}

#[test]
fn a_part_of_a_forwarded_message() {
    let exe = attachment("setup.exe", "MZ");
    let forwarded =
        "Content-Type: message/rfc822\n\nFrom: c@d\nSubject: inner\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nhi\n--c\n";
    strips(&format!("{HEAD}--b\n{forwarded}"), &exe, "\n--c--\n--b--\n", "setup.exe");
}

#[test]
fn a_part_with_the_test_file_under_base64() {
    let part = format!("Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n{}", base64(eicar().as_bytes()));
    strips(&format!("{HEAD}--b\n\none\n--b\n"), &part, "\n--b--\n", "Eicar-Test-Signature");
}

#[test]
fn a_part_that_is_never_closed_goes_to_the_end_of_the_message() {
    strips(&format!("{HEAD}--b\n\none\n--b\n"), &attachment("setup.exe", "MZ never closed\n"), "", "setup.exe");
}

#[test]
fn a_part_whose_header_ends_at_the_delimiter() {
    let part = "Content-Disposition: attachment; filename=setup.exe";
    strips(&format!("{HEAD}--b\n"), part, "\n--b--\n", "setup.exe");
}

#[test]
fn a_message_that_is_itself_the_attachment_keeps_its_own_fields() {
    let site = Site::with(STRIPPING);
    let message = "From: a@b\nContent-Type: application/x-msdownload;\n name=setup.exe\nSubject: x\n\
                   Content-Transfer-Encoding: base64\nX-Last: y\n\nTVo=\n";
    let got = String::from_utf8(site.deliver().pipe(message).run().message()).unwrap();
    let (header, body) = got.split_once("\n\n").unwrap();
    let fields: Vec<&str> = header.lines().filter(|line| !line.starts_with("Content-")).collect();
    assert_eq!(fields, ["From: a@b", "Subject: x", "X-Last: y"], "{got}");
    assert!(header.contains("Content-Type: text/plain") && !got.contains("setup.exe;") && !got.contains("TVo="), "{got}");
    assert!(body.contains("Removed:  setup.exe") && body.contains(&site.id()), "{got}");
}

#[test]
fn two_parts_each_with_its_own_text() {
    let site = Site::with(STRIPPING);
    let message = multipart(&[&attachment("a.exe", "MZ"), &attachment("ok.pdf", "%PDF"), &attachment("b.scr", "MZ")]);
    let got = String::from_utf8(site.deliver().pipe(&message).run().message()).unwrap();
    assert!(got.contains("Removed:  a.exe") && got.contains("Removed:  b.scr") && got.contains(&attachment("ok.pdf", "%PDF")), "{got}");
    assert!(!got.contains("MZ") && got.matches("\n--b\n").count() == 4 && got.ends_with("\n--b--\n"), "{got}");
}

#[test]
fn a_denied_container_goes_with_all_that_is_in_it() {
    let site = Site::with(&format!("{STRIPPING}\nattachments.rules = [ {{ type = \"message/rfc822\", action = \"deny\" }} ]"));
    let forwarded = format!(
        "Content-Type: message/rfc822\n\n{}",
        multipart(&[&attachment("a.exe", "MZ")]).replace("--b", "--c").replace("\"b\"", "\"c\"")
    );
    let got = String::from_utf8(site.deliver().pipe(multipart(&[&forwarded])).run().message()).unwrap();
    assert!(!got.contains("MZ") && !got.contains("--c") && got.matches("An attachment was removed").count() == 1, "{got}");
}

#[test]
fn what_lies_under_a_signature_or_in_an_encoded_parent_cannot_be_cut_out() {
    let exe = attachment("setup.exe", "MZ");
    let signed =
        format!("Content-Type: multipart/signed; boundary=s\n\n--s\n{exe}\n--s\nContent-Type: application/pgp-signature\n\nx\n--s--\n");
    let encrypted = format!("Content-Type: multipart/encrypted; boundary=s\n\n--s\n{exe}\n--s--\n");
    let forwarded =
        |encoding: &str, message: &str| format!("Content-Type: message/rfc822\nContent-Transfer-Encoding: {encoding}\n\n{message}\n");
    let in_base64 = forwarded("base64", &base64(multipart(&[&exe]).as_bytes()));
    let in_quoted = forwarded(
        "quoted-printable",
        &multipart(&[&exe]).replace("boundary=\"b\"", "boundary=\"c\"").replace('=', "=3D").replace("--b", "--c"),
    );
    for (part, also) in [(signed, ""), (encrypted, ",encrypted"), (in_base64, ""), (in_quoted, "")] {
        let site = Site::new();
        let message = multipart(&[&part]);
        let ended = site.deliver().pipe(&message).run();
        let verdict = format!("uncleanable; engine=attachment; name=\"setup.exe\"; action=replace; id={}; also=banned{also}", site.id());
        assert_eq!(ended.verdict(), verdict, "{}", ended.context());
        assert_eq!(std::fs::read_to_string(site.only("quarantine/new")).unwrap(), message);
        assert!(!String::from_utf8_lossy(&ended.message()).contains("MZ"));
    }
}

#[test]
fn what_is_uncleanable_follows_its_own_rule() {
    let part = format!("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{}\n", base64(infected().as_bytes()));
    let site = Site::with(&format!("{STRIPPING}\npolicy.uncleanable = {{ action = \"reject\" }}"));
    let line = "5.7.1 mail refused by policy: uncleanable: Eicar-Test-Signature\n";
    site.deliver().pipe(multipart(&[&part])).run().exits(77).says(line).hands_on_nothing();
    // What asks for less where nothing can be cut gets the whole replacement.
    let site = Site::with(&format!("{STRIPPING}\npolicy.uncleanable = {{ action = \"accept\", treatment = \"strip\" }}"));
    let got = String::from_utf8(site.deliver().pipe(multipart(&[&part])).run().message()).unwrap();
    assert!(got.contains("This notice stands in"), "{got}");
}

#[test]
fn nothing_is_cut_where_nothing_is_denied() {
    let site = Site::with(STRIPPING);
    site.deliver().pipe(PLAIN).run().exits(0).hands_on(PLAIN);
}
