//! What was there before setup, kept until it is put back: /var/lib/mailward/setup/SERVER.
//!
//! Owns the copies and the list of them, and that one setup runs at a time. A copy must never be missing for a file that is changed: all
//! copies are durable before the first change. What neither setup nor what was there before accounts for must never be overwritten. What
//! fails is a [`Refusal`].

use super::account::{self, NAME};
use super::change::{difference, put};
use super::plan::{self, Plan};
use super::step::Step;
use super::{Refusal, Result, host};
use crate::cli::Server;
use crate::durable;
use fs2::FileExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const FOLDER: &str = "/var/lib/mailward/setup";
const LIST: &str = "setup.json";

/// The mode of what is kept: a configuration may hold passwords.
const OWN: u32 = 0o600;

/// What setup has done to one mail server.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    server: Server,
}

/// What was done, as it is kept.
#[derive(Debug, Default, Deserialize, Serialize)]
struct List {
    files: Vec<Entry>,
    commands: Vec<Step>,
    account: bool,
    quarantine: Option<PathBuf>,
}

/// One file.
#[derive(Debug, Deserialize, Serialize)]
struct Entry {
    path: PathBuf,
    /// The name of its copy; none where there was no file.
    copy: Option<String>,
    /// Its mode, should it be gone when it is put back.
    mode: u32,
    /// The hash of what setup has made of it; none where a command writes it.
    made: Option<String>,
}

/// Keeps every other setup from changing anything until it is dropped.
pub(super) fn lock() -> Result<File> {
    durable::make_folders(Path::new(FOLDER), 0o755)?;
    let folder = File::open(FOLDER)?;
    match FileExt::try_lock_exclusive(&folder) {
        Err(why) if why.kind() == fs2::lock_contended_error().kind() => Err(Refusal::new("another setup is running")),
        locked => Ok(locked.map(|()| folder)?),
    }
}

impl Journal {
    pub(super) fn of(server: Server) -> Self {
        Self { folder: Path::new(FOLDER).join(server.name()), server }
    }

    /// The mail servers that setup was run for.
    pub(super) fn all() -> Vec<Self> {
        Server::ALL.iter().map(|(_, server)| Self::of(*server)).filter(Self::exists).collect()
    }

    pub(super) fn server(&self) -> Server {
        self.server
    }

    fn exists(&self) -> bool {
        self.folder.join(LIST).exists()
    }

    /// That setup was not run before.
    pub(super) fn ensure_free(&self) -> Result<()> {
        if self.exists() {
            let name = self.server.name();
            return Err(Refusal::new(format!("setup was run for {name} before: mailward setup {name} --undo takes it back")));
        }
        Ok(())
    }

    /// Keeps every file that `plan` changes or has changed.
    pub(super) fn begin(&self, plan: &Plan) -> Result<()> {
        durable::make_folders(&self.folder, 0o700)?;
        let changed = plan.changes.iter().map(|change| (&change.path, Some(hash(change.after.as_bytes()))));
        let generated = plan.generated.iter().map(|path| (path, None));
        let mut list = List {
            commands: plan.commands.clone(),
            account: plan.account.is_some(),
            quarantine: plan.quarantine.as_ref().map(|folder| folder.path.clone()),
            ..List::default()
        };
        for (number, (path, made)) in changed.chain(generated).enumerate() {
            let name = number.to_string();
            let before = host::read(path)?;
            before.as_ref().map(|bytes| put(&self.folder.join(&name), bytes, OWN)).transpose()?;
            let mode = fs::metadata(path).map_or(OWN, |there| there.permissions().mode() & 0o7777);
            list.files.push(Entry { path: path.clone(), copy: before.map(|_| name), mode, made });
        }
        let text = serde_json::to_vec_pretty(&list).map_err(|why| Refusal::new(why.to_string()))?;
        Ok(put(&self.folder.join(LIST), &text, OWN)?)
    }

    /// What undoing would change, shown as a difference; a refusal where somebody has changed a file since.
    pub(super) fn show(&self, out: &mut dyn Write) -> Result<()> {
        let list = self.list()?;
        for entry in list.files.iter().filter(|entry| entry.made.is_some()) {
            self.ensure_ours(entry)?;
            let [now, before] = [host::read(&entry.path)?, self.before(entry)?].map(Option::unwrap_or_default);
            if now == before {
                continue;
            }
            let (now, before) = (String::from_utf8_lossy(&now), String::from_utf8_lossy(&before));
            let name = entry.path.display().to_string();
            write!(out, "{}", difference(&name, &name, &now, &before))?;
        }
        Ok(())
    }

    /// That a file is as setup has made it, or as it was: setup may have ended before it came to this one.
    fn ensure_ours(&self, entry: &Entry) -> Result<()> {
        let now = host::read(&entry.path)?;
        let is_made = now.as_deref().map(hash) == entry.made;
        if is_made || now == self.before(entry)? { Ok(()) } else { Err(self.changed_since(entry)) }
    }

    fn changed_since(&self, entry: &Entry) -> Refusal {
        let copy = entry.copy.as_ref().map_or_else(|| "there was none".to_owned(), |copy| self.folder.join(copy).display().to_string());
        Refusal(vec![
            format!("{}: it was changed since setup, and putting back what was there would undo that too", entry.path.display()),
            format!("take mailward out by hand; what was there before: {copy}"),
            format!("then remove {}", self.folder.display()),
        ])
    }

    /// Puts everything back as it was, and forgets it. Gives what is left to the administrator, a line each; nothing is printed before it is
    /// done, since whoever reads may be gone.
    pub(super) fn take_back(&self) -> Result<Vec<String>> {
        let list = self.list()?;
        let (changed, generated): (Vec<&Entry>, Vec<&Entry>) = list.files.iter().partition(|entry| entry.made.is_some());
        changed.iter().try_for_each(|entry| self.ensure_ours(entry))?;
        changed.iter().try_for_each(|entry| self.put_back(entry))?;
        // A command may write a file anew with another time in it: its own bytes come last.
        let mut ran: Vec<Result<()>> = list.commands.iter().map(Step::run).collect();
        generated.iter().try_for_each(|entry| self.put_back(entry))?;
        ran.extend(plan::reload(self.server).map(|step| step.run()));
        if list.account && host::account(NAME).is_some() {
            ran.push(account::removing(NAME).run());
        }
        // The files are as they were; what a command says of them is the administrator's.
        let left = ran.into_iter().filter_map(Result::err).flat_map(|Refusal(lines)| lines);
        let quarantine = list.quarantine.filter(|path| !account::remove_empty(path));
        let left = left.chain(quarantine.map(|path| format!("{}: it is not empty, and stays", path.display()))).collect();
        // Without its list it is none.
        fs::remove_file(self.folder.join(LIST))?;
        fs::remove_dir_all(&self.folder)?;
        Ok(left)
    }

    fn put_back(&self, entry: &Entry) -> Result<()> {
        let (before, now) = (self.before(entry)?, host::read(&entry.path)?);
        match before {
            before if before == now => Ok(()),
            Some(bytes) => Ok(put(&entry.path, &bytes, entry.mode)?),
            None => Ok(fs::remove_file(&entry.path)?),
        }
    }

    fn before(&self, entry: &Entry) -> Result<Option<Vec<u8>>> {
        let Some(copy) = &entry.copy else { return Ok(None) };
        let path = self.folder.join(copy);
        let missing = || Refusal::new(format!("{}: the copy of {} is gone", path.display(), entry.path.display()));
        host::read(&path)?.ok_or_else(missing).map(Some)
    }

    fn list(&self) -> Result<List> {
        let path = self.folder.join(LIST);
        serde_json::from_str(&host::text(&path)?).map_err(|why| Refusal::new(format!("{}: {why}", path.display())))
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
