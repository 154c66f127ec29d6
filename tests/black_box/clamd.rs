//! How clamd is talked to: by descriptor on a unix socket, else by stream, byte for byte as its protocol says.

use crate::harness::{Asked, Clamd, NOBODY, PLAIN, Site, infected, is_root};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;

fn asked(clamd: &Clamd, site: &Site, message: &[u8], by_file: bool) -> Vec<Asked> {
    site.configure(&format!("tag.header = \"\"\n{}", clamd.engine()));
    let call = if by_file { site.deliver().file(message) } else { site.deliver().pipe(message) };
    call.run().exits(0).is_silent().hands_on(message);
    clamd.asked()
}

/// The chunks that INSTREAM asks for, of 64 KiB.
fn chunked(message: &[u8]) -> Vec<u8> {
    let chunk = |chunk: &[u8]| [&u32::try_from(chunk.len()).unwrap().to_be_bytes(), chunk].concat();
    message.chunks(64 * 1024).flat_map(chunk).chain([0; 4]).collect()
}

fn messages() -> [Vec<u8>; 3] {
    let large = [b"Subject: x\n\n".as_slice(), &(0..50_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>()].concat();
    [PLAIN.into(), b"Subject: x\r\n\r\n\0\xff no end".to_vec(), large]
}

#[test]
fn on_a_unix_socket_the_descriptor_of_the_whole_message_is_passed() {
    for message in messages() {
        for by_file in [false, true] {
            let site = Site::new();
            let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: OK");
            // That the MDA gets the message too shows that clamd, which moves the offset, has one of its own.
            assert_eq!(asked(&clamd, &site, &message, by_file), [Asked::Descriptor(message.clone())]);
        }
    }
}

#[test]
fn what_clamd_gets_by_descriptor_it_cannot_change() {
    let site = Site::new();
    let clamd = Clamd::at(&site.path("clamd"), |talk| {
        talk.listen()?;
        talk.say(if talk.could_write { "fd[9]: It-Can FOUND\0" } else { "fd[9]: OK\0" })
    });
    site.configure(&clamd.engine());
    for call in [site.deliver().pipe(PLAIN), site.deliver().file(PLAIN)] {
        call.mda_script("cat >/dev/null").run().exits(0);
    }
    assert!(!site.read("log").contains("It-Can"), "{}", site.read("log"));
}

#[test]
fn where_the_descriptor_is_refused_the_message_is_streamed() {
    for message in messages() {
        let site = Site::new();
        let clamd = Clamd::at(&site.path("clamd"), |talk| match talk.listen()? {
            Asked::Stream(_) => talk.say("stream: OK\0"),
            _ => talk.say("fd[9]: Not a regular file. ERROR\0"),
        });
        let expected = [Asked::Descriptor(message.clone()), Asked::Stream(chunked(&message))];
        assert_eq!(asked(&clamd, &site, &message, false), expected);
    }
}

#[test]
fn a_file_that_we_may_not_open_again_is_streamed() {
    if !is_root() {
        return;
    }
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "stream: OK");
    site.configure(&format!("tag.header = \"\"\n{}", clamd.engine()));
    let program = site.open_to_all();
    for (name, mode) in [("clamd", 0o777), ("stdin", 0o600)] {
        let path = if name == "clamd" { site.path(name) } else { site.write(name, PLAIN) };
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }
    let call = site.deliver().program(&program).by_user(NOBODY).mda(["/bin/cat"]);
    call.given(File::open(site.path("stdin")).unwrap()).run().exits(0).says(PLAIN);
    assert_eq!(clamd.asked(), [Asked::Stream(chunked(PLAIN.as_bytes()))]);
}

#[test]
fn on_tcp_the_message_is_streamed_in_chunks() {
    for message in messages() {
        for by_file in [false, true] {
            let site = Site::new();
            let clamd = Clamd::on_tcp(|talk| talk.scan_and_say("stream: OK"));
            assert_eq!(asked(&clamd, &site, &message, by_file), [Asked::Stream(chunked(&message))]);
        }
    }
}

#[test]
fn what_it_finds_is_in_the_header_with_its_name() {
    let table = [
        ("fd[9]: Win.Test.EICAR_HDB-1 FOUND", "Win.Test.EICAR_HDB-1"),
        ("fd[9]: Eicar-Test-Signature(44d88612fea8a8f36de82e1278abb02f:68) FOUND", "Eicar-Test-Signature"),
        ("fd[9]: A name (with) spaces: and colons FOUND", "A name (with) spaces: and colons"),
        ("fd[9]: (null) FOUND", "(null)"),
        ("fd[9]: Quote\"; id=\"forged FOUND", "Quote'; id='forged"),
        ("fd[9]: \u{e9}\u{7f}\u{1b}[31m FOUND", "???[31m"),
    ];
    for (answer, name) in table {
        let site = Site::new();
        let clamd = Clamd::that_says(&site.path("clamd"), answer);
        site.configure(&format!("policy.infected = {{ action = \"accept\", treatment = \"tag\" }}\n{}", clamd.engine()));
        let ended = site.deliver().pipe(PLAIN).run();
        assert_eq!(ended.verdict(), format!("infected; engine=clamav; name=\"{name}\"; action=tag"), "{}", ended.context());
    }
}

#[test]
fn an_error_that_comes_while_we_still_stream_is_no_answer() {
    let site = Site::new();
    let clamd = Clamd::on_tcp(|talk| {
        talk.command()?;
        talk.say("INSTREAM size limit exceeded. ERROR\0")
    });
    site.configure(&clamd.engine());
    let message = [PLAIN.as_bytes(), &vec![b'x'; 20 << 20]].concat();
    site.deliver().pipe(&message).run().defers(75);
    // The reset that comes with closing early may overtake the answer.
    let log = site.read("log");
    assert!(log.contains("failed(error)") || log.contains("failed(closed)"), "{log}");
}

#[test]
fn a_virus_is_found_and_clean_is_not_believed_while_we_still_stream() {
    for (answer, expected) in [("stream: Early FOUND", "infected"), ("stream: OK", "unscanned")] {
        let site = Site::new();
        let clamd = Clamd::on_tcp(move |talk| {
            talk.command()?;
            talk.say(&format!("{answer}\0"))
        });
        let keys = "policy.infected = { action = \"accept\" }\npolicy.unscanned = { action = \"accept\" }\nlimits.message_size = \"100M\"";
        site.configure(&format!("{keys}\n{}", clamd.engine_with("retry = \"0s\"")));
        let message = [PLAIN.as_bytes(), &vec![b'x'; 20 << 20]].concat();
        let verdict = site.deliver().pipe(&message).run().verdict();
        // The reset that comes with closing early may overtake the answer; it never makes it clean.
        assert!(verdict.starts_with(expected) || verdict.starts_with("unscanned"), "{answer}: {verdict}");
    }
}

#[test]
fn an_empty_message_is_not_asked_about() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: OK");
    assert!(asked(&clamd, &site, b"", false).is_empty());
}

#[test]
fn its_version_is_written_down_beside_what_is_kept() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: Eicar FOUND");
    site.configure(&clamd.engine());
    site.deliver().pipe(infected()).run().exits(0);
    let record = site.read(&format!("quarantine/records/{}.json", site.id()));
    assert!(record.contains("ClamAV 1.4.3/27000/Mon Jan  1 00:00:00 2024"), "{record}");
    assert!(clamd.asked().contains(&Asked::Version));
}
