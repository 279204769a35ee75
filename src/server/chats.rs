//! Sessions that are written: what the switch task has to do with browsers of clients and with pages of operators.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::core::Core;
use super::{StartError, secrets};
use crate::api::live::{Changed, Hint};
use crate::entropy::Entropy;
use crate::id::{DoorId, LegId, SessionId, UserId};
use crate::lines::webchat::{self, By, ConnId, ServerFrame, Stage, Visitor, Written};
use crate::lines::workspace::{self, Outcome};
use crate::switch::Event;
use crate::switch::cause::Cause;
use crate::switch::command::Refusal;
use crate::switch::history::{Happening, Past, SessionEvent};
use crate::switch::leg::Role;
use crate::switch::line::{Message, Origin};
use crate::time::Time;

/// Messages of one session that are kept beside the store, which learns of them a moment later.
const KEPT: usize = 500;
/// Bytes of their texts.
const KEPT_BYTES: usize = 64 * 1024;
/// How long those of a session that is over are kept: they are stored by then.
const STORED_WITHIN: Duration = Duration::from_secs(10);
/// Browsers at once.
const BROWSERS: usize = 10_000;

/// What browsers and pages ask of the switch task.
pub enum Request {
    /// A client's browser has connected; it is given a number, or nothing if there is no room.
    Connected {
        door: DoorId,
        visitor: Visitor,
        frames: mpsc::Sender<ServerFrame>,
        answer: oneshot::Sender<Option<ConnId>>,
    },
    /// It says something.
    Frame { conn: ConnId, frame: webchat::ClientFrame },
    /// It is gone.
    Gone { conn: ConnId },
    /// An operator wrote something.
    Write {
        session: SessionId,
        operator: UserId,
        own: u64,
        text: String,
        aside: bool,
        done: oneshot::Sender<Result<u64, Refusal>>,
    },
    /// What was written after a message, unless what is kept here begins later.
    Messages { session: SessionId, after: u64, answer: oneshot::Sender<Option<Vec<Message>>> },
    /// An operator types.
    Types { session: SessionId, operator: UserId },
    /// An operator has read everything up to a message.
    Read { session: SessionId, operator: UserId, number: u64 },
    /// An operator does not want the session that rings in the workspace.
    Decline { session: SessionId, operator: UserId, done: oneshot::Sender<bool> },
    /// An operator's workspace was opened, or the last page of it closed.
    Workspace { operator: UserId, open: bool },
}

/// What the switch task keeps for them.
#[derive(Default)]
pub struct Chats {
    frames: BTreeMap<ConnId, mpsc::Sender<ServerFrame>>,
    next: u64,
    /// Who waits for what comes of a message.
    writes: BTreeMap<(LegId, u64), oneshot::Sender<Result<u64, Refusal>>>,
    written: BTreeMap<SessionId, Kept>,
    over: VecDeque<(Time, SessionId)>,
    /// Sessions whose clients may have to be told how they stand.
    changed: BTreeSet<SessionId>,
}

/// The last messages of a session.
#[derive(Default)]
struct Kept {
    messages: VecDeque<Message>,
    bytes: usize,
}

impl Kept {
    fn push(&mut self, message: Message) {
        self.bytes += message.text.len();
        self.messages.push_back(message);
        while self.messages.len() > KEPT || self.bytes > KEPT_BYTES {
            let Some(oldest) = self.messages.pop_front() else { return };
            self.bytes -= oldest.text.len();
        }
    }

    /// What came after a message, if it is all here.
    fn after(&self, after: u64) -> Option<Vec<Message>> {
        let first = self.messages.front().map_or(1, |message| message.number);
        let later = self.messages.iter().filter(|message| message.number > after);
        (first <= after + 1).then(|| later.cloned().collect())
    }
}

impl Chats {
    /// Browsers of clients that are connected.
    pub fn browsers(&self) -> usize {
        self.frames.len()
    }

    /// Takes down what happened to a session.
    pub fn happened(&mut self, event: &SessionEvent) {
        self.changed.insert(event.session);
        if let Happening::Wrote { leg, number, author, operator, text, aside, .. } = &event.what {
            self.written.entry(event.session).or_default().push(Message {
                number: *number,
                at: event.at,
                leg: *leg,
                operator: *operator,
                author: author.clone(),
                text: text.clone(),
                aside: *aside,
            });
        }
    }

    /// A session is over.
    pub fn closed(&mut self, session: SessionId, now: Time) {
        self.changed.remove(&session);
        if self.written.contains_key(&session) {
            self.over.push_back((now + STORED_WITHIN, session));
        }
    }

    /// Forgets what is stored by now.
    pub fn forget(&mut self, now: Time) {
        while let Some((_, session)) = self.over.front().copied().filter(|(at, _)| *at <= now) {
            self.over.pop_front();
            self.written.remove(&session);
        }
    }
}

impl Core {
    pub(super) fn chat_request(&mut self, request: Request) {
        let now = self.clock.now();
        match request {
            Request::Connected { door, visitor, frames, answer } => {
                let conn = (self.chats.frames.len() < BROWSERS).then(|| {
                    self.chats.next += 1;
                    ConnId(self.chats.next)
                });
                // Whoever asked and is gone says so no more.
                if answer.send(conn).is_err() {
                    return;
                }
                let Some(conn) = conn else { return };
                self.chats.frames.insert(conn, frames);
                self.webchat.handle(webchat::Input::Connected { conn, door, visitor }, now);
            }
            Request::Frame { conn, frame } => {
                self.webchat.handle(webchat::Input::Frame { conn, frame }, now);
            }
            Request::Gone { conn } => {
                self.chats.frames.remove(&conn);
                self.webchat.handle(webchat::Input::Gone { conn }, now);
            }
            Request::Write { session, operator, own, text, aside, done } => {
                self.write(session, operator, (own, text, aside), done);
            }
            Request::Messages { session, after, answer } => {
                let known = self.chats.written.get(&session);
                let none = || self.switch.summary(session).is_some_and(|summary| summary.messages == 0);
                let kept = known.map_or_else(|| none().then(Vec::new), |kept| kept.after(after));
                let _ = answer.send(kept);
            }
            Request::Types { session, operator } => {
                if let Some((leg, author)) = self.client_of(session, operator) {
                    self.webchat.handle(webchat::Input::Typing { leg, author }, now);
                }
            }
            Request::Read { session, operator, number } => {
                if let Some((leg, _)) = self.client_of(session, operator) {
                    self.webchat.handle(webchat::Input::Read { leg, number }, now);
                }
            }
            Request::Decline { session, operator, done } => {
                let leg = self.ringing_in_workspace(session, operator);
                leg.into_iter().for_each(|leg| self.workspaces.handle(workspace::Input::Decline { leg }));
                let _ = done.send(leg.is_some());
            }
            Request::Workspace { operator, open } => {
                self.switch.handle(Event::Workspace { operator, open }, now);
            }
        }
    }

    /// A session goes on that was live when the program went: those first learn of it who carry its legs.
    pub(super) fn resume(&mut self, past: Box<Past>) {
        let now = self.clock.now();
        let door = match past.arrival.origin {
            Origin::Door(door) if past.arrival.line == webchat::NAME => door,
            _ => return,
        };
        let (served, written) = (!past.parties.is_empty(), read_by_client(&past));
        self.webchat.handle(webchat::Input::Resume { leg: past.client, door, served, written }, now);
        for (leg, (operator, _)) in &past.parties {
            let (leg, operator) = (*leg, *operator);
            let answers = past.written_by(leg).map(|(own, message)| (own, Ok(message.number))).collect();
            self.workspaces.handle(workspace::Input::Resume { leg, operator, answers });
        }
        let last = u32::try_from(past.summary.seq).unwrap_or(u32::MAX);
        self.journal.resume(past.session, past.summary.tenant, last);
        let kept = self.chats.written.entry(past.session).or_default();
        past.messages.iter().for_each(|(_, message)| kept.push(message.clone()));
        self.switch.handle(Event::Resume(past), now);
    }

    fn write(
        &mut self,
        session: SessionId,
        operator: UserId,
        (own, text, aside): (u64, String, bool),
        done: oneshot::Sender<Result<u64, Refusal>>,
    ) {
        let leg = self.switch.leg_in_session(session, operator).filter(|leg| self.workspaces.has(*leg));
        let Some(leg) = leg else {
            let why = Refusal {
                cause: Cause::NotFound,
                why: "the operator does not write in this session".to_owned(),
            };
            let _ = done.send(Err(why));
            return;
        };
        // The same message asked for twice: both are answered alike, by the later place.
        self.chats.writes.insert((leg, own), done);
        self.workspaces.handle(workspace::Input::Write { leg, own, text, aside });
    }

    /// The leg of the client, for an operator who takes part; with the operator's name for people.
    fn client_of(&self, session: SessionId, operator: UserId) -> Option<(LegId, String)> {
        let found = self.switch.session(session)?;
        found.leg_of(operator)?;
        let known = self.switch.directory().operators.get(&operator)?;
        Some((found.client, known.display.clone()))
    }

    /// The leg by which a session rings in an operator's workspace.
    pub(super) fn ringing_in_workspace(&self, session: SessionId, operator: UserId) -> Option<LegId> {
        let leg = self.switch.leg_in_session(session, operator)?;
        let leg_there = self.switch.session(session)?.legs.get(&leg)?;
        (self.workspaces.has(leg) && leg_there.voice().is_none()).then_some(leg)
    }

    pub(super) fn webchat_output(&mut self, output: webchat::Output) {
        let now = self.clock.now();
        match output {
            webchat::Output::Send { conn, frame } => {
                let sent = self.chats.frames.get(&conn).map(|frames| frames.try_send(frame));
                // Who does not keep up comes back, and is told what it missed.
                if let Some(Err(_)) = sent {
                    self.chats.frames.remove(&conn);
                    self.webchat.handle(webchat::Input::Gone { conn }, now);
                }
            }
            // The connection ends when nobody can send to it any more.
            webchat::Output::Close { conn } => _ = self.chats.frames.remove(&conn),
            webchat::Output::Switch { leg, event } => self.line_event(leg, event),
            webchat::Output::Types { leg } => {
                let Some(session) = self.switch.session_of(leg) else { return };
                let tenant = self.switch.session(session).and_then(|session| session.tenant);
                self.feed.hint(Hint { session, tenant, what: Changed::Typing });
            }
            webchat::Output::Changed { leg } => {
                self.switch.session_of(leg).into_iter().for_each(|session| self.feed.session(session));
            }
        }
    }

    pub(super) fn workspace_output(&mut self, output: workspace::Output) {
        match output {
            workspace::Output::Switch { leg, event } => self.line_event(leg, event),
            workspace::Output::Wrote { leg, own, outcome } => self.answer_writer(leg, own, outcome),
        }
    }

    fn answer_writer(&mut self, leg: LegId, own: u64, outcome: Outcome) {
        if let Some(done) = self.chats.writes.remove(&(leg, own)) {
            let _ = done.send(outcome.map_err(|why| Refusal { cause: Cause::Forbidden, why }));
        }
    }

    /// Tells clients how their sessions stand: those in which something happened, and the places of those who wait.
    pub(super) fn tell_clients(&mut self, places: bool) {
        let now = self.clock.now();
        let mut sessions = std::mem::take(&mut self.chats.changed);
        if places {
            let live = self.webchat.live().filter_map(|leg| self.switch.session_of(leg));
            sessions.extend(live);
        }
        for id in sessions {
            let Some((leg, stage)) = self.stage_for_client(id) else { continue };
            self.webchat.handle(webchat::Input::Stands { leg, stage }, now);
        }
    }

    fn stage_for_client(&self, id: SessionId) -> Option<(LegId, Stage)> {
        let session = self.switch.session(id).filter(|session| !session.is_over())?;
        let leg = Some(session.client).filter(|leg| self.webchat.has(*leg))?;
        if session.talk().is_none() {
            let position = self.switch.queues().position(id).unwrap_or(0);
            return Some((leg, Stage::Waiting { position }));
        }
        let known = &self.switch.directory().operators;
        let by = session.company().filter_map(|at| match &session.legs.get(&at)?.role {
            Role::Operator { user, .. } => known.get(user).map(|operator| operator.display.clone()),
            Role::External(_) => None,
        });
        Some((leg, Stage::Served { by: by.collect() }))
    }
}

/// The secret by which browsers find their chats again, after a restart too.
///
/// # Errors
/// It cannot be read or written, or is none.
pub(super) fn key(data: &Path, entropy: &mut Entropy) -> Result<webchat::Key, StartError> {
    let path = data.join("webchat.secret");
    let text = secrets::kept(&path, || webchat::Key::draw(entropy).text(), || ())?;
    webchat::Key::read(&text).ok_or_else(|| {
        let shown = path.display();
        format!("{shown} is not 64 hexadecimal digits; remove it, and chats that go on now are lost")
    })
}

/// What the client of a session reads, each with its writer's own number.
fn read_by_client(past: &Past) -> Vec<(u64, Written)> {
    let read = past.messages.iter().filter(|(_, message)| !message.aside);
    let written = read.map(|(own, message)| {
        let Message { number, at, text, .. } = message.clone();
        let by = if message.leg == past.client { By::Client } else { By::Operator };
        let author = if by == By::Client { String::new() } else { message.author.clone() };
        (*own, Written { number, at: at.0, by, author, text })
    });
    written.collect()
}
