//! `hovor number`.

use clap::Args;
use serde_json::Value;

use super::noun::{Body, Noun, body, settable};
use super::recording_rule::Recorded;
use crate::store::{Key, NewNumber, NumberChange};

/// Numbers as commands know them.
pub const NOUN: Noun = Noun {
    one: "number",
    many: "numbers",
    name: "number",
    columns: &[("NUMBER", "number"), ("SHORT", "short"), ("TENANT", "tenant"), ("LABEL", "label")],
};

/// Options of `hovor number add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// The number in E.164 form: +420200000100
    number: String,
    /// The tenant that owns it
    #[arg(long)]
    tenant: Key,
    /// A short form dialled inside: 100
    #[arg(long)]
    short: Option<String>,
    /// What it is for
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    recorded: Recorded,
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        let Self { number, tenant, short, label, recorded } = self;
        body(NewNumber { tenant, number, short, label, recording: recorded.rule().flatten() })
    }
}

/// Options of `hovor number set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// The tenant that takes it over
    #[arg(long)]
    tenant: Option<Key>,
    /// Another short form
    #[arg(long, conflicts_with = "no_short")]
    short: Option<String>,
    /// No short form any more
    #[arg(long)]
    no_short: bool,
    /// Another label
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    recorded: Recorded,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        let Self { tenant, short, no_short, label, recorded } = self;
        body(NumberChange { tenant, short: settable(short, no_short), label, recording: recorded.rule() })
    }
}
