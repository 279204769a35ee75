//! What a node does: one file a verb.
//!
//! A verb is read from the settings of its node, says where a caller may go from there (for the
//! check of the graph), and serves a caller: it is entered, told inputs, and woken.

mod answer;
mod asking;
mod branch;
mod call;
mod callback;
mod conference;
mod dial;
mod echo;
mod gather;
mod goto;
mod hangup;
pub(super) mod hours;
mod http;
mod keys;
mod mailbox;
mod menu;
mod outside;
mod play;
mod queue;
mod record;
mod record_call;
mod say;
mod set;
mod switch;
mod tag;
mod voicemail;
mod webhook;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::time::{Time, UnixMs};

use super::fields::Fields;
use super::plan::Target;
use super::portrait::{Kind, Portrait};
use super::stage::Stage;
use super::step::{Cause, Input};

/// A node's verb with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Verb {
    Answer(answer::Answer),
    Call(call::Call),
    Conference(conference::Conference),
    Dial(dial::Dial),
    Echo(echo::Echo),
    Gather(gather::Gather),
    Goto(goto::Goto),
    Hangup(hangup::Hangup),
    Hours(hours::OpeningHours),
    Http(http::Http),
    If(branch::If),
    Mailbox(mailbox::Mailbox),
    Menu(menu::Menu),
    Play(play::Play),
    Queue(queue::Queue),
    Record(record::Record),
    RecordCall(record_call::RecordCall),
    Say(say::Say),
    Set(set::Set),
    Switch(switch::Switch),
    Tag(tag::Tag),
    Voicemail(voicemail::Voicemail),
    Webhook(webhook::Webhook),
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
    Menu(asking::Turn),
    Queue(queue::Waiting),
    Dial(dial::Dialling),
    Record(record::Recording),
    Gather(gather::Typing),
    Http(http::Awaiting),
    If(branch::Asked),
    Switch(switch::Turning),
    Voicemail(voicemail::Leaving),
    Mailbox(Box<mailbox::Listening>),
}

/// What follows on an input.
#[derive(Debug)]
pub(super) enum Next {
    /// The node goes on.
    Stay(Doing),
    /// The caller leaves by the usual way: the one without a name, or the one for every other case.
    Go(Target),
    /// The caller leaves by the way of this name, as [`Verb::exits`] calls it.
    By(Cow<'static, str>, Target),
    End(Cause),
}

impl Next {
    pub fn by(way: impl Into<Cow<'static, str>>, target: &Target) -> Self {
        Next::By(way.into(), target.clone())
    }
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
pub(super) struct Exit<'a> {
    pub when: When,
    /// What a person calls it: `2`, `busy`, `open`; empty if the node has no other.
    pub by: Cow<'a, str>,
    pub target: &'a Target,
    /// The file may leave it out; then it leads where the way leads that stands for every other case.
    pub spare: bool,
}

impl<'a> Exit<'a> {
    pub fn new(when: When, by: impl Into<Cow<'a, str>>, target: &'a Target) -> Self {
        Self { when, by: by.into(), target, spare: false }
    }

    /// A way that the file may leave out.
    pub fn spare(when: When, by: impl Into<Cow<'a, str>>, target: &'a Target) -> Self {
        Self { spare: true, ..Self::new(when, by, target) }
    }

    /// It is the only way, or the one for every other case.
    pub fn is_usual(&self) -> bool {
        ["", "else"].contains(&self.by.as_ref())
    }

    /// The way that this one goes with, if it leads where that one does which stands for it.
    pub fn stand_in<'e>(&self, exits: &'e [Exit<'a>]) -> Option<&'e Exit<'a>> {
        let stands_for = |other: &&Exit| !other.spare && other.is_usual() && other.target == self.target;
        exits.iter().find(stands_for).filter(|_| self.spare)
    }
}

/// Reads a verb's settings; the key that names the verb is its main setting.
pub(super) type Read = fn(&mut Fields) -> Verb;

/// Every verb by the key that names it.
pub(super) const VERBS: &[(&str, Read)] = &[
    ("answer", answer::read),
    ("call", call::read),
    ("conference", conference::read),
    ("dial", dial::read),
    ("echo", echo::read),
    ("gather", gather::read),
    ("goto", goto::read),
    ("hangup", hangup::read),
    ("hours", hours::read),
    ("http", http::read),
    ("if", branch::read),
    ("mailbox", mailbox::read),
    ("menu", menu::read),
    ("play", play::read),
    ("queue", queue::read),
    ("record", record::read),
    ("record-call", record_call::read),
    ("say", say::read),
    ("set", set::read),
    ("switch", switch::read),
    ("tag", tag::read),
    ("voicemail", voicemail::read),
    ("webhook", webhook::read),
];

impl Verb {
    /// True if the caller must hear or be heard here, so the call has to be answered first.
    pub fn needs_answer(&self) -> bool {
        match self {
            Verb::Answer(_)
            | Verb::Conference(_)
            | Verb::Echo(_)
            | Verb::Gather(_)
            | Verb::Mailbox(_)
            | Verb::Menu(_)
            | Verb::Play(_)
            | Verb::Queue(_)
            | Verb::Record(_)
            | Verb::Say(_)
            | Verb::Voicemail(_) => true,
            Verb::Call(_)
            | Verb::Dial(_)
            | Verb::Goto(_)
            | Verb::Hangup(_)
            | Verb::Hours(_)
            | Verb::Http(_)
            | Verb::If(_)
            | Verb::RecordCall(_)
            | Verb::Set(_)
            | Verb::Switch(_)
            | Verb::Tag(_)
            | Verb::Webhook(_) => false,
        }
    }

    /// Begins with a caller.
    pub fn enter(&self, stage: &mut Stage) -> Next {
        match self {
            Verb::Answer(answer) => Next::Go(answer.then.clone()),
            Verb::Call(call) => call.enter(stage),
            Verb::Conference(conference) => conference.enter(stage),
            Verb::Dial(dial) => dial.enter(stage),
            Verb::Echo(_) => echo::enter(stage),
            Verb::Gather(gather) => gather.enter(stage),
            Verb::Goto(goto) => Next::Go(goto.target.clone()),
            Verb::Hangup(hangup) => Next::End(hangup.cause),
            Verb::Hours(hours) => hours.enter(stage),
            Verb::Http(http) => http.enter(stage),
            Verb::If(branch) => branch.enter(stage),
            Verb::Mailbox(mailbox) => mailbox.enter(stage),
            Verb::Menu(menu) => menu.enter(stage),
            Verb::Play(play) => play.enter(stage),
            Verb::Queue(queue) => queue.enter(stage),
            Verb::Record(record) => record.enter(stage),
            Verb::RecordCall(record) => record.enter(stage),
            Verb::Say(say) => say.enter(stage),
            Verb::Set(set) => set.enter(stage),
            Verb::Switch(switch) => switch.enter(stage),
            Verb::Tag(tag) => tag.enter(stage),
            Verb::Webhook(webhook) => webhook.enter(stage),
            Verb::Voicemail(voicemail) => voicemail.enter(stage),
        }
    }

    /// Something happened. An input that does not fit changes nothing.
    pub fn handle(&self, doing: Doing, input: Input, stage: &mut Stage) -> Next {
        match (self, doing) {
            (Verb::Conference(conference), Doing::Endless) => conference.handle(input),
            (Verb::Play(play), Doing::Playing { playback }) => play.handle(playback, input, stage),
            (Verb::Play(_), Doing::Endless) => play::handle_endless(input),
            (Verb::Say(say), Doing::Playing { playback }) => say.handle(playback, input, stage),
            (Verb::Menu(menu), Doing::Menu(asking)) => menu.handle(asking, input, stage),
            (Verb::Queue(queue), Doing::Queue(waiting)) => queue.handle(waiting, input, stage),
            (Verb::Dial(dial), Doing::Dial(dialling)) => dial.handle(dialling, input, stage),
            (Verb::Record(record), Doing::Record(recording)) => record.handle(recording, input, stage),
            (Verb::Gather(gather), Doing::Gather(asking)) => gather.handle(asking, input, stage),
            (Verb::Http(http), Doing::Http(awaiting)) => http.handle(awaiting, input, stage),
            (Verb::If(branch), Doing::If(asked)) => branch.handle(asked, input, stage),
            (Verb::Switch(switch), Doing::Switch(turning)) => switch.handle(turning, input),
            (Verb::Voicemail(voicemail), Doing::Voicemail(leaving)) => {
                voicemail.handle(leaving, input, stage)
            }
            (Verb::Mailbox(mailbox), Doing::Mailbox(listening)) => mailbox.handle(*listening, input, stage),
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
            (Verb::Gather(gather), Doing::Gather(asking)) => gather.wake(asking, stage),
            (Verb::Http(http), Doing::Http(awaiting)) => http.wake(awaiting, stage),
            (Verb::If(branch), Doing::If(asked)) => branch.wake(asked, stage),
            (Verb::Switch(switch), Doing::Switch(_)) => switch.wake(),
            (Verb::Voicemail(voicemail), Doing::Voicemail(leaving)) => voicemail.wake(leaving, stage),
            (Verb::Mailbox(mailbox), Doing::Mailbox(listening)) => mailbox.wake(*listening, stage),
            (_, doing) => Next::Stay(doing),
        }
    }

    /// Every way out, for the check of the graph and for drawings.
    pub fn exits(&self) -> Vec<Exit<'_>> {
        match self {
            Verb::Answer(answer) => vec![Exit::new(When::AtOnce, "", &answer.then)],
            Verb::Call(call) => call.exits(),
            Verb::Conference(conference) => conference.exits(),
            Verb::Dial(dial) => dial.exits(),
            Verb::Echo(_) | Verb::Hangup(_) => Vec::new(),
            Verb::Goto(goto) => vec![Exit::new(When::AtOnce, "", &goto.target)],
            Verb::Gather(gather) => gather.exits(),
            Verb::Hours(hours) => hours.exits(),
            Verb::Http(http) => http.exits(),
            Verb::If(branch) => branch.exits(),
            Verb::Mailbox(mailbox) => mailbox.exits(),
            Verb::Menu(menu) => menu.exits(),
            Verb::Play(play) => play.exits(),
            Verb::Queue(queue) => queue.exits(),
            Verb::Record(record) => record.exits(),
            Verb::RecordCall(record) => vec![Exit::new(When::AtOnce, "", &record.then)],
            Verb::Say(say) => say.exits(),
            Verb::Set(set) => vec![Exit::new(When::AtOnce, "", &set.then)],
            Verb::Switch(switch) => switch.exits(),
            Verb::Tag(tag) => vec![Exit::new(When::AtOnce, "", &tag.then)],
            Verb::Webhook(webhook) => vec![Exit::new(When::AtOnce, "", &webhook.then)],
            Verb::Voicemail(voicemail) => voicemail.exits(),
        }
    }

    /// What a person reads of it.
    pub fn portrait(&self) -> Portrait {
        match self {
            Verb::Answer(_) => Portrait::new("answer", Kind::Act, ["takes the call".to_owned()]),
            Verb::Call(_) => Portrait::new("call", Kind::Act, []),
            Verb::Conference(room) => Portrait::new("conference", Kind::Dial, room.lines()),
            Verb::Dial(dial) => Portrait::new("dial", Kind::Dial, dial.lines()),
            Verb::Echo(_) => Portrait::new("echo", Kind::Sound, ["hears oneself".to_owned()]),
            Verb::Gather(gather) => Portrait::new("gather", Kind::Menu, gather.lines()),
            Verb::Goto(_) => Portrait::new("goto", Kind::Act, []),
            Verb::Hangup(hangup) => Portrait::new("hangup", Kind::End, [hangup.cause.words().to_owned()]),
            Verb::Hours(hours) => Portrait::new("hours", Kind::Choice, hours.lines()),
            Verb::Http(http) => Portrait::new("http", Kind::Act, http.lines()),
            Verb::If(_) => Portrait::new("if", Kind::Choice, []),
            Verb::Mailbox(mailbox) => Portrait::new("mailbox", Kind::Menu, mailbox.lines()),
            Verb::Menu(menu) => Portrait::new("menu", Kind::Menu, menu.lines()),
            Verb::Play(play) => Portrait::new("play", Kind::Sound, play.lines()),
            Verb::Queue(queue) => Portrait::new("queue", Kind::Queue, queue.lines()),
            Verb::Record(record) => Portrait::new("record", Kind::Record, record.lines()),
            Verb::RecordCall(record) => Portrait::new("record-call", Kind::Act, record.lines()),
            Verb::Say(say) => Portrait::new("say", Kind::Sound, say.lines()),
            Verb::Set(set) => Portrait::new("set", Kind::Act, set.lines()),
            Verb::Switch(switch) => Portrait::new("switch", Kind::Act, switch.lines()),
            Verb::Tag(tag) => Portrait::new("tag", Kind::Act, tag.lines()),
            Verb::Webhook(webhook) => Portrait::new("webhook", Kind::Act, webhook.lines()),
            Verb::Voicemail(voicemail) => Portrait::new("voicemail", Kind::Record, voicemail.lines()),
        }
    }

    /// The first node of a sub-flow, and where the caller goes on after it.
    pub fn calls(&self) -> Option<(&Target, &Target)> {
        match self {
            Verb::Call(call) => Some((&call.first, &call.then)),
            _ => None,
        }
    }

    /// True if a key leads on that the caller presses while waiting for somebody.
    pub fn may_be_left_by_key(&self) -> bool {
        matches!(self, Verb::Queue(_)) && self.exits().iter().any(|exit| exit.when == When::ByKey)
    }

    /// Whether clients who wait here are called back at this moment, if they are at all.
    pub fn calls_back(&self, at: UnixMs) -> Option<bool> {
        match self {
            Verb::Queue(queue) => queue.calls_back(at),
            _ => None,
        }
    }

    /// True if a caller may rightly stay here, or ends here: nobody is stuck who came this far.
    pub fn is_destination(&self) -> bool {
        match self {
            Verb::Conference(_) | Verb::Dial(_) | Verb::Echo(_) | Verb::Hangup(_) | Verb::Queue(_) => true,
            Verb::Play(play) => play.is_endless(),
            _ => false,
        }
    }

    /// Where a caller goes after something that is only heard, if a key may cut it short.
    pub fn leads_on(&self) -> Option<&Target> {
        match self {
            Verb::Call(call) => Some(&call.first),
            Verb::Goto(goto) => Some(&goto.target),
            Verb::Play(play) => play.then(),
            Verb::RecordCall(record) => Some(&record.then),
            Verb::Say(say) => Some(&say.then),
            Verb::Set(set) => Some(&set.then),
            Verb::Tag(tag) => Some(&tag.then),
            Verb::Webhook(webhook) => Some(&webhook.then),
            _ => None,
        }
    }
}

impl Doing {
    /// Whether a key is asked for beside what the verb is for.
    pub fn asks(&self) -> bool {
        matches!(self, Doing::Queue(waiting) if waiting.asks())
    }

    /// Whether the caller talks with whom the node has called.
    pub fn has_connected(&self) -> bool {
        matches!(self, Doing::Queue(queue::Waiting::Talking) | Doing::Dial(dial::Dialling::Talking))
    }

    /// When the node wants to be woken.
    pub fn wakes_at(&self) -> Option<Time> {
        match self {
            Doing::Playing { .. } | Doing::Endless => None,
            Doing::Menu(asking) => asking.wakes_at(),
            Doing::Queue(waiting) => waiting.wakes_at(),
            Doing::Dial(dialling) => dialling.wakes_at(),
            Doing::Record(recording) => Some(recording.give_up_at),
            Doing::Gather(asking) => asking.wakes_at(),
            Doing::Http(awaiting) => Some(awaiting.give_up_at),
            Doing::If(asked) => Some(asked.give_up_at),
            Doing::Switch(turning) => Some(turning.give_up_at),
            Doing::Voicemail(leaving) => leaving.wakes_at(),
            Doing::Mailbox(listening) => listening.wakes_at(),
        }
    }
}
