//! A name server that knows what a test tells it (RFC 1035 section 4).

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use super::ports::Ports;

const A: u16 = 1;
const SRV: u16 = 33;

/// One record: the name that it is of, its type and its data.
pub struct Entry {
    name: &'static str,
    kind: u16,
    data: Vec<u8>,
}

impl Entry {
    /// An address.
    pub fn a(name: &'static str, address: Ipv4Addr) -> Self {
        Self { name, kind: A, data: address.octets().to_vec() }
    }

    /// A service (RFC 2782) at this target and port, the only one.
    pub fn srv(name: &'static str, port: u16, target: &str) -> Self {
        Self { name, kind: SRV, data: [&[0; 4][..], &port.to_be_bytes(), &labels(target)].concat() }
    }
}

/// Serves these records, and no others, for as long as the test runs. Gives its address.
pub fn serve(ports: &Ports, entries: Vec<Entry>) -> SocketAddr {
    let socket = UdpSocket::bind(("127.0.0.1", ports.one())).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut question = [0; 512];
        while let Ok((length, client)) = socket.recv_from(&mut question) {
            let _ = socket.send_to(&answer(&question[..length], &entries), client);
        }
    });
    address
}

fn answer(question: &[u8], entries: &[Entry]) -> Vec<u8> {
    let end = 12 + question[12..].iter().position(|byte| *byte == 0).unwrap() + 1;
    let (name, kind) = (&question[12..end], &question[end..end + 2]);
    let of_name: Vec<&Entry> =
        entries.iter().filter(|entry| labels(entry.name).eq_ignore_ascii_case(name)).collect();
    let found: Vec<_> = of_name.iter().filter(|entry| entry.kind.to_be_bytes() == kind).collect();
    // Authoritative; without an error, or there is no such name (NXDOMAIN).
    let status = if of_name.is_empty() { 3 } else { 0 };
    let mut answer = question[..2].to_vec();
    answer.extend([0x84, status, 0, 1, 0, found.len() as u8, 0, 0, 0, 0]);
    answer.extend(&question[12..end + 4]);
    for entry in found {
        // The name of the question, the type, class IN, and a time to live of 30 seconds.
        answer.extend([0xc0, 12]);
        answer.extend(kind);
        answer.extend([0, 1, 0, 0, 0, 30]);
        answer.extend((entry.data.len() as u16).to_be_bytes());
        answer.extend(&entry.data);
    }
    answer
}

fn labels(name: &str) -> Vec<u8> {
    let label = |label: &str| [&[label.len() as u8][..], label.as_bytes()].concat();
    name.split('.').flat_map(label).chain([0]).collect()
}
