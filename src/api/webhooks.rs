//! Webhooks: what waits to be told to other programs, and what has become of the rest.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::{ApiState, Authority, Path, Problem, Query, Within};
use crate::id::WebhookId;
use crate::store::{Key, Webhook, WebhookState};

/// Webhooks of a list, unless another number is asked for.
const PAGE: u32 = 100;

/// One event for one receiver. Times are epoch milliseconds UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookView {
    /// Its id, which the receiver sees as `webhook-id`.
    pub id: Uuid,
    /// The tenant that it is about, by name.
    pub tenant: Option<String>,
    /// The session that it is about.
    pub session: Option<Uuid>,
    /// What happened.
    pub event: String,
    /// To whom it is sent.
    pub url: String,
    /// What has become of it.
    pub state: WebhookState,
    /// How often it was sent.
    pub attempts: u32,
    /// When it happened.
    pub created_at: i64,
    /// When it is sent next.
    pub next_at: Option<i64>,
    /// When it was sent last.
    pub last_at: Option<i64>,
    /// What the receiver answered last.
    pub last_status: Option<u32>,
    /// Why it did not arrive.
    pub last_error: Option<String>,
    /// What is sent.
    pub body: String,
}

impl WebhookView {
    fn of(webhook: Webhook, names: &Names) -> Self {
        Self {
            id: webhook.id.0,
            tenant: webhook.tenant.map(|tenant| names.tenant(tenant)),
            session: webhook.session.map(|session| session.0),
            event: webhook.event,
            url: webhook.url,
            state: webhook.state,
            attempts: webhook.attempts,
            created_at: webhook.created_at.0,
            next_at: webhook.next_at.map(|at| at.0),
            last_at: webhook.last_at.map(|at| at.0),
            last_status: webhook.last_status,
            last_error: webhook.last_error,
            body: webhook.body,
        }
    }
}

/// Which webhooks to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only those of which this has become.
    pub state: Option<WebhookState>,
    /// How many at most; 100 if not said, 1000 at most.
    pub limit: Option<u32>,
    /// Only those of this tenant, by name or id.
    #[param(value_type = Option<String>)]
    pub tenant: Option<Key>,
}

/// The routes of webhooks.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list))
        .routes(utoipa_axum::routes!(one))
        .routes(utoipa_axum::routes!(retry))
}

#[utoipa::path(
    get, path = "/api/v1/webhooks", tag = "webhooks", operation_id = "list_webhooks", params(Wanted),
    summary = "Webhooks, newest first",
    responses((status = 200, body = [WebhookView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<WebhookView>>, Problem> {
    let scope = authority.within(&api, &Within { tenant: wanted.tenant }).await?;
    let found = api.store.webhooks(&scope, wanted.state, wanted.limit.unwrap_or(PAGE)).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(found.into_iter().map(|webhook| WebhookView::of(webhook, &names)).collect()))
}

#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}", tag = "webhooks", operation_id = "show_webhook",
    summary = "One webhook", params(("id" = Uuid, Path, description = "id of the webhook")),
    responses((status = 200, body = WebhookView), (status = "default", body = Problem))
)]
async fn one(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<WebhookView>, Problem> {
    let webhook = api.store.webhook(&authority.scope, WebhookId(id)).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(WebhookView::of(webhook, &names)))
}

#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/retry", tag = "webhooks", operation_id = "retry_webhook",
    summary = "Sends a webhook again, within seconds",
    params(("id" = Uuid, Path, description = "id of the webhook")),
    responses((status = 200, body = WebhookView), (status = "default", body = Problem))
)]
async fn retry(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<WebhookView>, Problem> {
    let mut webhook = api.store.webhook(&authority.scope, WebhookId(id)).await?;
    if webhook.state == WebhookState::Delivered {
        let detail = "this webhook has arrived already; it is not sent twice".to_owned();
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    // All attempts anew.
    (webhook.state, webhook.attempts) = (WebhookState::Waiting, 0);
    webhook.next_at = Some(api.running.wall());
    api.store.put_webhooks(&authority.scope, std::slice::from_ref(&webhook)).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(WebhookView::of(webhook, &names)))
}
