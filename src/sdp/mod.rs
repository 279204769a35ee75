//! Session descriptions and offer/answer (RFC 8866, RFC 3264, RFC 6337), and the keys they carry (RFC 4568)
//! or name (RFC 8842).
//!
//! [`SessionDescription`] is the wire format, tolerant of what real phones send.
//! [`Negotiation`] is the offer/answer machine of one leg; what it settles on is [`Agreed`].

mod agreed;
mod codec;
mod crypto;
mod description;
mod direction;
mod fmtp;
mod negotiation;
mod ours;
mod parse;
mod theirs;
mod web;

#[cfg(test)]
mod phones;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod protected;
#[cfg(test)]
mod web_tests;
#[cfg(test)]
mod wide;

pub use agreed::{Agreed, Capabilities, Local, OfferError};
pub use codec::{Codec, Format};
pub use crypto::{Keys, MasterKey, Protection, Secrets, Suite};
pub use description::{Attribute, Media, Origin, SessionDescription};
pub use direction::Direction;
pub use fmtp::Fmtp;
pub use negotiation::Negotiation;
pub use parse::{Error, Problem};
pub use web::{Fingerprint, Ice, Web, WebEnd};
