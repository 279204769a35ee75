//! What is written in a session: read by who may see it, written by the operators in it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::authority::Authority;
use crate::api::seen::Seen;
use crate::api::times::rfc3339;
use crate::api::{ApiState, Body, Path, Problem, Query};
use crate::id::{SessionId, UserId};
use crate::store::SessionEvent;
use crate::switch::history::Happening;
use crate::switch::line::Message;

/// Messages of one answer.
const MOST: usize = 500;

/// Which messages.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// The number of the last message that is known: those after it.
    #[serde(default)]
    pub after: u64,
}

/// What was written in a session.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WrittenView {
    /// In the order of their numbers; at most 500: ask again after the last one for more.
    pub messages: Vec<WrittenMessageView>,
}

/// Something that somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WrittenMessageView {
    /// 1, 2, 3, … without gaps within the session.
    pub number: u64,
    /// When (RFC 3339).
    pub at: String,
    /// `client` or `operator`.
    pub by: String,
    /// The operator who wrote it.
    pub operator: Option<Uuid>,
    /// The writer's name for people; empty of a client who gave none.
    pub author: String,
    /// What was written; never markup.
    pub text: String,
    /// For colleagues: the client does not read it.
    pub aside: bool,
}

/// A message to be written.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// What: 1 to 4,000 characters.
    pub text: String,
    /// For colleagues: the client is not to read it.
    #[serde(default)]
    pub aside: bool,
    /// A number that the page chooses. The same again is not written twice, so a message whose answer was lost may be
    /// sent again.
    pub own: u64,
}

/// A message that was written.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Numbered {
    /// Its number in the session.
    pub number: u64,
}

/// How far somebody has read.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HasRead {
    /// The number of the last message that was on the screen.
    pub number: u64,
}

impl WrittenMessageView {
    fn of(message: Message) -> Self {
        Self {
            number: message.number,
            at: rfc3339(message.at),
            by: if message.operator.is_some() { "operator" } else { "client" }.to_owned(),
            operator: message.operator.map(|operator| operator.0),
            author: message.author,
            text: message.text,
            aside: message.aside,
        }
    }
}

/// The routes of messages.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list, write))
        .routes(utoipa_axum::routes!(typing))
        .routes(utoipa_axum::routes!(read))
        .routes(utoipa_axum::routes!(decline))
}

#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/messages", tag = "messages", operation_id = "list_written",
    summary = "What was written in a session, live or past",
    params(("id" = Uuid, Path, description = "id of the session"), Which),
    responses((status = 200, body = WrittenView), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Query(Which { after }): Query<Which>,
) -> Result<Json<WrittenView>, Problem> {
    let seen = Seen::find(&api, &authority, SessionId(id)).await?;
    let written = match api.running.written(seen.id, after).await? {
        Some(written) => written,
        None => stored(&api.store.events(&seen.scope, seen.id).await?, after),
    };
    let messages = written.into_iter().take(MOST).map(WrittenMessageView::of).collect();
    Ok(Json(WrittenView { messages }))
}

fn stored(events: &[SessionEvent], after: u64) -> Vec<Message> {
    let happened = events.iter().cloned().filter_map(SessionEvent::happened);
    let written = happened.filter_map(|event| match event.what {
        Happening::Wrote { leg, number, author, operator, text, aside, .. } if number > after => {
            Some(Message { number, at: event.at, leg, operator, author, text, aside })
        }
        _ => None,
    });
    written.collect()
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/messages", tag = "messages", operation_id = "write_message",
    summary = "Writes a message in a session, as an operator who is in it",
    params(("id" = Uuid, Path, description = "id of the session")), request_body = NewMessage,
    responses((status = 201, body = Numbered), (status = "default", body = Problem))
)]
async fn write(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(NewMessage { text, aside, own }): Body<NewMessage>,
) -> Result<(StatusCode, Json<Numbered>), Problem> {
    let (session, operator) = own_part(&api, &authority, id).await?;
    let number = api.running.write(session, operator, (own, text, aside)).await?.map_err(refused)?;
    Ok((StatusCode::CREATED, Json(Numbered { number })))
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/typing", tag = "messages", operation_id = "show_typing",
    summary = "Lets the client see that the operator types",
    params(("id" = Uuid, Path, description = "id of the session")),
    responses((status = 204), (status = "default", body = Problem))
)]
async fn typing(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let (session, operator) = own_part(&api, &authority, id).await?;
    api.running.types(session, operator).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/read", tag = "messages", operation_id = "show_read",
    summary = "Lets the client see up to which message the operator has read",
    params(("id" = Uuid, Path, description = "id of the session")), request_body = HasRead,
    responses((status = 204), (status = "default", body = Problem))
)]
async fn read(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(HasRead { number }): Body<HasRead>,
) -> Result<StatusCode, Problem> {
    let (session, operator) = own_part(&api, &authority, id).await?;
    api.running.has_read(session, operator, number).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/decline", tag = "messages", operation_id = "decline_session",
    summary = "Lets a session that rings in the operator's workspace go on to others",
    params(("id" = Uuid, Path, description = "id of the session")),
    responses((status = 204), (status = "default", body = Problem))
)]
async fn decline(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let (session, operator) = own_part(&api, &authority, id).await?;
    match api.running.decline(session, operator).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => {
            Err(Problem::new(StatusCode::CONFLICT, "the session does not ring in your workspace".to_owned()))
        }
    }
}

/// The session, and the person who is in it.
async fn own_part(api: &ApiState, authority: &Authority, id: Uuid) -> Result<(SessionId, UserId), Problem> {
    let session = SessionId(id);
    let operator = authority.oneself().ok_or_else(|| {
        Problem::new(StatusCode::FORBIDDEN, "only people who are logged in take part in sessions".to_owned())
    })?;
    match authority.takes_part(api, session).await? {
        true => Ok((session, operator)),
        false => Err(Problem::new(StatusCode::NOT_FOUND, format!("you are in no live session {id}"))),
    }
}

fn refused(refusal: crate::switch::command::Refusal) -> Problem {
    Problem::new(StatusCode::CONFLICT, refusal.why)
}
