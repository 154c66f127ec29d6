//! TLS to an engine on another host (RFC 8446).
//!
//! Owns whose certificate is believed: that of the pin alone, or what the authorities of a file or of this system vouch for. It must never
//! go on without one. What fails is a [`Trouble`] of the address.

use super::Trouble;
use crate::config::Engine;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, StreamOwned};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The authorities that the system trusts, as Debian and its kin keep them.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A connection on which nothing is read or written in the open.
pub(super) type Secured = StreamOwned<ClientConnection, Timed>;

/// A connection on which everything together ends in time: one read of TLS may be many of it.
pub(super) struct Timed {
    pub(super) stream: TcpStream,
    pub(super) until: Instant,
}

impl Timed {
    fn left(&self) -> io::Result<Duration> {
        let left = self.until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero());
        left.ok_or_else(|| io::ErrorKind::TimedOut.into())
    }
}

impl io::Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        self.stream.read(buffer)
    }
}

impl io::Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Agrees with the host of `place` (host and port) on keys.
pub(super) fn secure(engine: &Engine, place: &str, stream: TcpStream, until: Instant) -> Result<Secured, Trouble> {
    let mut stream = Timed { stream, until };
    let refused = |why: io::Error| Trouble::Refused(place.to_owned(), why);
    let host = place.rsplit_once(':').map_or(place, |(host, _)| host).trim_matches(['[', ']']);
    let name = ServerName::try_from(host.to_owned()).map_err(|why| refused(io::Error::other(why)))?;
    let config = config(engine).map_err(refused)?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(|why| refused(io::Error::other(why)))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).map_err(|why| match Trouble::of("agreeing on keys", why) {
            Trouble::Io(_, why) => refused(why),
            trouble => trouble,
        })?;
    }
    Ok(StreamOwned::new(connection, stream))
}

fn config(engine: &Engine) -> io::Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = builder.map_err(io::Error::other)?;
    Ok(match &engine.pin {
        Some(pin) => builder.dangerous().with_custom_certificate_verifier(Arc::new(Pinned::new(pin, &provider))).with_no_client_auth(),
        None => builder.with_root_certificates(authorities(engine.ca.as_deref().unwrap_or(AUTHORITIES))?).with_no_client_auth(),
    })
}

/// Whom the file at `path` trusts. Single certificates that cannot be read are passed over; that none can be is an error.
fn authorities(path: &str) -> io::Result<RootCertStore> {
    let told = |why: String| io::Error::other(format!("{path}: {why}"));
    let text = fs::read(path).map_err(|why| told(why.to_string()))?;
    let mut store = RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(CertificateDer::pem_slice_iter(&text).flatten());
    if added == 0 { Err(told("holds no certificate in PEM".to_owned())) } else { Ok(store) }
}

/// Believes one certificate, whoever vouches for it, and however old it is.
#[derive(Debug)]
struct Pinned {
    /// Its SHA-256, in lower case.
    pin: String,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Pinned {
    fn new(pin: &str, provider: &CryptoProvider) -> Self {
        let pin = pin.chars().filter(char::is_ascii_hexdigit).map(|digit| digit.to_ascii_lowercase()).collect();
        Self { pin, algorithms: provider.signature_verification_algorithms }
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut own = String::new();
        for byte in Sha256::digest(certificate) {
            let _ = write!(own, "{byte:02x}");
        }
        if own == self.pin { Ok(ServerCertVerified::assertion()) } else { Err(CertificateError::ApplicationVerificationFailure.into()) }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
