//! `play = "welcome"`: lets the caller hear sounds, once or without end.

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::piece::Piece;
use super::super::plan::Target;
use super::super::portrait::named;
use super::super::stage::Stage;
use super::super::step::{Cause, Input};
use super::{Doing, Exit, Next, Verb, When};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Play {
    sounds: Vec<Piece>,
    then: Then,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Then {
    /// Over and over, until the caller hangs up.
    Repeat,
    /// On to a node; with `skip`, a key cuts it short if a menu comes next.
    On { target: Target, skip: bool },
}

pub fn read(fields: &mut Fields) -> Verb {
    let sounds = fields.sounds("play").unwrap_or_default();
    let then = if fields.flag("repeat", false) {
        never_follows(fields);
        Then::Repeat
    } else {
        let target = fields.target("then", "where does the caller go after hearing it?");
        Then::On { target, skip: fields.flag("skip", true) }
    };
    let endless = sounds.iter().position(Piece::is_endless);
    if let (Then::On { .. }, Some(_)) = (&then, endless) {
        let help =
            "give the tone a length, `{ tone = 1004, for = \"2s\" }`, or write `repeat = true` and no `then`";
        fields.scope.error(
            fields.header.clone(),
            "this never ends, so `then` is never reached",
            "plays a tone without end",
            help,
        );
    }
    Verb::Play(Play { sounds, then })
}

fn never_follows(fields: &mut Fields) {
    if let Some(value) = fields.value("then") {
        let what = "`repeat = true` plays without end, so `then` is never reached";
        fields.scope.error(value.span(), what, "never reached", "leave out `then`, or `repeat`");
    }
}

/// Tells how a playback under way takes an input.
pub(super) fn ended(playback: u64, input: &Input) -> bool {
    matches!(input, Input::PlayEnded { playback: over } | Input::PlayFailed { playback: over } if *over == playback)
}

impl Play {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        let sounds = Piece::all(&self.sounds, stage.memory);
        match &self.then {
            Then::Repeat if sounds.is_empty() => Next::End(Cause::Internal),
            Then::Repeat => {
                stage.memory.forget_typed();
                stage.play_on(sounds);
                Next::Stay(Doing::Endless)
            }
            Then::On { target, skip } => {
                let skipped = *skip && stage.memory.has_typed() && stage.plan.leads_to_menu(target);
                match sounds.is_empty() || skipped {
                    true => Next::Go(target.clone()),
                    false => Next::Stay(Doing::Playing { playback: stage.play(sounds) }),
                }
            }
        }
    }

    pub fn handle(&self, playback: u64, input: Input, stage: &mut Stage) -> Next {
        let Then::On { target, skip } = &self.then else { return Next::Stay(Doing::Playing { playback }) };
        heard(playback, input, target, *skip, stage)
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        let at_once = self.sounds.iter().all(Piece::may_be_nothing);
        let when = if at_once { When::AtOnce } else { When::InTime };
        self.then().map(|target| Exit::new(when, "", target)).into_iter().collect()
    }

    pub fn lines(&self) -> Vec<String> {
        let repeat = if self.is_endless() { "over and over" } else { "" };
        vec![named(&self.sounds), repeat.to_owned()]
    }

    pub fn is_endless(&self) -> bool {
        matches!(self.then, Then::Repeat)
    }

    pub fn then(&self) -> Option<&Target> {
        match &self.then {
            Then::Repeat => None,
            Then::On { target, .. } => Some(target),
        }
    }
}

/// Goes on at the end of a playback; a key that the menu after it shall get may cut it short.
pub(super) fn heard(playback: u64, input: Input, then: &Target, skip: bool, stage: &mut Stage) -> Next {
    if ended(playback, &input) {
        return Next::Go(then.clone());
    }
    if let Input::Digit(key) = input
        && stage.plan.leads_to_menu(then)
    {
        stage.memory.type_ahead(key);
        if skip {
            stage.stop_play();
            return Next::Go(then.clone());
        }
    }
    Next::Stay(Doing::Playing { playback })
}

/// Music that cannot be played leaves a caller in silence for ever: better let go.
pub fn handle_endless(input: Input) -> Next {
    match input {
        Input::PlayFailed { .. } => Next::End(Cause::Internal),
        _ => Next::Stay(Doing::Endless),
    }
}
