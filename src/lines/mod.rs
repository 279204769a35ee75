//! Ways in and out, one folder each: a pure machine and a thin driver.
//!
//! A line turns its own signalling into the few words of [`crate::switch::line`] and back, so that
//! the switch never asks by which line a session came.

pub mod phone;
pub mod webchat;
pub mod workspace;

use crate::queue::{self, Reach};
use crate::switch::line::Abilities;

/// A way in and out, as the rest of the program has to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name, as in records and settings.
    pub name: &'static str,
    /// What its legs can do.
    pub abilities: Abilities,
    /// So many of its sessions an operator has at once, if the tenant does not have it otherwise; none of another line
    /// beside them.
    pub at_once: u32,
}

/// The lines that there are, in the order in which people see them.
pub const LINES: &[Line] = &[phone::LINE, webchat::LINE];

impl Line {
    /// Where its sessions find their operators: who is to be heard has a phone.
    pub fn reach(&self) -> Reach {
        if self.abilities.sound { Reach::Phone } else { Reach::Workspace }
    }

    /// What the queues have to know of it.
    pub fn for_queues(&self) -> queue::Line {
        let beside = [(self.name.to_owned(), self.at_once)].into();
        // An operator who may have one of them has it alone.
        let beside = if self.at_once > 1 { beside } else { Default::default() };
        queue::Line { name: self.name.to_owned(), reach: self.reach(), beside }
    }
}
