//! Reads the configuration and the dialplan files, and hands them to the switch task.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::{error, warn};

use super::carriers;
use super::dialplans::keeper::Keeper;
use super::dialplans::standing::Standing;
use super::dialplans::version::Origin;
use super::directory::{self, Peers};
use super::requests::{Handle, Request};
use crate::allow::Allow;
use crate::api::running::{NotApplied, Stopping};
use crate::dialplan::{Plans, World};
use crate::store::{self, Scope, Store, StoreError};
use crate::time::UnixMs;

/// Reads what the switch task must know.
pub struct Loader {
    store: Arc<dyn Store>,
    scope: Scope,
    /// Where recorded greetings are.
    messages: PathBuf,
    /// Hosts that dialplans may ask.
    http: Allow,
    /// Held while a change is carried through, so that changes do not overtake.
    state: tokio::sync::Mutex<State>,
    keeper: Arc<Mutex<Keeper>>,
    /// How the dialplan files fare, for those who cannot wait.
    standing: Mutex<Shown>,
}

struct State {
    /// What the endpoint has been told.
    peers: Peers,
    /// The configuration read last.
    stored: Option<Arc<store::Directory>>,
    /// Where the files came from that are read first.
    origin: Origin,
}

/// What is shown of the dialplan files.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    pub standing: Standing,
    /// Whether the store has a change that the running program could not read.
    pub behind: bool,
}

/// What to read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The company. The dialplan files stay as they were read last, for somebody may be writing them.
    Company,
    /// The dialplan files and the sounds.
    Files,
    /// Everything.
    All,
}

impl Loader {
    /// A loader that has loaded nothing yet.
    pub fn new(
        store: Arc<dyn Store>,
        scope: Scope,
        messages: PathBuf,
        keeper: Keeper,
        origin: Origin,
        http: Allow,
    ) -> Self {
        let state = State { peers: Peers::default(), stored: None, origin };
        Self {
            store,
            scope,
            messages,
            http,
            state: tokio::sync::Mutex::new(state),
            keeper: Arc::new(Mutex::new(keeper)),
            standing: Mutex::default(),
        }
    }

    /// Reads again, and tells the switch task what is new. Dialplan files with faults are refused as a
    /// whole, and those before stay in force; that is no error here, but stands in [`Loader::shown`].
    ///
    /// # Errors
    /// The program stops, or the store cannot be read; then the configuration before stays in force.
    pub async fn apply(&self, handle: &Handle, again: Again) -> Result<(), NotApplied> {
        let mut state = self.state.lock().await;
        let stored = match (again, &state.stored) {
            // Files are taken over while the database is away, too.
            (Again::Files, Some(stored)) => Arc::clone(stored),
            _ => self.read_company(handle, &mut state).await?,
        };
        let (now, http) = (handle.clock.wall(), self.http.clone());
        let first = self.shown().standing.in_force.is_none();
        let origin = match again {
            _ if first => state.origin,
            Again::Company => Origin::Company,
            Again::Files | Again::All => Origin::Edit,
        };
        let (plans, other) = self
            .with_keeper(move |keeper| {
                let mut other = vec![];
                if again != Again::Company {
                    keeper.read_files();
                    other = keeper.read_sounds();
                }
                let world = directory::for_dialplans(&stored, keeper.sounds().clone()).http(http);
                (keeper.check(&world, origin, now), other)
            })
            .await?;
        if !other.is_empty() {
            handle.ask(|done| Request::Sounds { names: other, done }).await?;
        }
        put_in_force(handle, plans).await?;
        Ok(())
    }

    /// Asks the keeper for something that needs the names of today, and puts the plans that it gives in
    /// force.
    pub async fn change<E: Send + 'static>(
        &self,
        handle: &Handle,
        ask: impl FnOnce(&mut Keeper, &World, UnixMs) -> Result<Plans, E> + Send + 'static,
    ) -> Result<Result<(), E>, Stopping> {
        let state = self.state.lock().await;
        let Some(stored) = state.stored.clone() else { return Err(Stopping) };
        let (now, http) = (handle.clock.wall(), self.http.clone());
        let plans = self
            .with_keeper(move |keeper| {
                let world = directory::for_dialplans(&stored, keeper.sounds().clone()).http(http);
                ask(keeper, &world, now)
            })
            .await?;
        match plans {
            Ok(plans) => put_in_force(handle, Some(plans)).await.map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }

    /// Asks the keeper on a thread that may wait for the disk.
    pub async fn with_keeper<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut Keeper) -> T + Send + 'static,
    ) -> Result<T, Stopping> {
        let keeper = Arc::clone(&self.keeper);
        let asked = tokio::task::spawn_blocking(move || {
            let mut keeper = keeper.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = ask(&mut keeper);
            (answer, keeper.standing().clone())
        });
        match asked.await {
            Ok((answer, standing)) => {
                self.lock().standing = standing;
                Ok(answer)
            }
            Err(fault) => {
                error!(%fault, "reading the dialplan files failed");
                Err(Stopping)
            }
        }
    }

    /// What dialplan files may name, as far as `scope` reaches.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn world(&self, scope: &Scope) -> Result<World, StoreError> {
        let stored = self.store.directory(scope).await?;
        let sounds = self.with_keeper(|keeper| keeper.sounds().clone()).await;
        let sounds = sounds.map_err(|Stopping| StoreError::Unavailable("hovor is stopping".to_owned()))?;
        Ok(directory::for_dialplans(&stored, sounds).http(self.http.clone()))
    }

    /// How the dialplan files fare.
    pub fn shown(&self) -> Shown {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read_company(
        &self,
        handle: &Handle,
        state: &mut State,
    ) -> Result<Arc<store::Directory>, NotApplied> {
        let stored = match self.store.directory(&self.scope).await {
            Ok(stored) => Arc::new(stored),
            Err(error) => {
                warn!(%error, "cannot read the configuration; the one before stays in force for now");
                self.lock().behind = true;
                return Err(NotApplied::Unreadable(error.to_string()));
            }
        };
        let next = Peers::of(&stored);
        let changes = state.peers.changes(&next);
        state.peers = next;
        let directory = Arc::new(directory::for_switch(&stored, &self.messages));
        let rules = carriers::rules(&stored);
        let widgets = directory::widgets(&stored);
        handle.ask(|done| Request::Configure { directory, rules, peers: changes, widgets, done }).await?;
        state.stored = Some(Arc::clone(&stored));
        self.lock().behind = false;
        Ok(stored)
    }
}

async fn put_in_force(handle: &Handle, plans: Option<Plans>) -> Result<(), Stopping> {
    let Some(plans) = plans.map(Arc::new) else { return Ok(()) };
    handle.ask(|done| Request::Plans { plans, done }).await
}
