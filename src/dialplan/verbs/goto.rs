//! `goto = "node"`: another name for a node.

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::Verb;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goto {
    pub target: Target,
}

pub fn read(fields: &mut Fields) -> Verb {
    Verb::Goto(Goto { target: fields.target("goto", "where does the caller go?") })
}
