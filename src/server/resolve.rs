//! Looks hosts up for the SIP endpoint, beside the switch task, which never waits for an answer.

use std::net::SocketAddr;

use tokio::sync::mpsc;

use crate::sip::endpoint::Transport;

/// The answer to the endpoint's question of this number.
pub type Answer = (u64, Result<Vec<(Transport, SocketAddr)>, String>);

/// The port of SIP when nothing else is said (RFC 3261 section 19.1.2).
const SIP_PORT: u16 = 5060;

/// Starts to look `host` up; the answer goes to `answers`.
pub fn start(
    answers: mpsc::Sender<Answer>,
    query: u64,
    host: String,
    port: Option<u16>,
    transport: Option<Transport>,
) {
    tokio::spawn(async move {
        let result = look_up(&host, port, transport).await;
        // The switch task is gone only when the program ends.
        let _ = answers.send((query, result)).await;
    });
}

async fn look_up(
    host: &str,
    port: Option<u16>,
    transport: Option<Transport>,
) -> Result<Vec<(Transport, SocketAddr)>, String> {
    let port = port.unwrap_or(SIP_PORT);
    let transport = transport.unwrap_or(Transport::Udp);
    let found = tokio::net::lookup_host((host, port)).await;
    let found = found.map_err(|error| format!("cannot find {host}: {error}"))?;
    Ok(found.map(|address| (transport, address)).collect())
}
