//! `hovor external-contact`.

use clap::Args;
use serde_json::Value;

use super::noun::{Body, Noun, body};
use crate::store::{ExternalContactChange, Key, NewExternalContact};

/// External contacts as commands know them.
pub const NOUN: Noun = Noun {
    one: "external-contact",
    many: "external-contacts",
    name: "name",
    columns: &[
        ("NAME", "name"),
        ("TENANT", "tenant"),
        ("ORGANISATION", "organisation"),
        ("NUMBERS", "numbers"),
        ("NOTE", "note"),
    ],
};

/// Options of `hovor external-contact add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// The name for people, unique in the tenant
    name: String,
    /// The tenant whose operators may reach it
    #[arg(long)]
    tenant: Key,
    /// A telephone number in E.164 form; may be given several times, the first one is dialled
    #[arg(long = "number", required = true, value_name = "NUMBER")]
    numbers: Vec<String>,
    /// A company or a department
    #[arg(long)]
    organisation: Option<String>,
    /// What operators should know
    #[arg(long)]
    note: Option<String>,
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        let Self { name, tenant, numbers, organisation, note } = self;
        body(NewExternalContact { tenant: Some(tenant), name, organisation, numbers, note })
    }
}

/// Options of `hovor external-contact set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// Another name
    #[arg(long)]
    name: Option<String>,
    /// A number in place of all there were; may be given several times
    #[arg(long = "number", value_name = "NUMBER")]
    numbers: Vec<String>,
    /// Another company or department
    #[arg(long)]
    organisation: Option<String>,
    /// Another note
    #[arg(long)]
    note: Option<String>,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        let Self { name, numbers, organisation, note } = self;
        let numbers = (!numbers.is_empty()).then_some(numbers);
        body(ExternalContactChange { name, organisation, numbers, note })
    }
}
