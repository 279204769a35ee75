//! Bans: sources whose messages get no answer for a while, because they failed too often.
//!
//! They protect the whole company, so they are for its administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::running::Ban;
use crate::api::{ApiState, Authority, Path, Problem};

/// A ban. Times are epoch milliseconds UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BanView {
    /// Whose messages get no answer: an address, or a network of IPv6 (`2001:db8::/64`).
    pub source: String,
    /// Since when.
    pub since_at: i64,
    /// Until when, if nobody lifts it.
    pub until_at: i64,
    /// Failures of this source, all in all.
    pub failures: u64,
    /// Bans of this source, this one included; each is longer than the one before.
    pub bans: u32,
    /// The failure that led to it, in words.
    pub why: String,
}

impl From<Ban> for BanView {
    fn from(ban: Ban) -> Self {
        let Ban { source, since, until, failures, bans, why } = ban;
        Self { source, since_at: since.0, until_at: until.0, failures, bans, why }
    }
}

/// The routes of bans.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list))
        .routes(utoipa_axum::routes!(lift))
}

#[utoipa::path(
    get, path = "/api/v1/bans", tag = "bans", operation_id = "list_bans",
    summary = "The bans that stand",
    responses((status = 200, body = [BanView]), (status = "default", body = Problem))
)]
async fn list(State(api): State<ApiState>, _: Authority) -> Result<Json<Vec<BanView>>, Problem> {
    Ok(Json(api.running.bans().await?.into_iter().map(BanView::from).collect()))
}

#[utoipa::path(
    delete, path = "/api/v1/bans/{source}", tag = "bans", operation_id = "lift_ban",
    summary = "Lifts a ban and forgets what led to it",
    params(("source" = String, Path, description = "as in the list, or an address")),
    responses((status = 204), (status = "default", body = Problem))
)]
async fn lift(
    State(api): State<ApiState>,
    _: Authority,
    Path(source): Path<String>,
) -> Result<StatusCode, Problem> {
    match api.running.lift_ban(&source).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::new(
            StatusCode::NOT_FOUND,
            format!("{source} is not banned; `hovor bans` shows who is"),
        )),
    }
}
