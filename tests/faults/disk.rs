//! The disk is full, or may not be written to. Needs the right to mount: a small disk of the test's own.

use std::ffi::CString;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::database::whole_sessions;
use crate::live;
use crate::phone::Phone;
use crate::support::folder::Folder;
use crate::support::hovor::Hovor;
use crate::support::wait_for;

/// A disk of so many megabytes in memory.
struct Disk {
    folder: Folder,
}

impl Disk {
    fn new(megabytes: u32) -> Self {
        let disk = Self { folder: Folder::new("disk") };
        mount("tmpfs", disk.path(), libc::MS_NOSUID, &format!("size={megabytes}m,mode=700"));
        disk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the room there is; removing the file gives it back.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut file = File::create(&path).unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
        while file.write_all(&[1]).is_ok() {}
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        unmount(self.path());
    }
}

/// A folder in which nothing can be opened for writing, for as long as this lives. What is open stays so.
struct ReadOnly {
    path: PathBuf,
}

impl ReadOnly {
    fn over(path: &Path) -> Self {
        mount(path.to_str().unwrap(), path, libc::MS_BIND, "");
        let read_only = Self { path: path.to_owned() };
        mount("", path, libc::MS_REMOUNT | libc::MS_BIND | libc::MS_RDONLY, "");
        read_only
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        unmount(&self.path);
    }
}

fn mount(source: &str, path: &Path, flags: libc::c_ulong, options: &str) {
    let text = |text: &str| CString::new(text).unwrap();
    let (source, path, options) = (text(source), text(path.to_str().unwrap()), text(options));
    // SAFETY: all pointers are to strings that outlive the call.
    let done = unsafe {
        libc::mount(source.as_ptr(), path.as_ptr(), c"tmpfs".as_ptr(), flags, options.as_ptr().cast())
    };
    assert_eq!(done, 0, "cannot mount: {}", std::io::Error::last_os_error());
}

/// Takes the last mount away.
fn unmount(path: &Path) {
    let path = CString::new(path.to_str().unwrap()).unwrap();
    // SAFETY: the pointer is to a string that outlives the call.
    unsafe { libc::umount2(path.as_ptr(), libc::MNT_DETACH) };
}

/// Speaks after the tone of 603 for a while, and hangs up.
fn record(hovor: &Hovor, seconds: f64) {
    let mut phone = Phone::new("speaker", hovor.sip_port, 5);
    let dialog = phone.call("603", Duration::from_secs(5), None).unwrap();
    phone.talk(&dialog, Duration::from_secs_f64(seconds));
    phone.hang_up(&dialog);
}

#[test]
fn on_a_full_disk_calls_go_on_and_are_written_down_when_there_is_room_again() {
    let disk = Disk::new(24);
    let mut hovor = Hovor::start_at(disk.path(), &[], &[]);
    live::during(&mut hovor, |hovor| {
        let filler = disk.fill();
        for _ in 0..20 {
            live::answered(hovor, "600", Duration::from_secs(2));
        }
        wait_for("the trouble to be seen", Duration::from_secs(10), || {
            (hovor.metric("hovor_store_healthy") == Some(0.0)).then_some(())
        });
        let health = hovor.get("/healthz");
        assert!(health.status == 503 && health.body.contains("disk is full"), "{}", health.body);
        // The prompt before the recording takes some seconds.
        record(hovor, 9.0);
        wait_for("the recording to fail", Duration::from_secs(10), || {
            (hovor.metric("hovor_recordings_failed_total") >= Some(1.0)).then_some(())
        });
        let recordings = std::fs::read_dir(disk.path().join("recordings")).unwrap().count();
        assert_eq!(recordings, 0, "half of a recording takes room and is of no use");
        live::answered(hovor, "600", Duration::from_secs(2));
        std::fs::remove_file(filler).unwrap();
        wait_for("the health", Duration::from_secs(10), || {
            (hovor.get("/healthz").status == 200).then_some(())
        });
        wait_for("the calls of the time between", Duration::from_secs(10), || {
            (whole_sessions(hovor, "another") == 21).then_some(())
        });
        assert!(hovor.metric("hovor_store_failures_total").unwrap() > 0.0);
    });
}

#[test]
fn a_message_that_finds_no_place_is_kept_when_there_is_one() {
    let disk = Disk::new(24);
    let hovor = Hovor::start_at(disk.path(), &[], &[]);
    let place = ReadOnly::over(&disk.path().join("voicemail"));
    let mut phone = Phone::new("speaker", hovor.sip_port, 6);
    let dialog = phone.call("622", Duration::from_secs(5), None).unwrap();
    phone.talk(&dialog, Duration::from_millis(1_500));
    phone.press(&dialog, 11);
    phone.talk(&dialog, Duration::from_secs(6));
    assert!(phone.hang_up(&dialog));
    wait_for("the trouble", Duration::from_secs(10), || {
        hovor.log().contains("no room for a message").then_some(())
    });
    let messages = || hovor.cli(&["voicemail", "--json"]);
    assert!(!messages().contains("speaker"), "{}", messages());
    drop(place);
    wait_for("the message", Duration::from_secs(10), || messages().contains("speaker").then_some(()));
}

#[test]
fn in_a_folder_that_may_only_be_read_it_does_not_start_and_says_why() {
    let disk = Disk::new(24);
    let mut hovor = Hovor::start_at(disk.path(), &[], &[]);
    hovor.stop();
    let read_only = ReadOnly::over(disk.path());
    let error = hovor.fails_to_restart();
    assert!(error.contains("Read-only file system") && error.contains("data"), "{error}");
    drop(read_only);
    hovor.restart_after_a_crash();
    live::answered(&hovor, "600", Duration::from_secs(2));
}

#[test]
fn a_disk_that_may_only_be_read_from_now_on_costs_recordings_and_no_calls() {
    let disk = Disk::new(24);
    let mut hovor = Hovor::start_at(disk.path(), &[], &[]);
    live::during(&mut hovor, |hovor| {
        let read_only = ReadOnly::over(disk.path());
        record(hovor, 9.0);
        wait_for("the recording to fail", Duration::from_secs(10), || {
            (hovor.metric("hovor_recordings_failed_total") == Some(1.0)).then_some(())
        });
        live::answered(hovor, "600", Duration::from_secs(2));
        drop(read_only);
        record(hovor, 9.0);
        assert_eq!(hovor.metric("hovor_recordings_failed_total"), Some(1.0));
    });
}
