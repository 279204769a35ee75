//! The web interface: one file a noun.
