//! What goes on, told to browsers as it happens: a snapshot, then numbered events.
//!
//! The switch says what changed into a bounded queue and waits for nobody. Here it is numbered, kept for those who come
//! back, and handed to each browser, which is told to look anew when it falls behind.

pub mod board;
mod hint;
mod socket;
#[cfg(test)]
mod tests;
pub mod view;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, watch};

use crate::id::UserId;
use board::{Board, Change, Event};

pub use hint::{Changed, Hint};
pub(super) use socket::is_own_page;
pub use socket::routes;

/// Events that a browser may be behind; one that is more has to look anew.
const BEHIND: usize = 1_024;
/// Hints that a browser may be behind; one that is more has to look anew.
const HINTS: usize = 256;
/// Browsers that look on at once.
const LOOKING: usize = 4_096;
/// Pages of one person that look on at once.
const PAGES: usize = 32;

/// What goes on, for those who look on.
#[derive(Debug)]
pub struct Live {
    board: Mutex<Board>,
    events: broadcast::Sender<Arc<Event>>,
    hints: broadcast::Sender<Hint>,
    /// Somebody looks on, or did a moment ago: the switch is to say what changes.
    wanted: AtomicBool,
    /// Everything has been said once since it is wanted.
    is_full: watch::Sender<bool>,
    room: Arc<Semaphore>,
    seats: Arc<Seats>,
}

/// How many pages of each person look on; told to whoever wants to know who is there.
type Seats = watch::Sender<BTreeMap<UserId, usize>>;

/// The place of one page of a person.
struct Seat {
    user: UserId,
    seats: Arc<Seats>,
}

impl Seat {
    /// None if too many pages of this one look on.
    fn take(user: UserId, seats: &Arc<Seats>) -> Option<Self> {
        let has_room = |taken: &mut BTreeMap<UserId, usize>| {
            let pages = taken.entry(user).or_default();
            let has_room = *pages < PAGES;
            *pages += usize::from(has_room);
            has_room
        };
        seats.send_if_modified(has_room).then(|| Self { user, seats: Arc::clone(seats) })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.send_modify(|taken| {
            if let Some(pages) = taken.get_mut(&self.user) {
                *pages -= 1;
                if *pages == 0 {
                    taken.remove(&self.user);
                }
            }
        });
    }
}

/// Why somebody may not look on now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// Too many browsers do, or the view came to rest this moment.
    House,
    /// Too many pages of this person do.
    Person,
}

/// Somebody who looks on.
pub struct Look {
    /// What comes from now on.
    pub events: broadcast::Receiver<Arc<Event>>,
    /// What is hinted at from now on.
    pub hints: broadcast::Receiver<Hint>,
    _room: OwnedSemaphorePermit,
    _seat: Seat,
}

impl Live {
    /// Nobody looks on yet. The first number is higher than all that earlier processes gave.
    pub fn new(first: u64) -> Self {
        Self {
            board: Mutex::new(Board::new(first)),
            events: broadcast::channel(BEHIND).0,
            hints: broadcast::channel(HINTS).0,
            wanted: AtomicBool::new(false),
            is_full: watch::Sender::new(false),
            room: Arc::new(Semaphore::new(LOOKING)),
            seats: Arc::new(watch::Sender::default()),
        }
    }

    /// Whether the switch is to say what changes.
    pub fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Acquire)
    }

    /// Somebody wants to look on; true if nobody did, so that everything has to be said first.
    pub fn want(&self) -> bool {
        !self.wanted.swap(true, Ordering::AcqRel)
    }

    /// Returns when everything has been said.
    pub async fn full(&self) {
        let mut is_full = self.is_full.subscribe();
        // It ends never: the sender is ours.
        _ = is_full.wait_for(|full| *full).await;
    }

    /// Takes a change in, and tells those who look on.
    pub fn apply(&self, change: Change) {
        let everything = matches!(change, Change::All(_));
        // Under the lock, so that nobody sees a change and is told of it too, or neither.
        let mut board = self.board();
        for event in board.apply(change) {
            // Nobody looks on at times.
            _ = self.events.send(event);
        }
        drop(board);
        if everything {
            self.is_full.send_replace(true);
        }
    }

    /// Tells those who look on that something of a session was changed. It waits for nobody.
    pub fn hint(&self, hint: Hint) {
        // Nobody looks on at times.
        _ = self.hints.send(hint);
    }

    /// Whose pages look on, as it is and as it changes.
    pub fn present(&self) -> watch::Receiver<BTreeMap<UserId, usize>> {
        self.seats.subscribe()
    }

    /// How many look on.
    pub fn looking(&self) -> usize {
        self.events.receiver_count()
    }

    /// Rests if nobody looks on: what is not told from now on is asked for anew.
    pub fn rest(&self) {
        let mut board = self.board();
        if self.looking() > 0 {
            return;
        }
        self.wanted.store(false, Ordering::Release);
        self.is_full.send_replace(false);
        let next = board.number + board::PARTS;
        *board = Board::new(next);
    }

    /// Begins to look on.
    fn look(&self, user: UserId) -> Result<Look, Full> {
        let room = Arc::clone(&self.room).try_acquire_owned().map_err(|_| Full::House)?;
        let seat = Seat::take(user, &self.seats).ok_or(Full::Person)?;
        let _board = self.board();
        match *self.is_full.borrow() {
            true => Ok(Look {
                events: self.events.subscribe(),
                hints: self.hints.subscribe(),
                _room: room,
                _seat: seat,
            }),
            false => Err(Full::House),
        }
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
