//! qmail-send for the tests: a queue that takes every message, tries to deliver it at once, and again whenever it is told to.
//!
//! It owns the queue, the log and the bounces. How a message is delivered it is told; mail for SENDER goes straight into the outbox.
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use crate::host::{self, DOMAIN, SENDER};
use crate::qmail_lspawn::{Fate, Report};
use crate::sink::Sent;
use crate::site::Site;

/// How many deliveries are made at one time, as qmail has it by default (control/concurrencylocal).
const CONCURRENCY: usize = 10;

/// One message to one recipient, in the queue.
#[derive(Clone)]
pub(crate) struct Queued {
    pub(crate) id: String,
    /// The envelope sender; empty for the null sender.
    pub(crate) sender: String,
    pub(crate) recipient: String,
    /// Where the message lies.
    pub(crate) file: PathBuf,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// To be tried as soon as may be.
    Waiting,
    AtWork,
    Deferred,
}

/// Makes one try to deliver.
type Deliver = dyn Fn(&Queued) -> Report + Send + Sync;

/// The queue with those who work it off, until it is dropped.
pub(crate) struct QmailSend {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

struct Shared {
    book: Mutex<Book>,
    /// There may be something to do.
    work: Condvar,
    queue: PathBuf,
    outbox: PathBuf,
    deliver: Box<Deliver>,
}

#[derive(Default)]
struct Book {
    queued: Vec<Queued>,
    log: String,
    /// How many messages have come.
    count: usize,
    is_over: bool,
}

impl QmailSend {
    /// A queue in `site`, whose mail for RECIPIENT is delivered so.
    pub(crate) fn start(site: &Site, deliver: impl Fn(&Queued) -> Report + Send + Sync + 'static) -> QmailSend {
        let queue = site.path().join("queue");
        fs::create_dir(&queue).unwrap();
        let outbox = site.outbox.path().to_owned();
        let shared = Shared { book: Mutex::default(), work: Condvar::new(), queue, outbox, deliver: Box::new(deliver) };
        let shared = Arc::new(shared);
        let worker = |_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.work_off())
        };
        QmailSend { workers: (0..CONCURRENCY).map(worker).collect(), shared }
    }

    /// What puts a message into the queue and gives its id.
    pub(crate) fn taker(&self) -> impl Fn(Sent) -> String + Send + Sync + use<> {
        let shared = Arc::clone(&self.shared);
        move |sent| shared.take(&sent)
    }

    pub(crate) fn log(&self) -> String {
        self.shared.book().log.clone()
    }

    /// The id of each delivery that is not made yet.
    pub(crate) fn queue(&self) -> Vec<String> {
        self.shared.book().queued.iter().map(|queued| queued.id.clone()).collect()
    }

    /// Has all that was put off tried again.
    pub(crate) fn flush(&self) {
        let mut book = self.shared.book();
        let deferred = book.queued.iter_mut().filter(|queued| queued.state == State::Deferred);
        deferred.for_each(|queued| queued.state = State::Waiting);
        self.shared.work.notify_all();
    }

    /// Begins no more deliveries.
    pub(crate) fn stop(&self) {
        self.shared.book().is_over = true;
        self.shared.work.notify_all();
    }
}

impl Drop for QmailSend {
    /// Whoever delivers sees the end of it: its programs have ended by then, see qmail.rs.
    fn drop(&mut self) {
        self.stop();
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}

impl Shared {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    fn take(&self, sent: &Sent) -> String {
        let mut book = self.book();
        book.count += 1;
        let id = format!("{:04}", book.count);
        let file = self.queue.join(&id);
        fs::write(&file, &sent.message).unwrap();
        for recipient in &sent.recipients {
            let (id, sender, file) = (id.clone(), sent.sender.clone(), file.clone());
            book.queued.push(Queued { id, sender, recipient: recipient.clone(), file, state: State::Waiting });
        }
        self.work.notify_all();
        id
    }

    fn work_off(&self) {
        while let Some(queued) = self.next() {
            let report = self.try_once(&queued);
            if report.fate == Fate::Bounced {
                self.bounce(&queued, &report.text);
            }
            self.note(&queued, &report);
        }
    }

    /// What is to be tried next, as soon as there is something; None when it is over.
    fn next(&self) -> Option<Queued> {
        let mut book = self.book();
        loop {
            if book.is_over {
                return None;
            }
            if let Some(queued) = book.queued.iter_mut().find(|queued| queued.state == State::Waiting) {
                queued.state = State::AtWork;
                return Some(queued.clone());
            }
            book = self.work.wait(book).unwrap();
        }
    }

    fn try_once(&self, queued: &Queued) -> Report {
        if queued.recipient != host::address_of(SENDER) {
            return (self.deliver)(queued);
        }
        self.put_into_outbox(&queued.id, &fs::read(&queued.file).unwrap());
        Report { fate: Fate::Delivered, text: String::new() }
    }

    /// Takes a delivery out of the queue, or puts it off, and says so in the words of qmail-send's log.
    fn note(&self, queued: &Queued, report: &Report) {
        let mut book = self.book();
        let is_it = |other: &Queued| (&other.id, &other.recipient) == (&queued.id, &queued.recipient);
        let word = match report.fate {
            Fate::Delivered => "success",
            Fate::Queued => "deferral",
            Fate::Bounced => "failure",
        };
        let text = report.text.replace('\n', "/");
        writeln!(book.log, "delivery {} to {}: {word}: {text}", queued.id, queued.recipient).unwrap();
        if report.fate == Fate::Queued {
            book.queued.iter_mut().filter(|other| is_it(other)).for_each(|other| other.state = State::Deferred);
            return;
        }
        book.queued.retain(|other| !is_it(other));
        if !book.queued.iter().any(|other| other.id == queued.id) {
            writeln!(book.log, "end msg {}", queued.id).unwrap();
        }
    }

    /// Tells the sender, if there is one: a bounce that bounces is dropped. Any other sender is elsewhere, where no mail goes.
    fn bounce(&self, queued: &Queued, why: &str) {
        let Queued { id, sender, recipient, file, .. } = queued;
        if *sender != host::address_of(SENDER) {
            return;
        }
        let report = format!(
            "Return-Path: <>\nFrom: MAILER-DAEMON@mx.{DOMAIN}\nTo: {sender}\nSubject: failure notice\n\n\
             Hi. This is the qmail-send program at mx.{DOMAIN}.\n\
             I'm afraid I wasn't able to deliver your message to the following addresses.\n\
             This is a permanent error; I've given up. Sorry it didn't work out.\n\n<{recipient}>:\n{why}\n\
             --- Below this line is a copy of the message.\n\nReturn-Path: <{sender}>\n"
        );
        self.put_into_outbox(&format!("{id}.bounce"), &[report.as_bytes(), &fs::read(file).unwrap()].concat());
    }

    fn put_into_outbox(&self, name: &str, message: &[u8]) {
        let unfinished = self.outbox.join("tmp").join(name);
        fs::write(&unfinished, message).unwrap();
        fs::rename(unfinished, self.outbox.join("new").join(name)).unwrap();
    }
}
