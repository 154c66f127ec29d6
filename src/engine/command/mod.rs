//! Runs a program as an engine.
//!
//! Owns how its words are put together (no shell, none of our variables) and what its exit code means. A code that is on no list
//! is never clean. What fails is a [`Trouble`].

mod input;

use super::{Sample, Threat, Trouble, up_to_a_virus};
use crate::config::{Engine, Finds, Input};
use crate::finding::Class;
use crate::message::View;
use crate::program::{Offspring, Running};
pub(super) use input::Prepared;
use std::io;
use std::iter::once_with;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};
use std::time::Instant;

/// Stands for the input in the arguments.
const PLACEHOLDER: &str = "{file}";

/// Where programs are looked for. The caller's PATH is not taken over: it may be a recipient's.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

/// Has the message scanned by a program, and then its views.
pub(super) fn scan(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Vec<Threat>, Trouble> {
    let message = sample.message;
    if engine.input == Input::Parts {
        return run(engine, Prepared::parts(&message.bodies()), until);
    }
    // A spam filter weighs header and body together: of a body alone it would say what does not hold for the message.
    let views = if engine.finds == Finds::Spam { Vec::new() } else { message.views() };
    let look = once_with(|| run(engine, Prepared::message(engine.input, message), until));
    up_to_a_virus(look.chain(views.iter().map(|view| in_view(engine, view, until))))
}

fn in_view(engine: &Engine, view: &View<'_>, until: Instant) -> Result<Vec<Threat>, Trouble> {
    let found = run(engine, Prepared::view(engine.input, view), until)?;
    Ok(found.into_iter().map(|threat| Threat { origin: Some(view.origin), ..threat }).collect())
}

fn run(engine: &Engine, input: io::Result<Prepared>, until: Instant) -> Result<Vec<Threat>, Trouble> {
    let input = input.map_err(|why| Trouble::Io("preparing the input", why))?;
    let command = command(engine, &input).map_err(|why| Trouble::Io("preparing the program", why))?;
    let (status, output) = Running::start(command, Offspring::Killed)?.finish(until)?;
    judge(engine, status, &output)
}

/// The program with its words.
pub(super) fn command(engine: &Engine, input: &Prepared) -> io::Result<Command> {
    let mut words = engine.command.iter().map(|word| word.replace(PLACEHOLDER, &input.path()));
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).env_clear().env("PATH", PATH).env("LANG", "C").stdin(input.stdin()?);
    Ok(command)
}

/// What a program that ended so, and said this, has found.
///
/// # Errors
/// When its code is on no list, or it was killed.
pub fn judge(engine: &Engine, status: ExitStatus, output: &[u8]) -> Result<Vec<Threat>, Trouble> {
    let Some(code) = status.code() else {
        return Err(Trouble::Killed(status.signal().unwrap_or_default()));
    };
    let is_on = |codes: &[u64]| u64::try_from(code).is_ok_and(|code| codes.contains(&code));
    let what = match () {
        () if is_on(&engine.clean_codes) => return Ok(Vec::new()),
        () if is_on(&engine.infected_codes) => "unnamed",
        () if is_on(&engine.suspicious_codes) => "suspicious",
        () => return Err(Trouble::Code(code)),
    };
    let name = name_in(engine, output).unwrap_or_else(|| what.to_owned());
    Ok(vec![Threat::whole(class_of(engine), name)])
}

/// The class of what a program finds that says no more than that.
pub(super) fn class_of(engine: &Engine) -> Class {
    match engine.finds {
        Finds::Infected => Class::Infected,
        Finds::Spam => Class::Spam,
    }
}

/// What `virus_name` finds in the output: its first group, else all of the match.
fn name_in(engine: &Engine, output: &[u8]) -> Option<String> {
    let pattern = engine.virus_name.as_ref()?.compile().ok()?;
    let output = String::from_utf8_lossy(output);
    let captures = pattern.captures(&output)?;
    captures.get(1).or_else(|| captures.get(0)).map(|found| found.as_str().trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    fn engine(keys: &str) -> Engine {
        let text = format!("[[engine]]\nname = \"x\"\nkind = \"command\"\ncommand = [\"/x\", \"{{file}}\"]\n{keys}");
        Config::parse(Path::new("f"), &text).unwrap_or_else(|problems| panic!("{problems:?}")).base().settings.engines[0].clone()
    }

    #[test]
    fn an_exit_code_means_what_the_lists_say_and_else_nothing() {
        let engine = engine("clean_codes = [0, 5]\ninfected_codes = [1]\nsuspicious_codes = [8]\nvirus_name = 'Infection: (\\S+)'\n");
        let judged = |code: i32| judge(&engine, ExitStatus::from_raw(code << 8), b"scan\nInfection: Foo.Bar now\n");
        assert!(judged(0).unwrap().is_empty() && judged(5).unwrap().is_empty());
        assert_eq!(judged(1).unwrap(), [Threat { class: Class::Infected, name: "Foo.Bar".into(), origin: None }]);
        assert_eq!(judged(8).unwrap()[0].class, Class::Infected);
        assert!(matches!(judged(2), Err(Trouble::Code(2))));
        assert!(matches!(judge(&engine, ExitStatus::from_raw(9), b""), Err(Trouble::Killed(9))));
    }

    #[test]
    fn without_a_name_in_the_output_the_virus_is_unnamed() {
        assert_eq!(judge(&engine(""), ExitStatus::from_raw(1 << 8), b"").unwrap()[0].name, "unnamed");
    }

    #[test]
    fn a_spam_filter_finds_spam() {
        assert_eq!(judge(&engine("finds = \"spam\"\n"), ExitStatus::from_raw(1 << 8), b"").unwrap()[0].class, Class::Spam);
    }
}
