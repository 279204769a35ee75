//! Why a session is offered to whom, and why not to others.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::authority::Authority;
use crate::api::seen::{Known, Seen};
use crate::api::times::rfc3339;
use crate::api::{ApiState, Path, Problem};
use crate::id::SessionId;
use crate::queue::{Explanation, Standing};
use crate::time::UnixMs;

/// How a session is brought to an operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoutingView {
    /// How it waits now; null if it does not.
    pub waiting: Option<WaitingRoute>,
    /// What was decided so far, and why, oldest first: as in the record of the session.
    pub decisions: Vec<String>,
}

/// How a session waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WaitingRoute {
    /// For which group, by name.
    pub group: String,
    /// Its place in the group's queue, counted from 1.
    pub position: usize,
    /// Higher is served first; among the same, who has waited longest.
    pub priority: i32,
    /// Since when it waits (RFC 3339); earlier than it came into this queue, if it waited elsewhere before.
    pub since: String,
    /// It is offered to nobody for now, and keeps its place.
    pub rests: bool,
    /// Each member of the group.
    pub operators: Vec<OperatorRoute>,
}

/// Why a session is offered to an operator, or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OperatorRoute {
    /// Who.
    pub operator: Uuid,
    /// Their name.
    pub name: String,
    /// `rings`, `may_take`, `asked_before`, `more_loaded`, `less_idle`, `refused_lately`, `away`, `do_not_disturb`,
    /// `channel_off`, `not_answering`, `unreachable`, `not_at_desk`, `offered_another`, `on_session`, `on_sessions`,
    /// `after_work` or `unknown`.
    pub code: String,
    /// The same in words.
    pub why: String,
    /// Whether they may accept it themselves now.
    pub can_take: bool,
    /// Why not: `not_waiting`, `already_taken`, `not_member`, `on_session`, `unreachable` or `channel_off`.
    pub cannot: Option<String>,
}

impl OperatorRoute {
    fn of(standing: Standing) -> Self {
        let Standing { reason, cannot_take } = standing;
        let code = |refusal| serde_json::to_value(refusal).ok()?.as_str().map(str::to_owned);
        Self {
            operator: reason.operator.0,
            name: reason.name,
            code: reason.verdict.code().to_owned(),
            why: reason.verdict.to_string(),
            can_take: cannot_take.is_none(),
            cannot: cannot_take.and_then(code),
        }
    }
}

/// The route of it.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(show))
}

#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/routing", tag = "sessions", operation_id = "show_routing",
    summary = "Why a session is offered to whom, and why not to others",
    params(("id" = Uuid, Path, description = "id of the session")),
    responses((status = 200, body = RoutingView), (status = "default", body = Problem))
)]
async fn show(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<RoutingView>, Problem> {
    let seen = Seen::find(&api, &authority, SessionId(id)).await?;
    let decisions = match seen.known {
        Known::Live(live) => live.decisions,
        Known::Past(_) => {
            let events = api.store.events(&seen.scope, seen.id).await?;
            let events: Vec<_> = events.into_iter().filter_map(|event| event.happened()).collect();
            crate::switch::history::Summary::rebuild(&events).decisions
        }
    };
    let waiting = match api.running.routing(seen.id).await? {
        Some((explanation, since)) => {
            let group = api.store.group(&api.scope, &explanation.group.into()).await?.name;
            Some(route(explanation, since, group))
        }
        None => None,
    };
    Ok(Json(RoutingView { waiting, decisions }))
}

fn route(explanation: Explanation, since: UnixMs, group: String) -> WaitingRoute {
    let Explanation { position, priority, rests, operators, .. } = explanation;
    let operators = operators.into_iter().map(OperatorRoute::of).collect();
    WaitingRoute { group, position, priority, since: rfc3339(since), rests, operators }
}
