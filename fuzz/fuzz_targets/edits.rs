//! Any plan on any message: every byte outside the edited ranges stays, nothing panics, and tagging twice is tagging
//! once, and what is written anew twice is written once.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mailward::edit::{Changes, Edit, Edits, PartText, TagText, change, replace, tag};
use mailward::engine::Advice;
use mailward::message::{Bounds, DoubtKind, Message};

const BOUNDS: Bounds = Bounds { nesting: 8, parts: 64, header_size: 4096, decoded_size: 1 << 16 };

fuzz_target!(|input: (Vec<(u16, u16, Vec<u8>)>, u8, Vec<u8>)| {
    let (raw, part, bytes) = input;
    let advice = advice(&raw);
    let free = raw.into_iter().map(|(start, end, with)| Edit { range: start.into()..end.into(), with }).collect();
    stays_outside(&Edits::new(free, bytes.len()), &bytes);

    let message = Message::read(&bytes, &BOUNDS);
    let mark = TagText { field: Some(("X-Mailward".into(), "banned; id=1".into())), reserved: vec!["X-Mailward".into()], mark: Some("{Content?} ".into()), ..TagText::default() };
    let mut planned = tag(&message, &mark, &[]);
    let text = PartText { part: usize::from(part) % message.parts().len(), text: "removed\n".into() };
    planned.extend(change(&message, &Changes { texts: vec![text], ..Changes::default() }));
    stays_outside(&Edits::new(planned, bytes.len()), &bytes);

    let index = usize::from(part) % message.parts().len();
    let anew = Edits::new(change(&message, &anew_at(index)), bytes.len());
    stays_outside(&anew, &bytes);
    let anew = anew.apply(&bytes);
    let again = Message::read(&anew, &BOUNDS);
    if message.doubts().iter().chain(again.doubts()).all(|doubt| matches!(doubt.kind, DoubtKind::Ambiguous(_))) {
        assert_eq!(Edits::new(change(&again, &anew_at(index)), anew.len()).apply(&anew), anew);
    }

    let replaced = replace(&message, &mark, b"Subject: notice\n\nwords\n");
    stays_outside(&Edits::new(replaced, bytes.len()), &bytes);

    follows(&message, &mark.clone().following(&advice));
    let once = Edits::new(tag(&message, &mark, &[]), bytes.len()).apply(&bytes);
    let again = Message::read(&once, &BOUNDS);
    // A header over the bound is read only in part, and then marked in part.
    if message.doubts().is_empty() && again.doubts().is_empty() {
        assert_eq!(Edits::new(tag(&again, &mark, &[]), once.len()).apply(&once), once);
    }
});

/// Following advice touches no byte of the body, and twice is once.
fn follows(message: &Message<'_>, mark: &TagText) {
    let bytes = message.bytes();
    let edits = Edits::new(tag(message, mark, &[]), bytes.len());
    stays_outside(&edits, bytes);
    let once = edits.apply(bytes);
    let again = Message::read(&once, &BOUNDS);
    if message.doubts().is_empty() && again.doubts().is_empty() {
        assert_eq!(Edits::new(tag(&again, mark, &[]), once.len()).apply(&once), once);
        assert!(once.ends_with(message.body(&message.parts()[0])));
    }
}

/// What an engine may say: any names and values.
fn advice(raw: &[(u16, u16, Vec<u8>)]) -> Advice {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let name = |number: u16, bytes: &[u8]| if number % 2 == 0 { format!("X-{number}") } else { text(bytes) };
    Advice {
        added: raw.iter().map(|(number, _, with)| (name(*number, with), text(with))).collect(),
        removed: raw.iter().map(|(_, number, with)| name(*number, with)).collect(),
        subject: raw.first().map(|(_, _, with)| text(with)),
        body: None,
    }
}

fn anew_at(part: usize) -> Changes {
    Changes { rewrites: vec![part], ..Changes::default() }
}

fn stays_outside(edits: &Edits, bytes: &[u8]) {
    let mut expected = Vec::new();
    let mut at = 0;
    for edit in edits.list() {
        expected.extend_from_slice(&bytes[at..edit.range.start]);
        expected.extend_from_slice(&edit.with);
        at = edit.range.end;
    }
    expected.extend_from_slice(&bytes[at..]);
    assert_eq!(edits.apply(bytes), expected);
}
