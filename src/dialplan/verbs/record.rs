//! `record = "10s"`: records what the caller says; `{recording}` plays it back.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::piece::Piece;
use super::super::plan::Target;
use super::super::stage::Stage;
use super::super::step::{Input, Step};
use super::play::ended;
use super::{Doing, Next, Verb};
use crate::time::Time;

/// Tells the caller to speak.
const BEEP: &str = "beep";
/// How long past its end a recording is waited for, in case its report was lost.
const GRACE: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    max: Duration,
    stop: String,
    /// What is heard before; nothing if empty.
    beep: Vec<Piece>,
    pub then: Target,
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
    let stop = match fields.text("stop", "the keys that end the recording", "\"#\"") {
        Some((keys, span)) => {
            if !keys.chars().all(|key| "0123456789*#ABCD".contains(key)) {
                let help = "keys are 0 to 9, * and #, as in `stop = \"#\"`";
                fields.scope.error(span, "`stop` names keys of a telephone", "not keys", help);
            }
            keys
        }
        None => "#".into(),
    };
    let beep = match fields.flag("beep", true) {
        true => vec![fields.scope.sound_file(BEEP, fields.header.clone())],
        false => Vec::new(),
    };
    let then = fields.target("then", "where does the caller go after speaking?");
    Verb::Record(Record { max: max.unwrap_or(GRACE), stop, beep, then })
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
            (At::Recording { recording }, Input::Recorded { recording: over, file, .. })
                if *recording == over =>
            {
                stage.memory.recording = Some(file);
                Next::Go(self.then.clone())
            }
            (At::Recording { recording }, Input::RecordFailed { recording: over }) if *recording == over => {
                Next::Go(self.then.clone())
            }
            _ => Next::Stay(Doing::Record(doing)),
        }
    }

    /// A report is overdue: go on without it.
    pub fn wake(&self, doing: Recording, stage: &mut Stage) -> Next {
        match doing.at {
            At::Beep { .. } => self.begin(stage),
            At::Recording { .. } => Next::Go(self.then.clone()),
        }
    }

    fn begin(&self, stage: &mut Stage) -> Next {
        let recording = stage.new_recording();
        let stop_digits = self.stop.clone();
        stage.push(Step::Record { recording, max: self.max, stop_digits });
        stage.memory.recording = None;
        let give_up_at = stage.now + self.max + GRACE;
        Next::Stay(Doing::Record(Recording { at: At::Recording { recording }, give_up_at }))
    }
}
