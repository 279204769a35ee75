//! Tenants: brands and departments of the company.

use uuid::Uuid;

use crate::api::names::Names;
use crate::api::resource::resource;
use crate::store::{Key, NewTenant, Tenant, TenantChange};

impl View<Tenant> for Tenant {
    fn of(row: Tenant, _: &Names) -> Self {
        row
    }

    fn id(&self) -> Uuid {
        self.id.0
    }
}

resource! {
    noun: "tenant", nouns: "tenants", path: "/api/v1/tenants", item: "/api/v1/tenants/{key}",
    shows: Tenant, made: Tenant, new: NewTenant, change: TenantChange,
    store: tenants tenant add_tenant change_tenant remove_tenant
}
