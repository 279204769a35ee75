//! What proves who we are: a certificate and its key, in files that may change while we run.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::proof::names_of;
use super::provider;

/// A certificate with its key, or none yet. Clones are the same one.
#[derive(Clone, Default)]
pub struct Certificate(Arc<Shared>);

#[derive(Default)]
pub(super) struct Shared(RwLock<Option<Arc<CertifiedKey>>>);

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whom it is for.
    pub names: Vec<String>,
    /// When it begins to hold, in seconds since 1970.
    pub not_before: i64,
    /// When it ends, in seconds since 1970.
    pub not_after: i64,
}

impl Certificate {
    /// Shows this one from the next handshake on. Connections that stand go on.
    pub fn show(&self, ready: Ready) {
        *self.0.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(ready.0));
    }

    /// As the library wants it.
    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.0)
    }
}

/// A certificate with its key, ready to be shown.
pub struct Ready(CertifiedKey);

impl Ready {
    /// Reads both from their files (PEM).
    ///
    /// # Errors
    /// What is wrong with which file, in words.
    pub fn read(certificate: &Path, key: &Path) -> Result<(Self, Facts), String> {
        let chain =
            CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.map_err(|error| format!("cannot read {}: {error}", certificate.display()))?;
        let Some(own) = chain.first() else {
            return Err(format!("there is no certificate in {}", certificate.display()));
        };
        let facts = Facts::of(own).map_err(|why| format!("{}: {why}", certificate.display()))?;
        let secret = PrivateKeyDer::from_pem_file(key)
            .map_err(|error| format!("cannot read {}: {error}", key.display()))?;
        let certified = CertifiedKey::from_der(chain, secret, &provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                format!("the key in {} is not that of {}", key.display(), certificate.display())
            }
            error => format!("cannot use {} with {}: {error}", certificate.display(), key.display()),
        })?;
        Ok((Self(certified), facts))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", if self.0.has_certs() { "with its key" } else { "none" })
    }
}

impl Shared {
    fn current(&self) -> Option<Arc<CertifiedKey>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared(…)")
    }
}

impl ResolvesServerCert for Shared {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current()
    }
}

impl ResolvesClientCert for Shared {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.current().filter(|certified| certified.key.choose_scheme(schemes).is_some())
    }

    fn has_certs(&self) -> bool {
        self.current().is_some()
    }
}

impl Facts {
    /// What this certificate says.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of(certificate: &CertificateDer<'_>) -> Result<Self, String> {
        let read = X509Certificate::from_der(certificate);
        let (_, read) = read.map_err(|error| format!("no certificate that can be read: {error}"))?;
        let validity = read.validity();
        Ok(Self {
            names: names_of(&read).shown(),
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
        })
    }
}

/// A certificate for these names and addresses that nobody but itself vouches for, and its key, both as PEM.
///
/// # Errors
/// One of the names is none.
pub fn self_signed(names: &[&str]) -> Result<(String, String), String> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let make = || {
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "hovor");
        let key = KeyPair::generate()?;
        Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
    };
    make().map_err(|error: rcgen::Error| error.to_string())
}
