//! Who is turned away: sources that failed too often, and strangers who ask too much.
//!
//! A source address in a datagram is only a claim. So the two are kept apart: a *failure* is noted only of a peer
//! that answered a challenge of ours, which proves that it receives what is sent there, and leads to bans that grow;
//! what merely *asks* is answered less often, never banned, and forgotten within a minute.

mod recent;
mod source;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::recent::Recent;
pub use self::source::Source;
use crate::time::Time;

/// How much is borne of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardConfig {
    /// Wrong secrets within `window` that lead to a ban. A phone that was set up wrongly tries once a minute
    /// or so, a person who types it in makes a few mistakes.
    pub attempts: u32,
    /// After such a pause failures before it no longer count.
    pub window: Duration,
    /// The first ban; each further one is four times as long.
    pub ban: Duration,
    /// The longest ban. After as long in peace the bans before are forgotten.
    pub longest: Duration,
    /// Requests of strangers that are answered at once. An office of phones that all come back after a power cut
    /// stays below, because each that proves its secret is no stranger.
    pub strangers: u32,
    /// And so many a second after that.
    pub strangers_per_second: u32,
    /// Sources that are remembered, for each of the two; those that were heard of longest ago give way.
    pub memory: usize,
}

impl Default for GuardConfig {
    fn default() -> Self {
        Self {
            attempts: 10,
            window: Duration::from_secs(600),
            ban: Duration::from_secs(60),
            longest: Duration::from_secs(24 * 3600),
            strangers: 300,
            strangers_per_second: 10,
            // Some 200 bytes each.
            memory: 10_000,
        }
    }
}

/// Who failed how often, who is banned, and who asked how much of late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guard {
    config: GuardConfig,
    offenders: Recent<Offender>,
    strangers: Recent<Asked>,
    turned_away: TurnedAway,
    bans: u64,
}

/// What is known of a source that failed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Offender {
    /// Failures since the last ban that still count.
    counted: u32,
    /// All failures.
    failures: u64,
    bans: u32,
    ban: Option<Ban>,
    /// The last failure in words.
    why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Ban {
    since: Time,
    until: Time,
}

/// How much a stranger asked of late, in thousandths of a request; it wears off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    level: u64,
    at: Time,
}

/// Messages that got no answer, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnedAway {
    /// Their source is banned.
    pub banned: u64,
    /// Their source, a stranger, asks too much.
    pub too_many: u64,
    /// They name a program that only looks for victims.
    pub scanner: u64,
}

/// A ban as an administrator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BanView {
    /// Who: an IPv4 address, or a network of IPv6.
    pub source: Source,
    /// Since when.
    pub since: Time,
    /// Until when, if nobody lifts it.
    pub until: Time,
    /// Failures of this source, all in all.
    pub failures: u64,
    /// Bans of this source, this one included.
    pub bans: u32,
    /// The failure that led to it, in words.
    pub why: String,
}

impl Guard {
    /// A guard that knows nobody.
    pub fn new(config: GuardConfig) -> Self {
        let (offenders, strangers) = (Recent::new(config.memory), Recent::new(config.memory));
        Self { config, offenders, strangers, turned_away: TurnedAway::default(), bans: 0 }
    }

    /// Whether nothing is answered to this source now.
    pub fn is_banned(&self, source: Source, now: Time) -> bool {
        self.offenders.get(source).is_some_and(|offender| offender.is_banned(now))
    }

    /// A peer that proved to be at `source` failed. `lenient`: phones of ours are registered from there, so that a
    /// ban is as short as it can be. Gives the ban if this led to one.
    pub fn failed(&mut self, source: Source, why: &str, lenient: bool, now: Time) -> Option<BanView> {
        let GuardConfig { attempts, window, ban, longest, .. } = self.config;
        let is_over = |at: Time, offender: &Offender| now.since(offender.peace_since(at)) > longest;
        self.offenders.forget(source, is_over);
        let (last, offender) = self.offenders.touch(source, now);
        offender.failures += 1;
        offender.counted = if now.since(last) > window { 1 } else { offender.counted + 1 };
        // What was on its way when the ban began is not counted twice.
        if offender.counted < attempts || offender.is_banned(now) {
            return None;
        }
        let growth = 4_u32.checked_pow(offender.bans).unwrap_or(u32::MAX);
        let length = if lenient { ban } else { ban.saturating_mul(growth).min(longest) };
        offender.bans = offender.bans.saturating_add(1);
        offender.counted = 0;
        offender.ban = Some(Ban { since: now, until: now + length });
        why.clone_into(&mut offender.why);
        self.bans += 1;
        offender.view(source)
    }

    /// A stranger asks. False if it gets no answer, because it asked too much of late.
    pub fn asks(&mut self, source: Source, now: Time) -> bool {
        let (burst, rate) = (self.config.strangers, self.config.strangers_per_second);
        let (_, asked) = self.strangers.touch(source, now);
        asked.wear_off(rate, now);
        let may = asked.level < u64::from(burst) * 1_000;
        match may {
            true => asked.level += 1_000,
            false => self.turned_away.too_many += 1,
        }
        may
    }

    /// Somebody at this source has proved a secret: the question before that was no stranger's.
    pub fn proved(&mut self, source: Source) {
        if let Some(asked) = self.strangers.get_mut(source) {
            asked.level = asked.level.saturating_sub(1_000);
        }
    }

    /// A message of a banned source was dropped.
    pub fn dropped_banned(&mut self) {
        self.turned_away.banned += 1;
    }

    /// A message of a scanner was dropped.
    pub fn dropped_scanner(&mut self) {
        self.turned_away.scanner += 1;
    }

    /// Lifts the ban of a source and forgets its failures; false if it has no ban.
    pub fn lift(&mut self, source: Source, now: Time) -> bool {
        let banned = self.is_banned(source, now);
        self.offenders.remove(source);
        banned
    }

    /// The bans that stand.
    pub fn bans(&self, now: Time) -> Vec<BanView> {
        let standing = self.offenders.iter().filter(|(_, offender)| offender.is_banned(now));
        standing.filter_map(|(source, offender)| offender.view(source)).collect()
    }

    /// Messages that got no answer.
    pub fn turned_away(&self) -> TurnedAway {
        self.turned_away
    }

    /// Bans since the start.
    pub fn banned_ever(&self) -> u64 {
        self.bans
    }
}

impl Offender {
    fn is_banned(&self, now: Time) -> bool {
        self.ban.is_some_and(|ban| ban.until > now)
    }

    /// Since when it leaves us in peace, or will: its last failure, or the end of its ban.
    fn peace_since(&self, last: Time) -> Time {
        self.ban.map_or(last, |ban| ban.until.max(last))
    }

    fn view(&self, source: Source) -> Option<BanView> {
        let Ban { since, until } = self.ban?;
        let (failures, bans, why) = (self.failures, self.bans, self.why.clone());
        Some(BanView { source, since, until, failures, bans, why })
    }
}

impl Asked {
    fn wear_off(&mut self, per_second: u32, now: Time) {
        let worn = now.since(self.at).as_micros().saturating_mul(u128::from(per_second)) / 1_000;
        self.level = self.level.saturating_sub(u64::try_from(worn).unwrap_or(u64::MAX));
        self.at = now;
    }
}

/// Programs that look for victims and say so. None of them is a telephone.
const SCANNERS: &[&str] =
    &["friendly-scanner", "sipvicious", "sundayddr", "sip-scan", "sipscan", "siparmyknife", "iwar", "smap"];

/// Whether a User-Agent is that of a program that only looks for victims.
pub fn is_scanner(user_agent: &str) -> bool {
    let name = user_agent.to_ascii_lowercase();
    SCANNERS.iter().any(|scanner| name.contains(scanner))
}
