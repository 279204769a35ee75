//! Calls without a telephone: a caller as described goes through a plan, on a clock of its own.
//!
//! A [`Caller`] says who calls, when, which keys are pressed, and what becomes of queues and calls.
//! [`walk`] lets it go through a plan by the same [`Run`](super::Run) that serves real callers, and
//! gives the [`Walk`]: every node with its line, what is heard and for how long, and why each way was
//! taken. [`test`] tries scenarios that say what is to come of such walks.

mod caller;
mod clock;
mod expect;
mod outside;
mod past;
mod report;
mod table;
mod verdict;
mod walk;
mod ways;
mod world;

pub use caller::{Answer, Caller, Dialled, Keys, Queued};
pub use clock::{Clock, When};
pub use past::{Noted, Past};
pub use verdict::{Coverage, Tried, Unreached, Verdict, test};
pub use walk::{End, Heard, Moment, Sounds, Walk, What, walk};
pub use ways::Way;
