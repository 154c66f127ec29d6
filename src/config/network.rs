//! A network: addresses that begin alike.
//!
//! Owns reading one (`192.0.2.0/24`, `2001:db8::/32`, or a single address), and what lies in it. It must never look a name up. What is
//! wrong is a problem of the configuration.

use super::Problems;
use super::setting::{Node, Setting};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A network of IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    address: IpAddr,
    /// Bits that are the same.
    length: u8,
}

impl Network {
    /// The network of that name.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Some(most), |length| length.parse().ok()).filter(|length| *length <= most)?;
        Some(Self { address, length })
    }

    /// Whether `address` lies in it; one of IPv4 that is written as IPv6 is one of IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => is_alike(u32::from(own).into(), u32::from(other).into(), 32 - self.length),
            (IpAddr::V6(own), IpAddr::V6(other)) => is_alike(own.into(), other.into(), 128 - self.length),
            _ => false,
        }
    }
}

/// Whether two addresses differ in no more than their last `rest` bits.
fn is_alike(one: u128, other: u128, rest: u8) -> bool {
    (one ^ other).checked_shr(rest.into()).unwrap_or_default() == 0
}

impl std::fmt::Display for Network {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_single = self.length == if self.address.is_ipv4() { 32 } else { 128 };
        if is_single { write!(out, "{}", self.address) } else { write!(out, "{}/{}", self.address, self.length) }
    }
}

impl Setting for Network {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        const EXPECTED: &str = "a network such as \"192.0.2.0/24\", or an address";
        let network = Self::parse(node.text(EXPECTED, problems)?);
        if network.is_none() {
            node.expected(EXPECTED, problems);
        }
        network
    }

    fn show(&self) -> String {
        self.to_string().show()
    }
}

/// What the addresses mean that a list answers with.
impl Setting for BTreeMap<Network, String> {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let mut codes = Self::new();
        for (name, value) in node.table("a table such as { \"127.0.0.2\" = \"spam source\" }", problems)? {
            let key = format!("{}.{}", node.key, name.get_ref());
            let Some(network) = Network::parse(name.get_ref()) else {
                problems.add(&name.span(), &key, "expected an address or network such as 127.0.0.2 or 127.0.0.4/30");
                continue;
            };
            if let Some(text) = String::read(Node { value, key: &key }, problems) {
                codes.insert(network, text);
            }
        }
        Some(codes)
    }

    fn show(&self) -> String {
        let codes: Vec<String> = self.iter().map(|(network, text)| format!("{} = {}", network.show(), text.show())).collect();
        format!("{{ {} }}", codes.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_lies_in_a_network_or_not() {
        let table = [
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:db8:1::", true),
            ("2001:db8::/32", "2001:db9::", false),
            ("192.0.2.0/24", "::ffff:192.0.2.9", true),
        ];
        for (network, address, expected) in table {
            assert_eq!(Network::parse(network).unwrap().contains(address.parse().unwrap()), expected, "{network} {address}");
        }
    }

    #[test]
    fn what_is_no_network_is_none() {
        for text in ["", "192.0.2", "192.0.2.0/33", "::/129", "example.com", "192.0.2.0/", "192.0.2.0/-1"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
