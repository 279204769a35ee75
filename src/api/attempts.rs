//! How often somebody has tried to log in of late, and how long to wait before the next time.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use crate::time::UnixMs;

/// How long failures count.
const FORGOTTEN: Duration = Duration::from_secs(3_600);
/// Sources, and names, of which failures are remembered at once.
const REMEMBERED: usize = 10_000;
/// Characters of a name that tell it apart: no name of a user is longer.
const NAME_MAX: usize = 64;

/// What many failures cost.
#[derive(Clone, Copy, Debug)]
struct Terms {
    /// So many cost nothing.
    free: u32,
    /// The longest wait. One more failure doubles it up to there, from a second on.
    longest: Duration,
}

/// Of one address: many people may be behind it.
const OF_SOURCE: Terms = Terms { free: 20, longest: Duration::from_secs(300) };
/// Of one name: short, so that nobody is kept out for long by somebody who guesses.
const OF_NAME: Terms = Terms { free: 5, longest: Duration::from_secs(60) };

/// The attempts of late. Names that no user has count like those of users, so that none can be told from the other.
#[derive(Debug, Default)]
pub struct Attempts {
    sources: BTreeMap<IpAddr, Failures>,
    names: BTreeMap<String, Failures>,
    /// From where people have logged in of late: there nobody waits because somebody elsewhere guesses.
    at_home: BTreeMap<(String, IpAddr), UnixMs>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: UnixMs,
}

impl Failures {
    /// How long to wait still, at the moment `now`.
    fn wait(&self, terms: Terms, now: UnixMs) -> Duration {
        let Some(beyond) = self.count.checked_sub(terms.free) else { return Duration::ZERO };
        let wait = Duration::from_secs(1 << beyond.min(16)).min(terms.longest);
        wait.saturating_sub(self.age(now))
    }

    /// A calendar that was set back makes nothing older.
    fn age(&self, now: UnixMs) -> Duration {
        Duration::from_millis(u64::try_from(now.0.saturating_sub(self.last.0)).unwrap_or(0))
    }
}

impl Attempts {
    /// Somebody at this address tries to log in by this name. Until [`succeeded`](Self::succeeded) says otherwise it
    /// counts as a failure, so that trying many at once is of no use.
    ///
    /// # Errors
    /// How long to wait before the next attempt, where there were too many.
    pub fn begin(&mut self, source: IpAddr, name: &str, now: UnixMs) -> Result<(), Duration> {
        let (source, name) = (network(source), key(name));
        let of_source = self.sources.get(&source).map_or(Duration::ZERO, |known| known.wait(OF_SOURCE, now));
        let of_name = match self.is_at_home(&name, source, now) {
            true => Duration::ZERO,
            false => self.names.get(&name).map_or(Duration::ZERO, |known| known.wait(OF_NAME, now)),
        };
        let wait = of_source.max(of_name);
        if !wait.is_zero() {
            return Err(wait);
        }
        count(&mut self.sources, source, now);
        count(&mut self.names, name, now);
        Ok(())
    }

    /// The attempt was no failure.
    pub fn succeeded(&mut self, source: IpAddr, name: &str, now: UnixMs) {
        self.names.remove(&key(name));
        if self.at_home.len() >= REMEMBERED {
            let oldest = self.at_home.iter().min_by_key(|(_, last)| **last).map(|(home, _)| home.clone());
            if let Some(oldest) = oldest {
                self.at_home.remove(&oldest);
            }
        }
        self.at_home.insert((key(name), network(source)), now);
        // Other people at this address are not forgiven by it.
        if let Some(known) = self.sources.get_mut(&network(source)) {
            known.count = known.count.saturating_sub(1);
        }
    }

    fn is_at_home(&self, name: &str, source: IpAddr, now: UnixMs) -> bool {
        let last = self.at_home.get(&(name.to_owned(), source));
        last.is_some_and(|last| Failures { count: 0, last: *last }.age(now) < HOME)
    }
}

/// How long somebody is at home where a login has succeeded.
const HOME: Duration = Duration::from_secs(30 * 86_400);

/// Counts one more failure, and forgets what is old where there are too many.
fn count<K: Ord + Clone>(book: &mut BTreeMap<K, Failures>, key: K, now: UnixMs) {
    if book.len() >= REMEMBERED && !book.contains_key(&key) {
        book.retain(|_, known| known.age(now) < FORGOTTEN);
        let oldest = book.iter().min_by_key(|(_, known)| known.last).map(|(key, _)| key.clone());
        if let Some(oldest) = oldest.filter(|_| book.len() >= REMEMBERED) {
            book.remove(&oldest);
        }
    }
    let known = book.entry(key).or_insert(Failures { count: 0, last: now });
    if known.age(now) >= FORGOTTEN {
        known.count = 0;
    }
    (known.count, known.last) = (known.count.saturating_add(1), now);
}

/// Whom an address stands for: of IPv6 a customer has a network of 64 bits.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

fn key(name: &str) -> String {
    name.chars().take(NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    fn at(seconds: i64) -> UnixMs {
        UnixMs(1_800_000_000_000 + seconds * 1_000)
    }

    fn source(n: u8) -> IpAddr {
        IpAddr::from([198, 51, 100, n])
    }

    #[test]
    fn failures_by_one_name_cost_more_and_more_time_up_to_a_minute() {
        let mut attempts = Attempts::default();
        // Never twice from the same place.
        let mut waits = vec![];
        let mut now = 0;
        for n in 0..16 {
            waits.extend(attempts.begin(source(n), "anna", at(now)).err().map(|wait| wait.as_secs()));
            now += waits.last().copied().unwrap_or(0) as i64;
            _ = attempts.begin(source(n), "anna", at(now));
        }
        assert_eq!(waits.first(), Some(&1));
        assert!(waits.is_sorted() && waits.last() == Some(&60), "{waits:?}");
        assert!(attempts.begin(source(99), "boris", at(now)).is_ok(), "others are not kept waiting");
    }

    #[test]
    fn failures_from_one_place_cost_time_whatever_the_name() {
        let mut attempts = Attempts::default();
        let failed =
            (0..100).take_while(|n| attempts.begin(HERE, &format!("user{n}"), at(0)).is_ok()).count();
        assert_eq!(failed, 20);
        assert_eq!(attempts.begin(HERE, "other", at(0)), Err(Duration::from_secs(1)));
        assert!(attempts.begin(source(1), "other", at(0)).is_ok());
        assert!(attempts.begin(HERE, "other", at(3_601)).is_ok(), "after an hour in peace it is forgotten");
        assert!(attempts.begin(HERE, "another", at(3_601)).is_ok());
    }

    #[test]
    fn success_forgives_the_name_and_not_the_place() {
        let mut attempts = Attempts::default();
        for _ in 0..4 {
            attempts.begin(HERE, "anna", at(0)).unwrap();
        }
        attempts.begin(HERE, "anna", at(0)).unwrap();
        attempts.succeeded(HERE, "anna", at(0));
        for n in 0..16 {
            attempts.begin(HERE, if n < 5 { "anna" } else { "boris" }, at(0)).ok();
        }
        assert!(attempts.begin(source(1), "anna", at(0)).is_err());
        assert_eq!(attempts.sources[&HERE].count, 4 + 10);
    }

    #[test]
    fn who_guesses_elsewhere_keeps_nobody_out_where_they_have_logged_in_of_late() {
        let mut attempts = Attempts::default();
        attempts.begin(HERE, "anna", at(0)).unwrap();
        attempts.succeeded(HERE, "anna", at(0));
        for n in 0..16 {
            attempts.begin(source(n), "anna", at(n.into())).ok();
        }
        assert!(attempts.begin(source(20), "anna", at(16)).is_err());
        assert!(attempts.begin(HERE, "anna", at(16)).is_ok());
        let month = 31 * 86_400;
        for n in 0..16 {
            attempts.begin(source(n), "anna", at(month)).ok();
        }
        assert!(attempts.begin(HERE, "anna", at(month)).is_err(), "a home is not for ever");
    }

    #[test]
    fn memory_is_bounded_and_a_network_of_ipv6_is_one_place() {
        let mut attempts = Attempts::default();
        for n in 0..11_000_u32 {
            let address = IpAddr::from(Ipv6Addr::from_bits((u128::from(n) << 64) | (0x2001_0db8 << 96)));
            let name = format!("{n}{}", "x".repeat(1_000));
            // All of them within the hour: none is forgotten by itself.
            assert!(attempts.begin(address, &name, at((n / 10).into())).is_ok());
        }
        assert_eq!((attempts.sources.len(), attempts.names.len()), (REMEMBERED, REMEMBERED));
        assert!(attempts.names.keys().all(|name| name.len() <= NAME_MAX));
        let (one, other): (IpAddr, IpAddr) = ("2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap());
        assert_eq!(network(one), network(other));
        assert_ne!(network(one), network("2001:db8:0:1::1".parse().unwrap()));
    }
}
