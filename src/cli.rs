//! The command line: the only module that knows clap.
//!
//! Owns the commands and options, and the order of words that esets_mda takes. It must never print or exit itself: a usage error is
//! returned, because for an MTA it means "try again later".

mod setup;

pub use setup::{Mode, Server, Setup};

use crate::exit::Profile;
use clap::{Args, Parser, Subcommand};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Scans mail between the mail server and the delivery agent.
#[derive(Debug, Parser)]
#[command(name = "mailward", version, disable_help_subcommand = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

const ABOUT_DELIVER: &str = "Scan the message on stdin, then exec MDA ARG... with it on its stdin";
const ABOUT_QMAIL_QUEUE: &str = "In the place of qmail-queue: message on descriptor 0, envelope on 1, then exec the real one";
const ABOUT_MDA: &str = "The same with the MDA's arguments first and ours behind --, as esets_mda takes them";

const QMAIL_QUEUE: &str = "qmail-queue";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The wrapper around an MDA.
    #[command(about = ABOUT_DELIVER)]
    Deliver(Deliver),
    /// The same in the order of esets_mda.
    #[command(about = ABOUT_MDA)]
    Mda(Deliver),
    /// In the place of qmail-queue.
    #[command(name = "qmail-queue", about = ABOUT_QMAIL_QUEUE)]
    QmailQueue(QmailQueue),
    /// Show what would be done with a message, and why; nothing is changed
    Explain(Explain),
    /// Show every error of the configuration with file, line and column
    Check(Check),
    /// Show the values in force and where each was set
    Config(Config),
    /// Put mailward into a mail server's configuration, or take it out again
    Setup(Setup),
}

/// Options of every command that looks at a message.
#[derive(Clone, Debug, Default, Args)]
pub struct Options {
    /// The configuration [default: /etc/mailward/mailward.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Whose exit codes to speak [default: told by the environment]
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    pub mta: Option<Profile>,
    /// The envelope sender; "" or <> for the null sender
    #[arg(long, value_name = "ADDR", allow_hyphen_values = true)]
    pub sender: Option<OsString>,
    /// An envelope recipient; may be given more than once
    #[arg(long, value_name = "ADDR", allow_hyphen_values = true)]
    pub recipient: Vec<OsString>,
    /// The local user whose mail it is
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub user: Option<OsString>,
}

/// `deliver` and `mda`.
#[derive(Debug, Default, Args)]
pub struct Deliver {
    /// Options.
    #[command(flatten)]
    pub options: Options,
    /// The MDA and its arguments [default: delivery.mda or delivery.maildir]
    #[arg(last = true, value_name = "MDA")]
    pub mda: Vec<OsString>,
    /// Arguments behind those of `delivery.mda`.
    #[arg(skip)]
    pub mda_arguments: Vec<OsString>,
}

/// `qmail-queue`.
#[derive(Debug, Default, Args)]
pub struct QmailQueue {
    /// The configuration [default: /etc/mailward/mailward.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The real qmail-queue and its arguments [default: delivery.mda]
    #[arg(last = true, value_name = "MDA")]
    pub mda: Vec<OsString>,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Options.
    #[command(flatten)]
    pub options: Options,
    /// JSON for programs
    #[arg(long)]
    pub json: bool,
    /// The message [default: stdin]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The configuration [default: /etc/mailward/mailward.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Ask each engine too: does it answer, how old are its signatures, does it find a test file
    #[arg(long)]
    pub live: bool,
}

/// `config`.
#[derive(Debug, Args)]
pub struct Config {
    /// The configuration [default: /etc/mailward/mailward.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The envelope sender
    #[arg(long, value_name = "ADDR")]
    pub from: Option<OsString>,
    /// The envelope recipient
    #[arg(long, value_name = "ADDR")]
    pub to: Option<OsString>,
    /// Only this key, or the keys of this section
    #[arg(value_name = "KEY")]
    pub key: Option<String>,
}

/// Why there is no command.
#[derive(Debug)]
pub enum NoCommand {
    /// Help or version was asked for: the text.
    Help(String),
    /// The words are wrong: what to say of it.
    Usage(String),
}

/// Reads the command line; the first word is the name of the program.
///
/// # Errors
/// The text of help, or of a usage error.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Command, NoCommand> {
    let (words, mda_arguments) = split_mda(by_name(words.into_iter().collect()));
    let command = match words.get(1).and_then(|word| word.to_str()) {
        Some("deliver") => alone("mailward deliver", ABOUT_DELIVER, &words).map(Command::Deliver),
        Some("mda") => alone("mailward mda", ABOUT_MDA, &words).map(|deliver| Command::Mda(Deliver { mda_arguments, ..deliver })),
        Some(QMAIL_QUEUE) => alone("mailward qmail-queue", ABOUT_QMAIL_QUEUE, &words).map(Command::QmailQueue),
        _ => Line::try_parse_from(words).map(|line| line.command),
    };
    command.map_err(|fault| {
        let text = fault.to_string();
        if fault.use_stderr() { NoCommand::Usage(text) } else { NoCommand::Help(text) }
    })
}

/// The commands for mail are read by themselves: building the definition of all others costs more than reading the message.
fn alone<T: Args>(name: &'static str, about: &'static str, words: &[OsString]) -> Result<T, clap::Error> {
    let command = T::augment_args(clap::Command::new(name)).bin_name(name).about(about);
    T::from_arg_matches(&command.try_get_matches_from(words.iter().skip(1))?)
}

/// Called by the name of qmail-queue we are it.
fn by_name(mut words: Vec<OsString>) -> Vec<OsString> {
    if is_called_qmail_queue(&words) {
        words.insert(1, QMAIL_QUEUE.into());
    }
    words
}

fn is_called_qmail_queue(words: &[OsString]) -> bool {
    words.first().is_some_and(|name| Path::new(name).file_name() == Some(OsStr::new(QMAIL_QUEUE)))
}

/// esets_mda takes the MDA's arguments first and its own behind `--`. They are taken out here, as they may look like options.
fn split_mda(words: Vec<OsString>) -> (Vec<OsString>, Vec<OsString>) {
    let is = |word: Option<&OsString>, text: &str| word.is_some_and(|word| word == OsStr::new(text));
    let asks_for_help = is(words.get(2), "--help") && words.len() == 3;
    if !is(words.get(1), "mda") || asks_for_help {
        return (words, Vec::new());
    }
    let mut own: Vec<OsString> = words.iter().take(2).cloned().collect();
    let mut rest = words.into_iter().skip(2);
    let mda_arguments: Vec<OsString> = rest.by_ref().take_while(|word| word != "--").collect();
    own.extend(rest);
    (own, mda_arguments)
}

/// Whether the command line is one that an MTA may call, so that a message may be waiting: any but the commands for people, as an
/// MTA may have a wrong word for the command.
pub fn is_for_mail(words: &[OsString]) -> bool {
    is_called_qmail_queue(words)
        || words.get(1).is_none_or(|command| !["explain", "check", "config", "setup"].iter().any(|name| command == name))
}

/// Whether it names a command for mail.
pub fn names_mail_command(words: &[OsString]) -> bool {
    is_called_qmail_queue(words) || words.get(1).is_some_and(|command| ["deliver", "mda", QMAIL_QUEUE].iter().any(|name| command == name))
}

/// The profile that a command line names which may not be understood as a whole: its caller still reads exit codes.
pub fn profile_among(words: &[OsString]) -> Option<Profile> {
    if is_called_qmail_queue(words) || words.get(1).is_some_and(|command| command == QMAIL_QUEUE) {
        return Some(Profile::QmailQueue);
    }
    let mut sides = words.split(|word| word == "--");
    // Ours are the words before the dashes, or behind them in the order of esets_mda.
    let is_mda = words.get(1).is_some_and(|command| command == "mda");
    let own = if is_mda { sides.nth(1) } else { sides.next() };
    let words: Vec<&str> = own.unwrap_or_default().iter().filter_map(|word| word.to_str()).collect();
    let behind = words.windows(2).find_map(|pair| pair.first().filter(|word| **word == "--mta").and(pair.get(1)).copied());
    let within = words.iter().find_map(|word| word.strip_prefix("--mta="));
    Profile::named(behind.or(within)?)
}

fn profile(name: &str) -> Result<Profile, String> {
    let names: Vec<&str> = Profile::ALL.iter().map(|(name, _)| *name).collect();
    Profile::named(name).ok_or_else(|| format!("expected one of {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Result<Command, NoCommand> {
        parse(words.split(' ').map(OsString::from))
    }

    #[test]
    fn what_stands_behind_the_dashes_is_the_mda_untouched() {
        let Ok(Command::Deliver(deliver)) = parsed("mailward deliver --sender a@b -- procmail -t -- --sender x") else { panic!() };
        assert_eq!(deliver.mda, ["procmail", "-t", "--", "--sender", "x"]);
        assert_eq!(deliver.options.sender.as_deref(), Some(OsStr::new("a@b")));
    }

    #[test]
    fn the_order_of_esets_mda_is_understood() {
        let Ok(Command::Mda(deliver)) = parsed("mailward mda -t -d user -- --sender=a@b --recipient=c@d --recipient=e@f") else { panic!() };
        assert_eq!(deliver.mda_arguments, ["-t", "-d", "user"]);
        assert_eq!(deliver.options.recipient, ["c@d", "e@f"]);
    }

    #[test]
    fn qmail_queue_is_a_command_and_a_name() {
        for words in ["mailward qmail-queue --config f -- /q x", "/var/qmail/bin/qmail-queue --config f -- /q x"] {
            let Ok(Command::QmailQueue(call)) = parsed(words) else { panic!() };
            assert_eq!((call.config.as_deref(), call.mda), (Some(Path::new("f")), vec!["/q".into(), "x".into()]));
        }
        let words = [OsString::from("bin/qmail-queue")];
        assert!(is_for_mail(&words) && matches!(parse(words.to_vec()), Ok(Command::QmailQueue(_))));
        assert_eq!(profile_among(&words), Some(Profile::QmailQueue));
    }

    #[test]
    fn wrong_words_are_usage_and_help_is_not() {
        assert!(matches!(parsed("mailward deliver --sendr x"), Err(NoCommand::Usage(_))));
        assert!(matches!(parsed("mailward"), Err(NoCommand::Usage(_))));
        assert!(matches!(parsed("mailward deliver --mta nobody"), Err(NoCommand::Usage(_))));
        assert!(matches!(parsed("mailward --help"), Err(NoCommand::Help(_))));
        assert!(matches!(parsed("mailward mda --help"), Err(NoCommand::Help(_))));
    }

    #[test]
    fn clap_is_content_with_the_definition() {
        use clap::CommandFactory;
        Line::command().debug_assert();
    }
}
