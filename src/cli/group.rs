//! `hovor group`.

use clap::Args;
use serde_json::Value;

use super::noun::{Body, Noun, body, settable};
use super::recording_rule::Recorded;
use crate::store::{GroupChange, Key, NewGroup, StoreError, Strategy};

/// Groups as commands know them.
pub const NOUN: Noun = Noun {
    one: "group",
    many: "groups",
    name: "name",
    columns: &[
        ("NAME", "name"),
        ("TENANT", "tenant"),
        ("STRATEGY", "strategy"),
        ("MEMBERS", "members"),
        ("OFFER", "offer_for_ms"),
        ("MISSES", "misses_allowed"),
        ("WORK", "after_call_work_ms"),
        ("LIMIT", "limit"),
        ("MAX-WAIT", "max_wait_ms"),
    ],
};

/// Options of `hovor group add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// Its name in dialplans, unique in the tenant: sales
    name: String,
    /// The tenant whose queue it serves
    #[arg(long)]
    tenant: Key,
    /// Its name for people
    #[arg(long)]
    display: Option<String>,
    /// How it offers: push, ring_all or pull
    #[arg(long, default_value = "push", value_parser = strategy)]
    strategy: Strategy,
    /// An operator; may be given several times, or several with commas
    #[arg(long = "member", value_name = "USER", value_delimiter = ',')]
    members: Vec<Key>,
    #[command(flatten)]
    times: Times,
    #[command(flatten)]
    recorded: Recorded,
}

/// Limits of a group.
#[derive(Args, Clone, Debug)]
struct Times {
    /// How long an offer stands [default: 15]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    offer_for: Option<u32>,
    /// Unanswered offers in a row after which an operator is set to not answering [default: 3]
    #[arg(long, value_name = "OFFERS")]
    misses_allowed: Option<u32>,
    /// Time to finish a session after its end [default: 0]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    after_call_work: Option<u32>,
    /// How many may wait [default: no limit]
    #[arg(long, value_name = "SESSIONS")]
    limit: Option<u32>,
    /// How long one may wait [default: for ever]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    max_wait: Option<u32>,
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        body(NewGroup {
            tenant: self.tenant,
            name: self.name,
            display: self.display,
            strategy: self.strategy,
            members: self.members,
            offer_for_ms: self.times.offer_for,
            misses_allowed: self.times.misses_allowed,
            after_call_work_ms: self.times.after_call_work,
            limit: self.times.limit,
            max_wait_ms: self.times.max_wait,
            recording: self.recorded.rule().flatten(),
        })
    }
}

/// Options of `hovor group set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// Another name
    #[arg(long)]
    name: Option<String>,
    /// Another name for people
    #[arg(long)]
    display: Option<String>,
    /// Another way to offer: push, ring_all or pull
    #[arg(long, value_parser = strategy)]
    strategy: Option<Strategy>,
    /// All members anew, with commas between; an empty text leaves none
    #[arg(long, value_name = "USER,USER,…")]
    members: Option<String>,
    #[command(flatten)]
    times: Times,
    #[command(flatten)]
    recorded: Recorded,
    /// Any number may wait
    #[arg(long, conflicts_with = "limit")]
    no_limit: bool,
    /// They may wait for ever
    #[arg(long, conflicts_with = "max_wait")]
    no_max_wait: bool,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        let names =
            |list: String| list.split(',').map(str::trim).filter(|n| !n.is_empty()).map(Key::from).collect();
        body(GroupChange {
            name: self.name,
            display: self.display,
            strategy: self.strategy,
            members: self.members.map(names),
            offer_for_ms: self.times.offer_for,
            misses_allowed: self.times.misses_allowed,
            after_call_work_ms: self.times.after_call_work,
            limit: settable(self.times.limit, self.no_limit),
            max_wait_ms: settable(self.times.max_wait, self.no_max_wait),
            recording: self.recorded.rule(),
        })
    }
}

fn strategy(text: &str) -> Result<Strategy, String> {
    text.parse().map_err(|error: StoreError| error.to_string())
}

/// Reads seconds, with a fraction if need be, and gives milliseconds.
fn seconds(text: &str) -> Result<u32, String> {
    match text.parse::<f64>() {
        // The bound makes the cast exact; the store has limits of its own.
        Ok(seconds) if (0.0..=1_000_000.0).contains(&seconds) => Ok((seconds * 1000.0).round() as u32),
        _ => Err("write seconds, for example 15 or 2.5".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_milliseconds() {
        assert_eq!((seconds("15"), seconds("2.5"), seconds("0")), (Ok(15_000), Ok(2_500), Ok(0)));
        for wrong in ["", "-1", "x", "NaN", "inf", "1e9"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
