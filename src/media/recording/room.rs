//! The recording of a room, on its way to the thread that may touch files.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::metadata::Metadata;
use crate::id::RoomId;
use crate::time::UnixMs;

/// Which recording of which room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RoomKey {
    /// The room.
    pub room: RoomId,
    /// The number that the recording was begun with.
    pub recording: u64,
}

/// Which files a recording has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    /// One with the client on the left and the company on the right.
    Stereo,
    /// A mono one a leg, all with the same beginning.
    PerParty,
}

impl Layout {
    /// By whether each party is to have a file.
    pub fn of(per_party: bool) -> Self {
        if per_party { Self::PerParty } else { Self::Stereo }
    }
}

/// Sound of one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// 0 is the stereo file, legs' own are counted from 1.
    pub number: u16,
    /// Samples, left and right in turn if it is the stereo file.
    pub samples: Vec<i16>,
}

/// One step of writing the recording of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RoomStep {
    /// Begin, at `began` by the calendar, the files whose paths start with `stem`.
    Begin { key: RoomKey, stem: PathBuf, layout: Layout, began: UnixMs },
    /// All sound of `length` samples a channel that begin `offset` samples after the recording did. Where a track is
    /// missing or shorter, it is silent.
    Sound { key: RoomKey, offset: u64, length: u64, tracks: Vec<Track> },
    /// Complete the files, which are `length` samples long, and report them.
    End { key: RoomKey, length: u64, metadata: Box<Metadata> },
}

impl RoomStep {
    /// Which recording it belongs to.
    pub fn key(&self) -> RoomKey {
        match self {
            Self::Begin { key, .. } | Self::Sound { key, .. } | Self::End { key, .. } => *key,
        }
    }
}
