//! The web interface: one file a noun.
pub mod running;
