//! The SIP messages of the last hour, kept in memory: what a call looked like on the wire.
//!
//! [`Ring`] keeps messages up to an age and a size, and finds those of a session or of a number.
//! Whatever leaves it is [`Shown`]: readable text in which secrets are masked. [`ladder`] draws that
//! for a terminal, [`pcap`] writes it for Wireshark.

pub mod ladder;
mod mask;
pub mod pcap;
mod ring;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use mask::masked;
pub use ring::{Limits, Ring, Wanted};

use crate::sip::flow::Transport;

/// One message as it was on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// When it came or went: microseconds since 1970, UTC.
    pub at_us: i64,
    /// Whether we sent it.
    pub sent: bool,
    /// How it travelled.
    pub transport: Transport,
    /// Our end.
    pub local: SocketAddr,
    /// The peer's end.
    pub remote: SocketAddr,
    /// All of it.
    pub bytes: Bytes,
}

/// A message as people and programs may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shown {
    /// Its place among all messages since the program started.
    pub number: u64,
    /// When it came or went: microseconds since 1970, UTC.
    pub at_us: i64,
    /// Whether we sent it.
    pub sent: bool,
    /// `UDP`, `TCP`, …
    pub transport: String,
    /// Our end.
    #[schema(value_type = String)]
    pub local: SocketAddr,
    /// The peer's end.
    #[schema(value_type = String)]
    pub remote: SocketAddr,
    /// All of it; secrets are masked.
    pub text: String,
}

impl Shown {
    /// The message with its secrets masked.
    pub fn of(number: u64, message: &Message) -> Self {
        Self {
            number,
            at_us: message.at_us,
            sent: message.sent,
            transport: message.transport.via_name().to_owned(),
            local: message.local,
            remote: message.remote,
            text: masked(&message.bytes),
        }
    }
}

/// The value of a header in a message that need not be well formed, by its long and its compact name.
fn header<'a>(text: &'a str, long: &str, compact: &str) -> Option<&'a str> {
    text.lines().skip(1).take_while(|line| !line.is_empty()).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim();
        (name.eq_ignore_ascii_case(long) || name.eq_ignore_ascii_case(compact)).then(|| value.trim())
    })
}

/// Of a message that is not to be read whole: its headers, as far as they are text.
fn head(bytes: &[u8]) -> &str {
    let end = memchr::memmem::find(bytes, b"\r\n\r\n").unwrap_or(bytes.len());
    let head = bytes.get(..end).unwrap_or_default();
    std::str::from_utf8(head).unwrap_or_else(|error| {
        std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
    })
}
