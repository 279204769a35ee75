//! Lamps on phones: who watches which extension, and is told when it rings, talks, goes away or has messages.

use std::collections::BTreeMap;

use super::core::Core;
use crate::id::{DeviceId, MailboxId, SessionId, UserId};
use crate::queue::{Engagement, OperatorState, Status};
use crate::sip::endpoint::{self as sip, SubscriptionRef};
use crate::sip::subscription::{
    Activity, DialogState, Direction, EventState, Messages, Package, Presence, Progress,
};
use crate::switch::Switch;

/// The subscriptions that phones have now.
#[derive(Debug, Default)]
pub struct Lamps {
    watched: BTreeMap<SubscriptionRef, (UserId, Package)>,
}

impl Lamps {
    /// Those who want to be told of this operator.
    fn of(&self, operator: UserId) -> Vec<(SubscriptionRef, Package)> {
        let theirs = self.watched.iter().filter(|(_, (user, _))| *user == operator);
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
            Some(operator) => {
                self.lamps.watched.insert(subscription, (operator, package));
                let state = state(&self.switch, operator, package);
                sip::Command::AcceptSubscription { subscription, state }
            }
            // The same for what is not there and for what is not to be seen.
            None => sip::Command::RefuseSubscription { subscription, status: 404 },
        };
        self.endpoint.handle(sip::Input::Command(command), self.clock.now());
    }

    /// Something about an operator changed.
    pub(super) fn tell_lamps(&mut self, operator: UserId) {
        for (subscription, package) in self.lamps.of(operator) {
            let state = state(&self.switch, operator, package);
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

/// The operator with this extension, if this device may watch it: its owner serves a tenant that the operator serves
/// too, and of messages its owner is told of nobody else's.
fn watchable(switch: &Switch, device: DeviceId, package: Package, extension: &str) -> Option<UserId> {
    let directory = switch.directory();
    let (owner, watcher) = directory.owner(device)?;
    let user = *directory.extensions.get(extension)?;
    let watched = directory.operators.get(&user)?;
    let together = watcher.tenants.iter().any(|tenant| watched.tenants.contains(tenant));
    let allowed = if package == Package::MessageSummary { user == owner } else { together };
    allowed.then_some(user)
}

fn state(switch: &Switch, operator: UserId, package: Package) -> EventState {
    match package {
        Package::Dialog => EventState::Dialog(dialogs(switch, operator)),
        Package::Presence => EventState::Presence(presence(switch.operator(operator))),
        Package::MessageSummary => {
            let messages = switch.messages_of(operator);
            EventState::MessageSummary(Messages {
                new: messages.new,
                old: messages.all.saturating_sub(messages.new),
            })
        }
    }
}

fn dialogs(switch: &Switch, operator: UserId) -> Vec<DialogState> {
    let sessions: Vec<SessionId> = match switch.operator(operator).map(|state| &state.engagement) {
        Some(Engagement::Offered { session, .. }) => vec![*session],
        Some(Engagement::OnSession { sessions }) => sessions.keys().copied().collect(),
        _ => vec![],
    };
    let call = |session: SessionId| {
        let (begun, answered) = switch.part_of(session, operator)?;
        Some(DialogState {
            id: session.to_string(),
            direction: if begun { Direction::Initiator } else { Direction::Recipient },
            progress: if answered { Progress::Confirmed } else { Progress::Early },
            // Whom colleagues talk with is nobody's business who only wants to know whether they are free.
            remote: None,
            call: None,
        })
    };
    sessions.into_iter().filter_map(call).collect()
}

fn presence(state: Option<&OperatorState>) -> Presence {
    let Some(state) = state else { return Presence { open: false, activity: None, note: None } };
    let talks = matches!(state.engagement, Engagement::OnSession { .. });
    let (activity, note) = match &state.status {
        Status::Away { reason } => (Some(Activity::Away), reason.clone()),
        Status::NotAnswering => (Some(Activity::Away), None),
        Status::Online => (talks.then_some(Activity::OnThePhone), None),
    };
    Presence { open: state.reachable && activity != Some(Activity::Away), activity, note }
}
