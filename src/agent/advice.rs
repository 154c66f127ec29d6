//! What engines would change in a message, as far as the configuration lets them.
//!
//! Owns whose advice counts: that of engines with a clear answer, in the order of the configuration, of the kinds in `engine.changes`. It
//! must never let a body be rewritten whose original is not kept, nor one of which a part is changed for another reason. Nothing here can
//! fail.

use crate::config::{Action, Changes, Engine};
use crate::edit;
use crate::engine::{Advice, Call};
use crate::message::Message;
use crate::policy::Plan;

/// The advice of each engine that gave a clear answer.
fn given<'a>(engines: &'a [Engine], calls: &'a [Call]) -> impl Iterator<Item = (&'a Engine, &'a Advice)> {
    let of = |engine: &'a Engine| {
        let call = calls.iter().find(|call| call.engine == engine.name)?;
        call.answer.as_ref().ok().map(|answer| (engine, &answer.advice))
    };
    engines.iter().filter_map(of)
}

/// The fields and the subject that may be changed. Of several subjects the first holds.
pub(super) fn header(engines: &[Engine], calls: &[Call]) -> Advice {
    let mut all = Advice::default();
    for (engine, advice) in given(engines, calls) {
        if engine.changes.contains(&Changes::Headers) {
            all.added.extend(advice.added.iter().cloned());
            all.removed.extend(advice.removed.iter().cloned());
        }
        if engine.changes.contains(&Changes::Subject) && all.subject.is_none() {
            all.subject.clone_from(&advice.subject);
        }
    }
    all
}

/// The body that takes the place of the old one: the first, where nothing else changes a part.
pub(super) fn body<'a>(engines: &'a [Engine], calls: &'a [Call], plan: &Plan, message: &Message<'_>) -> Option<&'a [u8]> {
    let may = |engine: &Engine| engine.changes.contains(&Changes::Body);
    let (_, advice) = given(engines, calls).find(|(engine, advice)| may(engine) && advice.body.is_some())?;
    let is_free = plan.action == Action::Accept && !plan.changes_parts() && edit::body_can_give_way(message);
    advice.body.as_deref().filter(|_| is_free)
}

/// A line for each thing that an engine would change, and why it is not done where it never is.
pub(crate) fn lines(engines: &[Engine], calls: &[Call]) -> Vec<String> {
    given(engines, calls).flat_map(|(engine, advice)| of_engine(engine, advice)).collect()
}

fn of_engine(engine: &Engine, advice: &Advice) -> Vec<String> {
    let line = |what: String, kind: Changes, may: bool| {
        let why = match (engine.changes.contains(&kind), may) {
            (false, _) => " (not in engine.changes)",
            (true, false) => " (no field of an engine's)",
            (true, true) => "",
        };
        format!("{} {what}{why}", engine.name)
    };
    let added = advice.added.iter().map(|(name, value)| line(format!("adds {name}: {value}"), Changes::Headers, edit::may_change(name)));
    let removed = advice.removed.iter().map(|name| line(format!("removes {name}"), Changes::Headers, edit::may_change(name)));
    let subject = advice.subject.iter().map(|subject| line(format!("writes the subject {subject}"), Changes::Subject, true));
    let body = advice.body.iter().map(|body| line(format!("writes a body of {} bytes", body.len()), Changes::Body, true));
    added.chain(removed).chain(subject).chain(body).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Finds;
    use crate::engine::{Answer, Trouble};
    use crate::message::Bounds;
    use std::time::Duration;

    const BOUNDS: Bounds = Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 };

    fn engine(name: &str, changes: &[Changes]) -> Engine {
        Engine { name: name.into(), changes: changes.to_vec(), ..Engine::default() }
    }

    fn call(name: &str) -> Call {
        let advice = Advice {
            added: vec![("X-By".into(), name.into())],
            removed: vec![format!("X-{name}")],
            subject: Some(format!("by {name}")),
            body: Some(name.into()),
        };
        let answer = Ok(Answer { advice, ..Answer::default() });
        Call { engine: name.into(), finds: Finds::Spam, answer, took: Duration::ZERO }
    }

    #[test]
    fn only_what_the_configuration_lets_an_engine_change_counts_and_in_its_order() {
        let engines = [engine("none", &[]), engine("a", &[Changes::Headers]), engine("b", &[Changes::Subject, Changes::Headers])];
        let failed = Call { answer: Err(Trouble::Timeout), ..call("a") };
        let names = |advice: &Advice| advice.added.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
        let both = header(&engines, &[call("b"), call("none"), call("a")]);
        assert_eq!((names(&both), both.removed), (vec!["a".into(), "b".into()], vec!["X-a".into(), "X-b".into()]));
        assert_eq!(both.subject.as_deref(), Some("by b"));
        assert_eq!(names(&header(&engines, &[call("b"), failed])), ["b"]);
        assert_eq!(header(&engines, &[call("none")]), Advice::default());
    }

    #[test]
    fn a_body_is_rewritten_where_it_may_be_and_nothing_else_changes_a_part() {
        let plain = Message::read(b"A: b\n\nbody", &BOUNDS);
        let signed = Message::read(b"Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b--\n", &BOUNDS);
        let engines = [engine("a", &[Changes::Headers, Changes::Subject]), engine("b", &[Changes::Body])];
        let calls = [call("a"), call("b")];
        let plan = Plan::default();
        assert_eq!(body(&engines, &calls, &plan, &plain), Some(&b"b"[..]));
        assert_eq!(body(&engines[..1], &calls, &plan, &plain), None);
        assert_eq!(body(&engines, &calls, &plan, &signed), None);
        let replaced = Plan { treatments: vec![crate::config::Treatment::Replace], ..Plan::default() };
        let deferred = Plan { action: Action::Defer, ..Plan::default() };
        for other in [replaced, deferred] {
            assert_eq!(body(&engines, &calls, &other, &plain), None, "{other:?}");
        }
    }

    #[test]
    fn each_thing_is_told_with_why_it_is_not_done() {
        let mut given = call("a");
        if let Ok(answer) = &mut given.answer {
            answer.advice.added.push(("Received".into(), "x".into()));
        }
        let expected = [
            "a adds X-By: a",
            "a adds Received: x (no field of an engine's)",
            "a removes X-a",
            "a writes the subject by a (not in engine.changes)",
            "a writes a body of 1 bytes (not in engine.changes)",
        ];
        assert_eq!(lines(&[engine("a", &[Changes::Headers])], &[given]), expected);
    }
}
