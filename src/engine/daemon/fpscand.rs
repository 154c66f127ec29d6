//! F-Prot's fpscand (version 6): `CODE <TEXT: NAME> PATH`.
//!
//! Owns the bits of the code. It must never take a file for clean that was skipped: bits 8 and 64 say so, and other clients read over
//! them. Nothing here can fail.

use super::dialogue::{Dialogue, Said};

pub(super) const DIALOGUE: Dialogue =
    Dialogue { before: &[], question: "SCAN --scanlevel=2 --archive=2 --heurlevel=2 FILE {file}\n", means, bye: "QUIT\n" };

/// An infected object, one that the heuristics suspect, one that was disinfected.
const INFECTED: u8 = 1 | 2 | 128;

fn means(line: &str) -> Said {
    let Some((code, text)) = line.split_once(' ') else { return Said::unknown(line) };
    let told = text.strip_prefix('<').and_then(|text| text.split_once('>')).map(|(told, _)| told);
    match (code.parse::<u8>(), told) {
        (Ok(0), Some(told)) if told.eq_ignore_ascii_case("clean") => Said::Clean,
        (Ok(code), told) if code & INFECTED != 0 => {
            Said::infected(told.and_then(|told| told.split_once(": ")).map_or("", |(_, name)| name))
        }
        (Ok(1..), _) => Said::reported(line),
        _ => Said::unknown(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Trouble;
    use crate::engine::daemon::dialogue::infected;

    #[test]
    fn the_bits_tell_what_was_found_and_what_was_not_scanned() {
        assert!(matches!(means("0 <clean> /tmp/x"), Said::Clean));
        let table = [
            ("1 <infected: EICAR_Test_File> /tmp/x->eicar", "EICAR_Test_File"),
            ("3 <contains infected objects: Worm> /tmp/x", "Worm"),
            ("66 <suspicious: New or modified> /tmp/x", "New or modified"),
            ("1 x", "unnamed"),
        ];
        for (line, name) in table {
            assert!(matches!(means(line), Said::Found(threat) if threat == infected(name)), "{line}");
        }
        for line in ["8 <limits> /tmp/x", "64 <encrypted> /tmp/x", "16 <error> /tmp/x"] {
            assert!(matches!(means(line), Said::Failed(Trouble::Reported(_))), "{line}");
        }
        for line in ["", "0", "0 clean", "0 <infected: x> y", "256 <x>", "-1 <x>", "<clean>", "0 <clean"] {
            assert!(matches!(means(line), Said::Failed(Trouble::Unknown(_))), "{line}");
        }
    }
}
