//! `hovor token`.

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::noun::{Body, Noun, body, settable};
use crate::store::{Key, NewToken, Rank, TokenChange};
use crate::time::UnixMs;

/// Tokens as commands know them.
pub const NOUN: Noun = Noun {
    one: "token",
    many: "tokens",
    name: "name",
    columns: &[
        ("NAME", "name"),
        ("TENANT", "tenant"),
        ("ROLE", "role"),
        ("CREATED", "created_at"),
        ("EXPIRES", "expires_at"),
    ],
};

/// Options of `hovor token add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// Its name, by which it is taken back
    name: String,
    /// The only tenant that it opens [default: the whole company]
    #[arg(long)]
    tenant: Option<Key>,
    /// How much it allows there: operator, supervisor, tenant_admin, company_admin [default: the highest that there is]
    #[arg(long)]
    role: Option<Rank>,
    /// The day (UTC) on which it ceases to open anything [default: never]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    expires: Option<UnixMs>,
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        let Self { name, tenant, role, expires } = self;
        body(NewToken { name, tenant, role, expires_at: expires })
    }
}

/// Options of `hovor token set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// Another name
    #[arg(long)]
    name: Option<String>,
    /// Another role
    #[arg(long)]
    role: Option<Rank>,
    /// Another day on which it ceases to open anything
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day, conflicts_with = "no_expires")]
    expires: Option<UnixMs>,
    /// It never expires
    #[arg(long)]
    no_expires: bool,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        let Self { name, role, expires, no_expires } = self;
        body(TokenChange { name, role, expires_at: settable(expires, no_expires) })
    }
}

/// The beginning of a day in UTC.
fn day(text: &str) -> Result<UnixMs, String> {
    let date: Date = text.parse().map_err(|_| "write a day as 2030-12-31".to_owned())?;
    let begin = date.to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
    Ok(UnixMs(begin.timestamp().as_millisecond()))
}
