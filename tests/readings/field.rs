//! The three fields that section A speaks of, and forms in which each may be written.

use crate::part::{delimited, eicar_body};
use crate::row::{Row, Variant};

/// A field that a reader must understand to find the payload.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// Content-Transfer-Encoding: the payload is under base64.
    Encoding,
    /// Content-Type: it is a part of a multipart.
    Type,
    /// Content-Disposition: it is the name.
    Disposition,
}

impl Field {
    pub(crate) const ALL: [Self; 3] = [Self::Encoding, Self::Type, Self::Disposition];

    fn short(self) -> &'static str {
        match self {
            Self::Encoding => "CTE",
            Self::Type => "CT",
            Self::Disposition => "CD",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Encoding => "Content-Transfer-Encoding",
            Self::Type => "Content-Type",
            Self::Disposition => "Content-Disposition",
        }
    }

    /// The value's token, in two halves, and its parameters.
    fn value(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Encoding => ("bas", "e64", ""),
            Self::Type => ("multipar", "t/mixed", "; boundary=bar"),
            Self::Disposition => ("attach", "ment", "; filename=x.exe"),
        }
    }

    /// The body that the field is about.
    pub(crate) fn body(self) -> String {
        match self {
            Self::Encoding => eicar_body(),
            Self::Type => delimited("bar"),
            Self::Disposition => "Hello.\n".to_owned(),
        }
    }

    /// `form` with the field in it: `{N}` is its name, `{V}` its value, which is the token `{T}`, in halves `{a}{b}`, and the
    /// parameters `{R}`.
    pub(crate) fn fill(self, form: &str) -> String {
        let (first, second, rest) = self.value();
        let pairs = [("{V}", "{T}{R}"), ("{T}", "{a}{b}"), ("{N}", self.name()), ("{a}", first), ("{b}", second), ("{R}", rest)];
        pairs.iter().fold(form.to_owned(), |text, (from, to)| text.replace(from, to))
    }

    /// An entity whose header is `form`.
    pub(crate) fn entity(self, form: &str) -> String {
        format!("{}\n\n{}", self.fill(form), self.body())
    }

    /// A variant whose header is `form`.
    pub(crate) fn variant(self, form: &str) -> Variant {
        Variant::new(self.title(form), self.entity(form))
    }

    /// The name of a variant.
    pub(crate) fn title(self, form: &str) -> String {
        format!("{}: {form}", self.short())
    }
}

/// A row with each form in each of the fields.
pub(crate) fn in_each_field(id: &'static str, seen_by: &'static str, forms: &[&str]) -> Row {
    Row::new(id, seen_by).and(Field::ALL.into_iter().flat_map(|field| forms.iter().map(move |form| field.variant(form))))
}
