//! `call = "ask-name"`: goes through other nodes and comes back.

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::super::stage::Stage;
use super::super::step::Cause;
use super::{Exit, Next, Verb, When};

/// What a person calls the way into the sub-flow.
const CALL: &str = "call";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Where the sub-flow begins.
    pub first: Target,
    /// Where the caller goes on after its `"return"`.
    pub then: Target,
}

pub fn read(fields: &mut Fields) -> Verb {
    let first = match fields.value("call") {
        Some(value) => {
            let first = fields.target_of("call", value);
            let is_word = value.get_ref().as_str().is_some_and(|name| ["hangup", "return"].contains(&name));
            if is_word {
                let help = "write the name of a node, whose way leads to \"return\"";
                fields.scope.error(value.span(), "`call` names the node to begin with", "no node", help);
            }
            first
        }
        None => Target::Return,
    };
    let then = fields.target("then", "where does the caller go on after the return?");
    Verb::Call(Call { first, then })
}

impl Call {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        match stage.memory.call(self.then.clone()) {
            true => Next::by(CALL, &self.first),
            false => Next::End(Cause::Internal),
        }
    }

    /// For drawings; the check of the graph knows when the second one is taken.
    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![Exit::new(When::AtOnce, CALL, &self.first), Exit::new(When::InTime, "then", &self.then)]
    }
}
