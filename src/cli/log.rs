//! The log: written to standard error by a thread of its own.
//!
//! Whoever logs never waits, neither for a terminal that scrolls nor for a pipe that nobody reads. Lines
//! wait up to a bound; what is beyond is left out, and the next line that gets through says how many.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// What is logged unless `HOVOR_LOG` says something else.
const DEFAULT: &str = "info,sqlx=warn";
/// Lines that wait at most: some megabytes.
const WAITING: usize = 16_384;
/// How long the end of the program waits for lines that are not written yet.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Starts the log, in colour only where a person reads. Hold what is returned until the program ends.
///
/// # Errors
/// What is wrong with `HOVOR_LOG`.
pub fn start() -> Result<Log, String> {
    let wanted = std::env::var("HOVOR_LOG").ok().filter(|text| !text.trim().is_empty());
    let filter = tracing_subscriber::EnvFilter::try_new(wanted.as_deref().unwrap_or(DEFAULT));
    let filter = filter.map_err(|error| {
        format!("HOVOR_LOG cannot be read: {error}; write a level such as info, or info,hovor::server=debug")
    })?;
    let (log, lines) = Log::to(io::stderr(), WAITING);
    let to = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines);
    to.with_ansi(io::stderr().is_terminal()).init();
    Ok(log)
}

/// The thread that writes. Dropping it waits for what is not written yet, but not for ever.
pub struct Log {
    orders: SyncSender<Order>,
    done: Mutex<Receiver<()>>,
}

/// Takes lines without waiting, each in one write.
#[derive(Clone)]
pub struct Lines {
    orders: SyncSender<Order>,
    lost: Arc<AtomicU64>,
}

enum Order {
    Line(Vec<u8>),
    /// Tell when all before is written.
    Flush,
}

impl Log {
    fn to(sink: impl Write + Send + 'static, waiting: usize) -> (Log, Lines) {
        let (orders, lines) = sync_channel(waiting);
        let (tell, done) = sync_channel(1);
        let lost = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&lost);
        // Without a thread there is no log; the program itself can do without.
        let _ = thread::Builder::new().name("log".into()).spawn(move || run(&lines, sink, &counted, &tell));
        (Log { orders: orders.clone(), done: Mutex::new(done) }, Lines { orders, lost })
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if self.orders.try_send(Order::Flush).is_ok() {
            let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = done.recv_timeout(LAST_LINES);
        }
    }
}

fn run(orders: &Receiver<Order>, mut sink: impl Write, lost: &AtomicU64, done: &SyncSender<()>) {
    while let Ok(order) = orders.recv() {
        // Nobody is left to be told that nobody reads.
        let _ = match order {
            Order::Line(line) => match lost.swap(0, Ordering::Relaxed) {
                0 => sink.write_all(&line),
                lost => writeln!(sink, "hovor: {lost} lines of the log were left out: nobody read them")
                    .and_then(|()| sink.write_all(&line)),
            },
            Order::Flush => {
                let flushed = sink.flush();
                let _ = done.try_send(());
                flushed
            }
        };
    }
}

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.orders.try_send(Order::Line(line.to_vec())).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that reads nothing until it is let.
    struct Slow {
        gate: Receiver<()>,
        read: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.gate.recv();
            self.read.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whoever_logs_does_not_wait_for_the_reader_and_lines_left_out_are_counted() {
        let (open, gate) = sync_channel(100);
        let read = Arc::new(Mutex::new(vec![]));
        let (log, mut lines) = Log::to(Slow { gate, read: Arc::clone(&read) }, 3);
        for n in 0..50 {
            lines.write_all(format!("{n}\n").as_bytes()).unwrap();
        }
        drop(open);
        while lines.lost.load(Ordering::Relaxed) > 0 {
            thread::yield_now();
        }
        lines.write_all(b"last\n").unwrap();
        // The end waits a moment only, which a busy machine may need for less.
        while !read.lock().unwrap().ends_with(b"last\n") {
            thread::yield_now();
        }
        drop(log);
        let text = String::from_utf8(read.lock().unwrap().clone()).unwrap();
        let count: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("hovor: "))
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let written = text.lines().filter(|line| line.parse::<u32>().is_ok()).count();
        assert_eq!(written + count, 50, "{text}");
        assert!(text.ends_with("last\n"), "{text}");
    }

    #[test]
    fn the_end_does_not_wait_for_ever_for_a_reader_that_reads_nothing() {
        let (_open, gate) = sync_channel(0);
        let (log, mut lines) = Log::to(Slow { gate, read: Arc::default() }, 3);
        lines.write_all(b"stuck").unwrap();
        drop(log);
    }
}
