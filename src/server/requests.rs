//! What the web interface asks of the switch task, and the handle by which it asks.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

use super::clock::Clock;
use super::figures::Snapshot;
use super::loader::Loader;
use super::metrics;
use crate::api::running::{Health, Running, Stopping, Taken};
use crate::dialplan::Plans;
use crate::id::{SessionId, UserId};
use crate::queue::{OperatorState, Status};
use crate::sip::endpoint::Command;
use crate::store::Store;
use crate::switch::cause::Cause;
use crate::switch::directory::Directory;
use crate::switch::history::Summary;
use crate::time::UnixMs;

/// Requests that wait at most; beyond it whoever asks waits.
pub const WAITING: usize = 1_024;

/// One question or order to the switch task, with the place for its answer.
pub enum Request {
    Configure {
        directory: Arc<Directory>,
        peers: Vec<Command>,
        done: oneshot::Sender<()>,
    },
    Peers {
        peers: Vec<Command>,
        done: oneshot::Sender<()>,
    },
    Plans {
        plans: Arc<Plans>,
        done: oneshot::Sender<()>,
    },
    Sessions {
        answer: oneshot::Sender<Vec<(SessionId, Summary)>>,
    },
    Operators {
        answer: oneshot::Sender<Vec<(UserId, OperatorState)>>,
    },
    Status {
        operator: UserId,
        status: Status,
        done: oneshot::Sender<bool>,
    },
    Take {
        session: SessionId,
        operator: UserId,
        done: oneshot::Sender<Taken>,
    },
    FinishWork {
        operator: UserId,
        done: oneshot::Sender<bool>,
    },
    End {
        session: SessionId,
        cause: Cause,
        done: oneshot::Sender<bool>,
    },
    Snapshot {
        answer: oneshot::Sender<Snapshot>,
    },
    /// Refuse new sessions and answer when the last one is over.
    Drain {
        empty: oneshot::Sender<()>,
    },
    /// End all sessions.
    EndAll {
        done: oneshot::Sender<()>,
    },
}

/// Asks the switch task.
#[derive(Clone)]
pub struct Handle {
    pub(super) clock: Clock,
    pub(super) requests: mpsc::Sender<Request>,
    pub(super) store: Arc<dyn Store>,
    pub(super) loader: Arc<Loader>,
}

impl Handle {
    /// Sends a request made around the place for its answer, and waits for the answer.
    pub(super) async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<T>) -> Request,
    ) -> Result<T, Stopping> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(request(answer)).await.map_err(|_| Stopping)?;
        answered.await.map_err(|_| Stopping)
    }
}

#[async_trait]
impl Running for Handle {
    fn wall(&self) -> UnixMs {
        self.clock.wall()
    }

    async fn apply(&self) -> Result<(), Stopping> {
        self.loader.apply(self).await
    }

    async fn live_sessions(&self) -> Result<Vec<(SessionId, Summary)>, Stopping> {
        self.ask(|answer| Request::Sessions { answer }).await
    }

    async fn operators(&self) -> Result<Vec<(UserId, OperatorState)>, Stopping> {
        self.ask(|answer| Request::Operators { answer }).await
    }

    async fn set_status(&self, operator: UserId, status: Status) -> Result<bool, Stopping> {
        self.ask(|done| Request::Status { operator, status, done }).await
    }

    async fn take(&self, session: SessionId, operator: UserId) -> Result<Taken, Stopping> {
        self.ask(|done| Request::Take { session, operator, done }).await
    }

    async fn finish_work(&self, operator: UserId) -> Result<bool, Stopping> {
        self.ask(|done| Request::FinishWork { operator, done }).await
    }

    async fn end(&self, session: SessionId, cause: Cause) -> Result<bool, Stopping> {
        self.ask(|done| Request::End { session, cause, done }).await
    }

    async fn health(&self) -> Health {
        let snapshot = self.ask(|answer| Request::Snapshot { answer }).await.unwrap_or_default();
        let store = self.store.ping().await.map_or_else(|error| error.to_string(), |()| "ok".to_owned());
        let dialplans = self.loader.dialplan_health();
        let ok = store == "ok" && dialplans == "ok" && !snapshot.refusing && snapshot.violations.is_empty();
        Health {
            ok,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_s: snapshot.uptime_s,
            sessions: snapshot.sessions,
            store,
            dialplans,
            events_waiting: snapshot.events_waiting,
            refusing: snapshot.refusing,
        }
    }

    async fn metrics(&self) -> String {
        let snapshot = self.ask(|answer| Request::Snapshot { answer }).await.unwrap_or_default();
        metrics::render(&snapshot)
    }
}
