//! The recording of a session: one without a gap, from the first conversation until the client is gone or somebody
//! stops it, whoever serves the client meanwhile and in whatever way.
//!
//! What is on it follows from who hears whom: on the left the client, on the right whomever the client can hear. So
//! a private word, a whisper and a listener are not on it, by the same table that keeps them from the client.

mod announcement;
mod loss;
pub mod rules;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use self::rules::{Decision, Terms, Why, decide};
use super::cause::Cause;
use super::command::Refusal;
use super::history::Happening;
use super::services::Service;
use super::session::Session;
use super::talk::is_private;
use super::{Action, Switch};
use crate::id::{LegId, RecordingId, RoomId, SessionId, TenantId, UserId};
use crate::media::{self, Mark, Side};
use crate::time::{Time, UnixMs};

/// Below the folder of recordings: those under way, named by their ids.
const UNDER_WAY: &str = "live";

/// What a session knows of its recording.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorder {
    /// What the dialplan said last.
    pub dialplan: Option<bool>,
    /// Recordings begun so far.
    begun: u64,
    pub(super) state: State,
}

/// How far a recording has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum State {
    /// None, and a rule may begin one.
    #[default]
    Idle,
    /// It begins when the client has heard that it does.
    Announcing { why: Why, by: Option<String>, terms: Terms, until: Time },
    /// It runs.
    Running(Running),
    /// Somebody stopped it, or it could not be announced: only by hand is there another one.
    Stopped,
}

/// A recording that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Running {
    id: RecordingId,
    /// Its number in the room.
    number: u64,
    why: Why,
    terms: Terms,
    paused: bool,
    /// What the engine was told last.
    told: Sides,
}

/// Who is recorded on which side, and why somebody is not.
type Sides = (BTreeMap<LegId, Side>, Option<Mark>);

/// A recording that begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRecording {
    /// Its id, with which the names of its files begin.
    pub id: RecordingId,
    /// The tenant of the session.
    pub tenant: Option<TenantId>,
    /// What is recorded.
    pub session: SessionId,
    /// A mono file for each party, in place of one in stereo.
    pub per_party: bool,
    /// When it began.
    pub at: UnixMs,
    /// After how many days it is removed.
    pub keep_days: Option<u32>,
}

/// What is wanted of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordAct {
    /// Records the conversation, whatever the rules say.
    Start,
    /// Silence takes its place: somebody tells what is not to be kept.
    Pause,
    /// It goes on.
    Resume,
    /// It ends.
    Stop,
}

impl Recorder {
    /// When an announcement is given up.
    pub fn next_timeout(&self) -> Option<Time> {
        match self.state {
            State::Announcing { until, .. } => Some(until),
            _ => None,
        }
    }

    fn running(&mut self) -> Option<&mut Running> {
        match &mut self.state {
            State::Running(running) => Some(running),
            _ => None,
        }
    }
}

impl Switch {
    /// What holds for a session now.
    fn recording_decision(&self, session: &Session) -> (Decision, Terms) {
        if session.beside.is_some() {
            // A private word beside a session.
            return (Decision::Unsaid, Terms::default());
        }
        let rules = &self.directory.recording;
        let group = session.talk().and_then(|talk| talk.met.group());
        let shown = || self.directory.tenants.get(&session.tenant?)?.caller_number.as_deref();
        let number = match session.summary.outbound {
            true => shown(),
            false => Some(session.arrival.dialled.as_str()),
        };
        decide(
            self.directory.admits(session.tenant, Service::Recording).is_err(),
            session.recorder.dialplan,
            group.and_then(|group| rules.groups.get(&group)),
            number.and_then(|number| rules.of_number(number)),
        )
    }

    /// Begins a recording that is wanted, and ends one that is not.
    pub(super) fn follow_rule(&mut self, id: SessionId, now: Time) {
        let Some(session) = self.sessions.get(&id).filter(|session| !session.is_over()) else { return };
        let (decision, terms) = self.recording_decision(session);
        let why = match &session.recorder.state {
            State::Announcing { why, .. } | State::Running(Running { why, .. }) => Some(*why),
            State::Idle | State::Stopped => None,
        };
        match (decision, why) {
            (Decision::On(why), None) if session.lacks_recording() => {
                self.begin(id, (why, None), terms, now);
            }
            (Decision::Never, Some(_)) => self.stop_recording(id, State::Idle, None, now),
            (Decision::Off, Some(why)) if why != Why::Command => {
                self.stop_recording(id, State::Idle, None, now);
            }
            _ => {}
        }
    }

    /// Whether a session talks without the recording that its rule wants.
    pub(super) fn has_gap(&self, session: &Session) -> bool {
        session.lacks_recording() && matches!(self.recording_decision(session).0, Decision::On(_))
    }

    /// The configuration is another one: conversations are recorded as it says.
    pub(super) fn follow_rules(&mut self, now: Time) {
        let talking = self.sessions.values().filter(|session| session.talk().is_some());
        let talking: Vec<SessionId> = talking.map(|session| session.id).collect();
        for id in talking {
            self.follow_rule(id, now);
            self.reschedule(id);
        }
    }

    /// The dialplan says whether conversations are recorded from here on.
    pub(super) fn record_by_dialplan(&mut self, id: SessionId, on: bool, now: Time) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.recorder.dialplan = Some(on);
            self.follow_rule(id, now);
        }
    }

    /// Does with a recording what somebody wants.
    pub(super) fn record(
        &mut self,
        id: SessionId,
        by: Option<UserId>,
        act: RecordAct,
        now: Time,
    ) -> Result<(), Refusal> {
        let by = by.map(|by| self.operator_name(by));
        match act {
            RecordAct::Start => self.record_by_hand(id, by, now),
            RecordAct::Pause => self.pause_recording(id, by, true, now),
            RecordAct::Resume => self.pause_recording(id, by, false, now),
            RecordAct::Stop => {
                let session = self.sessions.get_mut(&id).ok_or_else(Refusal::gone)?;
                if matches!(session.recorder.state, State::Idle | State::Stopped) {
                    return Err(not_recorded());
                }
                self.stop_recording(id, State::Stopped, by, now);
                Ok(())
            }
        }
    }

    fn record_by_hand(&mut self, id: SessionId, by: Option<String>, now: Time) -> Result<(), Refusal> {
        let session = self.sessions.get(&id).ok_or_else(Refusal::gone)?;
        if session.talk().is_none() {
            return Err(Refusal::new(Cause::Unavailable, "nobody talks in this session now"));
        }
        self.admits(id, Service::Recording)?;
        let terms = self.recording_decision(session).1;
        if matches!(session.recorder.state, State::Announcing { .. } | State::Running(_)) {
            return Err(Refusal::new(Cause::Busy, "the session is recorded already"));
        }
        self.begin(id, (Why::Command, by), terms, now);
        Ok(())
    }

    fn pause_recording(
        &mut self,
        id: SessionId,
        by: Option<String>,
        pause: bool,
        now: Time,
    ) -> Result<(), Refusal> {
        let session = self.sessions.get_mut(&id).ok_or_else(Refusal::gone)?;
        let running = session.recorder.running().ok_or_else(not_recorded)?;
        if running.paused == pause {
            let why = if pause { "the recording is paused already" } else { "the recording is not paused" };
            return Err(Refusal::new(Cause::Busy, why));
        }
        running.paused = pause;
        self.record_sides(id);
        let happened = match pause {
            true => Happening::RecordingPaused { by },
            false => Happening::RecordingResumed { by },
        };
        self.note(id, happened, now);
        Ok(())
    }

    fn run_recording(
        &mut self,
        id: SessionId,
        (why, by): (Why, Option<String>),
        terms: Terms,
        paused: bool,
        now: Time,
    ) {
        let at = self.wall(now);
        let recording = RecordingId::new(at, &mut self.entropy);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.recorder.begun += 1;
        let (room, number, per_party) = (session.room, session.recorder.begun, terms.per_party);
        let begun = NewRecording {
            id: recording,
            tenant: session.tenant,
            session: id,
            per_party,
            at,
            keep_days: terms.keep_days,
        };
        let told = Sides::default();
        session.recorder.state = State::Running(Running { id: recording, number, why, terms, paused, told });
        let stem = under_way(&self.config.recordings).join(recording.to_string());
        self.outputs.push_back(Action::RecordingBegun(Box::new(begun)));
        self.tell_media(media::Command::RecordRoom { room, recording: number, stem, per_party });
        self.record_sides(id);
        self.note(id, Happening::RecordingStarted { recording, why, by }, now);
        if paused {
            self.note(id, Happening::RecordingPaused { by: None }, now);
        }
    }

    /// Tells the engine who is recorded, if that changed.
    pub(super) fn record_sides(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if matches!(session.recorder.state, State::Announcing { .. }) && session.talk().is_none() {
            // The conversation that was to be recorded is over.
            session.recorder.state = State::Idle;
        }
        let now = sides(session);
        let Some(running) = session.recorder.running() else { return };
        if running.told != now {
            running.told.clone_from(&now);
            let (sides, mark) = now;
            let room = session.room;
            self.tell_media(media::Command::RecordSides { room, sides, mark });
        }
    }

    /// The session is over, and with it its recording.
    pub(super) fn end_recording(&mut self, id: SessionId, now: Time) {
        self.stop_recording(id, State::Stopped, None, now);
    }

    /// Ends the recording, or the announcement of one.
    fn stop_recording(&mut self, id: SessionId, next: State, by: Option<String>, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let room = session.room;
        if let State::Running(Running { id: recording, .. }) =
            std::mem::replace(&mut session.recorder.state, next)
        {
            self.tell_media(media::Command::StopRecordRoom { room });
            self.note(id, Happening::RecordingStopped { recording, by }, now);
        }
    }

    /// The engine has ended the recording of a room, or lost some of its sound.
    pub(super) fn recording_reported(
        &mut self,
        room: RoomId,
        number: u64,
        incomplete: Option<String>,
        now: Time,
    ) {
        let session = self.sessions.values_mut().find(|session| session.room == room);
        let Some(session) = session else { return };
        let id = session.id;
        let Some(running) = session.recorder.running().filter(|running| running.number == number) else {
            return;
        };
        let Running { id: recording, why, terms, paused, .. } = running.clone();
        match incomplete {
            Some(reason) => {
                self.note(id, Happening::RecordingIncomplete { recording, reason }, now);
                self.tell_of_loss(id);
            }
            // Nobody here ended it: what follows is recorded anew, and no card data with it.
            None => {
                session.recorder.state = State::Idle;
                let talks = session.talk().is_some();
                self.note(id, Happening::RecordingStopped { recording, by: None }, now);
                if talks {
                    self.run_recording(id, (why, None), terms, paused, now);
                }
            }
        }
        self.reschedule(id);
    }
}

impl Session {
    /// Whether it talks, and a rule that wants a recording would begin one.
    fn lacks_recording(&self) -> bool {
        self.has_sound() && self.talk().is_some() && self.recorder.state == State::Idle
    }
}

/// Where recordings are under way, of those in this folder.
pub fn under_way(recordings: &std::path::Path) -> PathBuf {
    recordings.join(UNDER_WAY)
}

fn not_recorded() -> Refusal {
    Refusal::new(Cause::Unavailable, "the session is not recorded now")
}

/// Who is recorded now: the client, and whomever the client hears.
fn sides(session: &Session) -> Sides {
    if let State::Running(Running { paused: true, .. }) = session.recorder.state {
        return (BTreeMap::new(), Some(Mark::Paused));
    }
    let client = session.client;
    let company = session.rows.iter().filter(|row| row.to == client && row.from != client);
    let mut sides: BTreeMap<LegId, Side> = company.map(|row| (row.from, Side::Company)).collect();
    sides.insert(client, Side::Client);
    (sides, is_private(session).then_some(Mark::Private))
}
