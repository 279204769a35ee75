//! What the line wants, and who does it.

use super::{Command, Endpoint, ReferRef, dial};
use crate::sip::subscription::End;
use crate::time::Time;

impl Endpoint {
    pub(super) fn command(&mut self, command: Command, now: Time) {
        match command {
            Command::SetAccount(account) => self.accounts.set(account),
            Command::RemoveAccount { device } => {
                self.accounts.remove(device);
                self.end_subscriptions(device, End::Rejected, now);
                if self.registrar.remove(device) {
                    self.tell_bindings(device);
                }
            }
            Command::SetTrunk(peer) => {
                let left = self.stack.trunks.set(peer, &mut self.stack.entropy, now);
                left.into_iter().for_each(|before| self.leave_trunk(before, now));
                self.tell_families();
                self.resolve_trunks(now);
            }
            Command::RemoveTrunk { trunk } => {
                let left = self.stack.trunks.remove(trunk);
                left.into_iter().for_each(|before| self.leave_trunk(before, now));
            }
            Command::CheckTrunk { trunk } => {
                self.stack.trunks.hurry(trunk, now);
                self.resolve_trunks(now);
            }
            Command::SetEmergency(numbers) => self.emergency = numbers,
            Command::SetGuests(guests) => self.stack.config.guests = guests,
            Command::LiftBan { source } => {
                self.guard.lift(source, now);
            }
            Command::RestoreBinding(binding) => self.restore(binding, now),
            Command::Admit { permille } => self.admission.set(permille),
            Command::Drain { retry_after } => {
                self.draining = Some(retry_after);
                self.leave_trunks(now);
            }
            Command::Dial { call, target, from, to_user, offer, max_forwards, headers } => {
                let dial = dial::Dial { target, from, to_user, offer, max_forwards, headers };
                self.dial(call, dial, now);
            }
            Command::AcceptSubscription { subscription, state } => {
                self.accept_subscription(subscription, &state, now);
            }
            Command::RefuseSubscription { subscription, status } => {
                self.refuse_subscription(subscription, status, now);
            }
            Command::Notify { subscription, state } => self.notify(subscription, &state, now),
            Command::Ring { call, .. }
            | Command::Answer { call, .. }
            | Command::Reject { call, .. }
            | Command::Hangup { call, .. }
            | Command::Offer { call, .. }
            | Command::AnswerOffer { call, .. }
            | Command::RefuseOffer { call, .. }
            | Command::SendInfoDigit { call, .. }
            | Command::ShowParty { call, .. }
            | Command::AnswerRefer { refer: ReferRef { call, .. }, .. }
            | Command::ReferProgress { refer: ReferRef { call, .. }, .. } => {
                self.with_call(call, |call, stack| call.command(command, stack, now));
            }
        }
    }
}
