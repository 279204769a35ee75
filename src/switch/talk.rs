//! Who hears whom in a conversation: derived from how each takes part, and never set by hand.

use std::collections::{BTreeMap, BTreeSet};

use super::Switch;
use super::history::Happening;
use super::leg::{Part, Voice};
use super::session::Session;
use super::stage::Talk;
use crate::id::{LegId, SessionId, TenantId};
use crate::media::{self, Row, Sound};
use crate::time::Time;

/// The playback of music on hold, which no dialplan gives.
pub(super) const MUSIC: u64 = u64::MAX;
/// The playback of what is heard in its place if there is none.
const BEEPS: u64 = u64::MAX - 1;
/// A piece of the silence that is heard on hold by those who hear no music; it is played again and again.
const SILENCE_MS: u32 = 10_000;

impl Switch {
    /// Has everybody hear what they are to hear now.
    pub(super) fn refresh(&mut self, id: SessionId, now: Time) {
        let other = self.listeners_follow(id);
        for id in [id].into_iter().chain(other) {
            self.let_hear(id, now);
        }
    }

    fn let_hear(&mut self, id: SessionId, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let Some(talk) = session.talk() else { return };
        let (rows, wait) = (rows(session, talk, self.guests(id)), waiting(session, talk));
        self.hear(id, rows);
        self.let_wait(id, wait, now);
    }

    /// These legs hear music from now on, and no others.
    pub(super) fn let_wait(&mut self, id: SessionId, wait: BTreeSet<LegId>, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let music = self.heard_on_hold(session);
        let wait: BTreeMap<LegId, Sound> = wait.into_iter().map(|leg| (leg, music.clone())).collect();
        let Some(session) = self.sessions.get_mut(&id).filter(|session| session.music != wait) else {
            return;
        };
        let before = std::mem::replace(&mut session.music, wait.clone());
        for leg in before.keys().filter(|leg| !wait.contains_key(leg)) {
            self.tell_media(media::Command::StopPlay { leg: *leg });
            self.announce_again(id, *leg);
            self.note(id, Happening::Held { leg: *leg, on: false }, now);
        }
        for (leg, sound) in wait {
            let heard = before.get(&leg);
            if heard != Some(&sound) {
                self.tell_media(media::Command::Music { leg, playback: MUSIC, sounds: vec![sound] });
            }
            if heard.is_none() {
                self.note(id, Happening::Held { leg, on: true }, now);
            }
        }
    }

    /// What those hear who wait now: music, unless the tenant wants none in a conversation. In queues and slots, where
    /// nobody talks with them for long, there is always some.
    fn heard_on_hold(&self, session: &Session) -> Sound {
        let tenant = session.tenant.and_then(|tenant| self.directory.tenants.get(&tenant));
        let silent = tenant.is_some_and(|tenant| tenant.silent_hold) && session.talk().is_some();
        if silent { Sound::Silence { ms: SILENCE_MS } } else { self.hold_music(session.tenant) }
    }

    /// The music of a tenant: the file of its name.
    fn hold_music(&self, tenant: Option<TenantId>) -> Sound {
        let tenant = tenant.and_then(|tenant| self.directory.tenants.get(&tenant));
        Sound::File(format!("music/{}", tenant.map_or("hold", |tenant| tenant.name.as_str())).into())
    }

    /// A key that its phone told of in the signalling is one for those who hear it: each gets it as it takes keys.
    pub(super) fn pass_key(&mut self, id: SessionId, from: LegId, digit: char) {
        let Some(session) = self.sessions.get(&id).filter(|session| session.talk().is_some()) else { return };
        let hear: Vec<LegId> = session.rows.iter().filter(|row| row.from == from).map(|row| row.to).collect();
        for leg in hear {
            self.tell_media(media::Command::SendDigits { leg, digits: digit.to_string() });
        }
    }

    /// Whether the playback that could not be played is our music. A soft tone says then from time to time that the
    /// call stands.
    pub(super) fn music_failed(&mut self, leg: LegId, playback: u64) -> bool {
        if playback == MUSIC {
            let tone = Sound::Tone { hz: 425.0, dbm0: -24.0, ms: Some(200) };
            let sounds = vec![tone, Sound::Silence { ms: 4_800 }];
            self.tell_media(media::Command::Play { leg, playback: BEEPS, sounds, repeat: true });
        }
        matches!(playback, MUSIC | BEEPS)
    }
}

/// Whether a waiting client keeps these two apart.
fn apart(session: &Session, talk: &Talk, one: LegId, other: LegId) -> bool {
    let client = session.client;
    let aside = talk.forward.map(|forward| forward.from);
    ((talk.held.is_some() || talk.forward.is_some()) && (one == client || other == client))
        || aside == Some(one)
        || aside == Some(other)
}

/// Whether `to` is to hear `from`, if that one speaks.
fn hears(session: &Session, talk: &Talk, from: (LegId, Voice), to: (LegId, Voice)) -> bool {
    let supervises = |voice: Voice| matches!(voice.part, Part::Listens | Part::Whispers);
    let silent = !from.1.is_there() || !to.1.is_there() || from.0 == to.0;
    match (from.1.part, to.1.part) {
        _ if silent => false,
        (Part::Listens, _) => false,
        (Part::Whispers, _) => to.0 != session.client && !supervises(to.1),
        // Who listens, hears what there is to hear, the client on hold included.
        (_, Part::Listens | Part::Whispers) => true,
        _ => !apart(session, talk, from.0, to.0),
    }
}

/// The hearing table of a conversation, with those who came to listen.
fn rows(session: &Session, talk: &Talk, guests: Vec<(LegId, Voice)>) -> BTreeSet<Row> {
    let here = session.voices().filter(|(leg, _)| !session.elsewhere.contains(leg));
    let voices: Vec<_> = here.chain(guests).collect();
    let pairs = voices.iter().flat_map(|from| voices.iter().map(move |to| (*from, *to)));
    let heard = pairs.filter(|(from, to)| !from.1.muted && hears(session, talk, *from, *to));
    heard.map(|(from, to)| Row { from: from.0, to: to.0 }).collect()
}

/// Those who wait, and hear music: nobody would be heard by them, were everybody to speak. Who holds the other one by a
/// command does not wait, unless for a colleague who rings.
fn waiting(session: &Session, talk: &Talk) -> BTreeSet<LegId> {
    let voices: Vec<_> = session.voices().collect();
    let rings = session.legs.values().any(|leg| leg.voice().is_none());
    let holds = |leg: LegId| talk.held.is_some() && talk.forward.is_none() && !rings && leg != session.client;
    let waits = |to: &(LegId, Voice)| {
        let hears = voices.iter().any(|from| hears(session, talk, *from, *to));
        to.1.part == Part::Party && to.1.is_there() && !hears && !holds(to.0)
    };
    voices.iter().filter(|to| waits(to)).map(|(leg, _)| *leg).collect()
}

/// Whether those who serve the client talk without the client: somebody is there, and the client would hear none of
/// them, were everybody to speak.
pub(super) fn is_private(session: &Session) -> bool {
    let Some(talk) = session.talk().filter(|talk| talk.forward.is_none()) else { return false };
    let Some(client) = session.voices().find(|(leg, _)| *leg == session.client) else { return false };
    let company = session.voices().filter(|(leg, voice)| *leg != client.0 && voice.part == Part::Party);
    let heard: Vec<bool> = company.map(|from| hears(session, talk, from, client)).collect();
    !heard.is_empty() && !heard.contains(&true)
}
