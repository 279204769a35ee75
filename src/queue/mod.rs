//! Groups, operators and who is offered which session.
//!
//! [`Queues`] is one pure machine for all groups of a company: sessions wait in it, operators
//! are offered them one at a time or all at once, or take them themselves. It knows nothing of
//! phones: it says *offer*, and is told *accepted* or *refused*.

mod capacity;
mod config;
mod decision;
mod estimate;
mod explain;
mod input;
mod invariants;
mod machine;
mod offers;
mod operator;
mod output;
mod reserve;
mod routing;
mod view;
mod waiting;

#[cfg(test)]
pub(crate) mod tests;

pub use config::{Capacity, Config, Group, Line, Member, Operator, Reach, Strategy};
pub use decision::{Because, Decision, Outcome, Reason, Verdict};
pub use explain::{Explanation, Standing};
pub use input::{Input, LeaveWhy, Refusal};
pub use invariants::Violation;
pub use machine::Queues;
pub use operator::{Engagement, Held, OperatorState, Status, Through};
pub use output::{OfferBy, OfferId, Output, OverflowWhy, TakeRefusal, WithdrawnWhy};
pub use view::{GroupView, OperatorView, View, WaitingView};
