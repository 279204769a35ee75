//! Dialplan files: what a caller meets.
//!
//! [`load`] reads TOML files against a [`World`] and gives [`Plans`], or every [`Problem`] in
//! them. A call enters at [`Plans::entry`] and is carried by a [`Run`], a state machine: the
//! switch tells it [`Input`]s and does the [`Step`]s it asks for. `docs/dialplan.md` is the
//! reference of the language.

mod plan;
mod problem;
mod run;
pub mod say;
mod sound;
mod source;
mod step;
mod verbs;
mod world;

pub use plan::{Entry, Plan, Plans};
pub use problem::{Problem, Severity};
pub use run::Run;
pub use sound::Sound;
pub use source::SourceFile;
pub use step::{Cause, DialOutcome, DialTarget, Facts, Input, QueueOutcome, Step};
pub use world::{TenantWorld, World};
