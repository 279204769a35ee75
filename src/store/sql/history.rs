//! What happens is written in batches: sessions, their events, registrations and statuses.

use std::collections::{BTreeMap, BTreeSet};

use super::statement::{Sql, Value, containing, pieces};
use super::{Row, SqlStore, Tx, search};
use crate::id::{DeviceId, SessionId, TenantId};
use crate::store::scope::Reach;
use crate::store::{
    CallSettings, OperatorStatus, Page, Registration, Scope, Session, SessionEvent, SessionFilter,
    StoreError, Switch, call_settings, event, registration, session, status, switch,
};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Most rows of one page.
const PAGE_MAX: u32 = 1000;

/// What is stored of a session's events: whose it is, and the last number.
struct Head {
    company: String,
    tenant: Option<TenantId>,
    last: u32,
}

impl SqlStore {
    pub(super) async fn write_history(
        &self,
        scope: &Scope,
        sessions: &[Session],
        events: &[SessionEvent],
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        if !sessions.is_empty() {
            tx.write_sessions(scope, sessions).await?;
        }
        if !events.is_empty() {
            tx.append_events(scope, events).await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn read_sessions(
        &self,
        scope: &Scope,
        filter: &SessionFilter,
        page: Page,
    ) -> Result<Vec<Session>> {
        let mut sql = Sql::new("SELECT t.* FROM sessions t WHERE ");
        scope.condition(&mut sql, Reach::Tenant);
        match filter.live {
            Some(true) => _ = sql.push(" AND t.ended_at_ms IS NULL"),
            Some(false) => _ = sql.push(" AND t.ended_at_ms IS NOT NULL"),
            None => {}
        }
        if let Some(operator) = filter.operator {
            sql.push(" AND t.operator_id = ").bind(operator.to_string());
        }
        if let Some(since) = filter.since {
            sql.push(" AND t.started_at_ms >= ").bind(since.0);
        }
        if let Some(until) = filter.until {
            sql.push(" AND t.started_at_ms < ").bind(until.0);
        }
        if let Some(number) = &filter.number {
            let pattern = containing(number);
            sql.push(" AND (t.caller LIKE ").bind(&pattern).push(" ESCAPE '\\'");
            sql.push(" OR t.dialled LIKE ").bind(&pattern).push(" ESCAPE '\\')");
        }
        search::narrow(&mut sql, scope, filter);
        if let Some(before) = page.before {
            sql.push(" AND t.id < ").bind(before.to_string());
        }
        sql.push(" ORDER BY t.id DESC LIMIT ").bind(page.limit.min(PAGE_MAX));
        self.db.query(sql).await?.iter().map(Session::read).collect()
    }

    pub(super) async fn read_session(&self, scope: &Scope, id: SessionId) -> Result<Session> {
        let mut sql = Sql::new("SELECT t.* FROM sessions t WHERE ");
        scope.condition(&mut sql, Reach::Tenant);
        sql.push(" AND t.id = ").bind(id.to_string());
        let rows = self.db.query(sql).await?;
        rows.first().map(Session::read).ok_or_else(|| StoreError::not_found("session", id))?
    }

    pub(super) async fn read_events(&self, scope: &Scope, session: SessionId) -> Result<Vec<SessionEvent>> {
        let mut sql = Sql::new("SELECT t.* FROM events t WHERE ");
        scope.condition(&mut sql, Reach::Tenant);
        sql.push(" AND t.session_id = ").bind(session.to_string()).push(" ORDER BY t.seq");
        self.db.query(sql).await?.iter().map(SessionEvent::read).collect()
    }

    pub(super) async fn read_registrations(&self, scope: &Scope) -> Result<Vec<Registration>> {
        let mut sql = Sql::new(
            "SELECT t.* FROM (SELECT r.*, d.user_id FROM registrations r JOIN devices d ON d.id = r.device_id) t \
             WHERE ",
        );
        scope.condition(&mut sql, Reach::User("user_id"));
        sql.push(" ORDER BY t.device_id, t.uri");
        self.db.query(sql).await?.iter().map(Registration::read).collect()
    }

    pub(super) async fn write_registrations(&self, scope: &Scope, bindings: &[Registration]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let known = tx.devices_among(scope, bindings.iter().map(|binding| binding.device).collect()).await?;
        let kept: Vec<&Registration> = bindings.iter().filter(|b| known.contains(&b.device)).collect();
        tx.upsert_registrations(scope, &kept).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn exchange_registrations(
        &self,
        scope: &Scope,
        devices: &[(DeviceId, Vec<Registration>)],
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let known = tx.devices_among(scope, devices.iter().map(|(device, _)| *device).collect()).await?;
        for piece in pieces(&known.iter().copied().collect::<Vec<_>>()) {
            let mut sql = Sql::new("DELETE FROM registrations WHERE device_id IN (");
            sql.bind_list(piece.iter().map(DeviceId::to_string)).push(")");
            tx.execute(sql).await?;
        }
        // The last word about a device counts.
        let latest: BTreeMap<_, _> = devices.iter().map(|(device, bindings)| (*device, bindings)).collect();
        let mut kept: Vec<&Registration> = Vec::new();
        for (device, bindings) in latest.into_iter().filter(|(device, _)| known.contains(device)) {
            kept.extend(bindings.iter().filter(|binding| binding.device == device));
        }
        tx.upsert_registrations(scope, &kept).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn delete_registrations(
        &self,
        scope: &Scope,
        bindings: &[(DeviceId, String)],
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let known = tx.devices_among(scope, bindings.iter().map(|(device, _)| *device).collect()).await?;
        for (device, uri) in bindings.iter().filter(|(device, _)| known.contains(device)) {
            let mut sql = Sql::new("DELETE FROM registrations WHERE device_id = ");
            sql.bind(device.to_string()).push(" AND uri = ").bind(uri);
            tx.execute(sql).await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn delete_expired(&self, scope: &Scope, now: UnixMs) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let mut sql = Sql::new("DELETE FROM registrations WHERE expires_at_ms <= ");
        sql.bind(now.0).push(" AND device_id IN (SELECT t.id FROM devices t WHERE ");
        scope.condition(&mut sql, Reach::User("user_id"));
        sql.push(")");
        let removed = tx.execute(sql).await?;
        tx.commit().await?;
        Ok(removed)
    }

    pub(super) async fn read_switches(&self, scope: &Scope) -> Result<Vec<Switch>> {
        let mut sql = Sql::new("SELECT t.* FROM switches t WHERE ");
        scope.condition(&mut sql, Reach::Tenant);
        sql.push(" ORDER BY t.tenant_id, t.name");
        self.db.query(sql).await?.iter().map(Switch::read).collect()
    }

    pub(super) async fn write_switches(&self, scope: &Scope, switches: &[Switch]) -> Result<()> {
        let latest: BTreeMap<_, _> = switches.iter().map(|s| ((s.tenant, &s.name), s)).collect();
        let mut tx = self.db.begin().await?;
        let ids = latest.keys().map(|(tenant, _)| tenant.to_string()).collect::<BTreeSet<_>>();
        let known = tx.ids_among(scope, "tenants", Reach::Itself, ids.into_iter().collect()).await?;
        let company = scope.company.to_string();
        let kept = latest.values().filter(|switch| known.contains(&switch.tenant.to_string()));
        let rows: Vec<Vec<Value>> = kept.map(|switch| switch.values(&company)).collect();
        for piece in pieces(&rows) {
            let mut sql = Sql::insert("switches", switch::COLUMNS, piece.to_vec());
            sql.or_update(&["tenant_id", "name"], switch::COLUMNS);
            tx.execute(sql).await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn read_statuses(&self, scope: &Scope) -> Result<Vec<OperatorStatus>> {
        let mut sql = Sql::new("SELECT t.* FROM operator_statuses t WHERE ");
        scope.condition(&mut sql, Reach::User("user_id"));
        sql.push(" ORDER BY t.user_id");
        self.db.query(sql).await?.iter().map(OperatorStatus::read).collect()
    }

    pub(super) async fn write_statuses(&self, scope: &Scope, statuses: &[OperatorStatus]) -> Result<()> {
        let latest: BTreeMap<_, _> = statuses.iter().map(|status| (status.user, status)).collect();
        let mut tx = self.db.begin().await?;
        let ids = latest.keys().map(|user| user.to_string()).collect();
        let known = tx.ids_among(scope, "users", Reach::User("id"), ids).await?;
        let company = scope.company.to_string();
        let kept = latest.iter().filter(|(user, _)| known.contains(&user.to_string()));
        let rows: Vec<Vec<Value>> = kept.map(|(_, status)| status.values(&company)).collect();
        for piece in pieces(&rows) {
            let mut sql = Sql::insert("operator_statuses", status::COLUMNS, piece.to_vec());
            sql.or_update(&["user_id"], status::COLUMNS);
            tx.execute(sql).await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn read_call_settings(&self, scope: &Scope) -> Result<Vec<CallSettings>> {
        let mut sql = Sql::new("SELECT t.* FROM call_settings t WHERE ");
        scope.condition(&mut sql, Reach::User("user_id"));
        sql.push(" ORDER BY t.user_id");
        self.db.query(sql).await?.iter().map(CallSettings::read).collect()
    }

    pub(super) async fn write_call_settings(&self, scope: &Scope, settings: &[CallSettings]) -> Result<()> {
        let latest: BTreeMap<_, _> = settings.iter().map(|settings| (settings.user, settings)).collect();
        let mut tx = self.db.begin().await?;
        let ids = latest.keys().map(|user| user.to_string()).collect();
        let known = tx.ids_among(scope, "users", Reach::User("id"), ids).await?;
        let company = scope.company.to_string();
        let kept = latest.iter().filter(|(user, _)| known.contains(&user.to_string()));
        let rows: Vec<Vec<Value>> = kept.map(|(_, settings)| settings.values(&company)).collect();
        for piece in pieces(&rows) {
            let mut sql = Sql::insert("call_settings", call_settings::COLUMNS, piece.to_vec());
            sql.or_update(&["user_id"], call_settings::COLUMNS);
            tx.execute(sql).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// The new events of a session have to go on where its stored ones end.
fn check_no_gap(last: u32, new: &[&SessionEvent]) -> Result<()> {
    for (expected, event) in (u64::from(last) + 1..).zip(new) {
        if u64::from(event.seq) != expected {
            return Err(StoreError::conflict(
                format!(
                    "event {} of session {} does not follow event {}",
                    event.seq,
                    event.session,
                    expected - 1
                ),
                "append events in order, without gaps, each number once",
            ));
        }
    }
    Ok(())
}

impl Tx {
    async fn write_sessions(&mut self, scope: &Scope, sessions: &[Session]) -> Result<()> {
        let mut latest = BTreeMap::new();
        for session in sessions {
            scope.admit("session", &session.tenant.into())?;
            latest.insert(session.id, session);
        }
        let ending = self.ending(&latest).await?;
        let company = scope.company.to_string();
        let rows: Vec<Vec<Value>> = latest.values().map(|session| session.values(&company)).collect();
        for piece in pieces(&rows) {
            let mut sql = Sql::insert("sessions", session::COLUMNS, piece.to_vec());
            sql.or_update(&["id"], session::COLUMNS).push(" WHERE ");
            scope.condition(&mut sql, Reach::Tenant);
            if self.execute(sql).await? != piece.len() as u64 {
                return Err(StoreError::not_found("session", "one of the batch, which is not yours"));
            }
        }
        let over = latest.values().copied().filter(|session| session.ended_at.is_some());
        self.index_calls(scope, over).await?;
        self.follow_clients(scope, &latest, &ending).await
    }

    async fn append_events(&mut self, scope: &Scope, events: &[SessionEvent]) -> Result<()> {
        let mut sessions: BTreeMap<SessionId, Vec<&SessionEvent>> = BTreeMap::new();
        for event in events {
            scope.admit("session", &event.tenant.into())?;
            sessions.entry(event.session).or_default().push(event);
        }
        let company = scope.company.to_string();
        let heads = self.heads(&sessions.keys().copied().collect::<Vec<_>>()).await?;
        let mut rows = Vec::with_capacity(events.len());
        let mut written = vec![];
        for (session, events) in &sessions {
            let head = heads.get(session);
            let last = head.map_or(0, |head| head.last);
            let foreign =
                |head: &Head| head.company != company || events.iter().any(|e| e.tenant != head.tenant);
            if head.is_some_and(foreign) {
                return Err(StoreError::not_found("session", session));
            }
            let (again, new): (Vec<_>, Vec<_>) = events.iter().partition(|event| event.seq <= last);
            check_no_gap(last, &new)?;
            self.check_same(*session, &again).await?;
            for event in new {
                rows.push(event.values(&company)?);
                written.push(event);
            }
        }
        for piece in pieces(&rows) {
            self.execute(Sql::insert("events", event::COLUMNS, piece.to_vec())).await?;
        }
        self.index_messages(scope, written.into_iter()).await
    }

    async fn heads(&mut self, sessions: &[SessionId]) -> Result<BTreeMap<SessionId, Head>> {
        let mut heads = BTreeMap::new();
        for piece in pieces(sessions) {
            let mut sql = Sql::new(
                "SELECT session_id, company_id, tenant_id, MAX(seq) AS last FROM events WHERE session_id IN (",
            );
            sql.bind_list(piece.iter().map(SessionId::to_string));
            sql.push(") GROUP BY session_id, company_id, tenant_id");
            for row in self.query(sql).await? {
                let head = Head {
                    company: row.text("company_id")?,
                    tenant: row.optional_id("tenant_id")?.map(TenantId),
                    last: row.u32("last")?,
                };
                heads.insert(SessionId(row.id("session_id")?), head);
            }
        }
        Ok(heads)
    }

    /// Events whose numbers are taken have to be the ones that are stored.
    async fn check_same(&mut self, session: SessionId, again: &[&SessionEvent]) -> Result<()> {
        let Some(first) = again.iter().map(|event| event.seq).min() else { return Ok(()) };
        let mut sql = Sql::new("SELECT t.* FROM events t WHERE t.session_id = ");
        sql.bind(session.to_string()).push(" AND t.seq >= ").bind(first).push(" ORDER BY t.seq");
        let stored: Vec<SessionEvent> =
            self.query(sql).await?.iter().map(SessionEvent::read).collect::<Result<_>>()?;
        match again.iter().find(|event| !stored.contains(event)) {
            None => Ok(()),
            Some(event) => Err(StoreError::conflict(
                format!("event {} of session {session} is stored already, and was another", event.seq),
                "number events through, each number once",
            )),
        }
    }

    async fn upsert_registrations(&mut self, scope: &Scope, bindings: &[&Registration]) -> Result<()> {
        let latest: BTreeMap<_, _> =
            bindings.iter().map(|binding| ((binding.device, &binding.uri), *binding)).collect();
        let company = scope.company.to_string();
        let rows: Vec<Vec<Value>> = latest.values().map(|binding| binding.values(&company)).collect();
        for piece in pieces(&rows) {
            let mut sql = Sql::insert("registrations", registration::COLUMNS, piece.to_vec());
            sql.or_update(&["device_id", "uri"], registration::COLUMNS);
            self.execute(sql).await?;
        }
        Ok(())
    }

    async fn devices_among(
        &mut self,
        scope: &Scope,
        devices: BTreeSet<DeviceId>,
    ) -> Result<BTreeSet<DeviceId>> {
        let ids = devices.iter().map(DeviceId::to_string).collect();
        let known = self.ids_among(scope, "devices", Reach::User("user_id"), ids).await?;
        Ok(devices.into_iter().filter(|device| known.contains(&device.to_string())).collect())
    }

    /// Which of these rows exist within the scope; they stay until this transaction ends.
    pub(super) async fn ids_among(
        &mut self,
        scope: &Scope,
        table: &str,
        reach: Reach,
        ids: Vec<String>,
    ) -> Result<BTreeSet<String>> {
        let mut known = BTreeSet::new();
        for piece in pieces(&ids) {
            let mut sql = Sql::new(&format!("SELECT t.id FROM {table} t WHERE "));
            scope.condition(&mut sql, reach);
            sql.push(" AND t.id IN (").bind_list(piece.iter()).push(") ORDER BY t.id").push(self.hold_rows());
            let rows: Vec<Row> = self.query(sql).await?;
            for row in &rows {
                known.insert(row.text("id")?);
            }
        }
        Ok(known)
    }
}
