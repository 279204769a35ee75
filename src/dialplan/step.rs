//! The words between a run and the switch that carries it out.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::sound::Sound;

/// What a run knows of its caller from the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The caller's number as the line gave it; empty if withheld.
    pub caller: String,
    /// The number that was dialled.
    pub dialled: String,
}

/// What happened to the caller, told by the switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// [`Step::Answer`] took effect: the caller can hear and be heard.
    Answered,
    /// The playback of this number came to its end by itself (not by `StopPlay` or another `Play`).
    PlayEnded { playback: u64 },
    /// The playback of this number cannot be played.
    PlayFailed { playback: u64 },
    /// The caller pressed a key: `0` to `9`, `*`, `#`, `A` to `D`.
    Digit(char),
    /// The answer to [`Step::AskPosition`]: 1 is the next to be served. No answer is needed for a
    /// caller who no longer waits.
    Position(u32),
    /// An operator (queue) or the called party (dial) has answered and now speaks with the caller.
    Connected,
    /// [`Step::Queue`] is over. Not sent in answer to [`Step::LeaveQueue`].
    QueueEnded(QueueOutcome),
    /// [`Step::Dial`] is over. Not sent in answer to [`Step::CancelDial`].
    DialEnded(DialOutcome),
    /// The recording of this number is finished and stands in `file`.
    Recorded { recording: u64, file: String, ms: u32 },
    /// The recording of this number could not be made.
    RecordFailed { recording: u64 },
    /// The caller is gone. The run is over and gives no more steps.
    HungUp,
}

/// How waiting in a queue came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QueueOutcome {
    /// An operator spoke with the caller and the conversation is over.
    Served,
    /// The group takes no more waiting callers.
    Full,
    /// The group's longest waiting time has passed.
    TimedOut,
    /// The group cannot be used: it is gone, or something failed.
    Failed,
}

/// How dialling somebody came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DialOutcome {
    /// The party spoke with the caller and the conversation is over.
    Served,
    /// The party is on another call.
    Busy,
    /// The party did not answer.
    NoAnswer,
    /// The party has no phone that can be reached, or is away.
    Unreachable,
    /// The party refused the call.
    Refused,
    /// The call could not be placed (no trunk, no such number, a fault on the way).
    Failed,
}

/// Whom a dial step calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DialTarget {
    /// An operator's extension.
    Extension(String),
    /// A number outside, over a trunk: it starts with `+` or `00`.
    External(String),
}

/// What the switch shall do next for the caller of a run, in this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// The caller came to this node of the dialplan; for the session's history.
    Entered { node: String, line: u32 },
    /// Answer the call, then report [`Input::Answered`]. Given at most once.
    Answer,
    /// Let the caller hear these, in place of whatever the run played before. With `repeat` they
    /// start over at their end, without a gap and without [`Input::PlayEnded`].
    Play { playback: u64, sounds: Vec<Sound>, repeat: bool },
    /// Silence what is playing. Not given for a playback that ended or was replaced.
    StopPlay,
    /// Let the caller wait for an operator of this group (of the plan's tenant). Music comes as a
    /// `Play`, the longest wait is watched by the run ([`Step::LeaveQueue`]). Answered by
    /// `Connected` and `QueueEnded`.
    Queue { group: String, priority: i32 },
    /// Tell the caller's place in the queue by [`Input::Position`].
    AskPosition,
    /// The caller waits no longer; offers made for this caller are withdrawn.
    LeaveQueue,
    /// Call this party. The run watches the time ([`Step::CancelDial`]). Answered by `Connected` and
    /// `DialEnded`. An unanswered caller hears the ringing of the line; for an answered one the run
    /// plays ringback or music, which early sound of the party may replace.
    Dial { target: DialTarget },
    /// Give up the party that has not answered.
    CancelDial,
    /// Let the caller hear what the caller says, until the end of the call.
    Echo,
    /// Record what the caller says, until `max` has passed or one of these keys is pressed; answered
    /// by `Recorded` or `RecordFailed`.
    Record { recording: u64, max: Duration, stop_digits: String },
    /// Keep this with the session (a key pressed in the menu `name`, for one).
    Parameter { name: String, value: String },
    /// End the call. The last step of a run.
    Hangup { cause: Cause },
}

/// Why a dialplan ends a call. Before the call was answered it becomes a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// The call has come to its proper end.
    Normal,
    /// Whoever was wanted is busy (486).
    Busy,
    /// Nobody is there (480).
    Unavailable,
    /// The call is not wanted (603).
    Rejected,
    /// There is no such number (404).
    NotFound,
    /// No capacity now (503).
    Congestion,
    /// The dialplan went wrong: it went round without waiting (500).
    Internal,
}

impl Cause {
    /// Every cause, with the word for it in a dialplan file; `Internal` is not for writing.
    pub const WORDS: &[(&'static str, Cause)] = &[
        ("normal", Cause::Normal),
        ("busy", Cause::Busy),
        ("unavailable", Cause::Unavailable),
        ("rejected", Cause::Rejected),
        ("not-found", Cause::NotFound),
        ("congestion", Cause::Congestion),
    ];
}
