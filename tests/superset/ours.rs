//! What we take out of a message, and whether we say that readers may understand it differently, be it hard or soft. Malware and
//! names that are found excuse nothing: what is missing may lie beside them.

use crate::extract::Known;
use mailward::agent::scan;
use mailward::config::Settings;
use mailward::message::{Message, decode, readings};

/// Each is most of the message.
const MOST_RUN_ON: usize = 8;

/// What we make of a message.
pub(crate) struct Ours {
    pub(crate) known: Known,
    pub(crate) is_flagged: bool,
}

impl Ours {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let settings = Settings::default();
        let message = Message::read(bytes, &scan::bounds(&settings.limits));
        let bodies = message.bodies();
        // Engines always get the message as it is.
        let contents = std::iter::once(bytes).chain(bodies.iter().map(|body| &*body.bytes));
        let names = message.parts().iter().flat_map(|part| part.content.names.iter().map(String::as_str));
        let encoded = message.parts().iter().filter(|part| part.layer == 0 && part.content.encoding.hides()).take(MOST_RUN_ON);
        let run_on = encoded.flat_map(|part| {
            let readings = readings(part.content.encoding, &bytes[part.body.start..]);
            // ripMIME may decode once more what it has decoded.
            let twice = readings
                .others
                .iter()
                .chain([&readings.first.to_vec()])
                .map(|body| decode(part.content.encoding, body).into_owned())
                .collect::<Vec<_>>();
            std::iter::once(readings.first.into_owned()).chain(readings.others).chain(twice)
        });
        Self { known: Known::new(contents, names).running_on(run_on), is_flagged: !message.doubts().is_empty() }
    }
}
