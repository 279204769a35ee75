//! `dial = "201"`: calls operators, a group, or a number outside.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use super::super::fields::Fields;
use super::super::piece::Piece;
use super::super::plan::Target;
use super::super::sound::Sound;
use super::super::span::written;
use super::super::stage::Stage;
use super::super::step::{Cause, DialOutcome, DialTarget, Input, QueueOutcome, Ring, Step};
use super::super::suggest::{choice, choice_or};
use super::super::template::Template;
use super::{Doing, Exit, Next, Verb, When, outside};
use crate::time::Time;

/// Those whom one node can call.
const MOST_TARGETS: usize = 20;
const RINGS: &[(&str, Ring)] = &[("all", Ring::All), ("in-turn", Ring::InTurn)];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dial {
    targets: Vec<Wanted>,
    ring: Ring,
    /// How long each rings, if they ring in turn.
    each: Option<Duration>,
    timeout: Duration,
    /// What an answered caller hears meanwhile.
    music: Vec<Piece>,
    busy: Target,
    no_answer: Target,
    unavailable: Target,
    otherwise: Target,
}

/// Whom the file names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Wanted {
    Fixed(DialTarget),
    /// An extension that is known when a caller comes.
    Typed(Template),
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
    let targets = fields.value("dial").map(|value| read_targets(fields, value)).unwrap_or_default();
    let ring = read_ring(fields);
    let each = fields.optional_duration("each", "15s");
    let timeout = fields.duration("timeout", Duration::from_secs(30), "30s");
    let music = fields.sounds("music").unwrap_or_else(|| vec![Piece::Sound(Sound::Ringback)]);
    let otherwise = fields.target("else", "where does a caller go whom nobody answers?");
    Verb::Dial(Dial {
        targets,
        ring,
        each,
        timeout,
        music,
        busy: fields.target_or("busy", &otherwise),
        no_answer: fields.target_or("no-answer", &otherwise),
        unavailable: fields.target_or("unavailable", &otherwise),
        otherwise,
    })
}

fn read_targets(fields: &mut Fields, value: &Spanned<DeValue<'_>>) -> Vec<Wanted> {
    let list = match value.get_ref() {
        DeValue::Array(list) => list.iter().collect(),
        _ => vec![value],
    };
    if list.is_empty() || list.len() > MOST_TARGETS {
        let help = format!("name 1 to {MOST_TARGETS} of them, as in `dial = [\"201\", \"202\"]`");
        fields.scope.error(value.span(), "`dial` calls nobody, or too many", "not so many", help);
    }
    list.into_iter().filter_map(|value| read_target(fields, value)).collect()
}

fn read_target(fields: &mut Fields, value: &Spanned<DeValue<'_>>) -> Option<Wanted> {
    let DeValue::String(text) = value.get_ref() else {
        fields.scope.wrong_type("dial", value, "an extension, a group or a number in quotes", "\"201\"");
        return None;
    };
    let span = value.span();
    let template = fields.template_of(text, span.clone())?;
    match template.plain() {
        Some(name) => Some(Wanted::Fixed(fixed(fields, name.trim().to_owned(), span))),
        None => {
            if fields.scope.tenant.is_none() && !fields.scope.any_tenant {
                let help = "name the tenant at the top of the file: `tenant = \"…\"`";
                let what = "what a caller types can only be an extension of the file's tenant";
                fields.scope.error(span, what, "no tenant", help);
            }
            Some(Wanted::Typed(template))
        }
    }
}

fn fixed(fields: &mut Fields, name: String, span: Range<usize>) -> DialTarget {
    let world = fields.scope.world;
    let groups = fields.scope.tenant.map(|tenant| &tenant.groups);
    if world.extensions.contains(&name) {
        return DialTarget::Extension(name);
    }
    if let Some(number) = outside::international(&name) {
        outside::check(fields, &number, span);
        return DialTarget::External(name);
    }
    if groups.is_some_and(|groups| groups.contains(&name)) {
        return DialTarget::Group(name);
    }
    let known = world.extensions.iter().chain(groups.into_iter().flatten());
    let help = choice_or(&name, known.map(String::as_str), "no operator has an extension yet");
    let help = format!("{help}; a number outside starts with + or 00");
    let what = format!("`{name}` is nobody's extension, and no group");
    fields.scope.unknown_name(span, what, "nobody to call", help);
    DialTarget::Extension(name)
}

fn read_ring(fields: &mut Fields) -> Ring {
    let Some((word, span)) = fields.text("ring", "how they ring", "\"in-turn\"") else {
        return Ring::AsGroup;
    };
    let known = RINGS.iter().find(|(known, _)| *known == word);
    if known.is_none() {
        let help = choice(&word, RINGS.iter().map(|(word, _)| *word));
        fields.scope.error(span, format!("nobody can be rung `{word}`"), "unknown manner", help);
    }
    known.map_or(Ring::AsGroup, |(_, ring)| *ring)
}

impl Dial {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        stage.memory.forget_typed();
        let targets = self.targets.iter().map(|wanted| match wanted {
            Wanted::Fixed(target) => target.clone(),
            Wanted::Typed(template) => DialTarget::Typed(stage.text(template).trim().to_owned()),
        });
        let targets = targets.collect();
        stage.push(Step::Dial { targets, ring: self.ring, each: self.each });
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
            // Whoever talked with the caller handed it to a group.
            (Dialling::Talking, Input::QueueEnded(outcome)) => self.over(match outcome {
                QueueOutcome::Served => DialOutcome::Served,
                QueueOutcome::Full => DialOutcome::Busy,
                QueueOutcome::TimedOut => DialOutcome::NoAnswer,
                QueueOutcome::Failed => DialOutcome::Failed,
            }),
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
        Next::by("no answer", &self.no_answer)
    }

    /// A busy party says so at once; ringing takes its time.
    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![
            Exit::spare(When::AtOnce, "busy", &self.busy),
            Exit::spare(When::InTime, "no answer", &self.no_answer),
            Exit::spare(When::AtOnce, "unavailable", &self.unavailable),
            Exit::new(When::AtOnce, "else", &self.otherwise),
        ]
    }

    pub fn lines(&self) -> Vec<String> {
        let names: Vec<String> = self.targets.iter().map(Wanted::words).collect();
        let how = match self.ring {
            Ring::InTurn => "in turn, ",
            Ring::All | Ring::AsGroup => "",
        };
        vec![names.join(", "), format!("{how}rings for {}", written(self.timeout))]
    }

    fn over(&self, outcome: DialOutcome) -> Next {
        match outcome {
            DialOutcome::Served => Next::End(Cause::Normal),
            DialOutcome::Busy => Next::by("busy", &self.busy),
            DialOutcome::NoAnswer => Next::by("no answer", &self.no_answer),
            DialOutcome::Unreachable => Next::by("unavailable", &self.unavailable),
            DialOutcome::Refused | DialOutcome::Failed => Next::Go(self.otherwise.clone()),
        }
    }
}

impl Wanted {
    fn words(&self) -> String {
        match self {
            Wanted::Fixed(target) => target.name().to_owned(),
            Wanted::Typed(template) => template.to_string(),
        }
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
