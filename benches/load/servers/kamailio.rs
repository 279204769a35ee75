//! Kamailio as a proxy with transactions that stays in the route, and as a registrar that asks for secrets.

use std::process::Command;

use super::hovor::SECRET;
use crate::ports;
use crate::process::{Folder, Process};

/// Worker processes: two a core.
const CHILDREN: &str = "4";

pub struct Kamailio {
    pub process: Process,
    _folder: Folder,
}

impl Kamailio {
    /// Starts it, with so many accounts, and waits until it answers.
    pub fn start(phones: usize) -> Result<Self, String> {
        let folder = Folder::new("kamailio")?;
        let text = include_str!("kamailio.cfg")
            .replace("LISTEN", &format!("127.0.0.1:{}", ports::SERVER))
            .replace("CALLEES", &format!("127.0.0.1:{}", ports::CALLEES))
            .replace("CHILDREN", CHILDREN)
            .replace("ACCOUNTS", &phones.to_string())
            .replace("SECRET", SECRET);
        let config = folder.write("kamailio.cfg", &text)?;
        let mut command = Command::new("kamailio");
        command.args(["-DD", "-E", "-m", "512", "-M", "32", "-f"]).arg(config).arg("-Y").arg(folder.join(""));
        let mut process = Process::start(&mut command, &folder.join("log"))?;
        process.wait_until(answers)?;
        Ok(Self { process, _folder: folder })
    }
}

/// Whether OPTIONS gets an answer.
fn answers() -> bool {
    let ask = || -> std::io::Result<usize> {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(std::time::Duration::from_millis(100)))?;
        let (local, server) = (socket.local_addr()?, super::local(ports::SERVER));
        let text = format!(
            "OPTIONS sip:{server} SIP/2.0\r\nVia: SIP/2.0/UDP {local};rport;branch=z9hG4bKready\r\n\
             From: <sip:x@{local}>;tag=1\r\nTo: <sip:{server}>\r\nCall-ID: ready\r\nCSeq: 1 OPTIONS\r\n\
             Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        );
        socket.send_to(text.as_bytes(), server)?;
        socket.recv(&mut [0; 4_096])
    };
    ask().is_ok()
}
