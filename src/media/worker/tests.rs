//! A worker on simulated time, with phones that send tones or numbered frames.

mod behaviour;
mod codecs;
mod hearing;
mod hold_music;
mod keys;
mod moving;
mod paths;
mod phone;
mod properties;
mod protected;
mod recordings;
mod simulation;
mod tone_matrix;
mod wire;

pub use phone::numbered;
