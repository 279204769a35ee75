//! Operators: what they do, and what they say of themselves.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::channels::{ChannelView, channels};
use crate::api::{ApiState, Authority, Body, Path, Problem};
use crate::id::SessionId;
use crate::lines::LINES;
use crate::queue::{Engagement, OperatorState, Status};
use crate::store::{Key, User};

/// The longest reason of an absence, in characters.
const REASON_MAX: usize = 64;

/// An operator at this moment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorView {
    /// Login name.
    pub name: String,
    /// Name for people.
    pub display: String,
    /// Internal number.
    pub extension: Option<String>,
    /// `online`, `away` or `not_answering`.
    pub status: String,
    /// Whether the operator wants no calls for now, whatever the status.
    pub do_not_disturb: bool,
    /// Why the operator is away.
    pub reason: Option<String>,
    /// Whether a phone of the operator is registered and can be reached.
    pub reachable: bool,
    /// `free`, `ringing`, `on_session` or `after_call_work`.
    pub engagement: String,
    /// The sessions that ring, run or are being finished, as far as the sender may see them.
    pub sessions: Vec<Uuid>,
    /// The lines by which the operator takes sessions.
    pub channels: Vec<ChannelView>,
    /// Whether a session would be offered now.
    pub available: bool,
}

impl OperatorView {
    fn of(user: &User, state: &OperatorState, sessions: Vec<Uuid>) -> Self {
        let (status, reason) = match &state.status {
            Status::Online => ("online", None),
            Status::Away { reason } => ("away", reason.clone()),
            Status::NotAnswering => ("not_answering", None),
        };
        let engagement = match &state.engagement {
            Engagement::Free => "free",
            Engagement::Offered { .. } => "ringing",
            Engagement::OnSession { .. } => "on_session",
            Engagement::AfterWork { .. } => "after_call_work",
        };
        Self {
            name: user.name.clone(),
            display: user.display.clone(),
            extension: user.extension.clone(),
            status: status.to_owned(),
            do_not_disturb: state.do_not_disturb,
            reason,
            reachable: state.reachable,
            engagement: engagement.to_owned(),
            sessions,
            channels: channels(|line| state.off.contains(line)),
            available: state.is_free()
                && LINES.iter().any(|line| state.wants(line.name) && state.is_reached(line.reach())),
        }
    }
}

/// What an operator says of themselves.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusChange {
    /// `online` or `away`.
    pub status: String,
    /// Why away: lunch, personal, ….
    #[serde(default)]
    pub reason: Option<String>,
}

impl StatusChange {
    fn parse(self) -> Result<Status, Problem> {
        let invalid = |detail: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
        if self.reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_MAX) {
            return Err(invalid(format!("the reason is too long; keep it under {REASON_MAX} characters")));
        }
        match (self.status.as_str(), self.reason) {
            ("online", None) => Ok(Status::Online),
            ("online", Some(_)) => Err(invalid("a reason goes with `away` only; leave it out".to_owned())),
            ("away", reason) => Ok(Status::Away { reason }),
            (other, _) => Err(invalid(format!("`{other}` is no status; say `online` or `away`"))),
        }
    }
}

/// The routes of operators.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list))
        .routes(utoipa_axum::routes!(set_status))
        .routes(utoipa_axum::routes!(finish_work))
}

#[utoipa::path(
    get, path = "/api/v1/operators", tag = "operators", operation_id = "list_operators",
    summary = "All operators with what they do",
    responses((status = 200, body = [OperatorView]), (status = "default", body = Problem))
)]
async fn list(State(api): State<ApiState>, authority: Authority) -> Result<Json<Vec<OperatorView>>, Problem> {
    let users = api.store.users(&authority.scope).await?;
    let mut states: BTreeMap<_, _> = api.running.operators().await?.into_iter().collect();
    let known = users.iter().filter_map(|user| Some((user, states.remove(&user.id)?))).collect();
    Ok(Json(shown(&api, &authority, known).await?))
}

#[utoipa::path(
    put, path = "/api/v1/operators/{key}/status", tag = "operators", operation_id = "set_operator_status",
    summary = "Sets an operator's status", request_body = StatusChange,
    params(("key" = String, Path, description = "name or id")),
    responses((status = 200, body = OperatorView), (status = "default", body = Problem))
)]
async fn set_status(
    State(api): State<ApiState>,
    authority: Authority,
    Path(key): Path<Key>,
    Body(change): Body<StatusChange>,
) -> Result<Json<OperatorView>, Problem> {
    let user = authority.actor(&api, &key).await?;
    user.admits(&authority.scope)?;
    let status = change.parse()?;
    if let Status::Away { reason: Some(reason) } = &status {
        one_of_the_reasons(&api, &user, reason).await?;
    }
    if !api.running.set_status(user.id, status).await? {
        return Err(no_operator(&user));
    }
    one(&api, &authority, &user).await
}

#[utoipa::path(
    post, path = "/api/v1/operators/{key}/finish-work", tag = "operators", operation_id = "finish_work",
    summary = "Ends an operator's after-call work",
    params(("key" = String, Path, description = "name or id")),
    responses((status = 200, body = OperatorView), (status = "default", body = Problem))
)]
async fn finish_work(
    State(api): State<ApiState>,
    authority: Authority,
    Path(key): Path<Key>,
) -> Result<Json<OperatorView>, Problem> {
    let user = authority.actor(&api, &key).await?;
    user.admits(&authority.scope)?;
    if !api.running.finish_work(user.id).await? {
        return Err(no_operator(&user));
    }
    one(&api, &authority, &user).await
}

/// A reason stands in the list of one of the operator's tenants, or one of them has none.
async fn one_of_the_reasons(api: &ApiState, user: &User, reason: &str) -> Result<(), Problem> {
    let tenants = api.store.tenants(&api.scope).await?;
    let served = tenants.into_iter().filter(|tenant| user.roles.contains_key(&tenant.id));
    let lists: Option<Vec<_>> = served.map(|tenant| tenant.away_reasons).collect();
    let Some(mut known) = lists.map(|lists| lists.concat()) else { return Ok(()) };
    if known.iter().any(|one| one == reason) {
        return Ok(());
    }
    known.sort();
    known.dedup();
    let which = match known.is_empty() {
        true => "leave the reason out".to_owned(),
        false => format!("say one of: {}", known.join(", ")),
    };
    let detail = format!("`{reason}` is no reason that the administrator has set up; {which}");
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail))
}

async fn one(api: &ApiState, authority: &Authority, user: &User) -> Result<Json<OperatorView>, Problem> {
    let states = api.running.operators().await?;
    let state = states.into_iter().find(|(id, _)| *id == user.id).ok_or_else(|| no_operator(user))?;
    let view = shown(api, authority, vec![(user, state.1)]).await?.pop();
    view.map(Json).ok_or_else(|| no_operator(user))
}

/// Operators as this sender may see them: who serves several tenants is seen to be busy by each, but
/// the session is named only to those who may see it.
async fn shown(
    api: &ApiState,
    authority: &Authority,
    operators: Vec<(&User, OperatorState)>,
) -> Result<Vec<OperatorView>, Problem> {
    let all: Vec<_> = operators.iter().flat_map(|(_, state)| sessions_of(&state.engagement)).collect();
    let live = api.running.live_sessions(all.clone()).await?;
    let mut seen = BTreeSet::new();
    for id in all {
        let is_seen = match live.get(&id) {
            Some(session) => authority.sees(session, api),
            // One that is over is being finished.
            None => api.store.session(&authority.scope, id).await.is_ok(),
        };
        seen.extend(is_seen.then_some(id));
    }
    let views = operators.into_iter().map(|(user, state)| {
        let sessions = sessions_of(&state.engagement).into_iter().filter(|id| seen.contains(id));
        OperatorView::of(user, &state, sessions.map(|id| id.0).collect())
    });
    Ok(views.collect())
}

/// The sessions that ring, run or are being finished.
fn sessions_of(engagement: &Engagement) -> Vec<SessionId> {
    match engagement {
        Engagement::Free => vec![],
        Engagement::Offered { session, .. } | Engagement::AfterWork { session, .. } => vec![*session],
        Engagement::OnSession { sessions, .. } => sessions.keys().copied().collect(),
    }
}

pub(super) fn no_operator(user: &User) -> Problem {
    let detail = format!(
        "{} is no operator yet; give a role with `hovor user set {0} --role TENANT=operator`",
        user.name
    );
    Problem::new(StatusCode::NOT_FOUND, detail)
}
