//! Tables of answers: what each means, and which are none.

use super::*;

const BOUNDS: Bounds = Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 };

fn http(status: u16, body: &str, fields: &[(&str, &str)]) -> http::Answer {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    http::Answer { status, fields, body: body.into() }
}

fn read_json(json: &str) -> Result<Answer, Trouble> {
    read(&http(200, json, &[]), &Message::read(b"A: b\n\nc", &BOUNDS))
}

/// An answer with this action and these further members.
fn json(action: &str, more: &str) -> String {
    format!("{{\"score\":7.5,\"required_score\":15.0,\"action\":{action:?}{more}}}")
}

#[test]
fn an_action_says_whether_it_is_spam_or_comes_again() {
    let table = [
        ("no action", false, None),
        ("add header", true, None),
        ("rewrite subject", true, None),
        ("reject", true, None),
        ("quarantine", true, None),
        ("discard", true, None),
        ("greylist", false, None),
        ("soft reject", false, Some("soft reject")),
    ];
    for (action, is_spam, later) in table {
        let answer = read_json(&json(action, "")).unwrap();
        assert_eq!(answer.rating.as_ref().map(|rating| rating.is_spam), Some(is_spam), "{action}");
        let threats: Vec<_> = answer.threats.iter().map(|threat| (threat.class, threat.name.as_str())).collect();
        assert_eq!(threats, later.map(|name| (Class::Greylisted, name)).into_iter().collect::<Vec<_>>(), "{action}");
    }
    let gtube = read_json(&json("reject", ",\"is_skipped\":true")).unwrap();
    assert!(gtube.rating.is_some_and(|rating| rating.is_spam));
    let told = read_json(&json("soft reject", ",\"messages\":{\"smtp_message\":\"Try later\"}")).unwrap();
    assert_eq!(told.threats, [Threat::whole(Class::Greylisted, "Try later")]);
}

#[test]
fn the_rating_is_its_own_with_the_symbols_that_weigh_most_first() {
    let symbols = ",\"symbols\":{\"A\":{\"score\":-1.0},\"B\":{\"name\":\"B\",\"score\":5.5,\"options\":[\"x\"]},\"C\":{}},\"urls\":[]";
    let rating = read_json(&json("add header", symbols)).unwrap().rating.unwrap();
    assert_eq!((rating.score, rating.threshold), (7.5, 15.0));
    assert_eq!(rating.tests, ["B", "C", "A"]);
    for (thresholds, expected) in [("{\"reject\":15,\"add header\":6.0}", 6.0), ("{\"reject\":15,\"add header\":null}", 15.0), ("{}", 15.0)]
    {
        let rating = read_json(&json("no action", &format!(",\"thresholds\":{thresholds}"))).unwrap().rating.unwrap();
        assert!((rating.threshold - expected).abs() < 1e-9, "{thresholds}");
    }
}

#[test]
fn what_is_no_clear_answer_is_a_trouble() {
    let deep = format!("{{\"score\":1,\"x\":{}", "[".repeat(100_000));
    let long = json("no action", &format!(",\"x\":\"{}\"", "x".repeat(LONGEST)));
    let whole = json("no action", "");
    let table = [
        ("", "closed"),
        ("garbage", "unknown-answer"),
        ("null", "unknown-answer"),
        ("[]", "unknown-answer"),
        ("{}", "unknown-answer"),
        ("pong\r\n", "unknown-answer"),
        (whole.strip_suffix('}').unwrap(), "unknown-answer"),
        (&format!("{whole}{whole}"), "unknown-answer"),
        ("{\"action\":\"no action\",\"required_score\":15}", "unknown-answer"),
        ("{\"score\":1,\"required_score\":15}", "unknown-answer"),
        ("{\"score\":1,\"action\":\"no action\"}", "unknown-answer"),
        ("{\"score\":\"1\",\"required_score\":15,\"action\":\"no action\"}", "unknown-answer"),
        ("{\"score\":1e999,\"required_score\":15,\"action\":\"no action\"}", "unknown-answer"),
        (&json("No Action", ""), "unknown-answer"),
        (&json("my own", ""), "unknown-answer"),
        (&json("", ""), "unknown-answer"),
        (&json("no action", ",\"is_skipped\":true"), "error"),
        (&json("no action", ",\"error\":\"no memory\""), "error"),
        ("{\"error\":\"no memory\"}", "error"),
        (&json("no action", ",\"milter\":{\"add_headers\":{\"A\":7}}"), "unknown-answer"),
        (&deep, "unknown-answer"),
        (&long, "unknown-answer"),
    ];
    for (json, word) in table {
        let answer = read_json(json);
        assert_eq!(answer.as_ref().map_err(Trouble::word).err(), Some(word), "{json:.99} is {answer:?}");
    }
    for status in [201, 204, 302, 400, 404, 500, 503] {
        let answer = read(&http(status, &whole, &[]), &Message::read(b"A: b\n\nc", &BOUNDS));
        assert!(matches!(answer, Err(Trouble::Reported(_))), "{status}");
    }
}

#[test]
fn fields_to_add_come_in_all_forms_and_in_their_order() {
    let milter = ",\"milter\":{\"add_headers\":{\"X-End\":{\"value\":\"z\",\"order\":-1},\"X-A\":\"a\",\"X-B\":{\"value\":\"b\",\"order\":1},\
                  \"X-C\":[\"c\",{\"value\":\"d\"},{\"value\":\"e\",\"order\":0}]},\"remove_headers\":{\"X-Old\":0,\"X-Older\":1},\"x\":1}";
    let advice = read_json(&json("no action", milter)).unwrap().advice;
    let added: Vec<_> = advice.added.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(added, [("X-A", "a"), ("X-C", "c"), ("X-C", "d"), ("X-C", "e"), ("X-B", "b"), ("X-End", "z")]);
    assert_eq!(advice.removed, ["X-Old", "X-Older"]);
    assert_eq!(read_json(&json("no action", ",\"milter\":{\"add_headers\":[],\"remove_headers\":[]}")).unwrap().advice, Advice::default());
}

#[test]
fn a_subject_is_taken_where_the_action_is_to_rewrite_it() {
    let subject = ",\"subject\":\"*** SPAM *** x\"";
    assert_eq!(read_json(&json("rewrite subject", subject)).unwrap().advice.subject.as_deref(), Some("*** SPAM *** x"));
    assert_eq!(read_json(&json("add header", subject)).unwrap().advice.subject, None);
}

#[test]
fn a_rewritten_body_stands_behind_the_json_and_its_header_must_fit() {
    let old = "A: b\nContent-Type: text/plain;\n charset=utf-8\n\nold";
    let table = [
        ("A: c\r\nX: y\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nnew\r\n", Some("new\r\n")),
        ("A: b\nContent-Type: text/html\n\nnew", None),
        ("A: b\nContent-Type: text/plain;\n charset=utf-8\nContent-Transfer-Encoding: base64\n\nnew", None),
        ("", None),
    ];
    for (new, expected) in table {
        let whole = json("no action", "");
        let answer = http(200, &format!("{whole}{new}"), &[("Message-Offset", &whole.len().to_string()), ("Content-Length", "1")]);
        let body = read(&answer, &Message::read(old.as_bytes(), &BOUNDS)).unwrap().advice.body;
        assert_eq!(body.as_deref(), expected.map(str::as_bytes), "{new:?}");
    }
    let whole = json("no action", "");
    for (offset, has_length) in [("99999", true), ("-1", true), ("x", true), (&*whole.len().to_string(), false)] {
        let length = if has_length { ("Content-Length", "1") } else { ("X", "1") };
        let answer = read(&http(200, &whole, &[("Message-Offset", offset), length]), &Message::read(old.as_bytes(), &BOUNDS));
        assert!(matches!(answer, Err(Trouble::Unknown(_))), "{offset}");
    }
}
