//! Outgoing calls: all bindings of the callee ring, the first to answer is the leg.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::cause;
use super::leg::{Leg, State};
use super::{Output, Phone, Ports};
use crate::id::{LegId, SessionId, TrunkId};
use crate::media::{self, Family, Ways};
use crate::sdp::{Codec, Direction, Negotiation, OfferError};
use crate::sip::endpoint as sip;
use crate::switch::cause::{Cause, EndedBy};
use crate::switch::line::{LineCommand, LineEvent, Party, Target};

/// A call that waits for its media port.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dial {
    target: Target,
    /// The family of its sound. Bindings of the other one are not called.
    family: Family,
    caller: Party,
    prefer: Option<Codec>,
    hops_left: u8,
    /// What the callee is to know beforehand.
    subject: Option<String>,
    /// The session that the callee may see elsewhere.
    session: Option<SessionId>,
}

/// The calls to the bindings of one callee.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Branches {
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
struct Branch {
    /// Who is called.
    peer: sip::Origin,
    /// The offer that it got, still waiting for its answer.
    offered: Negotiation,
    said: Said,
}

/// What a callee has said to our offer.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Said {
    /// Nothing.
    Nothing,
    /// The offer was answered early. The answer to the call may still say something else.
    Early(Negotiation),
    /// The callee has changed by UPDATE what was agreed: that stands, whatever the answer to the call repeats.
    Changed(Negotiation),
}

impl Said {
    fn negotiation(self) -> Option<Negotiation> {
        match self {
            Said::Nothing => None,
            Said::Early(negotiation) | Said::Changed(negotiation) => Some(negotiation),
        }
    }
}

/// Whether a browser is called.
fn is_browser(target: &sip::Target) -> bool {
    matches!(target, sip::Target::Binding { flow, .. } if flow.transport.is_websocket())
}

/// By which ways a leg is to be reached that any of these may answer.
fn ways_to<'a>(targets: impl Iterator<Item = &'a sip::Target> + Clone) -> Ways {
    match (targets.clone().any(is_browser), targets.clone().any(|target| !is_browser(target))) {
        (true, true) => Ways::Both,
        (true, false) => Ways::Web,
        (false, _) => Ways::Ports,
    }
}

/// What else the INVITE of a call says; whether the phone may answer by itself if it was asked for.
fn headers(dial: &Dial, may_answer: bool) -> Vec<(String, String)> {
    let subject = dial.subject.iter().map(|text| ("Subject".to_owned(), text.clone()));
    let session = dial.session.iter().map(|id| ("X-Hovor-Session".to_owned(), id.to_string()));
    let by_itself = answers_by_itself(&dial.target).into_iter().filter(|_| may_answer);
    by_itself.chain(subject).chain(session).collect()
}

/// What tells a phone to answer by itself. There is one standard (RFC 5373 section 4.1), and two older ways that more
/// phones know.
fn answers_by_itself(target: &Target) -> Vec<(String, String)> {
    let headers = [
        ("Answer-Mode", "Auto"),
        ("Call-Info", "<sip:hovor>;answer-after=0"),
        ("Alert-Info", "<http://127.0.0.1>;info=alert-autoanswer"),
    ];
    match target {
        Target::OwnDevices(_) => headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        Target::Devices(_) | Target::Workspace { .. } | Target::Trunk { .. } => vec![],
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
        let branch = self.calls.get_mut(&call).filter(|branch| !matches!(branch.said, Said::Changed(_)))?;
        let mut negotiation = branch.offered.clone();
        negotiation.receive_answer(answer).ok()?;
        branch.said = Said::Early(negotiation.clone());
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
        let mut negotiation = branch.said.clone().negotiation()?;
        Some(negotiation.receive_offer(offer, Direction::SendRecv, None).map(|answer| {
            branch.said = Said::Changed(negotiation.clone());
            (answer, negotiation)
        }))
    }

    /// What holds with the callee that took the call. `None` if there is nothing in common.
    fn answered(&mut self, call: sip::CallRef, sdp: Option<&[u8]>) -> Option<(sip::Origin, Negotiation)> {
        let Branch { peer, offered, said } = self.calls.remove(&call)?;
        let negotiation = match (said, sdp) {
            (Said::Nothing | Said::Early(_), Some(answer)) => {
                let mut negotiation = offered;
                negotiation.receive_answer(answer).ok().map(|()| negotiation)
            }
            (said, _) => said.negotiation(),
        };
        negotiation.map(|negotiation| (peer, negotiation))
    }

    /// Who is called by this call.
    pub fn peer(&self, call: sip::CallRef) -> Option<sip::Origin> {
        self.calls.get(&call).map(|branch| branch.peer)
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
        let LineCommand::Dial { room, target, caller, like, hops_left, subject, session } = command else {
            return;
        };
        let refusal = match &target {
            Target::Trunk { emergency: true, .. } if hops_left > 0 => None,
            _ if self.legs.len() >= self.config.max_legs => Some(Cause::Unavailable),
            Target::Devices(_) | Target::OwnDevices(_) | Target::Workspace { .. }
                if self.targets(&target).is_empty() =>
            {
                Some(Cause::Unreachable)
            }
            _ if hops_left == 0 => Some(Cause::NetworkFailure),
            _ => None,
        };
        if let Some(cause) = refusal {
            self.turned_away += u64::from(cause == Cause::Unavailable);
            return self.tell(id, LineEvent::Down { cause, by: EndedBy::Us });
        }
        let targets = self.targets(&target);
        let family = targets.first().map_or(Family::V4, |target| self.family_of(target));
        let ways = ways_to(targets.iter().filter(|target| self.family_of(target) == family));
        let prefer = like.and_then(|leg| self.codec_of(leg));
        let dial = Dial { target, family, caller, prefer, hops_left, subject, session };
        self.legs.insert(id, Leg::new(State::DialOpening(Box::new(dial))));
        self.outputs.push_back(Output::Media(media::Command::Open { leg: id, room, family, ways }));
    }

    /// The media port is open: call them all.
    pub(super) fn dial_out(&mut self, id: LegId, dial: Dial, ports: Ports) {
        let targets = self.targets(&dial.target);
        if targets.is_empty() {
            return self.lost(id, Cause::Unreachable);
        }
        let (mut shown, mut way) = (dial.caller.number.clone(), None);
        if let Target::Trunk { trunk, emergency, .. } = dial.target {
            shown = self.rules_of(trunk).shown(&shown);
            way = Some((trunk, emergency));
        }
        let mut calls = BTreeMap::new();
        // Whoever has a headset at the browser does not want the desk phone to be quicker.
        let has_browser = targets.iter().any(is_browser);
        for target in targets {
            if self.family_of(&target) != dial.family {
                continue;
            }
            let Some(mut branch) = self.branch(&target, &dial, ports) else { continue };
            // The caller's codec goes first only where a provider has no order of its own.
            let free = way.is_none_or(|(trunk, _)| self.rules_of(trunk).codecs.is_empty());
            let offer = branch.offered.offer(Direction::SendRecv, dial.prefer.filter(|_| free));
            let may_answer = !has_browser || is_browser(&target);
            let call = sip::CallRef(self.entropy.u64());
            calls.insert(call, branch);
            self.calls.insert(call, id);
            self.outputs.push_back(Output::Sip(sip::Command::Dial {
                call,
                target,
                from: sip::Identity { display: dial.caller.display.clone(), user: shown.clone(), host: None },
                to_user: None,
                offer: Some(offer),
                max_forwards: dial.hops_left,
                headers: headers(&dial, may_answer),
            }));
        }
        if calls.is_empty() {
            // Each has to be protected, and none can be told a key.
            return self.lost(id, Cause::Incompatible);
        }
        self.set(id, State::Dialling(Branches { calls, worst: None, ringing: false, way }));
    }

    /// A call to one target, before it is offered anything. `None` if it has to be protected and cannot be.
    fn branch(&mut self, target: &sip::Target, dial: &Dial, ports: Ports) -> Option<Branch> {
        let (peer, is_secure, reached_at) = match target {
            sip::Target::Binding { device, flow, .. } => {
                (sip::Origin::Device(*device), flow.transport.is_secure(), Some(flow.local.ip()))
            }
            sip::Target::Trunk { trunk, .. } => {
                (sip::Origin::Trunk(*trunk), self.rules_of(*trunk).secure, None)
            }
            sip::Target::Uri { .. } => (sip::Origin::Guest, false, None),
        };
        let urgent = matches!(dial.target, Target::Trunk { emergency: true, .. });
        let capabilities = match is_browser(target) {
            // One that has registered since the ports were opened has none.
            true => Some(self.capabilities_for_browser()).filter(|_| ports.web_port.is_some()),
            false => self.capabilities_for(peer, is_secure).filter(|_| ports.rtp_port != 0),
        };
        // Help goes before secrecy.
        let mut capabilities = capabilities.or_else(|| urgent.then(|| self.config.capabilities.clone()))?;
        if let sip::Origin::Trunk(trunk) = peer {
            let wanted = self.rules_of(trunk).codecs;
            capabilities.codecs = if wanted.is_empty() { capabilities.codecs } else { wanted };
        }
        let offered = self.negotiation(capabilities, (dial.family, ports), reached_at);
        Some(Branch { peer, offered, said: Said::Nothing })
    }

    /// The family of a target's signalling, which its sound has as a rule.
    fn family_of(&self, target: &sip::Target) -> Family {
        match target {
            sip::Target::Binding { flow, .. } => Family::of(flow.local.ip()),
            sip::Target::Trunk { trunk, .. } if self.over_ipv6.contains(trunk) => Family::V6,
            sip::Target::Trunk { .. } | sip::Target::Uri { .. } => Family::V4,
        }
    }

    fn targets(&self, target: &Target) -> Vec<sip::Target> {
        match target {
            Target::Devices(devices) | Target::OwnDevices(devices) => {
                let bindings = devices.iter().filter_map(|device| self.bindings.get(device)).flatten();
                bindings.filter(|binding| binding.reachable).map(sip::Binding::target).collect()
            }
            // No telephone is called there.
            Target::Workspace { .. } => vec![],
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
            Some((peer, negotiation)) => {
                self.note_protection(peer, &negotiation);
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
