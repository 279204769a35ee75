//! Messages as a capture file that Wireshark reads.
//!
//! What was sent over TLS or TCP never was a datagram of its own, so no packets are made up: each message
//! is written as an exported PDU (link type 252, "WIRESHARK_UPPER_PDU"), with its addresses as tags.

use std::net::{IpAddr, SocketAddr};

use super::Shown;

/// Magic of a file with microseconds, in the byte order in which it is written.
const MAGIC: u32 = 0xa1b2_c3d4;
const LINKTYPE_WIRESHARK_UPPER_PDU: u32 = 252;
const SNAPLEN: u32 = 262_144;

/// Tags of exported PDUs (Wireshark, epan/exported_pdu.h).
const END: u16 = 0;
const DISSECTOR: u16 = 12;
const IPV4: [u16; 2] = [20, 21];
const IPV6: [u16; 2] = [22, 23];
const PORT_TYPE: u16 = 24;
const PORTS: [u16; 2] = [25, 26];
const PORT_IS_TCP: u32 = 2;
const PORT_IS_UDP: u32 = 3;

/// The whole file.
pub fn file(messages: &[Shown]) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(MAGIC.to_le_bytes());
    file.extend([2, 0, 4, 0]);
    file.extend([0; 8]);
    file.extend(SNAPLEN.to_le_bytes());
    file.extend(LINKTYPE_WIRESHARK_UPPER_PDU.to_le_bytes());
    for message in messages {
        let packet = packet(message);
        let seconds = message.at_us.div_euclid(1_000_000);
        let micros = message.at_us.rem_euclid(1_000_000);
        // The format's seconds last until 2106.
        file.extend(u32::try_from(seconds).unwrap_or(u32::MAX).to_le_bytes());
        file.extend(u32::try_from(micros).unwrap_or(0).to_le_bytes());
        let length = u32::try_from(packet.len()).unwrap_or(u32::MAX).to_le_bytes();
        file.extend(length);
        file.extend(length);
        file.extend(packet);
    }
    file
}

fn packet(message: &Shown) -> Vec<u8> {
    let mut packet = Vec::with_capacity(message.text.len() + 80);
    tag(&mut packet, DISSECTOR, b"sip\0");
    let (from, to) = match message.sent {
        true => (message.local, message.remote),
        false => (message.remote, message.local),
    };
    for (end, address) in [from, to].into_iter().enumerate() {
        host(&mut packet, end, address);
    }
    let kind = if message.transport == "UDP" { PORT_IS_UDP } else { PORT_IS_TCP };
    tag(&mut packet, PORT_TYPE, &kind.to_be_bytes());
    for (end, address) in [from, to].into_iter().enumerate() {
        tag(&mut packet, PORTS[end], &u32::from(address.port()).to_be_bytes());
    }
    tag(&mut packet, END, b"");
    packet.extend(message.text.as_bytes());
    packet
}

fn host(packet: &mut Vec<u8>, end: usize, address: SocketAddr) {
    match address.ip() {
        IpAddr::V4(ip) => tag(packet, IPV4[end], &ip.octets()),
        IpAddr::V6(ip) => tag(packet, IPV6[end], &ip.octets()),
    }
}

/// A tag, its length, and its value filled up to a multiple of four.
fn tag(packet: &mut Vec<u8>, name: u16, value: &[u8]) {
    let padded = value.len().next_multiple_of(4);
    packet.extend(name.to_be_bytes());
    packet.extend(u16::try_from(padded).unwrap_or(u16::MAX).to_be_bytes());
    packet.extend(value);
    packet.resize(packet.len() + padded - value.len(), 0);
}
