//! Avast's daemon: `PATH<tab>[+]` for each clean file, `[L]` with a name, `[E]` where it could not, and 200 in the end.
//!
//! Owns what a line means. It must never believe 200 alone. Nothing here can fail.

use super::dialogue::{Dialogue, Said};

pub(super) const DIALOGUE: Dialogue = Dialogue { before: &[], question: "SCAN {file}\r\n", means, bye: "QUIT\r\n" };

fn means(line: &str) -> Said {
    let Some((_, told)) = line.split_once('\t') else {
        return match line.get(..4).unwrap_or(line) {
            "200 " | "200" => Said::Over,
            "210 " | "210" => Said::Aside,
            _ if line.starts_with(['4', '5']) => Said::reported(line),
            _ => Said::unknown(line),
        };
    };
    match told.get(..3) {
        Some("[+]") => Said::Fine,
        Some("[L]") => Said::infected(&name(told.get(3..).unwrap_or_default())),
        Some("[E]") => Said::reported(line),
        _ => Said::unknown(line),
    }
}

/// Version 4 tells `<tab>NAME`, later ones `0.0<tab>0 NAME`, with backslashes before blanks and before backslashes.
fn name(told: &str) -> String {
    let (_, name) = told.split_once('\t').unwrap_or(("", told));
    let name = name.split_once(' ').filter(|(number, _)| number.parse::<u8>().is_ok()).map_or(name, |(_, name)| name);
    let mut plain = String::new();
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        plain.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Trouble;
    use crate::engine::daemon::dialogue::infected;

    #[test]
    fn each_mark_has_its_meaning_in_old_and_new_forms() {
        for line in ["/tmp/x\t[+]", "SCAN /tmp/x\t[+]0.0"] {
            assert!(matches!(means(line), Said::Fine), "{line}");
        }
        let table = [
            ("/tmp/x\t[L]\tEICAR-Test", "EICAR-Test"),
            ("SCAN /tmp/x|>eicar\t[L]0.0\t0 EICAR\\ Test-NOT\\ virus!!!", "EICAR Test-NOT virus!!!"),
            ("/tmp/x\t[L]", "unnamed"),
        ];
        for (line, name) in table {
            assert!(matches!(means(line), Said::Found(threat) if threat == infected(name)), "{line}");
        }
        assert!(matches!(means("200 SCAN OK"), Said::Over) && matches!(means("210 SCAN DATA"), Said::Aside));
        for line in ["SCAN /tmp/x\t[E]13.0\tError 13 Permission\\ denied", "451 engine error", "501 syntax error"] {
            assert!(matches!(means(line), Said::Failed(Trouble::Reported(_))), "{line}");
        }
        for line in ["", "2000", "[+]", "x\t[?]", "x\t", "OK"] {
            assert!(matches!(means(line), Said::Failed(Trouble::Unknown(_))), "{line}");
        }
    }
}
