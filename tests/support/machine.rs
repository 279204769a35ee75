//! The machine that tests share. Most wait more than they work, and several run at once; but what a phone plays is
//! compared frame by frame, and beside a browser that starts, a frame is late.

use std::cell::RefCell;
use std::sync::{Arc, Condvar, Mutex, Weak};

/// Who is on the machine now.
#[derive(Default)]
struct Taken {
    shares: usize,
    alone: bool,
    /// So many want it for themselves; whoever begins a share lets them go first.
    wanted: usize,
}

static TAKEN: Mutex<Taken> = Mutex::new(Taken { shares: 0, alone: false, wanted: 0 });
static GIVEN_BACK: Condvar = Condvar::new();

thread_local! {
    /// What this test has, so that a second program of it does not wait for others.
    static MINE: RefCell<Weak<Place>> = const { RefCell::new(Weak::new()) };
}

/// A place on the machine until it is dropped.
pub struct Place {
    alone: bool,
}

/// Waits until no test has the machine for itself. A test that has a place keeps it.
pub fn share() -> Arc<Place> {
    place(false)
}

/// Waits until no other test is on the machine.
pub fn alone() -> Arc<Place> {
    place(true)
}

fn place(alone: bool) -> Arc<Place> {
    MINE.with_borrow_mut(|mine| {
        if let Some(place) = mine.upgrade() {
            assert!(place.alone || !alone, "a test says at its beginning that it wants to be alone");
            return place;
        }
        let mut taken = TAKEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        taken.wanted += usize::from(alone);
        let is_in_the_way =
            |taken: &mut Taken| taken.alone || if alone { taken.shares > 0 } else { taken.wanted > 0 };
        taken = GIVEN_BACK.wait_while(taken, is_in_the_way).unwrap_or_else(|poisoned| poisoned.into_inner());
        match alone {
            true => (taken.alone, taken.wanted) = (true, taken.wanted - 1),
            false => taken.shares += 1,
        }
        let place = Arc::new(Place { alone });
        *mine = Arc::downgrade(&place);
        place
    })
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = TAKEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match self.alone {
            true => taken.alone = false,
            false => taken.shares -= 1,
        }
        GIVEN_BACK.notify_all();
    }
}
