//! What a session's events tell of where it stood: enough to go on with it when the program starts again.

use std::collections::{BTreeMap, VecDeque};

use super::{Happening, Phase, SessionEvent, Summary};
use crate::id::{DoorId, LegId, SessionId, UserId};
use crate::switch::leg::Part;
use crate::switch::line::{Abilities, Arrival, Message, Origin, Party};

/// Messages that lines are given; those before them are in the history.
const MESSAGES: usize = 500;
/// Bytes of their texts.
const MESSAGE_BYTES: usize = 64 * 1024;
/// What a leg may be passed on (RFC 3261 section 16.3): one of a session that lasts never is.
const HOPS: u8 = 70;

/// A session that was live when the program went, and goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Which.
    pub session: SessionId,
    /// What its events add up to.
    pub summary: Summary,
    /// The client's leg.
    pub client: LegId,
    /// How it came.
    pub arrival: Arrival,
    /// Operators in the conversation, by their legs.
    pub parties: BTreeMap<LegId, (UserId, Part)>,
    /// The last messages, oldest first, each with its writer's own number of it.
    pub messages: Vec<(u64, Message)>,
}

impl Past {
    /// Where a session stood after these events, which are all it has; `abilities` are those of its line. Nothing if it
    /// cannot go on: it does not outlive the process, is over, or was not let in yet.
    pub fn of(events: &[SessionEvent], abilities: Abilities) -> Option<Past> {
        let summary = Summary::rebuild(events);
        let (client, door) = came(events)?;
        let left = summary.legs.get(&client).is_some_and(|leg| leg.left.is_some());
        let goes_on = abilities.lasting && summary.tenant.is_some() && summary.phase != Phase::Ended;
        if !goes_on || left {
            return None;
        }
        let arrival = Arrival {
            line: summary.line.clone(),
            abilities,
            origin: Origin::Door(door),
            from: Party { number: summary.from.clone(), display: summary.display.clone() },
            dialled: summary.dialled.clone(),
            hops_left: HOPS,
            replaces: None,
            shown: None,
            // Whoever waited on through the break is for the whole group.
            invited: None,
            details: summary.details.clone(),
        };
        let (parties, messages) = (parties(events, &summary), messages(events));
        Some(Past { session: events.first()?.session, client, arrival, parties, messages, summary })
    }

    /// Messages that this leg wrote: its own number of each, and that in the session.
    pub fn written_by(&self, leg: LegId) -> impl Iterator<Item = (u64, &Message)> {
        self.messages
            .iter()
            .filter(move |(_, message)| message.leg == leg)
            .map(|(own, message)| (*own, message))
    }
}

/// The client's leg, and the door by which it came.
fn came(events: &[SessionEvent]) -> Option<(LegId, DoorId)> {
    events.iter().find_map(|event| match event.what {
        Happening::Arrived { leg: Some(leg), door: Some(door), .. } => Some((leg, door)),
        _ => None,
    })
}

/// Operators who take part still.
fn parties(events: &[SessionEvent], summary: &Summary) -> BTreeMap<LegId, (UserId, Part)> {
    let mut parties = BTreeMap::new();
    for event in events {
        match &event.what {
            Happening::Connected { leg, operator: Some(operator), .. } => {
                parties.insert(*leg, (*operator, Part::Party));
            }
            Happening::Joined { leg, operator: Some(operator), part, .. } => {
                parties.insert(*leg, (*operator, *part));
            }
            Happening::TakenUp { leg, from, .. } => {
                let moved = parties.remove(from);
                parties.extend(moved.map(|party| (*leg, party)));
            }
            _ => {}
        }
    }
    let there = |leg: &LegId| summary.legs.get(leg).is_some_and(|leg| leg.left.is_none());
    parties.retain(|leg, _| summary.phase == Phase::Talking && there(leg));
    parties
}

fn messages(events: &[SessionEvent]) -> Vec<(u64, Message)> {
    let written = events.iter().filter_map(|event| match &event.what {
        Happening::Wrote { leg, number, author, operator, text, aside, own } => {
            let (number, leg, operator, aside) = (*number, *leg, *operator, *aside);
            let (author, text) = (author.clone(), text.clone());
            Some((own.unwrap_or(0), Message { number, at: event.at, leg, operator, author, text, aside }))
        }
        _ => None,
    });
    let mut last = VecDeque::new();
    let mut bytes = 0;
    for (own, message) in written {
        bytes += message.text.len();
        last.push_back((own, message));
        while (last.len() > MESSAGES || bytes > MESSAGE_BYTES)
            && let Some((_, oldest)) = last.pop_front()
        {
            bytes -= oldest.text.len();
        }
    }
    last.into()
}
