//! A caller's way through a plan, on a clock of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::super::plan::{Entry, Node, Plan};
use super::super::portrait::Kind;
use super::super::run::Run;
use super::super::sound::Sound;
use super::super::step::{Cause, Facts, Step};
use super::caller::Caller;
use super::world::Scene;
use crate::time::{Epoch, Time, UnixMs};

/// More happens in no call that ends; the rest of one that does not is left out.
const MOST: usize = 2_000;
/// Nobody stays longer.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// About how long a spoken letter is, at 175 words a minute.
const A_LETTER: Duration = Duration::from_millis(65);
/// Taken for a sound of unknown length.
const UNKNOWN: Duration = Duration::from_secs(1);

/// What is known of sound files, by the names that a plan has for them.
#[derive(Clone, Debug, Default)]
pub struct Sounds {
    pub lengths: BTreeMap<String, Duration>,
    /// What is said in them.
    pub texts: BTreeMap<String, String>,
}

/// A call from its beginning to its end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Walk {
    /// The file of the plan.
    pub file: String,
    /// The time zone of the file.
    pub timezone: Option<String>,
    pub caller: String,
    pub dialled: String,
    pub started: UnixMs,
    pub moments: Vec<Moment>,
    pub end: End,
    pub lasted_ms: u64,
}

/// Something that happened in a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moment {
    /// From the beginning of the call.
    pub at_ms: u64,
    #[serde(flatten)]
    pub what: What,
}

/// What can happen in a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// The caller came to a node, by the way that `why` names.
    Entered { node: String, verb: &'static str, line: u32, does: Vec<String>, why: String },
    /// The call was answered.
    Answered,
    /// The caller heard something, to its end or until it was cut short.
    Heard { sounds: Vec<Heard>, ms: u64, cut: bool },
    /// The caller pressed a key.
    Key { key: char },
    /// Something was noted with the session.
    Parameter { name: String, value: String },
    /// Something else happened, in words.
    Happened { text: String },
    /// The dialplan ended the call.
    HungUp { cause: Cause, why: String },
    /// The caller ended the call.
    CallerHungUp,
}

/// One sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Heard {
    /// The name that people know it by: a prompt without its language.
    pub sound: String,
    /// Its file, if it has one: the path below the media directory, without `.wav`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What is said in it, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How a call came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "how", content = "cause", rename_all = "snake_case")]
pub enum End {
    /// The dialplan ended it.
    HungUp(Cause),
    /// The caller hung up.
    CallerHungUp,
    /// It is over; why, the last moments tell.
    Ended,
    /// It goes on until somebody hangs up: music, an echo, a queue that nobody serves.
    GoesOn,
}

impl Walk {
    /// The names of the nodes in the order the caller came by them.
    pub fn nodes(&self) -> Vec<&str> {
        let node = |moment| match moment {
            &Moment { what: What::Entered { ref node, .. }, .. } => Some(node.as_str()),
            _ => None,
        };
        self.moments.iter().filter_map(node).collect()
    }
}

/// Lets a caller go through the plan of an entry.
pub fn walk(entry: Entry, caller: &Caller, sounds: &Sounds) -> Walk {
    let plan = std::sync::Arc::clone(&entry.plan);
    let facts = Facts { caller: caller.number.clone(), dialled: caller.dialled.clone() };
    let mut driver = Driver {
        run: Run::start(entry, facts, Epoch(caller.at), Time::ZERO),
        plan: &plan,
        sounds,
        scene: Scene::new(caller),
        now: Time::ZERO,
        moments: Vec::new(),
        playing: None,
        beneath: None,
        last_node: None,
    };
    let end = driver.drive(caller.hangs_up);
    Walk {
        file: plan.file.clone(),
        timezone: plan.timezone.clone(),
        caller: caller.number.clone(),
        dialled: caller.dialled.clone(),
        started: caller.at,
        moments: driver.moments,
        end,
        lasted_ms: driver.now.as_millis(),
    }
}

struct Driver<'a> {
    run: Run,
    plan: &'a Plan,
    sounds: &'a Sounds,
    scene: Scene<'a>,
    now: Time,
    moments: Vec<Moment>,
    playing: Option<Playing>,
    /// What goes on after the announcement under way.
    beneath: Option<Vec<Heard>>,
    last_node: Option<String>,
}

/// What the caller hears, and where it stands among the moments.
struct Playing {
    moment: usize,
    since: Time,
    /// It has no end of its own.
    endless: bool,
}

impl Driver<'_> {
    fn drive(&mut self, hangs_up: Option<Duration>) -> End {
        let hangs_up = hangs_up.map(|after| Time::ZERO + after);
        loop {
            while let Some(step) = self.run.poll_output() {
                if let Step::Hangup { cause, by } = step {
                    self.silence(true);
                    self.note(What::HungUp { cause, why: by });
                    return End::HungUp(cause);
                }
                self.perform(step);
            }
            let asks = self.asks_for_keys() && self.playing.is_none() && self.run.poll_timeout().is_some();
            if asks {
                self.scene.asked(self.now);
            }
            let next = [self.scene.next(), self.run.poll_timeout(), hangs_up].into_iter().flatten().min();
            let Some(at) = next.filter(|at| self.moments.len() < MOST && at.since(Time::ZERO) <= LONGEST)
            else {
                self.silence(true);
                return End::GoesOn;
            };
            self.now = self.now.max(at);
            if hangs_up == Some(at) {
                self.silence(true);
                self.note(What::CallerHungUp);
                return End::CallerHungUp;
            }
            self.go_on();
        }
    }

    /// Tells the run what comes next.
    fn go_on(&mut self) {
        let Some(event) = self.scene.take(self.now) else {
            return self.run.handle_timeout(self.now);
        };
        if event.ends_sound {
            self.silence(false);
            if let Some(sounds) = self.beneath.take() {
                self.hear(sounds, true);
            }
        }
        if let Some(what) = event.note {
            self.note(what);
        }
        self.run.handle(event.input, self.now);
    }

    fn perform(&mut self, step: Step) {
        match step {
            Step::Entered { node, line, by } => self.enter(node, line, by),
            Step::Play { playback, sounds, repeat } => {
                self.beneath = None;
                self.play(playback, &sounds, repeat);
            }
            Step::Announce { playback, sounds } => {
                self.pause();
                self.play(playback, &sounds, false);
            }
            Step::StopPlay => {
                self.beneath = None;
                self.silence(true);
                self.scene.stop_play();
            }
            Step::Parameter { name, value } => self.note(What::Parameter { name, value }),
            step => {
                let node = self.run.node().to_owned();
                let waits = matches!(step, Step::Queue { .. }) && self.may_be_left_by_key();
                for what in self.scene.perform(step, &node, self.now) {
                    self.note(what);
                }
                if waits {
                    self.scene.waits(self.now);
                }
            }
        }
    }

    fn enter(&mut self, node: String, line: u32, why: String) {
        let portrait = self.plan.nodes.get(&node).map(|node| node.verb.portrait());
        let (verb, does) = portrait.map_or(("", Vec::new()), |portrait| (portrait.verb, portrait.lines));
        self.last_node = Some(node.clone());
        self.note(What::Entered { node, verb, line, does, why });
        self.scene.entered(self.asks_for_keys(), self.now);
    }

    /// The node under way.
    fn node(&self) -> Option<&Node> {
        self.last_node.as_ref().and_then(|node| self.plan.nodes.get(node))
    }

    fn asks_for_keys(&self) -> bool {
        self.run.asks() || self.node().is_some_and(|node| node.verb.portrait().kind == Kind::Menu)
    }

    fn may_be_left_by_key(&self) -> bool {
        self.node().is_some_and(|node| node.verb.may_be_left_by_key())
    }

    fn play(&mut self, playback: u64, sounds: &[Sound], repeat: bool) {
        self.silence(true);
        let lengths: Option<Vec<Duration>> = sounds.iter().map(|sound| self.length(sound)).collect();
        let ends = lengths.filter(|_| !repeat).map(|lengths| self.now + lengths.iter().sum());
        self.scene.play(playback, self.now, ends, self.asks_for_keys());
        let heard = sounds.iter().map(|sound| self.heard(sound)).collect();
        self.hear(heard, ends.is_none());
    }

    fn hear(&mut self, sounds: Vec<Heard>, endless: bool) {
        self.playing = Some(Playing { moment: self.moments.len(), since: self.now, endless });
        self.note(What::Heard { sounds, ms: 0, cut: false });
    }

    /// What has no end of its own waits until the announcement is over, and goes on after it.
    fn pause(&mut self) {
        let Some(playing) = self.playing.as_ref().filter(|playing| playing.endless) else { return };
        if let Some(Moment { what: What::Heard { sounds, .. }, .. }) = self.moments.get(playing.moment) {
            self.beneath = Some(sounds.clone());
            self.silence(false);
        }
    }

    /// How long a sound is; none if it never ends.
    fn length(&self, sound: &Sound) -> Option<Duration> {
        match sound {
            Sound::File(name) => Some(self.sounds.lengths.get(name).copied().unwrap_or(UNKNOWN)),
            Sound::Recording(_) => Some(self.scene.recorded()),
            Sound::Speech { text, .. } => {
                Some(A_LETTER * u32::try_from(text.chars().count()).unwrap_or(u32::MAX))
            }
            Sound::Tone { ms, .. } => ms.map(|ms| Duration::from_millis(ms.into())),
            Sound::Ringback => None,
            Sound::Silence { ms } => Some(Duration::from_millis((*ms).into())),
        }
    }

    fn heard(&self, sound: &Sound) -> Heard {
        let text = match sound {
            Sound::File(name) => self.sounds.texts.get(name).cloned(),
            Sound::Speech { text, .. } => Some(text.clone()),
            _ => None,
        };
        let file = match sound {
            Sound::File(name) => Some(name.clone()),
            _ => None,
        };
        Heard { sound: sound.words(), file, text }
    }

    /// What was heard has come to its end, or is cut short.
    fn silence(&mut self, is_cut: bool) {
        let Some(playing) = self.playing.take() else { return };
        if let Some(Moment { what: What::Heard { ms, cut, .. }, .. }) = self.moments.get_mut(playing.moment) {
            *ms = u64::try_from(self.now.since(playing.since).as_millis()).unwrap_or(u64::MAX);
            *cut = is_cut;
        }
    }

    fn note(&mut self, what: What) {
        self.moments.push(Moment { at_ms: self.now.as_millis(), what });
    }
}
