//! Switches that conditions ask about, and numbers that turn them.

use std::collections::BTreeSet;

use super::problem::Problem;
use super::read::Draft;
use super::suggest::did_you_mean;

/// A switch that a file names.
#[derive(Clone, Debug)]
pub(super) struct SwitchUse {
    pub tenant: String,
    pub name: String,
    /// What to say if no file turns it.
    pub warning: Problem,
}

/// A warning for each switch that no number turns: its name may be misspelt.
pub(super) fn unturned(drafts: &[Draft]) -> Vec<Problem> {
    let turned: BTreeSet<(&str, &str)> =
        drafts.iter().flat_map(|draft| &draft.turned).map(|(t, s)| (t.as_str(), s.as_str())).collect();
    let uses = drafts.iter().flat_map(|draft| &draft.switches);
    let lost = uses.filter(|used| !turned.contains(&(used.tenant.as_str(), used.name.as_str())));
    let warnings = lost.map(|used| {
        let others = turned.iter().filter(|(tenant, _)| *tenant == used.tenant).map(|(_, name)| *name);
        let help = match did_you_mean(&used.name, others) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!(
                "add a node with `switch = \"{0}\"` and a number that leads to it, or turn it with `hovor switch on {0}`",
                used.name
            ),
        };
        used.warning.clone().help(help)
    });
    warnings.collect()
}
