//! What is written in a session: kept in its history, and read by the others in it.
//!
//! Unlike sound, what is written lasts: who waits reads it all the same, and who comes later reads it in the history.

use super::Switch;
use super::history::Happening;
use super::leg::Part;
use super::line::{LineCommand, Message};
use super::session::{CallerLeg, Session};
use crate::id::{LegId, SessionId, UserId};
use crate::time::Time;

/// Messages of one session. A history that people can read has some hundreds.
const MOST: u64 = 10_000;

impl Switch {
    /// A leg wrote something: its own number of it, the text, and whether it is for colleagues alone.
    pub(super) fn wrote(
        &mut self,
        id: SessionId,
        leg: LegId,
        (own, text, aside): (u64, String, bool),
        now: Time,
    ) {
        let Some(session) = self.sessions.get(&id) else { return };
        if let Err(why) = may_write(session, leg, &text) {
            return self.tell_line(leg, LineCommand::Taken { own, outcome: Err(why.to_owned()) });
        }
        let operator = session.operator_at(leg);
        let listens = session.voices().any(|(at, voice)| at == leg && voice.part != Part::Party);
        let message = Message {
            number: session.summary.messages + 1,
            at: session.epoch.wall(now),
            leg,
            operator,
            author: self.writer_name(session, operator),
            text,
            aside: listens || aside && leg != session.client,
        };
        let readers = readers(session, &message);
        let Message { number, author, text, aside, .. } = message.clone();
        let wrote = Happening::Wrote { leg, number, author, operator, text, aside, own: Some(own) };
        self.note(id, wrote, now);
        self.tell_line(leg, LineCommand::Taken { own, outcome: Ok(number) });
        for reader in readers {
            self.tell_line(reader, LineCommand::Deliver(Box::new(message.clone())));
        }
    }

    /// A writer by the name that readers are shown.
    fn writer_name(&self, session: &Session, operator: Option<UserId>) -> String {
        let party = operator.map_or_else(|| session.arrival.from.clone(), |user| self.operator_party(user));
        party.display.unwrap_or(party.number)
    }
}

/// Why a leg cannot write this, in words for whoever wrote it.
fn may_write(session: &Session, leg: LegId, text: &str) -> Result<(), &'static str> {
    if !session.arrival.abilities.text {
        Err("nothing is written in this session")
    } else if session.is_over() {
        Err("the session is over")
    } else if !is_there(session, leg) {
        Err("who has not come in yet cannot write")
    } else if text.trim().is_empty() {
        Err("the message is empty")
    } else if text.chars().nth(Message::LONGEST).is_some() {
        Err("the message is too long")
    } else if session.summary.messages >= MOST {
        Err("there are too many messages in this session")
    } else {
        Ok(())
    }
}

/// Whether somebody is at the far end of a leg.
fn is_there(session: &Session, leg: LegId) -> bool {
    match leg == session.caller {
        true => session.caller_leg == CallerLeg::Up,
        false => session.legs.get(&leg).is_some_and(|leg| leg.voice().is_some()),
    }
}

/// Those who read a message now.
fn readers(session: &Session, message: &Message) -> Vec<LegId> {
    let all = session.legs.keys().copied().chain([session.caller]);
    let reads = |leg: &LegId| {
        is_there(session, *leg) && *leg != message.leg && !(message.aside && *leg == session.client)
    };
    all.filter(reads).collect()
}
