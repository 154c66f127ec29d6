//! The mark before the subject: the subject's own bytes, folds and encoded words stay, and a mark that is there is not put twice.

use crate::harness::{Site, eicar, with_crlf};

const TAGGING: &str = "policy.infected = { action = \"accept\", treatment = \"tag\" }\ntag.header = \"\"\n";

fn marked(config: &str, header: &str) -> String {
    let site = Site::with(&format!("{TAGGING}{config}"));
    let message = format!("{header}\n\n{}", eicar());
    let got = String::from_utf8(site.deliver().pipe(message).run().message()).unwrap();
    got.strip_suffix(&format!("\n\n{}", eicar())).unwrap_or(&got).to_owned()
}

#[test]
fn it_stands_behind_the_colon_and_the_rest_stays() {
    let table = [
        ("Subject: hello", "Subject: {Virus?} hello"),
        ("Subject:hello", "Subject: {Virus?} hello"),
        ("subject :  hello  ", "subject : {Virus?}  hello  "),
        ("SUBJECT: hello", "SUBJECT: {Virus?} hello"),
        ("Subject:", "Subject: {Virus?}"),
        ("Subject: ", "Subject: {Virus?} "),
        ("Subject: =?utf-8?B?w7E=?=\n =?utf-8?Q?=C3=B1?=", "Subject: {Virus?} =?utf-8?B?w7E=?=\n =?utf-8?Q?=C3=B1?="),
        ("Subject: a\n\tfolded\n one", "Subject: {Virus?} a\n\tfolded\n one"),
        ("Subject:\n folded at once", "Subject: {Virus?}\n folded at once"),
        ("Subject: \u{f1} raw", "Subject: {Virus?} \u{f1} raw"),
        ("A: b\nSubject: x\nC: d", "A: b\nSubject: {Virus?} x\nC: d"),
        ("Subject: one\nSubject: two", "Subject: {Virus?} one\nSubject: {Virus?} two"),
        ("Subject: Re: {Virus?} x", "Subject: {Virus?} Re: {Virus?} x"),
        ("X-Subject: stays", "Subject: {Virus?}\nX-Subject: stays"),
    ];
    for (header, expected) in table {
        assert_eq!(marked("", header), expected, "{header:?}");
    }
}

#[test]
fn it_is_not_put_twice() {
    for header in ["Subject: {Virus?} hello", "Subject:{Virus?} hello", "Subject: {Virus?}", "Subject:\n {Virus?} folded"] {
        assert_eq!(marked("", header), header);
    }
}

#[test]
fn it_has_the_line_ends_of_the_message() {
    let site = Site::with(TAGGING);
    let message = with_crlf(&format!("Subject: a\n folded\n\n{}", eicar()));
    site.deliver().pipe(&message).run().exits(0).hands_on(message.replace("Subject: a", "Subject: {Virus?} a"));
    let site = Site::with(TAGGING);
    let message = with_crlf(&format!("From: a@b\n\n{}", eicar()));
    site.deliver().pipe(&message).run().exits(0).hands_on(format!("Subject: {{Virus?}}\r\n{message}"));
}

#[test]
fn every_class_can_have_its_own_and_none() {
    assert_eq!(marked("tag.subject = { infected = \"[BAD]\" }", "Subject: x"), "Subject: [BAD] x");
    assert_eq!(marked("tag.subject = { infected = \"\" }", "Subject: x"), "Subject: x");
    assert_eq!(marked("tag.subject = { spam = \"[SPAM]\" }", "Subject: x"), "Subject: x");
    assert_eq!(marked("tag.subject = {}", "Subject: x"), "Subject: x");
}

#[test]
fn a_message_that_is_accepted_without_a_treatment_is_not_marked() {
    let site = Site::with("policy.infected = { action = \"accept\" }\ntag.header = \"\"");
    let message = format!("Subject: x\n\n{}", eicar());
    site.deliver().pipe(&message).run().exits(0).hands_on(&message);
}

#[test]
fn what_has_no_header_gets_one_that_ends() {
    let site = Site::with(TAGGING);
    site.deliver().pipe(format!("\n{}", eicar())).run().exits(0).hands_on(format!("Subject: {{Virus?}}\n\n{}", eicar()));
}
