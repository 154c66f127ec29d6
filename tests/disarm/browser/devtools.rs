//! The devtools protocol through pipes: JSON texts with a NUL behind each.
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Longer than anything here takes on a busy machine.
const LONGEST: Duration = Duration::from_secs(60);

/// Both directions.
pub(crate) struct Pipes {
    to: Option<ChildStdin>,
    from: Receiver<Value>,
    /// What was heard while something else was waited for.
    early: Vec<Value>,
    last: u64,
}

impl Pipes {
    pub(super) fn new(to: ChildStdin, from: ChildStdout) -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut texts = BufReader::new(from).split(0).map_while(Result::ok);
            texts.try_for_each(|text| sender.send(serde_json::from_slice(&text).unwrap_or_default()))
        });
        Self { to: Some(to), from: receiver, early: Vec::new(), last: 0 }
    }

    /// Asks for something, of a tab or of the browser; the answer has the number that this gives.
    pub(super) fn ask(&mut self, method: &str, parameters: &Value, session: Option<&str>) -> u64 {
        self.last += 1;
        let mut text = json!({"id": self.last, "method": method, "params": parameters});
        if let Some(session) = session {
            text["sessionId"] = session.into();
        }
        if let Some(to) = &mut self.to {
            to.write_all(format!("{text}\0").as_bytes()).unwrap();
        }
        self.last
    }

    /// Asks, and waits for the answer.
    pub(super) fn get(&mut self, method: &str, parameters: &Value, session: Option<&str>) -> Value {
        let id = self.ask(method, parameters, session);
        loop {
            let text = self.from.recv_timeout(LONGEST).unwrap_or_else(|_| panic!("{method}: no answer"));
            if text["id"] == id {
                assert!(text["error"].is_null(), "{method}: {text}");
                return text["result"].clone();
            }
            self.early.push(text);
        }
    }

    /// The next thing that it says.
    pub(super) fn hear(&mut self, patience: Duration) -> Result<Value, RecvTimeoutError> {
        match self.early.is_empty() {
            true => self.from.recv_timeout(patience),
            false => Ok(self.early.remove(0)),
        }
    }

    pub(super) fn close(&mut self) {
        self.to = None;
    }
}
