//! The one body of the trait: each method goes to the statement that both databases understand.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

use super::statement::Sql;
use super::{Db, migrate};
use crate::entropy::Entropy;
use crate::id::{
    CallbackId, CompanyId, ContactId, DeviceId, DoorId, InvitationId, LoginId, MailboxId, MessageId,
    MissedCallId, RecordingId, SessionId, TagId, TemplateId, TenantId, UserId, WebhookId,
};
use crate::store::*;
use crate::switch::callback::Callback;

/// A store on SQLite or PostgreSQL.
pub(in crate::store) struct SqlStore {
    pub(super) db: Db,
    entropy: Mutex<Entropy>,
}

impl SqlStore {
    /// Opens the database at `url` and brings its tables up to date.
    pub(in crate::store) async fn open(url: &str) -> Result<Self> {
        Ok(Self { db: migrate::open(url).await?, entropy: Mutex::new(secret::entropy()?) })
    }

    /// Draws something random.
    pub(super) fn draw<T>(&self, from: impl FnOnce(&mut Entropy) -> T) -> T {
        from(&mut self.entropy.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Draws an id: `self.id(TenantId::new)`.
    pub(super) fn id<T>(&self, new: impl FnOnce(UnixMs, &mut Entropy) -> T) -> T {
        self.draw(|entropy| new(Self::now(), entropy))
    }

    #[expect(clippy::disallowed_methods, reason = "the store is a driver: ids and tokens carry the time")]
    pub(super) fn now() -> UnixMs {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn companies(&self) -> Result<Vec<Company>> {
        let rows = self.db.query(Sql::new("SELECT * FROM companies ORDER BY name")).await?;
        rows.iter().map(Company::read).collect()
    }

    async fn add_company(&self, name: &str, realm: &str) -> Result<Company> {
        let company = Company::new(self.id(CompanyId::new), name, realm, Self::now())?;
        let mut tx = self.db.begin().await?;
        let values = vec![
            company.id.to_string().into(),
            company.name.as_str().into(),
            company.realm.as_str().into(),
            company.created_at.0.into(),
        ];
        let sql = Sql::insert("companies", &["id", "name", "realm", "created_at_ms"], [values]);
        tx.execute(sql).await.map_err(|error| match error.as_database_error() {
            Some(refused) if refused.is_unique_violation() => StoreError::conflict(
                format!("there is a company `{name}` already"),
                "use it, or choose another name",
            ),
            _ => error.into(),
        })?;
        tx.commit().await?;
        Ok(company)
    }

    async fn ping(&self) -> Result<()> {
        self.db.query(Sql::new("SELECT 1")).await?;
        Ok(())
    }

    async fn close(&self) {
        self.db.close().await;
    }

    async fn directory(&self, scope: &Scope) -> Result<Directory> {
        self.read_directory(scope).await
    }

    async fn tenants(&self, scope: &Scope) -> Result<Vec<Tenant>> {
        self.list(scope).await
    }
    async fn tenant(&self, scope: &Scope, key: &Key) -> Result<Tenant> {
        self.find(scope, key).await
    }
    async fn add_tenant(&self, scope: &Scope, new: NewTenant) -> Result<Tenant> {
        self.insert_tenant(scope, new).await
    }
    async fn change_tenant(&self, scope: &Scope, key: &Key, change: TenantChange) -> Result<Tenant> {
        self.update_tenant(scope, key, change).await
    }
    async fn remove_tenant(&self, scope: &Scope, key: &Key) -> Result<()> {
        self.remove::<Tenant>(scope, key).await
    }

    async fn numbers(&self, scope: &Scope) -> Result<Vec<Number>> {
        self.list(scope).await
    }
    async fn number(&self, scope: &Scope, key: &Key) -> Result<Number> {
        self.find(scope, key).await
    }
    async fn add_number(&self, scope: &Scope, new: NewNumber) -> Result<Number> {
        self.insert_number(scope, new).await
    }
    async fn change_number(&self, scope: &Scope, key: &Key, change: NumberChange) -> Result<Number> {
        self.update_number(scope, key, change).await
    }
    async fn remove_number(&self, scope: &Scope, key: &Key) -> Result<()> {
        self.remove::<Number>(scope, key).await
    }

    async fn users(&self, scope: &Scope) -> Result<Vec<User>> {
        self.list(scope).await
    }
    async fn user(&self, scope: &Scope, key: &Key) -> Result<User> {
        self.find(scope, key).await
    }
    async fn add_user(&self, scope: &Scope, new: NewUser) -> Result<User> {
        self.insert_user(scope, new).await
    }
    async fn change_user(&self, scope: &Scope, key: &Key, change: UserChange) -> Result<User> {
        self.update_user(scope, key, change).await
    }
    async fn remove_user(&self, scope: &Scope, key: &Key) -> Result<()> {
        self.remove::<User>(scope, key).await
    }
    async fn check_password(&self, scope: &Scope, name: &str, password: &str) -> Result<Option<User>> {
        self.check_login(scope, name, password).await
    }

    async fn add_login(&self, scope: &Scope, user: &User, now: UnixMs) -> Result<LoginMade> {
        self.insert_login(scope, user, now).await
    }
    async fn login_by_secret(
        &self,
        scope: &Scope,
        secret: &str,
        now: UnixMs,
    ) -> Result<Option<(Login, User)>> {
        self.find_login(scope, secret, now).await
    }
    async fn note_login(&self, scope: &Scope, id: LoginId, now: UnixMs) -> Result<()> {
        self.update_login(scope, id, now).await
    }
    async fn remove_login(&self, scope: &Scope, id: LoginId) -> Result<()> {
        self.delete_login(scope, id).await
    }

    async fn devices(&self, scope: &Scope) -> Result<Vec<Device>> {
        self.list(scope).await
    }
    async fn device(&self, scope: &Scope, key: &Key) -> Result<Device> {
        self.find(scope, key).await
    }
    async fn add_device(&self, scope: &Scope, new: NewDevice) -> Result<DeviceMade> {
        self.insert_device(scope, new).await
    }
    async fn change_device(&self, scope: &Scope, key: &Key, change: DeviceChange) -> Result<Device> {
        self.update_device(scope, key, change).await
    }
    async fn remove_device(&self, scope: &Scope, key: &Key) -> Result<()> {
        self.remove::<Device>(scope, key).await
    }
    async fn lend_device(&self, scope: &Scope, login: &Login, now: UnixMs) -> Result<DeviceMade> {
        self.put_lent_device(scope, login, now).await
    }
    async fn take_back_devices(&self, scope: &Scope, now: UnixMs) -> Result<u64> {
        self.delete_lent_devices(scope, now).await
    }

    async fn groups(&self, scope: &Scope) -> Result<Vec<Group>> {
        self.list(scope).await
    }
    async fn group(&self, scope: &Scope, key: &Key) -> Result<Group> {
        self.find(scope, key).await
    }
    async fn add_group(&self, scope: &Scope, new: NewGroup) -> Result<Group> {
        self.insert_group(scope, new).await
    }
    async fn change_group(&self, scope: &Scope, key: &Key, change: GroupChange) -> Result<Group> {
        self.update_group(scope, key, change).await
    }
    async fn remove_group(&self, scope: &Scope, key: &Key) -> Result<()> {
        self.remove::<Group>(scope, key).await
    }

    async fn widgets(&self, scope: &Scope) -> Result<Vec<Widget>> {
        self.list(scope).await
    }
    async fn widget(&self, scope: &Scope, key: &Key) -> Result<Widget> {
        self.find(scope, key).await
    }
    async fn add_widget(&self, scope: &Scope, new: NewWidget) -> Result<Widget> {
        self.insert_widget(scope, new).await
    }
    async fn change_widget(&self, scope: &Scope, key: &Key, change: WidgetChange) -> Result<Widget> {
        self.update_widget(scope, key, change).await
    }
    async fn remove_widget(&self, scope: &Scope, key: &Key) -> Result<()> {
        self.remove::<Widget>(scope, key).await
    }

    async fn invitations(&self, scope: &Scope, operator: Option<UserId>) -> Result<Vec<Invitation>> {
        self.read_invitations(scope, operator).await
    }
    async fn invitation(&self, scope: &Scope, id: InvitationId) -> Result<Invitation> {
        self.find(scope, &Key::Id(id.0)).await
    }
    async fn add_invitation(
        &self,
        scope: &Scope,
        new: NewInvitation,
        now: UnixMs,
    ) -> Result<(Invitation, String)> {
        self.insert_invitation(scope, new, now).await
    }
    async fn revoke_invitation(&self, scope: &Scope, id: InvitationId, now: UnixMs) -> Result<Invitation> {
        self.revoke(scope, id, now).await
    }
    async fn invitation_shown(
        &self,
        scope: &Scope,
        widget: DoorId,
        shown: Shown<'_>,
        now: UnixMs,
    ) -> Result<Option<Invitation>> {
        self.find_invitation(scope, widget, shown, now).await
    }
    async fn spend_invitation(
        &self,
        scope: &Scope,
        id: InvitationId,
        now: UnixMs,
    ) -> Result<InvitationState> {
        self.spend(scope, id, now).await
    }

    async fn mailboxes(&self, scope: &Scope) -> Result<Vec<Mailbox>> {
        self.list(scope).await
    }
    async fn mailbox(&self, scope: &Scope, key: &Key) -> Result<Mailbox> {
        self.find(scope, key).await
    }
    async fn add_mailbox(&self, scope: &Scope, new: NewMailbox) -> Result<Mailbox> {
        self.insert_mailbox(scope, new).await
    }
    async fn change_mailbox(&self, scope: &Scope, key: &Key, change: MailboxChange) -> Result<Mailbox> {
        self.update_mailbox(scope, key, change).await
    }
    async fn remove_mailbox(&self, scope: &Scope, key: &Key) -> Result<()> {
        self.remove::<Mailbox>(scope, key).await
    }
    async fn set_own_greeting(&self, scope: &Scope, mailbox: MailboxId, own: bool) -> Result<Mailbox> {
        self.set_greeting(scope, mailbox, own).await
    }
    async fn check_pin(&self, scope: &Scope, mailbox: MailboxId, pin: &str, now: UnixMs) -> Result<PinCheck> {
        self.try_pin(scope, mailbox, pin, now).await
    }

    async fn add_message(&self, scope: &Scope, message: &Message) -> Result<()> {
        self.insert_message(scope, message).await
    }
    async fn messages(&self, scope: &Scope, filter: &MessageFilter) -> Result<Vec<Message>> {
        self.read_messages(scope, filter).await
    }
    async fn message(&self, scope: &Scope, id: MessageId) -> Result<Message> {
        self.read_message(scope, id).await
    }
    async fn set_heard(&self, scope: &Scope, id: MessageId, heard: bool) -> Result<Message> {
        self.mark_message(scope, id, heard).await
    }
    async fn remove_message(&self, scope: &Scope, id: MessageId) -> Result<()> {
        self.delete_message(scope, id).await
    }
    async fn remove_old_messages(&self, scope: &Scope, now: UnixMs) -> Result<Vec<MessageId>> {
        self.delete_old_messages(scope, now).await
    }
    async fn message_counts(&self, scope: &Scope) -> Result<Vec<MessageCount>> {
        self.count_messages(scope).await
    }

    async fn next_mails(&self, scope: &Scope, limit: u32) -> Result<Vec<Mail>> {
        self.read_next_mails(scope, limit).await
    }
    async fn waiting_mails(&self, scope: &Scope) -> Result<u64> {
        self.count_mails(scope).await
    }
    async fn put_mails(&self, scope: &Scope, mails: &[Mail]) -> Result<()> {
        self.write_mails(scope, mails).await
    }
    async fn remove_mails(&self, scope: &Scope, before: UnixMs) -> Result<u64> {
        self.delete_mails(scope, before).await
    }

    async fn external_contacts(
        &self,
        scope: &Scope,
        filter: &ExternalContactFilter,
    ) -> Result<Vec<ExternalContact>> {
        self.find_external_contacts(scope, filter).await
    }
    async fn external_contact(&self, scope: &Scope, key: &Key) -> Result<ExternalContact> {
        self.find(scope, key).await
    }
    async fn add_external_contact(&self, scope: &Scope, new: NewExternalContact) -> Result<ExternalContact> {
        self.insert_external_contact(scope, new).await
    }
    async fn change_external_contact(
        &self,
        scope: &Scope,
        key: &Key,
        change: ExternalContactChange,
    ) -> Result<ExternalContact> {
        self.update_external_contact(scope, key, change).await
    }
    async fn remove_external_contact(&self, scope: &Scope, key: &Key) -> Result<()> {
        self.remove::<ExternalContact>(scope, key).await
    }

    async fn contacts(&self, scope: &Scope, filter: &ContactFilter) -> Result<Vec<Contact>> {
        self.find_contacts(scope, filter).await
    }
    async fn contact(&self, scope: &Scope, id: ContactId) -> Result<Contact> {
        self.read_contact(scope, id).await
    }
    async fn add_contact(&self, scope: &Scope, new: NewContact) -> Result<Contact> {
        self.insert_contact(scope, new).await
    }
    async fn change_contact(&self, scope: &Scope, id: ContactId, change: ContactChange) -> Result<Contact> {
        self.update_contact(scope, id, change).await
    }
    async fn remove_contact(&self, scope: &Scope, id: ContactId) -> Result<()> {
        self.delete_contact(scope, id).await
    }
    async fn merge_contacts(&self, scope: &Scope, id: ContactId, other: ContactId) -> Result<Contact> {
        self.join_contacts(scope, id, other).await
    }
    async fn undo_merge(&self, scope: &Scope, id: ContactId, other: ContactId) -> Result<Contact> {
        self.part_contacts(scope, id, other).await
    }
    async fn contacts_like(
        &self,
        scope: &Scope,
        tenant: TenantId,
        client: &crate::matching::Client,
    ) -> Result<Vec<Contact>> {
        self.find_contacts_like(scope, tenant, client).await
    }
    async fn session_client(&self, scope: &Scope, session: SessionId) -> Result<SessionClient> {
        self.read_session_client(scope, session).await
    }
    async fn change_session_client(
        &self,
        scope: &Scope,
        session: SessionId,
        tenant: Option<TenantId>,
        change: ClientChange,
    ) -> Result<SessionClient> {
        self.write_session_client(scope, session, tenant, change).await
    }

    async fn session_work(&self, scope: &Scope, session: SessionId) -> Result<SessionWork> {
        self.read_session_work(scope, session).await
    }
    async fn change_session_work(
        &self,
        scope: &Scope,
        session: SessionId,
        tenant: Option<TenantId>,
        change: WorkChange,
    ) -> Result<SessionWork> {
        self.write_session_work(scope, session, tenant, change).await
    }

    async fn tags(&self, scope: &Scope) -> Result<Vec<Tag>> {
        self.list(scope).await
    }
    async fn tag(&self, scope: &Scope, id: TagId) -> Result<Tag> {
        self.find(scope, &Key::Id(id.0)).await
    }
    async fn add_tag(&self, scope: &Scope, new: NewTag) -> Result<Tag> {
        self.insert_tag(scope, new).await
    }
    async fn change_tag(&self, scope: &Scope, id: TagId, change: TagChange) -> Result<Tag> {
        self.update_tag(scope, id, change).await
    }
    async fn remove_tag(&self, scope: &Scope, id: TagId) -> Result<()> {
        self.remove::<Tag>(scope, &Key::Id(id.0)).await
    }
    async fn tags_used(
        &self,
        scope: &Scope,
        tenant: TenantId,
        by: UserId,
        limit: u32,
    ) -> Result<Vec<String>> {
        self.most_used_tags(scope, tenant, by, limit).await
    }

    async fn templates(
        &self,
        scope: &Scope,
        user: Option<UserId>,
        text: Option<&str>,
    ) -> Result<Vec<Template>> {
        self.find_templates(scope, user, text).await
    }
    async fn template(&self, scope: &Scope, user: Option<UserId>, id: TemplateId) -> Result<Template> {
        self.read_template(scope, user, id).await
    }
    async fn add_template(&self, scope: &Scope, new: NewTemplate) -> Result<Template> {
        self.insert_template(scope, new).await
    }
    async fn change_template(
        &self,
        scope: &Scope,
        id: TemplateId,
        change: TemplateChange,
    ) -> Result<Template> {
        self.update_template(scope, id, change).await
    }
    async fn remove_template(&self, scope: &Scope, id: TemplateId) -> Result<()> {
        self.remove::<Template>(scope, &Key::Id(id.0)).await
    }
    async fn star_template(
        &self,
        scope: &Scope,
        user: UserId,
        id: TemplateId,
        starred: bool,
    ) -> Result<Template> {
        self.write_star(scope, user, id, starred).await
    }

    async fn missed_calls(&self, scope: &Scope, filter: &MissedFilter) -> Result<Vec<MissedCall>> {
        self.read_missed_calls(scope, filter).await
    }
    async fn missed_call(&self, scope: &Scope, id: MissedCallId) -> Result<MissedCall> {
        self.read_missed_call(scope, id).await
    }
    async fn dismiss_missed_call(
        &self,
        scope: &Scope,
        id: MissedCallId,
        by: Option<UserId>,
        now: UnixMs,
    ) -> Result<MissedCall> {
        self.close_missed_call(scope, id, by, now).await
    }

    async fn add_recording(&self, scope: &Scope, recording: &Recording) -> Result<()> {
        self.insert_recording(scope, recording).await
    }
    async fn recordings(&self, scope: &Scope, session: SessionId) -> Result<Vec<Recording>> {
        self.read_recordings(scope, session).await
    }
    async fn recording(&self, scope: &Scope, id: RecordingId) -> Result<Recording> {
        self.read_recording(scope, id).await
    }
    async fn remove_recording(&self, scope: &Scope, id: RecordingId) -> Result<Recording> {
        self.delete_recording(scope, id).await
    }
    async fn remove_old_recordings(&self, scope: &Scope, now: UnixMs) -> Result<Vec<Recording>> {
        self.delete_old_recordings(scope, now).await
    }

    async fn trunks(&self, scope: &Scope) -> Result<Vec<Trunk>> {
        self.list(scope).await
    }
    async fn trunk(&self, scope: &Scope, key: &Key) -> Result<Trunk> {
        self.find(scope, key).await
    }
    async fn add_trunk(&self, scope: &Scope, new: NewTrunk) -> Result<Trunk> {
        self.insert_trunk(scope, new).await
    }
    async fn change_trunk(&self, scope: &Scope, key: &Key, change: TrunkChange) -> Result<Trunk> {
        self.update_trunk(scope, key, change).await
    }
    async fn remove_trunk(&self, scope: &Scope, key: &Key) -> Result<()> {
        self.remove::<Trunk>(scope, key).await
    }

    async fn destinations(&self, scope: &Scope) -> Result<Vec<Destination>> {
        self.list(scope).await
    }
    async fn destination(&self, scope: &Scope, key: &Key) -> Result<Destination> {
        self.find(scope, key).await
    }
    async fn add_destination(&self, scope: &Scope, new: NewDestination) -> Result<Destination> {
        self.insert_destination(scope, new).await
    }
    async fn change_destination(
        &self,
        scope: &Scope,
        key: &Key,
        change: DestinationChange,
    ) -> Result<Destination> {
        self.update_destination(scope, key, change).await
    }
    async fn remove_destination(&self, scope: &Scope, key: &Key) -> Result<()> {
        self.remove::<Destination>(scope, key).await
    }

    async fn tokens(&self, scope: &Scope) -> Result<Vec<Token>> {
        self.list(scope).await
    }
    async fn token(&self, scope: &Scope, key: &Key) -> Result<Token> {
        self.find(scope, key).await
    }
    async fn add_token(&self, scope: &Scope, new: NewToken) -> Result<TokenMade> {
        self.insert_token(scope, new).await
    }
    async fn change_token(&self, scope: &Scope, key: &Key, change: TokenChange) -> Result<Token> {
        self.update_token(scope, key, change).await
    }
    async fn remove_token(&self, scope: &Scope, key: &Key) -> Result<()> {
        self.remove::<Token>(scope, key).await
    }
    async fn token_by_secret(&self, scope: &Scope, secret: &str) -> Result<Option<Token>> {
        self.find_token(scope, secret).await
    }

    async fn remember(&self, scope: &Scope, sessions: &[Session], events: &[SessionEvent]) -> Result<()> {
        self.write_history(scope, sessions, events).await
    }
    async fn put_sessions(&self, scope: &Scope, sessions: &[Session]) -> Result<()> {
        self.write_history(scope, sessions, &[]).await
    }
    async fn sessions(&self, scope: &Scope, filter: &SessionFilter, page: Page) -> Result<Vec<Session>> {
        self.read_sessions(scope, filter, page).await
    }
    async fn session(&self, scope: &Scope, id: SessionId) -> Result<Session> {
        self.read_session(scope, id).await
    }

    async fn append(&self, scope: &Scope, events: &[SessionEvent]) -> Result<()> {
        self.write_history(scope, &[], events).await
    }
    async fn events(&self, scope: &Scope, session: SessionId) -> Result<Vec<SessionEvent>> {
        self.read_events(scope, session).await
    }

    async fn registrations(&self, scope: &Scope) -> Result<Vec<Registration>> {
        self.read_registrations(scope).await
    }
    async fn put_registrations(&self, scope: &Scope, bindings: &[Registration]) -> Result<()> {
        self.write_registrations(scope, bindings).await
    }
    async fn replace_registrations(
        &self,
        scope: &Scope,
        devices: &[(DeviceId, Vec<Registration>)],
    ) -> Result<()> {
        self.exchange_registrations(scope, devices).await
    }
    async fn remove_registrations(&self, scope: &Scope, bindings: &[(DeviceId, String)]) -> Result<()> {
        self.delete_registrations(scope, bindings).await
    }
    async fn remove_expired(&self, scope: &Scope, now: UnixMs) -> Result<u64> {
        self.delete_expired(scope, now).await
    }

    async fn add_webhooks(&self, scope: &Scope, webhooks: &[Webhook]) -> Result<u64> {
        self.insert_webhooks(scope, webhooks).await
    }
    async fn waiting_webhooks(&self, scope: &Scope) -> Result<u64> {
        self.count_webhooks(scope).await
    }
    async fn put_webhooks(&self, scope: &Scope, webhooks: &[Webhook]) -> Result<()> {
        self.write_webhooks(scope, webhooks).await
    }
    async fn next_webhooks(&self, scope: &Scope, limit: u32) -> Result<Vec<Webhook>> {
        self.read_next_webhooks(scope, limit).await
    }
    async fn webhooks(&self, scope: &Scope, state: Option<WebhookState>, limit: u32) -> Result<Vec<Webhook>> {
        self.read_webhooks(scope, state, limit).await
    }
    async fn webhook(&self, scope: &Scope, id: WebhookId) -> Result<Webhook> {
        self.read_webhook(scope, id).await
    }
    async fn remove_webhooks(&self, scope: &Scope, before: UnixMs) -> Result<u64> {
        self.delete_webhooks(scope, before).await
    }

    async fn callbacks(&self, scope: &Scope, open: bool) -> Result<Vec<Callback>> {
        self.read_callbacks(scope, open).await
    }
    async fn callback(&self, scope: &Scope, id: CallbackId) -> Result<Callback> {
        self.read_callback(scope, id).await
    }
    async fn put_callbacks(&self, scope: &Scope, callbacks: &[Callback]) -> Result<()> {
        self.write_callbacks(scope, callbacks).await
    }
    async fn remove_callbacks(&self, scope: &Scope, before: UnixMs) -> Result<u64> {
        self.delete_callbacks(scope, before).await
    }

    async fn switches(&self, scope: &Scope) -> Result<Vec<Switch>> {
        self.read_switches(scope).await
    }
    async fn put_switches(&self, scope: &Scope, switches: &[Switch]) -> Result<()> {
        self.write_switches(scope, switches).await
    }

    async fn statuses(&self, scope: &Scope) -> Result<Vec<OperatorStatus>> {
        self.read_statuses(scope).await
    }
    async fn put_statuses(&self, scope: &Scope, statuses: &[OperatorStatus]) -> Result<()> {
        self.write_statuses(scope, statuses).await
    }

    async fn channel_switches(&self, scope: &Scope) -> Result<Vec<ChannelSwitch>> {
        self.read_channel_switches(scope).await
    }
    async fn put_channel_switches(&self, scope: &Scope, switches: &[ChannelSwitch]) -> Result<()> {
        self.write_channel_switches(scope, switches).await
    }

    async fn call_settings(&self, scope: &Scope) -> Result<Vec<CallSettings>> {
        self.read_call_settings(scope).await
    }
    async fn put_call_settings(&self, scope: &Scope, settings: &[CallSettings]) -> Result<()> {
        self.write_call_settings(scope, settings).await
    }
}
