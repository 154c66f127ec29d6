//! The words of `mailward setup`.
//!
//! Owns the mail servers and modes that it knows. It must never say what is done for them. Nothing here fails but a word that is none of
//! them.

use clap::Args;
use std::path::PathBuf;

/// `setup`.
#[derive(Debug, Args)]
pub struct Setup {
    /// The mail server: postfix, sendmail, exim, qmail or opensmtpd
    #[arg(value_name = "MTA", value_parser = server)]
    pub server: Option<Server>,
    /// What is scanned: incoming (mail for people of this machine) or both (what goes out, too)
    #[arg(long, value_name = "MODE", value_parser = mode, default_value = "incoming")]
    pub mode: Mode,
    /// Show all changes and commands, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Put back what was there before
    #[arg(long)]
    pub undo: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Who gets the two test messages [default: who called sudo, else postmaster]
    #[arg(long, value_name = "ADDR")]
    pub recipient: Option<String>,
    /// The configuration [default: /etc/mailward/mailward.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// A mail server that `setup` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// Postfix.
    Postfix,
    /// Sendmail.
    Sendmail,
    /// Exim 4.
    Exim,
    /// qmail and what has come from it.
    Qmail,
    /// OpenSMTPD.
    Opensmtpd,
}

impl Server {
    /// Each with its word.
    pub const ALL: [(&str, Self); 5] = [
        ("postfix", Self::Postfix),
        ("sendmail", Self::Sendmail),
        ("exim", Self::Exim),
        ("qmail", Self::Qmail),
        ("opensmtpd", Self::Opensmtpd),
    ];

    /// Its word.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, server)| *server == self).map_or("", |(name, _)| name)
    }

    /// As its own people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Postfix => "Postfix",
            Self::Sendmail => "Sendmail",
            Self::Exim => "Exim",
            Self::Qmail => "qmail",
            Self::Opensmtpd => "OpenSMTPD",
        }
    }
}

/// Which mail `setup` has scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Mail for people of this machine.
    Incoming,
    /// What goes out, too.
    Both,
}

fn server(name: &str) -> Result<Server, String> {
    let names: Vec<&str> = Server::ALL.iter().map(|(name, _)| *name).collect();
    let found = Server::ALL.iter().find(|(known, _)| *known == name).map(|(_, server)| *server);
    found.ok_or_else(|| format!("expected one of {}", names.join(", ")))
}

fn mode(name: &str) -> Result<Mode, String> {
    match name {
        "incoming" => Ok(Mode::Incoming),
        "both" => Ok(Mode::Both),
        _ => Err("expected incoming or both".to_owned()),
    }
}
