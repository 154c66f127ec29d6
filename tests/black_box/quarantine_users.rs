//! One quarantine for many users: a directory that all may write to, with the sticky bit. Needs root, to become two of them.

use crate::harness::{NOBODY, OTHER, PLAIN, Site, attachment, infected, is_root, multipart};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

const KEEPING: &str = "policy.infected = { action = \"accept\", quarantine = true }\n\
                       policy.banned = { action = \"accept\", quarantine = true }\n";

/// A site with a quarantine of mode 1733 that belongs to root, and the program that others can run; none without root.
fn shared(config: &str) -> Option<(Site, std::path::PathBuf)> {
    if !is_root() {
        return None;
    }
    let site = Site::with(config);
    let program = site.open_to_all();
    fs::create_dir(site.path("quarantine")).unwrap();
    fs::set_permissions(site.path("quarantine"), Permissions::from_mode(0o1733)).unwrap();
    Some((site, program))
}

#[test]
fn two_users_keep_their_mail_in_one_directory() {
    let Some((site, program)) = shared(KEEPING) else { return };
    for (user, recipient) in [(NOBODY, "a@b"), (OTHER, "c@b"), (NOBODY, "a@b"), (OTHER, "c@b")] {
        let call = site.deliver().program(&program).by_user(user).option("--recipient", recipient);
        call.mda(["/bin/cat"]).pipe(infected()).run().exits(0);
    }
    let names = site.names("quarantine/new");
    assert_eq!(names.len(), 2, "{names:?}");
    let mut owners: Vec<u32> = Vec::new();
    for name in &names {
        let path = site.path("quarantine/new").join(name);
        let status = fs::metadata(&path).unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap(), status.mode() & 0o7777), (infected(), 0o600));
        owners.push(status.uid());
    }
    owners.sort_unstable();
    assert_eq!(owners, [OTHER, NOBODY]);
}

#[test]
fn the_same_message_for_two_users_whose_addresses_nobody_told_is_kept_for_both() {
    let Some((site, program)) = shared(KEEPING) else { return };
    for user in [NOBODY, OTHER] {
        site.deliver().program(&program).by_user(user).mda(["/bin/cat"]).pipe(infected()).run().exits(0);
    }
    assert_eq!(site.names("quarantine/new").len(), 2);
    assert_eq!(site.names("quarantine/records").len(), 2);
}

#[test]
fn a_user_cannot_keep_the_mail_of_another_from_being_delivered() {
    let Some((site, program)) = shared(KEEPING) else { return };
    let deliver = |user, message: &str| {
        let call = site.deliver().program(&program).by_user(user).option("--recipient", "a@b").mda(["/bin/cat"]);
        call.pipe(message).run()
    };
    // The message is known to both, and so is its name in quarantine; the record of the one sits where the other's would go.
    deliver(OTHER, &infected()).exits(0);
    deliver(NOBODY, &infected()).exits(0);
}

#[test]
fn root_and_a_user_share_it() {
    let Some((site, program)) = shared(KEEPING) else { return };
    let message = multipart(&[&attachment("a.exe", "x")]);
    site.deliver().option("--recipient", "root@b").mda(["/bin/cat"]).pipe(&message).run().exits(0);
    site.deliver().program(&program).by_user(NOBODY).option("--recipient", "a@b").mda(["/bin/cat"]).pipe(&message).run().exits(0);
    assert_eq!(site.names("quarantine/new").len(), 2);
}

#[test]
fn a_directory_of_another_user_is_refused_with_or_without_the_sticky_bit() {
    for mode in [0o700, 0o755, 0o1733, 0o1777] {
        let Some((site, program)) = shared(KEEPING) else { return };
        fs::set_permissions(site.path("quarantine"), Permissions::from_mode(mode)).unwrap();
        chown(site.path("quarantine"), Some(OTHER), None).unwrap();
        site.deliver().program(&program).by_user(NOBODY).pipe(infected()).run().defers(75);
    }
}

#[test]
fn one_that_we_may_not_write_to_defers() {
    let Some((site, program)) = shared(KEEPING) else { return };
    fs::set_permissions(site.path("quarantine"), Permissions::from_mode(0o755)).unwrap();
    site.deliver().program(&program).by_user(NOBODY).pipe(infected()).run().defers(75);
}

#[test]
fn the_slots_of_a_shared_directory_are_everybodys() {
    let Some((site, program)) = shared("limits.parallel = 1\ntag.header = \"\"") else { return };
    for user in [NOBODY, OTHER, NOBODY, OTHER] {
        site.deliver().program(&program).by_user(user).mda(["/bin/cat"]).pipe(PLAIN).run().exits(0).says(PLAIN);
    }
    site.deliver().mda(["/bin/cat"]).pipe(PLAIN).run().exits(0).says(PLAIN);
}
