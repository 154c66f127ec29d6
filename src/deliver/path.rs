//! Paths of the configuration that depend on the recipient.
//!
//! Owns `~` and `{user}`. It must never let a user name lead elsewhere: one with a slash or dots alone is refused. HOME is whose
//! the MTA says it is (local(8), qmail, Exim set it); where it is not set, as under pipe(8), or is another's than the user's whom
//! --user names, /etc/passwd tells: a static program has no other directory of users. What fails is [`Error::NoHome`].

use crate::envelope::Envelope;
use crate::error::Error;
use std::path::PathBuf;

/// `path` for the recipient of `envelope`.
///
/// # Errors
/// [`Error::NoHome`] when home or user are needed and not known.
pub fn expand(path: &str, envelope: &Envelope) -> Result<PathBuf, Error> {
    let missing = || Error::NoHome(path.to_owned());
    let is_home = path == "~" || path.starts_with("~/");
    let mut expanded = path.to_owned();
    if is_home {
        expanded.replace_range(..1, &home_of(envelope).filter(|home| home.starts_with('/')).ok_or_else(missing)?);
    }
    if expanded.contains("{user}") {
        let user = envelope.user.as_deref().filter(|user| is_safe(user)).ok_or_else(missing)?;
        expanded = expanded.replace("{user}", user);
    }
    Ok(PathBuf::from(expanded))
}

/// HOME, unless it is known to be another's: then what /etc/passwd knows, or nothing.
fn home_of(envelope: &Envelope) -> Option<String> {
    let of_user = || home_in(&std::fs::read_to_string("/etc/passwd").ok()?, envelope.user.as_deref()?);
    if envelope.home_is_anothers { of_user() } else { envelope.home.clone().or_else(of_user) }
}

/// The sixth field of the user's line (passwd(5)).
fn home_in(passwd: &str, user: &str) -> Option<String> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(user))?;
    line.split(':').nth(5).map(str::to_owned)
}

fn is_safe(user: &str) -> bool {
    !user.contains(['/', '\0']) && !matches!(user, "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn home_and_user_are_filled_in() {
        let envelope = Envelope { user: Some("ann".into()), home: Some("/home/ann".into()), ..Envelope::default() };
        let table = [("~/Maildir", "/home/ann/Maildir"), ("/q/{user}", "/q/ann"), ("/q", "/q"), ("~bob/x", "~bob/x")];
        for (path, expected) in table {
            assert_eq!(expand(path, &envelope).unwrap(), PathBuf::from(expected));
        }
    }

    #[test]
    fn the_home_of_a_user_is_in_the_passwd_file() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n";
        assert_eq!(home_in(passwd, "ann").as_deref(), Some("/home/ann"));
        assert_eq!(home_in(passwd, "an"), None);
    }

    #[test]
    fn the_home_of_another_is_not_taken_for_that_of_the_user_who_is_named() {
        let of = |user: &str, home_is_anothers| Envelope {
            user: Some(user.into()),
            home: Some("/elsewhere".into()),
            home_is_anothers,
            ..Envelope::default()
        };
        assert_eq!(expand("~", &of("root", true)).unwrap(), PathBuf::from("/root"));
        assert_eq!(expand("~", &of("root", false)).unwrap(), PathBuf::from("/elsewhere"));
        assert!(matches!(expand("~", &of("nobody-of-that-name", true)), Err(Error::NoHome(_))));
    }

    #[test]
    fn a_user_name_cannot_lead_elsewhere() {
        for user in ["../bob", "..", "", "a/b"] {
            let envelope = Envelope { user: Some(user.into()), ..Envelope::default() };
            assert!(matches!(expand("/q/{user}", &envelope), Err(Error::NoHome(_))), "{user}");
        }
        assert!(matches!(expand("~/x", &Envelope::default()), Err(Error::NoHome(_))));
    }
}
