//! Which certificate proves who we are.

use std::path::{Path, PathBuf};

/// A certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those above it (PEM).
    pub certificate: PathBuf,
    /// Its key (PEM).
    pub key: PathBuf,
}

impl TlsFiles {
    /// A certificate that we make for ourselves.
    fn own(data: &Path, name: &str) -> Self {
        let file = |kind: &str| data.join("tls").join(format!("{name}.{kind}"));
        Self { certificate: file("crt"), key: file("key") }
    }

    /// Which certificate is shown, and whom it is made for if it is our own: with the demo, or for those `named`.
    ///
    /// # Errors
    /// What contradicts what, and what to do.
    pub(super) fn decide(
        (certificate, key): (Option<PathBuf>, Option<PathBuf>),
        named: Vec<String>,
        demo: bool,
        data: &Path,
    ) -> Result<(Option<Self>, Vec<String>), String> {
        let given = given(certificate, key)?;
        match given {
            Some(_) if !named.is_empty() => {
                Err("--tls-cert names a certificate that there is, --tls-self-signed wants one to be made: leave \
                     one away"
                    .to_owned())
            }
            Some(files) => Ok((Some(files), vec![])),
            None if !named.is_empty() => Ok((Some(Self::own(data, "self-signed")), named)),
            None if demo => {
                let names = ["127.0.0.1", "::1", "localhost"].map(str::to_owned);
                Ok((Some(Self::own(data, "demo")), names.into()))
            }
            None => Ok((None, vec![])),
        }
    }
}

/// The certificate with its key, if both are named, or none.
fn given(certificate: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<TlsFiles>, String> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err("--tls-cert needs the key of the certificate: name its file with --tls-key".to_owned())
        }
        (None, Some(_)) => {
            Err("--tls-key needs the certificate of the key: name its file with --tls-cert".to_owned())
        }
    }
}
