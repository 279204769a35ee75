//! Another parser, rsip 0.4, reads the same messages.
//!
//! On plain messages both must agree. Where they do not, the list below says what rsip makes of a
//! message that phones do send; `docs/decisions/0001-sip-wire-layer.md` quotes the counts.

use proptest::prelude::*;
use rsip::headers::{ToTypedHeader, UntypedHeader};
use rsip::message::{HasHeaders, HeadersExt};

use super::*;

/// What both parsers are asked.
#[derive(Debug, PartialEq)]
struct Reading {
    start: String,
    via: (String, String, Option<String>),
    vias: usize,
    from: Party,
    to: Party,
    call_id: String,
    cseq: (u32, String),
    contact: Option<Party>,
    body: Vec<u8>,
}

#[derive(Debug, PartialEq)]
struct Party {
    display: Option<String>,
    uri: String,
    params: Vec<(String, String)>,
}

fn ours(bytes: &Bytes) -> Result<Reading, String> {
    let message = Message::parse(bytes.clone()).map_err(|error| error.to_string())?;
    let headers = message.headers();
    let read = || -> Result<Reading, HeaderError> {
        let (via, cseq) = (headers.via()?, headers.cseq()?);
        let port = via.port.map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Reading {
            start: match &message {
                Message::Request(request) => format!("{} {}", request.method, request.uri),
                Message::Response(response) => response.status.to_string(),
            },
            via: (via.transport.clone(), format!("{}{port}", via.host), via.branch().map(str::to_owned)),
            vias: headers.vias()?.len(),
            from: headers.from()?.into(),
            to: headers.to()?.into(),
            call_id: headers.call_id()?.to_owned(),
            cseq: (cseq.number, cseq.method.to_string()),
            contact: headers.first_contact()?.map(Party::from),
            body: message.body().to_vec(),
        })
    };
    read().map_err(|error| error.to_string())
}

impl From<NameAddr> for Party {
    fn from(NameAddr { display, uri, params }: NameAddr) -> Self {
        let params = params.iter().map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        Self { display, uri: uri.to_string(), params }
    }
}

fn theirs(bytes: &Bytes) -> Result<Reading, String> {
    // It panics on some messages, which is an opinion too.
    std::panic::catch_unwind(|| their_reading(bytes)).unwrap_or_else(|_| Err("panicked".to_owned()))
}

fn their_reading(bytes: &Bytes) -> Result<Reading, String> {
    let message = rsip::SipMessage::try_from(bytes.to_vec()).map_err(|error| error.to_string())?;
    let read = || -> Result<Reading, rsip::Error> {
        let via = message.via_header()?.typed()?;
        let (from, to, cseq) =
            (message.from_header()?.typed()?, message.to_header()?.typed()?, message.cseq_header()?);
        let cseq = cseq.typed()?;
        let contact = message.contact_header().ok().map(|contact| contact.typed()).transpose()?;
        Ok(Reading {
            start: match &message {
                rsip::SipMessage::Request(request) => format!("{} {}", request.method, request.uri),
                rsip::SipMessage::Response(response) => response.status_code.code().to_string(),
            },
            via: (
                via.transport.to_string(),
                via.uri.host_with_port.to_string(),
                via.branch().map(|branch| branch.to_string()),
            ),
            vias: message.headers().iter().filter(|header| matches!(header, rsip::Header::Via(_))).count(),
            from: their_party(from.display_name, from.uri, from.params),
            to: their_party(to.display_name, to.uri, to.params),
            call_id: message.call_id_header()?.value().to_owned(),
            cseq: (cseq.seq, cseq.method.to_string()),
            contact: contact.map(|contact| their_party(contact.display_name, contact.uri, contact.params)),
            body: message.body().clone(),
        })
    };
    read().map_err(|error| error.to_string())
}

fn their_party(display: Option<String>, uri: rsip::Uri, params: Vec<rsip::Param>) -> Party {
    // It keeps the quotes of a display name, and writes parameters with their semicolon.
    let display = display.map(|name| name.trim_matches('"').to_owned()).filter(|name| !name.is_empty());
    let param = |param: &rsip::Param| {
        let text = param.to_string();
        let (name, value) =
            text.trim_start_matches(';').split_once('=').unwrap_or((text.trim_start_matches(';'), ""));
        (name.to_lowercase(), value.to_owned())
    };
    Party { display, uri: uri.to_string(), params: params.iter().map(param).collect() }
}

/// What rsip makes of a message that this program reads.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Opinion {
    Same,
    /// It reads something else.
    Differs,
    Refuses,
}

use Opinion::{Differs, Refuses, Same};

fn opinion(bytes: &Bytes) -> Opinion {
    let ours = ours(bytes).unwrap_or_else(|error| panic!("{error}: {bytes:?}"));
    match theirs(bytes) {
        Ok(theirs) if theirs == ours => Same,
        Ok(_) => Differs,
        Err(_) => Refuses,
    }
}

/// A message without anything that rsip is known to trip over.
const PLAIN: &str = "\
INVITE sip:100@127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bK776asdhds;rport
Max-Forwards: 70
From: \"Anna\" <sip:201@hovor>;tag=1928301774
To: <sip:100@hovor>
Call-ID: a84b4c76e66710@192.0.2.10
CSeq: 314159 INVITE
Contact: <sip:201@192.0.2.10:5062;ob>;expires=60;q=0.5
Content-Type: application/sdp
Content-Length: 15

v=0
o=- 1 1 
";

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_plain_messages_both_agree(
        method in prop::sample::select(Method::KNOWN), status in prop::option::of(100..700_u16),
        user in "[a-z0-9][a-z0-9.]{0,9}", host in "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}|192\\.0\\.2\\.[1-9]", port: Option<u16>,
        display in prop::option::of("[A-Z][a-z]{0,8}( [A-Z][a-z]{1,8})?"), tag in "[a-z2-7]{1,12}", number: u32,
        body in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let display = display.map(|name| format!("\"{name}\" ")).unwrap_or_default();
        let start = match status {
            Some(status) => format!("SIP/2.0 {status} {}", reason_phrase(status)),
            None => format!("{method} sip:{user}@{host}{port} SIP/2.0"),
        };
        let head = format!(
            "{start}\nVia: SIP/2.0/TCP {host}{port};branch=z9hG4bK{tag}\nMax-Forwards: 70\n\
             From: {display}<sip:{user}@{host}>;tag={tag}\nTo: sip:{host}{port};tag=x{tag}\nCall-ID: {tag}@{host}\n\
             CSeq: {number} {method}\nContact: <sip:{user}@{host}{port};lr>;expires={number}\n\
             User-Agent: {user}\nContent-Length: {}\n\n", body.len(),
        );
        let bytes = Bytes::from([&crlf(&head)[..], &body].concat());
        prop_assert_eq!(theirs(&bytes).unwrap(), ours(&bytes).unwrap());
    }
}

/// Changes to [`PLAIN`] that phones and providers make, and what rsip reads then.
const IN_THE_WILD: &[(&str, &str, &str, Opinion)] = &[
    ("nothing", "", "", Same),
    ("a quoted parameter, as of every browser", ";q=0.5", ";+sip.instance=\"<urn:uuid:1>\"", Refuses),
    ("IPv6 in Via", "UDP 192.0.2.10:5062", "UDP [2001:db8::10]:5062", Refuses),
    ("IPv6 in Contact", "<sip:201@192.0.2.10:5062", "<sip:201@[2001:db8::10]:5062", Refuses),
    ("a compact Via", "Via:", "v:", Refuses),
    ("a compact From", "From:", "f:", Refuses),
    ("a compact To", "To:", "t:", Refuses),
    ("a compact Call-ID", "Call-ID:", "i:", Refuses),
    ("a compact Contact", "Contact:", "m:", Differs),
    ("a continued line", "From: ", "From:\n ", Refuses),
    ("a space before the colon", "From: ", "From : ", Refuses),
    ("spaces around a parameter", ";tag=", " ; tag = ", Refuses),
    ("two Vias on one line", ";rport\n", ", SIP/2.0/TCP 192.0.2.11;branch=z9hG4bK2\n", Differs),
    ("two Contacts on one line", "<sip:201@192", "<sip:202@192.0.2.12>, <sip:201@192", Refuses),
    ("a method of its own", "INVITE", "KDMQ", Refuses),
    ("a method in small letters", "INVITE", "invite", Differs),
    ("a telephone number as From", "<sip:201@hovor>", "<tel:+420200000100>", Refuses),
    ("a quote in a name", "\"Anna\"", "\"An\\\"na\"", Differs),
    ("a bracket in a name", "\"Anna\"", "\"Anna <1>\"", Refuses),
    ("a comma in a name", "\"Anna\"", "\"Novak, Anna\"", Same),
    ("a name in UTF-8", "\"Anna\"", "\"Žofie\"", Same),
    ("a star code", "sip:100@", "sip:*21#@", Same),
    ("a user with parameters", "sip:100@", "sip:+1;npdi@", Same),
    ("headers in a URI", "5062;ob>", "5062;ob?X-A=b>", Differs),
    ("an emergency number", "sip:100@127.0.0.1", "urn:service:sos", Refuses),
    ("less body than bytes", "Content-Length: 15", "Content-Length: 5", Differs),
];

#[test]
fn the_other_parser_refuses_or_misreads_what_phones_send() {
    for (what, from, to, expected) in IN_THE_WILD {
        assert!(PLAIN.contains(from), "{what}");
        assert_eq!(opinion(&crlf(&PLAIN.replace(from, to))), *expected, "{what}");
    }
    let count = |wanted| IN_THE_WILD.iter().filter(|(.., opinion)| *opinion == wanted).count();
    assert_eq!((count(Same), count(Differs), count(Refuses)), (5, 6, 15));
}

#[test]
fn the_other_parser_on_the_torture_tests() {
    let (accepted, refused): (Vec<_>, Vec<_>) =
        torture_text::cases().into_iter().partition(|case| case.read == "accepted");
    let count = |wanted| accepted.iter().filter(|case| opinion(&case.bytes) == wanted).count();
    assert_eq!((count(Same), count(Differs), count(Refuses)), (19, 1, 10));
    let read = refused.iter().filter(|case| theirs(&case.bytes).is_ok()).count();
    assert_eq!((refused.len(), read), (19, 8));
}

#[test]
fn the_other_parser_cannot_read_sha_256_challenges() {
    let challenge = |algorithm, qop| {
        let text = format!("Digest realm=\"a\", nonce=\"b\", algorithm={algorithm}, qop=\"{qop}\"");
        rsip::headers::WwwAuthenticate::new(text).typed().is_ok()
    };
    assert!(challenge("MD5", "auth"));
    assert!(!challenge("SHA-256", "auth"));
    assert!(!challenge("MD5", "auth,auth-int"));
}

#[test]
fn the_other_parser_damages_what_it_writes() {
    let rewritten = |bytes: &[u8]| rsip::SipMessage::try_from(bytes.to_vec()).unwrap().to_string();
    let refusal = crlf(&PLAIN.replace("INVITE sip:100@127.0.0.1 SIP/2.0", "SIP/2.0 486 At lunch"));
    assert!(rewritten(&refusal).starts_with("SIP/2.0 486 BusyHere\r\n"));
    let mut binary = crlf(PLAIN).to_vec();
    *binary.last_mut().unwrap() = 0xff;
    assert!(rewritten(&binary).ends_with('\u{FFFD}'));
}
