//! What is different between two versions of the dialplan files, line by line.

use std::time::Duration;

use similar::TextDiff;

use super::folder::Files;

/// Lines shown around each change.
const AROUND: usize = 3;
/// After so long a diff need not be the shortest any more.
const PATIENCE: Duration = Duration::from_millis(500);

/// The differences of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDiff {
    /// Its path below the dialplan folder.
    pub path: String,
    /// `added`, `changed` or `removed`.
    pub change: &'static str,
    /// In the unified format.
    pub text: String,
}

/// What turns `before` into `after`, file by file. `names` says what the two are.
pub fn diff(before: &Files, after: &Files, names: (&str, &str)) -> Vec<FileDiff> {
    let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    let differences = paths.into_iter().filter_map(|path| {
        let (old, new) = (before.get(path), after.get(path));
        let change = match (old, new) {
            (None, _) => "added",
            (_, None) => "removed",
            (old, new) if old != new => "changed",
            _ => return None,
        };
        let (old, new) = (old.map_or("", String::as_str), new.map_or("", String::as_str));
        let lines = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
        let text = lines
            .unified_diff()
            .context_radius(AROUND)
            .header(&format!("{path} ({})", names.0), &format!("{path} ({})", names.1))
            .to_string();
        Some(FileDiff { path: path.clone(), change, text })
    });
    differences.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_that_differs_is_shown_with_its_lines() {
        let files = |entries: &[(&str, &str)]| -> Files {
            entries.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
        };
        let before = files(&[("a.toml", "one\ntwo\n"), ("b.toml", "same\n"), ("c.toml", "gone\n")]);
        let after = files(&[("a.toml", "one\nthree\n"), ("b.toml", "same\n"), ("d.toml", "new\n")]);
        let found = diff(&before, &after, ("version 1", "version 2"));
        let told: Vec<_> = found.iter().map(|file| (file.path.as_str(), file.change)).collect();
        assert_eq!(told, [("a.toml", "changed"), ("c.toml", "removed"), ("d.toml", "added")]);
        assert_eq!(
            found[0].text,
            "--- a.toml (version 1)\n+++ a.toml (version 2)\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n"
        );
        assert!(diff(&after, &after, ("", "")).is_empty());
    }
}
