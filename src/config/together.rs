//! What engines have in common: whom they believe, what they remember, how their words are counted and told.
//!
//! Owns the values of `[spam]`, `[relay]`, `[scan]`, `[state]` and `[cache]`, with their defaults. It must never ask an engine. Nothing
//! can fail.

use super::engine::Address;
use super::network::Network;

/// `[spam]`
#[derive(Clone, Debug, Default)]
pub struct Spam {
    /// Whether X-Spam-Flag, X-Spam-Status and X-Spam-Level are written.
    pub headers: bool,
}

/// `[relay]`
#[derive(Clone, Debug)]
pub struct Relay {
    /// Hosts whose trace fields are believed.
    pub trusted: Vec<Network>,
}

impl Default for Relay {
    /// This host, and networks that nobody else's mail comes from (RFC 1918, RFC 4193).
    fn default() -> Self {
        let networks = ["127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
        Self { trusted: networks.into_iter().filter_map(Network::parse).collect() }
    }
}

/// `[state]`
#[derive(Clone, Debug)]
pub struct State {
    /// A folder of the user's own; `{uid}` stands for its number.
    pub path: String,
}

impl Default for State {
    fn default() -> Self {
        Self { path: "/var/tmp/mailward-{uid}".to_owned() }
    }
}

/// `[cache]`
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// A server of Redis or Valkey that several hosts share.
    pub redis: Option<Address>,
    /// A file with what answers there are signed with, and the server's password in its second line.
    pub key: Option<String>,
}

/// `[scan]`
#[derive(Clone, Debug)]
pub struct Scan {
    /// So many engines have to find malware before it counts.
    pub quorum: u64,
}

impl Default for Scan {
    fn default() -> Self {
        Self { quorum: 1 }
    }
}
