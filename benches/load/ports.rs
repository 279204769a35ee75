//! The ports of 127.0.0.1 that these runs use: none of those from 12000 to 32000, which the tests use, so that
//! both can run on a machine.

/// The server's SIP port.
pub const SERVER: u16 = 10_060;
/// The server's web port.
pub const HTTP: u16 = 10_080;
/// The SIP ports of those who call and of those who are called.
pub const CALLERS: u16 = 10_100;
pub const CALLEES: u16 = 10_110;
/// The phones that register.
pub const PHONES: u16 = 10_120;
/// rtpengine's ng protocol, and our end of it.
pub const NG: u16 = 10_130;
/// The first of four ports for the sound of all calls: see [`crate::streams::Station`].
pub const SOUND: u16 = 10_140;
/// The server's ports for sound.
pub const RTP: (u16, u16) = (40_000, 49_999);
