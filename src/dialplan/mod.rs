//! Dialplan files: what a caller meets.
//!
//! [`load`] reads TOML files against a [`World`] and gives [`Plans`], or every [`Problem`] in
//! them. A call enters at [`Plans::entry`] and is carried by a [`Run`], a state machine: the
//! switch tells it [`Input`]s and does the [`Step`]s it asks for. `docs/dialplan.md` is the
//! reference of the language.

mod calls;
pub mod draw;
mod fields;
mod graph;
mod holidays;
mod hours;
mod json;
mod languages;
mod mailbox;
mod numbers;
mod pattern;
mod piece;
mod plan;
mod portrait;
mod problem;
mod read;
mod reference;
mod run;
pub mod say;
mod schema;
mod scope;
mod sound;
mod source;
mod span;
mod stage;
mod step;
mod suggest;
mod switches;
mod syntax;
mod template;
pub mod trial;
mod url;
mod verbs;
mod world;

#[cfg(test)]
mod tests;

pub use hours::{Hours, Opening};
pub use mailbox::{Greeting, MailboxAct, MailboxFacts, MailboxName, MessageFacts, Opened, Pin};
pub use plan::{Entry, Plan, Plans};
pub use problem::{Problem, Severity};
pub use run::Run;
pub use schema::schema;
pub use sound::Sound;
pub use source::SourceFile;
pub use span::{duration, moment, written};
pub use step::{
    CallbackTerms, Cause, DialOutcome, DialTarget, Facts, HttpFailure, HttpMethod, HttpRequest, Input,
    Promised, Question, QueueOutcome, RecordOutcome, Ring, Step, Turn,
};
pub use world::{TenantWorld, TrunkWorld, World, reach};

use std::collections::BTreeMap;
use std::sync::Arc;

/// Reads all files together: either all of them are good, or every problem found is returned
/// (warnings too), by file and line.
pub fn load(files: Vec<SourceFile>, world: &World) -> Result<Plans, Vec<Problem>> {
    let drafts: Vec<read::Draft> = files.iter().map(|file| read::read(file, world)).collect();
    let claims: Vec<_> =
        files.iter().zip(&drafts).map(|(file, draft)| (file, draft.claims.as_slice())).collect();
    let mut problems = numbers::clashes(&claims);
    // A node that turns it may be among what is not understood.
    if drafts.iter().flat_map(|draft| &draft.problems).all(|problem| problem.severity != Severity::Error) {
        problems.extend(switches::unturned(&drafts));
    }
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
