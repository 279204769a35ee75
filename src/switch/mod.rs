//! Sessions and their legs: events in, actions out.
