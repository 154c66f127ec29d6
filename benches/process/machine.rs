//! What the figures were measured on. Whatever cannot be found out is left out.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use crate::workshop::{Tools, Workshop};

/// Name and value, one line each.
pub(crate) fn facts(tools: &Tools, shop: &Workshop) -> Vec<(&'static str, String)> {
    let cores = thread::available_parallelism().map_or_else(|_| "?".to_owned(), |cores| cores.to_string());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut facts = vec![
        ("date", first_line(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"]))),
        ("processor", format!("{}, {cores} cores", field("/proc/cpuinfo", "model name", ':'))),
        ("memory", field("/proc/meminfo", "MemTotal", ':')),
        ("system", format!("{}, Linux {}", field("/etc/os-release", "PRETTY_NAME", '=').replace('"', ""), kernel.trim())),
        ("compiler", first_line(Command::new("rustc").arg("-V"))),
        ("mailward", binary(&tools.mailward)),
        ("procmail", first_line(Command::new(&tools.procmail).arg("-v"))),
    ];
    for (name, tool) in [("clamd", &tools.clamd), ("valgrind", &tools.valgrind)] {
        let version = tool.as_ref().map(|tool| first_line(Command::new(tool).arg("--version")));
        facts.push((name, version.unwrap_or_else(|| "not installed".to_owned())));
    }
    facts.push(("maildirs and clamd's temporary files", shop.place().to_owned()));
    facts.push(("syslog", presence("/dev/log", "a daemon listens", "no daemon (what the built-in defaults log is lost)")));
    facts.push((
        "/etc/mailward/mailward.toml",
        presence("/etc/mailward/mailward.toml", "PRESENT: the built-in defaults were not measured, but this file", "absent"),
    ));
    facts
}

fn presence(path: &str, there: &str, missing: &str) -> String {
    if Path::new(path).exists() { there.to_owned() } else { missing.to_owned() }
}

fn binary(path: &Path) -> String {
    let size = fs::metadata(path).map_or(0, |meta| meta.len());
    let static_or_not = fs::read(path).is_ok_and(|bytes| bytes.windows(9).any(|window| window == b"/ld-linux"));
    format!("{} KiB, {}", size / 1024, if static_or_not { "dynamically linked" } else { "statically linked" })
}

fn field(file: &str, name: &str, separator: char) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let value = text.lines().filter_map(|line| line.split_once(separator)).find(|(key, _)| key.trim() == name);
    value.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
}

/// Some programs say their version on the standard error.
fn first_line(command: &mut Command) -> String {
    let Ok(output) = command.output() else { return "unknown".to_owned() };
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).lines().next().unwrap_or("unknown").trim().to_owned()
}
