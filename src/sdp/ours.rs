//! Writing our own description.

use serde::{Deserialize, Serialize};

use super::agreed::{Agreed, Capabilities, Local};
use super::codec::{Codec, Format};
use super::crypto::{Line, Profile};
use super::description::{Attribute, Media, Origin, SessionDescription};
use super::direction::Direction;
use super::web::OurWeb;

/// One media section, in the order that both sides keep for the whole session
/// (RFC 3264 section 8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Slot {
    /// Our audio stream, by this profile.
    Audio { protocol: String },
    /// A stream that we refuse.
    Refused { kind: String, protocol: String, formats: Vec<String> },
}

impl Slot {
    pub(super) fn audio(profile: Profile) -> Self {
        Slot::Audio { protocol: profile.name().to_owned() }
    }

    pub(super) fn refused(media: &Media) -> Self {
        Slot::Refused {
            kind: media.kind.clone(),
            protocol: media.protocol.clone(),
            formats: media.formats.clone(),
        }
    }
}

/// What one description of ours says beyond our address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ours {
    pub(super) slots: Vec<Slot>,
    /// The formats we receive, preferred first, each with its payload type.
    pub(super) formats: Vec<(Format, u8)>,
    pub(super) direction: Direction,
    pub(super) rtcp_mux: bool,
    /// The keys that we send with, each by its suite; none for plain sound.
    pub(super) lines: Vec<Line>,
    /// What is said to a browser.
    pub(super) web: Option<OurWeb>,
}

impl Ours {
    /// Whether it is about plain or protected sound.
    pub(super) fn profile(&self) -> Profile {
        match (&self.web, self.lines.is_empty()) {
            (Some(_), _) => Profile::Web,
            (None, true) => Profile::Plain,
            (None, false) => Profile::Protected,
        }
    }

    /// The description, with this version.
    pub(super) fn describe(&self, local: &Local, ptime_ms: u8, version: u64) -> SessionDescription {
        let address = local.address.to_string();
        SessionDescription {
            origin: Origin {
                username: "hovor".to_owned(),
                session_id: local.session_id.to_string(),
                version: version.to_string(),
                address: address.clone(),
            },
            name: "-".to_owned(),
            connection: Some(address),
            attributes: self.web.iter().flat_map(OurWeb::of_session).collect(),
            media: self.slots.iter().map(|slot| self.section(slot, local, ptime_ms)).collect(),
        }
    }

    fn section(&self, slot: &Slot, local: &Local, ptime_ms: u8) -> Media {
        match slot {
            Slot::Audio { protocol } => Media {
                kind: "audio".to_owned(),
                port: local.port,
                protocol: protocol.clone(),
                formats: self.formats.iter().map(|(_, number)| number.to_string()).collect(),
                connection: None,
                attributes: self.attributes(local, ptime_ms),
            },
            Slot::Refused { kind, protocol, formats } => Media {
                kind: kind.clone(),
                port: 0,
                protocol: protocol.clone(),
                formats: formats.clone(),
                connection: None,
                attributes: vec![],
            },
        }
    }

    fn attributes(&self, local: &Local, ptime_ms: u8) -> Vec<Attribute> {
        let mut list: Vec<Attribute> = self.lines.iter().map(Line::attribute).collect();
        if let Some(web) = &self.web {
            let addresses: Vec<_> = [local.address].into_iter().chain(local.also.iter().copied()).collect();
            list.extend(web.of_section(&addresses, local.port));
        }
        for (format, number) in &self.formats {
            list.push(Attribute::new("rtpmap", format!("{number} {}", format.rtpmap())));
            list.extend(format.fmtp().map(|fmtp| Attribute::new("fmtp", format!("{number} {fmtp}"))));
        }
        list.push(Attribute::new("ptime", ptime_ms.to_string()));
        list.push(Attribute::flag(self.direction.as_str()));
        list.extend(self.rtcp_mux.then(|| Attribute::flag("rtcp-mux")));
        list
    }
}

/// The formats to offer: all that we can, `prefer` first, with payload types that keep what they
/// meant in `bound`, the last description that listed them (RFC 3264 section 8.3.2).
pub(super) fn formats_to_offer(
    capabilities: &Capabilities,
    prefer: Option<Codec>,
    bound: &[(Format, u8)],
) -> Vec<(Format, u8)> {
    let preferred = prefer.filter(|codec| capabilities.codecs.contains(codec));
    let others = capabilities.codecs.iter().copied().filter(|codec| Some(*codec) != preferred);
    let codecs = preferred.into_iter().chain(others).map(Format::Audio);
    // One for each clock of the codecs, since keys count by the clock of the sound they come in.
    let counts = |rate: &u32| capabilities.codecs.iter().any(|codec| codec.clock_rate() == *rate);
    let clocks = [8_000, 48_000].into_iter().filter(|rate| capabilities.telephone_event && counts(rate));
    let keys = clocks.map(|clock_rate| Format::TelephoneEvent { clock_rate });
    let mut taken: Vec<u8> = bound.iter().map(|(_, number)| *number).collect();
    let mut list: Vec<(Format, u8)> = vec![];
    for format in codecs.chain(keys) {
        if list.iter().any(|(listed, _)| *listed == format) {
            continue;
        }
        let kept = bound.iter().find(|(known, _)| *known == format).map(|(_, number)| *number);
        let free = || format.usual_payload_type().into_iter().chain(96..128).find(|n| !taken.contains(n));
        if let Some(number) = kept.or_else(free) {
            taken.push(number);
            list.push((format, number));
        }
    }
    list
}

/// The slots of our next offer: those that stand, with audio in one of them.
pub(super) fn slots_to_offer(standing: &[Slot], profile: Profile) -> Vec<Slot> {
    let mut slots = standing.to_vec();
    if slots.iter().any(|slot| matches!(slot, Slot::Audio { .. })) {
        return slots;
    }
    let ended = slots.iter_mut().find(|slot| match slot {
        Slot::Refused { kind, protocol, .. } => kind == "audio" && Profile::of(protocol).is_some(),
        Slot::Audio { .. } => false,
    });
    match ended {
        Some(slot) => *slot = Slot::audio(profile),
        None => slots.push(Slot::audio(profile)),
    }
    slots
}

/// What stands when the peer has ended the stream: nothing flows until somebody offers again.
pub(super) fn ended(agreed: &Agreed) -> Agreed {
    let mut remote = agreed.remote;
    remote.set_port(0);
    Agreed { remote, remote_rtcp: None, direction: Direction::Inactive, ..agreed.clone() }
}
