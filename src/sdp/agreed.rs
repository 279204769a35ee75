use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::codec::Codec;
use super::crypto::{Keys, Protection};
use super::direction::Direction;
use super::fmtp::Fmtp;
use super::parse;
use super::web::Web;

/// What one leg can do, whatever its peer offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Codecs we speak, the preferred one first.
    pub codecs: Vec<Codec>,
    /// Milliseconds of sound in a packet that we ask for.
    pub ptime_ms: u8,
    /// Whether keys pressed travel as RFC 4733 events.
    pub telephone_event: bool,
    /// Whether sound is protected (SRTP).
    pub protection: Protection,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            codecs: vec![Codec::Pcma, Codec::Pcmu],
            ptime_ms: 20,
            telephone_event: true,
            protection: Protection::Off,
        }
    }
}

/// Our end of one leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Local {
    /// The address where we receive, as the peer should see it.
    pub address: IpAddr,
    /// The RTP port; RTCP is on the next one.
    pub port: u16,
    /// Other addresses of ours that lead to the same port. A browser tries them all.
    pub also: Vec<IpAddr>,
    /// The session id of our `o=` lines: unpredictable, constant for the leg.
    pub session_id: u64,
}

/// What an offer and its answer settled: all that media needs to know of one leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// Where the peer receives RTP. Its address is 0.0.0.0 or its port 0 while the peer holds
    /// that way; `direction` then sends nothing.
    pub remote: SocketAddr,
    /// Where the peer receives RTCP: `a=rtcp`, the RTP port itself with `rtcp_mux`, else the
    /// next port. None while the peer has no port.
    pub remote_rtcp: Option<SocketAddr>,
    /// Both sides send and receive RTCP on the RTP port (RFC 5761). We never propose it, but
    /// accept it when the peer does.
    pub rtcp_mux: bool,
    /// The codec of both ways.
    pub codec: Codec,
    /// The payload type that we send.
    pub payload_type: u8,
    /// The payload type that we receive.
    pub receive_payload_type: u8,
    /// Codecs to which the peer may change without asking, by the payload type it would send
    /// (RFC 3264 section 7): it answered our offer with several.
    pub receive_also: Vec<(u8, Codec)>,
    /// The payload type by which we send keys pressed; None if the peer takes none.
    pub dtmf_payload_type: Option<u8>,
    /// The payload type by which we receive keys pressed.
    pub receive_dtmf_payload_type: Option<u8>,
    /// Ticks a second in which keys count: the codec's, or another that the peer insists on.
    pub dtmf_clock_rate: u32,
    /// What the peer asks of our encoder.
    pub fmtp: Fmtp,
    /// Milliseconds of sound in each packet we send: a multiple of our own packet time, at most
    /// 60, as near to the peer's `a=ptime` and `a=maxptime` as that allows.
    pub ptime_ms: u8,
    /// What WE may do: send, receive, both or neither.
    pub direction: Direction,
    /// What packets are protected with both ways (SRTP); plain without.
    pub srtp: Option<Keys>,
    /// How a browser is reached and its packets are protected: by ICE and DTLS, which find the address and the keys
    /// that are not here.
    pub web: Option<Web>,
}

impl Agreed {
    /// Whether packets are protected, by keys that are here or are still to be found.
    pub fn is_protected(&self) -> bool {
        self.srtp.is_some() || self.web.is_some()
    }
}

/// Why an offer is refused, or an answer of no use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum OfferError {
    /// It cannot be read.
    #[error(transparent)]
    Malformed(#[from] parse::Error),
    /// It has no audio stream, or only a refused one.
    #[error("no audio stream is offered")]
    NoAudio,
    /// Audio is offered only by a transport profile we do not speak.
    #[error("audio is offered only by {0}, we speak RTP/AVP")]
    Profile(String),
    /// Plain sound is offered, and protected sound wanted.
    #[error("the audio that is offered is not protected (SRTP)")]
    Unprotected,
    /// Protected sound is offered without a key that we can use.
    #[error("protected audio without a suite and key that we can use")]
    NoKeys,
    /// No codec is common to both sides.
    #[error("no common codec: the peer offers {0}")]
    NoCommonCodec(String),
    /// The address is no unicast IP address.
    #[error("audio should go to {0:?}, which is no unicast IP address")]
    NoAddress(String),
    /// The address is of another family than ours.
    #[error("audio should go to {0}, and ours comes from an address of the other kind (IPv4, IPv6)")]
    OtherFamily(IpAddr),
    /// Our own offer is still unanswered (RFC 3264 section 4).
    #[error("our own offer is still unanswered")]
    Pending,
    /// An answer came to no offer of ours.
    #[error("an answer came to no offer")]
    NotOffered,
}

impl OfferError {
    /// The SIP status that tells the peer.
    pub fn status(&self) -> u16 {
        match self {
            OfferError::Malformed(_) | OfferError::NotOffered => 400,
            OfferError::Pending => 491,
            OfferError::NoAudio
            | OfferError::Unprotected
            | OfferError::NoKeys
            | OfferError::Profile(_)
            | OfferError::NoCommonCodec(_)
            | OfferError::NoAddress(_)
            | OfferError::OtherFamily(_) => 488,
        }
    }
}
