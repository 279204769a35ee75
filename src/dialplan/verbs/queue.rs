//! `queue = "sales"`: the caller waits with music until an operator of the group answers.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::piece::Piece;
use super::super::plan::Target;
use super::super::say;
use super::super::sound::Sound;
use super::super::stage::Stage;
use super::super::step::{Cause, Input, QueueOutcome, Step};
use super::super::suggest::choice;
use super::play::ended;
use super::{Doing, Exit, Next, Verb, When};
use crate::time::Time;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    group: String,
    priority: i32,
    music: Vec<Piece>,
    /// The pause between two announcements of the caller's place.
    position_every: Option<Duration>,
    max_wait: Option<Duration>,
    full: Target,
    timeout: Target,
    otherwise: Target,
}

/// Where the waiting stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Waiting {
    Music { announce_at: Option<Time>, give_up_at: Option<Time> },
    Announcing { playback: u64, give_up_at: Option<Time> },
    Talking,
}

pub fn read(fields: &mut Fields) -> Verb {
    let group = fields.text("queue", "the name of a group", "\"sales\"");
    let group = group.map(|(name, span)| known_group(fields, name, span)).unwrap_or_default();
    let music = read_music(fields);
    let position_every = fields.optional_duration("position-every", "30s");
    if position_every.is_some() {
        let pieces = say::pieces_of_positions(&fields.scope.language);
        fields.scope.need_pieces(pieces, fields.header.clone(), "`position-every`");
    }
    let max_wait = fields.optional_duration("max-wait", "10min");
    let priority = fields.whole("priority", 0, -100, 100);
    let otherwise = fields.target("else", "where does a caller go whom nobody can serve?");
    let full = fields.target_or("full", &otherwise);
    let timeout = fields.target_or("timeout", &otherwise);
    Verb::Queue(Queue { group, priority, music, position_every, max_wait, full, timeout, otherwise })
}

fn known_group(fields: &mut Fields, name: String, span: Range<usize>) -> String {
    let Some(tenant) = fields.scope.tenant else {
        let what = "groups belong to a tenant, and this file does not say whose it is";
        fields.scope.error(span, what, "whose group?", "add `tenant = \"…\"` at the top of the file");
        return name;
    };
    if !tenant.groups.contains(&name) {
        let help = choice(&name, tenant.groups.iter().map(String::as_str));
        fields.scope.error(span, format!("there is no group `{name}`"), "unknown group", help);
    }
    name
}

fn read_music(fields: &mut Fields) -> Vec<Piece> {
    if let Some(music) = fields.sounds("music") {
        return music;
    }
    if fields.scope.music.is_empty() {
        let what = format!("node `{}` does not say what the caller hears while waiting", fields.name);
        let help = "add `music = \"music/…\"` here or at the top of the file";
        fields.scope.error(fields.header.clone(), what, "no music", help);
    }
    fields.scope.music.clone()
}

impl Queue {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        stage.memory.forget_typed();
        stage.push(Step::Queue { group: self.group.clone(), priority: self.priority });
        let give_up_at = self.max_wait.map(|wait| stage.now + wait);
        self.music(give_up_at, stage)
    }

    pub fn handle(&self, waiting: Waiting, input: Input, stage: &mut Stage) -> Next {
        match (waiting, input) {
            (Waiting::Talking, Input::QueueEnded(QueueOutcome::Served)) => Next::End(Cause::Normal),
            (Waiting::Talking, Input::QueueEnded(outcome)) => self.over(outcome),
            (_, Input::QueueEnded(outcome)) => {
                stage.stop_play();
                self.over(outcome)
            }
            (Waiting::Music { .. } | Waiting::Announcing { .. }, Input::Connected) => {
                stage.stop_play();
                Next::Stay(Doing::Queue(Waiting::Talking))
            }
            (Waiting::Music { give_up_at, .. }, Input::Position(position)) => {
                let pieces = say::position(&stage.plan.language, position);
                let playback = stage.play(pieces.into_iter().map(Sound::File).collect());
                Next::Stay(Doing::Queue(Waiting::Announcing { playback, give_up_at }))
            }
            (Waiting::Announcing { playback, give_up_at }, input) if ended(playback, &input) => {
                self.music(give_up_at, stage)
            }
            (waiting, _) => Next::Stay(Doing::Queue(waiting)),
        }
    }

    pub fn wake(&self, waiting: Waiting, stage: &mut Stage) -> Next {
        let (Waiting::Music { give_up_at, .. } | Waiting::Announcing { give_up_at, .. }) = &waiting else {
            return Next::Stay(Doing::Queue(waiting));
        };
        if give_up_at.is_some_and(|at| at <= stage.now) {
            stage.push(Step::LeaveQueue);
            stage.stop_play();
            return Next::Go(self.timeout.clone());
        }
        match waiting {
            Waiting::Music { give_up_at, .. } => {
                stage.push(Step::AskPosition);
                let announce_at = self.position_every.map(|pause| stage.now + pause);
                Next::Stay(Doing::Queue(Waiting::Music { announce_at, give_up_at }))
            }
            waiting => Next::Stay(Doing::Queue(waiting)),
        }
    }

    /// A full group says so at once; a wait takes its time.
    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![(When::AtOnce, &self.full), (When::InTime, &self.timeout), (When::AtOnce, &self.otherwise)]
    }

    fn music(&self, give_up_at: Option<Time>, stage: &mut Stage) -> Next {
        stage.play_on(Piece::all(&self.music, stage.memory));
        let announce_at = self.position_every.map(|pause| stage.now + pause);
        Next::Stay(Doing::Queue(Waiting::Music { announce_at, give_up_at }))
    }

    fn over(&self, outcome: QueueOutcome) -> Next {
        match outcome {
            QueueOutcome::Served => Next::End(Cause::Normal),
            QueueOutcome::Full => Next::Go(self.full.clone()),
            QueueOutcome::TimedOut => Next::Go(self.timeout.clone()),
            QueueOutcome::Failed => Next::Go(self.otherwise.clone()),
        }
    }
}

impl Waiting {
    pub fn wakes_at(&self) -> Option<Time> {
        match self {
            Waiting::Music { announce_at, give_up_at } => announce_at.iter().chain(give_up_at).min().copied(),
            Waiting::Announcing { give_up_at, .. } => *give_up_at,
            Waiting::Talking => None,
        }
    }
}
