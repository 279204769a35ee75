//! What the web interface asks of the running program.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{SessionId, UserId};
use crate::queue::{OperatorState, Status};
use crate::switch::cause::Cause;
use crate::switch::history::Summary;
use crate::time::UnixMs;

/// The running program, as the web interface sees it. Answers come from memory, at once; each
/// method fails only if the program is stopping.
#[async_trait]
pub trait Running: Send + Sync {
    /// What the calendar says now.
    fn wall(&self) -> UnixMs;
    /// The configuration in the store has changed: takes it over. Returns when it is in force.
    async fn apply(&self) -> Result<(), Stopping>;
    /// Live sessions with their records so far, oldest first.
    async fn live_sessions(&self) -> Result<Vec<(SessionId, Summary)>, Stopping>;
    /// What operators are doing.
    async fn operators(&self) -> Result<Vec<(UserId, OperatorState)>, Stopping>;
    /// Sets an operator's status; false if there is no such operator.
    async fn set_status(&self, operator: UserId, status: Status) -> Result<bool, Stopping>;
    /// Lets an operator accept a waiting session.
    async fn take(&self, session: SessionId, operator: UserId) -> Result<Taken, Stopping>;
    /// Ends an operator's after-call work; false if there is no such operator.
    async fn finish_work(&self, operator: UserId) -> Result<bool, Stopping>;
    /// Ends a session; false if it is not live.
    async fn end(&self, session: SessionId, cause: Cause) -> Result<bool, Stopping>;
    /// Whether all parts work.
    async fn health(&self) -> Health;
    /// Metrics in the text format of Prometheus.
    async fn metrics(&self) -> String;
}

/// The program is stopping and takes no more requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopping;

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
