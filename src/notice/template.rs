//! Templates: a subject, a blank line, a text, with `{variables}`.
//!
//! Owns which template is used: the administrator's where there is one, else the shipped one. It must never treat a fact as a
//! template: braces in a fact stay as they are. What fails is reading a file that is there.

use super::Facts;
use crate::config::{Language, Notice};
use crate::error::Error;
use std::borrow::Cow;
use std::io;
use std::path::Path;

/// The texts that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// Stands in for a whole message.
    Replaced,
    /// Stands in for a part.
    Removed,
    /// A mail to the administrators.
    Admin,
    /// A mail to the recipients.
    Recipient,
    /// Says in the others that the original is in quarantine, and how to ask for it.
    Kept,
    /// Says in the others that there is no copy of the original.
    NotKept,
    /// Stands on top of a page or text that is a lure.
    Lure,
}

impl Text {
    /// Every text.
    pub const ALL: [Self; 7] = [Self::Replaced, Self::Removed, Self::Admin, Self::Recipient, Self::Kept, Self::NotKept, Self::Lure];

    /// Its name, in a Message-ID and before `.txt`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Removed => "removed",
            Self::Admin => "admin",
            Self::Recipient => "recipient",
            Self::Kept => "kept",
            Self::NotKept => "not-kept",
            Self::Lure => "lure",
        }
    }

    /// Name of its file, without the folder of its language.
    pub fn file_name(self) -> String {
        format!("{}.txt", self.name())
    }

    fn shipped(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::En, Self::Replaced) => include_str!("../../contrib/templates/en/replaced.txt"),
            (Language::En, Self::Removed) => include_str!("../../contrib/templates/en/removed.txt"),
            (Language::En, Self::Admin) => include_str!("../../contrib/templates/en/admin.txt"),
            (Language::En, Self::Recipient) => include_str!("../../contrib/templates/en/recipient.txt"),
            (Language::En, Self::Kept) => include_str!("../../contrib/templates/en/kept.txt"),
            (Language::En, Self::NotKept) => include_str!("../../contrib/templates/en/not-kept.txt"),
            (Language::En, Self::Lure) => include_str!("../../contrib/templates/en/lure.txt"),
            (Language::Es, Self::Replaced) => include_str!("../../contrib/templates/es/replaced.txt"),
            (Language::Es, Self::Removed) => include_str!("../../contrib/templates/es/removed.txt"),
            (Language::Es, Self::Admin) => include_str!("../../contrib/templates/es/admin.txt"),
            (Language::Es, Self::Recipient) => include_str!("../../contrib/templates/es/recipient.txt"),
            (Language::Es, Self::Kept) => include_str!("../../contrib/templates/es/kept.txt"),
            (Language::Es, Self::NotKept) => include_str!("../../contrib/templates/es/not-kept.txt"),
            (Language::Es, Self::Lure) => include_str!("../../contrib/templates/es/lure.txt"),
        }
    }
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: Text,
    subject: String,
    body: String,
}

impl Template {
    /// The template for `text` in the language of `notice`.
    ///
    /// # Errors
    /// [`Error::Template`] when the administrator's own is there and cannot be read.
    pub fn load(notice: &Notice, text: Text) -> Result<Self, Error> {
        let own = notice.templates.as_ref().map(|folder| read_own(Path::new(folder), notice.language, text)).transpose()?.flatten();
        Ok(Self::parse(text, &own.map_or(Cow::Borrowed(text.shipped(notice.language)), Cow::Owned)))
    }

    fn parse(text: Text, source: &str) -> Self {
        let source = source.replace("\r\n", "\n");
        let (head, body) = source.split_once("\n\n").unwrap_or(("", &source));
        match head.strip_prefix("Subject:") {
            Some(subject) => Self { text, subject: subject.trim().to_owned(), body: body.to_owned() },
            None => Self { text, subject: String::new(), body: source },
        }
    }

    /// Which text it is.
    pub fn text(&self) -> Text {
        self.text
    }

    /// The subject with the facts filled in, on one line.
    pub fn subject(&self, facts: &Facts) -> String {
        fill(&self.subject, facts).replace(['\r', '\n'], " ").trim().to_owned()
    }

    /// The text with the facts filled in. A fact may be empty, and a line that ends in blanks would have to be encoded.
    pub fn body(&self, facts: &Facts) -> String {
        fill(&self.body, facts).lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

fn read_own(folder: &Path, language: Language, text: Text) -> Result<Option<String>, Error> {
    let language = match language {
        Language::En => "en",
        Language::Es => "es",
    };
    let path = folder.join(language).join(text.file_name());
    match std::fs::read_to_string(&path) {
        Ok(source) => Ok(Some(source)),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(Error::Template(path, why)),
    }
}

/// Puts the facts in one pass, so that a fact that looks like a variable stays what it is. What is no variable stays too.
fn fill(source: &str, facts: &Facts) -> String {
    let mut out = String::with_capacity(source.len() * 2);
    let mut rest = source;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}').and_then(|(name, after)| Some((facts.value(name)?, after))) {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn facts_are_filled_in_once_and_the_rest_stays() {
        let facts = Facts::of(&[("name", "{id}"), ("id", "7")]);
        assert_eq!(fill("a {name} {id} {other} { } {", &facts), "a {id} 7 {other} { } {");
    }

    #[test]
    fn every_shipped_template_has_only_known_variables() {
        let facts = Facts::for_tests();
        for language in [Language::En, Language::Es] {
            for text in Text::ALL {
                let template = Template::parse(text, text.shipped(language));
                let filled = template.subject(&facts) + &template.body(&facts);
                assert!(!filled.contains('{'), "{language:?} {text:?}: {filled}");
                let is_mail = matches!(text, Text::Replaced | Text::Admin | Text::Recipient);
                assert_eq!(template.subject.is_empty(), !is_mail);
            }
        }
    }

    #[test]
    fn an_own_template_wins_and_a_missing_one_does_not_matter() {
        let folder = tempfile::TempDir::new().unwrap();
        fs::create_dir(folder.path().join("en")).unwrap();
        fs::write(folder.path().join("en/admin.txt"), "Subject: own {id}\n\ntext").unwrap();
        let notice = Notice { templates: Some(folder.path().display().to_string()), ..Notice::default() };
        let facts = Facts::of(&[("id", "7")]);
        assert_eq!(Template::load(&notice, Text::Admin).unwrap().subject(&facts), "own 7");
        assert!(!Template::load(&notice, Text::Replaced).unwrap().body.is_empty());
        fs::create_dir(folder.path().join("en/replaced.txt")).unwrap();
        assert!(matches!(Template::load(&notice, Text::Replaced), Err(Error::Template(..))));
    }
}
