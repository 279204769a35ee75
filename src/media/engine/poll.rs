//! The three kernel objects a worker thread waits on: epoll, a clock and a bell.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

/// Readiness of many descriptors (epoll, level-triggered).
#[derive(Debug)]
pub struct Poll(OwnedFd);

/// What [`Poll::wait`] fills; reused so that waiting allocates nothing.
pub type Ready = Vec<u64>;

/// At most so many descriptors are reported at once; the others at the next wait.
const BATCH: usize = 128;

impl Poll {
    /// An empty set.
    pub fn new() -> io::Result<Self> {
        // SAFETY: no pointers; a non-negative result is a descriptor that is ours alone.
        owned(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) }).map(Self)
    }

    /// Reports `token` whenever `descriptor` can be read.
    pub fn add(&self, descriptor: RawFd, token: u64) -> io::Result<()> {
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: token };
        // SAFETY: `event` lives through the call, which copies it.
        check(unsafe { libc::epoll_ctl(self.0.as_raw_fd(), libc::EPOLL_CTL_ADD, descriptor, &mut event) })
    }

    /// Reports `descriptor` no more.
    pub fn remove(&self, descriptor: RawFd) -> io::Result<()> {
        let none = std::ptr::null_mut();
        // SAFETY: a null event is allowed for EPOLL_CTL_DEL (Linux 2.6.9).
        check(unsafe { libc::epoll_ctl(self.0.as_raw_fd(), libc::EPOLL_CTL_DEL, descriptor, none) })
    }

    /// Waits until something can be read and puts its tokens into `ready`.
    pub fn wait(&self, ready: &mut Ready) -> io::Result<()> {
        ready.clear();
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; BATCH];
        // SAFETY: the kernel writes at most BATCH events into the array, which has that many.
        let count = unsafe { libc::epoll_wait(self.0.as_raw_fd(), events.as_mut_ptr(), BATCH as i32, -1) };
        match usize::try_from(count) {
            Ok(count) => ready.extend(events.iter().take(count).map(|event| event.u64)),
            Err(_) => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

/// Wakes a waiting thread from another one (eventfd).
#[derive(Debug)]
pub struct Bell(OwnedFd);

impl Bell {
    /// A silent bell.
    pub fn new() -> io::Result<Self> {
        // SAFETY: no pointers; a non-negative result is a descriptor that is ours alone.
        owned(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) }).map(Self)
    }

    /// Wakes the thread that waits. Ringing twice wakes once.
    pub fn ring(&self) {
        let one = 1_u64.to_ne_bytes();
        // SAFETY: the kernel reads eight bytes of an array of eight. It fails only when the count
        // would overflow, and then the bell rings already.
        let _ = unsafe { libc::write(self.0.as_raw_fd(), one.as_ptr().cast(), one.len()) };
    }

    /// Falls silent until it is rung again.
    pub fn hush(&self) {
        drain(&self.0);
    }
}

impl AsRawFd for Bell {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// Becomes readable every `period` (timerfd on the monotonic clock).
#[derive(Debug)]
pub struct Metronome(OwnedFd);

impl Metronome {
    /// Ticks for the first time after `first`, then every `period`.
    pub fn new(first: Duration, period: Duration) -> io::Result<Self> {
        // SAFETY: no pointers; a non-negative result is a descriptor that is ours alone.
        let clock = owned(unsafe {
            libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC | libc::TFD_NONBLOCK)
        })?;
        // A first expiry of zero would disarm the timer.
        let first = first.max(Duration::from_nanos(1));
        let spec = libc::itimerspec { it_interval: timespec(period), it_value: timespec(first) };
        // SAFETY: `spec` lives through the call; a null old value is allowed.
        check(unsafe { libc::timerfd_settime(clock.as_raw_fd(), 0, &spec, std::ptr::null_mut()) })?;
        Ok(Self(clock))
    }

    /// Makes it unreadable until the next tick.
    pub fn hush(&self) {
        drain(&self.0);
    }
}

impl AsRawFd for Metronome {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// Lets this thread give way to all others, whatever priority the program was started with: what it does is
/// wanted some day, and calls are wanted now.
pub fn give_way() {
    let usual = libc::sched_param { sched_priority: 0 };
    // SAFETY: both change this thread only (0 means the caller), and `usual` outlives the call. Where the
    // system does not allow it, everything goes on as it is.
    unsafe {
        libc::sched_setscheduler(0, libc::SCHED_BATCH, &raw const usual);
        libc::setpriority(libc::PRIO_PROCESS, 0, 10);
    }
}

/// What runs before ordinary threads.
#[derive(Clone, Copy, Debug)]
pub enum Urgency {
    /// Sound cannot wait.
    Sound,
    /// Callers should not.
    Signalling,
}

/// Asks for the calling thread to run before ordinary ones. Systems may refuse; then it runs as others do.
pub fn hurry(urgency: Urgency) {
    let nice = match urgency {
        Urgency::Sound => -11,
        Urgency::Signalling => -10,
    };
    // SAFETY: no pointers; 0 names the calling thread.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, nice);
        // Sleeps are lengthened by 50 µs otherwise, for the battery's sake.
        libc::prctl(libc::PR_SET_TIMERSLACK, 1_u64);
    }
}

fn timespec(duration: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(duration.subsec_nanos()),
    }
}

fn drain(descriptor: &OwnedFd) {
    let mut count = [0_u8; 8];
    // SAFETY: the kernel writes eight bytes into an array of eight; an empty counter only fails.
    let _ = unsafe { libc::read(descriptor.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
}

fn owned(result: i32) -> io::Result<OwnedFd> {
    check(result)?;
    // SAFETY: the caller passes the result of a call that made a new descriptor.
    Ok(unsafe { OwnedFd::from_raw_fd(result) })
}

fn check(result: i32) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_wakes_once_for_two_rings() {
        let (poll, bell) = (Poll::new().unwrap(), Bell::new().unwrap());
        poll.add(bell.as_raw_fd(), 7).unwrap();
        bell.ring();
        bell.ring();
        let mut ready = Ready::new();
        poll.wait(&mut ready).unwrap();
        assert_eq!(ready, [7]);
        bell.hush();
        let clock = Metronome::new(Duration::from_millis(1), Duration::from_millis(1)).unwrap();
        poll.add(clock.as_raw_fd(), 8).unwrap();
        poll.wait(&mut ready).unwrap();
        assert_eq!(ready, [8], "only the clock is left to wake us");
    }
}
