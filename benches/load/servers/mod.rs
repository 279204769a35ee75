//! Those who are measured: hovor, its peers, and a bare loop that shows what the kernel takes.

pub mod floor;
pub mod hovor;
pub mod janus;
pub mod kamailio;
pub mod ng;
pub mod rtpengine;

use std::net::{Ipv4Addr, SocketAddrV4};

/// A port of loopback.
pub fn local(port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)
}
