//! Over real sockets on loopback.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use super::*;

const MESSAGE: &[u8] = b"OPTIONS sip:a SIP/2.0\r\nl: 3\r\n\r\nabc";
const SOON: Duration = Duration::from_secs(5);

struct Ends {
    transports: Transports,
    incoming: Receiver<Incoming>,
}

fn start(limits: Limits) -> Ends {
    let any = |text: &str| vec![text.parse().unwrap()];
    let config = Config { udp: any("127.0.0.1:0"), tcp: any("127.0.0.1:0"), limits, ..Config::default() };
    let (transports, incoming) = Transports::bind(config).unwrap();
    Ends { transports, incoming }
}

impl Ends {
    async fn next(&mut self) -> Incoming {
        timeout(SOON, self.incoming.recv()).await.expect("something comes").expect("the transports are there")
    }

    async fn received(&mut self) -> (Flow, Bytes) {
        match self.next().await {
            Incoming::Received { flow, bytes } => (flow, bytes),
            other => panic!("{other:?}"),
        }
    }

    async fn closed(&mut self) -> Flow {
        match self.next().await {
            Incoming::Closed { flow } => flow,
            other => panic!("{other:?}"),
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.transports.tcp_addresses()[0]).await.unwrap()
    }
}

async fn read(stream: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut buffer = vec![0; length];
    timeout(SOON, stream.read_exact(&mut buffer)).await.expect("bytes come").unwrap();
    buffer
}

async fn is_closed(stream: &mut TcpStream) -> bool {
    // A reset is an end too.
    timeout(SOON, stream.read(&mut [0; 9])).await.expect("it ends").unwrap_or(0) == 0
}

fn tcp(remote: SocketAddr) -> Destination {
    Destination::Address { transport: Transport::Tcp, remote }
}

#[tokio::test]
async fn datagrams_come_and_go_back_the_same_way() {
    for local in ["127.0.0.1:0", "[::1]:0", "0.0.0.0:0"] {
        let config = Config { udp: vec![local.parse().unwrap()], ..Config::default() };
        let (transports, incoming) = Transports::bind(config).unwrap();
        let mut ends = Ends { transports, incoming };
        let mut server = ends.transports.udp_addresses()[0];
        if server.ip().is_unspecified() {
            server.set_ip([127, 0, 0, 1].into());
        }
        let phone = UdpSocket::bind((server.ip(), 0)).await.unwrap();
        phone.send_to(b"\r\n\r\n", server).await.unwrap();
        phone.send_to(MESSAGE, server).await.unwrap();
        let (flow, bytes) = ends.received().await;
        assert_eq!(bytes, MESSAGE);
        let remote = phone.local_addr().unwrap();
        assert_eq!(flow, Flow { transport: Transport::Udp, local: server, remote, connection: None });
        let mut buffer = [0; 100];
        for to in [Destination::Flow(flow), Destination::Address { transport: Transport::Udp, remote }] {
            ends.transports.send(to, Bytes::from_static(b"answer")).unwrap();
            let (length, from) = timeout(SOON, phone.recv_from(&mut buffer)).await.unwrap().unwrap();
            assert_eq!((&buffer[..length], from), (&b"answer"[..], server));
        }
    }
}

#[tokio::test]
async fn a_burst_of_datagrams_arrives_whole_and_in_order() {
    let mut ends = start(Limits::default());
    let server = ends.transports.udp_addresses()[0];
    let phone = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for n in 0..1000 {
        phone.send_to(format!("M{n}").as_bytes(), server).await.unwrap();
    }
    for n in 0..1000 {
        assert_eq!(ends.received().await.1, format!("M{n}"));
    }
}

#[tokio::test]
async fn what_no_socket_can_send_is_refused_or_reported() {
    let mut ends = start(Limits::default());
    let remote = "[::1]:9".parse().unwrap();
    let to = Destination::Address { transport: Transport::Udp, remote };
    assert_eq!(ends.transports.send(to, Bytes::new()), Err(SendError::NoSocket));
    let huge = Bytes::from(vec![b'x'; 70_000]);
    let to = Destination::Address { transport: Transport::Udp, remote: "127.0.0.1:9".parse().unwrap() };
    // A socket that is not yet known to be writable takes anything, and says so later.
    if ends.transports.send(to, huge).is_ok() {
        assert!(matches!(ends.next().await, Incoming::SendFailed { to: failed, .. } if failed == to));
    }
    let local = ends.transports.tcp_addresses()[0];
    let gone = Flow { transport: Transport::Tcp, local, remote, connection: Some(99) };
    assert_eq!(ends.transports.send(Destination::Flow(gone), Bytes::new()), Err(SendError::Closed));
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let ends = start(Limits::default());
    let taken = ends.transports.udp_addresses()[0];
    let error = Transports::bind(Config { udp: vec![taken], ..Config::default() }).err().unwrap();
    assert!(error.to_string().starts_with(&format!("cannot listen on UDP {taken}: ")), "{error}");
}

#[tokio::test]
async fn a_stream_is_cut_into_messages_and_answered() {
    let mut ends = start(Limits::default());
    let mut phone = ends.connect().await;
    let (first, rest) = MESSAGE.split_at(10);
    phone.write_all(&[MESSAGE, first].concat()).await.unwrap();
    let (flow, bytes) = ends.received().await;
    assert_eq!(bytes, MESSAGE);
    assert_eq!((flow.remote, flow.local), (phone.local_addr().unwrap(), phone.peer_addr().unwrap()));
    phone.write_all(rest).await.unwrap();
    assert_eq!(ends.received().await, (flow, Bytes::from_static(MESSAGE)));
    ends.transports.send(Destination::Flow(flow), Bytes::from_static(b"answer")).unwrap();
    // A request to the same address takes the connection that stands.
    ends.transports.send(tcp(flow.remote), Bytes::from_static(b" again")).unwrap();
    assert_eq!(read(&mut phone, 12).await, b"answer again");
    drop(phone);
    assert_eq!(ends.closed().await, flow);
    assert_eq!(ends.transports.connections(), 0);
    assert_eq!(ends.transports.send(Destination::Flow(flow), Bytes::new()), Err(SendError::Closed));
}

#[tokio::test]
async fn a_ping_is_answered_by_the_transport() {
    let mut ends = start(Limits::default());
    let mut phone = ends.connect().await;
    phone.write_all(b"\r\n\r\n").await.unwrap();
    assert_eq!(read(&mut phone, 2).await, b"\r\n");
    phone.write_all(MESSAGE).await.unwrap();
    assert_eq!(ends.received().await.1, MESSAGE);
}

#[tokio::test]
async fn a_connection_is_made_when_needed_and_used_again() {
    let mut ends = start(Limits::default());
    let peer = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = tcp(peer.local_addr().unwrap());
    for message in ["one", "two"] {
        ends.transports.send(to, Bytes::from_static(message.as_bytes())).unwrap();
    }
    let (mut stream, _) = timeout(SOON, peer.accept()).await.unwrap().unwrap();
    assert_eq!(read(&mut stream, 6).await, b"onetwo");
    assert_eq!(ends.transports.connections(), 1);
    stream.write_all(MESSAGE).await.unwrap();
    let (flow, _) = ends.received().await;
    assert_eq!(flow.remote, to.remote());
    ends.transports.send(Destination::Flow(flow), Bytes::from_static(b"last")).unwrap();
    ends.transports.close(flow);
    assert_eq!(read(&mut stream, 4).await, b"last");
    assert!(is_closed(&mut stream).await);
    assert_eq!(ends.closed().await, flow);
}

#[tokio::test]
async fn a_connection_that_cannot_be_made_is_reported() {
    let mut ends = start(Limits::default());
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    ends.transports.send(tcp(free), Bytes::from_static(MESSAGE)).unwrap();
    match ends.next().await {
        Incoming::SendFailed { to, why } => assert_eq!((to, why.to_string().is_empty()), (tcp(free), false)),
        other => panic!("{other:?}"),
    }
    assert_eq!(ends.transports.connections(), 0);
}

#[tokio::test]
async fn no_source_has_more_connections_than_it_may() {
    let mut ends = start(Limits { connections_per_source: 2, ..Limits::default() });
    let mut streams = vec![];
    for _ in 0..3 {
        let mut stream = ends.connect().await;
        // The third may be closed before it can write.
        let _ = stream.write_all(MESSAGE).await;
        streams.push(stream);
    }
    assert!(is_closed(&mut streams[2]).await);
    assert_eq!(ends.transports.connections(), 2);
    let refused = ends.transports.send(tcp("127.0.0.1:9".parse().unwrap()), Bytes::new());
    assert_eq!(refused, Err(SendError::TooMany));
    let (first, second) = (ends.received().await.0, ends.received().await.0);
    assert_ne!(first.connection, second.connection);
}

#[tokio::test]
async fn slow_and_silent_peers_are_sent_away() {
    let quick = Duration::from_millis(150);
    let mut ends = start(Limits { message: quick, idle: quick * 4, ..Limits::default() });
    // One says nothing, one never ends what it says, though it goes on.
    let (mut mute, mut slow) = (ends.connect().await, ends.connect().await);
    let trickle = tokio::spawn(async move {
        while slow.write_all(b"x").await.is_ok() {
            pause(Duration::from_millis(40)).await;
        }
    });
    assert!(is_closed(&mut mute).await);
    ends.closed().await;
    ends.closed().await;
    timeout(SOON, trickle).await.expect("it is closed").unwrap();

    // One that has said something may be silent for longer, but not for ever.
    let mut idle = ends.connect().await;
    idle.write_all(MESSAGE).await.unwrap();
    ends.received().await;
    pause(quick * 2).await;
    assert_eq!(ends.transports.connections(), 1);
    assert!(is_closed(&mut idle).await);
}

#[expect(clippy::disallowed_methods, reason = "real sockets need real time")]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

#[tokio::test]
async fn one_that_was_made_to_us_is_asked_about_however_lively_it_is_and_none_of_ours_is() {
    let quick = Duration::from_millis(100);
    let mut ends = start(Limits { stranger: quick, review: quick * 2, ..Limits::default() });
    let peer = TcpListener::bind("127.0.0.1:0").await.unwrap();
    ends.transports.send(tcp(peer.local_addr().unwrap()), Bytes::from_static(MESSAGE)).unwrap();
    let _ours = timeout(SOON, peer.accept()).await.unwrap().unwrap();
    let mut stranger = ends.connect().await;
    let remote = stranger.local_addr().unwrap();
    let (mut reader, mut writer) = stranger.split();
    let pings = async {
        while writer.write_all(b"\r\n\r\n").await.is_ok() {
            pause(Duration::from_millis(5)).await;
        }
    };
    let pongs = async { while reader.read(&mut [0; 99]).await.is_ok_and(|length| length > 0) {} };
    let asked = async {
        for _ in 0..3 {
            let Incoming::Stands { flow } = ends.next().await else { panic!("nothing else comes") };
            assert_eq!(flow.remote, remote);
        }
        let Incoming::Stands { flow } = ends.next().await else { panic!("nothing else comes") };
        ends.transports.close(flow);
        assert_eq!(ends.closed().await, flow);
    };
    tokio::join!(
        async {
            tokio::select! { () = pings => {}, () = pongs => {} }
        },
        asked
    );
    assert_eq!(ends.transports.connections(), 1, "ours stands");
}

#[tokio::test]
async fn a_peer_that_does_not_read_fills_its_own_queue_only() {
    let mut ends = start(Limits { queue: 4, write: Duration::from_millis(300), ..Limits::default() });
    let (mut deaf, mut other) = (ends.connect().await, ends.connect().await);
    deaf.write_all(MESSAGE).await.unwrap();
    let (flow, _) = ends.received().await;
    let big = Bytes::from(vec![b'x'; 1 << 20]);
    let full = async {
        while ends.transports.send(Destination::Flow(flow), big.clone()).is_ok() {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, full).await.expect("the queue is bounded");
    assert_eq!(ends.transports.send(Destination::Flow(flow), big), Err(SendError::Full));
    other.write_all(MESSAGE).await.unwrap();
    let (well, _) = ends.received().await;
    ends.transports.send(Destination::Flow(well), Bytes::from_static(b"answer")).unwrap();
    assert_eq!(read(&mut other, 6).await, b"answer");
    assert_eq!(ends.closed().await, flow);
}

#[tokio::test]
async fn a_stream_that_cannot_be_cut_is_closed() {
    let mut ends = start(Limits::default());
    let mut phone = ends.connect().await;
    phone.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    assert!(is_closed(&mut phone).await);
    ends.closed().await;
}

#[tokio::test]
async fn dropping_the_transports_closes_everything() {
    let mut ends = start(Limits::default());
    let mut phone = ends.connect().await;
    phone.write_all(MESSAGE).await.unwrap();
    let (flow, _) = ends.received().await;
    let taken = ends.transports.udp_addresses()[0];
    drop(ends.transports);
    assert!(is_closed(&mut phone).await);
    assert_eq!(timeout(SOON, ends.incoming.recv()).await.unwrap(), Some(Incoming::Closed { flow }));
    assert_eq!(timeout(SOON, ends.incoming.recv()).await.unwrap(), None);
    assert!(Transports::bind(Config { udp: vec![taken], ..Config::default() }).is_ok());
}
