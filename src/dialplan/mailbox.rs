//! The words between a run and the switch about mailboxes and what is left in them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{MailboxId, MessageId};
use crate::time::UnixMs;

/// Which mailbox is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailboxName {
    /// That of the operator who calls from an own device.
    Own,
    /// The one of this name or number, or of the operator with this extension.
    Named(String),
}

/// What is known of a mailbox without asking the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxFacts {
    pub mailbox: MailboxId,
    /// What a caller hears before the tone.
    pub greeting: Greeting,
    /// It takes no more messages.
    pub is_full: bool,
    /// The longest message, in milliseconds.
    pub max_message_ms: u32,
    /// Its messages can be listened to by phone.
    pub has_pin: bool,
}

/// What a caller hears before the tone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Greeting {
    /// The house's prompt.
    #[default]
    Default,
    /// What the owner has recorded: its file.
    Own(String),
    /// Nothing.
    None,
}

/// What was typed to open a mailbox. It is shown nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin(pub String);

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// What came of opening a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Opened {
    /// The PIN is right. These are its messages: new ones first, of those the oldest first.
    Messages(Vec<MessageFacts>),
    /// The PIN is wrong.
    Wrong,
    /// Too many PINs were wrong; none is looked at for a while.
    Locked,
    /// It could not be opened.
    Failed,
}

/// A message as the run knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageFacts {
    pub message: MessageId,
    /// The caller's number; empty if withheld.
    pub caller: String,
    pub at: UnixMs,
    pub heard: bool,
    /// Its sound.
    pub file: String,
}

/// What is done with an open mailbox. Nothing is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailboxAct {
    /// The message was listened to.
    Heard(MessageId),
    /// The message goes.
    Delete(MessageId),
    /// What was recorded in this file is the greeting from now on; without one, the house's prompt is.
    Greeting(Option<String>),
}
