//! Clients who show an invitation: by the key of its address, or by its six digits.
//!
//! Six digits can be guessed. So wrong ones are counted, of one address and of one widget, and what is right is not told
//! from what is wrong any more once there were too many.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tracing::warn;
use uuid::Uuid;

use crate::api::chat::{offered, shown_to};
use crate::api::chat_callbacks::{preflight, read, too_many};
use crate::api::strangers::Terms;
use crate::api::{ApiState, Path, Problem, Visitor, pages};
use crate::lines::webchat::Invited;
use crate::store::{Invitation, InvitationState, Shown, Widget};

/// Wrong codes and keys.
const WRONG: Terms = Terms { what: "wrong codes", of_address: 10, of_widget: 200 };
/// The longest request.
const LONGEST: usize = 1_024;
/// Characters of a key, and more than any has.
const KEY_MAX: usize = 200;

/// The routes that everybody may ask for.
pub fn open() -> Router<ApiState> {
    Router::new()
        .route("/chat/{widget}/invitation", post(show).options(preflight))
        .route("/talk/{widget}", get(page))
}

/// An invitation that a client shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    /// The six digits, or what the address holds.
    invitation: String,
}

/// What a client is told of an invitation.
#[derive(Debug, Serialize)]
struct Told {
    /// Whether it may be used, and if not, why.
    state: InvitationState,
    /// Whom the client reaches.
    operator: String,
    /// When it ends, epoch milliseconds UTC.
    expires_at: i64,
}

async fn show(
    State(api): State<ApiState>,
    Path(id): Path<Uuid>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let widget = offered(&api, id, &headers).await?;
    Ok(shown_to(&headers, tell(&api, &widget, visitor.address, &body).await.map(Json)))
}

async fn tell(api: &ApiState, widget: &Widget, address: IpAddr, body: &[u8]) -> Result<Told, Problem> {
    let Said { invitation } = read(body, LONGEST)?;
    let found = find(api, widget, address, &invitation).await?;
    let operator = api.store.user(&api.scope, &found.operator.into()).await?;
    let state = found.state(api.running.wall());
    Ok(Told { state, operator: operator.display, expires_at: found.expires_at.0 })
}

/// The invitation that a client shows at a widget, whatever its state.
///
/// # Errors
/// There is none, or there were too many wrong ones before.
async fn find(api: &ApiState, widget: &Widget, address: IpAddr, said: &str) -> Result<Invitation, Problem> {
    let now = api.running.wall();
    api.strangers.may_ask(WRONG, address, widget.id, now).map_err(too_many)?;
    // People write codes in groups.
    let digits: String = said.chars().filter(|c| !c.is_whitespace() && *c != '-').take(KEY_MAX).collect();
    let is_code = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let shown = if is_code { Shown::Code(&digits) } else { Shown::Key(said.trim()) };
    let found = match said.len() <= KEY_MAX {
        true => api.store.invitation_shown(&api.scope, widget.id, shown, now).await?,
        false => None,
    };
    match found {
        Some(invitation) => Ok(invitation),
        None => {
            api.strangers.ask(WRONG, address, widget.id, now).map_err(too_many)?;
            Err(Problem::new(StatusCode::NOT_FOUND, "there is no such invitation here"))
        }
    }
}

/// The invitation by which a client wants to reach an operator now.
///
/// # Errors
/// It cannot be used, and why.
pub(super) async fn invited(
    api: &ApiState,
    widget: &Widget,
    address: IpAddr,
    said: &str,
) -> Result<Invited, Problem> {
    let found = find(api, widget, address, said).await?;
    let why = match found.state(api.running.wall()) {
        InvitationState::Open => return Ok(Invited { id: found.id, operator: found.operator }),
        InvitationState::Expired => "this invitation has expired",
        InvitationState::Revoked => "this invitation was taken back",
        InvitationState::Used => "this invitation was for one conversation, which there was",
    };
    Err(Problem::new(StatusCode::GONE, why))
}

/// A session has begun by an invitation: it is counted. That it was used by another browser at the same moment ends
/// neither, and so does that it cannot be counted: the client is told what has begun.
pub(super) async fn begun(api: &ApiState, invited: Invited) {
    let counted = api.store.spend_invitation(&api.scope, invited.id, api.running.wall()).await;
    if let Err(error) = counted {
        warn!(%error, "the use of an invitation was not counted");
    }
}

/// A page of our own with nothing but the widget, for invitations of those who have no other page.
async fn page(
    State(api): State<ApiState>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let widget = offered(&api, id, &headers).await?;
    let tenant = api.store.tenant(&api.scope, &widget.tenant.into()).await?;
    let language = widget.settings.language.as_deref().unwrap_or("en");
    Ok(pages::talk(widget.id, &tenant.display, language))
}
