//! Numbers: each belongs to one tenant.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::announcement::can_be_heard;
use crate::api::names::Names;
use crate::api::resource::resource;
use crate::store::{Key, NewNumber, Number, NumberChange, RecordingRule};

/// A telephone number, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NumberView {
    /// Its id.
    pub id: Uuid,
    /// E.164: `+420200000100`.
    pub number: String,
    /// The short form dialled inside.
    pub short: Option<String>,
    /// The tenant that owns it, by name.
    pub tenant: String,
    /// What it is for.
    pub label: String,
    /// What it says of recording.
    pub recording: Option<RecordingRule>,
}

impl View<Number> for NumberView {
    fn of(row: Number, names: &Names) -> Self {
        let Number { id, tenant, number, short, label, recording } = row;
        Self { id: id.0, number, short, tenant: names.tenant(tenant), label, recording }
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

resource! {
    noun: "number", nouns: "numbers", path: "/api/v1/numbers", item: "/api/v1/numbers/{key}",
    shows: NumberView, made: NumberView, new: NewNumber, change: NumberChange,
    store: numbers number add_number change_number remove_number,
    checks: can_be_heard
}
