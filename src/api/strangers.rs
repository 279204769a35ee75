//! What strangers may ask of us, and how often: so many in an hour of one address, and so many of one widget.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::api::attempts::network;
use crate::id::DoorId;
use crate::time::UnixMs;

/// The time for which it is counted.
const HOUR: Duration = Duration::from_secs(3_600);
/// Addresses and widgets that are remembered at once.
const REMEMBERED: usize = 10_000;

/// How often something may be asked for in an hour.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// What is asked for; each is counted by itself.
    pub what: &'static str,
    /// From one address.
    pub of_address: u32,
    /// By one widget.
    pub of_widget: u32,
}

/// What was asked for in the last hour.
#[derive(Debug, Default)]
pub struct Strangers(Mutex<Asked>);

type Of<K> = BTreeMap<(&'static str, K), Vec<UnixMs>>;

#[derive(Debug, Default)]
struct Asked {
    addresses: Of<IpAddr>,
    widgets: Of<DoorId>,
}

impl Strangers {
    /// Whether somebody may ask at the moment `now`. It is not counted.
    ///
    /// # Errors
    /// How long to wait, where it was too often.
    pub fn may_ask(
        &self,
        terms: Terms,
        address: IpAddr,
        widget: DoorId,
        now: UnixMs,
    ) -> Result<(), Duration> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).may(terms, address, widget, now)
    }

    /// Somebody asks at the moment `now`.
    ///
    /// # Errors
    /// How long to wait, where it was too often.
    pub fn ask(&self, terms: Terms, address: IpAddr, widget: DoorId, now: UnixMs) -> Result<(), Duration> {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.may(terms, address, widget, now)?;
        note(&mut asked.addresses, (terms.what, network(address)), now)?;
        note(&mut asked.widgets, (terms.what, widget), now)
    }
}

impl Asked {
    fn may(&mut self, terms: Terms, address: IpAddr, widget: DoorId, now: UnixMs) -> Result<(), Duration> {
        let of_address = wait(&mut self.addresses, &(terms.what, network(address)), terms.of_address, now);
        let of_widget = wait(&mut self.widgets, &(terms.what, widget), terms.of_widget, now);
        let wait = of_address.max(of_widget);
        if wait.is_zero() { Ok(()) } else { Err(wait) }
    }
}

/// How long to wait until this may be once more.
fn wait<K: Ord>(book: &mut Of<K>, key: &(&'static str, K), most: u32, now: UnixMs) -> Duration {
    let Some(times) = book.get_mut(key) else { return Duration::ZERO };
    // A calendar that was set back keeps nobody out for longer than an hour.
    times.retain(|at| *at <= now && now < *at + HOUR);
    let count = u32::try_from(times.len()).unwrap_or(u32::MAX);
    let first = times.first().filter(|_| count >= most);
    first.map_or(Duration::ZERO, |first| {
        let age = u64::try_from(now.0.saturating_sub(first.0)).unwrap_or(0);
        HOUR.saturating_sub(Duration::from_millis(age)).max(Duration::from_secs(1))
    })
}

/// Where no more can be remembered nothing is given: else whoever has many addresses would be forgotten.
fn note<K: Ord>(book: &mut Of<K>, key: (&'static str, K), now: UnixMs) -> Result<(), Duration> {
    if book.len() >= REMEMBERED && !book.contains_key(&key) {
        book.retain(|_, times| times.last().is_some_and(|at| *at <= now && now < *at + HOUR));
        if book.len() >= REMEMBERED {
            return Err(Duration::from_secs(60));
        }
    }
    book.entry(key).or_default().push(now);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const TERMS: Terms = Terms { what: "call", of_address: 3, of_widget: 5 };
    const SHOP: DoorId = DoorId(Uuid::from_u128(1));

    fn at(seconds: i64) -> UnixMs {
        UnixMs(1_800_000_000_000 + seconds * 1_000)
    }

    fn from(n: u32) -> IpAddr {
        IpAddr::from(n.to_be_bytes())
    }

    #[test]
    fn an_address_may_so_often_in_an_hour_and_a_widget_too_whoever_asks() {
        let strangers = Strangers::default();
        let may = |n, now| strangers.ask(TERMS, from(n), SHOP, at(now)).is_ok();
        assert_eq!((0..5).map(|n| may(1, n)).collect::<Vec<_>>(), [true, true, true, false, false]);
        assert!(may(2, 10) && may(3, 10), "others may");
        assert!(!may(4, 10), "the widget has had five");
        let other = DoorId(Uuid::from_u128(2));
        assert!(strangers.ask(TERMS, from(4), other, at(10)).is_ok());
        assert!(strangers.ask(Terms { what: "other", ..TERMS }, from(1), SHOP, at(10)).is_ok());
        assert_eq!(strangers.ask(TERMS, from(1), SHOP, at(3_590)), Err(Duration::from_secs(10)));
        assert!(may(1, 3_600), "the first is an hour ago");
        assert!(!may(1, 3_600), "and the second is not");
    }

    #[test]
    fn memory_is_bounded_and_nobody_is_forgotten_within_the_hour() {
        let strangers = Strangers::default();
        let terms = Terms { of_widget: u32::MAX, ..TERMS };
        let took = (0..11_000).filter(|n| strangers.ask(terms, from(*n), SHOP, at(0)).is_ok()).count();
        assert_eq!(took, REMEMBERED);
        assert!(strangers.ask(terms, from(20_000), SHOP, at(3_601)).is_ok());
    }
}
