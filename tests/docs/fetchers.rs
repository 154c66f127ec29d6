//! The snippets for fdm, getmail and fetchmail do what they say: the real programs fetch from a POP3 server of the test.

use crate::blocks::text;
use crate::pop3::Pop3;
use crate::program::{MAILWARD, Scratch, both, has};
use crate::trouble::{self, BROKEN, CLEAN, DOWN, KILLS_US, configure, infected, infected_is, log};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A program that fetches.
struct Fetcher {
    program: &'static str,
    snippet: &'static str,
    /// What starts it with the snippet, which is `rc` in the home.
    words: &'static [&'static str],
}

const FDM: Fetcher = Fetcher { program: "fdm", snippet: "contrib/fdm/fdm.conf", words: &["-f", "rc", "fetch"] };
const GETMAIL: Fetcher =
    Fetcher { program: "getmail", snippet: "contrib/getmail/getmailrc", words: &["--getmaildir", ".", "--rcfile", "rc"] };
const FETCHMAIL: Fetcher =
    Fetcher { program: "fetchmail", snippet: "contrib/fetchmail/fetchmailrc", words: &["-f", "rc", "--nosyslog", "--pidfile", "pid"] };

const OTHER: &str = "From: ann@example.org\nTo: bob@example.com\nMessage-ID: <2@example.org>\nSubject: two\n\nmore\n";

/// Starts a program when getmail waits for it. getmail 6.18 misses the end of one that is faster than itself (forkchild in its
/// baseclasses.py), which happens on a busy machine.
const WHEN_AWAITED: &str = "tries=0; until grep -qs futex /proc/$PPID/wchan || [ $tries = 100 ]; do tries=$((tries + 1)); sleep 0.05; done; \
                            exec $0 $@";

impl Fetcher {
    /// The home of somebody who fetches, or none where the program is not installed.
    fn home(&self, server: &Pop3) -> Option<Scratch> {
        if !has(self.program) {
            return None;
        }
        let home = Scratch::new();
        let rc = home.write("rc", &self.configuration(home.path(), server));
        fs::set_permissions(rc, Permissions::from_mode(0o600)).unwrap();
        configure(&home, "");
        Some(home)
    }

    /// The snippet with a server and a program that are here, in clear, and by whoever runs the tests, often root.
    fn configuration(&self, home: &Path, server: &Pop3) -> String {
        let (port, config) = (server.port(), home.join("mailward.toml").display().to_string());
        let lock = format!("set lock-file {:?}\n", home.join("lock"));
        let root = if rustix::process::geteuid().is_root() { "set default-user \"root\"\n" } else { "" };
        let clear = text(self.snippet)
            .replace("pop3s server \"pop.example.com\"", &format!("pop3 server \"127.0.0.1\" port {port}"))
            .replace("SimplePOP3SSLRetriever\nserver = pop.example.com", &format!("SimplePOP3Retriever\nserver = 127.0.0.1\nport = {port}"))
            .replace("pop.example.com protocol pop3", &format!("127.0.0.1 protocol pop3 port {port}"))
            .replace("\"secret\" ssl", "\"secret\" sslproto \"\"")
            .replace("set ignore-errors", &format!("{lock}{root}set ignore-errors"))
            .replace("type = MDA_external", "type = MDA_external\nallow_root_commands = true");
        let call = format!("{MAILWARD} deliver --config {config}");
        clear
            .replace("path = /usr/local/sbin/mailward", "path = /bin/sh")
            .replace("(\"deliver\", ", &format!("(\"-c\", {WHEN_AWAITED:?}, \"{MAILWARD}\", \"deliver\", \"--config={config}\", "))
            .replace("/usr/local/sbin/mailward deliver", &call)
    }

    /// Fetches, and gives what it said.
    fn fetch(&self, home: &Scratch) -> String {
        both(&home.run("timeout", &[&["120", self.program], self.words].concat(), ""))
    }
}

/// The messages in the maildir, each from its `From:` field on: what stands above is the fetcher's.
fn delivered(home: &Scratch) -> Vec<String> {
    let mut messages = trouble::delivered(home);
    assert!(messages.iter().all(|message| message.matches("X-Mailward: ").count() == 1), "{messages:?}");
    messages.iter_mut().for_each(|message| drop(message.drain(..message.find("\nFrom:").unwrap() + 1)));
    messages.sort();
    messages
}

fn clean_mail_is_fetched_whole_and_once(fetcher: &Fetcher) {
    let server = Pop3::holding(&[CLEAN, OTHER]);
    let Some(home) = fetcher.home(&server) else { return };
    let said = fetcher.fetch(&home) + &fetcher.fetch(&home);
    assert_eq!(delivered(&home), [CLEAN, OTHER], "{said}\n{}", log(&home));
    assert_eq!(server.count(), 0, "{said}");
    assert!(log(&home).contains("to=bob@example.com"), "{}", log(&home));
}

/// What keeps a message on the server, until it is mended.
fn trouble_keeps_mail_on_the_server(fetcher: &Fetcher) {
    for trouble in [DOWN, KILLS_US, BROKEN] {
        let server = Pop3::holding(&[CLEAN, OTHER]);
        let Some(home) = fetcher.home(&server) else { return };
        configure(&home, trouble);
        let said = fetcher.fetch(&home);
        assert_eq!((delivered(&home).len(), server.count()), (0, 2), "{trouble}: {said}");
        configure(&home, "");
        let said = fetcher.fetch(&home);
        assert_eq!((delivered(&home), server.count()), (vec![CLEAN.to_owned(), OTHER.to_owned()], 0), "{trouble}: {said}");
    }
}

fn a_message_that_is_deferred_is_kept_and_no_other_comes_twice(fetcher: &Fetcher) {
    let server = Pop3::holding(&[CLEAN, &infected(), OTHER]);
    let Some(home) = fetcher.home(&server) else { return };
    configure(&home, &infected_is("defer"));
    let said = fetcher.fetch(&home);
    assert_eq!((delivered(&home).len(), server.count()), (2, 1), "{said}");
    fetcher.fetch(&home);
    configure(&home, "policy.infected = { action = \"accept\", treatment = \"tag\" }\n");
    let said = fetcher.fetch(&home);
    let subjects: Vec<String> = delivered(&home).iter().map(|message| message.lines().nth(3).unwrap().to_owned()).collect();
    assert_eq!((subjects.len(), server.count()), (3, 0), "{said}");
    assert!(["one", "two", "three"].iter().all(|subject| subjects.iter().any(|line| line.ends_with(subject))), "{subjects:?}");
}

fn a_refusal_keeps_the_message_and_a_discard_does_not(fetcher: &Fetcher) {
    for (action, left) in [("reject", 1), ("discard", 0)] {
        let server = Pop3::holding(&[&infected()]);
        let Some(home) = fetcher.home(&server) else { return };
        configure(&home, &infected_is(action));
        let said = fetcher.fetch(&home);
        assert_eq!((delivered(&home).len(), server.count()), (0, left), "{action}: {said}");
        assert!(log(&home).contains(&format!("action={action}")), "{}", log(&home));
    }
}

fn without_mailward_the_message_stays(fetcher: &Fetcher) {
    let server = Pop3::holding(&[CLEAN]);
    let Some(home) = fetcher.home(&server) else { return };
    let rc = fs::read_to_string(home.path().join("rc")).unwrap();
    home.write("rc", &rc.replace(MAILWARD, "/nonexistent/mailward"));
    let said = fetcher.fetch(&home);
    assert_eq!((delivered(&home).len(), server.count()), (0, 1), "{said}");
}

fn the_line_with_a_delivery_agent_works_too(fetcher: &Fetcher) {
    let server = Pop3::holding(&[CLEAN]);
    let Some(home) = fetcher.home(&server) else { return };
    let rc = fs::read_to_string(home.path().join("rc")).unwrap();
    let copy = home.path().join("copy").display().to_string();
    let rc = rc.replace("\"/usr/bin/procmail\", \"-t\"", &format!("\"/usr/bin/tee\", \"{copy}\""));
    home.write("rc", &with_remark_switched_on(&rc).replace("/usr/bin/procmail -t", &format!("/usr/bin/tee {copy}")));
    let said = fetcher.fetch(&home);
    let copied = fs::read_to_string(&copy).unwrap_or_else(|_| panic!("{said}"));
    assert!(copied.ends_with(CLEAN) && copied.contains("X-Mailward: clean\n"), "{copied}");
    assert_eq!(server.count(), 0);
}

/// The line that is a remark and names procmail takes the place of the one like it.
fn with_remark_switched_on(rc: &str) -> String {
    let remark = rc.lines().find(|line| line.starts_with('#') && ["/tee", "/procmail"].iter().any(|mda| line.contains(mda))).unwrap();
    let line = remark.trim_start_matches('#').trim_start();
    let word = line.split(' ').next().unwrap();
    let is_like_it = |other: &str| other.trim_start().split(' ').next() == Some(word);
    rc.lines().map(|other| if is_like_it(other) { line } else { other }).map(|line| format!("{line}\n")).collect()
}

/// One test for each program and each line of the contract.
macro_rules! tests_of {
    ($fetcher:ident: $module:ident) => {
        mod $module {
            #[test]
            fn clean_mail_is_fetched_whole_and_once() {
                super::clean_mail_is_fetched_whole_and_once(&super::$fetcher);
            }
            #[test]
            fn trouble_keeps_mail_on_the_server() {
                super::trouble_keeps_mail_on_the_server(&super::$fetcher);
            }
            #[test]
            fn a_message_that_is_deferred_is_kept_and_no_other_comes_twice() {
                super::a_message_that_is_deferred_is_kept_and_no_other_comes_twice(&super::$fetcher);
            }
            #[test]
            fn a_refusal_keeps_the_message_and_a_discard_does_not() {
                super::a_refusal_keeps_the_message_and_a_discard_does_not(&super::$fetcher);
            }
            #[test]
            fn the_line_with_a_delivery_agent_works_too() {
                super::the_line_with_a_delivery_agent_works_too(&super::$fetcher);
            }
            #[test]
            fn without_mailward_the_message_stays() {
                super::without_mailward_the_message_stays(&super::$fetcher);
            }
        }
    };
}

tests_of!(FDM: fdm);
tests_of!(GETMAIL: getmail);
tests_of!(FETCHMAIL: fetchmail);
