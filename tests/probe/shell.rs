//! Running `hovor call` and reading what it says.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::audio::Sound;
use crate::support::folder::Folder;
use crate::support::ports::Ports;

/// What `hovor call` printed, and how it ended.
pub struct Probed {
    pub code: Option<i32>,
    pub report: Value,
    pub said: String,
}

/// A place to call from.
pub struct Shell {
    pub folder: Folder,
    rtp: (u16, u16),
}

impl Shell {
    pub fn new(ports: &Ports) -> Self {
        let first = ports.several(20);
        Self { folder: Folder::new("probe"), rtp: (first, first + 19) }
    }

    /// A WAV file of this sound.
    pub fn file(&self, name: &str, sound: &Sound) -> String {
        let path = self.folder.join(name);
        sound.write(&path);
        path.to_string_lossy().into_owned()
    }

    /// `hovor call URI ARGUMENTS`.
    pub fn run(&self, uri: &str, arguments: &[&str]) -> Output {
        let rtp = format!("{}-{}", self.rtp.0, self.rtp.1);
        let mut command = Command::new(env!("CARGO_BIN_EXE_hovor"));
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).env_remove("HOVOR_CALL_PASSWORD");
        command.args(["call", uri, "--rtp-ports", &rtp]).args(arguments).output().unwrap()
    }

    /// The same with `--json`.
    #[track_caller]
    pub fn call(&self, uri: &str, arguments: &[&str]) -> Probed {
        let output = self.run(uri, &[arguments, &["--json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let text = String::from_utf8_lossy(&output.stdout);
        let report = match text.trim().is_empty() {
            true => Value::Null,
            false => serde_json::from_str(&text).unwrap_or_else(|e| panic!("no JSON ({e}): {text}\n{said}")),
        };
        Probed { code: output.status.code(), report, said }
    }
}

impl Probed {
    /// Asserts the exit code and shows everything if it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{:#}\n{}", self.report, self.said);
        self
    }

    pub fn number(&self, pointer: &str) -> f64 {
        let value = self.report.pointer(pointer).unwrap_or(&Value::Null);
        value.as_f64().unwrap_or_else(|| panic!("no number at {pointer}: {:#}", self.report))
    }

    pub fn text(&self, pointer: &str) -> &str {
        self.report.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}
