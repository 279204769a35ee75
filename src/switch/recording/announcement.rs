//! What the client hears of a recording, before it begins or while it does.

use std::time::Duration;

use super::State;
use super::loss::is_of_loss;
use super::rules::{Announcement, Terms, Why};
use crate::dialplan::say;
use crate::id::{LegId, SessionId};
use crate::media::{self, Sound};
use crate::switch::Switch;
use crate::switch::history::Happening;
use crate::time::Time;

/// The playback of an announcement, and of the one in its place if there is none in the tenant's language.
const ANNOUNCEMENT: u64 = u64::MAX - 2;
const ANNOUNCEMENT_INSTEAD: u64 = u64::MAX - 3;
/// The longest announcement: what has not been heard by then is not heard any more.
const LONGEST_ANNOUNCEMENT: Duration = Duration::from_secs(30);

impl Switch {
    /// Begins a recording, or the announcement before it.
    pub(super) fn begin(&mut self, id: SessionId, (why, by): (Why, Option<String>), terms: Terms, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        match terms.announcement.clone() {
            Some(announcement) if !announcement.meanwhile => {
                session.recorder.state =
                    State::Announcing { why, by, terms, until: now + LONGEST_ANNOUNCEMENT };
                self.announce(id, &announcement, ANNOUNCEMENT);
            }
            announcement => {
                self.run_recording(id, (why, by), terms, false, now);
                announcement.iter().for_each(|one| self.announce(id, one, ANNOUNCEMENT));
            }
        }
    }

    fn announce(&mut self, id: SessionId, announcement: &Announcement, playback: u64) {
        let Some(session) = self.sessions.get(&id) else { return };
        let (leg, sound) = (session.client, &announcement.sound);
        let language = if playback == ANNOUNCEMENT { self.language(session) } else { say::FALLBACK };
        let name = if sound.contains('/') { sound.clone() } else { format!("prompts/{language}/{sound}") };
        let sounds = vec![Sound::File(name.into())];
        self.tell_media(media::Command::Announce { leg, playback, sounds });
    }

    /// The client's music has ended, and with it an announcement over it: it is made anew.
    pub(in crate::switch) fn announce_again(&mut self, id: SessionId, leg: LegId) {
        let Some(session) = self.sessions.get(&id).filter(|session| session.client == leg) else { return };
        if let State::Announcing { terms, .. } = &session.recorder.state
            && let Some(announcement) = terms.announcement.clone()
        {
            self.announce(id, &announcement, ANNOUNCEMENT);
        }
    }

    /// Whether this playback was an announcement of a recording: it was heard to its end, or could not be played.
    pub(in crate::switch) fn announced(
        &mut self,
        id: SessionId,
        playback: u64,
        failed: Option<&str>,
        now: Time,
    ) -> bool {
        if !matches!(playback, ANNOUNCEMENT | ANNOUNCEMENT_INSTEAD) {
            return is_of_loss(playback);
        }
        let Some(session) = self.sessions.get_mut(&id) else { return true };
        let (terms, waits) = match &session.recorder.state {
            State::Announcing { terms, .. } => (terms.clone(), true),
            State::Running(running) => (running.terms.clone(), false),
            State::Idle | State::Stopped => return true,
        };
        match (failed, terms.announcement) {
            (None, _) if waits => self.run_announced(id, now),
            (None, _) => {}
            (Some(_), Some(announcement)) if playback == ANNOUNCEMENT => {
                self.announce(id, &announcement, ANNOUNCEMENT_INSTEAD);
            }
            (Some(why), _) => {
                let begins = if waits { "not recorded" } else { "recorded unannounced" };
                let what = format!("{begins}: the announcement cannot be played: {why}");
                if waits {
                    session.recorder.state = State::Stopped;
                }
                self.note(id, Happening::Problem { what }, now);
            }
        }
        true
    }

    /// An announcement whose end was never told.
    pub(in crate::switch) fn announcement_overdue(&mut self, id: SessionId, now: Time) {
        let due = self.sessions.get(&id).and_then(|session| session.recorder.next_timeout());
        if due.is_some_and(|due| due <= now) {
            self.run_announced(id, now);
        }
    }

    fn run_announced(&mut self, id: SessionId, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if let State::Announcing { why, by, terms, .. } = std::mem::take(&mut session.recorder.state) {
            self.run_recording(id, (why, by), terms, false, now);
        }
    }
}
