//! The certificate that proves who we are over TLS: read when the program starts, and again when its files change
//! or somebody asks for it.

use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::{error, info, warn};

use super::StartError;
use super::clock::Clock;
use crate::config::{Config, TlsFiles};
use crate::sip::transport::tls::{Certificate, Facts, Ready, self_signed};
use crate::time::UnixMs;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long before its end a certificate is complained about. Those that renew by themselves do so a month before.
const SOON: Duration = Duration::from_secs(21 * 86_400);
/// How often it is complained about.
const COMPLAIN_EVERY: Duration = Duration::from_secs(86_400);

/// Our certificate and where it comes from.
pub struct Certificates {
    shown: Certificate,
    files: Option<TlsFiles>,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What is shown.
    facts: Option<Facts>,
    /// What the files looked like when they were read last.
    read: Option<Stamp>,
    complained: Option<UnixMs>,
}

/// What tells that a file was changed: links are followed, so that turning one counts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp([Option<(u64, u64, i64, i64)>; 2]);

impl Certificates {
    /// Reads the certificate, if there is to be one. One of our own is made the first time.
    ///
    /// # Errors
    /// It is of no use. One that has expired is shown all the same, for whoever does not look.
    pub async fn open(config: &Config, clock: &Clock) -> Result<Arc<Self>, StartError> {
        // Nobody needs a certificate who neither listens nor was told of one.
        let listens = !config.sip_tls.is_empty() || config.https.is_some();
        let files = config.tls.clone().filter(|_| !config.demo || listens);
        let own = config.tls_self_signed.clone();
        let opened =
            Self { shown: Certificate::default(), files, clock: clock.clone(), state: Mutex::default() };
        let opened = tokio::task::spawn_blocking(move || opened.read_first(&own)).await;
        opened.map_err(|fault| fault.to_string())?.map(Arc::new)
    }

    fn read_first(self, own: &[String]) -> Result<Self, StartError> {
        let Some(files) = &self.files else { return Ok(self) };
        if !own.is_empty() && !files.certificate.exists() {
            let names: Vec<&str> = own.iter().map(String::as_str).collect();
            make(files, &names)
                .map_err(|error| format!("cannot make a certificate for {}: {error}", own.join(", ")))?;
        }
        let stamp = Stamp::of(files);
        let (ready, facts) =
            Ready::read(&files.certificate, &files.key).map_err(|why| format!("no TLS: {why}"))?;
        self.take_over(ready, facts, stamp);
        self.complain();
        Ok(self)
    }

    /// What TLS is to show; always the newest.
    pub fn shown(&self) -> Certificate {
        self.shown.clone()
    }

    /// When our certificate ends, in seconds since 1970.
    pub fn ends(&self) -> Option<i64> {
        self.lock().facts.as_ref().map(|facts| facts.not_after)
    }

    /// Reads the files again. If anything is wrong with them, the certificate before stays in force.
    pub async fn reload(self: &Arc<Self>) {
        let certificates = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || certificates.read_again()).await;
        if let Err(fault) = done {
            error!(%fault, "reading the certificate failed");
        }
    }

    /// Reads the files again whenever they change and have come to rest.
    pub async fn watch(self: Arc<Self>) {
        let Some(files) = self.files.clone() else { return };
        let mut seen = self.lock().read.clone();
        loop {
            pause().await;
            let files = files.clone();
            let Ok(now) = tokio::task::spawn_blocking(move || Stamp::of(&files)).await else { return };
            // Whoever writes two files is given the time between two looks.
            let rests = seen.replace(now.clone()) == Some(now.clone());
            if rests && self.lock().read.as_ref() != Some(&now) {
                self.reload().await;
            }
            self.complain();
        }
    }

    fn read_again(&self) {
        let Some(files) = &self.files else { return };
        let stamp = Stamp::of(files);
        let read = Ready::read(&files.certificate, &files.key).and_then(|(ready, facts)| {
            match facts.not_after <= self.clock.wall().0 / 1_000 {
                true => Err(format!("{} has expired already", files.certificate.display())),
                false => Ok((ready, facts)),
            }
        });
        match read {
            Ok((ready, facts)) => self.take_over(ready, facts, stamp),
            Err(why) => {
                self.lock().read = Some(stamp);
                error!("the new certificate for TLS is of no use, the one before stays in force: {why}");
            }
        }
    }

    fn take_over(&self, ready: Ready, facts: Facts, stamp: Stamp) {
        self.shown.show(ready);
        let names = facts.names.join(", ");
        info!(names, ends = %day(facts.not_after), "the certificate for TLS is in force");
        *self.lock() = State { facts: Some(facts), read: Some(stamp), complained: None };
    }

    /// Says when the certificate ends soon, once a day.
    fn complain(&self) {
        let now = self.clock.wall();
        let mut state = self.lock();
        let Some(ends) = state.facts.as_ref().map(|facts| facts.not_after) else { return };
        let since = |last: UnixMs| now.0.saturating_sub(last.0);
        let said = state
            .complained
            .is_some_and(|last| u128::try_from(since(last)).unwrap_or(0) < COMPLAIN_EVERY.as_millis());
        let left = ends.saturating_sub(now.0 / 1_000);
        if said || left > i64::try_from(SOON.as_secs()).unwrap_or(i64::MAX) {
            return;
        }
        state.complained = Some(now);
        match left {
            ..=0 => {
                error!(ended = %day(ends), "the certificate for TLS has expired: phones and providers refuse it")
            }
            _ => warn!(ends = %day(ends), "the certificate for TLS ends soon"),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stamp {
    fn of(files: &TlsFiles) -> Self {
        let look = |path: &Path| {
            let found = std::fs::metadata(path).ok()?;
            Some((found.ino(), found.size(), found.mtime(), found.mtime_nsec()))
        };
        Self([look(&files.certificate), look(&files.key)])
    }
}

/// Makes a certificate for these names, and its key, for this user alone.
fn make(files: &TlsFiles, names: &[&str]) -> io::Result<()> {
    let (certificate, key) = self_signed(names).map_err(io::Error::other)?;
    let folder = files.key.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // The key first: where there is a certificate, its key is there too.
    for (path, text) in [(&files.key, key), (&files.certificate, certificate)] {
        let mut file =
            std::fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)?;
        io::Write::write_all(&mut file, text.as_bytes())?;
    }
    Ok(())
}

fn day(seconds: i64) -> String {
    let at = jiff::Timestamp::from_second(seconds);
    at.map_or_else(|_| "never".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

#[expect(clippy::disallowed_methods, reason = "a driver looks at files from time to time")]
async fn pause() {
    tokio::time::sleep(LOOK_EVERY).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("hovor-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn files(&self) -> TlsFiles {
            TlsFiles { certificate: self.0.join("own.crt"), key: self.0.join("own.key") }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn opened(folder: &Folder) -> Arc<Certificates> {
        let (shown, files) = (Certificate::default(), Some(folder.files()));
        let opened = Certificates { shown, files, clock: Clock::start(), state: Mutex::default() };
        Arc::new(opened.read_first(&["one.example".to_owned()]).unwrap())
    }

    fn names(certificates: &Certificates) -> Vec<String> {
        certificates.lock().facts.clone().unwrap().names
    }

    #[tokio::test]
    async fn a_new_certificate_is_taken_over_and_a_bad_one_is_not() {
        let folder = Folder::new("certificates");
        let certificates = opened(&folder);
        assert!(names(&certificates).contains(&"one.example".to_owned()));
        make(&folder.files(), &["two.example"]).unwrap();
        certificates.reload().await;
        assert_eq!(names(&certificates), ["two.example"]);
        std::fs::write(folder.files().certificate, "nothing").unwrap();
        certificates.reload().await;
        assert_eq!(names(&certificates), ["two.example"]);
        let (_, other) = self_signed(&["three.example"]).unwrap();
        make(&folder.files(), &["three.example"]).unwrap();
        std::fs::write(folder.files().key, other).unwrap();
        certificates.reload().await;
        assert_eq!(names(&certificates), ["two.example"], "the key of another certificate");
    }

    #[test]
    fn the_key_that_the_demo_makes_is_for_this_user_alone() {
        let folder = Folder::new("demo-key");
        let certificates = opened(&folder);
        let mode = std::fs::metadata(folder.files().key).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600);
        let first = std::fs::read(folder.files().certificate).unwrap();
        drop(certificates);
        opened(&folder);
        assert_eq!(std::fs::read(folder.files().certificate).unwrap(), first, "made once");
    }
}
