//! The versions on disk: `DATA/dialplan-versions/NUMBER/` with `version.json`, `world.json` (the names
//! that its files could refer to) and the files themselves in `files/`.
//!
//! A version is written under another name and renamed when it is complete, so that a crash leaves
//! either all of it or nothing.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Component, Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::{error, warn};

use super::folder::Files;
use super::version::{Changes, Origin, Shelf, Version, hash};
use crate::dialplan::World;
use crate::time::UnixMs;

/// The versions that are kept in a folder.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    shelf: Shelf,
}

/// How a folder begins that is not complete yet, or not any more.
const UNFINISHED: &str = ".unfinished-";
/// The note that a rollback is being written into the dialplan folder.
const ROLLBACK: &str = "rollback.json";

impl Archive {
    /// Reads what is kept, and removes what a crash left behind.
    pub fn open(folder: PathBuf) -> Self {
        let mut found = vec![];
        let mut taken = vec![];
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(UNFINISHED) {
                remove(&entry.path());
            } else if let Ok(number) = name.parse::<u64>() {
                taken.push(number);
                match read_json::<Version>(&entry.path().join("version.json")) {
                    Ok(version) if version.number == number => found.push(version),
                    Ok(_) => warn!("{} holds another version; it is left out", entry.path().display()),
                    Err(error) => warn!("a version of the dialplan files is damaged: {error}"),
                }
            }
        }
        Self { folder, shelf: Shelf::new(found, taken) }
    }

    /// What is kept.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Keeps these files as a new version, and lets the oldest go.
    ///
    /// # Errors
    /// What could not be written; then nothing is.
    pub fn keep(
        &mut self,
        files: &Files,
        world: &World,
        origin: Origin,
        at: UnixMs,
        before: &Files,
        in_force: Option<u64>,
    ) -> Result<Version, String> {
        let version = Version {
            number: self.shelf.next(),
            at,
            origin,
            hash: hash(files),
            files: files.len(),
            changes: Changes::between(before, files),
        };
        self.write(&version, files, world).map_err(|error| {
            format!("cannot keep the dialplan files in {}: {error}", self.folder.display())
        })?;
        // A new version is in force at once, unless it was refused.
        let in_force = if version.was_in_force() { Some(version.number) } else { in_force };
        for number in self.shelf.add(version.clone(), in_force) {
            let (path, away) = (self.path(number), self.unfinished(number));
            match fs::rename(&path, &away) {
                Ok(()) => remove(&away),
                Err(error) => warn!("cannot remove {}: {error}", path.display()),
            }
        }
        Ok(version)
    }

    /// The files of a version.
    ///
    /// # Errors
    /// There is none of this number, or it is damaged.
    pub fn files(&self, number: u64) -> Result<Files, String> {
        let version = self.shelf.version(number).ok_or_else(|| no_such(number))?;
        let mut files = Files::new();
        let folder = self.path(number).join("files");
        read_files(&folder, &folder, &mut files)
            .map_err(|error| format!("version {number} cannot be read: {error}"))?;
        match hash(&files) == version.hash {
            true => Ok(files),
            false => Err(format!("version {number} in {} is damaged", self.path(number).display())),
        }
    }

    /// The names that the files of a version could refer to when they were last found good.
    pub fn world(&self, number: u64) -> World {
        read_json(&self.path(number).join("world.json")).unwrap_or_else(|error| {
            warn!("{error}");
            World::new()
        })
    }

    /// Takes down that the files of a version are good with these names too.
    pub fn set_world(&self, number: u64, world: &World) {
        let path = self.path(number).join("world.json");
        if read_json::<World>(&path).is_ok_and(|known| known == *world) {
            return;
        }
        if let Err(error) = replace_json(&path, world) {
            warn!("cannot write {}: {error}", path.display());
        }
    }

    /// Takes down that a version is about to be written into the dialplan folder.
    ///
    /// # Errors
    /// The note cannot be written.
    pub fn begin_rollback(&self, to: u64) -> Result<(), String> {
        let path = self.folder.join(ROLLBACK);
        replace_json(&path, &to).map_err(|error| format!("cannot write {}: {error}", path.display()))
    }

    /// The version that was being written into the dialplan folder when the program ended.
    pub fn unfinished_rollback(&self) -> Option<u64> {
        read_json(&self.folder.join(ROLLBACK)).ok()
    }

    /// Takes down that the dialplan folder is complete.
    pub fn end_rollback(&self) {
        let path = self.folder.join(ROLLBACK);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                error!("cannot remove {}: {error}", path.display());
            }
            _ => {}
        }
    }

    fn write(&self, version: &Version, files: &Files, world: &World) -> io::Result<()> {
        let private = |path: &Path| fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        private(&self.folder)?;
        let new = self.unfinished(version.number);
        if new.exists() {
            fs::remove_dir_all(&new)?;
        }
        private(&new.join("files"))?;
        for (path, text) in files {
            let path = new.join("files").join(path);
            if let Some(folder) = path.parent() {
                private(folder)?;
            }
            write_through(&path, text.as_bytes())?;
        }
        write_through(&new.join("world.json"), &json(world)?)?;
        write_through(&new.join("version.json"), &json(version)?)?;
        sync(&new)?;
        fs::rename(&new, self.path(version.number))?;
        sync(&self.folder)
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:06}"))
    }

    fn unfinished(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{UNFINISHED}{number:06}"))
    }
}

/// That there is no such version.
pub fn no_such(number: u64) -> String {
    format!("there is no version {number} of the dialplan files; `hovor dialplan history` lists those kept")
}

/// Writes a file so that it is on the disk when this returns.
pub fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Sees to it that the names in a folder are on the disk.
pub fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(io::Error::other)
}

fn replace_json(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let new = path.with_extension("new");
    write_through(&new, &json(value)?)?;
    fs::rename(&new, path)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_files(top: &Path, folder: &Path, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_files(top, &path, files)?;
        } else if let Some(name) = path.strip_prefix(top).ok().and_then(Path::to_str) {
            files.insert(name.to_owned(), fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_dir_all(path) {
        warn!("cannot remove {}: {error}", path.display());
    }
}

/// Whether a path that was kept stays below the folder into which it is to be written.
pub fn stays_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Place(PathBuf);

    impl Place {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("hovor-archive-{name}-{}", std::process::id()));
            _ = fs::remove_dir_all(&path);
            Self(path)
        }

        fn open(&self) -> Archive {
            Archive::open(self.0.join("versions"))
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            _ = fs::remove_dir_all(&self.0);
        }
    }

    fn files(text: &str) -> Files {
        let entry = |path: &str| (path.to_owned(), format!("{text} in {path}"));
        Files::from([entry("office.toml"), entry("brands/summit.toml")])
    }

    fn keep(archive: &mut Archive, text: &str) -> Version {
        let world = World::new().extensions([text]);
        archive.keep(&files(text), &world, Origin::Edit, UnixMs(5), &Files::new(), None).unwrap()
    }

    fn numbers(archive: &Archive) -> Vec<u64> {
        archive.shelf().newest_first().map(|version| version.number).collect()
    }

    #[test]
    fn what_was_kept_is_found_again_with_its_names() {
        let place = Place::new("again");
        let kept = keep(&mut place.open(), "one");
        let archive = place.open();
        assert_eq!(archive.shelf().version(1), Some(&kept));
        assert_eq!(archive.files(1), Ok(files("one")));
        assert!(archive.world(1).extensions.contains("one"));
        archive.set_world(1, &World::new().extensions(["two"]));
        assert!(place.open().world(1).extensions.contains("two"));
        assert!(archive.files(2).unwrap_err().contains("no version 2"));
    }

    #[test]
    fn no_more_than_twenty_are_on_the_disk() {
        let place = Place::new("twenty");
        let mut archive = place.open();
        (0..45).for_each(|number| _ = keep(&mut archive, &number.to_string()));
        assert_eq!(numbers(&place.open()), (26..=45).rev().collect::<Vec<_>>());
        assert_eq!(fs::read_dir(place.0.join("versions")).unwrap().count(), 20);
    }

    #[test]
    fn a_crash_while_a_version_is_written_leaves_those_before_and_no_litter() {
        let place = Place::new("crash");
        keep(&mut place.open(), "one");
        keep(&mut place.open(), "two");
        let versions = place.0.join("versions");
        // As far as it came: some of the files, and nothing that says what they are.
        let half = versions.join(format!("{UNFINISHED}000003/files"));
        fs::create_dir_all(&half).unwrap();
        fs::write(half.join("office.toml"), "three in").unwrap();
        // And one that was being thrown away.
        fs::rename(versions.join("000001"), versions.join(format!("{UNFINISHED}000001"))).unwrap();
        let mut archive = place.open();
        assert_eq!(numbers(&archive), [2]);
        assert_eq!(fs::read_dir(&versions).unwrap().count(), 1);
        assert_eq!(keep(&mut archive, "three").number, 3);
        assert_eq!(archive.files(3), Ok(files("three")));
    }

    #[test]
    fn a_version_that_was_damaged_is_not_used_and_its_number_not_given_again() {
        let place = Place::new("damaged");
        keep(&mut place.open(), "one");
        keep(&mut place.open(), "two");
        let versions = place.0.join("versions");
        fs::write(versions.join("000002/version.json"), "{").unwrap();
        fs::write(versions.join("000001/files/office.toml"), "something else").unwrap();
        let mut archive = place.open();
        assert_eq!(numbers(&archive), [1]);
        assert!(archive.files(1).unwrap_err().contains("damaged"));
        assert_eq!(keep(&mut archive, "three").number, 3);
    }

    #[test]
    fn a_rollback_that_was_cut_short_is_known_after_the_start() {
        let place = Place::new("rollback");
        let mut archive = place.open();
        keep(&mut archive, "one");
        assert_eq!(archive.unfinished_rollback(), None);
        archive.begin_rollback(1).unwrap();
        assert_eq!(place.open().unfinished_rollback(), Some(1));
        archive.end_rollback();
        assert_eq!(place.open().unfinished_rollback(), None);
    }

    #[test]
    fn a_path_may_not_lead_out_of_the_folder() {
        assert!(stays_inside("a.toml") && stays_inside("brands/a.toml"));
        for wrong in ["", "/etc/a.toml", "../a.toml", "a/../../b.toml"] {
            assert!(!stays_inside(wrong), "{wrong}");
        }
    }
}
