//! The time, as the kernel stamps it on packets.

use std::time::Duration;

/// Nanoseconds since 1970. The wall clock, because the kernel stamps arriving packets with it
/// (`SO_TIMESTAMPNS`) and departures are to be compared with those.
pub type Nanos = u64;

/// One millisecond.
pub const MILLISECOND: Nanos = 1_000_000;
/// One second.
pub const SECOND: Nanos = 1_000_000_000;

/// What the wall clock says.
pub fn now() -> Nanos {
    read(libc::CLOCK_REALTIME)
}

/// Sleeps until the wall clock says `at`, to some microseconds.
pub fn sleep_until(at: Nanos) {
    let wanted = timespec(at);
    // SAFETY: the pointer is to a valid timespec; no remainder is asked for.
    unsafe {
        libc::clock_nanosleep(
            libc::CLOCK_REALTIME,
            libc::TIMER_ABSTIME,
            &raw const wanted,
            std::ptr::null_mut(),
        );
    }
}

/// Lets the machine rest for some seconds.
pub fn pause(seconds: f64) {
    std::thread::sleep(Duration::from_secs_f64(seconds));
}

/// Whole microseconds, as measurements keep them.
pub fn micros(nanos: Nanos) -> u32 {
    u32::try_from(nanos / 1_000).unwrap_or(u32::MAX)
}

/// The kernel's form of a time or a span.
pub fn timespec(nanos: Nanos) -> libc::timespec {
    libc::timespec { tv_sec: (nanos / SECOND) as libc::time_t, tv_nsec: (nanos % SECOND) as libc::c_long }
}

/// Makes this process go before other work and wake up on the microsecond, where that is allowed: a
/// generator that is kept waiting would blame the server. Servers that it starts take their own places.
pub fn hurry() {
    // SAFETY: plain calls without pointers; a refusal changes nothing.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, -11);
        libc::prctl(libc::PR_SET_TIMERSLACK, 1);
    }
}

fn read(clock: libc::clockid_t) -> Nanos {
    let mut time = timespec(0);
    // SAFETY: the pointer is to a valid timespec, which the call fills.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec as Nanos * SECOND + time.tv_nsec as Nanos
}
