//! The hearing table of one room, with its rows sorted out by the legs that are there.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Row;
use crate::id::LegId;

/// Who hears whom. Legs are named by their place in the room's list, so that a tick looks nothing up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    rows: BTreeSet<Row>,
    /// Rises with each change, of the rows or of the legs.
    version: u64,
    hears: Vec<Vec<usize>>,
    heard_by: Vec<Vec<usize>>,
}

impl Table {
    /// Puts other rows in the place of all there were. `legs` are the legs in the room, ascending.
    pub fn replace(&mut self, rows: BTreeSet<Row>, legs: &[LegId]) {
        self.rows = rows;
        self.settle(legs);
    }

    /// Whether it has no rows, not even sleeping ones.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Sorts the rows out anew, because legs came or went.
    pub fn settle(&mut self, legs: &[LegId]) {
        self.version += 1;
        self.hears = vec![vec![]; legs.len()];
        self.heard_by = vec![vec![]; legs.len()];
        for row in &self.rows {
            let (Ok(from), Ok(to)) = (legs.binary_search(&row.from), legs.binary_search(&row.to)) else {
                continue;
            };
            if let (Some(hears), Some(heard_by)) = (self.hears.get_mut(to), self.heard_by.get_mut(from)) {
                hears.push(from);
                heard_by.push(to);
            }
        }
    }

    /// Rises with each change, of the rows or of the legs.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Places of the legs that the leg at `place` hears, ascending.
    pub fn hears(&self, place: usize) -> &[usize] {
        self.hears.get(place).map_or(&[], Vec::as_slice)
    }

    /// Places of the legs that hear the leg at `place`, ascending.
    pub fn heard_by(&self, place: usize) -> &[usize] {
        self.heard_by.get(place).map_or(&[], Vec::as_slice)
    }

    /// The one leg that the leg at `place` hears, if that is heard by no other.
    pub fn pair(&self, place: usize) -> Option<usize> {
        let &[from] = self.hears(place) else { return None };
        (self.heard_by(from) == [place]).then_some(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::time::UnixMs;

    #[test]
    fn rows_of_legs_that_are_not_there_sleep() {
        let mut entropy = Entropy::from_number(1);
        let mut legs: Vec<LegId> = (0..3).map(|_| LegId::new(UnixMs(0), &mut entropy)).collect();
        legs.sort();
        let row = |from: usize, to: usize| Row { from: legs[from], to: legs[to] };
        let mut table = Table::default();
        table.replace([row(0, 1), row(1, 0), row(0, 2), row(2, 0)].into(), &legs[..2]);
        assert_eq!((table.hears(0), table.heard_by(0), table.hears(2)), (&[1][..], &[1][..], &[][..]));
        assert_eq!((table.pair(0), table.pair(1)), (Some(1), Some(0)));
        table.settle(&legs);
        assert_eq!((table.hears(0), table.hears(2)), (&[1, 2][..], &[0][..]));
        assert_eq!((table.pair(0), table.pair(1)), (None, None));
    }
}
