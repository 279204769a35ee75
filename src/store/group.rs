//! Operators who serve one queue.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{GroupId, TenantId, UserId};
use crate::store::scope::{Owner, Reach};
use crate::store::sql::{Links, Noun, Row, Value};
use crate::store::{Key, RecordingRule, StoreError, field};

/// How a group offers a waiting session to its operators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// To one at a time: the least loaded, then the longest idle.
    #[default]
    Push,
    /// To all who are free at once; the first to answer wins.
    RingAll,
    /// All who are eligible see it; the first who takes it wins.
    Pull,
}

impl Strategy {
    /// The strategy's name, as in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::RingAll => "ring_all",
            Self::Pull => "pull",
        }
    }
}

impl FromStr for Strategy {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        [Self::Push, Self::RingAll, Self::Pull].into_iter().find(|known| known.as_str() == text).ok_or_else(
            || {
                let what = format!("`{text}` is not a strategy");
                StoreError::invalid("strategy", what, "use push, ring_all or pull")
            },
        )
    }
}

/// Operators who serve one queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// The tenant whose queue it serves.
    pub tenant: TenantId,
    /// Its name in dialplans and commands, unique in the tenant: `sales`.
    pub name: String,
    /// Its name for people.
    pub display: String,
    /// How it offers.
    pub strategy: Strategy,
    /// The operators, in the order in which they were given.
    pub members: Vec<UserId>,
    /// How long an offer stands, in milliseconds.
    pub offer_for_ms: u32,
    /// Offers an operator may leave unanswered in a row before being set to not answering.
    pub misses_allowed: u32,
    /// Time after a session in which its operator finishes it, in milliseconds.
    pub after_call_work_ms: u32,
    /// How many sessions may wait; more overflow.
    pub limit: Option<u32>,
    /// How long a session may wait before it overflows, in milliseconds.
    pub max_wait_ms: Option<u32>,
    /// What it says of recording.
    pub recording: Option<RecordingRule>,
}

/// What a new group needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// The tenant whose queue it serves, by name or id.
    #[schema(value_type = String)]
    pub tenant: Key,
    /// Lower-case letters, digits, `.`, `_` and `-`; at most 64.
    pub name: String,
    /// At most 100 characters; the name if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// `push` if left out.
    #[serde(default)]
    pub strategy: Strategy,
    /// Operators by name or id; each needs a role in the tenant. At most 1000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub members: Vec<Key>,
    /// 1,000 to 600,000; 15,000 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer_for_ms: Option<u32>,
    /// 1 to 100; 3 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misses_allowed: Option<u32>,
    /// At most 3,600,000; 0 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_call_work_ms: Option<u32>,
    /// 1 to 100,000; no limit if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// 1,000 to 86,400,000; for ever if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_wait_ms: Option<u32>,
    /// What is recorded of the conversations of its clients; nothing is said if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<RecordingRule>,
}

/// What changes of a group; what is left out stays, `null` removes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupChange {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// Another way to offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Strategy>,
    /// All members anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub members: Option<Vec<Key>>,
    /// How long an offer stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer_for_ms: Option<u32>,
    /// Unanswered offers in a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misses_allowed: Option<u32>,
    /// Time to finish a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_call_work_ms: Option<u32>,
    /// How many may wait.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<u32>)]
    pub limit: Option<Option<u32>>,
    /// How long one may wait.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<u32>)]
    pub max_wait_ms: Option<Option<u32>>,
    /// Another rule of recording, as a whole; `null` says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<RecordingRule>)]
    pub recording: Option<Option<RecordingRule>>,
}

/// An operator has to reach for the phone: 15 s are three rings.
const OFFER_FOR_MS: u32 = 15_000;
/// Three in a row is no accident: the operator is away and forgot to say so.
const MISSES_ALLOWED: u32 = 3;

impl Group {
    pub(super) fn new(
        id: GroupId,
        tenant: TenantId,
        members: Vec<UserId>,
        new: NewGroup,
    ) -> Result<Self, StoreError> {
        let name = field::name("name", &new.name)?;
        Self {
            id,
            tenant,
            display: field::display("display", new.display.as_deref().unwrap_or(&name))?,
            name,
            strategy: new.strategy,
            members,
            offer_for_ms: new.offer_for_ms.unwrap_or(OFFER_FOR_MS),
            misses_allowed: new.misses_allowed.unwrap_or(MISSES_ALLOWED),
            after_call_work_ms: new.after_call_work_ms.unwrap_or(0),
            limit: new.limit,
            max_wait_ms: new.max_wait_ms,
            recording: new.recording.map(RecordingRule::checked).transpose()?,
        }
        .within_limits()
    }

    pub(super) fn apply(
        &mut self,
        members: Option<Vec<UserId>>,
        change: GroupChange,
    ) -> Result<(), StoreError> {
        if let Some(name) = change.name {
            self.name = field::name("name", &name)?;
        }
        if let Some(display) = change.display {
            self.display = field::display("display", &display)?;
        }
        if let Some(rule) = change.recording {
            self.recording = rule.map(RecordingRule::checked).transpose()?;
        }
        *self = Self {
            strategy: change.strategy.unwrap_or(self.strategy),
            members: members.unwrap_or_else(|| self.members.clone()),
            offer_for_ms: change.offer_for_ms.unwrap_or(self.offer_for_ms),
            misses_allowed: change.misses_allowed.unwrap_or(self.misses_allowed),
            after_call_work_ms: change.after_call_work_ms.unwrap_or(self.after_call_work_ms),
            limit: change.limit.unwrap_or(self.limit),
            max_wait_ms: change.max_wait_ms.unwrap_or(self.max_wait_ms),
            ..self.clone()
        }
        .within_limits()?;
        Ok(())
    }

    fn within_limits(self) -> Result<Self, StoreError> {
        field::between("offer_for_ms", self.offer_for_ms, 1_000..=600_000)?;
        field::between("misses_allowed", self.misses_allowed, 1..=100)?;
        field::between("after_call_work_ms", self.after_call_work_ms, 0..=3_600_000)?;
        field::between("limit", self.limit.unwrap_or(1), 1..=100_000)?;
        field::between("max_wait_ms", self.max_wait_ms.unwrap_or(1_000), 1_000..=86_400_000)?;
        field::at_most("members", self.members.len(), 1_000)?;
        Ok(self)
    }
}

impl Noun for Group {
    const WHAT: &'static str = "group";
    const TABLE: &'static str = "groups";
    const NAMES: &'static [&'static str] = &["name"];
    const COLUMNS: &'static [&'static str] = &[
        "tenant_id",
        "name",
        "display",
        "strategy",
        "offer_for_ms",
        "misses_allowed",
        "after_call_work_ms",
        "queue_limit",
        "max_wait_ms",
        "recording",
    ];
    const COMPUTED: &'static str = ", (SELECT string_agg(m.user_id, ',' ORDER BY m.position) \
         FROM group_members m WHERE m.group_id = t.id) AS members";
    const REACH: Reach = Reach::Tenant;

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(GroupId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            name: row.text("name")?,
            display: row.text("display")?,
            strategy: row.text("strategy")?.parse()?,
            members: row.ids("members")?.into_iter().map(UserId).collect(),
            offer_for_ms: row.u32("offer_for_ms")?,
            misses_allowed: row.u32("misses_allowed")?,
            after_call_work_ms: row.u32("after_call_work_ms")?,
            limit: row.optional_u32("queue_limit")?,
            max_wait_ms: row.optional_u32("max_wait_ms")?,
            recording: row.optional_json("recording")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(self.tenant.to_string()),
            Value::from(&self.name),
            Value::from(&self.display),
            Value::from(self.strategy.as_str()),
            Value::from(self.offer_for_ms),
            Value::from(self.misses_allowed),
            Value::from(self.after_call_work_ms),
            Value::from(self.limit.map(i64::from)),
            Value::from(self.max_wait_ms.map(i64::from)),
            RecordingRule::value(self.recording.as_ref()),
        ]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn owner(&self) -> Owner {
        Some(self.tenant).into()
    }

    fn links(&self) -> Option<Links> {
        let rows = (0_i64..).zip(&self.members).map(|(at, user)| vec![user.to_string().into(), at.into()]);
        Some(Links {
            table: "group_members",
            owner: "group_id",
            columns: &["user_id", "position"],
            rows: rows.collect(),
        })
    }
}
