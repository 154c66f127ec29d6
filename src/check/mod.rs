//! Our own looks at a message: each a pure function from the message to findings.
//!
//! Owns the table of checks. A check must never decide what happens, do I/O, or decode more than it needs. Nothing here fails:
//! what cannot be looked at is a finding.

mod attachment;
mod eicar;
mod structure;

pub use eicar::test_file as eicar_test_file;

use crate::config::Settings;
use crate::finding::{Finding, Place};
use crate::message::{Message, Part};

/// One check.
pub struct Check {
    /// Its name in findings, header and log.
    pub name: &'static str,
    /// What it looks for, in one line.
    pub about: &'static str,
    /// Looks.
    pub run: fn(&Message<'_>, &Settings) -> Vec<Finding>,
}

/// Every check, in the order in which they look.
pub const CHECKS: &[Check] = &[
    Check { name: structure::NAME, about: "limits that were reached, and what readers take differently", run: structure::run },
    Check { name: eicar::NAME, about: "the test file of EICAR at the start of a part", run: eicar::run },
    Check { name: attachment::NAME, about: "attachments that the administrator does not want", run: attachment::run },
];

/// What all checks find.
pub fn run(message: &Message<'_>, settings: &Settings) -> Vec<Finding> {
    CHECKS.iter().flat_map(|check| (check.run)(message, settings)).collect()
}

/// The place of a whole part.
fn place(index: usize, part: &Part) -> Place {
    Place { part: Some(index), range: (part.layer == 0).then(|| part.whole()), cuttable: part.is_cuttable() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_its_own_name_and_a_line_about_it() {
        for (index, check) in CHECKS.iter().enumerate() {
            assert!(!check.about.is_empty() && check.about.len() < 80);
            assert!(CHECKS.iter().skip(index + 1).all(|other| other.name != check.name));
        }
    }
}
