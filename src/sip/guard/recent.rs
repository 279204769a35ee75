//! Something about each source, for as many sources as there is room: those heard of longest ago give way.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Source;
use crate::time::Time;

/// Something about each source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recent<V> {
    /// As pairs in a snapshot: a key of JSON is a text.
    #[serde(
        with = "as_pairs",
        bound(serialize = "V: Serialize + Clone", deserialize = "V: Deserialize<'de>")
    )]
    by_source: BTreeMap<Source, (Time, V)>,
    order: BTreeSet<(Time, Source)>,
    limit: usize,
}

impl<V: Default> Recent<V> {
    /// Nothing, about `limit` sources at most.
    pub fn new(limit: usize) -> Self {
        Self { by_source: BTreeMap::new(), order: BTreeSet::new(), limit: limit.max(1) }
    }

    /// What is known of a source.
    pub fn get(&self, source: Source) -> Option<&V> {
        self.by_source.get(&source).map(|(_, value)| value)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, source: Source) -> Option<&mut V> {
        self.by_source.get_mut(&source).map(|(_, value)| value)
    }

    /// A source is heard of. Gives what is known of it, and when it was heard of before (now, if never).
    pub fn touch(&mut self, source: Source, now: Time) -> (Time, &mut V) {
        if !self.by_source.contains_key(&source)
            && self.by_source.len() >= self.limit
            && let Some((_, stalest)) = self.order.pop_first()
        {
            self.by_source.remove(&stalest);
        }
        let (at, value) = self.by_source.entry(source).or_insert_with(|| (now, V::default()));
        let before = std::mem::replace(at, now);
        self.order.remove(&(before, source));
        self.order.insert((now, source));
        (before, value)
    }

    /// Forgets a source.
    pub fn remove(&mut self, source: Source) {
        if let Some((at, _)) = self.by_source.remove(&source) {
            self.order.remove(&(at, source));
        }
    }

    /// Forgets the stalest sources as long as `is_over` says so of them, and this one if it says so.
    pub fn forget(&mut self, source: Source, is_over: impl Fn(Time, &V) -> bool) {
        if self.by_source.get(&source).is_some_and(|(at, value)| is_over(*at, value)) {
            self.remove(source);
        }
        while let Some(&(at, source)) = self.order.first()
            && self.get(source).is_none_or(|value| is_over(at, value))
        {
            self.remove(source);
            self.order.remove(&(at, source));
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (Source, &V)> {
        self.by_source.iter().map(|(source, (_, value))| (*source, value))
    }

    /// How many there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.by_source.len()
    }
}

mod as_pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Source, Time};

    pub fn serialize<S: Serializer, V: Serialize + Clone>(
        map: &BTreeMap<Source, (Time, V)>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>, V: Deserialize<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Source, (Time, V)>, D::Error> {
        Ok(Vec::<(Source, (Time, V))>::deserialize(deserializer)?.into_iter().collect())
    }
}
