//! Calls of clients that nobody took: whom to call back.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{GroupId, MissedCallId, SessionId, TenantId, UserId};
use crate::store::sql::{Row, Value};
use crate::store::{Session, SessionDirection, SessionKind, StoreError};
use crate::time::UnixMs;

/// What numbers are called that are not told.
const UNTOLD: &[&str] = &["anonymous", "unavailable", "unknown", "withheld", "restricted"];

/// The calls of one client that nobody took, since somebody spoke with this client last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissedCall {
    /// Its id.
    pub id: MissedCallId,
    /// The tenant whose client it is.
    pub tenant: TenantId,
    /// The number to call back.
    pub client: String,
    /// The client's name, where one was given.
    pub client_name: Option<String>,
    /// The operators for whom it was.
    pub operators: BTreeSet<UserId>,
    /// The groups for whom it was.
    pub groups: BTreeSet<GroupId>,
    /// How often the client called.
    pub attempts: u32,
    /// When the client gave up the first time.
    pub first_at: UnixMs,
    /// When the client gave up the last time.
    pub last_at: UnixMs,
    /// How long the client waited the last time, in milliseconds.
    pub waited_ms: i64,
    /// The last of the calls.
    pub session: SessionId,
    /// What has become of it.
    pub state: MissedState,
    /// When that was.
    pub closed_at: Option<UnixMs>,
    /// The operator who spoke with the client, or dismissed it.
    pub closed_by: Option<UserId>,
    /// The session in which somebody spoke with the client.
    pub closed_session: Option<SessionId>,
}

/// What has become of a missed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissedState {
    /// Nobody has spoken with the client since.
    Open,
    /// Somebody has spoken with the client since, whoever called whom.
    CalledBack,
    /// Somebody says that it needs no call.
    Dismissed,
}

impl MissedState {
    /// All states, with their words.
    const WORDS: &[(&'static str, MissedState)] = &[
        ("open", MissedState::Open),
        ("called_back", MissedState::CalledBack),
        ("dismissed", MissedState::Dismissed),
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(_, state)| *state == self).map_or("", |(word, _)| word)
    }
}

/// Which missed calls to list, newest first. The default is the first hundred of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissedFilter {
    /// Only those of which this has become.
    pub state: Option<MissedState>,
    /// Only those that were for this operator.
    pub operator: Option<UserId>,
    /// Only those that were for this group.
    pub group: Option<GroupId>,
    /// How many at most; 1000 is the ceiling.
    pub limit: u32,
    /// Only those older than this one, the last of the page before.
    pub before: Option<MissedCallId>,
}

impl Default for MissedFilter {
    fn default() -> Self {
        Self { state: None, operator: None, group: None, limit: 100, before: None }
    }
}

/// The columns of a missed call, in the order of [`MissedCall::values`].
pub(super) const COLUMNS: &[&str] = &[
    "id",
    "company_id",
    "tenant_id",
    "client",
    "client_name",
    "operators",
    "groups_waited",
    "attempts",
    "first_at_ms",
    "last_at_ms",
    "waited_ms",
    "session_id",
    "state",
    "closed_at_ms",
    "closed_by",
    "closed_session",
];

impl MissedCall {
    /// The call that nobody took in this session, if that is what it was. `operator` finds operators by their names.
    pub(super) fn of(session: &Session, operator: impl Fn(&str) -> Option<UserId>) -> Option<Self> {
        let (ended, tenant) = (session.ended_at?, session.tenant?);
        let was_for_somebody = session.group.is_some() || !session.called.is_empty();
        // Who left an address for mails alone cannot be called.
        let told = !session.from.is_empty()
            && !session.from.contains('@')
            && !UNTOLD.contains(&session.from.to_lowercase().as_str());
        let by_client = session.kind == SessionKind::Client && session.direction == SessionDirection::Inbound;
        if session.answered_at.is_some() || !(by_client && was_for_somebody && told) {
            return None;
        }
        let whole = ended.0.saturating_sub(session.started_at.0);
        Some(Self {
            id: MissedCallId(session.id.0),
            tenant,
            client: session.from.clone(),
            client_name: session.from_name.clone(),
            operators: session.called.iter().filter_map(|name| operator(name)).collect(),
            groups: session.group.into_iter().collect(),
            attempts: 1,
            first_at: ended,
            last_at: ended,
            waited_ms: if session.waiting_ms > 0 { session.waiting_ms } else { whole },
            session: session.id,
            state: MissedState::Open,
            closed_at: None,
            closed_by: None,
            closed_session: None,
        })
    }

    /// The same client called again in vain.
    pub(super) fn again(&mut self, later: Self) {
        self.attempts = self.attempts.saturating_add(later.attempts);
        self.operators.extend(later.operators);
        self.groups.extend(later.groups);
        self.client_name = later.client_name.or(self.client_name.take());
        (self.last_at, self.waited_ms, self.session) = (later.last_at, later.waited_ms, later.session);
    }

    /// Somebody speaks with the client in this session. Gives whether that was after the last call in vain.
    pub(super) fn settle(&mut self, session: &Session) -> bool {
        let Some(at) = session.answered_at.filter(|at| *at >= self.last_at) else { return false };
        self.state = MissedState::CalledBack;
        (self.closed_at, self.closed_by, self.closed_session) =
            (Some(at), session.operator, Some(session.id));
        true
    }

    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        vec![
            Value::from(self.id.to_string()),
            Value::from(company),
            Value::from(self.tenant.to_string()),
            Value::from(&self.client),
            Value::from(self.client_name.clone()),
            Value::json(&self.operators),
            Value::json(&self.groups),
            Value::from(self.attempts),
            Value::from(self.first_at.0),
            Value::from(self.last_at.0),
            Value::from(self.waited_ms),
            Value::from(self.session.to_string()),
            Value::from(self.state.as_str()),
            Value::from(self.closed_at.map(|at| at.0)),
            Value::from(self.closed_by.map(|id| id.to_string())),
            Value::from(self.closed_session.map(|id| id.to_string())),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let word = row.text("state")?;
        let state = MissedState::WORDS.iter().find(|(known, _)| *known == word);
        Ok(Self {
            id: row.id("id").map(MissedCallId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            client: row.text("client")?,
            client_name: row.optional_text("client_name")?,
            operators: row.json("operators")?,
            groups: row.json("groups_waited")?,
            attempts: row.u32("attempts")?,
            first_at: row.int("first_at_ms").map(UnixMs)?,
            last_at: row.int("last_at_ms").map(UnixMs)?,
            waited_ms: row.int("waited_ms")?,
            session: row.id("session_id").map(SessionId)?,
            state: state.map(|(_, state)| *state).ok_or_else(|| Row::nonsense("state"))?,
            closed_at: row.optional_int("closed_at_ms")?.map(UnixMs),
            closed_by: row.optional_id("closed_by")?.map(UserId),
            closed_session: row.optional_id("closed_session")?.map(SessionId),
        })
    }
}

/// The numbers of those with whom somebody speaks in this session, if it has a client.
pub(super) fn spoken_with(session: &Session) -> Vec<&str> {
    if session.answered_at.is_none() || session.kind != SessionKind::Client {
        return vec![];
    }
    match session.direction {
        SessionDirection::Inbound => vec![&session.from],
        SessionDirection::Outbound => session.called.iter().map(String::as_str).collect(),
    }
}
