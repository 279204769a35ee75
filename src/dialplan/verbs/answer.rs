//! `answer = true`: takes the call, before anything is heard.

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::Verb;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub then: Target,
}

pub fn read(fields: &mut Fields) -> Verb {
    fields.only_true("answer");
    Verb::Answer(Answer { then: fields.target("then", "where does the caller go after the answer?") })
}
