//! Widgets: where clients write from pages of a site.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::resource::resource;
use crate::store::{Key, NewWidget, Widget, WidgetChange, WidgetSettings};

/// A widget, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WidgetView {
    /// Its id, by which pages name it.
    pub id: Uuid,
    /// Its name, unique in the tenant.
    pub name: String,
    /// Whose it is, by name.
    pub tenant: String,
    /// Who serves those who write by it, by name.
    pub group: String,
    /// Whether it is offered.
    pub enabled: bool,
    /// Sites whose pages may show it; none: any.
    pub origins: Vec<String>,
    /// How it looks, and what it asks for.
    pub settings: WidgetSettings,
}

impl View<Widget> for WidgetView {
    fn of(row: Widget, names: &Names) -> Self {
        let Widget { id, tenant, name, group, enabled, origins, settings } = row;
        let (tenant, group) = (names.tenant(tenant), names.group(group));
        Self { id: id.0, name, tenant, group, enabled, origins, settings }
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

resource! {
    noun: "widget", nouns: "widgets", path: "/api/v1/widgets", item: "/api/v1/widgets/{key}",
    shows: WidgetView, made: WidgetView, new: NewWidget, change: WidgetChange,
    store: widgets widget add_widget change_widget remove_widget
}
