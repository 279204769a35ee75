//! Two ends of a protected stream, and those who would like to be one of them.

use proptest::prelude::*;

use super::*;
use crate::media::rtp::{RtpPacket, Stamp};
use crate::sdp::Suite;

fn master(suite: Suite, seed: u8) -> MasterKey {
    let bytes: Vec<u8> =
        (0..suite.key() + suite.salt()).map(|at| (at as u8).wrapping_mul(7) ^ seed).collect();
    MasterKey::new(suite, &bytes).unwrap()
}

/// Both ends of a leg.
fn ends(suite: Suite) -> (Srtp, Srtp) {
    let (one, two) = (master(suite, 1), master(suite, 2));
    let ours = Keys { send: one.clone(), receive: two.clone() };
    (Srtp::new(&ours), Srtp::new(&Keys { send: two, receive: one }))
}

fn packet(sequence: u16, ssrc: u32) -> Vec<u8> {
    let stamp = Stamp { sequence, timestamp: u32::from(sequence) * 160, ssrc, marker: false };
    let mut bytes = stamp.header(8).to_vec();
    bytes.extend((0..160_u16).map(|at| (at ^ sequence) as u8));
    bytes
}

fn sealed(end: &mut Srtp, sequence: u16) -> Vec<u8> {
    let mut bytes = packet(sequence, 9);
    end.seal(&mut bytes).unwrap();
    bytes
}

fn report() -> Vec<u8> {
    [&[0x80, 201, 0, 1][..], &[0, 0, 0, 9], b"more of it.."].concat()
}

#[test]
fn what_one_end_seals_the_other_opens_and_nobody_reads_between() {
    for suite in Suite::ALL.into_iter().chain([Suite::Gcm256]) {
        let (mut one, mut two) = ends(suite);
        let plain = packet(7, 9);
        let mut bytes = sealed(&mut one, 7);
        let tag = match suite {
            Suite::Gcm | Suite::Gcm256 => 16,
            Suite::Sha1_80 => 10,
            Suite::Sha1_32 => 4,
        };
        assert_eq!(bytes.len(), plain.len() + tag);
        assert_eq!(bytes[..12], plain[..12], "the header stays readable");
        assert_ne!(bytes[12..172], plain[12..]);
        assert_eq!(two.open(&mut bytes).unwrap(), &plain[..], "{suite:?}");
        let mut told = report();
        one.seal_report(&mut told).unwrap();
        assert_eq!(told.len(), report().len() + 4 + tag.max(10));
        assert_eq!(two.open_report(&mut told).unwrap(), &report()[..]);
    }
}

#[test]
fn contributing_sources_and_extensions_stay_readable() {
    for suite in Suite::ALL {
        let (mut one, mut two) = ends(suite);
        let mut plain = packet(7, 9);
        plain[0] |= 0b0001_0010;
        plain.splice(12..12, [0, 0, 0, 1, 0, 0, 0, 2, 0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
        let mut bytes = plain.clone();
        one.seal(&mut bytes).unwrap();
        assert_eq!(bytes[..28], plain[..28]);
        let opened = two.open(&mut bytes).unwrap();
        assert_eq!(RtpPacket::parse(opened).unwrap().payload, &plain[28..]);
    }
}

#[test]
fn a_packet_counts_once_whoever_sends_it_again() {
    for suite in Suite::ALL {
        let (mut one, mut two) = ends(suite);
        let (first, second) = (sealed(&mut one, 7), sealed(&mut one, 8));
        assert!(two.open(&mut second.clone()).is_ok());
        assert!(two.open(&mut first.clone()).is_ok(), "one that was overtaken");
        for again in [first, second] {
            assert_eq!(two.open(&mut again.clone()), Err(Refused::Repeated));
        }
        let mut told = report();
        one.seal_report(&mut told).unwrap();
        assert!(two.open_report(&mut told.clone()).is_ok());
        assert_eq!(two.open_report(&mut told), Err(Refused::Repeated));
    }
}

#[test]
fn no_number_is_used_twice_for_what_we_send() {
    let (mut one, _) = ends(Suite::Gcm);
    sealed(&mut one, 7);
    assert_eq!(one.seal(&mut packet(7, 9)), Err(Refused::Repeated));
}

#[test]
fn a_stream_goes_on_over_many_wraps_of_its_sequence_numbers() {
    for suite in Suite::ALL {
        let (mut one, mut two) = ends(suite);
        let mut sequence = 65_000_u16;
        for _ in 0..40 {
            let mut bytes = sealed(&mut one, sequence);
            assert!(two.open(&mut bytes).is_ok(), "{suite:?} {sequence}");
            sequence = sequence.wrapping_add(9_001);
        }
    }
}

#[test]
fn who_does_not_have_the_key_is_not_heard_and_nothing_is_remembered_of_him() {
    for suite in Suite::ALL {
        let (mut one, mut two) = ends(suite);
        let mut stranger = Srtp::new(&Keys { send: master(suite, 3), receive: master(suite, 4) });
        for ssrc in 0..100 {
            let mut forged = packet(60_000, ssrc);
            stranger.seal(&mut forged).unwrap_or_default();
            assert!(two.open(&mut forged).is_err());
        }
        assert!(two.open(&mut packet(7, 9)).is_err(), "in the clear");
        assert!(two.receiving.sound.is_empty());
        let mut changed = sealed(&mut one, 7);
        changed[20] ^= 1;
        assert_eq!(two.open(&mut changed), Err(Refused::NotAuthentic));
        let mut header = sealed(&mut one, 8);
        header[5] ^= 1;
        assert_eq!(two.open(&mut header), Err(Refused::NotAuthentic));
        assert!(two.open(&mut sealed(&mut one, 9)).is_ok());
    }
}

#[test]
fn a_peer_has_room_for_a_few_streams_and_no_more() {
    let (_, mut two) = ends(Suite::Sha1_80);
    let mut results = vec![];
    for ssrc in 0..SOURCES as u32 + 1 {
        // Each of its streams has numbers of its own.
        let (mut one, _) = ends(Suite::Sha1_80);
        let mut bytes = packet(7, ssrc);
        one.seal(&mut bytes).unwrap();
        results.push(two.open(&mut bytes).map(|_| ()));
    }
    assert_eq!(results.pop(), Some(Err(Refused::TooMany)));
    assert!(results.iter().all(Result::is_ok));
}

#[test]
fn a_new_key_begins_anew_and_one_that_stays_goes_on() {
    let (mut one, mut two) = ends(Suite::Gcm);
    let old = sealed(&mut one, 7);
    two.open(&mut old.clone()).unwrap();
    let keys = |send, receive| Keys { send: master(Suite::Gcm, send), receive: master(Suite::Gcm, receive) };
    one.rekey(&keys(5, 2));
    two.rekey(&keys(2, 5));
    assert_eq!(two.open(&mut old.clone()), Err(Refused::NotAuthentic));
    assert!(two.open(&mut sealed(&mut one, 7)).is_ok(), "the number is free under the new key");
    let (mut kept, back) = (packet(30, 8), sealed(&mut two, 3));
    two.seal(&mut kept).unwrap();
    one.rekey(&keys(5, 2));
    assert!(one.open(&mut back.clone()).is_ok());
    assert_eq!(one.open(&mut back.clone()), Err(Refused::Repeated));
    assert_eq!(one.seal(&mut packet(7, 9)), Err(Refused::Repeated), "the same key, so the number is taken");
}

#[test]
fn a_leg_that_moves_goes_on_where_it_was() {
    let (mut one, mut two) = ends(Suite::Sha1_32);
    two.open(&mut sealed(&mut one, 7)).unwrap();
    let text = serde_json::to_string(&two).unwrap();
    let mut moved: Srtp = serde_json::from_str(&text).unwrap();
    assert_eq!(moved, two);
    assert!(moved.open(&mut sealed(&mut one, 8)).is_ok());
    assert!(!format!("{moved:?}").contains("bytes"), "keys are never shown");
}

proptest! {
    #[test]
    fn random_bytes_never_panic_and_are_never_believed(
        mut bytes in prop::collection::vec(any::<u8>(), 0..120),
        version: bool,
    ) {
        if let (true, Some(first)) = (version, bytes.first_mut()) {
            *first = *first & 0x3f | 0x80;
        }
        for suite in Suite::ALL {
            let (_, mut two) = ends(suite);
            prop_assert!(two.open(&mut bytes.clone()).is_err());
            prop_assert!(two.open_report(&mut bytes.clone()).is_err());
        }
    }
}
