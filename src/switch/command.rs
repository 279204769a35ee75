//! What people want done with a session that is live: by the workspace, by programs, by codes of a phone.

use serde::{Deserialize, Serialize};

use super::Switch;
use super::cause::Cause;
use super::history::{Happening, Kind};
use super::leg::Part;
use super::parties::MOST_OPERATORS;
use super::recording::RecordAct;
use super::route::Route;
use super::services::Service;
use super::stage::{Held, Stage};
use crate::id::{GroupId, LegId, SessionId, UserId};
use crate::media;
use crate::time::Time;

/// One thing wanted of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// The client waits with music, and hears none of the others. Where colleagues talk without a client, the other
    /// one of the operator who holds waits, and the one who was called if nobody is named.
    Hold,
    /// The client is with the others again, and whoever is being consulted by a phone's second call comes along.
    Resume,
    /// Nobody hears this operator, or all do again.
    Mute {
        /// Whom.
        operator: UserId,
        /// Whether.
        on: bool,
    },
    /// Keys are pressed for somebody: the menu of another company, for one.
    Keys {
        /// For whom; for the client if nobody is named.
        leg: Option<LegId>,
        /// Which: `0` to `9`, `*`, `#`, `A` to `D`.
        keys: String,
    },
    /// Somebody is called into the conversation.
    Invite {
        /// Whom.
        to: Destination,
        /// The client waits meanwhile: the others consult.
        consult: bool,
    },
    /// An operator, or somebody who was invited, leaves the conversation.
    Remove {
        /// Which leg.
        leg: LegId,
    },
    /// An operator leaves the client with the others.
    Leave {
        /// Who.
        operator: UserId,
    },
    /// The client is handed to somebody else.
    Forward {
        /// To whom.
        to: Destination,
        /// What the one who takes over should know.
        note: Option<String>,
    },
    /// A supervisor takes part.
    Supervise {
        /// Who.
        supervisor: UserId,
        /// As what.
        part: Part,
    },
    /// The recording of the session begins, pauses, goes on or ends.
    Record {
        /// Which of these.
        act: RecordAct,
    },
}

impl Command {
    fn needs_sound(&self) -> bool {
        match self {
            Command::Hold
            | Command::Mute { .. }
            | Command::Keys { .. }
            | Command::Supervise { .. }
            | Command::Record { .. } => true,
            Command::Resume
            | Command::Invite { .. }
            | Command::Remove { .. }
            | Command::Leave { .. }
            | Command::Forward { .. } => false,
        }
    }
}

/// Somebody whom an operator wants in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// An operator.
    Operator(UserId),
    /// Any operator of a group.
    Group(GroupId),
    /// Whoever has this number: an extension, a number outside, or one that a dialplan answers.
    Number(String),
}

/// Why something is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What a phone is told.
    pub cause: Cause,
    /// What people are told.
    pub why: String,
}

impl Refusal {
    pub(super) fn new(cause: Cause, why: &str) -> Self {
        Self { cause, why: why.to_owned() }
    }

    pub(super) fn gone() -> Self {
        Self::new(Cause::NotFound, "there is no such live session")
    }
}

impl From<Cause> for Refusal {
    fn from(cause: Cause) -> Self {
        let why = match cause {
            Cause::Busy => "the operator is on another session".to_owned(),
            Cause::Unreachable => "no phone of the operator is registered".to_owned(),
            Cause::Declined => "the operator is away".to_owned(),
            Cause::Unavailable => "no trunk takes the call now".to_owned(),
            cause => cause.to_string(),
        };
        Self { cause, why }
    }
}

impl Switch {
    /// Does something with a session for an operator who takes part in it, or for somebody who may do that to any session.
    ///
    /// # Errors
    /// Why it is not done; nothing has changed then.
    pub fn command(
        &mut self,
        id: SessionId,
        by: Option<UserId>,
        command: Command,
        now: Time,
    ) -> Result<(), Refusal> {
        let done = self.carry_out(id, by, command, now);
        self.drain_queues(now);
        self.reschedule(id);
        done
    }

    fn carry_out(
        &mut self,
        id: SessionId,
        by: Option<UserId>,
        command: Command,
        now: Time,
    ) -> Result<(), Refusal> {
        let session =
            self.sessions.get(&id).filter(|session| !session.is_over()).ok_or_else(Refusal::gone)?;
        if let (Command::Forward { to, note }, Stage::Queued { .. }) = (&command, session.stage) {
            let route = self.destination(id, by, to)?;
            return self.redirect(id, by, route, note.clone(), now);
        }
        // A recording goes on where nobody talks.
        if session.talk().is_none() && !matches!(command, Command::Record { .. }) {
            return Err(Refusal::new(Cause::Unavailable, "nobody talks in this session now"));
        }
        if command.needs_sound() && !session.has_sound() {
            return Err(Refusal::new(Cause::Forbidden, "nothing is heard in this session: it is written in"));
        }
        match command {
            Command::Hold => self.set_held(id, by, true, now),
            Command::Resume => match self.consulted_beside(id) {
                Some(beside) => self.join(id, beside, now),
                None => self.set_held(id, by, false, now),
            },
            Command::Mute { operator, on } => self.mute(id, operator, on, now),
            Command::Keys { leg, keys } => self.send_keys(id, by, leg, keys, now),
            Command::Invite { to, consult } => self.invite(id, by, &to, consult, now),
            Command::Remove { leg } => self.remove(id, leg, now),
            Command::Leave { operator } => self.leave(id, operator, now),
            Command::Forward { to, note } => self.forward_by_command(id, by, &to, note, now),
            Command::Supervise { supervisor, part } => self.supervise(id, supervisor, part, now),
            Command::Record { act } => self.record(id, by, act, now),
        }
    }

    fn set_held(&mut self, id: SessionId, by: Option<UserId>, held: bool, now: Time) -> Result<(), Refusal> {
        if held {
            self.admits(id, Service::Hold)?;
        }
        let holder = by.map(|operator| self.leg_in(id, operator)).transpose()?;
        let session = self.sessions.get_mut(&id).ok_or_else(Refusal::gone)?;
        let served = match (holder, session.summary.kind) {
            // Among colleagues nobody is served but whoever is put on hold.
            (Some(holder), Kind::Internal) if held && holder == session.client => session.company().next(),
            _ => None,
        };
        let by = holder.or_else(|| session.company().next()).unwrap_or(session.client);
        let talk = session.talk_mut().ok_or_else(Refusal::gone)?;
        if talk.forward.is_some() {
            return Err(Refusal::new(Cause::Busy, "the client is being forwarded"));
        }
        talk.held = held.then_some(Held::Aside { by });
        session.client = served.unwrap_or(session.client);
        self.refresh(id, now);
        Ok(())
    }

    fn mute(&mut self, id: SessionId, operator: UserId, on: bool, now: Time) -> Result<(), Refusal> {
        if on {
            self.admits(id, Service::Mute)?;
        }
        let leg = self.leg_in(id, operator)?;
        let party = self.operator_name(operator);
        if let Some(voice) = self.sessions.get_mut(&id).and_then(|session| session.voice_mut(leg))
            && std::mem::replace(&mut voice.muted, on) != on
        {
            self.note(id, Happening::Muted { leg, party, on }, now);
            self.refresh(id, now);
        }
        Ok(())
    }

    fn send_keys(
        &mut self,
        id: SessionId,
        by: Option<UserId>,
        leg: Option<LegId>,
        keys: String,
        now: Time,
    ) -> Result<(), Refusal> {
        let session = self.sessions.get(&id).ok_or_else(Refusal::gone)?;
        let leg = leg.unwrap_or(session.client);
        if !session.voices().any(|(there, _)| there == leg) {
            return Err(Refusal::new(Cause::NotFound, "nobody is at that leg of the session"));
        }
        if session.music.contains_key(&leg) {
            return Err(Refusal::new(Cause::Unavailable, "who waits on hold hears no keys: resume first"));
        }
        let count = keys.chars().count();
        self.tell_media(media::Command::SendDigits { leg, digits: keys });
        let (party, by) = (self.name_at(id, leg), by.map(|by| self.operator_name(by)));
        self.note(id, Happening::KeysSent { leg, party, count, by }, now);
        Ok(())
    }

    fn invite(
        &mut self,
        id: SessionId,
        by: Option<UserId>,
        to: &Destination,
        consult: bool,
        now: Time,
    ) -> Result<(), Refusal> {
        self.admits(id, Service::Conference)?;
        let session = self.sessions.get(&id).ok_or_else(Refusal::gone)?;
        if session.serving() >= MOST_OPERATORS {
            let why = format!("{MOST_OPERATORS} operators are in the session already, more there cannot be");
            return Err(Refusal { cause: Cause::Busy, why });
        }
        let route = self.destination(id, by, to)?;
        let leg = self.call_in(id, route, Part::Party, now)?;
        let name = by.map(|by| self.operator_name(by));
        self.note(id, Happening::Invited { party: self.name_at(id, leg), by: name }, now);
        let Some(session) = self.sessions.get_mut(&id) else { return Err(Refusal::gone()) };
        let asks = by.and_then(|by| session.leg_of(by)).or_else(|| session.company().next());
        if let (true, Some(by), Some(talk)) = (consult, asks, session.talk_mut()) {
            talk.held.get_or_insert(Held::Consult { by });
        }
        self.refresh(id, now);
        Ok(())
    }

    /// Where a destination leads for this operator, or for the tenant of the session if nobody is named.
    fn destination(&self, id: SessionId, by: Option<UserId>, to: &Destination) -> Result<Route, Refusal> {
        let session = self.sessions.get(&id).ok_or_else(Refusal::gone)?;
        match to {
            Destination::Operator(user) if self.directory.operators.contains_key(user) => {
                Ok(Route::Operator(*user))
            }
            Destination::Group(group) if self.directory.groups.contains_key(group) => {
                Ok(Route::Group(*group))
            }
            Destination::Number(number) => {
                let operator = by.or_else(|| session.operators().next());
                let nobody = || Refusal::new(Cause::Forbidden, "no operator is in the session who may call");
                match self.route_for(operator.ok_or_else(nobody)?, number)? {
                    Route::External(_) if !session.has_sound() => {
                        Err(Refusal::new(Cause::Forbidden, "no telephone can be called into what is written"))
                    }
                    route => Ok(route),
                }
            }
            _ => Err(Refusal::new(Cause::NotFound, "there is nobody of that name")),
        }
    }

    fn remove(&mut self, id: SessionId, leg: LegId, now: Time) -> Result<(), Refusal> {
        let session = self.sessions.get(&id).ok_or_else(Refusal::gone)?;
        if leg == session.client {
            return Err(Refusal::new(Cause::Forbidden, "without the client there is no session: end it"));
        }
        if leg != session.caller && !session.legs.contains_key(&leg) {
            return Err(Refusal::new(Cause::NotFound, "the session has no such leg"));
        }
        self.remove_party(id, leg, Cause::Normal, now);
        Ok(())
    }

    fn leave(&mut self, id: SessionId, operator: UserId, now: Time) -> Result<(), Refusal> {
        let leg = self.leg_in(id, operator)?;
        self.remove(id, leg, now)
    }

    fn forward_by_command(
        &mut self,
        id: SessionId,
        by: Option<UserId>,
        to: &Destination,
        note: Option<String>,
        now: Time,
    ) -> Result<(), Refusal> {
        let route = self.destination(id, by, to)?;
        let session = self.sessions.get(&id).ok_or_else(Refusal::gone)?;
        let from = {
            let mut serves = session.company().filter_map(|leg| Some((leg, session.operator_at(leg)?)));
            serves.find(|(_, operator)| by.is_none_or(|by| by == *operator))
        };
        let from =
            from.ok_or_else(|| Refusal::new(Cause::Forbidden, "only who serves a client forwards it"))?;
        if let Some(session) = self.sessions.get_mut(&id) {
            session.remark = note.as_deref().map(in_one_line);
        }
        let forwarded = self.forward(id, from, route, None, now);
        if let (Err(_), Some(session)) = (&forwarded, self.sessions.get_mut(&id)) {
            // Nobody else is to be told it.
            session.remark = None;
        }
        forwarded?;
        if let Some(text) = note {
            self.note(id, Happening::Remark { by: self.operator_name(from.1), text }, now);
        }
        Ok(())
    }

    fn supervise(&mut self, id: SessionId, supervisor: UserId, part: Part, now: Time) -> Result<(), Refusal> {
        let session = self.sessions.get_mut(&id).ok_or_else(Refusal::gone)?;
        match session.leg_of(supervisor) {
            Some(leg) => {
                let Some(voice) = session.voice_mut(leg).filter(|voice| voice.part != Part::Party) else {
                    return Err(Refusal::new(
                        Cause::Busy,
                        "the supervisor takes part already, or is being called",
                    ));
                };
                voice.part = part;
                let party = self.operator_name(supervisor);
                self.note(id, Happening::Joined { leg, party, operator: Some(supervisor), part }, now);
                self.refresh(id, now);
            }
            None => {
                self.call_in(id, Route::Operator(supervisor), part, now)?;
            }
        }
        Ok(())
    }

    fn leg_in(&self, id: SessionId, operator: UserId) -> Result<LegId, Refusal> {
        let leg = self.sessions.get(&id).and_then(|session| session.leg_of(operator));
        leg.ok_or_else(|| Refusal::new(Cause::NotFound, "the operator is not in this session"))
    }
}

/// Characters of a remark that a phone is told.
const REMARK: usize = 200;

/// A remark as a phone can show it.
pub(super) fn in_one_line(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(REMARK).collect::<String>().trim().to_owned()
}
