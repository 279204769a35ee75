//! Transactions: one request and its answers, made reliable (RFC 3261 section 17, RFC 6026).
//!
//! The four machines know nothing of headers: they repeat the bytes they were given, absorb
//! what the peer repeats, and give up in time. [`table`] finds the machine a message is for.

use std::time::Duration;

mod arrival;
mod client;
mod invite_client;
mod invite_server;
mod machine;
mod server;
pub mod table;

pub use arrival::{Arrival, Kind, RequestKey};
pub use client::Client;
pub use invite_client::InviteClient;
pub use invite_server::InviteServer;
pub use server::Server;
pub use table::{ClientId, ServerId, Transactions};

/// Round-trip estimate; every other SIP timer is a multiple of it (RFC 3261 table 4).
pub const T1: Duration = Duration::from_millis(500);
/// Longest pause between two repeats of a refusal or of a request other than INVITE.
pub const T2: Duration = Duration::from_secs(4);
/// How long a message may still linger in the network.
pub const T4: Duration = Duration::from_secs(5);
/// How long anything is tried: timers B, F, H, J, L and M (64·T1).
pub const GIVE_UP: Duration = Duration::from_secs(32);
