//! `hovor device`.

use clap::Args;
use serde_json::Value;

use super::noun::{Body, Noun, body, secret_line};
use crate::store::{DeviceChange, Key, NewDevice, Srtp, StoreError};

/// Devices as commands know them.
pub const NOUN: Noun = Noun {
    one: "device",
    many: "devices",
    name: "username",
    columns: &[
        ("USERNAME", "username"),
        ("USER", "user"),
        ("LABEL", "label"),
        ("REALM", "realm"),
        ("SRTP", "srtp"),
        ("KIND", "kind"),
    ],
};

/// Options of `hovor device add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// Whose phone it is
    user: Key,
    /// The SIP user name with which it registers [default: the user's extension]
    #[arg(long)]
    username: Option<String>,
    /// What it is: "desk phone"
    #[arg(long)]
    label: Option<String>,
    /// Read the secret from standard input, instead of generating a good one
    #[arg(long)]
    secret_stdin: bool,
    /// Whether its sound is protected (SRTP): off, optional or required [default: optional]
    #[arg(long, value_parser = srtp)]
    srtp: Option<Srtp>,
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        let Self { user, username, label, secret_stdin, srtp } = self;
        body(NewDevice { user, username, label, secret: secret_line(secret_stdin)?, srtp })
    }
}

/// Options of `hovor device set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// The user who takes it over
    #[arg(long)]
    user: Option<Key>,
    /// Another label
    #[arg(long)]
    label: Option<String>,
    /// Read a new secret from standard input
    #[arg(long)]
    secret_stdin: bool,
    /// Whether its sound is protected (SRTP): off, optional or required
    #[arg(long, value_parser = srtp)]
    srtp: Option<Srtp>,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        let Self { user, label, secret_stdin, srtp } = self;
        body(DeviceChange { user, label, secret: secret_line(secret_stdin)?, srtp })
    }
}

fn srtp(text: &str) -> Result<Srtp, String> {
    text.parse().map_err(|error: StoreError| error.to_string())
}
