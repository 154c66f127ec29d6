//! Whose preferences an engine is to follow.
//!
//! Owns how the name is made of the envelope. It must never let through what an engine may take for more than a name: a path, an option,
//! the end of a line. Nothing here can fail; a name that is none is left out, and the engine's own settings hold.

use crate::envelope::Envelope;

/// Longest name.
const LONGEST: usize = 255;

/// The name that `template` stands for. One for several recipients is nobody's.
pub(super) fn of(template: &str, envelope: &Envelope) -> Option<String> {
    let recipient = match envelope.recipients.as_slice() {
        [only] => Some(only.as_str()),
        _ => None,
    };
    let user = envelope.user.as_deref().filter(|_| envelope.recipients.len() <= 1);
    let domain = recipient.and_then(|recipient| recipient.rsplit_once('@')).map(|(_, domain)| domain);
    let mut name = template.to_owned();
    for (placeholder, value) in [("{user}", user), ("{recipient}", recipient), ("{domain}", domain)] {
        if name.contains(placeholder) {
            // A value that is none of the characters of a name holds no further placeholder either.
            name = name.replace(placeholder, value.filter(|value| is_name(value))?);
        }
    }
    is_name(&name).then_some(name)
}

/// spamd makes a path of it (`--virtual-config-dir`), so that points must not lead out of a folder.
fn is_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@+".contains(&byte);
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(is_plain) && !text.starts_with(['.', '-']) && !text.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(template: &str, user: Option<&str>, recipients: &[&str]) -> Option<String> {
        let recipients = recipients.iter().map(|recipient| (*recipient).to_owned()).collect();
        of(template, &Envelope { user: user.map(str::to_owned), recipients, ..Envelope::default() })
    }

    #[test]
    fn the_name_is_that_of_the_only_recipient() {
        let table = [
            ("filter", None, &[][..], Some("filter")),
            ("{user}", Some("ann"), &["ann@x.example"], Some("ann")),
            ("{user}", Some("ann"), &[], Some("ann")),
            ("{recipient}", None, &["ann+a@x.example"], Some("ann+a@x.example")),
            ("{domain}", None, &["\"a@b\"@x.example"], Some("x.example")),
            ("@{domain}", None, &["ann@x.example"], Some("@x.example")),
            ("{user}", None, &["ann@x.example"], None),
            ("{domain}", None, &["ann"], None),
            ("{user}", Some("ann"), &["ann@x.example", "bob@x.example"], None),
            ("{recipient}", None, &["ann@x.example", "bob@x.example"], None),
            ("filter", None, &["ann@x.example", "bob@x.example"], Some("filter")),
        ];
        for (template, user, recipients, expected) in table {
            assert_eq!(named(template, user, recipients).as_deref(), expected, "{template} {user:?} {recipients:?}");
        }
    }

    #[test]
    fn what_may_be_more_than_a_name_is_left_out() {
        for name in ["", "a b", "a\r\nCompress: zlib", "../root", "a/b", "a..b", ".x", "-x", "{user}", "a'b", "\u{e9}", &"x".repeat(256)] {
            assert_eq!(named("{user}", Some(name), &[]), None, "{name:?}");
        }
    }
}
