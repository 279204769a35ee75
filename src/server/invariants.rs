//! Law 10 in the running program: what must never be is looked for again and again, and what was found is remembered.

use std::collections::BTreeMap;
use std::time::Duration;

use tracing::error;

use super::core::Core;
use crate::switch::Violation;
use crate::time::Time;

/// The look takes no more than this share of the switch task's time, so that many sessions that end do not make it
/// the main work.
const SHARE: u32 = 100;

/// What was found so far.
#[derive(Clone, Debug, Default)]
pub struct Invariants {
    /// What stood at the last look.
    standing: Vec<Violation>,
    /// How often each kind began to stand, by its name.
    found: BTreeMap<&'static str, u64>,
    is_wanted: bool,
    not_before: Time,
}

impl Invariants {
    /// Something is over after which a fault would show: a session has ended, a second has passed.
    pub fn want_a_look(&mut self) {
        self.is_wanted = true;
    }

    /// Whether to look now.
    pub fn is_due(&self, now: Time) -> bool {
        self.is_wanted && now >= self.not_before
    }

    /// This stands at `now`, and it took so long to find out. Gives what did not stand before.
    pub fn looked(&mut self, standing: Vec<Violation>, took: Duration, now: Time) -> Vec<Violation> {
        let is_new = |violation: &&Violation| !self.standing.contains(violation);
        let new: Vec<Violation> = standing.iter().filter(is_new).cloned().collect();
        for violation in &new {
            *self.found.entry(violation.name()).or_default() += 1;
        }
        (self.standing, self.is_wanted, self.not_before) = (standing, false, now + took * SHARE);
        new
    }

    /// What stood at the last look.
    pub fn standing(&self) -> &[Violation] {
        &self.standing
    }

    /// How often this kind was found since the start. What came and went between two looks is not in it.
    pub fn found(&self, name: &str) -> u64 {
        self.found.get(name).copied().unwrap_or(0)
    }
}

impl Core {
    /// Looks whether all is as it must be, when that is due. To be called when the machines have nothing more to say.
    pub(super) fn watch_the_invariants(&mut self) {
        if self.invariants.is_due(self.clock.now()) {
            self.look_at_the_invariants();
        }
    }

    /// Looks now.
    pub(super) fn look_at_the_invariants(&mut self) {
        let begun = self.clock.now();
        let standing = self.switch.invariants();
        let now = self.clock.now();
        for violation in self.invariants.looked(standing, now.since(begun), now) {
            if self.troubles.take(now).is_some() {
                error!(%violation, "an invariant does not hold: a fault of hovor; please report it with this log");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::dialplans::standing::Standing;
    use crate::server::figures::Snapshot;
    use crate::server::metrics::{Rest, render};
    use crate::switch::planted::switch_with;

    fn rendered(invariants: &Invariants) -> String {
        let snapshot = Snapshot { invariants: invariants.clone(), ..Snapshot::default() };
        render(&snapshot, &Standing::default(), &Rest::default())
    }

    /// The names of the rows of this metric that are not zero.
    fn moved<'a>(text: &'a str, metric: &str) -> Vec<&'a str> {
        let rows = text.lines().filter(|line| line.starts_with(&format!("{metric}{{")));
        let rows: Vec<_> = rows.map(|row| row.rsplit_once(' ').unwrap()).collect();
        assert_eq!(rows.len(), Violation::names().count(), "one row each, before anything goes wrong");
        let name = |row: &'a str| row.split('"').nth(1).unwrap();
        rows.into_iter().filter(|(_, value)| *value != "0").map(|(row, _)| name(row)).collect()
    }

    #[test]
    fn a_planted_violation_moves_the_live_counter_of_its_name_and_is_not_forgotten() {
        let (now, took) = (Time::from_secs(1), Duration::from_micros(50));
        for name in Violation::names() {
            let (switch, mut invariants) = (switch_with(name), Invariants::default());
            invariants.looked(switch.invariants(), took, now);
            let text = rendered(&invariants);
            assert!(moved(&text, "hovor_invariant_violations").contains(&name), "{name}: {text}");
            assert!(moved(&text, "hovor_invariant_violations_total").contains(&name), "{name}: {text}");
            invariants.looked(vec![], took, now);
            let text = rendered(&invariants);
            assert!(moved(&text, "hovor_invariant_violations").is_empty(), "{name}: {text}");
            assert!(moved(&text, "hovor_invariant_violations_total").contains(&name), "{name}: {text}");
        }
    }

    #[test]
    fn what_goes_on_standing_is_counted_and_told_once() {
        let (now, took) = (Time::from_secs(1), Duration::ZERO);
        let (switch, mut invariants) = (switch_with("orphan_leg"), Invariants::default());
        let looks = [(); 3].map(|()| invariants.looked(switch.invariants(), took, now).len());
        assert_eq!((looks, invariants.found("orphan_leg")), ([1, 0, 0], 1));
        invariants.looked(vec![], took, now);
        assert_eq!(invariants.looked(switch.invariants(), took, now).len(), 1);
        assert_eq!(invariants.found("orphan_leg"), 2);
    }

    #[test]
    fn a_look_that_takes_long_is_not_repeated_soon() {
        let mut invariants = Invariants::default();
        assert!(!invariants.is_due(Time::from_secs(1)), "nothing has happened");
        invariants.want_a_look();
        assert!(invariants.is_due(Time::from_secs(1)));
        invariants.looked(vec![], Duration::from_millis(2), Time::from_secs(1));
        invariants.want_a_look();
        assert!(!invariants.is_due(Time::from_millis(1_199)));
        assert!(invariants.is_due(Time::from_millis(1_200)));
    }
}
