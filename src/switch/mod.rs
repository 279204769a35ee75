//! Sessions and their legs: events in, actions out.
//!
//! The switch decides who serves a session. It knows *lines*, not their protocols: a line reports
//! legs in the words of [`line`], and the media engine is told who hears whom.

pub mod action;
pub mod callback;
pub mod cause;
pub mod channels;
pub mod codes;
pub mod command;
pub mod directory;
pub mod diversion;
pub mod features;
pub mod history;
pub mod leg;
pub mod line;
pub mod mailbox;
pub mod recording;
mod rooms;
pub mod route;
pub mod services;
pub mod session;
pub mod stage;

mod arrive;
mod calling_back;
mod connect;
mod consult;
mod dial;
mod door;
mod ending;
mod forward;
mod guide;
pub mod inquiry;
mod invariants;
mod kept;
mod listeners;
mod offers;
mod outside;
mod parking;
pub mod parties;
mod people;
mod pick_up;
#[cfg(test)]
pub(crate) mod planted;
mod promising;
mod redirect;
mod resume;
mod summon;
mod talk;
#[cfg(any(test, fuzzing))]
pub(crate) mod tests;
mod text;
mod waking;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::action::{Action, Event, SwitchConfig};
use self::cause::{Cause, EndedBy};
use self::directory::Directory;
use self::diversion::CallSettings;
use self::history::{Happening, SessionEvent};
pub use self::invariants::Violation;
use self::line::LineCommand;
use self::outside::Loads;
use self::rooms::OpenRoom;
use self::session::Session;
use crate::dialplan::Plans;
use crate::entropy::Entropy;
use crate::id::{DeviceId, LegId, MailboxId, RoomId, SessionId, TenantId, UserId};
use crate::media;
use crate::queue::{OfferId, Queues};
use crate::time::{Time, UnixMs};

/// The one owner of all sessions of a company.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Switch {
    config: SwitchConfig,
    entropy: Entropy,
    directory: Arc<Directory>,
    /// Not part of a snapshot: read again from the dialplan files.
    #[serde(skip)]
    plans: Arc<Plans>,
    queues: Queues,
    sessions: BTreeMap<SessionId, Session>,
    legs: BTreeMap<LegId, SessionId>,
    /// Rooms that callers have joined.
    #[serde(default)]
    rooms: BTreeMap<RoomId, OpenRoom>,
    /// The legs by which offers ring.
    offers: BTreeMap<OfferId, BTreeMap<UserId, LegId>>,
    reachable: BTreeSet<DeviceId>,
    /// Operators whose workspaces are open.
    workspaces: BTreeSet<UserId>,
    /// What mailboxes hold, as far as it is known.
    messages: BTreeMap<MailboxId, mailbox::Messages>,
    /// What operators want done with calls, if they ever said.
    #[serde(default)]
    call_settings: BTreeMap<UserId, CallSettings>,
    /// Lines that operators have switched off.
    #[serde(default)]
    channels_off: BTreeMap<UserId, BTreeSet<String>>,
    /// How the switches stand that were ever turned, by tenant.
    switches: BTreeMap<TenantId, BTreeMap<String, bool>>,
    /// Clients who were promised a call.
    #[serde(default)]
    callbacks: callback::Callbacks,
    timers: BTreeSet<(Time, SessionId)>,
    alarms: BTreeMap<SessionId, Time>,
    #[serde(default)]
    stuck: waking::Stuck,
    refusing: bool,
    loads: Loads,
    outputs: VecDeque<Action>,
}

impl Switch {
    /// A switch without sessions, which knows nobody yet.
    pub fn new(config: SwitchConfig, entropy: Entropy) -> Self {
        let queues = Queues::new();
        Self {
            config,
            entropy,
            directory: Arc::default(),
            plans: Arc::default(),
            queues,
            sessions: BTreeMap::new(),
            legs: BTreeMap::new(),
            rooms: BTreeMap::new(),
            offers: BTreeMap::new(),
            reachable: BTreeSet::new(),
            workspaces: BTreeSet::new(),
            messages: BTreeMap::new(),
            call_settings: BTreeMap::new(),
            channels_off: BTreeMap::new(),
            switches: BTreeMap::new(),
            callbacks: callback::Callbacks::default(),
            timers: BTreeSet::new(),
            alarms: BTreeMap::new(),
            stuck: waking::Stuck::default(),
            refusing: false,
            loads: Loads::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes one event in; actions wait in [`poll_action`](Self::poll_action).
    pub fn handle(&mut self, event: Event, now: Time) {
        match event {
            Event::Line { leg, event } => self.line_event(leg, event, now),
            Event::Media(event) => self.media_event(event, now),
            Event::Reachable { device, reachable } => self.device_reachable(device, reachable, now),
            Event::Workspace { operator, open } => self.workspace_opened(operator, open, now),
            Event::Calendar(epoch) => self.config.epoch = epoch,
            Event::Directory(directory) => self.configure(directory, now),
            Event::Plans(plans) => {
                self.plans = plans;
                self.look_at_callbacks(now);
            }
            Event::Status { operator, status } => self.set_status(operator, status, now),
            Event::CallSettings { operator, settings } => {
                self.restore_call_settings(operator, settings, now);
            }
            Event::Channel { operator, line, on } => self.restore_channel(operator, &line, on, now),
            Event::Take { session, operator } => self.take(session, operator, now),
            Event::FinishWork { operator } => self.finish_work(operator, now),
            Event::End { session, cause } => self.end(session, cause, EndedBy::Us, now),
            Event::MailboxOpened { session, request, opened } => {
                self.mailbox_opened(session, request, opened, now);
            }
            Event::Greeting { mailbox, greeting } => {
                let directory = Arc::make_mut(&mut self.directory);
                if let Some(mailbox) = directory.mailboxes.get_mut(&mailbox) {
                    mailbox.greeting = greeting;
                }
            }
            Event::Messages(counts) => self.set_messages(counts),
            Event::Trunk { trunk, down } => self.loads.set_up(trunk, down),
            Event::Refuse(refusing) => {
                self.refusing = refusing;
                self.look_at_callbacks(now);
            }
            Event::Resume(past) => self.resume(*past, now),
            Event::Callbacks(callbacks) => self.restore_callbacks(callbacks, now),
            Event::Switch { tenant, switch, on } => self.restore_switch(tenant, switch, on),
            Event::TurnSwitch { tenant, switch, on } => self.turn_switch(tenant, &switch, on, None),
            Event::HttpAnswered { session, request, result } => {
                self.http_answered(session, request, result, now);
            }
        }
        self.drain_queues(now);
    }

    /// Lets time pass. Call it no later than [`poll_timeout`](Self::poll_timeout) asks.
    pub fn handle_timeout(&mut self, now: Time) {
        self.queues.handle_timeout(now);
        self.drain_queues(now);
        self.wake_sessions(now);
        self.wake_callbacks(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is wanted next.
    pub fn poll_timeout(&self) -> Option<Time> {
        let sessions = self.timers.first().map(|(at, _)| *at);
        sessions.into_iter().chain(self.queues.poll_timeout()).chain(self.callback_timeout()).min()
    }

    /// The next thing to do.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.outputs.pop_front()
    }

    /// The calendar time of a moment.
    pub fn wall(&self, now: Time) -> UnixMs {
        self.config.epoch.wall(now)
    }

    /// Notes that something happened to a session: counted into its record, and sent to the store.
    fn note(&mut self, id: SessionId, what: Happening, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let at = session.epoch.wall(now);
        let event = SessionEvent { session: id, seq: session.summary.seq + 1, at, what };
        session.summary.apply(&event);
        self.outputs.push_back(Action::Event(event));
    }

    fn tell_line(&mut self, leg: LegId, command: LineCommand) {
        self.outputs.push_back(Action::Line { leg, command });
    }

    /// Tells the media engine, which knows nothing of legs without sound.
    fn tell_media(&mut self, command: media::Command) {
        let session = command.leg().and_then(|leg| self.sessions.get(self.legs.get(&leg)?));
        if session.is_none_or(Session::has_sound) {
            self.outputs.push_back(Action::Media(command));
        }
    }

    fn hang_up(&mut self, leg: LegId, cause: Cause) {
        self.tell_line(leg, LineCommand::HangUp { cause });
        // Nothing more is heard of a leg that has no port to give back; that of the caller goes with its session.
        let session = self.legs.get(&leg).and_then(|id| self.sessions.get(id));
        if session.is_some_and(|session| !session.has_sound() && session.caller != leg) {
            self.legs.remove(&leg);
        }
    }

    fn new_leg(&mut self, session: SessionId, now: Time) -> LegId {
        let leg = LegId::new(self.config.epoch.wall(now), &mut self.entropy);
        self.legs.insert(leg, session);
        leg
    }
}
