//! How long a waiting session will probably wait.
//!
//! The near future is played through several times: each operator who serves now becomes free when their
//! session has lasted as long as one of those that got this far lately, and takes the next in the order of
//! service, who may have given up meanwhile. The median of these futures is told. So the answer follows at
//! once when operators come and go, and does not depend on how long others had to wait before.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::config::Group;
use super::machine::Queues;
use super::operator::{Engagement, Record, Status, Through};
use super::waiting::{Client, Waiting};
use crate::id::{GroupId, SessionId, UserId};
use crate::time::Time;

/// What is remembered of each kind: enough for a good picture, few enough to follow the hour.
const REMEMBERED: usize = 60;
/// Sessions that must have been served before anything is said.
const LEAST: usize = 3;
/// Futures that are played through.
const FUTURES: u32 = 15;
/// Sessions ahead that are played through one by one.
const MOST_AHEAD: usize = 100;

/// What a group has seen lately, in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Experience {
    /// How long its operators were on a session.
    talks: VecDeque<u32>,
    /// How long a phone rang until it was answered.
    rings: VecDeque<u32>,
    /// How long sessions waited, and whether they gave up.
    waits: VecDeque<(u32, bool)>,
}

/// An experience made ready for playing futures; times are in milliseconds.
struct Outlook {
    /// From the shortest to the longest.
    talks: Vec<f64>,
    ring: f64,
    /// After-call work.
    work: f64,
    /// The share of those who wait that give up within a millisecond.
    giving_up: f64,
}

/// When an operator takes the next session.
enum Free {
    In(f64),
    /// When the session ends on which they have been for so long; of this group, if it was offered by one.
    AfterTalk {
        so_far: f64,
        group: Option<GroupId>,
    },
}

/// Numbers spread evenly between 0 and 1, so that few futures show most of what may be. Not random: the same
/// queue gets the same answer.
struct Spread {
    start: f64,
    count: f64,
}

impl Experience {
    pub fn talked(&mut self, length: Duration) {
        remember(&mut self.talks, whole_ms(length));
    }

    pub fn rang(&mut self, length: Duration) {
        remember(&mut self.rings, whole_ms(length));
    }

    pub fn waited(&mut self, length: Duration, gave_up: bool) {
        remember(&mut self.waits, (whole_ms(length), gave_up));
    }

    fn outlook(&self, group: &Group) -> Outlook {
        let mut talks: Vec<f64> = self.talks.iter().map(|talk| f64::from(*talk)).collect();
        talks.sort_by(f64::total_cmp);
        let rings: f64 = self.rings.iter().map(|ring| f64::from(*ring)).sum();
        let waited: f64 = self.waits.iter().map(|(wait, _)| f64::from(*wait)).sum();
        let gave_up = self.waits.iter().filter(|(_, gave_up)| *gave_up).count() as f64;
        Outlook {
            talks,
            ring: rings / self.rings.len().max(1) as f64,
            work: ms(group.after_call_work),
            giving_up: if waited > 0.0 { gave_up / waited } else { 0.0 },
        }
    }
}

impl Outlook {
    fn mean(&self) -> f64 {
        self.talks.iter().sum::<f64>() / self.talks.len().max(1) as f64
    }

    /// The length of a session; `at` tells which of those seen.
    fn talk(&self, at: f64) -> f64 {
        self.talks.get((at * self.talks.len() as f64) as usize).copied().unwrap_or_default()
    }

    /// How much longer a session lasts, as one of those that got this far. Two made-up ones stand beside them,
    /// for those that last longer than any that was seen.
    fn rest_of_talk(&self, so_far: f64, at: f64) -> f64 {
        let shorter = self.talks.partition_point(|talk| *talk <= so_far);
        let longer = self.talks.len() - shorter;
        let place = (at * (longer + 2) as f64) as usize;
        match self.talks.get(shorter + place) {
            Some(talk) => talk - so_far,
            None if place == longer => self.mean() * 0.35,
            None => self.mean() * 0.9,
        }
    }
}

impl Spread {
    /// The golden section and the square root of two spread numbers best, and independently.
    const GOLDEN: f64 = 0.618_033_988_749_895;
    const ROOT: f64 = 0.414_213_562_373_095;

    fn new(future: u32) -> Self {
        Self { start: (f64::from(future) + 0.5) / f64::from(FUTURES), count: 0.0 }
    }

    /// One number for a length, one for patience.
    fn next(&mut self) -> (f64, f64) {
        self.count += 1.0;
        let at = |start: f64, step: f64| (start + self.count * step).fract();
        (at(self.start, Self::GOLDEN), at(self.start * 7.0, Self::ROOT))
    }
}

impl Queues {
    /// How long this session will probably wait from now on. None if that cannot be told: it does not wait,
    /// nobody serves its group now, or too few sessions were served yet.
    pub fn expected_wait(&self, session: SessionId, now: Time) -> Option<Duration> {
        let waiting = self.waiting.get(&session)?;
        let group = self.groups.get(&waiting.group)?;
        self.experience.get(&group.id).filter(|seen| seen.talks.len() >= LEAST)?;
        let rivals = self.rivals(group);
        let operators = self.serving(&rivals, &waiting.line, now);
        let present = group.members.iter().filter(|member| operators.contains_key(&member.operator)).count();
        if present == 0 {
            return None;
        }
        let (ahead, further) = self.ahead(waiting, &rivals);
        let outlooks: BTreeMap<GroupId, Outlook> = rivals
            .iter()
            .map(|(id, rival)| {
                // A group that has seen nothing yet is taken to be like this one.
                let seen = self.experience.get(id).filter(|seen| !seen.talks.is_empty());
                (
                    *id,
                    seen.or_else(|| self.experience.get(&group.id))
                        .map_or_else(Outlook::none, |s| s.outlook(rival)),
                )
            })
            .collect();
        let own = outlooks.get(&group.id)?;
        let futures = (0..FUTURES).map(|future| {
            let mut spread = Spread::new(future);
            let mut free = begin(&operators, &outlooks, own, &mut spread);
            play(&ahead, &rivals, &outlooks, &mut free, &mut spread);
            first_free(&free, group).and_then(|operator| free.get(&operator).copied()).unwrap_or_default()
        });
        let mut futures: Vec<f64> = futures.collect();
        futures.sort_by(f64::total_cmp);
        let later = further as f64 * (own.ring + own.mean() + own.work) / present as f64;
        let wait = futures.get(futures.len() / 2)? + later + own.ring;
        Some(Duration::from_millis(wait.max(0.0) as u64))
    }

    /// This group, and the others that want some of its operators.
    fn rivals(&self, group: &Group) -> BTreeMap<GroupId, &Group> {
        let shares = |other: &Group| other.members.iter().any(|member| group.has(member.operator));
        let rivals = self.groups.iter().filter(|(id, other)| **id == group.id || shares(other));
        rivals.map(|(id, other)| (*id, other)).collect()
    }

    /// Sessions of these groups before this one, and whether each is sure to stay; and how many more there are.
    fn ahead(&self, waiting: &Waiting, rivals: &BTreeMap<GroupId, &Group>) -> (Vec<(GroupId, bool)>, usize) {
        let mut ahead = self.order.range(..waiting.place).filter_map(|place| {
            let other = self.waiting.get(&place.session)?;
            let stays = other.client == Client::Promised || self.offer_of(place.session).is_some();
            rivals.contains_key(&other.group).then_some((other.group, stays))
        });
        let near = ahead.by_ref().take(MOST_AHEAD).collect();
        (near, ahead.count())
    }

    /// The operators who serve these groups by this line at present.
    fn serving(&self, groups: &BTreeMap<GroupId, &Group>, line: &str, now: Time) -> BTreeMap<UserId, Free> {
        let members = groups.values().flat_map(|group| &group.members);
        let serving = members.filter_map(|member| {
            let record = self.operators.get(&member.operator)?;
            let present = record.state.reachable && record.state.status == Status::Online;
            let present = present && !record.state.off.contains(line);
            present.then(|| (member.operator, free(record, now)))
        });
        serving.collect()
    }
}

impl Outlook {
    fn none() -> Self {
        Self { talks: vec![], ring: 0.0, work: 0.0, giving_up: 0.0 }
    }
}

fn free(record: &Record, now: Time) -> Free {
    match &record.state.engagement {
        Engagement::Free | Engagement::Offered { .. } => Free::In(0.0),
        Engagement::AfterWork { until, .. } => Free::In(ms(until.since(now))),
        Engagement::OnSession { sessions, .. } => {
            let group = sessions.values().find_map(|held| match held.by {
                Through::Queue { group } => Some(group),
                Through::Direct => None,
            });
            Free::AfterTalk { so_far: ms(now.since(record.state.since)), group }
        }
    }
}

/// When each operator becomes free, in one future.
fn begin(
    operators: &BTreeMap<UserId, Free>,
    outlooks: &BTreeMap<GroupId, Outlook>,
    own: &Outlook,
    spread: &mut Spread,
) -> BTreeMap<UserId, f64> {
    let mut at = |free: &Free| match free {
        Free::In(at) => *at,
        Free::AfterTalk { so_far, group } => {
            let known = group.and_then(|group| outlooks.get(&group));
            let work = known.map_or(0.0, |outlook| outlook.work);
            known.unwrap_or(own).rest_of_talk(*so_far, spread.next().0) + work
        }
    };
    operators.iter().map(|(operator, free)| (*operator, at(free))).collect()
}

/// Lets those ahead be served, or give up, in one future.
fn play(
    ahead: &[(GroupId, bool)],
    rivals: &BTreeMap<GroupId, &Group>,
    outlooks: &BTreeMap<GroupId, Outlook>,
    free: &mut BTreeMap<UserId, f64>,
    spread: &mut Spread,
) {
    for (id, stays) in ahead {
        let (Some(group), Some(outlook)) = (rivals.get(id), outlooks.get(id)) else { continue };
        let (length, patience) = spread.next();
        if let Some(at) = first_free(free, group).and_then(|operator| free.get_mut(&operator))
            && (*stays || patience <= (-*at * outlook.giving_up).exp())
        {
            *at += outlook.ring + outlook.talk(length) + outlook.work;
        }
    }
}

fn first_free(free: &BTreeMap<UserId, f64>, group: &Group) -> Option<UserId> {
    let known =
        group.members.iter().filter_map(|member| Some((*free.get(&member.operator)?, member.operator)));
    known.min_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, operator)| operator)
}

fn remember<T>(kept: &mut VecDeque<T>, value: T) {
    if kept.len() >= REMEMBERED {
        kept.pop_front();
    }
    kept.push_back(value);
}

fn whole_ms(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

fn ms(duration: Duration) -> f64 {
    f64::from(whole_ms(duration))
}
