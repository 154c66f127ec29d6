//! The words that keys of an engine take.
//!
//! Owns what there is to choose from. It must never say how any of it works. Nothing here can fail by itself.

use crate::config::Problems;
use crate::config::setting::{Node, Setting, words};

/// How to talk to an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// ClamAV's daemon.
    Clamd,
    /// Any program that says by its exit code what it found.
    Command,
    /// SpamAssassin's daemon.
    Spamd,
    /// Rspamd.
    Rspamd,
    /// Any program that has the message on its stdin and says in a header field, or by its exit code, whether it is spam.
    Filter,
    /// A header field that a host before ours has put on top.
    Header,
    /// Lists of addresses of hosts, asked by DNS.
    Dnsbl,
    /// Lists of domains that stand in the body, asked by DNS.
    Uribl,
    /// A scanner behind ICAP (RFC 3507).
    Icap,
    /// The daemon of a scanner with a protocol of its own.
    Daemon,
}
words!(Kind {
    "clamd" => Self::Clamd, "command" => Self::Command, "spamd" => Self::Spamd, "rspamd" => Self::Rspamd, "filter" => Self::Filter,
    "header" => Self::Header, "dnsbl" => Self::Dnsbl, "uribl" => Self::Uribl, "icap" => Self::Icap, "daemon" => Self::Daemon,
});

impl Kind {
    /// What engines of this kind look for when nobody says otherwise.
    pub fn usually_finds(self) -> Finds {
        match self {
            Self::Clamd | Self::Command | Self::Icap | Self::Daemon => Finds::Infected,
            Self::Spamd | Self::Rspamd | Self::Filter | Self::Header | Self::Dnsbl | Self::Uribl => Finds::Spam,
        }
    }
}

/// What an engine gets to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The message as a file.
    File,
    /// The message on its stdin.
    Stdin,
    /// For a program a folder with one file for each decoded part; for clamd the message and each decoded part.
    Parts,
}
words!(Input { "file" => Self::File, "stdin" => Self::Stdin, "parts" => Self::Parts });

/// What an engine looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finds {
    /// Malware.
    Infected,
    /// Spam.
    Spam,
}
words!(Finds { "infected" => Self::Infected, "spam" => Self::Spam });

/// What an engine may change in an accepted message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Header fields that it adds or removes.
    Headers,
    /// The subject.
    Subject,
    /// The body.
    Body,
}
words!(Changes { "headers" => Self::Headers, "subject" => Self::Subject, "body" => Self::Body });

/// Which of several addresses is asked first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Balance {
    /// The first of the list that works.
    #[default]
    Failover,
    /// One that the message itself chooses, so that all share the work and the same message goes to the same.
    Hash,
}
words!(Balance { "failover" => Self::Failover, "hash" => Self::Hash });

/// The protocol of a daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the programs")]
pub enum Protocol {
    Sophie,
    Kavdaemon,
    Aveserver,
    Fprotd,
    Fpscand,
    Drwebd,
    Fsavd,
    Avast,
    Sssp,
    Savapi,
    Symantec,
    Kaspersky,
}
words!(Protocol {
    "sophie" => Self::Sophie, "kavdaemon" => Self::Kavdaemon, "aveserver" => Self::Aveserver, "fprotd" => Self::Fprotd,
    "fpscand" => Self::Fpscand, "drwebd" => Self::Drwebd, "fsavd" => Self::Fsavd, "avast" => Self::Avast, "sssp" => Self::Sssp,
    "savapi" => Self::Savapi, "symantec" => Self::Symantec, "kaspersky" => Self::Kaspersky,
});

impl Setting for Option<Protocol> {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        if node.value.get_ref().as_str() == Some("") {
            return Some(None);
        }
        if node.value.get_ref().as_str() == Some("") {
            return Some(None);
        }
        Protocol::read(node, problems).map(Some)
    }

    fn show(&self) -> String {
        self.map_or_else(|| "\"\"".to_owned(), |protocol| protocol.show())
    }
}
