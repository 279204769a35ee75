//! Whether a server is who it should be (RFC 5922 section 7).

use std::net::IpAddr;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

use super::Server;
use super::trouble::{Trouble, WrongName};

/// Names of one kind in a certificate that are looked at; more has no honest one.
const NAMES: usize = 200;

/// Checks the certificate of one server.
#[derive(Debug)]
pub(super) struct Proof {
    name: String,
    roots: RootCertStore,
    /// The certificates of the file, which count as what they are, too: a provider's own, signed by itself.
    trusted: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl Proof {
    /// Reads whom to trust.
    ///
    /// # Errors
    /// The file with the trusted certificates cannot be read, or holds none.
    pub fn of(server: &Server, provider: Arc<CryptoProvider>) -> Result<Self, Trouble> {
        let (mut roots, mut trusted) = (RootCertStore::empty(), vec![]);
        match &server.ca {
            Some(file) => {
                let read =
                    CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
                let wrong = |error: String| Trouble::NoTrust(format!("{}: {error}", file.display()));
                trusted = read.map_err(|error| wrong(error.to_string()))?;
                if trusted.is_empty() {
                    return Err(wrong("no certificate in it".to_owned()));
                }
                // One that is no authority may still be the server's own.
                roots.add_parsable_certificates(trusted.iter().cloned());
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                if roots.is_empty() {
                    return Err(Trouble::NoTrust(
                        "the system trusts no authority (ca-certificates)".to_owned(),
                    ));
                }
            }
        }
        Ok(Self { name: server.name.clone(), roots, trusted, provider })
    }

    fn check_chain(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        if self.trusted.iter().any(|trusted| trusted == certificate) {
            return check_time(certificate, now);
        }
        let parsed = ParsedCertificate::try_from(certificate)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&parsed, &self.roots, chain, now, algorithms)
    }

    fn check_name(&self, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        let names = names_of(&parsed(certificate)?);
        if names.include(&self.name) {
            return Ok(());
        }
        let wrong = WrongName { wanted: self.name.clone(), shown: names.shown() };
        Err(Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(wrong)))))
    }
}

impl ServerCertVerifier for Proof {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check_chain(certificate, chain, now)?;
        self.check_name(certificate)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn parsed<'a>(certificate: &'a CertificateDer<'_>) -> Result<X509Certificate<'a>, Error> {
    let parsed = X509Certificate::from_der(certificate);
    parsed.map(|(_, parsed)| parsed).map_err(|_| CertificateError::BadEncoding.into())
}

fn check_time(certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let validity = parsed(certificate)?.validity().clone();
    let seconds =
        |time: i64| UnixTime::since_unix_epoch(std::time::Duration::from_secs(time.try_into().unwrap_or(0)));
    let (not_before, not_after) =
        (seconds(validity.not_before.timestamp()), seconds(validity.not_after.timestamp()));
    if now > not_after {
        return Err(CertificateError::ExpiredContext { time: now, not_after }.into());
    }
    if now < not_before {
        return Err(CertificateError::NotValidYetContext { time: now, not_before }.into());
    }
    Ok(())
}

/// Whom a certificate is for.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Domains of `sip:` URIs.
    sip: Vec<String>,
    dns: Vec<String>,
    addresses: Vec<IpAddr>,
}

impl Names {
    /// Whether it is for this name. One with SIP addresses is for these domains alone, else for its DNS names; the
    /// common name of old is not looked at, and `*` stands for nothing but itself (RFC 5922 section 7.2).
    fn include(&self, wanted: &str) -> bool {
        let wanted = wanted.trim_end_matches('.');
        if let Ok(address) = wanted.parse::<IpAddr>() {
            return self.addresses.contains(&address);
        }
        let names = if self.sip.is_empty() { &self.dns } else { &self.sip };
        names.iter().any(|name| name.trim_end_matches('.').eq_ignore_ascii_case(wanted))
    }

    /// All of them, as people read them.
    pub fn shown(&self) -> Vec<String> {
        let sip = self.sip.iter().map(|domain| format!("sip:{domain}"));
        sip.chain(self.dns.iter().cloned()).chain(self.addresses.iter().map(IpAddr::to_string)).collect()
    }
}

/// The names in a certificate.
pub(super) fn names_of(certificate: &X509Certificate<'_>) -> Names {
    let mut names = Names::default();
    let Ok(Some(alternative)) = certificate.subject_alternative_name() else { return names };
    for name in alternative.value.general_names.iter().take(NAMES) {
        match name {
            GeneralName::URI(uri) => names.sip.extend(domain_of(uri)),
            GeneralName::DNSName(name) => names.dns.push((*name).to_owned()),
            GeneralName::IPAddress(bytes) => names.addresses.extend(address(bytes)),
            _ => {}
        }
    }
    names
}

/// The domain of a SIP address without a user (RFC 5922 section 7.1). One with a user stands for that user alone.
fn domain_of(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let is_sip = scheme.eq_ignore_ascii_case("sip");
    let host = rest.split([';', '?', ':']).next().filter(|host| !host.is_empty())?;
    (is_sip && !rest.contains('@')).then(|| host.to_owned())
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sip: &[&str], dns: &[&str]) -> Names {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Names { sip: owned(sip), dns: owned(dns), addresses: vec![[192, 0, 2, 1].into()] }
    }

    #[test]
    fn a_certificate_is_for_its_sip_domains_else_for_its_dns_names() {
        let dns = names(&[], &["sip.example", "*.example"]);
        assert!(dns.include("SIP.example") && dns.include("sip.example.") && dns.include("192.0.2.1"));
        assert!(!dns.include("example") && !dns.include("192.0.2.2"));
        let sip = names(&["example"], &["sip.example"]);
        assert!(sip.include("example") && !sip.include("sip.example"));
    }

    #[test]
    fn a_star_stands_for_nothing_but_itself() {
        let star = names(&[], &["*.example"]);
        assert!(!star.include("sip.example"));
        assert!(star.include("*.example"), "whoever names it so wants it so");
    }

    #[test]
    fn a_sip_address_counts_without_a_user_only() {
        assert_eq!(domain_of("sip:example.com"), Some("example.com".to_owned()));
        assert_eq!(domain_of("SIP:example.com;transport=tls"), Some("example.com".to_owned()));
        for other in ["sip:bob@example.com", "https://example.com", "example.com", "sip:", "sips:example.com"]
        {
            assert_eq!(domain_of(other), None, "{other}");
        }
    }
}
