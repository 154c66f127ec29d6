//! Where an engine listens.
//!
//! Owns the forms of an address. It must never look a name up. What is wrong is a problem of the configuration.

use crate::config::Problems;
use crate::config::setting::{Node, Setting};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where an engine listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A socket in the file system.
    Unix(PathBuf),
    /// Host and port.
    Tcp(String),
    /// Host and port of one who speaks TLS.
    Tls(String),
    /// A resolver (DNS), in numbers.
    Udp(SocketAddr),
}

impl Setting for Address {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        const EXPECTED: &str = "\"unix:/path/of/socket\", \"tcp:host:port\", \"tls:host:port\" or, of a resolver, \"udp:address:port\"";
        let text = node.text(EXPECTED, problems)?;
        let address = match text.split_once(':') {
            Some(("unix", path)) if path.starts_with('/') => Some(Self::Unix(PathBuf::from(path))),
            Some(("tcp", host)) if has_port(host) => Some(Self::Tcp(host.to_owned())),
            Some(("tls", host)) if has_port(host) => Some(Self::Tls(host.to_owned())),
            Some(("udp", address)) => address.parse().ok().map(Self::Udp),
            _ => None,
        };
        if address.is_none() {
            node.expected(EXPECTED, problems);
        }
        address
    }

    fn show(&self) -> String {
        self.to_string().show()
    }
}

/// An address that may be left out; an empty string says the same.
impl Setting for Option<Address> {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        if node.value.get_ref().as_str() == Some("") {
            return Some(None);
        }
        Address::read(node, problems).map(Some)
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "\"\"".to_owned(), Address::show)
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unix(path) => write!(out, "unix:{}", path.display()),
            Self::Tcp(host) => write!(out, "tcp:{host}"),
            Self::Tls(host) => write!(out, "tls:{host}"),
            Self::Udp(address) => write!(out, "udp:{address}"),
        }
    }
}

fn has_port(host: &str) -> bool {
    let named = host.rsplit_once(':').is_some_and(|(name, port)| !name.is_empty() && port.parse::<u16>().is_ok());
    host.parse::<SocketAddr>().is_ok() || named
}
