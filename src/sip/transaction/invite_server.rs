//! The server's side of one INVITE, until its answer is safely delivered.
//!
//! RFC 3261 section 17.2.1, with the Accepted state of RFC 6026 section 7.1.
//!
//! A 2xx belongs to the call, not to this machine: the call repeats it until the ACK, because
//! the ACK to a 2xx is a transaction of its own. This machine repeats only refusals.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{GIVE_UP, T1, T2, T4};
use crate::time::Time;

/// What the machine is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// The caller sent the INVITE again: it has not seen our answer.
    Repeat,
    /// The caller's ACK to a refusal.
    Ack,
    /// The call answers.
    Answer {
        /// The status.
        status: u16,
        /// The whole response.
        response: Bytes,
    },
}

/// What the machine wants done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// Send this response, again or for the first time.
    Send(Bytes),
    /// A refusal was never acknowledged; the call should stop waiting for it.
    Unacknowledged,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    Proceeding {
        last: Option<Bytes>,
    },
    /// A 2xx went out. Repeats of the INVITE are absorbed here until `forget` (timer L).
    Accepted {
        forget: Time,
    },
    /// A refusal went out and is repeated at `again` (timer G) until `give_up` (timer H).
    Completed {
        response: Bytes,
        again: Option<Time>,
        pause: Duration,
        give_up: Time,
    },
    /// The ACK came. Its repeats are absorbed until `forget` (timer I).
    Confirmed {
        forget: Time,
    },
    Terminated,
}

/// The server's side of one INVITE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InviteServer {
    state: State,
    /// TCP, TLS and WebSocket deliver for us; only UDP needs repeats.
    reliable: bool,
    outputs: VecDeque<Output>,
}

impl InviteServer {
    /// A machine for an INVITE that just came in over a `reliable` transport or over UDP.
    pub fn new(reliable: bool) -> Self {
        Self { state: State::Proceeding { last: None }, reliable, outputs: VecDeque::new() }
    }

    /// Takes what the peer or the call did.
    pub fn handle(&mut self, input: Input, now: Time) {
        match (&mut self.state, input) {
            (State::Proceeding { last }, Input::Repeat) => {
                self.outputs.extend(last.clone().map(Output::Send))
            }
            (State::Proceeding { last }, Input::Answer { status, response }) => {
                self.outputs.push_back(Output::Send(response.clone()));
                match status {
                    100..200 => *last = Some(response),
                    200..300 => self.state = State::Accepted { forget: now + GIVE_UP },
                    _ => self.refuse(response, now),
                }
            }
            (State::Accepted { .. }, Input::Answer { status: 200..300, response }) => {
                self.outputs.push_back(Output::Send(response));
            }
            (State::Completed { response, .. }, Input::Repeat) => {
                self.outputs.push_back(Output::Send(response.clone()));
            }
            (State::Completed { .. }, Input::Ack) => {
                self.state = match self.reliable {
                    true => State::Terminated,
                    false => State::Confirmed { forget: now + T4 },
                }
            }
            _ => {}
        }
    }

    /// Lets time pass. Call it no later than [`poll_timeout`](Self::poll_timeout) asks.
    pub fn handle_timeout(&mut self, now: Time) {
        match &mut self.state {
            State::Accepted { forget } | State::Confirmed { forget } if *forget <= now => {
                self.state = State::Terminated;
            }
            State::Completed { give_up, .. } if *give_up <= now => {
                self.outputs.push_back(Output::Unacknowledged);
                self.state = State::Terminated;
            }
            State::Completed { response, again: Some(again), pause, .. } if *again <= now => {
                self.outputs.push_back(Output::Send(response.clone()));
                *pause = (*pause * 2).min(T2);
                *again = now + *pause;
            }
            _ => {}
        }
    }

    /// When the machine next wants to be woken.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Accepted { forget } | State::Confirmed { forget } => Some(forget),
            State::Completed { again, give_up, .. } => Some(again.map_or(give_up, |a| a.min(give_up))),
            State::Proceeding { .. } | State::Terminated => None,
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// True if no final answer was given yet.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Proceeding { .. })
    }

    /// True if the answer was a refusal, so that an ACK is for this machine.
    pub fn is_refused(&self) -> bool {
        matches!(self.state, State::Completed { .. } | State::Confirmed { .. })
    }

    /// True if the machine has nothing left to do.
    pub fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }

    fn refuse(&mut self, response: Bytes, now: Time) {
        let again = (!self.reliable).then(|| now + T1);
        self.state = State::Completed { response, again, pause: T1, give_up: now + GIVE_UP };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16) -> Input {
        Input::Answer { status, response: text(status) }
    }

    fn text(status: u16) -> Bytes {
        Bytes::from(status.to_string())
    }

    /// Runs the clock from timeout to timeout and notes what is sent and when.
    fn run(machine: &mut InviteServer, start: Time) -> Vec<(u128, Output)> {
        let mut log = vec![];
        let mut now = start;
        loop {
            while let Some(output) = machine.poll_output() {
                log.push(((now - start).as_millis(), output));
            }
            let Some(next) = machine.poll_timeout() else { return log };
            now = next;
            machine.handle_timeout(now);
        }
    }

    #[test]
    fn a_refusal_is_repeated_until_it_is_given_up() {
        let start = Time(0);
        let mut machine = InviteServer::new(false);
        machine.handle(answer(486), start);
        let log = run(&mut machine, start);
        let at: Vec<u128> = log.iter().map(|(at, _)| *at).collect();
        assert_eq!(at, [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000]);
        assert_eq!(log.last().unwrap().1, Output::Unacknowledged);
        assert!(machine.is_terminated());
    }

    #[test]
    fn an_acknowledged_refusal_falls_silent() {
        let start = Time(0);
        let mut machine = InviteServer::new(false);
        machine.handle(answer(486), start);
        machine.handle(Input::Ack, start);
        assert_eq!(run(&mut machine, start), [(0, Output::Send(text(486)))]);
        assert!(machine.is_terminated());
    }

    #[test]
    fn an_accepted_call_is_not_repeated_here() {
        let start = Time(0);
        let mut machine = InviteServer::new(false);
        machine.handle(answer(200), start);
        machine.handle(Input::Repeat, start);
        assert_eq!(run(&mut machine, start), [(0, Output::Send(text(200)))]);
    }

    #[test]
    fn a_repeated_invite_brings_the_last_provisional_response_again() {
        let mut machine = InviteServer::new(false);
        machine.handle(Input::Repeat, Time(0));
        machine.handle(answer(100), Time(0));
        machine.handle(answer(180), Time(1));
        machine.handle(Input::Repeat, Time(2));
        let sent: Vec<_> = std::iter::from_fn(|| machine.poll_output()).collect();
        assert_eq!(sent, [100, 180, 180].map(|status| Output::Send(text(status))));
        assert_eq!(machine.poll_timeout(), None);
    }

    #[test]
    fn a_reliable_transport_needs_no_repeats() {
        let start = Time(0);
        let mut machine = InviteServer::new(true);
        machine.handle(answer(486), start);
        assert_eq!(run(&mut machine, start).len(), 2);
    }
}
