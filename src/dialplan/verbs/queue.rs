//! `queue = "sales"`: the caller waits with music until an operator of the group answers.

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use super::super::fields::Fields;
use super::super::piece::Piece;
use super::super::plan::Target;
use super::super::portrait::named;
use super::super::say;
use super::super::sound::Sound;
use super::super::span::written;
use super::super::stage::Stage;
use super::super::step::{Cause, Input, QueueOutcome, Step};
use super::super::suggest::choice_or;
use super::callback::{self, Arranging, Callback, Course};
use super::keys::Keys;
use super::play::ended;
use super::{Doing, Exit, Next, Verb, When};
use crate::time::{Time, UnixMs};

/// How often an announcement is heard, if the file does not say so.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(60);
/// Settings that are no keys, where TOML takes them for keys.
const SETTINGS: &[&str] = &[
    "queue",
    "else",
    "music",
    "position-every",
    "wait-every",
    "announce",
    "announce-every",
    "max-wait",
    "full",
    "timeout",
    "priority",
];
/// Music between two announcements.
const BREATH: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    group: String,
    priority: i32,
    music: Vec<Piece>,
    /// The pause between two announcements of the caller's place.
    position_every: Option<Duration>,
    /// The pause between two announcements of the expected wait.
    wait_every: Option<Duration>,
    /// What else is announced, and the pause between.
    announce: Vec<Piece>,
    announce_every: Option<Duration>,
    /// Where a key leads that the caller presses while waiting.
    keys: Keys,
    /// How a caller need not wait on the line.
    callback: Option<Callback>,
    max_wait: Option<Duration>,
    full: Target,
    timeout: Target,
    otherwise: Target,
}

/// Where the waiting stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Waiting {
    /// The music is heard; `told` waits for the caller's place.
    Music {
        due: Due,
        told: Told,
        give_up_at: Option<Time>,
    },
    /// An announcement is heard, and the music waits.
    Announcing {
        playback: u64,
        due: Due,
        give_up_at: Option<Time>,
    },
    /// A call is arranged, so that the caller need not wait on the line; the caller waits on until then.
    Arranging {
        arranging: Arranging,
        due: Due,
        give_up_at: Option<Time>,
    },
    Talking,
}

/// When each announcement is made next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Due {
    position: Option<Time>,
    wait: Option<Time>,
    notice: Option<Time>,
}

/// What the next announcement tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    position: bool,
    wait: bool,
    notice: bool,
}

pub fn read(fields: &mut Fields) -> Verb {
    let group = fields.text("queue", "the name of a group", "\"sales\"");
    let group = group.map(|(name, span)| known_group(fields, name, span)).unwrap_or_default();
    let music = read_music(fields);
    let position_every = fields.optional_duration("position-every", "30s");
    if position_every.is_some() {
        fields.need_spoken("`position-every`", say::pieces_of_positions);
    }
    let wait_every = fields.optional_duration("wait-every", "60s");
    if wait_every.is_some() {
        fields.need_spoken("`wait-every`", say::pieces_of_waits);
    }
    let (announce, announce_every) = read_announcement(fields);
    let callback = callback::read(fields);
    let keys = read_keys(fields);
    if let Some(key) = callback.as_ref().map(Callback::key).filter(|key| keys.names(*key)) {
        let what = format!("key {key} is both `callback` and among the `keys`");
        let help = "take another key for one of the two";
        fields.scope.error(fields.header.clone(), what, "one key, two ways", help);
    }
    let max_wait = fields.optional_duration("max-wait", "10min");
    let priority = fields.whole("priority", 0, -100, 100);
    let otherwise = fields.target("else", "where does a caller go whom nobody can serve?");
    let full = fields.target_or("full", &otherwise);
    let timeout = fields.target_or("timeout", &otherwise);
    Verb::Queue(Queue {
        group,
        priority,
        music,
        position_every,
        wait_every,
        announce,
        announce_every,
        keys,
        callback,
        max_wait,
        full,
        timeout,
        otherwise,
    })
}

fn read_announcement(fields: &mut Fields) -> (Vec<Piece>, Option<Duration>) {
    let announce = fields.sounds("announce").unwrap_or_default();
    let every = fields.optional_duration("announce-every", "60s");
    if announce.iter().any(Piece::is_endless) {
        let what = "an announcement comes to an end, so that the music can go on";
        let help = "give the tone a length with `for`";
        fields.scope.error(fields.header.clone(), what, "announces a tone without end", help);
    }
    if announce.is_empty() && every.is_some() {
        let help = "add `announce = \"…\"`, or leave out `announce-every`";
        fields.scope.error(fields.header.clone(), "nothing is announced", "no `announce`", help);
    }
    let every = every.or((!announce.is_empty()).then_some(ANNOUNCE_EVERY));
    (announce, every)
}

/// The keys by which a caller leaves the queue.
fn read_keys(fields: &mut Fields) -> Keys {
    let Some(value) = fields.value("keys") else { return Keys::default() };
    let DeValue::Table(table) = value.get_ref() else {
        fields.scope.wrong_type("keys", value, "a table", "{ 1 = \"voicemail\" }");
        return Keys::default();
    };
    fields.scope.sets(fields.name);
    Keys::read(fields, table, &[SETTINGS, callback::SETTINGS].concat())
}

pub(super) fn known_group(fields: &mut Fields, name: String, span: Range<usize>) -> String {
    if fields.scope.any_tenant {
        return name;
    }
    let Some(tenant) = fields.scope.tenant else {
        let what = "groups belong to a tenant, and this file does not say whose it is";
        fields.scope.error(span, what, "whose group?", "add `tenant = \"…\"` at the top of the file");
        return name;
    };
    if !tenant.groups.contains(&name) {
        let none = format!("the tenant has none yet: add it with `hovor group add {name}`");
        let help = choice_or(&name, tenant.groups.iter().map(String::as_str), &none);
        fields.scope.error(span, format!("there is no group `{name}`"), "unknown group", help);
    } else if tenant.unstaffed.contains(&name) {
        let help = format!("add one: `hovor group set {name} --members NAME`");
        let what = format!("group `{name}` has no operator: a caller waits here for nobody");
        fields.scope.warning(span, what, "nobody serves it", help);
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
        stage.play_on(Piece::all(&self.music, stage.memory));
        let after = |pause: Option<Duration>| pause.map(|pause| stage.now + pause);
        let due = Due {
            position: after(self.position_every),
            wait: after(self.wait_every),
            notice: after(self.announce_every),
        };
        let give_up_at = after(self.max_wait);
        Next::Stay(Doing::Queue(Waiting::Music { due, told: Told::default(), give_up_at }))
    }

    pub fn handle(&self, waiting: Waiting, input: Input, stage: &mut Stage) -> Next {
        match (waiting, input) {
            (Waiting::Talking, Input::QueueEnded(outcome)) => self.over(outcome),
            (waiting @ Waiting::Talking, _) => Next::Stay(Doing::Queue(waiting)),
            (waiting, Input::QueueEnded(outcome)) => {
                waiting.silence(stage);
                self.over(outcome)
            }
            (waiting, Input::Connected) => {
                waiting.silence(stage);
                Next::Stay(Doing::Queue(Waiting::Talking))
            }
            (Waiting::Arranging { arranging, due, give_up_at }, input) => {
                let course = self.callback.as_ref().map(|callback| callback.handle(arranging, &input, stage));
                self.arrange(course, (due, give_up_at), stage)
            }
            (waiting, Input::Digit(key)) => self.pressed(waiting, key, stage),
            (Waiting::Music { due, told, give_up_at }, Input::Position { position, wait }) => {
                let place = told.position.then(|| say::position(stage.language(), position));
                let wait = wait.filter(|_| told.wait).map(|wait| say::wait(stage.language(), wait));
                let spoken = place.into_iter().chain(wait).flatten().map(Sound::File).collect();
                self.announce(spoken, told.notice, (due, give_up_at), stage)
            }
            (Waiting::Announcing { playback, due, give_up_at }, input) if ended(playback, &input) => {
                let due = due.not_before(stage.now + BREATH);
                Next::Stay(Doing::Queue(Waiting::Music { due, told: Told::default(), give_up_at }))
            }
            (waiting, _) => Next::Stay(Doing::Queue(waiting)),
        }
    }

    pub fn wake(&self, waiting: Waiting, stage: &mut Stage) -> Next {
        if let Waiting::Arranging { arranging, due, give_up_at } = waiting {
            let course = self.callback.as_ref().map(|callback| callback.wake(arranging, stage));
            return self.arrange(course, (due, give_up_at), stage);
        }
        let (Waiting::Music { give_up_at, .. } | Waiting::Announcing { give_up_at, .. }) = &waiting else {
            return Next::Stay(Doing::Queue(waiting));
        };
        if give_up_at.is_some_and(|at| at <= stage.now) {
            stage.push(Step::LeaveQueue);
            stage.stop_play();
            return Next::by("timeout", &self.timeout);
        }
        let Waiting::Music { mut due, give_up_at, .. } = waiting else {
            return Next::Stay(Doing::Queue(waiting));
        };
        let take = |at: &mut Option<Time>, every: Option<Duration>| {
            let is_due = at.is_some_and(|at| at <= stage.now);
            if is_due {
                *at = every.map(|every| stage.now + every);
            }
            is_due
        };
        let told = Told {
            position: take(&mut due.position, self.position_every),
            wait: take(&mut due.wait, self.wait_every),
            notice: take(&mut due.notice, self.announce_every),
        };
        if !told.position && !told.wait {
            return self.announce(Vec::new(), told.notice, (due, give_up_at), stage);
        }
        stage.push(Step::AskPosition);
        Next::Stay(Doing::Queue(Waiting::Music { due, told, give_up_at }))
    }

    /// A full group says so at once; a wait takes its time.
    pub fn exits(&self) -> Vec<Exit<'_>> {
        let others = [
            Exit::spare(When::AtOnce, "full", &self.full),
            Exit::spare(When::InTime, "timeout", &self.timeout),
            Exit::new(When::AtOnce, "else", &self.otherwise),
        ];
        let promised = self
            .callback
            .iter()
            .map(|callback| Exit::new(When::ByKey, callback.key().to_string(), callback.then()));
        promised.chain(self.keys.exits()).chain(others).collect()
    }

    pub fn lines(&self) -> Vec<String> {
        let longest = self.max_wait.map(|wait| format!("waits up to {}", written(wait)));
        let place = self.position_every.map(|pause| format!("told the place every {}", written(pause)));
        let wait = self.wait_every.map(|pause| format!("told the wait every {}", written(pause)));
        let notice =
            self.announce_every.map(|pause| format!("{} every {}", named(&self.announce), written(pause)));
        let callback = self.callback.as_ref().map(Callback::line);
        let priority = (self.priority != 0).then(|| format!("priority {}", self.priority));
        let lines = [Some(format!("group {}", self.group)), longest, place, wait, notice, callback, priority];
        lines.into_iter().flatten().collect()
    }

    /// Lets the caller hear what was put together, and the notice; the music waits meanwhile.
    fn announce(
        &self,
        mut sounds: Vec<Sound>,
        notice: bool,
        (due, give_up_at): (Due, Option<Time>),
        stage: &mut Stage,
    ) -> Next {
        if notice {
            sounds.extend(Piece::all(&self.announce, stage.memory));
        }
        if sounds.is_empty() {
            return Next::Stay(Doing::Queue(Waiting::Music { due, told: Told::default(), give_up_at }));
        }
        let playback = stage.announce(sounds);
        Next::Stay(Doing::Queue(Waiting::Announcing { playback, due, give_up_at }))
    }

    /// Whether clients are called back at this moment, if they are at all.
    pub fn calls_back(&self, at: UnixMs) -> Option<bool> {
        self.callback.as_ref().map(|callback| callback.is_open(at))
    }

    /// A caller arranges to be called, waits on with music, or leaves.
    fn arrange(
        &self,
        course: Option<Course>,
        (due, give_up_at): (Due, Option<Time>),
        stage: &mut Stage,
    ) -> Next {
        match course {
            Some(Course::Goes(arranging)) => {
                Next::Stay(Doing::Queue(Waiting::Arranging { arranging, due, give_up_at }))
            }
            Some(Course::Leaves) => {
                let callback = self.callback.as_ref();
                callback.map_or(Next::End(Cause::Normal), |to| Next::by(to.key().to_string(), to.then()))
            }
            Some(Course::WaitsOn) | None => {
                stage.play_on(Piece::all(&self.music, stage.memory));
                let due = due.not_before(stage.now + BREATH);
                Next::Stay(Doing::Queue(Waiting::Music { due, told: Told::default(), give_up_at }))
            }
        }
    }

    fn pressed(&self, waiting: Waiting, key: char, stage: &mut Stage) -> Next {
        if let Some(callback) = self.callback.as_ref().filter(|callback| callback.key() == key)
            && let Waiting::Music { due, give_up_at, .. } | Waiting::Announcing { due, give_up_at, .. } =
                waiting
        {
            stage.stop_play();
            let arranging = callback.begin(stage);
            return Next::Stay(Doing::Queue(Waiting::Arranging { arranging, due, give_up_at }));
        }
        let Some(next) = self.keys.pressed(key, stage) else { return Next::Stay(Doing::Queue(waiting)) };
        stage.push(Step::LeaveQueue);
        stage.stop_play();
        next
    }

    fn over(&self, outcome: QueueOutcome) -> Next {
        match outcome {
            QueueOutcome::Served => Next::End(Cause::Normal),
            QueueOutcome::Full => Next::by("full", &self.full),
            QueueOutcome::TimedOut => Next::by("timeout", &self.timeout),
            QueueOutcome::Failed => Next::Go(self.otherwise.clone()),
        }
    }
}

impl Due {
    fn next(self) -> Option<Time> {
        [self.position, self.wait, self.notice].into_iter().flatten().min()
    }

    /// What became due during an announcement is not said in the same breath.
    fn not_before(self, moment: Time) -> Self {
        let later = |at: Option<Time>| at.map(|at| at.max(moment));
        Self { position: later(self.position), wait: later(self.wait), notice: later(self.notice) }
    }
}

impl Waiting {
    pub fn wakes_at(&self) -> Option<Time> {
        match self {
            Waiting::Music { due, give_up_at, .. } => due.next().into_iter().chain(*give_up_at).min(),
            Waiting::Announcing { give_up_at, .. } => *give_up_at,
            Waiting::Arranging { arranging, .. } => arranging.wakes_at(),
            Waiting::Talking => None,
        }
    }

    /// Stops what is heard, if anything is.
    fn silence(&self, stage: &mut Stage) {
        if !matches!(self, Waiting::Arranging { arranging, .. } if !arranging.is_heard()) {
            stage.stop_play();
        }
    }

    /// Whether a key is asked for.
    pub fn asks(&self) -> bool {
        matches!(self, Waiting::Arranging { arranging, .. } if arranging.asks())
    }
}
