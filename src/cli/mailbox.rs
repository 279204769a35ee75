//! `hovor mailbox`.

use clap::Args;
use serde_json::Value;

use super::noun::{Body, Noun, body, secret_line, settable};
use crate::store::{Greeting, Key, MailboxChange, NewMailbox, StoreError};

/// Mailboxes as commands know them.
pub const NOUN: Noun = Noun {
    one: "mailbox",
    many: "mailboxes",
    name: "name",
    columns: &[
        ("NAME", "name"),
        ("TENANT", "tenant"),
        ("NUMBER", "number"),
        ("USER", "user"),
        ("PIN", "has_pin"),
        ("GREETING", "greeting"),
        ("LONGEST", "max_message_ms"),
        ("LIMIT", "limit"),
        ("DAYS", "keep_days"),
        ("EMAIL", "email"),
    ],
};

/// Options of `hovor mailbox add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// The tenant in whose dialplans it is used
    #[arg(long)]
    tenant: Key,
    /// The operator whose it is
    #[arg(long, conflicts_with = "group", required_unless_present = "group")]
    user: Option<Key>,
    /// The group whose it is
    #[arg(long)]
    group: Option<Key>,
    /// Its name; that of its owner if left out
    #[arg(long)]
    name: Option<String>,
    /// The digits by which it is asked for on the phone, besides its owner's extension
    #[arg(long)]
    number: Option<String>,
    /// Read the PIN from standard input, on one line: 4 to 10 digits
    #[arg(long)]
    pin_stdin: bool,
    #[command(flatten)]
    settings: Settings,
}

/// Settings that `add` and `set` share.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// What a caller hears before the tone: default, own or none
    #[arg(long)]
    greeting: Option<String>,
    /// The longest message in seconds
    #[arg(long, value_name = "SECONDS")]
    max_message: Option<u32>,
    /// How many messages it holds
    #[arg(long)]
    limit: Option<u32>,
    /// Days after which a message goes by itself
    #[arg(long, value_name = "DAYS")]
    keep: Option<u32>,
    /// Where a mail goes for each message
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Whether the message itself is in the mail
    #[arg(long, value_name = "true|false")]
    email_sound: Option<bool>,
    /// Whether the message goes from the mailbox when it has gone out by mail
    #[arg(long, value_name = "true|false")]
    email_delete: Option<bool>,
}

impl Settings {
    fn greeting(&self) -> Result<Option<Greeting>, String> {
        let read = self.greeting.as_deref().map(str::parse::<Greeting>).transpose();
        read.map_err(|error: StoreError| error.to_string())
    }

    fn max_message_ms(&self) -> Option<u32> {
        self.max_message.map(|seconds| seconds.saturating_mul(1_000))
    }
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        body(NewMailbox {
            tenant: Some(self.tenant),
            name: self.name,
            user: self.user,
            group: self.group,
            number: self.number,
            pin: secret_line(self.pin_stdin)?,
            greeting: self.settings.greeting()?.unwrap_or_default(),
            max_message_ms: self.settings.max_message_ms(),
            limit: self.settings.limit,
            keep_days: self.settings.keep,
            email: self.settings.email,
            email_sound: self.settings.email_sound,
            email_delete: self.settings.email_delete,
        })
    }
}

/// Options of `hovor mailbox set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// A new name
    #[arg(long)]
    name: Option<String>,
    /// Other digits by which it is asked for on the phone
    #[arg(long, conflicts_with = "no_number")]
    number: Option<String>,
    /// No digits any more
    #[arg(long)]
    no_number: bool,
    /// Read a new PIN from standard input, on one line; a mailbox that wrong PINs have locked is open again
    #[arg(long, conflicts_with = "no_pin")]
    pin_stdin: bool,
    /// No PIN any more: nobody listens by phone
    #[arg(long)]
    no_pin: bool,
    /// Messages stay until somebody removes them
    #[arg(long, conflicts_with = "keep")]
    keep_always: bool,
    /// No mails any more
    #[arg(long, conflicts_with = "email")]
    no_email: bool,
    #[command(flatten)]
    settings: Settings,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        let pin = settable(secret_line(self.pin_stdin)?, self.no_pin);
        let keep_days = match (self.settings.keep, self.keep_always) {
            (_, true) => Some(None),
            (days, false) => days.map(Some),
        };
        body(MailboxChange {
            name: self.name,
            number: settable(self.number, self.no_number),
            pin,
            greeting: self.settings.greeting()?,
            max_message_ms: self.settings.max_message_ms(),
            limit: self.settings.limit,
            keep_days,
            email: settable(self.settings.email, self.no_email),
            email_sound: self.settings.email_sound,
            email_delete: self.settings.email_delete,
        })
    }
}
