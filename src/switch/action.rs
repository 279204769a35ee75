//! What the switch is told, and what it wants done.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::callback::Callback;
use super::cause::Cause;
use super::directory::Directory;
use super::diversion::CallSettings;
use super::history::{Past, SessionEvent, Summary};
use super::inquiry::HttpResult;
use super::line::{LineCommand, LineEvent};
use super::mailbox::{Messages, NewMessage};
use super::recording::NewRecording;
use crate::dialplan::{Greeting, HttpRequest, MailboxAct, Opened, Pin, Plans};
use crate::id::{DeviceId, LegId, MailboxId, SessionId, TenantId, TrunkId, UserId};
use crate::media;
use crate::queue;
use crate::time::Epoch;

/// What the switch is built with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SwitchConfig {
    /// Puts moments on the calendar.
    pub epoch: Epoch,
    /// Where recordings of the record verb go, and, [below it](super::recording::under_way), those of conversations
    /// that are under way.
    pub recordings: PathBuf,
    /// Sessions at once; one beyond is refused as unavailable.
    pub max_sessions: usize,
    /// How long a client waits in a slot before whoever put it there is called.
    pub park_for: Duration,
}

/// What the switch is told.
#[derive(Clone, Debug)]
pub enum Event {
    /// A line reports about a leg.
    Line {
        /// Which leg.
        leg: LegId,
        /// What.
        event: LineEvent,
    },
    /// The media engine reports.
    Media(media::Event),
    /// A device can be called now, or no more.
    Reachable {
        /// Which.
        device: DeviceId,
        /// Whether.
        reachable: bool,
    },
    /// An operator's workspace was opened, or the last page of it closed.
    Workspace {
        /// Whose.
        operator: UserId,
        /// Whether it is open.
        open: bool,
    },
    /// The calendar was set: new sessions are put on it so. Those under way keep theirs, so that how
    /// long something took does not change.
    Calendar(Epoch),
    /// The configuration as it is from now on.
    Directory(Arc<Directory>),
    /// The dialplans from now on; sessions under way keep theirs.
    Plans(Arc<Plans>),
    /// An operator's status changes.
    Status {
        /// Who.
        operator: UserId,
        /// To what.
        status: queue::Status,
    },
    /// What an operator wants done with calls, as it is remembered.
    CallSettings {
        /// Who.
        operator: UserId,
        /// What.
        settings: CallSettings,
    },
    /// An operator takes sessions of a line or not, as it is remembered.
    Channel {
        /// Who.
        operator: UserId,
        /// Which line.
        line: String,
        /// Whether.
        on: bool,
    },
    /// An operator accepts a waiting session.
    Take {
        /// Which.
        session: SessionId,
        /// Who.
        operator: UserId,
    },
    /// An operator has finished the after-call work.
    FinishWork {
        /// Who.
        operator: UserId,
    },
    /// Somebody ends a session from outside.
    End {
        /// Which.
        session: SessionId,
        /// Told to all its legs.
        cause: Cause,
    },
    /// What came of opening a mailbox.
    MailboxOpened {
        /// For whom.
        session: SessionId,
        /// The number of the request.
        request: u64,
        /// What.
        opened: Opened,
    },
    /// What callers of a mailbox hear from now on.
    Greeting {
        /// Which.
        mailbox: MailboxId,
        /// What.
        greeting: Greeting,
    },
    /// What all mailboxes hold now.
    Messages(BTreeMap<MailboxId, Messages>),
    /// A trunk takes calls again, or no more.
    Trunk {
        /// Which.
        trunk: TrunkId,
        /// Why it takes none.
        down: Option<String>,
    },
    /// From now on new sessions are refused (or accepted again): the program stops, or the store
    /// is too far behind.
    Refuse(bool),
    /// A session goes on that was live when the program went. Its line and the workspaces know of it already.
    Resume(Box<Past>),
    /// Promises to call clients back that are open, as the store remembers them.
    Callbacks(Vec<Callback>),
    /// A switch of a tenant stands so, as the store remembers it.
    Switch {
        /// Whose.
        tenant: TenantId,
        /// Its name.
        switch: String,
        /// Whether it is on.
        on: bool,
    },
    /// Somebody turns a switch of a tenant from outside.
    TurnSwitch {
        /// Whose.
        tenant: TenantId,
        /// Its name.
        switch: String,
        /// Whether it is on from now on.
        on: bool,
    },
    /// What came of [`Action::Http`].
    HttpAnswered {
        /// Which session asked.
        session: SessionId,
        /// The number that it gave the request.
        request: u64,
        /// The answer, or why there is none.
        result: HttpResult,
    },
}

/// What the switch wants done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Tell the line that carries a leg.
    Line {
        /// Which leg.
        leg: LegId,
        /// What.
        command: LineCommand,
    },
    /// Tell the media engine.
    Media(media::Command),
    /// Remember this event.
    Event(SessionEvent),
    /// Nobody needs this recording any more.
    RemoveFile {
        /// Which file.
        path: PathBuf,
    },
    /// A recording begins: what is known of it is needed when its files are complete, or left behind.
    RecordingBegun(Box<NewRecording>),
    /// Put a message where its mailbox keeps it.
    KeepMessage(Box<NewMessage>),
    /// Check the PIN, and tell by [`Event::MailboxOpened`] what is in the mailbox.
    OpenMailbox {
        /// For whom.
        session: SessionId,
        /// The number of the request.
        request: u64,
        /// Which.
        mailbox: MailboxId,
        /// As it was typed.
        pin: Pin,
    },
    /// Do this with a mailbox.
    Mailbox {
        /// Which.
        mailbox: MailboxId,
        /// What.
        act: MailboxAct,
    },
    /// A mailbox holds more or fewer messages: for lamps on phones and mails to owners.
    MessagesChanged {
        /// Which.
        mailbox: MailboxId,
        /// What it holds now.
        messages: Messages,
    },
    /// A session is over and forgotten here; this is its record.
    Closed {
        /// Which.
        session: SessionId,
        /// Its record.
        summary: Box<Summary>,
    },
    /// An operator's state changed.
    OperatorChanged {
        /// Who.
        operator: UserId,
        /// To what.
        state: queue::OperatorState,
    },
    /// Remember what an operator wants done with calls.
    CallSettingsChanged {
        /// Who.
        operator: UserId,
        /// What from now on.
        settings: CallSettings,
    },
    /// Remember whether an operator takes sessions of a line.
    ChannelSwitched {
        /// Who.
        operator: UserId,
        /// Which line.
        line: String,
        /// Whether from now on.
        on: bool,
    },
    /// A slot for parked clients was taken, or is free again: for lamps on phones.
    SlotChanged {
        /// Whose.
        tenant: Option<TenantId>,
        /// Which.
        slot: u16,
    },
    /// Remember how far a promise to call a client back is.
    Callback(Box<Callback>),
    /// Remember how a switch stands.
    SwitchTurned {
        /// Whose.
        tenant: TenantId,
        /// Its name.
        switch: String,
        /// Whether it is on.
        on: bool,
        /// The operator who turned it by telephone.
        by: Option<UserId>,
    },
    /// Tell another program, as often as it takes.
    Webhook {
        /// Which session tells.
        session: SessionId,
        /// Whose it is.
        tenant: Option<TenantId>,
        /// To whom.
        url: String,
        /// What happened.
        event: String,
        /// The particulars.
        data: BTreeMap<String, String>,
    },
    /// Ask another program, and report by [`Event::HttpAnswered`].
    Http {
        /// Which session asks.
        session: SessionId,
        /// The number of the request within its session.
        request: u64,
        /// What is asked.
        http: HttpRequest,
    },
}
