//! Offer/answer about protected sound (RFC 4568).

use super::phones::{BARESIP, answer, line, refusal, version};
use super::*;

const KEY: &str = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

/// The offer of a phone that protects its sound.
fn protected(phone: &str, lines: &str) -> String {
    phone.replace("RTP/AVP", "RTP/SAVP") + lines
}

fn with(protection: Protection) -> Negotiation {
    let local = Local { address: [127, 0, 0, 1].into(), port: 20_000, also: vec![], session_id: 77 };
    Negotiation::new(local, Capabilities { protection, ..Capabilities::default() })
}

fn secrets(seed: u64) -> Secrets {
    Secrets::draw(&mut crate::entropy::Entropy::from_number(seed))
}

fn optional(offers: bool) -> Protection {
    Protection::Optional { secrets: secrets(1), offers }
}

#[test]
fn a_protected_offer_is_answered_with_its_best_suite_under_its_tag_and_a_key_of_our_own() {
    let lines = format!(
        "a=crypto:3 AES_256_CM_HMAC_SHA1_80 inline:{KEY}{KEY}\r\na=crypto:5 AES_CM_128_HMAC_SHA1_32 inline:{KEY}|2^31\r\n\
         a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"
    );
    for protection in [optional(false), Protection::Required(secrets(1))] {
        let mut leg = with(protection);
        let answer = answer(&mut leg, &protected(BARESIP, &lines));
        assert_eq!(line(&answer, "m="), ["m=audio 20000 RTP/SAVP 8 101"]);
        let [crypto] = line(&answer, "a=crypto:")[..] else { panic!("{answer}") };
        assert!(crypto.starts_with("a=crypto:5 AES_CM_128_HMAC_SHA1_32 inline:"), "{crypto}");
        assert!(!crypto.contains(KEY) && !crypto.contains('|'));
        let keys = leg.agreed().unwrap().srtp.clone().unwrap();
        assert_eq!((keys.send.suite(), keys.receive.suite()), (Suite::Sha1_32, Suite::Sha1_32));
        assert_eq!(&keys.receive.key::<16>(), b"wDfvg&T+)xG7@fb5");
        assert_ne!(keys.send, keys.receive);
    }
}

#[test]
fn plain_sound_is_answered_with_plain_sound_unless_protection_is_required() {
    // Lines with keys beside a plain profile are a wish that no standard knows.
    let offer = format!("{BARESIP}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n");
    let mut leg = with(optional(true));
    let answered = answer(&mut leg, &offer);
    assert_eq!(line(&answered, "m="), ["m=audio 20000 RTP/AVP 8 101"]);
    assert_eq!(line(&answered, "a=crypto:").len(), 0);
    assert_eq!(leg.agreed().unwrap().srtp, None);
    let mut strict = with(Protection::Required(secrets(1)));
    let refused = strict.receive_offer(offer.as_bytes(), Direction::SendRecv, None).unwrap_err();
    assert_eq!((refused.status(), refused), (488, OfferError::Unprotected));
}

#[test]
fn protected_sound_is_refused_where_it_is_off_or_without_a_key_that_we_can_use() {
    let good = protected(BARESIP, &format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    assert_eq!(refusal(&good), OfferError::Profile("RTP/SAVP".into()));
    for lines in ["", "a=crypto:1 F8_128_HMAC_SHA1_80 inline:AAAA\r\n", "a=crypto:x\r\n"] {
        let offer = protected(BARESIP, lines);
        let refused = with(optional(false)).receive_offer(offer.as_bytes(), Direction::SendRecv, None);
        assert_eq!(refused, Err(OfferError::NoKeys), "{lines}");
    }
}

#[test]
fn of_two_streams_the_protected_one_is_taken_whichever_stands_first() {
    let plain = "m=audio 4000 RTP/AVP 8\r\n";
    let secured = format!(
        "m=audio 4002 RTP/SAVP 8\r\na=crypto:1 AEAD_AES_128_GCM inline:{}\r\n",
        &KEY[..40].replace("d0Rm", "AAAA")
    );
    let head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";
    // 28 bytes of key and salt.
    let secured = secured.replace(&KEY[4..40], "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==");
    for (offer, ports) in [
        (format!("{head}{plain}{secured}"), ["m=audio 0 RTP/AVP 8", "m=audio 20000 RTP/SAVP 8"]),
        (format!("{head}{secured}{plain}"), ["m=audio 20000 RTP/SAVP 8", "m=audio 0 RTP/AVP 8"]),
    ] {
        let mut leg = with(optional(false));
        let answer = answer(&mut leg, &offer);
        assert_eq!(line(&answer, "m="), ports);
        assert_eq!(leg.agreed().unwrap().srtp.as_ref().map(|keys| keys.send.suite()), Some(Suite::Gcm));
    }
}

#[test]
fn two_of_us_agree_on_protected_sound_and_each_knows_the_other_ones_key() {
    let (mut one, mut two) = (with(Protection::Required(secrets(1))), with(Protection::Required(secrets(2))));
    let offer = one.offer(Direction::SendRecv, None);
    let text = String::from_utf8(offer.to_vec()).unwrap();
    assert_eq!(line(&text, "m="), ["m=audio 20000 RTP/SAVP 8 0 101"]);
    let suites: Vec<&str> =
        line(&text, "a=crypto:").iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(suites, ["AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"]);
    let answer = two.receive_offer(&offer, Direction::SendRecv, None).unwrap();
    one.receive_answer(&answer).unwrap();
    let keys = |leg: &Negotiation| leg.agreed().unwrap().srtp.clone().unwrap();
    let (ours, theirs) = (keys(&one), keys(&two));
    assert_eq!((&ours.send, &ours.receive), (&theirs.receive, &theirs.send));
    // What stands is offered again with the same key, from either side.
    let again = one.repeat().unwrap();
    assert_eq!(version(&again), version(&offer), "nothing new is said");
    two.receive_offer(&again, Direction::SendRecv, None).unwrap();
    one.reject_pending();
    let back = two.offer(Direction::SendOnly, None);
    let held = one.receive_offer(&back, Direction::SendRecv, None).unwrap();
    two.receive_answer(&held).unwrap();
    assert_eq!((keys(&one), keys(&two)), (ours, theirs));
}

#[test]
fn an_answer_that_takes_the_protection_away_is_no_answer() {
    let mut leg = with(Protection::Required(secrets(1)));
    leg.offer(Direction::SendRecv, None);
    assert_eq!(leg.receive_answer(BARESIP.as_bytes()), Err(OfferError::Unprotected));
    let other_tag = protected(BARESIP, &format!("a=crypto:9 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    assert_eq!(leg.receive_answer(other_tag.as_bytes()), Err(OfferError::NoKeys));
    let other_suite = protected(BARESIP, &format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    assert_eq!(leg.receive_answer(other_suite.as_bytes()), Err(OfferError::NoKeys), "the first is GCM");
    let right = protected(BARESIP, &format!("a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"));
    assert_eq!(leg.receive_answer(right.as_bytes()), Ok(()));
}

#[test]
fn a_peer_may_change_its_key_and_ours_stays() {
    let offer =
        |key: &str| protected(BARESIP, &format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\n"));
    let mut leg = with(optional(false));
    answer(&mut leg, &offer(KEY));
    let before = leg.agreed().unwrap().srtp.clone().unwrap();
    answer(&mut leg, &offer(&KEY.replace("d0Rm", "AAAA")));
    let after = leg.agreed().unwrap().srtp.clone().unwrap();
    assert_eq!(before.send, after.send);
    assert_ne!(before.receive, after.receive);
    answer(&mut leg, BARESIP);
    assert_eq!(leg.agreed().unwrap().srtp, None, "it is optional");
}
