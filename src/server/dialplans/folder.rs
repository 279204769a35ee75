//! Reads folders: what dialplan files there are and what stands in them, and which sounds there are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::dialplan::{Problem, SourceFile};
use crate::server::files::is_scenarios;

/// Dialplan files by their path below the folder.
pub type Files = BTreeMap<String, String>;

/// How the files of a folder look from outside. Equal looks mean equal content.
pub type Look = BTreeMap<PathBuf, Stamp>;

/// How one file looks from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    bytes: u64,
    modified: (i64, i64),
    inode: (u64, u64),
}

/// The longest dialplan file. One that a person wrote has some kilobytes.
pub const FILE_MAX: u64 = 1 << 20;
/// The longest that all of them together may be.
const TOTAL_MAX: usize = 16 << 20;
/// Most dialplan files.
const FILES_MAX: usize = 2_000;
/// Most files with sounds.
const SOUNDS_MAX: usize = 100_000;
/// Folders in folders. Links that lead round in a circle end here too.
const DEPTH_MAX: usize = 16;
/// How often files that change under our hands are read again, and how long apart.
const ATTEMPTS: u32 = 20;
const BREATH: Duration = Duration::from_millis(50);

/// What was read of a folder with dialplan files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What could be read.
    pub files: Files,
    /// Why the rest could not.
    pub problems: Vec<Problem>,
}

/// The files with the ending `.toml` below a dialplan folder.
pub fn dialplans(folder: &Path) -> io::Result<Look> {
    look(folder, "toml", FILES_MAX)
}

/// The files with the ending `.wav` below the media folder.
pub fn sounds(folder: &Path) -> io::Result<Look> {
    look(folder, "wav", SOUNDS_MAX)
}

/// What sounds are called: their paths below the media folder without `.wav`.
pub fn names<'a>(media: &Path, paths: impl IntoIterator<Item = &'a PathBuf>) -> BTreeSet<String> {
    let name = |path: &PathBuf| {
        let inside = path.strip_prefix(media).ok()?.with_extension("");
        Some(inside.to_str()?.to_owned())
    };
    paths.into_iter().filter_map(name).collect()
}

/// Whether git is at work on the files of this folder: it holds a lock from before the first to after the last.
pub fn is_held(folder: &Path) -> bool {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    folder.ancestors().any(|above| above.join(".git/index.lock").exists())
}

/// Reads all dialplan files, as they are at one moment.
#[expect(clippy::disallowed_methods, reason = "a driver, on a thread for waiting")]
pub fn read(folder: &Path) -> Reading {
    for _ in 0..ATTEMPTS {
        let before = dialplans(folder);
        let reading = match &before {
            Ok(look) => read_all(folder, look.keys()),
            Err(error) => {
                let problems = vec![no_folder(folder, error)];
                return Reading { problems, files: Files::new() };
            }
        };
        if dialplans(folder).ok() == before.ok() {
            return reading;
        }
        std::thread::sleep(BREATH);
    }
    let what = "the files change while they are read";
    let help = "let whatever writes them finish, then say `hovor dialplan reload`";
    let problems = vec![Problem::of_file(folder.display().to_string(), what, help)];
    Reading { problems, files: Files::new() }
}

/// The files as the check takes them, with the paths that people know.
pub fn sources(folder: &Path, files: &Files) -> Vec<SourceFile> {
    let source = |(path, text): (&String, &String)| {
        SourceFile::new(folder.join(path).display().to_string(), text.clone())
    };
    files.iter().map(source).collect()
}

fn no_folder(folder: &Path, error: &io::Error) -> Problem {
    let (what, help) = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => (
            format!("{} is no folder", folder.display()),
            "make it, or name the one with the dialplan files with --dialplans".to_owned(),
        ),
        io::ErrorKind::PermissionDenied => (
            format!("the folder {} may not be read: {error}", folder.display()),
            "give hovor's user the right to read it and what is in it: `chmod -R u+rX`".to_owned(),
        ),
        _ => (format!("the folder {} cannot be read: {error}", folder.display()), "mend it".to_owned()),
    };
    Problem::of_file(folder.display().to_string(), what, help)
}

fn read_all<'a>(folder: &Path, paths: impl Iterator<Item = &'a PathBuf>) -> Reading {
    let mut reading = Reading::default();
    let mut bytes = 0;
    for path in paths {
        match read_one(folder, path) {
            Ok((name, text)) => {
                bytes += text.len();
                reading.files.insert(name, text);
            }
            Err(problem) => reading.problems.push(*problem),
        }
        if bytes > TOTAL_MAX {
            let what = format!("the dialplan files are longer than {TOTAL_MAX} bytes together");
            let help = "move away what is no dialplan";
            let problems = vec![Problem::of_file(folder.display().to_string(), what, help)];
            return Reading { problems, files: Files::new() };
        }
    }
    reading
}

fn read_one(folder: &Path, path: &Path) -> Result<(String, String), Box<Problem>> {
    let shown = path.display().to_string();
    let wrong = |what: String, help: &str| Box::new(Problem::of_file(&shown, what, help));
    let name = path.strip_prefix(folder).ok().and_then(Path::to_str);
    let name =
        name.ok_or_else(|| wrong("the name of this file is not UTF-8".into(), "give it another name"))?;
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::PermissionDenied => {
            wrong(format!("the file may not be read: {error}"), "give hovor's user the right to read it")
        }
        io::ErrorKind::NotFound => {
            wrong("the file is a link that leads nowhere".into(), "let it lead to a file, or remove it")
        }
        _ => wrong(format!("the file cannot be read: {error}"), "mend it, or move it away"),
    };
    // A pipe or a device would never end.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(wrong("this is no ordinary file".into(), "move it away"));
    }
    let mut bytes = vec![];
    let file = File::open(path).map_err(unreadable)?;
    file.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > FILE_MAX {
        let what = format!("the file is longer than {FILE_MAX} bytes");
        return Err(wrong(what, "is it a dialplan at all? If so, spread its nodes over several files"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((name.to_owned(), text)),
        Err(error) => Err(Box::new(Problem::not_utf8(&shown, error.as_bytes()))),
    }
}

fn look(folder: &Path, ending: &str, most: usize) -> io::Result<Look> {
    let mut found = Look::new();
    look_into(folder, ending, most, 0, &mut found)?;
    Ok(found)
}

fn look_into(folder: &Path, ending: &str, most: usize, depth: usize, found: &mut Look) -> io::Result<()> {
    if depth > DEPTH_MAX {
        let what = format!(
            "{}: folders in folders, more than {DEPTH_MAX}; does a link lead in a circle?",
            folder.display()
        );
        return Err(io::Error::other(what));
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // What an editor hides while it works (`.#office.toml`), and what git keeps.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        let is_ours = path.extension().is_some_and(|e| e == ending) && !is_scenarios(&path);
        match fs::metadata(&path) {
            Ok(about) if about.is_dir() => look_into(&path, ending, most, depth + 1, found)?,
            Ok(about) if is_ours => _ = found.insert(path, Stamp::of(&about)),
            // Gone meanwhile, or a link that leads nowhere: reading it says so.
            Err(_) if is_ours => _ = found.insert(path, Stamp::NONE),
            _ => {}
        }
        if found.len() > most {
            let what = format!("{} holds more than {most} files with the ending .{ending}", folder.display());
            return Err(io::Error::other(what));
        }
    }
    Ok(())
}

impl Stamp {
    /// That of a file which cannot be looked at.
    const NONE: Self = Self { bytes: 0, modified: (0, 0), inode: (0, 0) };

    fn of(about: &fs::Metadata) -> Self {
        Self {
            bytes: about.len(),
            modified: (about.mtime(), about.mtime_nsec()),
            inode: (about.dev(), about.ino()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("hovor-folder-{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn files_are_found_in_folders_and_behind_links_but_not_what_editors_hide() {
        let at = folder("found");
        let elsewhere = folder("elsewhere");
        fs::create_dir(at.join("brand")).unwrap();
        fs::write(at.join("brand/a.toml"), "# a").unwrap();
        fs::write(elsewhere.join("b.toml"), "# b").unwrap();
        fs::write(at.join(".#c.toml"), "# c").unwrap();
        fs::write(at.join("a.test.toml"), "# scenarios").unwrap();
        fs::write(at.join("d.toml~"), "# d").unwrap();
        symlink(&elsewhere, at.join("linked")).unwrap();
        let reading = read(&at);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(reading.files.keys().collect::<Vec<_>>(), ["brand/a.toml", "linked/b.toml"]);
        fs::remove_dir_all(at).unwrap();
        fs::remove_dir_all(elsewhere).unwrap();
    }

    #[test]
    fn links_in_a_circle_and_a_folder_that_is_none_are_told() {
        let at = folder("circle");
        symlink(&at, at.join("again")).unwrap();
        let problem = &read(&at).problems[0];
        assert!(problem.what.contains("circle") || problem.what.contains("symbolic links"), "{problem:?}");
        fs::remove_dir_all(&at).unwrap();
        let problem = &read(&at).problems[0];
        assert!(problem.what.contains("is no folder"), "{problem:?}");
        assert!(problem.help.as_ref().unwrap().contains("--dialplans"));
    }

    #[test]
    fn every_file_that_cannot_be_read_is_told_in_clear_words() {
        let at = folder("unreadable");
        fs::write(at.join("latin.toml"), b"# first\nname = \"Ji\xf8\xed\"\n").unwrap();
        fs::write(at.join("huge.toml"), vec![b'#'; FILE_MAX as usize + 1]).unwrap();
        fs::write(at.join("locked.toml"), "").unwrap();
        fs::set_permissions(at.join("locked.toml"), fs::Permissions::from_mode(0o0)).unwrap();
        symlink("nowhere.toml", at.join("lost.toml")).unwrap();
        fs::write(at.join("good.toml"), "").unwrap();
        let reading = read(&at);
        let told = |name: &str| {
            let found = reading.problems.iter().find(|problem| problem.file.ends_with(name));
            found.map(Problem::one_line).unwrap_or_default()
        };
        assert!(
            told("latin.toml").contains("latin.toml:2:11: the file is not UTF-8"),
            "{}",
            told("latin.toml")
        );
        assert!(told("huge.toml").contains("longer than"), "{}", told("huge.toml"));
        assert!(told("lost.toml").contains("leads nowhere"), "{}", told("lost.toml"));
        // Root may read everything.
        if File::open(at.join("locked.toml")).is_err() {
            assert!(told("locked.toml").contains("may not be read"), "{}", told("locked.toml"));
        }
        assert!(reading.files.contains_key("good.toml"));
        fs::remove_dir_all(at).unwrap();
    }

    #[test]
    fn a_pipe_is_not_waited_for() {
        let at = folder("pipe");
        let made = std::process::Command::new("mkfifo").arg(at.join("pipe.toml")).status().unwrap();
        assert!(made.success());
        assert!(read(&at).problems[0].what.contains("no ordinary file"));
        fs::remove_dir_all(at).unwrap();
    }

    #[test]
    fn git_at_work_is_noticed_from_a_folder_below() {
        let at = folder("git");
        fs::create_dir_all(at.join(".git")).unwrap();
        fs::create_dir_all(at.join("pbx/dialplans")).unwrap();
        assert!(!is_held(&at.join("pbx/dialplans")));
        fs::write(at.join(".git/index.lock"), "").unwrap();
        assert!(is_held(&at.join("pbx/dialplans")));
        fs::remove_dir_all(at).unwrap();
    }

    #[test]
    fn a_sound_is_named_by_its_path() {
        let media = Path::new("/media");
        let paths = [PathBuf::from("/media/music/harbour.wav"), PathBuf::from("/media/beep.wav")];
        assert_eq!(names(media, &paths).into_iter().collect::<Vec<_>>(), ["beep", "music/harbour"]);
    }
}
