//! What is done with a session while people talk: hold, mute, invite, forward, leave, listen in.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::calls::number_of_contact;
use crate::api::rights::{Right, Rights};
use crate::api::sessions::tenant_of;
use crate::api::{ApiState, Authority, Body, MaybeBody, Path, Problem};
use crate::id::{LegId, SessionId, UserId};
use crate::store::Key;
use crate::switch::command::{Command, Destination, Refusal};
use crate::switch::history::Phase;
use crate::switch::leg::Part;
use crate::switch::recording::RecordAct;

/// An operator who is in the session.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The operator, by name or id.
    #[schema(value_type = String)]
    pub operator: Key,
}

/// Who puts somebody on hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// The operator who holds, by name or id. It matters where colleagues talk without a client: the other one hears
    /// music.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub operator: Option<Key>,
}

/// Whether an operator is heard.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Muting {
    /// The operator, by name or id.
    #[schema(value_type = String)]
    pub operator: Key,
    /// `true`: nobody hears the operator.
    pub on: bool,
}

/// One of an operator, a group, a number, and an external contact.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Whom {
    /// An operator, by name or id.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<Key>,
    /// A group, by name or id; to forward to.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Key>,
    /// An extension, a number outside, or one that a dialplan answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// An external contact of the session's tenant, by name or id. The first of the numbers is called.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_contact: Option<Key>,
}

/// Keys that are pressed for somebody.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// One after the other: `0` to `9`, `*`, `#`, `A` to `D`; at most 32.
    pub keys: String,
    /// For whom: a leg of the session, by its id; for the client if left out.
    #[serde(default)]
    pub leg: Option<Uuid>,
    /// The operator who presses them, by name or id, for the session's history.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub by: Option<Key>,
}

/// Somebody is called into the conversation.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// Whom.
    pub to: Whom,
    /// The operator who invites, by name or id: with whose rights a number outside is called. The first in the session
    /// if nobody is named.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub by: Option<Key>,
    /// The client waits with music meanwhile, and the others hear each other.
    #[serde(default)]
    pub consult: bool,
}

/// The client is handed to somebody else.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forwarding {
    /// To whom.
    pub to: Whom,
    /// The operator who forwards, by name or id; the first in the session if nobody is named.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub by: Option<Key>,
    /// What the one who takes over should know.
    #[serde(default)]
    pub note: Option<String>,
}

/// A leg of the session.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaving {
    /// Its id, as the session's events tell it.
    pub leg: Uuid,
}

/// A supervisor takes part.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Supervision {
    /// The supervisor, by name or id. The supervisor's phone is called, or changes how it takes part.
    #[schema(value_type = String)]
    pub supervisor: Key,
    /// How.
    pub mode: Mode,
}

/// How a supervisor takes part.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Hears all, and is heard by nobody.
    Listen,
    /// Is heard by the operators and not by the client.
    Whisper,
    /// Is heard by all.
    Barge,
}

/// What is wanted of the recording of a session.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordingOrder {
    /// What.
    pub action: RecordingAction,
    /// The operator who wants it, by name or id, for the session's history.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub by: Option<Key>,
}

/// One thing wanted of a recording.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingAction {
    /// Records the conversation, whatever the rules say.
    Start,
    /// Silence takes the place of what is said: card data, for one.
    Pause,
    /// It goes on.
    Resume,
    /// It ends.
    Stop,
}

/// The longest note.
const LONGEST_NOTE: usize = 2_000;
/// Keys that are pressed at once.
const MOST_KEYS: usize = 32;

/// The routes of conversations.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(hold))
        .routes(utoipa_axum::routes!(resume))
        .routes(utoipa_axum::routes!(mute))
        .routes(utoipa_axum::routes!(keys))
        .routes(utoipa_axum::routes!(invite))
        .routes(utoipa_axum::routes!(remove))
        .routes(utoipa_axum::routes!(leave))
        .routes(utoipa_axum::routes!(forward))
        .routes(utoipa_axum::routes!(supervise))
        .routes(utoipa_axum::routes!(record))
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/hold", tag = "sessions", operation_id = "hold_session",
    summary = "The client hears music and none of the operators, who hear each other",
    description = "Where colleagues talk without a client, the other one of the operator who holds hears music.",
    params(("id" = Uuid, Path, description = "id of the session")), request_body(content = Option<Holding>),
    responses((status = 204), (status = "default", body = Problem))
)]
async fn hold(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    MaybeBody(holding): MaybeBody<Holding>,
) -> Result<StatusCode, Problem> {
    let by = maybe_actor(&api, &authority, holding.operator.as_ref()).await?;
    order(&api, &authority, id, by, Command::Hold).await
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/resume", tag = "sessions", operation_id = "resume_session",
    summary = "The client is with the operators again",
    params(("id" = Uuid, Path, description = "id of the session")),
    responses((status = 204), (status = "default", body = Problem))
)]
async fn resume(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    order(&api, &authority, id, None, Command::Resume).await
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/mute", tag = "sessions", operation_id = "mute_operator",
    summary = "Nobody hears an operator, or all do again",
    params(("id" = Uuid, Path, description = "id of the session")), request_body = Muting,
    responses((status = 204), (status = "default", body = Problem))
)]
async fn mute(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(muting): Body<Muting>,
) -> Result<StatusCode, Problem> {
    let operator = authority.actor(&api, &muting.operator).await?.id;
    order(&api, &authority, id, None, Command::Mute { operator, on: muting.on }).await
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/keys", tag = "sessions", operation_id = "send_keys",
    summary = "Presses keys for the client, or for somebody else in the conversation",
    description = "They are sent as that phone takes them: as telephone-events (RFC 4733), or as tones in the sound. A key takes \
                   a fifth of a second. The answer comes before they are sent.",
    params(("id" = Uuid, Path, description = "id of the session")), request_body = Keys,
    responses((status = 204), (status = "default", body = Problem))
)]
async fn keys(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(wanted): Body<Keys>,
) -> Result<StatusCode, Problem> {
    let Keys { keys, leg, by } = wanted;
    let known = |key: char| matches!(key, '0'..='9' | '*' | '#' | 'A'..='D');
    if keys.is_empty() || keys.chars().count() > MOST_KEYS || !keys.chars().all(known) {
        let detail = format!("`keys` takes 1 to {MOST_KEYS} of the keys 0 to 9, *, #, A to D");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    let by = maybe_actor(&api, &authority, by.as_ref()).await?;
    order(&api, &authority, id, by, Command::Keys { leg: leg.map(LegId), keys }).await
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/invite", tag = "sessions", operation_id = "invite_to_session",
    summary = "Calls somebody into the conversation; with `consult` the client waits meanwhile",
    params(("id" = Uuid, Path, description = "id of the session")), request_body = Invitation,
    responses((status = 204), (status = "default", body = Problem))
)]
async fn invite(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(invitation): Body<Invitation>,
) -> Result<StatusCode, Problem> {
    let to = destination(&api, &authority, id, invitation.to).await?;
    let by = maybe_actor(&api, &authority, invitation.by.as_ref()).await?;
    order(&api, &authority, id, by, Command::Invite { to, consult: invitation.consult }).await
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/remove", tag = "sessions", operation_id = "remove_from_session",
    summary = "Sends an operator or an external phone out of the conversation",
    params(("id" = Uuid, Path, description = "id of the session")), request_body = Leaving,
    responses((status = 204), (status = "default", body = Problem))
)]
async fn remove(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(leaving): Body<Leaving>,
) -> Result<StatusCode, Problem> {
    order(&api, &authority, id, None, Command::Remove { leg: LegId(leaving.leg) }).await
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/leave", tag = "sessions", operation_id = "leave_session",
    summary = "An operator leaves the client with the others",
    params(("id" = Uuid, Path, description = "id of the session")), request_body = Member,
    responses((status = 204), (status = "default", body = Problem))
)]
async fn leave(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(member): Body<Member>,
) -> Result<StatusCode, Problem> {
    let operator = authority.actor(&api, &member.operator).await?.id;
    order(&api, &authority, id, Some(operator), Command::Leave { operator }).await
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/forward", tag = "sessions", operation_id = "forward_session",
    summary = "Hands the client to an operator, a group, or whoever has a number",
    description = "The client hears music until the target answers. If it cannot be had, the client is back with the \
                   operator, or in the queue if the operator has gone.",
    params(("id" = Uuid, Path, description = "id of the session")), request_body = Forwarding,
    responses((status = 204), (status = "default", body = Problem))
)]
async fn forward(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(forwarding): Body<Forwarding>,
) -> Result<StatusCode, Problem> {
    let note = forwarding.note;
    if note.as_ref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        let detail = format!("`note` is longer than {LONGEST_NOTE} characters");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    let to = destination(&api, &authority, id, forwarding.to).await?;
    let by = maybe_actor(&api, &authority, forwarding.by.as_ref()).await?;
    let command = Command::Forward { to, note };
    match waits_for(&api, &authority, SessionId(id)).await? {
        Some(own) => carried(&api, SessionId(id), by.or(Some(own)), command).await,
        None => order(&api, &authority, id, by, command).await,
    }
}

/// The person who asks, if the client waits in the queue of a group to which that one belongs: whoever may accept it may
/// also send it elsewhere.
async fn waits_for(
    api: &ApiState,
    authority: &Authority,
    session: SessionId,
) -> Result<Option<UserId>, Problem> {
    let Some(person) = &authority.person else { return Ok(None) };
    tenant_of(api, authority, session).await?;
    let live = api.running.live_sessions(vec![session]).await?;
    let waits = live.get(&session).filter(|summary| summary.phase == Phase::Waiting);
    let Some(group) = waits.and_then(|summary| summary.group) else { return Ok(None) };
    let members = api.store.group(&authority.scope, &group.into()).await?.members;
    Ok(members.contains(&person.user.id).then_some(person.user.id))
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/supervise", tag = "sessions", operation_id = "supervise_session",
    summary = "A supervisor listens, whispers to the operators, or barges in",
    params(("id" = Uuid, Path, description = "id of the session")), request_body = Supervision,
    responses((status = 204), (status = "default", body = Problem))
)]
async fn supervise(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(supervision): Body<Supervision>,
) -> Result<StatusCode, Problem> {
    let tenant = tenant_of(&api, &authority, SessionId(id)).await?;
    let supervisor = authority.actor(&api, &supervision.supervisor).await?;
    if !Rights::of(&supervisor).hold(Right::Supervise, tenant) {
        let detail = format!(
            "{} is no supervisor of the tenant whose session this is; an administrator can change that: `hovor user \
             set {} --role TENANT=supervisor`",
            supervisor.name, supervisor.name
        );
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    let supervisor = supervisor.id;
    let part = match supervision.mode {
        Mode::Listen => Part::Listens,
        Mode::Whisper => Part::Whispers,
        Mode::Barge => Part::Barges,
    };
    order(&api, &authority, id, None, Command::Supervise { supervisor, part }).await
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/recording", tag = "sessions", operation_id = "record_session",
    summary = "Begins, pauses, resumes or ends the recording of a session",
    params(("id" = Uuid, Path, description = "id of the session")), request_body = RecordingOrder,
    responses((status = 204), (status = "default", body = Problem))
)]
async fn record(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(wanted): Body<RecordingOrder>,
) -> Result<StatusCode, Problem> {
    let by = maybe_actor(&api, &authority, wanted.by.as_ref()).await?;
    let act = match wanted.action {
        RecordingAction::Start => RecordAct::Start,
        RecordingAction::Pause => RecordAct::Pause,
        RecordingAction::Resume => RecordAct::Resume,
        RecordingAction::Stop => RecordAct::Stop,
    };
    order(&api, &authority, id, by, Command::Record { act }).await
}

/// Has a command carried out on a session that the sender may see.
async fn order(
    api: &ApiState,
    authority: &Authority,
    id: Uuid,
    by: Option<UserId>,
    command: Command,
) -> Result<StatusCode, Problem> {
    let session = SessionId(id);
    let tenant = tenant_of(api, authority, session).await?;
    let by = by.or(authority.commands(api, session, tenant).await?);
    carried(api, session, by, command).await
}

async fn carried(
    api: &ApiState,
    session: SessionId,
    by: Option<UserId>,
    command: Command,
) -> Result<StatusCode, Problem> {
    match api.running.command(session, by, command).await? {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(Refusal { why, .. }) => Err(Problem::new(StatusCode::CONFLICT, why)),
    }
}

async fn destination(
    api: &ApiState,
    authority: &Authority,
    session: Uuid,
    whom: Whom,
) -> Result<Destination, Problem> {
    let Whom { operator, group, number, external_contact } = whom;
    match (operator, group, number, external_contact) {
        (Some(key), None, None, None) => Ok(Destination::Operator(user(api, authority, &key).await?)),
        (None, Some(key), None, None) => {
            Ok(Destination::Group(api.store.group(&authority.scope, &key).await?.id))
        }
        (None, None, Some(number), None) => Ok(Destination::Number(number)),
        (None, None, None, Some(key)) => {
            let tenant = tenant_of(api, authority, SessionId(session)).await?;
            let scope = tenant.map_or(authority.scope.clone(), |tenant| authority.scope.narrow(tenant));
            Ok(Destination::Number(number_of_contact(api, &scope, &key).await?))
        }
        _ => {
            let detail = "`to` needs exactly one of `operator`, `group`, `number` and `external_contact`";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail))
        }
    }
}

async fn user(api: &ApiState, authority: &Authority, key: &Key) -> Result<UserId, Problem> {
    Ok(api.store.user(&authority.scope, key).await?.id)
}

async fn maybe_actor(
    api: &ApiState,
    authority: &Authority,
    key: Option<&Key>,
) -> Result<Option<UserId>, Problem> {
    match key {
        Some(key) => Ok(Some(authority.actor(api, key).await?.id)),
        None => Ok(None),
    }
}
