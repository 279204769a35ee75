//! A worker on simulated time, with phones that send tones or numbered frames.

mod behaviour;
mod hearing;
mod hold_music;
mod moving;
mod paths;
mod properties;
mod protected;
mod simulation;

pub use simulation::numbered;
