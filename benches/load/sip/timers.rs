//! What is to be done when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::clock::Nanos;

/// Things to do, the next first. What is no longer wanted is left in and ignored by whoever takes it.
pub struct Timers<T: Ord>(BinaryHeap<Reverse<(Nanos, T)>>);

impl<T: Ord> Default for Timers<T> {
    fn default() -> Self {
        Self(BinaryHeap::new())
    }
}

impl<T: Ord> Timers<T> {
    pub fn set(&mut self, at: Nanos, what: T) {
        self.0.push(Reverse((at, what)));
    }

    pub fn next(&self) -> Option<Nanos> {
        self.0.peek().map(|Reverse((at, _))| *at)
    }

    /// What was due first, if anything is due.
    pub fn take(&mut self, now: Nanos) -> Option<T> {
        if self.next()? > now {
            return None;
        }
        self.0.pop().map(|Reverse((_, what))| what)
    }
}
