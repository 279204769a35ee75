//! What strangers do to the web interface.

use std::io::{ErrorKind, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::support::hovor::Hovor;

/// A connection to the web interface from an address of this machine that nobody else uses.
fn from(stranger: Ipv4Addr, port: u16) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((stranger, 0)).into()).unwrap();
    socket.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into()).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    socket.into()
}

fn is_closed(connection: &mut TcpStream) -> bool {
    match connection.read(&mut [0]) {
        Ok(count) => count == 0,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

#[test]
fn who_opens_connections_and_says_nothing_takes_no_place_from_others() {
    let hovor = Hovor::start();
    let stranger = Ipv4Addr::new(127, 0, 0, 77);
    let mut silent: Vec<TcpStream> = (0..600).map(|_| from(stranger, hovor.http_port)).collect();
    crate::support::wait_for("those that are too many to be closed", Duration::from_secs(10), || {
        let closed = silent.iter_mut().map(is_closed).filter(|closed| *closed).count();
        (closed == 600 - 512).then_some(())
    });
    assert_eq!(hovor.get("/healthz").status, 200);
    // Half a minute of silence, and they are gone.
    crate::support::wait_for("the silent ones to be closed", Duration::from_secs(45), || {
        silent.iter_mut().all(is_closed).then_some(())
    });
}
