//! Trace fields as each MTA writes them, and as those who want to be somebody else would have them.

use super::*;
use crate::message::Bounds;

const BOUNDS: Bounds = Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 };

fn trusted() -> Vec<Network> {
    ["127.0.0.0/8", "::1", "10.0.0.0/8"].into_iter().filter_map(Network::parse).collect()
}

#[test]
fn each_mta_has_its_own_place_for_the_address() {
    let table = [
        ("from helo.example (name.example [192.0.2.1]) by mx (Postfix) with ESMTP id 1", Some("192.0.2.1")),
        ("from helo.example (unknown [IPv6:2001:db8::1]) by mx (Postfix) with ESMTPS id 1", Some("2001:db8::1")),
        ("from name.example ([192.0.2.1]) by mx (8.17/8.17) with ESMTP id 1", Some("192.0.2.1")),
        ("from helo (root@name.example [192.0.2.1] (may be forged)) by mx (8.17/8.17) with ESMTP", Some("192.0.2.1")),
        ("from name.example ([192.0.2.1]:4242 helo=x) by mx with esmtp (Exim 4.97)", Some("192.0.2.1")),
        ("from [192.0.2.1] (helo=x) by mx with smtp (Exim 4.97)", Some("192.0.2.1")),
        ("from [192.0.2.1] (port=99 helo=[198.51.100.9]) by mx with smtp (Exim 4.97)", Some("192.0.2.1")),
        ("from [192.0.2.1] by mx with smtp (Exim 4.97)", Some("192.0.2.1")),
        ("from unknown (HELO x) (192.0.2.1) by mx with SMTP", Some("192.0.2.1")),
        ("from name.example (HELO x) (198.51.100.9@192.0.2.1) by mx with SMTP", Some("192.0.2.1")),
        ("from name.example (192.0.2.1) by mx with SMTP", Some("192.0.2.1")),
        ("from A.example (2001:db8::1%7) by B.example (2001:db8::2) with Microsoft SMTP Server", Some("2001:db8::1")),
        ("from helo ([::ffff:192.0.2.1]) (AUTH: LOGIN a) by mx with ESMTPSA id 1", Some("192.0.2.1")),
        ("from helo (name.example [192.0.2.1])\r\n\tby mx (OpenSMTPD) with ESMTP id 1", Some("192.0.2.1")),
        ("from name.example by mx with LMTP id 1", None),
    ];
    for (value, expected) in table {
        let expected = expected.map_or(Source::Unclear, |address| Source::Host(address.parse().unwrap()));
        assert_eq!(source(value.as_bytes()), expected, "{value}");
    }
    for value in ["by mx (Postfix, from userid 0) id 1", "(qmail 1 invoked from network)"] {
        assert_eq!(source(value.as_bytes()), Source::Itself, "{value}");
    }
}

#[test]
fn what_stands_in_a_helo_is_not_taken_for_the_address() {
    let table = [
        ("from [198.51.100.9] (unknown [192.0.2.1]) by mx (Postfix)", Some("192.0.2.1")),
        ("from unknown (HELO 198.51.100.9) (192.0.2.1) by mx with SMTP", Some("192.0.2.1")),
        ("from [192.0.2.1] (helo=[198.51.100.9]) by mx with smtp (Exim 4.97)", Some("192.0.2.1")),
        ("from x (198.51.100.9) (192.0.2.1) by mx with SMTP", None),
        ("from x ([198.51.100.9]) by y (x [192.0.2.1]) by mx (Postfix)", None),
        ("from x ([198.51.100.9] (unknown [192.0.2.1]) by mx", None),
        ("from [198.51.100.9] by mx with SMTP", None),
        ("from x (y [198.51.100.9) by mx", None),
        ("x (y [198.51.100.9]) by mx", None),
        ("", None),
    ];
    for (value, expected) in table {
        let expected = expected.map_or(Source::Unclear, |address| Source::Host(address.parse().unwrap()));
        assert_eq!(source(value.as_bytes()), expected, "{value}");
    }
}

#[test]
fn a_trace_field_counts_as_long_as_all_above_it_came_from_hosts_of_ours() {
    let (own, outer, forged) = (
        "Received: from a (a [10.0.0.1]) by mx (Postfix)\n",
        "Received: from b (b [192.0.2.1]) by a (Postfix)\n",
        "Received: from c (c [198.51.100.9]) by b (Postfix)\n",
    );
    let table = [
        (format!("{own}{outer}{forged}\n"), Some("192.0.2.1"), own.len()),
        (format!("Received: by mx (Postfix, from userid 1)\n{own}{outer}\n"), Some("192.0.2.1"), own.len() + 41),
        (format!("Received: from who knows\n{outer}\n"), None, 0),
        (format!("X: y\n{own}\n"), None, 5),
        ("Subject: x\n\n".to_owned(), None, 0),
    ];
    for (text, expected, end) in table {
        let message = Message::read(text.as_bytes(), &BOUNDS);
        let relay = Relay::of(&message, &Envelope::default(), &trusted());
        assert_eq!(relay.address, expected.map(|address| address.parse().unwrap()), "{text}");
        assert_eq!(trusted_end(&message, &trusted()), end, "{text}");
    }
}

#[test]
fn what_the_surroundings_tell_wins_unless_it_is_a_host_of_ours() {
    let text = b"Received: from b (b [192.0.2.1]) by a (Postfix)\n\n";
    let message = Message::read(text, &BOUNDS);
    for (client, expected) in [("203.0.113.7", "203.0.113.7"), ("127.0.0.1", "192.0.2.1"), ("unknown", "192.0.2.1")] {
        let envelope = Envelope { client: Some(client.into()), ..Envelope::default() };
        assert_eq!(Relay::of(&message, &envelope, &trusted()).address, Some(expected.parse().unwrap()), "{client}");
    }
}
