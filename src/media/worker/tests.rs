//! A worker on simulated time, with phones that send tones or numbered frames.

mod behaviour;
mod hearing;
mod hold_music;
mod moving;
mod paths;
mod properties;
mod protected;
mod recordings;
mod simulation;
mod tone_matrix;
mod wire;

pub use simulation::numbered;
