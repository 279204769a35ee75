//! A server under test: started in a group of its own, measured from outside, ended with all its children.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::clock;

/// CPU-ms in half a second of a server that does nothing.
const AT_REST: f64 = 10.0;

pub struct Process {
    child: Child,
    log: PathBuf,
    /// All processes of its group, once it serves: looking for them takes too long to be done in a measurement.
    members: Vec<u32>,
}

impl Process {
    /// Starts the command; what it says goes to `log`.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self, String> {
        let wrong = |error: std::io::Error| format!("{}: {error}", command_name(command));
        let file = File::create(log).map_err(wrong)?;
        let other = file.try_clone().map_err(wrong)?;
        command.stdin(Stdio::null()).stdout(file).stderr(other).process_group(0);
        // SAFETY: both calls are async-signal-safe. The child ends with us, and does not inherit our haste.
        unsafe {
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                libc::setpriority(libc::PRIO_PROCESS, 0, 0);
                Ok(())
            });
        }
        let child = command.spawn().map_err(|error| format!("{}: {error}", command_name(command)))?;
        Ok(Self { child, log: log.to_owned(), members: vec![] })
    }

    /// Waits until `is_ready`, for half a minute.
    pub fn wait_until(&mut self, mut is_ready: impl FnMut() -> bool) -> Result<(), String> {
        for _ in 0..600 {
            if is_ready() {
                self.members = group(self.child.id());
                return Ok(());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("it ended with {status}; it said:\n{}", self.last_words()));
            }
            clock::pause(0.05);
        }
        Err(format!("it does not serve; it said:\n{}", self.last_words()))
    }

    /// Waits until it is at rest: what a program does once after its start is no cost of a call.
    pub fn settle(&self) -> Result<(), String> {
        for _ in 0..120 {
            let before = self.cpu_ms();
            clock::pause(0.5);
            if self.cpu_ms() - before <= AT_REST {
                return Ok(());
            }
        }
        Err("it does not come to rest within a minute".to_owned())
    }

    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Asks it to end, and waits until it has.
    pub fn end(&mut self) {
        self.signal(libc::SIGTERM);
        for _ in 0..20 {
            if self.has_ended() {
                return;
            }
            clock::pause(0.05);
        }
        self.signal(libc::SIGKILL);
        let _ = self.child.wait();
    }

    pub fn last_words(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// CPU time of the server and of all its children that live, user and system, in milliseconds
    /// (proc(5), fields 14 and 15 of `stat`).
    pub fn cpu_ms(&self) -> f64 {
        let ticks: u64 = self.stats().map(|stat| stat.ticks).sum();
        // SAFETY: a plain call.
        let a_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
        ticks as f64 * 1e3 / a_second
    }

    /// Memory that is resident, of the server and its children, in kB. What several of them share counts
    /// for each, so it is a fair figure for a single process only.
    pub fn resident_kb(&self) -> f64 {
        // SAFETY: a plain call.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as f64;
        self.stats().map(|stat| stat.pages as f64).sum::<f64>() * page / 1024.0
    }

    fn stats(&self) -> impl Iterator<Item = Stat> {
        self.members.iter().copied().filter_map(Stat::read)
    }

    fn signal(&self, signal: libc::c_int) {
        // SAFETY: a plain call; the group is our child's own, which has not been waited for.
        unsafe { libc::kill(-(self.child.id() as i32), signal) };
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
        // Children that outlived their parent are in the group still.
        self.signal(libc::SIGKILL);
    }
}

fn group(leader: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| Stat::read(*pid).is_some_and(|stat| stat.group == leader)).collect()
}

/// What one process has used.
struct Stat {
    group: u32,
    ticks: u64,
    pages: u64,
}

impl Stat {
    fn read(pid: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name may hold spaces and ends with the last parenthesis; the state is field 3.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        Some(Self { group: number(5)? as u32, ticks: number(14)? + number(15)?, pages: number(24)? })
    }
}

/// CPU time of this process so far, in milliseconds.
pub fn own_cpu_ms() -> f64 {
    used_ms(libc::RUSAGE_SELF)
}

/// CPU time of all processes that were started here and have ended, in milliseconds.
pub fn ended_cpu_ms() -> f64 {
    used_ms(libc::RUSAGE_CHILDREN)
}

fn used_ms(whose: libc::c_int) -> f64 {
    // SAFETY: zeros are a valid rusage, which the call fills.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(whose, &raw mut usage);
        usage
    };
    let ms = |time: libc::timeval| time.tv_sec as f64 * 1e3 + time.tv_usec as f64 / 1e3;
    ms(usage.ru_utime) + ms(usage.ru_stime)
}

fn command_name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// A folder that goes when it is no longer used.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Result<Self, String> {
        let name = format!("hovor-load-{}-{:x}-{name}", std::process::id(), clock::now());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file in it.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
