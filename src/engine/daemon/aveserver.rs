//! Kaspersky's aveserver: a greeting 2xx, `SCAN`, lines `322` for each virus, and 2xx in the end.
//!
//! Owns what a line means. It must never take another line than the last for clean. Nothing here can fail.

use super::dialogue::{Dialogue, Said};

pub(super) const DIALOGUE: Dialogue = Dialogue { before: &[], question: "SCAN bPQRSTUW {file}\r\n", means, bye: "quit\r\n" };

/// Behind `322` and a blank or a hyphen the name goes up to the next blank.
fn means(line: &str) -> Said {
    let (code, rest) = line.split_at_checked(3).unwrap_or((line, ""));
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()) && (rest.is_empty() || rest.starts_with([' ', '-']));
    match code.as_bytes().first() {
        Some(b'3') if is_code && code == "322" => Said::infected(rest.get(1..).and_then(|rest| rest.split(' ').next()).unwrap_or_default()),
        Some(b'2') if is_code => Said::Clean,
        Some(b'5') if is_code => Said::reported(line),
        _ => Said::unknown(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::daemon::dialogue::infected;

    #[test]
    fn a_virus_has_its_code_and_only_2xx_is_clean() {
        for line in ["220 OK", "200", "210-x"] {
            assert!(matches!(means(line), Said::Clean), "{line}");
        }
        for (line, name) in [("322 EICAR-Test-File /tmp/x", "EICAR-Test-File"), ("322-Worm /tmp/x", "Worm"), ("322", "unnamed")] {
            assert!(matches!(means(line), Said::Found(threat) if threat == infected(name)), "{line}");
        }
        assert!(matches!(means("530 cannot open"), Said::Failed(_)));
        for line in ["", "2", "2xx", "321 suspicious", "420 x", "OK", "2200"] {
            assert!(matches!(means(line), Said::Failed(_)), "{line}");
        }
    }
}
