//! How hard it goes, and which share of new calls that leaves room for.
//!
//! Neither the load of the processor nor the number of calls tells: what tells is work that waits. There are two
//! signs. *The queue of the switch task stands*: through a whole interval there was never less waiting than it takes
//! longer to serve than callers should wait (Little's law; a burst that is worked off is no such queue). *The clocks
//! of the media threads run late*: for a whole second half of their ticks begin later than a whole frame; a machine that
//! stood still for a moment makes up for it sooner. Then fewer new calls are let
//! in, the fewer the worse it is, and a little more with each interval without a sign. Live calls are never touched.

use std::time::Duration;

use crate::time::Time;

/// How often it is looked at: long enough for a burst to be worked off, and far below the half second after which
/// phones repeat themselves (RFC 3261 section 17.1.1.1).
const INTERVAL: Duration = Duration::from_millis(100);
/// Waiting that nobody notices.
const BEARABLE: Duration = Duration::from_millis(50);
/// Messages in an interval below which a long wait is a hiccup of the machine, not a queue.
const FEW: u64 = 10;
/// Ticks that are looked at together: those of half a second of two threads.
const TICKS: u64 = 50;
/// All new calls are let in.
pub const ALL: u16 = 1_000;
/// Of a thousand so many at least: they show when it is over.
const LEAST: u16 = 20;
/// And so many more after an interval without a sign: from the least to all in less than three seconds.
const MORE: u16 = 40;

/// The signs of the present interval, and what follows from those before.
#[derive(Clone, Debug, PartialEq)]
pub struct Strain {
    share: u16,
    /// When the interval ends.
    ends: Time,
    handled: u64,
    /// The shortest queue that was seen in the interval.
    least_waiting: Option<usize>,
    waited: Duration,
    ticks: Ticks,
    /// The look before this one found the clocks late, too.
    was_late: bool,
}

/// Ticks of the media threads, as they were counted last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticks {
    /// All that were due.
    pub all: u64,
    /// Those that began later than a frame, or were left out.
    pub late: u64,
}

impl Default for Strain {
    fn default() -> Self {
        Self {
            share: ALL,
            ends: Time::ZERO,
            handled: 0,
            least_waiting: None,
            waited: Duration::ZERO,
            ticks: Ticks::default(),
            was_late: false,
        }
    }
}

impl Strain {
    /// So many messages were handled, and so many wait now.
    pub fn handled(&mut self, messages: u64, waiting: usize, now: Time) {
        // After a pause the interval begins with the first message: what came with it has yet to be worked off.
        if self.handled == 0 && self.ends < now {
            self.ends = now + INTERVAL;
        }
        self.handled += messages;
        self.least_waiting = Some(self.least_waiting.map_or(waiting, |least| least.min(waiting)));
    }

    /// Of a thousand new calls so many are let in.
    pub fn share(&self) -> u16 {
        self.share
    }

    /// How long messages waited in the last interval, at the least.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// When [`handle_timeout`](Self::handle_timeout) is wanted; never while nothing comes and nothing is refused.
    pub fn poll_timeout(&self) -> Option<Time> {
        (self.handled > 0 || self.share < ALL).then_some(self.ends)
    }

    /// The interval is over; the media threads have counted so many ticks since the start. Gives the share if it is
    /// another one now.
    pub fn handle_timeout(&mut self, ticks: Ticks, now: Time) -> Option<u16> {
        if now < self.ends {
            return None;
        }
        let lasted = now.since(self.ends) + INTERVAL;
        self.waited = match self.handled {
            few if few < FEW => Duration::ZERO,
            handled => {
                let waiting = u32::try_from(self.least_waiting.unwrap_or(0)).unwrap_or(u32::MAX);
                (lasted * waiting).div_f64(handled as f64)
            }
        };
        (self.handled, self.least_waiting, self.ends) = (0, None, now + INTERVAL);
        let clocks_run_late = self.clocks_run_late(ticks);
        let before = self.share;
        self.share = match clocks_run_late {
            _ if self.waited > BEARABLE => reduced(before, self.waited),
            true => reduced(before, BEARABLE),
            false => before.saturating_add(MORE).min(ALL),
        };
        (self.share != before).then_some(self.share)
    }

    /// Whether half of the ticks since the last look were late, and of those before it too; they are looked at once there
    /// are enough.
    fn clocks_run_late(&mut self, now: Ticks) -> bool {
        let (all, late) = (now.all - self.ticks.all.min(now.all), now.late - self.ticks.late.min(now.late));
        if all < TICKS {
            return false;
        }
        self.ticks = now;
        let is_late = late * 2 >= all;
        std::mem::replace(&mut self.was_late, is_late) && is_late
    }
}

/// The share when this much waits: the worse, the less, but never less than half of what it was.
fn reduced(share: u16, waited: Duration) -> u16 {
    let factor = (BEARABLE.as_secs_f64() / waited.as_secs_f64()).clamp(0.5, 0.8);
    ((f64::from(share) * factor) as u16).max(LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A task that handles so many messages a second, of which each admitted call brings three, and a refused one
    /// costs a fifth of one.
    struct Server {
        strain: Strain,
        now: Time,
        waiting: f64,
        capacity: f64,
        admitted: f64,
        longest_wait: f64,
    }

    impl Server {
        fn new(capacity: f64) -> Self {
            let strain = Strain::default();
            Self { strain, now: Time::from_secs(1), waiting: 0.0, capacity, admitted: 0.0, longest_wait: 0.0 }
        }

        /// Takes so many new calls a second for so long, in steps of 10 ms.
        fn run(&mut self, calls: f64, seconds: f64) {
            for _ in 0..(seconds * 100.0) as u64 {
                let share = f64::from(self.strain.share()) / f64::from(ALL);
                let (come, admitted) = (calls / 100.0, calls / 100.0 * share);
                self.admitted += admitted;
                self.waiting += 3.0 * admitted + 0.2 * (come - admitted);
                let done = self.waiting.min(self.capacity / 100.0);
                self.waiting -= done;
                self.longest_wait = self.longest_wait.max(self.waiting / self.capacity);
                if done > 0.0 {
                    self.strain.handled(done.ceil() as u64, self.waiting as usize, self.now);
                }
                self.now += Duration::from_millis(10);
                if self.strain.poll_timeout().is_some_and(|at| at <= self.now) {
                    self.strain.handle_timeout(Ticks::default(), self.now);
                }
            }
        }

        fn admitted_in(&mut self, calls: f64, seconds: f64) -> f64 {
            let before = self.admitted;
            self.run(calls, seconds);
            self.admitted - before
        }
    }

    #[test]
    fn below_what_it_can_take_nothing_is_refused() {
        let mut server = Server::new(3_000.0);
        for calls in [100.0, 500.0, 900.0, 50.0] {
            assert_eq!(server.admitted_in(calls, 5.0).round(), calls * 5.0);
        }
        assert_eq!(server.strain.share(), ALL);
    }

    /// Three times what it can take: it goes on taking most of what it can, nobody waits long, and when it is over it is
    /// over within five seconds.
    #[test]
    fn at_three_times_what_it_can_take_it_takes_most_of_it_and_recovers() {
        let mut server = Server::new(3_000.0);
        server.run(900.0, 5.0);
        server.run(3_000.0, 5.0);
        server.longest_wait = 0.0;
        let admitted = server.admitted_in(3_000.0, 20.0);
        assert!(admitted > 0.6 * 1_000.0 * 20.0, "{admitted}");
        assert!(server.longest_wait < 0.5, "{}", server.longest_wait);
        server.run(500.0, 5.0);
        assert_eq!(server.strain.share(), ALL);
        assert_eq!(server.admitted_in(500.0, 5.0).round(), 2_500.0);
    }

    #[test]
    fn a_burst_that_is_worked_off_refuses_nobody() {
        let mut server = Server::new(3_000.0);
        for _ in 0..20 {
            server.waiting += 250.0;
            server.run(10.0, 0.5);
            assert_eq!(server.strain.share(), ALL);
        }
    }

    #[test]
    fn one_message_that_waited_is_no_queue() {
        let mut strain = Strain::default();
        for second in 1..10 {
            let now = Time::from_secs(second);
            strain.handled(3, 1, now);
            assert_eq!(strain.handle_timeout(Ticks::default(), now + INTERVAL), None);
            assert_eq!((strain.waited(), strain.share()), (Duration::ZERO, ALL));
        }
    }

    #[test]
    fn late_clocks_refuse_new_calls_until_they_are_in_time_again() {
        let (mut strain, mut ticks, mut now) = (Strain::default(), Ticks::default(), Time::from_secs(1));
        let mut pass = |strain: &mut Strain, late: u64| {
            strain.handled(1, 0, now);
            (ticks.all, ticks.late, now) = (ticks.all + 50, ticks.late + late, now + INTERVAL);
            strain.handle_timeout(ticks, now)
        };
        assert_eq!(pass(&mut strain, 20), None);
        assert_eq!(
            [pass(&mut strain, 50), pass(&mut strain, 20)],
            [None, None],
            "the machine stood still once"
        );
        assert_eq!([25, 50, 50].map(|late| pass(&mut strain, late)), [None, Some(800), Some(640)]);
        let back = (0..50).take_while(|_| pass(&mut strain, 0).is_some()).count();
        assert_eq!((back, strain.share()), (9, ALL));
    }

    #[test]
    fn while_nothing_comes_it_sleeps() {
        let mut strain = Strain::default();
        assert_eq!(strain.poll_timeout(), None);
        strain.handled(1, 0, Time::from_secs(1));
        assert!(strain.poll_timeout().is_some());
        strain.handle_timeout(Ticks::default(), Time::from_secs(2));
        assert_eq!(strain.poll_timeout(), None);
    }
}
