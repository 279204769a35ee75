use proptest::prelude::*;

use super::*;
use crate::media::rtp::RtpPacket;
use crate::time::UnixMs;

const EPOCH: Epoch = Epoch(UnixMs(1_800_000_000_123));

/// One end of a call.
struct End {
    rtcp: Rtcp,
    sender: Sender,
    statistics: ReceiverStatistics,
}

impl End {
    fn new(seed: u64) -> Self {
        let mut entropy = Entropy::from_number(seed);
        Self {
            sender: Sender::new(8_000, &mut entropy),
            rtcp: Rtcp::new("someone@here".to_owned(), EPOCH, entropy, Time::ZERO),
            statistics: ReceiverStatistics::new(),
        }
    }

    fn send(&mut self, now: Time) -> Vec<u8> {
        let mut bytes = self.sender.next(160, 160, now).header(0).to_vec();
        bytes.resize(172, 0xff);
        bytes
    }

    fn hear(&mut self, bytes: &[u8], now: Time) {
        self.statistics.arrived(&RtpPacket::parse(bytes).unwrap(), 8_000, now);
    }

    fn report(&mut self, now: Time) -> Vec<u8> {
        self.rtcp.report(&self.sender, &mut self.statistics, now)
    }

    fn receive(&mut self, bytes: &[u8], now: Time) -> Received {
        self.rtcp.receive(bytes, self.sender.ssrc(), 8_000, now).unwrap()
    }
}

/// A hundred packets from one end to the other, 30 ms away; every tenth is lost.
fn talk(from: &mut End, to: &mut End) {
    for n in 0..100 {
        let now = Time::from_millis(20 * n);
        let bytes = from.send(now);
        if n % 10 != 5 {
            to.hear(&bytes, now + Duration::from_millis(30));
        }
    }
}

#[test]
fn each_end_learns_the_way_and_the_loss_from_the_other() {
    let (mut anna, mut boris) = (End::new(1), End::new(2));
    talk(&mut anna, &mut boris);
    talk(&mut boris, &mut anna);
    let report = anna.report(Time::from_millis(2_000));
    let received = boris.receive(&report, Time::from_millis(2_030));
    assert_eq!(received, Received { report: true, bye: false });
    assert_eq!(boris.rtcp.round_trip(), None, "nobody has reported on a report of his");
    let answer = boris.report(Time::from_millis(4_530));
    anna.receive(&answer, Time::from_millis(4_565));
    let round_trip = anna.rtcp.round_trip().unwrap();
    assert!((64_900..=65_100).contains(&round_trip.as_micros()), "{round_trip:?}");
    let remote = anna.rtcp.remote().unwrap();
    assert_eq!((remote.lost, remote.fraction_lost, remote.jitter_us), (10, 25, 0));
}

#[test]
fn a_report_has_the_form_of_the_rfc() {
    let (mut anna, mut boris) = (End::new(1), End::new(2));
    talk(&mut anna, &mut boris);
    let sent = anna.report(Time::from_millis(2_000));
    let packets: Vec<Packet<'_>> = Compound::parse(&sent).unwrap().map(Result::unwrap).collect();
    let [Packet::Sr(report), Packet::Sdes(name)] = packets.as_slice() else { panic!("{packets:?}") };
    assert_eq!(
        (report.ssrc(), report.packet_count(), report.octet_count()),
        (anna.sender.ssrc(), 100, 16_000)
    );
    assert_eq!(report.ntp_timestamp() >> 32, 1_800_000_000 + 2_208_988_800 + 2);
    assert_eq!(report.ntp_timestamp() & 0xffff_ffff, (123_u64 << 32) / 1_000);
    let chunk = name.chunks().next().unwrap();
    assert_eq!(chunk.items().next().unwrap().value(), b"someone@here");
    assert!(crate::media::rtp::is_rtcp(&sent));

    let heard = boris.report(Time::from_millis(2_100));
    let packets: Vec<Packet<'_>> = Compound::parse(&heard).unwrap().map(Result::unwrap).collect();
    let [Packet::Rr(report), Packet::Sdes(_)] = packets.as_slice() else { panic!("{packets:?}") };
    assert_eq!(report.report_blocks().next().unwrap().ssrc(), anna.sender.ssrc());
}

#[test]
fn who_leaves_says_so() {
    let (mut anna, mut boris) = (End::new(1), End::new(2));
    let bye = anna.rtcp.bye(&anna.sender, &mut anna.statistics, Time::from_secs(1));
    assert_eq!(boris.receive(&bye, Time::from_secs(1)), Received { report: false, bye: true });
}

#[test]
fn reports_come_about_every_five_seconds_and_not_in_step() {
    let mut anna = End::new(1);
    let mut dues = vec![Time::ZERO];
    for _ in 0..200 {
        let due = anna.rtcp.poll_timeout();
        anna.report(due);
        dues.push(due);
    }
    let pauses: Vec<u128> = dues.windows(2).skip(1).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
    assert!(pauses.iter().all(|pause| (2_500..=7_500).contains(pause)));
    let mean = pauses.iter().sum::<u128>() / pauses.len() as u128;
    assert!((4_700..=5_300).contains(&mean), "{mean}");
}

#[test]
fn a_report_about_somebody_else_teaches_nothing() {
    let (mut anna, mut boris, mut cyril) = (End::new(1), End::new(2), End::new(3));
    talk(&mut anna, &mut boris);
    let report = boris.report(Time::from_secs(2));
    assert!(!cyril.receive(&report, Time::from_secs(2)).report);
    assert_eq!(cyril.rtcp.remote(), None);
}

proptest! {
    #[test]
    fn random_bytes_never_panic(
        mut bytes in prop::collection::vec(any::<u8>(), 0..120), kind in 192_u8..224, words in 0_u8..30
    ) {
        if let [first, second, high, low, ..] = bytes.as_mut_slice() {
            (*first, *second, *high, *low) = (*first & 0x1f | 0x80, kind, 0, words);
        }
        let _ = End::new(1).rtcp.receive(&bytes, 7, 8_000, Time::from_secs(1));
    }

    #[test]
    fn damaged_reports_never_panic(place in 0_usize..100, value: u8, length in 0_usize..100) {
        let (mut anna, mut boris) = (End::new(1), End::new(2));
        talk(&mut anna, &mut boris);
        talk(&mut boris, &mut anna);
        let mut report = boris.rtcp.bye(&boris.sender, &mut boris.statistics, Time::from_secs(2));
        if let Some(byte) = report.get_mut(place) {
            *byte = value;
        }
        report.truncate(length.max(4));
        let _ = anna.rtcp.receive(&report, anna.sender.ssrc(), 8_000, Time::from_secs(3));
    }
}
