//! Event packages: what can be subscribed to.

use serde::{Deserialize, Serialize};

use super::{Body, DialogName, DialogState, Messages, Presence, dialog_info, pidf, summary};
use crate::sip::endpoint::CallRef;
use crate::sip::uri::Uri;

/// What is subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Package {
    /// The calls of an extension (RFC 4235): the lamp beside a key.
    Dialog,
    /// Whether somebody is there (RFC 3856).
    Presence,
    /// The messages in a mailbox (RFC 3842).
    MessageSummary,
}

/// What a subscriber is told, always the whole of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventState {
    /// The calls that an extension has or just had; none if it is idle.
    Dialog(Vec<DialogState>),
    /// Whether it is there.
    Presence(Presence),
    /// What its mailbox holds.
    MessageSummary(Messages),
}

impl Package {
    /// All of them, as they stand in Allow-Events; `refer` needs no SUBSCRIBE.
    pub const ALLOWED: &str = "dialog, presence, message-summary, refer";

    /// The package of this name in an Event header.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "dialog" => Some(Self::Dialog),
            "presence" => Some(Self::Presence),
            "message-summary" => Some(Self::MessageSummary),
            _ => None,
        }
    }

    /// The name in an Event header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dialog => "dialog",
            Self::Presence => "presence",
            Self::MessageSummary => "message-summary",
        }
    }

    /// The kind of body that its NOTIFYs carry.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Dialog => "application/dialog-info+xml",
            Self::Presence => "application/pidf+xml",
            Self::MessageSummary => "application/simple-message-summary",
        }
    }
}

impl EventState {
    /// The package that it is of.
    pub const fn package(&self) -> Package {
        match self {
            Self::Dialog(_) => Package::Dialog,
            Self::Presence(_) => Package::Presence,
            Self::MessageSummary(_) => Package::MessageSummary,
        }
    }

    /// The body that tells it of `entity`. `name` knows the dialogs of our calls.
    pub fn body(&self, entity: &Uri, name: impl Fn(CallRef) -> Option<DialogName>) -> Body {
        match self {
            Self::Dialog(dialogs) => dialog_info::body(entity, dialogs, name),
            Self::Presence(presence) => Body::Plain(pidf::body(entity, presence)),
            Self::MessageSummary(messages) => Body::Plain(summary::body(entity, messages)),
        }
    }
}
