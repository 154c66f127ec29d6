//! Tables of answers, whole and broken, and the bytes of a request.

use super::*;
use crate::config::{Address, Engine};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A server that treats its one connection so.
fn server<T: Send + 'static>(serve: impl FnOnce(TcpStream) -> T + Send + 'static) -> (Wire, JoinHandle<T>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = Address::Tcp(listener.local_addr().unwrap().to_string());
    let serving = thread::spawn(move || serve(listener.accept().unwrap().0));
    (Wire::open(&Engine::default(), &address, Instant::now() + Duration::from_secs(20)).unwrap(), serving)
}

/// All that one request is, up to its end.
fn request_of(stream: &mut TcpStream, end: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    while !all.ends_with(end) {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        all.push(byte[0]);
    }
    all
}

fn get() -> Request<'static> {
    Request { method: "GET", path: "/x", fields: &[], body: b"" }
}

/// What we make of an answer that comes in two pieces, broken at `at`.
fn answer_in_pieces(bytes: &[u8], at: usize) -> Result<Answer, Trouble> {
    let bytes = bytes.to_vec();
    let (mut wire, serving) = server(move |mut stream| {
        request_of(&mut stream, b"\r\n\r\n");
        stream.set_nodelay(true).unwrap();
        let (one, other) = bytes.split_at(at.min(bytes.len()));
        // Who has heard enough closes.
        let _ = stream.write_all(one).and_then(|()| stream.write_all(other));
    });
    let answer = exchange(&mut wire, &get());
    drop(wire);
    serving.join().unwrap();
    answer
}

fn answer_to(bytes: &str) -> Result<Answer, Trouble> {
    answer_in_pieces(bytes.as_bytes(), bytes.len())
}

#[test]
fn a_whole_answer_is_its_status_its_fields_and_its_body() {
    let table = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ""),
        ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nContent-Length: 5\r\n\r\nhello and more", 200, "hello"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\n\r\n", 200, "hello"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\nContent-Length: 1\r\n\r\n5\r\nhello\r\n000\r\nA: b\r\nC: d\r\n\r\n",
            200,
            "hello",
        ),
        ("HTTP/1.0 200 OK\r\n\r\nhello", 200, "hello"),
        ("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", 204, ""),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 500 x\r\nContent-Length: 2\r\n\r\nno", 500, "no"),
    ];
    for (bytes, status, body) in table {
        for at in [1, bytes.len() / 2, bytes.len()] {
            let answer = answer_in_pieces(bytes.as_bytes(), at).unwrap_or_else(|trouble| panic!("{bytes}: {trouble}"));
            assert_eq!((answer.status, answer.body.as_slice()), (status, body.as_bytes()), "{bytes}");
        }
    }
}

#[test]
fn what_is_cut_off_anywhere_is_no_answer() {
    let whole = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ];
    for bytes in whole {
        for end in 0..bytes.len() {
            let cut = bytes.get(..end).unwrap();
            let answer = answer_to(cut);
            assert!(answer.is_err(), "{cut:?} is {answer:?}");
        }
    }
}

#[test]
fn what_the_protocol_does_not_know_is_unknown() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let table = [
        "garbage\r\n\r\n".to_owned(),
        "\0\0\0\0".to_owned(),
        "ICAP/1.0 200 OK\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\n\n{}".to_owned(),
        "HTTP/1.1 101 Switching Protocols\r\n\r\n".to_owned(),
        "HTTP/1.1 100 Continue\r\n\r\n".repeat(20),
        format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(MOST_FIELDS + 1)),
        format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "x".repeat(LONGEST_HEADER)),
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello".to_owned(),
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\nhello", LONGEST_BODY + 1),
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nhello".to_owned(),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n".to_owned(),
        format!("{chunked}x\r\n"),
        format!("{chunked}\r\n"),
        format!("{chunked}+5\r\nhello\r\n0\r\n\r\n"),
        format!("{chunked}5\r\nhello!\r\n0\r\n\r\n"),
        format!("{chunked}{:x}\r\nhello\r\n", LONGEST_BODY + 1),
        format!("{chunked}ffffffffffffffffffff\r\nhello\r\n"),
        format!("{chunked}1;{}\r\n", "x".repeat(9000)),
        format!("{chunked}0\r\n{}\r\n", "A: b\r\n".repeat(MOST_FIELDS + 1)),
    ];
    for bytes in table {
        let answer = answer_to(&bytes);
        assert!(matches!(answer, Err(Trouble::Unknown(_))), "{:.80?} is {answer:?}", bytes);
    }
}

#[test]
fn a_silent_end_is_closed() {
    assert!(matches!(answer_to(""), Err(Trouble::Closed)));
}

#[test]
fn the_request_is_these_bytes_and_no_value_ends_a_line() {
    let (mut wire, serving) = server(|mut stream| {
        let request = request_of(&mut stream, b"\r\n\r\nbody");
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
        request
    });
    let fields = [("From", "a\r\nRcpt: b@c\0\u{7f}\u{85}".to_owned()), ("Helo", "b\u{f6}".to_owned())];
    exchange(&mut wire, &Request { method: "POST", path: "/p?q", fields: &fields, body: b"body" }).unwrap();
    let expected = "POST /p?q HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nFrom: a??Rcpt: b@c???\r\nHelo: b\u{f6}\r\n\
                    Content-Length: 4\r\n\r\nbody";
    assert_eq!(String::from_utf8(serving.join().unwrap()).unwrap(), expected);
}

#[test]
fn a_refusal_that_comes_while_we_still_write_is_heard_and_an_approval_is_not() {
    for (status, expected) in [("413 Too Large", Some(413)), ("200 OK", None)] {
        let (mut wire, serving) = server(move |mut stream| {
            request_of(&mut stream, b"\r\n\r\n");
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno").unwrap();
            // Read on without an end of ours: a close with bytes unread would be a reset that may overtake the answer.
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let mut some = vec![0; 1 << 16];
            for _ in 0..4 {
                stream.read_exact(&mut some).unwrap();
            }
        });
        let answer = exchange(&mut wire, &Request { method: "POST", path: "/", fields: &[], body: &vec![b'x'; 32 << 20] });
        serving.join().unwrap();
        match (answer, expected) {
            (Ok(answer), Some(expected)) => assert_eq!(answer.status, expected),
            // The reset that comes with the close may overtake the answer; it is never taken for an approval.
            (answer, _) => assert!(matches!(answer, Err(Trouble::Closed | Trouble::Io(..))), "{answer:?}"),
        }
    }
}
