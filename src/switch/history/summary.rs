//! What the events of a session add up to.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Happening, Kind, Phase, SessionEvent};
use crate::id::{GroupId, LegId, TenantId, UserId};
use crate::switch::cause::{Cause, EndedBy};
use crate::time::UnixMs;

/// What the events of a session add up to: the record of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The last event counted in.
    pub seq: u64,
    /// The tenant whose number was dialled.
    pub tenant: Option<TenantId>,
    /// Whether it has a client.
    pub kind: Kind,
    /// Whether we began it by calling somebody outside.
    pub outbound: bool,
    /// Where it stands.
    pub phase: Phase,
    /// The row of `LINES` by which it came.
    pub line: String,
    /// The caller's number.
    pub from: String,
    /// The caller's name, if one was given.
    pub display: Option<String>,
    /// The number dialled.
    pub dialled: String,
    /// When it arrived.
    pub started: UnixMs,
    /// When we answered.
    pub answered: Option<UnixMs>,
    /// When the caller first talked with somebody.
    pub connected: Option<UnixMs>,
    /// When it ended.
    pub ended: Option<UnixMs>,
    /// Keys pressed, in order.
    pub keys: String,
    /// What the dialplan noted.
    pub parameters: BTreeMap<String, String>,
    /// With which words the dialplan marked it.
    pub tags: BTreeSet<String>,
    /// Whom it called by name, not by a queue: operators, numbers outside.
    pub called: BTreeSet<String>,
    /// The group it waited for last.
    pub group: Option<GroupId>,
    /// Groups it waited for, in order.
    pub groups: Vec<String>,
    /// Place in the queue at the last count.
    pub position: Option<usize>,
    /// Milliseconds spent waiting for an operator.
    pub waiting_ms: u64,
    /// Milliseconds of conversation.
    pub talk_ms: u64,
    /// Those it talked with, in order.
    pub parties: Vec<String>,
    /// Operators it talked with, in order.
    pub operators: Vec<UserId>,
    /// Why each routing decision was made.
    pub decisions: Vec<String>,
    /// Why it ended.
    pub cause: Option<Cause>,
    /// Who hung up: `caller`, or the name of the other party. Nobody did if we ended it.
    pub hung_up_by: Option<String>,
    /// Whether it is recorded now.
    pub recorded: Recorded,
    /// Sound of a recording of it was lost.
    pub recording_incomplete: bool,
    /// What else its line knows of the client, for people.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
    /// How many messages were written in it.
    #[serde(default)]
    pub messages: u64,
    /// Each leg that talked, in the order of their ids.
    pub legs: BTreeMap<LegId, LegTime>,
    waiting_since: Option<UnixMs>,
    talking_since: Option<UnixMs>,
}

/// Whether a session is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// It is not.
    #[default]
    Off,
    /// It is.
    On,
    /// It is, but silence takes the place of what is said.
    Paused,
}

impl Recorded {
    /// Its name, as the API has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Paused => "paused",
        }
    }
}

/// How long a leg talked and waited.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LegTime {
    /// Who it was; nobody for the caller.
    pub party: Option<String>,
    /// When it came into the conversation.
    pub joined: UnixMs,
    /// When it left.
    pub left: Option<UnixMs>,
    talk_ms: u64,
    held_ms: u64,
    does: Does,
}

/// What a leg does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Does {
    /// Neither talk nor wait for somebody to talk on: it is led by a dialplan, waits for an operator, or is gone.
    #[default]
    Apart,
    /// Talk, since then.
    Talks(UnixMs),
    /// Wait on hold, since then.
    Waits(UnixMs),
}

impl LegTime {
    fn begun(party: Option<&str>, at: UnixMs) -> Self {
        Self { party: party.map(str::to_owned), joined: at, does: Does::Talks(at), ..Self::default() }
    }

    fn hold(&mut self, on: bool, at: UnixMs) {
        match (self.does, on) {
            (Does::Talks(_), true) => self.now_does(Does::Waits(at), at),
            (Does::Waits(_), false) => self.now_does(Does::Talks(at), at),
            _ => {}
        }
    }

    fn now_does(&mut self, next: Does, at: UnixMs) {
        (self.talk_ms, self.held_ms) = (self.talked_ms(at), self.held_ms(at));
        self.does = next;
    }

    /// The conversation is over for it, and it is still there.
    fn part(&mut self, at: UnixMs) {
        self.now_does(Does::Apart, at);
    }

    /// It talks again.
    fn meet(&mut self, at: UnixMs) {
        if let (Does::Apart, None) = (self.does, self.left) {
            self.now_does(Does::Talks(at), at);
        }
    }

    fn leave(&mut self, at: UnixMs) {
        self.part(at);
        self.left.get_or_insert(at);
    }

    /// Milliseconds of conversation until `now`, without those on hold.
    pub fn talked_ms(&self, now: UnixMs) -> u64 {
        match self.does {
            Does::Talks(since) => self.talk_ms + between(since, now),
            Does::Apart | Does::Waits(_) => self.talk_ms,
        }
    }

    /// Milliseconds on hold until `now`.
    pub fn held_ms(&self, now: UnixMs) -> u64 {
        match self.does {
            Does::Waits(since) => self.held_ms + between(since, now),
            Does::Apart | Does::Talks(_) => self.held_ms,
        }
    }
}

/// Steps of routing and keys remembered for one session, so that a caller who leans on the keypad
/// for an hour costs no memory.
const REMEMBERED: usize = 200;

impl Summary {
    /// Counts one more event in.
    pub fn apply(&mut self, event: &SessionEvent) {
        self.seq = event.seq;
        let at = event.at;
        match &event.what {
            Happening::Arrived { line, from, display, dialled, details, .. } => {
                self.details.clone_from(details);
                self.started = at;
                self.line.clone_from(line);
                self.from.clone_from(from);
                self.display.clone_from(display);
                self.dialled.clone_from(dialled);
            }
            Happening::Routed { tenant, session, outbound, to, why } => {
                self.tenant = *tenant;
                self.kind = *session;
                self.outbound = *outbound;
                self.decide(format!("{to}: {why}"));
            }
            Happening::Emergency { number } => self.decide(format!("emergency call to {number}")),
            Happening::Refused { cause, why } => self.decide(format!("refused ({cause}): {why}")),
            Happening::Answered => self.answered = Some(at),
            Happening::Entered { .. } => {
                self.stop_talking(at);
                self.phase = Phase::Guided;
            }
            Happening::Key { digit } if self.keys.len() < REMEMBERED => self.keys.push(*digit),
            Happening::Parameter { name, value } => {
                if self.parameters.len() < REMEMBERED || self.parameters.contains_key(name) {
                    self.parameters.insert(name.clone(), value.clone());
                }
            }
            Happening::Tagged { tag } if self.tags.len() < REMEMBERED => _ = self.tags.insert(tag.clone()),
            Happening::Queued { group, name, position } => {
                self.group = Some(*group);
                self.queue(name, *position, at);
            }
            Happening::Unqueued { why } => {
                self.stop_waiting(at);
                self.decide(format!("left the queue: {why}"));
            }
            Happening::Decision { reasons } => reasons.iter().for_each(|r| self.decide(r.clone())),
            Happening::NotReached { party, cause } => {
                self.call(party);
                self.decide(format!("not reached: {party}, {cause}"));
            }
            Happening::Announced { position, .. } => self.position = Some(*position),
            Happening::Dialled { party } => {
                self.call(party);
                self.phase = Phase::Dialling;
            }
            Happening::Connected { leg, party, operator, caller, calling } => {
                self.connect(party, *operator, at);
                caller.iter().for_each(|caller| self.take_part(*caller, calling.as_deref(), at));
                self.take_part(*leg, Some(party), at);
            }
            Happening::Joined { leg, party, operator, .. } => {
                // Who goes on by another phone is there already.
                if !self.is_there(party) {
                    self.meet(party, *operator);
                }
                self.take_part(*leg, Some(party), at);
            }
            Happening::Stranded { party, .. } => self.decide(format!("{party} was lost")),
            Happening::Returned { party, .. } => self.decide(format!("{party} is back")),
            Happening::Resumed => self.decide("the program was started again".to_owned()),
            Happening::TakenUp { leg, from, party } => {
                self.leave(*from, at);
                self.take_part(*leg, Some(party), at);
                self.decide(format!("{party} goes on by another phone"));
            }
            Happening::Wrote { number, .. } => self.messages = *number,
            Happening::Learned { details } => self.learn(details),
            Happening::Held { leg, on } => self.hold(*leg, *on, at),
            Happening::Left { leg, .. } => self.leave(*leg, at),
            Happening::Diverted { by, rule, to } => {
                self.decide(format!("forwarded by rule of {by} ({}) to {to}", rule.words()));
            }
            Happening::Parked { slot, by } => self.decide(format!("parked by {by} at {slot}")),
            Happening::PickedUp { by, from } => self.decide(format!("picked up by {by} from {from}")),
            Happening::RoomJoined { room, .. } => self.decide(format!("joined the room {room}")),
            Happening::Forwarding { to, by } => self.decide(format!("{by} forwards to {to}")),
            Happening::Forwarded { to } => self.decide(format!("forwarded to {to}")),
            Happening::ForwardFailed { cause } => self.decide(format!("not forwarded: {cause}")),
            Happening::Disconnected { leg, party, by, .. } => {
                self.leave(*leg, at);
                self.hung_up_by = (*by == EndedBy::Peer).then(|| party.clone());
                self.stop_talking(at);
            }
            Happening::RecordingStarted { .. } | Happening::RecordingResumed { .. } => {
                self.recorded = Recorded::On;
            }
            Happening::RecordingPaused { .. } => self.recorded = Recorded::Paused,
            Happening::RecordingIncomplete { .. } => self.recording_incomplete = true,
            Happening::RecordingStopped { .. } => self.recorded = Recorded::Off,
            Happening::Ended { cause, by } => self.end(*cause, *by, at),
            Happening::Promised { number, joined, .. } => {
                let before = if *joined { ", as was promised before" } else { "" };
                self.decide(format!("is to be called back at {number}{before}"));
            }
            Happening::CallsBack { asked_in, attempt, .. } => {
                let asked = asked_in.map(|session| format!(", as asked for in session {session}"));
                self.decide(format!("called back, attempt {attempt}{}", asked.unwrap_or_default()));
            }
            Happening::CallbackOver { how, .. } => self.decide(format!("the callback is over: {how}")),
            Happening::Offered { .. }
            | Happening::Tagged { .. }
            | Happening::Muted { .. }
            | Happening::KeysSent { .. }
            | Happening::Invited { .. }
            | Happening::Remark { .. }
            | Happening::Turned { .. }
            | Happening::Requested { .. }
            | Happening::Responded { .. }
            | Happening::Told { .. }
            | Happening::Key { .. }
            | Happening::Recorded { .. }
            | Happening::MessageLeft { .. }
            | Happening::MessageDropped { .. }
            | Happening::Mailbox { .. }
            | Happening::Quality { .. }
            | Happening::Problem { .. }
            | Happening::Lost { .. } => {}
        }
    }

    /// The record that these events add up to.
    pub fn rebuild<'a>(events: impl IntoIterator<Item = &'a SessionEvent>) -> Summary {
        let mut summary = Summary::default();
        events.into_iter().for_each(|event| summary.apply(event));
        summary
    }

    /// Milliseconds waited until `now`, the wait that still runs included.
    pub fn waited_ms(&self, now: UnixMs) -> u64 {
        self.waiting_ms + self.waiting_since.map_or(0, |since| between(since, now))
    }

    /// Milliseconds talked until `now`, the conversation that still runs included.
    pub fn talked_ms(&self, now: UnixMs) -> u64 {
        self.talk_ms + self.talking_since.map_or(0, |since| between(since, now))
    }

    fn learn(&mut self, details: &BTreeMap<String, String>) {
        for (name, value) in details {
            if self.details.len() < REMEMBERED || self.details.contains_key(name) {
                self.details.insert(name.clone(), value.clone());
            }
        }
    }

    fn decide(&mut self, reason: String) {
        if self.decisions.len() < REMEMBERED {
            self.decisions.push(reason);
        }
    }

    fn call(&mut self, party: &str) {
        // The queue chooses among those who serve it; the client did not ask for one of them.
        if self.waiting_since.is_none() && self.called.len() < REMEMBERED {
            self.called.insert(party.to_owned());
        }
    }

    fn queue(&mut self, group: &str, position: usize, at: UnixMs) {
        self.stop_talking(at);
        self.phase = Phase::Waiting;
        self.waiting_since = Some(at);
        self.position = Some(position);
        if self.groups.len() < REMEMBERED {
            self.groups.push(group.to_owned());
        }
    }

    fn connect(&mut self, party: &str, operator: Option<UserId>, at: UnixMs) {
        self.stop_waiting(at);
        self.phase = Phase::Talking;
        self.connected.get_or_insert(at);
        self.hung_up_by = None;
        self.talking_since = Some(at);
        self.meet(party, operator);
    }

    fn is_there(&self, party: &str) -> bool {
        self.legs.values().any(|leg| leg.left.is_none() && leg.party.as_deref() == Some(party))
    }

    fn meet(&mut self, party: &str, operator: Option<UserId>) {
        if self.parties.len() < REMEMBERED {
            self.parties.push(party.to_owned());
            self.operators.extend(operator);
        }
    }

    fn take_part(&mut self, leg: LegId, party: Option<&str>, at: UnixMs) {
        let room = self.legs.len() < REMEMBERED;
        match self.legs.entry(leg) {
            Entry::Occupied(mut leg) => leg.get_mut().meet(at),
            Entry::Vacant(leg) if room => _ = leg.insert(LegTime::begun(party, at)),
            Entry::Vacant(_) => {}
        }
    }

    fn hold(&mut self, leg: LegId, on: bool, at: UnixMs) {
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.hold(on, at);
        }
    }

    fn leave(&mut self, leg: LegId, at: UnixMs) {
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.leave(at);
        }
    }

    fn stop_waiting(&mut self, at: UnixMs) {
        self.position = None;
        if let Some(since) = self.waiting_since.take() {
            self.waiting_ms += between(since, at);
            self.phase = Phase::Guided;
        }
    }

    fn stop_talking(&mut self, at: UnixMs) {
        if let Some(since) = self.talking_since.take() {
            self.talk_ms += between(since, at);
            self.phase = Phase::Guided;
            self.legs.values_mut().for_each(|leg| leg.part(at));
        }
    }

    fn end(&mut self, cause: Cause, by: EndedBy, at: UnixMs) {
        self.stop_waiting(at);
        self.stop_talking(at);
        self.legs.values_mut().for_each(|leg| leg.leave(at));
        self.phase = Phase::Ended;
        self.recorded = Recorded::Off;
        self.ended = Some(at);
        self.cause = Some(cause);
        if by == EndedBy::Peer {
            self.hung_up_by.get_or_insert_with(|| "caller".to_owned());
        }
    }
}

fn between(earlier: UnixMs, later: UnixMs) -> u64 {
    u64::try_from(later.0 - earlier.0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::id::SessionId;

    fn events(list: Vec<(i64, Happening)>) -> Vec<SessionEvent> {
        let session = SessionId::new(UnixMs(0), &mut Entropy::from_number(1));
        let numbered = list.into_iter().zip(1..);
        numbered.map(|((at, what), seq)| SessionEvent { session, seq, at: UnixMs(at), what }).collect()
    }

    fn connected(leg: LegId) -> Happening {
        Happening::Connected { leg, party: "anna".into(), operator: None, caller: None, calling: None }
    }

    #[test]
    fn waiting_and_talking_are_counted_from_the_events() {
        let mut entropy = Entropy::from_number(2);
        let leg = LegId::new(UnixMs(0), &mut entropy);
        let group = GroupId::new(UnixMs(0), &mut entropy);
        let party = "anna".to_owned();
        let summary = Summary::rebuild(&events(vec![
            (1_000, Happening::Queued { group, name: "sales".into(), position: 1 }),
            (4_000, connected(leg)),
            (9_000, Happening::Disconnected { leg, party, by: EndedBy::Peer, cause: Cause::Normal }),
            (9_100, Happening::Ended { cause: Cause::Normal, by: EndedBy::Us }),
        ]));
        assert_eq!((summary.waiting_ms, summary.talk_ms), (3_000, 5_000));
        assert_eq!(summary.phase, Phase::Ended);
        assert_eq!(summary.seq, 4);
    }

    #[test]
    fn keys_are_kept_in_order_and_bounded() {
        let keys = (0..500).map(|_| (0, Happening::Key { digit: '7' })).collect();
        assert_eq!(Summary::rebuild(&events(keys)).keys.len(), REMEMBERED);
    }
}
