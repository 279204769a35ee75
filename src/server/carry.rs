//! What the switch task does with the outputs of its machines: each is carried to whom it is for.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use tracing::{debug, info, warn};

use super::core::Core;
use super::directory::registration;
use super::resolve::Wanted;
use super::webhooks::News;
use crate::id::{LegId, SessionId, TrunkId, UserId};
use crate::lines::{phone, webchat, workspace};
use crate::media;
use crate::queue;
use crate::sip::endpoint as sip;
use crate::store::{self, OperatorStatus, Presence};
use crate::switch::callback;
use crate::switch::cause::Cause;
use crate::switch::history::Happening;
use crate::switch::line::{LineCommand, LineEvent};
use crate::switch::{Action, Event};
use crate::time::Time;

impl Core {
    /// Carries out what the machines want, until none of them wants anything.
    pub(super) fn pump(&mut self) {
        let mut begun = BTreeSet::new();
        loop {
            let mut quiet = true;
            while let Some(output) = self.endpoint.poll_output() {
                quiet = false;
                self.guarded(None, |core| core.endpoint_output(output));
            }
            while let Some(output) = self.phone.poll_output() {
                quiet = false;
                self.guarded(None, |core| core.phone_output(output));
            }
            while let Some(output) = self.webchat.poll_output() {
                quiet = false;
                self.guarded(None, |core| core.webchat_output(output));
            }
            while let Some(output) = self.workspaces.poll_output() {
                quiet = false;
                self.guarded(None, |core| core.workspace_output(output));
            }
            while let Some(action) = self.switch.poll_action() {
                quiet = false;
                let leg = match &action {
                    Action::Line { leg, .. } => Some(*leg),
                    _ => None,
                };
                self.guarded(leg, |core| core.carry_out(action, &mut begun));
            }
            if quiet {
                self.tell_clients(false);
                // What they are told is sent at once.
                while let Some(output) = self.webchat.poll_output() {
                    quiet = false;
                    self.guarded(None, |core| core.webchat_output(output));
                }
            }
            if quiet && !self.release_held() {
                break;
            }
        }
        self.remember(begun);
        self.tell_live();
    }

    /// Has the records of live sessions stored as they are now.
    pub(super) fn remember(&mut self, sessions: BTreeSet<SessionId>) {
        for session in sessions {
            if let Some(summary) = self.switch.summary(session) {
                self.journal.session(session, summary);
            }
        }
    }

    fn endpoint_output(&mut self, output: sip::Output) {
        let now = self.clock.now();
        match output {
            sip::Output::Send { to, bytes } => {
                self.counters.messages_out += 1;
                self.tracer.sent(&to, &bytes, self.clock.wall_us());
                if let Err(error) = self.transports.carry(to, bytes, &self.endpoint) {
                    self.counters.messages_unsent += 1;
                    self.endpoint.handle(sip::Input::SendFailed { to, why: error.to_string() }, now);
                }
            }
            sip::Output::Resolve { query, host, port, transport } => {
                let wanted = Wanted { host, port, transport };
                self.resolver.start(self.inputs.answers.clone(), query, wanted);
            }
            sip::Output::Close { flow } => self.transports.close(flow),
            sip::Output::Event(event) => self.sip_event(event, now),
        }
    }

    fn sip_event(&mut self, event: sip::Event, now: Time) {
        match &event {
            sip::Event::Bindings { device, bindings } => {
                let set_by = self.clock.set_by();
                let rows = bindings.iter().map(|binding| registration(binding, set_by)).collect();
                self.journal.bindings(*device, rows, self.clock.wall());
            }
            sip::Event::Banned(ban) => {
                let seconds = ban.until.since(ban.since).as_secs();
                warn!(source = %ban.source, seconds, why = ban.why, "banned; `hovor bans lift` undoes it");
            }
            sip::Event::Trouble { source, what } => self.trouble(*source, what, now),
            sip::Event::Subscribed { subscription, device, package, user } => {
                self.watch(*subscription, (*device, *package), user);
            }
            sip::Event::Unsubscribed { subscription } => self.lamps.forget(*subscription),
            sip::Event::Trunk { trunk, is_up, why } => self.trunk_changed(*trunk, *is_up, why, now),
            _ => {}
        }
        self.guarded(None, |core| core.phone.handle(phone::Input::Sip(event), now));
    }

    fn trunk_changed(&mut self, trunk: TrunkId, is_up: bool, why: &str, now: Time) {
        let known = self.switch.directory().trunks.get(&trunk);
        let name = known.map_or_else(|| trunk.to_string(), |trunk| trunk.name.clone());
        match is_up {
            true => info!(trunk = name, "the trunk takes calls again"),
            false => warn!(trunk = name, why, "the trunk takes no calls"),
        }
        let down = (!is_up).then(|| why.to_owned());
        self.switch.handle(Event::Trunk { trunk, down }, now);
    }

    pub(super) fn trouble(&mut self, source: SocketAddr, what: &str, now: Time) {
        let Some(left_out) = self.troubles.take(now) else { return };
        if left_out > 0 {
            warn!(left_out, "more troubles with SIP than are written down");
        }
        warn!(%source, %what, "sip");
    }

    fn phone_output(&mut self, output: phone::Output) {
        let now = self.clock.now();
        match output {
            phone::Output::Sip(command) => {
                let dialled = match &command {
                    sip::Command::Dial { call, .. } => Some(*call),
                    _ => None,
                };
                self.endpoint.handle(sip::Input::Command(command), now);
                if let Some(leg) = dialled.and_then(|call| self.phone.leg_with(call)) {
                    self.trace_leg(leg);
                }
            }
            phone::Output::Media(command) => self.tell_media(command),
            phone::Output::Switch { leg, event } => {
                let arrives = matches!(event, LineEvent::Arrived(_));
                let rings = matches!(event, LineEvent::Ringing);
                self.line_event(leg, event);
                if arrives {
                    self.trace_leg(leg);
                }
                if rings && let Some(operator) = self.switch.operator_at(leg) {
                    // From now on the call can be named by those who may answer it in the operator's place.
                    self.tell_lamps(operator);
                }
            }
            phone::Output::Reachable { device, reachable } => {
                self.switch.handle(Event::Reachable { device, reachable }, now);
            }
        }
    }

    /// A line reports of a leg.
    pub(super) fn line_event(&mut self, leg: LegId, event: LineEvent) {
        let now = self.clock.now();
        self.counters.sessions_arrived += u64::from(matches!(event, LineEvent::Arrived(_)));
        self.guarded(Some(leg), |core| core.switch.handle(Event::Line { leg, event }, now));
    }

    /// Something is wanted of the line that carries a leg.
    pub(super) fn tell_line(&mut self, leg: LegId, command: LineCommand, now: Time) {
        if self.workspaces.is_for(leg, &command) {
            self.workspaces.handle(workspace::Input::Switch { leg, command });
        } else if self.webchat.has(leg) {
            self.webchat.handle(webchat::Input::Switch { leg, command }, now);
        } else {
            self.phone.handle(phone::Input::Switch { leg, command }, now);
        }
    }

    /// Remembers which calls a session consists of.
    fn trace_leg(&mut self, leg: LegId) {
        let Some(session) = self.switch.session_of(leg) else { return };
        let at_us = self.clock.wall_us();
        for call in self.phone.calls_of(leg) {
            if let Some(call_id) = self.endpoint.call_id(call) {
                self.tracer.name(session, call_id, at_us);
            }
        }
    }

    fn tell_media(&mut self, command: media::Command) {
        let (opens, leg) = (matches!(command, media::Command::Open { .. }), command.touches());
        let records = match &command {
            media::Command::RecordRoom { room, recording, .. } => Some((*room, *recording)),
            _ => None,
        };
        let Err(full) = self.engine.send(command) else { return };
        warn!(%full, "the media engine takes no more commands");
        if let Some((room, recording)) = records {
            let reason = full.to_string();
            return self.media(media::Event::RecordingIncomplete { room, recording, reason });
        }
        let Some(leg) = leg else { return };
        if opens {
            return self.media(media::Event::OpenFailed { leg, reason: full.to_string() });
        }
        // Who hears whom would not be what the switch believes.
        if let Some(session) = self.switch.session_of(leg) {
            self.switch.handle(Event::End { session, cause: Cause::Internal }, self.clock.now());
        }
    }

    fn carry_out(&mut self, action: Action, begun: &mut BTreeSet<SessionId>) {
        let now = self.clock.now();
        match action {
            Action::Line { leg, command } => self.tell_line_in_time(leg, command),
            Action::Media(command) => {
                // Who hears whom, and who hears music.
                if let Some(session) = command.touches().and_then(|leg| self.switch.session_of(leg)) {
                    self.feed.session(session);
                }
                self.tell_media(command);
            }
            Action::Event(event) => {
                let records = if event.seq == 1 { begun } else { &mut self.changed };
                records.insert(event.session);
                self.feed.session(event.session);
                self.chats.happened(&event);
                self.counters.emergency_calls += u64::from(matches!(event.what, Happening::Emergency { .. }));
                debug!(session = %event.session, seq = event.seq, what = ?event.what, "event");
                if let Happening::Connected { operator: Some(operator), .. }
                | Happening::Joined { operator: Some(operator), .. } = event.what
                {
                    self.tell_lamps(operator);
                }
                let summary = self.switch.summary(event.session);
                self.journal.event(event, summary);
            }
            Action::Closed { session, summary } => {
                self.feed.session(session);
                self.chats.closed(session, now);
                begun.remove(&session);
                self.changed.remove(&session);
                if let Some(answered) = summary.answered {
                    let ms = u64::try_from(answered.0 - summary.started.0).unwrap_or(0);
                    self.counters.setup.add(ms);
                }
                let cause = summary.cause.unwrap_or(Cause::Internal).name();
                *self.counters.sessions_by_cause.entry(cause).or_default() += 1;
                self.invariants.want_a_look();
                self.journal.closed(session, &summary);
            }
            Action::SwitchTurned { tenant, switch, on, by } => {
                let since = self.clock.wall();
                self.journal.switch(store::Switch { tenant, name: switch, on, by, since });
            }
            Action::CallSettingsChanged { operator, settings } => {
                let since = self.clock.wall();
                self.journal.call_settings(store::CallSettings { user: operator, settings, since });
                self.tell_lamps(operator);
            }
            Action::ChannelSwitched { operator, line, on } => {
                let since = self.clock.wall();
                self.journal.channel(store::ChannelSwitch { user: operator, line, on, since });
                self.tell_lamps(operator);
            }
            Action::SlotChanged { tenant, slot } => self.tell_lamps_at(tenant, slot),
            Action::Callback(callback) => {
                if let callback::State::Ended { how, .. } = &callback.state {
                    *self.counters.callbacks_over.entry(how.name()).or_default() += 1;
                    info!(callback = %callback.id, %how, "a promise to call a client back is over");
                }
                self.journal.callback(callback);
            }
            Action::Http { session, request, http } => self.asking.start(session, request, http),
            Action::Webhook { session, tenant, url, event, data } => {
                let name =
                    tenant.and_then(|id| self.switch.directory().tenants.get(&id)).map(|t| t.name.clone());
                let data = serde_json::json!({
                    "session": session,
                    "tenant": name,
                    "parameters": data,
                });
                let news = News { session: Some(session), tenant, event, url, data };
                if !self.webhooks.tell(news) {
                    warn!(%session, "the store stands still: a webhook is lost");
                }
            }
            Action::RemoveFile { path } => remove(path),
            Action::RecordingBegun(recording) => self.recordings.begun(*recording),
            Action::KeepMessage(message) => {
                self.counters.messages_left += 1;
                self.voicemail.keep(*message);
            }
            Action::OpenMailbox { session, request, mailbox, pin } => {
                self.voicemail.open(session, request, mailbox, pin);
            }
            Action::Mailbox { mailbox, act } => self.voicemail.act(mailbox, act),
            Action::MessagesChanged { mailbox, messages } => {
                debug!(%mailbox, new = messages.new, all = messages.all, "a mailbox changed");
                self.tell_lamps_of(mailbox);
            }
            Action::OperatorChanged { operator, state } => {
                self.feed.operator(operator);
                self.operator_changed(operator, &state);
                self.tell_lamps(operator);
            }
        }
    }

    /// Remembers what an operator says; what an operator does changes too often to be remembered.
    fn operator_changed(&mut self, user: UserId, state: &queue::OperatorState) {
        // Everybody begins online. To write that down would overwrite the status that is to be restored.
        let before = self.statuses.insert(user, state.status.clone()).unwrap_or_default();
        if before == state.status {
            return;
        }
        let presence = match &state.status {
            queue::Status::Online => Presence::Online,
            queue::Status::Away { reason } => Presence::Away { reason: reason.clone() },
            queue::Status::NotAnswering => Presence::NotAnswering,
        };
        let since = self.clock.wall();
        self.journal.status(OperatorStatus { user, presence, since });
    }
}

/// Removes a file beside the switch task. One that was never written is not missed.
fn remove(path: PathBuf) {
    tokio::task::spawn_blocking(move || {
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            warn!(path = %path.display(), %error, "cannot remove a recording");
        }
    });
}
