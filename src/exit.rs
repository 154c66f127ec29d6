//! The exit contract: what we mean, and the number that says it to each MTA.
//!
//! Owns every exit number of the program; no other file names one. It must never guess a permanent meaning: where a caller is
//! unknown, the numbers of sysexits(3) hold, whose 75 is the one "try again later" that all of them know. Nothing here can fail.
//! Sources: pipe_command.c (Postfix), qmail-command(8), qmail-queue(8), spec.txt of Exim (temp_errors), mail.local (OpenSMTPD).

/// What a run that does not end in exec has to say about the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The message is dealt with; the MTA forgets it.
    Done,
    /// The same, and whatever else the MTA would do with the message is not to be done.
    Stop,
    /// Our side could not do its work; the MTA keeps the message and tries again.
    Temporary,
    /// The envelope that we were handed cannot be read; the MTA keeps the message and tries again.
    Envelope,
    /// The policy refuses the message; the MTA tells the sender.
    Refuse,
}

/// Who called us, as far as it decides numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// local(8) and pipe(8).
    Postfix,
    /// A mailer of sendmail.cf.
    Sendmail,
    /// The pipe transport.
    Exim,
    /// An mda action or wrapper of smtpd.conf.
    Opensmtpd,
    /// A `|command` line of .courier.
    Courier,
    /// A `|command` line of .qmail, or a wrapper around qmail-local.
    QmailCommand,
    /// In the place of qmail-queue.
    QmailQueue,
}

impl Profile {
    /// Each profile with the word that names it in the configuration and after `--mta`.
    pub const ALL: [(&str, Self); 7] = [
        ("postfix", Self::Postfix),
        ("sendmail", Self::Sendmail),
        ("exim", Self::Exim),
        ("opensmtpd", Self::Opensmtpd),
        ("courier", Self::Courier),
        ("qmail-command", Self::QmailCommand),
        ("qmail-queue", Self::QmailQueue),
    ];

    /// The profile of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, profile)| *profile)
    }

    /// The word that names this profile.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, profile)| *profile == self).map_or("postfix", |(name, _)| name)
    }

    /// Tells the caller by the variables that only it sets; `is_set` says whether a variable is there.
    ///
    /// Courier sets qmail's variables too, and takes qmail's numbers. Whoever is not recognised gets Postfix's numbers, which
    /// are those of sysexits(3).
    pub fn detect(is_set: impl Fn(&str) -> bool) -> Self {
        match () {
            () if is_set("DTLINE") && is_set("RPLINE") => Self::QmailCommand,
            () if is_set("QUALIFY_DOMAIN") && is_set("LOCAL_PART") => Self::Exim,
            () => Self::Postfix,
        }
    }

    /// The number that says `meaning` to this MTA.
    pub fn status(self, meaning: Meaning) -> u8 {
        match (self, meaning) {
            (Self::QmailCommand, Meaning::Stop) => 99,
            (_, Meaning::Done | Meaning::Stop) => 0,
            (Self::QmailCommand, Meaning::Temporary | Meaning::Envelope) => 111,
            (Self::QmailCommand, Meaning::Refuse) => 100,
            (Self::QmailQueue, Meaning::Temporary) => 71,
            (Self::QmailQueue, Meaning::Envelope) => 91,
            (Self::QmailQueue, Meaning::Refuse) => 31,
            (_, Meaning::Temporary | Meaning::Envelope) => 75,
            (_, Meaning::Refuse) => 77,
        }
    }

    /// The one line that goes with a refusal. qmail-queue's caller reads no output, so it gets none.
    pub fn refusal_line(self, text: &str) -> Option<String> {
        (self != Self::QmailQueue).then(|| format!("5.7.1 {text}\n"))
    }

    /// What qmail-queue's caller reads from its error pipe with [`QUEUE_TEXT`]: `D` for good, and at most 255 bytes in all (notqmail).
    pub fn queue_text(text: &str) -> String {
        format!("D5.7.1 {text}").chars().take(255).collect()
    }
}

/// The status of qmail-queue that says that the error pipe has the reason of a refusal.
pub const QUEUE_TEXT: u8 = 82;

/// How a command for people (explain, check, config) ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It went well.
    Well,
    /// What was looked at has faults, or could not be looked at.
    Faulty,
}

impl Health {
    /// The status that says it.
    pub fn status(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::Faulty => 1,
        }
    }
}

/// The status of a usage error. It is "try again later" and not the usual 64 or 2, because a wrong word in an MTA's
/// configuration is our fault and not the mail's.
pub const USAGE: u8 = 75;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_says_its_own_numbers() {
        let table = [
            ("postfix", 0, 75, 77),
            ("sendmail", 0, 75, 77),
            ("exim", 0, 75, 77),
            ("opensmtpd", 0, 75, 77),
            ("courier", 0, 75, 77),
            ("qmail-command", 0, 111, 100),
            ("qmail-queue", 0, 71, 31),
        ];
        for (name, done, temporary, refuse) in table {
            let profile = Profile::named(name).unwrap();
            assert_eq!(profile.name(), name);
            assert_eq!(profile.status(Meaning::Done), done, "{name}");
            assert_eq!(profile.status(Meaning::Temporary), temporary, "{name}");
            assert_eq!(profile.status(Meaning::Refuse), refuse, "{name}");
        }
    }

    #[test]
    fn the_caller_is_told_by_its_own_variables() {
        let with = |set: &'static [&str]| Profile::detect(move |name| set.contains(&name));
        assert_eq!(with(&["DTLINE", "RPLINE", "SENDER"]), Profile::QmailCommand);
        assert_eq!(with(&["LOCAL_PART", "QUALIFY_DOMAIN"]), Profile::Exim);
        assert_eq!(with(&["SENDER", "RECIPIENT"]), Profile::Postfix);
        assert_eq!(with(&[]), Profile::Postfix);
    }
}
