//! What a service offers: the answer to OPTIONS (RFC 3507 section 4.10).
//!
//! Owns how it is asked from then on. It must never ask for what the service does not offer. What fits nothing is a [`Trouble`].
//! Max-Connections is not looked at: this process has one.

use super::head::Head;
use crate::engine::Trouble;
use crate::sanitize::printable;

/// Largest preview that we keep to; a service that wants more gets all of it behind that.
const LARGEST_PREVIEW: usize = 1 << 20;

/// Which half of HTTP the service looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Answers: what a scanner of downloads offers.
    Respmod,
    /// Requests: what one of uploads offers.
    Reqmod,
}

/// What a service offers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub method: Method,
    /// How many bytes it wants to see first; none where it wants all at once.
    pub preview: Option<usize>,
    service: String,
    tag: String,
}

impl Offer {
    /// Reads the answer to OPTIONS.
    pub(super) fn of(head: &Head) -> Result<Self, Trouble> {
        match head.status {
            200 | 204 => {}
            code @ 400..600 => return Err(Trouble::Reported(format!("OPTIONS: {code} {}", head.reason))),
            code => return Err(Trouble::Unknown(format!("OPTIONS: {code}"))),
        }
        let methods = head.field("Methods").unwrap_or_default();
        let method = method(methods).ok_or_else(|| Trouble::Unknown(format!("a service that offers {methods:?}")))?;
        let preview = head.field("Preview").and_then(|size| size.parse().ok()).map(|size: usize| size.min(LARGEST_PREVIEW));
        let text = |name: &str| head.field(name).map(|value| printable(value.trim_matches('"')).into_owned()).unwrap_or_default();
        Ok(Self { method, preview, service: text("Service"), tag: text("ISTag") })
    }

    /// Service and ISTag. Without a tag nobody can say which signatures an answer rests on, and RFC 3507 section 4.7 asks for one.
    pub(super) fn version(&self) -> Result<String, Trouble> {
        if self.tag.is_empty() {
            return Err(Trouble::Unknown("a service without ISTag".to_owned()));
        }
        Ok(format!("{} {}", self.service, self.tag).trim().to_owned())
    }
}

/// RESPMOD where both are offered: that is what scanners are made for.
fn method(methods: &str) -> Option<Method> {
    let offers = |word: &str| methods.split(',').any(|method| method.trim().eq_ignore_ascii_case(word));
    if offers("RESPMOD") {
        return Some(Method::Respmod);
    }
    offers("REQMOD").then_some(Method::Reqmod)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(text: &str) -> Result<Offer, Trouble> {
        Offer::of(&Head::parse(format!("ICAP/1.0 {text}\r\n\r\n").as_bytes(), "ICAP/").unwrap())
    }

    #[test]
    fn answers_are_modified_rather_than_requests_and_the_preview_is_bounded() {
        let table = [
            ("200 OK\r\nMethods: RESPMOD\r\nPreview: 1024", Method::Respmod, Some(1024)),
            ("200 OK\r\nMethods: REQMOD, respmod\r\nPreview: 0", Method::Respmod, Some(0)),
            ("200 OK\r\nMethods: REQMOD", Method::Reqmod, None),
            ("200 OK\r\nMethods: RESPMOD\r\nPreview: 99999999999", Method::Respmod, Some(LARGEST_PREVIEW)),
            ("200 OK\r\nMethods: RESPMOD\r\nPreview: all", Method::Respmod, None),
        ];
        for (text, method, preview) in table {
            let offer = offer(text).unwrap();
            assert_eq!((offer.method, offer.preview), (method, preview), "{text}");
        }
    }

    #[test]
    fn the_version_is_the_tag_with_the_name_of_the_service() {
        let text = "200 OK\r\nMethods: RESPMOD\r\nService: C-ICAP/0.5\r\nISTag: \"CI0001-1.4.3\"";
        assert_eq!(offer(text).unwrap().version().unwrap(), "C-ICAP/0.5 CI0001-1.4.3");
        assert!(offer("200 OK\r\nMethods: RESPMOD\r\nService: x").unwrap().version().is_err());
    }

    #[test]
    fn a_service_that_is_not_there_or_offers_nothing_is_a_trouble() {
        assert!(matches!(offer("404 Service not found"), Err(Trouble::Reported(_))));
        for text in ["200 OK", "200 OK\r\nMethods: FILEMOD", "302 Found\r\nMethods: RESPMOD"] {
            assert!(matches!(offer(text), Err(Trouble::Unknown(_))), "{text}");
        }
    }
}
