//! Open rooms: whoever dials one talks with all who are there. Each caller keeps a session of its own; the room is the
//! switch's, and its leg alone moves there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Switch;
use super::history::Happening;
use super::session::{CallerLeg, Session};
use crate::dialplan::Input;
use crate::id::{LegId, RoomId, SessionId, TenantId};
use crate::media::{self, Row, Sound};
use crate::time::Time;

/// The playback of the tones of a room, and of what is told to whoever is alone there.
const SIGN: u64 = u64::MAX - 2;
const ALONE: u64 = u64::MAX - 3;
/// How long that one is left in peace (ms).
const PAUSE_MS: u32 = 12_000;
/// The tones that tell those in a room that somebody comes or goes (Hz), and how long they are (ms).
const COMES: f32 = 880.0;
const GOES: f32 = 440.0;
const TONE_MS: u32 = 150;
/// What whoever is alone in a room is told.
const PROMPT_ALONE: &str = "room/alone";

/// A room that callers have joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenRoom {
    /// The tenant in whose dialplan it is named; rooms of the same name elsewhere are others.
    tenant: Option<TenantId>,
    /// Its name.
    name: String,
    /// Those in it, each with the session.
    legs: BTreeMap<LegId, SessionId>,
    /// The one who is alone there, and is told so.
    alone: Option<LegId>,
}

impl Switch {
    /// The caller joins a room of its tenant, unless so many are there already.
    pub(super) fn join_room(&mut self, id: SessionId, name: String, limit: usize, now: Time) {
        let wall = self.wall(now);
        let Some(session) = self.sessions.get(&id) else { return };
        let (tenant, leg) = (session.tenant, session.caller);
        let known = self.rooms.iter().find(|(_, room)| room.tenant == tenant && room.name == name);
        let known = known.map(|(room, open)| (*room, open.legs.len()));
        if let Some((_, legs)) = known.filter(|(_, legs)| *legs >= limit) {
            let reasons = vec![format!("the room {name} is full: {legs} are there")];
            self.note(id, Happening::Decision { reasons }, now);
            return self.tell_run_only(id, Input::RoomFull, now);
        }
        let room = match known {
            Some((room, _)) => room,
            None => RoomId::new(wall, &mut self.entropy),
        };
        let nobody = OpenRoom { tenant, name: name.clone(), legs: BTreeMap::new(), alone: None };
        let open = self.rooms.entry(room).or_insert(nobody);
        open.legs.insert(leg, id);
        let legs = open.legs.len();
        self.note(id, Happening::RoomJoined { room: name, legs }, now);
        self.tell_media(media::Command::Move { leg, room });
        self.settle_room(room, Some(COMES));
    }

    /// A session is over: its caller is in no room any more.
    pub(super) fn leave_room(&mut self, id: SessionId) {
        let Some((room, leg)) = self.room_of(id) else { return };
        let Some(open) = self.rooms.get_mut(&room) else { return };
        open.legs.remove(&leg);
        if open.legs.is_empty() {
            self.rooms.remove(&room);
            self.tell_media(media::Command::Hear { room, rows: BTreeSet::new() });
        } else {
            self.settle_room(room, Some(GOES));
        }
    }

    /// A phone holds, or does no more: what it plays to those on hold is not for the room.
    pub(super) fn refresh_room_of(&mut self, id: SessionId) {
        if let Some((room, _)) = self.room_of(id) {
            self.settle_room(room, None);
        }
    }

    fn room_of(&self, id: SessionId) -> Option<(RoomId, LegId)> {
        self.rooms.iter().find_map(|(room, open)| {
            let (leg, _) = open.legs.iter().find(|(_, session)| **session == id)?;
            Some((*room, *leg))
        })
    }

    /// Has everybody in a room hear what they are to hear now, and this tone.
    fn settle_room(&mut self, room: RoomId, tone: Option<f32>) {
        let Some(open) = self.rooms.get(&room) else { return };
        let legs: Vec<LegId> = open.legs.keys().copied().collect();
        let speaks = |(leg, session): (&LegId, &SessionId)| {
            let holds = self.sessions.get(session).is_some_and(|session| session.caller_voice.holds);
            (!holds).then_some(*leg)
        };
        let speakers: Vec<LegId> = open.legs.iter().filter_map(speaks).collect();
        let pairs = speakers.iter().flat_map(|from| speakers.iter().map(|to| Row { from: *from, to: *to }));
        let rows = pairs.filter(|row| row.from != row.to).collect();
        let before = open.alone;
        let alone = legs.first().copied().filter(|_| legs.len() == 1);
        self.tell_media(media::Command::Hear { room, rows });
        if before != alone {
            before.into_iter().filter(|leg| legs.contains(leg)).for_each(|leg| {
                self.tell_media(media::Command::StopPlay { leg });
            });
            alone.into_iter().for_each(|leg| self.tell_alone(leg));
        }
        if let Some(open) = self.rooms.get_mut(&room) {
            open.alone = alone;
        }
        let Some(hz) = tone else { return };
        for leg in legs {
            let sounds = vec![Sound::Tone { hz, dbm0: -16.0, ms: Some(TONE_MS) }];
            self.tell_media(media::Command::Announce { leg, playback: SIGN, sounds });
        }
    }

    /// Who is alone in a room is told so from time to time.
    fn tell_alone(&mut self, leg: LegId) {
        let session = self.legs.get(&leg).and_then(|id| self.sessions.get(id));
        let Some(language) = session.map(|session| self.language(session)) else { return };
        let words = Sound::File(format!("prompts/{language}/{PROMPT_ALONE}").into());
        let sounds = vec![words, Sound::Silence { ms: PAUSE_MS }];
        self.tell_media(media::Command::Play { leg, playback: ALONE, sounds, repeat: true });
    }

    /// Sessions that a room names and that are not there, or are of others.
    pub(super) fn strangers_in(&self, room: &OpenRoom) -> Vec<SessionId> {
        let belongs = |leg: LegId, session: &Session| {
            session.caller == leg && session.caller_leg != CallerLeg::Down && !session.is_over()
        };
        let strange = |(leg, id): (&LegId, &SessionId)| {
            let is_there = self.sessions.get(id).is_some_and(|session| belongs(*leg, session));
            (!is_there).then_some(*id)
        };
        room.legs.iter().filter_map(strange).collect()
    }

    /// Puts a leg of a session that is not there into a room.
    #[cfg(any(test, fuzzing))]
    pub(super) fn plant_room(&mut self, leg: LegId, session: SessionId) {
        let legs = [(leg, session)].into();
        let open = OpenRoom { tenant: None, name: "planted".into(), legs, alone: None };
        self.rooms.insert(RoomId(session.0), open);
    }
}
