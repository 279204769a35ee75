//! Dialplan files: what a caller meets.
//!
//! [`load`] reads TOML files against a [`World`] and gives [`Plans`], or every [`Problem`] in
//! them. A call enters at [`Plans::entry`] and is carried by a [`Run`], a state machine: the
//! switch tells it [`Input`]s and does the [`Step`]s it asks for. `docs/dialplan.md` is the
//! reference of the language.

mod fields;
mod graph;
mod hours;
mod numbers;
mod piece;
mod plan;
mod problem;
mod read;
mod run;
pub mod say;
mod scope;
mod sound;
mod source;
mod span;
mod stage;
mod step;
mod suggest;
mod verbs;
mod world;

#[cfg(test)]
mod tests;

pub use plan::{Entry, Plan, Plans};
pub use problem::{Problem, Severity};
pub use run::Run;
pub use sound::Sound;
pub use source::SourceFile;
pub use step::{Cause, DialOutcome, DialTarget, Facts, Input, QueueOutcome, Step};
pub use world::{TenantWorld, World};

use std::collections::BTreeMap;
use std::sync::Arc;

/// Reads all files together: either all of them are good, or every problem found is returned
/// (warnings too), by file and line.
pub fn load(files: Vec<SourceFile>, world: &World) -> Result<Plans, Vec<Problem>> {
    let drafts: Vec<read::Draft> = files.iter().map(|file| read::read(file, world)).collect();
    let claims: Vec<_> =
        files.iter().zip(&drafts).map(|(file, draft)| (file, draft.claims.as_slice())).collect();
    let mut problems = numbers::clashes(&claims);
    let mut plans = Plans::default();
    for draft in drafts {
        problems.extend(draft.problems);
        let Some(plan) = draft.plan.map(Arc::new) else { continue };
        let entries = draft.claims.into_iter().map(|claim| {
            let entry = Entry { plan: Arc::clone(&plan), node: claim.node };
            (claim.number, entry)
        });
        plans.numbers.extend(entries.collect::<BTreeMap<_, _>>());
        plans.plans.push(plan);
    }
    problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(problems);
    }
    plans.warnings = problems;
    Ok(plans)
}

/// Every verb of the language, in the order of the alphabet.
pub fn verbs() -> impl Iterator<Item = &'static str> {
    verbs::VERBS.iter().map(|(verb, _)| *verb)
}
