//! What a receiver counts about one stream (RFC 3550 sections 6.4.1, A.1, A.3 and A.8).

use serde::{Deserialize, Serialize};

use super::RtpPacket;
use crate::time::Time;

/// A gap ahead that is still loss; a longer one is a restart of the sender (A.1).
const MAX_DROPOUT: u16 = 3_000;
/// How far behind a packet may arrive and still be a reordered one (A.1).
const MAX_MISORDER: u16 = 100;

/// What the statistics make of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arrival {
    /// Not seen before: play it. `behind` says that a later one was here first.
    New {
        /// Packets with a higher sequence number have arrived earlier.
        behind: bool,
    },
    /// Seen before: drop it.
    Duplicate,
    /// The first packet of a stream, or of another stream than before: play it.
    Started,
    /// Far from where the stream was. Dropped unless the next one follows it.
    Stray,
}

impl Arrival {
    /// Whether the packet's payload is to be used.
    pub fn is_new(self) -> bool {
        matches!(self, Self::New { .. } | Self::Started)
    }
}

/// The numbers of one report block (RFC 3550 section 6.4.1), without the times of sender reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportBlock {
    /// The stream reported on.
    pub ssrc: u32,
    /// Lost since the report before, in 1/256.
    pub fraction_lost: u8,
    /// Lost in all; duplicates are not counted against it.
    pub lost: u32,
    /// Highest sequence number with the count of its cycles above it.
    pub extended_sequence: u32,
    /// Interarrival jitter in timestamp units.
    pub jitter: u32,
}

/// Loss, jitter, duplicates and changes of source of what one leg receives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReceiverStatistics {
    stream: Option<Stream>,
    /// Totals of the streams before the current one.
    before: Totals,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Totals {
    received: u64,
    lost: u64,
    duplicates: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Stream {
    ssrc: u32,
    clock_rate: u32,
    base: u64,
    /// Highest sequence number, with cycles; starts one cycle up so that it can be counted back.
    highest: u64,
    /// Bit n: the packet n before the highest has arrived.
    seen: u128,
    received: u64,
    duplicates: u64,
    /// A packet far away from the others; if its successor comes, the sender has restarted.
    stray: Option<u16>,
    /// Arrival minus timestamp of the packet before, in timestamp units.
    transit: i64,
    /// Jitter in 1/16 timestamp units (A.8).
    jitter: u64,
    expected_reported: u64,
    received_reported: u64,
}

impl ReceiverStatistics {
    /// Statistics of a leg that has received nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a packet of a payload type with this RTP clock, arrived `now`.
    pub fn arrived(&mut self, packet: &RtpPacket<'_>, clock_rate: u32, now: Time) -> Arrival {
        match &mut self.stream {
            Some(stream) if stream.ssrc == packet.ssrc => {
                let arrival = stream.arrived(packet, clock_rate, now);
                if arrival == Arrival::Started {
                    self.start(packet, clock_rate, now);
                }
                arrival
            }
            _ => {
                self.start(packet, clock_rate, now);
                Arrival::Started
            }
        }
    }

    /// Packets received, duplicates not counted.
    pub fn received(&self) -> u64 {
        self.totals().received
    }

    /// Packets that should have come and have not.
    pub fn lost(&self) -> u64 {
        self.totals().lost
    }

    /// Packets that came once more.
    pub fn duplicates(&self) -> u64 {
        self.totals().duplicates
    }

    /// Interarrival jitter in microseconds.
    pub fn jitter_us(&self) -> u32 {
        self.stream.as_ref().map_or(0, |stream| {
            u32::try_from(stream.jitter * 1_000_000 / 16 / u64::from(stream.clock_rate)).unwrap_or(u32::MAX)
        })
    }

    /// The stream that is being received.
    pub fn ssrc(&self) -> Option<u32> {
        self.stream.as_ref().map(|stream| stream.ssrc)
    }

    /// The block of the next report; its fraction counts from the call before.
    pub fn report(&mut self) -> Option<ReportBlock> {
        self.stream.as_mut().map(Stream::report)
    }

    fn totals(&self) -> Totals {
        let current = self.stream.as_ref().map(Stream::totals).unwrap_or_default();
        Totals {
            received: self.before.received + current.received,
            lost: self.before.lost + current.lost,
            duplicates: self.before.duplicates + current.duplicates,
        }
    }

    fn start(&mut self, packet: &RtpPacket<'_>, clock_rate: u32, now: Time) {
        self.before = self.totals();
        self.stream = Some(Stream::new(packet, clock_rate, now));
    }
}

impl Stream {
    fn new(packet: &RtpPacket<'_>, clock_rate: u32, now: Time) -> Self {
        let first = u64::from(packet.sequence) + (1 << 16);
        Self {
            ssrc: packet.ssrc,
            clock_rate: clock_rate.max(1),
            base: first,
            highest: first,
            seen: 1,
            received: 1,
            duplicates: 0,
            stray: None,
            transit: transit(packet, clock_rate.max(1), now),
            jitter: 0,
            expected_reported: 0,
            received_reported: 0,
        }
    }

    fn arrived(&mut self, packet: &RtpPacket<'_>, clock_rate: u32, now: Time) -> Arrival {
        let ahead = packet.sequence.wrapping_sub(self.highest as u16);
        let behind = ahead.wrapping_neg();
        let arrival = if ahead != 0 && ahead < MAX_DROPOUT {
            self.highest += u64::from(ahead);
            self.seen = self.seen.checked_shl(u32::from(ahead)).unwrap_or(0) | 1;
            Arrival::New { behind: false }
        } else if behind < MAX_MISORDER {
            if self.seen & 1 << behind != 0 {
                self.duplicates += 1;
                return Arrival::Duplicate;
            }
            self.seen |= 1 << behind;
            self.base = self.base.min(self.highest - u64::from(behind));
            Arrival::New { behind: true }
        } else if self.stray == Some(packet.sequence.wrapping_sub(1)) {
            return Arrival::Started;
        } else {
            self.stray = Some(packet.sequence);
            return Arrival::Stray;
        };
        self.stray = None;
        self.received += 1;
        self.measure(packet, clock_rate.max(1), now);
        arrival
    }

    /// One step of the filter of RFC 3550 section A.8.
    fn measure(&mut self, packet: &RtpPacket<'_>, clock_rate: u32, now: Time) {
        let transit = transit(packet, clock_rate, now);
        // Both the timestamp and the difference wrap at 32 bits.
        let difference = i64::from((transit as u32).wrapping_sub(self.transit as u32) as i32).unsigned_abs();
        self.transit = transit;
        if clock_rate != self.clock_rate {
            self.clock_rate = clock_rate;
            return;
        }
        // A jump of the timestamps is no jitter.
        if difference < u64::from(clock_rate) * 5 {
            self.jitter = self.jitter + difference - ((self.jitter + 8) >> 4);
        }
    }

    fn expected(&self) -> u64 {
        self.highest - self.base + 1
    }

    fn totals(&self) -> Totals {
        Totals {
            received: self.received,
            lost: self.expected().saturating_sub(self.received),
            duplicates: self.duplicates,
        }
    }

    fn report(&mut self) -> ReportBlock {
        let expected = self.expected() - self.expected_reported;
        let received = self.received - self.received_reported;
        self.expected_reported = self.expected();
        self.received_reported = self.received;
        let lost = expected.saturating_sub(received);
        ReportBlock {
            ssrc: self.ssrc,
            fraction_lost: (lost * 256).checked_div(expected).map_or(0, |part| part.min(255) as u8),
            lost: u32::try_from(self.totals().lost).unwrap_or(u32::MAX).min(0x7f_ffff),
            extended_sequence: (self.highest - (1 << 16)) as u32,
            jitter: (self.jitter >> 4) as u32,
        }
    }
}

/// Arrival time minus timestamp, in timestamp units.
fn transit(packet: &RtpPacket<'_>, clock_rate: u32, now: Time) -> i64 {
    let arrival = u128::from(now.0) * u128::from(clock_rate) / 1_000_000;
    arrival as i64 - i64::from(packet.timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Run {
        statistics: ReceiverStatistics,
    }

    impl Run {
        fn new() -> Self {
            Self { statistics: ReceiverStatistics::new() }
        }

        fn put(&mut self, ssrc: u32, sequence: u16, timestamp: u32, at: Time) -> Arrival {
            let packet =
                RtpPacket { payload_type: 0, marker: false, sequence, timestamp, ssrc, payload: &[0; 160] };
            self.statistics.arrived(&packet, 8_000, at)
        }

        /// Packet `n` of a stream that starts at sequence number 65530.
        fn nth(&mut self, n: u16, jitter_ms: u64) -> Arrival {
            let at = Time::from_millis(20 * u64::from(n) + jitter_ms);
            self.put(7, 65_530_u16.wrapping_add(n), 160 * u32::from(n), at)
        }
    }

    #[test]
    fn loss_is_counted_across_the_wrap_and_late_packets_are_taken_back() {
        let mut run = Run::new();
        for n in (0..20).filter(|n| ![3, 8, 9].contains(n)) {
            assert!(run.nth(n, 0).is_new());
        }
        assert_eq!((run.statistics.received(), run.statistics.lost()), (17, 3));
        assert_eq!(run.nth(8, 0), Arrival::New { behind: true });
        assert_eq!(run.statistics.lost(), 2);
        let report = run.statistics.report().unwrap();
        assert_eq!((report.lost, report.fraction_lost), (2, (2 * 256 / 20) as u8));
        assert_eq!(report.extended_sequence, 65_530 + 19);
        assert_eq!(run.statistics.report().unwrap().fraction_lost, 0);
    }

    #[test]
    fn a_duplicate_is_told_from_a_late_packet() {
        let mut run = Run::new();
        for n in [0, 1, 3, 4] {
            run.nth(n, 0);
        }
        assert_eq!(run.nth(3, 1), Arrival::Duplicate);
        assert_eq!(run.nth(2, 1), Arrival::New { behind: true });
        assert_eq!(run.nth(2, 1), Arrival::Duplicate);
        assert_eq!(run.statistics.duplicates(), 2);
        assert_eq!((run.statistics.received(), run.statistics.lost()), (5, 0));
    }

    #[test]
    fn jitter_settles_at_the_mean_difference() {
        let mut run = Run::new();
        for n in 0..2_000 {
            run.nth(n, u64::from(n % 2) * 8);
        }
        let jitter = run.statistics.jitter_us();
        assert!((7_500..=8_500).contains(&jitter), "{jitter}");
        let mut even = Run::new();
        (0..100).for_each(|n| assert!(even.nth(n, 0).is_new()));
        assert_eq!(even.statistics.jitter_us(), 0);
    }

    #[test]
    fn another_source_starts_anew_and_keeps_the_totals() {
        let mut run = Run::new();
        [0, 1, 3].iter().for_each(|&n| assert!(run.nth(n, 0).is_new()));
        assert_eq!(run.put(8, 500, 0, Time::from_secs(1)), Arrival::Started);
        assert_eq!(run.put(8, 501, 160, Time::from_secs(1)), Arrival::New { behind: false });
        assert_eq!((run.statistics.received(), run.statistics.lost()), (5, 1));
        assert_eq!(run.statistics.ssrc(), Some(8));
    }

    #[test]
    fn one_stray_packet_is_dropped_and_two_in_a_row_restart() {
        let mut run = Run::new();
        [0, 1, 2].iter().for_each(|&n| assert!(run.nth(n, 0).is_new()));
        let at = Time::from_millis(60);
        assert_eq!(run.put(7, 30_000, 0, at), Arrival::Stray);
        assert!(run.nth(3, 0).is_new());
        assert_eq!(run.put(7, 40_000, 0, at), Arrival::Stray);
        assert_eq!(run.put(7, 40_001, 160, at), Arrival::Started);
        assert!(run.put(7, 40_002, 320, at).is_new());
        assert_eq!(run.statistics.lost(), 0);
    }

    #[test]
    fn a_jump_of_the_timestamps_is_no_jitter() {
        let mut run = Run::new();
        [0, 1, 2].iter().for_each(|&n| assert!(run.nth(n, 0).is_new()));
        run.put(7, 65_533, 4_000_000_000, Time::from_millis(60));
        assert_eq!(run.statistics.jitter_us(), 0);
    }
}
