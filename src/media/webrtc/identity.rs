//! Who we are to browsers: a certificate that is made once, whose fingerprint every description names.

use std::fmt;
use std::sync::Arc;

use dimpl::{Config, DtlsCertificate};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use sha2::{Digest, Sha256};

use crate::sdp::Fingerprint;

/// How long the other side has to answer before a flight of the handshake is repeated.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(200);

/// A certificate with its key, and how handshakes go.
#[derive(Clone)]
pub struct Identity {
    pub(super) certificate: DtlsCertificate,
    pub(super) config: Arc<Config>,
    fingerprint: Fingerprint,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.fingerprint)
    }
}

impl Identity {
    /// Makes one: a key of P-256, as browsers expect (RFC 8827 section 6.5), and a certificate of its own.
    ///
    /// # Errors
    /// What the cryptographic library refuses.
    pub fn new() -> Result<Self, String> {
        let wrong = |error: rcgen::Error| format!("cannot make a certificate for browsers: {error}");
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(wrong)?;
        let mut params = CertificateParams::new(vec![]).map_err(wrong)?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "hovor");
        let certificate = params.self_signed(&key).map_err(wrong)?.der().to_vec();
        let fingerprint = fingerprint(&certificate);
        // Whoever shakes hands has proved by ICE where it is, so it needs no cookie.
        let config = Config::builder().use_server_cookie(false).flight_start_rto(PATIENCE).build();
        let config = config.map_err(|error| format!("cannot set DTLS up: {error}"))?;
        let certificate = DtlsCertificate { certificate, private_key: key.serialize_der() };
        Ok(Self { certificate, config: Arc::new(config), fingerprint })
    }

    /// What descriptions say of it.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
}

/// The fingerprint of a certificate (DER).
pub(super) fn fingerprint(certificate: &[u8]) -> Fingerprint {
    Fingerprint(Sha256::digest(certificate).into())
}
