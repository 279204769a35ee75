//! `echo = true`: the caller hears what the caller says, until the caller hangs up.

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::stage::Stage;
use super::super::step::Step;
use super::{Doing, Next, Verb};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Echo;

pub fn read(fields: &mut Fields) -> Verb {
    fields.only_true("echo");
    Verb::Echo(Echo)
}

pub fn enter(stage: &mut Stage) -> Next {
    stage.memory.forget_typed();
    stage.push(Step::Echo);
    Next::Stay(Doing::Endless)
}
