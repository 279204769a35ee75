//! Web chats: the WebSocket of a client's browser, and what a widget has to know before it shows anything.
//!
//! Everybody may ask: a widget stands in other people's pages. What can be asked is bounded by address and by chat.

use std::net::IpAddr;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::debug;
use uuid::Uuid;

use crate::api::chat_invitations;
use crate::api::chat_offline::is_offline;
use crate::api::live::is_own_page;
use crate::api::{ApiState, Path, Problem, Visitor, pages};
use crate::id::DoorId;
use crate::lines::webchat::{self, ClientFrame, Code, ConnId, Invited, ServerFrame};
use crate::store::{Consent, EntryForm, Key, Offered, Position, Widget, WidgetSettings};

/// A browser that says nothing for so long is gone: it asks every 20 seconds whether we are there.
const SILENCE: Duration = Duration::from_secs(60);
/// It says hello within this time.
const GREETING: Duration = Duration::from_secs(10);
/// A frame that is not taken by then goes to nobody.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest frame: a message of 4,000 characters, each written as an escape.
const FRAME_MAX: usize = 64 * 1024;
/// Frames that wait for one browser.
const FRAMES: usize = 1_024;
/// Frames that nobody understands, until a browser is sent away.
const STRANGE: usize = 10;

/// The routes that everybody may ask for.
pub fn open() -> Router<ApiState> {
    Router::new()
        .route("/chat/widget.js", get(pages::page))
        .route("/chat/{widget}", get(connect))
        .route("/chat/{widget}/settings", get(settings))
}

/// What a widget has to know before it shows anything.
#[derive(Debug, Serialize)]
struct Shown {
    title: Option<String>,
    greeting: Option<String>,
    language: Option<String>,
    position: Position,
    colour: String,
    form: EntryForm,
    consent: Option<Consent>,
    callback: bool,
    /// Nobody is there, and a message can be left.
    offline: bool,
    tenant: String,
}

async fn settings(
    State(api): State<ApiState>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let widget = offered(&api, id, &headers).await?;
    let tenant = api.store.tenant(&api.scope, &widget.tenant.into()).await?;
    let offline = is_offline(&api, &widget, &tenant).await?;
    let WidgetSettings { language, position, colour, title, greeting, form, consent, callback, .. } =
        widget.settings;
    let callback = callback == Offered::On;
    let tenant = tenant.display;
    let shown =
        Shown { title, greeting, language, position, colour, form, consent, callback, offline, tenant };
    Ok(shown_to(&headers, Json(shown)))
}

/// The page that asks may read the answer.
pub(super) fn shown_to(headers: &HeaderMap, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    if let Some(origin) = headers.get(header::ORIGIN) {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// A widget that this page may show.
pub(super) async fn offered(api: &ApiState, id: Uuid, headers: &HeaderMap) -> Result<Widget, Problem> {
    let widget = api.store.widget(&api.scope, &Key::Id(id)).await?;
    // A page of our own, and a program, say no origin when they ask for something here.
    let origin = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
    match widget.enabled && (is_own_page(headers) || origin.is_none_or(|origin| widget.admits(origin))) {
        true => Ok(widget),
        false => Err(Problem::new(StatusCode::NOT_FOUND, format!("the widget {id} is not offered here"))),
    }
}

async fn connect(
    State(api): State<ApiState>,
    Path(widget): Path<Uuid>,
    visitor: Visitor,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let known = offered(&api, widget, &headers).await?;
    let upgrade = upgrade.map_err(|error| Problem::new(error.status(), error.body_text()))?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let address = visitor.address;
    let visitor = webchat::Visitor::new(address.to_string(), agent);
    let (sender, frames) = mpsc::channel(FRAMES);
    let conn = api.running.open_chat(DoorId(widget), visitor, sender).await?;
    let conn = conn.ok_or_else(|| {
        let why = "there are too many browsers at this moment; try again".to_owned();
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, why)
    })?;
    let failed = api.clone();
    let upgrade = upgrade.read_buffer_size(FRAME_MAX).max_message_size(FRAME_MAX);
    let upgrade = upgrade.on_failed_upgrade(move |_| {
        tokio::spawn(async move { failed.running.close_chat(conn).await });
    });
    Ok(upgrade.on_upgrade(move |socket| async move {
        let mut browser =
            Browser { api, conn, socket, frames, strange: 0, widget: known, address, invited: None };
        if let Err(why) = browser.serve().await {
            debug!(why, "the browser of a client is gone");
        }
        _ = browser.api.running.close_chat(conn).await;
    }))
}

/// The browser of a client.
struct Browser {
    api: ApiState,
    conn: ConnId,
    socket: WebSocket,
    frames: mpsc::Receiver<ServerFrame>,
    strange: usize,
    widget: Widget,
    address: IpAddr,
    /// By which the chat is about to begin.
    invited: Option<Invited>,
}

impl Browser {
    /// Carries frames both ways until either side is gone. An error says why it ended.
    async fn serve(&mut self) -> Result<(), &'static str> {
        let mut silent = now() + GREETING;
        loop {
            tokio::select! {
                frame = self.frames.recv() => match frame {
                    Some(frame) => self.say(&frame).await?,
                    None => return self.socket.send(Message::Close(None)).await.map_err(|_| "the connection broke"),
                },
                message = timeout_at(silent, self.socket.recv()) => match message {
                    Ok(Some(Ok(Message::Text(text)))) => {
                        silent = now() + SILENCE;
                        self.hear(&text).await?;
                    }
                    Ok(Some(Ok(Message::Close(_))) | None) => return Ok(()),
                    Ok(Some(Ok(_))) => {}
                    Ok(Some(Err(_))) => return Err("the connection broke"),
                    Err(_) => return Err("the browser says nothing"),
                },
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), &'static str> {
        match serde_json::from_str::<ClientFrame>(text) {
            Ok(mut frame) => {
                if let Err(problem) = self.look_up(&mut frame).await {
                    return self
                        .say(&ServerFrame::Problem { code: Code::Invitation, what: problem.detail })
                        .await;
                }
                self.api.running.chat_frame(self.conn, frame).await.map_err(|_| "the program stops")
            }
            Err(error) => {
                self.strange += 1;
                if self.strange > STRANGE {
                    return Err("too many frames that nobody understands");
                }
                let what = format!("this frame is not understood: {error}");
                self.say(&ServerFrame::Problem { code: Code::Frame, what }).await
            }
        }
    }

    /// Who begins a chat by an invitation reaches whom that one names, and not whom the browser says.
    async fn look_up(&mut self, frame: &mut ClientFrame) -> Result<(), Problem> {
        let ClientFrame::Begin { invitation, invited, .. } = frame else { return Ok(()) };
        self.invited = None;
        if let Some(said) = invitation.take() {
            let found = chat_invitations::invited(&self.api, &self.widget, self.address, &said).await?;
            (*invited, self.invited) = (Some(found), Some(found));
        }
        Ok(())
    }

    async fn say(&mut self, frame: &ServerFrame) -> Result<(), &'static str> {
        if matches!(frame, ServerFrame::Begun { .. })
            && let Some(invited) = self.invited.take()
        {
            chat_invitations::begun(&self.api, invited).await;
        }
        let text = serde_json::to_string(frame).map_err(|_| "a frame cannot be written")?;
        match timeout(PATIENCE, self.socket.send(Message::text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err("the connection broke"),
            Err(_) => Err("the browser takes nothing"),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a driver: it watches a connection")]
fn now() -> Instant {
    Instant::now()
}
