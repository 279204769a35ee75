//! The top of SIP: one pure machine that turns messages into events and commands into messages.

pub mod account;
pub mod api;
pub mod config;
pub mod flow;
pub mod party;

pub use account::{Account, Binding, TrunkPeer};
pub use api::{Command, Event, Input, Output};
pub use config::{EndpointConfig, Limits};
pub use flow::{Destination, Flow, Transport};
pub use party::{By, CallRef, Cause, Identity, Incoming, Origin, Replaces, Target};
