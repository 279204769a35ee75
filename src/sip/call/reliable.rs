//! Reliable provisional responses of ours (RFC 3262 section 3).

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::sip::transaction::{GIVE_UP, T1};
use crate::time::Time;

/// How many responses may wait for a PRACK; more are dropped, for ringing again says nothing new.
const QUEUE: usize = 4;

/// What waits until the last reliable response is acknowledged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Next {
    /// A provisional response.
    Ring {
        /// Its status.
        status: u16,
        /// Its session description.
        sdp: Option<Bytes>,
    },
    /// The answer to the call.
    Answer {
        /// Its session description.
        sdp: Bytes,
    },
}

/// What is due.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Send the response again.
    Send(Bytes),
    /// The caller never acknowledged it; the call cannot go on.
    GiveUp,
}

/// The reliable provisional responses of one call, one at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reliable {
    /// None is outstanding; the next one gets this number.
    Idle {
        /// RSeq.
        next: u32,
    },
    /// One went out and is repeated until its PRACK.
    Sent {
        /// RSeq.
        rseq: u32,
        /// The response.
        response: Bytes,
        /// When to send it again.
        again: Time,
        /// The pause before that.
        pause: Duration,
        /// When to give up.
        give_up: Time,
        /// What comes after its PRACK.
        then: VecDeque<Next>,
    },
}

impl Reliable {
    /// The number of the next response; `None` if one is outstanding.
    pub fn next(&self) -> Option<u32> {
        match self {
            Self::Idle { next } => Some(*next),
            Self::Sent { .. } => None,
        }
    }

    /// The response with the next number went out.
    pub fn sent(&mut self, response: Bytes, now: Time) {
        if let Self::Idle { next } = *self {
            let (again, give_up) = (now + T1, now + GIVE_UP);
            *self = Self::Sent { rseq: next, response, again, pause: T1, give_up, then: VecDeque::new() };
        }
    }

    /// Keeps `next` until the PRACK. Gives it back if nothing is outstanding.
    pub fn defer(&mut self, next: Next) -> Option<Next> {
        match self {
            Self::Idle { .. } => Some(next),
            Self::Sent { then, .. } => {
                if then.len() < QUEUE || matches!(next, Next::Answer { .. }) {
                    then.push_back(next);
                }
                None
            }
        }
    }

    /// A PRACK came for this number: what waited for it; `None` if it is for no response of ours.
    pub fn acknowledge(&mut self, number: u32) -> Option<VecDeque<Next>> {
        match self {
            Self::Sent { rseq, then, .. } if *rseq == number => {
                let then = std::mem::take(then);
                *self = Self::Idle { next: number.wrapping_add(1) };
                Some(then)
            }
            _ => None,
        }
    }

    /// Lets time pass and says what is due.
    pub fn handle_timeout(&mut self, now: Time) -> Option<Action> {
        match self {
            Self::Sent { give_up, .. } if *give_up <= now => Some(Action::GiveUp),
            Self::Sent { response, again, pause, .. } if *again <= now => {
                *pause *= 2;
                *again = now + *pause;
                Some(Action::Send(response.clone()))
            }
            _ => None,
        }
    }

    /// When it next wants to be woken.
    pub fn poll_timeout(&self) -> Option<Time> {
        match self {
            Self::Idle { .. } => None,
            Self::Sent { again, give_up, .. } => Some((*again).min(*give_up)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reliable_response_is_repeated_until_its_prack() {
        let mut reliable = Reliable::Idle { next: 7 };
        reliable.sent("183".into(), Time(0));
        assert_eq!(reliable.handle_timeout(Time::from_millis(500)), Some(Action::Send("183".into())));
        assert_eq!(reliable.poll_timeout(), Some(Time::from_millis(1500)));
        assert_eq!(reliable.acknowledge(6), None);
        assert_eq!(reliable.acknowledge(7), Some(VecDeque::new()));
        assert_eq!(reliable.poll_timeout(), None);
        assert_eq!(reliable.next(), Some(8));
    }

    #[test]
    fn without_a_prack_the_call_is_given_up() {
        let mut reliable = Reliable::Idle { next: 7 };
        reliable.sent("183".into(), Time(0));
        assert_eq!(reliable.handle_timeout(Time::from_secs(32)), Some(Action::GiveUp));
    }

    #[test]
    fn the_answer_waits_for_the_prack() {
        let mut reliable = Reliable::Idle { next: 7 };
        let answer = Next::Answer { sdp: "v=0".into() };
        assert_eq!(reliable.defer(answer.clone()), Some(answer.clone()));
        reliable.sent("183".into(), Time(0));
        assert_eq!(reliable.defer(answer.clone()), None);
        assert_eq!(reliable.acknowledge(7), Some(VecDeque::from([answer])));
    }
}
