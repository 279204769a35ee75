//! An empty 20 ms loop beside the work: how late this machine lets anybody be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crate::clock;
use crate::rtp::PACKET_EVERY;
use crate::stats::Spread;

/// The loop while it runs, in a thread that goes before other work as hovor's own do.
pub struct Beat {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<Spread>,
}

impl Beat {
    pub fn start() -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            let (mut next, mut lateness) = (clock::now(), vec![]);
            while !seen.load(Ordering::Relaxed) {
                next += PACKET_EVERY;
                clock::sleep_until(next);
                lateness.push(clock::micros(clock::now().saturating_sub(next)));
            }
            Spread::of(&mut lateness)
        });
        Self { ended, thread }
    }

    /// Ends it; gives how late it was.
    pub fn end(self) -> Spread {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}
