//! Whatever arrives: no panic, and what is read can be written and read again.

use proptest::prelude::*;

use super::super::stream::{Frame, Framer};
use super::reading::survives;
use super::*;

/// Everything in one message, so that changes meet every reader.
const EVERYTHING: &str = "\
REFER sip:al%69ce:pw@[2001:db8::1]:5070;transport=tcp;lr SIP/2.0
v: SIP / 2.0 / TCP host.example.com : 5060 ;branch=z9hG4bK1;received=192.0.2.1, SIP/2.0/UDP [::1];rport
Via: SIP/2.0/TLS 192.0.2.9;rport=7
f: \"A \\\"B\\\" \\\\ C\" <sip:a@b>;tag=1
To:
  Bell, Alexander <tel:+1-2>;tag=\"q\"
i: x@y
CSeq: 0007  REFER
Max-Forwards: 0068
m: \"\" <sip:c@d;x=y?h=1%20>;q=0.5;expires=60;+sip.instance=\"<urn:uuid:1>\" , <sips:e>
Record-Route: <sip:p1;lr>,<sip:p2;lr>
Route: <sip:p3;lr>
Path: <sip:p4;lr>
Refer-To: <sip:x@y?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>
Replaces: a@b;to-tag=1;from-tag=2;early-only
RAck: 1 2 INVITE
RSeq: 9
x: 1800;refresher=uac
Min-SE: 90
Expires: 99999999999999
Retry-After: 120 (busy (very));duration=3600
Reason: Q.850;cause=16;text=\"bye\", SIP;cause=200
k: timer, 100rel
Authorization: Digest username=\"u,\\\"\", realm=\"r\", nonce=\"n\", uri=\"sip:r\", response=\"0\", nc=00000001, qop=auth
WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth,auth-int\", algorithm=MD5, stale=TRUE
P-Asserted-Identity: <sip:x@y>, <tel:+1>
c: multipart/mixed ;boundary=x
l: 4

body";

#[derive(Clone, Debug)]
enum Change {
    Replace(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, u8),
    Repeat(prop::sample::Index, u8),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    let telling = prop::sample::select(b"\r\n \t\"\\<>;,:=@%[]()/?&*#\0\x7f\xff0aZ".to_vec());
    let byte = prop_oneof![3 => telling, 1 => any::<u8>()];
    prop_oneof![
        (at(), byte.clone()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        (at(), prop::collection::vec(byte, 1..4)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (at(), 1..20_u8).prop_map(|(at, count)| Change::Remove(at, count)),
        (at(), 1..40_u8).prop_map(|(at, count)| Change::Repeat(at, count)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let span = |at: &prop::sample::Index, count: u8, bytes: &[u8]| {
        let start = at.index(bytes.len());
        start..(start + usize::from(count)).min(bytes.len())
    };
    match change {
        _ if bytes.is_empty() => {}
        Change::Replace(at, byte) => *at.get_mut(bytes) = *byte,
        Change::Insert(at, more) => {
            let start = at.index(bytes.len());
            bytes.splice(start..start, more.iter().copied());
        }
        Change::Remove(at, count) => drop(bytes.drain(span(at, *count, bytes))),
        Change::Repeat(at, count) => bytes.extend_from_within(span(at, *count, bytes)),
    }
}

#[test]
fn the_message_with_everything_is_proper() {
    assert!(survives(crlf(EVERYTHING)));
}

/// A text that people may have as a name.
fn name() -> impl Strategy<Value = String> {
    "[^\\x00-\\x1f\\x7f-\\x9f]{1,20}"
        .prop_filter("no spaces at the ends", |name| name.trim_matches([' ', '\t']) == name)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(bytes.clone().into());
        let mut framer = Framer::new();
        framer.push(&bytes);
        while framer.next_frame().is_some() {}
    }

    #[test]
    fn any_text_is_read_or_refused(head in "[A-Z]{1,8} sip:[ -~]{1,30} SIP/2.0\r\n([A-Za-z-]{1,12}:[ -~]{0,40}\r\n){0,8}\r\n") {
        survives(head.into());
    }

    #[test]
    fn changed_messages_are_read_or_refused(changes in prop::collection::vec(change(), 1..12)) {
        let mut bytes = crlf(EVERYTHING).to_vec();
        changes.iter().for_each(|change| apply(&mut bytes, change));
        survives(bytes.into());
    }

    #[test]
    fn small_changes_are_read_or_refused(change in change()) {
        let mut bytes = crlf(EVERYTHING).to_vec();
        apply(&mut bytes, &change);
        survives(bytes.into());
    }

    #[test]
    fn a_stream_gives_the_same_messages_in_any_pieces(
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 1..5),
        cuts in prop::collection::vec(1..50_usize, 1..60),
    ) {
        let message = |body: &Vec<u8>| {
            Request::new(Method::Info, Uri::sip(None, "h")).with_body("x/y", body.clone()).write().unwrap()
        };
        let messages: Vec<Bytes> = bodies.iter().map(message).collect();
        let stream = messages.concat();
        let (mut framer, mut rest, mut found) = (Framer::new(), &stream[..], vec![]);
        for cut in cuts.iter().cycle() {
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            framer.push(piece);
            while let Some(frame) = framer.next_frame() {
                found.push(frame.unwrap());
            }
            rest = after;
            if rest.is_empty() { break }
        }
        prop_assert_eq!(found, messages.into_iter().map(Frame::Message).collect::<Vec<_>>());
    }

    #[test]
    fn names_users_and_tags_survive_the_wire(
        display in name(), user in name(), tag in "[a-z2-7]{1,12}", instance in name(), number: u32,
    ) {
        let mut contact = NameAddr::new(Uri::sip(Some(&user), "pbx.example.com")).with_display(Some(&display));
        contact.params.set_quoted("+sip.instance", &instance);
        let from = contact.clone().with_tag(&tag);
        let sent = Request::new(Method::Options, contact.uri.clone())
            .with("Via", Via::new(Transport::Udp, "[2001:db8::1]:5060".parse().unwrap(), &tag))
            .with("From", &from).with("To", &from).with("Call-ID", &*tag)
            .with("CSeq", CSeq::new(number, Method::Options))
            .with("Contact", &contact);
        let Message::Request(read) = Message::parse(sent.write().unwrap()).unwrap() else { panic!() };
        prop_assert_eq!(read.uri.username().unwrap(), &*user);
        prop_assert_eq!(read.headers.from().unwrap(), from);
        prop_assert_eq!(read.headers.first_contact().unwrap().unwrap(), contact);
        prop_assert_eq!(read.headers.cseq().unwrap().number, number);
    }
}
