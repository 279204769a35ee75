//! The catalogue of tags with which a tenant marks sessions.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::{ApiState, Authority, Body, Path, Problem, Query, Within};
use crate::id::TagId;
use crate::store::{Colour, NewTag, Tag, TagChange};

/// A tag of the catalogue, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TagView {
    /// Its id.
    pub id: Uuid,
    /// The tenant whose sessions it marks, by name.
    pub tenant: String,
    /// The word.
    pub name: String,
    /// How it is painted.
    pub colour: Option<Colour>,
    /// Words that, found in a note, set the tag by themselves; one that ends in `*` is a beginning.
    pub keywords: Vec<String>,
    /// How often operators, programs and keywords have set it.
    pub uses: i64,
}

impl TagView {
    fn of(row: Tag, names: &Names) -> Self {
        let Tag { id, tenant, name, colour, keywords, uses } = row;
        Self { id: id.0, tenant: names.tenant(tenant), name, colour, keywords, uses }
    }
}

/// The routes of tags.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list, add))
        .routes(utoipa_axum::routes!(one, change, remove))
}

#[utoipa::path(
    get, path = "/api/v1/tags", tag = "tags", params(Within), operation_id = "list_tags",
    summary = "The catalogue of tags, by name",
    responses((status = 200, body = [TagView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Query(within): Query<Within>,
) -> Result<Json<Vec<TagView>>, Problem> {
    let scope = authority.within(&api, &within).await?;
    let rows = api.store.tags(&scope).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(rows.into_iter().map(|row| TagView::of(row, &names)).collect()))
}

#[utoipa::path(
    post, path = "/api/v1/tags", tag = "tags", request_body = NewTag, operation_id = "add_tag",
    summary = "Adds a tag to the catalogue",
    responses((status = 201, body = TagView), (status = "default", body = Problem))
)]
async fn add(
    State(api): State<ApiState>,
    authority: Authority,
    Body(mut new): Body<NewTag>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<TagView>), Problem> {
    new.tenant = Some(authority.tenant(&api, new.tenant).await?.id.into());
    let row = api.store.add_tag(&authority.scope, new).await?;
    let location = format!("/api/v1/tags/{}", row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], view(&api, &authority, row).await?))
}

#[utoipa::path(
    get, path = "/api/v1/tags/{id}", tag = "tags", params(("id" = Uuid, Path, description = "id of the tag")),
    operation_id = "show_tag", summary = "One tag of the catalogue",
    responses((status = 200, body = TagView), (status = "default", body = Problem))
)]
async fn one(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<TagView>, Problem> {
    let row = api.store.tag(&authority.scope, TagId(id)).await?;
    view(&api, &authority, row).await
}

#[utoipa::path(
    patch, path = "/api/v1/tags/{id}", tag = "tags", request_body = TagChange,
    params(("id" = Uuid, Path, description = "id of the tag")),
    operation_id = "change_tag", summary = "Changes a tag of the catalogue",
    responses((status = 200, body = TagView), (status = "default", body = Problem))
)]
async fn change(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(change): Body<TagChange>,
) -> Result<Json<TagView>, Problem> {
    let row = api.store.change_tag(&authority.scope, TagId(id), change).await?;
    view(&api, &authority, row).await
}

#[utoipa::path(
    delete, path = "/api/v1/tags/{id}", tag = "tags", params(("id" = Uuid, Path, description = "id of the tag")),
    operation_id = "remove_tag", summary = "Removes a tag from the catalogue; sessions keep the word",
    responses((status = 204), (status = "default", body = Problem))
)]
async fn remove(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    api.store.remove_tag(&authority.scope, TagId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn view(api: &ApiState, authority: &Authority, row: Tag) -> Result<Json<TagView>, Problem> {
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(TagView::of(row, &names)))
}
