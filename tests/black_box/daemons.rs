//! How the daemons of other scanners are talked to, byte for byte, what their answers come to, and that no fault of theirs is clean.

use crate::harness::{PLAIN, Site, until};
use crate::scripted::{Fake, Talk};
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// One protocol.
struct Spoken {
    protocol: &'static str,
    /// What the daemon says first.
    greeting: &'static str,
    /// What is asked, piece by piece, and what the daemon says to each but the last. `{file}` stands for the path, `{message}` for the
    /// message, `{size}` for its size, `{base64}` for it under base64 and `{length}` for the length of what follows the header.
    asked: &'static [(&'static str, &'static str)],
    /// The answer to the last.
    clean: &'static [u8],
    infected: &'static [u8],
    name: &'static str,
    /// What is said in the end.
    bye: &'static str,
}

const SPOKEN: [Spoken; 12] = [
    Spoken {
        protocol: "sophie",
        greeting: "",
        asked: &[("{file}\n", "")],
        clean: b"0\n",
        infected: b"1:EICAR-AV-Test\n",
        name: "EICAR-AV-Test",
        bye: "",
    },
    Spoken {
        protocol: "kavdaemon",
        greeting: "",
        asked: &[("<0>{date}:{file}\0", "")],
        clean: b"\x00\x00",
        infected: b"\x04\x01\x1a\x00\x00\x00/x infected: EICAR-Test\r\n\0",
        name: "EICAR-Test",
        bye: "",
    },
    Spoken {
        protocol: "aveserver",
        greeting: "201 ready\r\n",
        asked: &[("SCAN bPQRSTUW {file}\r\n", "")],
        clean: b"220 OK\r\n",
        infected: b"322 EICAR-Test-File /x\r\n",
        name: "EICAR-Test-File",
        bye: "quit\r\n",
    },
    Spoken {
        protocol: "fprotd",
        greeting: "",
        asked: &[("GET {file}?-dumb%20-archive%20-packed HTTP/1.0\r\n\r\n", "")],
        clean: b"HTTP/1.0 200 OK\r\n\r\n<fprot><summary code=\"0\">clean</summary>",
        infected: b"<detected type=\"virus\"><name>EICAR_Test_File</name></detected><summary code=\"11\">infected</summary>",
        name: "EICAR_Test_File",
        bye: "",
    },
    Spoken {
        protocol: "fpscand",
        greeting: "",
        asked: &[("SCAN --scanlevel=2 --archive=2 --heurlevel=2 FILE {file}\n", "")],
        clean: b"0 <clean> /x\n",
        infected: b"1 <infected: EICAR_Test_File (exact)> /x\n",
        name: "EICAR_Test_File (exact)",
        bye: "QUIT\n",
    },
    Spoken {
        protocol: "drwebd",
        greeting: "",
        asked: &[("\0\0\0\x01\0\x28\0\x01\0\0\0\0{big-endian}{message}", "")],
        clean: b"\x00\x10\x00\x00\x00\x00\x00\x00",
        infected: b"\x00\x00\x00\x20\x00\x00\x00\x01\x00\x00\x00\x17/x infected with Eicar\x00",
        name: "Eicar",
        bye: "",
    },
    Spoken {
        protocol: "fsavd",
        greeting: "",
        asked: &[
            ("CONFIGURE\tARCHIVE\t1\n", "OK\tServer configured.\n"),
            ("CONFIGURE\tTIMEOUT\t0\n", "OK\tServer configured.\n"),
            ("CONFIGURE\tMAXARCH\t5\n", "OK\tServer configured.\n"),
            ("CONFIGURE\tMIME\t1\n", "OK\tServer configured.\n"),
            ("SCAN\t{file}\n", ""),
        ],
        clean: b"OK\tScan ok.\n",
        infected: b"INFECTED\t/x\tEICAR_Test_File\tFSE\nOK\tScan ok.\n",
        name: "EICAR_Test_File",
        bye: "",
    },
    Spoken {
        protocol: "avast",
        greeting: "220 Welcome\r\n",
        asked: &[("SCAN {file}\r\n", "")],
        clean: b"210 SCAN DATA\r\nSCAN /x\t[+]0.0\r\n200 SCAN OK\r\n",
        infected: b"210 SCAN DATA\r\nSCAN /x\t[L]0.0\t0 EICAR\\ Test-NOT\\ virus!!!\r\n200 SCAN OK\r\n",
        name: "EICAR Test-NOT virus!!!",
        bye: "QUIT\r\n",
    },
    Spoken {
        protocol: "sssp",
        greeting: "OK SSSP/1.0\r\n",
        asked: &[("SSSP/1.0\nSCANDATA {size}\n{message}", "")],
        clean: b"ACC 1/1\r\nDONE OK 0000 The function call succeeded\r\n\r\n",
        infected: b"ACC 1/1\r\nVIRUS EICAR-AV-Test /x\r\nDONE OK 0203 Virus found\r\n\r\n",
        name: "EICAR-AV-Test",
        bye: "BYE\n",
    },
    Spoken {
        protocol: "savapi",
        greeting: "100 SAVAPI:4.0\n",
        asked: &[("SET PRODUCT 0\n", "100 PRODUCT:0\n"), ("SCAN {file}\n", "")],
        clean: b"200 CLEAN\n",
        infected: b"310 /x <<< Eicar-Test-Signature ; virus ; Contains code\n319\n",
        name: "Eicar-Test-Signature",
        bye: "QUIT\n",
    },
    Spoken {
        protocol: "symantec",
        greeting: "220 Symantec Scan Engine ready.\r\n2\r\n",
        asked: &[("Version2\nAVSCAN\nmail.eml\n{size}\n{message}", "")],
        clean: b"230 File scanned.\r\n0\r\n",
        infected: b"230 File scanned.\r\n1\r\n20260101\r\n3\r\n1\r\nmail.eml\r\nEICAR Test String\r\n11101\r\n0\r\n",
        name: "EICAR Test String",
        bye: "",
    },
    Spoken {
        protocol: "kaspersky",
        greeting: "",
        asked: &[(
            "POST /api/v3.0/scanmemory HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/octet-stream\r\n\
             Content-Length: {length}\r\n\r\n{\"timeout\":\"1000\",\"object\":\"{base64}\"}",
            "",
        )],
        clean: b"HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{\"scanResult\": \"CLEAN\"}\n ",
        infected: b"HTTP/1.1 200 OK\r\nContent-Length: 49\r\n\r\n{\"scanResult\":\"DETECT\",\"detectionName\":\"EICAR\"}  ",
        name: "EICAR",
        bye: "",
    },
];

/// What is not known before: where the file is, and when.
fn masked(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(at) = text.find("/mailward-") {
        let before = text[..at].rfind(['\n', ' ', '\t', ':']).unwrap_or_default();
        let start = before + text[before..].find('/').unwrap();
        let end = start + text[start..].find(['\n', '\r', '?', '\0', ' ']).unwrap();
        let name = text[start..end].rsplit('/').next().unwrap();
        assert!(name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{text}");
        text.replace_range(start..end, "{file}");
    }
    match text.strip_prefix("<0>") {
        Some(rest) => format!("<0>{{date}}{}", &rest["01 Jan 00:00:00".len()..]),
        None => text,
    }
}

impl Spoken {
    /// All that it is sent, with the message in it.
    fn whole(&self) -> String {
        let asked: String = self.asked.iter().map(|(words, _)| *words).collect();
        let size = u32::try_from(PLAIN.len()).unwrap();
        let base64 = crate::harness::base64(PLAIN.as_bytes());
        let length = "{\"timeout\":\"1000\",\"object\":\"\"}".len() + base64.len();
        let numbers = asked.replace("{size}", &size.to_string()).replace("{length}", &length.to_string());
        let binary = numbers.replace("{big-endian}", std::str::from_utf8(&size.to_be_bytes()).unwrap());
        binary.replace("{message}", PLAIN).replace("{base64}", &base64)
    }

    /// How the piece that is asked so ends.
    fn end(words: &str) -> String {
        let tail = words.rsplit('}').next().unwrap_or_default();
        match words {
            _ if words.ends_with("{message}") => PLAIN[PLAIN.len() - 10..].to_owned(),
            _ if tail.is_empty() => "\"}".to_owned(),
            _ => tail.to_owned(),
        }
    }

    /// Listens to the end of the question.
    fn hear(&self, talk: &mut Talk) -> io::Result<()> {
        talk.say(self.greeting)?;
        for (words, answer) in self.asked {
            talk.until(&Self::end(words))?;
            talk.say(answer)?;
        }
        Ok(())
    }

    fn keys(&self) -> String {
        format!("kind = \"daemon\"\nprotocol = \"{}\"\n", self.protocol)
    }
}

#[test]
fn each_is_asked_in_its_own_words_and_tells_its_own_names() {
    for spoken in &SPOKEN {
        println!("{}", spoken.protocol);
        let infected = format!("infected; engine=fake; name=\"{}\"; action=tag", spoken.name.replace('"', "'"));
        for (answer, verdict) in [(spoken.clean, "clean"), (spoken.infected, infected.as_str())] {
            let site = Site::new();
            let serve = move |talk: &mut Talk| {
                spoken.hear(talk)?;
                talk.say(answer)?;
                // f-protd ends its answer so.
                if spoken.protocol == "fprotd" { Ok(()) } else { talk.hold() }
            };
            let fake = if spoken.protocol == "sophie" { Fake::at(&site.path("daemon"), serve) } else { Fake::on_tcp(serve) };
            let policy = "policy.infected = { action = \"accept\", treatment = \"tag\" }\n";
            site.configure(&format!("{policy}{}", fake.engine(&spoken.keys())));
            assert_eq!(site.deliver().pipe(PLAIN).run().exits(0).verdict(), verdict, "{}", spoken.protocol);
            let expected = format!("{}{}", spoken.whole(), spoken.bye);
            until("the farewell was heard", || fake.texts()[0].ends_with(spoken.bye));
            assert_eq!(fake.texts().iter().map(|text| masked(text)).collect::<Vec<_>>(), [expected], "{}", spoken.protocol);
        }
    }
}

#[test]
fn no_fault_is_ever_clean() {
    thread::scope(|scope| {
        for spoken in &SPOKEN {
            scope.spawn(move || faults(spoken));
        }
    });
}

/// What goes wrong, and the words for it.
fn faults(spoken: &'static Spoken) {
    const GARBAGE: &str = "\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\n";
    let cut_off = &spoken.clean[..spoken.clean.len() - if spoken.protocol == "kavdaemon" { 1 } else { 2 }];
    fails(spoken, "closes at once", &["closed"], |_| Ok(()));
    fails(spoken, "reads and never answers", &["timeout"], Talk::hold);
    fails(spoken, "says garbage at once", &["unknown-answer", "error", "closed"], |talk| talk.say(GARBAGE));
    fails(spoken, "never answers the question", &["timeout"], |talk| spoken.hear(talk).and_then(|()| talk.hold()));
    fails(spoken, "closes without an answer", &["closed"], |talk| spoken.hear(talk));
    fails(spoken, "answers garbage", &["unknown-answer", "error"], |talk| spoken.hear(talk).and_then(|()| talk.say(GARBAGE)));
    fails(spoken, "answers empty lines", &["unknown-answer", "error", "closed"], |talk| {
        spoken.hear(talk).and_then(|()| talk.say("\r\n\r\n"))
    });
    fails(spoken, "is cut off", &["unknown-answer", "closed"], move |talk| spoken.hear(talk).and_then(|()| talk.say(cut_off)));
    fails(spoken, "never ends", &["unknown-answer", "error"], |talk| spoken.hear(talk).and_then(|()| talk.flood("\u{1}")));
}

fn fails(spoken: &'static Spoken, fault: &str, words: &[&str], serve: impl Fn(&mut Talk) -> io::Result<()> + Send + Sync + 'static) {
    let fake = Fake::on_tcp(serve);
    let site = Site::with(&fake.engine(&spoken.keys()));
    let ended = site.deliver().pipe(PLAIN).run();
    let context = || format!("{} {fault}{}", spoken.protocol, ended.context());
    assert!(ended.code() == 75 && site.delivered().is_empty(), "{}", context());
    assert!(ended.took < Duration::from_secs(8), "took {:?}: {}", ended.took, context());
    let log = site.read("log");
    assert!(words.iter().any(|word| log.contains(&format!(" class=unscanned name={word} action=defer "))), "{words:?} {}", context());
}

#[test]
fn lines_that_say_nothing_do_not_keep_us() {
    for (protocol, line) in [("sssp", "EVENT FILE /x\r\n"), ("savapi", "199 x\n"), ("avast", "SCAN /x\t[+]0.0\r\n")] {
        let spoken = SPOKEN.iter().find(|spoken| spoken.protocol == protocol).unwrap();
        fails(spoken, "says nothing again and again", &["unknown-answer"], move |talk| spoken.hear(talk).and_then(|()| talk.flood(line)));
    }
}

#[test]
fn what_a_daemon_says_that_it_could_not_do_is_unscanned_or_of_its_class() {
    let table: [(&str, &[u8], &str); 12] = [
        ("sophie", b"-1:cannot open\n", "class=unscanned name=error"),
        ("kavdaemon", b"\x01\x00", "class=unscanned name=error"),
        ("kavdaemon", b"\x08\x00", "class=unscanned name=error"),
        ("aveserver", b"530 cannot open\r\n", "class=unscanned name=error"),
        ("fpscand", b"64 <encrypted> /x\n", "class=unscanned name=error"),
        ("drwebd", b"\x00\x10\x10\x00\x00\x00\x00\x00", "class=unscanned name=error"),
        ("fsavd", b"ERROR\tno memory\n", "class=unscanned name=error"),
        ("avast", b"SCAN /x\t[E]13.0\tError\r\n200 SCAN OK\r\n", "class=unscanned name=error"),
        ("avast", b"200 SCAN OK\r\n", "class=unscanned name=unknown-answer"),
        ("sssp", b"ACC 1\r\nDONE FAIL 0212 Encrypted\r\n\r\n", "class=encrypted name=encrypted"),
        ("savapi", b"350 not scanned\n", "class=unscanned name=error"),
        ("symantec", b"539 Aborted - no antivirus scanning license.\r\n", "class=unscanned name=error"),
    ];
    for (protocol, answer, expected) in table {
        let spoken = SPOKEN.iter().find(|spoken| spoken.protocol == protocol).unwrap();
        let fake = Fake::on_tcp(move |talk| spoken.hear(talk).and_then(|()| talk.say(answer)).and_then(|()| talk.hold()));
        let site = Site::with(&fake.engine(&spoken.keys()));
        let ended = site.deliver().pipe(PLAIN).run();
        assert!(site.read("log").contains(expected), "{protocol} {expected}{}", ended.context());
    }
}

#[test]
fn a_daemon_of_another_user_can_read_the_file_and_it_is_gone_afterwards() {
    let site = Site::new();
    let fake = Fake::at(&site.path("daemon"), |talk| {
        let path = String::from_utf8(talk.until("\n")?).unwrap();
        let path = Path::new(path.trim_end());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let is_so = fs::read(path)? == PLAIN.as_bytes() && (mode(path), mode(path.parent().unwrap())) == (0o644, 0o711);
        talk.say(if is_so { "0\n" } else { "-1:not as expected\n" })
    });
    site.configure(&fake.engine("kind = \"daemon\"\nprotocol = \"sophie\"\n"));
    // The umask of the MTA does not count.
    assert_eq!(site.deliver().pipe(PLAIN).behind("umask 077").run().exits(0).verdict(), "clean");
    let sent = fake.texts().concat();
    assert!(!Path::new(sent.trim_end()).exists() && site.names("tmp").is_empty(), "{sent}");
}

#[test]
fn each_view_is_asked_about_on_a_connection_of_its_own() {
    let twice = "Subject: x\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: quoted-printable\n\nYT1iYz1kZWY9\n";
    let fake = Fake::on_tcp(|talk| {
        talk.say("OK SSSP/1.0\r\n")?;
        talk.until("SCANDATA ")?;
        let size = String::from_utf8(talk.until("\n")?).unwrap();
        let data = talk.exactly(size.trim().parse().unwrap())?;
        talk.say(if data == b"a=bc=def=" { "VIRUS Hidden /x\r\n" } else { "DONE OK 0000 x\r\n\r\n" })?;
        talk.hold()
    });
    let policy = "policy.infected = { action = \"accept\", treatment = \"tag\" }\n";
    let site = Site::with(&format!("{policy}{}", fake.engine("kind = \"daemon\"\nprotocol = \"sssp\"\n")));
    let ended = site.deliver().pipe(twice).run();
    assert!(ended.verdict().starts_with("infected; engine=fake; name=\"Hidden\""), "{}", ended.context());
}

#[test]
fn nothing_is_kept_of_a_daemon_and_its_greeting_is_all_that_it_tells() {
    let site = Site::with("[[engine]]\npreset = \"savdi\"\ncache = \"1h\"\n");
    site.command("check").run().exits(1).mentions(&["it does not tell which signatures it has"]);
    for (protocol, expected) in [("sssp", "OK SSSP/1.0"), ("sophie", "engine fake: sophie;")] {
        let spoken = SPOKEN.iter().find(|spoken| spoken.protocol == protocol).unwrap();
        let fake = Fake::on_tcp(|talk| spoken.hear(talk).and_then(|()| talk.say(spoken.infected)));
        let site = Site::with(&fake.engine(&spoken.keys()));
        site.command("check").word("--live").run().mentions(&[expected]);
    }
}
