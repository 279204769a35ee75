//! What the switch task says of what goes on, for those who look on: what has changed, after each burst of work.
//!
//! While nobody looks on nothing is said. Where the queue is full the switch does not wait: everything is said
//! once there is room again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::core::Core;
use super::promised::live_callback;
use crate::api::live::board::{
    All, Change, Doing, Hearing, Known, KnownGroup, KnownOperator, KnownTenant, LiveLeg, LiveOperator,
    LiveSession, Missing, Poor, Waiting,
};
use crate::api::live::{Hint, Live};
use crate::id::{LegId, SessionId, UserId};
use crate::media::rating::Watch;
use crate::media::{self, Row};
use crate::queue::{Engagement, OperatorState};
use crate::switch::directory::{Directory, Tenant};
use crate::switch::leg::{Leg, LegState, Role};
use crate::switch::session::{CallerLeg, Session};
use crate::switch::stage::Stage;
use crate::time::UnixMs;

/// Changes that wait at most to be told on.
const WAITING: usize = 8_192;
/// How often it is looked whether anybody looks on. Whoever comes back within that time has missed nothing.
const REST: Duration = Duration::from_secs(60);

/// What there is to say.
pub struct Feed {
    pub(super) live: Arc<Live>,
    changes: mpsc::Sender<Change>,
    sessions: BTreeSet<SessionId>,
    operators: BTreeSet<UserId>,
    /// What the media engine said last of the sound of each leg.
    standings: BTreeMap<LegId, media::Standing>,
    /// Whose sound people notice to be lost.
    watches: BTreeMap<LegId, Watch>,
    /// The places of promises that were told of, and which revision of the promises that was.
    pub(super) promises: BTreeSet<SessionId>,
    pub(super) revision: u64,
    /// Everything is to be said.
    all: bool,
}

impl Feed {
    /// Tells the changes on in a task of its own, which ends when this is dropped.
    pub fn start(live: Arc<Live>) -> Self {
        let (changes, changed) = mpsc::channel(WAITING);
        tokio::spawn(tell(Arc::clone(&live), changed));
        let (sessions, operators) = (BTreeSet::new(), BTreeSet::new());
        let (standings, watches) = (BTreeMap::new(), BTreeMap::new());
        let promises = BTreeSet::new();
        Self { live, changes, sessions, operators, standings, watches, promises, revision: 0, all: false }
    }

    /// Something about a session changed.
    pub fn session(&mut self, session: SessionId) {
        if self.live.is_wanted() {
            self.sessions.insert(session);
        }
    }

    /// Something about an operator changed.
    pub fn operator(&mut self, operator: UserId) {
        if self.live.is_wanted() {
            self.operators.insert(operator);
        }
    }

    /// Something of a session was changed that those who look on have to ask for.
    pub fn hint(&self, hint: Hint) {
        self.live.hint(hint);
    }

    /// Everything may have changed.
    pub fn everything(&mut self) {
        self.all = self.live.is_wanted();
    }
}

async fn tell(live: Arc<Live>, mut changed: mpsc::Receiver<Change>) {
    let mut look = interval(REST);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut alone = false;
    loop {
        tokio::select! {
            change = changed.recv() => match change {
                Some(change) => live.apply(change),
                None => return,
            },
            _ = look.tick() => {
                let nobody = live.is_wanted() && live.looking() == 0;
                if nobody && alone {
                    live.rest();
                }
                alone = nobody;
            }
        }
    }
}

impl Core {
    /// Says what has changed since it was said last.
    pub(super) fn tell_live(&mut self) {
        let (sessions, operators) =
            (std::mem::take(&mut self.feed.sessions), std::mem::take(&mut self.feed.operators));
        if self.feed.all {
            self.tell_all();
            return;
        }
        let promises = self.promises_moved();
        let gone_or_live = |id| match self.switch.session(id).filter(|session| !session.is_over()) {
            Some(session) => Change::Session(Box::new(self.live_session(session))),
            None => Change::Gone(id),
        };
        let sessions = sessions.into_iter().map(gone_or_live);
        let state =
            |id: UserId| Some(Change::Operator(id, self.live_operator(id, self.switch.operator(id)?)));
        let full = promises
            .into_iter()
            .chain(sessions)
            .chain(operators.into_iter().filter_map(state))
            .any(|change| self.feed.changes.try_send(change).is_err());
        self.feed.all = full;
    }

    /// Says everything, as soon as there is room.
    fn tell_all(&mut self) {
        if self.feed.changes.capacity() < WAITING / 2 {
            return;
        }
        let directory = self.switch.directory();
        let live = self.switch.live_sessions().map(|session| (session.id, self.live_session(session)));
        let places = self.promised_places();
        let live = places.clone().into_iter().map(|place| (place.id, place)).chain(live);
        let operators = directory.operators.keys();
        let operators =
            operators.filter_map(|id| Some((*id, self.live_operator(*id, self.switch.operator(*id)?))));
        let all = All { known: known(directory), operators: operators.collect(), sessions: live.collect() };
        self.feed.all = self.feed.changes.try_send(Change::All(Box::new(all))).is_err();
        self.feed.promises = places.into_iter().map(|place| place.id).collect();
        self.feed.revision = self.switch.callback_revision();
    }

    fn live_operator(&self, id: UserId, state: &OperatorState) -> LiveOperator {
        let tenant = |session: &SessionId| self.switch.session(*session).and_then(|session| session.tenant);
        let with = |session: &SessionId| (*session, tenant(session));
        let doing = match &state.engagement {
            Engagement::Free => Doing::Free,
            Engagement::Offered { session, .. } => Doing::Ringing(*session, tenant(session)),
            Engagement::OnSession { sessions, .. } => Doing::OnSession(sessions.keys().map(with).collect()),
            Engagement::AfterWork { session, until } => {
                Doing::AfterWork(*session, tenant(session), self.switch.wall(*until))
            }
        };
        LiveOperator {
            status: state.status.clone(),
            do_not_disturb: state.do_not_disturb,
            channels_off: state.off.clone(),
            may_switch_channels: self.switch.may_switch_channels(id).is_ok(),
            reachable: state.reachable,
            doing,
            since: self.switch.wall(state.shown_since()),
        }
    }

    pub(super) fn live_session(&self, session: &Session) -> LiveSession {
        let queues = self.switch.queues();
        let waiting = queues
            .group_of(session.id)
            .zip(queues.place(session.id))
            .map(|(group, (priority, since))| Waiting { group, since: self.switch.wall(since), priority });
        let summary = &session.summary;
        let to_be_called = matches!(session.stage, Stage::CallingBack);
        let callback = to_be_called.then(|| self.switch.callback_of(session.id)).flatten();
        let caller = (session.caller_leg != CallerLeg::Down).then(|| self.caller(session));
        let others = session.legs.iter().map(|(id, leg)| self.live_leg(session, *id, leg));
        LiveSession {
            id: session.id,
            tenant: session.tenant,
            line: summary.line.clone(),
            from: summary.from.clone(),
            from_name: summary.display.clone(),
            dialled: summary.dialled.clone(),
            since: summary.started,
            waiting,
            held: session.talk().is_some_and(|talk| talk.held.is_some()),
            recorded: summary.recorded,
            recording_incomplete: summary.recording_incomplete,
            callback: callback.map(live_callback),
            legs: caller.into_iter().chain(others).collect(),
            sound: session.arrival.abilities.sound,
            text: session.arrival.abilities.text,
            messages: summary.messages,
            read: self.webchat.standing(session.client).map_or(0, |(_, read)| read),
            online: self.webchat.standing(session.client).is_none_or(|(online, _)| online),
            details: summary.details.clone(),
            hears: session.rows.iter().map(|row| self.hearing(*row)).collect(),
        }
    }

    /// Takes in what the media engine says of the sound of a leg.
    pub(super) fn sound_stands(&mut self, event: &media::Event) {
        match event {
            media::Event::Standing { leg, standing } => {
                self.feed.standings.insert(*leg, *standing);
                self.switch.session_of(*leg).into_iter().for_each(|session| self.feed.session(session));
            }
            media::Event::Quality { leg, quality } => self.judge(*leg, quality),
            media::Event::Closed { leg, .. } => {
                self.feed.standings.remove(leg);
                self.feed.watches.remove(leg);
            }
            _ => {}
        }
    }

    /// Judges the newest report on the sound of a leg, and says so if people notice something else now.
    fn judge(&mut self, leg: LegId, quality: &media::Quality) {
        let Some(session) = self.switch.session_of(leg).and_then(|id| self.switch.session(id)) else {
            return;
        };
        let heard = session.rows.iter().filter(|row| row.to == leg);
        let watches = &mut self.feed.watches;
        let missing = heard.filter_map(|row| watches.get(&row.from)).map(Watch::missing).fold(0.0, f64::max);
        if watches.entry(leg).or_default().take(quality, missing) {
            self.feed.session(session.id);
        }
    }

    /// Whether a row of the hearing table is the fact, and if not, what is missing.
    fn hearing(&self, Row { from, to }: Row) -> Hearing {
        let standing = |leg| self.feed.standings.get(&leg);
        let missing = match (standing(from), standing(to)) {
            (Some(from), Some(to)) if !from.speaks || !to.listens => Some(Missing::Direction),
            (Some(from), _) if !from.comes => Some(Missing::Packets),
            (_, Some(to)) if !to.reached => Some(Missing::Address),
            (Some(_), Some(_)) => None,
            _ => Some(Missing::Unknown),
        };
        Hearing { from, to, missing }
    }

    fn live_leg(&self, session: &Session, id: LegId, leg: &Leg) -> LiveLeg {
        let (kind, name) = match &leg.role {
            Role::Operator { user, .. } => {
                let known = self.switch.directory().operators.get(user);
                ("operator", known.map_or_else(|| user.to_string(), |known| known.display.clone()))
            }
            Role::External(outward) => ("external", outward.number.clone()),
        };
        let (ringing, part) = match leg.state {
            LegState::Ringing { part, .. } => (true, part),
            LegState::Up(voice) => (false, voice.part),
        };
        let voice = leg.voice().unwrap_or_default();
        LiveLeg {
            id,
            kind: if id == session.client { "client" } else { kind },
            operator: leg.operator(),
            name,
            ringing,
            part,
            muted: voice.muted,
            holds: voice.holds,
            lost: voice.kept.is_some(),
            poor: self.poor(id),
            music: session.music.contains_key(&id),
            since: joined(session, id),
        }
    }

    /// The leg by which a session came.
    fn caller(&self, session: &Session) -> LiveLeg {
        let (voice, summary) = (session.caller_voice, &session.summary);
        LiveLeg {
            id: session.caller,
            kind: match session.calling_operator {
                Some(_) => "operator",
                None => "client",
            },
            operator: session.calling_operator,
            name: summary.display.clone().unwrap_or_else(|| summary.from.clone()),
            ringing: matches!(session.caller_leg, CallerLeg::Called { .. }),
            part: voice.part,
            muted: voice.muted,
            holds: voice.holds,
            lost: voice.kept.is_some(),
            poor: self.poor(session.caller),
            music: session.music.contains_key(&session.caller),
            since: Some(summary.started),
        }
    }

    /// What people notice to be lost of a leg's sound.
    fn poor(&self, leg: LegId) -> Option<Poor> {
        let media::rating::Poor { from, to } = self.feed.watches.get(&leg)?.poor();
        (from.is_some() || to.is_some()).then_some(Poor { from, to })
    }
}

fn joined(session: &Session, leg: LegId) -> Option<UnixMs> {
    session.summary.legs.get(&leg).map(|leg| leg.joined)
}

/// The names and groups of a configuration.
fn known(directory: &Directory) -> Known {
    let group = |group: &crate::queue::Group| KnownGroup {
        name: group.name.clone(),
        members: group.members.iter().map(|member| member.operator).collect(),
    };
    let tenant = |tenant: &Tenant| KnownTenant { name: tenant.name.clone(), off: tenant.off.clone() };
    let operators = directory.operators.iter().map(|(id, operator)| {
        let known = KnownOperator {
            name: operator.name.clone(),
            display: operator.display.clone(),
            extension: operator.extension.clone(),
            tenants: operator.tenants.clone(),
        };
        (*id, known)
    });
    Known {
        tenants: directory.tenants.iter().map(|(id, one)| (*id, tenant(one))).collect(),
        groups: directory.groups.iter().map(|(id, one)| (*id, group(one))).collect::<BTreeMap<_, _>>(),
        operators: operators.collect(),
    }
}
