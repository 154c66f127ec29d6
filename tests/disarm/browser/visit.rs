//! Many pages in some tabs at once, and what each of them did.
use super::chromium::Chromium;
use super::proxy;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Most of a visit is waiting until the page has asked for nothing for half a second.
const TABS: usize = 64;
/// A page that keeps a tab busy for so long is given up: what it did until then counts.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a page did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Visit {
    /// Scripts that were read, be it as an element, in an attribute or as an address.
    pub(crate) scripts: Vec<String>,
    /// Dialogs that it opened.
    pub(crate) dialogs: usize,
    /// What it asked other hosts for.
    pub(crate) requests: Vec<String>,
    /// What it asked its own host for, which a mail has not.
    pub(crate) relative: Vec<String>,
    /// Whether it led elsewhere.
    pub(crate) has_left: bool,
    is_done: bool,
}

impl Visit {
    pub(crate) fn has_run(&self) -> bool {
        !self.scripts.is_empty() || self.dialogs > 0
    }
}

/// A tab and the page in it.
struct Tab {
    session: String,
    page: Option<usize>,
    address: String,
    /// The answer to the navigation, and the loader that it named.
    asked: u64,
    loader: String,
    before: Vec<String>,
    since: Instant,
}

/// Visits all of them.
pub(crate) fn all(chromium: &mut Chromium, addresses: &[String]) -> Vec<Visit> {
    let mut visits = vec![Visit::default(); addresses.len()];
    let mut tabs: HashMap<String, Tab> =
        (0..TABS.min(addresses.len())).map(|_| open(chromium)).map(|tab| (tab.session.clone(), tab)).collect();
    let mut next = 0..addresses.len();
    tabs.values_mut().for_each(|tab| go(chromium, tab, &mut next, addresses));
    while tabs.values().any(|tab| tab.page.is_some()) {
        if let Ok(text) = chromium.hear(Duration::from_secs(1))
            && let Some(tab) = text["sessionId"].as_str().and_then(|session| tabs.get_mut(session))
            && let Some(page) = tab.page
        {
            heard(chromium, tab, &text, &mut visits[page]);
            if visits[page].is_done {
                go(chromium, tab, &mut next, addresses);
            }
        }
        let late: Vec<String> =
            tabs.values().filter(|tab| tab.page.is_some() && tab.since.elapsed() > PATIENCE).map(|tab| tab.session.clone()).collect();
        for session in late {
            tabs.remove(&session);
            let mut tab = open(chromium);
            go(chromium, &mut tab, &mut next, addresses);
            tabs.insert(tab.session.clone(), tab);
        }
    }
    visits
}

/// A new tab that tells what happens in it.
fn open(chromium: &mut Chromium) -> Tab {
    let session = chromium.open();
    for method in ["Network.enable", "Debugger.enable"] {
        chromium.get(method, &json!({}), Some(&session));
    }
    chromium.get("Debugger.setSkipAllPauses", &json!({"skip": true}), Some(&session));
    Tab { session, page: None, address: String::new(), asked: 0, loader: String::new(), before: Vec::new(), since: Instant::now() }
}

fn go(chromium: &mut Chromium, tab: &mut Tab, next: &mut std::ops::Range<usize>, addresses: &[String]) {
    tab.page = next.next();
    let Some(page) = tab.page else { return };
    tab.before.push(std::mem::take(&mut tab.loader));
    tab.address.clone_from(&addresses[page]);
    tab.since = Instant::now();
    tab.asked = chromium.ask("Page.navigate", &json!({"url": tab.address}), Some(&tab.session));
}

/// What a tab tells; events of the page before may still come.
fn heard(chromium: &mut Chromium, tab: &mut Tab, text: &Value, visit: &mut Visit) {
    let told = &text["params"];
    if text["id"] == tab.asked {
        tab.loader = text["result"]["loaderId"].as_str().unwrap_or_default().to_owned();
        visit.is_done = !text["result"]["errorText"].is_null() || tab.loader.is_empty();
        return;
    }
    match text["method"].as_str().unwrap_or_default() {
        "Page.lifecycleEvent" if told["name"] == "networkIdle" => visit.is_done |= is_of_this_page(tab, &told["loaderId"]),
        "Page.javascriptDialogOpening" => {
            visit.dialogs += 1;
            chromium.ask("Page.handleJavaScriptDialog", &json!({"accept": true}), Some(&tab.session));
        }
        "Debugger.scriptParsed" if !tab.loader.is_empty() => {
            let url = told["url"].as_str().unwrap_or_default();
            visit.scripts.push(format!("{url}:{}", told["startLine"]));
        }
        "Network.requestWillBeSent" => request(tab, told, visit),
        _ => {}
    }
}

fn is_of_this_page(tab: &Tab, loader: &Value) -> bool {
    let loader = loader.as_str().unwrap_or_default();
    !tab.loader.is_empty() && !tab.before.iter().any(|before| before == loader)
}

fn request(tab: &Tab, told: &Value, visit: &mut Visit) {
    let url = told["request"]["url"].as_str().unwrap_or_default();
    let is_old = tab.before.iter().any(|before| !before.is_empty() && told["loaderId"] == before.as_str());
    // What lies in the mail is asked of the mail.
    let is_inside = ["data:", "cid:", "mid:"].iter().any(|scheme| url.starts_with(scheme));
    // What every browser asks of every host, whatever the page says.
    let is_icon = proxy::is_own(url) && url.ends_with("/favicon.ico");
    if is_old || is_inside || is_icon || url == tab.address {
        return;
    }
    visit.has_left |= told["type"] == "Document" && told["requestId"] == told["loaderId"];
    if proxy::is_own(url) { &mut visit.relative } else { &mut visit.requests }.push(url.to_owned());
}
