//! Every value that the configuration has, with its default.
//!
//! Owns the structure of the settings; `keys` gives each its name in the file. It must never be read from a file here. Nothing
//! can fail.

use super::attachments::{AttachmentRule, Extensions};
use super::engine::Engine;
use super::own_rule::OwnRule;
use super::rule::Policy;
use super::setting::{Size, words};
use super::together::{Cache, Relay, Scan, Spam, State};
use crate::exit::Profile;
use crate::finding::Class;
use std::collections::BTreeMap;
use std::time::Duration;

/// All settings that hold for one message.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where mail goes.
    pub delivery: Delivery,
    /// How much of a message is looked at, and for how long.
    pub limits: Limits,
    /// Where the log goes.
    pub log: Log,
    /// Where originals are kept.
    pub quarantine: Quarantine,
    /// What people are told, by whom.
    pub notice: Notice,
    /// What a message is marked with.
    pub tag: Tag,
    /// Which attachments are not wanted.
    pub attachments: Attachments,
    /// What becomes of HTML.
    pub html: Html,
    /// Which links are trusted, and which never.
    pub link: Link,
    /// How spam is told to programs behind us.
    pub spam: Spam,
    /// Which hosts before ours are trusted.
    pub relay: Relay,
    /// What runs remember for the next.
    pub state: State,
    /// Where answers are kept for other hosts.
    pub cache: Cache,
    /// What several engines say together.
    pub scan: Scan,
    /// What to do about each class.
    pub policy: Policy,
    /// The other scanners.
    pub engines: Vec<Engine>,
    /// What the administrator looks for.
    pub rules: Vec<OwnRule>,
    /// Classes that a profile switches off.
    pub skip: Vec<Class>,
}

/// `[delivery]`
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// The MDA and its first arguments, when the command line names none.
    pub mda: Vec<String>,
    /// A maildir to deliver into without an MDA.
    pub maildir: Option<String>,
    /// Whose exit codes to speak.
    pub mta: Mta,
    /// Whether `qmail-queue` queues a copy for each group of recipients whose settings differ.
    pub split: bool,
}

/// Whose exit codes to speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mta {
    /// Told by the environment.
    #[default]
    Auto,
    /// This one's.
    Of(Profile),
}

/// `[limits]`
#[derive(Clone, Debug)]
pub struct Limits {
    /// Largest message that is looked at, in bytes.
    pub message_size: Size,
    /// Time for the whole run.
    pub deadline: Duration,
    /// Deepest level of parts in parts.
    pub nesting: u64,
    /// Most parts.
    pub parts: u64,
    /// Longest header of a part, in bytes.
    pub header_size: Size,
    /// Most bytes that encoded containers may decode to.
    pub decoded_size: Size,
    /// Most entries of an archive.
    pub archive_entries: u64,
    /// Bytes that must be free where the quarantine is.
    pub free_space: Size,
    /// Most runs at once; 0 for any number.
    pub parallel: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_size: Size(64 << 20),
            deadline: Duration::from_secs(240),
            nesting: 64,
            parts: 1000,
            header_size: Size(256 << 10),
            decoded_size: Size(256 << 20),
            archive_entries: 10_000,
            free_space: Size(100 << 20),
            parallel: 0,
        }
    }
}

/// `[log]`
#[derive(Clone, Debug)]
pub struct Log {
    /// `syslog`, `stderr` or a path.
    pub to: String,
    /// Facility of syslog.
    pub facility: Facility,
    /// Form of a line.
    pub format: LogFormat,
    /// Least severity that is written.
    pub level: Level,
}

impl Default for Log {
    fn default() -> Self {
        Self { to: "syslog".to_owned(), facility: Facility::Mail, format: LogFormat::Logfmt, level: Level::Info }
    }
}

/// Facilities of syslog that a mail program has use for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are syslog's own")]
pub enum Facility {
    Mail,
    Daemon,
    User,
    Local0,
    Local1,
    Local2,
    Local3,
    Local4,
    Local5,
    Local6,
    Local7,
}
words!(Facility {
    "mail" => Self::Mail, "daemon" => Self::Daemon, "user" => Self::User, "local0" => Self::Local0, "local1" => Self::Local1,
    "local2" => Self::Local2, "local3" => Self::Local3, "local4" => Self::Local4, "local5" => Self::Local5,
    "local6" => Self::Local6, "local7" => Self::Local7,
});

/// Form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// `key=value key="value"`
    Logfmt,
    /// One JSON object.
    Json,
}
words!(LogFormat { "logfmt" => Self::Logfmt, "json" => Self::Json });

/// Severity of a log line, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A message stays with the MTA because of us.
    Error,
    /// Something was found or could not be looked at.
    Warning,
    /// A clean message.
    Info,
}
words!(Level { "error" => Self::Error, "warning" => Self::Warning, "info" => Self::Info });

/// `[quarantine]`
#[derive(Clone, Debug)]
pub struct Quarantine {
    /// A maildir; `~` and `{user}` are the recipient's.
    pub path: String,
    /// How long a message is kept.
    pub keep: Duration,
    /// Most bytes that are kept.
    pub max_size: Size,
}

impl Default for Quarantine {
    fn default() -> Self {
        Self { path: "/var/spool/mailward/quarantine".to_owned(), keep: Duration::from_secs(30 * 86400), max_size: Size(1 << 30) }
    }
}

/// `[notice]`
#[derive(Clone, Debug)]
pub struct Notice {
    /// Who writes; `{hostname}` is this host.
    pub from: String,
    /// Who is told when a policy says `admin`.
    pub admin: Vec<String>,
    /// The language of what recipients read.
    pub language: Language,
    /// The program that sends notices.
    pub sendmail: Vec<String>,
    /// A folder with templates of the administrator's own.
    pub templates: Option<String>,
}

impl Default for Notice {
    fn default() -> Self {
        Self {
            from: "Mail scanner <postmaster@{hostname}>".to_owned(),
            admin: vec!["postmaster".to_owned()],
            language: Language::En,
            sendmail: vec!["/usr/sbin/sendmail".to_owned(), "-i".to_owned()],
            templates: None,
        }
    }
}

/// A language that templates are shipped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
}
words!(Language { "en" => Self::En, "es" => Self::Es });

/// `[tag]`
#[derive(Clone, Debug)]
pub struct Tag {
    /// Name of the header field; empty for none.
    pub header: HeaderField,
    /// What is put before the subject, by class.
    pub subject: BTreeMap<Class, String>,
    /// Whether a field says what readers differ on.
    pub ambiguity_results: bool,
}

/// The name of a header field of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderField(pub String);

impl Default for Tag {
    fn default() -> Self {
        let marks = [
            (Class::Infected, "{Virus?} "),
            (Class::Banned, "{Content?} "),
            (Class::Active, "{Disarmed} "),
            (Class::Phishing, "{Fraud?} "),
            (Class::HighSpam, "{Spam?} "),
            (Class::Spam, "{Spam?} "),
            (Class::Unscanned, "{Unscanned} "),
        ];
        let subject = marks.into_iter().map(|(class, mark)| (class, mark.to_owned())).collect();
        Self { header: HeaderField("X-Mailward".to_owned()), subject, ambiguity_results: false }
    }
}

/// `[attachments]`
#[derive(Clone, Debug, Default)]
pub struct Attachments {
    /// Extensions that are denied.
    pub deny: Extensions,
    /// Not empty: the only extensions that are let through.
    pub allow: Vec<String>,
    /// Looked at first, in their order.
    pub rules: Vec<AttachmentRule>,
}

/// `[html]`
#[derive(Clone, Debug, Default)]
pub struct Html {
    /// How much is taken out.
    pub disarm: Disarm,
}

/// How much is taken out of HTML.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disarm {
    /// Nothing.
    Off,
    /// What acts.
    #[default]
    Active,
    /// What acts or fetches by itself.
    Remote,
    /// All but the text.
    Text,
}
words!(Disarm { "off" => Self::Off, "active" => Self::Active, "remote" => Self::Remote, "text" => Self::Text });

/// `[link]`
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// Domains whose links are never reported.
    pub safe: Vec<String>,
    /// Domains whose links always are.
    pub bad: Vec<String>,
    /// What becomes of links that are.
    pub lures: Lures,
}

/// What becomes of links that lure, where phishing is disarmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lures {
    /// Behind them stands where they lead.
    #[default]
    Show,
    /// They are no links any more, and behind them stands where they led.
    Text,
}
words!(Lures { "show" => Self::Show, "text" => Self::Text });
