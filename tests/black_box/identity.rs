//! A byte that nobody meant to change does not change: by pipe and by file, whatever the bytes are.

use crate::harness::{PLAIN, Site, until, with_crlf};
use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

/// A short name and a message; `^` marks where our field belongs.
fn messages() -> Vec<(&'static str, Vec<u8>)> {
    let crlf = with_crlf(PLAIN);
    vec![
        ("LF", [b"^".as_slice(), PLAIN.as_bytes()].concat()),
        ("CRLF", [b"^".as_slice(), crlf.as_bytes()].concat()),
        ("LF then CRLF", b"^Subject: x\nTo: a@b\r\n\r\nbody\nbody\r\n".to_vec()),
        ("CRLF then LF", b"^Subject: x\r\nTo: a@b\n\nbody\r\nbody\n".to_vec()),
        ("bare CR", b"^Subject: x\rY: z\n\na\rb\r\r\n".to_vec()),
        ("mailbox line", b"From a@b Mon Jan  1 00:00:00 2024\n^Subject: x\n\nFrom the body\n".to_vec()),
        ("mailbox line, CRLF", b"From a@b Mon Jan  1 00:00:00 2024\r\n^Subject: x\r\n\r\nbody\r\n".to_vec()),
        ("NUL", b"^Subject: a\0b\n\nx\0y\0\0\n".to_vec()),
        ("8-bit", b"^Subject: \xff\xfe\x80\n\n\xe9\xff\x00\x80\n".to_vec()),
        ("no final newline", b"^Subject: x\n\nbody".to_vec()),
        ("no final newline, CRLF", b"^Subject: x\r\n\r\nbody".to_vec()),
        ("header only", b"^Subject: x\n\n".to_vec()),
        ("header without its blank line", b"^Subject: x\n".to_vec()),
        ("header without its line end", b"^Subject: x".to_vec()),
        ("a long line", [b"^Subject: x\n\n".as_slice(), &[b'y'; 200_000], b"\n"].concat()),
        ("two blank lines at the end", b"^Subject: x\n\nbody\n\n\n".to_vec()),
        ("dots", b"^Subject: x\n\n.\n..\n.".to_vec()),
        ("no header", b"^\nbody\n".to_vec()),
        ("empty", Vec::new()),
    ]
}

fn without_mark(message: &[u8]) -> Vec<u8> {
    message.iter().copied().filter(|byte| *byte != b'^').collect()
}

/// With our field at the mark, in the line end of the first line.
fn tagged(message: &[u8]) -> Vec<u8> {
    let first_end = message.iter().position(|byte| *byte == b'\n').unwrap_or_default();
    let is_crlf = first_end > 0 && message[first_end - 1] == b'\r';
    let field: &[u8] = if is_crlf { b"X-Mailward: clean\r\n" } else { b"X-Mailward: clean\n" };
    let Some(at) = message.iter().position(|byte| *byte == b'^') else { return message.to_vec() };
    [&message[..at], field, &message[at + 1..]].concat()
}

#[test]
fn without_a_tag_no_byte_changes_by_pipe_or_by_file() {
    for (name, marked) in messages() {
        let message = without_mark(&marked);
        for by_file in [false, true] {
            let site = Site::with("tag.header = \"\"");
            let call = if by_file { site.deliver().file(&message) } else { site.deliver().pipe(&message) };
            println!("{name}, by file: {by_file}");
            call.run().exits(0).is_silent().hands_on(&message);
        }
    }
}

#[test]
fn with_a_tag_only_our_field_is_added() {
    for (name, marked) in messages() {
        for by_file in [false, true] {
            let site = Site::new();
            let message = without_mark(&marked);
            let call = if by_file { site.deliver().file(&message) } else { site.deliver().pipe(&message) };
            println!("{name}, by file: {by_file}");
            call.run().exits(0).is_silent().hands_on(tagged(&marked));
        }
    }
}

#[test]
fn a_message_that_comes_byte_by_byte_is_read_to_its_end_and_gets_its_own_line_ends() {
    for (message, end) in [(PLAIN.to_owned(), "\n"), (with_crlf(PLAIN), "\r\n")] {
        let site = Site::new();
        let bytes = message.clone().into_bytes();
        let call = site.deliver().feed(move |mut pipe| bytes.iter().for_each(|byte| pipe.write_all(&[*byte]).unwrap()));
        call.run().exits(0).hands_on(format!("X-Mailward: clean{end}{message}"));
    }
}

#[test]
fn a_pipe_that_the_caller_left_in_non_blocking_mode_is_waited_for() {
    let site = Site::with("tag.header = \"\"");
    let (reader, mut writer) = std::io::pipe().unwrap();
    rustix::fs::fcntl_setfl(&reader, rustix::fs::OFlags::NONBLOCK).unwrap();
    let started = site.deliver().given(File::from(OwnedFd::from(reader))).start();
    // From here on it reads, and there is nothing yet.
    started.until_guarded();
    let (one, two) = PLAIN.split_at(20);
    writer.write_all(one.as_bytes()).unwrap();
    until("the first piece is taken", || rustix::io::ioctl_fionread(&writer).unwrap() == 0);
    writer.write_all(two.as_bytes()).unwrap();
    drop(writer);
    started.wait().exits(0).hands_on(PLAIN);
}

#[test]
fn a_message_on_a_socket_is_read_to_its_end() {
    let site = Site::new();
    let (near, mut far) = UnixStream::pair().unwrap();
    let started = site.deliver().given(File::from(OwnedFd::from(near))).start();
    far.write_all(PLAIN.as_bytes()).unwrap();
    drop(far);
    started.wait().exits(0).hands_on(format!("X-Mailward: clean\n{PLAIN}"));
}

#[test]
fn a_message_of_many_megabytes_passes_a_pipe_whole() {
    let site = Site::with("tag.header = \"\"");
    let message: Vec<u8> = b"Subject: x\n\n".iter().copied().chain((0..3_000_000_u32).flat_map(u32::to_le_bytes)).collect();
    site.deliver().pipe(&message).run().exits(0).hands_on(&message);
}

#[test]
fn what_looks_like_mime_and_is_not_passes_as_it_is() {
    let table = [
        "Content-Type: multipart/mixed; boundary=b\n\nno delimiter at all\n",
        "Content-Type: multipart/mixed\n\n--b\n\nno boundary\n--b--\n",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nnever closed",
        "Content-Type: multipart/mixed; boundary=b\n\n--b--\nepilogue\n--b\nmore\n",
        "Content-Type: multipart/mixed; boundary=b\n\n--b",
        "Content-Transfer-Encoding: base64\n\n!!!not base64!!!\n",
        "Content-Transfer-Encoding: x-unknown\n\nbegin 644 x\n",
        "Content-Type: message/rfc822\n\n",
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nZm9v\n",
        ": no name\n\nbody\n",
        " a fold that continues nothing\nSubject: x\n\nbody\n",
    ];
    for message in table {
        for message in [message.to_owned(), with_crlf(message)] {
            let site = Site::with("tag.header = \"\"\npolicy.ambiguous = { action = \"accept\" }");
            site.deliver().pipe(&message).run().exits(0).hands_on(&message);
        }
    }
}
