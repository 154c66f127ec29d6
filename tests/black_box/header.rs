//! The verdict of a host before ours: whose field counts.

use crate::harness::{PLAIN, Site};

const OURS: &str =
    "Received: from mx.isp.example (mx.isp.example [192.0.2.1]) by mail.example.org with ESMTP; Mon, 3 Mar 2025 09:14:05 +0100\n";
const THEIRS: &str =
    "Received: from sender.example (sender.example [203.0.113.9]) by mx.isp.example with ESMTP; Mon, 3 Mar 2025 09:14:04 +0100\n";

fn site() -> Site {
    Site::with(
        "policy.spam = { action = \"accept\", treatment = \"tag\" }\npolicy.spam_unscanned = { action = \"accept\" }\n\
         relay.trusted = [\"192.0.2.1\"]\n[[engine]]\nname = \"isp\"\nkind = \"header\"\nheader = \"X-Spam-Flag\"\nspam = '(?i)^yes'\n",
    )
}

#[test]
fn a_field_that_a_trusted_host_wrote_counts() {
    for message in [format!("X-Spam-Flag: YES\n{OURS}{THEIRS}{PLAIN}"), format!("{OURS}X-Spam-Flag: YES\n{THEIRS}{PLAIN}")] {
        let site = site();
        assert_eq!(site.deliver().pipe(&message).run().verdict(), "spam; engine=isp; name=\"YES\"; action=tag", "{message}");
    }
}

#[test]
fn a_field_of_the_sender_and_none_at_all_do_not() {
    for message in
        [format!("{OURS}{THEIRS}X-Spam-Flag: YES\n{PLAIN}"), format!("{OURS}{THEIRS}{PLAIN}"), format!("X-Spam-Flag: YES\n{PLAIN}")]
    {
        let site = site();
        assert_eq!(site.deliver().pipe(&message).run().verdict(), "clean", "{message}");
    }
}
