//! The whole program in this process, with faults planted in it that nothing outside can cause.

use std::path::PathBuf;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::journal::Fault;
use super::requests::Request;
use super::*;
use crate::config::{PortRange, Settings};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running demo, and a socket that speaks SIP with it.
struct Bench {
    server: Server,
    sip: UdpSocket,
    folder: PathBuf,
}

impl Bench {
    async fn start(name: &str, first_port: u16) -> Self {
        let folder = std::env::temp_dir().join(format!("hovor-server-{name}-{}", std::process::id()));
        let first = 10_000 + (std::process::id() % 200) as u16 * 100 + first_port;
        let any = "127.0.0.1:0".parse().unwrap();
        let settings = Settings {
            data: Some(folder.clone()),
            sip: vec![any],
            rtp_ports: Some(PortRange(first..=first + 7)),
            demo: true,
            ..Settings::default()
        };
        let config = settings.resolve().unwrap();
        let store = store::open(&config.database).await.unwrap();
        let scope = store::demo::seed(store.as_ref()).await.unwrap();
        let server = Server::start(&config, store, scope).await.unwrap();
        let sip = UdpSocket::bind(any).await.unwrap();
        sip.connect(server.sip_addresses()[0]).await.unwrap();
        Self { server, sip, folder }
    }

    /// The next message.
    async fn receive(&self) -> String {
        let mut buffer = [0; 4096];
        let length = timeout(PATIENCE, self.sip.recv(&mut buffer)).await.expect("a message").unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    async fn send(&self, method: &str, from: &str, to: &str, body: &str) {
        let (own, server) = (self.sip.local_addr().unwrap(), self.sip.peer_addr().unwrap());
        let length = body.len();
        let text = format!(
            "{method} sip:600@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {own};rport;branch=z9hG4bK{from}{method}\r\n\
             From: <sip:{from}@{own}>;tag={from}\r\nTo: {to}\r\nCall-ID: {from}\r\nCSeq: 1 {method}\r\n\
             Max-Forwards: 70\r\nContact: <sip:{from}@{own}>\r\nContent-Type: application/sdp\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        self.sip.send(text.as_bytes()).await.unwrap();
    }

    /// A call to the echo that is answered and acknowledged.
    async fn call(&self, from: &str) {
        let body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                    m=audio 9 RTP/AVP 8\r\n";
        self.send("INVITE", from, "<sip:600@127.0.0.1>", body).await;
        let answer = loop {
            let message = self.receive().await;
            if message.starts_with("SIP/2.0 2") {
                break message;
            }
            assert!(message.starts_with("SIP/2.0 1"), "{message}");
        };
        let to = answer.lines().find_map(|line| line.strip_prefix("To: ")).unwrap();
        self.send("ACK", from, to, "").await;
    }

    async fn plant(&self, fault: impl FnOnce(&mut Core) + Send + 'static) {
        let fault = Box::new(fault);
        // A fault that panics leaves the question without an answer.
        let _ = self.server.handle.ask(|done| Request::Plant { fault, done }).await;
    }

    async fn end(self) {
        self.server.stop(Duration::ZERO, std::future::pending()).await;
        std::fs::remove_dir_all(self.folder).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_panics_ends_its_own_session_and_is_counted() {
    let bench = Bench::start("step", 30).await;
    bench.call("unlucky").await;
    bench.call("lucky").await;
    bench
        .plant(|core| {
            let leg = core.switch.leg_of("unlucky");
            core.guarded(leg, |_| panic!("a planted fault"));
        })
        .await;
    let bye = bench.receive().await;
    assert!(bye.starts_with("BYE") && bye.contains("Call-ID: unlucky"), "{bye}");
    bench.plant(|_| panic!("a planted fault of no session")).await;
    // The session is counted when its port is given back.
    for row in ["hovor_faults_total 2", "hovor_internal_ends_total 1", "hovor_sessions 1"] {
        let shown = async {
            while !bench.server.handle.metrics().await.lines().any(|line| line == row) {
                tokio::task::yield_now().await;
            }
        };
        assert!(timeout(PATIENCE, shown).await.is_ok(), "no {row}");
    }
    assert!(bench.server.handle.health().await.ok, "the others are served");
    bench.call("another").await;
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_steps_of_the_journal_fail_calls_go_on_and_everything_else_is_written() {
    let mut bench = Bench::start("writing", 60).await;
    bench.call("before").await;
    for fault in [Fault::OnTheWay, Fault::InTheStore] {
        bench.plant(move |core| core.journal.plant(fault)).await;
    }
    bench.call("after").await;
    for row in [
        "hovor_journal_faults_total 2",
        "hovor_events_waiting 0",
        "hovor_sessions 2",
        "hovor_store_healthy 1",
    ] {
        let shown = async {
            while !bench.server.handle.metrics().await.lines().any(|line| line == row) {
                tokio::task::yield_now().await;
            }
        };
        assert!(timeout(PATIENCE, shown).await.is_ok(), "no {row}");
    }
    assert!(bench.server.handle.health().await.ok);
    assert!(timeout(Duration::from_millis(50), bench.server.failed()).await.is_err(), "it goes on");
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_or_thread_on_which_all_rests_does_not_end_unnoticed() {
    let mut bench = Bench::start("journal", 40).await;
    assert!(
        timeout(Duration::from_millis(50), bench.server.failed()).await.is_err(),
        "nothing has failed yet"
    );
    bench.server.journal.abort();
    assert_eq!(timeout(PATIENCE, bench.server.failed()).await, Ok("journal"));
    std::fs::remove_dir_all(bench.folder).unwrap();
    let mut bench = Bench::start("sound", 50).await;
    bench.plant(|core| core.engine.end_a_thread()).await;
    assert_eq!(timeout(PATIENCE, bench.server.failed()).await, Ok("switch"));
    std::fs::remove_dir_all(bench.folder).unwrap();
}
