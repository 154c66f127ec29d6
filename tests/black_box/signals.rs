//! Whatever signal would end us means "try again later" to the MTA: Exim bounces a mail whose command dies by a signal.

use crate::harness::{Call, Clamd, PLAIN, Site, Started, infected, is_alive, run_helper, until};
use rustix::process::Signal;

/// Signals that end a process that has no answer to them.
const FATAL: [Signal; 20] = [
    Signal::TERM,
    Signal::HUP,
    Signal::ABORT,
    Signal::SEGV,
    Signal::INT,
    Signal::QUIT,
    Signal::BUS,
    Signal::FPE,
    Signal::ILL,
    Signal::SYS,
    Signal::TRAP,
    Signal::ALARM,
    Signal::USR1,
    Signal::USR2,
    Signal::VTALARM,
    Signal::XCPU,
    Signal::PROF,
    Signal::IO,
    Signal::POWER,
    Signal::STKFLT,
];

fn waits_for_stdin<'a>(site: &'a Site, mta: &str) -> Started<'a> {
    let mut started = site.deliver().option("--mta", mta).open_pipe().start();
    started.until_guarded();
    started.write(b"Subject: half a mess");
    started
}

#[test]
fn while_it_waits_for_stdin() {
    for signal in FATAL {
        for (mta, status) in [("postfix", 75), ("qmail-command", 111)] {
            let site = Site::new();
            let started = waits_for_stdin(&site, mta);
            started.signal(signal);
            println!("{signal:?}, {mta}");
            started.wait_with_open_stdin().defers(status);
        }
    }
}

#[test]
fn while_it_waits_for_an_engine() {
    for signal in [Signal::TERM, Signal::HUP, Signal::ABORT, Signal::SEGV] {
        let site = Site::new();
        let clamd = Clamd::at(&site.path("clamd"), |talk| {
            talk.listen()?;
            talk.hold()
        });
        site.configure(&clamd.engine_with("timeout = \"50s\""));
        let started = site.deliver().pipe(infected()).start();
        until("clamd is asked", || !clamd.asked().is_empty());
        started.signal(signal);
        started.wait().defers(75);
        assert!(site.names("quarantine/new").is_empty());
    }
}

#[test]
fn a_program_that_scans_does_not_outlive_a_signal_to_us_for_long() {
    let site = Site::new();
    let script = format!("echo $$ > {0}/pid.new; mv {0}/pid.new {0}/pid; exec sleep 50", site.path("").display());
    let keys = format!("name = \"x\"\nkind = \"command\"\ncommand = {}\ninput = \"stdin\"", crate::harness::sh(&script));
    site.configure(&format!("[[engine]]\n{keys}"));
    let started = site.deliver().pipe(PLAIN).start();
    until("the program runs", || site.path("pid").exists());
    started.signal(Signal::TERM);
    started.wait().defers(75);
    until("the program is gone", || !is_alive(&site.read("pid")));
}

#[test]
fn also_a_real_time_signal() {
    for number in ["-34", "-35", "-50", "-64"] {
        let site = Site::new();
        let started = waits_for_stdin(&site, "exim");
        run_helper("kill", [number, &started.id().to_string()]);
        println!("{number}");
        started.wait_with_open_stdin().defers(75);
    }
}

#[test]
fn the_deadline_holds_where_the_caller_has_blocked_the_alarm_and_the_mda_finds_it_blocked() {
    let site = Site::with("limits.deadline = \"300ms\"");
    site.deliver().through(["env", "--block-signal=ALRM"]).open_pipe().start().wait_with_open_stdin().defers(75);
    let blocked = |call: Call<'_>| {
        // Without a shell, which would let all signals through.
        let ended = call.mda(["/bin/grep", "SigBlk:", "/proc/self/status"]).pipe(PLAIN).run();
        ended.exits(0);
        u64::from_str_radix(ended.stdout().split_whitespace().last().unwrap(), 16).unwrap()
    };
    assert_eq!(blocked(site.command("deliver").through(["env", "--block-signal=ALRM"])), 1 << (libc::SIGALRM - 1));
    assert_eq!(blocked(site.command("deliver")), 0);
}

#[test]
fn the_deadline_holds_where_the_caller_ignores_the_alarm_and_the_mda_finds_it_ignored() {
    let site = Site::with("limits.deadline = \"300ms\"");
    site.deliver().through(["env", "--ignore-signal=ALRM"]).open_pipe().start().wait_with_open_stdin().defers(75);
    let call = site.deliver().through(["env", "--ignore-signal=ALRM"]);
    call.mda_script("cat >/dev/null; kill -ALRM $$; echo alive").pipe(PLAIN).run().exits(0).says("alive\n");
}

#[test]
fn a_configuration_that_nobody_writes_is_waited_for_until_a_signal() {
    let site = Site::new();
    rustix::fs::mkfifoat(rustix::fs::CWD, site.path("pipe.toml"), rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    let started = site.bare("deliver").option("--config", site.path("pipe.toml")).mda(["/bin/cat"]).pipe(PLAIN).start();
    started.until_guarded();
    // Its alarm is set before it opens anything.
    until("it waits in open(2)", || started.proc_file("wchan").contains("fifo") || started.proc_file("stat").contains(") S "));
    started.signal(Signal::ALARM);
    started.wait().defers(75);
}

#[test]
fn the_deadline_ends_a_run_that_nobody_feeds() {
    let site = Site::with("limits.deadline = \"300ms\"");
    for (mta, status) in [("postfix", 75), ("qmail-command", 111), ("qmail-queue", 71)] {
        site.deliver().option("--mta", mta).open_pipe().start().wait_with_open_stdin().defers(status);
    }
}

#[test]
fn a_hangup_that_the_caller_ignores_does_not_end_it() {
    let site = Site::with("tag.header = \"\"");
    let mut started = site.deliver().through(["env", "--ignore-signal=HUP"]).open_pipe().start();
    started.until_guarded();
    started.signal(Signal::HUP);
    started.write(PLAIN.as_bytes());
    started.wait().exits(0).hands_on(PLAIN);
}

#[test]
fn nohup_and_its_like_are_handed_on_to_the_mda() {
    let site = Site::new();
    let script = "cat >/dev/null; kill -HUP $$; echo alive";
    site.deliver().through(["env", "--ignore-signal=HUP"]).mda_script(script).pipe(PLAIN).run().exits(0).says("alive\n");
    site.deliver().mda_script(script).pipe(PLAIN).run().is_killed_by(libc::SIGHUP);
}

#[test]
fn a_closed_reader_ends_the_mda_as_the_caller_has_set_it() {
    let site = Site::new();
    let script = "cat >/dev/null; kill -PIPE $$; echo alive";
    site.deliver().through(["env", "--ignore-signal=PIPE"]).mda_script(script).pipe(PLAIN).run().exits(0).says("alive\n");
    site.deliver().through(["env", "--default-signal=PIPE"]).mda_script(script).pipe(PLAIN).run().is_killed_by(libc::SIGPIPE);
}
