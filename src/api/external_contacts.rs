//! External contacts: colleagues without an account, who are reached by telephone.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::{ApiState, Authority, Body, Path, Problem, Query, Within};
use crate::id::ExternalContactId;
use crate::store::{ExternalContact, ExternalContactChange, ExternalContactFilter, Key, NewExternalContact};

/// An external contact, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExternalContactView {
    /// Its id.
    pub id: Uuid,
    /// The tenant whose operators may reach it, by name.
    pub tenant: String,
    /// The name for people, unique in the tenant.
    pub name: String,
    /// A company or a department; perhaps empty.
    pub organisation: String,
    /// Telephone numbers in E.164 form; the first one is dialled.
    pub numbers: Vec<String>,
    /// What operators should know; perhaps empty.
    pub note: String,
}

impl ExternalContactView {
    fn of(row: ExternalContact, names: &Names) -> Self {
        let ExternalContact { id, tenant, name, organisation, numbers, note } = row;
        Self { id: id.0, tenant: names.tenant(tenant), name, organisation, numbers, note }
    }
}

/// Which external contacts to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only those whose name, organisation or a number contains this.
    pub q: Option<String>,
    /// How many at most; 100 if not said, 1000 at most.
    pub limit: Option<u32>,
    /// Only those after this one: the last of the page before.
    pub after: Option<Uuid>,
    /// Only those of this tenant, by name or id.
    #[param(value_type = Option<String>)]
    pub tenant: Option<Key>,
}

/// The routes of external contacts.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list, add))
        .routes(utoipa_axum::routes!(one, change, remove))
}

#[utoipa::path(
    get, path = "/api/v1/external-contacts", tag = "external-contacts", params(Wanted),
    operation_id = "list_external-contacts", summary = "External contacts, by name",
    responses((status = 200, body = [ExternalContactView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<ExternalContactView>>, Problem> {
    let scope = authority.within(&api, &Within { tenant: wanted.tenant }).await?;
    let usual = ExternalContactFilter::default();
    let filter = ExternalContactFilter {
        text: wanted.q,
        limit: wanted.limit.unwrap_or(usual.limit),
        after: wanted.after.map(ExternalContactId),
    };
    let rows = api.store.external_contacts(&scope, &filter).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(rows.into_iter().map(|row| ExternalContactView::of(row, &names)).collect()))
}

#[utoipa::path(
    get, path = "/api/v1/external-contacts/{key}", tag = "external-contacts",
    params(("key" = String, Path, description = "name or id"), Within),
    operation_id = "show_external-contact", summary = "One external contact",
    responses((status = 200, body = ExternalContactView), (status = "default", body = Problem))
)]
async fn one(
    State(api): State<ApiState>,
    authority: Authority,
    Query(within): Query<Within>,
    Path(key): Path<Key>,
) -> Result<Json<ExternalContactView>, Problem> {
    let scope = authority.within(&api, &within).await?;
    let row = api.store.external_contact(&scope, &key).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(ExternalContactView::of(row, &names)))
}

#[utoipa::path(
    post, path = "/api/v1/external-contacts", tag = "external-contacts", request_body = NewExternalContact,
    operation_id = "add_external-contact", summary = "Adds an external contact",
    responses((status = 201, body = ExternalContactView), (status = "default", body = Problem))
)]
async fn add(
    State(api): State<ApiState>,
    authority: Authority,
    Body(new): Body<NewExternalContact>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<ExternalContactView>), Problem> {
    let row = api.store.add_external_contact(&authority.scope, new).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    let location = format!("/api/v1/external-contacts/{}", row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(ExternalContactView::of(row, &names))))
}

#[utoipa::path(
    patch, path = "/api/v1/external-contacts/{key}", tag = "external-contacts",
    request_body = ExternalContactChange, params(("key" = String, Path, description = "name or id"), Within),
    operation_id = "change_external-contact", summary = "Changes an external contact",
    responses((status = 200, body = ExternalContactView), (status = "default", body = Problem))
)]
async fn change(
    State(api): State<ApiState>,
    authority: Authority,
    Query(within): Query<Within>,
    Path(key): Path<Key>,
    Body(change): Body<ExternalContactChange>,
) -> Result<Json<ExternalContactView>, Problem> {
    let scope = authority.within(&api, &within).await?;
    let row = api.store.change_external_contact(&scope, &key, change).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(ExternalContactView::of(row, &names)))
}

#[utoipa::path(
    delete, path = "/api/v1/external-contacts/{key}", tag = "external-contacts",
    params(("key" = String, Path, description = "name or id"), Within),
    operation_id = "remove_external-contact", summary = "Removes an external contact",
    responses((status = 204), (status = "default", body = Problem))
)]
async fn remove(
    State(api): State<ApiState>,
    authority: Authority,
    Query(within): Query<Within>,
    Path(key): Path<Key>,
) -> Result<StatusCode, Problem> {
    let scope = authority.within(&api, &within).await?;
    api.store.remove_external_contact(&scope, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
