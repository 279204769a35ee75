//! What the engine counts, as plain numbers that another room can export.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::media::worker::Worker;

/// Upper bounds of the buckets of [`Metrics::lateness`], in microseconds.
pub const LATENESS_BUCKETS_US: [u64; 10] = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 50_000];

/// A snapshot of the engine's counters since it started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Ticks of the 20 ms clock by how late they began: one count a bucket of
    /// [`LATENESS_BUCKETS_US`] (each tick is in one bucket only), then those later than all.
    pub lateness: [u64; LATENESS_BUCKETS_US.len() + 1],
    /// Sum of all lateness, in microseconds.
    pub lateness_sum_us: u64,
    /// Ticks done, by all workers.
    pub ticks: u64,
    /// Ticks left out because a worker was more than a tenth of a second late.
    pub ticks_skipped: u64,
    /// Work of ticks, without packets that came between them, in microseconds.
    pub tick_work_us: u64,
    /// RTP and RTCP packets that came.
    pub packets_in: u64,
    /// RTP and RTCP packets sent.
    pub packets_out: u64,
    /// RTP packets out of `packets_out` that were forwarded as they came.
    pub packets_forwarded: u64,
    /// Packets refused: malformed, of no agreed kind, or from a source that is not the leg's.
    pub packets_refused: u64,
    /// RTP packets that should have come but did not, of legs that have closed.
    pub packets_lost: u64,
    /// RTP packets that came too late to be heard, of legs that have closed.
    pub packets_late: u64,
    /// Packets that the kernel did not take.
    pub send_failures: u64,
    /// Commands refused because a worker's queue was full.
    pub commands_refused: u64,
    /// Events thrown away because the switch did not take them.
    pub events_lost: u64,
    /// Recorded samples thrown away because the writer's queue was full.
    pub recorded_samples_lost: u64,
    /// Rooms ended by a fault of ours.
    pub rooms_failed: u64,
    /// Legs that are open now.
    pub legs: u64,
    /// Rooms that are there now.
    pub rooms: u64,
    /// Pairs of ports that legs hold now.
    pub ports_in_use: u64,
    /// Pairs of ports in the whole range.
    pub ports_total: u64,
}

/// One worker's counters. Only the worker writes them.
#[derive(Debug, Default)]
pub(super) struct Counters {
    lateness: [AtomicU64; LATENESS_BUCKETS_US.len() + 1],
    lateness_sum_us: AtomicU64,
    pub ticks_skipped: AtomicU64,
    pub tick_work_us: AtomicU64,
    pub packets_in: AtomicU64,
    pub packets_out: AtomicU64,
    pub packets_forwarded: AtomicU64,
    packets_refused: AtomicU64,
    pub packets_lost: AtomicU64,
    pub packets_late: AtomicU64,
    pub send_failures: AtomicU64,
    pub events_lost: AtomicU64,
    pub recorded_samples_lost: AtomicU64,
    rooms_failed: AtomicU64,
    legs: AtomicU64,
    rooms: AtomicU64,
}

impl Counters {
    /// Notes a tick that began so late.
    pub fn tick(&self, late: Duration) {
        let us = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        let bucket = LATENESS_BUCKETS_US.partition_point(|bound| *bound < us);
        if let Some(count) = self.lateness.get(bucket) {
            add(count, 1);
        }
        add(&self.lateness_sum_us, us);
    }

    /// Shows what a worker holds and has counted.
    pub fn show(&self, worker: &Worker) {
        self.legs.store(worker.legs() as u64, Ordering::Relaxed);
        self.rooms.store(worker.rooms() as u64, Ordering::Relaxed);
        self.rooms_failed.store(worker.rooms_failed(), Ordering::Relaxed);
        self.packets_refused.store(worker.refused(), Ordering::Relaxed);
    }

    /// Adds these counters to a snapshot.
    pub fn add_to(&self, metrics: &mut Metrics) {
        for (sum, count) in metrics.lateness.iter_mut().zip(&self.lateness) {
            let count = count.load(Ordering::Relaxed);
            *sum += count;
            metrics.ticks += count;
        }
        for (sum, count) in [
            (&mut metrics.lateness_sum_us, &self.lateness_sum_us),
            (&mut metrics.ticks_skipped, &self.ticks_skipped),
            (&mut metrics.tick_work_us, &self.tick_work_us),
            (&mut metrics.packets_in, &self.packets_in),
            (&mut metrics.packets_out, &self.packets_out),
            (&mut metrics.packets_forwarded, &self.packets_forwarded),
            (&mut metrics.packets_refused, &self.packets_refused),
            (&mut metrics.packets_lost, &self.packets_lost),
            (&mut metrics.packets_late, &self.packets_late),
            (&mut metrics.send_failures, &self.send_failures),
            (&mut metrics.events_lost, &self.events_lost),
            (&mut metrics.recorded_samples_lost, &self.recorded_samples_lost),
            (&mut metrics.rooms_failed, &self.rooms_failed),
            (&mut metrics.legs, &self.legs),
            (&mut metrics.rooms, &self.rooms),
        ] {
            *sum += count.load(Ordering::Relaxed);
        }
    }
}

/// Adds to a counter.
pub(super) fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tick_is_in_the_bucket_of_its_lateness() {
        let counters = Counters::default();
        for us in [0, 50, 51, 49_999, 50_001] {
            counters.tick(Duration::from_micros(us));
        }
        let mut metrics = Metrics::default();
        counters.add_to(&mut metrics);
        assert_eq!(metrics.lateness, [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!((metrics.ticks, metrics.lateness_sum_us), (5, 100_101));
    }
}
