//! `hovor destination`.

use clap::Args;
use serde_json::Value;

use super::noun::{Body, Noun, body};
use crate::e164::Class;
use crate::store::{DestinationChange, NewDestination};

/// Destinations as commands know them.
pub const NOUN: Noun = Noun {
    one: "destination",
    many: "destinations",
    name: "prefix",
    columns: &[("PREFIX", "prefix"), ("CLASS", "class"), ("LABEL", "label")],
};

/// Options of `hovor destination add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// The beginning of the numbers: +420900
    prefix: String,
    /// local, national, mobile, international or premium
    class: Class,
    /// What it is
    #[arg(long)]
    label: Option<String>,
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        let Self { prefix, class, label } = self;
        body(NewDestination { prefix, class, label })
    }
}

/// Options of `hovor destination set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// Another class
    #[arg(long)]
    class: Option<Class>,
    /// Another label
    #[arg(long)]
    label: Option<String>,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        let Self { class, label } = self;
        body(DestinationChange { class, label })
    }
}
