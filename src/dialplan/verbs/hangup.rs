//! `hangup = "busy"`: ends the call, or refuses it if it is not answered yet.

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::step::Cause;
use super::super::suggest::choice;
use super::Verb;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hangup {
    pub cause: Cause,
}

pub fn read(fields: &mut Fields) -> Verb {
    let text = fields.text("hangup", "the cause of the end", "\"normal\"");
    let cause = text.and_then(|(word, span)| {
        let known = Cause::WORDS.iter().find(|(known, _)| *known == word);
        if known.is_none() {
            let help = choice(&word, Cause::NAMES.into_iter());
            fields.scope.error(span, format!("there is no cause `{word}`"), "unknown cause", help);
        }
        known.map(|(_, cause)| *cause)
    });
    Verb::Hangup(Hangup { cause: cause.unwrap_or(Cause::Normal) })
}
