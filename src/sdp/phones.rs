//! Offer/answer with descriptions in the manner of real phones.

use std::net::SocketAddr;

use super::*;

pub(super) const BARESIP: &str = "v=0\r\no=- 1829374650 2093847561 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
a=tool:baresip 1.0.0\r\nm=audio 15070 RTP/AVP 8 0 101\r\nb=AS:125\r\na=rtpmap:8 PCMA/8000\r\n\
a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=rtcp:15071\r\na=sendrecv\r\n\
a=label:1\r\na=ptime:20\r\n";

const PJSIP: &str = "v=0\r\no=- 3911223344 3911223344 IN IP4 192.168.1.20\r\ns=pjmedia\r\nb=AS:84\r\nt=0 0\r\na=X-nat:0\r\n\
m=audio 4000 RTP/AVP 98 0 8 96\r\nc=IN IP4 192.168.1.20\r\nb=TIAS:64000\r\na=rtcp:4001 IN IP4 192.168.1.20\r\n\
a=sendrecv\r\na=rtpmap:98 speex/16000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\na=ssrc:1234 cname:abcd\r\n";

const SIPP: &str = "v=0\no=user1 53655765 2353687637 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n\
m=audio 36000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n";

const LINPHONE: &str = "v=0\r\no=anna 3747 2918 IN IP4 10.0.0.7\r\ns=Talk\r\nc=IN IP4 10.0.0.7\r\nt=0 0\r\n\
a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics\r\nm=audio 7078 RTP/AVPF 96 97 98 0 8 101 99\r\n\
a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:97 speex/16000\r\na=rtpmap:98 speex/8000\r\n\
a=rtpmap:101 telephone-event/48000\r\na=rtpmap:99 telephone-event/8000\r\na=rtcp-fb:* trr-int 5000\r\n\
m=video 9078 RTP/AVPF 96 97\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 H264/90000\r\na=fmtp:97 profile-level-id=42801F\r\n";

const ASTERISK: &str = "v=0\r\no=root 1217419912 1217419913 IN IP4 203.0.113.5\r\ns=Asterisk PBX\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\n\
m=audio 11500 RTP/AVP 3 8 127\r\na=rtpmap:3 GSM/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:127 telephone-event/8000\r\n\
a=fmtp:127 0-16\r\na=ptime:30\r\na=maxptime:150\r\na=sendrecv\r\n";

fn leg() -> Negotiation {
    let local = Local { address: [127, 0, 0, 1].into(), port: 20_000, also: vec![], session_id: 77 };
    Negotiation::new(local, Capabilities::default())
}

pub(super) fn answer(leg: &mut Negotiation, offer: &str) -> String {
    let answer = leg.receive_offer(offer.as_bytes(), Direction::SendRecv, None).unwrap();
    String::from_utf8(answer.to_vec()).unwrap()
}

pub(super) fn refusal(offer: &str) -> OfferError {
    leg().receive_offer(offer.as_bytes(), Direction::SendRecv, None).unwrap_err()
}

pub(super) fn version(description: &[u8]) -> u64 {
    SessionDescription::parse(description).unwrap().origin.version.parse().unwrap()
}

pub(super) fn line<'a>(description: &'a str, begin: &str) -> Vec<&'a str> {
    description.lines().filter(|line| line.starts_with(begin)).collect()
}

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

#[test]
fn baresip_gets_its_first_codec_and_its_telephone_event() {
    let mut leg = leg();
    let answer = answer(&mut leg, BARESIP);
    assert_eq!(line(&answer, "m="), ["m=audio 20000 RTP/AVP 8 101"]);
    assert_eq!(line(&answer, "a=sendrecv").len(), 1);
    let agreed = leg.agreed().unwrap();
    assert_eq!((agreed.codec, agreed.payload_type, agreed.receive_payload_type), (Codec::Pcma, 8, 8));
    assert_eq!((agreed.dtmf_payload_type, agreed.receive_dtmf_payload_type), (Some(101), Some(101)));
    assert_eq!((agreed.remote, agreed.remote_rtcp), (addr("127.0.0.1:15070"), Some(addr("127.0.0.1:15071"))));
    assert_eq!((agreed.ptime_ms, agreed.direction, agreed.rtcp_mux), (20, Direction::SendRecv, false));
}

#[test]
fn the_answer_is_written_as_rfc_8866_orders_its_lines() {
    let written = answer(&mut leg(), SIPP);
    let expected = "v=0\r\no=hovor 77 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
m=audio 20000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n";
    assert_eq!(written, expected);
}

#[test]
fn pjsip_keeps_its_address_in_the_media_section_and_its_odd_payload_type() {
    let mut leg = leg();
    answer(&mut leg, PJSIP);
    let agreed = leg.agreed().unwrap();
    assert_eq!((agreed.codec, agreed.dtmf_payload_type), (Codec::Pcmu, Some(96)));
    assert_eq!(agreed.remote, addr("192.168.1.20:4000"));
    assert_eq!(agreed.remote_rtcp, Some(addr("192.168.1.20:4001")));
}

#[test]
fn a_preferred_codec_wins_over_the_peers_order_if_it_is_offered() {
    let mut leg = leg();
    leg.receive_offer(PJSIP.as_bytes(), Direction::SendRecv, Some(Codec::Pcma)).unwrap();
    assert_eq!(leg.agreed().unwrap().codec, Codec::Pcma);
    let mut leg = self::leg();
    leg.receive_offer(SIPP.as_bytes(), Direction::SendRecv, Some(Codec::Pcma)).unwrap();
    assert_eq!(leg.agreed().unwrap().codec, Codec::Pcmu);
}

#[test]
fn linphones_video_is_refused_in_its_place_and_its_48_khz_events_are_not_ours() {
    let mut leg = leg();
    let answer = answer(&mut leg, LINPHONE);
    assert_eq!(line(&answer, "m="), ["m=audio 20000 RTP/AVPF 0 99", "m=video 0 RTP/AVPF 96 97"]);
    assert_eq!(leg.agreed().unwrap().dtmf_payload_type, Some(99));
    let offer = leg.offer(Direction::SendOnly, None);
    let offer = String::from_utf8(offer.to_vec()).unwrap();
    assert_eq!(line(&offer, "m="), ["m=audio 20000 RTP/AVPF 8 0 99", "m=video 0 RTP/AVPF 96 97"]);
}

#[test]
fn asterisks_packet_time_is_rounded_to_whole_packets_of_ours() {
    let ptime = |lines: &str| {
        let mut leg = leg();
        answer(&mut leg, &ASTERISK.replace("a=ptime:30\r\na=maxptime:150\r\n", lines));
        leg.agreed().unwrap().ptime_ms
    };
    assert_eq!(ptime("a=ptime:30\r\na=maxptime:150\r\n"), 20);
    assert_eq!(ptime("a=ptime:40\r\n"), 40);
    assert_eq!(ptime("a=ptime:60\r\na=maxptime:40\r\n"), 40);
    assert_eq!(ptime("a=maxptime:20\r\n"), 20);
    for odd in ["a=ptime:10\r\n", "a=ptime:0\r\n", "a=ptime:-7\r\n", "a=ptime:soon\r\n", "a=ptime:NaN\r\n"] {
        assert_eq!(ptime(odd), 20, "{odd}");
    }
    assert_eq!(ptime("a=ptime:100000\r\n"), 60);
}

#[test]
fn the_same_offer_again_gets_the_same_answer_and_a_change_raises_the_version() {
    let mut leg = leg();
    let first = answer(&mut leg, BARESIP);
    assert_eq!(answer(&mut leg, BARESIP), first);
    let held = answer(&mut leg, &BARESIP.replace("a=sendrecv", "a=sendonly"));
    assert_eq!(version(held.as_bytes()), version(first.as_bytes()) + 1);
    assert_eq!(line(&held, "a=recvonly").len(), 1);
    assert_eq!(leg.agreed().unwrap().direction, Direction::RecvOnly);
    let resumed = answer(&mut leg, BARESIP);
    assert_eq!(version(resumed.as_bytes()), version(first.as_bytes()) + 2);
    assert_eq!(leg.agreed().unwrap().direction, Direction::SendRecv);
}

#[test]
fn a_phone_holds_in_either_style() {
    let hold = |offer: String| {
        let mut leg = leg();
        answer(&mut leg, BARESIP);
        let answer = answer(&mut leg, &offer);
        let agreed = leg.agreed().unwrap().clone();
        let said = answer.contains(&format!("a={}", agreed.direction.as_str()));
        assert!(said || answer.contains("m=audio 0"), "{answer}");
        agreed
    };
    assert_eq!(hold(BARESIP.replace("a=sendrecv", "a=inactive")).direction, Direction::Inactive);
    assert_eq!(
        hold(BARESIP.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0")).direction,
        Direction::RecvOnly
    );
    let ended =
        hold(BARESIP.replace("m=audio 15070", "a=inactive\r\nm=audio 0").replace("a=sendrecv", "a=inactive"));
    assert_eq!((ended.direction, ended.remote.port(), ended.remote_rtcp), (Direction::Inactive, 0, None));
}

#[test]
fn a_stream_that_ended_with_port_0_comes_back_in_its_place() {
    let mut leg = leg();
    answer(&mut leg, LINPHONE);
    let ended = answer(&mut leg, &LINPHONE.replace("m=audio 7078", "m=audio 0"));
    assert!(line(&ended, "m=")[0].starts_with("m=audio 0 RTP/AVPF"));
    let offer = String::from_utf8(leg.offer(Direction::SendRecv, None).to_vec()).unwrap();
    assert_eq!(line(&offer, "m=").len(), 2);
    assert!(line(&offer, "m=")[0].starts_with("m=audio 20000"));
}

#[test]
fn a_session_level_direction_counts_where_the_section_has_none() {
    let mut leg = leg();
    answer(&mut leg, &SIPP.replace("t=0 0\n", "t=0 0\na=sendonly\n"));
    assert_eq!(leg.agreed().unwrap().direction, Direction::RecvOnly);
}

#[test]
fn we_hold_with_music_and_resume() {
    let mut leg = leg();
    answer(&mut leg, BARESIP);
    let hold = leg.offer(Direction::SendOnly, Some(Codec::Pcma));
    assert_eq!(leg.agreed().unwrap().direction, Direction::SendRecv, "until the answer the old state holds");
    leg.receive_answer(BARESIP.replace("a=sendrecv", "a=recvonly").as_bytes()).unwrap();
    assert_eq!(leg.agreed().unwrap().direction, Direction::SendOnly);
    let resume = leg.offer(Direction::SendRecv, None);
    assert_eq!(version(&resume), version(&hold) + 1);
    leg.receive_answer(BARESIP.as_bytes()).unwrap();
    assert_eq!(leg.agreed().unwrap().direction, Direction::SendRecv);
}

#[test]
fn a_refused_offer_leaves_what_held_and_its_version_is_spent() {
    let mut leg = leg();
    answer(&mut leg, BARESIP);
    let before = leg.agreed().cloned();
    let refused = leg.offer(Direction::Inactive, None);
    leg.reject_pending();
    assert_eq!(leg.agreed().cloned(), before);
    let next = leg.offer(Direction::SendRecv, None);
    assert_eq!(version(&next), version(&refused) + 1);
}

#[test]
fn a_late_offer_lists_all_we_speak_and_is_settled_by_the_answer_in_the_ack() {
    let mut leg = leg();
    let offer = leg.offer(Direction::SendRecv, Some(Codec::Pcmu));
    let text = String::from_utf8(offer.to_vec()).unwrap();
    assert_eq!(line(&text, "m="), ["m=audio 20000 RTP/AVP 0 8 101"]);
    assert!(leg.agreed().is_none() && leg.is_pending());
    leg.receive_answer(SIPP.as_bytes()).unwrap();
    let agreed = leg.agreed().unwrap();
    assert_eq!((agreed.codec, agreed.dtmf_payload_type), (Codec::Pcmu, None));
}

#[test]
fn an_answer_with_payload_types_of_its_own_is_obeyed_when_sending() {
    let mut leg = leg();
    leg.offer(Direction::SendRecv, None);
    leg.receive_answer(PJSIP.as_bytes()).unwrap();
    let agreed = leg.agreed().unwrap();
    assert_eq!((agreed.dtmf_payload_type, agreed.receive_dtmf_payload_type), (Some(96), Some(101)));
    assert_eq!((agreed.codec, agreed.receive_also.as_slice()), (Codec::Pcmu, &[(8, Codec::Pcma)][..]));
}

#[test]
fn the_answer_after_early_media_may_come_from_elsewhere() {
    let mut leg = leg();
    leg.offer(Direction::SendRecv, None);
    leg.receive_answer(SIPP.as_bytes()).unwrap();
    leg.receive_answer(BARESIP.as_bytes()).unwrap();
    assert_eq!(leg.agreed().unwrap().remote, addr("127.0.0.1:15070"));
}

#[test]
fn an_answer_to_nothing_and_an_offer_across_ours_are_refused() {
    assert_eq!(leg().receive_answer(SIPP.as_bytes()), Err(OfferError::NotOffered));
    let mut leg = leg();
    answer(&mut leg, SIPP);
    assert_eq!(leg.receive_answer(SIPP.as_bytes()), Err(OfferError::NotOffered));
    leg.offer(Direction::SendRecv, None);
    let crossed = leg.receive_offer(SIPP.as_bytes(), Direction::SendRecv, None).unwrap_err();
    assert_eq!((&crossed, crossed.status()), (&OfferError::Pending, 491));
}

#[test]
fn a_session_refresh_repeats_our_side_word_for_word() {
    let mut leg = leg();
    let first = answer(&mut leg, BARESIP);
    assert_eq!(leg.repeat().unwrap(), first.as_bytes());
    assert!(leg.repeat().is_none(), "an offer is out already");
    leg.receive_answer(BARESIP.as_bytes()).unwrap();
    assert_eq!(leg.agreed().unwrap().codec, Codec::Pcma);
}

#[test]
fn what_cannot_be_served_is_refused_with_the_status_that_fits() {
    let secure = refusal(&BARESIP.replace("RTP/AVP", "RTP/SAVP"));
    assert_eq!((&secure, secure.status()), (&OfferError::Profile("RTP/SAVP".into()), 488));
    let foreign = refusal(&SIPP.replace("m=audio 36000 RTP/AVP 0", "m=audio 36000 RTP/AVP 3 18"));
    assert_eq!((&foreign, foreign.status()), (&OfferError::NoCommonCodec("3 18".into()), 488));
    assert_eq!(refusal(&SIPP.replace("m=audio 36000", "m=audio 0")), OfferError::NoAudio);
    assert_eq!(refusal("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\n"), OfferError::NoAudio);
    for address in ["224.2.1.1/127", "255.255.255.255", "phone.example"] {
        let refused = refusal(&SIPP.replace("c=IN IP4 127.0.0.1", &format!("c=IN IP4 {address}")));
        assert!(matches!(refused, OfferError::NoAddress(_)), "{address}: {refused}");
    }
}

#[test]
fn a_secure_section_before_a_plain_one_is_refused_in_its_place() {
    let mut leg = leg();
    let secure = "m=audio 7000 RTP/SAVP 0 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc\r\n";
    let answer = answer(&mut leg, &BARESIP.replace("m=audio", &format!("{secure}m=audio")));
    assert_eq!(line(&answer, "m="), ["m=audio 0 RTP/SAVP 0 8", "m=audio 20000 RTP/AVP 8 101"]);
}

#[test]
fn a_refused_reoffer_changes_nothing() {
    let mut leg = leg();
    answer(&mut leg, BARESIP);
    let before = leg.clone();
    for offer in [&BARESIP.replace("RTP/AVP", "RTP/SAVP"), "nonsense", &BARESIP.replace("8 0 101", "18")] {
        assert!(leg.receive_offer(offer.as_bytes(), Direction::SendRecv, None).is_err());
        assert_eq!(leg, before);
    }
}

#[test]
fn an_ipv6_phone_is_reached_there_and_hold_by_its_null_address_works() {
    let offer = BARESIP.replace("IN IP4 127.0.0.1", "IN IP6 2001:db8::7");
    let local = Local { address: "2001:db8::1".parse().unwrap(), port: 20_000, also: vec![], session_id: 1 };
    let mut leg = Negotiation::new(local, Capabilities::default());
    let answer = self::answer(&mut leg, &offer);
    assert_eq!(line(&answer, "c="), ["c=IN IP6 2001:db8::1"]);
    assert_eq!(leg.agreed().unwrap().remote, addr("[2001:db8::7]:15070"));
    self::answer(&mut leg, &offer.replace("c=IN IP6 2001:db8::7", "c=IN IP6 ::"));
    assert_eq!(leg.agreed().unwrap().direction, Direction::RecvOnly);
}

#[test]
fn rtcp_goes_where_the_peer_says() {
    let rtcp = |attribute: &str| {
        let mut leg = leg();
        let answer = answer(&mut leg, &BARESIP.replace("a=rtcp:15071", attribute));
        let agreed = leg.agreed().unwrap().clone();
        assert_eq!(agreed.rtcp_mux, answer.contains("a=rtcp-mux"));
        agreed.remote_rtcp.unwrap()
    };
    assert_eq!(rtcp("a=rtcp:9000 IN IP4 10.1.1.1"), addr("10.1.1.1:9000"));
    assert_eq!(rtcp("a=rtcp-mux"), addr("127.0.0.1:15070"));
    assert_eq!(rtcp("a=rtcp:none"), addr("127.0.0.1:15071"));
}

#[test]
fn static_payload_types_need_no_rtpmap_and_a_remapped_one_is_believed() {
    let mut leg = leg();
    answer(&mut leg, &SIPP.replace("a=rtpmap:0 PCMU/8000\n", ""));
    assert_eq!(leg.agreed().unwrap().codec, Codec::Pcmu);
    let mut leg = self::leg();
    let remapped = SIPP
        .replace("AVP 0", "AVP 0 110")
        .replace("a=rtpmap:0 PCMU/8000", "a=rtpmap:0 G729/8000\na=rtpmap:110 PCMA/8000");
    answer(&mut leg, &remapped);
    let agreed = leg.agreed().unwrap();
    assert_eq!((agreed.codec, agreed.payload_type), (Codec::Pcma, 110));
    let offer = String::from_utf8(leg.offer(Direction::SendRecv, None).to_vec()).unwrap();
    assert_eq!(line(&offer, "m="), ["m=audio 20000 RTP/AVP 110 0 101"]);
}

#[test]
fn the_codec_in_use_survives_a_reoffer_in_another_order() {
    let mut leg = leg();
    answer(&mut leg, BARESIP);
    answer(&mut leg, &BARESIP.replace("8 0 101", "0 8 101"));
    assert_eq!(leg.agreed().unwrap().codec, Codec::Pcma);
}
