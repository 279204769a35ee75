//! What is remembered: one file a noun.
