//! Who sent the message to whom, as far as anybody tells us: options, environment, the MTA's own header lines, in that order.
//!
//! Owns the one answer to "for whom is this". It must never take an address from a field that a sender writes: From, To and their
//! like say nothing here. What nobody tells stays unknown. Nothing here can fail.

use crate::message::Message;
use serde::Serialize;

/// The envelope sender (RFC 5321 section 4.5.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// `<>`: a bounce or another notice that must not be answered.
    Null,
    /// A mailbox.
    Address(String),
}

impl Sender {
    /// The sender of that name. pipe(8) writes the null sender as MAILER-DAEMON.
    fn named(text: &str) -> Self {
        let address = text.trim().trim_start_matches('<').trim_end_matches('>');
        let is_null = address.is_empty() || address.eq_ignore_ascii_case("MAILER-DAEMON");
        if is_null { Self::Null } else { Self::Address(address.to_owned()) }
    }

    /// The address, empty for the null sender.
    pub fn address(&self) -> &str {
        match self {
            Self::Null => "",
            Self::Address(address) => address,
        }
    }
}

/// What is known of one message's way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Envelope {
    /// The envelope sender.
    pub sender: Option<Sender>,
    /// The envelope recipients.
    pub recipients: Vec<String>,
    /// The local user whose mail it is.
    pub user: Option<String>,
    /// That user's home.
    pub home: Option<String>,
    /// The client's address.
    pub client: Option<String>,
    /// Whether the sender has proved who it is (SASL).
    pub is_authenticated: bool,
}

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// `--sender`
    pub sender: Option<String>,
    /// `--recipient`
    pub recipients: Vec<String>,
    /// `--user`
    pub user: Option<String>,
}

impl Envelope {
    /// Puts together what the options, the environment and the message's trace fields tell.
    pub fn gather(told: &Told, environment: impl Fn(&str) -> Option<String>, message: &Message<'_>) -> Self {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let trace = |name: &str| message.field(name).map(|field| String::from_utf8_lossy(field.value(message.bytes())).into_owned());
        Self {
            sender: sender(told, &environment, trace("Return-Path")),
            recipients: recipients(told, set("RECIPIENT"), trace("Delivered-To").or_else(|| trace("X-Original-To"))),
            user: told.user.clone().or_else(|| set("USER")).or_else(|| set("LOGNAME")),
            home: set("HOME"),
            client: set("CLIENT_ADDRESS").or_else(|| set("TCPREMOTEIP")),
            is_authenticated: set("SASL_USERNAME").is_some(),
        }
    }
}

fn sender(told: &Told, environment: &impl Fn(&str) -> Option<String>, return_path: Option<String>) -> Option<Sender> {
    if let Some(sender) = &told.sender {
        return Some(Sender::named(sender));
    }
    match (environment("SENDER"), return_path) {
        (Some(censored), Some(original)) if is_censored_form(&censored, original.trim_matches(['<', '>'])) => {
            Some(Sender::named(&original))
        }
        (Some(sender), _) => Some(Sender::named(&sender)),
        (None, original) => original.map(|original| Sender::named(&original)),
    }
}

/// Whether `censored` is `original` with some characters turned to `_`, as local(8) does with all outside its
/// command_expansion_filter. Only then is the header line believed over the environment.
fn is_censored_form(censored: &str, original: &str) -> bool {
    censored.contains('_')
        && censored.len() == original.len()
        && censored.bytes().zip(original.bytes()).all(|(one, other)| one == other || one == b'_')
}

fn recipients(told: &Told, environment: Option<String>, trace: Option<String>) -> Vec<String> {
    if told.recipients.is_empty() { environment.or(trace).into_iter().collect() } else { told.recipients.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Bounds;

    fn gather(told: &Told, variables: &[(&str, &str)], message: &str) -> Envelope {
        let bounds = Bounds { nesting: 9, parts: 9, header_size: 9999, decoded_size: 9 };
        let environment = |name: &str| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        Envelope::gather(told, environment, &Message::read(message.as_bytes(), &bounds))
    }

    fn address(envelope: &Envelope) -> Option<&str> {
        envelope.sender.as_ref().map(Sender::address)
    }

    #[test]
    fn an_option_wins_over_the_environment_and_that_over_the_header() {
        let told = Told { sender: Some("o@x".into()), recipients: vec!["p@x".into(), "q@x".into()], user: None };
        let variables = [("SENDER", "e@x"), ("RECIPIENT", "f@x")];
        let message = "Return-Path: <h@x>\nDelivered-To: i@x\n\n";
        let by_option = gather(&told, &variables, message);
        assert_eq!((address(&by_option), by_option.recipients.len()), (Some("o@x"), 2));
        let by_environment = gather(&Told::default(), &variables, message);
        assert_eq!((address(&by_environment), by_environment.recipients[0].as_str()), (Some("e@x"), "f@x"));
        let by_header = gather(&Told::default(), &[], message);
        assert_eq!((address(&by_header), by_header.recipients[0].as_str()), (Some("h@x"), "i@x"));
    }

    #[test]
    fn the_null_sender_has_three_spellings() {
        for spelling in ["", "<>", "MAILER-DAEMON"] {
            assert_eq!(gather(&Told::default(), &[("SENDER", spelling)], "\n").sender, Some(Sender::Null), "{spelling:?}");
        }
        assert_eq!(gather(&Told::default(), &[], "\n").sender, None);
    }

    #[test]
    fn a_censored_sender_is_completed_from_the_header_that_fits_it() {
        let message = "Return-Path: <o'neil@x.example>\n\n";
        assert_eq!(address(&gather(&Told::default(), &[("SENDER", "o_neil@x.example")], message)), Some("o'neil@x.example"));
        assert_eq!(address(&gather(&Told::default(), &[("SENDER", "o_brien@x.example")], message)), Some("o_brien@x.example"));
    }

    #[test]
    fn what_the_sender_writes_is_not_believed() {
        assert_eq!(gather(&Told::default(), &[], "From: a@b\nTo: c@d\n\n"), Envelope::default());
    }
}
