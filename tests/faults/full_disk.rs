//! A disk that is really full: a tmpfs of 64 KiB or of a few inodes, in a mount name space that ends with the test.
//!
//! Each test runs itself again under `unshare -Urm`, which needs no root, mounts there, and leaves nothing behind. Every try is given a
//! page, or an inode, more than the one before, until the message goes through: so each step of a run is the one that fails once.
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use tempfile::TempDir;

use crate::site::{Delivery, Destination, Ending, Feed, Site};
use crate::{mails, skip};

/// Set in the test that runs inside.
const INSIDE: &str = "MAILWARD_TEST_INSIDE";
const PAGE: usize = 4096;
/// Pages of the disk, which are more than one message takes; as many inodes are too.
const PLENTY: usize = 64 * 1024 / PAGE;

/// Whether this is the test inside; where it is not, starts that one and waits for it.
fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    if skip::can_mount() {
        let own = std::env::current_exe().unwrap();
        let mut unshare = Command::new("unshare");
        unshare.args(["-Urm", "--"]).arg(own).args([&format!("full_disk::{test}"), "--exact", "--nocapture"]).env(INSIDE, "1");
        let output = unshare.output().unwrap();
        assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    false
}

/// Mounts the site's disk: 64 KiB and as many inodes as pages, of which the top folder takes one.
fn mount(site: &Site) {
    let options = format!("size={},nr_inodes={}", PAGE * PLENTY, PLENTY + 1);
    let status = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "mailward-test"]).arg(site.disk()).status().unwrap();
    assert!(status.success());
}

/// What runs out.
#[derive(Clone, Copy)]
enum Short {
    Pages,
    Inodes,
}

/// Fills the disk until so many are left.
fn leave(site: &Site, left: usize, short: Short) {
    let filler = |number: usize| site.disk().join(format!("filler-{number}"));
    match short {
        Short::Pages => fs::write(filler(0), vec![0; PAGE * (PLENTY - left)]).unwrap(),
        Short::Inodes => (left..PLENTY).for_each(|number| fs::write(filler(number), "").unwrap()),
    }
}

fn empty(site: &Site) {
    let fillers = (0..PLENTY).map(|number| site.disk().join(format!("filler-{number}")));
    fillers.filter(|filler| filler.exists()).for_each(|filler| fs::remove_file(filler).unwrap());
}

/// Tries on a disk with so much left, then again with space enough; says whether the first try went through.
fn is_enough(destination: Destination, left: usize, short: Short) -> bool {
    let mail = mails::infected();
    let delivery = Delivery { mail: &mail, feed: Feed::Pipe, destination, is_kept: true };
    let folder = TempDir::new().unwrap();
    let site = Site::make(folder.path(), "free_space = 0\n");
    mount(&site);
    leave(&site, left, short);
    let is_enough = is_done(&site, &site.deliver(delivery), &mail);
    empty(&site);
    assert!(is_enough || is_done(&site, &site.deliver(delivery), &mail), "the next try, with space enough, delivers: {}", site.log());
    assert!(site.files("quarantine/tmp").is_empty() && site.files("maildir/tmp").is_empty(), "nothing is left in tmp");
    let umount = Command::new("umount").arg(site.disk()).status().unwrap();
    assert!(umount.success());
    is_enough
}

/// Whether the run delivered; if it did not, all of the message must have stayed with the MTA.
fn is_done(site: &Site, ending: &Ending, mail: &[u8]) -> bool {
    let (kept, delivered) = (site.files("quarantine/new"), site.files("maildir/new"));
    let handed_on = delivered.len() + usize::from(!ending.stdout.is_empty());
    assert!(kept.iter().all(|kept| kept == mail), "no original in part");
    assert!(delivered.iter().all(|delivered| delivered.ends_with(b"\n") && delivered.starts_with(b"X-Mailward: infected; ")));
    assert!(ending.stderr.is_empty() && ending.status.signal().is_none());
    match ending.status.code() {
        Some(0) => assert_eq!((kept.len(), handed_on), (1, 1), "{}", site.log()),
        Some(75) => assert_eq!(handed_on, 0, "{}", site.log()),
        other => panic!("exit {other:?}: {}", site.log()),
    }
    ending.status.success()
}

/// Tries with 0, 1, 2, ... left until one goes through; some must fail before.
fn assert_fails_until_enough(short: Short) {
    for destination in [Destination::Mda, Destination::Maildir] {
        let enough = (0..=PLENTY).find(|left| is_enough(destination, *left, short)).expect("with plenty it goes through");
        assert!(enough > 1, "the first tries must fail, and {enough} was enough");
    }
}

#[test]
fn every_page_can_be_the_last() {
    if is_inside("every_page_can_be_the_last") {
        assert_fails_until_enough(Short::Pages);
    }
}

#[test]
fn every_inode_can_be_the_last() {
    if is_inside("every_inode_can_be_the_last") {
        assert_fails_until_enough(Short::Inodes);
    }
}

#[test]
fn a_disk_below_the_limit_is_not_written_to() {
    if !is_inside("a_disk_below_the_limit_is_not_written_to") {
        return;
    }
    let (mail, folder) = (mails::infected(), TempDir::new().unwrap());
    let site = Site::make(folder.path(), "free_space = \"1M\"\n");
    mount(&site);
    let ending = site.deliver(Delivery { mail: &mail, feed: Feed::Pipe, destination: Destination::Mda, is_kept: true });
    assert_eq!(ending.status.code(), Some(75), "{}", site.log());
    assert!(ending.stdout.is_empty() && site.files("quarantine/new").is_empty() && site.files("quarantine/records").is_empty());
}
