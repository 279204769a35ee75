//! Another machine: a network namespace with a cable (veth(4)) to that of the test, which is one of its own too.

use std::process::{Command, Stdio};

use super::process::Process;
use super::{folder::Folder, wait_for};

/// The address of the machine on which the program runs.
pub const HERE: &str = "10.77.0.1";
const THERE: &str = "10.77.0.2";

pub struct Elsewhere {
    // Its namespace is there as long as this process is.
    holder: Process,
    _folder: Folder,
}

impl Elsewhere {
    /// Puts this thread, and whatever it starts from here on, into a network of its own, with another machine beside it.
    pub fn connected() -> Self {
        alone();
        let folder = Folder::new("elsewhere");
        let mut command = Command::new("unshare");
        command.args(["--net", "sleep", "600"]).stdin(Stdio::null()).stdout(Stdio::null());
        let mut holder = Process::start_with(&mut command, &folder.join("log"));
        let pid = holder.child().id();
        let network = |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/net")).ok();
        wait_for("another network", std::time::Duration::from_secs(5), || {
            (network(&pid.to_string())? != network("thread-self")?).then_some(())
        });
        let mut there = Self { holder, _folder: folder };
        run(Command::new("ip")
            .args(["link", "add", "cable", "type", "veth", "peer", "name", "plug", "netns"])
            .arg(pid.to_string()));
        run(Command::new("ip").args(["address", "add", &format!("{HERE}/24"), "dev", "cable"]));
        run(Command::new("ip").args(["link", "set", "cable", "up"]));
        there.runs(&["ip", "address", "add", &format!("{THERE}/24"), "dev", "plug"]);
        there.runs(&["ip", "link", "set", "lo", "up"]);
        there.runs(&["ip", "link", "set", "plug", "up"]);
        there
    }

    /// A command of that machine, not yet started.
    pub fn command(&mut self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/proc/{}/ns/net", self.holder.child().id())).args(["--", program]);
        command
    }

    /// Lets no datagram of that machine through.
    pub fn drops_udp(&mut self) {
        self.runs(&["iptables", "-A", "OUTPUT", "-o", "plug", "-p", "udp", "-j", "DROP"]);
    }

    /// Loses so many in a hundred of the datagrams of that machine on their way here, which it does not notice.
    pub fn loses(&self, percent: u8) {
        let share = format!("{:.2}", f64::from(percent) / 100.0);
        let rule = ["-A", "INPUT", "-i", "cable", "-p", "udp", "-m", "statistic", "--mode", "random"];
        run(Command::new("iptables").args(rule).args(["--probability", &share, "-j", "DROP"]));
    }

    /// Lets nothing through in either direction, without a word: a lift, a tunnel.
    pub fn goes_dark(&mut self) {
        self.runs(&["iptables", "-I", "OUTPUT", "-o", "plug", "-j", "DROP"]);
        self.runs(&["iptables", "-I", "INPUT", "-i", "plug", "-j", "DROP"]);
    }

    /// The end of that.
    pub fn comes_back(&mut self) {
        self.runs(&["iptables", "-D", "OUTPUT", "-o", "plug", "-j", "DROP"]);
        self.runs(&["iptables", "-D", "INPUT", "-i", "plug", "-j", "DROP"]);
    }

    /// Pulls the plug, which that machine notices, or puts it back.
    pub fn is_plugged(&mut self, plugged: bool) {
        self.runs(&["ip", "link", "set", "plug", if plugged { "up" } else { "down" }]);
    }

    #[track_caller]
    fn runs(&mut self, words: &[&str]) {
        run(self.command(words[0]).args(&words[1..]));
    }
}

/// Puts this thread, and whatever it starts from here on, into a network of its own.
pub fn alone() {
    // SAFETY: it takes no pointers, and changes only which network this thread sees.
    let moved = unsafe { libc::unshare(libc::CLONE_NEWNET) };
    assert_eq!(moved, 0, "a network namespace is for root: {}", std::io::Error::last_os_error());
    run(Command::new("ip").args(["link", "set", "lo", "up"]));
}

#[track_caller]
fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}
