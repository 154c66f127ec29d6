//! Which addresses did not work lately.
//!
//! Owns the small file that runs share. It must never leave an engine without an address: one that did not work is asked last. What fails
//! is as if all were well.

use crate::config::Address;
use crate::state::State;
use std::time::{Duration, SystemTime};

/// The name of the file.
const NAME: &str = "health";

/// Most addresses that are remembered.
const MOST: usize = 1000;

/// An address, and until when it is left alone, in seconds since 1970.
type Resting = (String, u64);

/// Puts those that rest behind the others, each group in its order.
pub(super) fn order<'a>(state: Option<&State>, addresses: Vec<&'a Address>) -> Vec<&'a Address> {
    let resting = state.map(read).unwrap_or_default();
    let (last, first): (Vec<&Address>, Vec<&Address>) = addresses.into_iter().partition(|address| rests(&resting, address));
    [first, last].concat()
}

/// Remembers that an address does not work, for so long.
pub(super) fn fell_ill(state: Option<&State>, address: &Address, rest: Duration) {
    change(state, address, |resting, name| resting.push((name, now() + rest.as_secs())));
}

/// Remembers that an address works, if it was thought not to.
pub(super) fn is_well(state: Option<&State>, address: &Address) {
    let was_ill = state.is_some_and(|state| rests(&read(state), address));
    if was_ill {
        change(state, address, |_, _| {});
    }
}

/// Two runs that change it at once may lose one change: that costs one connection more.
fn change(state: Option<&State>, address: &Address, change: impl FnOnce(&mut Vec<Resting>, String)) {
    let Some(state) = state else { return };
    let name = address.to_string();
    let mut resting: Vec<Resting> = read(state).into_iter().filter(|(known, _)| *known != name).take(MOST).collect();
    change(&mut resting, name);
    let lasting = resting.iter().map(|(_, end)| *end).max().unwrap_or_default().saturating_sub(now());
    let text: String = resting.iter().map(|(address, end)| format!("{end} {address}\n")).collect();
    let _ = state.remember(NAME, text.as_bytes(), Duration::from_secs(lasting));
}

fn rests(resting: &[Resting], address: &Address) -> bool {
    let name = address.to_string();
    resting.iter().any(|(known, _)| *known == name)
}

fn read(state: &State) -> Vec<Resting> {
    let text = state.recall(NAME).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let line = |line: &str| line.split_once(' ').and_then(|(end, address)| Some((address.to_owned(), end.parse().ok()?)));
    text.lines().filter_map(line).filter(|(_, end)| *end > now()).take(MOST).collect()
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_work_is_asked_last_until_it_works_or_its_rest_is_over() {
        let root = tempfile::TempDir::new().unwrap();
        let state = State::open(&root.path().join("state").display().to_string()).unwrap();
        let (one, other) = (Address::Tcp("a:1".into()), Address::Tcp("b:2".into()));
        let ordered = || order(Some(&state), vec![&one, &other]).into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(ordered(), [one.clone(), other.clone()]);
        fell_ill(Some(&state), &one, Duration::from_secs(100));
        assert_eq!(ordered(), [other.clone(), one.clone()]);
        fell_ill(Some(&state), &other, Duration::from_secs(100));
        assert_eq!(ordered(), [one.clone(), other.clone()], "all rest: none is left out");
        is_well(Some(&state), &one);
        is_well(Some(&state), &other);
        assert_eq!(ordered(), [one.clone(), other.clone()]);
        fell_ill(Some(&state), &one, Duration::ZERO);
        assert_eq!(ordered(), [one.clone(), other.clone()]);
    }

    #[test]
    fn nonsense_in_the_file_is_as_if_all_were_well() {
        let root = tempfile::TempDir::new().unwrap();
        let state = State::open(&root.path().join("state").display().to_string()).unwrap();
        state.remember(NAME, b"x\n99999999999 \xff\nabc tcp:a:1\n", Duration::from_secs(100)).unwrap();
        let one = Address::Tcp("a:1".into());
        assert_eq!(order(Some(&state), vec![&one]), [&one]);
    }
}
