//! A call that stands while something goes wrong, with sound in both directions.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::phone::{Ended, Phone};
use crate::support::hovor::Hovor;

/// Lets a caller hear himself (600) from before `fault` until after it. Packets must have come back all the time, and the
/// call must end because the caller hangs up.
#[track_caller]
pub fn during<T>(hovor: &mut Hovor, fault: impl FnOnce(&mut Hovor) -> T) -> T {
    let mut phone = Phone::new("live", hovor.sip_port, 77);
    let dialog =
        phone.call("600", Duration::from_secs(5), None).expect("the call before the fault is answered");
    let is_over = AtomicBool::new(false);
    let (seen, phone) = std::thread::scope(|scope| {
        let talking = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                assert_eq!(
                    phone.talk(&dialog, Duration::from_millis(200)),
                    Ended::TimeIsUp,
                    "the call is cut off"
                );
            }
            phone
        });
        let seen = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| fault(hovor)));
        is_over.store(true, Ordering::Relaxed);
        (seen, talking.join())
    });
    let seen = seen.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let mut phone = phone.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    assert!(phone.hang_up(&dialog), "the live call is gone");
    // Two in a hundred are for a busy machine that lets this phone wait.
    assert!(
        phone.received * 100 + 1_000 >= phone.sent * 98,
        "{} of {} came back",
        phone.received,
        phone.sent
    );
    seen
}

/// A call that is answered within this time.
#[track_caller]
pub fn answered(hovor: &Hovor, number: &str, within: Duration) {
    let mut phone = Phone::new("another", hovor.sip_port, 78);
    let dialog =
        phone.call(number, within, None).unwrap_or_else(|why| panic!("{number} within {within:?}: {why:?}"));
    phone.hang_up(&dialog);
}
