//! What the web interface asks of the switch task, and the handle by which it asks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

use super::certificates::Certificates;
use super::chats;
use super::examiner::Examiner;
use super::figures::Snapshot;
use super::limits;
use super::loader::{Again, Loader};
use super::metrics;
use super::recordings::Recordings;
use super::tracer::Traces;
use super::voicemail::Voicemail;
use crate::api::live::board::LiveSession;
use crate::api::live::{Hint, Live};
use crate::api::running::{Ban, Health, NotApplied, Running, Stopping, SwitchState, Taken, TrunkState};
use crate::clock::Clock;
use crate::dialplan::{Greeting, Opened, Plans, World};
use crate::doctor::finding::Examination;
use crate::id::{CallbackId, DoorId, GroupId, MailboxId, MessageId, SessionId, TenantId, TrunkId, UserId};
use crate::lines::phone::rules::Rules;
use crate::lines::webchat::{self, ClientFrame, ConnId, ServerFrame, Visitor};
use crate::queue::{Explanation, OperatorState, Status};
use crate::sip::endpoint::Command;
use crate::sip::guard::{BanView, Source};
use crate::store::{self, Scope, Store, StoreError, Trunk};
use crate::switch::callback::{Callback, NewCallback, Standing};
use crate::switch::cause::Cause;
use crate::switch::channels::SwitchedBy;
use crate::switch::command::{self, Refusal};
use crate::switch::directory::Directory;
use crate::switch::diversion::CallSettings;
use crate::switch::history::{Past, Summary};
use crate::switch::line::Message;
use crate::switch::mailbox::Messages;
use crate::time::UnixMs;
use crate::trace::{Shown, Wanted};

/// Requests that wait at most; beyond it whoever asks waits.
pub const WAITING: usize = 1_024;

/// How long the switch may take to say everything that goes on.
const SAID_WITHIN: Duration = Duration::from_secs(5);

/// One question or order to the switch task, with the place for its answer.
pub enum Request {
    Configure {
        directory: Arc<Directory>,
        rules: Rules,
        peers: Vec<Command>,
        widgets: BTreeMap<DoorId, webchat::Widget>,
        done: oneshot::Sender<()>,
    },
    /// What browsers of clients and pages of operators ask.
    Chat(chats::Request),
    Peers {
        peers: Vec<Command>,
        done: oneshot::Sender<()>,
    },
    Plans {
        plans: Arc<Plans>,
        done: oneshot::Sender<()>,
    },
    /// These sounds have another content than before.
    Sounds {
        names: Vec<String>,
        done: oneshot::Sender<()>,
    },
    /// The configuration is in force: what the network brings is taken in from now on.
    Open {
        done: oneshot::Sender<()>,
    },
    Sessions {
        ids: Vec<SessionId>,
        answer: oneshot::Sender<BTreeMap<SessionId, Summary>>,
    },
    /// Who takes part in a session now.
    LiveSession {
        session: SessionId,
        answer: oneshot::Sender<Option<LiveSession>>,
    },
    Operators {
        answer: oneshot::Sender<Vec<(UserId, OperatorState)>>,
    },
    /// Say everything to those who look on.
    Everything,
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
    /// Do something with a session while people talk.
    Command {
        session: SessionId,
        by: Option<UserId>,
        command: command::Command,
        done: oneshot::Sender<Result<(), Refusal>>,
    },
    /// Call an operator's own phone, and then whoever has this number.
    PlaceCall {
        operator: UserId,
        number: String,
        done: oneshot::Sender<Result<SessionId, Refusal>>,
    },
    /// What came of opening a mailbox.
    MailboxOpened {
        session: SessionId,
        request: u64,
        opened: Opened,
    },
    /// What mailboxes hold now.
    Messages {
        counts: BTreeMap<MailboxId, Messages>,
    },
    /// What callers of a mailbox hear from now on.
    Greeting {
        mailbox: MailboxId,
        greeting: Greeting,
    },
    /// What an operator wants done with calls, as it was before the restart.
    RestoreCallSettings {
        settings: store::CallSettings,
        done: oneshot::Sender<()>,
    },
    /// An operator takes sessions of a line or not, as before the restart.
    RestoreChannel {
        switch: store::ChannelSwitch,
        done: oneshot::Sender<()>,
    },
    SwitchChannel {
        operator: UserId,
        line: String,
        on: bool,
        by: SwitchedBy,
        done: oneshot::Sender<Result<(), Refusal>>,
    },
    CallSettings {
        operator: UserId,
        answer: oneshot::Sender<CallSettings>,
    },
    SetCallSettings {
        operator: UserId,
        settings: CallSettings,
        done: oneshot::Sender<Result<(), Refusal>>,
    },
    /// A switch stands so, as it did before the restart.
    RestoreSwitch {
        switch: store::Switch,
        done: oneshot::Sender<()>,
    },
    /// A session goes on that was live when the program went.
    Resume {
        past: Box<Past>,
        done: oneshot::Sender<()>,
    },
    /// Promises to call clients back, as they were before the restart.
    RestoreCallbacks {
        callbacks: Vec<Callback>,
        done: oneshot::Sender<()>,
    },
    /// How a session stands that waits.
    Routing {
        session: SessionId,
        answer: oneshot::Sender<Option<(Explanation, UnixMs)>>,
    },
    /// Whether anybody of a group is there for sessions of a line.
    Staffed {
        group: GroupId,
        line: &'static str,
        answer: oneshot::Sender<bool>,
    },
    Callbacks {
        answer: oneshot::Sender<Vec<Standing>>,
    },
    /// Promise a client a call.
    Promise {
        new: NewCallback,
        done: oneshot::Sender<Result<Callback, Refusal>>,
    },
    /// Take such a promise back.
    CancelCallback {
        callback: CallbackId,
        done: oneshot::Sender<bool>,
    },
    Switches {
        answer: oneshot::Sender<Vec<SwitchState>>,
    },
    Turn {
        tenant: TenantId,
        switch: String,
        on: bool,
        done: oneshot::Sender<()>,
    },
    Bans {
        answer: oneshot::Sender<Vec<BanView>>,
    },
    LiftBan {
        source: Source,
        done: oneshot::Sender<bool>,
    },
    Trunks {
        answer: oneshot::Sender<Vec<(TrunkId, TrunkState)>>,
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
    /// Do something to the switch task that nothing outside can cause.
    #[cfg(test)]
    Plant {
        fault: Box<dyn FnOnce(&mut super::core::Core) + Send>,
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
    pub(super) voicemail: Arc<Voicemail>,
    pub(super) recordings: Arc<Recordings>,
    /// The folder of the dialplan files.
    pub(super) dialplans: Arc<Path>,
    /// Whether the system tells of changes there.
    pub(super) told: Arc<AtomicBool>,
    pub(super) examiner: Arc<Examiner>,
    pub(super) traces: Traces,
    pub(super) certificates: Arc<Certificates>,
    pub(super) live: Arc<Live>,
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

    /// Tells the switch task something that has no answer.
    pub(super) async fn tell(&self, request: Request) -> Result<(), Stopping> {
        self.requests.send(request).await.map_err(|_| Stopping)
    }
}

#[async_trait]
impl Running for Handle {
    fn wall(&self) -> UnixMs {
        self.clock.wall()
    }

    async fn apply(&self) -> Result<(), NotApplied> {
        self.loader.apply(self, Again::Company).await
    }

    async fn reload(&self) -> Result<(), NotApplied> {
        self.certificates.reload().await;
        self.loader.apply(self, Again::All).await
    }

    async fn dialplan_world(&self, scope: &Scope) -> Result<World, StoreError> {
        self.loader.world(scope).await
    }

    async fn live_sessions(&self, ids: Vec<SessionId>) -> Result<BTreeMap<SessionId, Summary>, Stopping> {
        self.ask(|answer| Request::Sessions { ids, answer }).await
    }

    async fn live_session(&self, session: SessionId) -> Result<Option<LiveSession>, Stopping> {
        self.ask(|answer| Request::LiveSession { session, answer }).await
    }

    async fn operators(&self) -> Result<Vec<(UserId, OperatorState)>, Stopping> {
        self.ask(|answer| Request::Operators { answer }).await
    }

    async fn live(&self) -> Result<Arc<Live>, Stopping> {
        // The place first: whoever asks may give up at any await, and then the view must not count as asked for.
        let place = self.requests.reserve().await.map_err(|_| Stopping)?;
        match self.live.want() {
            true => place.send(Request::Everything),
            false => drop(place),
        }
        tokio::time::timeout(SAID_WITHIN, self.live.full()).await.map_err(|_| Stopping)?;
        Ok(Arc::clone(&self.live))
    }

    fn hint(&self, hint: Hint) {
        self.live.hint(hint);
    }

    async fn set_status(&self, operator: UserId, status: Status) -> Result<bool, Stopping> {
        self.ask(|done| Request::Status { operator, status, done }).await
    }

    async fn take(&self, session: SessionId, operator: UserId) -> Result<Taken, Stopping> {
        self.ask(|done| Request::Take { session, operator, done }).await
    }

    async fn open_chat(
        &self,
        door: DoorId,
        visitor: Visitor,
        frames: mpsc::Sender<ServerFrame>,
    ) -> Result<Option<ConnId>, Stopping> {
        self.ask(|answer| Request::Chat(chats::Request::Connected { door, visitor, frames, answer })).await
    }

    async fn chat_frame(&self, conn: ConnId, frame: ClientFrame) -> Result<(), Stopping> {
        self.tell(Request::Chat(chats::Request::Frame { conn, frame })).await
    }

    async fn close_chat(&self, conn: ConnId) -> Result<(), Stopping> {
        self.tell(Request::Chat(chats::Request::Gone { conn })).await
    }

    async fn write(
        &self,
        session: SessionId,
        operator: UserId,
        (own, text, aside): (u64, String, bool),
    ) -> Result<Result<u64, Refusal>, Stopping> {
        self.ask(|done| Request::Chat(chats::Request::Write { session, operator, own, text, aside, done }))
            .await
    }

    async fn written(&self, session: SessionId, after: u64) -> Result<Option<Vec<Message>>, Stopping> {
        self.ask(|answer| Request::Chat(chats::Request::Messages { session, after, answer })).await
    }

    async fn types(&self, session: SessionId, operator: UserId) -> Result<(), Stopping> {
        self.tell(Request::Chat(chats::Request::Types { session, operator })).await
    }

    async fn has_read(&self, session: SessionId, operator: UserId, number: u64) -> Result<(), Stopping> {
        self.tell(Request::Chat(chats::Request::Read { session, operator, number })).await
    }

    async fn decline(&self, session: SessionId, operator: UserId) -> Result<bool, Stopping> {
        self.ask(|done| Request::Chat(chats::Request::Decline { session, operator, done })).await
    }

    async fn finish_work(&self, operator: UserId) -> Result<bool, Stopping> {
        self.ask(|done| Request::FinishWork { operator, done }).await
    }

    async fn end(&self, session: SessionId, cause: Cause) -> Result<bool, Stopping> {
        self.ask(|done| Request::End { session, cause, done }).await
    }

    async fn command(
        &self,
        session: SessionId,
        by: Option<UserId>,
        command: command::Command,
    ) -> Result<Result<(), Refusal>, Stopping> {
        self.ask(|done| Request::Command { session, by, command, done }).await
    }

    async fn place_call(
        &self,
        operator: UserId,
        number: String,
    ) -> Result<Result<SessionId, Refusal>, Stopping> {
        self.ask(|done| Request::PlaceCall { operator, number, done }).await
    }

    fn message_file(&self, message: MessageId) -> PathBuf {
        self.voicemail.sound(message)
    }

    fn recording_folder(&self, recording: &store::Recording) -> PathBuf {
        self.recordings.folder_of(recording)
    }

    async fn remove_recording_files(&self, recording: &store::Recording) -> Result<(), String> {
        self.recordings.remove_files(recording).await.map_err(|error| error.to_string())
    }

    async fn messages_changed(&self) {
        self.voicemail.tell_counts().await;
    }

    async fn call_settings(&self, operator: UserId) -> Result<CallSettings, Stopping> {
        self.ask(|answer| Request::CallSettings { operator, answer }).await
    }

    async fn set_call_settings(
        &self,
        operator: UserId,
        settings: CallSettings,
    ) -> Result<Result<(), Refusal>, Stopping> {
        self.ask(|done| Request::SetCallSettings { operator, settings, done }).await
    }

    async fn switch_channel(
        &self,
        operator: UserId,
        line: String,
        on: bool,
        by: SwitchedBy,
    ) -> Result<Result<(), Refusal>, Stopping> {
        self.ask(|done| Request::SwitchChannel { operator, line, on, by, done }).await
    }

    async fn switches(&self) -> Result<Vec<SwitchState>, Stopping> {
        self.ask(|answer| Request::Switches { answer }).await
    }

    async fn turn(&self, tenant: TenantId, switch: String, on: bool) -> Result<(), Stopping> {
        self.ask(|done| Request::Turn { tenant, switch, on, done }).await
    }

    async fn is_staffed(&self, group: GroupId, line: &'static str) -> Result<bool, Stopping> {
        self.ask(|answer| Request::Staffed { group, line, answer }).await
    }

    async fn routing(&self, session: SessionId) -> Result<Option<(Explanation, UnixMs)>, Stopping> {
        self.ask(|answer| Request::Routing { session, answer }).await
    }

    fn mail(&self) {
        self.voicemail.postbox.fill();
    }

    async fn callbacks(&self) -> Result<Vec<Standing>, Stopping> {
        self.ask(|answer| Request::Callbacks { answer }).await
    }

    async fn promise(&self, new: NewCallback) -> Result<Result<Callback, Refusal>, Stopping> {
        self.ask(|done| Request::Promise { new, done }).await
    }

    async fn cancel_callback(&self, callback: CallbackId) -> Result<bool, Stopping> {
        self.ask(|done| Request::CancelCallback { callback, done }).await
    }

    async fn trunks(&self) -> Result<Vec<(TrunkId, TrunkState)>, Stopping> {
        self.ask(|answer| Request::Trunks { answer }).await
    }

    async fn bans(&self) -> Result<Vec<Ban>, Stopping> {
        let bans = self.ask(|answer| Request::Bans { answer }).await?;
        let wall = |at| self.clock.epoch().wall(at);
        let ban = |ban: BanView| Ban {
            source: ban.source.to_string(),
            since: wall(ban.since),
            until: wall(ban.until),
            failures: ban.failures,
            bans: ban.bans,
            why: ban.why,
        };
        Ok(bans.into_iter().map(ban).collect())
    }

    async fn lift_ban(&self, source: &str) -> Result<bool, Stopping> {
        let Ok(source) = source.parse() else { return Ok(false) };
        self.ask(|done| Request::LiftBan { source, done }).await
    }

    async fn check_trunk(&self, trunk: TrunkId) -> Result<(), Stopping> {
        let peers = vec![Command::CheckTrunk { trunk }];
        self.ask(|done| Request::Peers { peers, done }).await
    }

    async fn examine_trunk(&self, trunk: &Trunk, call: Option<String>) -> Result<Examination, Stopping> {
        Ok(self.examiner.examine(trunk, call).await)
    }

    async fn trace(&self, wanted: Wanted) -> Option<(Vec<Shown>, Option<u64>)> {
        self.traces.find(wanted).await
    }

    async fn health(&self) -> Health {
        let snapshot = self.ask(|answer| Request::Snapshot { answer }).await.unwrap_or_default();
        let shown = self.loader.shown();
        let store = match self.store.ping().await {
            Err(error) => error.to_string(),
            Ok(()) if let Some(why) = snapshot.journal.trouble => format!("nothing can be written: {why}"),
            Ok(()) if shown.behind => "a change of the configuration could not be read yet".to_owned(),
            Ok(()) => "ok".to_owned(),
        };
        let dialplans = shown.standing.health();
        let ok = store == "ok"
            && dialplans == "ok"
            && !snapshot.refusing
            && snapshot.invariants.standing().is_empty();
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
        let rest = metrics::Rest {
            certificate_ends: self.certificates.ends(),
            files: limits::open_files(),
            mails: self.voicemail.postbox.figures(),
        };
        metrics::render(&snapshot, &self.loader.shown().standing, &rest)
    }
}
