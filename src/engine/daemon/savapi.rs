//! Avira's SAVAPI: the product, the path, and lines with codes.
//!
//! Owns what a code means. It must never take another than 200 and 210 for clean. What fails is a [`Trouble`].

use super::Job;
use super::dialogue::{Dialogue, Said, line};
use crate::engine::wire::Wire;
use crate::engine::{Threat, Trouble};

const DIALOGUE: Dialogue = Dialogue { before: &[], question: "SCAN {file}\n", means, bye: "QUIT\n" };

/// The licence is bound to a number, which stands where others have the path of their service.
pub(super) fn ask(wire: &mut Wire, job: &Job<'_>) -> Result<Vec<Threat>, Trouble> {
    let product = job.engine.service.as_deref().unwrap_or("0");
    wire.send(format!("SET PRODUCT {product}\n").as_bytes())?;
    let answer = line(wire)?;
    if !answer.starts_with("100 PRODUCT") {
        return Err(Trouble::Reported(answer));
    }
    DIALOGUE.hold(wire, job)
}

/// Behind 310 stands `FILE <<< NAME ; KIND ; TEXT`, or the same from the name on.
fn means(line: &str) -> Said {
    let (code, text) = line.split_once(' ').unwrap_or((line, ""));
    let name = || text.rsplit_once("<<< ").map_or(text, |(_, name)| name).split(';').next().unwrap_or_default();
    match code {
        "200" | "210" => Said::Clean,
        "310" | "420" => Said::infected(name()),
        "319" => Said::infected(""),
        _ if code.len() == 3 && code.starts_with('1') => Said::Aside,
        _ if code.len() == 3 && code.starts_with(['3', '4', '5']) => Said::reported(line),
        _ => Said::unknown(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::daemon::dialogue::infected;

    #[test]
    fn each_code_has_its_meaning() {
        assert!(matches!(means("200 CLEAN"), Said::Clean) && matches!(means("210"), Said::Clean));
        let table = [
            ("310 /tmp/x <<< Eicar-Test-Signature ; virus ; Contains code", "Eicar-Test-Signature"),
            ("310 Worm/Bagle ; worm ; Contains", "Worm/Bagle"),
            ("420 HEUR/Suspicious ; heuristic ; x", "HEUR/Suspicious"),
            ("319 ", "unnamed"),
        ];
        for (line, name) in table {
            assert!(matches!(means(line), Said::Found(threat) if threat == infected(name)), "{line}");
        }
        assert!(matches!(means("199 progress"), Said::Aside));
        for line in ["350 could not open", "430 encrypted", "500 error", "", "20", "2000", "CLEAN", "220 x"] {
            assert!(matches!(means(line), Said::Failed(_)), "{line}");
        }
    }
}
