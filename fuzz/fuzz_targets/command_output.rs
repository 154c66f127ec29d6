//! Whatever a program prints and however it ends: only a code of `clean_codes` is clean, and nothing panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mailward::config::{Config, Engine};
use mailward::engine::judge_program;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::OnceLock;

const CONFIG: &str = "[[engine]]\nname = \"x\"\nkind = \"command\"\ncommand = [\"/x\", \"{file}\"]\nclean_codes = [0, 5]\nsuspicious_codes = [8]\nvirus_name = '(?:Infection|FOUND): (\\S+)'\n";

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| match Config::parse(Path::new("fuzz.toml"), CONFIG) {
        Ok(config) => config.base().settings.engines[0].clone(),
        Err(problems) => panic!("{problems:?}"),
    })
}

fuzz_target!(|input: (u16, &[u8])| {
    let (status, output) = input;
    let status = ExitStatus::from_raw(status.into());
    if let Ok(threats) = judge_program(engine(), status, output) {
        let is_clean = matches!(status.code(), Some(0 | 5));
        assert_eq!(threats.is_empty(), is_clean);
    }
});
