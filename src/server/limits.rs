//! How many files the process may have open: each port for sound is one.
#![allow(unsafe_code)]

use std::ops::RangeInclusive;

use tracing::warn;

/// Files beside the ports: the database, the log, connections for SIP; and those to the web interface.
const OTHERS: u64 = 512 + super::web::CONNECTIONS as u64;

/// Takes as many open files as the system grants. Shells and systemd begin with a limit of 1,024, which
/// is there for programs that use `select` and would end at some 250 calls.
pub fn raise_open_files(rtp_ports: &RangeInclusive<u16>) {
    let wanted = u64::from(rtp_ports.end() - rtp_ports.start()) + 1 + OTHERS;
    match raised(wanted) {
        Some(limit) if limit < wanted => warn!(
            limit,
            wanted,
            "too few open files for all ports of --rtp-ports; raise the limit (LimitNOFILE, ulimit -Hn)"
        ),
        _ => {}
    }
}

/// Raises the soft limit to what is wanted, or as far as the hard one allows; gives what holds then.
fn raised(wanted: u64) -> Option<u64> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a valid rlimit, which the call fills.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) } != 0 {
        return None;
    }
    let before = limit.rlim_cur;
    if before >= wanted {
        return Some(before);
    }
    limit.rlim_cur = wanted.min(limit.rlim_max);
    // SAFETY: the pointer is to a valid rlimit, which the call only reads.
    let set = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) } == 0;
    Some(if set { limit.rlim_cur } else { before })
}

/// How many files the process has open, and how many it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFiles {
    pub open: u64,
    pub limit: u64,
}

/// Looks how many files are open. Where not even that can be done for want of one, all of them are.
pub fn open_files() -> Option<OpenFiles> {
    let limit = raised(0)?;
    let open = match std::fs::read_dir("/proc/self/fd") {
        // One of them is the folder that is read.
        Ok(entries) => u64::try_from(entries.count()).ok()?.saturating_sub(1),
        Err(_) => limit,
    };
    Some(OpenFiles { open, limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_opened_is_counted() {
        let files: Vec<_> = (0..50).map(|_| std::fs::File::open("/dev/null").unwrap()).collect();
        let OpenFiles { open, limit } = open_files().unwrap();
        assert!((files.len() as u64..=limit).contains(&open), "{open} of {limit}");
    }

    #[test]
    fn the_limit_is_never_lowered() {
        let before = raised(0).unwrap();
        assert_eq!(raised(before / 2), Some(before));
        assert!(raised(before + 1).unwrap() >= before);
    }
}
