//! What a request asks for.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::scan;

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident = $text:literal)*) => {
        /// The method of a request. Methods are case-sensitive, and anybody may define more (RFC 3261
        /// section 7.1).
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Method {
            $($(#[$doc])* $name,)*
            /// One that this program does not know.
            Other(String),
        }

        impl Method {
            /// All that have a variant of their own.
            pub const KNOWN: &[Method] = &[$(Method::$name),*];

            /// The method as it stands in a message.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Method::$name => $text,)*
                    Method::Other(text) => text,
                }
            }

            /// The method of this name; `None` if it is not a token.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Method::$name),)*
                    _ if scan::is_token(text) => Some(Method::Other(text.to_owned())),
                    _ => None,
                }
            }
        }
    };
}

methods! {
    /// Begins or changes a call (RFC 3261 section 13).
    Invite = "INVITE"
    /// Confirms the final response to an INVITE.
    Ack = "ACK"
    /// Ends a call (RFC 3261 section 15).
    Bye = "BYE"
    /// Takes back an INVITE that is not yet answered (RFC 3261 section 9).
    Cancel = "CANCEL"
    /// Asks what the peer can do (RFC 3261 section 11).
    Options = "OPTIONS"
    /// Says where a user can be reached (RFC 3261 section 10).
    Register = "REGISTER"
    /// Confirms a reliable provisional response (RFC 3262).
    Prack = "PRACK"
    /// Changes a session without a new INVITE (RFC 3311).
    Update = "UPDATE"
    /// Carries application data within a call (RFC 6086).
    Info = "INFO"
    /// Asks the peer to call somebody (RFC 3515).
    Refer = "REFER"
    /// Reports an event to a subscriber (RFC 6665).
    Notify = "NOTIFY"
    /// Asks for reports of an event (RFC 6665).
    Subscribe = "SUBSCRIBE"
    /// A text message (RFC 3428).
    Message = "MESSAGE"
    /// Publishes state of an event (RFC 3903).
    Publish = "PUBLISH"
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
