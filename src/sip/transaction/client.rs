//! The client's side of one request other than INVITE (RFC 3261 section 17.1.2).

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{GIVE_UP, T1, T2, T4};
use crate::time::Time;

/// What the machine wants done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// Send the request, again or for the first time.
    Send(Bytes),
    /// The response just handed in is news to the request's owner.
    Deliver,
    /// Nobody answered in time.
    TimedOut,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    /// Unanswered. The request is repeated at `again` (timer E) until `give_up` (timer F).
    Trying {
        again: Option<Time>,
        pause: Duration,
        give_up: Time,
    },
    /// Answered. Repeats of the answer are absorbed until `forget` (timer K).
    Completed {
        forget: Time,
    },
    Terminated,
}

/// The client's side of one request other than INVITE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Client {
    state: State,
    reliable: bool,
    request: Bytes,
    outputs: VecDeque<Output>,
}

impl Client {
    /// Sends `request` over a `reliable` transport or over UDP.
    pub fn new(request: Bytes, reliable: bool, now: Time) -> Self {
        let again = (!reliable).then(|| now + T1);
        let state = State::Trying { again, pause: T1, give_up: now + GIVE_UP };
        let outputs = VecDeque::from([Output::Send(request.clone())]);
        Self { state, reliable, request, outputs }
    }

    /// A response came.
    pub fn respond(&mut self, status: u16, now: Time) {
        let State::Trying { again, pause, .. } = &mut self.state else { return };
        self.outputs.push_back(Output::Deliver);
        if status < 200 {
            // The server works on it: ask again at the slow pace only.
            *pause = T2;
            *again = again.map(|_| now + T2);
            return;
        }
        self.state = match self.reliable {
            true => State::Terminated,
            false => State::Completed { forget: now + T4 },
        };
    }

    /// The request could not be sent. The owner knows; nothing more comes.
    pub fn abandon(&mut self) {
        self.state = State::Terminated;
    }

    /// Lets time pass. Call it no later than [`poll_timeout`](Self::poll_timeout) asks.
    pub fn handle_timeout(&mut self, now: Time) {
        match &mut self.state {
            State::Trying { give_up, .. } if *give_up <= now => {
                self.outputs.push_back(Output::TimedOut);
                self.state = State::Terminated;
            }
            State::Trying { again: Some(again), pause, .. } if *again <= now => {
                self.outputs.push_back(Output::Send(self.request.clone()));
                *pause = (*pause * 2).min(T2);
                *again = now + *pause;
            }
            State::Completed { forget } if *forget <= now => self.state = State::Terminated,
            _ => {}
        }
    }

    /// When the machine next wants to be woken.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Trying { again, give_up, .. } => Some(again.map_or(give_up, |a| a.min(give_up))),
            State::Completed { forget } => Some(forget),
            State::Terminated => None,
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// True if no final response came yet.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Trying { .. })
    }

    /// True if the machine has nothing left to do.
    pub fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(machine: &mut Client, mut now: Time) -> Vec<(u64, Output)> {
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
    fn a_request_is_repeated_ever_slower_and_then_given_up() {
        let mut machine = Client::new("BYE".into(), false, Time(0));
        let log = run(&mut machine, Time(0));
        let at: Vec<u64> = log.iter().map(|(at, _)| *at).collect();
        assert_eq!(at, [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000]);
        assert_eq!(log.last().unwrap().1, Output::TimedOut);
    }

    #[test]
    fn an_answer_is_delivered_once() {
        let mut machine = Client::new("BYE".into(), false, Time(0));
        machine.respond(200, Time(1));
        machine.respond(200, Time(2));
        let log = run(&mut machine, Time(2));
        assert_eq!(log, [(0, Output::Send("BYE".into())), (0, Output::Deliver)]);
        assert!(machine.is_terminated());
    }

    #[test]
    fn a_provisional_response_slows_the_repeats_down() {
        let mut machine = Client::new("BYE".into(), false, Time(0));
        machine.respond(100, Time::from_millis(100));
        let log = run(&mut machine, Time::from_millis(100));
        let at: Vec<u64> = log.iter().skip(2).map(|(at, _)| *at).collect();
        assert_eq!(at, [4100, 8100, 12100, 16100, 20100, 24100, 28100, 32000]);
    }

    #[test]
    fn over_a_connection_nothing_is_repeated() {
        let mut machine = Client::new("BYE".into(), true, Time(0));
        let log = run(&mut machine, Time(0));
        assert_eq!(log, [(0, Output::Send("BYE".into())), (32000, Output::TimedOut)]);
    }
}
