//! Mailboxes: where callers leave messages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::resource::resource;
use crate::store::{Greeting, Key, Mailbox, MailboxChange, MailboxOwner, NewMailbox};

/// A mailbox, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MailboxView {
    /// Its id.
    pub id: Uuid,
    /// Its name in dialplans, unique in the tenant.
    pub name: String,
    /// The tenant in whose dialplans it is used, by name.
    pub tenant: String,
    /// The digits by which it is asked for on the phone.
    pub number: Option<String>,
    /// The operator whose it is, by name.
    pub user: Option<String>,
    /// The id of the group whose it is.
    pub group: Option<Uuid>,
    /// Whether it has a PIN, and so can be listened to by phone.
    pub has_pin: bool,
    /// What a caller hears before the tone.
    pub greeting: Greeting,
    /// Whether its owner has recorded a greeting.
    pub own_greeting: bool,
    /// The longest message, in milliseconds.
    pub max_message_ms: u32,
    /// How many messages it holds.
    pub limit: u32,
    /// Days after which a message goes by itself.
    pub keep_days: Option<u32>,
    /// Where a mail goes for each message.
    pub email: Option<String>,
    /// Whether the message itself is in the mail.
    pub email_sound: bool,
    /// Whether the message goes from the mailbox when it has gone out by mail.
    pub email_delete: bool,
}

impl View<Mailbox> for MailboxView {
    fn of(row: Mailbox, names: &Names) -> Self {
        let (user, group) = match row.owner {
            MailboxOwner::User(user) => (Some(names.user(user)), None),
            MailboxOwner::Group(group) => (None, Some(group.0)),
        };
        Self {
            id: row.id.0,
            tenant: names.tenant(row.tenant),
            name: row.name,
            number: row.number,
            user,
            group,
            has_pin: row.pin_hash.is_some(),
            greeting: row.greeting,
            own_greeting: row.own_greeting,
            max_message_ms: row.max_message_ms,
            limit: row.limit,
            keep_days: row.keep_days,
            email: row.email,
            email_sound: row.email_sound,
            email_delete: row.email_delete,
        }
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

resource! {
    noun: "mailbox", nouns: "mailboxes", path: "/api/v1/mailboxes", item: "/api/v1/mailboxes/{key}",
    shows: MailboxView, made: MailboxView, new: NewMailbox, change: MailboxChange,
    store: mailboxes mailbox add_mailbox change_mailbox remove_mailbox
}
