//! The ids by which rooms refer to what another room owns.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entropy::Entropy;
use crate::time::UnixMs;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id (UUIDv7, RFC 9562 section 5.7), ordered by the time it was made.
            pub fn new(now: UnixMs, entropy: &mut Entropy) -> Self {
                let mut random = [0; 10];
                entropy.fill(&mut random);
                let ms = u64::try_from(now.0).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// The installation's owner.
    CompanyId
    /// A brand or department of a company, with numbers of its own.
    TenantId
    /// A telephone number that a tenant owns.
    NumberId
    /// A person with a login; an operator is a user who serves clients.
    UserId
    /// A SIP phone with a secret of its own.
    DeviceId
    /// Operators who serve one queue.
    GroupId
    /// A connection to a provider.
    TrunkId
    /// An address of a line other than a number, by which clients come in.
    DoorId
    /// What brings a client to the operator who made it.
    InvitationId
    /// A prefix of numbers that an administrator put into a class.
    DestinationId
    /// One contact of a client with the company.
    SessionId
    /// One party's connection to a session.
    LegId
    /// The place in the media engine where legs hear each other.
    RoomId
    /// Where callers leave messages for an operator or a group.
    MailboxId
    /// What a caller left in a mailbox.
    MessageId
    /// A mail; the same as that of the message of which it tells.
    MailId
    /// A promise to call a client back.
    CallbackId
    /// A recording of a session.
    RecordingId
    /// An access token of an administrator or a program.
    TokenId
    /// A user who has logged in with a browser.
    LoginId
    /// One event for one receiver.
    WebhookId
    /// A client whom the company knows.
    ContactId
    /// A colleague without an account, who is reached by telephone.
    ExternalContactId
    /// A word with which a tenant marks sessions.
    TagId
    /// What an operator wrote about a session.
    NoteId
    /// A message that a tenant has ready.
    TemplateId
    /// Calls of a client that nobody took. The same as that of the first session.
    MissedCallId
}
