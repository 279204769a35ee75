//! Two endpoints talk over a simulated network.

mod attacks;
mod basic;
mod early_media;
mod fuzz;
mod outgoing;
mod places;
mod probe;
mod providers;
mod registering;
mod requests;
mod secure;
mod storm;
mod talking;
mod timers;
