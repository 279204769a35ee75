//! Calls of clients that nobody took: whom to call back.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::calls::{CallMade, made};
use crate::api::conversations::Member;
use crate::api::names::Names;
use crate::api::{ApiState, Authority, Body, Path, Problem, Query, Within};
use crate::id::{GroupId, MissedCallId};
use crate::store::{Key, MissedCall, MissedFilter, MissedState};
use crate::switch::callback::{Stand, Standing};

/// The calls of one client that nobody took, since somebody spoke with this client last. Times are epoch milliseconds
/// UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MissedCallView {
    /// Its id.
    pub id: Uuid,
    /// The tenant whose client it is, by name.
    pub tenant: String,
    /// The number to call back.
    pub number: String,
    /// The client's name, if one was given.
    pub name: Option<String>,
    /// The operators for whom it was, by name.
    pub operators: Vec<String>,
    /// The groups for whom it was, by name.
    pub groups: Vec<String>,
    /// How often the client called.
    pub attempts: u32,
    /// When the client gave up the first time.
    pub first_at: i64,
    /// When the client gave up the last time.
    pub last_at: i64,
    /// How long the client waited the last time, in milliseconds.
    pub waited_ms: i64,
    /// The session of the last call.
    pub session: Uuid,
    /// The open promise to call this client back, if there is one: whoever talks with the client settles both.
    pub promised: Option<Uuid>,
    /// What has become of it.
    pub state: MissedState,
    /// When that was.
    pub closed_at: Option<i64>,
    /// The operator who spoke with the client or dismissed it, by name.
    pub closed_by: Option<String>,
    /// The session in which somebody spoke with the client.
    pub closed_session: Option<Uuid>,
}

impl MissedCallView {
    fn of(call: MissedCall, names: &Names, groups: &BTreeMap<GroupId, String>) -> Self {
        let group = |id: GroupId| groups.get(&id).cloned().unwrap_or_else(|| id.to_string());
        Self {
            id: call.id.0,
            tenant: names.tenant(call.tenant),
            number: call.client,
            name: call.client_name,
            operators: call.operators.into_iter().map(|id| names.user(id)).collect(),
            groups: call.groups.into_iter().map(group).collect(),
            attempts: call.attempts,
            first_at: call.first_at.0,
            last_at: call.last_at.0,
            waited_ms: call.waited_ms,
            session: call.session.0,
            promised: None,
            state: call.state,
            closed_at: call.closed_at.map(|at| at.0),
            closed_by: call.closed_by.map(|id| names.user(id)),
            closed_session: call.closed_session.map(|id| id.0),
        }
    }
}

/// Which missed calls to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only those of which this has become: `open`, `called_back` or `dismissed`.
    pub state: Option<MissedState>,
    /// Only those that were for this operator, by name or id.
    #[param(value_type = Option<String>)]
    pub operator: Option<Key>,
    /// Only those that were for this group, by name or id.
    #[param(value_type = Option<String>)]
    pub group: Option<Key>,
    /// Only those of this tenant, by name or id.
    #[param(value_type = Option<String>)]
    pub tenant: Option<Key>,
    /// How many at most; 100 if not said, 1000 at most.
    pub limit: Option<u32>,
    /// Only those older than this one: the last of the page before.
    pub before: Option<Uuid>,
}

/// Who says that a missed call needs no call.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dismissal {
    /// The operator, by name or id; nobody if left out.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub operator: Option<Key>,
}

/// The routes of missed calls.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list))
        .routes(utoipa_axum::routes!(one))
        .routes(utoipa_axum::routes!(dismiss))
        .routes(utoipa_axum::routes!(call))
}

#[utoipa::path(
    get, path = "/api/v1/missed-calls", tag = "missed-calls", operation_id = "list_missed-calls", params(Wanted),
    summary = "Calls of clients that nobody took, newest first",
    responses((status = 200, body = [MissedCallView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<MissedCallView>>, Problem> {
    let scope = authority.within(&api, &Within { tenant: wanted.tenant }).await?;
    let operator = match &wanted.operator {
        Some(key) => Some(api.store.user(&authority.scope, key).await?.id),
        None => None,
    };
    let group = match &wanted.group {
        Some(key) => Some(api.store.group(&scope, key).await?.id),
        None => None,
    };
    let limit = wanted.limit.unwrap_or(MissedFilter::default().limit);
    let before = wanted.before.map(MissedCallId);
    let filter = MissedFilter { state: wanted.state, operator, group, limit, before };
    let found = api.store.missed_calls(&scope, &filter).await?;
    shown(&api, &authority, found).await.map(Json)
}

#[utoipa::path(
    get, path = "/api/v1/missed-calls/{id}", tag = "missed-calls", operation_id = "show_missed-call",
    summary = "One missed call", params(("id" = Uuid, Path, description = "id of the missed call")),
    responses((status = 200, body = MissedCallView), (status = "default", body = Problem))
)]
async fn one(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<MissedCallView>, Problem> {
    let found = api.store.missed_call(&authority.scope, MissedCallId(id)).await?;
    shown_one(&api, &authority, found).await
}

#[utoipa::path(
    post, path = "/api/v1/missed-calls/{id}/dismiss", tag = "missed-calls", operation_id = "dismiss_missed-call",
    summary = "Takes down that an open missed call needs no call", request_body = Dismissal,
    params(("id" = Uuid, Path, description = "id of the missed call")),
    responses((status = 200, body = MissedCallView), (status = "default", body = Problem))
)]
async fn dismiss(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(dismissal): Body<Dismissal>,
) -> Result<Json<MissedCallView>, Problem> {
    let by = match &dismissal.operator {
        Some(key) => Some(authority.actor(&api, key).await?.id),
        None => authority.oneself(),
    };
    let id = MissedCallId(id);
    let found = api.store.dismiss_missed_call(&authority.scope, id, by, api.running.wall()).await?;
    match found.state {
        MissedState::CalledBack => {
            let detail = "somebody has spoken with this client already";
            Err(Problem::new(StatusCode::CONFLICT, detail))
        }
        _ => shown_one(&api, &authority, found).await,
    }
}

#[utoipa::path(
    post, path = "/api/v1/missed-calls/{id}/call", tag = "missed-calls", operation_id = "call_missed-call",
    summary = "Calls back: the operator's own phone rings first, then the client's",
    description = "When the client answers, the missed call is closed.", request_body = Member,
    params(("id" = Uuid, Path, description = "id of the missed call")),
    responses((status = 201, body = CallMade), (status = "default", body = Problem))
)]
async fn call(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(member): Body<Member>,
) -> Result<(StatusCode, Json<CallMade>), Problem> {
    let found = api.store.missed_call(&authority.scope, MissedCallId(id)).await?;
    let operator = authority.caller(&api, &member.operator).await?;
    if !operator.roles.contains_key(&found.tenant) {
        let detail = format!("{} has no role in the tenant whose client this is", operator.name);
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    let promises = api.running.callbacks().await?;
    if let Some(Stand::Calling { .. }) = promise(&promises, &found).map(|open| open.stand) {
        let detail = "this client was promised a call, and is being called at this moment";
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    made(&api, operator.id, found.client).await
}

/// The open promise to call this client.
fn promise<'a>(promises: &'a [Standing], call: &MissedCall) -> Option<&'a Standing> {
    let is_it = |open: &&Standing| open.callback.tenant == call.tenant && open.callback.number == call.client;
    promises.iter().find(is_it).filter(|_| call.state == MissedState::Open)
}

async fn shown_one(
    api: &ApiState,
    authority: &Authority,
    call: MissedCall,
) -> Result<Json<MissedCallView>, Problem> {
    let mut shown = shown(api, authority, vec![call]).await?;
    shown.pop().map(Json).ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "there is no such missed call"))
}

async fn shown(
    api: &ApiState,
    authority: &Authority,
    calls: Vec<MissedCall>,
) -> Result<Vec<MissedCallView>, Problem> {
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    let groups = api.store.groups(&authority.scope).await?;
    let groups = groups.into_iter().map(|group| (group.id, group.name)).collect();
    let promises = api.running.callbacks().await?;
    let shown = calls.into_iter().map(|call| {
        let promised = promise(&promises, &call).map(|open| open.callback.id.0);
        MissedCallView { promised, ..MissedCallView::of(call, &names, &groups) }
    });
    Ok(shown.collect())
}
