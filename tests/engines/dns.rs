//! Lists that are asked by DNS: a server of the test's own on loopback answers for them, by UDP and TCP.

use crate::harness::{PLAIN, Site};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

/// How the server treats a question.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Plain,
    /// By UDP it says that the answer does not fit.
    Truncating,
    /// It sends a listing under another number first.
    Spoofed,
    /// It says nothing.
    Dead,
    /// It answers with this code of error.
    Failing(u8),
    /// It answers with what is no message of DNS.
    Garbage,
}

struct Dns {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Dns {
    /// One that knows the addresses of these names, and no others.
    fn start(names: &[(&str, Ipv4Addr)], manner: Manner) -> Self {
        let names: BTreeMap<String, Ipv4Addr> = names.iter().map(|(name, address)| ((*name).to_owned(), *address)).collect();
        let (udp, tcp) = sockets();
        let (address, asked) = (udp.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (own, known) = (Arc::clone(&asked), names.clone());
        thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok((length, client)) = udp.recv_from(&mut buffer) {
                let question = &buffer[..length];
                own.lock().unwrap().push(name_of(question));
                for answer in by_udp(question, &known, manner) {
                    let _ = udp.send_to(&answer, client);
                }
            }
        });
        thread::spawn(move || {
            while let Ok((mut stream, _)) = tcp.accept() {
                let mut length = [0; 2];
                if stream.read_exact(&mut length).is_err() {
                    continue;
                }
                let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
                stream.read_exact(&mut question).unwrap();
                let answer = answer(&question, names.get(&name_of(&question)));
                let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
                stream.write_all(&[&length[..], &answer].concat()).unwrap();
            }
        });
        Self { address, asked }
    }

    fn engine(&self, keys: &str) -> String {
        format!(
            "[[engine]]\nname = \"lists\"\naddress = [\"udp:{}\"]\ntimeout = \"2s\"\nzones = [\"list.example\"]\n{keys}\n",
            self.address
        )
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// The same port for both.
fn sockets() -> (UdpSocket, TcpListener) {
    (0..100)
        .find_map(|_| {
            let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
            UdpSocket::bind(tcp.local_addr().ok()?).ok().map(|udp| (udp, tcp))
        })
        .expect("a port that is free for both")
}

fn by_udp(question: &[u8], names: &BTreeMap<String, Ipv4Addr>, manner: Manner) -> Vec<Vec<u8>> {
    let plain = answer(question, names.get(&name_of(question)));
    let with = |at: usize, bits: u8| {
        let mut other = plain.clone();
        other[at] ^= bits;
        other
    };
    match manner {
        Manner::Plain => vec![plain],
        Manner::Truncating => {
            let mut cut = answer(question, None);
            (cut[2], cut[3]) = (0x83, 0x80);
            vec![cut]
        }
        Manner::Spoofed => {
            let mut forged = answer(question, Some(&Ipv4Addr::new(127, 0, 0, 2)));
            forged[0] ^= 0xff;
            vec![forged, plain]
        }
        Manner::Dead => Vec::new(),
        Manner::Failing(code) => vec![with(3, code ^ (plain[3] & 15))],
        Manner::Garbage => vec![plain[..13].to_vec()],
    }
}

/// The name that a question asks about.
fn name_of(question: &[u8]) -> String {
    let (mut labels, mut at) = (Vec::new(), 12);
    while question[at] > 0 {
        let end = at + 1 + usize::from(question[at]);
        labels.push(String::from_utf8(question[at + 1..end].to_vec()).unwrap());
        at = end;
    }
    labels.join(".")
}

/// The question with an answer, or NXDOMAIN.
fn answer(question: &[u8], address: Option<&Ipv4Addr>) -> Vec<u8> {
    let mut bytes = question.to_vec();
    (bytes[2], bytes[3]) = (0x81, if address.is_some() { 0x80 } else { 0x83 });
    if let Some(address) = address {
        bytes[7] = 1;
        bytes.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        bytes.extend(address.octets());
    }
    bytes
}

/// Our header field after a message from this client.
fn verdict(config: &str, client: &str, message: &str) -> String {
    let site = Site::with(&format!("tag.subject = {{}}\n{config}"));
    site.deliver().env("CLIENT_ADDRESS", client).pipe(message).run().exits(0).verdict()
}

const LISTED: (&str, Ipv4Addr) = ("1.2.0.192.list.example", Ipv4Addr::new(127, 0, 0, 2));

#[test]
fn a_host_is_listed_or_not_and_its_code_has_a_name() {
    let v6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.list.example";
    let table = [
        ("192.0.2.1", "", "spam; engine=lists; name=\"list.example\""),
        ("192.0.2.2", "", "clean"),
        ("2001:db8::1", "", "spam; engine=lists; name=\"list.example\""),
        ("192.0.2.1", "codes = { \"127.0.0.2\" = \"open relay\" }", "spam; engine=lists; name=\"list.example open relay\""),
        ("192.0.2.1", "codes = { \"127.0.0.2\" = \"\" }", "clean"),
        ("192.0.2.1", "codes = { \"127.0.0.3\" = \"x\" }", "spam_unscanned; engine=lists; name=\"unknown-answer\""),
        ("192.0.2.1", "allow = [\"192.0.2.0/24\"]", "clean"),
        ("192.0.2.3", "", "spam_unscanned; engine=lists; name=\"unknown-answer\""),
        ("192.0.2.4", "", "spam; engine=lists; name=\"list.example\""),
        ("192.0.2.4", "allow_zones = [\"wanted.example\"]", "clean"),
        ("127.0.0.1", "", "clean"),
    ];
    let listed = Ipv4Addr::new(127, 0, 0, 2);
    let names = [
        LISTED,
        (v6, listed),
        ("3.2.0.192.list.example", Ipv4Addr::new(127, 255, 255, 254)),
        ("4.2.0.192.list.example", listed),
        ("4.2.0.192.wanted.example", listed),
    ];
    let dns = Dns::start(&names, Manner::Plain);
    for (client, keys, expected) in table {
        let verdict = verdict(&dns.engine(&format!("kind = \"dnsbl\"\n{keys}")), client, PLAIN);
        assert!(verdict.starts_with(expected), "{client} {keys}: {verdict}");
    }
}

#[test]
fn the_host_is_found_in_the_trace_where_the_surroundings_tell_none() {
    let dns = Dns::start(&[LISTED], Manner::Plain);
    let outer = "Received: from b (b [192.0.2.1]) by mx (Postfix) with SMTP id 1\n";
    let forged = "Received: from c (c [198.51.100.9]) by b (Postfix) with SMTP id 1\n";
    let verdict = verdict(&dns.engine("kind = \"dnsbl\""), "127.0.0.1", &format!("{outer}{forged}{PLAIN}"));
    assert!(verdict.starts_with("spam;"), "{verdict}");
    assert_eq!(dns.asked(), [LISTED.0]);
}

#[test]
fn the_domains_of_links_are_asked_about_once_each() {
    let dns = Dns::start(&[("evil.com.list.example", LISTED.1)], Manner::Plain);
    let links = "http://www.evil.com/a http://evil.com/b http://good.com/ http://192.0.2.7/ http://own.org/";
    let message = format!("From: a@b.example\nSubject: x\n\n{links}\n");
    let engine = dns.engine("kind = \"uribl\"\nallow = [\"own.org\"]");
    let verdict = verdict(&format!("link.safe = [\"192.0.2.7\"]\n{engine}"), "192.0.2.9", &message);
    assert!(verdict.contains("name=\"list.example evil.com\""), "{verdict}");
    let mut asked = dns.asked();
    asked.sort();
    assert_eq!(asked, ["7.2.0.192.list.example", "evil.com.list.example", "good.com.list.example"]);
}

#[test]
fn a_resolver_that_gives_no_clear_answer_is_never_clean() {
    let table = [
        (Manner::Truncating, "spam; engine=lists; name=\"list.example\""),
        (Manner::Dead, "spam_unscanned; engine=lists; name=\"timeout\""),
        (Manner::Failing(2), "spam_unscanned; engine=lists; name=\"error\""),
        (Manner::Failing(5), "spam_unscanned; engine=lists; name=\"error\""),
        (Manner::Garbage, "spam_unscanned; engine=lists; name=\"unknown-answer\""),
    ];
    for (manner, expected) in table {
        let dns = Dns::start(&[LISTED], manner);
        let verdict = verdict(&dns.engine("kind = \"dnsbl\""), "192.0.2.1", PLAIN);
        assert!(verdict.starts_with(expected), "{verdict}");
    }
}

#[test]
fn an_answer_under_another_number_is_ignored() {
    let dns = Dns::start(&[], Manner::Spoofed);
    let verdict = verdict(&dns.engine("kind = \"dnsbl\""), "192.0.2.1", PLAIN);
    assert_eq!(verdict, "clean");
}
