//! Two test messages through the mail server, one clean and one with EICAR, and what became of them.
//!
//! Owns the messages and where mailward's word on them is looked for: its log. It must never take silence for success. What cannot be
//! sent or is not heard of in time is said, with status 1.

use super::proposal::{Proposal, Way};
use super::{Refusal, Result, host, proposal, say};
use crate::check::eicar_test_file;
use crate::config::Settings;
use crate::exit::Health;
use crate::intake::filled;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long mailward's word on a message is waited for, beyond its deadline's tenth that a busy engine may want.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(200);

/// How long a mail server may take to stop listening, and to listen again.
const SETTLING: Duration = Duration::from_secs(1);
const LISTENER: Duration = Duration::from_secs(10);

/// Where syslog daemons put what facility mail says.
const LOGS: [&str; 4] = ["/var/log/mail.log", "/var/log/maillog", "/var/log/syslog", "/var/log/messages"];

/// Sends both and reports.
pub(super) fn run(proposal: &Proposal, settings: &Settings, out: &mut dyn Write) -> Result<Health> {
    if proposal::reload(proposal.server).is_none() {
        let title = proposal.server.title();
        say(out, &format!("{title} is not running, or it is not known how to start it again: do so, and send yourself a message.\n"));
        return Ok(Health::Well);
    }
    wait_for_listener();
    let mut health = Health::Well;
    let eicar = eicar_test_file();
    for (name, body, wanted) in [("clean", b"a test message of mailward setup".as_slice(), "clean"), ("eicar", &eicar, "infected")] {
        let id = format!("<{}.{name}.setup@mailward>", std::process::id());
        send(proposal, &message(&id, &proposal.recipient, name, body))?;
        let line = wait_for(&id, settings);
        if let Some(kept) = line.as_ref().and_then(|line| value(line, "quarantine")).filter(|kept| !kept.is_empty()) {
            remove_kept(&settings.quarantine.path, &kept);
        }
        let is_right = line.as_ref().is_some_and(|line| value(line, "class").as_deref() == Some(wanted));
        let said = line.map_or_else(|| format!("mailward's log does not tell of it; look for {id}"), |line| told(&line));
        say(out, &format!("test message {name}, to {}: {said}\n", proposal.recipient));
        health = if is_right { health } else { Health::Faulty };
    }
    if health == Health::Faulty {
        let name = proposal.server.name();
        say(out, &format!("The change stays. To take it back: mailward setup {name} --undo\n"));
    }
    Ok(health)
}

/// Takes what was kept of a test message out of the quarantine again: nobody wants it, and an empty one goes with an undo.
fn remove_kept(quarantine: &str, name: &str) {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    for path in [format!("{quarantine}/new/{name}"), format!("{quarantine}/records/{name}.json")].iter().filter(|_| is_plain) {
        // Where it is each recipient's own it stays.
        let _ = std::fs::remove_file(path);
    }
}

fn message(id: &str, recipient: &str, name: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("From: mailward setup <{recipient}>\nTo: {recipient}\nSubject: mailward setup: {name}\nMessage-ID: {id}\n\n");
    [head.as_bytes(), body, b"\n"].concat()
}

fn send(proposal: &Proposal, message: &[u8]) -> Result<()> {
    match proposal.way {
        Way::Sendmail => by_sendmail(&proposal.recipient, message),
        Way::Smtp => by_smtp(&proposal.recipient, message).map_err(|why| Refusal::new(format!("SMTP to 127.0.0.1: {why}"))),
    }
}

fn by_sendmail(recipient: &str, message: &[u8]) -> Result<()> {
    let program = host::program("sendmail").ok_or_else(|| Refusal::new("there is no sendmail to send a test message by"))?;
    let mut command = Command::new(&program);
    command.args(["-i", "--", recipient]).stdin(filled(tempfile::tempfile()?, message)?).stdout(Stdio::null());
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(Refusal::new(format!("{}: {status}", program.display()))) }
}

/// The least that RFC 5321 asks of a client; our messages have no line that begins with a dot.
fn by_smtp(recipient: &str, message: &[u8]) -> std::io::Result<()> {
    let stream = TcpStream::connect(("127.0.0.1", 25))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut replies = BufReader::new(stream);
    let body = String::from_utf8_lossy(message).replace('\n', "\r\n");
    let (recipient, body) = (format!("RCPT TO:<{recipient}>\r\n"), format!("{body}.\r\n"));
    let said = ["", "HELO localhost\r\n", "MAIL FROM:<>\r\n", &recipient, "DATA\r\n", &body, "QUIT\r\n"];
    for words in said {
        replies.get_mut().write_all(words.as_bytes())?;
        let mut reply = String::new();
        while reply.is_empty() || reply.as_bytes().get(3) == Some(&b'-') {
            reply.clear();
            replies.read_line(&mut reply)?;
        }
        if !reply.starts_with(['2', '3']) {
            return Err(std::io::Error::other(format!("{}: {}", words.lines().next().unwrap_or_default(), reply.trim_end())));
        }
    }
    Ok(())
}

/// Waits until the mail server takes mail again. Told to read its configuration, Sendmail starts itself anew, and what comes meanwhile lies
/// in the queue of its clients for minutes. One that does not listen here at all gets the messages another way.
fn wait_for_listener() {
    let end = Instant::now() + LISTENER;
    thread::sleep(SETTLING);
    while TcpStream::connect(("127.0.0.1", 25)).is_err() && Instant::now() < end {
        thread::sleep(PAUSE);
    }
}

/// mailward's line on the message.
fn wait_for(id: &str, settings: &Settings) -> Option<String> {
    let end = Instant::now() + PATIENCE;
    loop {
        let line = logs(settings).iter().find_map(|log| last_line(log, id));
        if line.is_some() || Instant::now() > end {
            return line;
        }
        thread::sleep(PAUSE);
    }
}

/// What the places where mailward may log hold by now.
fn logs(settings: &Settings) -> Vec<String> {
    let own = [settings.log.to.as_str()];
    let paths = if own.iter().any(|path| path.starts_with('/')) { &own[..] } else { &LOGS };
    let files = paths.iter().filter_map(|path| std::fs::read(path).ok()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let journal = || host::ask(&["journalctl", "--identifier=mailward", "--since=-5min", "--no-pager"]).ok();
    files.chain(host::program("journalctl").and_then(|_| journal())).collect()
}

fn last_line(log: &str, id: &str) -> Option<String> {
    log.lines().rev().find(|line| line.contains(id) && ["action", "error"].iter().any(|key| value(line, key).is_some())).map(str::to_owned)
}

/// What a line of the log, as logfmt or as JSON, says of the message.
fn told(line: &str) -> String {
    if value(line, "error").is_some() {
        return line.to_owned();
    }
    let wanted = ["class", "name", "action", "treatment", "quarantine", "exit"];
    let pairs = wanted.iter().filter_map(|key| Some(format!("{key}={}", value(line, key).filter(|value| !value.is_empty())?)));
    pairs.collect::<Vec<_>>().join(" ")
}

fn value(line: &str, key: &str) -> Option<String> {
    if let Some(from) = line.find(&format!("\"{key}\":")) {
        let value = line.get(from..)?.split_once(':')?.1;
        return value.split([',', '}']).next().map(|value| value.trim_matches('"').to_owned());
    }
    line.split(' ').find_map(|word| word.strip_prefix(key)?.strip_prefix('=')).map(|value| value.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_on_a_message_is_found_and_told() {
        let log =
            "a id=<1@x> action=defer exit=75\nb id=<1@x> class=clean name=\"\" action=accept treatment= exit=exec\nc id=<2@x> action=x\n";
        assert_eq!(told(&last_line(log, "<1@x>").unwrap()), "class=clean action=accept exit=exec");
        assert_eq!(last_line(log, "<3@x>"), None);
        let failed = "id=<1@x> error=\"no room\" exit=75";
        assert_eq!(told(&last_line(failed, "<1@x>").unwrap()), failed);
        assert_eq!(told("x {\"id\":\"<1@x>\",\"class\":\"clean\",\"name\":\"\",\"exit\":\"exec\"}"), "class=clean exit=exec");
    }
}
