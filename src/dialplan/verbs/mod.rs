//! What a node does: one file a verb.
//!
//! A verb is read from the settings of its node, says where a caller may go from there (for the
//! check of the graph), and serves a caller: it is entered, told inputs, and woken.

mod answer;
mod dial;
mod echo;
mod goto;
mod hangup;
pub(super) mod hours;
mod menu;
mod play;
mod queue;
mod record;
mod say;

use serde::{Deserialize, Serialize};

use crate::time::Time;

use super::fields::Fields;
use super::plan::Target;
use super::stage::Stage;
use super::step::{Cause, Input};

/// A node's verb with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Verb {
    Answer(answer::Answer),
    Dial(dial::Dial),
    Echo(echo::Echo),
    Goto(goto::Goto),
    Hangup(hangup::Hangup),
    Hours(hours::OpeningHours),
    Menu(menu::Menu),
    Play(play::Play),
    Queue(queue::Queue),
    Record(record::Record),
    Say(say::Say),
}

/// What a node is in the middle of with a caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Doing {
    /// Until this playback ends.
    Playing {
        playback: u64,
    },
    /// Until the caller hangs up.
    Endless,
    Menu(menu::Asking),
    Queue(queue::Waiting),
    Dial(dial::Dialling),
    Record(record::Recording),
}

/// What follows on an input.
#[derive(Debug)]
pub(super) enum Next {
    /// The node goes on.
    Stay(Doing),
    Go(Target),
    End(Cause),
}

/// What it takes to leave a node by a certain way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// May be taken at once, without any waiting.
    AtOnce,
    /// Some time passes, whatever the caller does.
    InTime,
    /// Only if the caller presses a key.
    ByKey,
}

/// A way out of a node.
pub(super) type Exit<'a> = (When, &'a Target);

/// Reads a verb's settings; the key that names the verb is its main setting.
pub(super) type Read = fn(&mut Fields) -> Verb;

/// Every verb by the key that names it.
pub(super) const VERBS: &[(&str, Read)] = &[
    ("answer", answer::read),
    ("dial", dial::read),
    ("echo", echo::read),
    ("goto", goto::read),
    ("hangup", hangup::read),
    ("hours", hours::read),
    ("menu", menu::read),
    ("play", play::read),
    ("queue", queue::read),
    ("record", record::read),
    ("say", say::read),
];

impl Verb {
    /// True if the caller must hear or be heard here, so the call has to be answered first.
    pub fn needs_answer(&self) -> bool {
        match self {
            Verb::Answer(_)
            | Verb::Echo(_)
            | Verb::Menu(_)
            | Verb::Play(_)
            | Verb::Queue(_)
            | Verb::Record(_)
            | Verb::Say(_) => true,
            Verb::Dial(_) | Verb::Goto(_) | Verb::Hangup(_) | Verb::Hours(_) => false,
        }
    }

    /// Begins with a caller.
    pub fn enter(&self, stage: &mut Stage) -> Next {
        match self {
            Verb::Answer(answer) => Next::Go(answer.then.clone()),
            Verb::Dial(dial) => dial.enter(stage),
            Verb::Echo(_) => echo::enter(stage),
            Verb::Goto(goto) => Next::Go(goto.target.clone()),
            Verb::Hangup(hangup) => Next::End(hangup.cause),
            Verb::Hours(hours) => hours.enter(stage),
            Verb::Menu(menu) => menu.enter(stage),
            Verb::Play(play) => play.enter(stage),
            Verb::Queue(queue) => queue.enter(stage),
            Verb::Record(record) => record.enter(stage),
            Verb::Say(say) => say.enter(stage),
        }
    }

    /// Something happened. An input that does not fit changes nothing.
    pub fn handle(&self, doing: Doing, input: Input, stage: &mut Stage) -> Next {
        match (self, doing) {
            (Verb::Play(play), Doing::Playing { playback }) => play.handle(playback, input, stage),
            (Verb::Play(_), Doing::Endless) => play::handle_endless(input),
            (Verb::Say(say), Doing::Playing { playback }) => say.handle(playback, input, stage),
            (Verb::Menu(menu), Doing::Menu(asking)) => menu.handle(asking, input, stage),
            (Verb::Queue(queue), Doing::Queue(waiting)) => queue.handle(waiting, input, stage),
            (Verb::Dial(dial), Doing::Dial(dialling)) => dial.handle(dialling, input, stage),
            (Verb::Record(record), Doing::Record(recording)) => record.handle(recording, input, stage),
            (_, doing) => Next::Stay(doing),
        }
    }

    /// The moment of [`Doing::wakes_at`] has come.
    pub fn wake(&self, doing: Doing, stage: &mut Stage) -> Next {
        match (self, doing) {
            (Verb::Menu(menu), Doing::Menu(asking)) => menu.wake(asking, stage),
            (Verb::Queue(queue), Doing::Queue(waiting)) => queue.wake(waiting, stage),
            (Verb::Dial(dial), Doing::Dial(dialling)) => dial.wake(dialling, stage),
            (Verb::Record(record), Doing::Record(recording)) => record.wake(recording, stage),
            (_, doing) => Next::Stay(doing),
        }
    }

    /// Every way out, for the check of the graph.
    pub fn exits(&self) -> Vec<Exit<'_>> {
        match self {
            Verb::Answer(answer) => vec![(When::AtOnce, &answer.then)],
            Verb::Dial(dial) => dial.exits(),
            Verb::Echo(_) | Verb::Hangup(_) => Vec::new(),
            Verb::Goto(goto) => vec![(When::AtOnce, &goto.target)],
            Verb::Hours(hours) => hours.exits(),
            Verb::Menu(menu) => menu.exits(),
            Verb::Play(play) => play.exits(),
            Verb::Queue(queue) => queue.exits(),
            Verb::Record(record) => vec![(When::InTime, &record.then)],
            Verb::Say(say) => say.exits(),
        }
    }

    /// True if a caller may rightly stay here, or ends here: nobody is stuck who came this far.
    pub fn is_destination(&self) -> bool {
        match self {
            Verb::Dial(_) | Verb::Echo(_) | Verb::Hangup(_) | Verb::Queue(_) => true,
            Verb::Play(play) => play.is_endless(),
            _ => false,
        }
    }

    /// Where a caller goes after something that is only heard, if a key may cut it short.
    pub fn leads_on(&self) -> Option<&Target> {
        match self {
            Verb::Goto(goto) => Some(&goto.target),
            Verb::Play(play) => play.then(),
            Verb::Say(say) => Some(&say.then),
            _ => None,
        }
    }
}

impl Doing {
    /// When the node wants to be woken.
    pub fn wakes_at(&self) -> Option<Time> {
        match self {
            Doing::Playing { .. } | Doing::Endless => None,
            Doing::Menu(asking) => asking.wakes_at(),
            Doing::Queue(waiting) => waiting.wakes_at(),
            Doing::Dial(dialling) => dialling.wakes_at(),
            Doing::Record(recording) => Some(recording.give_up_at),
        }
    }
}
