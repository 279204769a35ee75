//! What tests say and listen with: sounds that cannot be mistaken for one another, and an ear that tells who is heard.
//!
//! A package of its own because what is compiled with a program's tests is slow, and while one test listens, phones
//! beside it talk on the same processors.

mod search;
pub mod sound;
