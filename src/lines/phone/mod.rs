//! The telephone line: SIP calls as legs of sessions.
//!
//! It pairs a SIP call with a leg of the media engine: it opens the leg's port, negotiates
//! (RFC 3264) and configures the stream. What is heard on the leg is the switch's business.

mod cause;
mod dial;
mod leg;
mod protection;
pub mod rules;
#[cfg(test)]
mod tests;
mod transfer;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use self::leg::{Leg, State};
use self::rules::{Rules, TrunkRules};
use crate::entropy::Entropy;
use crate::id::{DeviceId, LegId, TrunkId};
use crate::lines::Line;
use crate::media::{self, Family};
use crate::sdp::{Capabilities, Fingerprint, Local, Negotiation};
use crate::sip::endpoint as sip;
use crate::switch::cause::{Cause, EndedBy};
use crate::switch::line::{Abilities, LineCommand, LineEvent};
use crate::time::{Epoch, Time};

/// The name of this line in records.
pub const NAME: &str = "phone";

/// What others have to know of it.
pub const LINE: Line = Line { name: NAME, abilities: Abilities::SOUND, at_once: 1 };

/// Addresses that a browser is told at most besides the first.
const CANDIDATES: usize = 3;

/// What the line is built with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhoneConfig {
    /// Puts a wall-clock time on the ids it draws.
    pub epoch: Epoch,
    /// The addresses that session descriptions name for media, one of each family that we have. If one is none in
    /// particular (0.0.0.0), each peer is told the one that it reaches us at.
    pub media_addresses: Vec<IpAddr>,
    /// What a peer is told then of whom nothing has come yet, such as a provider.
    pub outward_addresses: Vec<IpAddr>,
    /// Codecs, packet time and events that are offered and accepted.
    pub capabilities: Capabilities,
    /// Whether keys for SRTP are taken and given over signalling that everybody on the way can read.
    pub srtp_without_tls: bool,
    /// What browsers are told of our certificate.
    pub fingerprint: Fingerprint,
    /// … and where they bring sound over TCP if their datagrams do not get through.
    pub ice_tcp_ports: Vec<u16>,
    /// Legs at once; a call beyond is refused with 503. One leg costs two UDP ports.
    pub max_legs: usize,
}

/// Where a leg is reached at our end.
#[derive(Clone, Copy, Debug)]
struct Ports {
    rtp_port: u16,
    web_port: Option<u16>,
}

impl Ports {
    /// That for a peer with which we can do this.
    fn of(self, capabilities: &Capabilities) -> u16 {
        match capabilities.protection.web() {
            Some(_) => self.web_port.unwrap_or(0),
            None => self.rtp_port,
        }
    }
}

/// What the line is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// The SIP endpoint reports.
    Sip(sip::Event),
    /// The media engine reports.
    Media(media::Event),
    /// What providers want from now on.
    Rules(Rules),
    /// The switch wants something of a leg.
    Switch {
        /// Which leg; for `Dial` a new one.
        leg: LegId,
        /// What.
        command: LineCommand,
    },
}

/// What the line wants done or known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// For the SIP endpoint.
    Sip(sip::Command),
    /// For the media engine.
    Media(media::Command),
    /// For the switch.
    Switch {
        /// Which leg.
        leg: LegId,
        /// What happened to it.
        event: LineEvent,
    },
    /// A device can be called now, or no more.
    Reachable {
        /// Which.
        device: DeviceId,
        /// Whether at least one binding of it can be reached.
        reachable: bool,
    },
}

/// The telephone line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Phone {
    config: PhoneConfig,
    entropy: Entropy,
    legs: BTreeMap<LegId, Leg>,
    calls: BTreeMap<sip::CallRef, LegId>,
    bindings: BTreeMap<DeviceId, Vec<sip::Binding>>,
    rules: Rules,
    /// Whose sound was protected in the last call.
    protected: BTreeSet<sip::Origin>,
    /// The providers that are reached over IPv6.
    over_ipv6: BTreeSet<TrunkId>,
    /// Requests to hand a call over that wait for their outcome. Whoever asked may have hung up meanwhile, and is told
    /// all the same.
    referrals: BTreeMap<LegId, Vec<sip::ReferRef>>,
    /// Legs that found no room, since the start.
    turned_away: u64,
    outputs: VecDeque<Output>,
}

impl Phone {
    /// A line without calls.
    pub fn new(config: PhoneConfig, entropy: Entropy) -> Self {
        Self {
            config,
            entropy,
            legs: BTreeMap::new(),
            calls: BTreeMap::new(),
            bindings: BTreeMap::new(),
            rules: Rules::default(),
            protected: BTreeSet::new(),
            over_ipv6: BTreeSet::new(),
            referrals: BTreeMap::new(),
            turned_away: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input in; outputs wait in [`poll_output`](Self::poll_output).
    pub fn handle(&mut self, input: Input, now: Time) {
        match input {
            Input::Sip(event) => self.handle_sip(event, now),
            Input::Media(event) => self.handle_media(event),
            Input::Rules(rules) => self.set_rules(rules),
            Input::Switch { leg, command } => self.handle_switch(leg, command),
        }
    }

    /// The next thing to do or to know.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The calls by which a leg is reached: several while several phones ring.
    pub fn calls_of(&self, leg: LegId) -> Vec<sip::CallRef> {
        let calls = self.legs.get(&leg).map(|leg| leg.state.calls()).unwrap_or_default();
        calls.into_iter().map(|(call, _)| call).collect()
    }

    /// The first call of a leg: the only one of a leg that has been answered.
    fn call_of(&self, leg: LegId) -> Option<sip::CallRef> {
        self.legs.get(&leg)?.state.calls().first().map(|(call, _)| *call)
    }

    /// The leg of a call.
    pub fn leg_with(&self, call: sip::CallRef) -> Option<LegId> {
        self.calls.get(&call).copied()
    }

    /// Legs that stand now.
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// Legs that found no room, since the start.
    pub fn turned_away(&self) -> u64 {
        self.turned_away
    }

    fn handle_sip(&mut self, event: sip::Event, now: Time) {
        match event {
            sip::Event::Incoming { call, invite } => self.arrive(call, *invite, now),
            sip::Event::Progress { call, status, sdp } => self.progress(call, status, sdp.as_deref()),
            sip::Event::Answered { call, sdp } => self.answered(call, sdp.as_deref()),
            sip::Event::Established { call, sdp } => self.established(call, sdp.as_deref()),
            sip::Event::OfferReceived { call, sdp } => self.offer_received(call, sdp.as_deref()),
            sip::Event::OfferAnswered { call, sdp } => self.offer_answered(call, sdp.as_deref()),
            sip::Event::OfferRefused { call, .. } => self.offer_refused(call),
            sip::Event::Ended { call, cause } => self.call_ended(call, &cause),
            sip::Event::Stranded { call } => self.stranded(call),
            sip::Event::Bindings { device, bindings } => self.bindings_changed(device, bindings),
            sip::Event::TrunkFamily { trunk, is_ipv6: true } => drop(self.over_ipv6.insert(trunk)),
            sip::Event::TrunkFamily { trunk, is_ipv6: false } => drop(self.over_ipv6.remove(&trunk)),
            sip::Event::Refer { refer, to, .. } => self.referred(refer, to),
            sip::Event::InfoDigit { call, digit, .. } => self.info_digit(call, digit),
            sip::Event::Subscribed { .. } | sip::Event::Unsubscribed { .. } => {}
            sip::Event::Trunk { .. } | sip::Event::Banned(_) | sip::Event::Trouble { .. } => {}
        }
    }

    fn handle_media(&mut self, event: media::Event) {
        match event {
            media::Event::Opened { leg, rtp_port, web_port } => {
                self.opened(leg, Ports { rtp_port, web_port })
            }
            media::Event::OpenFailed { leg, .. } => {
                self.fail(leg, Cause::Unavailable);
                self.legs.remove(&leg);
            }
            media::Event::Failed { leg, .. } => self.fail(leg, Cause::Internal),
            media::Event::Closed { leg, .. } => {
                self.fail(leg, Cause::Internal);
                self.legs.remove(&leg);
            }
            _ => {}
        }
    }

    fn handle_switch(&mut self, id: LegId, command: LineCommand) {
        match command {
            LineCommand::Dial { .. } => self.dial(id, command),
            LineCommand::Ring => self.ring(id),
            LineCommand::Early { room } => self.early(id, room),
            LineCommand::Answer { room } => self.answer(id, room),
            LineCommand::Transfer { request, outcome } => self.transferred(id, request, outcome),
            LineCommand::Show { party } => self.show(id, party),
            // Nothing is written on the telephone.
            LineCommand::Deliver(_) | LineCommand::Taken { .. } => {}
            LineCommand::HangUp { cause } => self.hang_up(id, cause, EndedBy::Us),
        }
    }

    fn bindings_changed(&mut self, device: DeviceId, bindings: Vec<sip::Binding>) {
        let reachable = bindings.iter().any(|binding| binding.reachable);
        if bindings.is_empty() {
            self.bindings.remove(&device);
        } else {
            self.bindings.insert(device, bindings);
        }
        self.outputs.push_back(Output::Reachable { device, reachable });
    }

    /// Ends the leg because something here failed.
    fn fail(&mut self, leg: LegId, cause: Cause) {
        self.hang_up(leg, cause, EndedBy::Us);
    }

    /// Ends the leg whatever its state, and reports it at once: what the far end still has to
    /// say is between it and the endpoint.
    fn hang_up(&mut self, id: LegId, cause: Cause, by: EndedBy) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let had_media = leg.state.has_media();
        let state = std::mem::replace(&mut leg.state, State::Closing);
        if matches!(state, State::Closing) {
            return;
        }
        for (call, unanswered) in state.calls() {
            self.calls.remove(&call);
            self.outputs.push_back(Output::Sip(self::cause::end(call, cause, unanswered)));
        }
        self.down(id, had_media, cause, by);
    }

    /// What a provider wants.
    fn rules_of(&self, trunk: TrunkId) -> TrunkRules {
        self.rules.trunks.get(&trunk).cloned().unwrap_or_default()
    }

    /// Reports the end of a leg and gives its media back.
    fn down(&mut self, id: LegId, had_media: bool, cause: Cause, by: EndedBy) {
        if had_media {
            self.outputs.push_back(Output::Media(media::Command::Close { leg: id }));
        } else {
            self.legs.remove(&id);
        }
        self.tell(id, LineEvent::Down { cause, by });
    }

    /// Reports the end of a leg that was called, and whether that was the fault of the way there.
    fn over(&mut self, id: LegId, cause: Cause, by: EndedBy, is_way: bool) {
        self.outputs.push_back(Output::Media(media::Command::Close { leg: id }));
        let event = if is_way { LineEvent::NoWay { cause } } else { LineEvent::Down { cause, by } };
        self.tell(id, event);
    }

    /// The family of the leg of a peer that wants its sound there, and reaches us at this address: its own, if we have
    /// it, else that of its signalling.
    fn family(&self, wanted_at: Option<IpAddr>, reached_at: IpAddr) -> Family {
        let has = |family: &Family| self.config.media_addresses.iter().any(|own| Family::of(*own) == *family);
        wanted_at.map(Family::of).filter(has).unwrap_or(Family::of(reached_at))
    }

    fn tell(&mut self, leg: LegId, event: LineEvent) {
        self.outputs.push_back(Output::Switch { leg, event });
    }

    fn configure(&mut self, leg: LegId, negotiation: &Negotiation) {
        if let Some(agreed) = negotiation.agreed() {
            let command = media::Command::Configure { leg, agreed: agreed.clone() };
            self.outputs.push_back(Output::Media(command));
        }
    }

    /// Our side of a leg of this family with these capabilities. `reached_at` is our address as the peer reached it.
    fn negotiation(
        &mut self,
        capabilities: Capabilities,
        (family, ports): (Family, Ports),
        reached_at: Option<IpAddr>,
    ) -> Negotiation {
        // The session id of an o= line is a decimal number that fits 63 bits (RFC 8866 section 5.2).
        let session_id = self.entropy.u64() >> 1;
        let PhoneConfig { media_addresses, outward_addresses, .. } = &self.config;
        let known =
            media_addresses.iter().copied().chain(reached_at).chain(outward_addresses.iter().copied());
        // A peer that is told 0.0.0.0 takes that as being put on hold.
        let mut usable = known.filter(|ip| Family::of(*ip) == family && !ip.is_unspecified());
        let address = usable.next().unwrap_or_else(|| loopback(family));
        let mut also: Vec<IpAddr> = vec![];
        for other in usable.filter(|_| capabilities.protection.web().is_some()) {
            if other != address && !also.contains(&other) && also.len() < CANDIDATES {
                also.push(other);
            }
        }
        let local = Local { address, port: ports.of(&capabilities), also, session_id };
        Negotiation::new(local, capabilities)
    }
}

fn loopback(family: Family) -> IpAddr {
    match family {
        Family::V4 => Ipv4Addr::LOCALHOST.into(),
        Family::V6 => Ipv6Addr::LOCALHOST.into(),
    }
}
