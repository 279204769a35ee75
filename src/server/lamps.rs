//! Lamps on phones: who watches which extension, and is told when it rings, talks, goes away or has messages.

use std::collections::BTreeMap;

use super::core::Core;
use crate::id::{DeviceId, MailboxId, SessionId, TenantId, UserId};
use crate::queue::{Engagement, OperatorState, Status};
use crate::sip::endpoint::{self as sip, SubscriptionRef};
use crate::sip::subscription::{
    Activity, DialogState, Direction, EventState, Messages, Package, Presence, Progress,
};
use crate::switch::Switch;
use crate::switch::codes::{self, Feature};
use crate::switch::diversion::CallSettings;
use crate::switch::line;

/// The subscriptions that phones have now.
#[derive(Debug, Default)]
pub struct Lamps {
    watched: BTreeMap<SubscriptionRef, (Watched, Package)>,
}

/// Whom or what a phone watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watched {
    /// An operator.
    Operator(UserId),
    /// A slot for parked clients of a tenant.
    Slot(TenantId, u16),
}

impl Lamps {
    /// Those who want to be told of this one.
    fn of(&self, watched: Watched) -> Vec<(SubscriptionRef, Package)> {
        let theirs = self.watched.iter().filter(|(_, (one, _))| *one == watched);
        theirs.map(|(subscription, (_, package))| (*subscription, *package)).collect()
    }

    /// A phone watches no more.
    pub fn forget(&mut self, subscription: SubscriptionRef) {
        self.watched.remove(&subscription);
    }
}

impl Core {
    /// A phone wants to watch an extension.
    pub(super) fn watch(
        &mut self,
        subscription: SubscriptionRef,
        (device, package): (DeviceId, Package),
        extension: &str,
    ) {
        let command = match watchable(&self.switch, device, package, extension) {
            Some(watched) => {
                self.lamps.watched.insert(subscription, (watched, package));
                let state = self.lamp(watched, package);
                sip::Command::AcceptSubscription { subscription, state }
            }
            // The same for what is not there and for what is not to be seen.
            None => sip::Command::RefuseSubscription { subscription, status: 404 },
        };
        self.endpoint.handle(sip::Input::Command(command), self.clock.now());
    }

    /// Something about an operator changed.
    pub(super) fn tell_lamps(&mut self, operator: UserId) {
        self.tell_watchers(Watched::Operator(operator));
    }

    /// A slot for parked clients was taken, or is free again.
    pub(super) fn tell_lamps_at(&mut self, tenant: Option<TenantId>, slot: u16) {
        if let Some(tenant) = tenant {
            self.tell_watchers(Watched::Slot(tenant, slot));
        }
    }

    fn tell_watchers(&mut self, watched: Watched) {
        for (subscription, package) in self.lamps.of(watched) {
            let state = self.lamp(watched, package);
            let command = sip::Command::Notify { subscription, state };
            self.endpoint.handle(sip::Input::Command(command), self.clock.now());
        }
    }

    /// A mailbox holds more or fewer messages.
    pub(super) fn tell_lamps_of(&mut self, mailbox: MailboxId) {
        let owner = self.switch.directory().mailboxes.get(&mailbox).and_then(|mailbox| mailbox.user);
        if let Some(owner) = owner {
            self.tell_lamps(owner);
        }
    }
}

/// What this extension stands for, if this device may watch it: an operator with whom its owner shares a tenant, or a
/// slot of the owner's home tenant. Of messages an owner is told of nobody else's.
fn watchable(switch: &Switch, device: DeviceId, package: Package, extension: &str) -> Option<Watched> {
    let directory = switch.directory();
    let (owner, watcher) = directory.owner(device)?;
    let Some(user) = directory.extensions.get(extension).copied() else {
        let Some(Feature::Slot(slot)) = codes::read(extension) else { return None };
        let tenant = *watcher.tenants.first()?;
        return (package == Package::Dialog).then_some(Watched::Slot(tenant, slot));
    };
    let watched = directory.operators.get(&user)?;
    let together = watcher.tenants.iter().any(|tenant| watched.tenants.contains(tenant));
    let allowed = if package == Package::MessageSummary { user == owner } else { together };
    allowed.then_some(Watched::Operator(user))
}

impl Core {
    /// How things stand with what is watched.
    fn lamp(&self, watched: Watched, package: Package) -> EventState {
        match (watched, package) {
            (Watched::Slot(tenant, slot), _) => EventState::Dialog(
                self.switch.parked_at(Some(tenant), slot).map(parked).into_iter().collect(),
            ),
            (Watched::Operator(operator), Package::Dialog) => EventState::Dialog(self.dialogs(operator)),
            (Watched::Operator(operator), Package::Presence) => {
                let settings = self.switch.call_settings(operator);
                EventState::Presence(presence(self.switch.operator(operator), &settings))
            }
            (Watched::Operator(operator), Package::MessageSummary) => {
                let messages = self.switch.messages_of(operator);
                EventState::MessageSummary(Messages {
                    new: messages.new,
                    old: messages.all.saturating_sub(messages.new),
                })
            }
        }
    }

    fn dialogs(&self, operator: UserId) -> Vec<DialogState> {
        let sessions: Vec<SessionId> = match self.switch.operator(operator).map(|state| &state.engagement) {
            Some(Engagement::Offered { session, .. }) => vec![*session],
            Some(Engagement::OnSession { sessions, .. }) => sessions.keys().copied().collect(),
            _ => vec![],
        };
        let call = |session: SessionId| {
            let (begun, answered) = self.switch.part_of(session, operator)?;
            let leg = self.switch.leg_in_session(session, operator)?;
            let rings = !begun && !answered;
            Some(DialogState {
                id: session.to_string(),
                direction: if begun { Direction::Initiator } else { Direction::Recipient },
                progress: if answered { Progress::Confirmed } else { Progress::Early },
                // Whom colleagues talk with is nobody's business who only wants to know whether they are free.
                remote: None,
                // What rings may be answered in their place.
                call: self.phone.calls_of(leg).first().copied().filter(|_| rings),
            })
        };
        sessions.into_iter().filter_map(call).collect()
    }
}

/// A client who waits in a slot.
fn parked(session: SessionId) -> DialogState {
    DialogState {
        id: session.to_string(),
        direction: Direction::Recipient,
        progress: Progress::Confirmed,
        remote: None,
        call: None,
    }
}

fn presence(state: Option<&OperatorState>, settings: &CallSettings) -> Presence {
    let Some(state) = state else { return Presence { open: false, activity: None, note: None } };
    let talks = matches!(state.engagement, Engagement::OnSession { .. });
    let (activity, note) = match &state.status {
        Status::Away { reason } => (Some(Activity::Away), reason.clone()),
        Status::NotAnswering => (Some(Activity::Away), None),
        Status::Online if state.do_not_disturb => (Some(Activity::Busy), Some("do not disturb".to_owned())),
        Status::Online if state.off.contains(line::OWN_CALLS) => {
            (Some(Activity::Busy), Some("the channel is off".to_owned()))
        }
        Status::Online => (talks.then_some(Activity::OnThePhone), None),
    };
    let note = note.or_else(|| settings.always.as_ref().map(|to| format!("forwarded to {to}")));
    let open = state.reachable && !matches!(activity, Some(Activity::Away | Activity::Busy));
    Presence { open, activity, note }
}
