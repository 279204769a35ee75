use super::*;
use crate::entropy::Entropy;
use crate::sip::message::{Headers, Method};
use crate::time::Time;

const URI: &str = "sip:hovor";
const PEER: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

fn login(password: &str) -> Login {
    Login { username: "201".to_owned(), password: password.to_owned() }
}

fn setup() -> (Authenticator, Ha1) {
    (
        Authenticator::new("hovor", vec![Algorithm::Sha256, Algorithm::Md5], Entropy::from_number(3)),
        Ha1::of("201", "hovor", "secret"),
    )
}

/// What a client sends back when it is asked so.
fn answered(challenge: &str, password: &str, nc: u32) -> Credentials {
    let challenge = Challenge::parse(Asker::Server, challenge).unwrap();
    Credentials::parse(&challenge.answer(&login(password), &Method::Register, URI, "0a4f113b", nc)).unwrap()
}

/// The example of RFC 7616 section 3.9.1, whose realm and URI are those of HTTP.
#[test]
fn hashes_are_those_of_the_rfc() {
    let nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    let ha1 = Ha1::of("Mufasa", "http-auth@example.org", "Circle of Life");
    let hash = |algorithm| {
        let protection = Some(Protection { nc: "00000001", cnonce });
        let ha1 = ha1.with(algorithm);
        Response { algorithm, ha1, method: "GET", uri: "/dir/index.html", nonce, protection }.hash()
    };
    assert_eq!(hash(Algorithm::Md5), "8ca523f5e9506fed4657c9700eebdbec");
    assert_eq!(hash(Algorithm::Sha256), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

#[test]
fn the_best_algorithm_is_asked_for_first() {
    let (mut server, _) = setup();
    let challenges = server.challenges(false, PEER, Time::ZERO);
    let algorithms: Vec<_> =
        challenges.iter().map(|text| Challenge::parse(Asker::Server, text).unwrap().algorithm).collect();
    assert_eq!(algorithms, [Algorithm::Sha256, Algorithm::Md5]);
    assert!(!challenges.concat().contains("stale"));
}

#[test]
fn either_algorithm_is_accepted_once_a_count() {
    let (mut server, ha1) = setup();
    for at in [0, 1] {
        let challenge = server.challenges(false, PEER, Time::ZERO).remove(at);
        let mut verify = |nc| {
            server.verify(&answered(&challenge, "secret", nc), &Method::Register, &ha1, PEER, Time::ZERO)
        };
        assert_eq!([1, 1, 2].map(&mut verify), [Verdict::Accepted, Verdict::Stale, Verdict::Accepted]);
    }
}

#[test]
fn a_wrong_secret_method_or_user_is_refused() {
    let (mut server, ha1) = setup();
    let challenge = server.challenges(false, PEER, Time::ZERO).remove(0);
    let refused = Verdict::Refused(Refusal::Secret);
    assert_eq!(
        server.verify(&answered(&challenge, "guess", 1), &Method::Register, &ha1, PEER, Time::ZERO),
        refused
    );
    assert_eq!(
        server.verify(&answered(&challenge, "secret", 1), &Method::Invite, &ha1, PEER, Time::ZERO),
        refused
    );
    let other = Ha1::of("202", "hovor", "secret");
    assert_eq!(
        server.verify(&answered(&challenge, "secret", 1), &Method::Register, &other, PEER, Time::ZERO),
        refused
    );
    // None of these used the nonce up.
    let right = answered(&challenge, "secret", 1);
    assert_eq!(server.verify(&right, &Method::Register, &ha1, PEER, Time::ZERO), Verdict::Accepted);
}

#[test]
fn an_old_or_foreign_nonce_is_stale_and_tells_nobody_whether_the_secret_was_right() {
    let (mut server, ha1) = setup();
    let challenge = server.challenges(false, PEER, Time::ZERO).remove(0);
    let late = Time::from_secs(301);
    let credentials = answered(&challenge, "secret", 1);
    assert_eq!(server.verify(&credentials, &Method::Register, &ha1, PEER, late), Verdict::Stale);
    let again = server.challenges(true, PEER, late).remove(1);
    assert!(Challenge::parse(Asker::Server, &again).unwrap().stale);

    let foreign = r#"Digest realm="hovor", nonce="abc", algorithm=MD5, qop="auth-int, auth""#;
    for guess in ["secret", "guess"] {
        let verdict = server.verify(&answered(foreign, guess, 1), &Method::Register, &ha1, PEER, late);
        assert_eq!(verdict, Verdict::Stale, "{guess}");
    }
}

/// A nonce that one peer was sent proves nothing about another: with it nobody can fail in another's name.
#[test]
fn a_nonce_of_another_address_is_stale_whatever_the_secret() {
    let (mut server, ha1) = setup();
    let challenge = server.challenges(false, PEER, Time::ZERO).remove(0);
    let other = "192.0.2.8".parse().unwrap();
    for guess in ["secret", "guess"] {
        let credentials = answered(&challenge, guess, 1);
        let verdict = server.verify(&credentials, &Method::Register, &ha1, other, Time::ZERO);
        assert_eq!(verdict, Verdict::Stale, "{guess}");
    }
    let own = server.verify(&answered(&challenge, "secret", 1), &Method::Register, &ha1, PEER, Time::ZERO);
    assert_eq!(own, Verdict::Accepted, "and did not use it up");
}

#[test]
fn without_qop_a_nonce_is_good_for_one_request_and_md5_only() {
    let (mut server, ha1) = setup();
    let without_qop = |challenge: String| challenge.replace(", qop=\"auth\"", "");
    let [sha256, md5] = server
        .challenges(false, PEER, Time::ZERO)
        .try_into()
        .map(|both: [String; 2]| both.map(without_qop))
        .unwrap();
    let mut verify = |challenge| {
        server.verify(&answered(challenge, "secret", 1), &Method::Register, &ha1, PEER, Time::ZERO)
    };
    assert_eq!(verify(&sha256), Verdict::Refused(Refusal::Protection));
    assert_eq!([verify(&md5), verify(&md5)], [Verdict::Accepted, Verdict::Stale]);
}

#[test]
fn unknown_algorithms_and_protections_are_refused() {
    let (mut server, ha1) = setup();
    let challenge = server.challenges(false, PEER, Time::ZERO).remove(1);
    let good = answered(&challenge, "secret", 1);
    let with = |change: &dyn Fn(&mut Credentials)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed
    };
    let cases = [
        (with(&|c| c.algorithm = Some("MD5-sess".into())), Refusal::Algorithm),
        (with(&|c| c.qop = Some("auth-int".into())), Refusal::Protection),
        (with(&|c| c.nc = None), Refusal::Protection),
        (with(&|c| c.nc = Some("+1".into())), Refusal::Secret),
        (with(&|c| c.nc = Some("x".into())), Refusal::Protection),
        (with(&|c| c.response.clear()), Refusal::Secret),
    ];
    for (credentials, refusal) in cases {
        let verdict = server.verify(&credentials, &Method::Register, &ha1, PEER, Time::ZERO);
        assert_eq!(verdict, Verdict::Refused(refusal), "{credentials:?}");
    }
}

#[test]
fn credentials_are_found_by_realm_whatever_their_spacing() {
    let (server, _) = setup();
    let mut headers = Headers::new();
    let of = |realm: &str| {
        format!(
            "digest  username = \"2,0=1\",realm=\"{realm}\" ,\tnonce=\"n\", uri=\"{URI}\",response=\"r\",NC=00000001"
        )
    };
    headers.push("Authorization", of("elsewhere"));
    headers.push("Authorization", "Basic YTpi");
    assert_eq!(server.credentials(&headers, Asker::Server), None);
    headers.push("Authorization", of("hovor"));
    let found = server.credentials(&headers, Asker::Server).unwrap();
    assert_eq!((&*found.username, found.nc.as_deref(), found.algorithm), ("2,0=1", Some("00000001"), None));
    assert_eq!(server.credentials(&headers, Asker::Proxy), None);
}

#[test]
fn a_client_answers_the_first_challenge_of_each_realm_that_it_understands() {
    let mut headers = Headers::new();
    headers.push("Proxy-Authenticate", r#"Digest realm="a", nonce="1", algorithm=SHA-512-256, qop="auth""#);
    headers.push(
        "Proxy-Authenticate",
        r#"Digest realm="a", nonce="2", algorithm=SHA-256, qop="auth", opaque="o""#,
    );
    headers.push("Proxy-Authenticate", r#"Digest realm="a", nonce="3""#);
    headers.push("WWW-Authenticate", r#"Digest realm="b", nonce="4""#);
    let answers = answer(&headers, &login("secret"), &Method::Invite, URI, "c");
    let names: Vec<_> = answers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Authorization", "Proxy-Authorization"]);
    assert!(answers[1].1.contains("nonce=\"2\"") && answers[1].1.ends_with(", opaque=\"o\""));
    assert!(!answers[0].1.contains("qop"));
}

#[test]
fn secrets_are_not_shown() {
    let shown = format!("{:?} {:?}", Ha1::of("201", "hovor", "secret"), login("secret"));
    assert_eq!(shown, "Ha1(…) Login { username: \"201\", .. }");
}

#[test]
fn an_authenticator_survives_a_snapshot() {
    let (mut server, ha1) = setup();
    let challenge = server.challenges(false, PEER, Time::ZERO).remove(0);
    let credentials = answered(&challenge, "secret", 1);
    assert_eq!(server.verify(&credentials, &Method::Register, &ha1, PEER, Time::ZERO), Verdict::Accepted);
    let snapshot = serde_json::to_string(&server);
    let error = snapshot.as_ref().err().map(ToString::to_string);
    assert_eq!(error, None);
    let mut restored: Authenticator = serde_json::from_str(&snapshot.unwrap()).unwrap();
    assert_eq!(restored.verify(&credentials, &Method::Register, &ha1, PEER, Time::ZERO), Verdict::Stale);
}
