//! Which worker a room and its legs are on.

use std::collections::BTreeMap;

use crate::id::{LegId, RoomId};
use crate::media::Command;

/// Where a command goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Route {
    /// To this worker as it is.
    To(usize),
    /// The leg changes workers: `to` is told to expect it, then `from` to let it go.
    Across { from: usize, to: usize },
    /// It names a leg that is not open, or empties the table of a room that is not there: nothing
    /// is left to do.
    Nowhere,
}

/// Knows the worker of each room: the one with the fewest legs when the room begins.
#[derive(Clone, Debug)]
pub struct Router {
    legs: BTreeMap<LegId, RoomId>,
    rooms: BTreeMap<RoomId, Place>,
    /// Legs on each worker.
    load: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    worker: usize,
    legs: usize,
}

impl Router {
    /// Over this many workers, at least one.
    pub fn new(workers: usize) -> Self {
        Self { legs: BTreeMap::new(), rooms: BTreeMap::new(), load: vec![0; workers.max(1)] }
    }

    /// Where `command` goes. Changes nothing; [`record`](Self::record) does once it went.
    pub fn route(&self, command: &Command) -> Route {
        match command {
            Command::Open { room, .. } => Route::To(self.worker_for(*room)),
            Command::Hear { room, rows } => match self.rooms.get(room) {
                Some(place) => Route::To(place.worker),
                None if rows.is_empty() => Route::Nowhere,
                None => Route::To(self.least_loaded()),
            },
            Command::RecordRoom { room, .. }
            | Command::RecordSides { room, .. }
            | Command::StopRecordRoom { room } => {
                self.rooms.get(room).map_or(Route::Nowhere, |place| Route::To(place.worker))
            }
            Command::Move { leg, room } => match self.worker_of(*leg) {
                None => Route::Nowhere,
                Some(from) => match self.worker_for(*room) {
                    to if to == from => Route::To(from),
                    to => Route::Across { from, to },
                },
            },
            Command::Configure { leg, .. }
            | Command::Close { leg }
            | Command::Play { leg, .. }
            | Command::Announce { leg, .. }
            | Command::Music { leg, .. }
            | Command::StopPlay { leg }
            | Command::Record { leg, .. }
            | Command::StopRecord { leg }
            | Command::SendDigits { leg, .. } => self.worker_of(*leg).map_or(Route::Nowhere, Route::To),
        }
    }

    /// Notes that `command` went where [`route`](Self::route) said.
    pub fn record(&mut self, command: &Command) {
        match command {
            Command::Open { leg, room, .. } if !self.legs.contains_key(leg) => self.enter(*leg, *room),
            Command::Move { leg, room } if self.legs.get(leg).is_some_and(|now| now != room) => {
                let worker = self.worker_for(*room);
                self.rooms.entry(*room).or_insert(Place { worker, legs: 0 });
                self.forget(*leg);
                self.enter(*leg, *room);
            }
            Command::Hear { room, rows } if !rows.is_empty() => {
                let worker = self.worker_for(*room);
                self.rooms.entry(*room).or_insert(Place { worker, legs: 0 });
            }
            Command::Hear { room, .. } if self.rooms.get(room).is_some_and(|place| place.legs == 0) => {
                self.rooms.remove(room);
            }
            Command::Close { leg } => self.forget(*leg),
            _ => {}
        }
    }

    /// The leg is gone (closed, never opened, or ended by a fault of ours).
    pub fn forget(&mut self, leg: LegId) {
        let Some(room) = self.legs.remove(&leg) else { return };
        let Some(place) = self.rooms.get_mut(&room) else { return };
        place.legs = place.legs.saturating_sub(1);
        let (worker, empty) = (place.worker, place.legs == 0);
        if let Some(load) = self.load.get_mut(worker) {
            *load = load.saturating_sub(1);
        }
        if empty {
            self.rooms.remove(&room);
        }
    }

    fn enter(&mut self, leg: LegId, room: RoomId) {
        let worker = self.worker_for(room);
        self.legs.insert(leg, room);
        self.rooms.entry(room).or_insert(Place { worker, legs: 0 }).legs += 1;
        if let Some(load) = self.load.get_mut(worker) {
            *load += 1;
        }
    }

    fn worker_of(&self, leg: LegId) -> Option<usize> {
        self.legs.get(&leg).and_then(|room| self.rooms.get(room)).map(|place| place.worker)
    }

    fn worker_for(&self, room: RoomId) -> usize {
        self.rooms.get(&room).map_or_else(|| self.least_loaded(), |place| place.worker)
    }

    fn least_loaded(&self) -> usize {
        self.load.iter().enumerate().min_by_key(|(_, legs)| **legs).map_or(0, |(worker, _)| worker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::media::Family;
    use crate::time::UnixMs;

    fn send(router: &mut Router, command: Command) -> Route {
        let route = router.route(&command);
        router.record(&command);
        route
    }

    #[test]
    fn legs_of_a_room_share_a_worker_and_new_rooms_go_where_fewest_legs_are() {
        let mut entropy = Entropy::from_number(1);
        let mut leg = || LegId::new(UnixMs(0), &mut entropy);
        let (one, two, three, four) = (leg(), leg(), leg(), leg());
        let mut entropy = Entropy::from_number(2);
        let (red, blue) = (RoomId::new(UnixMs(0), &mut entropy), RoomId::new(UnixMs(0), &mut entropy));
        let mut router = Router::new(2);
        assert_eq!(
            send(
                &mut router,
                Command::Open { leg: one, room: red, family: Family::V4, ways: Default::default() }
            ),
            Route::To(0)
        );
        assert_eq!(
            send(
                &mut router,
                Command::Open { leg: two, room: red, family: Family::V4, ways: Default::default() }
            ),
            Route::To(0)
        );
        assert_eq!(
            send(
                &mut router,
                Command::Open { leg: three, room: blue, family: Family::V4, ways: Default::default() }
            ),
            Route::To(1)
        );
        assert_eq!(
            send(&mut router, Command::Move { leg: two, room: blue }),
            Route::Across { from: 0, to: 1 }
        );
        assert_eq!(send(&mut router, Command::StopPlay { leg: two }), Route::To(1));
        assert_eq!(send(&mut router, Command::StopPlay { leg: four }), Route::Nowhere);
        for leg in [one, two, three] {
            send(&mut router, Command::Close { leg });
        }
        assert_eq!((router.rooms.len(), router.legs.len(), router.load), (0, 0, vec![0, 0]));
    }

    #[test]
    fn a_leg_alone_in_its_room_may_move_to_a_new_room() {
        let mut entropy = Entropy::from_number(1);
        let leg = LegId::new(UnixMs(0), &mut entropy);
        let (red, blue) = (RoomId::new(UnixMs(0), &mut entropy), RoomId::new(UnixMs(0), &mut entropy));
        let mut router = Router::new(2);
        send(&mut router, Command::Open { leg, room: red, family: Family::V4, ways: Default::default() });
        let route = send(&mut router, Command::Move { leg, room: blue });
        assert_eq!(route, Route::Across { from: 0, to: 1 });
        assert_eq!(send(&mut router, Command::Close { leg }), Route::To(1));
        assert_eq!(router.rooms.len(), 0);
    }
}
