//! Channels: the lines by which an operator takes sessions. One that is off brings no new ones, by a queue or directly;
//! those under way go on. Whether operators may switch is for the administrators of the tenants that they serve.

use super::Switch;
use super::action::Action;
use super::cause::Cause;
use super::command::Refusal;
use super::services::Service;
use crate::id::{SessionId, UserId};
use crate::queue;
use crate::time::Time;

/// Who switches a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchedBy {
    /// Operators, who may where all tenants that they serve let them.
    Operator,
    /// Administrators, who always may.
    Administrator,
}

impl Switch {
    /// Switches a line of an operator on or off from now on. It is remembered.
    ///
    /// # Errors
    /// Why not; nothing has changed then.
    pub fn switch_channel(
        &mut self,
        operator: UserId,
        line: &str,
        on: bool,
        by: SwitchedBy,
        now: Time,
    ) -> Result<(), Refusal> {
        if !self.directory.operators.contains_key(&operator) {
            return Err(Refusal::new(Cause::NotFound, "there is no such operator"));
        }
        if by == SwitchedBy::Operator {
            self.may_switch_channels(operator)?;
        }
        self.restore_channel(operator, line, on, now);
        self.outputs.push_back(Action::ChannelSwitched { operator, line: line.to_owned(), on });
        self.drain_queues(now);
        Ok(())
    }

    /// Whether an operator may switch the own lines on and off.
    ///
    /// # Errors
    /// Which tenant does without that.
    pub fn may_switch_channels(&self, operator: UserId) -> Result<(), Refusal> {
        let known = self.directory.operators.get(&operator);
        let mut tenants = known.into_iter().flat_map(|known| &known.tenants);
        tenants.try_for_each(|tenant| self.directory.admits(Some(*tenant), Service::ChannelSwitches))
    }

    /// A line of an operator is on or off, as it is remembered from before.
    pub(super) fn restore_channel(&mut self, operator: UserId, line: &str, on: bool, now: Time) {
        let off = self.channels_off.entry(operator).or_default();
        match on {
            true => off.remove(line),
            false => off.insert(line.to_owned()),
        };
        self.queues.handle(queue::Input::Channel { operator, line: line.to_owned(), on }, now);
    }

    /// The queues know which lines an operator has switched off.
    pub(super) fn refresh_channels(&mut self, operator: UserId, now: Time) {
        for line in self.channels_off.get(&operator).cloned().unwrap_or_default() {
            self.queues.handle(queue::Input::Channel { operator, line, on: false }, now);
        }
    }

    /// The line by which a session came; of one that there is not, none.
    pub(super) fn line_of(&self, id: SessionId) -> &str {
        self.sessions.get(&id).map_or("", |session| &session.arrival.line)
    }
}
