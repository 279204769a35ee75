//! What the switch and the lines ask of the media engine.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{LegId, RoomId};
use crate::sdp::Agreed;

/// A kind of IP address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Family {
    /// IPv4.
    #[default]
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// The kind of this address.
    pub fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

/// By which of our ports a leg is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Ways {
    /// By a pair of its own, as telephones are.
    #[default]
    Ports,
    /// By the port that its worker has for all browsers: ICE tells them apart.
    Web,
    /// By either, until it is configured: telephones and browsers ring.
    Both,
}

impl Ways {
    /// Whether it has a pair of its own.
    pub const fn has_ports(self) -> bool {
        !matches!(self, Self::Web)
    }

    /// Whether a browser may be at its other end.
    pub const fn has_web(self) -> bool {
        !matches!(self, Self::Ports)
    }
}

/// One order to the engine. Orders about one leg or one room take effect in the order they
/// were sent, always between two audio frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Begins a leg in `room` (which begins with its first leg), at our address of this family: binds an even RTP port
    /// and the RTCP port above it, or gives it a place at the port for browsers. Answered by [`Event::Opened`](super::Event::Opened) or
    /// [`Event::OpenFailed`](super::Event::OpenFailed).
    Open { leg: LegId, room: RoomId, family: Family, ways: Ways },
    /// What the leg's offer and answer agreed on. May come again at any time (re-INVITE). A
    /// changed remote address re-arms the latch on the source of packets.
    Configure { leg: LegId, agreed: Agreed },
    /// Ends the leg, whatever it plays, says or records; its ports go back to the range.
    /// Answered by [`Event::Closed`](super::Event::Closed).
    Close { leg: LegId },
    /// Takes the leg into another room with its port, stream, player and recording.
    Move { leg: LegId, room: RoomId },
    /// The room's whole hearing table, which replaces the one before in one step. A row that names
    /// a leg outside the room sleeps until the leg is in the room.
    Hear { room: RoomId, rows: BTreeSet<Row> },
    /// Lets the leg alone hear `sounds`, one after the other, mixed with what its rows say.
    /// Replaces what it played before (whose end is not reported). With `repeat` the list starts
    /// again seamlessly until it is replaced or stopped; otherwise its end is reported by
    /// [`Event::PlayEnded`](super::Event::PlayEnded).
    Play { leg: LegId, playback: u64, sounds: Vec<Sound>, repeat: bool },
    /// Lets the leg hear `sounds` once, over what it plays, which waits meanwhile and goes on where it stopped.
    /// Replaces an announcement under way. Its end is reported by
    /// [`Event::PlayEnded`](super::Event::PlayEnded); a `Play` or `StopPlay` ends it without.
    Announce { leg: LegId, playback: u64, sounds: Vec<Sound> },
    /// Lets the leg alone hear `sounds` again and again, from where they stand now if they had been played since the
    /// engine's clock began: all who hear the same sounds hear the same place of them, and a leg that hears them
    /// again finds them gone on. Replaces what it played before, and is replaced and stopped as a `Play` is; an
    /// announcement is heard over it, and it goes on meanwhile. Sounds without end begin at their beginning.
    Music { leg: LegId, playback: u64, sounds: Vec<Sound> },
    /// Ends what the leg plays, without an event.
    StopPlay { leg: LegId },
    /// Records what the leg says into a mono WAV file of 8 kHz and 16 bits at `path`, until one of
    /// the `limits` is reached, or the leg or the recording ends. Replaces a running recording of
    /// the leg. Ends with [`Event::Recorded`](super::Event::Recorded).
    Record { leg: LegId, recording: u64, path: PathBuf, limits: RecordLimits },
    /// Ends the leg's recording; the file is complete when its event comes.
    StopRecord { leg: LegId },
    /// Records the room, from the next frame until [`StopRecordRoom`](Self::StopRecordRoom) or until its last leg
    /// leaves it: one recording without a gap, as long as the time it took, whoever comes and goes meanwhile. Its files
    /// are called `stem` with an ending: `.wav` for stereo (the client left, the company right), or `-1.wav`, `-2.wav`
    /// and so on with `per_party`, a mono file a leg in the order in which they are first recorded, all with the same
    /// beginning and length; 16 bits, 8 kHz. `.json` says who was there and spoke when
    /// ([`Document`](super::recording::metadata::Document)). Nobody is recorded before
    /// [`RecordSides`](Self::RecordSides) says who. Replaces a running recording of the room; a room that is not there
    /// is not recorded. Ends with [`Event::RoomRecorded`](super::Event::RoomRecorded).
    RecordRoom { room: RoomId, recording: u64, stem: PathBuf, per_party: bool },
    /// Says who is recorded on which side from the next frame on; whoever is not named is silent in the recording. A
    /// leg that is named before it comes is recorded when it does. `mark` says, in the JSON document, why somebody is
    /// left out, until the next of these. Ignored without a recording.
    RecordSides { room: RoomId, sides: BTreeMap<LegId, Side>, mark: Option<Mark> },
    /// Ends the recording of the room; its files are complete when its event comes.
    StopRecordRoom { room: RoomId },
    /// Sends telephone-events (RFC 4733), one after the other, 100 ms each with a pause of 100 ms.
    /// Characters that are not keys (0-9, `*`, `#`, A-D) are skipped. A leg whose peer agreed to
    /// no telephone-events ignores it.
    SendDigits { leg: LegId, digits: String },
}

/// When a recording ends by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordLimits {
    /// Greatest length.
    pub max: Duration,
    /// Keys that end it.
    pub stop_digits: String,
    /// Silence that ends it, from its beginning or after the last word; none does if it is missing.
    pub silence: Option<Duration>,
}

impl Command {
    /// The leg that it is about, if it is about one.
    pub fn leg(&self) -> Option<LegId> {
        match self {
            Self::Hear { .. }
            | Self::RecordRoom { .. }
            | Self::RecordSides { .. }
            | Self::StopRecordRoom { .. } => None,
            Self::Open { leg, .. }
            | Self::Configure { leg, .. }
            | Self::Close { leg }
            | Self::Move { leg, .. }
            | Self::Play { leg, .. }
            | Self::Announce { leg, .. }
            | Self::Music { leg, .. }
            | Self::StopPlay { leg }
            | Self::Record { leg, .. }
            | Self::StopRecord { leg }
            | Self::SendDigits { leg, .. } => Some(*leg),
        }
    }

    /// A leg of those whose sound it changes.
    pub fn touches(&self) -> Option<LegId> {
        match self {
            Self::Hear { rows, .. } => rows.first().map(|row| row.to),
            Self::RecordSides { sides, .. } => sides.keys().next().copied(),
            _ => self.leg(),
        }
    }
}

/// On which side of a recording somebody is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Who called, or was called.
    Client,
    /// Those who serve the client.
    Company,
}

/// Why somebody is not recorded for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The company's side talks without the client.
    Private,
    /// Somebody paused the recording, for card data perhaps.
    Paused,
}

/// `to` hears what `from` says. With `from == to` the leg hears itself (the echo test).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Row {
    /// Who speaks.
    pub from: LegId,
    /// Who hears it.
    pub to: LegId,
}

/// Something a player can let a leg hear.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sound {
    /// A WAV file: an absolute path, or a name relative to the media directory (with or without `.wav`).
    File(Arc<str>),
    /// A text, spoken by `espeak-ng` in this language.
    Speech { language: Arc<str>, text: Arc<str> },
    /// A sine of `hz` at `dbm0` (0 dBm0 is 3.17 dB below full scale), for `ms` milliseconds or without end.
    Tone { hz: f32, dbm0: f32, ms: Option<u32> },
    /// The Czech and ETSI ringing tone: 425 Hz, 1 s on, 4 s off, without end.
    Ringback,
    /// The busy tone: 425 Hz, 330 ms on, 330 ms off, without end.
    Busy,
    /// Nothing, for `ms` milliseconds.
    Silence { ms: u32 },
}
