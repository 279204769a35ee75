//! What is remembered: one file a noun, and the trait [`Store`] with its two databases.
//!
//! [`open`] gives a store on SQLite (embedded, the default) or PostgreSQL. Every method takes a
//! [`Scope`]; what lies outside it does not exist for the caller. The rows of configuration
//! (tenants, numbers, users, devices, groups, trunks) are read in one piece as a [`Directory`];
//! sessions, their events and registrations are written in batches, each batch one transaction.

mod call_settings;
mod callback;
mod channel;
mod company;
mod contact;
mod contact_client;
mod contact_merge;
pub mod demo;
mod destination;
mod device;
mod directory;
mod error;
mod event;
mod external_contact;
mod field;
mod group;
mod invitation;
mod key;
mod login;
mod mail;
mod mailbox;
mod message;
mod missed_call;
mod number;
mod rank;
mod record;
mod recording;
mod registration;
mod scope;
pub mod secret;
mod session;
mod session_work;
mod sql;
mod srtp;
mod status;
mod switch;
mod tag;
mod template;
mod tenant;
mod token;
mod trunk;
mod trunk_settings;
mod user;
mod webhook;
mod widget;

use std::sync::Arc;

use async_trait::async_trait;

pub use crate::queue::Capacity;
pub use call_settings::CallSettings;
pub use channel::ChannelSwitch;
pub use company::{Company, DEFAULT_REALM};
pub use contact::{Contact, ContactChange, ContactFilter, Entry, Identifier, Merged, NewContact};
pub use contact_client::{Chosen, ClientChange, Connection, SessionClient};
pub use destination::{Destination, DestinationChange, NewDestination};
pub use device::{Device, DeviceChange, DeviceKind, DeviceMade, NewDevice};
pub use directory::Directory;
pub use error::StoreError;
pub use event::{BODY_MAX, SessionEvent, Written};
pub use external_contact::{
    ExternalContact, ExternalContactChange, ExternalContactFilter, NewExternalContact,
};
pub use group::{Group, GroupChange, NewGroup, Strategy};
pub use invitation::{Invitation, InvitationKind, InvitationState, NewInvitation, Shown};
pub use key::Key;
pub use login::{LOGINS_MAX, Login, LoginMade};
pub use mail::{MAILS_WAITING_MAX, Mail, MailAbout, MailState};
pub use mailbox::{Greeting, Mailbox, MailboxChange, MailboxOwner, NewMailbox, PinCheck};
pub use message::{Message, MessageCount, MessageFilter};
pub use missed_call::{MissedCall, MissedFilter, MissedState};
pub use number::{NewNumber, Number, NumberChange};
pub use rank::Rank;
pub use recording::{Recording, RecordingBegins, RecordingLayout, RecordingMode, RecordingRule};
pub use registration::Registration;
pub use scope::{Owner, Scope, Tenants};
pub use session::{Page, Session, SessionDirection, SessionFilter, SessionKind};
pub use session_work::{Note, SessionTag, SessionWork, TagBy, WorkChange, folded};
pub use srtp::Srtp;
pub use status::{OperatorStatus, Presence};
pub use switch::Switch;
pub use tag::{Colour, NewTag, Tag, TagChange};
pub use template::{NewTemplate, Template, TemplateChange};
pub use tenant::{NewTenant, Tenant, TenantChange, WITHHELD};
pub use token::{NewToken, Token, TokenChange, TokenMade};
pub use trunk::{NewTrunk, Transport, Trunk, TrunkChange};
pub use trunk_settings::{FromUser, IdentityHeader, NumberFormat, TrunkSettings};
pub use user::{NewUser, Role, User, UserChange};
pub use webhook::{WAITING_MAX, Webhook, WebhookState};
pub use widget::{
    Asked, Consent, EntryForm, NewWidget, Offered, OfflineForm, Position, Widget, WidgetChange,
    WidgetSettings,
};

use crate::id::{
    CallbackId, ContactId, DeviceId, DoorId, InvitationId, LoginId, MailboxId, MessageId, MissedCallId,
    RecordingId, SessionId, TagId, TemplateId, TenantId, UserId, WebhookId,
};
use crate::switch::callback::Callback;
pub use crate::switch::services::{Service, Services};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Opens the store at `url` and brings its tables up to date.
///
/// `sqlite:PATH` creates file and folder where they are missing, readable by their owner alone;
/// `postgres://USER:PASSWORD@HOST/DATABASE` names a database that exists.
///
/// # Errors
/// [`StoreError::Invalid`] when the URL names neither, [`StoreError::Unavailable`] when the
/// database cannot be opened or migrated.
pub async fn open(url: &str) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(sql::SqlStore::open(url).await?))
}

/// What is remembered. All methods but the first three work within a [`Scope`].
///
/// Errors are the same everywhere: [`StoreError::NotFound`] for a row that does not exist within
/// the scope, [`StoreError::Invalid`] and [`StoreError::Conflict`] for values that cannot be,
/// [`StoreError::Forbidden`] for a change of what the scope does not wholly contain, and
/// [`StoreError::Unavailable`] for a database that does not answer.
#[async_trait]
pub trait Store: Send + Sync {
    /// All companies of the installation; before `hovor init` there is none.
    async fn companies(&self) -> Result<Vec<Company>>;
    /// Sets a company up.
    async fn add_company(&self, name: &str, realm: &str) -> Result<Company>;
    /// Whether the database answers, for the health check.
    async fn ping(&self) -> Result<()>;
    /// Writes out what is pending and closes all connections.
    async fn close(&self);

    /// The whole configuration, read in one transaction.
    async fn directory(&self, scope: &Scope) -> Result<Directory>;

    /// All tenants, by name.
    async fn tenants(&self, scope: &Scope) -> Result<Vec<Tenant>>;
    /// One tenant.
    async fn tenant(&self, scope: &Scope, key: &Key) -> Result<Tenant>;
    /// Makes a tenant.
    async fn add_tenant(&self, scope: &Scope, new: NewTenant) -> Result<Tenant>;
    /// Changes a tenant and gives it as it is then.
    async fn change_tenant(&self, scope: &Scope, key: &Key, change: TenantChange) -> Result<Tenant>;
    /// Removes a tenant that owns nothing any more.
    async fn remove_tenant(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// All numbers, by number.
    async fn numbers(&self, scope: &Scope) -> Result<Vec<Number>>;
    /// One number, by id, E.164 or short form.
    async fn number(&self, scope: &Scope, key: &Key) -> Result<Number>;
    /// Gives a tenant a number.
    async fn add_number(&self, scope: &Scope, new: NewNumber) -> Result<Number>;
    /// Changes a number and gives it as it is then.
    async fn change_number(&self, scope: &Scope, key: &Key, change: NumberChange) -> Result<Number>;
    /// Removes a number.
    async fn remove_number(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// All users, by name.
    async fn users(&self, scope: &Scope) -> Result<Vec<User>>;
    /// One user.
    async fn user(&self, scope: &Scope, key: &Key) -> Result<User>;
    /// Makes a user. A password is hashed on a thread where it holds nothing up.
    async fn add_user(&self, scope: &Scope, new: NewUser) -> Result<User>;
    /// Changes a user and gives it as it is then. Another password ends all logins.
    async fn change_user(&self, scope: &Scope, key: &Key, change: UserChange) -> Result<User>;
    /// Removes a user with their devices, memberships and status.
    async fn remove_user(&self, scope: &Scope, key: &Key) -> Result<()>;
    /// Checks a login: the user if the password is right.
    async fn check_password(&self, scope: &Scope, name: &str, password: &str) -> Result<Option<User>>;

    /// Logs a user in whose password was just checked. Ends what has to end: logins that are over, and of this user
    /// those beyond [`LOGINS_MAX`].
    async fn add_login(&self, scope: &Scope, user: &User, now: UnixMs) -> Result<LoginMade>;
    /// The login with this secret and its user, if it is not over.
    async fn login_by_secret(
        &self,
        scope: &Scope,
        secret: &str,
        now: UnixMs,
    ) -> Result<Option<(Login, User)>>;
    /// Writes down that a login is used.
    async fn note_login(&self, scope: &Scope, id: LoginId, now: UnixMs) -> Result<()>;
    /// Ends a login. One that is over already is no error.
    async fn remove_login(&self, scope: &Scope, id: LoginId) -> Result<()>;

    /// All devices, by SIP user name.
    async fn devices(&self, scope: &Scope) -> Result<Vec<Device>>;
    /// One device, by id or SIP user name.
    async fn device(&self, scope: &Scope, key: &Key) -> Result<Device>;
    /// Makes a device; its secret is given back this once.
    async fn add_device(&self, scope: &Scope, new: NewDevice) -> Result<DeviceMade>;
    /// Changes a device and gives it as it is then.
    async fn change_device(&self, scope: &Scope, key: &Key, change: DeviceChange) -> Result<Device>;
    /// Removes a device and its bindings.
    async fn remove_device(&self, scope: &Scope, key: &Key) -> Result<()>;
    /// Lends the browser of a login a phone for a while, the same one each time with another secret.
    async fn lend_device(&self, scope: &Scope, login: &Login, now: UnixMs) -> Result<DeviceMade>;
    /// Removes phones in browsers whose time is over, and logins whose time is; gives how many phones.
    async fn take_back_devices(&self, scope: &Scope, now: UnixMs) -> Result<u64>;

    /// All groups, by name.
    async fn groups(&self, scope: &Scope) -> Result<Vec<Group>>;
    /// One group. A name that several tenants use needs a narrowed scope, or the id.
    async fn group(&self, scope: &Scope, key: &Key) -> Result<Group>;
    /// Makes a group.
    async fn add_group(&self, scope: &Scope, new: NewGroup) -> Result<Group>;
    /// Changes a group and gives it as it is then.
    async fn change_group(&self, scope: &Scope, key: &Key, change: GroupChange) -> Result<Group>;
    /// Removes a group.
    async fn remove_group(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// All widgets, by name.
    async fn widgets(&self, scope: &Scope) -> Result<Vec<Widget>>;
    /// One widget. A name that several tenants use needs a narrowed scope, or the id.
    async fn widget(&self, scope: &Scope, key: &Key) -> Result<Widget>;
    /// Makes a widget.
    async fn add_widget(&self, scope: &Scope, new: NewWidget) -> Result<Widget>;
    /// Changes a widget and gives it as it is then.
    async fn change_widget(&self, scope: &Scope, key: &Key, change: WidgetChange) -> Result<Widget>;
    /// Removes a widget. Chats that go on do.
    async fn remove_widget(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// Invitations, newest first, at most 1,000; those of one operator alone, if one is named.
    async fn invitations(&self, scope: &Scope, operator: Option<UserId>) -> Result<Vec<Invitation>>;
    /// One invitation.
    async fn invitation(&self, scope: &Scope, id: InvitationId) -> Result<Invitation>;
    /// Makes an invitation; what its address holds is given back this once.
    async fn add_invitation(
        &self,
        scope: &Scope,
        new: NewInvitation,
        now: UnixMs,
    ) -> Result<(Invitation, String)>;
    /// Takes an invitation back, and gives it as it is then.
    async fn revoke_invitation(&self, scope: &Scope, id: InvitationId, now: UnixMs) -> Result<Invitation>;
    /// The invitation that a client shows to this widget. A code that ended more than 30 days ago is none any more.
    async fn invitation_shown(
        &self,
        scope: &Scope,
        widget: DoorId,
        shown: Shown<'_>,
        now: UnixMs,
    ) -> Result<Option<Invitation>>;
    /// A session begins by an invitation: it is counted if that may be. Gives what the invitation was before.
    async fn spend_invitation(&self, scope: &Scope, id: InvitationId, now: UnixMs)
    -> Result<InvitationState>;

    /// All mailboxes, by name.
    async fn mailboxes(&self, scope: &Scope) -> Result<Vec<Mailbox>>;
    /// One mailbox, by id, name or number.
    async fn mailbox(&self, scope: &Scope, key: &Key) -> Result<Mailbox>;
    /// Makes a mailbox. A PIN is hashed on a thread where it holds nothing up.
    async fn add_mailbox(&self, scope: &Scope, new: NewMailbox) -> Result<Mailbox>;
    /// Changes a mailbox and gives it as it is then.
    async fn change_mailbox(&self, scope: &Scope, key: &Key, change: MailboxChange) -> Result<Mailbox>;
    /// Removes a mailbox with its messages.
    async fn remove_mailbox(&self, scope: &Scope, key: &Key) -> Result<()>;
    /// Whether there is a greeting that the owner has recorded.
    async fn set_own_greeting(&self, scope: &Scope, mailbox: MailboxId, own: bool) -> Result<Mailbox>;
    /// Checks a PIN. After five wrong ones in a row the mailbox is locked for a minute, and twice as
    /// long after each further one, up to an hour.
    async fn check_pin(&self, scope: &Scope, mailbox: MailboxId, pin: &str, now: UnixMs) -> Result<PinCheck>;

    /// Keeps a message, and a mail that tells of it where the mailbox has an address. One that is kept already stays
    /// as it is.
    async fn add_message(&self, scope: &Scope, message: &Message) -> Result<()>;
    /// Messages, newest first; ten thousand at most.
    async fn messages(&self, scope: &Scope, filter: &MessageFilter) -> Result<Vec<Message>>;
    /// One message.
    async fn message(&self, scope: &Scope, id: MessageId) -> Result<Message>;
    /// Notes whether a message was listened to, and gives it as it is then.
    async fn set_heard(&self, scope: &Scope, id: MessageId, heard: bool) -> Result<Message>;
    /// Removes a message.
    async fn remove_message(&self, scope: &Scope, id: MessageId) -> Result<()>;
    /// Removes messages that are older than their mailboxes keep them; gives which.
    async fn remove_old_messages(&self, scope: &Scope, now: UnixMs) -> Result<Vec<MessageId>>;
    /// How many messages each mailbox holds that holds any.
    async fn message_counts(&self, scope: &Scope) -> Result<Vec<MessageCount>>;

    /// Mails that wait, those that are due first at the front.
    async fn next_mails(&self, scope: &Scope, limit: u32) -> Result<Vec<Mail>>;
    /// How many mails wait.
    async fn waiting_mails(&self, scope: &Scope) -> Result<u64>;
    /// Writes what has become of these mails, in one transaction.
    async fn put_mails(&self, scope: &Scope, mails: &[Mail]) -> Result<()>;
    /// Removes mails of before this moment that wait no longer; gives how many.
    async fn remove_mails(&self, scope: &Scope, before: UnixMs) -> Result<u64>;

    /// External contacts, by name.
    async fn external_contacts(
        &self,
        scope: &Scope,
        filter: &ExternalContactFilter,
    ) -> Result<Vec<ExternalContact>>;
    /// One external contact.
    async fn external_contact(&self, scope: &Scope, key: &Key) -> Result<ExternalContact>;
    /// Makes an external contact.
    async fn add_external_contact(&self, scope: &Scope, new: NewExternalContact) -> Result<ExternalContact>;
    /// Changes an external contact and gives it as it is then.
    async fn change_external_contact(
        &self,
        scope: &Scope,
        key: &Key,
        change: ExternalContactChange,
    ) -> Result<ExternalContact>;
    /// Removes an external contact.
    async fn remove_external_contact(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// Contacts, by name.
    async fn contacts(&self, scope: &Scope, filter: &ContactFilter) -> Result<Vec<Contact>>;
    /// One contact.
    async fn contact(&self, scope: &Scope, id: ContactId) -> Result<Contact>;
    /// Makes a contact.
    async fn add_contact(&self, scope: &Scope, new: NewContact) -> Result<Contact>;
    /// Changes a contact and gives it as it is then.
    async fn change_contact(&self, scope: &Scope, id: ContactId, change: ContactChange) -> Result<Contact>;
    /// Removes a contact, what was merged into it, and its connection with sessions.
    async fn remove_contact(&self, scope: &Scope, id: ContactId) -> Result<()>;
    /// Makes `other` a part of the contact, with its sessions; gives the contact as it is then.
    async fn merge_contacts(&self, scope: &Scope, id: ContactId, other: ContactId) -> Result<Contact>;
    /// Parts them again: both are as before, and what was added since stays with the contact.
    async fn undo_merge(&self, scope: &Scope, id: ContactId, other: ContactId) -> Result<Contact>;
    /// Contacts of a tenant who may be this client, in no order; a few hundred at most.
    async fn contacts_like(
        &self,
        scope: &Scope,
        tenant: TenantId,
        client: &crate::matching::Client,
    ) -> Result<Vec<Contact>>;
    /// What was taken down of the client of a session; nothing was if it has the usual value.
    async fn session_client(&self, scope: &Scope, session: SessionId) -> Result<SessionClient>;
    /// Takes down something of the client of a session of this tenant, and gives it as it is then.
    async fn change_session_client(
        &self,
        scope: &Scope,
        session: SessionId,
        tenant: Option<TenantId>,
        change: ClientChange,
    ) -> Result<SessionClient>;

    /// What was taken down about a session, besides what its events tell.
    async fn session_work(&self, scope: &Scope, session: SessionId) -> Result<SessionWork>;
    /// Takes down something about a session of this tenant, and gives all that was taken down.
    async fn change_session_work(
        &self,
        scope: &Scope,
        session: SessionId,
        tenant: Option<TenantId>,
        change: WorkChange,
    ) -> Result<SessionWork>;

    /// The catalogue of tags, by name.
    async fn tags(&self, scope: &Scope) -> Result<Vec<Tag>>;
    /// One tag.
    async fn tag(&self, scope: &Scope, id: TagId) -> Result<Tag>;
    /// Adds a tag to the catalogue.
    async fn add_tag(&self, scope: &Scope, new: NewTag) -> Result<Tag>;
    /// Changes a tag and gives it as it is then.
    async fn change_tag(&self, scope: &Scope, id: TagId, change: TagChange) -> Result<Tag>;
    /// Removes a tag from the catalogue; sessions keep the word.
    async fn remove_tag(&self, scope: &Scope, id: TagId) -> Result<()>;
    /// The words that this operator has set most often for a tenant, the most frequent first.
    async fn tags_used(&self, scope: &Scope, tenant: TenantId, by: UserId, limit: u32)
    -> Result<Vec<String>>;

    /// Templates that contain these words, by shortcut, with the stars of this user.
    async fn templates(
        &self,
        scope: &Scope,
        user: Option<UserId>,
        text: Option<&str>,
    ) -> Result<Vec<Template>>;
    /// One template, with the star of this user.
    async fn template(&self, scope: &Scope, user: Option<UserId>, id: TemplateId) -> Result<Template>;
    /// Makes a template.
    async fn add_template(&self, scope: &Scope, new: NewTemplate) -> Result<Template>;
    /// Changes a template and gives it as it is then, without a star.
    async fn change_template(
        &self,
        scope: &Scope,
        id: TemplateId,
        change: TemplateChange,
    ) -> Result<Template>;
    /// Removes a template.
    async fn remove_template(&self, scope: &Scope, id: TemplateId) -> Result<()>;
    /// Marks a template for this user, or takes the mark off.
    async fn star_template(
        &self,
        scope: &Scope,
        user: UserId,
        id: TemplateId,
        starred: bool,
    ) -> Result<Template>;

    /// Calls that nobody took, newest first. They are taken down, and closed, as sessions are remembered.
    async fn missed_calls(&self, scope: &Scope, filter: &MissedFilter) -> Result<Vec<MissedCall>>;
    /// One of them.
    async fn missed_call(&self, scope: &Scope, id: MissedCallId) -> Result<MissedCall>;
    /// Takes down that an open one needs no call, and gives it as it is then.
    async fn dismiss_missed_call(
        &self,
        scope: &Scope,
        id: MissedCallId,
        by: Option<UserId>,
        now: UnixMs,
    ) -> Result<MissedCall>;

    /// Keeps a recording. One that is kept already stays as it is.
    async fn add_recording(&self, scope: &Scope, recording: &Recording) -> Result<()>;
    /// The recordings of a session, in the order in which they began.
    async fn recordings(&self, scope: &Scope, session: SessionId) -> Result<Vec<Recording>>;
    /// One recording.
    async fn recording(&self, scope: &Scope, id: RecordingId) -> Result<Recording>;
    /// Removes a recording; gives it as it was.
    async fn remove_recording(&self, scope: &Scope, id: RecordingId) -> Result<Recording>;
    /// Removes recordings that are older than their rules keep them, ten thousand at most; gives which.
    async fn remove_old_recordings(&self, scope: &Scope, now: UnixMs) -> Result<Vec<Recording>>;

    /// All trunks, by name.
    async fn trunks(&self, scope: &Scope) -> Result<Vec<Trunk>>;
    /// One trunk.
    async fn trunk(&self, scope: &Scope, key: &Key) -> Result<Trunk>;
    /// Makes a trunk.
    async fn add_trunk(&self, scope: &Scope, new: NewTrunk) -> Result<Trunk>;
    /// Changes a trunk and gives it as it is then.
    async fn change_trunk(&self, scope: &Scope, key: &Key, change: TrunkChange) -> Result<Trunk>;
    /// Removes a trunk.
    async fn remove_trunk(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// All destinations, by prefix.
    async fn destinations(&self, scope: &Scope) -> Result<Vec<Destination>>;
    /// One destination, by id or prefix.
    async fn destination(&self, scope: &Scope, key: &Key) -> Result<Destination>;
    /// Puts a prefix into a class.
    async fn add_destination(&self, scope: &Scope, new: NewDestination) -> Result<Destination>;
    /// Changes a destination and gives it as it is then.
    async fn change_destination(
        &self,
        scope: &Scope,
        key: &Key,
        change: DestinationChange,
    ) -> Result<Destination>;
    /// Removes a destination: its numbers are of the class that is known of them.
    async fn remove_destination(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// All tokens, by name.
    async fn tokens(&self, scope: &Scope) -> Result<Vec<Token>>;
    /// One token.
    async fn token(&self, scope: &Scope, key: &Key) -> Result<Token>;
    /// The token with this secret, if there is one (it may have expired).
    async fn token_by_secret(&self, scope: &Scope, secret: &str) -> Result<Option<Token>>;
    /// Makes a token; its secret is given back this once.
    async fn add_token(&self, scope: &Scope, new: NewToken) -> Result<TokenMade>;
    /// Changes a token and gives it as it is then.
    async fn change_token(&self, scope: &Scope, key: &Key, change: TokenChange) -> Result<Token>;
    /// Takes a token back.
    async fn remove_token(&self, scope: &Scope, key: &Key) -> Result<()>;

    /// Writes these sessions, new or changed, and appends these events, all in one transaction: a record and what it adds
    /// up to are never apart. See [`SessionEvent`] for the numbering.
    async fn remember(&self, scope: &Scope, sessions: &[Session], events: &[SessionEvent]) -> Result<()>;
    /// Writes these sessions, new or changed, in one transaction.
    async fn put_sessions(&self, scope: &Scope, sessions: &[Session]) -> Result<()>;
    /// Sessions, newest first.
    async fn sessions(&self, scope: &Scope, filter: &SessionFilter, page: Page) -> Result<Vec<Session>>;
    /// One session.
    async fn session(&self, scope: &Scope, id: SessionId) -> Result<Session>;

    /// Appends events in one transaction: all or none. See [`SessionEvent`] for the numbering.
    async fn append(&self, scope: &Scope, events: &[SessionEvent]) -> Result<()>;
    /// The events of one session, in order; none if there is no such session.
    async fn events(&self, scope: &Scope, session: SessionId) -> Result<Vec<SessionEvent>>;

    /// All bindings.
    async fn registrations(&self, scope: &Scope) -> Result<Vec<Registration>>;
    /// Writes these bindings, new or refreshed, in one transaction. Those of a device that has
    /// been removed meanwhile are left out.
    async fn put_registrations(&self, scope: &Scope, bindings: &[Registration]) -> Result<()>;
    /// Replaces all bindings of these devices in one transaction; an empty list unregisters.
    async fn replace_registrations(
        &self,
        scope: &Scope,
        devices: &[(DeviceId, Vec<Registration>)],
    ) -> Result<()>;
    /// Removes these bindings, given by device and URI.
    async fn remove_registrations(&self, scope: &Scope, bindings: &[(DeviceId, String)]) -> Result<()>;
    /// Removes bindings that ended before `now`; gives how many.
    async fn remove_expired(&self, scope: &Scope, now: UnixMs) -> Result<u64>;

    /// Every switch that was ever turned.
    async fn switches(&self, scope: &Scope) -> Result<Vec<Switch>>;
    /// Writes how these switches stand, in one transaction. Those of removed tenants are left out.
    async fn put_switches(&self, scope: &Scope, switches: &[Switch]) -> Result<()>;

    /// Promises to call clients back: all that are open, those who wait longest first; or the newest thousand that are over.
    async fn callbacks(&self, scope: &Scope, open: bool) -> Result<Vec<Callback>>;
    /// One promise.
    async fn callback(&self, scope: &Scope, id: CallbackId) -> Result<Callback>;
    /// Writes these promises, new or changed, in one transaction. Those of removed tenants are left out.
    async fn put_callbacks(&self, scope: &Scope, callbacks: &[Callback]) -> Result<()>;
    /// Removes promises that are over and were made before this moment; gives how many.
    async fn remove_callbacks(&self, scope: &Scope, before: UnixMs) -> Result<u64>;

    /// Adds webhooks. Beyond [`WAITING_MAX`] they are written down as failed; gives how many.
    async fn add_webhooks(&self, scope: &Scope, webhooks: &[Webhook]) -> Result<u64>;
    /// How many webhooks wait.
    async fn waiting_webhooks(&self, scope: &Scope) -> Result<u64>;
    /// Writes what has become of these webhooks, in one transaction.
    async fn put_webhooks(&self, scope: &Scope, webhooks: &[Webhook]) -> Result<()>;
    /// Webhooks that wait, those that are due first at the front.
    async fn next_webhooks(&self, scope: &Scope, limit: u32) -> Result<Vec<Webhook>>;
    /// Webhooks, newest first.
    async fn webhooks(&self, scope: &Scope, state: Option<WebhookState>, limit: u32) -> Result<Vec<Webhook>>;
    /// One webhook.
    async fn webhook(&self, scope: &Scope, id: WebhookId) -> Result<Webhook>;
    /// Removes webhooks of before this moment that wait no longer; gives how many.
    async fn remove_webhooks(&self, scope: &Scope, before: UnixMs) -> Result<u64>;

    /// The status of each operator who ever set one.
    async fn statuses(&self, scope: &Scope) -> Result<Vec<OperatorStatus>>;
    /// Writes these statuses in one transaction. Those of removed users are left out.
    async fn put_statuses(&self, scope: &Scope, statuses: &[OperatorStatus]) -> Result<()>;

    /// The lines that operators ever switched on or off.
    async fn channel_switches(&self, scope: &Scope) -> Result<Vec<ChannelSwitch>>;
    /// Writes how these lines stand in one transaction. Those of removed users are left out.
    async fn put_channel_switches(&self, scope: &Scope, switches: &[ChannelSwitch]) -> Result<()>;

    /// The call settings of each operator who ever set any.
    async fn call_settings(&self, scope: &Scope) -> Result<Vec<CallSettings>>;
    /// Writes these call settings in one transaction. Those of removed users are left out.
    async fn put_call_settings(&self, scope: &Scope, settings: &[CallSettings]) -> Result<()>;
}
