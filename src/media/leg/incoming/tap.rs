//! What a leg says, for the recording of its room, whichever way it reaches those who hear it.

use serde::{Deserialize, Serialize};

use super::{Incoming, Sound};
use crate::media::mixer::{Frame, SILENCE};
use crate::media::playout::{self, Playout};
use crate::media::rtp::RtpPacket;
use crate::time::Time;

/// Where the sound of a recorded leg is taken from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Tap {
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
        match (recorded, &self.tap) {
            (false, Tap::Off) | (true, Tap::Shared | Tap::Own(_)) => {}
            (false, _) => self.tap = Tap::Off,
            (true, Tap::Off) => self.tap = Tap::Own(Box::new(self.playout.clone())),
        }
    }

    /// What is recorded of this tick, if anything is said. `mixed` was taken in it, unless packets are `forwarded`.
    pub fn recorded(&mut self, mixed: Option<&Frame>, forwarded: bool, now: Time) -> Option<Frame> {
        let own = match &mut self.tap {
            Tap::Off => return None,
            Tap::Shared => return mixed.copied(),
            Tap::Own(own) => own,
        };
        let mut frame = SILENCE;
        let heard = own.fill(now, &mut frame);
        // Where both have come to the same place, what follows is the same.
        if !forwarded && own.place() == self.playout.place() {
            self.tap = Tap::Shared;
        }
        (heard == playout::Heard::Sound).then_some(frame)
    }

    /// What waits to be mixed is passed on now, and is still to be recorded.
    pub(super) fn tap_before_forwarding(&mut self) {
        if matches!(self.tap, Tap::Shared) {
            self.tap = Tap::Own(Box::new(self.playout.clone()));
        }
    }

    /// Sound came.
    pub(super) fn tap_sound(&mut self, sound: &Sound<'_>, now: Time) {
        if let Tap::Own(own) = &mut self.tap {
            own.configure(sound.codec);
            own.put(&sound.packet, now);
        }
    }

    /// A packet came that is no sound.
    pub(super) fn tap_other(&mut self, packet: &RtpPacket<'_>) {
        if let Tap::Own(own) = &mut self.tap {
            own.put_other(packet);
        }
    }
}
