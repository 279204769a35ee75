//! How many connections there may be, in all and from one source.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::sip::guard::Source;

/// Places for connections. Whoever gets none is turned away, so that nobody can take what others need.
#[derive(Debug)]
pub struct Places {
    limit: usize,
    limit_per_source: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// Only sources that have places.
    by_source: HashMap<Source, usize>,
}

impl Places {
    /// So many in all, and so many for each source.
    pub fn new(limit: usize, limit_per_source: usize) -> Arc<Self> {
        Arc::new(Self { limit, limit_per_source, taken: Mutex::default() })
    }

    /// Takes a place for this source; one that is trusted may take all of them. `None` if there is none left.
    pub fn take(self: &Arc<Self>, source: Source, is_trusted: bool) -> Option<Place> {
        let mut taken = self.lock();
        let own = taken.by_source.get(&source).copied().unwrap_or(0);
        if taken.all >= self.limit || (own >= self.limit_per_source && !is_trusted) {
            return None;
        }
        taken.all += 1;
        taken.by_source.insert(source, own + 1);
        Some(Place { places: Arc::clone(self), source })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Each change is complete before anything could panic.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place, until it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    source: Source,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.all = taken.all.saturating_sub(1);
        match taken.by_source.get_mut(&self.source) {
            Some(count @ 2..) => *count -= 1,
            _ => drop(taken.by_source.remove(&self.source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn source(text: &str) -> Source {
        text.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn one_source_cannot_take_all_places_and_gets_its_own_back() {
        let places = Places::new(4, 2);
        let (one, same, other) = (source("2001:db8::1"), source("2001:db8::2"), source("192.0.2.1"));
        let first = places.take(one, false);
        let second = places.take(same, false);
        assert!(first.is_some() && second.is_some());
        assert!(places.take(one, false).is_none(), "a network of IPv6 is one source");
        let trusted: Vec<Place> = std::iter::from_fn(|| places.take(other, true)).collect();
        assert_eq!(trusted.len(), 2, "whoever is trusted may take what is left");
        drop((first, trusted));
        assert!(places.take(one, false).is_some());
        drop(second);
        assert!(places.lock().by_source.is_empty() && places.lock().all == 0);
    }
}
