//! The contact directory: found among very many by keys, never by reading all. And the clients of sessions.

use std::collections::BTreeSet;

use super::statement::Sql;
use super::{Row, SqlStore, Tx, table};
use crate::id::{ContactId, SessionId, TenantId};
use crate::matching::{Client, fold, keys};
use crate::store::contact_client::COLUMNS;
use crate::store::contact_merge::Merge;
use crate::store::scope::Reach;
use crate::store::{
    ClientChange, Connection, Contact, ContactChange, ContactFilter, Key, NewContact, Scope, SessionClient,
    StoreError, Tenant,
};

type Result<T> = std::result::Result<T, StoreError>;

/// Most rows of one page.
const PAGE_MAX: u32 = 1000;
/// Words of a search that count.
const WORDS: usize = 8;
/// Contacts with one key in common that come into question. Of what more have, nobody is told apart by it.
const OF_ONE_KEY: u32 = 100;
/// What is behind all texts that begin alike.
const LAST: char = char::MAX;

impl SqlStore {
    pub(super) async fn find_contacts(&self, scope: &Scope, filter: &ContactFilter) -> Result<Vec<Contact>> {
        let mut sql = table::select::<Contact>(scope);
        for word in filter.text.as_deref().map(alternatives).unwrap_or_default() {
            with_keys(&mut sql, &word);
        }
        if let Some(after) = filter.after {
            let last: Contact = self.find(scope, &Key::Id(after.0)).await?;
            sql.push(" AND (t.name > ").bind(&last.name).push(" OR (t.name = ").bind(&last.name);
            sql.push(" AND t.id > ").bind(after.to_string()).push("))");
        }
        sql.push(" ORDER BY t.name, t.id LIMIT ").bind(filter.limit.min(PAGE_MAX));
        let contacts = table::many(&self.db.query(sql).await?)?;
        self.with_merged(contacts).await
    }

    pub(super) async fn read_contact(&self, scope: &Scope, id: ContactId) -> Result<Contact> {
        let contact: Contact = self.find(scope, &Key::Id(id.0)).await?;
        self.with_merged(vec![contact]).await?.pop().ok_or_else(|| StoreError::not_found("contact", id))
    }

    /// The same with what was merged into them.
    async fn with_merged(&self, mut contacts: Vec<Contact>) -> Result<Vec<Contact>> {
        if contacts.is_empty() {
            return Ok(contacts);
        }
        let mut sql = Sql::new("SELECT t.* FROM contact_merges t WHERE t.into_id IN (");
        sql.bind_list(contacts.iter().map(|contact| contact.id.to_string()));
        sql.push(") ORDER BY t.at_ms DESC, t.other_id DESC");
        for row in self.db.query(sql).await? {
            let merge = Merge::read(&row)?;
            if let Some(contact) = contacts.iter_mut().find(|contact| contact.id == merge.whole()) {
                contact.merged.push(merge.listed());
            }
        }
        Ok(contacts)
    }

    pub(super) async fn insert_contact(&self, scope: &Scope, new: NewContact) -> Result<Contact> {
        let mut tx = self.db.begin().await?;
        let missing =
            || StoreError::invalid("tenant", "is missing", "name the tenant whose client the contact is");
        let tenant: Tenant = tx.one(scope, new.tenant.as_ref().ok_or_else(missing)?).await?;
        let contact = Contact::new(self.id(ContactId::new), &tenant, new, Self::now())?;
        tx.insert(scope, &contact).await?;
        tx.commit().await?;
        Ok(contact)
    }

    pub(super) async fn update_contact(
        &self,
        scope: &Scope,
        id: ContactId,
        change: ContactChange,
    ) -> Result<Contact> {
        let mut tx = self.db.begin().await?;
        let mut contact = tx.held_contact(scope, id).await?;
        let tenant: Tenant = tx.one(scope, &contact.tenant.into()).await?;
        contact.apply(change, tenant.country.as_deref(), Self::now())?;
        tx.update(scope, &contact).await?;
        tx.commit().await?;
        self.read_contact(scope, id).await
    }

    pub(super) async fn delete_contact(&self, scope: &Scope, id: ContactId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let contact = tx.held_contact(scope, id).await?;
        tx.forget_merges(id).await?;
        let mut sql =
            Sql::new("UPDATE session_clients SET contact_id = NULL, chosen = NULL WHERE contact_id = ");
        sql.bind(id.to_string());
        tx.execute(sql).await?;
        tx.delete(&contact).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn find_contacts_like(
        &self,
        scope: &Scope,
        tenant: TenantId,
        client: &Client,
    ) -> Result<Vec<Contact>> {
        let (exact, beginnings) = keys::sought(client);
        let mut ids: BTreeSet<String> = BTreeSet::new();
        for (kind, value) in exact {
            let mut sql = keys_of(tenant, kind);
            sql.push(" AND k.value = ").bind(value).push(" LIMIT ").bind(OF_ONE_KEY);
            self.collect(sql, &mut ids).await?;
        }
        for beginning in beginnings {
            let mut sql = keys_of(tenant, keys::Kind::Pair);
            sql.push(" AND k.value >= ").bind(&beginning).push(" AND k.value < ");
            sql.bind(format!("{beginning}{LAST}")).push(" LIMIT ").bind(OF_ONE_KEY);
            self.collect(sql, &mut ids).await?;
        }
        if ids.is_empty() {
            return Ok(vec![]);
        }
        let mut sql = table::select::<Contact>(scope);
        sql.push(" AND t.tenant_id = ").bind(tenant.to_string());
        sql.push(" AND t.id IN (").bind_list(ids).push(")");
        table::many(&self.db.query(sql).await?)
    }

    async fn collect(&self, sql: Sql, ids: &mut BTreeSet<String>) -> Result<()> {
        for row in self.db.query(sql).await? {
            ids.insert(row.text("contact_id")?);
        }
        Ok(())
    }

    pub(super) async fn read_session_client(
        &self,
        scope: &Scope,
        session: SessionId,
    ) -> Result<SessionClient> {
        let rows = self.db.query(client_of(scope, session)).await?;
        rows.first().map_or_else(|| Ok(SessionClient::default()), SessionClient::read)
    }

    pub(super) async fn write_session_client(
        &self,
        scope: &Scope,
        session: SessionId,
        tenant: Option<TenantId>,
        change: ClientChange,
    ) -> Result<SessionClient> {
        scope.admit("session", &tenant.into())?;
        let mut tx = self.db.begin().await?;
        let mut country = None;
        if let Some(tenant) = tenant {
            country = tx.one::<Tenant>(scope, &tenant.into()).await?.country;
        }
        if let Some(Connection::With(contact, _)) = change.connection {
            let contact = tx.held_contact(scope, contact).await?;
            if Some(contact.tenant) != tenant {
                return Err(StoreError::invalid(
                    "contact",
                    "belongs to another tenant than the session",
                    "choose one of the session's tenant",
                ));
            }
        }
        let mut sql = client_of(scope, session);
        sql.push(tx.hold_rows());
        let rows: Vec<Row> = tx.query(sql).await?;
        let mut client = rows.first().map_or_else(|| Ok(SessionClient::default()), SessionClient::read)?;
        client.apply(change, country.as_deref())?;
        let values = client.values(&scope.company.to_string(), session, tenant);
        let mut sql = Sql::insert("session_clients", COLUMNS, [values]);
        sql.or_update(&["session_id"], COLUMNS).push(" WHERE ");
        scope.condition(&mut sql, Reach::Tenant);
        if tx.execute(sql).await? != 1 {
            return Err(StoreError::not_found("session", session));
        }
        tx.index(scope, session, "client", client.name.as_deref().unwrap_or_default()).await?;
        tx.commit().await?;
        Ok(client)
    }
}

fn client_of(scope: &Scope, session: SessionId) -> Sql {
    let mut sql = Sql::new("SELECT t.* FROM session_clients t WHERE ");
    scope.condition(&mut sql, Reach::Tenant);
    sql.push(" AND t.session_id = ").bind(session.to_string());
    sql
}

fn keys_of(tenant: TenantId, kind: keys::Kind) -> Sql {
    let mut sql = Sql::new("SELECT k.contact_id FROM contact_keys k WHERE k.tenant_id = ");
    sql.bind(tenant.to_string()).push(" AND k.kind = ").bind(kind.as_str());
    sql
}

/// Beginnings of keys for each word that was typed: a contact has to have one of each.
fn alternatives(typed: &str) -> Vec<Vec<String>> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let is_number = typed.chars().all(|c| c.is_ascii_digit() || "+ .-()/".contains(c));
    if is_number && digits.len() > 2 {
        let plain = digits.trim_start_matches('0').to_owned();
        let reversed = digits.chars().rev().collect();
        let mut all = vec![typed.trim().to_owned(), format!("+{plain}"), plain, digits, reversed];
        all.retain(|one| !one.is_empty() && one != "+");
        return vec![all];
    }
    typed
        .split_whitespace()
        .take(WORDS)
        .map(|word| word_alternatives(&fold(word)))
        .filter(|all| !all.is_empty())
        .collect()
}

/// What was typed, and its last word without signs: `O'Brien` is found by both its parts.
fn word_alternatives(word: &str) -> Vec<String> {
    let mut all = vec![word.to_owned()];
    all.extend(keys::words_of(word).into_iter().rfind(|part| part != word));
    all.retain(|one| !one.is_empty());
    all
}

fn with_keys(sql: &mut Sql, beginnings: &[String]) {
    sql.push(" AND t.id IN (SELECT k.contact_id FROM contact_keys k WHERE ");
    for (at, beginning) in beginnings.iter().enumerate() {
        sql.push(if at > 0 { " OR (" } else { "(" });
        sql.push("k.value >= ")
            .bind(beginning)
            .push(" AND k.value < ")
            .bind(format!("{beginning}{LAST}"))
            .push(")");
    }
    sql.push(")");
}

impl Tx {
    /// A contact that stays as it is until this transaction ends, if the scope allows to change it.
    pub(super) async fn held_contact(&mut self, scope: &Scope, id: ContactId) -> Result<Contact> {
        let mut sql = table::select_one::<Contact>(scope, &Key::Id(id.0));
        sql.push(self.hold_rows());
        let contact: Contact = table::single(&self.query(sql).await?, &Key::Id(id.0))?;
        scope.admit("contact", &Some(contact.tenant).into())?;
        Ok(contact)
    }
}
