//! What is recorded of calls, and the recordings. Their sound is in files named by their ids.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{RecordingId, SessionId, TenantId};
use crate::store::sql::{Row, Value};
use crate::store::{StoreError, field};
use crate::time::UnixMs;

/// What a group or a number says of recording.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordingRule {
    /// Whether conversations are recorded.
    #[serde(default)]
    pub mode: RecordingMode,
    /// Which files a recording has.
    #[serde(default)]
    pub layout: RecordingLayout,
    /// A prompt that the client hears: its name among the prompts of the tenant's language, or, with a `/` in it, a sound of
    /// the media folder. None if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announcement: Option<String>,
    /// When the recording begins that is announced.
    #[serde(default)]
    pub begins: RecordingBegins,
    /// After how many days the recording is removed, 1 to 36,500; never if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<u32>,
}

/// Whether conversations are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingMode {
    /// They are not.
    #[default]
    Off,
    /// They are.
    On,
}

/// Which files a recording has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingLayout {
    /// One, with the client on the left and the company on the right.
    #[default]
    Stereo,
    /// A mono one for each party, all with the same beginning.
    PerParty,
}

/// When a recording begins that is announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingBegins {
    /// When the client has heard the announcement.
    #[default]
    Announced,
    /// With the conversation: the announcement is heard meanwhile.
    AtOnce,
}

impl RecordingLayout {
    /// The layout's name, as in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stereo => "stereo",
            Self::PerParty => "per_party",
        }
    }
}

impl FromStr for RecordingLayout {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        [Self::Stereo, Self::PerParty].into_iter().find(|known| known.as_str() == text).ok_or_else(|| {
            let what = format!("`{}` is no layout of recordings", field::shortened(text));
            StoreError::invalid("layout", what, "use stereo or per_party")
        })
    }
}

impl RecordingRule {
    /// The rule, if it can be one.
    pub(super) fn checked(self) -> Result<Self, StoreError> {
        field::between("recording.keep_days", self.keep_days.unwrap_or(1), 1..=36_500)?;
        if let Some(sound) = &self.announcement {
            field::sound("recording.announcement", sound)?;
        }
        Ok(self)
    }

    /// The rule in the column of a row.
    pub(super) fn value(rule: Option<&Self>) -> Value {
        Value::from(rule.and_then(|rule| serde_json::to_string(rule).ok()))
    }
}

/// A recording of a session that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Its id, with which the names of its files begin.
    pub id: RecordingId,
    /// The tenant of its session.
    pub tenant: Option<TenantId>,
    /// What was recorded.
    pub session: SessionId,
    /// Which files it has.
    pub layout: RecordingLayout,
    /// When it began.
    pub started_at: UnixMs,
    /// How long it is, in milliseconds.
    pub ms: u64,
    /// Milliseconds of it that are silence because their sound was lost.
    pub incomplete_ms: u64,
    /// It was ended in the usual way, and nothing is missing.
    pub complete: bool,
    /// When it is removed.
    pub remove_after: Option<UnixMs>,
}

/// The columns of a recording, in the order of [`Recording::values`].
pub(super) const COLUMNS: &[&str] = &[
    "id",
    "company_id",
    "tenant_id",
    "session_id",
    "layout",
    "started_at_ms",
    "length_ms",
    "incomplete_ms",
    "complete",
    "remove_after_ms",
];

impl Recording {
    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        let int = |ms: u64| i64::try_from(ms).unwrap_or(i64::MAX);
        vec![
            Value::from(self.id.to_string()),
            Value::from(company),
            Value::from(self.tenant.map(|tenant| tenant.to_string())),
            Value::from(self.session.to_string()),
            Value::from(self.layout.as_str()),
            Value::from(self.started_at.0),
            Value::from(int(self.ms)),
            Value::from(int(self.incomplete_ms)),
            Value::from(self.complete),
            Value::from(self.remove_after.map(|at| at.0)),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let ms = |column| row.int(column).map(|ms| u64::try_from(ms).unwrap_or(0));
        Ok(Self {
            id: row.id("id").map(RecordingId)?,
            tenant: row.optional_id("tenant_id")?.map(TenantId),
            session: row.id("session_id").map(SessionId)?,
            layout: row.text("layout")?.parse()?,
            started_at: row.int("started_at_ms").map(UnixMs)?,
            ms: ms("length_ms")?,
            incomplete_ms: ms("incomplete_ms")?,
            complete: row.flag("complete")?,
            remove_after: row.optional_int("remove_after_ms")?.map(UnixMs),
        })
    }
}
