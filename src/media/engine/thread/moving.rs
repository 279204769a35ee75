//! Legs that move between the workers when their rooms do.

use super::super::slots::Ground;
use super::{Letter, Running, time_of};
use crate::id::RoomId;
use crate::media::worker::Leg;
use crate::time::Time;

impl Running {
    /// Sends away the legs that move to other workers, after the tick that gave them their frame.
    pub(super) fn depart(&mut self) {
        let now = self.thread.now();
        for (id, room, to) in std::mem::take(&mut self.departures) {
            let leg = self.thread.worker.release(id, now);
            let ground = self.slots.remove(id, &self.thread.poll);
            // What comes from now on waits there.
            ground.iter().filter_map(|ground| ground.web.as_ref()).for_each(|place| place.settle(to));
            let Some(mailbox) = self.thread.mailboxes.get(to) else { continue };
            // A leg is in one place only, so these are bounded by the legs.
            mailbox.post_always(match (leg, ground) {
                (Some(leg), Some(ground)) => Letter::Arrive { leg: Box::new(leg), room, ground },
                _ => Letter::Lost(id),
            });
        }
        self.carry_out();
    }

    /// Takes in a leg of another worker and what has waited for it.
    pub(super) fn arrive(&mut self, leg: Leg, room: RoomId, ground: Ground, now: Time) {
        let id = leg.id();
        match self.slots.insert(id, ground, &self.thread.poll) {
            Ok(()) => self.thread.worker.adopt(leg, room, time_of(self.ticks), now),
            Err((error, _)) => {
                tracing::error!(%error, leg = %id, "a media thread cannot watch the sockets of a leg");
                self.thread.worker.reject(leg, &error.to_string(), now);
            }
        }
        for letter in self.expected.remove(&id).unwrap_or_default() {
            self.handle(letter);
        }
    }
}
