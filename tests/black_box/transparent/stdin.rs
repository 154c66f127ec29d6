//! The one attribute that is promised to differ: stdin is the message in a file that can be sought in, at its beginning, whatever our
//! caller has given us.

use super::parent::{self, Start};
use super::{Attributes, attributes, site};
use crate::harness::{PLAIN, Site};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};

/// What of the attributes is about stdin.
const OF_STDIN: [&str; 3] = ["open descriptors", "/proc/self/fdinfo/0", "bytes of the message"];

fn without_stdin(mut attributes: Attributes) -> Attributes {
    attributes.retain(|name, _| !OF_STDIN.contains(&name.as_str()));
    attributes
}

/// Kind, size, offset and bytes, as `stat`, `head` and `cat` see them.
fn told(mailward: &[OsString], stdin: impl Fn() -> Stdio) -> [String; 3] {
    let say = |words: &[&str]| {
        let mut command = Command::new(&mailward[0]);
        let ended = command.args(&mailward[1..]).args(words).stdin(stdin()).output().unwrap();
        assert!(ended.status.success(), "{words:?}: {ended:?}");
        String::from_utf8(ended.stdout).unwrap()
    };
    [say(&["stat", "-L", "-c", "%F", "/proc/self/fd/0"]), say(&["head", "-n1", "/proc/self/fdinfo/0"]), say(&["cat"])]
}

#[test]
fn whatever_it_was_it_is_a_file_at_its_beginning_that_holds_the_message() {
    for config in ["", "tag.header = \"\""] {
        let (site, mailward) = site(config);
        let field = if config.is_empty() { "X-Mailward: clean\n" } else { "" };
        let expected = ["regular file\n".to_owned(), "pos:\t0\n".to_owned(), format!("{field}{PLAIN}")];
        let file = site.write("behind", format!("an envelope\n{PLAIN}"));
        assert_eq!(told(&mailward, || File::open(site.path("message")).unwrap().into()), expected, "a file");
        assert_eq!(told(&mailward, || at(&file, 12).into()), expected, "the middle of a file");
        assert_eq!(told(&mailward, || pipe().into()), expected, "a pipe");
        assert_eq!(told(&mailward, || std::os::fd::OwnedFd::from(socket()).into()), expected, "a socket");
    }
}

#[test]
fn a_file_in_which_nothing_changes_is_the_very_file_with_the_very_offset() {
    let (site, mailward) = site("tag.header = \"\"");
    let identity = |before: &[OsString]| {
        let words = ["/usr/bin/stat", "-L", "-c", "%d %i %f %s", "/proc/self/fd/0"].map(OsStr::new);
        parent::start(&site, Start::Shell("exec \"$@\""), before, &words)
    };
    assert_eq!(identity(&mailward), identity(&[]));
    // One open file with the caller: what the MDA has read, the caller has.
    let mut shared = File::open(site.path("message")).unwrap();
    let mut command = Command::new(&mailward[0]);
    command.args(&mailward[1..]).args(["head", "-c", "7"]).stdin(shared.try_clone().unwrap()).stdout(Stdio::null());
    assert!(command.status().unwrap().success());
    assert_ne!(shared.stream_position().unwrap(), 0);
}

#[test]
fn the_callers_file_is_left_as_it_is_when_the_mda_gets_another() {
    let (site, mailward) = site("");
    let before = fs::metadata(site.path("message")).unwrap();
    told(&mailward, || File::open(site.path("message")).unwrap().into());
    let after = fs::metadata(site.path("message")).unwrap();
    assert_eq!((before.ino(), before.size(), before.mtime_nsec()), (after.ino(), after.size(), after.mtime_nsec()));
}

#[test]
fn all_else_is_the_same_when_the_mda_gets_another_file() {
    let (site, mailward) = site("");
    let state = Start::Shell("umask 027; ulimit -n 200; exec env --ignore-signal=HUP,PIPE --block-signal=USR2,ALRM nice -n 5 \"$@\"");
    let (direct, behind) = (attributes(&site, state, &[]), attributes(&site, state, &mailward));
    assert_ne!(direct["bytes of the message"], behind["bytes of the message"]);
    super::ensure_same("the message is tagged", &without_stdin(direct), &without_stdin(behind));
}

#[test]
fn a_closed_stdin_is_no_message() {
    let site = Site::new();
    site.deliver().behind("exec <&-").run().defers(75);
}

fn at(path: &std::path::Path, offset: u64) -> File {
    let mut file = File::open(path).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file
}

/// The message is small enough for a pipe that nobody reads yet.
fn pipe() -> std::io::PipeReader {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(PLAIN.as_bytes()).unwrap();
    reader
}

fn socket() -> std::os::unix::net::UnixStream {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    (&ours).write_all(PLAIN.as_bytes()).unwrap();
    theirs
}
