//! `dial = "201"`: calls an operator's extension, or a number outside.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::piece::Piece;
use super::super::plan::Target;
use super::super::sound::Sound;
use super::super::stage::Stage;
use super::super::step::{Cause, DialOutcome, DialTarget, Input, Step};
use super::super::suggest::choice;
use super::{Doing, Exit, Next, Verb, When};
use crate::time::Time;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dial {
    target: DialTarget,
    timeout: Duration,
    /// What an answered caller hears meanwhile.
    music: Vec<Piece>,
    busy: Target,
    no_answer: Target,
    unavailable: Target,
    otherwise: Target,
}

/// Where the call to the party stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Dialling {
    /// The caller hears ringing of ours (`heard`), or of the line if the call is not answered yet.
    Ringing {
        give_up_at: Time,
        heard: bool,
    },
    Talking,
}

pub fn read(fields: &mut Fields) -> Verb {
    let number = fields.text("dial", "an extension or a number in quotes", "\"201\"");
    let target = number.map(|(number, span)| read_target(fields, number, span));
    let timeout = fields.duration("timeout", Duration::from_secs(30), "30s");
    let music = fields.sounds("music").unwrap_or_else(|| vec![Piece::Sound(Sound::Ringback)]);
    let otherwise = fields.target("else", "where does a caller go whom nobody answers?");
    Verb::Dial(Dial {
        target: target.unwrap_or(DialTarget::Extension(String::new())),
        timeout,
        music,
        busy: fields.target_or("busy", &otherwise),
        no_answer: fields.target_or("no-answer", &otherwise),
        unavailable: fields.target_or("unavailable", &otherwise),
        otherwise,
    })
}

fn read_target(fields: &mut Fields, number: String, span: Range<usize>) -> DialTarget {
    let world = fields.scope.world;
    if world.extensions.contains(&number) {
        return DialTarget::Extension(number);
    }
    let international = number.strip_prefix('+').or_else(|| number.strip_prefix("00"));
    match international {
        Some(rest) if (4..=15).contains(&rest.len()) && rest.bytes().all(|digit| digit.is_ascii_digit()) => {
            if world.trunks.is_empty() {
                let help = "add one with `hovor trunk add`";
                fields.scope.error(span, "there is no trunk to dial outside", "a number outside", help);
            }
            DialTarget::External(number)
        }
        _ => {
            let help = choice(&number, world.extensions.iter().map(String::as_str));
            let help = format!("{help}; a number outside starts with + or 00");
            fields.scope.error(span, format!("`{number}` is nobody's extension"), "unknown extension", help);
            DialTarget::Extension(number)
        }
    }
}

impl Dial {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        stage.memory.forget_typed();
        stage.push(Step::Dial { target: self.target.clone() });
        let heard = stage.memory.answered;
        if heard {
            stage.play_on(Piece::all(&self.music, stage.memory));
        }
        Next::Stay(Doing::Dial(Dialling::Ringing { give_up_at: stage.now + self.timeout, heard }))
    }

    pub fn handle(&self, dialling: Dialling, input: Input, stage: &mut Stage) -> Next {
        match (dialling, input) {
            (dialling, Input::DialEnded(outcome)) => {
                dialling.hush(stage);
                self.over(outcome)
            }
            (dialling @ Dialling::Ringing { .. }, Input::Connected) => {
                dialling.hush(stage);
                stage.memory.answered = true;
                Next::Stay(Doing::Dial(Dialling::Talking))
            }
            (dialling, _) => Next::Stay(Doing::Dial(dialling)),
        }
    }

    pub fn wake(&self, dialling: Dialling, stage: &mut Stage) -> Next {
        stage.push(Step::CancelDial);
        dialling.hush(stage);
        Next::Go(self.no_answer.clone())
    }

    /// A busy party says so at once; ringing takes its time.
    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![
            (When::AtOnce, &self.busy),
            (When::InTime, &self.no_answer),
            (When::AtOnce, &self.unavailable),
            (When::AtOnce, &self.otherwise),
        ]
    }

    fn over(&self, outcome: DialOutcome) -> Next {
        let target = match outcome {
            DialOutcome::Served => return Next::End(Cause::Normal),
            DialOutcome::Busy => &self.busy,
            DialOutcome::NoAnswer => &self.no_answer,
            DialOutcome::Unreachable => &self.unavailable,
            DialOutcome::Refused | DialOutcome::Failed => &self.otherwise,
        };
        Next::Go(target.clone())
    }
}

impl Dialling {
    pub fn wakes_at(&self) -> Option<Time> {
        match self {
            Dialling::Ringing { give_up_at, .. } => Some(*give_up_at),
            Dialling::Talking => None,
        }
    }

    fn hush(&self, stage: &mut Stage) {
        if let Dialling::Ringing { heard: true, .. } = self {
            stage.stop_play();
        }
    }
}
