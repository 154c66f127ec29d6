//! The snippets for Dovecot's delivery agent do what they say: the real one asks a real auth server of the test for its users, and both
//! live in a pid namespace that ends with the run.

use crate::blocks::text;
use crate::program::{Scratch, both, has};
use crate::trouble::{BROKEN, CLEAN, DOWN, KILLS_US, configure, delivered, infected, infected_is, log};
use crate::unpacked::with_package;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::process::Output;

const NOBODY: u32 = 65534;

/// Starts the auth server if it is wanted, waits for its socket, and runs the delivery as a user who owns the mailbox.
const SCRIPT: &str = r#"
if [ "$1" = with-auth ]; then
    dovecot -c "$PWD/dovecot.conf" -F 2>dovecot.log &
    tries=0
    until [ -S run/auth-userdb ]; do tries=$((tries + 1)); [ $tries -lt 600 ] || exit 99; sleep 0.05; done
fi
shift
exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
"#;

/// A home for bob, whom Dovecot knows, and the words that lay Dovecot over /usr.
struct Host {
    home: Scratch,
    before: Vec<String>,
}

impl Host {
    fn new() -> Option<Self> {
        let before = with_package("dovecot-core")?;
        let home = Scratch::new();
        home.write("dovecot.conf", &configuration(home.path().to_str().unwrap()));
        home.write("users", &format!("bob::{NOBODY}:{NOBODY}::{}::\n", home.path().display()));
        home.write("log", "");
        // The program under test may lie below a closed home.
        let copied = std::process::Command::new("install").args(["--mode=755", crate::program::MAILWARD]).arg(home.path()).status();
        assert!(copied.unwrap().success());
        for name in ["", "log"] {
            chown(home.path().join(name), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
        Some(Self { home, before })
    }

    /// A command line of a snippet with what is here.
    fn here(&self, line: &str, config: &str) -> String {
        let call = configure(&self.home, config).replace(crate::program::MAILWARD, &self.path("mailward"));
        let lda = format!("/usr/lib/dovecot/dovecot-lda -c {}", self.path("dovecot.conf"));
        line.replace("/usr/local/sbin/mailward deliver", &call).replace("/usr/lib/dovecot/dovecot-lda", &lda)
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    /// Runs a command line of a snippet by a shell, with the variables of local(8).
    fn run(&self, auth: &str, line: &str, message: &str) -> Output {
        let home = format!("HOME={}", self.path(""));
        let environment = ["env", "USER=bob", &home, "SENDER=ann@a.example", "RECIPIENT=bob@b.example"];
        let words = ["/bin/sh", "-c", SCRIPT, "sh", auth].into_iter().chain(environment).chain(["/bin/sh", "-c", line]);
        let words: Vec<&str> = self.before.iter().map(String::as_str).chain(words).collect();
        self.home.run(words[0], &words[1..], message)
    }
}

fn configuration(folder: &str) -> String {
    format!(
        "protocols =\nbase_dir = {folder}/run\nlog_path = /dev/stderr\nssl = no\nmail_location = maildir:{folder}/Maildir\n\
         default_internal_user = nobody\ndefault_internal_group = nogroup\ndefault_login_user = nobody\nfirst_valid_uid = 1\n\
         postmaster_address = postmaster@b.example\nservice auth {{\n unix_listener auth-userdb {{\n  mode = 0666\n }}\n}}\n\
         userdb {{\n driver = passwd-file\n args = {folder}/users\n}}\npassdb {{\n driver = passwd-file\n args = {folder}/users\n}}\n"
    )
}

/// The command line of master.cf, with the macros that pipe(8) fills in; `user` is the local part.
fn of_master(user: &str) -> String {
    let text = text("contrib/dovecot/master.cf");
    let (_, argv) = text.split_once("argv=").unwrap();
    let filled = argv.replace("${sender}", "ann@a.example").replace("${recipient}", "bob@b.example").replace("${user}", user);
    filled.replace("${original_recipient}", "bob@b.example").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn of_main() -> String {
    let text = text("contrib/dovecot/main.cf");
    text.lines().find_map(|line| line.strip_prefix("mailbox_command = ")).unwrap().to_owned()
}

#[test]
fn the_pipe_service_delivers_to_users_of_dovecot_and_defers_and_refuses() {
    let Some(host) = Host::new() else { return };
    let table = [
        ("", CLEAN.to_owned(), Some(0)),
        (DOWN, CLEAN.to_owned(), Some(75)),
        (BROKEN, CLEAN.to_owned(), Some(75)),
        // What the shell of this test says for the signal; pipe(8) sees it itself, and defers.
        (KILLS_US, CLEAN.to_owned(), Some(137)),
        (&infected_is("reject"), infected(), Some(77)),
        (&infected_is("discard"), infected(), Some(0)),
    ];
    for (config, message, status) in table {
        let ended = host.run("with-auth", &host.here(&of_master("bob"), config), &message);
        assert_eq!(ended.status.code(), status, "{config}: {}\n{}", both(&ended), log(&host.home));
    }
    assert_eq!(delivered(&host.home), [format!("X-Mailward: clean\n{CLEAN}")]);
}

#[test]
fn what_dovecot_does_not_know_or_cannot_ask_is_its_own_answer() {
    let Some(host) = Host::new() else { return };
    let unknown = host.run("with-auth", &host.here(&of_master("eve"), ""), CLEAN);
    assert_eq!(unknown.status.code(), Some(67), "{}", both(&unknown));
    let alone = host.run("without-auth", &host.here(&of_master("bob"), ""), CLEAN);
    assert_eq!(alone.status.code(), Some(75), "{}", both(&alone));
    let wrong = host.run("without-auth", &(host.here(&of_main(), "") + " -z"), CLEAN);
    assert_eq!(wrong.status.code(), Some(64), "{}", both(&wrong));
    assert!(delivered(&host.home).is_empty());
}

#[test]
fn mailbox_command_delivers_for_users_of_the_system_without_an_auth_server() {
    let Some(host) = Host::new() else { return };
    let ended = host.run("without-auth", &host.here(&of_main(), ""), CLEAN);
    assert_eq!(ended.status.code(), Some(0), "{}\n{}", both(&ended), log(&host.home));
    assert_eq!(delivered(&host.home), [format!("X-Mailward: clean\n{CLEAN}")]);
    assert!(log(&host.home).contains("from=ann@a.example to=bob@b.example"), "{}", log(&host.home));
}

#[test]
fn postfix_understands_both_snippets() {
    if !has("postconf") {
        return;
    }
    let scratch = Scratch::new();
    scratch.write("main.cf", &text("contrib/dovecot/main.cf"));
    scratch.write("master.cf", &text("contrib/dovecot/master.cf"));
    let settings = both(&scratch.run("postconf", &["-c", ".", "-n"], ""));
    assert!(settings.contains(&format!("mailbox_command = {}", of_main())) && !settings.contains("postconf: "), "{settings}");
    let services = both(&scratch.run("postconf", &["-c", ".", "-M"], ""));
    assert!(services.contains("argv=/usr/local/sbin/mailward deliver --sender=${sender}") && services.contains("-d ${user}"), "{services}");
}
