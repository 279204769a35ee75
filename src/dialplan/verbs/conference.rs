//! `conference = "610"`: the caller talks with all who are in the same room, until the caller hangs up.

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::super::stage::Stage;
use super::super::step::{Cause, Input, Step};
use super::super::template::Template;
use super::{Doing, Exit, Next, Verb, When};

/// What a person calls the way out.
const FULL: &str = "full";
/// Those in a room, where the file says nothing else, and the most it may say.
const USUAL: i32 = 20;
const MOST: i32 = 50;
/// Characters of a room's name; what is beyond is cut off.
const LONGEST: usize = 64;
/// What the first one hears, below the prompts of the language.
const PROMPTS: [&str; 1] = ["room/alone"];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conference {
    room: Template,
    limit: usize,
    full: Target,
}

pub fn read(fields: &mut Fields) -> Verb {
    let named = fields.template("conference", "the name of a room, in quotes", "\"{dialled}\"");
    let room = named.map(|(template, _)| template).unwrap_or_default();
    let limit = fields.whole("limit", USUAL, 2, MOST).unsigned_abs() as usize;
    fields.need_prompts(&PROMPTS, "`conference`");
    let full = fields.target_or(FULL, &Target::Hangup(Cause::Busy));
    Verb::Conference(Conference { room, limit, full })
}

impl Conference {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        stage.memory.forget_typed();
        let room = stage.text(&self.room).trim().chars().take(LONGEST).collect();
        stage.push(Step::Conference { room, limit: self.limit });
        Next::Stay(Doing::Endless)
    }

    pub fn handle(&self, input: Input) -> Next {
        match input {
            Input::RoomFull => Next::by(FULL, &self.full),
            _ => Next::Stay(Doing::Endless),
        }
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![Exit::new(When::AtOnce, FULL, &self.full)]
    }

    pub fn lines(&self) -> Vec<String> {
        vec![format!("room {}", self.room)]
    }
}
