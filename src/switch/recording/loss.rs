//! Those who serve a client hear that sound of the recording is lost, so that they can ask for what matters once more, or
//! write it down. The client does not hear it, and it is not recorded.

use crate::id::{LegId, SessionId};
use crate::media::{self, Sound};
use crate::switch::Switch;

/// The playback of the tones.
const TONES: u64 = u64::MAX - 4;
/// What they are like: short, higher than speech as a rule, and no louder than it.
const HZ: f32 = 1_400.0;
const DBM0: f32 = -20.0;
const MS: u32 = 120;
const TIMES: usize = 3;

impl Switch {
    /// Lets the operators of a session hear that sound of its recording is lost.
    pub(super) fn tell_of_loss(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get(&id).filter(|session| session.talk().is_some()) else { return };
        let serve = session.company().filter(|leg| session.operator_at(*leg).is_some());
        let serve: Vec<LegId> = serve.collect();
        let tone = [Sound::Tone { hz: HZ, dbm0: DBM0, ms: Some(MS) }, Sound::Silence { ms: MS }];
        for leg in serve {
            let sounds = std::iter::repeat_n(tone.clone(), TIMES).flatten().collect();
            self.tell_media(media::Command::Announce { leg, playback: TONES, sounds });
        }
    }
}

/// Whether a playback is that of the tones, of whose end nobody needs to know.
pub(super) fn is_of_loss(playback: u64) -> bool {
    playback == TONES
}
