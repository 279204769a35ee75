//! Versions of the dialplan files: what a version is, which are kept, and what changed between two.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::folder::Files;
use crate::time::UnixMs;

/// How many versions are kept.
pub const KEPT: usize = 20;

/// What is remembered of a version beside its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Counted from 1, never used twice.
    pub number: u64,
    /// When it was kept.
    pub at: UnixMs,
    /// Why.
    pub origin: Origin,
    /// The hash of its files, SHA-256 in hex.
    pub hash: String,
    /// How many files.
    pub files: usize,
    /// What is different from the files in force before it.
    pub changes: Changes,
}

/// Where a version came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// The files as they were found at a start.
    Start,
    /// Files were edited while the program ran.
    Edit,
    /// A change of the company made files valid that were refused before.
    Company,
    /// An earlier version was asked for.
    Rollback { to: u64 },
    /// Files that a rollback wrote over before they were ever in force.
    Replaced,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("start"),
            Self::Edit => f.write_str("edit"),
            Self::Company => f.write_str("company"),
            Self::Rollback { to } => write!(f, "rollback to {to}"),
            Self::Replaced => f.write_str("replaced"),
        }
    }
}

/// Which files are different.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    pub added: Vec<String>,
    pub changed: Vec<String>,
    pub removed: Vec<String>,
}

impl Changes {
    /// What turns the files `before` into those `after`.
    pub fn between(before: &Files, after: &Files) -> Self {
        let missing_in = |there: &Files, here: &Files| {
            here.keys().filter(|path| !there.contains_key(*path)).cloned().collect()
        };
        let differs = |(path, text): &(&String, &String)| before.get(*path).is_some_and(|old| old != *text);
        Self {
            added: missing_in(before, after),
            changed: after.iter().filter(differs).map(|(path, _)| path.clone()).collect(),
            removed: missing_in(after, before),
        }
    }
}

impl Version {
    /// True if callers met it, so that it may be used again.
    pub fn was_in_force(&self) -> bool {
        self.origin != Origin::Replaced
    }
}

/// The hash of these files: the same for the same paths and texts, whatever their dates.
pub fn hash(files: &Files) -> String {
    let mut hash = Sha256::new();
    for (path, text) in files {
        // With their lengths, so that no text can pass for another file.
        for part in [path, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The versions that are kept, by number.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    versions: BTreeMap<u64, Version>,
    /// The highest number ever used.
    highest: u64,
}

impl Shelf {
    /// Takes in what was found kept. Numbers in `taken` are used, whether or not their version can be read.
    pub fn new(found: impl IntoIterator<Item = Version>, taken: impl IntoIterator<Item = u64>) -> Self {
        let versions: BTreeMap<_, _> = found.into_iter().map(|version| (version.number, version)).collect();
        let highest = taken.into_iter().chain(versions.keys().copied()).max().unwrap_or(0);
        Self { versions, highest }
    }

    /// The number of the next version.
    pub fn next(&self) -> u64 {
        self.highest + 1
    }

    /// Adds a version; gives the numbers of those that are kept no longer. `in_force` always is.
    pub fn add(&mut self, version: Version, in_force: Option<u64>) -> Vec<u64> {
        self.highest = self.highest.max(version.number);
        self.versions.insert(version.number, version);
        let beyond = self.versions.len().saturating_sub(KEPT);
        let oldest = self.versions.keys().copied().filter(|number| Some(*number) != in_force);
        let dropped: Vec<u64> = oldest.take(beyond).collect();
        self.versions.retain(|number, _| !dropped.contains(number));
        dropped
    }

    /// One of them.
    pub fn version(&self, number: u64) -> Option<&Version> {
        self.versions.get(&number)
    }

    /// All, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Version> {
        self.versions.values().rev()
    }

    /// The newest that was in force before this one, and is different from it.
    pub fn before(&self, version: &Version) -> Option<&Version> {
        let older = self.versions.range(..version.number).rev().map(|(_, older)| older);
        older.filter(|older| older.was_in_force()).find(|older| older.hash != version.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(entries: &[(&str, &str)]) -> Files {
        entries.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    fn version(number: u64, origin: Origin, text: &str) -> Version {
        let files = files(&[("a.toml", text)]);
        let changes = Changes::default();
        Version { number, at: UnixMs(number as i64), origin, hash: hash(&files), files: 1, changes }
    }

    #[test]
    fn the_last_twenty_are_kept_and_the_one_in_force_always() {
        let mut shelf = Shelf::default();
        for number in 1..=50 {
            assert_eq!(shelf.next(), number);
            let dropped = shelf.add(version(number, Origin::Edit, &number.to_string()), Some(7));
            let first = if number < 28 { number.saturating_sub(20) } else { number - 19 };
            let expected = match number {
                ..=20 => vec![],
                // From here on the one in force stands beside the last nineteen.
                28.. => vec![first],
                27 => vec![8],
                _ => vec![first],
            };
            assert_eq!(dropped, expected, "{number}");
        }
        let kept: Vec<_> = shelf.newest_first().map(|version| version.number).collect();
        assert_eq!(kept.len(), KEPT);
        assert_eq!((kept[0], kept[18], kept[19]), (50, 32, 7));
    }

    #[test]
    fn a_number_is_never_used_twice_even_if_its_version_is_damaged() {
        let shelf = Shelf::new([version(3, Origin::Start, "x")], [3, 9]);
        assert_eq!(shelf.next(), 10);
    }

    #[test]
    fn the_one_before_was_in_force_and_is_different() {
        let mut shelf = Shelf::default();
        let all = [
            version(1, Origin::Start, "one"),
            version(2, Origin::Edit, "two"),
            version(3, Origin::Replaced, "bad"),
            version(4, Origin::Rollback { to: 1 }, "one"),
        ];
        for version in &all {
            shelf.add(version.clone(), None);
        }
        let before = |number: u64| shelf.before(&all[number as usize - 1]).map(|version| version.number);
        assert_eq!((before(4), before(2), before(1)), (Some(2), Some(1), None));
    }

    #[test]
    fn the_hash_tells_files_apart_that_only_look_alike_when_put_together() {
        let all = [
            files(&[("a", "bc")]),
            files(&[("ab", "c")]),
            files(&[("a", "b"), ("c", "")]),
            files(&[("a", ""), ("bc", "")]),
            files(&[]),
        ];
        let hashes: std::collections::BTreeSet<_> = all.iter().map(hash).collect();
        assert_eq!(hashes.len(), all.len());
        assert_eq!(hash(&all[0]), hash(&all[0].clone()));
    }

    #[test]
    fn changes_name_what_came_what_went_and_what_is_different() {
        let before = files(&[("a.toml", "1"), ("b.toml", "1"), ("c.toml", "1")]);
        let after = files(&[("b.toml", "1"), ("c.toml", "2"), ("d.toml", "1")]);
        let changes = Changes::between(&before, &after);
        assert_eq!(changes.added, ["d.toml"]);
        assert_eq!(changes.changed, ["c.toml"]);
        assert_eq!(changes.removed, ["a.toml"]);
    }
}
