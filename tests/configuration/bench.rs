//! The demo company behind the web interface of a program that only counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use hovor::api::running::{Health, Running, Stopping, Taken};
use hovor::api::{ApiState, control_router, router};
use hovor::id::{SessionId, UserId};
use hovor::queue::{OperatorState, Status};
use hovor::store::{Scope, Store, demo};
use hovor::switch::cause::Cause;
use hovor::switch::history::Summary;
use hovor::time::UnixMs;

/// A program that counts how often it took the configuration over.
#[derive(Default)]
pub struct Program {
    pub applied: AtomicU32,
    pub slow: bool,
}

#[async_trait]
impl Running for Program {
    fn wall(&self) -> UnixMs {
        UnixMs(1_800_000_000_000)
    }
    #[expect(clippy::disallowed_methods, reason = "this is slow on purpose")]
    async fn apply(&self) -> Result<(), Stopping> {
        if self.slow {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        self.applied.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
    async fn live_sessions(&self) -> Result<Vec<(SessionId, Summary)>, Stopping> {
        Err(Stopping)
    }
    async fn operators(&self) -> Result<Vec<(UserId, OperatorState)>, Stopping> {
        Err(Stopping)
    }
    async fn set_status(&self, _: UserId, _: Status) -> Result<bool, Stopping> {
        Err(Stopping)
    }
    async fn take(&self, _: SessionId, _: UserId) -> Result<Taken, Stopping> {
        Err(Stopping)
    }
    async fn finish_work(&self, _: UserId) -> Result<bool, Stopping> {
        Err(Stopping)
    }
    async fn end(&self, _: SessionId, _: Cause) -> Result<bool, Stopping> {
        Err(Stopping)
    }
    async fn health(&self) -> Health {
        Health {
            ok: true,
            version: String::new(),
            uptime_s: 0,
            sessions: 0,
            store: "ok".into(),
            dialplans: "ok".into(),
            events_waiting: 0,
            refusing: false,
        }
    }
    async fn metrics(&self) -> String {
        String::new()
    }
}

/// The demo company behind both routers.
pub struct Bench {
    pub store: Arc<dyn Store>,
    pub scope: Scope,
    pub program: Arc<Program>,
    pub network: Router,
    pub socket: Router,
    pub folder: std::path::PathBuf,
}

impl Drop for Bench {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Bench {
    pub async fn new(name: &str, program: Program) -> Self {
        let folder = std::env::temp_dir().join(format!("hovor-api-{name}-{}", std::process::id()));
        _ = std::fs::remove_dir_all(&folder);
        let store = hovor::store::open(&format!("sqlite:{}/hovor.db", folder.display())).await.unwrap();
        let scope = demo::seed(store.as_ref()).await.unwrap();
        let program = Arc::new(program);
        let running: Arc<dyn Running> = Arc::clone(&program) as _;
        let state = ApiState::new(Arc::clone(&store), scope.clone(), running);
        let (network, socket) = (router(state.clone()), control_router(state));
        Self { store, scope, program, network, socket, folder }
    }
}
