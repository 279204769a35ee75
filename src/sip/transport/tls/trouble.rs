//! Why no TLS came of a connection, in words for the person who can mend it.

use std::fmt;
use std::io;

use rustls::{AlertDescription, CertificateError, Error};

/// Why there is no TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Its certificate is another one's.
    WrongName(WrongName),
    /// Its certificate has ended, at this second since 1970 if that is known.
    Expired(Option<u64>),
    /// Its certificate does not hold yet.
    NotYetValid,
    /// Nobody whom we trust vouches for it.
    UnknownIssuer,
    /// There is another fault in its certificate.
    BadCertificate(String),
    /// It speaks something else.
    NotTls,
    /// It does not want us, for this reason.
    Refused(String),
    /// It took too long.
    TooSlow,
    /// Too many at once from that address.
    TooMany,
    /// We cannot find out whom to trust.
    NoTrust(String),
    /// Something else.
    Other(String),
}

/// A certificate is for these names, but not for the wanted one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongName {
    /// The name that was wanted.
    pub wanted: String,
    /// Whom the certificate is for.
    pub shown: Vec<String>,
}

impl fmt::Display for WrongName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever made it chose the length.
        let shown: Vec<&str> = self.shown.iter().take(8).map(String::as_str).collect();
        let shown = if shown.is_empty() { "nobody by name".to_owned() } else { shown.join(", ") };
        write!(f, "its certificate is for {shown}, not for {}", self.wanted)
    }
}

impl std::error::Error for WrongName {}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongName(wrong) => wrong.fmt(f),
            Self::Expired(_) => f.write_str("its certificate has expired"),
            Self::NotYetValid => f.write_str("its certificate is not valid yet; or is the clock here wrong?"),
            Self::UnknownIssuer => f.write_str("nobody trusted vouches for its certificate (unknown issuer)"),
            Self::BadCertificate(what) => write!(f, "its certificate is of no use: {what}"),
            Self::NotTls => f.write_str("it does not speak TLS"),
            Self::Refused(why) => write!(f, "it breaks the TLS handshake off: {why}"),
            Self::TooSlow => f.write_str("the TLS handshake takes too long"),
            Self::TooMany => f.write_str("too many TLS handshakes at once from there"),
            Self::NoTrust(why) => write!(f, "no certificates to trust: {why}"),
            Self::Other(what) => write!(f, "no TLS: {what}"),
        }
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    /// True if somebody is there who speaks TLS, but does not prove to be who it should be.
    pub fn is_of_certificate(&self) -> bool {
        match self {
            Self::WrongName(_)
            | Self::Expired(_)
            | Self::NotYetValid
            | Self::UnknownIssuer
            | Self::BadCertificate(_)
            | Self::NoTrust(_) => true,
            Self::NotTls | Self::Refused(_) | Self::TooSlow | Self::TooMany | Self::Other(_) => false,
        }
    }

    /// What an error of a handshake means.
    pub(super) fn of(error: &io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(error) => Self::of_library(error),
            None if error.kind() == io::ErrorKind::UnexpectedEof => {
                Self::Refused("it closes the connection".to_owned())
            }
            None => Self::Other(error.to_string()),
        }
    }

    fn of_library(error: &Error) -> Self {
        match error {
            Error::InvalidCertificate(fault) => Self::of_certificate(fault),
            Error::InvalidMessage(_) => Self::NotTls,
            Error::AlertReceived(alert) => Self::Refused(words(*alert)),
            Error::PeerIncompatible(what) => Self::Refused(format!("we have nothing in common ({what:?})")),
            error => Self::Other(error.to_string()),
        }
    }

    fn of_certificate(fault: &CertificateError) -> Self {
        match fault {
            // An authority of the same name with another key is another one.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownIssuer,
            CertificateError::Expired => Self::Expired(None),
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired(Some(not_after.as_secs())),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYetValid,
            CertificateError::Other(other) => match other.0.downcast_ref::<WrongName>() {
                Some(wrong) => Self::WrongName(wrong.clone()),
                // What the verifier says of an authority's certificate that a server shows as its own.
                None if other.to_string().contains("CaUsedAsEndEntity") => Self::UnknownIssuer,
                None => Self::BadCertificate(other.to_string()),
            },
            fault => Self::BadCertificate(fault.to_string()),
        }
    }
}

/// What a peer means by breaking off.
fn words(alert: AlertDescription) -> String {
    let words = match alert {
        AlertDescription::UnknownCA => "it does not trust whoever signed our certificate (unknown CA)",
        AlertDescription::BadCertificate | AlertDescription::CertificateUnknown => {
            "it does not like our certificate"
        }
        AlertDescription::CertificateExpired => "our certificate has expired",
        AlertDescription::CertificateRequired => "it wants a certificate of ours",
        AlertDescription::ProtocolVersion => "it knows no TLS version of ours (1.2 and 1.3)",
        AlertDescription::HandshakeFailure => "no cipher in common",
        other => return format!("{other:?}"),
    };
    words.to_owned()
}
