//! One line a message, for the log.
//!
//! Owns the form of the line (fixed keys in a fixed order) and where it goes. It must never hold a control character nor stop a
//! message: a log that cannot be written is no reason to defer mail. Nothing here fails.

use crate::config::{Facility, Level, Log, LogFormat};
use crate::os;
use crate::sanitize::{one_line, printable};
use crate::socket;
use rustix::io::Errno;
use serde_json::Value;
use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};
use syslog::{Logger, LoggerBackend};

/// How long a syslog daemon that takes nothing is waited for.
const SYSLOG_TIME: Duration = Duration::from_secs(1);

/// A line, its keys in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(Vec<(&'static str, Value)>);

impl Line {
    /// Adds `key` with a text, which is made printable.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: &str) -> Self {
        self.0.push((key, Value::from(printable(value).into_owned())));
        self
    }

    /// Adds `key` with words of our own, which may be longer.
    #[must_use]
    pub fn with_words(mut self, key: &'static str, words: &str) -> Self {
        self.0.push((key, Value::from(one_line(words))));
        self
    }

    /// Adds `key` with a number.
    #[must_use]
    pub fn with_number(mut self, key: &'static str, value: u64) -> Self {
        self.0.push((key, Value::from(value)));
        self
    }

    /// The line in `format`, without a line end.
    pub fn format(&self, format: LogFormat) -> String {
        match format {
            // Written here and not by a map, which would sort the keys.
            LogFormat::Json => {
                let pairs: Vec<String> = self.0.iter().map(|(key, value)| format!("{}:{value}", Value::from(*key))).collect();
                format!("{{{}}}", pairs.join(","))
            }
            LogFormat::Logfmt => self.0.iter().map(|(key, value)| format!("{key}={}", logfmt(value))).collect::<Vec<_>>().join(" "),
        }
    }
}

/// A text between quotes where a reader of logfmt could not tell its end.
fn logfmt(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() || text.contains([' ', '"', '=', '\\']) => {
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Writes `line` where `log` says. `stderr` is where our caller's stderr is while ours is closed.
pub fn write(log: &Log, level: Level, line: &Line, stderr: &mut impl Write) {
    if level > log.level {
        return;
    }
    let text = line.format(log.format);
    // A log that cannot be written must not hold up mail: the results are dropped on purpose.
    let _ = match log.to.as_str() {
        "syslog" => to_syslog(log.facility, level, &text),
        "stderr" => writeln!(stderr, "mailward: {text}"),
        path => to_file(path, &Line(vec![("time", Value::from(now()))]).format(log.format), &text, log.format),
    };
}

/// The time now (RFC 3339).
pub fn now() -> String {
    let seconds = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
    mail_parser::DateTime::from_timestamp(i64::try_from(seconds).unwrap_or_default()).to_rfc3339()
}

/// One write, so that lines of runs side by side do not mix (open(2), O_APPEND).
fn to_file(path: &str, time: &str, text: &str, format: LogFormat) -> std::io::Result<()> {
    let line = match format {
        LogFormat::Logfmt => format!("{time} {text}\n"),
        LogFormat::Json => format!("{},{}\n", time.trim_end_matches('}'), text.trim_start_matches('{')),
    };
    // A path that is a pipe must not make us wait for its reader.
    OpenOptions::new().append(true).create(true).mode(0o640).custom_flags(os::WITHOUT_WAITING).open(path)?.write_all(line.as_bytes())
}

fn to_syslog(facility: Facility, level: Level, text: &str) -> std::io::Result<()> {
    let formatter =
        syslog::Formatter3164 { facility: syslog_facility(facility), hostname: None, process: "mailward".into(), pid: std::process::id() };
    let mut logger = Logger::new(syslog_socket().map_err(std::io::Error::other)?, formatter);
    match level {
        Level::Error => logger.err(text),
        Level::Warning => logger.warning(text),
        Level::Info => logger.info(text),
    }
    .map_err(std::io::Error::other)
}

/// Opened here and not by the crate, which would wait for a full queue and go on to try the places of other systems.
fn syslog_socket() -> std::io::Result<LoggerBackend> {
    let place = Path::new("/dev/log");
    match socket::datagram(place) {
        Err(why) if why.raw_os_error() == Some(Errno::PROTOTYPE.raw_os_error()) => {
            let stream = socket::stream(place)?;
            stream.set_write_timeout(Some(SYSLOG_TIME))?;
            Ok(LoggerBackend::UnixStream(BufWriter::new(stream)))
        }
        datagram => {
            let datagram = datagram?;
            datagram.set_write_timeout(Some(SYSLOG_TIME))?;
            Ok(LoggerBackend::Unix(datagram))
        }
    }
}

fn syslog_facility(facility: Facility) -> syslog::Facility {
    match facility {
        Facility::Mail => syslog::Facility::LOG_MAIL,
        Facility::Daemon => syslog::Facility::LOG_DAEMON,
        Facility::User => syslog::Facility::LOG_USER,
        Facility::Local0 => syslog::Facility::LOG_LOCAL0,
        Facility::Local1 => syslog::Facility::LOG_LOCAL1,
        Facility::Local2 => syslog::Facility::LOG_LOCAL2,
        Facility::Local3 => syslog::Facility::LOG_LOCAL3,
        Facility::Local4 => syslog::Facility::LOG_LOCAL4,
        Facility::Local5 => syslog::Facility::LOG_LOCAL5,
        Facility::Local6 => syslog::Facility::LOG_LOCAL6,
        Facility::Local7 => syslog::Facility::LOG_LOCAL7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        Line::default().with("id", "<a@b>").with("from", "x\r\ny \"z\"").with_number("size", 7).with("class", "")
    }

    #[test]
    fn a_line_has_its_keys_in_order_and_no_line_end_of_the_attackers() {
        assert_eq!(line().format(LogFormat::Logfmt), r#"id=<a@b> from="x??y \"z\"" size=7 class="""#);
    }

    #[test]
    fn json_says_the_same() {
        let value: Value = serde_json::from_str(&line().format(LogFormat::Json)).unwrap();
        assert_eq!(value["size"], 7);
        assert_eq!(value["from"], "x??y \"z\"");
    }

    #[test]
    fn a_file_gets_the_time_first_and_stays_json() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("log");
        for format in [LogFormat::Logfmt, LogFormat::Json] {
            let log = Log { to: path.display().to_string(), format, ..Log::default() };
            write(&log, Level::Info, &line(), &mut std::io::sink());
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("time=20") && lines[0].contains(" id=<a@b> "), "{text}");
        let value: Value = serde_json::from_str(lines[1]).unwrap();
        assert!(value["time"].is_string() && value["size"] == 7);
    }

    #[test]
    fn what_is_less_severe_than_the_level_is_not_written() {
        let mut out = Vec::new();
        write(&Log { to: "stderr".into(), level: Level::Warning, ..Log::default() }, Level::Info, &line(), &mut out);
        assert!(out.is_empty());
    }
}
