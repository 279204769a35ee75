//! A bounded queue into a worker thread that never makes its sender wait.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::poll::Bell;

/// Letters in the order they came. The lock is held only to push one or to take them all.
#[derive(Debug)]
pub struct Mailbox<T> {
    letters: Mutex<VecDeque<T>>,
    capacity: usize,
    bell: Bell,
}

impl<T> Mailbox<T> {
    /// An empty box for `capacity` letters.
    pub fn new(capacity: usize) -> io::Result<Self> {
        Ok(Self { letters: Mutex::default(), capacity, bell: Bell::new()? })
    }

    /// Whether `count` more letters fit.
    pub fn has_room_for(&self, count: usize) -> bool {
        self.lock().len() + count <= self.capacity
    }

    /// Puts a letter in; gives it back if the box is full.
    pub fn post(&self, letter: T) -> Result<(), T> {
        {
            let mut letters = self.lock();
            if letters.len() >= self.capacity {
                return Err(letter);
            }
            // Whoever put the first one in has rung, and it is taken out after the bell was hushed.
            letters.push_back(letter);
            if letters.len() > 1 {
                return Ok(());
            }
        }
        self.bell.ring();
        Ok(())
    }

    /// Puts in a letter that must not be lost. Only for what is bounded by itself, such as legs
    /// on their way between workers (a leg is in one place) and the stop.
    pub fn post_always(&self, letter: T) {
        self.lock().push_back(letter);
        self.bell.ring();
    }

    /// Takes all letters into `taken`, which must be empty, and silences the bell.
    pub fn take(&self, taken: &mut VecDeque<T>) {
        self.bell.hush();
        std::mem::swap(&mut *self.lock(), taken);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<T>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> AsRawFd for Mailbox<T> {
    /// Readable while letters wait.
    fn as_raw_fd(&self) -> RawFd {
        self.bell.as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_box_gives_the_letter_back() {
        let mailbox = Mailbox::new(2).unwrap();
        assert_eq!((mailbox.post(1), mailbox.post(2), mailbox.post(3)), (Ok(()), Ok(()), Err(3)));
        mailbox.post_always(4);
        let mut taken = VecDeque::new();
        mailbox.take(&mut taken);
        assert_eq!(taken, [1, 2, 4]);
        assert!(mailbox.has_room_for(2) && !mailbox.has_room_for(3));
    }
}
