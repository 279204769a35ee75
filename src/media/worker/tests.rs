//! A worker on simulated time, with phones that send tones or numbered frames.

mod behaviour;
mod codecs;
mod hearing;
mod keys;
mod moving;
mod paths;
mod phone;
mod properties;
mod protected;
mod simulation;

pub use phone::numbered;
