//! What holds for every description and every course of offers and answers.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn direction() -> impl Strategy<Value = Direction> {
    prop::sample::select(vec![
        Direction::SendRecv,
        Direction::SendOnly,
        Direction::RecvOnly,
        Direction::Inactive,
    ])
}

fn codec() -> impl Strategy<Value = Option<Codec>> {
    prop::option::of(prop::sample::select(Codec::ALL.to_vec()))
}

fn capabilities() -> impl Strategy<Value = Capabilities> {
    let codecs = Just(Codec::ALL.to_vec()).prop_shuffle();
    (codecs, 1..=Codec::ALL.len(), prop::sample::select(vec![10, 20, 30, 40]), any::<bool>()).prop_map(
        |(mut codecs, many, ptime_ms, telephone_event)| {
            codecs.truncate(many);
            Capabilities { codecs, ptime_ms, telephone_event, protection: Protection::Off }
        },
    )
}

fn attribute() -> impl Strategy<Value = Attribute> {
    ("[a-z][a-z0-9-]{0,10}", prop::option::of("[!-~]([ -~]{0,20}[!-~])?"))
        .prop_map(|(name, value)| Attribute { name, value })
}

fn media() -> impl Strategy<Value = Media> {
    let connection = prop::option::of(address());
    let kind = prop::sample::select(vec!["audio", "video", "image", "application"]);
    let protocol = prop::sample::select(vec!["RTP/AVP", "RTP/SAVPF", "udptl", "UDP/DTLS/SCTP"]);
    (kind, any::<u16>(), protocol, vec("[0-9a-z]{1,6}", 1..6), connection, vec(attribute(), 0..6)).prop_map(
        |(kind, port, protocol, formats, connection, attributes)| Media {
            kind: kind.to_owned(),
            port,
            protocol: protocol.to_owned(),
            formats,
            connection,
            attributes,
        },
    )
}

fn address() -> impl Strategy<Value = String> {
    any::<std::net::IpAddr>().prop_map(|address| address.to_string())
}

fn description() -> impl Strategy<Value = SessionDescription> {
    let origin = ("[!-~]{1,12}", "[0-9]{1,20}", "[0-9]{1,20}", address());
    let session = (origin, "[!-~]([ -~]{0,12}[!-~])?", prop::option::of(address()));
    (session, vec(attribute(), 0..5), vec(media(), 0..4)).prop_map(
        |((origin, name, connection), attributes, media)| {
            let (username, session_id, version, address) = origin;
            let origin = Origin { username, session_id, version, address };
            SessionDescription { origin, name, connection, attributes, media }
        },
    )
}

/// A description that a fuzzer has been at: lines of real ones, cut, doubled and mixed.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let lines = prop::sample::select(vec![
        "v=0",
        "o=- 1 1 IN IP4 1.2.3.4",
        "o=a b",
        "s=",
        "s",
        "c=IN IP4",
        "c=IN IP4 /",
        "c=IN IP6 ::",
        "t=0 0",
        "c=IN IP4 0.0.0.0",
        "m=audio 4000 RTP/AVP 0 8 101 300 x",
        "m=audio 99999 RTP/AVP 0",
        "m=audio 0 RTP/AVP 0",
        "m=video 5000 RTP/AVP 96",
        "m=audio 65535 RTP/AVP 8",
        "a=rtpmap:0",
        "a=rtpmap:8 PCMU/8000",
        "a=rtpmap:0 telephone-event/8000",
        "a=ptime:1e9",
        "a=maxptime:-1",
        "a=rtcp:1 IN IP4 ::1",
        "a=sendonly",
        "a=",
        "=",
        "a=rtcp-mux",
        "z",
        "\u{fffd}=\u{0}",
    ]);
    vec((lines, prop::sample::select(vec!["\r\n", "\n", "\r", ""])), 0..14).prop_map(|lines| {
        lines.iter().map(|(line, end)| format!("{line}{end}")).collect::<String>().into_bytes()
    })
}

fn mirrored(one: &Negotiation, other: &Negotiation) -> Result<(), TestCaseError> {
    let (Some(one), Some(other)) = (one.agreed(), other.agreed()) else {
        prop_assert_eq!(one.agreed(), other.agreed());
        return Ok(());
    };
    prop_assert_eq!(one.codec, other.codec);
    prop_assert_eq!(one.direction, other.direction.reversed());
    prop_assert_eq!(one.payload_type, other.receive_payload_type);
    prop_assert_eq!(other.payload_type, one.receive_payload_type);
    prop_assert_eq!(one.dtmf_payload_type, other.receive_dtmf_payload_type);
    prop_assert_eq!(other.dtmf_payload_type, one.receive_dtmf_payload_type);
    prop_assert_eq!(one.rtcp_mux, other.rtcp_mux);
    prop_assert!(one.receive_also.is_empty() && other.receive_also.is_empty());
    Ok(())
}

#[derive(Clone, Debug)]
struct Round {
    first_offers: bool,
    refuses: bool,
    offered: Direction,
    willing: Direction,
    prefer: Option<Codec>,
    answer_prefers: Option<Codec>,
}

fn round() -> impl Strategy<Value = Round> {
    (any::<bool>(), prop::bool::weighted(0.2), direction(), direction(), codec(), codec()).prop_map(
        |(first_offers, refuses, offered, willing, prefer, answer_prefers)| Round {
            first_offers,
            refuses,
            offered,
            willing,
            prefer,
            answer_prefers,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..400)) {
        let _ = SessionDescription::parse(&bytes);
        let begun = [b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\n", &bytes[..]].concat();
        let _ = SessionDescription::parse(&begun);
    }

    #[test]
    fn damaged_descriptions_never_panic_as_offer_or_answer(first in damaged(), second in damaged()) {
        let local = Local { address: [127, 0, 0, 1].into(), port: 20_000, also: vec![], session_id: 1 };
        let mut leg = Negotiation::new(local, Capabilities::default());
        for body in [&first, &second] {
            let _ = leg.receive_offer(body, Direction::SendRecv, None);
            leg.offer(Direction::SendRecv, Some(Codec::Pcmu));
            let _ = leg.receive_answer(body);
            leg.reject_pending();
        }
        prop_assert!(!leg.is_pending());
    }

    #[test]
    fn what_is_written_is_read_back(description in description()) {
        prop_assert_eq!(SessionDescription::parse(&description.write()), Ok(description));
    }

    #[test]
    fn two_legs_always_agree(
        capabilities in (capabilities(), capabilities()),
        rounds in vec(round(), 1..8),
    ) {
        let local = |port| Local { address: [127, 0, 0, 1].into(), port, also: vec![], session_id: u64::from(port) };
        let mut first = Negotiation::new(local(20_000), capabilities.0.clone());
        let mut second = Negotiation::new(local(30_000), capabilities.1.clone());
        for round in rounds {
            let (offerer, answerer) = if round.first_offers { (&mut first, &mut second) } else { (&mut second, &mut first) };
            let offer = offerer.offer(round.offered, round.prefer);
            let before = answerer.clone();
            let answer = match round.refuses {
                true => None,
                false => answerer.receive_offer(&offer, round.willing, round.answer_prefers).ok(),
            };
            let common = capabilities.0.codecs.iter().any(|codec| capabilities.1.codecs.contains(codec));
            prop_assert_eq!(answer.is_some(), common && !round.refuses);
            match answer {
                Some(answer) => {
                    prop_assert_eq!(offerer.receive_answer(&answer), Ok(()));
                    let agreed = offerer.agreed().unwrap();
                    prop_assert_eq!(agreed.direction, round.offered.and(round.willing.reversed()));
                    let wish = round.answer_prefers.filter(|codec| {
                        capabilities.0.codecs.contains(codec) && capabilities.1.codecs.contains(codec)
                    });
                    prop_assert!(wish.is_none_or(|wish| wish == agreed.codec));
                }
                None => {
                    prop_assert_eq!(&*answerer, &before);
                    offerer.reject_pending();
                }
            }
            mirrored(&first, &second)?;
        }
    }

    #[test]
    fn a_leg_restored_from_its_snapshot_answers_alike(rounds in vec(round(), 1..6)) {
        let local = Local { address: [127, 0, 0, 1].into(), port: 20_000, also: vec![], session_id: 5 };
        let mut leg = Negotiation::new(local.clone(), Capabilities::default());
        let mut peer = Negotiation::new(Local { port: 30_000, ..local }, Capabilities::default());
        for round in rounds {
            let snapshot = serde_json::to_string(&leg).unwrap();
            let mut restored: Negotiation = serde_json::from_str(&snapshot).unwrap();
            prop_assert_eq!(&restored, &leg);
            let offer = peer.offer(round.offered, round.prefer);
            let answer = leg.receive_offer(&offer, round.willing, round.answer_prefers);
            prop_assert_eq!(&answer, &restored.receive_offer(&offer, round.willing, round.answer_prefers));
            prop_assert_eq!(peer.receive_answer(&answer.unwrap()), Ok(()));
        }
    }
}

#[test]
fn errors_say_what_and_where() {
    let error = |text: &str| SessionDescription::parse(text.as_bytes()).unwrap_err();
    assert_eq!(error("hello"), Error { line: 1, problem: Problem::NotVersionZero });
    assert_eq!(error("v=0\r\no=1 IN IP4 1.1.1.1\r\n"), Error { line: 2, problem: Problem::Origin });
    let begun = "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\n";
    assert_eq!(
        error(&format!("{begun}s=-\r\nc=IN IP4\r\n")),
        Error { line: 4, problem: Problem::Connection }
    );
    assert_eq!(
        error(&format!("{begun}m=audio 70000 RTP/AVP 0\r\n")),
        Error { line: 3, problem: Problem::Media }
    );
    assert_eq!(error(&format!("{begun}nonsense\r\n")), Error { line: 3, problem: Problem::NotALine });
    let null = format!("{begun}c=IN IP4 \0/24\r\n");
    assert_eq!(error(&null), Error { line: 3, problem: Problem::NotALine });
    let ended = format!("{begun}c=IN IP4 1.1.1.1\r\n\0");
    assert!(SessionDescription::parse(ended.as_bytes()).is_ok());
    assert_eq!(error("").to_string(), "session description, line 1: a description begins with v=0");
}

#[test]
fn nobody_makes_us_hold_a_description_without_end() {
    let begun = "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\n".to_owned();
    for endless in [
        "m=audio 1 RTP/AVP 0\r\n".repeat(33),
        "a=x\r\n".repeat(257),
        format!("m=audio 1 RTP/AVP{}\r\n", " 0".repeat(65)),
        format!("i={}", "x".repeat(65_536)),
    ] {
        let error = SessionDescription::parse((begun.clone() + &endless).as_bytes()).unwrap_err();
        assert_eq!(error.problem, Problem::TooLarge);
    }
}
