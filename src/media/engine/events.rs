//! A worker's reports to the switch.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use super::metrics::{Counters, add};
use crate::id::LegId;
use crate::media::Event;

/// Reports kept while the switch does not take any. Reports of quality are dropped first, at once;
/// past this bound the others are, and counted.
const BACKLOG: usize = 16_384;

/// Sends reports without waiting.
#[derive(Debug)]
pub struct Events {
    switch: Sender<Event>,
    backlog: VecDeque<Event>,
    gone: Gone,
    counters: Arc<Counters>,
}

/// Legs that ended without a command of the switch, for the router.
pub type Gone = Arc<Mutex<Vec<LegId>>>;

impl Events {
    /// A way to the switch.
    pub fn new(switch: Sender<Event>, gone: Gone, counters: Arc<Counters>) -> Self {
        Self { switch, backlog: VecDeque::new(), gone, counters }
    }

    /// Reports an event, now or when the switch has room for it.
    pub fn send(&mut self, event: Event) {
        self.flush();
        match self.backlog.is_empty() {
            true => {
                if let Err(TrySendError::Full(event)) = self.switch.try_send(event) {
                    self.keep(event);
                }
            }
            false => self.keep(event),
        }
    }

    /// Tries again to report what is kept.
    pub fn flush(&mut self) {
        while let Some(event) = self.backlog.pop_front() {
            if let Err(TrySendError::Full(event)) = self.switch.try_send(event) {
                self.backlog.push_front(event);
                return;
            }
        }
    }

    /// Notes that a leg is no more.
    pub fn gone(&self, leg: LegId) {
        self.gone.lock().unwrap_or_else(PoisonError::into_inner).push(leg);
    }

    fn keep(&mut self, event: Event) {
        if matches!(event, Event::Quality { .. }) || self.backlog.len() >= BACKLOG {
            add(&self.counters.events_lost, 1);
        } else {
            self.backlog.push_back(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::media::Quality;
    use crate::time::UnixMs;

    #[test]
    fn reports_keep_their_order_while_the_switch_is_slow_and_quality_gives_way() {
        let leg = LegId::new(UnixMs(0), &mut Entropy::from_number(1));
        let (switch, mut taken) = tokio::sync::mpsc::channel(1);
        let counters = Arc::new(Counters::default());
        let mut events = Events::new(switch, Gone::default(), Arc::clone(&counters));
        for playback in 0..3 {
            events.send(Event::PlayEnded { leg, playback });
        }
        events.send(Event::Quality { leg, quality: Quality::default() });
        for playback in 0..3 {
            assert_eq!(taken.try_recv(), Ok(Event::PlayEnded { leg, playback }));
            events.flush();
        }
        assert!(taken.try_recv().is_err());
        assert_eq!(counters.events_lost.load(std::sync::atomic::Ordering::Relaxed), 1);
    }
}
