//! Runs of the built program with engines that take their time.

use crate::harness::{Asked, Clamd, Site};
use crate::statistics::spread;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

/// Milliseconds of the slowest engine alone, of all five, and the middle of the rounds' ratios.
pub(crate) struct SideBySide {
    pub(crate) slowest: f64,
    pub(crate) five: f64,
    pub(crate) ratio: f64,
}

/// What a message for many costs.
pub(crate) struct Many {
    pub(crate) scans: usize,
    pub(crate) took: f64,
}

const TIMES: [u64; 5] = [20, 40, 60, 80, 100];
const RECIPIENTS: usize = 50;
const AT_ONCE: usize = 8;

/// One that takes so many milliseconds, whoever else asks meanwhile.
fn slow(site: &Site, milliseconds: u64) -> Clamd {
    Clamd::at(&site.path(&format!("clamd-{milliseconds}")), move |talk| {
        let asked = talk.listen()?;
        if asked == Asked::Version {
            return talk.say("ClamAV 1.4.3/27000/Mon Jan  1 00:00:00 2024\0");
        }
        thread::sleep(Duration::from_millis(milliseconds));
        talk.say("fd[9]: OK\0")
    })
}

fn engine(name: &str, addresses: &[&str], keys: &str) -> String {
    let addresses: Vec<String> = addresses.iter().map(|address| format!("{address:?}")).collect();
    format!("[[engine]]\nname = \"{name}\"\nkind = \"clamd\"\nretry = \"0s\"\naddress = [{}]\n{keys}", addresses.join(", "))
}

fn configured(site: &Site, engines: &str) {
    site.configure(&format!("delivery.maildir = {:?}\n{engines}", site.path("Maildir")));
}

fn message(number: usize) -> String {
    format!("From: a@sender.example\nSubject: message {number}\n\nhello\n")
}

/// Milliseconds of one run.
fn run(site: &Site, message: &str) -> f64 {
    let start = Instant::now();
    site.command("deliver").pipe(message).run().exits(0);
    start.elapsed().as_secs_f64() * 1e3
}

pub(crate) fn side_by_side(rounds: usize) -> SideBySide {
    let (alone, together) = (Site::new(), Site::new());
    let clamds = TIMES.map(|time| slow(&together, time));
    let engines: Vec<String> = clamds.iter().zip(TIMES).map(|(clamd, time)| engine(&format!("e{time}"), &[&clamd.address], "")).collect();
    configured(&together, &engines.concat());
    configured(&alone, &engines[TIMES.len() - 1]);
    let times: Vec<[f64; 2]> = (0..rounds).map(|number| [&alone, &together].map(|site| run(site, &message(number)))).collect();
    let middle = |values: Vec<f64>| spread(&values).map_or(f64::NAN, |spread| spread.middle);
    SideBySide {
        slowest: middle(times.iter().map(|[one, _]| *one).collect()),
        five: middle(times.iter().map(|[_, five]| *five).collect()),
        ratio: middle(times.iter().map(|[one, five]| five / one).collect()),
    }
}

/// With the cache and without.
pub(crate) fn many_recipients() -> [Many; 2] {
    ["cache = \"10m\"\n", ""].map(|keys| {
        let site = Site::new();
        let clamd = slow(&site, 20);
        configured(&site, &engine("clamav", &[&clamd.address], keys));
        let took = (0..RECIPIENTS).map(|number| run(&site, &format!("Delivered-To: user{number}@example.org\n{}", message(0)))).sum();
        Many { scans: clamd.asked().iter().filter(|asked| **asked != Asked::Version).count(), took }
    })
}

/// Messages a second.
pub(crate) fn throughput(addresses: usize, messages: usize) -> f64 {
    let site = Site::new();
    let one_at_a_time = |number: usize| {
        let busy = Mutex::new(());
        Clamd::at(&site.path(&format!("clamd-{number}")), move |talk| {
            let _working = busy.lock();
            thread::sleep(Duration::from_millis(20));
            talk.scan_and_say("fd[9]: OK")
        })
    };
    let clamds: Vec<Clamd> = (0..addresses).map(one_at_a_time).collect();
    let list: Vec<&str> = clamds.iter().map(|clamd| clamd.address.as_str()).collect();
    configured(&site, &engine("clamav", &list, "balance = \"hash\"\n"));
    let (next, start) = (AtomicUsize::new(0), Instant::now());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let number = next.fetch_add(1, SeqCst)
                    && number < messages
                {
                    run(&site, &message(number));
                }
            });
        }
    });
    messages as f64 / start.elapsed().as_secs_f64()
}
