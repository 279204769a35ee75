//! The headers of digest authentication.

use std::net::IpAddr;

use crate::entropy::Entropy;
use crate::sip::Method;
use crate::sip::digest::{Algorithm, Asker, Authenticator, Challenge, Credentials, Ha1, Login, Verdict};
use crate::time::Time;

const SOURCE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

/// Any text is read as a challenge and as credentials, or as neither. What we answer to a challenge is read as what
/// was asked; credentials are worth something once at most; and ours are worth something, whatever the realm is.
pub fn digest(bytes: &[u8]) {
    // A header is one line, and the parser of messages lets no controls through.
    let text = String::from_utf8_lossy(bytes).replace(char::is_control, "\u{fffd}");
    let login = Login { username: "anna".into(), password: "secret".into() };
    let method = Method::Register;
    if let Some(challenge) = Challenge::parse(Asker::Server, &text) {
        let answer = challenge.answer(&login, &method, "sip:h", "cnonce", 1);
        let read = Credentials::parse(&answer).expect("our own answer can be read");
        assert_eq!((&read.realm, &read.nonce), (&challenge.realm, &challenge.nonce));
        assert_eq!((&*read.username, &*read.uri), ("anna", "sip:h"));
        proves(&challenge.realm, &login, &method);
    }
    if let Some(credentials) = Credentials::parse(&text) {
        let mut authenticator = authenticator(&credentials.realm);
        // Its first nonce is always the same, so that a seed can hold good credentials.
        let _ = authenticator.challenges(false, SOURCE, Time::ZERO);
        let ha1 = Ha1::of(&credentials.username, &credentials.realm, "secret");
        let mut worth = || authenticator.verify(&credentials, &method, &ha1, SOURCE, Time::from_secs(1));
        let _ = worth();
        assert_ne!(worth(), Verdict::Accepted, "seen before");
    }
}

/// Whoever knows the secret of a realm of this name is let in.
fn proves(realm: &str, login: &Login, method: &Method) {
    let mut authenticator = authenticator(realm);
    for asked in authenticator.challenges(false, SOURCE, Time::ZERO) {
        let challenge = Challenge::parse(Asker::Server, &asked).expect("our own challenge can be read");
        assert_eq!(challenge.realm, realm);
        let answer = challenge.answer(login, method, "sip:h", "cnonce", 1);
        let credentials = Credentials::parse(&answer).expect("our own answer can be read");
        let ha1 = Ha1::of(&login.username, realm, &login.password);
        let verdict = authenticator.clone().verify(&credentials, method, &ha1, SOURCE, Time::ZERO);
        assert_eq!(verdict, Verdict::Accepted, "{realm:?}");
    }
}

fn authenticator(realm: &str) -> Authenticator {
    Authenticator::new(realm, vec![Algorithm::Sha256, Algorithm::Md5], Entropy::from_number(1))
}
