//! Two endpoints talk over a simulated network.

mod basic;
mod fuzz;
mod outgoing;
mod probe;
mod registering;
mod requests;
mod storm;
mod talking;
