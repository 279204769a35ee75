//! Bytes from outside never cause a panic, and never more memory than is allowed.

use proptest::prelude::*;

use super::probe::{Probe, request, udp, within};
use crate::entropy::Entropy;
use crate::sip::endpoint::{Command, EndpointConfig, Input, Output};

const METHODS: &[&str] =
    &["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "PRACK", "UPDATE", "REGISTER", "INFO", "REFER", "DANCE"];
const EXTRAS: &[&str] = &[
    "",
    "Require: 100rel",
    "Supported: 100rel, timer\nSession-Expires: 90;refresher=uas",
    "Session-Expires: 4294967295\nMin-SE: 4294967295",
    "RAck: 1 1 INVITE",
    "Contact: *\nExpires: 0",
    "Record-Route: <sip:127.0.0.1:9;lr>, <sip:x>",
    "Route: <sip:127.0.0.1:5060;lr>",
    "Replaces: probe;to-tag=a;from-tag=b",
    "Authorization: Digest username=\"anna\", realm=\"hovor\", nonce=\"\", uri=\"x\", response=\"y\"",
    "Content-Type: application/sdp\nExpires: 99999999999",
];

/// A request that makes some sense: with a tag of ours if there is one.
fn sensible(entropy: &mut Entropy, tags: &[String]) -> String {
    let mut pick = |end: usize| entropy.u32() as usize % end;
    let method = METHODS[pick(METHODS.len())];
    let (number, extra) = (pick(12) as u32, EXTRAS[pick(EXTRAS.len())]);
    let text = match tags.is_empty() || pick(3) == 0 {
        true => request(method, number, extra),
        false => {
            within(method, number, &format!("<sip:100@127.0.0.1>;tag={}", tags[pick(tags.len())]), extra)
        }
    };
    // A CANCEL or ACK now and then has the branch of an INVITE.
    let text = if pick(2) == 0 { text.replace(&format!("z9hG4bK{method}"), "z9hG4bKINVITE") } else { text };
    if pick(3) == 0 { text + "\n\nv=0 body" } else { text }
}

fn command(entropy: &mut Entropy, probe: &Probe) -> Option<Command> {
    let call = probe.events.iter().find_map(crate::sip::simnet::call_of)?;
    let sdp = || "v=0".into();
    Some(match entropy.u32() % 7 {
        0 => Command::Ring { call, status: 183, sdp: Some(sdp()) },
        1 | 2 => Command::Answer { call, sdp: sdp() },
        3 => Command::Reject { call, status: 486, reason: None, retry_after: None },
        4 => Command::Hangup { call, cause: None },
        5 => Command::Offer { call, sdp: sdp() },
        _ => Command::AnswerOffer { call, sdp: sdp() },
    })
}

fn tags(probe: &Probe) -> Vec<String> {
    let tag = |message: &crate::sip::Message| Some(message.headers().to().ok()?.tag()?.to_owned());
    probe.sent.iter().filter_map(|(_, message)| tag(message)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_messages_and_commands_is_survived_and_forgotten(seed in any::<u64>()) {
        let mut config = EndpointConfig::default();
        config.limits.transactions = 30;
        config.limits.calls = 3;
        let mut probe = Probe::with_config(config);
        let mut entropy = Entropy::from_number(seed);
        let (mut known, mut calls) = (vec![], vec![]);
        for _ in 0..80 {
            probe.receive("127.0.0.1:7000", &sensible(&mut entropy, &known));
            known.extend(tags(&probe));
            calls.extend(crate::sip::simnet::incoming(&probe.events));
            if let Some(command) = command(&mut entropy, &probe) {
                probe.command(command);
                known.extend(tags(&probe));
            }
            probe.wait(u64::from(entropy.u32() % 3000));
            let stats = probe.endpoint.stats();
            prop_assert!(stats.calls <= 3 && stats.transactions <= 60, "{stats:?}");
        }
        for call in calls {
            probe.command(Command::Hangup { call, cause: None });
        }
        probe.wait(140_000);
        let stats = probe.endpoint.stats();
        prop_assert_eq!((stats.transactions, stats.calls, stats.lingering), (0, 0, 0));
    }

    #[test]
    fn damaged_messages_are_survived(seed in any::<u64>(), flips in 1..6_usize) {
        let mut probe = Probe::new();
        let mut entropy = Entropy::from_number(seed);
        let mut bytes = sensible(&mut entropy, &[]).replace('\n', "\r\n").into_bytes();
        bytes.extend_from_slice(b"\r\n\r\n");
        for _ in 0..flips {
            let at = entropy.u32() as usize % bytes.len();
            bytes[at] = entropy.u32() as u8;
        }
        probe.endpoint.handle(Input::Received { flow: udp("127.0.0.1:7000"), bytes: bytes.into() }, probe.now);
        while let Some(output) = probe.endpoint.poll_output() {
            if let Output::Send { bytes, .. } = output {
                prop_assert!(!bytes.is_empty());
            }
        }
    }
}
