//! Browsers whose networks let no UDP through: they bring the same packets over TCP (RFC 6544), each with its length before
//! it (RFC 4571).
//!
//! A connection is carried to the port where a worker expects all browsers, as datagrams of a sender of its own on this
//! machine. So the worker's checks, handshake and sound are those of everybody, and no media thread waits for a connection.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;
use std::{fmt, io};

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{sleep, timeout};
use tracing::debug;

use super::places::Place;
use crate::media::engine::Doors;

/// Bytes before a packet that say how long it is (RFC 4571 section 2).
const HEADER: usize = 2;
/// No packet of a browser is longer.
const LONGEST: usize = 1_500;
/// How long whoever connects may take to prove that it is expected.
const PATIENCE: Duration = Duration::from_secs(10);
/// A browser that has gone without a word has said nothing for this long: it asks for consent every five seconds (RFC 7675
/// section 5.1).
const SILENCE: Duration = Duration::from_secs(30);
/// What waits at most on the way to a browser. Sound that is late is of no use, so it is rather lost than kept.
const BUFFER: usize = 16 * 1024;
/// The type of a binding request, and the cookie of STUN (RFC 8489 section 5).
const CHECK: [u8; 2] = [0, 1];
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// Carries sound that comes over TCP to the workers.
#[derive(Clone, Debug)]
pub struct IceTcp {
    doors: Doors,
    patience: Duration,
    silence: Duration,
}

impl IceTcp {
    /// To these workers.
    pub fn new(doors: Doors) -> Self {
        Self { doors, patience: PATIENCE, silence: SILENCE }
    }

    /// Carries a connection until it ends. Whoever is not expected is cut off soon.
    pub async fn carry(self, stream: TcpStream, _place: Place) {
        let remote = stream.peer_addr().ok();
        if let Err(why) = self.try_to_carry(stream).await {
            debug!(?remote, %why, "a connection for sound is over");
        }
    }

    async fn try_to_carry(self, stream: TcpStream) -> Result<(), Over> {
        stream.set_nodelay(true)?;
        SockRef::from(&stream).set_send_buffer_size(BUFFER)?;
        let (mut from_browser, to_browser) = stream.into_split();
        let first = timeout(self.patience, frame(&mut from_browser)).await.map_err(|_| Over::Unknown)??;
        if !is_check(&first) {
            return Err(Over::Unknown);
        }
        let way = Way::to(self.doors, self.silence).await?;
        tokio::select! {
            over = way.inwards(from_browser, first) => over,
            over = way.outwards(to_browser) => over,
            over = way.unproved(self.patience) => over,
        }
    }
}

/// Why a connection is over.
enum Over {
    Broken(io::Error),
    TooLong(usize),
    Unknown,
    Silent,
}

impl From<io::Error> for Over {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Over::Broken(error) => fmt::Display::fmt(error, f),
            Over::TooLong(length) => write!(f, "a packet of {length} bytes came; {LONGEST} are allowed"),
            Over::Unknown => f.write_str("no browser that is expected is at its other end"),
            Over::Silent => f.write_str("nothing comes any more"),
        }
    }
}

/// The way of one connection to a worker. Which one expects the browser is known when one answers.
struct Way {
    doors: Doors,
    v4: Option<UdpSocket>,
    v6: Option<UdpSocket>,
    door: OnceLock<SocketAddr>,
    /// How long a browser may say nothing.
    silence: Duration,
}

impl Way {
    async fn to(doors: Doors, silence: Duration) -> Result<Self, Over> {
        let all: Vec<SocketAddr> = doors.all().into_iter().map(reached).collect();
        let v4 = bind(all.iter().find(|door| door.is_ipv4())).await?;
        let v6 = bind(all.iter().find(|door| door.is_ipv6())).await?;
        Ok(Self { doors, v4, v6, door: OnceLock::new(), silence })
    }

    /// Carries what comes from the browser, of which the first packet is there.
    async fn inwards(&self, mut from_browser: OwnedReadHalf, first: Vec<u8>) -> Result<(), Over> {
        let mut packet = first;
        loop {
            match self.door.get() {
                Some(door) => self.send(&packet, *door).await,
                None if is_check(&packet) => {
                    for door in self.doors.all() {
                        self.send(&packet, reached(door)).await;
                    }
                }
                None => {}
            }
            packet = timeout(self.silence, frame(&mut from_browser)).await.map_err(|_| Over::Silent)??;
        }
    }

    /// Ends if no worker has answered by then.
    #[expect(clippy::disallowed_methods, reason = "a driver waits by itself")]
    async fn unproved(&self, patience: Duration) -> Result<(), Over> {
        sleep(patience).await;
        match self.door.get() {
            None => Err(Over::Unknown),
            Some(_) => std::future::pending().await,
        }
    }

    /// Carries what the worker sends.
    async fn outwards(&self, mut to_browser: OwnedWriteHalf) -> Result<(), Over> {
        let mut buffer = [0; HEADER + LONGEST];
        loop {
            let (length, from) = self.receive(&mut buffer[HEADER..]).await?;
            let door = match self.door.get() {
                Some(door) => *door,
                None if self.doors.all().into_iter().any(|door| reached(door) == from) => {
                    *self.door.get_or_init(|| from)
                }
                None => continue,
            };
            if from == door {
                buffer[..HEADER].copy_from_slice(&(length as u16).to_be_bytes());
                to_browser.write_all(&buffer[..HEADER + length]).await?;
            }
        }
    }

    /// A datagram that cannot be sent is lost, as datagrams are.
    async fn send(&self, packet: &[u8], door: SocketAddr) {
        let socket = if door.is_ipv4() { &self.v4 } else { &self.v6 };
        if let Some(socket) = socket {
            let _ = socket.send_to(packet, door).await;
        }
    }

    async fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        loop {
            let socket = tokio::select! {
                ready = readable(self.v4.as_ref()) => ready?,
                ready = readable(self.v6.as_ref()) => ready?,
            };
            match socket.try_recv_from(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // A worker's port that is gone: others may be there.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                received => return received,
            }
        }
    }
}

/// A socket on which something has come; without a socket nothing ever does.
async fn readable(socket: Option<&UdpSocket>) -> io::Result<&UdpSocket> {
    match socket {
        Some(socket) => socket.readable().await.map(|()| socket),
        None => std::future::pending().await,
    }
}

/// Where a worker that listens there is reached from this machine.
fn reached(door: SocketAddr) -> SocketAddr {
    let home: IpAddr = match door.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(home, door.port())
}

/// A sender on the address of a worker, where nobody beyond this machine passes for that worker.
async fn bind(door: Option<&SocketAddr>) -> io::Result<Option<UdpSocket>> {
    let Some(door) = door else { return Ok(None) };
    let socket = UdpSocket::bind((door.ip(), 0)).await?;
    SockRef::from(&socket).set_recv_buffer_size(BUFFER)?;
    Ok(Some(socket))
}

/// The next packet, without its length.
async fn frame(from: &mut OwnedReadHalf) -> Result<Vec<u8>, Over> {
    let length = usize::from(from.read_u16().await?);
    if length > LONGEST {
        return Err(Over::TooLong(length));
    }
    let mut packet = vec![0; length];
    from.read_exact(&mut packet).await?;
    Ok(packet)
}

/// Whether this is a check of the way, with which all begins.
fn is_check(packet: &[u8]) -> bool {
    packet.get(..2) == Some(&CHECK) && packet.get(4..8) == Some(&COOKIE)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::server::places::Places;

    /// A check of the way as its first bytes look, with a mark by which it is known again.
    fn check(mark: u8) -> Vec<u8> {
        let mut check = vec![0; 20];
        check[..2].copy_from_slice(&CHECK);
        check[4..8].copy_from_slice(&COOKIE);
        check[19] = mark;
        check
    }

    fn framed(packet: &[u8]) -> Vec<u8> {
        [&(packet.len() as u16).to_be_bytes()[..], packet].concat()
    }

    /// A worker that expects somebody there.
    async fn door(doors: &Doors) -> UdpSocket {
        let door = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        doors.add(door.local_addr().unwrap());
        door
    }

    /// A connection that is carried to these workers.
    async fn connect(doors: &Doors) -> TcpStream {
        connect_to(IceTcp::new(doors.clone())).await
    }

    async fn connect_to(carrier: IceTcp) -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let browser = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, remote) = listener.accept().await.unwrap();
        let place = Places::new(1, 1).take(remote.ip().into(), false).unwrap();
        tokio::spawn(carrier.carry(stream, place));
        browser
    }

    async fn take(door: &UdpSocket) -> (Vec<u8>, SocketAddr) {
        let mut buffer = [0; LONGEST];
        let (length, from) = door.recv_from(&mut buffer).await.unwrap();
        (buffer[..length].to_vec(), from)
    }

    async fn hear(browser: &mut TcpStream) -> Vec<u8> {
        let length = browser.read_u16().await.unwrap();
        let mut packet = vec![0; usize::from(length)];
        browser.read_exact(&mut packet).await.unwrap();
        packet
    }

    #[tokio::test]
    async fn a_browser_is_carried_to_the_worker_that_answers_and_to_no_other() {
        let doors = Doors::default();
        let (other, mine) = (door(&doors).await, door(&doors).await);
        let mut browser = connect(&doors).await;
        // In pieces, and two at once: a stream has no packets.
        let checks = [framed(&check(1)), framed(&check(2))].concat();
        browser.write_all(&checks[..7]).await.unwrap();
        tokio::task::yield_now().await;
        browser.write_all(&checks[7..]).await.unwrap();
        let (first, from) = take(&mine).await;
        assert_eq!((first, take(&mine).await.0), (check(1), check(2)));
        assert_eq!((take(&other).await.0, take(&other).await.0), (check(1), check(2)));
        mine.send_to(b"an answer", from).await.unwrap();
        assert_eq!(hear(&mut browser).await, b"an answer");
        other.send_to(b"nobody asked", from).await.unwrap();
        browser.write_all(&framed(&[0x80; 172])).await.unwrap();
        assert_eq!(take(&mine).await, (vec![0x80; 172], from));
        mine.send_to(&[0x80; 1_200], from).await.unwrap();
        assert_eq!(hear(&mut browser).await, [0x80; 1_200]);
        assert!(other.try_recv(&mut [0; LONGEST]).is_err(), "sound goes to one worker");
        drop(browser);
    }

    #[tokio::test]
    async fn what_does_not_begin_with_a_check_is_cut_off() {
        let doors = Doors::default();
        let door = door(&doors).await;
        let stranger = |bytes: &'static [u8]| {
            let doors = doors.clone();
            async move {
                let mut stranger = connect(&doors).await;
                stranger.write_all(bytes).await.unwrap();
                let mut rest = vec![];
                let _ = stranger.read_to_end(&mut rest).await;
                rest
            }
        };
        for bytes in [&b"\x00\x00"[..], b"\x00\x04abcd", b"\x05\xdd", b"\xff\xff", b"GET / HTTP/1.1\r\n\r\n"]
        {
            assert_eq!(stranger(bytes).await, b"");
        }
        assert!(door.try_recv(&mut [0; LONGEST]).is_err(), "nothing of it reaches a worker");
    }

    #[tokio::test]
    async fn who_is_not_expected_or_falls_silent_is_cut_off() {
        let doors = Doors::default();
        let door = door(&doors).await;
        let (patience, silence) = (Duration::from_millis(200), Duration::from_millis(400));
        let carrier = IceTcp { doors, patience, silence };
        let mut silent = connect_to(carrier.clone()).await;
        assert!(timeout(patience / 2, silent.read(&mut [0])).await.is_err(), "it may take its time");
        assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
        let mut unknown = connect_to(carrier.clone()).await;
        unknown.write_all(&framed(&check(1))).await.unwrap();
        assert_eq!(unknown.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(take(&door).await.0, check(1));
        let mut known = connect_to(carrier).await;
        known.write_all(&framed(&check(2))).await.unwrap();
        door.send_to(b"an answer", take(&door).await.1).await.unwrap();
        assert_eq!(hear(&mut known).await, b"an answer");
        assert!(
            timeout(patience, known.read(&mut [0])).await.is_err(),
            "whoever is expected may be silent for longer"
        );
        assert_eq!(known.read(&mut [0]).await.unwrap(), 0);
    }
}
