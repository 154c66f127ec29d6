//! Talks to a scanner behind ICAP (RFC 3507).
//!
//! Owns the order: what the service offers, then the message, then its views, on one connection for as long as the server keeps it.
//! It must never take anything for clean but 204, or the same body sent back. What fails is a [`Trouble`].

mod encapsulated;
mod head;
mod offer;
mod request;
mod verdict;

use super::pool::{self, Route};
use super::wire::Wire;
use super::{Sample, Threat, Trouble, early, up_to_a_virus};
use crate::config::{Address, Engine, Input};
use crate::message::View;
use encapsulated::Encapsulated;
use head::Head;
use offer::Offer;
use request::Request;
use std::iter::once_with;
use std::time::Instant;

/// What the whole message is called; a view is bytes of an unknown kind.
const MAIL: &str = "message/rfc822";

/// Has the whole message scanned, and then its views.
pub(super) fn scan(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Vec<Threat>, Trouble> {
    let views = match engine.input {
        Input::Parts => sample.message.bodies(),
        Input::File | Input::Stdin => sample.message.views(),
    };
    pool::ask(engine, sample.route(engine), until, |address, until| whole_and_views(Service::open(engine, address, until)?, sample, &views))
}

fn whole_and_views(mut service: Service<'_>, sample: Sample<'_>, views: &[View<'_>]) -> Result<Vec<Threat>, Trouble> {
    let whole = service.ask(MAIL, sample.message.bytes());
    let in_view = |view: &View<'_>| -> Result<Vec<Threat>, Trouble> {
        let found = service.ask("application/octet-stream", &view.bytes)?;
        Ok(found.into_iter().map(|threat| Threat { origin: Some(view.origin), ..threat }).collect())
    };
    up_to_a_virus(once_with(|| whole).chain(views.iter().map(in_view)))
}

/// The service and its ISTag: that changes with the signatures (RFC 3507 section 4.7).
pub(super) fn version(engine: &Engine, until: Instant) -> Result<String, Trouble> {
    pool::ask(engine, Route::default(), until, |address, until| Service::open(engine, address, until)?.offer.version())
}

/// A service that has said what it offers.
struct Service<'a> {
    engine: &'a Engine,
    address: &'a Address,
    until: Instant,
    offer: Offer,
    /// The connection, while the server keeps it.
    wire: Option<Wire>,
}

impl<'a> Service<'a> {
    fn open(engine: &'a Engine, address: &'a Address, until: Instant) -> Result<Self, Trouble> {
        let mut wire = Wire::open(engine, address, until)?;
        wire.send(&request::options(&uri(engine, address), &host(address)))?;
        let head = Head::receive(&mut wire)?;
        let offer = Offer::of(&head)?;
        // A body of OPTIONS is allowed and unheard of: what comes behind it would be read as the answer to the message.
        let keeps = !head.closes() && head.field("Encapsulated").is_none_or(|value| value.trim().starts_with("null-body"));
        Ok(Self { engine, address, until, offer, wire: keeps.then_some(wire) })
    }

    /// One question. The connection is kept only behind a whole answer.
    fn ask(&mut self, kind: &str, bytes: &[u8]) -> Result<Vec<Threat>, Trouble> {
        let mut wire = match self.wire.take() {
            Some(wire) => wire,
            None => Wire::open(self.engine, self.address, self.until)?,
        };
        let (uri, host) = (uri(self.engine, self.address), host(self.address));
        let request = Request { uri: &uri, host: &host, offer: &self.offer, kind, bytes };
        let (sent, answer) = exchange(&mut wire, &request);
        let is_whole = sent.is_ok() && answer.as_ref().is_ok_and(|(head, body)| body.is_ok() && !head.closes());
        if is_whole && wire.has_rest() {
            return Err(Trouble::Unknown("more than one answer".to_owned()));
        }
        self.wire = is_whole.then_some(wire);
        early::told(sent, answer.and_then(|(head, body)| verdict::of(&head, body, bytes)))
    }
}

/// How sending went, and what came back: the header, and what is encapsulated.
type Exchange = (Result<(), Trouble>, Result<(Head, Result<Encapsulated, Trouble>), Trouble>);

fn exchange(wire: &mut Wire, request: &Request<'_>) -> Exchange {
    let mut sent = wire.send(&request.head()).and_then(|()| request.send_first(wire));
    let mut head = Head::receive(wire);
    // 100 asks for the rest behind the preview; without one it says nothing (RFC 3507 section 4.5).
    if matches!(&head, Ok(head) if head.status == 100) {
        sent = sent.and_then(|()| request.send_rest(wire));
        head = Head::receive(wire);
    }
    let answer = head.map(|head| {
        let body = Encapsulated::receive(wire, &head);
        (head, body)
    });
    (sent, answer)
}

fn uri(engine: &Engine, address: &Address) -> String {
    let service = engine.service.as_deref().unwrap_or_default().trim_start_matches('/');
    format!("icap://{}/{service}", host(address))
}

/// Where it is, for the header; a socket in the file system has no name there.
fn host(address: &Address) -> String {
    match address {
        Address::Tcp(host) | Address::Tls(host) => host.clone(),
        Address::Unix(_) | Address::Udp(_) => "localhost".to_owned(),
    }
}
