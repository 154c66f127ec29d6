//! Limits of the process: too little memory, too small files, no stdin, too few descriptors. The message is deferred or delivered.

use crate::harness::{Clamd, NOBODY, PLAIN, Site, infected, is_root, sh};
use std::fs::File;

fn large() -> Vec<u8> {
    let part = crate::harness::attachment("a.txt", &"line of text\n".repeat(100_000));
    crate::harness::multipart(&[&part]).into_bytes()
}

/// The smallest address space, in KiB, in which the program says its version.
fn least_memory(site: &Site) -> u32 {
    let runs = |kib: &u32| site.bare("--version").behind(&format!("ulimit -v {kib}")).run().succeeded();
    (1..400).map(|step| step * 256).find(runs).expect("it runs in 100 MiB")
}

#[test]
fn with_little_memory_a_message_is_deferred_or_delivered_whole() {
    let least = least_memory(&Site::new());
    let large = large();
    for message in [PLAIN.as_bytes(), &large] {
        for step in 0..24 {
            let site = Site::with("tag.header = \"\"");
            let kib = least + step * 128;
            let ended = site.deliver().behind(&format!("ulimit -v {kib}")).pipe(message).run();
            println!("{kib} KiB, {} bytes", message.len());
            ended.exits_with_one_of(&[0, 75]).warns("");
            if ended.succeeded() {
                ended.hands_on(message);
            } else {
                ended.defers(75);
            }
        }
    }
}

#[test]
fn with_little_memory_an_infected_message_is_deferred_or_replaced() {
    let least = least_memory(&Site::new());
    for step in 0..24 {
        let site = Site::new();
        site.configure(&format!("delivery.maildir = {:?}", site.path("Maildir")));
        let ended = site.command("deliver").behind(&format!("ulimit -v {}", least + step * 256)).pipe(infected()).run();
        ended.exits_with_one_of(&[0, 75]).is_silent();
        let delivered = site.names("Maildir/new").len();
        assert_eq!(delivered, usize::from(ended.succeeded()), "{}", ended.context());
        assert!(delivered == 0 || site.names("quarantine/new").len() == 1, "delivered without the original kept");
    }
}

#[test]
fn a_limit_on_file_sizes_defers() {
    // In blocks of 512 bytes; the message is 1.3 MB.
    for blocks in [0, 1, 100, 2000] {
        let site = Site::with("tag.header = \"\"");
        site.deliver().behind(&format!("ulimit -f {blocks}")).pipe(large()).run().defers(75);
    }
}

#[test]
fn a_limit_on_file_sizes_defers_when_the_quarantine_or_the_maildir_meets_it() {
    let message = [infected().into_bytes(), vec![b'x'; 5000]].concat();
    for config in ["", "policy.infected = { action = \"accept\" }"] {
        let site = Site::new();
        site.configure(&format!("delivery.maildir = {:?}\n{config}", site.path("Maildir")));
        site.command("deliver").behind("ulimit -f 4").file(&message).run().defers(75);
        for folder in ["Maildir/new", "Maildir/tmp", "quarantine/new", "quarantine/tmp"] {
            assert!(site.names(folder).is_empty(), "{folder}");
        }
    }
}

#[test]
fn the_mda_finds_the_limit_on_file_sizes_as_it_was() {
    let site = Site::with("tag.header = \"\"");
    let ended = site.deliver().behind("ulimit -f 8").mda_script("cat >/dev/null; ulimit -f").pipe(PLAIN).run();
    ended.exits(0).says("8\n");
}

#[test]
fn a_closed_stdin_defers() {
    for (mta, status) in [("postfix", 75), ("qmail-command", 111), ("qmail-queue", 71)] {
        let site = Site::new();
        site.deliver().option("--mta", mta).behind("exec <&-").run().defers(status);
        // The configuration, which says where the log is, is not read then.
        assert_eq!(site.read("log"), "");
    }
}

#[test]
fn a_stdin_that_cannot_be_read_defers() {
    for stdin in ["exec </", "exec 0>/dev/null", "exec 0>>out"] {
        let site = Site::new();
        site.deliver().behind(stdin).run().defers(75);
    }
}

#[test]
fn an_empty_stdin_is_an_empty_message() {
    let site = Site::new();
    site.deliver().pipe("").run().exits(0).is_silent().hands_on("");
}

#[test]
fn with_few_descriptors_a_message_is_deferred_or_delivered_whole() {
    for most in 3..16 {
        let site = Site::with("tag.header = \"\"");
        let ended = site.deliver().behind(&format!("ulimit -n {most}")).mda(["/bin/cat"]).pipe(PLAIN).run();
        if ended.succeeded() {
            ended.says(PLAIN);
        } else {
            // Below five the loader of cat fails, which is its own affair.
            ended.exits_with_one_of(&[75, 127]).says("");
        }
    }
}

#[test]
fn where_no_thread_can_be_started_the_engine_has_failed() {
    if !is_root() {
        return;
    }
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: OK");
    site.configure(&clamd.engine());
    let program = site.open_to_all();
    // A large message: one engine is asked about a small one without a thread.
    site.deliver().program(&program).through(["prlimit", "--nproc=0"]).by_user(NOBODY).pipe(large()).run().defers(75);
    assert!(site.read("log").contains("class=unscanned name=io "), "{}", site.read("log"));
}

#[test]
fn a_file_that_is_cut_while_we_work_is_deferred() {
    for message in [PLAIN.as_bytes(), &large()] {
        let site = Site::new();
        let path = site.write("mail", message);
        let command = sh(&format!(": > {}", path.display()));
        site.configure(&format!("[[engine]]\nname = \"cuts\"\nkind = \"command\"\ncommand = {command}\ninput = \"stdin\""));
        site.deliver().given(File::open(&path).unwrap()).run().defers(75);
    }
}

#[test]
fn where_nothing_can_be_written_a_message_in_memory_passes() {
    let site = Site::with("tag.header = \"\"");
    site.deliver().env("TMPDIR", "/nonexistent").pipe(PLAIN).run().exits(0).hands_on(PLAIN);
}

#[test]
fn where_nothing_can_be_written_a_message_too_large_for_memory_is_deferred() {
    let site = Site::with("limits.message_size = \"1K\"\npolicy.unscanned = { action = \"accept\" }");
    site.deliver().env("TMPDIR", "/nonexistent").pipe(large()).run().defers(75);
}
