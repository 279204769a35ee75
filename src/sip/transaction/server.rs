//! The server's side of one request other than INVITE (RFC 3261 section 17.2.2).

use std::collections::VecDeque;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::GIVE_UP;
use crate::time::Time;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    Trying,
    Proceeding {
        last: Bytes,
    },
    /// Answered. Repeats bring the answer again until `forget` (timer J).
    Completed {
        response: Bytes,
        forget: Time,
    },
    Terminated,
}

/// The server's side of one request other than INVITE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Server {
    state: State,
    reliable: bool,
    outputs: VecDeque<Bytes>,
}

impl Server {
    /// A machine for a request that just came in over a `reliable` transport or over UDP.
    pub fn new(reliable: bool) -> Self {
        Self { state: State::Trying, reliable, outputs: VecDeque::new() }
    }

    /// The peer sent the request again: it has not seen our answer.
    pub fn repeat(&mut self) {
        match &self.state {
            State::Proceeding { last: response } | State::Completed { response, .. } => {
                self.outputs.push_back(response.clone());
            }
            State::Trying | State::Terminated => {}
        }
    }

    /// Answers the request. A second final answer is dropped.
    pub fn answer(&mut self, status: u16, response: Bytes, now: Time) {
        if !self.is_open() {
            return;
        }
        self.outputs.push_back(response.clone());
        self.state = match status {
            100..200 => State::Proceeding { last: response },
            _ if self.reliable => State::Terminated,
            _ => State::Completed { response, forget: now + GIVE_UP },
        };
    }

    /// Lets time pass. Call it no later than [`poll_timeout`](Self::poll_timeout) asks.
    pub fn handle_timeout(&mut self, now: Time) {
        if let State::Completed { forget, .. } = self.state
            && forget <= now
        {
            self.state = State::Terminated;
        }
    }

    /// When the machine next wants to be woken.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self.state {
            State::Completed { forget, .. } => Some(forget),
            _ => None,
        }
    }

    /// The next response to send.
    pub fn poll_output(&mut self) -> Option<Bytes> {
        self.outputs.pop_front()
    }

    /// True if no final answer was given yet.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Trying | State::Proceeding { .. })
    }

    /// True if the machine has nothing left to do.
    pub fn is_terminated(&self) -> bool {
        matches!(self.state, State::Terminated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_request_brings_the_same_answer_until_it_is_forgotten() {
        let mut machine = Server::new(false);
        machine.repeat();
        assert_eq!(machine.poll_output(), None, "nothing to say yet");
        machine.answer(200, "200".into(), Time(0));
        machine.answer(500, "500".into(), Time(0));
        machine.repeat();
        assert_eq!(machine.poll_output(), Some("200".into()));
        assert_eq!(machine.poll_output(), Some("200".into()));
        assert_eq!(machine.poll_output(), None, "one request has one answer");
        assert_eq!(machine.poll_timeout(), Some(Time::from_secs(32)));
        machine.handle_timeout(Time::from_secs(32));
        assert!(machine.is_terminated());
    }

    #[test]
    fn a_connection_repeats_nothing_so_the_answer_is_forgotten_at_once() {
        let mut machine = Server::new(true);
        machine.answer(200, "200".into(), Time(0));
        assert_eq!(machine.poll_output(), Some("200".into()));
        assert!(machine.is_terminated());
    }
}
