//! Files in winmail.dat, in uuencode and in BinHex as real programs wrote them.

use crate::collection::{Sample, files};
use mailward::message::embedded::{Embedded, find, unpack};
use std::fs;

const MOST: u64 = 10_000_000;

/// Those of a folder whose names end so.
fn samples(folder: &str, end: &str) -> Vec<Sample> {
    files().into_iter().filter(|sample| sample.name.starts_with(folder) && sample.name.ends_with(end)).collect()
}

/// Another program's list has a `_` for what is no letter in a name, and tells bodies by the kind at the end of the name.
fn is_listed(listed: &str, file: &Embedded) -> bool {
    let plain = |name: &str| name.replace(' ', "_");
    let is_body = listed.contains("-body.") && file.names.is_empty() && file.media_type.ends_with(listed.rsplit('.').next().unwrap());
    is_body || file.names.iter().any(|name| plain(name) == plain(listed))
}

#[test]
fn every_file_that_another_program_finds_in_winmail_dat_comes_out() {
    for sample in samples("att-tnef/", ".tnef") {
        let unpacked = unpack("application/ms-tnef", &[], &sample.bytes(), MOST);
        assert_eq!(unpacked.stop, None, "{}", sample.name);
        let list = fs::read_to_string(sample.path.with_extension("list")).unwrap_or_default();
        for listed in list.lines() {
            assert!(unpacked.files.iter().any(|file| is_listed(listed, file)), "{}: {listed} {:?}", sample.name, unpacked.files);
        }
    }
}

#[test]
fn the_same_program_comes_out_of_every_wrapping() {
    for original in samples("att-clamav-testfiles/", "/clam.exe") {
        for sample in samples("att-clamav-testfiles/clam.", "") {
            let bytes = sample.bytes();
            let unpacked = match sample.name.rsplit('.').next() {
                Some("tnef") => unpack("", &[], &bytes, MOST),
                Some("binhex" | "uu") => find(&bytes, MOST),
                _ => continue,
            };
            let is_there = unpacked.files.iter().any(|file| file.content == original.bytes() && file.names == ["clam.exe"]);
            // The uuencoded one lacks the end of its last line.
            let is_whole = unpacked.stop.is_none() || sample.name.ends_with(".uu");
            assert!(is_there && is_whole, "{} {unpacked:?}", sample.name);
        }
    }
}

#[test]
fn uuencoded_files_in_mail_come_out() {
    for sample in samples("mime-tools/other/testin/", ".gif.uu") {
        let unpacked = find(&sample.bytes(), MOST);
        assert!(unpacked.files.iter().any(|file| file.content.starts_with(b"GIF8")), "{} {unpacked:?}", sample.name);
    }
}
