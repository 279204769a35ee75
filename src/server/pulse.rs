//! What the switch task does because time has passed.

use std::time::Duration;

use tracing::warn;

use super::core::{Core, State};
use crate::switch::Event;
use crate::time::Time;

/// How often the calendar is looked at, and whether all is as it must be.
const LOOK_EVERY: Duration = Duration::from_secs(1);

impl Core {
    pub(super) fn next_timeout(&self) -> Time {
        let machines = self.endpoint.poll_timeout().into_iter().chain(self.switch.poll_timeout());
        let machines = machines.chain(self.webchat.poll_timeout());
        let others = self.strain.poll_timeout().into_iter().chain(self.tracer.poll_timeout());
        machines.chain(others).chain(self.held.poll_timeout()).fold(self.look, Time::min)
    }

    pub(super) fn let_time_pass(&mut self) {
        let now = self.clock.now();
        if self.look <= now {
            self.look = now + LOOK_EVERY;
            self.invariants.want_a_look();
            if let Some(epoch) = self.clock.adjust() {
                self.counters.clock_set += 1;
                self.switch.handle(Event::Calendar(epoch), now);
            }
            let changed = std::mem::take(&mut self.changed);
            self.remember(changed);
            self.chats.forget(now);
            self.tell_clients(true);
        }
        if self.endpoint.poll_timeout().is_some_and(|at| at <= now) {
            self.guarded(None, |core| core.endpoint.handle_timeout(now));
        }
        if self.webchat.poll_timeout().is_some_and(|at| at <= now) {
            self.guarded(None, |core| core.webchat.handle_timeout(now));
        }
        if self.switch.poll_timeout().is_some_and(|at| at <= now) {
            self.guarded(None, |core| core.switch.handle_timeout(now));
        }
    }

    pub(super) fn watch_the_store(&mut self) {
        if matches!(self.state, State::Running) && self.journal.is_behind() != self.switch.is_refusing() {
            let behind = self.journal.is_behind();
            warn!(behind, "the store is too far behind for new sessions");
            self.switch.handle(Event::Refuse(behind), self.clock.now());
        }
    }
}
