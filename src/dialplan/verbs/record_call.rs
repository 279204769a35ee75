//! `record-call = "on"`: conversations of the caller are recorded from here on, or are not.

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::super::stage::Stage;
use super::super::step::Step;
use super::super::suggest::choice;
use super::{Next, Verb};

const WORDS: &[(&str, bool)] = &[("on", true), ("off", false)];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordCall {
    on: bool,
    pub then: Target,
}

pub fn read(fields: &mut Fields) -> Verb {
    let on = fields.text("record-call", "\"on\" or \"off\"", "\"on\"").and_then(|(word, span)| {
        let known = WORDS.iter().find(|(known, _)| *known == word);
        if known.is_none() {
            let help = choice(&word, WORDS.iter().map(|(word, _)| *word));
            let what = format!("calls are recorded `on` or `off`, not `{word}`");
            fields.scope.error(span, what, "no such word", help);
        }
        known.map(|(_, on)| *on)
    });
    let then = fields.target("then", "where does the caller go from here?");
    Verb::RecordCall(RecordCall { on: on.unwrap_or_default(), then })
}

impl RecordCall {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        stage.push(Step::RecordCall { on: self.on });
        Next::Go(self.then.clone())
    }

    pub fn lines(&self) -> Vec<String> {
        WORDS.iter().filter(|(_, on)| *on == self.on).map(|(word, _)| (*word).to_owned()).collect()
    }
}
