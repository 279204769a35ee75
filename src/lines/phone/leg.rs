//! Incoming calls, and what happens to a leg once it stands.

use std::net::IpAddr;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::dial::{Branches, Dial};
use super::protection::is_browser;
use super::{NAME, Output, Phone, Ports, cause};
use crate::e164;
use crate::id::{LegId, RoomId};
use crate::media::{self, Family, Ways};
use crate::sdp::{Capabilities, Direction, Local, Negotiation, OfferError, SessionDescription};
use crate::sip::endpoint as sip;
use crate::switch::cause::{Cause, EndedBy};
use crate::switch::line::{Abilities, Arrival, LineEvent, Origin, Party};
use crate::time::Time;

/// One party's connection, as this line knows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Leg {
    pub state: State,
    /// The peer has put us on hold.
    pub holds: bool,
}

impl Leg {
    pub fn new(state: State) -> Self {
        Self { state, holds: false }
    }
}

/// How far a leg has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum State {
    /// A call came in; the switch has not decided. No resource is bound yet.
    Arrived(Box<Caller>),
    /// The caller's media port is being opened.
    Opening(Box<Caller>, Wanted),
    /// The caller hears us although the call is not answered. `answer` is what 183 carried.
    Early { call: sip::CallRef, negotiation: Negotiation, answer: Option<Bytes> },
    /// 200 went out and waits for its ACK.
    Answering { call: sip::CallRef, negotiation: Negotiation },
    /// The media port of a call that we make is being opened.
    DialOpening(Box<Dial>),
    /// The devices of the callee ring.
    Dialling(Branches),
    /// Both sides talk.
    Up { call: sip::CallRef, negotiation: Negotiation },
    /// Over, but for the media port that is being closed.
    Closing,
}

/// Who calls, and what it offers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Caller {
    call: sip::CallRef,
    offer: Option<Bytes>,
    /// Our address as the caller reached it.
    reached_at: IpAddr,
    /// The family of its sound.
    family: Family,
    origin: sip::Origin,
    /// What we can do with it.
    capabilities: Capabilities,
}

/// Our description for a peer that offered, and what the leg is to do from now on.
type Answered = Result<(Bytes, Option<Negotiation>), OfferError>;

/// What the media port is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Wanted {
    Early,
    Answer,
}

impl State {
    /// The SIP calls of the leg, each with whether it is an incoming one that waits for its answer.
    pub fn calls(&self) -> Vec<(sip::CallRef, bool)> {
        match self {
            State::Arrived(caller) | State::Opening(caller, _) => vec![(caller.call, true)],
            State::Early { call, .. } => vec![(*call, true)],
            State::Answering { call, .. } | State::Up { call, .. } => vec![(*call, false)],
            State::Dialling(branches) => branches.calls().map(|call| (call, false)).collect(),
            State::DialOpening(_) | State::Closing => vec![],
        }
    }

    /// Whether the media engine knows the leg.
    pub fn has_media(&self) -> bool {
        !matches!(self, State::Arrived(_))
    }

    /// The peer's new offer, or its wish for ours: our description, and what the leg is to do now unless
    /// other calls of it still ring. `None` if there is nothing that could change.
    fn receive_offer(&mut self, call: sip::CallRef, offer: Option<&[u8]>) -> Option<Answered> {
        if let (State::Dialling(branches), Some(offer)) = (&mut *self, offer) {
            let single = branches.is_single();
            let changed = branches.changed(call, offer)?;
            return Some(changed.map(|(answer, negotiation)| (answer, single.then_some(negotiation))));
        }
        let negotiation = self.negotiation()?;
        let answer = match offer {
            Some(offer) => negotiation.receive_offer(offer, Direction::SendRecv, None),
            None => Ok(negotiation.offer(Direction::SendRecv, None)),
        };
        Some(answer.map(|answer| (answer, Some(negotiation.clone()))))
    }

    fn negotiation(&mut self) -> Option<&mut Negotiation> {
        match self {
            State::Early { negotiation, .. }
            | State::Answering { negotiation, .. }
            | State::Up { negotiation, .. } => Some(negotiation),
            _ => None,
        }
    }
}

impl Phone {
    pub(super) fn arrive(&mut self, call: sip::CallRef, invite: sip::Incoming, now: Time) {
        let urgent = matches!(invite.origin, sip::Origin::Device(_))
            && self.rules.emergency.contains(e164::withheld(&invite.request_user).0);
        if self.legs.len() >= self.config.max_legs && !urgent {
            self.turned_away += 1;
            self.outputs.push_back(Output::Sip(cause::end(call, Cause::Unavailable, true)));
            return;
        }
        let transport = invite.flow.transport;
        let is_browser = is_browser(invite.sdp.as_deref(), transport);
        let capabilities = match is_browser {
            true => Some(self.capabilities_for_browser()),
            false => self.capabilities_for(invite.origin, transport.is_secure()),
        };
        // Help goes before secrecy.
        let Some(capabilities) = capabilities.or_else(|| urgent.then(|| self.config.capabilities.clone()))
        else {
            let reason = Some("SRTP Is Required, and Keys Need TLS".to_owned());
            let refusal = sip::Command::Reject { call, status: 488, reason, retry_after: None };
            return self.outputs.push_back(Output::Sip(refusal));
        };
        let id = LegId::new(self.config.epoch.wall(now), &mut self.entropy);
        let (offer, reached_at) = (invite.sdp, invite.flow.local.ip());
        let wanted_at = offer.as_ref().and_then(|offer| SessionDescription::parse(offer).ok()?.wanted_at());
        // Where a browser wants its sound is found out by ICE.
        let family = self.family(wanted_at.filter(|_| !is_browser), reached_at);
        let caller = Caller { call, offer, reached_at, family, origin: invite.origin, capabilities };
        let state = State::Arrived(Box::new(caller));
        self.calls.insert(call, id);
        self.legs.insert(id, Leg::new(state));
        let origin = match invite.origin {
            sip::Origin::Trunk(trunk) => Origin::Trunk(trunk),
            sip::Origin::Device(device) => Origin::Device(device),
            sip::Origin::Guest => Origin::Guest,
        };
        let replaces = invite.replaces.and_then(|replaces| self.leg_with(replaces.call));
        let arrival = Arrival {
            line: NAME.to_owned(),
            abilities: Abilities::SOUND,
            invited: None,
            details: Default::default(),
            origin,
            from: Party { number: invite.from.user, display: invite.from.display },
            dialled: invite.request_user,
            hops_left: invite.max_forwards,
            replaces,
            shown: invite.shown,
        };
        self.tell(id, LineEvent::Arrived(Box::new(arrival)));
    }

    pub(super) fn ring(&mut self, id: LegId) {
        let Some(Leg { state: State::Arrived(caller), .. }) = self.legs.get(&id) else { return };
        let command = sip::Command::Ring { call: caller.call, status: 180, sdp: None };
        self.outputs.push_back(Output::Sip(command));
    }

    pub(super) fn early(&mut self, id: LegId, room: RoomId) {
        self.open(id, room, Wanted::Early);
    }

    pub(super) fn answer(&mut self, id: LegId, room: RoomId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match std::mem::replace(&mut leg.state, State::Closing) {
            State::Early { call, negotiation, answer: Some(sdp) } => {
                leg.state = State::Answering { call, negotiation };
                self.outputs.push_back(Output::Sip(sip::Command::Answer { call, sdp }));
            }
            State::Early { call, mut negotiation, answer: None } => {
                let sdp = negotiation.offer(Direction::SendRecv, None);
                leg.state = State::Answering { call, negotiation };
                self.outputs.push_back(Output::Sip(sip::Command::Answer { call, sdp }));
            }
            State::Opening(caller, _) => leg.state = State::Opening(caller, Wanted::Answer),
            other => {
                leg.state = other;
                self.open(id, room, Wanted::Answer);
            }
        }
    }

    fn open(&mut self, id: LegId, room: RoomId, wanted: Wanted) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match std::mem::replace(&mut leg.state, State::Closing) {
            State::Arrived(caller) => {
                let is_browser = caller.capabilities.protection.web().is_some();
                let ways = if is_browser { Ways::Web } else { Ways::Ports };
                let open = media::Command::Open { leg: id, room, family: caller.family, ways };
                leg.state = State::Opening(caller, wanted);
                self.outputs.push_back(Output::Media(open));
            }
            other => leg.state = other,
        }
    }

    pub(super) fn opened(&mut self, id: LegId, ports: Ports) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match std::mem::replace(&mut leg.state, State::Closing) {
            State::Opening(caller, wanted) => self.media_ready(id, *caller, wanted, ports),
            State::DialOpening(dial) => self.dial_out(id, *dial, ports),
            other => leg.state = other,
        }
    }

    fn media_ready(&mut self, id: LegId, caller: Caller, wanted: Wanted, ports: Ports) {
        let Caller { call, offer, reached_at, family, origin, capabilities } = caller;
        let mut negotiation = self.negotiation(capabilities, (family, ports), Some(reached_at));
        let answer = match offer.map(|offer| negotiation.receive_offer(&offer, Direction::SendRecv, None)) {
            Some(Ok(answer)) => Some(answer),
            None => None,
            Some(Err(_)) => {
                self.set(id, State::Early { call, negotiation, answer: None });
                return self.fail(id, Cause::Incompatible);
            }
        };
        self.configure(id, &negotiation);
        if answer.is_some() {
            self.note_protection(origin, &negotiation);
        }
        match wanted {
            Wanted::Early => {
                let status = if answer.is_some() { 183 } else { 180 };
                let command = sip::Command::Ring { call, status, sdp: answer.clone() };
                self.outputs.push_back(Output::Sip(command));
                self.set(id, State::Early { call, negotiation, answer });
                self.tell(id, LineEvent::Early);
            }
            Wanted::Answer => {
                let sdp = answer.unwrap_or_else(|| negotiation.offer(Direction::SendRecv, None));
                self.set(id, State::Answering { call, negotiation });
                self.outputs.push_back(Output::Sip(sip::Command::Answer { call, sdp }));
            }
        }
    }

    /// The ACK came. Only now the caller surely listens, so only now a prompt may begin.
    pub(super) fn established(&mut self, call: sip::CallRef, sdp: Option<&[u8]>) {
        let Some((id, leg)) = self.leg_of(call) else { return };
        match std::mem::replace(&mut leg.state, State::Closing) {
            State::Answering { call, mut negotiation } => {
                let answered = sdp.map_or(Ok(()), |answer| negotiation.receive_answer(answer));
                let usable = answered.is_ok() && negotiation.agreed().is_some();
                leg.state = State::Up { call, negotiation: negotiation.clone() };
                if !usable {
                    return self.fail(id, Cause::Incompatible);
                }
                self.configure(id, &negotiation);
                self.tell(id, LineEvent::Up);
            }
            other => leg.state = other,
        }
    }

    pub(super) fn offer_received(&mut self, call: sip::CallRef, sdp: Option<&[u8]>) {
        let refused = sip::Command::RefuseOffer { call, status: 488 };
        let Some((id, leg)) = self.leg_of(call) else {
            return self.outputs.push_back(Output::Sip(refused));
        };
        match leg.state.receive_offer(call, sdp) {
            Some(Ok((sdp, negotiation))) => {
                if let Some(negotiation) = &negotiation {
                    self.configure(id, negotiation);
                }
                self.outputs.push_back(Output::Sip(sip::Command::AnswerOffer { call, sdp }));
                if let Some(negotiation) = &negotiation {
                    self.look_for_hold(id, negotiation);
                }
            }
            None => self.outputs.push_back(Output::Sip(refused)),
            Some(Err(error)) => {
                let status = error.status();
                self.outputs.push_back(Output::Sip(sip::Command::RefuseOffer { call, status }));
            }
        }
    }

    pub(super) fn offer_answered(&mut self, call: sip::CallRef, sdp: Option<&[u8]>) {
        let Some((id, leg)) = self.leg_of(call) else { return };
        let Some(negotiation) = leg.state.negotiation() else { return };
        match sdp.map(|answer| negotiation.receive_answer(answer)) {
            Some(Ok(())) => {
                let negotiation = negotiation.clone();
                self.configure(id, &negotiation);
                self.look_for_hold(id, &negotiation);
            }
            Some(Err(_)) | None => negotiation.reject_pending(),
        }
    }

    /// A phone's hold button sends nothing, or wants nothing, or both (RFC 3264 section 8.4; RFC 2543 named the address
    /// 0.0.0.0). Either way it does not hear us.
    fn look_for_hold(&mut self, id: LegId, negotiation: &Negotiation) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let holds = negotiation.agreed().is_some_and(|agreed| !agreed.direction.sends());
        if matches!(leg.state, State::Up { .. }) && std::mem::replace(&mut leg.holds, holds) != holds {
            self.tell(id, LineEvent::Holds(holds));
        }
    }

    /// A browser has no connection for signalling any more. Whoever answers its call may come back by another one.
    pub(super) fn stranded(&mut self, call: sip::CallRef) {
        if let Some((id, leg)) = self.leg_of(call)
            && matches!(leg.state, State::Up { .. })
        {
            self.tell(id, LineEvent::Stranded);
        }
    }

    pub(super) fn offer_refused(&mut self, call: sip::CallRef) {
        if let Some((_, leg)) = self.leg_of(call)
            && let Some(negotiation) = leg.state.negotiation()
        {
            negotiation.reject_pending();
        }
    }

    pub(super) fn call_ended(&mut self, call: sip::CallRef, ended: &sip::Cause) {
        let Some(id) = self.calls.remove(&call) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if let State::Dialling(branches) = &mut leg.state {
            let (cause, by) = cause::cause(ended, false);
            // A phone that rang could be reached; it only lost its patience before we did.
            let cause = match cause {
                Cause::Unreachable if branches.rang() && ended.by != sip::By::Transport => Cause::NoAnswer,
                cause => cause,
            };
            let way = branches.way();
            let peer = branches.peer(call);
            let last = branches.remove(call, cause);
            if let Some(cause) = last {
                leg.state = State::Closing;
                let is_way = way.is_some_and(|(trunk, urgent)| self.rules_of(trunk).is_way(ended, urgent));
                self.over(id, cause, by, is_way);
            }
            peer.into_iter().for_each(|peer| self.note_refusal(peer, ended));
            return;
        }
        let answered = matches!(leg.state, State::Up { .. } | State::Answering { .. });
        let had_media = leg.state.has_media();
        leg.state = State::Closing;
        let (cause, by) = cause::cause(ended, answered);
        self.down(id, had_media, cause, by);
    }

    pub(super) fn leg_of(&mut self, call: sip::CallRef) -> Option<(LegId, &mut Leg)> {
        let id = *self.calls.get(&call)?;
        Some((id, self.legs.get_mut(&id)?))
    }

    pub(super) fn set(&mut self, id: LegId, state: State) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.state = state;
        }
    }

    /// The codec that a leg has agreed on.
    pub(super) fn codec_of(&self, id: LegId) -> Option<crate::sdp::Codec> {
        match &self.legs.get(&id)?.state {
            State::Early { negotiation, .. }
            | State::Answering { negotiation, .. }
            | State::Up { negotiation, .. } => negotiation.agreed().map(|agreed| agreed.codec),
            // The caller is not answered yet, and its offer tells what it would like best.
            State::Arrived(caller) => {
                let local =
                    Local { address: super::loopback(caller.family), port: 0, also: vec![], session_id: 0 };
                let mut trial = Negotiation::new(local, caller.capabilities.clone());
                trial.receive_offer(caller.offer.as_ref()?, Direction::SendRecv, None).ok()?;
                trial.agreed().map(|agreed| agreed.codec)
            }
            _ => None,
        }
    }

    pub(super) fn lost(&mut self, id: LegId, cause: Cause) {
        self.set(id, State::Closing);
        self.down(id, true, cause, EndedBy::Us);
    }
}
