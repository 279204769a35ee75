//! Groups: operators who serve one queue.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::announcement::can_be_heard;
use crate::api::names::Names;
use crate::api::resource::resource;
use crate::store::{Group, GroupChange, Key, NewGroup, RecordingRule, Strategy};

/// A group, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GroupView {
    /// Its id.
    pub id: Uuid,
    /// Its name in dialplans, unique in the tenant.
    pub name: String,
    /// The tenant whose queue it serves, by name.
    pub tenant: String,
    /// Its name for people.
    pub display: String,
    /// How it offers.
    pub strategy: Strategy,
    /// Its operators, by name.
    pub members: Vec<String>,
    /// How long an offer stands, in milliseconds.
    pub offer_for_ms: u32,
    /// Offers that an operator may leave unanswered in a row.
    pub misses_allowed: u32,
    /// Time to finish a session after its end, in milliseconds.
    pub after_call_work_ms: u32,
    /// How many may wait.
    pub limit: Option<u32>,
    /// How long one may wait, in milliseconds.
    pub max_wait_ms: Option<u32>,
    /// What it says of recording.
    pub recording: Option<RecordingRule>,
}

impl View<Group> for GroupView {
    fn of(row: Group, names: &Names) -> Self {
        Self {
            id: row.id.0,
            tenant: names.tenant(row.tenant),
            members: row.members.into_iter().map(|user| names.user(user)).collect(),
            name: row.name,
            display: row.display,
            strategy: row.strategy,
            offer_for_ms: row.offer_for_ms,
            misses_allowed: row.misses_allowed,
            after_call_work_ms: row.after_call_work_ms,
            limit: row.limit,
            max_wait_ms: row.max_wait_ms,
            recording: row.recording,
        }
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

resource! {
    noun: "group", nouns: "groups", path: "/api/v1/groups", item: "/api/v1/groups/{key}",
    shows: GroupView, made: GroupView, new: NewGroup, change: GroupChange,
    store: groups group add_group change_group remove_group,
    checks: can_be_heard
}
