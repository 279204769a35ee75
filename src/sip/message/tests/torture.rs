//! The messages of RFC 4475, each with what becomes of it.

use super::torture_text::{Case, cases};
use super::*;
use crate::sip::digest::Credentials;
use crate::sip::uri::Scheme;

fn case(name: &str) -> Message {
    let case = cases().into_iter().find(|case| case.name == name).unwrap();
    Message::parse(case.bytes).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn headers(name: &str) -> Headers {
    case(name).headers().clone()
}

#[test]
fn every_message_of_the_rfc_has_its_outcome() {
    let cases = cases();
    assert_eq!(cases.len(), 49);
    for Case { name, read, bytes, .. } in cases {
        let found = match Message::parse(bytes) {
            Ok(message) if message.headers().contact().is_err() => "accepted, its Contact refused".to_owned(),
            Ok(_) => "accepted".to_owned(),
            Err(error) => match error.response() {
                Some(response) => format!("refused with {}", response.status),
                None => "dropped".to_owned(),
            },
        };
        assert_eq!(found, read, "{name}");
    }
}

#[test]
fn wsinv_is_understood() {
    let headers = headers("wsinv");
    assert_eq!(headers.to().unwrap().tag(), Some("1918181833n"));
    assert_eq!(headers.from().unwrap().display.as_deref(), Some("J Rosenberg \\\""));
    assert_eq!(headers.max_forwards().unwrap(), Some(68));
    assert_eq!(headers.cseq().unwrap(), CSeq::new(9, Method::Invite));
    let vias: Vec<String> = headers.vias().unwrap().iter().map(Via::to_string).collect();
    assert_eq!(
        vias,
        [
            "SIP/2.0/UDP 192.0.2.2;branch=390skdjuw",
            "SIP/2.0/TCP spindle.example.com;branch=z9hG4bK9ikj8",
            "SIP/2.0/UDP 192.168.255.111;branch=z9hG4bK30239"
        ]
    );
    assert_eq!(headers.get("Subject"), Some(""));
    assert_eq!(headers.get("newfangledheader"), Some("newfangled value continued newfangled value"));
    assert!(headers.routes().unwrap()[0].uri.is_loose());
    let contact = headers.first_contact().unwrap().unwrap();
    assert_eq!(contact.display.as_deref(), Some("Quoted string \"\""));
    assert_eq!((contact.q(), contact.params.has("secondparam")), (330, true));
}

#[test]
fn intmeth_is_understood() {
    let Message::Request(request) = case("intmeth") else { panic!() };
    assert_eq!(request.method.as_str(), "!interesting-Method0123456789_*+`.%indeed'~");
    assert_eq!(request.uri.user.as_deref(), Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(request.uri.password.as_deref(), Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"));
    let from = request.headers.from().unwrap();
    assert_eq!(from.params.get("fromParam''~+*_!.-%"), Some("работающий"));
    assert_eq!(from.display.as_deref(), Some("token1~` token2'+_ token3*%!.-"));
    assert_eq!(
        request.headers.to().unwrap().display.as_deref(),
        Some("BEL:\u{FFFD} NUL:\u{FFFD} DEL:\u{FFFD}")
    );
    assert_eq!(request.headers.get("extensionHeader-!.%*+_`'~"), Some("\u{feff}大停電"));
}

#[test]
fn escapes_are_understood_in_uris_and_nowhere_else() {
    let Message::Request(esc01) = case("esc01") else { panic!() };
    assert_eq!(esc01.uri.username().as_deref(), Some("sips:user@example.com"));
    assert_eq!(esc01.headers.from().unwrap().uri.username().as_deref(), Some("I have spaces"));
    let contact = esc01.headers.first_contact().unwrap().unwrap().uri;
    assert!(contact.is_loose());
    assert!(contact.is_equivalent(&"sip:caller@host5.example.net;lr;name=value%2541".parse().unwrap()));

    let Message::Request(esc02) = case("esc02") else { panic!() };
    assert_eq!(esc02.method, Method::Other("RE%47IST%45R".to_owned()));
    assert_eq!(esc02.headers.to().unwrap().display.as_deref(), Some("%Z%45"));
    assert_eq!(esc02.headers.lines(HeaderName::Contact).count(), 2);

    let Contact::These(nulls) = headers("escnull").contact().unwrap() else { panic!() };
    assert!(!nulls[0].uri.is_equivalent(&nulls[1].uri));
}

#[test]
fn bodies_are_cut_where_they_end() {
    let body = |name| case(name).body().len();
    assert_eq!((body("dblreq"), body("mpart01"), body("invut"), body("inv2543")), (0, 553, 40, 105));
    assert!(case("mpart01").body().ends_with(b"\xbc\x99\xd0\x05\r\n--7a9cbec02ceef655--\r\n"));
}

#[test]
fn parameters_belong_to_the_uri_or_to_the_header() {
    let contact = |name| headers(name).first_contact().unwrap().unwrap();
    assert!(contact("cparam01").params.has("unknownparam"));
    assert!(contact("cparam02").uri.params.has("unknownparam"));
    assert_eq!(contact("regescrt").uri.headers.as_deref(), Some("Route=%3Csip:sip.example.com%3E"));
}

#[test]
fn foreign_schemes_are_kept_as_they_are() {
    let Message::Request(unkscm) = case("unkscm") else { panic!() };
    assert_eq!(unkscm.uri.scheme, Scheme::Other("nobodyKnowsThisScheme:totallyopaquecontent".to_owned()));
    assert_eq!(headers("unksm2").to().unwrap().uri.to_string(), "isbn:2983792873");
    assert_eq!(Credentials::parse(headers("regaut01").get("Authorization").unwrap()), None);
}

#[test]
fn reasons_may_be_odd_or_missing() {
    let Message::Response(unreason) = case("unreason") else { panic!() };
    assert_eq!(unreason.reason, "= 2**3 * 5**2 но сто девяносто девять - простое");
    let Message::Response(noreason) = case("noreason") else { panic!() };
    assert_eq!((noreason.status, &*noreason.reason), (100, ""));
}

#[test]
fn other_oddities_are_harmless() {
    assert!(!headers("badbranch").via().unwrap().has_rfc3261_branch());
    assert_eq!(headers("longreq").vias().unwrap().len(), 34);
    assert_eq!(headers("zeromf").max_forwards().unwrap(), Some(0));
    assert_eq!(headers("badaspec").to().unwrap().uri.to_string(), "sip:t.watson@example.org");
    assert_eq!(headers("baddn").from().unwrap().display.as_deref(), Some("Bell, Alexander"));
    let transports: Vec<_> =
        headers("transports").vias().unwrap().into_iter().map(|via| via.transport).collect();
    assert_eq!(transports, ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]);
    let required: Vec<String> = headers("bext01").all(HeaderName::Require).map(str::to_owned).collect();
    assert_eq!(required, ["nothingSupportsThis", "nothingSupportsThisEither"]);
}
