//! What the media engine reports.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Sound;
use crate::id::{LegId, RoomId};
use crate::sdp::Codec;

/// One report of the engine. Events about one leg come in the order they happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The leg has its ports: RTP at `rtp_port`, RTCP at the next (0 if it has none of its own); a browser reaches it
    /// at `web_port`.
    Opened { leg: LegId, rtp_port: u16, web_port: Option<u16> },
    /// The leg could not begin (no free port, no room for it); nothing of it is left.
    OpenFailed { leg: LegId, reason: String },
    /// The first valid packet came and the leg now sends to and hears only `remote`.
    Latched { leg: LegId, remote: SocketAddr },
    /// A key was pressed (0-9, `*`, `#`, A-D), reported once per key when it is released.
    Digit { leg: LegId, digit: char, ms: u32 },
    /// A playback that does not repeat has been heard to its end.
    PlayEnded { leg: LegId, playback: u64 },
    /// A sound could not be had, so nothing (more) of this playback is heard.
    PlayFailed { leg: LegId, playback: u64, sound: Sound, reason: String },
    /// A recording is over and its file complete (or failed, as `reason` says). Of its `ms`, those
    /// from the first word to the last are `spoken_ms`.
    Recorded { leg: LegId, recording: u64, path: PathBuf, ms: u32, spoken_ms: u32, reason: RecordEnd },
    /// The recording of a room is over and its files complete: those with sound, and the document beside them. Of its
    /// `ms`, `incomplete_ms` are silence because their sound was lost. If files could not be written (to their end),
    /// `error` says why; then there may be fewer.
    RoomRecorded {
        room: RoomId,
        recording: u64,
        files: Vec<PathBuf>,
        json: PathBuf,
        ms: u64,
        incomplete_ms: u64,
        error: Option<String>,
    },
    /// Sound of a recording was lost for the first time: the disk does not keep up, or cannot be written. What can be
    /// had of the rest is recorded.
    RecordingIncomplete { room: RoomId, recording: u64, reason: String },
    /// Neither RTP nor RTCP came for the silence limit although the leg should receive. Reported
    /// once until something comes again.
    Silent { leg: LegId },
    /// Whether sound comes from the leg, and can be sent to it; told whenever that changes.
    Standing { leg: LegId, standing: Standing },
    /// How the leg's streams fare, every five seconds while it is configured.
    Quality { leg: LegId, quality: Quality },
    /// The engine itself had to end the leg (a fault of its own). [`Event::Closed`] follows.
    Failed { leg: LegId, reason: String },
    /// The leg is gone; its last event.
    Closed { leg: LegId, quality: Quality },
}

impl Event {
    /// The leg that the event is about, if it is about one.
    pub fn leg(&self) -> Option<LegId> {
        match *self {
            Event::RoomRecorded { .. } | Event::RecordingIncomplete { .. } => None,
            Event::Opened { leg, .. }
            | Event::OpenFailed { leg, .. }
            | Event::Latched { leg, .. }
            | Event::Digit { leg, .. }
            | Event::PlayEnded { leg, .. }
            | Event::PlayFailed { leg, .. }
            | Event::Recorded { leg, .. }
            | Event::Silent { leg }
            | Event::Standing { leg, .. }
            | Event::Quality { leg, .. }
            | Event::Failed { leg, .. }
            | Event::Closed { leg, .. } => Some(leg),
        }
    }
}

/// What of a leg's sound is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Its description says that it sends.
    pub speaks: bool,
    /// Its description says that it takes what we send.
    pub listens: bool,
    /// Packets of sound came within the last second.
    pub comes: bool,
    /// It is known where to send to, and by which keys.
    pub reached: bool,
}

/// Why a recording ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordEnd {
    /// It was told to stop, or was replaced by another one.
    Stop,
    /// It reached its greatest length.
    Max,
    /// Nothing was said for the length of silence that ends it.
    Silence,
    /// The leg pressed this key out of `stop_digits`.
    Digit(char),
    /// The leg closed.
    Closed,
    /// The file could not be written; what and why.
    Failed(String),
}

/// How a leg's streams fared since it opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// The codec agreed last.
    pub codec: Option<Codec>,
    /// RTP packets that came from the latched source.
    pub packets_received: u64,
    /// RTP packets that should have come but did not (RFC 3550 section 6.4.1).
    pub packets_lost: u64,
    /// RTP packets that came from elsewhere or were malformed, and were dropped.
    pub packets_refused: u64,
    /// RTP packets that came too late to be heard.
    pub packets_late: u64,
    /// RTP packets sent.
    pub packets_sent: u64,
    /// Interarrival jitter of what we receive, in microseconds (RFC 3550 section 6.4.1).
    pub jitter_us: u32,
    /// Round trip in microseconds, from the peer's last report block (RFC 3550 section 6.4.1).
    pub round_trip_us: Option<u32>,
    /// Packets that the peer says it lost of ours.
    pub remote_lost: Option<u32>,
    /// Interarrival jitter that the peer says it sees of ours, in microseconds.
    pub remote_jitter_us: Option<u32>,
}
