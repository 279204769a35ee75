//! A PostgreSQL of this test's own.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::bench::Folder;

/// A running server; it stops when dropped, and when this process dies.
pub struct Server {
    process: Child,
    programs: PathBuf,
    port: u16,
    folder: Folder,
}

impl Server {
    /// Starts a server on a free port of 127.0.0.1, with its data in a folder of its own.
    pub fn start() -> Self {
        let programs = programs();
        let folder = Folder::new("postgres");
        let user = user();
        if let Some((uid, gid)) = user {
            chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let data = folder.path().join("data");
        let made = as_user(&programs.join("initdb"), user, folder.path())
            .arg("-D")
            .arg(&data)
            .args(["-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"])
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = as_user(&programs.join("postgres"), user, folder.path());
        command.arg("-D").arg(&data).args([
            "-p",
            &port.to_string(),
            "-c",
            "listen_addresses=127.0.0.1",
            "-F",
        ]);
        command.arg("-c").arg(format!("unix_socket_directories={}", folder.path().display()));
        // SAFETY: prctl is async-signal-safe. It asks the kernel for an immediate stop of the server
        // should this process be killed before it can stop it.
        unsafe {
            command.pre_exec(|| match libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGQUIT) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            });
        }
        let process = command.stderr(Stdio::null()).spawn().unwrap();
        let server = Self { process, programs, port, folder };
        server.wait_until_ready();
        server
    }

    /// Makes an empty database and gives its URL.
    pub fn create_database(&self, name: &str) -> String {
        // PostgreSQL cuts names at 63 bytes.
        let name: String = name.chars().take(60).collect();
        let made = self.client("createdb").arg(&name).output().unwrap();
        assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    #[expect(clippy::disallowed_methods, reason = "this waits for another program")]
    fn wait_until_ready(&self) {
        for _ in 0..300 {
            if self.client("pg_isready").stdout(Stdio::null()).status().unwrap().success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("PostgreSQL did not answer within 30 s in {}", self.folder.path().display());
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres"]);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SAFETY: a signal to our own child, which has not been waited for. SIGQUIT stops it at once,
        // and its data is thrown away.
        unsafe { libc::kill(self.process.id().cast_signed(), libc::SIGQUIT) };
        _ = self.process.wait();
    }
}

/// Where the newest installed PostgreSQL keeps its programs.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").exists());
    found.max().expect("PostgreSQL is needed for this test and is not installed: apt-get install postgresql")
}

/// PostgreSQL refuses to run as root, so root hands it to the user `postgres`.
fn user() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> u32 {
        let output = Command::new("id").args(arguments).output().unwrap().stdout;
        String::from_utf8_lossy(&output).trim().parse().expect("the user postgres exists")
    };
    (id(&["-u"]) == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])))
}

fn as_user(program: &Path, user: Option<(u32, u32)>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    command
}
