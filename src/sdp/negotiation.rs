use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::agreed::{Agreed, Capabilities, Local, OfferError};
use super::codec::{Codec, Format};
use super::crypto::{self, Keys, Line, Profile};
use super::description::{Media, SessionDescription};
use super::direction::Direction;
use super::ours::{Ours, Slot, ended, formats_to_offer, slots_to_offer};
use super::theirs::{Found, Theirs, find};
use super::web::{OurWeb, Web};

/// The offer/answer machine of one leg (RFC 3264, RFC 6337).
///
/// Either side may offer, again and again; a refused or unreadable offer changes nothing. Our
/// answers list one codec, so that neither side changes codecs without asking. Sections other
/// than the first audio section are refused with port 0 and keep their place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Negotiation {
    local: Local,
    capabilities: Capabilities,
    /// The last description that we sent, whatever became of it: its version is the `o=` line's.
    sent: Option<Sent>,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sent {
    version: u64,
    ours: Ours,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    /// Nobody has offered anything.
    New,
    /// Our offer waits for its answer; `standing` is what holds until then.
    Offered {
        ours: Ours,
        standing: Option<Box<Settled>>,
    },
    Settled(Settled),
}

/// An offer that was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settled {
    agreed: Agreed,
    ours: Ours,
    offerer: Offerer,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Offerer {
    Us,
    Peer,
}

impl Negotiation {
    /// A leg that has offered nothing yet.
    pub fn new(local: Local, capabilities: Capabilities) -> Self {
        Self { local, capabilities, sent: None, state: State::New }
    }

    /// What holds now. While our offer is out, that is what held before it.
    pub fn agreed(&self) -> Option<&Agreed> {
        self.settled().map(|settled| &settled.agreed)
    }

    /// Whether our offer waits for its answer.
    pub fn is_pending(&self) -> bool {
        matches!(self.state, State::Offered { .. })
    }

    /// Our first or next offer: all codecs we speak, `prefer` before the others, and what WE
    /// wish to do. An offer that says nothing new keeps its version.
    pub fn offer(&mut self, direction: Direction, prefer: Option<Codec>) -> Bytes {
        let standing = self.settled();
        let bound = standing.map_or(&[][..], |settled| &settled.ours.formats);
        let slots = standing.map_or(&[][..], |settled| &settled.ours.slots);
        // What stands stays as it is: protected or plain.
        let protection = &self.capabilities.protection;
        let protected = standing.map_or(protection.offers(), |settled| settled.agreed.srtp.is_some());
        let said = standing.and_then(|settled| settled.ours.web.as_ref());
        let web = protection.web().map(|end| OurWeb::offer(end, said));
        let profile = match (&web, protected) {
            (Some(_), _) => Profile::Web,
            (None, true) => Profile::Protected,
            (None, false) => Profile::Plain,
        };
        let ours = Ours {
            slots: slots_to_offer(slots, profile),
            lines: if protected { protection.lines() } else { vec![] },
            formats: formats_to_offer(&self.capabilities, prefer, bound),
            direction,
            rtcp_mux: web.is_some() || standing.is_some_and(|settled| settled.agreed.rtcp_mux),
            web,
        };
        self.pend(ours)
    }

    /// Offers again exactly what our side of the standing agreement says: a session refresh.
    /// None if nothing stands or an offer is out.
    pub fn repeat(&mut self) -> Option<Bytes> {
        match &self.state {
            State::Settled(settled) => {
                let ours = settled.ours.clone();
                Some(self.pend(ours))
            }
            State::New | State::Offered { .. } => None,
        }
    }

    /// The peer's offer; gives our answer. `direction` is what we are willing to do. The codec
    /// is `prefer` if it is offered, else the one in use, else the peer's first that we speak.
    ///
    /// # Errors
    /// [`OfferError::status`] is the response to give; what held before still holds.
    pub fn receive_offer(
        &mut self,
        body: &[u8],
        direction: Direction,
        prefer: Option<Codec>,
    ) -> Result<Bytes, OfferError> {
        if self.is_pending() {
            return Err(OfferError::Pending);
        }
        let description = SessionDescription::parse(body)?;
        let settled = match find(&description, |profile| self.capabilities.protection.allows(profile))? {
            Found::Stream(theirs) => self.answer(&description, theirs, direction, prefer)?,
            Found::Ended => self.answer_ended(&description)?,
        };
        let ours = settled.ours.clone();
        self.state = State::Settled(settled);
        Ok(self.write(ours))
    }

    /// The peer's answer to our offer. The answer to our last offer may come again and differ:
    /// early media from one place, then the call from another (RFC 6337 section 3.1).
    ///
    /// # Errors
    /// The answer is of no use. Our offer still waits for one; [`Self::reject_pending`] gives
    /// it up.
    pub fn receive_answer(&mut self, body: &[u8]) -> Result<(), OfferError> {
        let ours = match &self.state {
            State::Offered { ours, .. } => ours,
            State::Settled(Settled { ours, offerer: Offerer::Us, .. }) => ours,
            State::New | State::Settled(_) => return Err(OfferError::NotOffered),
        };
        let description = SessionDescription::parse(body)?;
        let agreed = match find(&description, |profile| profile == ours.profile())? {
            Found::Stream(theirs) => self.read_answer(ours, theirs)?,
            Found::Ended => ended(self.agreed().ok_or(OfferError::NoAudio)?),
        };
        self.state = State::Settled(Settled { agreed, ours: ours.clone(), offerer: Offerer::Us });
        Ok(())
    }

    /// Our offer was refused: what held before it still holds.
    pub fn reject_pending(&mut self) {
        if let State::Offered { standing, .. } = &mut self.state {
            self.state = standing.take().map_or(State::New, |settled| State::Settled(*settled));
        }
    }

    fn settled(&self) -> Option<&Settled> {
        match &self.state {
            State::New => None,
            State::Offered { standing, .. } => standing.as_deref(),
            State::Settled(settled) => Some(settled),
        }
    }

    fn pend(&mut self, ours: Ours) -> Bytes {
        let standing = self.settled().cloned().map(Box::new);
        self.state = State::Offered { ours: ours.clone(), standing };
        self.write(ours)
    }

    /// Writes a description, with a new version only if it says something new.
    fn write(&mut self, ours: Ours) -> Bytes {
        let version = match &self.sent {
            None => 0,
            Some(sent) if sent.ours == ours => sent.version,
            Some(sent) => sent.version + 1,
        };
        let description = ours.describe(&self.local, self.capabilities.ptime_ms, version);
        self.sent = Some(Sent { version, ours });
        description.write()
    }

    fn answer(
        &self,
        description: &SessionDescription,
        theirs: Theirs<'_>,
        direction: Direction,
        prefer: Option<Codec>,
    ) -> Result<Settled, OfferError> {
        let formats = theirs.formats(&[]);
        let in_use = self.agreed().map(|agreed| agreed.codec);
        let (codec, payload_type) = self
            .choose(&formats, [prefer, in_use])
            .ok_or_else(|| OfferError::NoCommonCodec(theirs.media.formats.join(" ")))?;
        let keys = keys_beside(codec, &formats).filter(|_| self.capabilities.telephone_event);
        let dtmf = keys.map(|(_, number)| number);
        let remote = theirs.remote(self.local.address)?;
        let direction = direction.and(theirs.direction(remote));
        let Shield { line, srtp, our_web, web } = self.protect(&theirs)?;
        let rtcp_mux = theirs.rtcp_mux() || web.is_some();
        let agreed = Agreed {
            remote,
            remote_rtcp: theirs.rtcp(remote, rtcp_mux),
            rtcp_mux,
            codec,
            payload_type,
            receive_payload_type: payload_type,
            receive_also: vec![],
            dtmf_payload_type: dtmf,
            receive_dtmf_payload_type: dtmf,
            dtmf_clock_rate: clock_of(keys, codec),
            fmtp: theirs.fmtp(payload_type),
            ptime_ms: theirs.ptime_ms(self.capabilities.ptime_ms),
            direction,
            srtp,
            web,
        };
        let formats = [(Format::Audio(codec), payload_type)].into_iter().chain(keys).collect();
        let slots = slots(description, Some(theirs.index));
        let lines = line.into_iter().collect();
        let ours = Ours { slots, formats, direction, rtcp_mux, lines, web: our_web };
        Ok(Settled { agreed, ours, offerer: Offerer::Peer })
    }

    /// How an offered stream is protected.
    fn protect(&self, theirs: &Theirs<'_>) -> Result<Shield, OfferError> {
        let protection = &self.capabilities.protection;
        match theirs.profile {
            Profile::Plain => Ok(Shield::default()),
            Profile::Protected => {
                let (line, keys) = protection.answer(theirs.media).ok_or(OfferError::NoKeys)?;
                Ok(Shield { line: Some(line), srtp: Some(keys), ..Shield::default() })
            }
            Profile::Web => {
                let (end, theirs) = protection.web().zip(theirs.web()).ok_or(OfferError::NoKeys)?;
                let standing = self.settled();
                let standing =
                    standing.and_then(|settled| settled.ours.web.as_ref().zip(settled.agreed.web.as_ref()));
                let (our_web, web) = OurWeb::answer(end, theirs, standing);
                Ok(Shield { our_web: Some(our_web), web: Some(web), ..Shield::default() })
            }
        }
    }

    fn answer_ended(&self, description: &SessionDescription) -> Result<Settled, OfferError> {
        let standing = self.settled().ok_or(OfferError::NoAudio)?;
        let ours = Ours { slots: slots(description, None), ..standing.ours.clone() };
        Ok(Settled { agreed: ended(&standing.agreed), ours, offerer: Offerer::Peer })
    }

    /// The first wish that is offered, else the peer's first codec that we speak.
    fn choose(&self, formats: &[(Format, u8)], wishes: [Option<Codec>; 2]) -> Option<(Codec, u8)> {
        let spoken = |codec: &Codec| self.capabilities.codecs.contains(codec);
        let offered = formats.iter().filter_map(|(format, number)| match format {
            Format::Audio(codec) if spoken(codec) => Some((*codec, *number)),
            _ => None,
        });
        let wished =
            wishes.into_iter().flatten().find_map(|wish| offered.clone().find(|(codec, _)| *codec == wish));
        wished.or_else(|| offered.clone().next())
    }

    fn read_answer(&self, ours: &Ours, theirs: Theirs<'_>) -> Result<Agreed, OfferError> {
        let formats = theirs.formats(&ours.formats);
        let mut codecs = formats.iter().filter_map(|(format, number)| match format {
            Format::Audio(codec) => Some((*codec, *number, number_of(&ours.formats, *format)?)),
            Format::TelephoneEvent { .. } => None,
        });
        let (codec, payload_type, receive_payload_type) =
            codecs.next().ok_or_else(|| OfferError::NoCommonCodec(theirs.media.formats.join(" ")))?;
        let receive_also = codecs.map(|(codec, _, receive)| (receive, codec)).collect();
        let keys = keys_beside(codec, &formats)
            .and_then(|(format, number)| Some((format, number, number_of(&ours.formats, format)?)));
        let remote = theirs.remote(self.local.address)?;
        let web = theirs.web().zip(ours.web.as_ref()).map(|(theirs, ours)| ours.answered(theirs));
        let rtcp_mux = ours.rtcp_mux && theirs.rtcp_mux() || web.is_some();
        let srtp = match theirs.profile {
            Profile::Plain | Profile::Web => None,
            Profile::Protected => Some(crypto::settled(&ours.lines, theirs.media).ok_or(OfferError::NoKeys)?),
        };
        Ok(Agreed {
            remote,
            remote_rtcp: theirs.rtcp(remote, rtcp_mux),
            rtcp_mux,
            codec,
            payload_type,
            receive_payload_type,
            receive_also,
            dtmf_payload_type: keys.map(|(_, number, _)| number),
            receive_dtmf_payload_type: keys.map(|(_, _, number)| number),
            dtmf_clock_rate: clock_of(keys.map(|(format, number, _)| (format, number)), codec),
            fmtp: theirs.fmtp(payload_type),
            ptime_ms: theirs.ptime_ms(self.capabilities.ptime_ms),
            direction: ours.direction.and(theirs.direction(remote)),
            srtp,
            web,
        })
    }
}

/// How a stream that was offered is protected: what we say of it, and what that settles.
#[derive(Default)]
struct Shield {
    line: Option<Line>,
    srtp: Option<Keys>,
    our_web: Option<OurWeb>,
    web: Option<Web>,
}

fn number_of(formats: &[(Format, u8)], wanted: Format) -> Option<u8> {
    formats.iter().find(|(format, _)| *format == wanted).map(|(_, number)| *number)
}

/// The keys that go with sound in this codec: those that count by its clock, else the first there are.
fn keys_beside(codec: Codec, formats: &[(Format, u8)]) -> Option<(Format, u8)> {
    let keys = || formats.iter().filter(|(format, _)| matches!(format, Format::TelephoneEvent { .. }));
    let clock_rate = codec.clock_rate();
    let fitting = keys().find(|(format, _)| *format == Format::TelephoneEvent { clock_rate });
    fitting.or_else(|| keys().next()).copied()
}

fn clock_of(keys: Option<(Format, u8)>, codec: Codec) -> u32 {
    match keys {
        Some((Format::TelephoneEvent { clock_rate }, _)) => clock_rate,
        _ => codec.clock_rate(),
    }
}

/// One slot for each section of the peer's offer: our audio at `audio`, the rest refused.
fn slots(description: &SessionDescription, audio: Option<usize>) -> Vec<Slot> {
    let slot = |(index, media): (usize, &Media)| match audio == Some(index) {
        true => Slot::Audio { protocol: media.protocol.clone() },
        false => Slot::refused(media),
    };
    description.media.iter().enumerate().map(slot).collect()
}
