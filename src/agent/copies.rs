//! One copy for each group of recipients whose settings differ (`delivery.split`), queued by as many runs of the real qmail-queue.
//!
//! Owns that what keeps one copy from being queued keeps all of them: qmail-queue queues when it has read the last byte of the envelope
//! (qmail-queue.c), so that byte is kept back until each has taken all else, and then given to one after the other. It must never leave
//! one waiting for it: when we end, however that is, the pipe ends too, and nothing is queued. What cannot be started is [`Error::Exec`].

use crate::error::Error;
use crate::exit::{Meaning, Profile};
use crate::os;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, PipeWriter, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::Duration;

/// How often we look whether an envelope is taken.
const PAUSE: Duration = Duration::from_millis(1);

/// A message for some of the recipients.
pub(super) struct Copy {
    /// The real qmail-queue.
    pub program: PathBuf,
    /// Its words, the first its name.
    pub words: Vec<OsString>,
    /// The message, at its beginning.
    pub message: File,
    /// The envelope, to its last byte.
    pub envelope: Vec<u8>,
}

/// What came of the copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// All are queued.
    Queued,
    /// One was not, and said why by this status.
    Refused(u8),
    /// One was not, and said nothing.
    Lost,
}

impl Answer {
    /// What a run that has read the whole envelope means.
    fn of(status: ExitStatus) -> Self {
        match status.code().map(u8::try_from) {
            Some(Ok(0)) => Self::Queued,
            Some(Ok(code)) => Self::Refused(code),
            _ => Self::Lost,
        }
    }

    /// The status that says it to whoever called us.
    fn status(self) -> u8 {
        match self {
            Self::Queued => Profile::QmailQueue.status(Meaning::Done),
            Self::Refused(code) => code,
            Self::Lost => Profile::QmailQueue.status(Meaning::Temporary),
        }
    }

    /// What a run that has ended before the envelope did means: it can have queued nothing.
    fn of_early(status: ExitStatus) -> Self {
        if status.success() { Self::Lost } else { Self::of(status) }
    }
}

/// Queues all copies; the status that says so, or that of the first that failed.
///
/// # Errors
/// [`Error::Exec`]; then nothing is queued.
pub(super) fn queue(copies: Vec<Copy>) -> Result<u8, Error> {
    let mut started: Vec<Started> = copies.into_iter().map(Started::new).collect::<Result<_, _>>()?;
    let failed = started.iter_mut().find_map(Started::give_all_but_the_last_byte);
    if let Some(failed) = failed.or_else(|| wait_until_taken(&mut started)) {
        return Ok(failed.status());
    }
    // From the first last byte on a signal must find all of them queued.
    let _held = os::hold_signals();
    // Behind one that fails, such as on a full disk, none is queued: the message comes again, for all.
    let failed = started.iter_mut().map(Started::answer).find(|answer| *answer != Answer::Queued);
    let status = failed.unwrap_or(Answer::Queued).status();
    os::guard(status);
    Ok(status)
}

/// Waits until nobody has any of an envelope left to read; what one that has ended instead says.
fn wait_until_taken(started: &mut [Started]) -> Option<Answer> {
    loop {
        if let Some(failed) = started.iter_mut().find_map(Started::early_answer) {
            return Some(failed);
        }
        if started.iter().all(Started::has_taken_all) {
            return None;
        }
        thread::sleep(PAUSE);
    }
}

/// A run of the real qmail-queue that waits for its envelope.
struct Started {
    child: Child,
    pipe: Option<PipeWriter>,
    envelope: Vec<u8>,
}

impl Started {
    fn new(copy: Copy) -> Result<Self, Error> {
        let Copy { program, words, message, envelope } = copy;
        let run = || -> io::Result<Self> {
            let (reader, writer) = io::pipe()?;
            let mut command = Command::new(&program);
            command.args(words.iter().skip(1)).stdin(message).stdout(OwnedFd::from(reader));
            words.first().map(|name| command.arg0(name));
            Ok(Self { child: command.spawn()?, pipe: Some(writer), envelope })
        };
        run().map_err(|why| Error::Exec(program.clone(), why))
    }

    /// What it says instead of taking so much.
    fn give_all_but_the_last_byte(&mut self) -> Option<Answer> {
        let most = self.envelope.split_last().map_or(&[][..], |(_, most)| most);
        self.pipe.as_mut()?.write_all(most).err()?;
        Some(self.child.wait().map_or(Answer::Lost, Answer::of_early))
    }

    fn early_answer(&mut self) -> Option<Answer> {
        self.child.try_wait().map_or(Some(Answer::Lost), |status| status.map(Answer::of_early))
    }

    /// What cannot be asked counts as taken: the last byte tells.
    fn has_taken_all(&self) -> bool {
        let left = self.pipe.as_ref().map(rustix::io::ioctl_fionread);
        left.is_none_or(|left| left.map_or(true, |left| left == 0))
    }

    /// What it says to the last byte. One that has ended meanwhile says so by its status.
    fn answer(&mut self) -> Answer {
        if let Some(mut pipe) = self.pipe.take() {
            let _ = self.envelope.last().map(|last| pipe.write_all(&[*last]));
        }
        self.child.wait().map_or(Answer::Lost, Answer::of)
    }
}
