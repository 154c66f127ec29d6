//! Engines behind TLS: whose certificate is believed, and that nothing goes on without one.

use crate::harness::{Clamd, PLAIN, Site};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A clamd behind TLS, and its certificate.
struct Secured {
    clamd: Clamd,
    port: u16,
    certificate: CertifiedKey<KeyPair>,
}

impl Secured {
    /// One whose certificate is for `name`.
    fn new(name: &str) -> Self {
        let clamd = Clamd::on_tcp(|talk| talk.scan_and_say("stream: Worm FOUND"));
        let certificate = generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(certificate.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (config, behind) = (Arc::new(config), clamd.address.trim_start_matches("tcp:").to_owned());
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let behind = behind.clone();
                // One that does not like the certificate goes away.
                thread::spawn(move || pass_on(StreamOwned::new(connection, stream), &behind));
            }
        });
        Self { clamd, port, certificate }
    }

    fn engine(&self, keys: &str) -> String {
        format!(
            "policy.infected = {{ action = \"accept\" }}\npolicy.unscanned = {{ action = \"accept\", treatment = \"tag\" }}\n\
             [[engine]]\nname = \"clamav\"\nkind = \"clamd\"\nretry = \"0s\"\naddress = [\"tls:localhost:{}\"]\n{keys}",
            self.port
        )
    }

    fn pin(&self) -> String {
        Sha256::digest(self.certificate.cert.der())
            .iter()
            .map(|byte| format!("{byte:02X}:"))
            .collect::<String>()
            .trim_end_matches(':')
            .into()
    }
}

/// A request, which ends with an empty chunk, and its answer.
fn pass_on(mut outside: StreamOwned<ServerConnection, TcpStream>, behind: &str) -> std::io::Result<()> {
    let mut inside = TcpStream::connect(behind)?;
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.ends_with(b"\0\0\0\0") {
        let count = outside.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        request.extend_from_slice(&buffer[..count]);
    }
    inside.write_all(&request)?;
    let mut answer = Vec::new();
    inside.read_to_end(&mut answer)?;
    outside.write_all(&answer)?;
    outside.flush()
}

fn verdict(site: &Site, engine: &str) -> String {
    site.configure(engine);
    site.deliver().pipe(PLAIN).run().verdict()
}

#[test]
fn what_the_file_of_authorities_vouches_for_is_believed() {
    let (site, secured) = (Site::new(), Secured::new("localhost"));
    let ca = site.write("ca.pem", secured.certificate.cert.pem());
    assert!(verdict(&site, &secured.engine(&format!("ca = {ca:?}"))).starts_with("infected; engine=clamav; name=\"Worm\""));
}

#[test]
fn what_nobody_vouches_for_is_not_and_nothing_is_sent() {
    for name in ["localhost", "other.example"] {
        let (site, secured, other) = (Site::new(), Secured::new(name), Secured::new("localhost"));
        let ca = if name == "localhost" { &other } else { &secured };
        let ca = site.write("ca.pem", ca.certificate.cert.pem());
        assert!(
            verdict(&site, &secured.engine(&format!("ca = {ca:?}"))).starts_with("unscanned; engine=clamav; name=\"refused\""),
            "{name}"
        );
        assert!(secured.clamd.asked().is_empty(), "{name}");
    }
}

#[test]
fn the_pinned_certificate_is_believed_and_no_other() {
    let (site, secured) = (Site::new(), Secured::new("whatever.example"));
    assert!(verdict(&site, &secured.engine(&format!("pin = {:?}", secured.pin()))).starts_with("infected"));
    let (site, other) = (Site::new(), Secured::new("whatever.example"));
    assert!(verdict(&site, &other.engine(&format!("pin = {:?}", secured.pin()))).starts_with("unscanned"));
    assert!(other.clamd.asked().is_empty());
}

#[test]
fn who_speaks_no_tls_is_not_told_anything() {
    let site = Site::new();
    let plain = Clamd::on_tcp(|talk| talk.say("hello\0"));
    let address = plain.address.replace("tcp:127.0.0.1", "tls:localhost");
    let engine =
        format!("policy.unscanned = {{ action = \"accept\" }}\n[[engine]]\nname = \"clamav\"\nretry = \"0s\"\naddress = [{address:?}]\n");
    assert!(verdict(&site, &engine).starts_with("unscanned; engine=clamav; name=\"refused\""));
    assert!(plain.asked().is_empty());
}

#[test]
fn a_file_without_authorities_and_a_pin_that_is_none_are_told() {
    let (site, secured) = (Site::new(), Secured::new("localhost"));
    let ca = site.write("ca.pem", "nothing");
    site.configure(&secured.engine(&format!("ca = {ca:?}")));
    site.command("check").word("--live").run().exits(1).mentions(&["ca.pem: holds no certificate in PEM"]);
    site.configure(&secured.engine("pin = \"abc\""));
    site.command("check").run().exits(1).mentions(&["a pin of 64 hexadecimal digits"]);
}
