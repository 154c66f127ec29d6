//! The fields of SpamAssassin that rules behind us look for, and that nobody else's are left.

use crate::harness::{PLAIN, Site, sh, with_crlf};

/// A site whose filter says this; `spam.headers` is set.
fn rated(verdict: &str, config: &str, keys: &str) -> Site {
    let site = Site::new();
    let command = sh(&format!("echo 'X-Verdict: {verdict}'; cat"));
    let base = "tag.header = \"\"\nspam.headers = true\npolicy.spam = { action = \"accept\" }\n";
    let filter = format!("kind = \"filter\"\ncommand = {command}\nheader = \"X-Verdict\"\nspam = '^Yes'\nscore = '[-0-9.]+'\n{keys}");
    site.configure(&format!("{base}{config}\n[[engine]]\nname = \"sa\"\n{filter}"));
    site
}

const YES: &str = "X-Spam-Flag: YES\nX-Spam-Score: 7.5\nX-Spam-Level: *******\nX-Spam-Status: Yes, score=7.5 required=5.0 tests=none\n";
const NO: &str = "X-Spam-Flag: NO\nX-Spam-Score: 1.5\nX-Spam-Level: *\nX-Spam-Status: No, score=1.5 required=5.0 tests=none\n";

#[test]
fn they_are_put_on_top_and_every_other_byte_stays() {
    for (verdict, fields) in [("Yes 7.5", YES), ("No 1.5", NO)] {
        let site = rated(verdict, "", "mark = 5");
        site.deliver().pipe(PLAIN).run().exits(0).hands_on(format!("{fields}{PLAIN}"));
    }
    let crlf = with_crlf(&format!("{PLAIN}\0\u{e9} no end"));
    rated("Yes 7.5", "", "mark = 5").deliver().pipe(&crlf).run().exits(0).hands_on(with_crlf(YES) + &crlf);
}

#[test]
fn those_that_came_in_go_and_twice_is_once() {
    let forged = "X-Spam-Flag: NO\nx-spam-status : No,\n\tscore=-99\nX-SPAM-LEVEL:\nX-Spam-Score: 0\nX-Spam-Report: stays\n";
    let message = format!("{forged}{PLAIN}");
    let expected = format!("{YES}X-Spam-Report: stays\n{PLAIN}");
    for message in [&message, &expected] {
        rated("Yes 7.5", "", "mark = 5").deliver().pipe(message).run().exits(0).hands_on(&expected);
    }
}

#[test]
fn they_go_too_where_nothing_is_written() {
    let message = format!("X-Spam-Flag: NO\n{PLAIN}");
    rated("No 1.5", "", "mark = 5\ntag = 2").deliver().pipe(&message).run().exits(0).hands_on(PLAIN);
    rated("garbage", "policy.spam_unscanned = { action = \"accept\" }", "").deliver().pipe(&message).run().exits(0).hands_on(PLAIN);
    Site::with("tag.header = \"\"\nspam.headers = true\n").deliver().pipe(&message).run().exits(0).hands_on(PLAIN);
    // With our own field on top, for which room is left where no engine is asked.
    let site = Site::with("spam.headers = true\n");
    site.deliver().pipe(&message).run().exits(0).hands_on(format!("X-Mailward: clean\n{PLAIN}"));
    site.deliver().pipe(PLAIN).run().exits(0);
    Site::with("tag.header = \"\"\n").deliver().pipe(&message).run().exits(0).hands_on(&message);
}

#[test]
fn whoever_skips_spam_is_told_no_with_the_score() {
    let profile = "[profile.white]\nskip = [\"spam\"]\n[[match]]\nrecipient = \"ann@*\"\nprofile = \"white\"\n";
    let fields = YES.replace("YES", "NO").replace("Yes", "No");
    let site = rated("Yes 7.5", profile, "mark = 5");
    site.deliver().option("--recipient", "ann@example.org").pipe(PLAIN).run().exits(0).hands_on(format!("{fields}{PLAIN}"));
    let site = rated("Yes 7.5", profile, "mark = 5");
    site.deliver().option("--recipient", "bob@example.org").pipe(PLAIN).run().exits(0).hands_on(format!("{YES}{PLAIN}"));
}
