//! Recordings of sessions: listed, listened to, removed. Who listens is written to the log.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tower_http::services::ServeFile;
use tracing::{info, warn};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::{ApiState, Authority, Path, Problem, Query};
use crate::id::{RecordingId, SessionId};
use crate::store::{Recording, RecordingLayout};

/// A recording. Times are epoch milliseconds UTC.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordingView {
    /// Its id.
    pub id: Uuid,
    /// What was recorded.
    pub session: Uuid,
    /// Which files it has.
    pub layout: RecordingLayout,
    /// When it began.
    pub started_at: i64,
    /// How long it is, in milliseconds.
    pub length_ms: u64,
    /// Milliseconds of it that are silence because their sound was lost.
    pub incomplete_ms: u64,
    /// It was ended in the usual way, and nothing is missing.
    pub complete: bool,
    /// When it is removed; never if absent.
    pub removed_at: Option<i64>,
}

impl RecordingView {
    fn of(row: &Recording) -> Self {
        Self {
            id: row.id.0,
            session: row.session.0,
            layout: row.layout,
            started_at: row.started_at.0,
            length_ms: row.ms,
            incomplete_ms: row.incomplete_ms,
            complete: row.complete,
            removed_at: row.remove_after.map(|at| at.0),
        }
    }
}

/// Which file of a recording.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// The number of a party's own file, from 1, if each party has one; the document says whose it is.
    pub track: Option<u16>,
}

/// The routes of recordings.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list))
        .routes(utoipa_axum::routes!(one, remove))
        .routes(utoipa_axum::routes!(audio))
}

#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/recordings", tag = "recordings", operation_id = "list_recordings",
    summary = "The recordings of a session that have ended, in the order in which they began",
    params(("id" = Uuid, Path, description = "id of the session")),
    responses((status = 200, body = [RecordingView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<Vec<RecordingView>>, Problem> {
    let session = api.store.session(&authority.scope, SessionId(id)).await?;
    let rows = api.store.recordings(&authority.scope, session.id).await?;
    Ok(Json(rows.iter().map(RecordingView::of).collect()))
}

#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/recordings/{recording}", tag = "recordings",
    operation_id = "show_recording",
    summary = "Who was there in a recording, and who spoke when",
    params(
        ("id" = Uuid, Path, description = "id of the session"),
        ("recording" = Uuid, Path, description = "id of the recording")
    ),
    responses((status = 200, body = Object), (status = "default", body = Problem))
)]
async fn one(
    State(api): State<ApiState>,
    authority: Authority,
    Path((id, recording)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    let row = found(&api, &authority, id, recording).await?;
    let path = api.running.recording_folder(&row).join(format!("{}.json", row.id));
    let text = tokio::fs::read(path).await.map_err(|error| unreadable(&error))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/recordings/{recording}/audio", tag = "recordings",
    operation_id = "recording_audio",
    summary = "The sound of a recording: WAV, 8 kHz, 16 bit; stereo with the client on the left, or one party's",
    description = "Parts of it can be asked for (`Range`). Who listens is written to the log.",
    params(
        ("id" = Uuid, Path, description = "id of the session"),
        ("recording" = Uuid, Path, description = "id of the recording"),
        Track
    ),
    responses(
        (status = 200, body = Vec<u8>, content_type = "audio/wav"),
        (status = 206, body = Vec<u8>, content_type = "audio/wav"),
        (status = "default", body = Problem)
    )
)]
async fn audio(
    State(api): State<ApiState>,
    authority: Authority,
    Path((id, recording)): Path<(Uuid, Uuid)>,
    Query(Track { track }): Query<Track>,
    request: Request,
) -> Result<Response, Problem> {
    let row = found(&api, &authority, id, recording).await?;
    let name = match (row.layout, track) {
        (RecordingLayout::Stereo, None) => format!("{}.wav", row.id),
        (RecordingLayout::PerParty, track) => format!("{}-{}.wav", row.id, track.unwrap_or(1)),
        (RecordingLayout::Stereo, Some(_)) => {
            let detail = "the recording has one file for all parties: leave `track` out";
            return Err(Problem::new(StatusCode::NOT_FOUND, detail));
        }
    };
    let path = api.running.recording_folder(&row).join(name);
    info!(who = authority.who, session = %row.session, recording = %row.id, track, "a recording is listened to");
    let mut files = ServeFile::new(path);
    let reply = files.try_call(request).await.map_err(|error| unreadable(&error))?;
    if reply.status() == StatusCode::NOT_FOUND {
        return Err(Problem::new(StatusCode::NOT_FOUND, "the recording has no such file"));
    }
    let mut reply = reply.into_response();
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
    Ok(reply)
}

#[utoipa::path(
    delete, path = "/api/v1/sessions/{id}/recordings/{recording}", tag = "recordings",
    operation_id = "remove_recording", summary = "Removes a recording with its files",
    params(
        ("id" = Uuid, Path, description = "id of the session"),
        ("recording" = Uuid, Path, description = "id of the recording")
    ),
    responses((status = 204), (status = "default", body = Problem))
)]
async fn remove(
    State(api): State<ApiState>,
    authority: Authority,
    Path((id, recording)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, Problem> {
    let row = found(&api, &authority, id, recording).await?;
    api.store.remove_recording(&authority.scope, row.id).await?;
    info!(who = authority.who, session = %row.session, recording = %row.id, "a recording is removed");
    if let Err(error) = api.running.remove_recording_files(&row).await {
        warn!(recording = %row.id, error, "files of a removed recording are left behind: remove them by hand");
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The recording, if it is of this session, and the sender may see it.
async fn found(
    api: &ApiState,
    authority: &Authority,
    session: Uuid,
    recording: Uuid,
) -> Result<Recording, Problem> {
    let row = api.store.recording(&authority.scope, RecordingId(recording)).await?;
    match row.session.0 == session {
        true => Ok(row),
        false => {
            let detail = format!("the session has no recording {recording}");
            Err(Problem::new(StatusCode::NOT_FOUND, detail))
        }
    }
}

fn unreadable(error: &std::io::Error) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, format!("the recording cannot be read: {error}"))
}
