//! All rooms and legs of one worker thread: packets, ticks and commands in; packets and events out.
//!
//! Pure: the thread of `engine/` brings the time, the bytes and the samples, and takes what is to be sent.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::leg::Context;
pub use super::leg::{Leg, Output, Port, RecordKey, RecordStep, sources};
use super::player::Source;
use super::recording::room::{Layout, RoomKey};
use super::room::{MAX_LEGS, Room};
use super::webrtc::News;
use super::{Command, Event, Quality, Sound};
use crate::entropy::Entropy;
use crate::id::{LegId, RoomId};
use crate::time::{Epoch, Time};

/// The length of a tick.
pub const TICK: Duration = Duration::from_millis(20);

/// What a worker needs to know that is not in a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerConfig {
    /// A leg that should receive but got neither RTP nor RTCP for so long is reported as silent.
    pub silence_limit: Duration,
    /// When the worker's time began, for the wall clock of sender reports.
    pub epoch: Epoch,
}

impl WorkerConfig {
    fn context<'a>(
        &self,
        now: Time,
        entropy: &'a mut Entropy,
        outputs: &'a mut VecDeque<Output>,
        refused: &'a mut u64,
    ) -> Context<'a> {
        Context { now, silence_limit: self.silence_limit, epoch: self.epoch, entropy, outputs, refused }
    }
}

/// Rooms with their legs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Worker {
    config: WorkerConfig,
    entropy: Entropy,
    rooms: BTreeMap<RoomId, Room>,
    places: BTreeMap<LegId, RoomId>,
    outputs: VecDeque<Output>,
    rooms_failed: u64,
    refused: u64,
}

impl Worker {
    /// A worker without rooms.
    pub fn new(config: WorkerConfig, entropy: Entropy) -> Self {
        Self {
            config,
            entropy,
            rooms: BTreeMap::new(),
            places: BTreeMap::new(),
            outputs: VecDeque::new(),
            rooms_failed: 0,
            refused: 0,
        }
    }

    /// Legs on this worker.
    pub fn legs(&self) -> usize {
        self.places.len()
    }

    /// Rooms on this worker.
    pub fn rooms(&self) -> usize {
        self.rooms.len()
    }

    /// Rooms that were ended by a fault of ours.
    pub fn rooms_failed(&self) -> u64 {
        self.rooms_failed
    }

    /// Packets that were refused: malformed, of no agreed kind, or from a source that is not the leg's.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Whether the leg is here.
    pub fn has(&self, leg: LegId) -> bool {
        self.places.contains_key(&leg)
    }

    /// Begins a leg whose ports are bound.
    ///
    /// # Errors
    /// Says why it cannot be: it is open already, or its room is full.
    pub fn open(&mut self, leg: LegId, room: RoomId, now: Time) -> Result<(), &'static str> {
        if self.places.contains_key(&leg) {
            return Err("the leg is open already");
        }
        if self.rooms.get(&room).is_some_and(|room| room.len() >= MAX_LEGS) {
            return Err("the room is full");
        }
        let leg = Leg::new(leg, &mut self.entropy);
        self.enter(leg, room, now);
        Ok(())
    }

    /// Carries out a command about a leg or room of this worker; others are ignored. `Open` is
    /// [`open`](Self::open); a `Move` to another worker is [`release`](Self::release) there and
    /// [`adopt`](Self::adopt) here.
    pub fn handle_command(&mut self, command: Command, now: Time) {
        match command {
            Command::Open { leg, room, .. } => {
                if let Err(reason) = self.open(leg, room, now) {
                    let reason = reason.to_owned();
                    self.outputs.push_back(Output::Event(Event::OpenFailed { leg, reason }));
                }
            }
            Command::Close { leg } => self.close(leg, now),
            Command::Move { leg, room } => {
                if self.places.get(&leg).is_some_and(|now_in| *now_in != room)
                    && let Some(leg) = self.release(leg, now)
                {
                    self.enter(leg, room, now);
                }
            }
            Command::Hear { room, rows } => {
                if self.rooms.contains_key(&room) || !rows.is_empty() {
                    self.in_room(room, now, |room, context| room.hear(rows, context));
                    self.remove_if_unused(room);
                }
            }
            Command::RecordRoom { .. } | Command::RecordSides { .. } | Command::StopRecordRoom { .. } => {
                self.handle_recording(command, now);
            }
            Command::Configure { leg, agreed } => {
                self.with_leg(leg, now, |leg, context| leg.configure(agreed, context));
            }
            Command::Play { leg, playback, sounds, repeat } => {
                self.with_leg(leg, now, |leg, context| leg.start_play(playback, sounds, repeat, context));
            }
            Command::Announce { leg, playback, sounds } => {
                self.with_leg(leg, now, |leg, context| leg.announce(playback, sounds, context));
            }
            Command::Music { leg, playback, sounds } => {
                self.with_leg(leg, now, |leg, context| leg.start_music(playback, sounds, context));
            }
            Command::StopPlay { leg } => self.with_leg(leg, now, |leg, _| leg.stop_play()),
            Command::Record { leg, recording, path, limits } => {
                self.with_leg(leg, now, |leg, context| leg.start_recording(recording, path, limits, context));
            }
            Command::StopRecord { leg } => self.with_leg(leg, now, Leg::stop_recording),
            Command::SendDigits { leg, digits } => self.with_leg(leg, now, |leg, _| leg.send_digits(&digits)),
        }
    }

    /// Carries out a command about the recording of a room.
    fn handle_recording(&mut self, command: Command, now: Time) {
        match command {
            // The first leg of the room may still be on its way here.
            Command::RecordRoom { room, recording, stem, per_party } => {
                let (key, layout) = (RoomKey { room, recording }, Layout::of(per_party));
                self.in_room(room, now, |room, context| room.start_recording(key, stem, layout, context));
            }
            Command::RecordSides { room, sides, mark } if self.rooms.contains_key(&room) => {
                self.in_room(room, now, |room, _| room.record_sides(sides, mark));
            }
            Command::StopRecordRoom { room } if self.rooms.contains_key(&room) => {
                self.in_room(room, now, Room::stop_recording);
                self.remove_if_unused(room);
            }
            _ => {}
        }
    }

    /// The sounds of a playback have been loaded ([`Output::Load`]), or one of them could not be.
    pub fn handle_sounds(
        &mut self,
        leg: LegId,
        playback: u64,
        sounds: Result<Vec<Source>, (Sound, String)>,
        now: Time,
    ) {
        self.with_leg(leg, now, |leg, context| leg.sounds_loaded(playback, sounds, context));
    }

    /// A datagram came to the leg's RTP port.
    pub fn handle_packet(&mut self, leg: LegId, bytes: &mut [u8], from: SocketAddr, now: Time) {
        if let Some(room) = self.places.get(&leg) {
            self.in_room(*room, now, |room, context| room.handle_packet(leg, bytes, from, context));
        }
    }

    /// Something of the way to a browser was found out.
    pub fn handle_news(&mut self, leg: LegId, news: News, now: Time) {
        match news {
            News::Reached(at) => self.with_leg(leg, now, |leg, _| leg.reached(at)),
            News::Secured(keys) => self.with_leg(leg, now, |leg, _| leg.secured(&keys)),
            News::Lost(why) => {
                if let Some(leg) = self.release(leg, now) {
                    self.reject(leg, &format!("no way to the browser: {why}"), now);
                }
            }
        }
    }

    /// A datagram came to the leg's RTCP port.
    pub fn handle_rtcp(&mut self, leg: LegId, bytes: &mut [u8], from: SocketAddr, now: Time) {
        self.with_leg(leg, now, |leg, context| leg.receive_rtcp(bytes, from, context));
    }

    /// Lets 20 ms of sound through. `now` is when the tick was due: a multiple of [`TICK`], the
    /// same for all workers.
    pub fn tick(&mut self, now: Time) {
        let rooms: Vec<RoomId> = self.rooms.keys().copied().collect();
        for room in rooms {
            self.in_room(room, now, Room::tick);
            self.remove_if_unused(room);
        }
    }

    /// The next thing to do for the thread.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Lets a leg go to another worker, with all its state.
    pub fn release(&mut self, leg: LegId, now: Time) -> Option<Leg> {
        let room = self.places.remove(&leg)?;
        let mut released = None;
        self.in_room(room, now, |room, context| released = room.leave(leg, context));
        self.remove_if_empty(room, now);
        released
    }

    /// Takes in a leg of another worker. If it missed the tick of `last_tick` on its way, it gets
    /// its frame now.
    pub fn adopt(&mut self, leg: Leg, room: RoomId, last_tick: Time, now: Time) {
        let id = leg.id();
        self.enter(leg, room, now);
        self.in_room(room, last_tick, |room, context| room.catch_up(id, context));
        self.with_leg(id, now, Leg::load);
    }

    /// Ends a leg of another worker that cannot be taken in.
    pub fn reject(&mut self, leg: Leg, reason: &str, now: Time) {
        let failed = Event::Failed { leg: leg.id(), reason: reason.to_owned() };
        self.outputs.push_back(Output::Event(failed));
        leg.close(&mut self.config.context(now, &mut self.entropy, &mut self.outputs, &mut self.refused));
    }

    /// Ends a leg.
    fn close(&mut self, leg: LegId, now: Time) {
        if let Some(leg) = self.release(leg, now) {
            leg.close(&mut self.config.context(now, &mut self.entropy, &mut self.outputs, &mut self.refused));
        }
    }

    fn enter(&mut self, leg: Leg, room: RoomId, now: Time) {
        self.places.insert(leg.id(), room);
        self.in_room(room, now, |room, context| room.enter(leg, context));
    }

    fn with_leg(&mut self, leg: LegId, now: Time, act: impl FnOnce(&mut Leg, &mut Context)) {
        if let Some(room) = self.places.get(&leg) {
            self.in_room(*room, now, |room, context| {
                if let Some(leg) = room.leg_mut(leg) {
                    act(leg, context);
                }
                room.choose_paths(context);
            });
        }
    }

    /// Does something in a room. If it panics, the room ends and the others go on.
    fn in_room(&mut self, id: RoomId, now: Time, act: impl FnOnce(&mut Room, &mut Context)) {
        let room = self.rooms.entry(id).or_default();
        let mut context = self.config.context(now, &mut self.entropy, &mut self.outputs, &mut self.refused);
        if catch_unwind(AssertUnwindSafe(|| act(room, &mut context))).is_err() {
            self.fail(id, now);
        }
    }

    /// Ends all legs of a room in which we panicked.
    fn fail(&mut self, id: RoomId, now: Time) {
        self.rooms_failed += 1;
        let mut room = self.rooms.remove(&id).unwrap_or_default();
        let mut context = self.config.context(now, &mut self.entropy, &mut self.outputs, &mut self.refused);
        // What was recorded up to here is worth keeping; if that is at fault, its files play nevertheless.
        let _ = catch_unwind(AssertUnwindSafe(|| room.stop_recording(&mut context)));
        let mut legs = room.dissolve();
        let ids: Vec<LegId> =
            self.places.iter().filter(|(_, place)| **place == id).map(|(leg, _)| *leg).collect();
        for leg in ids {
            self.places.remove(&leg);
            let reason = "a fault of the media engine ended the room".to_owned();
            self.outputs.push_back(Output::Event(Event::Failed { leg, reason }));
            let left = legs.iter().position(|left| left.id() == leg).map(|at| legs.swap_remove(at));
            let mut context =
                self.config.context(now, &mut self.entropy, &mut self.outputs, &mut self.refused);
            let closed = left.map(|left| catch_unwind(AssertUnwindSafe(|| left.close(&mut context))));
            if !matches!(closed, Some(Ok(()))) {
                let quality = Quality::default();
                self.outputs.push_back(Output::Event(Event::Closed { leg, quality }));
            }
        }
    }

    /// Forgets a room that its last leg has left. That ends its recording.
    fn remove_if_empty(&mut self, room: RoomId, now: Time) {
        if self.rooms.get(&room).is_some_and(Room::is_empty) {
            self.in_room(room, now, Room::stop_recording);
            self.rooms.remove(&room);
        }
    }

    /// Forgets a room without legs whose table was emptied, or recording ended, before any came.
    fn remove_if_unused(&mut self, room: RoomId) {
        let unused = |room: &Room| room.is_empty() && !room.has_table() && !room.is_recorded();
        if self.rooms.get(&room).is_some_and(unused) {
            self.rooms.remove(&room);
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
