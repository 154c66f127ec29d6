//! A real clamd, with the test string as its one signature: what it finds in a message, and what it finds by mailward's views and field.
//!
//! The test string stands behind other words, so that mailward's own look, which wants it first, does not answer for clamd.

use crate::harness::{Site, base64, eicar, run_helper, until};
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = "/usr/sbin/clamd";
const REQUIRE: &str = "MAILWARD_REQUIRE_MTA";
const ACCEPTING: &str = "policy.infected = { action = \"accept\" }\npolicy.ambiguous = { action = \"accept\" }\n";

struct RealClamd {
    child: Child,
    socket: PathBuf,
    port: u16,
}

impl RealClamd {
    /// Starts one in the folder of the site, and waits until it answers. Without the program there is none, and that is said.
    fn start(site: &Site, settings: &str) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            assert!(std::env::var_os(REQUIRE).is_none(), "{REQUIRE} is set, but {PROGRAM} is not installed");
            // Not eprintln!: the test harness would keep it to itself.
            let _ = writeln!(io::stderr(), "a test of tests/black_box skipped: {PROGRAM} is not installed");
            return None;
        }
        let (socket, port, folder) = (site.path("clamd.sock"), free_port(), site.path("").display().to_string());
        let hex: String = eicar().bytes().map(|byte| format!("{byte:02x}")).collect();
        site.write("signature.ndb", format!("Test.Eicar:0:*:{hex}\n"));
        let configuration = format!(
            "Foreground yes\nDatabaseDirectory {folder}\nTemporaryDirectory {folder}/tmp\nLocalSocket {}\nTCPAddr 127.0.0.1\nTCPSocket {port}\n\
             DisableCache yes\nSelfCheck 0\n{settings}",
            socket.display()
        );
        // A copy: AppArmor binds Debian's profile, which knows nothing of this folder, to the path of the original.
        run_helper("install", [Path::new("--mode=755"), Path::new(PROGRAM), &site.path("real-clamd")]);
        let output = File::create(site.path("clamd.out")).unwrap();
        let mut command = Command::new(site.path("real-clamd"));
        command.arg("--config-file").arg(site.write("clamd.conf", configuration));
        command.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        let mut clamd = Self { child: command.spawn().unwrap(), socket, port };
        until("clamd answers", || {
            assert!(clamd.child.try_wait().unwrap().is_none(), "{}", site.read("clamd.out"));
            clamd.ask(b"zPING\0") == "PONG\0" && TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Some(clamd)
    }

    /// By descriptor, and by stream.
    fn addresses(&self) -> [String; 2] {
        [format!("unix:{}", self.socket.display()), format!("tcp:127.0.0.1:{}", self.port)]
    }

    /// Whether it finds something in these bytes as they are, without mailward.
    fn finds(&self, bytes: &[u8]) -> bool {
        let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        let answer = self.ask(&[b"zINSTREAM\0", &length[..], bytes, &[0; 4]].concat());
        assert!(answer.ends_with("FOUND\0") || answer.ends_with("OK\0"), "{answer}");
        answer.ends_with("FOUND\0")
    }

    fn ask(&self, command: &[u8]) -> String {
        let mut answer = String::new();
        let asked = UnixStream::connect(&self.socket).and_then(|mut stream| {
            stream.write_all(command)?;
            stream.read_to_string(&mut answer)
        });
        asked.map(|_| answer).unwrap_or_default()
    }
}

impl Drop for RealClamd {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// What mailward says of it with that clamd at both of its addresses.
fn is_found(site: &Site, clamd: &RealClamd, keys: &str, message: &[u8]) {
    for address in clamd.addresses() {
        site.configure(&format!("{ACCEPTING}[[engine]]\nname = \"clamav\"\nkind = \"clamd\"\naddress = [{address:?}]\n{keys}"));
        let ended = site.command("explain").word("--json").pipe(message).run();
        let explained: serde_json::Value = serde_json::from_str(&ended.stdout()).unwrap();
        assert_eq!(explained["engines"][0]["verdict"], "Test.Eicar.UNOFFICIAL", "{address} {}", ended.context());
    }
}

fn hidden() -> String {
    base64(format!("some words, {}", eicar()).as_bytes())
}

fn in_base64(first: &[u8]) -> Vec<u8> {
    [first, b"X-More: y\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n", hidden().as_bytes(), b"\n"].concat()
}

/// A first field as long as needed, with `magic` at that place of the message.
fn disguised(place: usize, magic: &[u8]) -> Vec<u8> {
    let mut first = b"To: ".to_vec();
    first.resize(place, b'x');
    [first, magic.to_vec(), b"\n".to_vec()].concat()
}

/// What it does not take for the first line of a mail.
const FIRSTS: [&str; 22] = [
    "",
    "received: x\n",
    "RECEIVED: x\n",
    "Received:x\n",
    "Received:\tx\n",
    "Received : x\n",
    "subject: x\n",
    "from: x\n",
    "Cc: x\n",
    "Message-id: x\n",
    "DKIM-Signature: x\n",
    "X-Any: x\n",
    "Reply-To: x\n",
    "\u{feff}Subject: x\n",
    "\0Subject: x\n",
    "\nSubject: x\n",
    "MZ\n",
    "%PDF-1.4\n",
    "<html>\n",
    "#!/bin/sh\n",
    "BM: x\n",
    "--b\n",
];

#[test]
fn behind_a_field_that_it_knows_it_looks_into_what_it_would_have_passed_over() {
    let site = Site::new();
    let Some(clamd) = RealClamd::start(&site, "") else { return };
    assert!(clamd.finds(&in_base64(b"Received: x\n")), "it decodes a mail that it takes for one");
    let disguises = [(4, &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..]), (257, b"ustar"), (512, b"EFI PART")];
    let disguises = disguises.map(|(place, magic)| disguised(place, magic));
    for first in FIRSTS.map(|first| first.as_bytes().to_vec()).into_iter().chain(disguises) {
        let message = in_base64(&first);
        assert!(!clamd.finds(&message), "it has learned {}", String::from_utf8_lossy(&first));
        is_found(&site, &clamd, "", &message);
    }
    // To it a mailbox of two mails, of which the second has no header.
    let mailbox = format!(
        "From a@b Mon Jan  1 00:00:00 2024\nMIME-Version: 1.0\nSubject: x\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n\
         \nFrom x Mon\n\n{}\n",
        hidden()
    );
    assert!(!clamd.finds(mailbox.as_bytes()));
    is_found(&site, &clamd, "", mailbox.as_bytes());
}

#[test]
fn the_table_of_beginnings_is_its_own() {
    let site = Site::new();
    let Some(clamd) = RealClamd::start(&site, "") else { return };
    for first in [
        "Received: x",
        "Return-Path: <x>",
        "Return-path: <x>",
        "Delivered-To: x",
        "From x",
        ">From x",
        "X-Original-To: x",
        "Envelope-to: x",
        "Delivery-date: x",
        "Received-SPF: x",
        "X-Envelope-From: x",
        "From: x",
        "To: x",
        "Subject: x",
        "Date: x",
        "Message-ID: x",
        "Message-Id: x",
    ] {
        for line_end in ["\n", "\r\n"] {
            let message = String::from_utf8(in_base64(format!("{first}\n").as_bytes())).unwrap().replace('\n', line_end);
            assert!(clamd.finds(message.as_bytes()), "{first}{line_end:?}");
        }
    }
}

#[test]
fn the_views_reach_it() {
    let site = Site::new();
    let Some(clamd) = RealClamd::start(&site, "") else { return };
    // Its base64 ends at the first padding; that of readers goes on.
    let padded = format!("{}{}", base64(b"x"), hidden());
    for fields in [
        "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit",
        "Content-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: base64",
        "Content-Type: text/plain\nContent-Type: image/png\nContent-Transfer-Encoding: base64",
    ] {
        let message =
            format!("From: a@b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n{fields}\n\n{padded}\n--b--\n");
        assert!(!clamd.finds(message.as_bytes()), "it has learned {fields}");
        is_found(&site, &clamd, "", message.as_bytes());
    }
}

#[test]
fn with_parts_it_finds_what_is_encoded_also_with_its_own_look_at_mail_switched_off() {
    let site = Site::new();
    let Some(clamd) = RealClamd::start(&site, "ScanMail no\n") else { return };
    let message = in_base64(b"Received: x\n");
    assert!(!clamd.finds(&message));
    is_found(&site, &clamd, "input = \"parts\"\n", &message);
}

#[test]
fn what_it_does_not_come_to_by_itself_reaches_it_as_views() {
    let site = Site::new();
    let Some(clamd) = RealClamd::start(&site, "") else { return };
    let inner = String::from_utf8(in_base64(b"X-Any: x\n")).unwrap();
    let forwarded =
        format!("Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n");
    let open = |level: u64| format!("Content-Type: multipart/mixed; boundary=b{level}b\n\n--b{level}b\n");
    let deep = |levels: u64| {
        format!("Subject: x\n{}Content-Transfer-Encoding: base64\n\n{}\n", (0..levels).map(open).collect::<String>(), hidden())
    };
    assert!(clamd.finds(deep(12).as_bytes()), "it decodes what is not too deep");
    for message in [forwarded, deep(20), deep(60)] {
        assert!(!clamd.finds(message.as_bytes()), "it has learned {message}");
        is_found(&site, &clamd, "", message.as_bytes());
    }
}
