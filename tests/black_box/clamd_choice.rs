//! Which engine is asked when: a list of addresses, one that is still starting, several side by side, a backup.

use crate::harness::{Asked, Clamd, PLAIN, Site, Talk, until};
use std::io;
use std::os::unix::net::UnixListener;
use std::time::Duration;

const DROPS: fn(&mut Talk) -> io::Result<()> = |_| Ok(());

fn addresses(list: &[&str]) -> String {
    let list: Vec<String> = list.iter().map(|address| format!("{address:?}")).collect();
    list.join(", ")
}

fn engine(name: &str, list: &[&str], keys: &str) -> String {
    format!("[[engine]]\nname = \"{name}\"\nkind = \"clamd\"\naddress = [{}]\n{keys}", addresses(list))
}

#[test]
fn the_next_address_is_asked_when_one_does_not_answer() {
    let site = Site::new();
    let dropping = Clamd::at(&site.path("dropping"), DROPS);
    let garbled = Clamd::that_says(&site.path("garbled"), "what?");
    let good = Clamd::on_tcp(|talk| talk.scan_and_say("stream: Found-By-Last FOUND"));
    let list = ["unix:/nonexistent", "tcp:127.0.0.1:1", &dropping.address, &garbled.address, &good.address];
    site.configure(&format!("policy.infected = {{ action = \"accept\" }}\n{}", engine("clamav", &list, "retry = \"0s\"")));
    let ended = site.deliver().pipe(PLAIN).run();
    assert_eq!(ended.verdict(), "infected; engine=clamav; name=\"Found-By-Last\"; action=accept", "{}", ended.context());
    // One that drops the connection to a descriptor may take a stream.
    assert_eq!((dropping.connections(), garbled.connections()), (2, 1));
}

#[test]
fn the_first_address_that_answers_is_enough() {
    let site = Site::new();
    let (one, two) = (Clamd::that_says(&site.path("one"), "fd[9]: OK"), Clamd::that_says(&site.path("two"), "fd[9]: X FOUND"));
    site.configure(&engine("clamav", &[&one.address, &two.address], ""));
    assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), "clean");
    assert_eq!((one.connections(), two.connections()), (1, 0));
}

#[test]
fn one_that_hangs_does_not_eat_the_time_of_the_next() {
    let site = Site::new();
    let hanging = Clamd::at(&site.path("hanging"), Talk::sleep);
    let good = Clamd::that_says(&site.path("good"), "fd[9]: OK");
    site.configure(&engine("clamav", &[&hanging.address, &good.address], "timeout = \"1s\"\nretry = \"0s\""));
    let ended = site.deliver().pipe(PLAIN).run();
    ended.exits(0);
    assert_eq!(ended.verdict(), "clean", "{}", ended.context());
}

#[test]
fn one_that_is_still_starting_is_tried_again() {
    let site = Site::new();
    let path = site.path("clamd");
    site.configure(&engine("clamav", &[&format!("unix:{}", path.display())], "timeout = \"50s\"\nretry = \"40s\""));
    let started = site.deliver().pipe(PLAIN).start();
    started.until_guarded();
    // Long enough for a first try that fails.
    std::thread::sleep(Duration::from_millis(300));
    let clamd = Clamd::that_says(&path, "fd[9]: OK");
    let ended = started.wait();
    ended.exits(0);
    assert_eq!(ended.verdict(), "clean");
    assert_eq!(clamd.asked(), [Asked::Descriptor(PLAIN.into())]);
}

#[test]
fn one_that_drops_connections_while_it_reloads_is_tried_again() {
    let site = Site::new();
    let clamd = Clamd::at(&site.path("clamd"), |talk| if talk.number < 3 { Ok(()) } else { talk.scan_and_say("fd[9]: OK") });
    site.configure(&clamd.engine_with("timeout = \"50s\"\nretry = \"40s\""));
    assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), "clean");
    assert_eq!(clamd.connections(), 4);
}

#[test]
fn one_that_refuses_for_good_is_given_up_after_its_retry_time() {
    let site = Site::with(&engine("clamav", &["unix:/nonexistent"], "timeout = \"50s\"\nretry = \"500ms\""));
    let ended = site.deliver().pipe(PLAIN).run();
    ended.defers(75);
    assert!(ended.took < Duration::from_secs(5), "took {:?}", ended.took);
}

#[test]
fn a_clear_error_is_not_tried_again() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: broken ERROR");
    site.configure(&clamd.engine_with("retry = \"40s\""));
    site.deliver().pipe(PLAIN).run().defers(75);
    // Once by descriptor, once by stream.
    assert_eq!(clamd.connections(), 2);
}

#[test]
fn two_engines_are_both_asked_at_the_same_time() {
    let site = Site::new();
    let one = Clamd::that_says(&site.path("one"), "fd[9]: OK");
    // Answers only once the other was asked: one after the other would never end well.
    let seen = one.watch();
    let two = Clamd::at(&site.path("two"), move |talk| {
        until("the other engine is asked", || seen() > 0);
        talk.scan_and_say("fd[9]: Found-By-Two FOUND")
    });
    let engines = [engine("two", &[&two.address], "timeout = \"50s\""), engine("one", &[&one.address], "")].join("\n");
    site.configure(&format!("policy.infected = {{ action = \"accept\" }}\n{engines}"));
    assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), "infected; engine=two; name=\"Found-By-Two\"; action=accept");
    let log = site.read("log");
    assert!(log.contains("engines=\"two=Found-By-Two/") && log.contains("ms,one=clean/"), "{log}");
}

#[test]
fn one_engine_that_answers_does_not_make_up_for_another_that_fails() {
    let site = Site::new();
    let good = Clamd::that_says(&site.path("good"), "fd[9]: OK");
    site.configure(&format!("{}\n{}", engine("bad", &["unix:/nonexistent"], "retry = \"0s\""), engine("good", &[&good.address], "")));
    site.deliver().pipe(PLAIN).run().defers(75);
}

#[test]
fn a_backup_is_asked_only_when_another_failed_and_then_its_word_holds() {
    let site = Site::new();
    let main = Clamd::that_says(&site.path("main"), "fd[9]: OK");
    let backup = Clamd::that_says(&site.path("backup"), "fd[9]: Found-By-Backup FOUND");
    let engines = |main: &str| {
        let backup = engine("backup", &[&backup.address], "backup = true");
        format!("policy.infected = {{ action = \"accept\" }}\n{backup}\n{}", engine("main", &[main], "retry = \"0s\""))
    };
    site.configure(&engines(&main.address));
    site.deliver().pipe(PLAIN).mda_script("cat >/dev/null").run().exits(0);
    assert_eq!(backup.connections(), 0);
    site.configure(&engines("unix:/nonexistent"));
    assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), "infected; engine=backup; name=\"Found-By-Backup\"; action=accept");
}

#[test]
fn a_backup_that_says_clean_makes_up_for_the_one_that_failed() {
    let site = Site::new();
    let backup = Clamd::that_says(&site.path("backup"), "fd[9]: OK");
    let main = engine("main", &["unix:/nonexistent"], "retry = \"0s\"");
    site.configure(&format!("{main}\n{}", engine("backup", &[&backup.address], "backup = true")));
    assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), "clean");
}

#[test]
fn a_backup_that_fails_too_leaves_it_unscanned() {
    let main = engine("main", &["unix:/nonexistent"], "retry = \"0s\"");
    let backup = engine("backup", &["unix:/nonexistent/too"], "retry = \"0s\"\nbackup = true");
    Site::with(&format!("{main}\n{backup}")).deliver().pipe(PLAIN).run().defers(75);
}

#[test]
fn a_full_queue_of_connections_is_waited_for() {
    let site = Site::new();
    let listener = UnixListener::bind(site.path("clamd")).unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let waiting = std::os::unix::net::UnixStream::connect(site.path("clamd")).unwrap();
    let address = format!("unix:{}", site.path("clamd").display());
    site.configure(&engine("clamav", &[&address], "timeout = \"50s\"\nretry = \"40s\""));
    let started = site.deliver().pipe(PLAIN).start();
    started.until_guarded();
    drop(waiting);
    let clamd = Clamd::on(listener, &address, |talk| talk.scan_and_say("fd[9]: OK"));
    started.wait().exits(0);
    assert_eq!(clamd.asked(), [Asked::Descriptor(PLAIN.into())]);
}
