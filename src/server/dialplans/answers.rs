//! What the web interface is told of the dialplan files.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use axum::http::StatusCode;

use super::diff;
use super::folder::Files;
use super::keeper::{Keeper, NoRollback};
use super::version::Version;
use crate::api::Problem;
use crate::api::dialplans::{
    DialplanView, Dialplans, DiffView, FaultView, FileDiffView, VersionFilesView, VersionView,
};
use crate::server::loader::Again;
use crate::server::requests::Handle;

#[async_trait]
impl Dialplans for Handle {
    async fn dialplan(&self) -> DialplanView {
        let standing = self.loader.shown().standing;
        let refused = standing.refused;
        let problems = refused.iter().flat_map(|refused| &refused.problems);
        let problems = problems.take(FAULTS_MAX).map(FaultView::of).collect();
        // For whoever reads it in another folder than the one this program was started in.
        let folder = std::path::absolute(&self.dialplans).unwrap_or_else(|_| self.dialplans.to_path_buf());
        let folder = folder.display().to_string();
        let watched_by = if self.told.load(Ordering::Relaxed) { "events" } else { "looking" }.to_owned();
        let (loads, refusals) = (standing.loads, standing.refusals);
        let refused_at = refused.map(|refused| refused.since);
        let nothing =
            DialplanView { folder, watched_by, loads, refusals, refused_at, problems, ..Default::default() };
        let Some(in_force) = standing.in_force else { return nothing };
        DialplanView {
            version: in_force.version,
            hash: Some(in_force.hash),
            origin: Some(in_force.origin.to_string()),
            in_force_at: Some(in_force.since),
            files: in_force.files.keys().cloned().collect(),
            numbers: in_force.numbers,
            warnings: in_force.warnings.iter().map(FaultView::of).collect(),
            ..nothing
        }
    }

    async fn reload_dialplan(&self) -> Result<DialplanView, Problem> {
        self.loader.apply(self, Again::Files).await?;
        Ok(self.dialplan().await)
    }

    async fn dialplan_versions(&self) -> Result<Vec<VersionView>, Problem> {
        let views = self.loader.with_keeper(|keeper| {
            let in_force = keeper.standing().in_force.as_ref().and_then(|in_force| in_force.version);
            let views = keeper.shelf().newest_first().map(|version| view(version, in_force));
            views.collect()
        });
        Ok(views.await?)
    }

    async fn dialplan_version(&self, number: u64) -> Result<VersionFilesView, Problem> {
        let found = self.loader.with_keeper(move |keeper| {
            let files = files(keeper, &number.to_string())?;
            let in_force = keeper.standing().in_force.as_ref().and_then(|in_force| in_force.version);
            let version = keeper.shelf().version(number).map(|version| view(version, in_force));
            version.map(|version| VersionFilesView { version, files }).ok_or_else(|| unknown(String::new()))
        });
        found.await?
    }

    async fn dialplan_diff(&self, from: Option<String>, to: Option<String>) -> Result<DiffView, Problem> {
        let found = self.loader.with_keeper(move |keeper| {
            let to = to.unwrap_or_else(|| DISK.to_owned());
            let after = files(keeper, &to)?;
            let from = match from {
                Some(from) => from,
                None => before(keeper, &after),
            };
            let before = files(keeper, &from)?;
            let (from, to) = (named(&from), named(&to));
            let files = diff::diff(&before, &after, (&from, &to)).into_iter().map(|file| FileDiffView {
                path: file.path,
                change: file.change.to_owned(),
                text: file.text,
            });
            let files = files.collect();
            Ok(DiffView { from, to, files })
        });
        found.await?
    }

    async fn roll_back_dialplan(&self, to: Option<u64>) -> Result<DialplanView, Problem> {
        let done = self.loader.change(self, move |keeper, world, now| keeper.roll_back(to, world, now));
        done.await?.map_err(|why| match why {
            NoRollback::Unknown(what) => unknown(what),
            NoRollback::Invalid(what) => Problem::new(StatusCode::CONFLICT, what),
            NoRollback::Failed(what) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, what),
        })?;
        Ok(self.dialplan().await)
    }
}

/// Faults shown at once. Whoever mends these sees the rest.
const FAULTS_MAX: usize = 100;
/// The files on the disk, and those in force, where a version is named.
const DISK: &str = "disk";
const IN_FORCE: &str = "force";

/// The files of a version, of the disk, or in force.
fn files(keeper: &Keeper, which: &str) -> Result<Files, Problem> {
    match which {
        DISK => Ok(keeper.files_on_disk()),
        IN_FORCE => {
            let in_force = keeper.standing().in_force.as_ref();
            Ok(in_force.map(|in_force| (*in_force.files).clone()).unwrap_or_default())
        }
        number => match number.parse() {
            Ok(number) => keeper.files_of(number).map_err(unknown),
            Err(_) => Err(unknown(format!(
                "`{number}` is no version; say a number of `hovor dialplan history`, `{DISK}` for the files as they \
                 are now, or `{IN_FORCE}` for those in force"
            ))),
        },
    }
}

/// What the files `after` are compared with if nothing is said: what is in force, or if that is the same,
/// what was in force before.
fn before(keeper: &Keeper, after: &Files) -> String {
    let same = keeper.standing().in_force.as_ref().is_some_and(|in_force| *in_force.files == *after);
    match keeper.version_before() {
        Some(number) if same => number.to_string(),
        _ => IN_FORCE.to_owned(),
    }
}

fn named(which: &str) -> String {
    match which {
        DISK => "on disk".to_owned(),
        IN_FORCE => "in force".to_owned(),
        number => format!("version {number}"),
    }
}

fn view(version: &Version, in_force: Option<u64>) -> VersionView {
    VersionView {
        version: version.number,
        kept_at: version.at,
        origin: version.origin.to_string(),
        hash: version.hash.clone(),
        files: version.files,
        added: version.changes.added.clone(),
        changed: version.changes.changed.clone(),
        removed: version.changes.removed.clone(),
        in_force: Some(version.number) == in_force,
    }
}

fn unknown(what: String) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, what)
}
