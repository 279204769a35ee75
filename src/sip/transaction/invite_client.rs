//! The client's side of one INVITE (RFC 3261 section 17.1.1, with the Accepted state of
//! RFC 6026 section 7.2).
//!
//! The ACK to a refusal is sent here; the ACK to a 2xx belongs to the call.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::client::Output;
use super::{GIVE_UP, T1};
use crate::time::Time;

/// What came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// A 1xx.
    Provisional,
    /// A 2xx; a forked call may bring several.
    Accepted,
    /// Anything else, with the ACK that it wants.
    Refused {
        /// The ACK as it goes on the wire.
        ack: Bytes,
    },
    /// The INVITE could not be sent. The owner knows; nothing more comes.
    Abandon,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    /// Unanswered. The INVITE is repeated at `again` (timer A) until `give_up` (timer B).
    Calling {
        invite: Bytes,
        again: Option<Time>,
        pause: Duration,
        give_up: Time,
    },
    /// It rings, for as long as the call lets it.
    Proceeding {
        invite: Bytes,
    },
    /// Refused. Each repeat of the refusal brings the ACK again until `forget` (timer D).
    Completed {
        ack: Bytes,
        forget: Time,
    },
    /// Taken. Each 2xx goes to the call until `forget` (timer M).
    Accepted {
        forget: Time,
    },
    Terminated,
}

/// The client's side of one INVITE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InviteClient {
    state: State,
    reliable: bool,
    outputs: VecDeque<Output>,
}

impl InviteClient {
    /// Sends `invite` over a `reliable` transport or over UDP.
    pub fn new(invite: Bytes, reliable: bool, now: Time) -> Self {
        let outputs = VecDeque::from([Output::Send(invite.clone())]);
        let again = (!reliable).then(|| now + T1);
        let state = State::Calling { invite, again, pause: T1, give_up: now + GIVE_UP };
        Self { state, reliable, outputs }
    }

    /// Takes what came back.
    pub fn handle(&mut self, input: Input, now: Time) {
        match (&mut self.state, input) {
            (State::Calling { invite, .. } | State::Proceeding { invite }, Input::Provisional) => {
                self.outputs.push_back(Output::Deliver);
                self.state = State::Proceeding { invite: std::mem::take(invite) };
            }
            (State::Calling { .. } | State::Proceeding { .. }, Input::Accepted) => {
                self.outputs.push_back(Output::Deliver);
                self.state = State::Accepted { forget: now + GIVE_UP };
            }
            (State::Accepted { .. }, Input::Accepted) => self.outputs.push_back(Output::Deliver),
            (State::Calling { .. } | State::Proceeding { .. }, Input::Refused { ack }) => {
                self.outputs.push_back(Output::Send(ack.clone()));
                self.outputs.push_back(Output::Deliver);
                self.state = match self.reliable {
                    true => State::Terminated,
                    false => State::Completed { ack, forget: now + GIVE_UP },
                };
            }
            (State::Completed { ack, .. }, Input::Refused { .. }) => {
                self.outputs.push_back(Output::Send(ack.clone()));
            }
            (_, Input::Abandon) => self.state = State::Terminated,
            _ => {}
        }
    }

    /// Lets time pass. Call it no later than [`poll_timeout`](Self::poll_timeout) asks.
    pub fn handle_timeout(&mut self, now: Time) {
        match &mut self.state {
            State::Calling { give_up, .. } if *give_up <= now => {
                self.outputs.push_back(Output::TimedOut);
                self.state = State::Terminated;
            }
            State::Calling { invite, again: Some(again), pause, .. } if *again <= now => {
                self.outputs.push_back(Output::Send(invite.clone()));
                *pause *= 2;
                *again = now + *pause;
            }
            State::Completed { forget, .. } | State::Accepted { forget } if *forget <= now => {
                self.state = State::Terminated;
            }
            _ => {}
        }
    }

    /// When the machine next wants to be woken.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Calling { again, give_up, .. } => Some(again.map_or(give_up, |a| a.min(give_up))),
            State::Completed { forget, .. } | State::Accepted { forget } => Some(forget),
            State::Proceeding { .. } | State::Terminated => None,
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// True if no final response came yet.
    pub fn is_open(&self) -> bool {
        self.invite().is_some()
    }

    /// The INVITE, as long as no final response came: the ACK to a refusal is made of it.
    pub fn invite(&self) -> Option<&Bytes> {
        match &self.state {
            State::Calling { invite, .. } | State::Proceeding { invite } => Some(invite),
            _ => None,
        }
    }

    /// True if the machine has nothing left to do.
    pub fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(machine: &mut InviteClient, mut now: Time) -> Vec<(u64, Output)> {
        let mut log = vec![];
        loop {
            while let Some(output) = machine.poll_output() {
                log.push((now.as_millis(), output));
            }
            let Some(next) = machine.poll_timeout() else { return log };
            now = next;
            machine.handle_timeout(now);
        }
    }

    #[test]
    fn an_unanswered_invite_is_repeated_at_doubling_pauses_and_given_up() {
        let mut machine = InviteClient::new("INVITE".into(), false, Time(0));
        let log = run(&mut machine, Time(0));
        let at: Vec<u64> = log.iter().map(|(at, _)| *at).collect();
        assert_eq!(at, [0, 500, 1500, 3500, 7500, 15500, 31500, 32000]);
        assert_eq!(log.last().unwrap().1, Output::TimedOut);
        assert!(machine.is_terminated());
    }

    #[test]
    fn ringing_stops_the_repeats() {
        let mut machine = InviteClient::new("INVITE".into(), false, Time(0));
        machine.handle(Input::Provisional, Time(1));
        assert_eq!(run(&mut machine, Time(1)), [(0, Output::Send("INVITE".into())), (0, Output::Deliver)]);
        assert!(machine.is_open());
    }

    #[test]
    fn each_repeat_of_a_refusal_is_acknowledged_and_only_the_first_is_news() {
        let mut machine = InviteClient::new("INVITE".into(), false, Time(0));
        machine.handle(Input::Refused { ack: "ACK".into() }, Time(0));
        machine.handle(Input::Refused { ack: "ACK".into() }, Time(1));
        let ack = || Output::Send("ACK".into());
        let log: Vec<Output> = run(&mut machine, Time(1)).into_iter().map(|(_, output)| output).collect();
        assert_eq!(log, [Output::Send("INVITE".into()), ack(), Output::Deliver, ack()]);
        assert!(machine.is_terminated());
    }

    #[test]
    fn every_acceptance_reaches_the_call() {
        let mut machine = InviteClient::new("INVITE".into(), false, Time(0));
        machine.handle(Input::Accepted, Time(0));
        machine.handle(Input::Accepted, Time(1));
        machine.handle(Input::Refused { ack: "ACK".into() }, Time(2));
        let delivered = run(&mut machine, Time(2)).iter().filter(|(_, o)| *o == Output::Deliver).count();
        assert_eq!(delivered, 2);
        assert!(machine.is_terminated());
    }
}
