//! What the switch task does about [`Strain`]: it lets fewer new calls in, and says so.

use tracing::{info, warn};

use super::core::Core;
use super::strain::{ALL, Ticks};
use crate::media::engine::{LATENESS_BUCKETS_US, Metrics};
use crate::media::worker::TICK;
use crate::sip::endpoint::{Command, Input};

impl Core {
    /// Looks whether it goes too hard, when that is due.
    pub(super) fn watch_the_strain(&mut self) {
        let now = self.clock.now();
        if self.strain.poll_timeout().is_none_or(|at| at > now) {
            return;
        }
        let before = self.strain.share();
        let Some(permille) = self.strain.handle_timeout(ticks(&self.engine.metrics()), now) else { return };
        let shed = self.endpoint.stats().shed;
        if before == ALL {
            let waited = self.strain.waited();
            warn!(?waited, "more comes than can be served: some new calls are refused; live calls go on");
            self.shed_before = shed;
        } else if permille == ALL {
            info!(refused = shed - self.shed_before, "all new calls are let in again");
        }
        self.endpoint.handle(Input::Command(Command::Admit { permille }), now);
    }
}

/// The ticks of all media threads since the start, and those that were a frame late or left out.
fn ticks(metrics: &Metrics) -> Ticks {
    let frame = u64::try_from(TICK.as_micros()).unwrap_or(u64::MAX);
    let in_time = LATENESS_BUCKETS_US.iter().filter(|bound| **bound <= frame).count();
    let late: u64 = metrics.lateness.iter().skip(in_time).sum();
    let skipped = metrics.ticks_skipped;
    Ticks { all: metrics.ticks + skipped, late: late + skipped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_late_if_it_begins_after_the_next_one_is_due() {
        let mut metrics = Metrics { ticks: 10, ticks_skipped: 3, ..Metrics::default() };
        metrics.lateness[8] = 4;
        metrics.lateness[9] = 2;
        metrics.lateness[10] = 1;
        assert_eq!(ticks(&metrics), Ticks { all: 13, late: 6 });
    }
}
