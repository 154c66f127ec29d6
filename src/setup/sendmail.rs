//! Sendmail: the local mailer of sendmail.mc, and a mailer for what leaves this machine.
//!
//! Owns where the lines of contrib/sendmail go. It must never touch a sendmail.cf that somebody has written by hand: what m4 makes of
//! sendmail.mc has to be what is there. What fails is a [`Refusal`].

use super::change::Change;
use super::proposal::{Proposal, Surveyor};
use super::step::Step;
use super::{Refusal, Result, host, itself};
use crate::cli::{Mode, Server};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

const INCOMING: &str = include_str!("../../contrib/sendmail/incoming.mc");
const OUTGOING: &str = include_str!("../../contrib/sendmail/outgoing.mc");

const SOURCE: &str = "/etc/mail/sendmail.mc";
const MADE: &str = "/etc/mail/sendmail.cf";

/// The delivery agent of contrib/sendmail.
const PROCMAIL: &str = "/usr/bin/procmail -Y -f $g -a $h -d $u";

/// The shell of contrib/sendmail, which runs programs in aliases and .forward.
const SHELL: &str = "/bin/sh -c $u";

/// Where the lines for the local mailer have to be by.
const MAILERS: &str = "\nMAILER_DEFINITIONS";

/// A local mailer has no time limit of its own; Sendmail gives up when a message has waited for five days.
const LIMIT: Duration = Duration::from_hours(24);

/// The proposal for the Sendmail of this machine.
pub(super) fn propose(surveyor: &Surveyor<'_>) -> Result<Proposal> {
    let (source, made) = (host::text(Path::new(SOURCE))?, host::text(Path::new(MADE))?);
    ensure_understood(&source, &made)?;
    let mailer = Mailer::named("local", &made)?;
    let agents = Agents { mail: mailer.agent()?, programs: Mailer::named("prog", &made)?.shell()? };
    let after = with_lines(&source, surveyor, &agents)?;
    let made_after = make(&after)? + &copy(&made, &after);
    ensure_called(&made_after, &surveyor.command)?;
    if surveyor.mode == Mode::Both {
        ensure_no_relay_for_local_names(&made)?;
    }
    let programs = "Programs in aliases and .forward are scanned too; files there are written by Sendmail itself, unscanned.";
    Ok(Proposal {
        remarks: vec![
            format!("Sendmail, configured in {SOURCE}"),
            format!("Local mail goes to: {}", mailer.words.join(" ")),
            format!("The delivery agent behind mailward is: {}, run as the recipient", agents.mail),
            surveyor.ensure_time("a day", LIMIT)?,
            programs.to_owned(),
        ],
        quarantine: surveyor.quarantine(None)?,
        changes: vec![Change::of(Path::new(SOURCE), |_| Ok(after))?, Change::of(Path::new(MADE), |_| Ok(made_after))?],
        // Reads addresses to try from stdin, which has none; before that, the file.
        steps: vec![Step::of(&format!("sendmail -C {MADE} -bt"))],
        ..surveyor.begin(Server::Sendmail)
    })
}

/// The command that has a running Sendmail read its configuration: it starts itself again.
pub(super) fn reload() -> Option<Step> {
    host::rereading("restart", &["sendmail"], &["/run/sendmail/mta/sendmail.pid", "/run/sendmail.pid"], "sendmail")
}

fn ensure_understood(source: &str, made: &str) -> Result<()> {
    if source.lines().any(itself::is_called_in) {
        return Err(Refusal::new(format!("{SOURCE}: mailward is there already")));
    }
    let is_in_force = |line: &&str| !line.trim_start().starts_with("dnl") && line.contains("local_lmtp");
    if let Some(line) = source.lines().find(is_in_force) {
        return Err(Refusal::new(format!("{SOURCE}: {}: mailward speaks no LMTP; take it out, and run setup again", line.trim())));
    }
    if settings(&make(source)?) != settings(made) {
        let why = "it is not what m4 makes of sendmail.mc, so that making it anew would undo somebody's work";
        return Err(Refusal::new(format!("{MADE}: {why}; see contrib/sendmail")));
    }
    Ok(())
}

/// That mailward has become the local mailer, whatever else sendmail.mc defines.
fn ensure_called(made: &str, command: &str) -> Result<()> {
    let mailer = Mailer::named("local", made)?;
    let program = mailer.words.first().map_or("", String::as_str);
    if itself::program_of(command) == program {
        return Ok(());
    }
    Err(Refusal::new(format!("{SOURCE}: behind our lines it makes {program} the local mailer; see contrib/sendmail")))
}

/// That mail for names of this machine stays here: what is sent elsewhere all the same goes past both mailers (LUSER_RELAY, MAIL_HUB,
/// LOCAL_RELAY of cf/README).
fn ensure_no_relay_for_local_names(made: &str) -> Result<()> {
    let is_set = |line: &&str| ["DL", "DH", "DR"].iter().any(|name| line.strip_prefix(name).is_some_and(|value| !value.trim().is_empty()));
    match made.lines().find(is_set) {
        Some(line) => {
            Err(Refusal::new(format!("{MADE}: {line}: mail for local names goes elsewhere, and would not be scanned; scan it there")))
        }
        None => Ok(()),
    }
}

/// What counts of a sendmail.cf: m4 writes time and host into remarks.
fn settings(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
}

/// What m4 makes of a sendmail.mc.
fn make(source: &str) -> Result<String> {
    let folder = TempDir::new()?;
    let path = folder.path().join("sendmail.mc");
    fs::write(&path, source)?;
    host::ask(&["m4", &path.display().to_string()])
}

/// The copy of sendmail.mc, as remarks, that Debian puts behind what m4 makes.
fn copy(made: &str, source: &str) -> String {
    let head = format!("### {SOURCE} ###\n");
    if !made.contains(&format!("\n{head}")) {
        return String::new();
    }
    source.lines().fold(head, |copy, line| copy + "# " + line + "\n")
}

/// What mailward hands on to.
struct Agents {
    /// Mail for users.
    mail: String,
    /// Mail for programs in aliases and .forward.
    programs: String,
}

/// A mailer of sendmail.cf.
struct Mailer {
    flags: String,
    /// The program and its arguments.
    words: Vec<String>,
}

impl Mailer {
    /// Reads `Mlocal, P=..., F=..., A=...`, which goes over several lines.
    fn named(name: &str, made: &str) -> Result<Self> {
        let missing = || Refusal::new(format!("{MADE}: it has no mailer M{name}"));
        let (_, behind) = made.split_once(&format!("\nM{name},")).ok_or_else(missing)?;
        let lines = behind.lines().enumerate().take_while(|(number, line)| *number == 0 || line.starts_with(['\t', ' ']));
        let text = lines.map(|(_, line)| line).collect::<Vec<_>>().join(" ");
        // The arguments are the last, and may hold commas.
        let (fields, arguments) = text.split_once("A=").ok_or_else(missing)?;
        let field = |name: &str| fields.split(',').find_map(|field| field.trim().strip_prefix(name)).map(str::to_owned);
        let program = field("P=").ok_or_else(missing)?;
        let words = std::iter::once(program).chain(arguments.split_whitespace().skip(1).map(str::to_owned)).collect();
        Ok(Self { flags: field("F=").unwrap_or_default(), words })
    }

    /// The shell for programs in aliases and .forward, or the one that restricts them.
    fn shell(&self) -> Result<String> {
        let command = self.words.join(" ");
        let is_known = command == SHELL || command.ends_with("/smrsh -c $u");
        if is_known { Ok(command) } else { Err(Refusal::new(format!("{MADE}: the mailer Mprog is {command}, and is not understood"))) }
    }

    /// The delivery agent behind mailward, which runs as the recipient.
    fn agent(&self) -> Result<String> {
        let program = self.words.first().map_or("", String::as_str);
        let name = program.rsplit('/').next().unwrap_or(program);
        match name {
            _ if self.flags.contains('z') => {
                Err(Refusal::new(format!("{MADE}: the local mailer {program} speaks LMTP, and mailward does not")))
            }
            "procmail" | "maildrop" => Ok(self.words.join(" ")),
            // What Debian's sensible-mda would choose.
            "sensible-mda" if host::program("procmail").is_some() => Ok(PROCMAIL.to_owned()),
            _ => {
                let why = "it has to run as root, and mailward runs as the recipient; install procmail, and run setup again";
                Err(Refusal::new(format!("{MADE}: the local mailer is {program}: {why}")))
            }
        }
    }
}

fn with_lines(source: &str, surveyor: &Surveyor<'_>, agents: &Agents) -> Result<String> {
    let incoming = lines(INCOMING, &surveyor.command).replace(PROCMAIL, &agents.mail).replace(SHELL, &agents.programs);
    let (before, after) = source.split_once(MAILERS).ok_or_else(|| Refusal::new(format!("{SOURCE}: it has no line MAILER_DEFINITIONS")))?;
    let text = format!("{before}\n{incoming}{MAILERS}{after}");
    Ok(match surveyor.mode {
        Mode::Incoming => text,
        Mode::Both => format!("{}\n{}", text.trim_end(), lines(OUTGOING, &surveyor.command)),
    })
}

/// The lines of a file of contrib, without remarks, for our own command.
fn lines(text: &str, command: &str) -> String {
    let (_, options) = command.split_once(' ').unwrap_or((command, ""));
    let lines = text.lines().filter(|line| !line.starts_with("dnl")).map(|line| format!("{line}\n")).collect::<String>();
    // A mailer's first argument is the name of the program, without its path.
    itself::adapted(&lines, command).replace("mailward deliver", &format!("mailward {options}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE_TEXT: &str = "O x\nMlocal,\t\tP=/usr/bin/procmail, F=SPfhn9, S=EnvFromL/HdrFromL,\n\t\tT=DNS/RFC822/X-Unix,\n\t\tA=procmail -Y -a $h -d $u\nMprog,\tP=/bin/sh\n";

    #[test]
    fn the_local_mailer_is_read_with_its_arguments() {
        let mailer = Mailer::named("local", MADE_TEXT).unwrap();
        assert_eq!((mailer.flags.as_str(), mailer.words.join(" ").as_str()), ("SPfhn9", "/usr/bin/procmail -Y -a $h -d $u"));
        assert_eq!(mailer.agent().unwrap(), "/usr/bin/procmail -Y -a $h -d $u");
    }

    #[test]
    fn a_mailer_that_speaks_lmtp_or_must_be_root_is_refused() {
        for (program, flags) in [("/usr/bin/procmail", "lsz"), ("/usr/lib/sm.bin/mail.local", "ls")] {
            let made = MADE_TEXT.replace("/usr/bin/procmail", program).replace("SPfhn9", flags);
            assert!(Mailer::named("local", &made).unwrap().agent().is_err(), "{program} {flags}");
        }
        assert!(Mailer::named("local", "O x\n").is_err());
    }

    #[test]
    fn a_restricted_shell_stays_the_shell() {
        let shell = |program: &str, words: &str| {
            Mailer { flags: String::new(), words: format!("{program} {words}").split(' ').map(str::to_owned).collect() }.shell()
        };
        assert_eq!(shell("/bin/sh", "-c $u").unwrap(), SHELL);
        assert_eq!(shell("/usr/lib/sm.bin/smrsh", "-c $u").unwrap(), "/usr/lib/sm.bin/smrsh -c $u");
        assert!(shell("/usr/bin/other", "$u").is_err() && shell("/bin/sh", "-x").is_err());
    }

    #[test]
    fn a_relay_for_local_names_is_refused() {
        assert!(ensure_no_relay_for_local_names("DR\nDH\nDL\nDSsmart.host\n").is_ok());
        for line in ["DLhub.example", "DHesmtp:hub", "DRhub"] {
            assert!(ensure_no_relay_for_local_names(&format!("DS\n{line}\n")).is_err(), "{line}");
        }
    }

    #[test]
    fn the_lines_of_contrib_name_our_command_and_agent() {
        let incoming = lines(INCOMING, "/opt/mw deliver --config /c");
        assert!(incoming.contains("define(`LOCAL_MAILER_PATH', `/opt/mw')dnl\n"), "{incoming}");
        assert!(incoming.contains("`mailward deliver --config /c --mta=sendmail ") && incoming.contains(PROCMAIL), "{incoming}");
        assert!(lines(OUTGOING, "/opt/mw deliver").contains("P=/opt/mw, F="));
    }

    #[test]
    fn debians_copy_of_the_source_is_made_anew() {
        let made = |source: &str| format!("O x\n{}", copy("O x\n### /etc/mail/sendmail.mc ###\n# old\n", source));
        assert_eq!(made("a\n\n"), "O x\n### /etc/mail/sendmail.mc ###\n# a\n# \n");
        assert_eq!(copy("O x\n", "a\n"), "");
    }

    #[test]
    fn remarks_of_a_made_file_do_not_count() {
        assert_eq!(settings("# built by x\nDj\n\n# y\nO z\n"), settings("#\nDj\nO z\n"));
    }
}
