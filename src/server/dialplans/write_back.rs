//! Writes a version of the dialplan files back into their folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::archive::{stays_inside, sync, write_through};
use super::folder::{self, Files};

/// Makes the files of `folder` those of `files`: first all new texts are written beside the old ones, then
/// they take their places by renaming, then files that there were not are removed. A file that cannot be
/// read as text is not removed, but renamed to `….unreadable`.
///
/// # Errors
/// What could not be written, and what to do. Before the first renaming, nothing was changed.
pub fn write_back(folder: &Path, files: &Files) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| wrong(folder, &error))?;
    let mut fresh = vec![];
    for (name, text) in files {
        let prepared = prepare(folder, name, text);
        match prepared {
            Ok(renaming) => fresh.extend(renaming),
            Err(error) => {
                // What was written so far is nobody's.
                fresh.iter().for_each(|renaming: &Renaming| _ = fs::remove_file(&renaming.from));
                return Err(error);
            }
        }
    }
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    for Renaming { from, to } in fresh {
        fs::rename(&from, &to).map_err(|error| wrong(&to, &error))?;
        folders.extend(to.parent().map(Path::to_owned));
    }
    for path in folder::dialplans(folder).map_err(|error| wrong(folder, &error))?.into_keys() {
        let name = path.strip_prefix(folder).ok().and_then(Path::to_str);
        if name.is_none_or(|name| !files.contains_key(name)) {
            clear(&path).map_err(|error| wrong(&path, &error))?;
        }
    }
    folders.dedup();
    // The files are in their places; that they would survive a power cut is all that is missing.
    folders.iter().for_each(|folder| _ = sync(folder));
    Ok(())
}

/// A new text that waits beside the place where it shall be.
struct Renaming {
    from: PathBuf,
    to: PathBuf,
}

/// Writes one text beside its place; nothing if it stands there already.
fn prepare(folder: &Path, name: &str, text: &str) -> Result<Option<Renaming>, String> {
    if !stays_inside(name) {
        return Err(format!("`{name}` would lie outside of {}", folder.display()));
    }
    let path = folder.join(name);
    match fs::read_to_string(&path) {
        Ok(old) if old == text => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            set_aside(&path).map_err(|error| wrong(&path, &error))?;
        }
        _ => {}
    }
    // A link stays a link: what it leads to is replaced.
    let to = fs::canonicalize(&path).unwrap_or(path);
    let parent = to.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(|error| wrong(parent, &error))?;
    let file = to.file_name().unwrap_or_default().to_string_lossy();
    let from = parent.join(format!(".{file}.hovor-new"));
    write_through(&from, text.as_bytes()).map_err(|error| wrong(&from, &error))?;
    if let Ok(old) = fs::metadata(&to) {
        // Whoever may read and write the old one may the new one, as far as we can give that.
        _ = fs::set_permissions(&from, old.permissions());
    }
    Ok(Some(Renaming { from, to }))
}

/// Removes a file that is kept in a version; one that cannot be is only set aside.
fn clear(path: &Path) -> io::Result<()> {
    match fs::read_to_string(path) {
        Ok(text) if text.len() as u64 <= folder::FILE_MAX => fs::remove_file(path),
        _ => set_aside(path),
    }
}

fn set_aside(path: &Path) -> io::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".unreadable");
    fs::rename(path, aside)
}

fn wrong(path: &Path, error: &io::Error) -> String {
    format!(
        "cannot write {}: {error}. A rollback writes into the dialplan folder: let hovor's user do so, or copy the \
         version there yourself",
        path.display()
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn place(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("hovor-back-{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        path
    }

    fn files(entries: &[(&str, &str)]) -> Files {
        entries.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn the_folder_holds_the_version_and_nothing_else_that_is_a_dialplan() {
        let at = place("all");
        fs::write(at.join("a.toml"), "new").unwrap();
        fs::write(at.join("b.toml"), "gone").unwrap();
        fs::write(at.join("c.toml"), b"\xff\xfe").unwrap();
        fs::write(at.join("README"), "stays").unwrap();
        fs::set_permissions(at.join("a.toml"), fs::Permissions::from_mode(0o640)).unwrap();
        let wanted = files(&[("a.toml", "old"), ("brands/d.toml", "d")]);
        write_back(&at, &wanted).unwrap();
        assert_eq!(folder::read(&at).files, wanted);
        assert_eq!(fs::metadata(at.join("a.toml")).unwrap().permissions().mode() & 0o777, 0o640);
        let mut left: Vec<_> = fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["README", "a.toml", "brands", "c.toml.unreadable"]);
        fs::remove_dir_all(at).unwrap();
    }

    #[test]
    fn a_link_stays_a_link() {
        let (at, repository) = (place("link"), place("repository"));
        fs::write(repository.join("a.toml"), "new").unwrap();
        symlink(repository.join("a.toml"), at.join("a.toml")).unwrap();
        write_back(&at, &files(&[("a.toml", "old")])).unwrap();
        assert!(fs::symlink_metadata(at.join("a.toml")).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(repository.join("a.toml")).unwrap(), "old");
        fs::remove_dir_all(at).unwrap();
        fs::remove_dir_all(repository).unwrap();
    }

    #[test]
    fn what_cannot_be_written_changes_nothing() {
        let at = place("failing");
        fs::write(at.join("a.toml"), "new").unwrap();
        // A file where a folder would have to be.
        fs::write(at.join("brands"), "").unwrap();
        let error = write_back(&at, &files(&[("a.toml", "old"), ("brands/d.toml", "d")])).unwrap_err();
        assert!(error.contains("brands") && error.contains("hovor's user"), "{error}");
        assert_eq!(folder::read(&at).files, files(&[("a.toml", "new")]));
        assert_eq!(fs::read_dir(&at).unwrap().count(), 2);
        fs::remove_dir_all(at).unwrap();
    }
}
