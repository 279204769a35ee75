//! What dialplan files may refer to: a picture of the company's directory and its sounds.

use std::collections::{BTreeMap, BTreeSet};

/// Names that exist at the moment files are loaded. Built from the store and the media directory.
///
/// ```
/// use hovor::dialplan::World;
/// let world = World::new()
///     .tenant("harbour", ["+420200000100"], ["sales", "support"])
///     .extensions(["201", "202"])
///     .trunks(["carrier"])
///     .sounds(["prompts/en/welcome", "music/harbour"]);
/// assert!(world.tenants["harbour"].groups.contains("sales"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// By name.
    pub tenants: BTreeMap<String, TenantWorld>,
    /// Operators' extensions.
    pub extensions: BTreeSet<String>,
    /// Names of trunks; without one no file may dial outside.
    pub trunks: BTreeSet<String>,
    /// Every `.wav` below the media directory: its path without the ending.
    pub sounds: BTreeSet<String>,
}

/// What one tenant has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantWorld {
    /// Its telephone numbers, as they are dialled.
    pub numbers: BTreeSet<String>,
    /// Its groups of operators, by name.
    pub groups: BTreeSet<String>,
}

impl World {
    /// A world without anything in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tenant with its numbers and groups.
    pub fn tenant<N: Into<String>, G: Into<String>>(
        mut self,
        name: &str,
        numbers: impl IntoIterator<Item = N>,
        groups: impl IntoIterator<Item = G>,
    ) -> Self {
        let numbers = numbers.into_iter().map(Into::into).collect();
        let groups = groups.into_iter().map(Into::into).collect();
        self.tenants.insert(name.to_owned(), TenantWorld { numbers, groups });
        self
    }

    /// Adds operators' extensions.
    pub fn extensions<S: Into<String>>(mut self, extensions: impl IntoIterator<Item = S>) -> Self {
        self.extensions.extend(extensions.into_iter().map(Into::into));
        self
    }

    /// Adds trunks by name.
    pub fn trunks<S: Into<String>>(mut self, trunks: impl IntoIterator<Item = S>) -> Self {
        self.trunks.extend(trunks.into_iter().map(Into::into));
        self
    }

    /// Adds sounds: paths below the media directory, without `.wav`.
    pub fn sounds<S: Into<String>>(mut self, sounds: impl IntoIterator<Item = S>) -> Self {
        self.sounds.extend(sounds.into_iter().map(Into::into));
        self
    }
}
