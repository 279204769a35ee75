//! Outgoing calls: all bindings of the callee ring, the first to answer is the leg.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::cause;
use super::leg::{Leg, State};
use super::{Output, Phone};
use crate::id::{LegId, TrunkId};
use crate::media;
use crate::sdp::{Codec, Direction, Negotiation, OfferError};
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
    /// Each call.
    calls: BTreeMap<sip::CallRef, Branch>,
    /// The most telling cause among those that failed.
    worst: Option<Cause>,
    /// The switch knows that it rings.
    ringing: bool,
    /// The provider that is to reach the callee, and whether that is to help.
    way: Option<(TrunkId, bool)>,
}

/// A call to one binding, until it is answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Branch {
    /// Our offer is out.
    Offered,
    /// The offer was answered early. The answer to the call may still say something else.
    Early(Negotiation),
    /// The callee has changed by UPDATE what was agreed: that stands, whatever the answer to the call repeats.
    Changed(Negotiation),
}

impl Branch {
    fn negotiation(self) -> Option<Negotiation> {
        match self {
            Branch::Offered => None,
            Branch::Early(negotiation) | Branch::Changed(negotiation) => Some(negotiation),
        }
    }
}

impl Branches {
    pub fn calls(&self) -> impl Iterator<Item = sip::CallRef> {
        self.calls.keys().copied()
    }

    /// Whether one of them has rung.
    pub fn rang(&self) -> bool {
        self.ringing
    }

    /// The callee answered our offer before it answers the call. `None` if that is no news, or of no use.
    fn answered_early(&mut self, call: sip::CallRef, answer: &[u8]) -> Option<Negotiation> {
        let branch = self.calls.get_mut(&call).filter(|branch| !matches!(branch, Branch::Changed(_)))?;
        let mut negotiation = self.offered.clone();
        negotiation.receive_answer(answer).ok()?;
        *branch = Branch::Early(negotiation.clone());
        Some(negotiation)
    }

    /// The callee offers anew before it answers the call (RFC 3311). Returns our answer and what now
    /// holds; `None` if nothing was agreed that could be changed.
    pub fn changed(
        &mut self,
        call: sip::CallRef,
        offer: &[u8],
    ) -> Option<Result<(Bytes, Negotiation), OfferError>> {
        let branch = self.calls.get_mut(&call)?;
        let mut negotiation = branch.clone().negotiation()?;
        Some(negotiation.receive_offer(offer, Direction::SendRecv, None).map(|answer| {
            *branch = Branch::Changed(negotiation.clone());
            (answer, negotiation)
        }))
    }

    /// What holds with the callee that took the call. `None` if there is nothing in common.
    fn answered(&mut self, call: sip::CallRef, sdp: Option<&[u8]>) -> Option<Negotiation> {
        let branch = self.calls.remove(&call)?;
        match (branch, sdp) {
            (Branch::Offered | Branch::Early(_), Some(answer)) => {
                let mut negotiation = self.offered.clone();
                negotiation.receive_answer(answer).ok().map(|()| negotiation)
            }
            (branch, _) => branch.negotiation(),
        }
    }

    /// Whether this is the only call, so that what is agreed with it is what the leg does.
    pub fn is_single(&self) -> bool {
        self.calls.len() == 1
    }

    /// The provider that is to reach the callee, as long as nobody there has been heard of.
    pub fn way(&self) -> Option<(TrunkId, bool)> {
        self.way.filter(|_| !self.ringing)
    }

    /// Takes a call out that came to nothing. Returns what to report if none is left.
    pub fn remove(&mut self, call: sip::CallRef, cause: Cause) -> Option<Cause> {
        self.calls.remove(&call);
        let worst = self.worst.map_or(cause, |worst| std::cmp::max_by_key(worst, cause, |c| c.weight()));
        self.worst = Some(worst);
        self.calls.is_empty().then_some(worst)
    }
}

impl Phone {
    pub(super) fn dial(&mut self, id: LegId, command: LineCommand) {
        let LineCommand::Dial { room, target, caller, like, hops_left } = command else { return };
        let refusal = match &target {
            Target::Trunk { emergency: true, .. } if hops_left > 0 => None,
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
        let mut capabilities = self.config.capabilities.clone();
        let (mut shown, mut way, mut prefer) = (dial.caller.number.clone(), None, dial.prefer);
        if let Target::Trunk { trunk, emergency, .. } = dial.target {
            let rules = self.rules_of(trunk);
            shown = rules.shown(&shown);
            // The caller's codec goes first only where a provider has no order of its own.
            if !rules.codecs.is_empty() {
                capabilities.codecs = rules.codecs;
                prefer = None;
            }
            way = Some((trunk, emergency));
        }
        let mut offered = self.negotiation_of(capabilities, rtp_port, reached_at);
        let offer = offered.offer(Direction::SendRecv, prefer);
        let mut calls = BTreeMap::new();
        for target in targets {
            let call = sip::CallRef(self.entropy.u64());
            calls.insert(call, Branch::Offered);
            self.calls.insert(call, id);
            self.outputs.push_back(Output::Sip(sip::Command::Dial {
                call,
                target,
                from: sip::Identity { display: dial.caller.display.clone(), user: shown.clone(), host: None },
                to_user: None,
                offer: Some(offer.clone()),
                max_forwards: dial.hops_left,
                headers: vec![],
            }));
        }
        self.set(id, State::Dialling(Branches { offered, calls, worst: None, ringing: false, way }));
    }

    fn targets(&self, target: &Target) -> Vec<sip::Target> {
        match target {
            Target::Devices(devices) => {
                let bindings = devices.iter().filter_map(|device| self.bindings.get(device)).flatten();
                bindings.filter(|binding| binding.reachable).map(sip::Binding::target).collect()
            }
            Target::Trunk { trunk, number, withheld, emergency } => {
                let user = match emergency {
                    true => number.clone(),
                    false => self.rules_of(*trunk).called(number),
                };
                vec![sip::Target::Trunk { trunk: *trunk, user, withheld: *withheld }]
            }
        }
    }

    pub(super) fn progress(&mut self, call: sip::CallRef, status: u16, sdp: Option<&[u8]>) {
        let Some((id, leg)) = self.leg_of(call) else { return };
        let State::Dialling(branches) = &mut leg.state else { return };
        let early = sdp.and_then(|answer| branches.answered_early(call, answer));
        match early {
            Some(negotiation) if branches.is_single() => {
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
        let negotiation = branches.answered(call, sdp);
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
