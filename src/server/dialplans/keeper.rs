//! Which dialplan files are in force, which were refused, and which versions there were.
//!
//! Everything here may wait for the disk: it runs on threads for waiting, one call at a time.

use std::path::PathBuf;
use std::sync::Arc;

use tracing::{error, info, warn};

use super::archive::{Archive, no_such};
use super::folder::{self, Files, Look, Reading};
use super::standing::{InForce, Refused, SHOWN, Standing, errors};
use super::version::{Origin, Shelf, Version, hash};
use super::write_back::write_back;
use crate::dialplan::{self, Plans, Problem, World};
use crate::server::files::{self, Sounds};
use crate::time::UnixMs;

/// Keeps the dialplan files of one company.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    media: PathBuf,
    archive: Archive,
    /// What stood on the disk when it was last read.
    reading: Arc<Reading>,
    sounds: Sounds,
    /// How the files of the sounds looked when they were read.
    media_look: Look,
    standing: Standing,
    /// What was checked last, with which names.
    checked: Option<(Arc<Reading>, World)>,
}

/// Why there is no rollback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRollback {
    /// There is no such version.
    Unknown(String),
    /// Its files are not valid today.
    Invalid(String),
    /// The files could not be written or read.
    Failed(String),
}

impl Keeper {
    /// A keeper that has read nothing yet, but found the versions in `versions`. A rollback that the end of
    /// the program cut short is completed; the origin is that of the files that are read first.
    pub fn open(folder: PathBuf, media: PathBuf, versions: PathBuf, now: UnixMs) -> (Self, Origin) {
        let archive = Archive::open(versions);
        let (reading, sounds, media_look) = (Arc::default(), Sounds::default(), Look::new());
        let standing = Standing::default();
        let checked = None;
        let mut keeper = Self { folder, media, archive, reading, sounds, media_look, standing, checked };
        let origin = keeper.complete_rollback(now);
        (keeper, origin)
    }

    /// How the files fare.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The versions that are kept.
    pub fn shelf(&self) -> &Shelf {
        self.archive.shelf()
    }

    /// The sounds there are.
    pub fn sounds(&self) -> &Sounds {
        &self.sounds
    }

    /// Reads the files on the disk again.
    pub fn read_files(&mut self) {
        self.reading = Arc::new(folder::read(&self.folder));
    }

    /// Reads again which sounds there are; gives the names of those whose content is another.
    pub fn read_sounds(&mut self) -> Vec<String> {
        let found = match folder::sounds(&self.media) {
            Ok(found) => found,
            Err(error) => {
                error!("cannot read {}: {error}; the sounds known before stay", self.media.display());
                return vec![];
            }
        };
        if found == self.media_look {
            return vec![];
        }
        let before = self.media_look.iter();
        let other = before.filter(|(path, stamp)| found.get(*path).is_some_and(|new| new != *stamp));
        let names = folder::names(&self.media, other.map(|(path, _)| path));
        self.sounds = files::sounds(&self.media);
        self.media_look = found;
        names.into_iter().collect()
    }

    /// Checks the files read last with these names. If all of them are good, gives the plans to be put in
    /// force. If not, those in force stay; where none is, the last version that was good is given. Nothing
    /// happens if neither files nor names are others than the last time.
    pub fn check(&mut self, world: &World, origin: Origin, now: UnixMs) -> Option<Plans> {
        let reading = Arc::clone(&self.reading);
        if self.checked.as_ref().is_some_and(|(files, names)| *files == reading && names == world) {
            return None;
        }
        self.checked = Some((Arc::clone(&reading), world.clone()));
        match self.load(&reading, world) {
            Ok(plans) => {
                self.accept(&reading.files, world, &plans, origin, now);
                Some(plans)
            }
            Err(problems) => {
                let plans = match self.standing.in_force {
                    None => self.fall_back(world, now),
                    Some(_) => None,
                };
                self.refuse(problems, now);
                plans
            }
        }
    }

    /// Writes a version back to the disk and gives its plans to be put in force. Without a number: the version
    /// in force, if the files on the disk are refused, else the one before it.
    pub fn roll_back(&mut self, to: Option<u64>, world: &World, now: UnixMs) -> Result<Plans, NoRollback> {
        let to = match to {
            Some(number) => number,
            None => self.version_before().ok_or_else(|| {
                NoRollback::Unknown("there is no earlier version of the dialplan files".to_owned())
            })?,
        };
        if self.shelf().version(to).is_none() {
            return Err(NoRollback::Unknown(no_such(to)));
        }
        let files = self.archive.files(to).map_err(NoRollback::Failed)?;
        let plans = dialplan::load(folder::sources(&self.folder, &files), world).map_err(|problems| {
            let lines: Vec<_> = errors(&problems).map(Problem::one_line).collect();
            let lines = lines.join("\n");
            NoRollback::Invalid(format!("version {to} is not valid for the company of today:\n{lines}"))
        })?;
        self.restore(to, &files, now).map_err(NoRollback::Failed)?;
        self.reading = Arc::new(Reading { files, problems: vec![] });
        let reading = Arc::clone(&self.reading);
        self.checked = Some((Arc::clone(&reading), world.clone()));
        self.accept(&reading.files, world, &plans, Origin::Rollback { to }, now);
        Ok(plans)
    }

    /// The files of a version.
    pub fn files_of(&self, number: u64) -> Result<Files, String> {
        self.archive.files(number)
    }

    /// What stands on the disk now.
    pub fn files_on_disk(&self) -> Files {
        folder::read(&self.folder).files
    }

    /// The version that callers met before today's, if it is kept.
    pub fn version_before(&self) -> Option<u64> {
        let number = self.standing.in_force.as_ref()?.version?;
        if self.standing.refused.is_some() {
            return Some(number);
        }
        let version = self.shelf().version(number)?;
        self.shelf().before(version).map(|before| before.number)
    }

    fn load(&self, reading: &Reading, world: &World) -> Result<Plans, Vec<Problem>> {
        let mut problems = reading.problems.clone();
        if problems.is_empty() && reading.files.is_empty() {
            // A disk that was not mounted, a folder that was moved: rather than callers of all numbers, people
            // with a shell get to know it.
            let had_some = match &self.standing.in_force {
                Some(in_force) => !in_force.files.is_empty(),
                None => self.newest_good().is_some(),
            };
            if had_some {
                let what = "the folder holds no dialplan file any more".to_owned();
                let help = "put the files back, or get them back with `hovor dialplan rollback`. To answer no number \
                            at all, leave one file there with the line `[numbers]`";
                return Err(vec![Problem::of_file(self.folder.display().to_string(), what, help)]);
            }
            // Once is enough: each change of the configuration reads the folder again.
            if self.standing.in_force.is_none() {
                warn!("{} has no dialplan files; no number will be answered", self.folder.display());
            }
        }
        match dialplan::load(folder::sources(&self.folder, &reading.files), world) {
            Ok(plans) if problems.is_empty() => Ok(plans),
            Ok(_) => Err(problems),
            Err(found) => {
                problems.extend(found);
                Err(problems)
            }
        }
    }

    /// The version in force; before the first reading, the newest that ever was.
    fn newest_good(&self) -> Option<&Version> {
        match &self.standing.in_force {
            Some(in_force) => self.shelf().version(in_force.version?),
            None => self.shelf().newest_first().find(|version| version.was_in_force()),
        }
    }

    /// These files are in force from now on.
    fn accept(&mut self, files: &Files, world: &World, plans: &Plans, origin: Origin, now: UnixMs) {
        let hash = hash(files);
        let known = self.newest_good().filter(|version| version.hash == hash).cloned();
        let version = match known {
            Some(version) => {
                self.archive.set_world(version.number, world);
                Some(version)
            }
            None if files.is_empty() => None,
            None => self.keep(files, world, origin, now),
        };
        let before = self.standing.in_force.take();
        let same = before.filter(|before| before.hash == hash);
        let (since, origin) = same.map_or((now, origin), |before| (before.since, before.origin));
        let number = version.map(|version| version.number);
        self.standing.in_force = Some(in_force(number, hash, origin, since, files, plans));
        self.standing.refused = None;
        self.standing.loads += 1;
        for warning in plans.warnings() {
            warn!("{warning}");
        }
        let numbers: Vec<_> = plans.numbers().collect();
        info!(version = number, files = plans.plans().len(), ?numbers, "dialplans in force");
    }

    fn keep(&mut self, files: &Files, world: &World, origin: Origin, now: UnixMs) -> Option<Version> {
        let in_force = self.standing.in_force.as_ref();
        let before = match in_force {
            Some(in_force) => Arc::clone(&in_force.files),
            None => Arc::new(
                self.newest_good().and_then(|v| self.archive.files(v.number).ok()).unwrap_or_default(),
            ),
        };
        let number = in_force.and_then(|in_force| in_force.version);
        match self.archive.keep(files, world, origin, now, &before, number) {
            Ok(version) => Some(version),
            Err(error) => {
                error!("{error}; they are in force all the same, but there is no way back to them");
                None
            }
        }
    }

    /// These files are not in force.
    fn refuse(&mut self, problems: Vec<Problem>, now: UnixMs) {
        let before = self.standing.refused.as_ref();
        if before.is_some_and(|before| before.problems == problems) {
            // Each change of the company checks the files again; one telling of their faults is enough.
            error!("the dialplan files have the same faults as before and are not used");
            return;
        }
        let stays = match &self.standing.in_force {
            Some(InForce { version: Some(number), .. }) => format!("version {number} stays in force"),
            Some(_) => "those before stay in force".to_owned(),
            None => "no number is answered by a dialplan".to_owned(),
        };
        let pictures: Vec<_> = errors(&problems).take(SHOWN).map(ToString::to_string).collect();
        let more = errors(&problems).count().saturating_sub(SHOWN);
        let more = if more > 0 { format!("\n… and {more} more") } else { String::new() };
        error!("the dialplan files have faults and are not used; {stays}:\n{}{more}", pictures.join("\n"));
        self.standing.refusals += 1;
        self.standing.refused = Some(Refused { since: now, problems });
    }

    /// The plans of the last version that was good: with the names of today, or if these are others, with those
    /// of then, as it would be if the program had gone on.
    fn fall_back(&mut self, world: &World, now: UnixMs) -> Option<Plans> {
        let good = self.shelf().newest_first().filter(|version| version.was_in_force());
        let good: Vec<Version> = good.cloned().collect();
        for version in good {
            let files = match self.archive.files(version.number) {
                Ok(files) => files,
                Err(error) => {
                    error!("{error}");
                    continue;
                }
            };
            let load = |world: &World| dialplan::load(folder::sources(&self.folder, &files), world);
            let plans = load(world).or_else(|_| load(&self.archive.world(version.number)));
            let Ok(plans) = plans else { continue };
            error!(
                "the dialplan files in {} cannot be used: VERSION {} IS IN FORCE instead, kept in {}",
                self.folder.display(),
                version.number,
                when(version.at)
            );
            let number = Some(version.number);
            let in_force = in_force(number, version.hash, version.origin, now, &files, &plans);
            self.standing.in_force = Some(in_force);
            return Some(plans);
        }
        None
    }

    /// Writes a version to the disk. What stands there is kept first, if it is not kept yet.
    fn restore(&mut self, number: u64, files: &Files, now: UnixMs) -> Result<(), String> {
        let there = self.files_on_disk();
        let found = hash(&there);
        let known = there.is_empty() || self.shelf().newest_first().any(|version| version.hash == found);
        if !known {
            let in_force = self.standing.in_force.as_ref();
            let before = in_force.map(|in_force| Arc::clone(&in_force.files)).unwrap_or_default();
            let number = in_force.and_then(|in_force| in_force.version);
            let kept = self.archive.keep(&there, &World::new(), Origin::Replaced, now, &before, number)?;
            info!(version = kept.number, "the files that are replaced are kept");
        }
        self.archive.begin_rollback(number)?;
        let written = write_back(&self.folder, files);
        self.archive.end_rollback();
        written
    }

    fn complete_rollback(&mut self, now: UnixMs) -> Origin {
        let Some(to) = self.archive.unfinished_rollback() else { return Origin::Start };
        warn!("the rollback to version {to} was cut short and is completed now");
        let completed = self.archive.files(to).and_then(|files| self.restore(to, &files, now));
        match completed {
            Ok(()) => Origin::Rollback { to },
            Err(error) => {
                error!("the rollback to version {to} cannot be completed: {error}");
                self.archive.end_rollback();
                Origin::Start
            }
        }
    }
}

fn in_force(
    version: Option<u64>,
    hash: String,
    origin: Origin,
    since: UnixMs,
    files: &Files,
    plans: &Plans,
) -> InForce {
    let numbers = plans.numbers().map(str::to_owned).collect();
    let (files, warnings) = (Arc::new(files.clone()), plans.warnings().to_vec());
    InForce { version, hash, origin, since, files, numbers, warnings }
}

/// A moment for people, in UTC.
fn when(at: UnixMs) -> String {
    jiff::Timestamp::from_second(at.0.div_euclid(1_000))
        .map_or_else(|_| at.0.to_string(), |at| at.to_string())
}
