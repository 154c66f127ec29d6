//! Who sent the message to whom, as far as anybody tells us: options, environment, the MTA's own header lines, in that order; or the
//! envelope that qmail-queue's callers hand over.
//!
//! Owns the one answer to "for whom is this". It must never take an address from a field that a sender writes: From, To and their
//! like say nothing here. What nobody tells stays unknown. Nothing here can fail.

mod qmail;

pub use qmail::Queued;

use serde::Serialize;
use std::ffi::OsString;

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
        let address = without_brackets(text);
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
    /// HOME.
    pub home: Option<String>,
    /// Whether HOME is that of somebody else, whom the environment names, than the user, whom an option names.
    #[serde(skip)]
    pub home_is_anothers: bool,
    /// The client's address.
    pub client: Option<String>,
    /// What the client called itself (HELO).
    #[serde(skip)]
    pub client_helo: Option<String>,
    /// What the DNS calls the client.
    #[serde(skip)]
    pub client_name: Option<String>,
    /// Whether the sender has proved who it is (SASL).
    pub is_authenticated: bool,
    /// As whom.
    #[serde(skip)]
    pub login: Option<String>,
}

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct CommandLine {
    /// `--sender`
    pub sender: Option<String>,
    /// `--recipient`
    pub recipients: Vec<String>,
    /// `--user`
    pub user: Option<String>,
}

impl CommandLine {
    /// What is no text is taken as near to it as can be, so that patterns still find it.
    pub fn of_words(sender: Option<&OsString>, recipients: &[OsString], user: Option<&OsString>) -> Self {
        let lossy = |word: &OsString| word.to_string_lossy().into_owned();
        Self { sender: sender.map(lossy), recipients: recipients.iter().map(lossy).collect(), user: user.map(lossy) }
    }
}

impl Envelope {
    /// Puts together what the options, the environment and the fields that the MTA put on top of the message tell.
    pub fn gather(options: &CommandLine, environment: impl Fn(&str) -> Option<String>, trace: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let users_own = || set("USER").or_else(|| set("LOGNAME"));
        Self {
            sender: sender(options, &environment, trace("Return-Path")),
            recipients: recipients(options, set("RECIPIENT"), [trace("Delivered-To"), trace("X-Original-To"), trace("Envelope-To")]),
            user: options.user.clone().or_else(users_own),
            home: set("HOME"),
            home_is_anothers: options.user.as_ref().zip(users_own()).is_some_and(|(named, own)| *named != own),
            client: set("CLIENT_ADDRESS").or_else(|| set("TCPREMOTEIP")),
            client_helo: set("CLIENT_HELO"),
            client_name: set("CLIENT_HOSTNAME").or_else(|| set("TCPREMOTEHOST")).filter(|name| name != "unknown"),
            is_authenticated: set("SASL_USERNAME").is_some(),
            login: set("SASL_USERNAME"),
        }
    }
}

impl Envelope {
    /// The same with an envelope that was handed over, which wins over all else.
    #[must_use]
    pub fn with(self, queued: &Queued) -> Self {
        Self { sender: Some(queued.sender.clone()), recipients: queued.recipients.clone(), ..self }
    }

    /// The same for some of the recipients, who are given by their places.
    #[must_use]
    pub fn only(&self, places: &[usize]) -> Self {
        let recipients = places.iter().filter_map(|place| self.recipients.get(*place)).cloned().collect();
        Self { recipients, ..self.clone() }
    }
}

fn sender(options: &CommandLine, environment: &impl Fn(&str) -> Option<String>, return_path: Option<String>) -> Option<Sender> {
    if let Some(sender) = &options.sender {
        return Some(Sender::named(sender));
    }
    match (environment("SENDER"), return_path) {
        (Some(censored), Some(original)) if is_censored_form(&censored, without_brackets(&original)) => Some(Sender::named(&original)),
        (Some(sender), _) => Some(Sender::named(&sender)),
        (None, original) => original.map(|original| Sender::named(&original)),
    }
}

fn without_brackets(address: &str) -> &str {
    address.trim().trim_start_matches('<').trim_end_matches('>')
}

/// Whether `censored` is `original` with some characters turned to `_`, as local(8) does with all outside its
/// command_expansion_filter. Only then is the header line believed over the environment.
fn is_censored_form(censored: &str, original: &str) -> bool {
    censored.contains('_')
        && censored.len() == original.len()
        && censored.bytes().zip(original.bytes()).all(|(one, other)| one == other || one == b'_')
}

fn recipients(options: &CommandLine, environment: Option<String>, traces: [Option<String>; 3]) -> Vec<String> {
    if !options.recipients.is_empty() {
        return options.recipients.clone();
    }
    let mut told = traces.into_iter().flatten().map(|trace| without_brackets(&trace).to_owned());
    let recipient = match environment {
        Some(recipient) => Some(told.find(|original| is_censored_form(&recipient, original)).unwrap_or(recipient)),
        None => told.next(),
    };
    recipient.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs<'a> = &'a [(&'a str, &'a str)];

    fn gather(options: &CommandLine, variables: Pairs<'_>, on_top: Pairs<'_>) -> Envelope {
        let in_pairs = |pairs: Pairs<'_>, name: &str| pairs.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        Envelope::gather(options, |name| in_pairs(variables, name), |name| in_pairs(on_top, name))
    }

    fn address(envelope: &Envelope) -> Option<&str> {
        envelope.sender.as_ref().map(Sender::address)
    }

    #[test]
    fn an_option_wins_over_the_environment_and_that_over_the_header() {
        let options = CommandLine { sender: Some("o@x".into()), recipients: vec!["p@x".into(), "q@x".into()], user: None };
        let variables = [("SENDER", "e@x"), ("RECIPIENT", "f@x")];
        let on_top = [("Return-Path", "<h@x>"), ("Delivered-To", "i@x")];
        let by_option = gather(&options, &variables, &on_top);
        assert_eq!((address(&by_option), by_option.recipients.len()), (Some("o@x"), 2));
        let by_environment = gather(&CommandLine::default(), &variables, &on_top);
        assert_eq!((address(&by_environment), by_environment.recipients[0].as_str()), (Some("e@x"), "f@x"));
        let by_header = gather(&CommandLine::default(), &[], &on_top);
        assert_eq!((address(&by_header), by_header.recipients[0].as_str()), (Some("h@x"), "i@x"));
    }

    #[test]
    fn the_null_sender_has_three_spellings() {
        for spelling in ["", "<>", "MAILER-DAEMON"] {
            assert_eq!(gather(&CommandLine::default(), &[("SENDER", spelling)], &[]).sender, Some(Sender::Null), "{spelling:?}");
        }
        assert_eq!(gather(&CommandLine::default(), &[], &[]), Envelope::default());
    }

    #[test]
    fn a_censored_address_is_completed_from_the_header_that_fits_it() {
        let on_top = [("Return-Path", "<o'neil@x.example>"), ("X-Original-To", "other@y"), ("Delivered-To", "d'arc@y")];
        let told = |sender: &str, recipient: &str| {
            let envelope = gather(&CommandLine::default(), &[("SENDER", sender), ("RECIPIENT", recipient)], &on_top);
            (address(&envelope).map(str::to_owned), envelope.recipients[0].clone())
        };
        assert_eq!(told("o_neil@x.example", "d_arc@y"), (Some("o'neil@x.example".into()), "d'arc@y".into()));
        assert_eq!(told("o_brien@x.example", "d_art@y"), (Some("o_brien@x.example".into()), "d_art@y".into()));
    }

    #[test]
    fn home_is_that_of_whom_the_environment_names() {
        let variables = [("USER", "root"), ("HOME", "/root")];
        for (user, expected) in [(None, false), (Some("root"), false), (Some("ann"), true)] {
            let options = CommandLine { user: user.map(str::to_owned), ..CommandLine::default() };
            assert_eq!(gather(&options, &variables, &[]).home_is_anothers, expected, "{user:?}");
            assert!(!gather(&options, &[("HOME", "/root")], &[]).home_is_anothers, "nobody is named there");
        }
    }
}
