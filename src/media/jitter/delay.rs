//! How long packets must wait so that nearly all of them are there when their turn comes.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// What is older does not count. Short enough that a burst is forgotten well within 10 s.
const WINDOW_MS: u32 = 5_000;
/// Packets that count at most: 5 s of 20 ms.
const MAX_PACKETS: usize = 256;
/// How many packets are let pass between two evaluations of the window.
const EVALUATE_EVERY: u8 = 8;
/// A packet this much (in ms) slower than the one before is on another timeline.
const SLOWER_MS: i64 = 1_000;
/// A packet this much (in ms) faster than all others is on another timeline.
const FASTER_MS: i64 = 250;
/// Least delay, in ms: a tick of the sender and a late tick of ours.
const MIN_MS: i64 = 20;
/// Greatest delay, in ms: past it, talking gets hard.
const MAX_MS: i64 = 200;
/// What is added to the lateness seen, in ms: ticks come in steps of 20.
const MARGIN_MS: i64 = 10;

/// Estimates the target delay from the transits (arrival minus timestamp) of recent packets.
///
/// Lateness is measured against the fastest packet of the window, which follows the drift of the
/// sender's clock. All values are in timestamp units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delay {
    /// Timestamp units a millisecond.
    scale: i64,
    /// Transits are kept relative to the first one.
    origin: i64,
    window: VecDeque<Passage>,
    fastest: i64,
    late: i64,
    /// Packets until the window is evaluated again.
    countdown: u8,
    /// Packets shorter than a tick are needed before their turn, by this much.
    granularity: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Passage {
    at_ms: u32,
    transit: i32,
}

impl Delay {
    /// An estimate without packets.
    pub fn new(clock_rate: u32) -> Self {
        Self {
            scale: i64::from(clock_rate / 1_000).max(1),
            origin: 0,
            window: VecDeque::new(),
            fastest: 0,
            late: 0,
            countdown: 0,
            granularity: 0,
        }
    }

    /// A packet lasting `duration` arrived at `at` (both in units) with this transit.
    pub fn put(&mut self, at: i64, transit: i64, duration: u32) {
        let last = self.window.back().map_or(transit, |passage| self.origin + i64::from(passage.transit));
        let jumped =
            transit - last > SLOWER_MS * self.scale || self.fastest - transit > FASTER_MS * self.scale;
        if jumped || self.window.is_empty() {
            self.window.clear();
            (self.origin, self.fastest, self.late) = (transit, transit, 0);
        }
        let at_ms = (at / self.scale) as u32;
        let is_old = |passage: &Passage| at_ms.wrapping_sub(passage.at_ms) > WINDOW_MS;
        while self.window.len() >= MAX_PACKETS || self.window.front().is_some_and(is_old) {
            self.window.pop_front();
        }
        let relative = i32::try_from(transit - self.origin).unwrap_or(0);
        self.window.push_back(Passage { at_ms, transit: relative });
        self.fastest = self.fastest.min(transit);
        self.granularity = (20 * self.scale - i64::from(duration)).clamp(0, 15 * self.scale);
        self.evaluate();
    }

    /// Transit of the fastest packet of late.
    pub fn fastest(&self) -> i64 {
        self.fastest
    }

    /// How long the fastest packets are to wait.
    pub fn target(&self) -> i64 {
        (self.late + MARGIN_MS * self.scale).clamp(MIN_MS * self.scale, MAX_MS * self.scale)
            + self.granularity
    }

    /// `ms` milliseconds in timestamp units.
    pub fn units(&self, ms: i64) -> i64 {
        ms * self.scale
    }

    /// The window's fastest packet and the 95th percentile of lateness against it.
    fn evaluate(&mut self) {
        // While there are few packets, each one matters.
        if self.countdown > 0 && self.window.len() > 32 {
            self.countdown -= 1;
            return;
        }
        self.countdown = EVALUATE_EVERY;
        let mut transits = [0; MAX_PACKETS];
        let count = self.window.len().min(MAX_PACKETS);
        for (slot, passage) in transits.iter_mut().zip(&self.window) {
            *slot = passage.transit;
        }
        let (_, &mut late, _) = transits[..count].select_nth_unstable(count * 95 / 100);
        let fastest = transits[..count].iter().copied().min().unwrap_or(0);
        self.fastest = self.origin + i64::from(fastest);
        self.late = i64::from(late) - i64::from(fastest);
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Feeds 20 ms packets from `first` with this lateness in ms each; returns the target in ms.
    fn feed(delay: &mut Delay, first: i64, count: i64, late: impl Fn(i64) -> i64) -> i64 {
        for n in first..first + count {
            let at = 160 * n + 8 * late(n);
            delay.put(at, at - 160 * n, 160);
        }
        delay.target() / 8
    }

    #[test]
    fn a_calm_network_gets_the_least_delay() {
        assert_eq!(feed(&mut Delay::new(8_000), 0, 100, |n| n % 3), 20);
    }

    #[test]
    fn the_delay_follows_the_late_packets_and_forgets_them() {
        let mut delay = Delay::new(8_000);
        let jittery = feed(&mut delay, 0, 300, |n| (n * 7) % 80);
        assert!((80..=90).contains(&jittery), "{jittery}");
        assert_eq!(feed(&mut delay, 300, 300, |_| 0), 20);
    }

    #[test]
    fn few_late_packets_are_left_to_concealment() {
        assert_eq!(feed(&mut Delay::new(8_000), 0, 300, |n| if n % 30 == 0 { 150 } else { 0 }), 20);
    }

    #[test]
    fn the_delay_never_grows_past_its_bound() {
        assert_eq!(feed(&mut Delay::new(8_000), 0, 300, |n| n % 2 * 800), 200);
    }

    #[test]
    fn a_slower_path_is_the_new_measure_once_the_old_one_is_forgotten() {
        let mut delay = Delay::new(8_000);
        feed(&mut delay, 0, 300, |_| 0);
        assert!(feed(&mut delay, 300, 50, |_| 100) > 100);
        assert_eq!(feed(&mut delay, 350, 300, |_| 100), 20);
        assert_eq!(delay.fastest(), 800);
    }

    #[test]
    fn packets_shorter_than_a_tick_wait_for_each_other() {
        for (ptime, target) in [(10, 30), (20, 20), (30, 20), (40, 20), (60, 20)] {
            let mut delay = Delay::new(8_000);
            (0..50).for_each(|n| delay.put(n * ptime * 8, 0, (ptime * 8) as u32));
            assert_eq!(delay.target() / 8, target, "{ptime}");
        }
    }

    /// Feeds 20 ms packets of which each is so late, as they arrive; returns when that is, in ms, and how late.
    fn arrive(delay: &mut Delay, late: &[i64]) -> Vec<(i64, i64)> {
        let mut arrivals: Vec<(i64, i64)> = (0..).zip(late).map(|(n, late)| (20 * n + late, *late)).collect();
        arrivals.sort_unstable();
        arrivals.iter().for_each(|(at, late)| delay.put(8 * at, 8 * late, 160));
        arrivals
    }

    /// The target by its definition: the lateness that 95 % of the packets of five seconds do not exceed, against
    /// the fastest of them, and a margin.
    fn defined(arrivals: &[(i64, i64)]) -> i64 {
        let newest = arrivals[arrivals.len() - 1].0;
        let young = arrivals.iter().filter(|(at, _)| newest - at <= 5_000);
        let mut late: Vec<i64> = young.map(|(_, late)| *late).collect();
        late.sort_unstable();
        (late[late.len() * 95 / 100] - late[0] + 10).clamp(20, 200)
    }

    proptest! {
        #[test]
        fn the_target_is_the_95th_percentile_of_the_lateness_of_five_seconds_and_a_margin(
            before in vec(0_i64..400, 0..300),
            late in vec(prop_oneof![4 => 0_i64..40, 1 => 0_i64..190], 300..500),
        ) {
            let late: Vec<i64> = before.into_iter().chain(late).collect();
            let mut delay = Delay::new(8_000);
            let arrivals = arrive(&mut delay, &late);
            // The window is evaluated with every ninth packet.
            let ago = 0..=usize::from(EVALUATE_EVERY);
            let mut defined = ago.map(|ago| defined(&arrivals[..arrivals.len() - ago]));
            let target = delay.target() / 8;
            prop_assert!(defined.any(|defined| defined == target), "{target} ms");
        }

        #[test]
        fn whatever_a_burst_was_like_it_is_forgotten_within_ten_seconds(
            calm in vec(0_i64..50, 50), burst in vec(0_i64..900, 1..300),
        ) {
            let calm = |seconds: usize| calm.iter().cycle().take(seconds * 50).copied();
            let mut delay = Delay::new(8_000);
            arrive(&mut delay, &calm(10).collect::<Vec<_>>());
            let before = delay.target() / 8;
            let mut delay = Delay::new(8_000);
            arrive(&mut delay, &calm(10).chain(burst).chain(calm(10)).collect::<Vec<_>>());
            let after = delay.target() / 8;
            prop_assert!((after - before).abs() <= 5, "{before} ms before, {after} ms after");
        }
    }
}
