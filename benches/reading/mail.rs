//! Well-formed messages, looked at and parsed in turns.

use crate::message::{self, Kind};
use crate::report::{self, Row};
use crate::subject;
use mailward::config::Settings;
use std::fs;
use std::path::{Path, PathBuf};

/// One line for each message.
pub(crate) fn measure(is_quick: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = Kind::ALL.iter().filter_map(|kind| row(kind.name(), &[kind.build()], is_quick)).collect();
    rows.extend(row("a forwarded message", &[forwarded()], is_quick));
    rows.extend(row("20 small attachments", &[attachments()], is_quick));
    rows.extend(row("the wanted mail of the corpus, where it is there", &ham(), is_quick));
    rows
}

fn row(name: &str, messages: &[Vec<u8>], is_quick: bool) -> Option<Row> {
    let size: usize = messages.iter().map(Vec::len).sum();
    let rounds = ((if is_quick { 1 << 24 } else { 1 << 29 }) / size.max(1)).clamp(5, 2000);
    let (bounds, settings) = (subject::bounds(), Settings::default());
    let (mut read, mut look, mut parse) = (Vec::new(), Vec::new(), Vec::new());
    // The first round warms up.
    for _ in 0..=rounds {
        let sum = |take: &dyn Fn(&[u8]) -> f64| messages.iter().map(|message| take(message)).sum::<f64>();
        read.push(sum(&|message| subject::read(message, &bounds).as_secs_f64()));
        parse.push(sum(&|message| subject::parse(message).as_secs_f64()));
        look.push(sum(&|message| subject::look(message, &bounds, &settings).whole.as_secs_f64()));
    }
    report::mail(name, size, read.get(1..)?, look.get(1..)?, parse.get(1..)?).filter(|_| size > 0)
}

fn forwarded() -> Vec<u8> {
    let inner = Kind::Html.build();
    let front = "From: Anna Sender <anna@sender.example>\nTo: Bob Recipient <bob@example.org>\nSubject: Fwd: the news\nMIME-Version: 1.0\n\
                 Content-Type: multipart/mixed; boundary=\"=_bench_forward\"\n\n--=_bench_forward\nContent-Type: text/plain; charset=utf-8\n\n\
                 See below.\n\n--=_bench_forward\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename=\"news.eml\"\n\n";
    [front.as_bytes(), &inner, b"\n--=_bench_forward--\n"].concat()
}

fn attachments() -> Vec<u8> {
    let mut message =
        b"From: Anna Sender <anna@sender.example>\nTo: Bob Recipient <bob@example.org>\nSubject: The pictures\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=\"=_bench_many\"\n\n--=_bench_many\nContent-Type: text/plain; charset=utf-8\n\nMany.\n\n"
            .to_vec();
    let picture: Vec<u8> = [&b"\x89PNG\r\n\x1a\n"[..], &(0..=u8::MAX).cycle().take(3000).collect::<Vec<u8>>()].concat();
    for number in 0..20 {
        message.extend_from_slice(
            format!(
                "--=_bench_many\nContent-Type: image/png; name=\"picture {number}.png\"\nContent-Transfer-Encoding: base64\n\
                 Content-Disposition: attachment; filename=\"picture {number}.png\"\n\n"
            )
            .as_bytes(),
        );
        picture.chunks(57).for_each(|line| message::base64_line(line, &mut message));
        message.push(b'\n');
    }
    message.extend_from_slice(b"--=_bench_many--\n");
    message
}

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus");

/// The wanted mail of public collections; none where they are not there.
fn ham() -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    collect(Path::new(CORPUS), &mut paths);
    paths.sort();
    let is_ham = |path: &&PathBuf| path.components().any(|folder| folder.as_os_str().to_string_lossy().contains("ham"));
    paths.iter().filter(is_ham).filter_map(|path| fs::read(path).ok()).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "eml") {
            paths.push(path);
        }
    }
}
