//! What strace wrote of one run: the calls in their order, and which of them are mailward's own.
use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::site::MDA;

/// One system call.
pub(crate) struct Call {
    pub(crate) name: String,
    /// The whole line, with arguments and result.
    pub(crate) text: String,
}

impl Call {
    /// Whether strace made it fail.
    pub(crate) fn is_injected(&self) -> bool {
        self.text.ends_with("(INJECTED)")
    }

    fn starts_mda(&self) -> bool {
        self.name == "execve" && self.text.contains(&format!("(\"{MDA}\""))
    }
}

/// The calls of one run.
pub(crate) struct Trace {
    pub(crate) calls: Vec<Call>,
    pub(crate) is_killed: bool,
}

impl Trace {
    /// Reads what `strace -f -o` wrote: the process id, a space, and the call or an event.
    pub(crate) fn read(path: &Path) -> Self {
        let text = String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        let calls = text.lines().filter_map(|line| {
            let call = line.split_once(' ')?.1.trim_start();
            let (name, _) = call.split_once('(')?;
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                .then(|| Call { name: name.to_owned(), text: call.to_owned() })
        });
        Self { calls: calls.collect(), is_killed: text.contains("+++ killed by SIGKILL +++") }
    }

    /// mailward's own calls: from its first, which guards against SIGHUP (os.rs), to the one that becomes the MDA.
    pub(crate) fn own(&self) -> Range<usize> {
        let first = self.calls.iter().position(|call| call.text.starts_with("rt_sigaction(SIGHUP, {")).unwrap_or(self.calls.len());
        let last = self.calls.iter().position(Call::starts_mda).map_or(self.calls.len(), |at| at + 1);
        first..last.max(first)
    }

    /// How often the MDA was started.
    pub(crate) fn mda_starts(&self) -> usize {
        self.calls.iter().filter(|call| call.starts_mda() && call.text.ends_with("= 0")).count()
    }

    /// The calls that the fault hit: those that failed, or the last one before the kill.
    pub(crate) fn hits(&self) -> Vec<usize> {
        if self.is_killed {
            return self.calls.len().checked_sub(1).into_iter().collect();
        }
        (0..self.calls.len()).filter(|at| self.calls[*at].is_injected()).collect()
    }
}
