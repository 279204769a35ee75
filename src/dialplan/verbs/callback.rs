//! `callback = "1"` of a queue: a caller who presses the key need not wait on the line, and is called when it is their
//! turn. Until all is arranged the caller waits on, and may be served meanwhile.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use super::super::fields::Fields;
use super::super::hours::{Hours, Opening};
use super::super::plan::Target;
use super::super::say;
use super::super::sound::Sound;
use super::super::span::{duration, written};
use super::super::stage::Stage;
use super::super::step::{CallbackTerms, Input, Promised, Step};
use super::super::suggest::choice;
use super::hours::read_hours;
use super::keys::key_of;
use super::play::ended;
use crate::time::{Time, UnixMs};

/// How long to wait for a key.
const PATIENCE: Duration = Duration::from_secs(6);
/// How often a question is asked.
const TRIES: u32 = 3;
/// The most digits of a number that can be called: `00` and the longest of E.164.
const MOST_DIGITS: usize = 17;
/// The most pauses between calls.
const MOST_PAUSES: usize = 10;
/// The settings beside the key.
pub(super) const SETTINGS: &[&str] =
    &["callback", "callback-number", "callback-retry", "callback-expires", "callback-hours", "callback-then"];
/// Whose number is called.
const OWN: &str = "caller";
const ASK: &str = "ask";

const YOUR_NUMBER: &str = "callback/your-number";
const CONFIRM: &str = "callback/confirm";
const TYPE_NUMBER: &str = "callback/type-number";
const NOT_POSSIBLE: &str = "callback/not-possible";
const PROMISED: &str = "callback/promised";
const ALREADY: &str = "callback/already";
const NOT_NOW: &str = "callback/not-now";
const PROMPTS: [&str; 7] = [YOUR_NUMBER, CONFIRM, TYPE_NUMBER, NOT_POSSIBLE, PROMISED, ALREADY, NOT_NOW];

/// How callers who wait are offered to be called back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Callback {
    key: char,
    /// The number is always asked for.
    asks: bool,
    /// How long to wait after each call in vain.
    pauses: Vec<Duration>,
    lasts: Duration,
    /// When clients are called.
    hours: Option<Hours>,
    then: Target,
}

/// How far it is arranged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Arranging {
    /// The switch says whether this number may be called.
    Checking { wanted: Wanted },
    /// The caller hears the number, and says whether it is right.
    Confirming { wanted: Wanted, ear: Ear },
    /// The caller types another number.
    Typing { digits: String, tries: u32, ear: Ear },
    /// What was typed cannot be called, and is asked for again.
    Refusing { playback: u64, tries: u32 },
    /// The switch makes the promise.
    Promising,
    /// No promise can be made; the caller waits on.
    Regretting { playback: u64 },
    /// The caller hears that the call will come.
    Leaving { playback: u64 },
}

/// A number that is to be called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    number: String,
    typed: bool,
    /// How often may be asked from now on.
    tries: u32,
}

/// Whether the caller still hears the question.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ear {
    Hears { playback: u64 },
    Waits { until: Time },
}

/// What follows.
pub enum Course {
    Goes(Arranging),
    /// The caller waits on.
    WaitsOn,
    /// The caller waits no more, and goes where the promise leads.
    Leaves,
}

/// Reads the settings, if clients are called back at all.
pub fn read(fields: &mut Fields) -> Option<Callback> {
    let key = fields.text("callback", "the key by which a caller asks for a call", "\"1\"");
    let asks = read_number(fields);
    let pauses = read_pauses(fields);
    let lasts = fields.duration("callback-expires", Duration::from_secs(24 * 3_600), "24h");
    let hours = read_hours(fields, "callback-hours");
    let then = fields.target_or("callback-then", &Target::Hangup(super::Cause::Normal));
    let Some((text, span)) = key else {
        let lonely = SETTINGS[1..].iter().find(|setting| fields.has(setting));
        if let Some(setting) = lonely {
            let what = format!("`{setting}` says how clients are called back, and nothing says by which key");
            let help = "add `callback = \"1\"`";
            fields.scope.error(fields.header.clone(), what, "no `callback`", help);
        }
        return None;
    };
    fields.need_prompts(&PROMPTS, "`callback`");
    fields.need_spoken("`callback`", say::pieces_of_digits);
    let key = read_key(fields, &text, span)?;
    Some(Callback { key, asks, pauses, lasts, hours, then })
}

fn read_key(fields: &mut Fields, text: &str, span: Range<usize>) -> Option<char> {
    let key = key_of(text);
    if key.is_none() {
        let what = format!("a telephone has no key `{text}`");
        fields.scope.error(span, what, "not a key", "keys are 0 to 9, \"*\", \"#\" and A to D");
    } else if fields.scope.tenant.is_none() && !fields.scope.any_tenant {
        let help = "add `tenant = \"…\"` at the top of the file";
        fields.scope.error(span, "calls are promised by a tenant, and the file has none", "no tenant", help);
    }
    key
}

fn read_number(fields: &mut Fields) -> bool {
    let Some((word, span)) = fields.text("callback-number", "\"caller\" or \"ask\"", "\"ask\"") else {
        return false;
    };
    if ![OWN, ASK].contains(&word.as_str()) {
        let help = choice(&word, [OWN, ASK].into_iter());
        fields.scope.error(span, format!("`{word}` says no number"), "neither of the two", help);
    }
    word == ASK
}

fn read_pauses(fields: &mut Fields) -> Vec<Duration> {
    let Some(value) = fields.value("callback-retry") else { return CallbackTerms::PAUSES.to_vec() };
    let list: Vec<_> = match value.get_ref() {
        DeValue::Array(list) => list.iter().collect(),
        _ => vec![value],
    };
    if list.len() > MOST_PAUSES {
        let help = "whom nobody reaches in ten calls, wants none";
        let what = format!("a client is called {MOST_PAUSES} times more at most");
        fields.scope.error(value.span(), what, "too many", help);
    }
    let mut pauses = vec![];
    for value in list {
        match value.get_ref() {
            DeValue::String(text) if duration(text).is_some() => pauses.extend(duration(text)),
            _ => {
                let help = "write `callback-retry = [\"5min\", \"15min\"]`; units are ms, s, min and h";
                let what = "`callback-retry` lists how long to wait after each call in vain";
                fields.scope.error(value.span(), what, "not a length of time", help);
            }
        }
    }
    pauses
}

impl Callback {
    /// The key by which a caller asks for a call.
    pub fn key(&self) -> char {
        self.key
    }

    /// Where callers go who were promised one.
    pub fn then(&self) -> &Target {
        &self.then
    }

    /// Whether clients are called at this moment.
    pub fn is_open(&self, at: UnixMs) -> bool {
        self.hours.as_ref().is_none_or(|hours| hours.opening(at) == Opening::Open)
    }

    /// What a person reads of it.
    pub fn line(&self) -> String {
        let calls = self.pauses.len() + 1;
        let times = if calls == 1 { "once".to_owned() } else { format!("up to {calls} times") };
        format!("{} to be called back, {times} within {}", self.key, written(self.lasts))
    }

    /// The caller has pressed the key.
    pub fn begin(&self, stage: &mut Stage) -> Arranging {
        let own = stage.facts.caller.clone();
        match self.asks || own.is_empty() {
            true => self.ask(TRIES, stage),
            false => self.check(Wanted { number: own, typed: false, tries: TRIES }, stage),
        }
    }

    pub fn handle(&self, arranging: Arranging, input: &Input, stage: &mut Stage) -> Course {
        if let Input::Digit(key) = input {
            return self.pressed(arranging, *key, stage);
        }
        match (arranging, input) {
            (Arranging::Checking { wanted }, Input::CallbackTo { number }) => match number {
                Some(number) => {
                    let wanted = Wanted { number: number.clone(), ..wanted };
                    Course::Goes(self.read_back(wanted, stage))
                }
                None if wanted.typed => {
                    let playback = play(&[NOT_POSSIBLE], stage);
                    Course::Goes(Arranging::Refusing { playback, tries: wanted.tries })
                }
                None => Course::Goes(self.ask(wanted.tries, stage)),
            },
            (Arranging::Promising, Input::Promised(promised)) => {
                let said = match promised {
                    Promised::Made => PROMISED,
                    Promised::Joined => ALREADY,
                    Promised::Refused => NOT_NOW,
                };
                let playback = play(&[said], stage);
                Course::Goes(match promised {
                    Promised::Refused => Arranging::Regretting { playback },
                    _ => Arranging::Leaving { playback },
                })
            }
            (Arranging::Confirming { wanted, ear }, input) => {
                Course::Goes(Arranging::Confirming { wanted, ear: ear.after(input, stage) })
            }
            (Arranging::Typing { digits, tries, ear }, input) => {
                Course::Goes(Arranging::Typing { digits, tries, ear: ear.after(input, stage) })
            }
            (Arranging::Refusing { playback, tries }, input) if ended(playback, input) => {
                self.ask_again(tries, stage)
            }
            (Arranging::Regretting { playback }, input) if ended(playback, input) => Course::WaitsOn,
            (Arranging::Leaving { playback }, input) if ended(playback, input) => Course::Leaves,
            (arranging, _) => Course::Goes(arranging),
        }
    }

    /// No key came in time.
    pub fn wake(&self, arranging: Arranging, stage: &mut Stage) -> Course {
        match arranging {
            Arranging::Confirming { wanted, .. } => self.confirm_again(wanted, stage),
            Arranging::Typing { digits, tries, .. } if digits.is_empty() => self.ask_again(tries, stage),
            Arranging::Typing { digits, tries, .. } => self.typed(digits, tries, stage),
            arranging => Course::Goes(arranging),
        }
    }

    fn pressed(&self, arranging: Arranging, key: char, stage: &mut Stage) -> Course {
        match arranging {
            Arranging::Confirming { wanted, ear } => {
                ear.interrupt(stage);
                match key {
                    '1' => {
                        let Wanted { number, typed, .. } = wanted;
                        let (pauses, lasts) = (self.pauses.clone(), self.lasts);
                        let terms = CallbackTerms { pauses, lasts, has_hours: self.hours.is_some() };
                        stage.push(Step::Promise { number, typed, terms });
                        Course::Goes(Arranging::Promising)
                    }
                    '2' => Course::Goes(self.ask(wanted.tries, stage)),
                    '*' => Course::WaitsOn,
                    _ => self.confirm_again(wanted, stage),
                }
            }
            Arranging::Typing { mut digits, tries, ear } => {
                ear.interrupt(stage);
                match key {
                    '#' if !digits.is_empty() => return self.typed(digits, tries, stage),
                    '*' if digits.is_empty() => return Course::WaitsOn,
                    '*' => digits.clear(),
                    '0'..='9' => digits.push(key),
                    _ => {}
                }
                if digits.len() >= MOST_DIGITS {
                    return self.typed(digits, tries, stage);
                }
                let ear = Ear::Waits { until: stage.now + PATIENCE };
                Course::Goes(Arranging::Typing { digits, tries, ear })
            }
            arranging => Course::Goes(arranging),
        }
    }

    fn check(&self, wanted: Wanted, stage: &mut Stage) -> Arranging {
        stage.push(Step::AskCallback { number: wanted.number.clone(), typed: wanted.typed });
        Arranging::Checking { wanted }
    }

    fn read_back(&self, wanted: Wanted, stage: &mut Stage) -> Arranging {
        let number = say::digits(stage.language(), &wanted.number).into_iter().map(Sound::File);
        let sounds = [stage.prompt(YOUR_NUMBER)].into_iter().chain(number).chain([stage.prompt(CONFIRM)]);
        let sounds = sounds.collect();
        let playback = stage.play(sounds);
        Arranging::Confirming { wanted, ear: Ear::Hears { playback } }
    }

    fn confirm_again(&self, wanted: Wanted, stage: &mut Stage) -> Course {
        match wanted.tries.checked_sub(1) {
            Some(tries) if tries > 0 => Course::Goes(self.read_back(Wanted { tries, ..wanted }, stage)),
            _ => Course::WaitsOn,
        }
    }

    fn ask(&self, tries: u32, stage: &mut Stage) -> Arranging {
        let ear = Ear::Hears { playback: play(&[TYPE_NUMBER], stage) };
        Arranging::Typing { digits: String::new(), tries, ear }
    }

    fn ask_again(&self, tries: u32, stage: &mut Stage) -> Course {
        match tries.checked_sub(1) {
            Some(tries) if tries > 0 => Course::Goes(self.ask(tries, stage)),
            _ => Course::WaitsOn,
        }
    }

    fn typed(&self, number: String, tries: u32, stage: &mut Stage) -> Course {
        Course::Goes(self.check(Wanted { number, typed: true, tries }, stage))
    }
}

impl Arranging {
    pub fn wakes_at(&self) -> Option<Time> {
        match self {
            Arranging::Confirming { ear: Ear::Waits { until }, .. }
            | Arranging::Typing { ear: Ear::Waits { until }, .. } => Some(*until),
            _ => None,
        }
    }

    /// Whether something is heard.
    pub fn is_heard(&self) -> bool {
        match self {
            Arranging::Confirming { ear, .. } | Arranging::Typing { ear, .. } => {
                matches!(ear, Ear::Hears { .. })
            }
            Arranging::Checking { .. } | Arranging::Promising => false,
            Arranging::Refusing { .. } | Arranging::Regretting { .. } | Arranging::Leaving { .. } => true,
        }
    }

    /// Whether a key is asked for.
    pub fn asks(&self) -> bool {
        matches!(self, Arranging::Confirming { .. } | Arranging::Typing { .. })
    }
}

impl Ear {
    fn after(self, input: &Input, stage: &Stage) -> Self {
        match self {
            Ear::Hears { playback } if ended(playback, input) => Ear::Waits { until: stage.now + PATIENCE },
            ear => ear,
        }
    }

    fn interrupt(self, stage: &mut Stage) {
        if let Ear::Hears { .. } = self {
            stage.stop_play();
        }
    }
}

fn play(prompts: &[&str], stage: &mut Stage) -> u64 {
    let sounds = prompts.iter().map(|prompt| stage.prompt(prompt)).collect();
    stage.play(sounds)
}
