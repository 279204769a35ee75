//! Reading the peer's audio section.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::agreed::OfferError;
use super::codec::Format;
use super::crypto::{self, Profile};
use super::description::{Media, SessionDescription, is_nowhere};
use super::direction::Direction;
use super::fmtp::Fmtp;
use super::web::TheirWeb;

/// Longest packet we send, in milliseconds.
const MAX_PTIME_MS: u8 = 60;

/// The peer's audio section within its description.
#[derive(Clone, Copy)]
pub(super) struct Theirs<'a> {
    pub(super) index: usize,
    pub(super) media: &'a Media,
    pub(super) profile: Profile,
    description: &'a SessionDescription,
}

/// What an audio section of a description turned out to be.
pub(super) enum Found<'a> {
    /// A stream to talk over.
    Stream(Theirs<'a>),
    /// All audio sections have port 0: the stream is refused or has ended.
    Ended,
}

/// The first audio section that we can talk over by a profile that is `allowed`; a protected one before plain ones.
pub(super) fn find(
    description: &SessionDescription,
    allowed: impl Fn(Profile) -> bool,
) -> Result<Found<'_>, OfferError> {
    let audio = || description.media.iter().enumerate().filter(|(_, media)| media.kind == "audio");
    let live = || audio().filter(|(_, media)| media.port != 0);
    let usable = |media: &Media| {
        let profile = Profile::of(&media.protocol).filter(|profile| allowed(*profile))?;
        let has_keys = match profile {
            Profile::Plain => true,
            Profile::Protected => !crypto::lines(media).is_empty(),
            Profile::Web => TheirWeb::read(description, media).is_some(),
        };
        has_keys.then_some(profile)
    };
    let streams = live().filter_map(|(index, media)| Some((usable(media)?, index, media)));
    if let Some((profile, index, media)) = streams.min_by_key(|(profile, ..)| *profile == Profile::Plain) {
        return Ok(Found::Stream(Theirs { index, media, profile, description }));
    }
    match (live().next(), audio().next()) {
        (Some((_, media)), _) => Err(match Profile::of(&media.protocol) {
            Some(Profile::Plain) => OfferError::Unprotected,
            Some(profile) if allowed(profile) => OfferError::NoKeys,
            _ => OfferError::Profile(media.protocol.clone()),
        }),
        (None, Some(_)) => Ok(Found::Ended),
        (None, None) => Err(OfferError::NoAudio),
    }
}

impl Theirs<'_> {
    /// The formats of the section that we know, with their payload types, in the peer's order.
    /// `ours` is what we offered: some peers answer without repeating our `a=rtpmap`.
    pub(super) fn formats(&self, ours: &[(Format, u8)]) -> Vec<(Format, u8)> {
        let numbers = self.media.formats.iter().filter_map(|format| format.parse::<u8>().ok());
        let mut known: Vec<(Format, u8)> = vec![];
        for payload_type in numbers.filter(|payload_type| *payload_type < 128) {
            let meant = match self.media.rtpmap(payload_type) {
                Some(encoding) => Format::from_rtpmap(encoding),
                None => Format::of_static(payload_type)
                    .or_else(|| ours.iter().find(|(_, number)| *number == payload_type).map(|(f, _)| *f)),
            };
            let new =
                |format: &Format| known.iter().all(|(f, number)| f != format && *number != payload_type);
            known.extend(meant.filter(new).map(|format| (format, payload_type)));
        }
        known
    }

    /// What the section says of ICE and DTLS, if it is a browser's.
    pub(super) fn web(&self) -> Option<TheirWeb> {
        (self.profile == Profile::Web).then(|| TheirWeb::read(self.description, self.media)).flatten()
    }

    /// Where the peer receives RTP: an address of the family of ours, or none (a hold). A browser is found by ICE,
    /// whatever is written here.
    pub(super) fn remote(&self, ours: IpAddr) -> Result<SocketAddr, OfferError> {
        if self.profile == Profile::Web {
            return Ok(SocketAddr::new(ours, 0));
        }
        let address = self.description.address(self.media).unwrap_or_default();
        let address = unicast(address).ok_or_else(|| OfferError::NoAddress(address.to_owned()))?;
        if address.is_ipv4() != ours.is_ipv4() && !is_nowhere(address) {
            return Err(OfferError::OtherFamily(address));
        }
        Ok(SocketAddr::new(address, self.media.port))
    }

    /// What the peer lets US do: its direction seen from our end, and no sending to nowhere.
    pub(super) fn direction(&self, remote: SocketAddr) -> Direction {
        let ours = self.description.direction(self.media).reversed();
        if is_nowhere(remote.ip()) { ours.and(Direction::RecvOnly) } else { ours }
    }

    /// What the peer asks of who sends it this payload type.
    pub(super) fn fmtp(&self, payload_type: u8) -> Fmtp {
        self.media.fmtp(payload_type).map(Fmtp::parse).unwrap_or_default()
    }

    pub(super) fn rtcp_mux(&self) -> bool {
        self.media.has("rtcp-mux")
    }

    /// Where the peer receives RTCP (RFC 3605).
    pub(super) fn rtcp(&self, remote: SocketAddr, mux: bool) -> Option<SocketAddr> {
        if mux {
            return Some(remote);
        }
        let next = || Some(SocketAddr::new(remote.ip(), remote.port().checked_add(1)?));
        let Some(value) = self.media.attribute("rtcp") else { return next() };
        let mut fields = value.split_whitespace();
        let Some(port) = fields.next().and_then(|port| port.parse::<u16>().ok()).filter(|port| *port != 0)
        else {
            return next();
        };
        let address = fields.nth(2).and_then(unicast).unwrap_or(remote.ip());
        Some(SocketAddr::new(address, port))
    }

    /// Milliseconds in each packet we send, given our own packet time.
    pub(super) fn ptime_ms(&self, ours: u8) -> u8 {
        let number =
            |name| self.media.attribute(name)?.parse().ok().filter(|number: &f32| number.is_finite());
        let wanted = number("ptime").unwrap_or(f32::from(ours));
        let most = number("maxptime").unwrap_or(f32::from(MAX_PTIME_MS)).min(f32::from(MAX_PTIME_MS));
        let ours = ours.clamp(1, MAX_PTIME_MS);
        // A float cast saturates, so no number of the peer's overflows.
        let packets = (wanted.min(most) as u8).min(MAX_PTIME_MS) / ours;
        packets.max(1) * ours
    }
}

/// An address that one peer owns. Sound for a multicast group would be a flood.
fn unicast(address: &str) -> Option<IpAddr> {
    let address: IpAddr = address.parse().ok()?;
    (!address.is_multicast() && address != IpAddr::V4(Ipv4Addr::BROADCAST)).then_some(address)
}
