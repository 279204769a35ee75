use std::net::SocketAddr;

use bytes::Bytes;

use super::ladder::Ladder;
use super::{Limits, Message, Ring, Shown, Wanted, masked, pcap};
use crate::id::SessionId;
use crate::sip::flow::Transport;

const SECOND: i64 = 1_000_000;

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

fn text(first: &str, call: &str, from: &str) -> String {
    format!(
        "{first}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{call}\r\nFrom: <sip:{from}@a>;tag=1\r\nTo: <sip:100@b>\r\n\
         Call-ID: {call}\r\nCSeq: 1 INVITE\r\n\r\n"
    )
}

fn message(at_s: i64, sent: bool, port: u16, text: String) -> Message {
    let bytes = Bytes::from(text);
    Message {
        at_us: at_s * SECOND,
        sent,
        transport: Transport::Udp,
        local: address(5060),
        remote: address(port),
        bytes,
    }
}

fn ring(age_s: i64, bytes: usize) -> Ring {
    Ring::new(Limits { age_us: age_s * SECOND, bytes })
}

fn session(n: u128) -> SessionId {
    SessionId(uuid::Uuid::from_u128(n))
}

fn numbers(ring: &Ring, wanted: Wanted) -> Vec<u64> {
    ring.find(&Wanted { most: 100, ..wanted }).iter().map(|(number, _)| *number).collect()
}

#[test]
fn what_is_kept_does_not_hold_the_buffer_in_which_it_came() {
    let mut ring = ring(60, 1 << 20);
    let one = text("INVITE sip:100@b SIP/2.0", "a", "anna");
    let buffer = Bytes::from(one.repeat(100));
    for n in 0..100 {
        let bytes = buffer.slice(n * one.len()..(n + 1) * one.len());
        ring.push(Message { bytes, ..message(0, false, 5070, String::new()) });
    }
    assert!(buffer.is_unique());
    let found = ring.find(&Wanted { most: 100, ..Wanted::default() });
    assert!(found.len() == 100 && found.iter().all(|(_, message)| message.bytes == one.as_bytes()));
}

#[test]
fn a_sessions_messages_are_those_of_all_its_calls() {
    let mut ring = ring(60, 1 << 20);
    for (n, call) in ["a", "b", "other", "a"].into_iter().enumerate() {
        ring.push(message(n as i64, n % 2 == 0, 5070, text("INVITE sip:100@b SIP/2.0", call, "anna")));
    }
    ring.name(session(1), "a", 0);
    ring.name(session(1), "b", 0);
    assert_eq!(numbers(&ring, Wanted { session: Some(session(1)), ..Wanted::default() }), [0, 1, 3]);
    assert_eq!(numbers(&ring, Wanted { session: Some(session(2)), ..Wanted::default() }), [0; 0]);
    assert_eq!(numbers(&ring, Wanted::default()), [0, 1, 2, 3]);
}

#[test]
fn a_number_finds_the_whole_call_also_what_does_not_name_it() {
    let mut ring = ring(60, 1 << 20);
    ring.push(message(0, false, 5070, text("INVITE sip:100@b SIP/2.0", "a", "+420777")));
    ring.push(message(0, true, 5070, "SIP/2.0 100 Trying\r\nCall-ID: a\r\n\r\n".to_owned()));
    ring.push(message(0, false, 5071, text("INVITE sip:100@b SIP/2.0", "b", "boris")));
    let of = |number: &str| Wanted { number: Some(number.to_owned()), ..Wanted::default() };
    assert_eq!(numbers(&ring, of("777")), [0, 1]);
    assert_eq!(numbers(&ring, of("100")), [0, 1, 2]);
    assert_eq!(numbers(&ring, of("888")), [0; 0]);
}

#[test]
fn what_is_too_old_or_too_much_goes_and_the_numbers_stay() {
    let mut ring = ring(10, 1 << 20);
    for at in 0..30 {
        ring.push(message(at, false, 5070, text("OPTIONS sip:b SIP/2.0", "a", "anna")));
    }
    assert_eq!(numbers(&ring, Wanted::default()), (19..30).collect::<Vec<_>>());
    assert_eq!(ring.last(), Some(29));
    let mut small = self::ring(1_000, 20_000);
    for at in 0..1_000 {
        small.push(message(at, false, 5070, text("OPTIONS sip:b SIP/2.0", "a", "anna")));
        assert!(small.size() <= 20_000);
    }
    assert!(small.find(&Wanted { most: 1_000, ..Wanted::default() }).len() > 20);
}

#[test]
fn sessions_are_forgotten_with_their_messages() {
    let mut ring = ring(10, 1 << 20);
    for at in 0..10_000 {
        ring.push(message(at, false, 5070, text("INVITE sip:b SIP/2.0", &at.to_string(), "anna")));
        ring.name(session(at as u128), &at.to_string(), at * SECOND);
    }
    assert!(ring.named_sessions() < 20, "{}", ring.named_sessions());
    assert_eq!(numbers(&ring, Wanted { session: Some(session(9_995)), ..Wanted::default() }), [9_995]);
}

#[test]
fn a_reader_goes_on_where_it_was_even_if_messages_have_gone_meanwhile() {
    let mut ring = ring(10, 1 << 20);
    for at in 0..30 {
        ring.push(message(at, false, 5070, text("OPTIONS sip:b SIP/2.0", "a", "anna")));
    }
    let next = |after, most| {
        let found = ring.find(&Wanted { after: Some(after), most, ..Wanted::default() });
        found.iter().map(|(number, _)| *number).collect::<Vec<_>>()
    };
    assert_eq!(next(27, 100), [28, 29]);
    assert_eq!(next(20, 2), [21, 22]);
    assert_eq!(next(3, 1), [19]);
    assert_eq!(next(29, 10), [0; 0]);
    assert_eq!(next(u64::MAX - 1, 10), [0; 0]);
}

#[test]
fn no_secret_leaves_a_trace() {
    let invite = "INVITE sip:b SIP/2.0\r\nAuthorization: Digest username=\"anna\", realm=\"hovor\", \
                  response=\"0123456789abcdef\",\r\n cnonce=\"fedcba\", nc=00000001, qop=auth\r\n\
                  Proxy-Authorization: Basic YW5uYTpzZWNyZXQ=\r\nContent-Type: application/sdp\r\n\r\n\
                  v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20\r\n\
                  a=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=sendrecv\r\n";
    let shown = masked(invite.as_bytes());
    for secret in ["0123456789abcdef", "fedcba", "YW5uYTpzZWNyZXQ", "d0RmdmcmVC", "asd88fgp"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    for kept in
        ["username=\"anna\"", "nc=00000001", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***", "a=sendrecv"]
    {
        assert!(shown.contains(kept), "{kept} in {shown}");
    }
    let info =
        "INFO sip:b SIP/2.0\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal=7\r\nDuration=160\r\n";
    let shown = masked(info.as_bytes());
    assert!(shown.contains("Signal=***") && shown.contains("Duration=160"), "{shown}");
    let bare = "INFO sip:b SIP/2.0\r\nc: application/dtmf\r\n\r\n7";
    assert!(!masked(bare.as_bytes()).ends_with('7'));
}

#[test]
fn what_is_no_sip_at_all_is_kept_and_shown_without_harm() {
    let mut ring = ring(60, 1 << 20);
    for bytes in
        [&b"\xff\xfe\r\n\r\n"[..], b"", b"\r\n\r\n", b"Authorization:", b"A\r\nAuthorization: response=\"x"]
    {
        let bytes = Bytes::copy_from_slice(bytes);
        ring.push(Message { bytes, ..message(0, false, 5070, String::new()) });
    }
    let found = ring.find(&Wanted { most: 10, ..Wanted::default() });
    let shown: Vec<_> = found.iter().map(|(number, message)| Shown::of(*number, message)).collect();
    assert_eq!(shown.len(), 5);
    assert_eq!(Ladder::default().draw(&shown).lines().count(), 6);
}

#[test]
fn a_ladder_shows_who_sent_what_to_whom_and_what_was_said_again() {
    let of = |number, sent, port, text: &str| {
        Shown::of(number, &message(number as i64, sent, port, text.to_owned()))
    };
    let invite = text("INVITE sip:100@b SIP/2.0", "a", "anna");
    let ladder = Ladder::default().draw(&[
        of(0, false, 5070, &invite),
        of(1, false, 5070, &invite),
        of(2, true, 5080, &text("INVITE sip:201@c SIP/2.0", "b", "anna")),
        of(3, false, 5080, &text("SIP/2.0 486 Busy Here", "b", "anna")),
    ]);
    let expected = [
        "                          192.0.2.1:5070                         hovor                        192.0.2.1:5080",
        "00:00:00.000000                  │── INVITE ──────────────────────▶│                                 │",
        "00:00:01.000000                  │── again: INVITE ───────────────▶│                                 │",
        "00:00:02.000000                  │                                 │── INVITE ──────────────────────▶│",
        "00:00:03.000000                  │                                 │◀─ 486 Busy Here (INVITE) ───────│",
    ];
    assert_eq!(ladder.lines().collect::<Vec<_>>(), expected, "\n{ladder}");
}

#[test]
fn a_capture_file_has_a_record_for_each_message_with_its_addresses() {
    let shown = Shown::of(0, &message(7, true, 5070, text("OPTIONS sip:b SIP/2.0", "a", "anna")));
    let file = pcap::file(std::slice::from_ref(&shown));
    assert_eq!(file[..4], 0xa1b2_c3d4_u32.to_le_bytes());
    assert_eq!(file[24..28], 7_u32.to_le_bytes());
    let length = u32::from_le_bytes(file[32..36].try_into().unwrap()) as usize;
    assert_eq!(file.len(), 24 + 16 + length);
    assert!(file.ends_with(shown.text.as_bytes()));
    let has = |tag: &[u8]| file.windows(tag.len()).any(|window| window == tag);
    assert!(has(&[0, 20, 0, 4, 192, 0, 2, 1]) && has(&[0, 26, 0, 4, 0, 0, 0x13, 0xce]));
}
