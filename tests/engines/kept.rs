//! Answers that hosts share in a real Redis.

use crate::harness::{Asked, Clamd, PLAIN, Site};
use crate::server::{Server, free_port, is_installed, listens};
use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

const REDIS: &str = "/usr/bin/redis-server";
const PASSWORD: &str = "not-so-secret";

/// A server with a password, in memory alone.
fn redis(port: u16) -> Server {
    let port_word = port.to_string();
    let words = ["--port", &port_word, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--requirepass", PASSWORD, "--dir", "/"];
    Server::start(Command::new(REDIS).args(words)).wait_until("redis listens", || listens(port))
}

/// Sends one line of words and gives what comes back at once.
fn say(port: u16, words: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(format!("AUTH {PASSWORD}\r\n{words}\r\nQUIT\r\n").as_bytes()).unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).unwrap();
    String::from_utf8_lossy(&said).into_owned()
}

fn scans(clamd: &Clamd) -> usize {
    clamd.asked().iter().filter(|asked| **asked != Asked::Version).count()
}

/// One of several hosts: the engine is the same for all, what is theirs alone is not.
fn host(clamd: &Clamd, port: u16, key: &str) -> Site {
    let site = Site::new();
    let key = site.write("key", format!("{key}\n{PASSWORD}\n"));
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    let keys = "retry = \"0s\"\ncache = \"10m\"\n";
    site.configure(&format!("cache.redis = \"tcp:127.0.0.1:{port}\"\ncache.key = {key:?}\n{}", clamd.engine_with(keys)));
    site
}

fn verdict(site: &Site) -> String {
    site.deliver().pipe(PLAIN).run().verdict()
}

#[test]
fn what_one_host_has_scanned_another_need_not() {
    if !is_installed(REDIS) {
        return;
    }
    let (port, folder) = (free_port(), Site::new());
    let clamd = Clamd::that_says(&folder.path("clamd"), "fd[9]: OK");
    let server = redis(port);
    for _ in 0..2 {
        assert_eq!(verdict(&host(&clamd, port, "the key of all hosts")), "clean");
    }
    assert_eq!(scans(&clamd), 1);
    drop(server);
    assert_eq!(verdict(&host(&clamd, port, "the key of all hosts")), "clean", "without the server the engine is asked");
    assert_eq!(scans(&clamd), 2);
}

#[test]
fn a_key_that_others_may_read_is_none() {
    if !is_installed(REDIS) {
        return;
    }
    let (port, folder) = (free_port(), Site::new());
    let clamd = Clamd::that_says(&folder.path("clamd"), "fd[9]: OK");
    let _server = redis(port);
    for _ in 0..2 {
        let site = host(&clamd, port, "the key of all hosts");
        fs::set_permissions(site.path("key"), Permissions::from_mode(0o644)).unwrap();
        assert_eq!(verdict(&site), "clean");
    }
    assert_eq!(scans(&clamd), 2);
}

#[test]
fn what_is_not_signed_with_the_key_is_not_believed() {
    if !is_installed(REDIS) {
        return;
    }
    let (port, folder) = (free_port(), Site::new());
    let clamd = Clamd::that_says(&folder.path("clamd"), "fd[9]: OK");
    let _server = redis(port);
    for key in ["one", "other", "one"] {
        assert_eq!(verdict(&host(&clamd, port, key)), "clean");
    }
    assert_eq!(scans(&clamd), 3, "each key overwrites what the other has signed");
    let names = say(port, "KEYS mailward:answer-*");
    let name = names.lines().find(|line| line.starts_with("mailward:")).expect("an answer is kept").trim().to_owned();
    say(port, &format!("SET {name} {}", "x".repeat(100)));
    assert_eq!(verdict(&host(&clamd, port, "one")), "clean");
    assert_eq!(scans(&clamd), 4);
    assert!(
        say(port, &format!("TTL {name}"))
            .lines()
            .any(|line| line.strip_prefix(':').is_some_and(|ttl| ttl.trim().parse::<u32>().is_ok_and(|ttl| ttl > 1)))
    );
}
