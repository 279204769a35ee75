//! Messages that a tenant has ready, and which ones an operator has marked.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::{ApiState, Authority, Body, Path, Problem, Query, Within};
use crate::id::TemplateId;
use crate::store::{Key, NewTemplate, Template, TemplateChange};

/// A template, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TemplateView {
    /// Its id.
    pub id: Uuid,
    /// The tenant whose operators have it, by name.
    pub tenant: String,
    /// By which it is called, unique in the tenant: `hours`.
    pub shortcut: String,
    /// What people choose by.
    pub title: String,
    /// The message.
    pub text: String,
    /// Whether whoever asks has marked it.
    pub starred: bool,
}

impl TemplateView {
    fn of(row: Template, names: &Names) -> Self {
        let Template { id, tenant, shortcut, title, text, starred } = row;
        Self { id: id.0, tenant: names.tenant(tenant), shortcut, title, text, starred }
    }
}

/// Which templates to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only those in whose shortcut, title or text each of these words is found, accents aside.
    pub q: Option<String>,
    /// Only those of this tenant, by name or id.
    #[param(value_type = Option<String>)]
    pub tenant: Option<Key>,
}

/// Whether a template is marked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Star {
    /// Whether whoever asks marks it.
    pub starred: bool,
}

/// The routes of templates.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list, add))
        .routes(utoipa_axum::routes!(one, change, remove))
        .routes(utoipa_axum::routes!(star))
}

#[utoipa::path(
    get, path = "/api/v1/templates", tag = "templates", params(Wanted), operation_id = "list_templates",
    summary = "Messages that are ready, by shortcut",
    responses((status = 200, body = [TemplateView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<TemplateView>>, Problem> {
    let scope = authority.within(&api, &Within { tenant: wanted.tenant }).await?;
    let rows = api.store.templates(&scope, authority.oneself(), wanted.q.as_deref()).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(rows.into_iter().map(|row| TemplateView::of(row, &names)).collect()))
}

#[utoipa::path(
    post, path = "/api/v1/templates", tag = "templates", request_body = NewTemplate, operation_id = "add_template",
    summary = "Adds a template",
    responses((status = 201, body = TemplateView), (status = "default", body = Problem))
)]
async fn add(
    State(api): State<ApiState>,
    authority: Authority,
    Body(mut new): Body<NewTemplate>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<TemplateView>), Problem> {
    new.tenant = Some(authority.tenant(&api, new.tenant).await?.id.into());
    let row = api.store.add_template(&authority.scope, new).await?;
    let location = format!("/api/v1/templates/{}", row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], view(&api, &authority, row).await?))
}

#[utoipa::path(
    get, path = "/api/v1/templates/{id}", tag = "templates",
    params(("id" = Uuid, Path, description = "id of the template")),
    operation_id = "show_template", summary = "One template",
    responses((status = 200, body = TemplateView), (status = "default", body = Problem))
)]
async fn one(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<TemplateView>, Problem> {
    let row = api.store.template(&authority.scope, authority.oneself(), TemplateId(id)).await?;
    view(&api, &authority, row).await
}

#[utoipa::path(
    patch, path = "/api/v1/templates/{id}", tag = "templates", request_body = TemplateChange,
    params(("id" = Uuid, Path, description = "id of the template")),
    operation_id = "change_template", summary = "Changes a template",
    responses((status = 200, body = TemplateView), (status = "default", body = Problem))
)]
async fn change(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(change): Body<TemplateChange>,
) -> Result<Json<TemplateView>, Problem> {
    let id = api.store.change_template(&authority.scope, TemplateId(id), change).await?.id;
    let row = api.store.template(&authority.scope, authority.oneself(), id).await?;
    view(&api, &authority, row).await
}

#[utoipa::path(
    delete, path = "/api/v1/templates/{id}", tag = "templates",
    params(("id" = Uuid, Path, description = "id of the template")),
    operation_id = "remove_template", summary = "Removes a template",
    responses((status = 204), (status = "default", body = Problem))
)]
async fn remove(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    api.store.remove_template(&authority.scope, TemplateId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    put, path = "/api/v1/templates/{id}/star", tag = "templates", request_body = Star,
    params(("id" = Uuid, Path, description = "id of the template")),
    operation_id = "star_template", summary = "Marks a template for whoever asks, or takes the mark off",
    responses((status = 200, body = TemplateView), (status = "default", body = Problem))
)]
async fn star(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(Star { starred }): Body<Star>,
) -> Result<Json<TemplateView>, Problem> {
    let user = authority.oneself().ok_or_else(|| {
        let detail =
            format!("{} is no person: marks are those of operators who have logged in", authority.who);
        Problem::new(StatusCode::CONFLICT, detail)
    })?;
    let row = api.store.star_template(&authority.scope, user, TemplateId(id), starred).await?;
    view(&api, &authority, row).await
}

async fn view(api: &ApiState, authority: &Authority, row: Template) -> Result<Json<TemplateView>, Problem> {
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(TemplateView::of(row, &names)))
}
