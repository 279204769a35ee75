//! Dialplan files: what a caller meets.
