//! Janus' audio bridge with parties that speak plain RTP, by its HTTP interface.

use std::io::{Read, Write};
use std::net::{SocketAddrV4, TcpStream};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::ports;
use crate::process::{Folder, Process};

/// Where Debian keeps its parts.
const MODULES: &str = "/usr/lib/x86_64-linux-gnu/janus";
/// Questions for the event that says where a party is to send its sound.
const PATIENCE: usize = 50;

pub struct Janus {
    pub process: Process,
    /// The path of its session.
    session: String,
    _folder: Folder,
}

impl Janus {
    /// Starts it with the audio bridge alone.
    pub fn start() -> Result<Self, String> {
        let folder = Folder::new("janus")?;
        let (first, last) = ports::RTP;
        folder.write(
            "janus.jcfg",
            &format!(
                "general: {{ plugins_folder = \"{MODULES}/plugins\"; transports_folder = \"{MODULES}/transports\"; \
                 session_timeout = 0; debug_level = 2 }}\n\
                 media: {{ rtp_port_range = \"{first}-{last}\" }}\nnat: {{ }}\n\
                 plugins: {{ disable = \"{}\" }}\ntransports: {{ disable = \"{}\" }}\n",
                others("plugins", "audiobridge"),
                others("transports", "http"),
            ),
        )?;
        folder.write(
            "janus.transport.http.jcfg",
            &format!("general: {{ http = true; port = {}; ip = \"127.0.0.1\" }}\n", ports::HTTP),
        )?;
        folder.write(
            "janus.plugin.audiobridge.jcfg",
            &format!(
                "general: {{ local_ip = \"127.0.0.1\"; rtp_port_range = \"{first}-{last}\"; events = false }}\n"
            ),
        )?;
        let mut command = Command::new("janus");
        command.arg("-F").arg(folder.join("")).args(["-r", "--stun-server="]);
        command.arg("-C").arg(folder.join("janus.jcfg"));
        let mut process = Process::start(&mut command, &folder.join("log"))?;
        process.wait_until(|| ask("GET", "/janus/info", None).is_ok())?;
        let made = ask("POST", "/janus", Some(json!({ "janus": "create", "transaction": "s" })))?;
        let session = format!("/janus/{}", made["data"]["id"]);
        Ok(Self { process, session, _folder: folder })
    }

    /// A room for parties at 8 kHz.
    pub fn add_room(&self, room: usize) -> Result<(), String> {
        let handle = self.attach()?;
        let body = json!({
            "request": "create", "room": room, "sampling_rate": 8_000, "allow_rtp_participants": true,
            "audiolevel_ext": false, "default_prebuffering": 3,
        });
        let made =
            ask("POST", &handle, Some(json!({ "janus": "message", "transaction": "r", "body": body })))?;
        match made["plugindata"]["data"]["audiobridge"].as_str() {
            Some("created") => Ok(()),
            _ => Err(format!("janus makes no room: {made}")),
        }
    }

    /// A party of the room that wants its sound at `sound`. Gives where it is to send.
    pub fn join(&self, room: usize, sound: SocketAddrV4) -> Result<SocketAddrV4, String> {
        let handle = self.attach()?;
        let rtp = json!({ "ip": sound.ip().to_string(), "port": sound.port(), "payload_type": 0 });
        let body = json!({ "request": "join", "room": room, "codec": "pcmu", "rtp": rtp });
        ask("POST", &handle, Some(json!({ "janus": "message", "transaction": handle, "body": body })))?;
        for _ in 0..PATIENCE {
            let event = ask("GET", &self.session, None)?;
            let port = &event["plugindata"]["data"]["rtp"]["port"];
            if event["transaction"] == handle.as_str()
                && let Some(port) = port.as_u64()
            {
                return Ok(super::local(port as u16));
            }
        }
        Err("janus does not tell where a party is to send its sound".to_owned())
    }

    /// The path of a new handle.
    fn attach(&self) -> Result<String, String> {
        let body = json!({ "janus": "attach", "plugin": "janus.plugin.audiobridge", "transaction": "a" });
        let made = ask("POST", &self.session, Some(body))?;
        Ok(format!("{}/{}", self.session, made["data"]["id"]))
    }
}

/// The files of a kind of parts, but for one.
fn others(kind: &str, wanted: &str) -> String {
    let Ok(files) = std::fs::read_dir(format!("{MODULES}/{kind}")) else { return String::new() };
    let names = files.flatten().map(|file| file.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".so") && !name.contains(wanted)).collect::<Vec<_>>().join(",")
}

/// A request; gives the answer if it is no error.
fn ask(method: &str, path: &str, body: Option<Value>) -> Result<Value, String> {
    let wrong = |error: std::io::Error| format!("janus: {error}");
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let mut stream = TcpStream::connect(super::local(ports::HTTP)).map_err(wrong)?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).map_err(wrong)?;
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .map_err(wrong)?;
    let mut text = String::new();
    stream.read_to_string(&mut text).map_err(wrong)?;
    let answer = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let answer: Value = serde_json::from_str(answer).map_err(|error| format!("janus: {error}: {text}"))?;
    if answer["janus"] == "error" { Err(format!("janus: {answer}")) } else { Ok(answer) }
}
