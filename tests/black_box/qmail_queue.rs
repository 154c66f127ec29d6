//! In the place of qmail-queue: a parent that does what qmail.c does, and a real qmail-queue that is a script.

use crate::harness::{PLAIN, Site, infected};
use std::fs::{self, File};
use std::io::{PipeReader, Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

pub(crate) const ENVELOPE: &[u8] = b"Fann@a.example\0Tbob@b.example\0Teve@b.example\0\0";

/// What the real qmail-queue was given, and what the parent was told.
pub(crate) struct Queued {
    pub(crate) status: Option<i32>,
    pub(crate) message: Option<Vec<u8>>,
    pub(crate) envelope: Option<Vec<u8>>,
    why: String,
}

/// A script that keeps what it is given, and says whether it may seek in it, as the real one does not need to.
fn real(site: &Site) -> Vec<String> {
    let here = site.path("").display().to_string();
    let script = format!("cat <&0 >{here}/message; cat <&1 >{here}/envelope; exit $(cat {here}/queue.status 2>/dev/null || echo 0)");
    ["/bin/sh", "-c", &script, "qmail-queue"].map(str::to_owned).to_vec()
}

/// qmail_open, qmail_put, qmail_from, qmail_to and qmail_close (qmail.c): the message, then, when that is whole, the envelope.
pub(crate) fn queue(site: &Site, command: Command, message: &[u8], envelope: &[u8], error_pipe: Option<i32>) -> Queued {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let (why, say) = std::io::pipe().unwrap();
    let mut command = with_descriptors(site, &command, error_pipe);
    let mut child: Child = command.stdin(Stdio::piped()).stdout(OwnedFd::from(reader)).stderr(OwnedFd::from(say)).spawn().unwrap();
    drop(command);
    // Whoever refuses before it has read all closes its end.
    let _ = child.stdin.take().unwrap().write_all(message);
    let _ = writer.write_all(envelope);
    drop(writer);
    let status = child.wait().unwrap().code();
    assert_eq!(site.read("stderr"), "");
    let kept = |name: &str| fs::read(site.path(name)).ok();
    Queued { status, message: kept("message"), envelope: kept("envelope"), why: told(why) }
}

/// The command with its stderr in a file, and the pipe that would be stderr under this number. A shell moves it, as it can have the
/// number without anybody else inheriting the pipe.
fn with_descriptors(site: &Site, command: &Command, error_pipe: Option<i32>) -> Command {
    let moved = error_pipe.map(|number| format!("{number}>&2")).unwrap_or_default();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &format!("exec \"$@\" {moved} 2>{}", site.path("stderr").display()), "sh"]);
    shell.arg(command.get_program()).args(command.get_args());
    shell
}

fn told(mut pipe: PipeReader) -> String {
    let mut text = String::new();
    pipe.read_to_string(&mut text).unwrap();
    text
}

fn mailward(site: &Site) -> Command {
    mailward_with(site, &real(site))
}

/// mailward before this real qmail-queue.
pub(crate) fn mailward_with(site: &Site, real: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailward"));
    command.arg("qmail-queue").arg("--config").arg(site.path("mailward.toml")).arg("--").args(real);
    command
}

#[test]
fn message_and_envelope_reach_the_real_one() {
    let site = Site::new();
    let queued = queue(&site, mailward(&site), PLAIN.as_bytes(), ENVELOPE, None);
    assert_eq!(queued.status, Some(0), "{}", site.read("log"));
    assert_eq!(queued.message.unwrap(), format!("X-Mailward: clean\n{PLAIN}").into_bytes());
    assert_eq!(queued.envelope.unwrap(), ENVELOPE);
    assert!(site.read("log").contains("from=ann@a.example to=bob@b.example,eve@b.example"), "{}", site.read("log"));
}

#[test]
fn the_real_one_is_in_the_configuration_and_we_have_its_name() {
    let site = Site::new();
    let mda = format!("delivery.mda = {:?}", real(&site));
    site.configure(&mda);
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_mailward"), site.path("qmail-queue")).unwrap();
    let mut command = Command::new(site.path("qmail-queue"));
    command.arg("--config").arg(site.path("mailward.toml"));
    let queued = queue(&site, command, PLAIN.as_bytes(), ENVELOPE, None);
    assert_eq!((queued.status, queued.envelope.as_deref()), (Some(0), Some(ENVELOPE)), "{}", site.read("log"));
}

#[test]
fn what_the_real_one_says_is_the_answer() {
    for status in [0, 11, 31, 53, 82] {
        let site = Site::new();
        site.write("queue.status", status.to_string());
        assert_eq!(queue(&site, mailward(&site), PLAIN.as_bytes(), ENVELOPE, None).status, Some(status));
    }
}

#[test]
fn an_envelope_that_is_not_whole_is_not_queued() {
    for envelope in [&b""[..], b"Fann@a\0", b"Fann@a\0Tbob@b\0", b"Fann@a\0Tbob@b\0\0\0", b"Tbob@b\0\0"] {
        let site = Site::new();
        let queued = queue(&site, mailward(&site), PLAIN.as_bytes(), envelope, None);
        assert_eq!((queued.status, queued.message), (Some(91), None), "{}", String::from_utf8_lossy(envelope));
    }
}

#[test]
fn an_envelope_without_recipients_goes_on_as_qmail_queue_takes_it() {
    let site = Site::new();
    let queued = queue(&site, mailward(&site), PLAIN.as_bytes(), b"Fann@a\0\0", None);
    assert_eq!((queued.status, queued.envelope.as_deref()), (Some(0), Some(&b"Fann@a\0\0"[..])), "{}", site.read("log"));
}

#[test]
fn a_refusal_says_why_on_the_pipe_of_the_caller_or_is_31() {
    let reject = "policy.infected = { action = \"reject\" }";
    for number in [6, 4] {
        let site = Site::with(reject);
        let queued = queue(&site, mailward(&site), infected().as_bytes(), ENVELOPE, Some(number));
        assert_eq!((queued.status, queued.message), (Some(82), None));
        assert_eq!(queued.why, "D5.7.1 mail refused by policy: infected: Eicar-Test-Signature");
    }
    let site = Site::with(reject);
    let queued = queue(&site, mailward(&site), infected().as_bytes(), ENVELOPE, None);
    assert_eq!((queued.status, queued.message, queued.why.as_str()), (Some(31), None, ""));
}

#[test]
fn a_file_under_that_number_is_no_pipe_of_the_caller() {
    let site = Site::with("policy.infected = { action = \"reject\" }");
    let mut command = Command::new("/bin/sh");
    let script = format!("exec \"$@\" 6>{0}/six 4>{0}/four", site.path("").display());
    let plain = mailward(&site);
    command.args(["-c", &script, "sh"]).arg(plain.get_program()).args(plain.get_args());
    assert_eq!(queue(&site, command, infected().as_bytes(), ENVELOPE, None).status, Some(31));
    assert_eq!((site.read("six"), site.read("four")), (String::new(), String::new()));
}

#[test]
fn what_breaks_on_our_side_is_71_or_91_and_nothing_is_queued() {
    for config in ["no = \"such key\"", "quarantine.path = \"/dev/null/q\"", "policy.infected = { action = \"defer\" }"] {
        let site = Site::with(config);
        let queued = queue(&site, mailward(&site), infected().as_bytes(), ENVELOPE, Some(6));
        assert_eq!((queued.status, queued.message, queued.why.as_str()), (Some(71), None, ""), "{config}");
    }
    let site = Site::new();
    site.configure(&format!("delivery.maildir = {:?}", site.path("Maildir")));
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailward"));
    command.arg("qmail-queue").arg("--config").arg(site.path("mailward.toml"));
    assert_eq!(queue(&site, command, PLAIN.as_bytes(), ENVELOPE, None).status, Some(71));
    assert!(!site.path("Maildir").exists());
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailward"));
    command.arg("qmail-queue").arg("--config").arg(site.path("mailward.toml"));
    assert_eq!(queue(&site, command, infected().as_bytes(), ENVELOPE, None).status, Some(71));
    assert!(!site.path("quarantine").exists(), "what goes nowhere is not kept for each try");
}

#[test]
fn both_may_be_files_and_many_recipients_are_one_message() {
    let site = Site::new();
    let recipients: Vec<u8> = (0..20_000).flat_map(|number| format!("Tuser{number}@b.example\0").into_bytes()).collect();
    let envelope = [b"Fann@a.example\0", recipients.as_slice(), b"\0"].concat();
    let mut command = mailward(&site);
    command.stdin(File::open(site.write("in.message", PLAIN)).unwrap()).stdout(File::open(site.write("in.envelope", &envelope)).unwrap());
    assert_eq!(command.status().unwrap().code(), Some(0), "{}", site.read("log"));
    assert_eq!(fs::read(site.path("envelope")).unwrap(), envelope);
    assert!(site.read("message").ends_with(PLAIN));
}

#[test]
fn profiles_see_the_recipients_of_the_envelope() {
    let site =
        Site::with("[profile.none]\npolicy.processed = { action = \"reject\" }\n[[match]]\nrecipient = \"eve@*\"\nprofile = \"none\"\n");
    assert_eq!(queue(&site, mailward(&site), PLAIN.as_bytes(), ENVELOPE, None).status, Some(31));
    assert_eq!(queue(&site, mailward(&site), PLAIN.as_bytes(), b"Fann@a\0Tbob@b\0\0", None).status, Some(0));
}
