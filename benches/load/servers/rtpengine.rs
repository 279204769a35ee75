//! rtpengine, wholly in user space, as it runs where its kernel module is not there.

use std::process::Command;

use super::ng::Control;
use crate::ports;
use crate::process::{Folder, Process};

pub struct Rtpengine {
    pub process: Process,
    pub control: Control,
    _folder: Folder,
}

impl Rtpengine {
    pub fn start() -> Result<Self, String> {
        let folder = Folder::new("rtpengine")?;
        let (first, last) = ports::RTP;
        let mut command = Command::new("rtpengine");
        command
            .args([
                "--config-file=none",
                "--table=-1",
                "--interface=127.0.0.1",
                "--foreground",
                "--log-stderr",
            ])
            .arg(format!("--listen-ng=127.0.0.1:{}", ports::NG))
            .args([format!("--port-min={first}"), format!("--port-max={last}")])
            .args(["--log-level=3"]);
        let mut process = Process::start(&mut command, &folder.join("log"))?;
        let mut control = Control::new(super::local(ports::NG)).map_err(|error| error.to_string())?;
        process.wait_until(|| control.ping())?;
        Ok(Self { process, control, _folder: folder })
    }
}
