//! `record = "10s"`: records what the caller says; `{recording}` plays it back.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::piece::Piece;
use super::super::plan::Target;
use super::super::span::written;
use super::super::stage::Stage;
use super::super::step::{Input, RecordOutcome, Step};
use super::play::ended;
use super::{Doing, Exit, Next, Verb, When};
use crate::time::Time;

/// Tells the caller to speak.
const BEEP: &str = "beep";
/// What a person calls the way after a recording that is none.
const SHORT: &str = "short";
/// How long past its end a recording is waited for, in case its report was lost.
const GRACE: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    max: Duration,
    /// What is shorter, from the first word to the last, is no recording.
    min: Duration,
    stop: String,
    /// Silence that ends it.
    silence: Option<Duration>,
    /// What is heard before; nothing if empty.
    beep: Vec<Piece>,
    then: Target,
    short: Target,
}

/// Where the recording stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    at: At,
    pub give_up_at: Time,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum At {
    Beep { playback: u64 },
    Recording { recording: u64 },
}

pub fn read(fields: &mut Fields) -> Verb {
    let value = fields.value("record");
    let max = value.and_then(|value| fields.duration_of("record", value, "10s"));
    let min = fields.optional_duration("min", "1s").unwrap_or_default();
    let silence = fields.optional_duration("silence", "3s");
    if let (Some(value), Some(max)) = (value, max.filter(|max| min >= *max)) {
        let what = format!("`min` is as long as the longest recording, {max:?}");
        fields.scope.error(value.span(), what, "never long enough", "make `min` shorter, or `record` longer");
    }
    let stop = stop_keys(fields);
    fields.scope.sets(fields.name);
    let beep = match fields.flag("beep", true) {
        true => vec![fields.scope.sound_file(BEEP, fields.header.clone())],
        false => Vec::new(),
    };
    let then = fields.target("then", "where does the caller go after speaking?");
    let short = fields.target_or("short", &then);
    Verb::Record(Record { max: max.unwrap_or(GRACE), min, stop, silence, beep, then, short })
}

/// The keys that end a recording.
pub(super) fn stop_keys(fields: &mut Fields) -> String {
    match fields.text("stop", "the keys that end the recording", "\"#\"") {
        Some((keys, span)) => {
            if !keys.chars().all(|key| "0123456789*#ABCD".contains(key)) {
                let help = "keys are 0 to 9, * and #, as in `stop = \"#\"`";
                fields.scope.error(span, "`stop` names keys of a telephone", "not keys", help);
            }
            keys
        }
        None => "#".into(),
    }
}

impl Record {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        stage.memory.forget_typed();
        if self.beep.is_empty() {
            return self.begin(stage);
        }
        let playback = stage.play(Piece::all(&self.beep, stage.memory));
        let give_up_at = stage.now + GRACE;
        Next::Stay(Doing::Record(Recording { at: At::Beep { playback }, give_up_at }))
    }

    pub fn handle(&self, doing: Recording, input: Input, stage: &mut Stage) -> Next {
        match (&doing.at, input) {
            (At::Beep { playback }, input) if ended(*playback, &input) => self.begin(stage),
            (
                At::Recording { recording },
                Input::Recorded { recording: over, file, spoken_ms, ended, .. },
            ) if *recording == over => {
                self.recorded(file, Duration::from_millis(spoken_ms.into()), ended, stage)
            }
            (At::Recording { recording }, Input::RecordFailed { recording: over }) if *recording == over => {
                self.failed(stage)
            }
            _ => Next::Stay(Doing::Record(doing)),
        }
    }

    /// A report is overdue: go on without it.
    pub fn wake(&self, doing: Recording, stage: &mut Stage) -> Next {
        match doing.at {
            At::Beep { .. } => self.begin(stage),
            At::Recording { .. } => self.failed(stage),
        }
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![Exit::new(When::InTime, "", &self.then), Exit::spare(When::InTime, SHORT, &self.short)]
    }

    fn recorded(&self, file: String, spoken: Duration, ended: RecordOutcome, stage: &mut Stage) -> Next {
        if spoken < self.min {
            return self.over("short", Next::by(SHORT, &self.short), stage);
        }
        stage.memory.recording = Some(file);
        let how = match ended {
            RecordOutcome::Key => "key",
            RecordOutcome::Silence => "silence",
            RecordOutcome::Max => "max",
            RecordOutcome::Stopped => "stopped",
        };
        self.over(how, Next::Go(self.then.clone()), stage)
    }

    fn failed(&self, stage: &mut Stage) -> Next {
        self.over("failed", Next::by(SHORT, &self.short), stage)
    }

    /// How it went is kept under the name of the node.
    fn over(&self, how: &str, next: Next, stage: &mut Stage) -> Next {
        let node = stage.node;
        stage.set_parameter(node, how);
        next
    }

    pub fn lines(&self) -> Vec<String> {
        let stop = if self.stop.is_empty() { String::new() } else { format!("or until {}", self.stop) };
        vec![format!("for up to {}", written(self.max)), stop]
    }

    fn begin(&self, stage: &mut Stage) -> Next {
        let recording = stage.new_recording();
        let (max, silence, stop_digits) = (self.max, self.silence, self.stop.clone());
        stage.push(Step::Record { recording, max, stop_digits, silence });
        stage.memory.recording = None;
        let give_up_at = stage.now + self.max + GRACE;
        Next::Stay(Doing::Record(Recording { at: At::Recording { recording }, give_up_at }))
    }
}
