//! A mail server under test, whichever it is: what the tests ask of it, and what they wait for.
//!
//! Each server is started with the command that mail for RECIPIENT goes to; mail for SENDER, such as a bounce, goes past it. A server
//! answers from its log, not from a listing of its queue, where it says what became of a message: files move while a queue is listed.
use crate::host::{self, RECIPIENT, SENDER};
use crate::{smtp, wait};

/// How one try to deliver a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    Sent,
    Deferred,
    Bounced,
}

/// A mail server that runs until it is dropped.
pub(crate) trait Server {
    /// Where it listens for SMTP on 127.0.0.1.
    fn port(&self) -> u16;

    /// The queue id in its reply to a message.
    fn queue_id(&self, reply: &str) -> Option<String>;

    /// How often a try to deliver a message ended in this way.
    fn attempts(&self, id: &str, attempt: Attempt) -> usize;

    /// Whether it says that it is done with a message.
    fn is_done(&self, id: &str) -> bool;

    /// The ids of all messages in its queue.
    fn queue(&self) -> Vec<String>;

    /// Has every message in the queue tried now, also one that is set aside.
    fn flush(&self);

    /// Its log so far.
    fn log(&self) -> String;

    /// Hands in a message for these recipients by SMTP and gives its queue id. An empty sender is the null sender.
    fn accept_from(&self, sender: &str, recipients: &[&str], message: &[u8]) -> String {
        let reply = smtp::Client::connect(self.port()).and_then(|mut client| client.send(sender, recipients, message));
        let reply = reply.expect("the server accepts the message");
        self.queue_id(&reply).unwrap_or_else(|| panic!("no queue id in {reply:?}"))
    }

    /// Hands in a message from SENDER to RECIPIENT and gives its queue id.
    fn accept(&self, message: &[u8]) -> String {
        self.accept_from(&host::address_of(SENDER), &[&host::address_of(RECIPIENT)], message)
    }

    /// Hands in a message and waits until the server is done with it, one way or the other.
    fn deliver(&self, message: &[u8]) -> String {
        let id = self.accept(message);
        self.wait_until_done(&id);
        id
    }

    /// Waits until a message has left the queue.
    fn wait_until_done(&self, id: &str) {
        wait::until(&format!("{id} to leave the queue"), || self.is_done(id).then_some(()));
    }

    /// Waits until `tries` deliveries of a message were put off, each of them without giving it up or letting it through.
    fn wait_until_deferred(&self, id: &str, tries: usize) {
        wait::until(&format!("{tries} deferred deliveries of {id}"), || {
            self.flush();
            assert_eq!(self.attempts(id, Attempt::Sent) + self.attempts(id, Attempt::Bounced), 0, "{id} did not stay queued");
            (self.attempts(id, Attempt::Deferred) >= tries).then_some(())
        });
        wait::until(&format!("{id} in the queue"), || self.queue().iter().any(|queued| queued == id).then_some(()));
    }

    /// Has the queue tried again until a message has left it.
    fn flush_until_done(&self, id: &str) {
        wait::until(&format!("{id} to leave the queue"), || {
            self.flush();
            self.is_done(id).then_some(())
        });
    }
}

/// The queue id in `250 2.0.0 ID ...`.
pub(crate) fn id_behind_status(reply: &str) -> Option<String> {
    let (id, _) = reply.strip_prefix("250 2.0.0 ")?.split_once(' ')?;
    Some(id.to_owned())
}

/// Waits until nothing is left in a server's queue. Each look at it may miss a file that moves meanwhile, so that it takes two.
pub(crate) fn wait_until_empty(server: &dyn Server) {
    wait::until("an empty queue", || (server.queue().is_empty() && server.queue().is_empty()).then_some(()));
}

/// Has a server's queue tried again until nothing is left in it.
pub(crate) fn flush_until_empty(server: &dyn Server) {
    wait::until("the queue to be worked off", || {
        server.flush();
        server.queue().is_empty().then_some(())
    });
}
