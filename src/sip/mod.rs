//! SIP signalling (RFC 3261).

pub mod endpoint;
pub mod transaction;
