//! Files in the lines of a text: readers of Usenet and of old mail show them as attachments.
//!
//! Owns which there are. It must never take long over a text that has none. Nothing here can fail.

use super::{Embedded, Stop, Unpacked, is_base64, name_of};
use crate::message::decode::{Encoding, Inline, binhex, decode, uuencode, yenc};

/// Takes the files out of a text, `most` bytes in all.
pub fn find(body: &[u8], most: u64) -> Unpacked {
    let mut out = Unpacked::new(most);
    each(body, &mut out, uuencode::next, |mut file, _| {
        let other = std::mem::take(&mut file.other);
        let name = file.name.clone();
        let other = (!other.is_empty()).then(|| Embedded {
            names: name_of(&name).into_iter().collect(),
            media_type: "",
            content: other,
            kind: "uuencode",
        });
        std::iter::once(plain("uuencode", file)).chain(other).collect()
    });
    // What a reader makes of such a one nobody can tell.
    if uuencode::is_begun_in_vain(body) {
        out.stop(Stop::Broken);
    }
    each(body, &mut out, yenc::next, |file, _| vec![plain("yenc", file)]);
    each(body, &mut out, binhex::next, forks);
    // Some readers decode a body that looks so, whatever the header says.
    if is_base64(body) {
        let content = decode(Encoding::Base64, body).into_owned();
        out.add(Embedded { names: Vec::new(), media_type: "", content, kind: "base64" });
    }
    out
}

fn each(
    body: &[u8],
    out: &mut Unpacked,
    next: impl Fn(&[u8], usize) -> Option<Inline>,
    files: impl Fn(Inline, &mut Unpacked) -> Vec<Embedded>,
) {
    let mut from = 0;
    while let Some(file) = next(body, from) {
        if !out.has_room() {
            return out.stop(Stop::TooMuch);
        }
        from = file.end;
        if !file.is_whole {
            out.stop(Stop::Broken);
        }
        for file in files(file, out) {
            out.add(file);
        }
    }
}

fn plain(kind: &'static str, file: Inline) -> Embedded {
    Embedded { names: name_of(&file.name).into_iter().collect(), media_type: "", content: file.content, kind }
}

fn forks(file: Inline, out: &mut Unpacked) -> Vec<Embedded> {
    let forks = binhex::unpack(&file.content, out.left);
    if !forks.is_whole {
        out.stop(Stop::Broken);
    }
    let names: Vec<String> = name_of(&forks.name).into_iter().collect();
    let fork = |content: Vec<u8>| Embedded { names: names.clone(), media_type: "", content, kind: "binhex" };
    let mut files = vec![fork(forks.data)];
    files.extend((!forks.resources.is_empty()).then(|| fork(forks.resources)));
    files.retain(|file| !file.content.is_empty() || !file.names.is_empty());
    files
}
