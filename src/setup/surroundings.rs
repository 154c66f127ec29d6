//! What else on the machine may keep a mail server from running mailward: SELinux and AppArmor.
//!
//! Owns what is said of them. It must never change them. Nothing here fails: what cannot be looked at is not said.

use crate::cli::Server;
use std::fs;

const SELINUX: &str = "/sys/fs/selinux/enforce";
const APPARMOR: &str = "/sys/kernel/security/apparmor/profiles";

/// What the administrator has to allow, a line each.
pub(super) fn remarks(server: Server) -> Vec<String> {
    let selinux = fs::read_to_string(SELINUX).is_ok_and(|state| state.trim() == "1");
    let profiles = fs::read_to_string(APPARMOR).unwrap_or_default();
    let said = selinux.then(|| for_selinux(server)).into_iter().flatten();
    said.chain(for_apparmor(server, &profiles)).collect()
}

fn for_selinux(server: Server) -> Vec<String> {
    let title = server.title();
    vec![
        format!("SELinux is enforcing: {title} may run mailward and mailward may write its quarantine only when the policy allows it."),
        "  Try one message; what is denied is shown by: ausearch -m avc -ts recent".to_owned(),
        "  and allowed by: ausearch -m avc -ts recent | audit2allow -M mailward && semodule -i mailward.pp".to_owned(),
    ]
}

/// The profiles that hold for programs of the mail server.
fn for_apparmor(server: Server, profiles: &str) -> Vec<String> {
    let is_enforced = |line: &&str| line.ends_with("(enforce)") && programs(server).iter().any(|name| line.contains(name));
    let remark = |line: &str| {
        let name = line.trim_end_matches(" (enforce)");
        format!("AppArmor holds {name}: allow it /usr/local/sbin/mailward Ux, in /etc/apparmor.d/local, and reload the profile")
    };
    profiles.lines().filter(is_enforced).map(remark).collect()
}

/// What the names of profiles for a mail server hold.
fn programs(server: Server) -> &'static [&'static str] {
    match server {
        Server::Postfix => &["postfix"],
        Server::Sendmail => &["sendmail"],
        Server::Exim => &["exim"],
        Server::Qmail => &["qmail"],
        Server::Opensmtpd => &["smtpd"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_profiles_that_are_enforced_on_the_mail_server_are_told() {
        let profiles = "/usr/sbin/exim4 (enforce)\n/usr/sbin/clamd (enforce)\npostfix-local (complain)\n";
        assert_eq!(for_apparmor(Server::Exim, profiles).len(), 1);
        assert!(for_apparmor(Server::Postfix, profiles).is_empty());
    }
}
