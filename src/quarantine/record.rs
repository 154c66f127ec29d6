//! What is written down beside a message in quarantine.
//!
//! Owns the JSON of a record. It must never hold a byte of the body. What fails is an I/O error of writing JSON.

use super::Id;
use crate::envelope::Envelope;
use crate::finding::Finding;
use crate::policy::Plan;
use serde::Serialize;
use std::io;

/// What is known of a message in quarantine.
#[derive(Debug, Serialize)]
pub struct Record {
    /// Its name in quarantine.
    pub id: Id,
    /// When it was kept (RFC 3339).
    pub time: String,
    /// Which mailward kept it.
    pub version: &'static str,
    /// Bytes of the message.
    pub size: u64,
    /// Who sent it to whom.
    pub envelope: Envelope,
    /// What was found.
    pub findings: Vec<Finding>,
    /// What was decided.
    pub plan: Plan,
    /// The MDA and its arguments, empty for none.
    pub mda: Vec<String>,
    /// What the engines say of themselves.
    pub engines: Vec<EngineVersion>,
}

/// An engine and its version.
#[derive(Debug, Serialize)]
pub struct EngineVersion {
    /// The engine's name.
    pub name: String,
    /// Its own words, or why there are none.
    pub version: String,
}

impl Record {
    /// The record as JSON with a line end.
    ///
    /// # Errors
    /// None that can happen with these types.
    pub fn to_json(&self) -> io::Result<Vec<u8>> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        Ok(json)
    }
}
