//! `hovor tenant`.

use clap::Args;
use serde_json::Value;

use super::noun::{Body, Noun, body};
use crate::store::{NewTenant, TenantChange};

/// Tenants as commands know them.
pub const NOUN: Noun = Noun {
    one: "tenant",
    many: "tenants",
    name: "name",
    columns: &[("NAME", "name"), ("DISPLAY", "display"), ("LANGUAGE", "language"), ("TIMEZONE", "timezone")],
};

/// Options of `hovor tenant add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// Its name in dialplans and commands: `harbour`
    name: String,
    /// Its name for people: `Harbour`
    #[arg(long)]
    display: Option<String>,
    /// The language of its callers [default: en]
    #[arg(long)]
    language: Option<String>,
    /// The time zone of its opening hours, such as Europe/Prague [default: UTC]
    #[arg(long)]
    timezone: Option<String>,
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        let Self { name, display, language, timezone } = self;
        body(NewTenant { name, display, language, timezone })
    }
}

/// Options of `hovor tenant set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// A new name
    #[arg(long)]
    name: Option<String>,
    /// A new name for people
    #[arg(long)]
    display: Option<String>,
    /// Another language
    #[arg(long)]
    language: Option<String>,
    /// Another time zone
    #[arg(long)]
    timezone: Option<String>,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        let Self { name, display, language, timezone } = self;
        body(TenantChange { name, display, language, timezone })
    }
}
