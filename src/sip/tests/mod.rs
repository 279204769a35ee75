//! Two endpoints talk over a simulated network.

mod basic;
mod probe;
mod registering;
