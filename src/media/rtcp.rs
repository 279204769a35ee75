//! Reports between the two ends of a stream (RFC 3550 section 6): how much arrived, how evenly, and
//! how long the way is.

use std::time::Duration;

use rtcp_types::{
    Bye, Compound, CompoundBuilder, Packet, ReceiverReport, RtcpPacketWriter, RtcpPacketWriterExt, Sdes,
    SdesChunk, SdesItem, SenderReport,
};
use serde::{Deserialize, Serialize};

use super::rtp::{ReceiverStatistics, ReportBlock, Sender};
use crate::entropy::Entropy;
use crate::time::{Epoch, Time};

/// Mean pause between two reports (RFC 3550 section 6.2).
const INTERVAL: Duration = Duration::from_secs(5);
/// Seconds between the beginnings of NTP's and of Unix's time.
const NTP_TO_UNIX: u64 = 2_208_988_800;

/// Why a datagram is no RTCP.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RTCP packet: {0}")]
pub struct Invalid(String);

/// What the other end says about what it receives from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// Packets lost on the way to it, since it began to count.
    pub lost: u32,
    /// Of these in its last interval, in 1/256.
    pub fraction_lost: u8,
    /// Interarrival jitter it sees, in microseconds.
    pub jitter_us: u32,
}

/// What an incoming packet brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// A report about our stream.
    pub report: bool,
    /// The other end has left.
    pub bye: bool,
}

/// The reporting of one leg: says when a report is due, writes it, reads those of the other end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rtcp {
    cname: String,
    epoch: Epoch,
    entropy: Entropy,
    due: Time,
    /// Packets that had been sent when the last report was.
    reported: u64,
    /// Middle of the NTP time in the last sender report, and when it came.
    heard: Option<(u32, Time)>,
    round_trip: Option<Duration>,
    remote: Option<Remote>,
}

impl Rtcp {
    /// Reporting under this canonical name (RFC 7022 advises a random one). `epoch` gives the
    /// wall-clock time that sender reports carry.
    pub fn new(cname: String, epoch: Epoch, mut entropy: Entropy, now: Time) -> Self {
        let due = now + pause(&mut entropy) / 2;
        Self { cname, epoch, entropy, due, reported: 0, heard: None, round_trip: None, remote: None }
    }

    /// When the next [`report`](Self::report) is due.
    pub fn poll_timeout(&self) -> Time {
        self.due
    }

    /// The report to send `now`: a sender's if packets went out since the last one, else a
    /// receiver's, and the canonical name.
    pub fn report(&mut self, sender: &Sender, statistics: &mut ReceiverStatistics, now: Time) -> Vec<u8> {
        self.due = now + pause(&mut self.entropy);
        let compound = self.compound(sender, statistics, now);
        self.reported = sender.packets();
        written(&compound)
    }

    /// A last report, and the word that we leave (RFC 3550 section 6.6).
    pub fn bye(&mut self, sender: &Sender, statistics: &mut ReceiverStatistics, now: Time) -> Vec<u8> {
        let compound = self.compound(sender, statistics, now);
        written(&compound.add_packet(Bye::builder().add_source(sender.ssrc())))
    }

    /// Takes what came on the RTCP port. `ssrc` and `clock_rate` are those of the stream we send.
    pub fn receive(
        &mut self,
        bytes: &[u8],
        ssrc: u32,
        clock_rate: u32,
        now: Time,
    ) -> Result<Received, Invalid> {
        let mut received = Received::default();
        for packet in Compound::parse(bytes).map_err(|error| Invalid(error.to_string()))? {
            match packet.map_err(|error| Invalid(error.to_string()))? {
                Packet::Sr(report) => {
                    self.heard = Some(((report.ntp_timestamp() >> 16) as u32, now));
                    received.report |= self.learn(report.report_blocks(), ssrc, clock_rate, now);
                }
                Packet::Rr(report) => {
                    received.report |= self.learn(report.report_blocks(), ssrc, clock_rate, now);
                }
                Packet::Bye(_) => received.bye = true,
                _ => {}
            }
        }
        Ok(received)
    }

    /// Time to the other end and back, as of its last report.
    pub fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// What the other end receives from us, as of its last report.
    pub fn remote(&self) -> Option<Remote> {
        self.remote
    }

    fn learn<'a>(
        &mut self,
        blocks: impl Iterator<Item = rtcp_types::ReportBlock<'a>>,
        ssrc: u32,
        clock_rate: u32,
        now: Time,
    ) -> bool {
        let Some(block) = blocks.into_iter().find(|block| block.ssrc() == ssrc) else { return false };
        let jitter = u64::from(block.interarrival_jitter()) * 1_000_000 / u64::from(clock_rate.max(1));
        self.remote = Some(Remote {
            lost: block.cumulative_lost(),
            fraction_lost: block.fraction_lost(),
            jitter_us: u32::try_from(jitter).unwrap_or(u32::MAX),
        });
        let sent = block.last_sender_report_timestamp();
        if sent != 0 {
            let held = block.delay_since_last_sender_report_timestamp();
            let back = ((self.ntp(now) >> 16) as u32).wrapping_sub(sent).wrapping_sub(held);
            // A reordered or invented report may give a time before zero or beyond reason.
            if back < 60 << 16 {
                self.round_trip = Some(Duration::from_micros((u64::from(back) * 1_000_000) >> 16));
            }
        }
        true
    }

    fn compound(
        &self,
        sender: &Sender,
        statistics: &mut ReceiverStatistics,
        now: Time,
    ) -> CompoundBuilder<'static> {
        let block = statistics.report().map(|block| self.block(block, now));
        let item = SdesItem::builder(SdesItem::CNAME, &self.cname).into_owned();
        let name = Sdes::builder().add_chunk(SdesChunk::builder(sender.ssrc()).add_item_owned(item));
        let compound = Compound::builder();
        let compound = if sender.packets() > self.reported {
            let report = SenderReport::builder(sender.ssrc())
                .ntp_timestamp(self.ntp(now))
                .rtp_timestamp(sender.timestamp_at(now))
                .packet_count(sender.packets() as u32)
                .octet_count(sender.octets() as u32);
            compound
                .add_packet(block.into_iter().fold(report, |report, block| report.add_report_block(block)))
        } else {
            let report = ReceiverReport::builder(sender.ssrc());
            compound
                .add_packet(block.into_iter().fold(report, |report, block| report.add_report_block(block)))
        };
        compound.add_packet(name)
    }

    fn block(&self, block: ReportBlock, now: Time) -> rtcp_types::ReportBlockBuilder {
        let (last, held) = match self.heard {
            None => (0, 0),
            Some((ntp, at)) => (ntp, (now.since(at).as_micros() << 16) / 1_000_000),
        };
        rtcp_types::ReportBlock::builder(block.ssrc)
            .fraction_lost(block.fraction_lost)
            .cumulative_lost(block.lost)
            .extended_sequence_number(block.extended_sequence)
            .interarrival_jitter(block.jitter)
            .last_sender_report_timestamp(last)
            .delay_since_last_sender_report_timestamp(u32::try_from(held).unwrap_or(u32::MAX))
    }

    /// NTP's form of a moment: seconds since 1900 above, their fraction below (RFC 3550 section 4).
    fn ntp(&self, now: Time) -> u64 {
        let us = u64::try_from(self.epoch.0.0).unwrap_or(0) * 1_000 + now.0;
        let seconds = us / 1_000_000 + NTP_TO_UNIX;
        let fraction = ((us % 1_000_000) << 32) / 1_000_000;
        // The seconds wrap in 2036, as everybody's do.
        (seconds << 32) | fraction
    }
}

/// The mean pause, half as long to half as long again, so that legs do not report in step.
fn pause(entropy: &mut Entropy) -> Duration {
    INTERVAL / 2 + INTERVAL.mul_f64(f64::from(entropy.u32()) / f64::from(u32::MAX))
}

fn written(compound: &CompoundBuilder<'_>) -> Vec<u8> {
    let mut bytes = vec![0; compound.calculate_size().unwrap_or(0)];
    let length = compound.write_into(&mut bytes).unwrap_or(0);
    bytes.truncate(length);
    bytes
}

#[cfg(test)]
mod tests;
