//! What a leg says, for the recording of its room, whichever way it reaches those who hear it.

use serde::{Deserialize, Serialize};

use super::{Incoming, Sound};
use crate::media::RATE;
use crate::media::playout::{self, Playout};
use crate::media::resample::Converter;
use crate::media::rtp::RtpPacket;
use crate::time::Time;

/// The sound of a leg on its way into the recording of its room. It goes from the codec's rate to [`RATE`] without
/// regard to the rate at which the room mixes, so that a change of that is not heard in the recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tap {
    source: Source,
    down: Converter,
}

/// Where the sound of a recorded leg is taken from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Source {
    /// It is not recorded.
    #[default]
    Off,
    /// What is mixed is recorded too.
    Shared,
    /// Packets are passed on as they come, or were a moment ago: the recording has a jitter buffer of its own. It
    /// begins as a copy of the one that is left, so that a change of path is not heard in the recording.
    Own(Box<Playout>),
}

impl Incoming {
    /// Whether what is said from now on is recorded.
    pub fn set_recorded(&mut self, recorded: bool) {
        match (recorded, &self.tap.source) {
            (false, Source::Off) | (true, Source::Shared | Source::Own(_)) => {}
            (false, _) => self.tap = Tap::default(),
            (true, Source::Off) => self.tap.source = Source::Own(Box::new(self.playout.clone())),
        }
    }

    /// What is recorded of this tick at [`RATE`], if anything is said. `mixed` was taken in it, at
    /// [`rate`](Self::rate), unless packets are `forwarded`.
    pub fn recorded(&mut self, mixed: Option<&[i16]>, forwarded: bool, now: Time) -> Option<Vec<i16>> {
        let (frame, rate) = match &mut self.tap.source {
            Source::Off => return None,
            Source::Shared => (mixed.map(<[i16]>::to_vec), self.playout.rate()),
            Source::Own(own) => {
                let rate = own.rate();
                let mut frame = vec![0; rate as usize / 50];
                let heard = own.fill(now, &mut frame);
                // Where both have come to the same place, what follows is the same.
                let same = own.codec() == self.playout.codec() && own.place() == self.playout.place();
                if !forwarded && same {
                    self.tap.source = Source::Shared;
                }
                ((heard == playout::Heard::Sound).then_some(frame), rate)
            }
        };
        if frame.is_none() {
            self.tap.down.restart();
        }
        frame.map(|frame| self.tap.down.convert(frame, rate, RATE))
    }

    /// What waits to be mixed is passed on now, and is still to be recorded.
    pub(super) fn tap_before_forwarding(&mut self) {
        if matches!(self.tap.source, Source::Shared) {
            self.tap.source = Source::Own(Box::new(self.playout.clone()));
        }
    }

    /// Sound came.
    pub(super) fn tap_sound(&mut self, sound: &Sound<'_>, now: Time) {
        if let Source::Own(own) = &mut self.tap.source {
            own.configure(sound.codec);
            own.put(&sound.packet, now);
        }
    }

    /// A packet came that is no sound.
    pub(super) fn tap_other(&mut self, packet: &RtpPacket<'_>) {
        if let Source::Own(own) = &mut self.tap.source {
            own.put_other(packet);
        }
    }
}
