//! F-Secure's fsavd: words with tabs between them, and `OK<tab>Scan ok.` in the end.
//!
//! Owns what a line means. It must never take a line for clean that it does not know. Nothing here can fail.

use super::dialogue::{Dialogue, Said};

pub(super) const DIALOGUE: Dialogue = Dialogue {
    before: &[
        ("CONFIGURE\tARCHIVE\t1\n", "OK\t"),
        // Its own limit of time would end a scan as if it were through; ours holds.
        ("CONFIGURE\tTIMEOUT\t0\n", "OK\t"),
        ("CONFIGURE\tMAXARCH\t5\n", "OK\t"),
        ("CONFIGURE\tMIME\t1\n", "OK\t"),
    ],
    question: "SCAN\t{file}\n",
    means,
    bye: "",
};

/// Behind a finding stand the path, the name and the engine.
fn means(line: &str) -> Said {
    let words: Vec<&str> = line.split('\t').collect();
    match words.as_slice() {
        ["OK", "Scan ok."] => Said::Clean,
        ["INFECTED" | "SUSPICION" | "SUSPECTED" | "RISKWARE", _, name, ..] => Said::infected(name),
        ["INFECTED" | "SUSPICION" | "SUSPECTED" | "RISKWARE", ..] => Said::infected(""),
        ["ERROR", ..] => Said::reported(line),
        _ => Said::unknown(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::daemon::dialogue::infected;

    #[test]
    fn only_its_own_last_line_is_clean() {
        assert!(matches!(means("OK\tScan ok."), Said::Clean));
        for (line, name) in [("INFECTED\t/tmp/x\tEICAR\tFSE", "EICAR"), ("SUSPICION\t/tmp/x\tNew\tAVP", "New"), ("INFECTED\tx", "unnamed")]
        {
            assert!(matches!(means(line), Said::Found(threat) if threat == infected(name)), "{line}");
        }
        for line in ["", "OK", "OK\tScan ok. INFECTED", "ERROR\tno file", "PING", "OK Scan ok."] {
            assert!(matches!(means(line), Said::Failed(_)), "{line}");
        }
    }
}
