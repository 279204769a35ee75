//! What the web interface asks of the running program.

use std::collections::BTreeMap;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use utoipa::ToSchema;

use crate::api::Problem;
use crate::api::dialplans::Dialplans;
use crate::api::live::board::LiveSession;
use crate::api::live::{Hint, Live};

use crate::dialplan::World;
use crate::doctor::finding::Examination;
use crate::id::{CallbackId, DoorId, GroupId, MessageId, SessionId, TenantId, TrunkId, UserId};
use crate::lines::webchat;
use crate::queue::{Explanation, OperatorState, Status};
use crate::store::{Recording, Scope, StoreError, Trunk};
use crate::switch::callback::{Callback, NewCallback, Standing};
use crate::switch::cause::Cause;
use crate::switch::channels::SwitchedBy;
use crate::switch::command::{Command, Refusal};
use crate::switch::diversion::CallSettings;
use crate::switch::history::Summary;
pub use crate::switch::inquiry::SwitchState;
use crate::switch::line::Message;
use crate::time::UnixMs;
use crate::trace::{Shown, Wanted};

/// The running program, as the web interface sees it. Answers come from memory, at once; each
/// method fails only if the program is stopping.
#[async_trait]
pub trait Running: Dialplans + Send + Sync {
    /// What the calendar says now.
    fn wall(&self) -> UnixMs;
    /// The configuration in the store has changed: takes it over. Returns when it is in force.
    async fn apply(&self) -> Result<(), NotApplied>;
    /// Reads everything again: the configuration, the dialplan files and the sounds.
    async fn reload(&self) -> Result<(), NotApplied>;
    /// What dialplan files may name, as far as `scope` reaches.
    async fn dialplan_world(&self, scope: &Scope) -> Result<World, StoreError>;
    /// Those of these sessions that are live, with their records so far.
    async fn live_sessions(&self, ids: Vec<SessionId>) -> Result<BTreeMap<SessionId, Summary>, Stopping>;
    /// Who takes part in a session now and hears whom, if it is live.
    async fn live_session(&self, _session: SessionId) -> Result<Option<LiveSession>, Stopping> {
        Ok(None)
    }
    /// What goes on, as it happens. Once it is asked for it is kept for a while.
    async fn live(&self) -> Result<Arc<Live>, Stopping> {
        Err(Stopping)
    }
    /// Tells those who look on that something of a session was changed.
    fn hint(&self, _hint: Hint) {}
    /// What operators are doing.
    async fn operators(&self) -> Result<Vec<(UserId, OperatorState)>, Stopping>;
    /// Sets an operator's status; false if there is no such operator.
    async fn set_status(&self, operator: UserId, status: Status) -> Result<bool, Stopping>;
    /// Lets an operator accept a waiting session.
    async fn take(&self, session: SessionId, operator: UserId) -> Result<Taken, Stopping>;
    /// A client's browser has connected to a widget, and is told by `frames`. None: there is no room for it.
    async fn open_chat(
        &self,
        _door: DoorId,
        _visitor: webchat::Visitor,
        _frames: mpsc::Sender<webchat::ServerFrame>,
    ) -> Result<Option<webchat::ConnId>, Stopping> {
        Ok(None)
    }
    /// It says something.
    async fn chat_frame(&self, _conn: webchat::ConnId, _frame: webchat::ClientFrame) -> Result<(), Stopping> {
        Ok(())
    }
    /// It is gone.
    async fn close_chat(&self, _conn: webchat::ConnId) -> Result<(), Stopping> {
        Ok(())
    }
    /// An operator writes in a session: the page's own number of the message, its text, and whether it is for colleagues
    /// alone. Gives its number in the session; the same own number is not written twice.
    async fn write(
        &self,
        _session: SessionId,
        _operator: UserId,
        _message: (u64, String, bool),
    ) -> Result<Result<u64, Refusal>, Stopping> {
        Err(Stopping)
    }
    /// What was written in a session after a message, if all of it is still in memory; the store has the rest.
    async fn written(&self, _session: SessionId, _after: u64) -> Result<Option<Vec<Message>>, Stopping> {
        Ok(None)
    }
    /// An operator types in a session.
    async fn types(&self, _session: SessionId, _operator: UserId) -> Result<(), Stopping> {
        Ok(())
    }
    /// An operator has read what was written in a session, up to a message.
    async fn has_read(&self, _session: SessionId, _operator: UserId, _number: u64) -> Result<(), Stopping> {
        Ok(())
    }
    /// An operator does not want a session that rings in the workspace; false if none does.
    async fn decline(&self, _session: SessionId, _operator: UserId) -> Result<bool, Stopping> {
        Ok(false)
    }
    /// Ends an operator's after-call work; false if there is no such operator.
    async fn finish_work(&self, operator: UserId) -> Result<bool, Stopping>;
    /// Ends a session; false if it is not live.
    async fn end(&self, session: SessionId, cause: Cause) -> Result<bool, Stopping>;
    /// Does something with a session while people talk, for this operator if one is named.
    async fn command(
        &self,
        session: SessionId,
        by: Option<UserId>,
        command: Command,
    ) -> Result<Result<(), Refusal>, Stopping>;
    /// Calls an operator's own phone, and then whoever has this number.
    async fn place_call(
        &self,
        _operator: UserId,
        _number: String,
    ) -> Result<Result<SessionId, Refusal>, Stopping> {
        Err(Stopping)
    }
    /// Where the sound of a message is.
    fn message_file(&self, message: MessageId) -> PathBuf {
        PathBuf::from(format!("{message}.wav"))
    }
    /// The folder with the files of a recording, whose names begin with its id.
    fn recording_folder(&self, recording: &Recording) -> PathBuf {
        PathBuf::from(recording.session.to_string())
    }
    /// Removes the files of a recording; an error says what stays behind, and why.
    async fn remove_recording_files(&self, _recording: &Recording) -> Result<(), String> {
        Ok(())
    }
    /// Messages were changed in the store: counts them anew.
    async fn messages_changed(&self) {}
    /// What an operator wants done with direct calls.
    async fn call_settings(&self, _operator: UserId) -> Result<CallSettings, Stopping> {
        Ok(CallSettings::default())
    }
    /// Sets what an operator wants done with direct calls, or says why not.
    async fn set_call_settings(
        &self,
        _operator: UserId,
        _settings: CallSettings,
    ) -> Result<Result<(), Refusal>, Stopping> {
        Ok(Ok(()))
    }
    /// Switches a line of an operator on or off, or says why not.
    async fn switch_channel(
        &self,
        _operator: UserId,
        _line: String,
        _on: bool,
        _by: SwitchedBy,
    ) -> Result<Result<(), Refusal>, Stopping> {
        Ok(Ok(()))
    }
    /// Every switch that a dialplan names or somebody turned.
    async fn switches(&self) -> Result<Vec<SwitchState>, Stopping>;
    /// Turns a switch of a tenant.
    async fn turn(&self, tenant: TenantId, switch: String, on: bool) -> Result<(), Stopping>;
    /// Whether anybody of a group is there for sessions of a line, busy or not.
    async fn is_staffed(&self, _group: GroupId, _line: &'static str) -> Result<bool, Stopping> {
        Ok(true)
    }
    /// How a session stands that waits, and since when by the calendar.
    async fn routing(&self, _session: SessionId) -> Result<Option<(Explanation, UnixMs)>, Stopping> {
        Ok(None)
    }
    /// There are new mails in the store.
    fn mail(&self) {}
    /// The open promises to call clients back.
    async fn callbacks(&self) -> Result<Vec<Standing>, Stopping> {
        Ok(vec![])
    }
    /// Promises a client a call.
    async fn promise(&self, _new: NewCallback) -> Result<Result<Callback, Refusal>, Stopping> {
        Err(Stopping)
    }
    /// Takes such a promise back; false if it is not open.
    async fn cancel_callback(&self, _callback: CallbackId) -> Result<bool, Stopping> {
        Ok(false)
    }
    /// The bans that stand.
    async fn bans(&self) -> Result<Vec<Ban>, Stopping> {
        Ok(vec![])
    }
    /// Lifts the ban of a source, given as [`Ban::source`] or as an address; false if there is none.
    async fn lift_ban(&self, _source: &str) -> Result<bool, Stopping> {
        Ok(false)
    }
    /// How trunks fare.
    async fn trunks(&self) -> Result<Vec<(TrunkId, TrunkState)>, Stopping>;
    /// Looks for a provider, registers and asks whether it is there now, whatever pauses were meant to be.
    /// Returns before the answers come.
    async fn check_trunk(&self, trunk: TrunkId) -> Result<(), Stopping>;
    /// Examines a trunk over sockets of its own, and calls a number over it if one is given. Takes up to a minute.
    async fn examine_trunk(&self, trunk: &Trunk, call: Option<String>) -> Result<Examination, Stopping>;
    /// SIP messages with their secrets masked, the oldest first, and the number of the newest there is; none if
    /// none are kept.
    async fn trace(&self, _wanted: Wanted) -> Option<(Vec<Shown>, Option<u64>)> {
        None
    }
    /// Whether all parts work.
    async fn health(&self) -> Health;
    /// Metrics in the text format of Prometheus.
    async fn metrics(&self) -> String;
}

/// The program is stopping and takes no more requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopping;

/// Why a configuration is not in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotApplied {
    /// The program is stopping.
    Stopping,
    /// The store cannot be read; why.
    Unreadable(String),
}

impl From<Stopping> for NotApplied {
    fn from(_: Stopping) -> Self {
        Self::Stopping
    }
}

impl From<NotApplied> for Problem {
    fn from(why: NotApplied) -> Self {
        match why {
            NotApplied::Stopping => Stopping.into(),
            NotApplied::Unreadable(why) => Self::new(
                axum::http::StatusCode::SERVICE_UNAVAILABLE,
                format!("the configuration cannot be read, and the one before stays in force: {why}"),
            ),
        }
    }
}

/// What came of accepting a waiting session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The operator's phone is called.
    Ringing,
    /// The session waits no longer, or never did.
    NotWaiting,
    /// The operator cannot take it now: no phone, busy, or not a member of the group.
    OperatorNotFree,
}

impl Taken {
    /// What the operator of this name is answered.
    ///
    /// # Errors
    /// The session cannot be had.
    pub fn answer(self, operator: &str) -> Result<StatusCode, Problem> {
        let conflict = |detail: String| Err(Problem::new(StatusCode::CONFLICT, detail));
        match self {
            Taken::Ringing => Ok(StatusCode::NO_CONTENT),
            Taken::NotWaiting => conflict("the session does not wait for an operator any more".to_owned()),
            Taken::OperatorNotFree => conflict(format!(
                "{operator} cannot take it now: register a phone, switch the channel on, end the other session, or join the group"
            )),
        }
    }
}

/// A source that gets no answer for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ban {
    /// An address, or a network of IPv6.
    pub source: String,
    /// Since when.
    pub since: UnixMs,
    /// Until when, if nobody lifts it.
    pub until: UnixMs,
    /// Failures of this source, all in all.
    pub failures: u64,
    /// Bans of this source, this one included.
    pub bans: u32,
    /// The failure that led to it, in words.
    pub why: String,
}

/// How a trunk fares.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrunkState {
    /// `up`, `registered`, `registering`, `not registered`, `down` (it does not answer), `not found` (its name), or
    /// `off` (not in use).
    pub state: String,
    /// Whether it gets calls.
    pub is_up: bool,
    /// What failed last, in words.
    pub trouble: Option<String>,
    /// Until when it has registered us, in milliseconds since 1970.
    pub registered_until: Option<i64>,
    /// When we register again, in milliseconds since 1970.
    pub next_registration: Option<i64>,
    /// Milliseconds that its last answer to OPTIONS took.
    pub round_trip_ms: Option<u64>,
    /// Calls over it now, both ways.
    pub calls: usize,
    /// Where it is reached, best first: `udp 192.0.2.1:5060`.
    pub places: Vec<String>,
    /// How those were found.
    pub found: Vec<String>,
}

/// How the program fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Everything below is as it should be.
    pub ok: bool,
    /// Version of the program.
    pub version: String,
    /// Seconds since it started.
    pub uptime_s: u64,
    /// Sessions that are not over.
    pub sessions: usize,
    /// The database: `ok`, or what is wrong with it.
    pub store: String,
    /// The dialplan files: `ok`, or what is wrong with them.
    pub dialplans: String,
    /// Events that wait to be stored.
    pub events_waiting: usize,
    /// New sessions are refused: the program stops, or the store is too far behind.
    pub refusing: bool,
}
