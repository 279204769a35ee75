//! Loaded dialplans: what numbers lead to, and the nodes callers go through.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::problem::Problem;
use super::step::Cause;
use super::verbs::Verb;
use crate::time::UnixMs;

/// All dialplans in force, taken together from one set of files.
#[derive(Clone, Debug, Default)]
pub struct Plans {
    pub(super) numbers: BTreeMap<String, Entry>,
    pub(super) plans: Vec<Arc<Plan>>,
    pub(super) warnings: Vec<Problem>,
}

impl Plans {
    /// Where a caller of this number starts.
    pub fn entry(&self, number: &str) -> Option<Entry> {
        let exact = self.numbers.get(number);
        // A block of numbers has `x` for its last digits; the narrowest that holds the number answers it.
        let block = |open| self.numbers.get(&block_of(number, open)?);
        exact.or_else(|| (1..=4).find_map(block)).cloned()
    }

    /// Every number that leads into a dialplan.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        self.numbers.keys().map(String::as_str)
    }

    /// The plans, one a file, in the order of the files.
    pub fn plans(&self) -> &[Arc<Plan>] {
        &self.plans
    }

    /// Every sound file that a caller may be made to hear, to be read beforehand.
    pub fn sounds(&self) -> BTreeSet<String> {
        self.plans.iter().flat_map(|plan| plan.sounds.iter().cloned()).collect()
    }

    /// What was found that does not keep the files from being used.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }
}

/// The block that holds a number, with so many open digits.
fn block_of(number: &str, open: usize) -> Option<String> {
    let fixed = number.len().checked_sub(open)?;
    let (fixed, rest) = number.split_at_checked(fixed)?;
    let digits = rest.bytes().all(|digit| digit.is_ascii_digit());
    (digits && number.starts_with('+')).then(|| format!("{fixed}{}", "x".repeat(open)))
}

/// Where a caller starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub plan: Arc<Plan>,
    /// The name of the first node.
    pub node: String,
}

/// One dialplan file, checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The path of its file.
    pub file: String,
    /// Whose dialplan it is; none for test numbers, which belong to no tenant.
    pub tenant: Option<String>,
    /// The language of recorded digits and numbers.
    pub language: String,
    /// The IANA name of the time zone, if the file gives one.
    pub timezone: Option<String>,
    /// The sound files that it may play.
    pub sounds: BTreeSet<String>,
    /// The switches of the tenant that it names.
    pub switches: BTreeSet<String>,
    pub(super) nodes: BTreeMap<String, Node>,
}

impl Plan {
    /// The names of its nodes.
    pub fn nodes(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(String::as_str)
    }

    /// Whether clients who waited at this node are called back at this moment; nothing if nobody is called from there.
    pub fn calls_back(&self, node: &str, at: UnixMs) -> Option<bool> {
        self.nodes.get(node)?.verb.calls_back(at)
    }

    /// True if a caller who comes to `target` only hears something on the way to a menu; a key
    /// pressed meanwhile is meant for that menu.
    pub(super) fn leads_to_menu(&self, target: &Target) -> bool {
        let mut target = target;
        for _ in 0..self.nodes.len() {
            let Target::Node(name) = target else { return false };
            let Some(node) = self.nodes.get(name) else { return false };
            match (&node.verb, node.verb.leads_on()) {
                (Verb::Menu(_) | Verb::Gather(_), _) => return true,
                (_, Some(next)) => target = next,
                (_, None) => return false,
            }
        }
        false
    }
}

/// One table of a file: a verb with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Node {
    /// The line of its header.
    pub line: u32,
    pub verb: Verb,
}

/// Where a caller goes from a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Target {
    Node(String),
    Hangup(Cause),
    /// Back to the node that called the sub-flow.
    Return,
}
