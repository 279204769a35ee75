//! Callers and operators who do what comes to their mind, at random but the same with the same seed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use crate::phone::{Ended, Failed, Phone};
use crate::support::hovor::PASSWORD;

/// How long callers wait for an answer of any kind.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often operators' phones register again.
const REGISTER_EVERY: Duration = Duration::from_secs(2);

/// Everybody who does something, and until when.
#[derive(Default)]
pub struct Crowd {
    pub is_over: AtomicBool,
    pub tally: Tally,
}

/// What came of it all.
#[derive(Debug, Default)]
pub struct Tally {
    pub talked: AtomicU64,
    pub refused: AtomicU64,
    pub cancelled: AtomicU64,
    pub unanswered: AtomicU64,
    pub vanished: AtomicU64,
    pub taken: AtomicU64,
    pub registered: AtomicU64,
}

fn one_more(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

/// Where calls go. Operators are dialled too, through the queues and directly.
const NUMBERS: [&str; 12] =
    ["600", "601", "602", "603", "604", "100", "100", "110", "201", "202", "203", "999"];

impl Crowd {
    /// Starts so many callers, and the phones of these operators.
    pub fn start<'a, 'b>(
        &'b self,
        scope: &'a Scope<'a, 'b>,
        server: u16,
        callers: u64,
        operators: &[&'static str],
        longest: Duration,
    ) -> Vec<ScopedJoinHandle<'a, ()>> {
        let mut threads = vec![];
        for seed in 0..callers {
            let phone = Phone::new(&format!("caller{seed}"), server, seed);
            threads.push(scope.spawn(move || self.call_around(phone, longest)));
        }
        for (user, seed) in operators.iter().zip(1_000..) {
            let phone = Phone::new(user, server, seed);
            threads.push(scope.spawn(move || self.serve(phone, longest)));
        }
        threads
    }

    /// One call after the other.
    fn call_around(&self, mut phone: Phone, longest: Duration) {
        while !self.is_over.load(Ordering::Relaxed) {
            self.call_once(&mut phone, longest);
            let pause = phone.up_to(longest / 4);
            self.idle(&mut phone, pause);
        }
        self.idle(&mut phone, Duration::from_secs(1));
    }

    fn call_once(&self, phone: &mut Phone, longest: Duration) {
        let number = NUMBERS[phone.random.u32() as usize % NUMBERS.len()];
        let gives_up =
            (phone.random.u32().is_multiple_of(5)).then(|| phone.up_to(Duration::from_millis(400)));
        match phone.call(number, PATIENCE, gives_up) {
            Ok(dialog) => {
                let time = phone.up_to(longest);
                let first = time / 3;
                let key = (phone.random.u32() % 4) as u8;
                if phone.talk(&dialog, first) == Ended::TimeIsUp {
                    phone.press(&dialog, key);
                    if phone.talk(&dialog, time - first) == Ended::TimeIsUp {
                        if phone.random.u32().is_multiple_of(16) {
                            // The battery is empty: nobody hangs up.
                            return one_more(&self.tally.vanished);
                        }
                        phone.hang_up(&dialog);
                    }
                }
                one_more(&self.tally.talked);
            }
            Err(Failed::Refused(_)) => one_more(&self.tally.refused),
            Err(Failed::Cancelled) => one_more(&self.tally.cancelled),
            Err(Failed::Silence) => one_more(&self.tally.unanswered),
        }
    }

    /// Is there, and answers what is asked of a phone that is on no call.
    fn idle(&self, phone: &mut Phone, time: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < time {
            if let Some(message) = phone.receive() {
                phone.polite(&message);
            }
        }
    }

    /// Takes most of the calls that come in.
    fn serve(&self, mut phone: Phone, longest: Duration) {
        let mut registered: Option<Instant> = None;
        while !self.is_over.load(Ordering::Relaxed) {
            if registered.is_none_or(|at| at.elapsed() > REGISTER_EVERY) {
                registered = phone.register(PASSWORD).then(Instant::now);
                self.tally.registered.fetch_add(u64::from(registered.is_some()), Ordering::Relaxed);
            }
            let Some(message) = phone.receive() else { continue };
            if message.method() != "INVITE" || message.status().is_some() {
                phone.polite(&message);
                continue;
            }
            let (rings, refuses) =
                (phone.up_to(Duration::from_millis(500)), phone.random.u32().is_multiple_of(5));
            let Some(dialog) = phone.take(&message, rings, refuses) else { continue };
            one_more(&self.tally.taken);
            let time = phone.up_to(longest);
            if phone.talk(&dialog, time) == Ended::TimeIsUp {
                phone.hang_up(&dialog);
            }
        }
        self.idle(&mut phone, Duration::from_secs(1));
    }
}
