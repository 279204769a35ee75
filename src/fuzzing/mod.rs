//! What must hold for any bytes from outside: one function for each kind of them.
//!
//! Not part of the program: built for tests, which run each over its seeds and changes of them, and for `cargo fuzz`
//! (`fuzz/README.md`), which searches much longer. A function panics where something does not hold.

mod choices;
mod dialplan;
mod digest;
mod door;
mod endpoint;
mod media;
mod sdp;
mod signalling;
mod switch;
#[cfg(test)]
mod tests;

pub use dialplan::dialplan;
pub use digest::digest;
pub use door::stun;
pub use endpoint::endpoint;
pub use media::{rtcp, rtp};
pub use sdp::sdp;
pub use signalling::{sip_message, sip_stream, torture, uri};
pub use switch::switch;
