//! Switches that dialplans ask about, and that operators turn by dialling a number.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::names::Names;
use crate::api::running::SwitchState;
use crate::api::{ApiState, Authority, Body, Path, Problem, Query, Within};
use crate::store;

/// How a switch stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchView {
    /// Whose it is, by name.
    pub tenant: String,
    /// Its name.
    pub name: String,
    /// Whether it is on.
    pub on: bool,
    /// Since when it stands so (epoch milliseconds UTC); absent if nobody ever turned it.
    pub since: Option<i64>,
    /// The operator who turned it by telephone.
    pub by: Option<String>,
}

/// How a switch shall stand.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchChange {
    /// Whether it is on from now on.
    pub on: bool,
}

/// The routes of switches.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list))
        .routes(utoipa_axum::routes!(turn))
}

#[utoipa::path(
    get, path = "/api/v1/switches", tag = "switches", operation_id = "list_switches", params(Within),
    summary = "All switches that dialplans name or somebody turned",
    responses((status = 200, body = [SwitchView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Query(within): Query<Within>,
) -> Result<Json<Vec<SwitchView>>, Problem> {
    Ok(Json(views(&api, &authority, &within).await?.into_iter().map(|(_, view)| view).collect()))
}

#[utoipa::path(
    put, path = "/api/v1/switches/{name}", tag = "switches", operation_id = "turn_switch",
    summary = "Turns a switch", request_body = SwitchChange,
    params(("name" = String, Path, description = "name of the switch"), Within),
    responses((status = 200, body = SwitchView), (status = "default", body = Problem))
)]
async fn turn(
    State(api): State<ApiState>,
    authority: Authority,
    Query(within): Query<Within>,
    Path(name): Path<String>,
    Body(change): Body<SwitchChange>,
) -> Result<Json<SwitchView>, Problem> {
    let known = views(&api, &authority, &within).await?;
    let mut found = known.iter().filter(|(_, view)| view.name == name);
    let (state, view) = match (found.next(), found.next()) {
        (Some(one), None) => one,
        (Some(_), Some(_)) => {
            let detail = format!("several tenants have a switch `{name}`; say which one with `tenant`");
            return Err(Problem::new(StatusCode::CONFLICT, detail));
        }
        (None, _) => {
            let names: Vec<_> = known.iter().map(|(_, view)| format!("`{}`", view.name)).collect();
            let help = match names.is_empty() {
                true => "no dialplan names any".to_owned(),
                false => format!("there is {}", names.join(", ")),
            };
            return Err(Problem::new(StatusCode::NOT_FOUND, format!("there is no switch `{name}`; {help}")));
        }
    };
    api.running.turn(state.tenant, name, change.on).await?;
    let since = Some(api.running.wall().0);
    Ok(Json(SwitchView { on: change.on, since, by: None, ..view.clone() }))
}

/// The switches within reach, with what the store knows of their past.
async fn views(
    api: &ApiState,
    authority: &Authority,
    within: &Within,
) -> Result<Vec<(SwitchState, SwitchView)>, Problem> {
    let scope = authority.within(api, within).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    let stored = api.store.switches(&scope).await?;
    let states = api.running.switches().await?.into_iter().filter(|state| scope.reaches(state.tenant));
    let view = |state: SwitchState| {
        let is_it = |stored: &&store::Switch| stored.tenant == state.tenant && stored.name == state.name;
        let past = stored.iter().find(is_it);
        let view = SwitchView {
            tenant: names.tenant(state.tenant),
            name: state.name.clone(),
            on: state.on,
            since: past.map(|past| past.since.0),
            by: past.and_then(|past| past.by).map(|user| names.user(user)),
        };
        (state, view)
    };
    Ok(states.map(view).collect())
}
