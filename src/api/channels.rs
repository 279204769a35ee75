//! Channels: the lines by which an operator takes sessions, each of which is on or off.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::authority::Authority;
use crate::api::login::Person;
use crate::api::rights::Right;
use crate::api::{ApiState, Body, Path, Problem};
use crate::id::TenantId;
use crate::lines::LINES;
use crate::queue::OperatorState;
use crate::store::{Key, User};
use crate::switch::channels::SwitchedBy;
use crate::switch::command::Refusal;

/// A line by which an operator takes sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelView {
    /// The name of the line: `phone`.
    pub line: String,
    /// Whether it brings the operator new sessions, by queues or directly. Those under way go on.
    pub on: bool,
}

/// How a channel is switched.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelChange {
    /// Whether it is to bring the operator new sessions.
    pub on: bool,
}

/// The lines that there are, in their order, and which of them are on where these are off.
pub(super) fn channels(is_off: impl Fn(&str) -> bool) -> Vec<ChannelView> {
    LINES.iter().map(|line| ChannelView { line: line.name.to_owned(), on: !is_off(line.name) }).collect()
}

/// The routes of channels.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list))
        .routes(utoipa_axum::routes!(switch))
}

#[utoipa::path(
    get, path = "/api/v1/operators/{key}/channels", tag = "operators", operation_id = "list_channels",
    summary = "The lines by which an operator takes sessions",
    params(("key" = String, Path, description = "name or id")),
    responses((status = 200, body = [ChannelView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Path(key): Path<Key>,
) -> Result<Json<Vec<ChannelView>>, Problem> {
    let user = authority.actor(&api, &key).await?;
    let state = state_of(&api, &user).await?;
    Ok(Json(channels(|line| state.off.contains(line))))
}

#[utoipa::path(
    put, path = "/api/v1/operators/{key}/channels/{line}", tag = "operators", operation_id = "switch_channel",
    summary = "Switches a line of an operator on or off",
    description = "Where a tenant does without `channel_switches`, administrators of all tenants that the operator serves may.",
    request_body = ChannelChange,
    params(("key" = String, Path, description = "name or id"), ("line" = String, Path, description = "name of the line: `phone`")),
    responses((status = 200, body = [ChannelView]), (status = "default", body = Problem))
)]
async fn switch(
    State(api): State<ApiState>,
    authority: Authority,
    Path((key, line)): Path<(Key, String)>,
    Body(ChannelChange { on }): Body<ChannelChange>,
) -> Result<Json<Vec<ChannelView>>, Problem> {
    let user = authority.actor(&api, &key).await?;
    user.admits(&authority.scope)?;
    if !LINES.iter().any(|known| known.name == line) {
        let names: Vec<_> = LINES.iter().map(|known| known.name).collect();
        let detail = format!("there is no line `{line}`; say one of: {}", names.join(", "));
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    }
    let by = switched_by(&authority, &user);
    match api.running.switch_channel(user.id, line, on, by).await? {
        Ok(()) => {
            let state = state_of(&api, &user).await?;
            Ok(Json(channels(|line| state.off.contains(line))))
        }
        Err(Refusal { why, .. }) => Err(Problem::new(StatusCode::FORBIDDEN, why)),
    }
}

/// Programs and the control socket act for administrators; people are administrators where their role says so, of all
/// tenants that the operator serves.
fn switched_by(authority: &Authority, user: &User) -> SwitchedBy {
    let Some(Person { rights, .. }) = &authority.person else { return SwitchedBy::Administrator };
    let sets_up = |tenant: &TenantId| rights.hold(Right::Configure, Some(*tenant));
    match user.roles.keys().all(sets_up) {
        true => SwitchedBy::Administrator,
        false => SwitchedBy::Operator,
    }
}

async fn state_of(api: &ApiState, user: &User) -> Result<OperatorState, Problem> {
    let states = api.running.operators().await?;
    let own = states.into_iter().find(|(id, _)| *id == user.id).map(|(_, state)| state);
    own.ok_or_else(|| super::operators::no_operator(user))
}
