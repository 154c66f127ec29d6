//! Pictures of pages, for a person to look at.
use super::chromium::{self, Chromium};
use super::devtools::Pipes;
use super::proxy::Proxy;
use crate::pages;
use mail_parser::decoders::base64::base64_decode;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// So many newsletters are looked at.
const NEWSLETTERS: usize = 20;
const WIDTH: usize = 800;
const HEIGHT: usize = 1400;
const PATIENCE: Duration = Duration::from_secs(10);

/// Pages with tables and pictures, of as many senders as there are.
pub(super) fn newsletters() -> Vec<Vec<u8>> {
    let is_newsletter = |page: &pages::Page| {
        let text = String::from_utf8_lossy(&page.bytes).to_lowercase();
        text.matches("<td").count() > 20 && text.matches("<img").count() > 3 && text.matches("<a ").count() > 5
    };
    let pages: Vec<&pages::Page> = pages::of_messages().iter().filter(|page| page.bytes.len() < 200 << 10 && is_newsletter(page)).collect();
    let step = (pages.len() / NEWSLETTERS).max(1);
    pages.into_iter().step_by(step).take(NEWSLETTERS).map(|page| page.bytes.clone()).collect()
}

/// Writes a picture of each page into `folder`, under its name.
pub(super) fn take(folder: &Path, pages: Vec<(String, Vec<u8>)>) {
    let Some(program) = chromium::program() else { return };
    fs::create_dir_all(folder).unwrap();
    let (names, pages): (Vec<String>, Vec<Vec<u8>>) = pages.into_iter().unzip();
    let proxy = Proxy::start(pages);
    let mut chromium = Chromium::start(program, &proxy);
    let session = chromium.open();
    let size = json!({"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": false});
    chromium.get("Emulation.setDeviceMetricsOverride", &size, Some(&session));
    for (name, address) in names.iter().zip(proxy.addresses()) {
        load(&mut chromium, &session, &address);
        let shot = chromium.get("Page.captureScreenshot", &json!({"format": "png"}), Some(&session));
        let picture = base64_decode(shot["data"].as_str().unwrap().as_bytes()).unwrap();
        fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }
    chromium.end();
}

fn load(pipes: &mut Pipes, session: &str, address: &str) {
    let loader = pipes.get("Page.navigate", &json!({"url": address}), Some(session))["loaderId"].clone();
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let text = pipes.hear(Duration::from_secs(1)).unwrap_or_default();
        if text["method"] == "Page.lifecycleEvent" && text["params"]["name"] == "networkIdle" && text["params"]["loaderId"] == loader {
            return;
        }
    }
}
