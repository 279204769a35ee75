//! How the dialplan files fare: what is in force, and what is refused.

use std::sync::Arc;

use super::folder::Files;
use super::version::Origin;
use crate::dialplan::{Problem, Severity};
use crate::time::UnixMs;

/// Problems shown in the log and by the health check; the files hold the rest.
pub const SHOWN: usize = 20;

/// How the dialplan files fare.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    pub in_force: Option<InForce>,
    pub refused: Option<Refused>,
    /// Sets of files that were taken over since the start.
    pub loads: u64,
    /// Sets of files that were refused since the start.
    pub refusals: u64,
}

/// The files that callers meet.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The version; none if it could not be kept, or if there are no files.
    pub version: Option<u64>,
    pub hash: String,
    pub origin: Origin,
    pub since: UnixMs,
    pub files: Arc<Files>,
    pub numbers: Vec<String>,
    pub warnings: Vec<Problem>,
}

/// The files on the disk, which callers do not meet.
#[derive(Clone, Debug)]
pub struct Refused {
    pub since: UnixMs,
    pub problems: Vec<Problem>,
}

impl Standing {
    /// `ok`, or what is wrong with the dialplan files, each fault on a line with its file and place.
    pub fn health(&self) -> String {
        let in_force = self.in_force.as_ref();
        let Some(refused) = &self.refused else {
            return if in_force.is_some() { "ok" } else { "not loaded yet" }.to_owned();
        };
        let stays = match in_force.map(|in_force| in_force.version) {
            Some(Some(number)) => format!("refused; version {number} is in force"),
            Some(None) => "refused; those before are in force".to_owned(),
            None => "refused; none are in force".to_owned(),
        };
        let lines = errors(&refused.problems).take(SHOWN).map(|problem| format!("\n{}", problem.one_line()));
        lines.fold(stays, |text, line| text + &line)
    }
}

/// Those that keep files from being used.
pub fn errors(problems: &[Problem]) -> impl Iterator<Item = &Problem> {
    problems.iter().filter(|problem| problem.severity == Severity::Error)
}
