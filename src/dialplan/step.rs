//! The words between a run and the switch that carries it out.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::mailbox::{MailboxAct, MailboxFacts, MailboxName, Opened, Pin};
use super::sound::Sound;
use crate::id::MailboxId;

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
    /// caller who no longer waits. `wait` is how long it will probably take, if that can be told.
    Position { position: u32, wait: Option<Duration> },
    /// An operator (queue) or the called party (dial) has answered and now speaks with the caller.
    Connected,
    /// The answer to [`Step::AskCallback`], given at once: the number in full; nothing if it may not be called.
    CallbackTo { number: Option<String> },
    /// What came of [`Step::Promise`], told at once.
    Promised(Promised),
    /// [`Step::Queue`] is over. Not sent in answer to [`Step::LeaveQueue`].
    QueueEnded(QueueOutcome),
    /// [`Step::Dial`] is over. Not sent in answer to [`Step::CancelDial`].
    DialEnded(DialOutcome),
    /// The recording of this number is finished and stands in `file`. Of its `ms`, those from the
    /// first word to the last are `spoken_ms`.
    Recorded { recording: u64, file: String, ms: u32, spoken_ms: u32, ended: RecordOutcome },
    /// The recording of this number could not be made.
    RecordFailed { recording: u64 },
    /// The answer to [`Step::FindMailbox`]; nothing if there is no such mailbox.
    MailboxFound(Option<MailboxFacts>),
    /// What came of the [`Step::OpenMailbox`] of this number.
    MailboxOpened { request: u64, opened: Opened },
    /// The answer to [`Step::Look`], given at once: a number of people, or 1 for a switch that is on.
    Seen { value: u32 },
    /// [`Step::Turn`] is done: how the switch stands now.
    Turned { on: bool },
    /// The caller may not turn that switch; it stays as it is.
    MayNotTurn,
    /// So many are in the room of [`Step::Conference`] as may be; the caller is not in it.
    RoomFull,
    /// The answer to the request of this number.
    HttpAnswered { request: u64, status: u16, body: String },
    /// The request of this number has no answer.
    HttpFailed { request: u64, why: HttpFailure },
    /// The caller is gone. The run is over and gives no more steps.
    HungUp,
}

/// What ended a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordOutcome {
    /// A key that ends it was pressed.
    Key,
    /// Nothing more was said.
    Silence,
    /// It has its greatest length.
    Max,
    /// It was stopped from outside.
    Stopped,
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

/// What came of asking to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Promised {
    /// The caller will be called; the caller waits no more.
    Made,
    /// That number is promised a call already; the caller waits no more.
    Joined,
    /// That cannot be promised; the caller waits on.
    Refused,
}

/// How a client is called back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackTerms {
    /// How long to wait after each call in vain; after the last one no more calls are made.
    pub pauses: Vec<Duration>,
    /// When it is given up.
    pub lasts: Duration,
    /// The node says when clients are called.
    pub has_hours: bool,
}

impl CallbackTerms {
    /// The pauses if nobody says others.
    pub const PAUSES: [Duration; 2] = [Duration::from_secs(5 * 60), Duration::from_secs(15 * 60)];
    /// How long a promise lasts if nobody says otherwise.
    pub const LASTS: Duration = Duration::from_secs(24 * 3_600);
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
    /// What the caller typed: good only as the extension of an operator of the plan's tenant.
    Typed(String),
    /// The operators of this group of the plan's tenant.
    Group(String),
    /// A number outside, over a trunk: it starts with `+` or `00`.
    External(String),
    /// Whatever the caller may dial without a dialplan: an extension or a number outside.
    AsCaller(String),
}

impl DialTarget {
    /// What it says, for people.
    pub fn name(&self) -> &str {
        match self {
            DialTarget::Extension(name)
            | DialTarget::Typed(name)
            | DialTarget::Group(name)
            | DialTarget::External(name)
            | DialTarget::AsCaller(name) => name,
        }
    }
}

/// How several parties ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ring {
    /// All at once; a group that stands alone as its own strategy says.
    AsGroup,
    /// All at once.
    All,
    /// One after another.
    InTurn,
}

/// What the switch shall do next for the caller of a run, in this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// The caller came to this node of the dialplan; for the session's history. `by` is what a person calls
    /// the way out of the node before: `2`, `busy`, `open`; empty if it has no other, and at the start.
    Entered { node: String, line: u32, by: String },
    /// Answer the call, then report [`Input::Answered`]. Given at most once.
    Answer,
    /// Let the caller hear these, in place of whatever the run played before. With `repeat` they
    /// start over at their end, without a gap and without [`Input::PlayEnded`].
    Play { playback: u64, sounds: Vec<Sound>, repeat: bool },
    /// Let the caller hear these once, over what the run plays, which goes on afterwards where it
    /// stopped. Ends as a `Play` does.
    Announce { playback: u64, sounds: Vec<Sound> },
    /// Silence what is playing. Not given for a playback that ended or was replaced.
    StopPlay,
    /// Let the caller wait for an operator of this group (of the plan's tenant). Music comes as a
    /// `Play`, the longest wait is watched by the run ([`Step::LeaveQueue`]). Answered by
    /// `Connected` and `QueueEnded`.
    Queue { group: String, priority: i32 },
    /// Tell the caller's place in the queue by [`Input::Position`].
    AskPosition,
    /// Say whether the caller can be called back at this number: the caller's own, or one that was `typed`.
    /// Answered by [`Input::CallbackTo`].
    AskCallback { number: String, typed: bool },
    /// Promise the caller, who waits, to call this number when it is the caller's turn. Answered by
    /// [`Input::Promised`].
    Promise { number: String, typed: bool, terms: CallbackTerms },
    /// The caller waits no longer; offers made for this caller are withdrawn.
    LeaveQueue,
    /// Call these; the first to answer has the caller. In turn, each rings for `each`, or for as long as
    /// an offer of its group stands. Who cannot be called is passed over. The run watches the time ([`Step::CancelDial`]). Answered by `Connected` and
    /// `DialEnded`. An unanswered caller hears the ringing of the line; for an answered one the run
    /// plays ringback or music, which early sound of the party may replace.
    Dial { targets: Vec<DialTarget>, ring: Ring, each: Option<Duration> },
    /// Give up the party that has not answered.
    CancelDial,
    /// Let the caller hear what the caller says, until the end of the call.
    Echo,
    /// Let the caller talk with all in this room, until the end of the call. Answered by `RoomFull` if there are so
    /// many already.
    Conference { room: String, limit: usize },
    /// Record what the caller says, until `max` has passed, one of these keys is pressed or nothing was
    /// said for as long as `silence` says; answered by `Recorded` or `RecordFailed`.
    Record { recording: u64, max: Duration, stop_digits: String, silence: Option<Duration> },
    /// Look for a mailbox, from memory; answered at once by `MailboxFound`.
    FindMailbox { which: MailboxName },
    /// Record a message for a mailbox, as `Record` does. It is kept if at least `min` of it was spoken,
    /// however the recording ends, by the caller's hanging up too. Answered as `Record` is.
    TakeMessage {
        recording: u64,
        mailbox: MailboxId,
        max: Duration,
        min: Duration,
        silence: Duration,
        stop_digits: String,
    },
    /// Open a mailbox for whoever typed its PIN; answered by `MailboxOpened`. The run watches the time.
    OpenMailbox { request: u64, mailbox: MailboxId, pin: Pin },
    /// Do this with a mailbox that is open.
    Mailbox { mailbox: MailboxId, act: MailboxAct },
    /// Keep this with the session (a key pressed in the menu `name`, for one).
    Parameter { name: String, value: String },
    /// Mark the session with this word.
    Tag { tag: String },
    /// Record conversations of the caller from here on, or record none.
    RecordCall { on: bool },
    /// Tell how this stands, at once, by [`Input::Seen`].
    Look { question: Question },
    /// Turn a switch of the plan's tenant, if the caller may. Answered at once by `Turned` or
    /// `MayNotTurn`.
    Turn { switch: String, turn: Turn },
    /// Ask another program; answered by `HttpAnswered` or `HttpFailed`. The run watches the time too.
    Http { request: u64, http: HttpRequest },
    /// Tell another program, some time; nothing is awaited.
    Webhook { url: String, event: String, data: BTreeMap<String, String> },
    /// End the call. The last step of a run. `by` as with `Entered`; empty if the node itself ends the call.
    Hangup { cause: Cause, by: String },
}

/// What a run may ask about the world outside of it. Groups and switches are those of the plan's tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// How many callers wait for this group.
    Waiting { group: String },
    /// How many operators of this group say that they are online, and have a phone that can be reached.
    Online { group: String },
    /// How many operators of this group a caller could be offered now.
    Free { group: String },
    /// Whether this switch is on.
    Switch { switch: String },
}

/// What is done to a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Turn {
    On,
    Off,
    /// On if it is off, off if it is on.
    Toggle,
}

/// A question to another program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    pub method: HttpMethod,
    pub url: String,
    pub headers: BTreeMap<String, String>,
    /// JSON, for a POST.
    pub body: Option<String>,
    /// How long the whole exchange may take.
    pub timeout: Duration,
}

/// How a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HttpMethod {
    Get,
    Post,
}

/// Why a request has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HttpFailure {
    /// Nothing came in time.
    TimedOut,
    /// It led to a host that is not on the list.
    NotAllowed,
    /// There is no such host, or nobody answers there.
    Unreachable,
    /// The answer is longer than 64 kB.
    TooLarge,
    /// The answer broke off, or is no HTTP.
    Broken,
    /// Too many requests are under way.
    Busy,
}

impl HttpFailure {
    /// Every failure, with the word for it.
    pub const WORDS: &[(&'static str, HttpFailure)] = &[
        ("timed-out", HttpFailure::TimedOut),
        ("not-allowed", HttpFailure::NotAllowed),
        ("unreachable", HttpFailure::Unreachable),
        ("too-large", HttpFailure::TooLarge),
        ("broken", HttpFailure::Broken),
        ("busy", HttpFailure::Busy),
    ];

    /// The word for it.
    pub fn words(self) -> &'static str {
        Self::WORDS.iter().find(|(_, failure)| *failure == self).map_or("", |(word, _)| word)
    }
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
    /// The caller may not do that (403).
    Forbidden,
    /// It rang, and nobody answered (480).
    NoAnswer,
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
        ("no-answer", Cause::NoAnswer),
        ("rejected", Cause::Rejected),
        ("forbidden", Cause::Forbidden),
        ("not-found", Cause::NotFound),
        ("congestion", Cause::Congestion),
    ];

    /// The words alone.
    pub const NAMES: [&'static str; Self::WORDS.len()] = {
        let mut names = [""; Self::WORDS.len()];
        let mut at = 0;
        while at < names.len() {
            names[at] = Self::WORDS[at].0;
            at += 1;
        }
        names
    };

    /// The word for it in a dialplan file.
    pub fn words(self) -> &'static str {
        Self::WORDS.iter().find(|(_, cause)| *cause == self).map_or("internal", |(word, _)| word)
    }
}
