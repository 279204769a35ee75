//! Over real WebSockets on loopback.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::Receiver;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::*;
use crate::sip::transport::{Config, Limits, Transports};

const MESSAGE: &str = "OPTIONS sip:a SIP/2.0\r\n\r\n";
const SOON: Duration = Duration::from_secs(5);

struct Place {
    transports: Transports,
    incoming: Receiver<Incoming>,
    at: SocketAddr,
}

async fn start(limits: Limits, origins: &[&str]) -> Place {
    let (transports, incoming) = Transports::bind(Config { limits, ..Config::default() }).unwrap();
    let origins: Vec<String> = origins.iter().map(ToString::to_string).collect();
    let router = transports.websockets().for_pages_of(&origins).router();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<Ends>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Place { transports, incoming, at }
}

impl Place {
    async fn next(&mut self) -> Incoming {
        timeout(SOON, self.incoming.recv()).await.expect("something comes").expect("the transports are there")
    }

    async fn received(&mut self) -> (Flow, Bytes) {
        match self.next().await {
            Incoming::Received { flow, bytes } => (flow, bytes),
            other => panic!("{other:?}"),
        }
    }

    /// The connection, or the status of the refusal.
    async fn connect(&self, headers: &[(&'static str, &str)]) -> Result<WebSocketStream<TcpStream>, u16> {
        let stream = TcpStream::connect(self.at).await.unwrap();
        let mut request = format!("ws://{}/sip", self.at).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
        }
        match client_async(request, stream).await {
            Ok((socket, response)) => {
                assert_eq!(response.headers()["sec-websocket-protocol"], "sip");
                Ok(socket)
            }
            Err(Error::Http(refusal)) => Err(refusal.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    async fn enter(&self) -> WebSocketStream<TcpStream> {
        self.connect(&[SIP]).await.unwrap()
    }
}

const SIP: (&str, &str) = ("sec-websocket-protocol", "sip");

async fn read(socket: &mut WebSocketStream<TcpStream>) -> Option<Frame> {
    timeout(SOON, socket.next()).await.expect("something comes")?.ok()
}

#[tokio::test]
async fn messages_come_one_a_frame_and_go_back_the_same_way() {
    let mut place = start(Limits::default(), &[]).await;
    let mut browser = place.enter().await;
    browser.send(Frame::text(MESSAGE)).await.unwrap();
    let (flow, bytes) = place.received().await;
    assert_eq!((bytes, flow.transport, flow.local), (MESSAGE.into(), Transport::Ws, place.at));
    assert_eq!(flow.remote, browser.get_ref().local_addr().unwrap());
    browser.send(Frame::binary(MESSAGE)).await.unwrap();
    assert_eq!(place.received().await, (flow, MESSAGE.into()));
    place.transports.send(Destination::Flow(flow), Bytes::from_static(b"answer")).unwrap();
    assert_eq!(read(&mut browser).await, Some(Frame::text("answer")));
    place.transports.send(Destination::Flow(flow), Bytes::from_static(b"\xff")).unwrap();
    assert_eq!(read(&mut browser).await, Some(Frame::binary(&b"\xff"[..])));
    browser.close(None).await.unwrap();
    assert_eq!(place.next().await, Incoming::Closed { flow });
    assert_eq!(place.transports.connections(), 0);
    let gone = place.transports.send(Destination::Flow(flow), Bytes::new());
    assert_eq!(gone, Err(super::super::SendError::Closed));
}

#[tokio::test]
async fn a_sign_of_life_is_answered_by_line_ends_and_by_a_pong() {
    let place = start(Limits::default(), &[]).await;
    let mut browser = place.enter().await;
    browser.send(Frame::text("\r\n\r\n")).await.unwrap();
    assert_eq!(read(&mut browser).await, Some(Frame::text("\r\n")));
    browser.send(Frame::Ping(Bytes::from_static(b"x"))).await.unwrap();
    assert_eq!(read(&mut browser).await, Some(Frame::Pong(Bytes::from_static(b"x"))));
}

#[tokio::test]
async fn who_does_not_answer_is_gone_and_who_answers_stays() {
    let limits = Limits { heartbeat: Duration::from_millis(100), ..Limits::default() };
    let mut place = start(limits, &[]).await;
    let (mut awake, mut asleep) = (place.enter().await, place.enter().await);
    asleep.send(Frame::text(MESSAGE)).await.unwrap();
    let (flow, _) = place.received().await;
    awake.send(Frame::text(MESSAGE)).await.unwrap();
    let (awake_flow, _) = place.received().await;
    // Reading answers pings; nobody reads for the other one.
    let awake = tokio::spawn(async move {
        let mut pings = 0;
        while let Some(Ok(frame)) = awake.next().await {
            pings += usize::from(frame.is_ping());
        }
        pings
    });
    assert_eq!(place.next().await, Incoming::Closed { flow });
    place.transports.close(awake_flow);
    assert_eq!(place.next().await, Incoming::Closed { flow: awake_flow });
    assert!(awake.await.unwrap() >= 1);
}

#[tokio::test]
async fn pages_of_other_sites_may_not_connect_unless_they_are_listed() {
    let place = start(Limits::default(), &["https://intranet.example"]).await;
    let own = format!("http://{}", place.at);
    for (origin, welcome) in
        [(&*own, true), ("https://intranet.example", true), ("https://evil.example", false), ("null", false)]
    {
        let entered = place.connect(&[SIP, ("origin", origin)]).await;
        assert_eq!(entered.map(|_| ()), if welcome { Ok(()) } else { Err(403) }, "{origin}");
    }
    assert_eq!(place.connect(&[("sec-websocket-protocol", "chat")]).await.map(|_| ()), Err(400));
}

#[tokio::test]
async fn connections_and_messages_are_bounded() {
    let mut place = start(Limits { connections_per_source: 1, ..Limits::default() }, &[]).await;
    let mut browser = place.enter().await;
    assert_eq!(place.connect(&[SIP]).await.map(|_| ()), Err(503));
    browser.send(Frame::text(MESSAGE)).await.unwrap();
    let (flow, _) = place.received().await;
    // The peer may be told so before it has sent all.
    let _ = browser.send(Frame::text("x".repeat(LONGEST + 1))).await;
    assert_eq!(place.next().await, Incoming::Closed { flow });
}
