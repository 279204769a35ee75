//! Offers and answers about codecs that carry more than a telephone does.

use super::phones::{BARESIP, line};
use super::*;

const OPUS: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
m=audio 15070 RTP/AVP 111 9 8 110 101\r\na=rtpmap:111 opus/48000/2\r\n\
a=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=30000\r\na=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\n\
a=rtpmap:110 telephone-event/48000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\na=ptime:20\r\n";

fn leg(codecs: &[Codec]) -> Negotiation {
    let local = Local { address: [127, 0, 0, 1].into(), port: 20_000, also: vec![], session_id: 77 };
    Negotiation::new(local, Capabilities { codecs: codecs.to_vec(), ..Capabilities::default() })
}

fn text(body: &[u8]) -> String {
    String::from_utf8(body.to_vec()).unwrap()
}

#[test]
fn a_phone_with_opus_gets_it_with_keys_of_its_clock_and_is_asked_for_redundancy() {
    let mut leg = leg(Codec::ALL);
    let answer = text(&leg.receive_offer(OPUS.as_bytes(), Direction::SendRecv, None).unwrap());
    assert_eq!(line(&answer, "m="), ["m=audio 20000 RTP/AVP 111 110"]);
    let maps = ["a=rtpmap:111 opus/48000/2", "a=rtpmap:110 telephone-event/48000"];
    assert_eq!(line(&answer, "a=rtpmap"), maps);
    assert_eq!(line(&answer, "a=fmtp"), ["a=fmtp:111 useinbandfec=1", "a=fmtp:110 0-15"]);
    let agreed = leg.agreed().unwrap();
    assert_eq!((agreed.codec, agreed.payload_type), (Codec::Opus, 111));
    assert_eq!((agreed.dtmf_payload_type, agreed.dtmf_clock_rate), (Some(110), 48_000));
    assert!(agreed.fmtp.use_inband_fec);
    assert_eq!(agreed.fmtp.max_average_bitrate, Some(30_000));
}

#[test]
fn the_codec_of_the_party_it_will_meet_goes_before_the_phones_own_order() {
    for (prefer, keys, clock) in
        [(Codec::G722, 101, 8_000), (Codec::Pcma, 101, 8_000), (Codec::Opus, 110, 48_000)]
    {
        let mut leg = leg(Codec::ALL);
        leg.receive_offer(OPUS.as_bytes(), Direction::SendRecv, Some(prefer)).unwrap();
        let agreed = leg.agreed().unwrap();
        assert_eq!(
            (agreed.codec, agreed.dtmf_payload_type, agreed.dtmf_clock_rate),
            (prefer, Some(keys), clock)
        );
    }
}

#[test]
fn keys_of_another_clock_are_better_than_none() {
    let only = OPUS.replace(" 110 101", " 101");
    let mut leg = leg(&[Codec::Opus]);
    let answer = text(&leg.receive_offer(only.as_bytes(), Direction::SendRecv, None).unwrap());
    assert_eq!(line(&answer, "m="), ["m=audio 20000 RTP/AVP 111 101"]);
    let agreed = leg.agreed().unwrap();
    assert_eq!((agreed.receive_dtmf_payload_type, agreed.dtmf_clock_rate), (Some(101), 8_000));
}

#[test]
fn an_offer_has_all_codecs_with_keys_for_each_clock() {
    let mut leg = leg(&[Codec::Opus, Codec::G722, Codec::Pcma]);
    let offer = text(&leg.offer(Direction::SendRecv, Some(Codec::Pcma)));
    assert_eq!(line(&offer, "m="), ["m=audio 20000 RTP/AVP 8 96 9 101 102"]);
    let expected = [
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:96 opus/48000/2",
        "a=rtpmap:9 G722/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=rtpmap:102 telephone-event/48000",
    ];
    assert_eq!(line(&offer, "a=rtpmap"), expected);
    // A phone that takes the second of them, and the keys of its clock.
    let answer = OPUS.replace("111 9 8 110 101", "96 102").replace(":111", ":96").replace(":110", ":102");
    leg.receive_answer(answer.as_bytes()).unwrap();
    let agreed = leg.agreed().unwrap();
    assert_eq!((agreed.codec, agreed.payload_type, agreed.receive_payload_type), (Codec::Opus, 96, 96));
    assert_eq!((agreed.dtmf_payload_type, agreed.dtmf_clock_rate), (Some(102), 48_000));
    // One that knows less is offered the same, and answers what it knows.
    let mut leg = self::leg(&[Codec::Opus, Codec::G722, Codec::Pcma]);
    leg.offer(Direction::SendRecv, None);
    leg.receive_answer(BARESIP.as_bytes()).unwrap();
    let agreed = leg.agreed().unwrap();
    assert_eq!(
        (agreed.codec, agreed.dtmf_payload_type, agreed.dtmf_clock_rate),
        (Codec::Pcma, Some(101), 8_000)
    );
}

#[test]
fn a_phone_without_keys_counts_by_the_clock_of_its_sound() {
    let mut leg = leg(&[Codec::Opus]);
    leg.receive_offer(OPUS.replace(" 110 101", "").as_bytes(), Direction::SendRecv, None).unwrap();
    let agreed = leg.agreed().unwrap();
    assert_eq!((agreed.dtmf_payload_type, agreed.dtmf_clock_rate), (None, 48_000));
}
