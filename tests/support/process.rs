//! A program started by a test: it never outlives the test, and its output is kept.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::wait_for;

pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts the command; what it prints goes to the file `log`.
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let _ = std::fs::remove_file(log);
        Self::start_with(command.stdin(Stdio::null()).stdout(append(log)), log)
    }

    /// Starts the command, whose standard input and output the caller has set.
    pub fn start_with(command: &mut Command, log: &Path) -> Self {
        let name = Path::new(command.get_program()).file_name().unwrap().to_string_lossy().into_owned();
        command.stderr(append(log));
        // SAFETY: both calls are async-signal-safe. The child is killed when the thread of its test ends.
        // Where it is allowed, it goes before other work of the machine, such as compilers: a phone that
        // is kept waiting tears holes into sound, which is not what these tests look for.
        unsafe {
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                libc::sched_setscheduler(0, libc::SCHED_RR, &libc::sched_param { sched_priority: 1 });
                Ok(())
            });
        }
        let child = command.spawn().unwrap_or_else(|e| panic!("{name} does not start: {e}"));
        Self { name, child, log: log.to_owned() }
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    pub fn signal(&self, signal: i32) {
        // SAFETY: the child has not been waited for, so the id is still its own.
        unsafe { libc::kill(self.child.id() as i32, signal) };
    }

    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        wait_for(&format!("{} to end", self.name), limit, || self.child.try_wait().unwrap())
    }

    /// Asks the program to end, and makes it end if it does not.
    pub fn stop(&mut self, patience: Duration) {
        self.signal(libc::SIGTERM);
        let deadline = std::time::Instant::now() + patience;
        while self.has_ended().is_none() && std::time::Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.has_ended().is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(60).collect();
            eprintln!("--- {} said last ({}):", self.name, self.log.display());
            tail.iter().rev().for_each(|line| eprintln!("{line}"));
        }
    }
}

fn append(log: &Path) -> File {
    File::options().create(true).append(true).open(log).unwrap_or_else(|e| panic!("{}: {e}", log.display()))
}
