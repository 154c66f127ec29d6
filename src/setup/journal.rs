//! What was there before setup, kept until it is put back: /var/lib/mailward/setup/SERVER.
//!
//! Owns the copies and the list of them, and that one setup runs at a time. All copies are durable before the first change. It must never
//! put a copy over what somebody else has written since: a file is as setup has made it, as it was before, or it stays. What fails is a
//! [`Refusal`].

use super::account::{self, NAME};
use super::change::{difference, put};
use super::proposal::{self, Proposal};
use super::step::Step;
use super::{Refusal, Result, host};
use crate::cli::Server;
use crate::durable;
use fs2::FileExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const FOLDER: &str = "/var/lib/mailward/setup";
const LIST: &str = "setup.json";

/// The mode of what is kept: a configuration may hold passwords.
const OWN: u32 = 0o600;

/// That no other setup runs, until it is dropped.
pub(super) struct Lock {
    _folder: File,
}

impl Lock {
    pub(super) fn take() -> Result<Self> {
        durable::make_folders(Path::new(FOLDER), 0o700)?;
        let folder = File::open(FOLDER)?;
        match FileExt::try_lock_exclusive(&folder) {
            Err(why) if why.kind() == fs2::lock_contended_error().kind() => Err(Refusal::new("another setup is running")),
            locked => Ok(locked.map(|()| Self { _folder: folder })?),
        }
    }
}

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
    steps: Vec<Step>,
    /// What setup has made besides.
    made: Vec<Made>,
}

/// What setup makes besides files.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Made {
    /// The account that scans.
    Account,
    /// The quarantine.
    Quarantine(PathBuf),
}

/// One file.
#[derive(Debug, Deserialize, Serialize)]
struct Entry {
    path: PathBuf,
    /// The name of its copy; none where there was no file.
    copy: Option<String>,
    /// Its mode, should it be gone when it is put back.
    mode: u32,
    /// The hash of what setup makes of it; none where a command writes it.
    made: Option<String>,
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

    /// Keeps every file that `proposal` changes or has changed.
    pub(super) fn begin(&self, proposal: &Proposal) -> Result<()> {
        durable::make_folders(&self.folder, 0o700)?;
        let mut list = List { steps: proposal.steps.clone(), ..List::default() };
        for change in &proposal.changes {
            let made = Some(hash(change.after.as_bytes()));
            list.files.push(self.keep(list.files.len(), &change.path, change.before.as_deref().map(str::as_bytes), made)?);
        }
        for path in &proposal.generated {
            list.files.push(self.keep(list.files.len(), path, host::read(path)?.as_deref(), None)?);
        }
        self.write(&list)
    }

    fn keep(&self, number: usize, path: &Path, before: Option<&[u8]>, made: Option<String>) -> Result<Entry> {
        let name = number.to_string();
        before.map(|bytes| put(&self.folder.join(&name), bytes, OWN)).transpose()?;
        let mode = fs::metadata(path).map_or(OWN, |there| there.permissions().mode() & 0o7777);
        Ok(Entry { path: path.to_owned(), copy: before.map(|_| name), mode, made })
    }

    /// Notes what was made besides files, so that it is taken away again.
    pub(super) fn note(&self, made: Made) -> Result<()> {
        let mut list = self.list()?;
        list.made.push(made);
        self.write(&list)
    }

    /// What taking back would change, as a difference; a refusal where somebody has changed a file since.
    pub(super) fn difference(&self) -> Result<String> {
        let mut text = String::new();
        for entry in self.list()?.files.iter().filter(|entry| entry.made.is_some()) {
            self.ensure_ours(entry)?;
            let [now, before] = self.now_and_before(entry)?.map(Option::unwrap_or_default);
            let name = entry.path.display().to_string();
            if now != before {
                text += &difference(&name, &name, &String::from_utf8_lossy(&now), &String::from_utf8_lossy(&before));
            }
        }
        Ok(text)
    }

    fn changed_since(&self, entry: &Entry) -> Refusal {
        let copy = entry.copy.as_ref().map_or_else(|| "there was none".to_owned(), |copy| self.folder.join(copy).display().to_string());
        Refusal(vec![
            format!("{}: somebody has changed it since, and putting back what was there would undo that too", entry.path.display()),
            format!("take mailward out by hand; what was there before: {copy}"),
            format!("then remove {}", self.folder.display()),
        ])
    }

    /// Puts everything back as it was, and forgets it. What stays is told.
    pub(super) fn take_back(&self) -> Result<Vec<String>> {
        let list = self.list()?;
        let (changed, generated): (Vec<&Entry>, Vec<&Entry>) = list.files.iter().partition(|entry| entry.made.is_some());
        changed.iter().try_for_each(|entry| self.ensure_ours(entry))?;
        changed.iter().try_for_each(|entry| self.put_back(entry))?;
        let mut ran: Vec<Result<()>> = list.steps.iter().map(Step::run).collect();
        generated.iter().try_for_each(|entry| self.put_back_generated(entry))?;
        ran.extend(proposal::reload(self.server).map(|step| step.run()));
        let stays = take_away(&list.made, &mut ran);
        self.forget()?;
        // The files are as they were; what a command says of them is the administrator's to look at.
        let failed: Vec<String> = ran.into_iter().filter_map(Result::err).flat_map(|Refusal(lines)| lines).collect();
        if failed.is_empty() { Ok(stays) } else { Err(Refusal([failed, stays].concat())) }
    }

    fn put_back(&self, entry: &Entry) -> Result<()> {
        let [now, before] = self.now_and_before(entry)?;
        match before {
            before if before == now => Ok(()),
            Some(bytes) => Ok(put(&entry.path, &bytes, entry.mode)?),
            None => Ok(fs::remove_file(&entry.path)?),
        }
    }

    /// That a file is as setup has made it, or as it was before: setup may have ended half-way.
    fn ensure_ours(&self, entry: &Entry) -> Result<()> {
        let [now, before] = self.now_and_before(entry)?;
        let is_made = now.as_deref().map(hash) == entry.made;
        if is_made || now == before { Ok(()) } else { Err(self.changed_since(entry)) }
    }

    /// A command has made it anew, with another time in its remarks: then its own bytes come back. If it says something else, what it is
    /// made from has changed since, and it is right.
    fn put_back_generated(&self, entry: &Entry) -> Result<()> {
        let [now, before] = self.now_and_before(entry)?;
        let Some(before) = before.filter(|before| now.as_ref() != Some(before)) else { return Ok(()) };
        if now.is_none_or(|now| is_same_but_for_remarks(&now, &before)) {
            put(&entry.path, &before, entry.mode)?;
        }
        Ok(())
    }

    /// The list first: without it the copies mean nothing.
    fn forget(&self) -> Result<()> {
        fs::remove_file(self.folder.join(LIST))?;
        durable::sync(&self.folder)?;
        Ok(fs::remove_dir_all(&self.folder)?)
    }

    /// What the file holds, and what it held before setup.
    fn now_and_before(&self, entry: &Entry) -> Result<[Option<Vec<u8>>; 2]> {
        Ok([host::read(&entry.path)?, self.before(entry)?])
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

    fn write(&self, list: &List) -> Result<()> {
        let text = serde_json::to_vec_pretty(list).map_err(|why| Refusal::new(why.to_string()))?;
        Ok(put(&self.folder.join(LIST), &text, OWN)?)
    }
}

/// Takes away what was made besides files; what stays is told.
fn take_away(made: &[Made], ran: &mut Vec<Result<()>>) -> Vec<String> {
    let mut stays = Vec::new();
    for made in made {
        if let Made::Quarantine(path) = made
            && !account::remove_empty(path)
        {
            stays.push(format!("{}: it is not empty, and stays", path.display()));
        }
    }
    if !made.contains(&Made::Account) || host::account(NAME).is_none() {
        return stays;
    }
    if stays.is_empty() {
        ran.push(account::removing(NAME).run());
    } else {
        // Its number would go to somebody else, and with it what is kept.
        stays.push(format!("the account {NAME} owns it, and stays"));
    }
    stays
}

fn is_same_but_for_remarks(one: &[u8], other: &[u8]) -> bool {
    fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
        text.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"#"))
    }
    lines(one).eq(lines(other))
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn entry(folder: &TempDir, made: Option<&str>) -> Entry {
        let made = made.map(|text| hash(text.as_bytes()));
        Entry { path: folder.path().join("file"), copy: Some("0".to_owned()), mode: 0o640, made }
    }

    fn journal(folder: &TempDir) -> Journal {
        fs::write(folder.path().join("0"), "before\n").unwrap();
        Journal { folder: folder.path().to_owned(), server: Server::Postfix }
    }

    #[test]
    fn a_file_is_put_back_only_if_it_is_ours() {
        let folder = TempDir::new().unwrap();
        let (journal, entry) = (journal(&folder), entry(&folder, Some("made\n")));
        for (now, is_put_back) in [("made\n", true), ("before\n", true), ("somebody's\n", false)] {
            fs::write(&entry.path, now).unwrap();
            let done = journal.ensure_ours(&entry).and_then(|()| journal.put_back(&entry));
            assert_eq!(done.is_ok(), is_put_back, "{now}");
            let expected = if is_put_back { "before\n" } else { now };
            assert_eq!(fs::read_to_string(&entry.path).unwrap(), expected);
        }
    }

    #[test]
    fn what_a_command_makes_comes_back_only_where_it_is_the_same() {
        let folder = TempDir::new().unwrap();
        let (journal, entry) = (journal(&folder), entry(&folder, None));
        for (now, expected) in [("# 12:00\nbefore\n", "before\n"), ("changed since\n", "changed since\n")] {
            fs::write(&entry.path, now).unwrap();
            journal.put_back_generated(&entry).unwrap();
            assert_eq!(fs::read_to_string(&entry.path).unwrap(), expected);
        }
    }
}
