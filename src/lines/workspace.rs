//! Where operators serve sessions that are written: their workspaces in browsers. It is the far end of their legs by
//! whatever line the client came, so no row of [`super::LINES`].
//!
//! What an operator reads, the workspace takes from the session's history: here is only who sits there, and what was
//! written by whom.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::id::{LegId, UserId};
use crate::switch::cause::{Cause, EndedBy};
use crate::switch::line::{LineCommand, LineEvent, Target};

/// Answers that are remembered of one leg, so that what is sent twice is written once.
const ANSWERS: usize = 100;

/// What came of a message: its number in the session, or why nobody will read it.
pub type Outcome = Result<u64, String>;

/// What the workspaces are told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// The switch wants something of a leg.
    Switch {
        /// Which leg; for `Dial` a new one.
        leg: LegId,
        /// What.
        command: LineCommand,
    },
    /// The operator takes the session that rings.
    Answer {
        /// By which leg.
        leg: LegId,
    },
    /// The operator does not want the session that rings.
    Decline {
        /// By which leg.
        leg: LegId,
    },
    /// The operator wrote something.
    Write {
        /// By which leg.
        leg: LegId,
        /// The page's own number of it: the same again is not written twice.
        own: u64,
        /// What.
        text: String,
        /// For colleagues alone.
        aside: bool,
    },
    /// A session goes on that was live when the program went.
    Resume {
        /// The operator's leg.
        leg: LegId,
        /// Who.
        operator: UserId,
        /// What the operator wrote last by this leg: the page's own number of each message, and what came of it.
        answers: Vec<(u64, Outcome)>,
    },
}

/// What the workspaces want done or known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// For the switch.
    Switch {
        /// Which leg.
        leg: LegId,
        /// What happened to it.
        event: LineEvent,
    },
    /// What came of a message.
    Wrote {
        /// By which leg.
        leg: LegId,
        /// The page's own number of it.
        own: u64,
        /// What.
        outcome: Outcome,
    },
}

/// All legs to workspaces.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Workspaces {
    seats: BTreeMap<LegId, Seat>,
    outputs: VecDeque<Output>,
}

/// The place of one operator in one session.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Seat {
    operator: UserId,
    is_up: bool,
    /// Messages that were written and not answered yet.
    asked: VecDeque<u64>,
    answers: VecDeque<(u64, Outcome)>,
}

impl Workspaces {
    /// Whether this is a leg to a workspace.
    pub fn has(&self, leg: LegId) -> bool {
        self.seats.contains_key(&leg)
    }

    /// Whether a command belongs here, of which the leg may be new.
    pub fn is_for(&self, leg: LegId, command: &LineCommand) -> bool {
        matches!(command, LineCommand::Dial { target: Target::Workspace { .. }, .. }) || self.has(leg)
    }

    /// The operator at a leg.
    pub fn operator_at(&self, leg: LegId) -> Option<UserId> {
        self.seats.get(&leg).map(|seat| seat.operator)
    }

    /// Legs that stand now.
    pub fn legs(&self) -> usize {
        self.seats.len()
    }

    /// Takes one input in; outputs wait in [`poll_output`](Self::poll_output).
    pub fn handle(&mut self, input: Input) {
        match input {
            Input::Switch { leg, command } => self.command(leg, command),
            Input::Answer { leg } => self.answer(leg),
            Input::Decline { leg } => self.leave(leg, Cause::Declined, EndedBy::Peer),
            Input::Write { leg, own, text, aside } => self.write(leg, own, text, aside),
            Input::Resume { leg, operator, answers } => {
                let before = answers.len().saturating_sub(ANSWERS);
                let answers = answers.into_iter().skip(before).collect();
                self.seats.insert(leg, Seat { operator, is_up: true, asked: VecDeque::new(), answers });
            }
        }
    }

    /// The next thing to do or to know.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn command(&mut self, leg: LegId, command: LineCommand) {
        match command {
            LineCommand::Dial { target: Target::Workspace { operator, asked }, .. } => {
                let (waits, answers) = (VecDeque::new(), VecDeque::new());
                self.seats.insert(leg, Seat { operator, is_up: false, asked: waits, answers });
                match asked {
                    true => self.answer(leg),
                    false => self.tell(leg, LineEvent::Ringing),
                }
            }
            LineCommand::HangUp { cause } => self.leave(leg, cause, EndedBy::Us),
            LineCommand::Taken { own, outcome } => self.taken(leg, own, outcome),
            // What is to be read stands in the history; nothing else concerns somebody who writes.
            _ => {}
        }
    }

    fn answer(&mut self, leg: LegId) {
        let Some(seat) = self.seats.get_mut(&leg) else { return };
        if !std::mem::replace(&mut seat.is_up, true) {
            self.tell(leg, LineEvent::Up);
        }
    }

    fn leave(&mut self, leg: LegId, cause: Cause, by: EndedBy) {
        let Some(seat) = self.seats.remove(&leg) else { return };
        for own in seat.asked {
            let outcome = Err("the session is over for you".to_owned());
            self.outputs.push_back(Output::Wrote { leg, own, outcome });
        }
        self.tell(leg, LineEvent::Down { cause, by });
    }

    fn write(&mut self, leg: LegId, own: u64, text: String, aside: bool) {
        let known = self.seats.get(&leg).filter(|seat| seat.is_up);
        let Some(seat) = known else {
            let outcome = Err("you are not in this session".to_owned());
            return self.outputs.push_back(Output::Wrote { leg, own, outcome });
        };
        if let Some((_, outcome)) = seat.answers.iter().find(|(answered, _)| *answered == own) {
            let outcome = outcome.clone();
            return self.outputs.push_back(Output::Wrote { leg, own, outcome });
        }
        if let Some(seat) = self.seats.get_mut(&leg).filter(|seat| !seat.asked.contains(&own)) {
            seat.asked.push_back(own);
            self.tell(leg, LineEvent::Wrote { own, text, aside });
        }
    }

    fn taken(&mut self, leg: LegId, own: u64, outcome: Outcome) {
        let Some(seat) = self.seats.get_mut(&leg) else { return };
        seat.asked.retain(|asked| *asked != own);
        seat.answers.push_back((own, outcome.clone()));
        if seat.answers.len() > ANSWERS {
            seat.answers.pop_front();
        }
        self.outputs.push_back(Output::Wrote { leg, own, outcome });
    }

    fn tell(&mut self, leg: LegId, event: LineEvent) {
        self.outputs.push_back(Output::Switch { leg, event });
    }
}
