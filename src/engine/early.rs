//! An answer that may come before all is sent.
//!
//! Owns which of two troubles counts, that of sending or that of the answer. It must never take for clean what was not sent whole.
//! Nothing here can fail by itself.

use super::{Threat, Trouble};

/// What holds when sending ended so, and the answer is this. Who refuses a large message says so and closes while we still write, so
/// the answer is read even then; only what it says against the message is believed.
pub(super) fn told(sent: Result<(), Trouble>, answer: Result<Vec<Threat>, Trouble>) -> Result<Vec<Threat>, Trouble> {
    match (sent, answer) {
        (Ok(()), answer) | (Err(_), answer @ Err(Trouble::Reported(_))) => answer,
        (Err(_), Ok(threats)) if !threats.is_empty() => Ok(threats),
        (Err(trouble), _) => Err(trouble),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Class;

    #[test]
    fn what_was_not_sent_whole_is_never_clean_and_what_is_said_against_it_counts() {
        let threat = || vec![Threat::whole(Class::Infected, "Worm")];
        assert!(matches!(told(Err(Trouble::Closed), Ok(Vec::new())), Err(Trouble::Closed)));
        assert!(matches!(told(Err(Trouble::Closed), Err(Trouble::Timeout)), Err(Trouble::Closed)));
        assert!(matches!(told(Err(Trouble::Closed), Err(Trouble::Reported("full".into()))), Err(Trouble::Reported(_))));
        assert_eq!(told(Err(Trouble::Closed), Ok(threat())).unwrap(), threat());
        assert_eq!(told(Ok(()), Ok(Vec::new())).unwrap(), []);
        assert!(matches!(told(Ok(()), Err(Trouble::Timeout)), Err(Trouble::Timeout)));
    }
}
