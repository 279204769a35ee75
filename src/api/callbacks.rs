//! Clients who were promised a call.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::rights::Right;
use crate::api::running::Taken;
use crate::api::sessions::Acceptance;
use crate::api::{ApiState, Authority, Body, Path, Problem, Query, Within};
use crate::id::CallbackId;
use crate::store::Key;
use crate::switch::callback::{self, Callback, Ending, NewCallback, Stand, Standing};
use crate::switch::cause::Cause;
use crate::time::UnixMs;

/// A promise to call a client back. Times are epoch milliseconds UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallbackView {
    /// Its id.
    pub id: Uuid,
    /// Who promised it, by name.
    pub tenant: String,
    /// Whose operators call, by name.
    pub group: String,
    /// Who is called.
    pub number: String,
    /// `scheduled` (for later), `waiting`, `ringing` (at operators), `calling` (the client), `on line` (the client calls at present), `paused`
    /// (after a call in vain), `served`, `expired`, `cancelled` or `failed`.
    pub state: String,
    /// The place in the queue, counted from 1.
    pub position: Option<usize>,
    /// Those of a higher priority are served first.
    pub priority: i32,
    /// Since when the client waits.
    pub waiting_since: i64,
    /// When it was promised.
    pub promised_at: i64,
    /// When it is given up.
    pub expires_at: i64,
    /// How often the client was called in vain.
    pub tries: u32,
    /// After a call in vain, or where it is for later: when the client is called at the earliest.
    pub next_at: Option<i64>,
    /// The client wants to be called no earlier than this, if the client said so.
    pub due_at: Option<i64>,
    /// The client's name, if one was given.
    pub name: Option<String>,
    /// The widget in which the client asked for it.
    pub widget: Option<Uuid>,
    /// The session in which it was promised, if a client asked for it there.
    pub asked_in: Option<Uuid>,
    /// The session in which operators ring, the client is called, is on the line, or was served.
    pub session: Option<Uuid>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// Why it failed.
    pub reason: Option<String>,
}

/// Whom to call back.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallbackNew {
    /// The number, as the tenant dials it.
    pub number: String,
    /// Whose operators call, by name or id.
    #[schema(value_type = String)]
    pub group: Key,
    /// The tenant, if several have a group of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tenant: Option<Key>,
    /// Those of a higher priority are served first; 0 if nothing is said.
    #[serde(default)]
    pub priority: i32,
    /// Not before this moment, epoch milliseconds UTC: in the future, and at most 30 days ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<i64>,
    /// The client's name, at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Which promises to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only those of this tenant, by name or id.
    #[param(value_type = Option<String>)]
    pub tenant: Option<Key>,
    /// true: those that are over, newest first; else those that are open, in the order of service.
    #[serde(default)]
    pub over: bool,
}

/// The routes of promises.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list, add))
        .routes(utoipa_axum::routes!(one, cancel))
        .routes(utoipa_axum::routes!(accept))
}

#[utoipa::path(
    get, path = "/api/v1/callbacks", tag = "callbacks", operation_id = "list_callbacks", params(Wanted),
    summary = "Clients who are to be called back",
    responses((status = 200, body = [CallbackView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<CallbackView>>, Problem> {
    let scope = authority.within(&api, &Within { tenant: wanted.tenant }).await?;
    let names = names(&api, &authority).await?;
    if wanted.over {
        let over = api.store.callbacks(&scope, false).await?;
        return Ok(Json(over.iter().map(|callback| stored(callback, &names)).collect()));
    }
    let open = api.running.callbacks().await?;
    let mut open: Vec<_> = open.iter().filter(|open| scope.reaches(open.callback.tenant)).collect();
    open.sort_by_key(|open| {
        (std::cmp::Reverse(open.callback.priority), open.callback.since, open.callback.id)
    });
    Ok(Json(open.into_iter().map(|open| live(open, &names)).collect()))
}

#[utoipa::path(
    post, path = "/api/v1/callbacks", tag = "callbacks", operation_id = "add_callback",
    summary = "Has a client called by the operators of a group, as soon as it is the client's turn",
    request_body = CallbackNew,
    responses((status = 201, body = CallbackView), (status = "default", body = Problem))
)]
async fn add(
    State(api): State<ApiState>,
    authority: Authority,
    Body(new): Body<CallbackNew>,
) -> Result<(StatusCode, Json<CallbackView>), Problem> {
    let scope = authority.within(&api, &Within { tenant: new.tenant }).await?;
    let group = api.store.group(&scope, &new.group).await?;
    if !(-100..=100).contains(&new.priority) {
        let detail = "`priority` is a whole number from -100 to 100";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    let (tenant, group) = (group.tenant, group.id);
    // Who is no supervisor calls nobody on the tenant's rights whom the own ones keep from.
    let own = authority.person.as_ref().filter(|person| !person.rights.hold(Right::Supervise, Some(tenant)));
    let by = own.map(|person| person.user.id);
    let name = new.name.as_deref().map(client_name).transpose()?.filter(|name| !name.is_empty());
    let (number, priority, due) = (new.number, new.priority, new.due_at.map(UnixMs));
    let new = NewCallback { tenant, group, number, priority, by, due, name, asker: None };
    let made = api.running.promise(new).await?.map_err(|refusal| {
        let status = match refusal.cause {
            Cause::Forbidden => StatusCode::FORBIDDEN,
            Cause::Incompatible => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::CONFLICT,
        };
        Problem::new(status, refusal.why)
    })?;
    let names = names(&api, &authority).await?;
    Ok((StatusCode::CREATED, Json(open_or_stored(&api, &made, &names).await?)))
}

#[utoipa::path(
    get, path = "/api/v1/callbacks/{id}", tag = "callbacks", operation_id = "show_callback",
    summary = "One promise to call a client back", params(("id" = Uuid, Path, description = "id of the promise")),
    responses((status = 200, body = CallbackView), (status = "default", body = Problem))
)]
async fn one(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<CallbackView>, Problem> {
    let names = names(&api, &authority).await?;
    let callback = known(&api, &authority, CallbackId(id)).await?;
    Ok(Json(open_or_stored(&api, &callback, &names).await?))
}

#[utoipa::path(
    delete, path = "/api/v1/callbacks/{id}", tag = "callbacks", operation_id = "cancel_callback",
    summary = "Takes a promise back: the client is not called (again)",
    params(("id" = Uuid, Path, description = "id of the promise")),
    responses((status = 204), (status = "default", body = Problem))
)]
async fn cancel(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let id = known(&api, &authority, CallbackId(id)).await?.id;
    match api.running.cancel_callback(id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::new(StatusCode::CONFLICT, "this promise is over already")),
    }
}

#[utoipa::path(
    post, path = "/api/v1/callbacks/{id}/accept", tag = "callbacks", operation_id = "accept_callback",
    summary = "Lets an operator call the client now: the operator's phone is called first",
    params(("id" = Uuid, Path, description = "id of the promise")), request_body = Acceptance,
    responses((status = 204), (status = "default", body = Problem))
)]
async fn accept(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(acceptance): Body<Acceptance>,
) -> Result<StatusCode, Problem> {
    let id = known(&api, &authority, CallbackId(id)).await?.id;
    let user = authority.actor(&api, &acceptance.operator).await?;
    let open = api.running.callbacks().await?.into_iter().find(|open| open.callback.id == id);
    let taken = match open.map(|open| open.stand) {
        Some(Stand::Waiting { entry }) => api.running.take(entry, user.id).await?,
        _ => Taken::NotWaiting,
    };
    taken.answer(&user.name)
}

/// A client's name, checked.
pub(super) fn client_name(text: &str) -> Result<String, Problem> {
    let name = text.trim();
    match name.chars().count() <= 100 && !name.chars().any(char::is_control) {
        true => Ok(name.to_owned()),
        false => {
            let detail = "`name` has at most 100 characters, and no control characters";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail))
        }
    }
}

/// A promise within reach, open or not.
async fn known(api: &ApiState, authority: &Authority, id: CallbackId) -> Result<Callback, Problem> {
    // One that was made a moment ago may not be stored yet.
    let open = api.running.callbacks().await?.into_iter().map(|open| open.callback);
    match open.filter(|open| authority.scope.reaches(open.tenant)).find(|open| open.id == id) {
        Some(open) => Ok(open),
        None => Ok(api.store.callback(&authority.scope, id).await?),
    }
}

async fn names(api: &ApiState, authority: &Authority) -> Result<Names, Problem> {
    let groups = api.store.groups(&authority.scope).await?;
    Ok(Names::within(api.store.as_ref(), &authority.scope).await?.with_groups(groups))
}

async fn open_or_stored(api: &ApiState, callback: &Callback, names: &Names) -> Result<CallbackView, Problem> {
    let open: BTreeMap<_, _> =
        api.running.callbacks().await?.into_iter().map(|open| (open.callback.id, open)).collect();
    Ok(open.get(&callback.id).map_or_else(|| stored(callback, names), |open| live(open, names)))
}

fn live(open: &Standing, names: &Names) -> CallbackView {
    let (state, session) = match open.stand {
        Stand::Waiting { entry } if open.rings => ("ringing", Some(entry)),
        Stand::Waiting { entry } => ("waiting", Some(entry)),
        Stand::OnLine { by, .. } => ("on line", Some(by)),
        Stand::Calling { session } => ("calling", Some(session)),
        Stand::Paused { .. } if open.callback.tries == 0 => ("scheduled", None),
        Stand::Paused { .. } => ("paused", None),
    };
    let view = stored(&open.callback, names);
    CallbackView { state: state.to_owned(), position: open.position, session: session.map(|id| id.0), ..view }
}

fn stored(callback: &Callback, names: &Names) -> CallbackView {
    let (state, next_at, ended_at, session, reason) = match &callback.state {
        callback::State::Waiting => ("waiting", None, None, None, None),
        callback::State::Paused { until } => ("paused", Some(until.0), None, None, None),
        callback::State::Ended { at, how } => {
            let session = match how {
                Ending::Served { session } => Some(session.0),
                _ => None,
            };
            let reason = match how {
                Ending::Failed { why } => Some(why.clone()),
                _ => None,
            };
            (how.name(), None, Some(at.0), session, reason)
        }
    };
    CallbackView {
        id: callback.id.0,
        tenant: names.tenant(callback.tenant),
        group: names.group(callback.group),
        number: callback.number.clone(),
        state: state.to_owned(),
        position: None,
        priority: callback.priority,
        waiting_since: callback.since.0,
        promised_at: callback.made.0,
        expires_at: callback.terms.expires.0,
        tries: callback.tries,
        next_at,
        due_at: callback.due.map(|due| due.0),
        name: callback.name.clone(),
        widget: callback.asker.as_ref().map(|asker| asker.door.0),
        asked_in: callback.asked_in.map(|id| id.0),
        session,
        ended_at,
        reason,
    }
}
