//! What the program remembers of a session.

use std::time::Duration;

use serde_json::Value;

use super::hovor::Hovor;
use super::wait_for;

/// One session, as `hovor sessions --json` tells it.
#[derive(Debug)]
pub struct Record(pub Value);

impl Record {
    pub fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_default()
    }

    pub fn seconds(&self, field: &str) -> f64 {
        self.0[field].as_f64().unwrap_or(f64::NAN) / 1000.0
    }

    pub fn has_ended(&self) -> bool {
        !self.0["ended_at"].is_null()
    }

    /// Whether the reasons of some routing decision hold all these words.
    pub fn explains(&self, words: &[&str]) -> bool {
        let told = self.0.to_string();
        words.iter().all(|word| told.contains(word))
    }
}

impl Hovor {
    /// The newest session of this caller, once it has ended and is written down.
    #[track_caller]
    pub fn record_of(&self, caller: &str) -> Record {
        let what = format!("the record of the session of {caller}");
        wait_for(&what, Duration::from_secs(10), || {
            self.records_of(caller).into_iter().find(Record::has_ended)
        })
    }

    /// All sessions of this caller, the newest first.
    #[track_caller]
    pub fn records_of(&self, caller: &str) -> Vec<Record> {
        self.sessions().into_iter().map(Record).filter(|record| record.text("from") == caller).collect()
    }
}
