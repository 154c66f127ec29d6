//! Under qmail: as a line of a .qmail file, as the default delivery of qmail-start, and in the place of qmail-local.

use crate::harness::{NOBODY, PLAIN, Site, attachment, infected, multipart, run_helper, runs_as_root};
use crate::qmail::{Delivery, Fate, Qmail, Report};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};

/// How mailward comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    DotQmail,
    DefaultDelivery,
    InPlaceOfQmailLocal,
}

const WAYS: [Way; 3] = [Way::DotQmail, Way::DefaultDelivery, Way::InPlaceOfQmailLocal];

/// A host with qmail, on which mail goes through mailward to an MDA.
pub(crate) struct Host {
    pub(crate) site: Site,
    pub(crate) qmail: Qmail,
    way: Way,
    pub(crate) default: String,
}

impl Host {
    /// `mda` is the command line of the MDA, for the shell; `MDA` in it is the fake one of the harness.
    pub(crate) fn new(config: &str, way: Way, mda: &str) -> Self {
        let site = Site::with(config);
        let program = site.open_to_all();
        let owner = runs_as_root().then_some(NOBODY);
        let qmail = Qmail::install(site.path("qmail"), owner.map(as_user).unwrap_or_default());
        let home = site.path("home");
        fs::create_dir(&home).unwrap();
        for folder in ["home/Maildir", "home/Maildir/tmp", "home/Maildir/new", "home/Maildir/cur", "quarantine"] {
            fs::create_dir_all(site.path(folder)).unwrap();
            chown(site.path(folder), owner, owner).unwrap();
        }
        fs::set_permissions(&home, Permissions::from_mode(0o755)).unwrap();
        let host = Self { site, qmail, way, default: String::new() };
        let call = format!("{} deliver --config {}", program.display(), host.site.path("mailward.toml").display());
        let mda = mda.replace("MDA", host.site.path("mda").to_str().unwrap());
        host.set_up(&call, &mda)
    }

    fn set_up(mut self, call: &str, mda: &str) -> Self {
        match self.way {
            Way::DotQmail => self.dot_qmail("", &format!("|{call} -- {mda}\n")),
            Way::DefaultDelivery => self.default = format!("|{call} -- {mda}"),
            Way::InPlaceOfQmailLocal => {
                let script = include_str!("../../contrib/qmail/qmail-local").replace("/usr/local/sbin/mailward deliver", call);
                self.qmail.put_before_qmail_local(&script.replace("/var/qmail", self.site.path("qmail").to_str().unwrap()));
                self.dot_qmail("", &format!("|{mda}\n"));
            }
        }
        self
    }

    pub(crate) fn dot_qmail(&self, extension: &str, lines: &str) {
        self.site.write(&format!("home/.qmail{extension}"), lines);
    }

    pub(crate) fn receives(&self, message: &str) -> Report {
        self.receives_with(message, "ann@a.example", "")
    }

    fn receives_with(&self, message: &str, sender: &str, extension: &str) -> Report {
        let path = self.site.write("queued", message);
        let home = self.site.path("home");
        let temporary = self.site.path("tmp").display().to_string();
        let environment = [("TMPDIR", temporary.as_str())];
        let (user, domain, message) = ("bob", "b.example", path.as_path());
        let default = self.default.as_str();
        self.qmail.deliver(&Delivery { message, sender, user, domain, home: &home, extension, default, environment: &environment })
    }

    pub(crate) fn in_maildir(&self) -> Vec<String> {
        self.site.names("home/Maildir/new").iter().map(|name| self.site.read(&format!("home/Maildir/new/{name}"))).collect()
    }
}

/// What starts a program as this user.
fn as_user(user: u32) -> Vec<String> {
    ["setpriv", &format!("--reuid={user}"), &format!("--regid={user}"), "--clear-groups"].map(str::to_owned).to_vec()
}

fn plain() -> String {
    PLAIN.to_owned()
}

fn with_a_program() -> String {
    multipart(&[&attachment("setup.exe", "MZ")])
}

/// What happens, the configuration, the message, the MDA, what becomes of the message, and how often it is delivered.
type Event = (&'static str, &'static str, fn() -> String, &'static str, Fate, usize);

const SLOW: &str =
    "[[engine]]\nname = \"x\"\nkind = \"command\"\ncommand = [\"/bin/sleep\", \"50\"]\ninput = \"stdin\"\ntimeout = \"200ms\"";
const DOWN: &str = "[[engine]]\nname = \"x\"\nkind = \"clamd\"\naddress = [\"unix:/nonexistent\"]\nretry = \"0s\"";
const KILLS_US: &str =
    "[[engine]]\nname = \"x\"\nkind = \"command\"\ncommand = [\"/bin/sh\", \"-c\", \"kill -KILL $PPID; sleep 50\"]\ninput = \"stdin\"";

const EVENTS: [Event; 21] = [
    ("clean", "", plain, "MDA", Fate::Delivered, 1),
    ("tagged", "policy.infected = { action = \"accept\", treatment = \"tag\" }", infected, "MDA", Fate::Delivered, 1),
    ("stripped", "", with_a_program, "MDA", Fate::Delivered, 1),
    ("replaced", "", infected, "MDA", Fate::Delivered, 1),
    ("discarded", "policy.infected = { action = \"discard\" }", infected, "MDA", Fate::Delivered, 0),
    ("refused", "policy.infected = { action = \"reject\" }", infected, "MDA", Fate::Bounced, 0),
    ("the engine is down", DOWN, plain, "MDA", Fate::Queued, 0),
    ("the engine is slow", SLOW, plain, "MDA", Fate::Queued, 0),
    ("the disk is full", "limits.free_space = \"900000000G\"", infected, "MDA", Fate::Queued, 0),
    ("the configuration is broken", "limits.free_spice = 1", plain, "MDA", Fate::Queued, 0),
    ("the MDA is missing", "", plain, "/nonexistent/mda", Fate::Queued, 0),
    ("the MDA says 0", "", plain, "MDA; exit 0", Fate::Delivered, 1),
    ("the MDA says 67", "", plain, "sh -c 'exit 67'", Fate::Queued, 0),
    ("the MDA says 75", "", plain, "sh -c 'exit 75'", Fate::Queued, 0),
    ("the MDA says 77", "", plain, "sh -c 'exit 77'", Fate::Bounced, 0),
    ("the MDA says 99", "", plain, "sh -c 'exit 99'", Fate::Delivered, 0),
    ("the MDA says 100", "", plain, "sh -c 'exit 100'", Fate::Bounced, 0),
    ("the MDA says 111", "", plain, "sh -c 'exit 111'", Fate::Queued, 0),
    ("the MDA is killed", "", plain, "sh -c 'kill -KILL $$'", Fate::Queued, 0),
    ("mailward is killed", KILLS_US, plain, "MDA", Fate::Queued, 0),
    ("the deadline of mailward passes", "limits.deadline = \"300ms\"", infected, "MDA", Fate::Queued, 0),
];

#[test]
fn whatever_happens_a_message_is_delivered_once_or_queued_and_bounced_only_where_somebody_says_so() {
    for (name, config, message, mda, fate, deliveries) in EVENTS {
        for way in WAYS {
            let host = Host::new(config, way, mda);
            if name.starts_with("the deadline") {
                hang(&host.site, config);
            }
            let report = host.receives(&message());
            let log = host.site.read("log");
            assert_eq!((report.fate, host.site.delivered().len()), (fate, deliveries), "{name}, {way:?}: {report:?}\n{log}");
            println!("{name}, {way:?}: {:?}", report.fate);
        }
    }
}

/// A template that nobody writes: reading it waits until the deadline.
fn hang(site: &Site, config: &str) {
    fs::create_dir_all(site.path("templates/en")).unwrap();
    run_helper("mkfifo", [std::path::Path::new("--mode=644"), &site.path("templates/en/replaced.txt")]);
    site.configure(&format!("notice.templates = {:?}\n{config}", site.path("templates")));
}

#[test]
fn what_was_queued_is_delivered_once_when_it_is_tried_again() {
    for way in WAYS {
        let host = Host::new(DOWN, way, "MDA");
        assert_eq!(host.receives(PLAIN).fate, Fate::Queued);
        host.site.configure("");
        assert_eq!(host.receives(PLAIN).fate, Fate::Delivered);
        assert_eq!(host.site.delivered(), [format!("X-Mailward: clean\n{PLAIN}").into_bytes()], "{way:?}");
    }
}

#[test]
fn the_bounce_has_our_reason_as_its_first_line() {
    for way in WAYS {
        let report = Host::new("policy.infected = { action = \"reject\" }", way, "MDA").receives(&infected());
        assert_eq!(report.text, "5.7.1 mail refused by policy: infected: Eicar-Test-Signature\n", "{way:?}");
    }
}

#[test]
fn nothing_of_ours_is_in_the_report_of_what_went_well() {
    for way in WAYS {
        assert_eq!(Host::new("", way, "MDA").receives(PLAIN).text, "did 0+0+1\n", "{way:?}");
    }
}

#[test]
fn a_clean_message_passes_byte_for_byte() {
    let message = "Received: (qmail 1 invoked by uid 0); 1 Jan 2024\nSubject: \u{e9}\n\nFrom here\n.\n\0\r\nno end";
    for way in WAYS {
        let host = Host::new("tag.header = \"\"", way, "MDA");
        assert_eq!(host.receives(message).fate, Fate::Delivered);
        assert_eq!(host.site.delivered(), [message.as_bytes()], "{way:?}");
    }
}

#[test]
fn the_mda_has_the_variables_that_qmail_local_sets() {
    let environment = |way| {
        let host = Host::new("tag.header = \"\"", way, "MDA");
        host.dot_qmail("-default", &host.site.read("home/.qmail"));
        assert_eq!(host.receives_with(PLAIN, "an n@a.example", "List.x-1").fate, Fate::Delivered);
        String::from_utf8(host.site.delivery("environment")).unwrap()
    };
    let expected = [
        "SENDER=an n@a.example",
        "NEWSENDER=an n@a.example",
        "RECIPIENT=bob-List.x-1@b.example",
        "USER=bob",
        "LOCAL=bob-List.x-1",
        "HOST=b.example",
        "HOST2=b",
        "EXT=List.x-1",
        "EXT2=1",
        "EXT3=",
        "DEFAULT=List.x-1",
        "DTLINE=Delivered-To: bob-List.x-1@b.example\n",
        "RPLINE=Return-Path: <\"an n\"@a.example>\n",
    ];
    for way in [Way::DotQmail, Way::InPlaceOfQmailLocal] {
        let told = environment(way);
        let entries: Vec<&str> = told.split('\0').collect();
        for entry in expected {
            assert!(entries.contains(&entry), "{way:?}: {entry:?} in {entries:?}");
        }
        assert!(entries.iter().any(|entry| entry.starts_with("UFLINE=From an-n@a.example ")), "{entries:?}");
    }
}

#[test]
fn the_log_knows_sender_and_recipient_also_those_that_are_empty() {
    for way in WAYS {
        let host = Host::new("", way, "MDA");
        assert_eq!(host.receives_with(PLAIN, "", "").fate, Fate::Delivered);
        assert!(host.site.read("log").contains(" from=\"\" to=bob@b.example "), "{way:?}: {}", host.site.read("log"));
    }
}

#[test]
fn every_line_of_a_dot_qmail_file_gets_the_whole_message() {
    let host = Host::new("", Way::DotQmail, "head -c 3");
    let mailward = host.site.read("home/.qmail");
    let copy = |name: &str| format!("|cat > {}\n", host.site.path(&format!("delivered/{name}")).display());
    host.dot_qmail("", &[copy("before").as_str(), &mailward, &mailward, &copy("behind"), "./Maildir/\n"].concat());
    let report = host.receives(PLAIN);
    assert_eq!((report.fate, report.text.as_str()), (Fate::Delivered, "X-MX-Mdid 1+0+4\n"));
    assert_eq!([host.site.read("delivered/before"), host.site.read("delivered/behind")], [PLAIN, PLAIN]);
    assert_eq!(host.in_maildir(), [format!("Return-Path: <ann@a.example>\nDelivered-To: bob@b.example\n{PLAIN}")]);
    assert_eq!(host.site.read("queued"), PLAIN);
}

#[test]
fn an_mda_that_says_99_and_a_discard_end_the_file() {
    for (config, message) in [("", PLAIN.to_owned()), ("policy.infected = { action = \"discard\" }", infected())] {
        let host = Host::new(config, Way::DotQmail, "sh -c 'exit 99'");
        host.dot_qmail("", &format!("{}./Maildir/\n", host.site.read("home/.qmail")));
        assert_eq!(host.receives(&message).fate, Fate::Delivered);
        assert!(host.in_maildir().is_empty(), "{config}");
    }
}

#[test]
fn a_mailward_that_is_not_there_keeps_the_message_in_the_queue() {
    for way in WAYS {
        let host = Host::new("", way, "MDA");
        let program = host.site.path("mailward");
        fs::set_permissions(&program, Permissions::from_mode(0o644)).unwrap();
        assert_eq!(host.receives(PLAIN).fate, Fate::Queued, "{way:?}, not executable");
        fs::remove_file(program).unwrap();
        assert_eq!(host.receives(PLAIN).fate, Fate::Queued, "{way:?}, not there");
    }
}

#[test]
fn what_qmail_local_itself_refuses_or_defers_is_the_answer_behind_us() {
    let host = Host::new("", Way::InPlaceOfQmailLocal, "MDA");
    let report = host.receives_with(PLAIN, "ann@a.example", "nobody");
    assert_eq!((report.fate, report.text.as_str()), (Fate::Bounced, "Sorry, no mailbox here by that name. (#5.1.1)\n"));
    let report = host.receives(&format!("Delivered-To: bob@b.example\n{PLAIN}"));
    assert_eq!(report.fate, Fate::Bounced);
    fs::set_permissions(host.site.path("home"), Permissions::from_mode(0o1755)).unwrap();
    assert_eq!(host.receives(PLAIN).fate, Fate::Queued);
    fs::remove_file(host.qmail.bin("qmail-local.real")).unwrap();
    assert_eq!(host.receives(PLAIN).fate, Fate::Queued);
    assert!(host.site.delivered().is_empty());
}
