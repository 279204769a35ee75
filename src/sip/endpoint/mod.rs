//! The top of SIP: one pure machine that turns messages into events and commands into messages.

pub mod account;
pub mod api;
pub mod config;
pub mod party;

pub use super::flow::{self, Destination, Flow, Transport};
pub use account::{Account, Binding, TrunkPeer};
pub use api::{Command, Event, Input, Output};
pub use config::{EndpointConfig, Limits};
pub use party::{By, CallRef, Cause, Identity, Incoming, Origin, Replaces, Target};
