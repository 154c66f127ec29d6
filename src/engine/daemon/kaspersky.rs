//! Kaspersky's Scan Engine: HTTP and JSON, with the message under base64.
//!
//! Owns what a result means. It must never take another than `CLEAN` for clean, also not for what is inside. What fails is a [`Trouble`].

use super::Job;
use super::dialogue::infected;
use crate::engine::http::{self, Request};
use crate::engine::wire::Wire;
use crate::engine::{Threat, Trouble};
use crate::finding::Class;
use base64_simd::STANDARD;
use serde::Deserialize;

/// Where it takes a file from memory, unless the configuration says otherwise.
const SERVICE: &str = "api/v3.0/scanmemory";

/// The result for an object, and for those in it. Other fields come with newer versions.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Scanned {
    scan_result: String,
    detection_name: String,
    /// `"true"` in quotes, as its documentation has it, or as a word of JSON.
    contains_office_macro: serde_json::Value,
    sub_objects_scan_results: Vec<Self>,
}

pub(super) fn ask(wire: &mut Wire, job: &Job<'_>) -> Result<Vec<Threat>, Trouble> {
    let timeout = job.engine.timeout.as_millis();
    let mut body = format!("{{\"timeout\":\"{timeout}\",\"object\":\"");
    STANDARD.encode_append(job.bytes, &mut body);
    body.push_str("\"}");
    let path = format!("/{}", job.engine.service.as_deref().unwrap_or(SERVICE).trim_start_matches('/'));
    let fields = [("Content-Type", "application/octet-stream".to_owned())];
    let answer = http::exchange(wire, &Request { method: "POST", path: &path, fields: &fields, body: body.as_bytes() })?;
    match answer.status {
        200 => means(&answer.body),
        status => Err(Trouble::Reported(format!("HTTP status {status}"))),
    }
}

fn means(body: &[u8]) -> Result<Vec<Threat>, Trouble> {
    let unknown = || Trouble::Unknown(String::from_utf8_lossy(body.get(..body.len().min(200)).unwrap_or_default()).into_owned());
    let scanned: Scanned = serde_json::from_slice(body).map_err(|_| unknown())?;
    // Its own sub-objects hold none: the list is flat. serde_json bounds the depth of what says otherwise.
    let objects = || std::iter::once(&scanned).chain(&scanned.sub_objects_scan_results);
    if let Some(virus) = objects().find(|object| ["DETECT", "DETECTED", "DISINFECTED", "DELETED"].contains(&object.scan_result.as_str())) {
        return Ok(vec![infected(&virus.detection_name)]);
    }
    let mut found = Vec::new();
    for object in objects() {
        found.extend(threat(object)?);
    }
    Ok(found)
}

/// What an object without a virus is.
fn threat(object: &Scanned) -> Result<Option<Threat>, Trouble> {
    let has_macro = matches!(&object.contains_office_macro, serde_json::Value::Bool(true))
        || object.contains_office_macro.as_str().is_some_and(|word| !word.eq_ignore_ascii_case("false"));
    match object.scan_result.as_str() {
        "CLEAN" if has_macro => Ok(Some(Threat::whole(Class::Active, "OfficeMacro"))),
        "CLEAN" => Ok(None),
        "NON_SCANNED (PASSWORD PROTECTED)" => Ok(Some(Threat::whole(Class::Encrypted, "password protected"))),
        other if other.starts_with("NON_SCANNED") || other == "SERVER_ERROR" => Err(Trouble::Reported(other.to_owned())),
        other => Err(Trouble::Unknown(format!("scanResult {other:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clean_is_clean_also_inside() {
        assert_eq!(means(br#"{"object":"memory","scanResult":"CLEAN","containsOfficeMacro":"false"}"#).unwrap(), []);
        let table = [
            (r#"{"scanResult":"DETECT","detectionName":"EICAR-Test-File"}"#, infected("EICAR-Test-File")),
            (r#"{"scanResult":"DISINFECTED"}"#, infected("")),
            (r#"{"scanResult":"CLEAN","subObjectsScanResults":[{"scanResult":"DETECT","detectionName":"a"}]}"#, infected("a")),
            (r#"{"scanResult":"CLEAN","containsOfficeMacro":"true"}"#, Threat::whole(Class::Active, "OfficeMacro")),
            (r#"{"scanResult":"CLEAN","containsOfficeMacro":true}"#, Threat::whole(Class::Active, "OfficeMacro")),
            (r#"{"scanResult":"NON_SCANNED (PASSWORD PROTECTED)"}"#, Threat::whole(Class::Encrypted, "password protected")),
        ];
        for (body, expected) in table {
            assert_eq!(means(body.as_bytes()).unwrap(), [expected], "{body}");
        }
        for body in [
            "",
            "{}",
            "[]",
            "CLEAN",
            r#"{"scanResult":"CLEAN""#,
            r#"{"scanResult":"clean"}"#,
            r#"{"scanResult":"NON_SCANNED"}"#,
            r#"{"scanResult":"NON_SCANNED (CORRUPTED)"}"#,
            r#"{"scanResult":"SERVER_ERROR"}"#,
            r#"{"scanResult":"CLEAN","subObjectsScanResults":[{"scanResult":"NON_SCANNED"}]}"#,
            r#"{"scanResult":"CLEAN"}{"scanResult":"DETECT"}"#,
        ] {
            assert!(means(body.as_bytes()).is_err(), "{body}");
        }
    }
}
