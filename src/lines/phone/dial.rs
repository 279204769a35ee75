//! Outgoing calls: all bindings of the callee ring, the first to answer is the leg.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cause;
use super::leg::{Leg, State};
use super::{Output, Phone};
use crate::id::LegId;
use crate::media;
use crate::sdp::{Codec, Direction, Negotiation};
use crate::sip::endpoint as sip;
use crate::switch::cause::{Cause, EndedBy};
use crate::switch::line::{LineCommand, LineEvent, Party, Target};

/// A call that waits for its media port.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dial {
    target: Target,
    caller: Party,
    prefer: Option<Codec>,
    hops_left: u8,
}

/// The calls to the bindings of one callee.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Branches {
    /// The offer that all of them got, still waiting for its answer.
    offered: Negotiation,
    /// Each call, and what it has agreed on before its answer.
    calls: BTreeMap<sip::CallRef, Option<Negotiation>>,
    /// The most telling cause among those that failed.
    worst: Option<Cause>,
    /// The switch knows that it rings.
    ringing: bool,
}

impl Branches {
    pub fn calls(&self) -> impl Iterator<Item = sip::CallRef> {
        self.calls.keys().copied()
    }

    /// Whether one of them has rung.
    pub fn rang(&self) -> bool {
        self.ringing
    }

    /// Takes a call out that came to nothing. Returns what to report if none is left.
    pub fn remove(&mut self, call: sip::CallRef, cause: Cause) -> Option<Cause> {
        self.calls.remove(&call);
        let worst =
            self.worst.map_or(cause, |worst| std::cmp::max_by_key(worst, cause, |c| cause::weight(*c)));
        self.worst = Some(worst);
        self.calls.is_empty().then_some(worst)
    }
}

impl Phone {
    pub(super) fn dial(&mut self, id: LegId, command: LineCommand) {
        let LineCommand::Dial { room, target, caller, like, hops_left } = command else { return };
        let refusal = match &target {
            _ if self.legs.len() >= self.config.max_legs => Some(Cause::Unavailable),
            Target::Devices(_) if self.targets(&target).is_empty() => Some(Cause::Unreachable),
            _ if hops_left == 0 => Some(Cause::NetworkFailure),
            _ => None,
        };
        if let Some(cause) = refusal {
            return self.tell(id, LineEvent::Down { cause, by: EndedBy::Us });
        }
        let prefer = like.and_then(|leg| self.codec_of(leg));
        let dial = Dial { target, caller, prefer, hops_left };
        self.legs.insert(id, Leg { state: State::DialOpening(Box::new(dial)) });
        self.outputs.push_back(Output::Media(media::Command::Open { leg: id, room }));
    }

    /// The media port is open: call them all.
    pub(super) fn dial_out(&mut self, id: LegId, dial: Dial, rtp_port: u16) {
        let targets = self.targets(&dial.target);
        if targets.is_empty() {
            return self.lost(id, Cause::Unreachable);
        }
        let reached_at = targets.first().and_then(|target| match target {
            sip::Target::Binding { flow, .. } => Some(flow.local.ip()),
            sip::Target::Trunk { .. } | sip::Target::Uri { .. } => None,
        });
        let mut offered = self.negotiation(rtp_port, reached_at);
        let offer = offered.offer(Direction::SendRecv, dial.prefer);
        let mut calls = BTreeMap::new();
        for target in targets {
            let call = sip::CallRef(self.entropy.u64());
            calls.insert(call, None);
            self.calls.insert(call, id);
            self.outputs.push_back(Output::Sip(sip::Command::Dial {
                call,
                target,
                from: sip::Identity {
                    display: dial.caller.display.clone(),
                    user: dial.caller.number.clone(),
                    host: None,
                },
                to_user: None,
                offer: Some(offer.clone()),
                max_forwards: dial.hops_left,
                headers: vec![],
            }));
        }
        self.set(id, State::Dialling(Branches { offered, calls, worst: None, ringing: false }));
    }

    fn targets(&self, target: &Target) -> Vec<sip::Target> {
        match target {
            Target::Devices(devices) => {
                let bindings = devices.iter().filter_map(|device| self.bindings.get(device)).flatten();
                bindings.filter(|binding| binding.reachable).map(sip::Binding::target).collect()
            }
            Target::Trunk { trunk, number } => {
                vec![sip::Target::Trunk { trunk: *trunk, user: number.clone() }]
            }
        }
    }

    pub(super) fn progress(&mut self, call: sip::CallRef, status: u16, sdp: Option<&[u8]>) {
        let Some((id, leg)) = self.leg_of(call) else { return };
        let State::Dialling(branches) = &mut leg.state else { return };
        let mut negotiation = branches.offered.clone();
        let single = branches.calls.len() == 1;
        match sdp {
            Some(answer) if single && negotiation.receive_answer(answer).is_ok() => {
                branches.calls.insert(call, Some(negotiation.clone()));
                self.configure(id, &negotiation);
                self.tell(id, LineEvent::Early);
            }
            _ if status >= 180 && !branches.ringing => {
                branches.ringing = true;
                self.tell(id, LineEvent::Ringing);
            }
            _ => {}
        }
    }

    pub(super) fn answered(&mut self, call: sip::CallRef, sdp: Option<&[u8]>) {
        let Some((id, leg)) = self.leg_of(call) else { return };
        let State::Dialling(branches) = &mut leg.state else { return };
        let early = branches.calls.remove(&call).flatten();
        let mut negotiation = branches.offered.clone();
        let negotiation = match sdp.map(|answer| negotiation.receive_answer(answer)) {
            Some(Ok(())) => Some(negotiation),
            Some(Err(_)) => None,
            None => early,
        };
        let others: Vec<_> = branches.calls().collect();
        for other in others {
            self.calls.remove(&other);
            let end = cause::end(other, Cause::CompletedElsewhere, false);
            self.outputs.push_back(Output::Sip(end));
        }
        match negotiation {
            Some(negotiation) => {
                self.configure(id, &negotiation);
                self.set(id, State::Up { call, negotiation });
                self.tell(id, LineEvent::Up);
            }
            None => {
                self.calls.remove(&call);
                self.outputs.push_back(Output::Sip(cause::end(call, Cause::Incompatible, false)));
                self.lost(id, Cause::Incompatible);
            }
        }
    }
}
