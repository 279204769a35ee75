//! Destinations: prefixes of numbers outside, each with the class that an administrator put it into.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::resource::resource;
use crate::e164::Class;
use crate::store::{Destination, DestinationChange, Key, NewDestination};

/// A destination, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DestinationView {
    /// Its id.
    pub id: Uuid,
    /// The beginning of the numbers: `+420900`. The longest that fits tells.
    pub prefix: String,
    /// The class of the numbers: `local`, `national`, `mobile`, `international` or `premium`.
    #[schema(value_type = String)]
    pub class: Class,
    /// What it is.
    pub label: String,
}

impl View<Destination> for DestinationView {
    fn of(row: Destination, _names: &Names) -> Self {
        let Destination { id, prefix, class, label } = row;
        Self { id: id.0, prefix, class, label }
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

resource! {
    noun: "destination", nouns: "destinations", path: "/api/v1/destinations", item: "/api/v1/destinations/{key}",
    shows: DestinationView, made: DestinationView, new: NewDestination, change: DestinationChange,
    store: destinations destination add_destination change_destination remove_destination
}
