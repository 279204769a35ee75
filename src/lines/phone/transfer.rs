//! Phones that hand their calls over (RFC 3515, RFC 5589), and are told with whom they talk.

use super::Output;
use super::Phone;
use super::cause;
use super::leg::State;
use crate::id::LegId;
use crate::sip::endpoint as sip;
use crate::switch::line::{Handed, LineEvent, Party, Wanted};

impl Phone {
    /// A phone's transfer key. A number is dialled in its place; a call of its own is handed over inside.
    pub(super) fn referred(&mut self, refer: sip::ReferRef, to: sip::ReferTo) {
        let wish = match to.replaces {
            Some(sip::Replaced::Ours(other)) => self.leg_with(other).map(Wanted::Peer),
            Some(sip::Replaced::Unknown) => None,
            None => Some(Wanted::Number(to.user)),
        };
        let leg = self.leg_of(refer.call).map(|(id, leg)| (id, matches!(leg.state, State::Up { .. })));
        match (leg, wish) {
            (Some((id, true)), Some(wish)) => {
                self.referrals.entry(id).or_default().push(refer);
                self.tell(id, LineEvent::Transfer { request: refer.number.into(), wish });
            }
            (_, wish) => {
                // RFC 3891 section 3: the call to be replaced is not there.
                let status = if wish.is_none() { 481 } else { 403 };
                self.outputs.push_back(Output::Sip(sip::Command::AnswerRefer { refer, status }));
            }
        }
    }

    /// Tells a phone how far its call is handed over.
    pub(super) fn transferred(&mut self, leg: LegId, request: u64, outcome: Handed) {
        let Some(waiting) = self.referrals.get_mut(&leg) else { return };
        let Some(place) = waiting.iter().position(|refer| u64::from(refer.number) == request) else { return };
        let refer = match outcome {
            Handed::Trying => waiting[place],
            Handed::Refused(_) | Handed::Done | Handed::Failed(_) => waiting.swap_remove(place),
        };
        if waiting.is_empty() {
            self.referrals.remove(&leg);
        }
        let command = match outcome {
            Handed::Trying => sip::Command::AnswerRefer { refer, status: 202 },
            Handed::Refused(why) => sip::Command::AnswerRefer { refer, status: cause::status(why) },
            Handed::Done => sip::Command::ReferProgress { refer, status: 200 },
            Handed::Failed(why) => sip::Command::ReferProgress { refer, status: cause::status(why) },
        };
        self.outputs.push_back(Output::Sip(command));
    }

    /// Tells a phone with whom it talks from now on.
    pub(super) fn show(&mut self, leg: LegId, party: Party) {
        if let Some(call) = self.call_of(leg) {
            let party = sip::Identity { display: party.display, user: party.number, host: None };
            self.outputs.push_back(Output::Sip(sip::Command::ShowParty { call, party }));
        }
    }

    /// A key that came in the signalling is a key like those in the sound.
    pub(super) fn info_digit(&mut self, call: sip::CallRef, digit: char) {
        if let Some((id, _)) = self.leg_of(call) {
            self.tell(id, LineEvent::Key { digit });
        }
    }
}
