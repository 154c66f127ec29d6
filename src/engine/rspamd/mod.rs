//! Rspamd: one request of HTTP, the message as its body.
//!
//! Owns what Rspamd is told of the envelope. It must never say that a sender is authenticated who is not, as Rspamd then trusts him, nor
//! ask in the name of one recipient where there are several. What fails is a [`Trouble`].

mod added;
mod reply;

use super::http::{self, Request};
use super::pool::{self, Route};
use super::wire::Wire;
use super::{Answer, Sample, Trouble, user};
use crate::config::{Changes, Engine};
use std::time::Instant;

/// Where messages are checked, unless `engine.service` says otherwise.
const CHECK: &str = "/checkv2";

pub(super) fn scan(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Answer, Trouble> {
    let fields = fields(engine, sample);
    let request =
        Request { method: "POST", path: engine.service.as_deref().unwrap_or(CHECK), fields: &fields, body: sample.message.bytes() };
    let answer = pool::ask(engine, sample.route(engine), until, |address, until| {
        http::exchange(&mut Wire::open(engine, address, until)?, &request)
    })?;
    reply::read(&answer, sample.message)
}

/// The name and version that it gives as the server of its answer to a ping.
pub(super) fn version(engine: &Engine, until: Instant) -> Result<String, Trouble> {
    let request = Request { method: "GET", path: "/ping", fields: &[], body: b"" };
    let answer =
        pool::ask(engine, Route::default(), until, |address, until| http::exchange(&mut Wire::open(engine, address, until)?, &request))?;
    if answer.status != 200 || answer.body.trim_ascii() != b"pong" {
        return Err(Trouble::Unknown(format!("{} to a ping", answer.status)));
    }
    Ok(answer.field("Server").unwrap_or("rspamd").to_owned())
}

/// What is known of the message's way. Rspamd reads a recipient more often, and all else once.
fn fields(engine: &Engine, sample: Sample<'_>) -> Vec<(&'static str, String)> {
    let (envelope, relay) = (sample.envelope, sample.relay);
    let once = |name, value: Option<String>| value.map(|value| (name, value));
    let sender = envelope.sender.as_ref().map(|sender| format!("<{}>", sender.address()));
    let mut fields: Vec<_> = once("From", sender).into_iter().collect();
    // An answer that is kept holds for other recipients too.
    let is_for_all = !engine.cache.is_zero() && engine.user.is_none();
    fields.extend(envelope.recipients.iter().filter(|_| !is_for_all).map(|recipient| ("Rcpt", format!("<{recipient}>"))));
    fields.extend(once("IP", relay.address.map(|address| address.to_string())));
    fields.extend(once("Helo", relay.helo.clone()));
    fields.extend(once("Hostname", relay.name.clone()));
    fields.extend(once("User", envelope.login.clone().filter(|_| envelope.is_authenticated)));
    fields.extend(once("Deliver-To", engine.user.as_deref().and_then(|template| user::of(template, envelope))));
    // Only then a message that Rspamd has rewritten stands behind its answer.
    fields.extend(engine.changes.contains(&Changes::Body).then(|| ("Flags", "body_block".to_owned())));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Memory, Relay};
    use crate::envelope::Envelope;
    use crate::message::{Bounds, Message};

    #[test]
    fn what_is_known_of_the_client_is_told_and_a_login_only_of_who_has_logged_in() {
        let (file, bounds) = (tempfile::tempfile().unwrap(), Bounds { nesting: 1, parts: 1, header_size: 1, decoded_size: 1 });
        let message = Message::read(b"", &bounds);
        let relay = Relay { address: "2001:db8::1".parse().ok(), helo: Some("mx".into()), name: Some("mx.example".into()) };
        let envelope = Envelope { login: Some("ann".into()), ..Envelope::default() };
        let memory = Memory::default();
        let sample = Sample { file: &file, message: &message, envelope: &envelope, relay: &relay, trusted: &[], memory: &memory };
        let known = [("IP", "2001:db8::1"), ("Helo", "mx"), ("Hostname", "mx.example")].map(|(name, value)| (name, value.to_owned()));
        assert_eq!(fields(&Engine::default(), sample), known);
        let envelope = Envelope { is_authenticated: true, ..envelope.clone() };
        let expected = [&known[..], &[("User", "ann".to_owned())]].concat();
        assert_eq!(fields(&Engine::default(), Sample { envelope: &envelope, ..sample }), expected);
    }
}
