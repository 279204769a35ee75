//! The graceful stop: no new calls, time for live ones, then a proper end for those that remain.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::{info, warn};

use super::Server;
use super::core::LAST_WRITES;
use super::requests::Request;

/// How long the BYEs of ended calls may take to be answered.
const LAST_WORDS: Duration = Duration::from_millis(700);

impl Server {
    /// Refuses new calls, waits up to `patience` for live ones, ends the rest, and writes
    /// everything out. A second signal (`hurry`) cuts the wait short.
    pub async fn stop(self, patience: Duration, hurry: impl Future<Output = ()>) {
        let Self { handle, core, _thread, watch, journal, telling, store, .. } = self;
        watch.abort();
        let (empty, is_empty) = oneshot::channel();
        if handle.requests.send(Request::Drain { empty }).await.is_ok() {
            info!(seconds = patience.as_secs(), "stopping: new calls are refused, live ones may end");
            tokio::select! {
                waited = timeout(patience, is_empty) => if waited.is_err() {
                    warn!("calls are still live; they are ended now");
                },
                () = hurry => warn!("told to hurry; live calls are ended now"),
            }
            if handle.ask(|done| Request::EndAll { done }).await.is_ok() {
                tokio::time::timeout(LAST_WORDS, std::future::pending::<()>()).await.ok();
            }
        }
        drop(handle);
        core.abort();
        // The journal's task ends when the switch task has dropped its end, and everything is written.
        if timeout(LAST_WRITES, async { (core.await.ok(), journal.await.ok(), telling.keeper.await.ok()) })
            .await
            .is_err()
        {
            warn!("the store did not take the last events in time");
        }
        // What it has not sent waits in the store.
        telling.sender.abort();
        store.close().await;
        info!("stopped");
    }
}
