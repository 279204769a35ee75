//! How the switch task answers the requests of the web interface and of the program's own start and stop.

use tokio::sync::oneshot;
use tracing::info;

use super::core::{Core, State};
use super::requests::Request;
use crate::api::running::Taken;
use crate::id::{SessionId, UserId};
use crate::lines::{phone, webchat, workspace};
use crate::sip::endpoint::{Command, Input};
use crate::store;
use crate::switch::Event;
use crate::switch::cause::Cause;
use crate::time::Time;

/// Seconds after which a caller may try again who was refused because we stop.
const RETRY_AFTER: u32 = 30;

impl Core {
    pub(super) fn request(&mut self, request: Request) {
        let now = self.clock.now();
        // Whoever asked may be gone by now; then nobody misses the answer.
        match request {
            Request::Configure { directory, rules, peers, widgets, done } => {
                self.webchat.handle(webchat::Input::Widgets(widgets), now);
                self.phone.handle(phone::Input::Rules(rules), now);
                for command in peers {
                    self.endpoint.handle(Input::Command(command), now);
                }
                self.switch.handle(Event::Directory(directory), now);
                self.feed.everything();
                let _ = done.send(());
            }
            Request::Peers { peers, done } => {
                for command in peers {
                    self.endpoint.handle(Input::Command(command), now);
                }
                let _ = done.send(());
            }
            Request::Plans { plans, done } => {
                self.engine.preload(plans.sounds());
                self.switch.handle(Event::Plans(plans), now);
                let _ = done.send(());
            }
            Request::Sounds { names, done } => {
                self.engine.refresh(names);
                let _ = done.send(());
            }
            Request::Open { done } => {
                self.state = State::Running;
                let _ = done.send(());
            }
            Request::Sessions { ids, answer } => {
                let live = ids.into_iter().filter_map(|id| Some((id, self.switch.summary(id)?.clone())));
                let _ = answer.send(live.collect());
            }
            Request::LiveSession { session, answer } => {
                let live = self.switch.session(session).filter(|session| !session.is_over());
                let _ = answer.send(live.map(|session| self.live_session(session)));
            }
            Request::Operators { answer } => {
                let users = self.switch.directory().operators.keys();
                let states = users.filter_map(|user| Some((*user, self.switch.operator(*user)?.clone())));
                let _ = answer.send(states.collect());
            }
            Request::Chat(request) => self.chat_request(request),
            Request::Everything => self.feed.everything(),
            Request::Status { operator, status, done } => {
                let known = self.switch.operator(operator).is_some();
                self.switch.handle(Event::Status { operator, status }, now);
                let _ = done.send(known);
            }
            Request::Take { session, operator, done } => {
                let _ = done.send(self.take(session, operator, now));
            }
            Request::FinishWork { operator, done } => {
                let known = self.switch.operator(operator).is_some();
                self.switch.handle(Event::FinishWork { operator }, now);
                let _ = done.send(known);
            }
            Request::End { session, cause, done } => {
                let known = self.switch.summary(session).is_some();
                self.switch.handle(Event::End { session, cause }, now);
                let _ = done.send(known);
            }
            Request::Command { session, by, command, done } => {
                let _ = done.send(self.switch.command(session, by, command, now));
            }
            Request::PlaceCall { operator, number, done } => {
                let _ = done.send(self.switch.place_call(operator, &number, now));
            }
            Request::MailboxOpened { session, request, opened } => {
                self.switch.handle(Event::MailboxOpened { session, request, opened }, now);
            }
            Request::Greeting { mailbox, greeting } => {
                self.switch.handle(Event::Greeting { mailbox, greeting }, now);
            }
            Request::Messages { counts } => self.switch.handle(Event::Messages(counts), now),
            Request::RestoreCallSettings { settings, done } => {
                let store::CallSettings { user: operator, settings, .. } = settings;
                self.switch.handle(Event::CallSettings { operator, settings }, now);
                let _ = done.send(());
            }
            Request::RestoreChannel { switch, done } => {
                let store::ChannelSwitch { user: operator, line, on, .. } = switch;
                self.switch.handle(Event::Channel { operator, line, on }, now);
                let _ = done.send(());
            }
            Request::SwitchChannel { operator, line, on, by, done } => {
                let _ = done.send(self.switch.switch_channel(operator, &line, on, by, now));
            }
            Request::CallSettings { operator, answer } => {
                let _ = answer.send(self.switch.call_settings(operator));
            }
            Request::SetCallSettings { operator, settings, done } => {
                let _ = done.send(self.switch.set_call_settings(operator, settings, now));
            }
            Request::RestoreSwitch { switch, done } => {
                let store::Switch { tenant, name: switch, on, .. } = switch;
                self.switch.handle(Event::Switch { tenant, switch, on }, now);
                let _ = done.send(());
            }
            Request::Resume { past, done } => {
                self.resume(past);
                let _ = done.send(());
            }
            Request::RestoreCallbacks { callbacks, done } => {
                self.switch.handle(Event::Callbacks(callbacks), now);
                let _ = done.send(());
            }
            Request::Routing { session, answer } => {
                let found = self.switch.queues().explain(session);
                let since = found.map(|found| {
                    let since = self.switch.wall(found.since);
                    (found, since)
                });
                let _ = answer.send(since);
            }
            Request::Staffed { group, line, answer } => {
                let _ = answer.send(self.switch.queues().is_staffed(group, line));
            }
            Request::Callbacks { answer } => {
                let _ = answer.send(self.switch.callbacks());
            }
            Request::Promise { new, done } => {
                let _ = done.send(self.switch.promise(new, now));
            }
            Request::CancelCallback { callback, done } => {
                let _ = done.send(self.switch.cancel_callback(callback, now));
            }
            Request::Switches { answer } => {
                let _ = answer.send(self.switch.switches());
            }
            Request::Turn { tenant, switch, on, done } => {
                self.switch.handle(Event::TurnSwitch { tenant, switch, on }, now);
                let _ = done.send(());
            }
            Request::Bans { answer } => {
                let _ = answer.send(self.endpoint.bans(now));
            }
            Request::LiftBan { source, done } => {
                let banned = self.endpoint.bans(now).iter().any(|ban| ban.source == source);
                if banned {
                    info!(%source, "a ban is lifted");
                }
                self.endpoint.handle(Input::Command(Command::LiftBan { source }), now);
                let _ = done.send(banned);
            }
            Request::Trunks { answer } => {
                let _ = answer.send(self.trunk_states());
            }
            Request::Snapshot { answer } => {
                // What was found half done would look like a fault.
                self.let_time_pass();
                self.pump();
                self.look_at_the_invariants();
                let _ = answer.send(self.snapshot());
            }
            #[cfg(test)]
            Request::Plant { fault, done } => {
                fault(self);
                let _ = done.send(());
            }
            Request::Drain { empty } => self.drain(empty, now),
            Request::EndAll { done } => {
                for session in self.switch.passing() {
                    self.switch.handle(Event::End { session, cause: Cause::Shutdown }, now);
                }
                self.pump();
                let _ = done.send(());
            }
        }
    }

    fn take(&mut self, session: SessionId, operator: UserId, now: Time) -> Taken {
        if let Some(leg) = self.ringing_in_workspace(session, operator) {
            self.workspaces.handle(workspace::Input::Answer { leg });
            return Taken::Ringing;
        }
        if !self.switch.is_waiting(session) {
            return Taken::NotWaiting;
        }
        self.switch.handle(Event::Take { session, operator }, now);
        match self.switch.is_offered_to(session, operator) {
            true => Taken::Ringing,
            false => Taken::OperatorNotFree,
        }
    }

    fn drain(&mut self, empty: oneshot::Sender<()>, now: Time) {
        let command = Command::Drain { retry_after: RETRY_AFTER };
        self.endpoint.handle(Input::Command(command), now);
        self.switch.handle(Event::Refuse(true), now);
        self.state = State::Draining { empty: Some(empty) };
    }
}
