//! A baresip phone: a folder of its own, driven over its control port.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::audio::Sound;
use super::folder::Folder;
use super::phone::{Moment, Over, Phone, Setup};
use super::process::Process;
use super::{netstring, wait_for};

pub struct Baresip {
    // Ends before its folder is removed.
    process: Process,
    folder: Folder,
    sip_port: u16,
    user: String,
    over: Over,
    control: TcpStream,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl Baresip {
    pub fn start(setup: Setup) -> Self {
        let folder = Folder::new(&format!("baresip-{}", setup.user));
        let sip_port = setup.sip_port.unwrap_or_else(|| setup.ports.several(2));
        let (rtp, control) = (setup.ports.several(10), setup.ports.one());
        std::fs::create_dir(folder.join("rec")).unwrap();
        setup.says.at(rate(setup.codec)).write(&folder.join("says.wav"));
        std::fs::write(folder.join("config"), config(&folder, &setup, sip_port, rtp, control)).unwrap();
        std::fs::write(folder.join("accounts"), account(&setup, sip_port)).unwrap();
        std::fs::write(folder.join("contacts"), "").unwrap();
        let mut command = Command::new("baresip");
        command.arg("-f").arg(folder.path()).current_dir(folder.path());
        let process = Process::start(&mut command, &folder.join("log"));
        let control = wait_for("baresip's control port", Duration::from_secs(10), || {
            TcpStream::connect(("127.0.0.1", control)).ok()
        });
        let heard = Arc::default();
        listen(control.try_clone().unwrap(), Arc::clone(&heard));
        let registers = setup.registrar.is_some();
        let phone = Self { process, folder, sip_port, user: setup.user, over: setup.over, control, heard };
        if registers {
            phone.wait_for(Moment::Registered);
        }
        phone
    }

    /// Sends a command and waits for its answer.
    pub fn command(&self, command: &str, params: &str) -> Value {
        let token = format!("{:x}", rand_token());
        let request = json!({ "command": command, "params": params, "token": token });
        (&self.control).write_all(&netstring::encode(&request.to_string())).unwrap();
        let answer = |v: &&Value| v["response"] == true && v["token"] == token.as_str();
        wait_for(&format!("baresip to answer {command}"), Duration::from_secs(5), || {
            self.heard.lock().unwrap().iter().find(answer).cloned()
        })
    }

    /// All events of a kind so far, such as `CALL_ESTABLISHED`.
    pub fn events(&self, kind: &str) -> Vec<Value> {
        self.heard.lock().unwrap().iter().filter(|v| v["type"] == kind).cloned().collect()
    }

    /// What this phone said in its n-th call, counted from 0, as it was before the codec.
    pub fn said(&self, call: usize) -> Sound {
        self.recording("-enc.wav", call)
    }

    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Ends the program without a word to anyone, as a power cut does.
    pub fn vanish(&mut self) {
        self.process.signal(libc::SIGKILL);
        self.process.wait(Duration::from_secs(5));
    }

    /// Lets the program do nothing more until it is [thawed](Self::thaw).
    pub fn freeze(&self) {
        self.process.signal(libc::SIGSTOP);
    }

    /// Lets a frozen program go on.
    pub fn thaw(&self) {
        self.process.signal(libc::SIGCONT);
    }

    /// Ends the program properly: it hangs up and unregisters.
    pub fn quit(&mut self) {
        self.command("quit", "");
        self.process.wait(Duration::from_secs(10));
    }

    fn recording(&self, ending: &str, call: usize) -> Sound {
        let files = std::fs::read_dir(self.folder.join("rec")).unwrap();
        let mut files: Vec<(std::time::SystemTime, PathBuf)> = files
            .map(|file| file.unwrap().path())
            .filter(|path| path.to_string_lossy().ends_with(ending))
            .map(|path| (path.metadata().unwrap().created().unwrap(), path))
            .collect();
        files.sort();
        let (_, path) =
            files.get(call).unwrap_or_else(|| panic!("{} has no recording of call {call}", self.user));
        Sound::read(path)
    }
}

impl Phone for Baresip {
    fn user(&self) -> &str {
        &self.user
    }

    fn sip_port(&self) -> u16 {
        self.sip_port
    }

    fn over(&self) -> Over {
        self.over
    }

    fn dial_exactly(&mut self, uri: &str) {
        self.command("dial", uri);
    }

    fn accept(&mut self) {
        self.command("accept", "");
    }

    fn hangup(&mut self) {
        self.command("hangup", "");
    }

    fn hold(&mut self) {
        self.command("hold", "");
    }

    fn resume(&mut self) {
        self.command("resume", "");
    }

    fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            self.command("sndcode", &key.to_string());
            std::thread::sleep(Duration::from_millis(160));
            // Code 4 lets the key go.
            self.command("sndcode", "\u{4}");
            std::thread::sleep(Duration::from_millis(120));
        }
    }

    fn count(&self, moment: Moment) -> usize {
        let kind = match moment {
            // It may be over before the control port is open, so it is looked for in the log.
            Moment::Registered => return self.log().matches(" binding]").count(),
            Moment::Incoming => "CALL_INCOMING",
            Moment::Ringing => "CALL_RINGING",
            Moment::Established => "CALL_ESTABLISHED",
            Moment::Closed => "CALL_CLOSED",
        };
        self.events(kind).len()
    }

    fn ending(&self) -> String {
        let closed = self.events("CALL_CLOSED");
        closed.last().and_then(|event| event["param"].as_str()).unwrap_or_default().to_owned()
    }

    /// baresip says so only in its log.
    fn keys_received(&self) -> String {
        let log = self.process.log();
        log.lines()
            .filter_map(|line| line.split_once("received event: '")?.1.strip_suffix("' (end=1)"))
            .collect()
    }

    fn heard(&self, call: usize) -> Sound {
        self.recording("-dec.wav", call)
    }
}

fn rand_token() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Reads what the phone says until it says no more.
fn listen(mut stream: TcpStream, heard: Arc<Mutex<Vec<Value>>>) {
    std::thread::spawn(move || {
        let (mut buffer, mut chunk) = (vec![], [0; 4096]);
        while let Ok(read @ 1..) = stream.read(&mut chunk) {
            buffer.extend(&chunk[..read]);
            while let Some(message) = netstring::take(&mut buffer) {
                if let Ok(value) = serde_json::from_slice(&message) {
                    heard.lock().unwrap().push(value);
                }
            }
        }
    });
}

/// Samples a second of a codec's sound, to which a phone is set.
fn rate(codec: &str) -> u32 {
    match codec {
        "G722" => 16_000,
        "opus" => 48_000,
        _ => 8_000,
    }
}

fn config(folder: &Folder, setup: &Setup, sip: u16, rtp: u16, control: u16) -> String {
    let (host, rate) = (setup.host, rate(setup.codec));
    let modules = ["g711", "g722", "opus", "aufile", "aubridge", "sndfile", "uuid", "srtp"];
    let modules: String = modules.iter().map(|name| format!("module {name}.so\n")).collect();
    format!(
        "sip_listen {host}:{sip}\n\
         net_interface {address}\n\
         prefer_ipv6 {ipv6}\n\
         audio_source aufile,{folder}/says.wav\n\
         audio_player aubridge,x\n\
         audio_alert aubridge,x\n\
         ausrc_srate {rate}\n\
         auplay_srate {rate}\n\
         ausrc_channels 1\n\
         auplay_channels 1\n\
         audio_level no\n\
         opus_stereo no\n\
         opus_sprop_stereo no\n\
         opus_inbandfec yes\n\
         rtp_ports {rtp}-{last}\n\
         rtcp_mux no\n\
         jitter_buffer_type fixed\n\
         jitter_buffer_delay 2-20\n\
         call_local_timeout 120\n\
         call_max_calls 8\n\
         snd_path {folder}/rec\n\
         module_path /usr/lib/baresip/modules\n\
         {modules}\
         module_tmp account.so\n\
         module_app menu.so\n\
         module_app ctrl_tcp.so\n\
         ctrl_tcp_listen 127.0.0.1:{control}\n",
        folder = folder.path().display(),
        last = rtp + 9,
        address = host.trim_start_matches('[').trim_end_matches(']'),
        ipv6 = if host.starts_with('[') { "yes" } else { "no" },
    )
}

fn account(setup: &Setup, sip_port: u16) -> String {
    let Setup { user, codec, .. } = setup;
    // By the rate of their sound, not of their clock.
    let form = format!("{}/1", rate(codec));
    let transport = setup.over.param();
    let srtp = if setup.srtp.is_some() { ";mediaenc=srtp-mand" } else { "" };
    let mode = if setup.auto_answer { "auto" } else { "manual" };
    let at = setup.host;
    let (port, login) = match &setup.registrar {
        Some((port, password)) => (*port, format!("auth_user={user};auth_pass={password};regint=60")),
        None => (sip_port, "regint=0".to_owned()),
    };
    format!(
        "<sip:{user}@{at}:{port}{transport}>;{login};answermode={mode};audio_codecs={codec}/{form};ptime=20{srtp}\n"
    )
}
