//! Codes that operators dial: what they change, and how the operator hears that it was done.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Switch;
use super::cause::Cause;
use super::codes::Feature;
use super::command::Refusal;
use super::diversion::{AFTER_S, CallSettings, NoAnswer, Rule};
use super::history::{Happening, Kind};
use super::line::Handed;
use super::services::Service;
use super::stage::Stage;
use crate::dialplan::{Input, say};
use crate::id::{LegId, SessionId, UserId};
use crate::media::{self, Sound};
use crate::time::Time;

/// The longest notice; its sounds end it sooner.
const NOTICE: Duration = Duration::from_secs(15);
/// The playback of a notice, of the one in English, and of the tones that are heard if there is neither.
const SPOKEN: u64 = 0;
const IN_ENGLISH: u64 = 1;
const TONES: u64 = 2;
/// The tone of a notice (Hz), and one that says no: that of busy lines.
const YES: f32 = 800.0;
const NO: f32 = 425.0;

/// What an operator is told who dialled a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Calls are forwarded from now on.
    Forwarding,
    /// They are not, any more.
    NotForwarding,
    /// No calls come from now on.
    Undisturbed,
    /// They do again.
    Disturbed,
    /// The client waits in this slot.
    Parked(u16),
    /// It cannot be done.
    Refused,
}

impl Notice {
    /// The recording that says it, and the digits after that.
    fn words(self) -> (&'static str, Option<u16>) {
        match self {
            Notice::Forwarding => ("forwarding-on", None),
            Notice::NotForwarding => ("forwarding-off", None),
            Notice::Undisturbed => ("do-not-disturb-on", None),
            Notice::Disturbed => ("do-not-disturb-off", None),
            Notice::Parked(slot) => ("parked", Some(slot)),
            Notice::Refused => ("refused", None),
        }
    }

    fn spoken(self, language: &str) -> Vec<Sound> {
        let (words, slot) = self.words();
        let words = Sound::File(format!("prompts/{language}/features/{words}").into());
        let digits = slot.map(|slot| slot.to_string()).unwrap_or_default();
        let digit = |digit: char| Sound::File(format!("prompts/{language}/digits/{digit}").into());
        std::iter::once(words).chain(digits.chars().map(digit)).collect()
    }

    /// What says at least yes or no.
    fn tones(self) -> Vec<Sound> {
        let (hz, ms, times) = if self == Notice::Refused { (NO, 330, 4) } else { (YES, 120, 2) };
        let beep = [Sound::Tone { hz, dbm0: -16.0, ms: Some(ms) }, Sound::Silence { ms: 330 }];
        std::iter::repeat_n(beep, times).flatten().collect()
    }
}

impl Switch {
    /// An operator dialled a code.
    pub(super) fn use_feature(&mut self, id: SessionId, feature: Feature, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let Some(user) = session.calling_operator else {
            let why = "the code is for operators".to_owned();
            return self.turn_away(id, Cause::NotFound, why, now);
        };
        let tenant =
            self.directory.operators.get(&user).and_then(|operator| operator.tenants.first().copied());
        let to = format!("code {}", session.arrival.dialled);
        let why = "an operator dialled it".to_owned();
        self.routed(id, Happening::Routed { tenant, session: Kind::Internal, outbound: false, to, why }, now);
        let done = match feature {
            Feature::Park => {
                let held = self.sessions.get(&id).and_then(|session| session.beside);
                let admitted = held.map_or(Ok(()), |held| self.admits(held, Service::Forwarding));
                admitted.and_then(|()| self.park_held(id, user, now)).map(Notice::Parked)
            }
            Feature::Slot(slot) => return self.fetch_parked(id, user, slot, now),
            Feature::PickUp(extension) => return self.pick_up(id, user, &extension, now),
            Feature::Forward { .. } | Feature::ForwardNothing | Feature::DoNotDisturb(_) => {
                self.set_by_code(user, feature, now)
            }
        };
        let notice = done.unwrap_or_else(|Refusal { why, .. }| {
            self.note(id, Happening::Decision { reasons: vec![format!("not done: {why}")] }, now);
            Notice::Refused
        });
        self.begin_notice(id, notice, None, now);
        self.answer(id);
    }

    /// An operator changes the own call settings by a code.
    fn set_by_code(&mut self, user: UserId, feature: Feature, now: Time) -> Result<Notice, Refusal> {
        let before = self.call_settings(user);
        let (settings, notice) = match feature {
            Feature::Forward { rule, to, after_s } => {
                let notice = if to.is_some() { Notice::Forwarding } else { Notice::NotForwarding };
                (changed(before, rule, to, after_s), notice)
            }
            Feature::DoNotDisturb(on) => {
                let notice = if on { Notice::Undisturbed } else { Notice::Disturbed };
                (CallSettings { do_not_disturb: on, ..before }, notice)
            }
            _ => {
                let nothing =
                    CallSettings { do_not_disturb: before.do_not_disturb, ..CallSettings::default() };
                (nothing, Notice::NotForwarding)
            }
        };
        self.set_call_settings(user, settings, now).map(|()| notice)
    }

    /// The caller is to hear a notice as soon as the leg is up.
    pub(super) fn begin_notice(&mut self, id: SessionId, notice: Notice, request: Option<u64>, now: Time) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.stage = Stage::Notice { notice, request, until: now + NOTICE };
        }
    }

    /// The caller's leg is up: the notice is played, if there is one.
    pub(super) fn give_notice(&mut self, id: SessionId) {
        let language = self.sessions.get(&id).map(|session| self.language(session));
        self.play_notice(id, SPOKEN, |notice| notice.spoken(language.unwrap_or(say::FALLBACK)));
    }

    fn play_notice(&mut self, id: SessionId, playback: u64, sounds: impl FnOnce(Notice) -> Vec<Sound>) {
        let Some(session) = self.sessions.get(&id) else { return };
        if let Stage::Notice { notice, .. } = session.stage {
            let (leg, sounds) = (session.caller, sounds(notice));
            self.tell_media(media::Command::Play { leg, playback, sounds, repeat: false });
        }
    }

    /// A notice is over before its end: what it told of is done all the same.
    pub(super) fn notice_cut_short(&mut self, leg: LegId, stage: &Stage) {
        if let Stage::Notice { request, .. } = *stage {
            self.tell_transfer(leg, request, Handed::Done);
        }
    }

    /// The notice was heard; or it cannot be played, and is given by other means.
    pub(super) fn notice_given(&mut self, id: SessionId, how: &Input, now: Time) {
        match how {
            Input::PlayFailed { playback: SPOKEN } => {
                self.play_notice(id, IN_ENGLISH, |notice| notice.spoken(say::FALLBACK));
            }
            Input::PlayFailed { playback: IN_ENGLISH } => self.play_notice(id, TONES, Notice::tones),
            _ => {
                let Some(session) = self.sessions.get(&id) else { return };
                if let Stage::Notice { request, .. } = session.stage {
                    self.tell_transfer(session.caller, request, Handed::Done);
                }
                self.part(id, Cause::Normal, now);
            }
        }
    }
}

/// The settings with another target of one rule.
fn changed(before: CallSettings, rule: Rule, to: Option<String>, after_s: Option<u32>) -> CallSettings {
    match rule {
        Rule::Always => CallSettings { always: to, ..before },
        Rule::Busy => CallSettings { busy: to, ..before },
        Rule::NoAnswer => {
            let after_s = after_s.or(before.no_answer.as_ref().map(|rule| rule.after_s)).unwrap_or(AFTER_S);
            CallSettings { no_answer: to.map(|to| NoAnswer { to, after_s }), ..before }
        }
    }
}
