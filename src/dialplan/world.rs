//! What dialplan files may refer to: a picture of the company's directory and its sounds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::allow::Allow;
use crate::e164::{Classes, Prefixes};

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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct World {
    /// By name.
    pub tenants: BTreeMap<String, TenantWorld>,
    /// Operators' extensions.
    pub extensions: BTreeSet<String>,
    /// Trunks by name; without one no file may dial outside.
    pub trunks: BTreeMap<String, TrunkWorld>,
    /// Which numbers outside are of which class.
    pub prefixes: Prefixes,
    /// Every `.wav` below the media directory: its path without the ending.
    pub sounds: BTreeSet<String>,
    /// Hosts that `http` and `webhook` may send to.
    pub http: Allow,
    /// What is wrong with those of the sounds that cannot be played.
    pub unplayable: BTreeMap<String, String>,
    /// Nothing is known of the company: any name is taken as it comes.
    pub unknown: bool,
    /// Free text can be spoken (`espeak-ng` is installed).
    pub speech: bool,
}

/// What one tenant has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TenantWorld {
    /// Its telephone numbers, as they are dialled.
    pub numbers: BTreeSet<String>,
    /// Its groups of operators, by name.
    pub groups: BTreeSet<String>,
    /// Its mailboxes: names, numbers, and the extensions of those whose they are.
    pub mailboxes: BTreeSet<String>,
    /// Those of the groups that have no operator.
    pub unstaffed: BTreeSet<String>,
    /// The country (ISO 3166-1) whose numbers are national for it.
    pub country: Option<String>,
    /// Classes of numbers outside that its files may call, if that is known.
    pub calls: Option<Classes>,
}

/// A way to call outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkWorld {
    /// The only tenant that may use it; all may when there is none.
    pub tenant: Option<String>,
    /// Prefixes of the numbers that it takes; empty takes all.
    pub prefixes: Vec<String>,
    /// Classes of numbers that it carries, if that is known.
    pub calls: Option<Classes>,
}

impl TrunkWorld {
    /// Whether a file of this tenant (or of none) may use it.
    pub fn serves(&self, tenant: Option<&str>) -> bool {
        self.tenant.is_none() || self.tenant.as_deref() == tenant
    }

    /// Whether it takes this number in E.164.
    pub fn takes(&self, number: &str) -> bool {
        reach(&self.prefixes, number).is_some()
    }
}

/// How much of this number in E.164 the best of a trunk's prefixes covers (`00` is `+`), in characters;
/// `None` if the trunk does not take it. No prefixes at all take everything.
pub fn reach(prefixes: &[String], number: &str) -> Option<usize> {
    if prefixes.is_empty() {
        return Some(0);
    }
    let covered = |prefix: &String| match prefix.strip_prefix("00") {
        Some(digits) => number.strip_prefix('+')?.starts_with(digits).then_some(digits.len() + 1),
        None => number.starts_with(prefix.as_str()).then_some(prefix.len()),
    };
    prefixes.iter().filter_map(covered).max()
}

impl World {
    /// A world without anything in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// A world of which nothing is known: any name is taken as it comes.
    pub fn unknown() -> Self {
        Self { unknown: true, ..Self::default() }
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
        self.tenants.insert(name.to_owned(), TenantWorld { numbers, groups, ..TenantWorld::default() });
        self
    }

    /// Adds mailboxes to a tenant that is there.
    pub fn mailboxes<S: Into<String>>(mut self, tenant: &str, names: impl IntoIterator<Item = S>) -> Self {
        if let Some(tenant) = self.tenants.get_mut(tenant) {
            tenant.mailboxes.extend(names.into_iter().map(Into::into));
        }
        self
    }

    /// Says that this group of this tenant has no operator.
    pub fn unstaffed(mut self, tenant: &str, group: &str) -> Self {
        if let Some(tenant) = self.tenants.get_mut(tenant) {
            tenant.unstaffed.insert(group.to_owned());
        }
        self
    }

    /// Adds operators' extensions.
    pub fn extensions<S: Into<String>>(mut self, extensions: impl IntoIterator<Item = S>) -> Self {
        self.extensions.extend(extensions.into_iter().map(Into::into));
        self
    }

    /// Adds trunks by name, which take all numbers of all tenants.
    pub fn trunks<S: Into<String>>(mut self, trunks: impl IntoIterator<Item = S>) -> Self {
        self.trunks.extend(trunks.into_iter().map(|name| (name.into(), TrunkWorld::default())));
        self
    }

    /// Adds a trunk that may belong to one tenant, and takes numbers with these prefixes.
    pub fn trunk(
        mut self,
        name: &str,
        tenant: Option<&str>,
        prefixes: impl IntoIterator<Item = String>,
    ) -> Self {
        let tenant = tenant.map(str::to_owned);
        let trunk = TrunkWorld { tenant, prefixes: prefixes.into_iter().collect(), calls: None };
        self.trunks.insert(name.to_owned(), trunk);
        self
    }

    /// Says which classes of numbers the files of a tenant that is there may call, and where it is at home.
    pub fn rights(mut self, tenant: &str, country: Option<&str>, calls: Classes) -> Self {
        if let Some(tenant) = self.tenants.get_mut(tenant) {
            (tenant.country, tenant.calls) = (country.map(str::to_owned), Some(calls));
        }
        self
    }

    /// Says which classes of numbers a trunk that is there carries.
    pub fn carries(mut self, trunk: &str, calls: Classes) -> Self {
        if let Some(trunk) = self.trunks.get_mut(trunk) {
            trunk.calls = Some(calls);
        }
        self
    }

    /// Sets which numbers outside are of which class.
    pub fn classes(mut self, prefixes: Prefixes) -> Self {
        self.prefixes = prefixes;
        self
    }

    /// Sets the hosts that requests may go to.
    pub fn http(mut self, allow: Allow) -> Self {
        self.http = allow;
        self
    }

    /// Says whether free text can be spoken.
    pub fn speech(mut self, speech: bool) -> Self {
        self.speech = speech;
        self
    }

    /// Adds sounds: paths below the media directory, without `.wav`.
    pub fn sounds<S: Into<String>>(mut self, sounds: impl IntoIterator<Item = S>) -> Self {
        self.sounds.extend(sounds.into_iter().map(Into::into));
        self
    }

    /// Adds a sound that cannot be played, and what is wrong with it.
    pub fn unplayable(mut self, sound: &str, why: &str) -> Self {
        self.sounds.insert(sound.to_owned());
        self.unplayable.insert(sound.to_owned(), why.to_owned());
        self
    }
}
