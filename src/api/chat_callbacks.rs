//! Clients who leave a number in a page, to be called back.
//!
//! Whoever asks is a stranger, and could earn by our calls: a number abroad or of a premium rate is never promised a call,
//! every other one only if the tenant may call it, and no more than a few in an hour of one address and one widget.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::callbacks::client_name;
use crate::api::chat::{offered, shown_to};
use crate::api::chat_invitations;
use crate::api::strangers::Terms;
use crate::api::{ApiState, Path, Problem, Visitor};
use crate::id::{CallbackId, DoorId};
use crate::store::{Offered, StoreError, Widget, secret};
use crate::switch::callback::{self, Asker, Callback, Ending, NewCallback, Stand, Standing};
use crate::switch::cause::Cause;
use crate::time::UnixMs;

/// Calls that are asked for.
const ASKED: Terms = Terms { what: "calls", of_address: 5, of_widget: 60 };
/// Looks at how far a promise is, and wishes to take one back.
const LOOKS: Terms = Terms { what: "looks", of_address: 1_200, of_widget: 60_000 };
/// The longest request.
const LONGEST: usize = 2_048;

/// The routes that everybody may ask for.
pub fn open() -> Router<ApiState> {
    Router::new()
        .route("/chat/{widget}/callback", post(ask).options(preflight))
        .route("/chat/{widget}/callback/state", post(look).options(preflight))
        .route("/chat/{widget}/callback/cancel", post(cancel).options(preflight))
}

/// A client's wish to be called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    phone: String,
    #[serde(default)]
    name: Option<String>,
    /// Not before this moment, epoch milliseconds UTC; as soon as possible if there is none.
    #[serde(default)]
    due: Option<i64>,
    /// The six digits of an invitation, or what its address holds: the operator is asked first who has invited the client.
    #[serde(default)]
    invitation: Option<String>,
}

/// By what a client finds a promise again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    token: String,
}

/// How far a promise is.
#[derive(Debug, Serialize)]
struct Shown {
    /// By what it is asked for and taken back; none: somebody asked before, and it is theirs to take back.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// `waiting`, `scheduled`, `calling`, `served`, `cancelled`, `over`, or `known`: the number was promised a call before.
    state: &'static str,
    /// The place in the queue, counted from 1.
    position: Option<usize>,
    /// When the client is called at the earliest.
    due: Option<i64>,
}

async fn ask(
    State(api): State<ApiState>,
    Path(id): Path<Uuid>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let widget = offered(&api, id, &headers).await?;
    Ok(answer(&headers, promise(&api, &widget, visitor, &body).await))
}

async fn promise(
    api: &ApiState,
    widget: &Widget,
    visitor: Visitor,
    body: &[u8],
) -> Result<(StatusCode, Shown), Problem> {
    let Wish { phone, name, due, invitation } = read(body, LONGEST)?;
    if widget.settings.callback == Offered::Off {
        return Err(Problem::new(StatusCode::FORBIDDEN, "nobody is called back from this page"));
    }
    let name = name.as_deref().map(client_name).transpose()?.filter(|name| !name.is_empty());
    let asked = api.strangers.ask(ASKED, visitor.address, widget.id, api.running.wall());
    asked.map_err(too_many)?;
    let invited = match &invitation {
        Some(said) => Some(chat_invitations::invited(api, widget, visitor.address, said).await?),
        None => None,
    };
    let secret = secret::device_secret(&mut secret::entropy()?);
    let asker = Some(Asker {
        door: widget.id,
        key: secret::token_hash(&secret),
        invited: invited.map(|invited| invited.operator),
    });
    let (tenant, group, due) = (widget.tenant, widget.group, due.map(UnixMs));
    let new = NewCallback { tenant, group, number: phone, priority: 0, by: None, due, name, asker };
    match api.running.promise(new).await? {
        Ok(made) => {
            if let Some(invited) = invited {
                chat_invitations::begun(api, invited).await;
            }
            let token = Some(format!("{}.{secret}", made.id.0.simple()));
            Ok((StatusCode::CREATED, Shown { token, ..shown(&state_of(api, made).await?) }))
        }
        Err(refusal) => match refusal.cause {
            Cause::Busy => {
                Ok((StatusCode::OK, Shown { token: None, state: "known", position: None, due: None }))
            }
            Cause::Unavailable => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, refusal.why)),
            // What the tenant may call, and why, is not for strangers.
            Cause::Forbidden => {
                Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "this number cannot be called from here"))
            }
            _ => Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, refusal.why)),
        },
    }
}

async fn look(
    State(api): State<ApiState>,
    Path(id): Path<Uuid>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let widget = offered(&api, id, &headers).await?;
    let found = found(&api, &widget, visitor, &body).await;
    Ok(answer(&headers, found.map(|found| (StatusCode::OK, shown(&found)))))
}

async fn cancel(
    State(api): State<ApiState>,
    Path(id): Path<Uuid>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let widget = offered(&api, id, &headers).await?;
    Ok(answer(&headers, take_back(&api, &widget, visitor, &body).await))
}

async fn take_back(
    api: &ApiState,
    widget: &Widget,
    visitor: Visitor,
    body: &[u8],
) -> Result<(StatusCode, Shown), Problem> {
    let callback = found(api, widget, visitor, body).await?.into_callback();
    api.running.cancel_callback(callback.id).await?;
    Ok((StatusCode::OK, Shown { token: None, state: "cancelled", position: None, due: None }))
}

/// A browser asks first whether it may ask (Fetch standard, 3.2.2).
pub(super) async fn preflight(
    State(api): State<ApiState>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    offered(&api, id, &headers).await?;
    let mut response = shown_to(&headers, StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    Ok(response)
}

/// A promise, open or over.
enum Found {
    Open(Box<Standing>),
    Over(Box<Callback>),
}

impl Found {
    fn into_callback(self) -> Callback {
        match self {
            Self::Open(open) => open.callback,
            Self::Over(callback) => *callback,
        }
    }
}

/// The promise of a token. One that never was and one that is another's are answered alike.
async fn found(api: &ApiState, widget: &Widget, visitor: Visitor, body: &[u8]) -> Result<Found, Problem> {
    let Known { token } = read(body, LONGEST)?;
    api.strangers.ask(LOOKS, visitor.address, widget.id, api.running.wall()).map_err(too_many)?;
    let unknown = || Problem::new(StatusCode::NOT_FOUND, "no call is promised by this token");
    let (id, secret) = token.split_once('.').ok_or_else(unknown)?;
    let id = CallbackId(Uuid::try_parse(id).map_err(|_| unknown())?);
    let open = api.running.callbacks().await?.into_iter().find(|open| open.callback.id == id);
    let found = match open {
        Some(open) => Found::Open(Box::new(open)),
        None => match api.store.callback(&api.scope, id).await {
            Ok(callback) => Found::Over(Box::new(callback)),
            Err(StoreError::NotFound { .. }) => return Err(unknown()),
            Err(error) => return Err(error.into()),
        },
    };
    let asker = match &found {
        Found::Open(open) => &open.callback.asker,
        Found::Over(callback) => &callback.asker,
    };
    let is_theirs = |asker: &Asker| {
        asker.door == DoorId(widget.id.0) && secret::same(&asker.key, &secret::token_hash(secret))
    };
    asker.as_ref().is_some_and(is_theirs).then_some(found).ok_or_else(unknown)
}

async fn state_of(api: &ApiState, callback: Callback) -> Result<Found, Problem> {
    let open = api.running.callbacks().await?.into_iter().find(|open| open.callback.id == callback.id);
    Ok(open.map_or_else(|| Found::Over(Box::new(callback)), |open| Found::Open(Box::new(open))))
}

fn shown(found: &Found) -> Shown {
    let (state, position, due) = match found {
        Found::Open(open) => match open.stand {
            Stand::Waiting { .. } | Stand::OnLine { .. } => ("waiting", open.position, None),
            Stand::Calling { .. } => ("calling", None, None),
            Stand::Paused { until } => ("scheduled", None, Some(until.0)),
        },
        Found::Over(callback) => match &callback.state {
            callback::State::Ended { how: Ending::Served { .. }, .. } => ("served", None, None),
            callback::State::Ended { how: Ending::Cancelled, .. } => ("cancelled", None, None),
            callback::State::Ended { .. } => ("over", None, None),
            // It is being written down.
            callback::State::Waiting | callback::State::Paused { .. } => ("waiting", None, None),
        },
    };
    Shown { token: None, state, position, due }
}

/// What is said to a page. Pages write JSON as plain text too, since then their browser need not ask twice.
pub(super) fn read<T: DeserializeOwned>(body: &[u8], longest: usize) -> Result<T, Problem> {
    let detail = "the request is not understood";
    let read =
        Some(body).filter(|body| body.len() <= longest).and_then(|body| serde_json::from_slice(body).ok());
    read.ok_or_else(|| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail))
}

pub(super) fn too_many(wait: std::time::Duration) -> Problem {
    let seconds = wait.as_secs().max(1);
    let detail = format!("that was asked too often; try again in {} min", seconds.div_ceil(60));
    Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).retry_after(seconds)
}

fn answer(headers: &HeaderMap, result: Result<(StatusCode, Shown), Problem>) -> Response {
    shown_to(headers, result.map(|(status, shown)| (status, Json(shown))))
}
