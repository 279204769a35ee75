//! No more files can be opened.

use std::time::Duration;

use crate::live;
use crate::phone::{Failed, Phone};
use crate::support::hovor::Hovor;
use crate::support::wait_for;

/// Sets how many files a process may have open; gives how many it was.
fn limit(pid: u32, files: u64) -> u64 {
    let mut before = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointers are to limits that outlive the calls; the process is our child.
    unsafe {
        assert_eq!(libc::prlimit(pid as i32, libc::RLIMIT_NOFILE, std::ptr::null(), &raw mut before), 0);
        let new = libc::rlimit { rlim_cur: files, ..before };
        assert_eq!(libc::prlimit(pid as i32, libc::RLIMIT_NOFILE, &raw const new, std::ptr::null_mut()), 0);
    }
    before.rlim_cur
}

#[test]
fn at_the_limit_of_open_files_new_calls_are_refused_and_live_ones_go_on() {
    let mut hovor = Hovor::start();
    let pid = hovor.pid();
    live::during(&mut hovor, |hovor| {
        // The lowest number that is free is the limit from now on.
        let before = limit(pid, 3);
        let mut phone = Phone::new("refused", hovor.sip_port, 3);
        for _ in 0..5 {
            let refused = phone.call("600", Duration::from_secs(3), None).err();
            assert_eq!(refused, Some(Failed::Refused(503)));
        }
        limit(pid, before);
        wait_for("a call to be answered again", Duration::from_secs(3), || {
            let dialog = phone.call("600", Duration::from_secs(1), None).ok()?;
            Some(phone.hang_up(&dialog))
        });
        assert!(hovor.metric("hovor_media_ports_refused_total").unwrap() >= 5.0);
        assert_eq!(hovor.get("/healthz").status, 200);
        let (open, most) = (hovor.metric("hovor_open_files"), hovor.metric("hovor_open_files_limit"));
        assert!(open > Some(10.0) && most == Some(before as f64), "{open:?} of {most:?}");
    });
    assert!(hovor.log().contains("no ports for the sound of a call"), "the log says what is short");
}
