//! The addresses of one engine.
//!
//! Owns the order in which they are asked, and how long. It must never take silence for an answer. An address that refuses or drops
//! connections may be loading signatures and is tried again for `retry`; what is left then is a [`Trouble`].

use super::{Trouble, health};
use crate::config::{Address, Balance, Engine};
use crate::state::State;
use sha2::{Digest, Sha256};
use std::thread;
use std::time::{Duration, Instant};

/// Time between two rounds of all addresses.
const PAUSE: Duration = Duration::from_millis(200);

/// What chooses among addresses.
#[derive(Clone, Copy, Default)]
pub(super) struct Route<'a> {
    /// What the message comes down to.
    pub digest: Option<[u8; 32]>,
    /// Where runs remember what did not work.
    pub state: Option<&'a State>,
}

/// The first clear answer of an address.
///
/// # Errors
/// That of the last round: the first trouble that may pass, else the first.
pub(super) fn ask<T>(
    engine: &Engine,
    route: Route<'_>,
    until: Instant,
    ask: impl Fn(&Address, Instant) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let give_up = until.min(Instant::now() + engine.retry);
    // What one address has to tell apart from another is remembered only where there is another.
    let state = route.state.filter(|_| engine.address.len() > 1 && !engine.rest.is_zero());
    let addresses = health::order(state, in_order(engine, route.digest));
    let watched = |address: &Address, until: Instant| {
        let answer = ask(address, until);
        match &answer {
            Ok(_) => health::is_well(state, address),
            Err(trouble) if trouble.is_of_the_address() => health::fell_ill(state, address, engine.rest),
            Err(_) => {}
        }
        answer
    };
    loop {
        let trouble = match first_answer(&addresses, until, watched) {
            Ok(answer) => return Ok(answer),
            Err(trouble) => trouble,
        };
        if !trouble.may_pass() || Instant::now() + PAUSE >= give_up {
            return Err(trouble);
        }
        thread::sleep(PAUSE);
    }
}

/// As they stand, or the one first that fits the message best: an address more or less leaves the others their messages (rendezvous
/// hashing).
fn in_order(engine: &Engine, digest: Option<[u8; 32]>) -> Vec<&Address> {
    let mut addresses: Vec<&Address> = engine.address.iter().collect();
    if let (Balance::Hash, Some(digest)) = (engine.balance, digest) {
        addresses.sort_by_cached_key(|address| Sha256::new().chain_update(digest).chain_update(address.to_string()).finalize());
    }
    addresses
}

/// The first clear answer; else the trouble that may pass, as that is worth another round, else the last one.
/// Each address gets its share of the time, so that one that hangs leaves some for the next.
fn first_answer<T>(addresses: &[&Address], until: Instant, ask: impl Fn(&Address, Instant) -> Result<T, Trouble>) -> Result<T, Trouble> {
    let mut worst = Trouble::Closed;
    let mut keeps = false;
    for (index, address) in addresses.iter().enumerate() {
        let shares = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        let share = until.saturating_duration_since(Instant::now()) / shares;
        match ask(address, Instant::now() + share) {
            Ok(answer) => return Ok(answer),
            Err(trouble) if !keeps => {
                keeps = trouble.may_pass();
                worst = trouble;
            }
            Err(_) => {}
        }
    }
    Err(worst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn engine(count: usize) -> Engine {
        let address = (0..count).map(|number| Address::Tcp(format!("host{number}:1"))).collect();
        Engine { address, balance: Balance::Hash, ..Engine::default() }
    }

    #[test]
    fn each_address_gets_its_share_of_the_messages_and_keeps_it() {
        let (four, five) = (engine(4), engine(5));
        let mut shares: BTreeMap<String, usize> = BTreeMap::new();
        let mut moved = 0;
        for number in 0..1000_u32 {
            let digest = Some(Sha256::digest(number.to_be_bytes()).into());
            let first = |engine: &Engine| in_order(engine, digest)[0].to_string();
            *shares.entry(first(&four)).or_default() += 1;
            assert_eq!(first(&four), first(&four));
            moved += usize::from(first(&four) != first(&five));
        }
        assert!(shares.len() == 4 && shares.values().all(|share| (150..350).contains(share)), "{shares:?}");
        assert!((100..300).contains(&moved), "a fifth goes to the new address, not {moved} of 1000");
    }

    #[test]
    fn without_a_message_the_order_is_that_of_the_configuration() {
        let engine = engine(3);
        assert_eq!(in_order(&engine, None), engine.address.iter().collect::<Vec<_>>());
    }
}
