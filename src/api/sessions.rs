//! Sessions, live and past: who, how long, which keys, and why each was routed as it was.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::live::view::Conversation;
use crate::api::names::Names;
use crate::api::passage::PassageView;
use crate::api::{ApiState, Authority, Body, Path, Problem, Query};
use crate::id::{ContactId, LegId, SessionId, TenantId};
use crate::store::{Key, Page, Scope, Session, SessionEvent, SessionFilter};
use crate::switch::cause::Cause;
use crate::switch::history::{Kind, LegTime, Phase, Summary};
use crate::time::UnixMs;

/// One session, live or past. Times are epoch milliseconds UTC.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionView {
    /// Its id.
    pub id: Uuid,
    /// The tenant whose number was dialled, by name.
    pub tenant: Option<String>,
    /// `client` or `internal`.
    pub kind: String,
    /// `inbound` or `outbound`.
    pub direction: String,
    /// The line by which it came.
    pub line: String,
    /// `arriving`, `guided`, `waiting`, `dialling`, `talking` or `ended`.
    pub phase: String,
    /// The caller's number.
    pub from: String,
    /// The caller's name, if one was given.
    pub from_name: Option<String>,
    /// The number dialled.
    pub dialled: String,
    /// Keys pressed.
    pub keys: String,
    /// The groups it waited for.
    pub groups: Vec<String>,
    /// Place in the queue, while it waits.
    pub position: Option<usize>,
    /// Those it talked with.
    pub parties: Vec<String>,
    /// When it arrived.
    pub started_at: i64,
    /// When we answered.
    pub answered_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// Milliseconds spent waiting.
    pub waiting_ms: u64,
    /// Milliseconds of conversation.
    pub talk_ms: u64,
    /// Why it ended.
    pub cause: Option<String>,
    /// Who hung up: `caller`, or the name of the other party. Absent if hovor ended it.
    pub hung_up_by: Option<String>,
    /// Why each routing decision was made, in order.
    pub decisions: Vec<String>,
    /// Whether it is recorded now: `off`, `on` or `paused`.
    pub recording: String,
    /// Sound of a recording of it was lost.
    pub recording_incomplete: bool,
    /// What the dialplan noted.
    pub parameters: std::collections::BTreeMap<String, String>,
    /// With which words the dialplan marked it.
    pub tags: std::collections::BTreeSet<String>,
    /// How many messages were written in it.
    #[serde(default)]
    pub messages: u64,
    /// Where in its messages that stands which was searched for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<PassageView>,
}

impl SessionView {
    fn of(id: SessionId, summary: &Summary, names: &Names, now: UnixMs) -> Self {
        Self {
            id: id.0,
            tenant: summary.tenant.map(|tenant| names.tenant(tenant)),
            kind: match summary.kind {
                Kind::Client => "client",
                Kind::Internal => "internal",
            }
            .to_owned(),
            direction: if summary.outbound { "outbound" } else { "inbound" }.to_owned(),
            line: summary.line.clone(),
            phase: phase(summary.phase).to_owned(),
            from: summary.from.clone(),
            from_name: summary.display.clone(),
            dialled: summary.dialled.clone(),
            keys: summary.keys.clone(),
            groups: summary.groups.clone(),
            position: summary.position,
            parties: summary.parties.clone(),
            started_at: summary.started.0,
            answered_at: summary.answered.map(|at| at.0),
            ended_at: summary.ended.map(|at| at.0),
            waiting_ms: summary.waited_ms(now),
            talk_ms: summary.talked_ms(now),
            cause: summary.cause.map(|cause| cause.name().to_owned()),
            hung_up_by: summary.hung_up_by.clone(),
            decisions: summary.decisions.clone(),
            recording: summary.recorded.as_str().to_owned(),
            recording_incomplete: summary.recording_incomplete,
            parameters: summary.parameters.clone(),
            tags: summary.tags.clone(),
            messages: summary.messages,
            passage: None,
        }
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Arriving => "arriving",
        Phase::Guided => "guided",
        Phase::Waiting => "waiting",
        Phase::Dialling => "dialling",
        Phase::Talking => "talking",
        Phase::Ended => "ended",
    }
}

/// One session with everything that happened to it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionDetail {
    /// What it adds up to.
    #[serde(flatten)]
    pub session: SessionView,
    /// Who took part in conversations, in the order in which they came.
    pub legs: Vec<LegView>,
    /// Who takes part at this moment and hears whom; absent when the session is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Conversation>,
    /// Everything that happened, in order.
    pub events: Vec<SessionEvent>,
}

/// Somebody who took part in a conversation.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LegView {
    /// The id of the leg.
    pub id: Uuid,
    /// Who it was; absent for the caller.
    pub party: Option<String>,
    /// When it came into the conversation.
    pub joined_at: i64,
    /// When it left.
    pub left_at: Option<i64>,
    /// Milliseconds of conversation.
    pub talk_ms: u64,
    /// Milliseconds on hold.
    pub held_ms: u64,
}

fn legs(summary: &Summary, now: UnixMs) -> Vec<LegView> {
    let view = |(id, leg): (&LegId, &LegTime)| LegView {
        id: id.0,
        party: leg.party.clone(),
        joined_at: leg.joined.0,
        left_at: leg.left.map(|at| at.0),
        talk_ms: leg.talked_ms(now),
        held_ms: leg.held_ms(now),
    };
    let mut legs: Vec<_> = summary.legs.iter().map(view).collect();
    legs.sort_by_key(|leg| leg.joined_at);
    legs
}

/// Sessions of one list of which it is said where in their messages that stands which was searched for.
const PASSAGES: usize = 100;

/// Which sessions to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only live ones (true) or only past ones (false).
    pub live: Option<bool>,
    /// Only those of this operator, by name or id.
    #[param(value_type = Option<String>)]
    pub operator: Option<Key>,
    /// Only those whose caller or dialled number contains this.
    pub number: Option<String>,
    /// Only those in which each of these words is found: in numbers, the client's name, messages, tags, notes,
    /// the result or parameters. The first 100 sessions with messages say in which one (`passage`).
    pub q: Option<String>,
    /// Only those whose client is this contact.
    pub contact: Option<Uuid>,
    /// Only those with this tag, whoever set it.
    pub tag: Option<String>,
    /// How many at most; 100 if not said, 1000 at most.
    pub limit: Option<u32>,
    /// Only those older than this session: the last one of the page before.
    pub before: Option<Uuid>,
}

/// Who accepts a waiting session.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The operator, by name or id. The operator's phone is called.
    #[schema(value_type = String)]
    pub operator: Key,
}

/// The routes of sessions.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list))
        .routes(utoipa_axum::routes!(one))
        .routes(utoipa_axum::routes!(accept))
        .routes(utoipa_axum::routes!(end))
}

#[utoipa::path(
    get, path = "/api/v1/sessions", tag = "sessions", operation_id = "list_sessions", params(Wanted),
    summary = "Sessions, live and past, newest first",
    responses((status = 200, body = [SessionView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<SessionView>>, Problem> {
    let operator = match &wanted.operator {
        Some(key) => Some(api.store.user(&authority.scope, key).await?.id),
        None => None,
    };
    let contact = match wanted.contact {
        // Another tenant's contact does not exist.
        Some(id) => Some(api.store.contact(&authority.scope, ContactId(id)).await?.id),
        None => None,
    };
    let Wanted { live, number, q: text, tag, .. } = wanted;
    let sought = text.clone().filter(|text| !text.is_empty());
    let filter = SessionFilter { live, operator, number, contact, tag, text, ..SessionFilter::default() };
    let page =
        Page { limit: wanted.limit.unwrap_or(Page::default().limit), before: wanted.before.map(SessionId) };
    let rows = api.store.sessions(&authority.scope, &filter, page).await?;
    Ok(Json(views(&api, &authority.scope, rows, sought.as_deref()).await?))
}

/// These sessions, as they are shown: what is live as it is at this moment, and where in the messages of the first
/// [`PASSAGES`] that have any that stands which was sought.
pub(super) async fn views(
    api: &ApiState,
    scope: &Scope,
    rows: Vec<Session>,
    sought: Option<&str>,
) -> Result<Vec<SessionView>, Problem> {
    let names = Names::within(api.store.as_ref(), scope).await?;
    let mut live = api.running.live_sessions(rows.iter().map(|row| row.id).collect()).await?;
    let mut views = Vec::with_capacity(rows.len());
    let mut written = 0;
    for Session { id, .. } in rows {
        let live = live.remove(&id);
        let seeks = sought.filter(|_| written < PASSAGES);
        let events = match &live {
            Some(summary) if summary.messages == 0 || seeks.is_none() => vec![],
            _ => api.store.events(scope, id).await?,
        };
        let summary = live.unwrap_or_else(|| rebuilt(&events));
        let mut view = SessionView::of(id, &summary, &names, api.running.wall());
        if let Some(sought) = seeks.filter(|_| view.messages > 0) {
            view.passage = PassageView::of(&events, sought);
            written += 1;
        }
        views.push(view);
    }
    Ok(views)
}

#[utoipa::path(
    get, path = "/api/v1/sessions/{id}", tag = "sessions", operation_id = "show_session",
    summary = "One session with everything that happened to it",
    params(("id" = Uuid, Path, description = "id of the session")),
    responses((status = 200, body = SessionDetail), (status = "default", body = Problem))
)]
async fn one(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<SessionDetail>, Problem> {
    let id = SessionId(id);
    let now = api.running.live_session(id).await?.as_ref().map(Conversation::of);
    let live = api.running.live_sessions(vec![id]).await?.remove(&id);
    // What is no tenant's, such as a call to a test number, is seen by whoever is in it.
    let own = match &live {
        Some(Summary { tenant: None, .. }) => authority.takes_part(&api, id).await?,
        _ => false,
    };
    let scope = if own { &api.scope } else { &authority.scope };
    api.store.session(scope, id).await?;
    let events = api.store.events(scope, id).await?;
    let names = Names::within(api.store.as_ref(), scope).await?;
    let summary = live.unwrap_or_else(|| rebuilt(&events));
    let session = SessionView::of(id, &summary, &names, api.running.wall());
    let legs = legs(&summary, api.running.wall());
    Ok(Json(SessionDetail { session, legs, now, events }))
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/accept", tag = "sessions", operation_id = "accept_session",
    summary = "Lets an operator accept a waiting session: the operator's phone is called",
    params(("id" = Uuid, Path, description = "id of the session")), request_body = Acceptance,
    responses((status = 204), (status = "default", body = Problem))
)]
async fn accept(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(acceptance): Body<Acceptance>,
) -> Result<StatusCode, Problem> {
    let session = visible(&api, &authority, SessionId(id)).await?;
    let user = authority.actor(&api, &acceptance.operator).await?;
    api.running.take(session, user.id).await?.answer(&user.name)
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/end", tag = "sessions", operation_id = "end_session",
    summary = "Ends a live session", params(("id" = Uuid, Path, description = "id of the session")),
    responses((status = 204), (status = "default", body = Problem))
)]
async fn end(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let session = SessionId(id);
    let tenant = tenant_of(&api, &authority, session).await?;
    authority.commands(&api, session, tenant).await?;
    match api.running.end(session, Cause::Normal).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::new(StatusCode::CONFLICT, "the session is over already")),
    }
}

/// The session, if it is live and the sender may see it.
async fn visible(api: &ApiState, authority: &Authority, id: SessionId) -> Result<SessionId, Problem> {
    tenant_of(api, authority, id).await.map(|_| id)
}

/// The tenant of a session, if it is live and the sender may see it.
pub(super) async fn tenant_of(
    api: &ApiState,
    authority: &Authority,
    id: SessionId,
) -> Result<Option<TenantId>, Problem> {
    let live = api.running.live_sessions(vec![id]).await?;
    let nowhere = || Problem::new(StatusCode::NOT_FOUND, format!("there is no live session {id}"));
    let summary = live.get(&id).ok_or_else(nowhere)?;
    let own = || authority.takes_part(api, id);
    match authority.sees(summary, api) || (summary.tenant.is_none() && own().await?) {
        true => Ok(summary.tenant),
        false => Err(nowhere()),
    }
}

fn rebuilt(events: &[SessionEvent]) -> Summary {
    let known: Vec<_> = events.iter().cloned().filter_map(SessionEvent::happened).collect();
    Summary::rebuild(&known)
}
