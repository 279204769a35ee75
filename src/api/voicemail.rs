//! What callers left in mailboxes.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::{ApiState, Authority, Body, Path, Problem, Query};
use crate::id::MessageId;
use crate::store::{Key, Mailbox, Message, MessageFilter};

/// A message. Times are epoch milliseconds UTC.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MessageView {
    /// Its id.
    pub id: Uuid,
    /// Its mailbox, by name.
    pub mailbox: String,
    /// The caller's number.
    pub caller: String,
    /// The caller's name, if one was given.
    pub caller_name: Option<String>,
    /// When it was left.
    pub left_at: i64,
    /// How long it is, in milliseconds.
    pub length_ms: u32,
    /// Whether it was listened to.
    pub heard: bool,
    /// The session in which it was left.
    pub session: Uuid,
}

impl MessageView {
    fn of(message: &Message, mailboxes: &[Mailbox]) -> Self {
        let mailbox = mailboxes.iter().find(|mailbox| mailbox.id == message.mailbox);
        Self {
            id: message.id.0,
            mailbox: mailbox.map_or_else(|| message.mailbox.to_string(), |mailbox| mailbox.name.clone()),
            caller: message.caller.clone(),
            caller_name: message.caller_name.clone(),
            left_at: message.at.0,
            length_ms: message.ms,
            heard: message.heard,
            session: message.session.0,
        }
    }
}

/// Which messages to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only those in this mailbox, by name, number or id.
    #[param(value_type = Option<String>)]
    pub mailbox: Option<Key>,
    /// Only those that were listened to (true), or not (false).
    pub heard: Option<bool>,
}

/// What changes of a message.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageChange {
    /// Whether it was listened to.
    pub heard: bool,
}

/// The routes of messages.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list))
        .routes(utoipa_axum::routes!(one, change, remove))
        .routes(utoipa_axum::routes!(audio))
}

#[utoipa::path(
    get, path = "/api/v1/voicemail", tag = "voicemail", operation_id = "list_messages", params(Wanted),
    summary = "Messages, newest first",
    responses((status = 200, body = [MessageView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<MessageView>>, Problem> {
    let mailbox = match &wanted.mailbox {
        Some(key) => Some(api.store.mailbox(&authority.scope, key).await?.id),
        None => None,
    };
    let filter = MessageFilter { mailbox, heard: wanted.heard };
    let messages = api.store.messages(&authority.scope, &filter).await?;
    let mailboxes = api.store.mailboxes(&authority.scope).await?;
    Ok(Json(messages.iter().map(|message| MessageView::of(message, &mailboxes)).collect()))
}

#[utoipa::path(
    get, path = "/api/v1/voicemail/{id}", tag = "voicemail", operation_id = "show_message",
    summary = "One message", params(("id" = Uuid, Path, description = "id of the message")),
    responses((status = 200, body = MessageView), (status = "default", body = Problem))
)]
async fn one(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<MessageView>, Problem> {
    let message = api.store.message(&authority.scope, MessageId(id)).await?;
    let mailboxes = api.store.mailboxes(&authority.scope).await?;
    Ok(Json(MessageView::of(&message, &mailboxes)))
}

#[utoipa::path(
    patch, path = "/api/v1/voicemail/{id}", tag = "voicemail", operation_id = "change_message",
    summary = "Marks a message as listened to, or as new", request_body = MessageChange,
    params(("id" = Uuid, Path, description = "id of the message")),
    responses((status = 200, body = MessageView), (status = "default", body = Problem))
)]
async fn change(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(change): Body<MessageChange>,
) -> Result<Json<MessageView>, Problem> {
    let message = api.store.set_heard(&authority.scope, MessageId(id), change.heard).await?;
    api.running.messages_changed().await;
    let mailboxes = api.store.mailboxes(&authority.scope).await?;
    Ok(Json(MessageView::of(&message, &mailboxes)))
}

#[utoipa::path(
    delete, path = "/api/v1/voicemail/{id}", tag = "voicemail", operation_id = "remove_message",
    summary = "Removes a message", params(("id" = Uuid, Path, description = "id of the message")),
    responses((status = 204), (status = "default", body = Problem))
)]
async fn remove(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    api.store.remove_message(&authority.scope, MessageId(id)).await?;
    // A sound that stays behind is removed at the next start.
    let _ = tokio::fs::remove_file(api.running.message_file(MessageId(id))).await;
    api.running.messages_changed().await;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    get, path = "/api/v1/voicemail/{id}/audio", tag = "voicemail", operation_id = "message_audio",
    summary = "The sound of a message: WAV, mono, 8 kHz, 16 bit",
    params(("id" = Uuid, Path, description = "id of the message")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "audio/wav"),
        (status = "default", body = Problem)
    )
)]
async fn audio(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<([(HeaderName, &'static str); 1], Vec<u8>), Problem> {
    let message = api.store.message(&authority.scope, MessageId(id)).await?;
    let sound = tokio::fs::read(api.running.message_file(message.id)).await;
    let sound = sound.map_err(|error| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("the sound of the message cannot be read: {error}"),
        )
    })?;
    Ok(([(header::CONTENT_TYPE, "audio/wav")], sound))
}
