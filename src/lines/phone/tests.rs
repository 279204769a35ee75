//! The telephone line between a scripted endpoint and media engine.
