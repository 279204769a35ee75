//! Invitations: what brings one client to the operator who made them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entropy::Entropy;
use crate::id::{DoorId, InvitationId, TenantId, UserId};
use crate::store::scope::{Owner, Reach};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{Key, StoreError, field};
use crate::time::UnixMs;

/// How long an invitation lasts if nothing is said.
pub const LASTS: Duration = Duration::from_secs(86_400);
/// The longest that one lasts.
const LONGEST: Duration = Duration::from_secs(365 * 86_400);
/// Characters of a note.
const NOTE_MAX: usize = 200;
/// For so long after its end a code means what it meant, and is given to no other one.
pub(super) const REMEMBERED: Duration = Duration::from_secs(30 * 86_400);
/// Open ones of one tenant: a code that is guessed is wrong in 999 cases of 1,000.
pub(super) const MOST_OPEN: usize = 1_000;

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Whose client is invited.
    pub tenant: TenantId,
    /// Whom the client reaches.
    pub operator: UserId,
    /// By which widget the client comes.
    pub widget: DoorId,
    /// The hash of what its address holds.
    pub(super) hash: String,
    /// Six digits, unique among those of the tenant that are open, or were within the last 30 days.
    pub code: String,
    /// How often it may be used.
    pub kind: InvitationKind,
    /// Whom it is for, in the operator's words.
    pub note: String,
    /// When it was made.
    pub made_at: UnixMs,
    /// When it ends.
    pub expires_at: UnixMs,
    /// When somebody took it back.
    pub revoked_at: Option<UnixMs>,
    /// How many sessions came of it.
    pub uses: u32,
    /// When the last one did.
    pub used_at: Option<UnixMs>,
}

/// How often an invitation may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationKind {
    /// For one session.
    OneOff,
    /// Until it expires.
    #[default]
    Reusable,
}

/// Whether an invitation may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// It may.
    Open,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
    /// It was for one session, which there was.
    Used,
}

impl InvitationKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::OneOff => "one_off",
            Self::Reusable => "reusable",
        }
    }
}

/// What a new invitation needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// The tenant, by name or id; may be left out by those who have one alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tenant: Option<Key>,
    /// Whom the client reaches, by name or id: an operator of the tenant. People may leave themselves out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub operator: Option<Key>,
    /// By which widget of the tenant the client comes, by name or id.
    #[schema(value_type = String)]
    pub widget: Key,
    /// `one_off` or `reusable`; reusable if nothing is said.
    #[serde(default)]
    pub kind: InvitationKind,
    /// How long it lasts, in seconds, up to a year; a day if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts_s: Option<u64>,
    /// Whom it is for, at most 200 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// By what a client shows an invitation.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// What its address holds.
    Key(&'a str),
    /// Its six digits.
    Code(&'a str),
}

impl Invitation {
    pub(super) fn new(
        (id, tenant, operator, widget): (InvitationId, TenantId, UserId, DoorId),
        (hash, code): (String, String),
        new: NewInvitation,
        now: UnixMs,
    ) -> Result<Self, StoreError> {
        let lasts = new.lasts_s.map_or(LASTS, Duration::from_secs);
        if lasts.is_zero() || lasts > LONGEST {
            let what = format!("{} s is no length of an invitation", lasts.as_secs());
            return Err(StoreError::invalid("lasts_s", what, "say from one second up to a year (31536000)"));
        }
        Ok(Self {
            id,
            tenant,
            operator,
            widget,
            hash,
            code,
            kind: new.kind,
            note: field::prose("note", &new.note, NOTE_MAX)?,
            made_at: now,
            expires_at: now + lasts,
            revoked_at: None,
            uses: 0,
            used_at: None,
        })
    }

    /// Whether it may be used at this moment.
    pub fn state(&self, now: UnixMs) -> InvitationState {
        if self.revoked_at.is_some() {
            InvitationState::Revoked
        } else if self.kind == InvitationKind::OneOff && self.uses > 0 {
            InvitationState::Used
        } else if self.expires_at <= now {
            InvitationState::Expired
        } else {
            InvitationState::Open
        }
    }

    /// When it ended, or is to end.
    pub(super) fn ends_at(&self) -> UnixMs {
        let used = self.used_at.filter(|_| self.kind == InvitationKind::OneOff);
        [self.revoked_at, used].into_iter().flatten().fold(self.expires_at, std::cmp::min)
    }

    /// A session has begun by it.
    pub(super) fn spend(&mut self, now: UnixMs) {
        (self.uses, self.used_at) = (self.uses.saturating_add(1), Some(now));
    }
}

/// Six digits, all as likely.
pub(super) fn code(entropy: &mut Entropy) -> String {
    const CODES: u32 = 1_000_000;
    // Numbers past the last whole multiple would make some codes likelier.
    let fair = u32::MAX - u32::MAX % CODES;
    loop {
        let number = entropy.u32();
        if number < fair {
            return format!("{:06}", number % CODES);
        }
    }
}

impl Noun for Invitation {
    const WHAT: &'static str = "invitation";
    const TABLE: &'static str = "invitations";
    const NAMES: &'static [&'static str] = &["code"];
    const COLUMNS: &'static [&'static str] = &[
        "tenant_id",
        "operator_id",
        "widget_id",
        "key_hash",
        "code",
        "kind",
        "note",
        "made_ms",
        "expires_ms",
        "revoked_ms",
        "uses",
        "used_ms",
    ];
    const REACH: Reach = Reach::Tenant;

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id").map(InvitationId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            operator: row.id("operator_id").map(UserId)?,
            widget: row.id("widget_id").map(DoorId)?,
            hash: row.text("key_hash")?,
            code: row.text("code")?,
            kind: match row.text("kind")?.as_str() {
                "one_off" => InvitationKind::OneOff,
                "reusable" => InvitationKind::Reusable,
                _ => return Err(Row::nonsense("kind")),
            },
            note: row.text("note")?,
            made_at: row.int("made_ms").map(UnixMs)?,
            expires_at: row.int("expires_ms").map(UnixMs)?,
            revoked_at: row.optional_int("revoked_ms")?.map(UnixMs),
            uses: row.u32("uses")?,
            used_at: row.optional_int("used_ms")?.map(UnixMs),
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(self.tenant.to_string()),
            Value::from(self.operator.to_string()),
            Value::from(self.widget.to_string()),
            Value::from(&self.hash),
            Value::from(&self.code),
            Value::from(self.kind.as_str()),
            Value::from(&self.note),
            Value::from(self.made_at.0),
            Value::from(self.expires_at.0),
            Value::from(self.revoked_at.map(|at| at.0)),
            Value::from(self.uses),
            Value::from(self.used_at.map(|at| at.0)),
        ]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.code
    }

    fn owner(&self) -> Owner {
        Some(self.tenant).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_six_digits_and_spread_over_all_of_them() {
        let mut entropy = Entropy::from_number(1);
        let codes: Vec<_> = (0..10_000).map(|_| code(&mut entropy)).collect();
        assert!(codes.iter().all(|code| code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit())));
        for digit in 0..10 {
            let begins = codes.iter().filter(|code| code.starts_with(&digit.to_string())).count();
            assert!((850..1_150).contains(&begins), "{begins} codes begin with {digit}");
        }
    }
}
