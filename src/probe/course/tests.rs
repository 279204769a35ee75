use bytes::Bytes;

use super::*;
use crate::entropy::Entropy;
use crate::id::{LegId, RoomId};
use crate::sdp::OfferError;
use crate::sip::endpoint::{By, Cause, Command};
use crate::time::UnixMs;

struct Fixture {
    course: Course,
    peer: Negotiation,
    leg: LegId,
}

const CALL: CallRef = CallRef(7);

fn at(ms: u64) -> Time {
    Time::from_millis(ms)
}

impl Fixture {
    /// A call whose INVITE has gone out.
    fn new(change: impl FnOnce(&mut Plan)) -> (Self, Bytes) {
        let mut entropy = Entropy::from_number(1);
        let leg = LegId::new(UnixMs(0), &mut entropy);
        let room = RoomId::new(UnixMs(0), &mut entropy);
        let callee = Callee::Address { uri: "sip:100@192.0.2.1".to_owned(), login: None, ca: None };
        let mut plan = Plan::new(callee, "/tmp/heard.wav".into());
        change(&mut plan);
        let local = Local { address: [192, 0, 2, 1].into(), port: 4000, also: vec![], session_id: 1 };
        let peer = Negotiation::new(local, Capabilities::default());
        let course = Course::start(plan, CALL, (leg, room), [192, 0, 2, 9].into());
        let mut fixture = Self { course, peer, leg };
        assert!(matches!(fixture.outputs()[..], [Output::Media(media::Command::Open { .. })]));
        fixture.course.media(media::Event::Opened { leg, rtp_port: 40_000, web_port: None }, at(0));
        match &fixture.outputs()[..] {
            [Output::Sip(Command::Dial { offer: Some(offer), .. })] => {
                let offer = offer.clone();
                (fixture, offer)
            }
            other => panic!("{other:?}"),
        }
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.course.poll_output()).collect()
    }

    fn sip(&mut self, event: sip::Event, now: u64) -> Vec<Output> {
        self.course.sip(event, at(now));
        self.outputs()
    }

    fn answer(&mut self, offer: &Bytes, now: u64) -> Vec<Output> {
        let sdp = self.peer.receive_offer(offer, Direction::SendRecv, None).unwrap();
        self.sip(sip::Event::Answered { call: CALL, sdp: Some(sdp) }, now)
    }

    /// Lets time pass up to a moment, one timeout after the other.
    fn wait(&mut self, until: u64) -> Vec<(u64, Output)> {
        let mut outputs = vec![];
        while let Some(next) = self.course.poll_timeout().filter(|next| *next <= at(until)) {
            self.course.handle_timeout(next);
            outputs.extend(self.outputs().into_iter().map(|output| (next.as_millis(), output)));
        }
        outputs
    }
}

fn hangs_up(outputs: &[(u64, Output)]) -> Option<u64> {
    let hangup = |output: &Output| matches!(output, Output::Sip(Command::Hangup { .. }));
    outputs.iter().find(|(_, output)| hangup(output)).map(|(ms, _)| *ms)
}

#[test]
fn keys_are_pressed_after_the_answer_and_the_call_ends_a_second_after_the_last() {
    let (mut call, offer) = Fixture::new(|plan| plan.keys = "1,,,,,,2".to_owned());
    call.answer(&offer, 1_000);
    let outputs = call.wait(60_000);
    let digits: Vec<(u64, &str)> = outputs
        .iter()
        .filter_map(|(ms, output)| match output {
            Output::Media(media::Command::SendDigits { digits, .. }) => Some((*ms, digits.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(digits, [(2_000, "1"), (8_200, "2")]);
    assert_eq!(hangs_up(&outputs), Some(9_400));
}

#[test]
fn without_anything_to_do_it_listens_for_five_seconds() {
    let (mut call, offer) = Fixture::new(|_| {});
    let outputs = call.answer(&offer, 1_000);
    let records = |output: &Output| matches!(output, Output::Media(media::Command::Record { .. }));
    assert!(outputs.iter().any(records), "{outputs:?}");
    assert_eq!(hangs_up(&call.wait(60_000)), Some(6_000));
}

#[test]
fn what_is_said_is_said_to_its_end_but_not_for_ever() {
    let (mut call, offer) = Fixture::new(|plan| plan.play = Some("/tmp/hello.wav".into()));
    call.answer(&offer, 0);
    assert_eq!(hangs_up(&call.wait(20_000)), None);
    call.course.media(media::Event::PlayEnded { leg: call.leg, playback: 1 }, at(20_000));
    assert_eq!(hangs_up(&call.wait(60_000)), Some(21_000));
    let (mut call, offer) = Fixture::new(|plan| plan.play = Some("/tmp/hello.wav".into()));
    call.answer(&offer, 0);
    assert_eq!(hangs_up(&call.wait(700_000)), Some(600_000));
}

#[test]
fn nobody_rings_longer_than_was_said() {
    let (mut call, _) = Fixture::new(|plan| plan.ring_for = Duration::from_secs(3));
    call.sip(sip::Event::Progress { call: CALL, status: 180, sdp: None }, 100);
    assert_eq!(hangs_up(&call.wait(60_000)), Some(3_000));
}

#[test]
fn early_sound_is_heard_and_the_recording_begun_once() {
    let (mut call, offer) = Fixture::new(|_| {});
    let early = call.peer.receive_offer(&offer, Direction::SendRecv, None).unwrap();
    let outputs = call.sip(sip::Event::Progress { call: CALL, status: 183, sdp: Some(early) }, 500);
    assert!(matches!(outputs[..], [Output::Media(_), Output::Media(media::Command::Record { .. })]));
    let outputs = call.sip(sip::Event::Answered { call: CALL, sdp: None }, 900);
    assert!(matches!(outputs[..], [Output::Media(media::Command::Configure { .. })]), "{outputs:?}");
    assert_eq!(call.course.marks.recorded_from, Some(at(500)));
}

#[test]
fn an_answer_without_a_codec_of_ours_ends_the_call_and_says_so() {
    let (mut call, _) = Fixture::new(|_| {});
    let sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 4000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n";
    let outputs = call.sip(sip::Event::Answered { call: CALL, sdp: Some(sdp.into()) }, 100);
    assert!(matches!(outputs[0], Output::Sip(Command::Hangup { .. })));
    assert!(call.course.marks.trouble[0].contains("no common codec"), "{:?}", call.course.marks.trouble);
    assert_eq!(call.course.marks.useless, Some(OfferError::NoCommonCodec("18".into())));
}

#[test]
fn keys_that_cannot_be_sent_are_told() {
    let (mut call, _) = Fixture::new(|plan| plan.keys = "1".to_owned());
    let sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 4000 RTP/AVP 8\r\n";
    call.sip(sip::Event::Answered { call: CALL, sdp: Some(sdp.into()) }, 100);
    assert!(call.course.marks.trouble[0].contains("telephone-events"), "{:?}", call.course.marks.trouble);
}

#[test]
fn it_is_over_when_the_media_engine_has_given_everything_back_or_fails_to() {
    let (mut call, offer) = Fixture::new(|_| {});
    call.answer(&offer, 0);
    let cause = Cause { status: None, by: By::Remote, text: "bye".into() };
    let outputs = call.sip(sip::Event::Ended { call: CALL, cause }, 2_000);
    assert!(matches!(outputs[..], [Output::Media(media::Command::StopRecord { .. }), Output::Media(_)]));
    assert!(call.course.over().is_none());
    let mut deaf = call.course.clone();
    let quality = Quality { packets_sent: 100, ..Quality::default() };
    call.course.media(media::Event::Closed { leg: call.leg, quality }, at(2_020));
    assert_eq!(call.course.over().map(|marks| marks.quality.packets_sent), Some(100));
    deaf.handle_timeout(at(7_000));
    assert!(deaf.over().is_some());
}
