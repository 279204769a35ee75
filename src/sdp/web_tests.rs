//! Offers and answers of browsers.

use super::phones::line;
use super::*;
use crate::entropy::Entropy;

/// What Chromium offers for sound alone, without the codecs that we do not speak.
const CHROMIUM: &str = "v=0\r\no=- 3550906397 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE audio-0\r\n\
a=extmap-allow-mixed\r\na=msid-semantic: WMS 7b\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n\
c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=candidate:1 1 udp 2113937151 3c.local 51372 typ host\r\n\
a=ice-ufrag:Zx9f\r\na=ice-pwd:0123456789abcdefghijklmn\r\na=ice-options:trickle\r\n\
a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff\r\n\
a=setup:actpass\r\na=mid:audio-0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=sendrecv\r\n\
a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
a=rtpmap:63 red/48000/2\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
a=rtpmap:13 CN/8000\r\na=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n";

fn end() -> WebEnd {
    WebEnd::draw(Fingerprint([0xab; 32]), &[443], &mut Entropy::from_number(1))
}

fn leg() -> Negotiation {
    let also = vec!["192.0.2.7".parse().unwrap()];
    let local = Local { address: [127, 0, 0, 1].into(), port: 20_000, also, session_id: 77 };
    let capabilities = Capabilities {
        codecs: Codec::ALL.to_vec(),
        protection: Protection::Web(end()),
        ..Capabilities::default()
    };
    Negotiation::new(local, capabilities)
}

fn text(body: &[u8]) -> String {
    String::from_utf8(body.to_vec()).unwrap()
}

#[test]
fn a_browser_is_answered_with_our_addresses_and_fingerprint_and_begins_the_handshake() {
    let mut leg = leg();
    let answer = text(&leg.receive_offer(CHROMIUM.as_bytes(), Direction::SendRecv, None).unwrap());
    assert_eq!(line(&answer, "m="), ["m=audio 20000 UDP/TLS/RTP/SAVPF 111 110"]);
    assert_eq!(line(&answer, "a=ice-lite"), ["a=ice-lite"]);
    assert_eq!(line(&answer, "a=group"), ["a=group:BUNDLE audio-0"]);
    assert_eq!(line(&answer, "a=mid"), ["a=mid:audio-0"]);
    assert_eq!(line(&answer, "a=setup"), ["a=setup:passive"]);
    assert_eq!(line(&answer, "a=rtcp-mux"), ["a=rtcp-mux"]);
    assert_eq!(line(&answer, "a=fingerprint"), [format!("a=fingerprint:sha-256 {}", ["AB"; 32].join(":"))]);
    let candidates = line(&answer, "a=candidate");
    assert!(candidates[0].ends_with(" 127.0.0.1 20000 typ host"), "{candidates:?}");
    assert!(candidates[1].ends_with(" 192.0.2.7 20000 typ host"), "{candidates:?}");
    assert!(candidates[2].ends_with(" 127.0.0.1 443 typ host tcptype passive"), "{candidates:?}");
    assert!(candidates[3].ends_with(" 192.0.2.7 443 typ host tcptype passive"), "{candidates:?}");
    let priority = |at: usize| candidates[at].split(' ').nth(3).unwrap().parse::<u32>().unwrap();
    assert!((0..3).all(|at| priority(at) > priority(at + 1)), "{candidates:?}");
    assert!(line(&answer, "a=extmap").is_empty() && line(&answer, "a=crypto").is_empty());
    let agreed = leg.agreed().unwrap();
    assert_eq!((agreed.codec, agreed.direction, agreed.rtcp_mux), (Codec::Opus, Direction::SendRecv, true));
    let web = agreed.web.as_ref().unwrap();
    assert!(agreed.is_protected() && !web.begins);
    assert_eq!(line(&answer, "a=ice-ufrag"), [format!("a=ice-ufrag:{}", web.local.ufrag)]);
    assert_eq!(web.fingerprint.0[..3], [0x00, 0x11, 0x22]);
    assert!(!format!("{web:?}").contains(&web.local.password));
}

#[test]
fn holding_changes_the_direction_and_nothing_of_the_way() {
    let mut leg = leg();
    leg.receive_offer(CHROMIUM.as_bytes(), Direction::SendRecv, None).unwrap();
    let before = leg.agreed().unwrap().clone();
    let hold = CHROMIUM.replace("a=sendrecv", "a=sendonly");
    leg.receive_offer(hold.as_bytes(), Direction::SendRecv, None).unwrap();
    let held = leg.agreed().unwrap();
    assert_eq!((held.direction, &held.web), (Direction::RecvOnly, &before.web));
}

#[test]
fn a_browser_that_begins_its_checks_anew_gets_a_new_name_and_keeps_its_handshake() {
    let mut leg = leg();
    leg.receive_offer(CHROMIUM.as_bytes(), Direction::SendRecv, None).unwrap();
    let before = leg.agreed().unwrap().web.clone().unwrap();
    let restart = CHROMIUM.replace("Zx9f", "Qq11");
    leg.receive_offer(restart.as_bytes(), Direction::SendRecv, None).unwrap();
    let after = leg.agreed().unwrap().web.clone().unwrap();
    assert!(before.local.ufrag != after.local.ufrag && before.local.password != after.local.password);
    assert_eq!((after.fingerprint, after.begins), (before.fingerprint, before.begins));
}

/// A browser's answer to our offer, in which it takes this role.
fn answered(offer: &str, role: &str) -> String {
    let number = line(offer, "a=rtpmap")
        .iter()
        .find_map(|map| map.strip_prefix("a=rtpmap:")?.strip_suffix(" opus/48000/2").map(str::to_owned));
    let answer = CHROMIUM.replace("actpass", role).replace("audio-0", "0");
    answer.replace("111", &number.unwrap()).replace(" 110 126", "")
}

#[test]
fn what_we_offer_a_browser_it_can_answer() {
    let mut leg = leg();
    let offer = text(&leg.offer(Direction::SendRecv, None));
    assert_eq!(line(&offer, "a=setup"), ["a=setup:actpass"]);
    assert_eq!(line(&offer, "a=group"), ["a=group:BUNDLE 0"]);
    assert!(line(&offer, "m=")[0].starts_with("m=audio 20000 UDP/TLS/RTP/SAVPF "), "{offer}");
    let answer = answered(&offer, "active");
    leg.receive_answer(answer.as_bytes()).unwrap();
    let web = leg.agreed().unwrap().web.clone().unwrap();
    assert!(!web.begins);
    assert_eq!(line(&offer, "a=ice-pwd"), [format!("a=ice-pwd:{}", web.local.password)]);
}

#[test]
fn an_offer_without_a_way_or_a_certificate_is_refused() {
    for missing in ["a=ice-ufrag:Zx9f\r\n", "a=ice-pwd:0123456789abcdefghijklmn\r\n", "sha-256"] {
        let offer = CHROMIUM.replace(missing, "x=\r\n");
        let refused = leg().receive_offer(offer.replace("x=\r\n", "").as_bytes(), Direction::SendRecv, None);
        assert_eq!(refused, Err(OfferError::NoKeys), "{missing}");
    }
    let plain = CHROMIUM.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP");
    let refused = leg().receive_offer(plain.as_bytes(), Direction::SendRecv, None);
    assert_eq!(refused, Err(OfferError::Unprotected));
    // Nor is a browser's offer taken where no certificate is.
    let local = Local { address: [127, 0, 0, 1].into(), port: 20_000, also: vec![], session_id: 77 };
    let mut phone = Negotiation::new(local, Capabilities::default());
    let refused = phone.receive_offer(CHROMIUM.as_bytes(), Direction::SendRecv, None);
    assert_eq!(refused, Err(OfferError::Profile("UDP/TLS/RTP/SAVPF".to_owned())));
}

/// RFC 5763 section 5 and RFC 8842 section 5.3.
#[test]
fn who_begins_the_handshake_follows_from_what_the_browser_offers() {
    for (offered, answered, begins) in
        [("actpass", "passive", false), ("active", "passive", false), ("passive", "active", true)]
    {
        let mut leg = leg();
        let offer = CHROMIUM.replace("a=setup:actpass", &format!("a=setup:{offered}"));
        let answer = text(&leg.receive_offer(offer.as_bytes(), Direction::SendRecv, None).unwrap());
        assert_eq!(line(&answer, "a=setup"), [format!("a=setup:{answered}")], "to {offered}");
        assert_eq!(leg.agreed().unwrap().web.as_ref().unwrap().begins, begins, "to {offered}");
        // Whoever then leaves it to us is answered that it stays as it is (RFC 8842 section 5.5).
        let answer = text(&leg.receive_offer(CHROMIUM.as_bytes(), Direction::SendRecv, None).unwrap());
        assert_eq!(
            line(&answer, "a=setup"),
            [format!("a=setup:{answered}")],
            "to {offered}, and actpass then"
        );
        assert_eq!(
            leg.agreed().unwrap().web.as_ref().unwrap().begins,
            begins,
            "to {offered}, and actpass then"
        );
    }
}

/// A handshake that is held off has no place in a call (RFC 5763 section 5).
#[test]
fn an_offer_to_shake_hands_later_or_in_an_unknown_role_is_refused() {
    for role in ["holdconn", "whatever"] {
        let offer = CHROMIUM.replace("a=setup:actpass", &format!("a=setup:{role}"));
        assert!(leg().receive_offer(offer.as_bytes(), Direction::SendRecv, None).is_err(), "{role}");
    }
}

#[test]
fn we_begin_if_the_browser_answers_that_it_waits() {
    for (role, begins) in [("active", false), ("passive", true)] {
        let mut leg = leg();
        let offer = text(&leg.offer(Direction::SendRecv, None));
        leg.receive_answer(answered(&offer, role).as_bytes()).unwrap();
        assert_eq!(leg.agreed().unwrap().web.as_ref().unwrap().begins, begins, "{role}");
    }
}
