//! The demo company behind the web interface of a program that only counts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use hovor::api::dialplans::{DialplanView, Dialplans, DiffView, VersionFilesView, VersionView};
use hovor::api::live::{Hint, Live};
use hovor::api::running::{Ban, Health, NotApplied, Running, Stopping, SwitchState, Taken, TrunkState};
use hovor::api::{ApiState, Problem, control_router, router};
use hovor::dialplan::World;
use hovor::doctor::finding::Examination;
use hovor::id::{SessionId, TenantId, TrunkId, UserId};
use hovor::queue::{OperatorState, Status};
use hovor::store::{Scope, Store, StoreError, Trunk, demo};
use hovor::switch::cause::Cause;
use hovor::switch::channels::SwitchedBy;
use hovor::switch::command::{Command, Refusal};
use hovor::switch::history::Summary;
use hovor::time::UnixMs;

/// A program that counts how often it took the configuration over.
#[derive(Default)]
pub struct Program {
    pub applied: AtomicU32,
    pub operators: Mutex<BTreeMap<UserId, OperatorState>>,
    pub live: Mutex<BTreeMap<SessionId, Summary>>,
    /// Operators may not switch their channels.
    pub channels_locked: Mutex<bool>,
    pub slow: bool,
    /// What goes on.
    pub hub: Option<Arc<Live>>,
    /// Seconds that have passed.
    pub passed_s: AtomicI64,
    /// Cannot read what is stored.
    pub deaf: bool,
    /// What is wrong with the dialplan files; nothing if empty.
    pub dialplans: Mutex<String>,
}

#[async_trait]
impl Dialplans for Program {
    async fn dialplan(&self) -> DialplanView {
        DialplanView { version: Some(7), ..DialplanView::default() }
    }
    async fn reload_dialplan(&self) -> Result<DialplanView, Problem> {
        Ok(self.dialplan().await)
    }
    async fn dialplan_versions(&self) -> Result<Vec<VersionView>, Problem> {
        Ok(vec![])
    }
    async fn dialplan_version(&self, _: u64) -> Result<VersionFilesView, Problem> {
        Err(Stopping.into())
    }
    async fn dialplan_diff(&self, from: Option<String>, to: Option<String>) -> Result<DiffView, Problem> {
        let named = |which: Option<String>| which.unwrap_or_default();
        Ok(DiffView { from: named(from), to: named(to), files: vec![] })
    }
    async fn roll_back_dialplan(&self, to: Option<u64>) -> Result<DialplanView, Problem> {
        Ok(DialplanView { version: to, ..DialplanView::default() })
    }
}

#[async_trait]
impl Running for Program {
    async fn bans(&self) -> Result<Vec<Ban>, Stopping> {
        let (since, until, why) = (UnixMs(0), UnixMs(60_000), "wrong secret".to_owned());
        Ok(vec![Ban { source: "203.0.113.9".into(), since, until, failures: 10, bans: 1, why }])
    }

    async fn lift_ban(&self, source: &str) -> Result<bool, Stopping> {
        Ok(source == "203.0.113.9")
    }

    fn wall(&self) -> UnixMs {
        UnixMs(1_800_000_000_000 + 1_000 * self.passed_s.load(Ordering::SeqCst))
    }
    #[expect(clippy::disallowed_methods, reason = "this is slow on purpose")]
    async fn apply(&self) -> Result<(), NotApplied> {
        if self.deaf {
            return Err(NotApplied::Unreadable("the disk is full".into()));
        }
        if self.slow {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        self.applied.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
    async fn reload(&self) -> Result<(), NotApplied> {
        Err(NotApplied::Stopping)
    }
    async fn dialplan_world(&self, _: &Scope) -> Result<World, StoreError> {
        Ok(World::new().tenant("harbour", ["100"], ["sales"]).extensions(["201"]))
    }
    async fn live_sessions(&self, ids: Vec<SessionId>) -> Result<BTreeMap<SessionId, Summary>, Stopping> {
        let live = self.live.lock().unwrap();
        Ok(ids.into_iter().filter_map(|id| Some((id, live.get(&id)?.clone()))).collect())
    }
    async fn live(&self) -> Result<Arc<Live>, Stopping> {
        self.hub.clone().ok_or(Stopping)
    }
    fn hint(&self, hint: Hint) {
        if let Some(hub) = &self.hub {
            hub.hint(hint);
        }
    }
    async fn operators(&self) -> Result<Vec<(UserId, OperatorState)>, Stopping> {
        Ok(self.operators.lock().unwrap().clone().into_iter().collect())
    }
    async fn set_status(&self, operator: UserId, status: Status) -> Result<bool, Stopping> {
        let mut operators = self.operators.lock().unwrap();
        Ok(operators.get_mut(&operator).map(|state| state.status = status).is_some())
    }
    async fn switch_channel(
        &self,
        operator: UserId,
        line: String,
        on: bool,
        by: SwitchedBy,
    ) -> Result<Result<(), Refusal>, Stopping> {
        if by == SwitchedBy::Operator && *self.channels_locked.lock().unwrap() {
            return Ok(Err(Refusal {
                cause: Cause::Forbidden,
                why: "channel_switches is switched off".into(),
            }));
        }
        let mut operators = self.operators.lock().unwrap();
        if let Some(state) = operators.get_mut(&operator) {
            let _ = if on { state.off.remove(&line) } else { state.off.insert(line) };
        }
        Ok(Ok(()))
    }
    async fn take(&self, _: SessionId, _: UserId) -> Result<Taken, Stopping> {
        Err(Stopping)
    }
    async fn finish_work(&self, _: UserId) -> Result<bool, Stopping> {
        Err(Stopping)
    }
    async fn command(
        &self,
        _session: SessionId,
        _by: Option<UserId>,
        _command: Command,
    ) -> Result<Result<(), Refusal>, Stopping> {
        Ok(Ok(()))
    }

    async fn end(&self, _: SessionId, _: Cause) -> Result<bool, Stopping> {
        Err(Stopping)
    }
    async fn switches(&self) -> Result<Vec<SwitchState>, Stopping> {
        Ok(vec![])
    }
    async fn turn(&self, _: TenantId, _: String, _: bool) -> Result<(), Stopping> {
        Err(Stopping)
    }
    async fn trunks(&self) -> Result<Vec<(TrunkId, TrunkState)>, Stopping> {
        Err(Stopping)
    }
    async fn examine_trunk(&self, _: &Trunk, _: Option<String>) -> Result<Examination, Stopping> {
        Err(Stopping)
    }
    async fn check_trunk(&self, _: TrunkId) -> Result<(), Stopping> {
        Err(Stopping)
    }
    async fn health(&self) -> Health {
        Health {
            ok: true,
            version: String::new(),
            uptime_s: 0,
            sessions: 0,
            store: "ok".into(),
            dialplans: match self.dialplans.lock().unwrap().as_str() {
                "" => "ok".into(),
                wrong => wrong.into(),
            },
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
