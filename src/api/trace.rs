//! The SIP messages of the last time. They show whom everybody calls, so they are for administrators of the
//! whole company; secrets in them are masked.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::{ApiState, Authority, Problem, Query};
use crate::id::SessionId;
use crate::trace::{Shown, Wanted as Filter};

/// Messages of an answer, unless another number is asked for.
const PAGE: usize = 1_000;
/// Messages of an answer at most.
const MOST: usize = 10_000;

/// Which messages to show.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only those of this session's calls.
    pub session: Option<Uuid>,
    /// Only those of calls from or to somebody in whose address this stands.
    pub number: Option<String>,
    /// Only those after this one.
    pub after: Option<u64>,
    /// How many at most: the newest, or, with `after`, the next; 1,000 if not said, 10,000 at most.
    pub limit: Option<usize>,
}

/// What was on the wire.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TraceView {
    /// The messages, the oldest first.
    pub messages: Vec<Shown>,
    /// The number of the newest message there is, wanted or not: where to go on with `after`.
    pub last: Option<u64>,
}

/// The routes of traces.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(show))
}

#[utoipa::path(
    get, path = "/api/v1/trace", tag = "trace", operation_id = "show_trace", params(Wanted),
    summary = "SIP messages of the last time, the oldest first",
    responses((status = 200, body = TraceView), (status = "default", body = Problem))
)]
async fn show(
    State(api): State<ApiState>,
    _: Authority,
    Query(wanted): Query<Wanted>,
) -> Result<Json<TraceView>, Problem> {
    let filter = Filter {
        session: wanted.session.map(SessionId),
        number: wanted.number.filter(|number| !number.is_empty()),
        after: wanted.after,
        most: wanted.limit.unwrap_or(PAGE).min(MOST),
    };
    let Some((messages, last)) = api.running.trace(filter).await else {
        let detail = "no messages are kept: --trace-keep or --trace-memory is 0".to_owned();
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    };
    Ok(Json(TraceView { messages, last }))
}
