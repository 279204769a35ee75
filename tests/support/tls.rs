//! Certificates made for a test, by an authority of its own.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::folder::Folder;

pub struct Authority {
    folder: Folder,
    params: CertificateParams,
    key: KeyPair,
}

/// A certificate and its key.
pub struct Files {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn new() -> Self {
        let folder = Folder::new("authority");
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "The authority of a test");
        let key = KeyPair::generate().unwrap();
        std::fs::write(folder.join("ca.crt"), params.self_signed(&key).unwrap().pem()).unwrap();
        Self { folder, params, key }
    }

    /// The file by which it is trusted.
    pub fn file(&self) -> PathBuf {
        self.folder.join("ca.crt")
    }

    /// Signs a certificate for these names into `NAME.crt` and `NAME.key`.
    pub fn signs(&self, name: &str, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Files {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        change(&mut params);
        let own = KeyPair::generate().unwrap();
        let signed = params.signed_by(&own, &Issuer::from_params(&self.params, &self.key)).unwrap();
        let at = |end: &str| self.folder.join(&format!("{name}.{end}"));
        let files = Files { certificate: at("crt"), key: at("key") };
        std::fs::write(&files.certificate, signed.pem()).unwrap();
        std::fs::write(&files.key, own.serialize_pem()).unwrap();
        files
    }
}
