//! Every command of `docs/operations.md` in a block marked `sh` is run, in order, as a reader would: the
//! servers and phones that it starts beside the others (`&`) included.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::company::Company;
use crate::support::process::Process;

const GUIDE: &str = include_str!("../../docs/operations.md");

/// The text of all blocks of this kind, with the number of the line where each begins.
fn blocks(kind: &str) -> Vec<(usize, String)> {
    let mut found = vec![];
    let mut block: Option<(usize, String)> = None;
    for (line, number) in GUIDE.lines().zip(1..) {
        match &mut block {
            None if line.strip_prefix("```") == Some(kind) => block = Some((number, String::new())),
            None => {}
            Some(_) if line == "```" => found.extend(block.take()),
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    found
}

/// The commands of the guide as one script that stops at the first failure and says where it is.
fn script(company: &Company) -> String {
    let mut script = "set -euo pipefail\ntrap 'echo \"failed: $BASH_COMMAND\" >&2' ERR\n".to_owned();
    for (line, text) in blocks("sh") {
        script.push_str(&format!("echo '--- docs/operations.md:{line}' >&2\n{text}"));
    }
    let first = company.ports.several(40);
    // The guide's addresses, and the ports that stand for them here.
    let ports = [
        ("127.0.0.1:5060", company.sip_port),
        ("127.0.0.1:8080", company.http_port),
        ("127.0.0.1:5071", first),
        ("127.0.0.1:5073", first + 2),
    ];
    for (guide, port) in ports {
        script = script.replace(guide, &format!("127.0.0.1:{port}"));
    }
    for (guide, port) in [("30000-30009", first + 10), ("30010-30019", first + 20)] {
        script = script.replace(guide, &format!("{port}-{}", port + 9));
    }
    script
}

/// The group of processes that the guide's shell leads. What it leaves behind, or has not come to
/// stop when it fails, ends with this.
struct Rest(u32);

impl Drop for Rest {
    fn drop(&mut self) {
        // SAFETY: sends a signal, no more. The group is the test's own; if nothing is left of it, nothing happens.
        unsafe { libc::kill(-(self.0 as i32), libc::SIGKILL) };
    }
}

#[test]
fn the_guide_s_commands_work_in_order() {
    let company = Company::empty();
    let program = Path::new(env!("CARGO_BIN_EXE_hovor"));
    std::os::unix::fs::symlink(program, company.folder.join("hovor")).unwrap();
    let path = format!("{}:{}", company.folder.path().display(), std::env::var("PATH").unwrap());
    fs::write(company.folder.join("guide.sh"), script(&company)).unwrap();
    let mut command = Command::new("bash");
    company.settle(&mut command);
    command.arg("guide.sh").env("PATH", path).env_remove("HOVOR_DATA").stdin(Stdio::null());
    command.process_group(0);
    let mut guide = Process::start(&mut command, &company.folder.join("log"));
    let _rest = Rest(guide.child().id());
    let status = guide.wait(Duration::from_secs(120));
    let said = guide.log();
    assert!(status.success(), "{said}");
    for expected in [
        "The company `Acme` is set up",
        "tenant `harbour` added",
        "offered to anna",
        "away (lunch)",
        "\"ok\":true",
    ] {
        assert!(said.contains(expected), "{expected} is not in:\n{said}");
    }
}

#[test]
fn the_guide_names_every_option_of_serve() {
    let help = Command::new(env!("CARGO_BIN_EXE_hovor")).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let options = help.split_whitespace().filter(|word| word.starts_with("--") && *word != "--help");
    for option in options {
        assert!(GUIDE.contains(&format!("| `{option}`")), "{option} has no row");
    }
}

#[test]
fn the_guide_explains_every_metric() {
    let company = Company::serving();
    let page = crate::support::http::request(company.http_port, "GET", "/metrics", &[], "").unwrap();
    for line in page.body.lines() {
        if let Some(name) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split(' ').next()) {
            assert!(GUIDE.contains(&format!("`{name}`")), "{name} is not explained");
        }
    }
}
