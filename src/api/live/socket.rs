//! The WebSocket of one browser.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};
use tracing::debug;
use utoipa::IntoParams;

use super::board::{Event, Known, What};
use super::view::Viewer;
use super::{Full, Hint, Live, Look};
use crate::api::login::{self, Person};
use crate::api::rights::Rights;
use crate::api::{ApiState, Problem, Query, Visitor};
use crate::time::UnixMs;

/// How often a browser is asked whether it is there, and whether its login lasts.
const BEAT: Duration = Duration::from_secs(20);
/// A browser that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(60);
/// A message that is not taken by then goes to nobody.
const PATIENCE: Duration = Duration::from_secs(10);
/// Browsers have nothing to say here.
const MESSAGE_MAX: usize = 4_096;

/// From where to go on.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// The number of the last event that arrived: those after it are told, without a snapshot.
    pub after: Option<u64>,
}

/// The route of what goes on.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(live))
}

#[utoipa::path(
    get, path = "/api/v1/live", tag = "live", operation_id = "look_on", params(Resume),
    summary = "What goes on, as it happens: a WebSocket for browsers",
    description = "Text frames with JSON: first `{\"snapshot\": {\"number\", \"now\", \"me\", \"waiting\", \"mine\", \"operators\"}}`, then \
                   `{\"event\": {\"number\", \"kind\", \"item\"}}` with the whole new item (`waiting`, `mine`, `operator`, `me`) or, of \
                   `waiting_gone` and `mine_gone`, its `id`. Numbers rise and have gaps: not everything concerns everybody. Each row \
                   of `hears` says by `missing` what keeps the one from being heard who is meant to be: `direction`, `packets`, `address` or \
                   `unknown`; null: it is heard. \
                   `{\"changed\": {\"session\", \"what\"}}` hints that somebody changed the `client` or the `work` of a session: ask for it \
                   again. `{\"beat\": {}}` comes every 20 s: without any frame for longer the connection is dead. \
                   `{\"resync\": {\"reason\"}}` ends it: connect again without `after`.",
    responses((status = 101), (status = "default", body = Problem))
)]
async fn live(
    State(api): State<ApiState>,
    person: Person,
    visitor: Visitor,
    Query(Resume { after }): Query<Resume>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|error| Problem::new(error.status(), error.body_text()))?;
    if !is_own_page(&headers) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "only pages of this address may look on"));
    }
    let live = api.running.live().await?;
    let look = live.look(person.user.id).map_err(refused)?;
    let secret = login::cookie(&headers, visitor.is_secure).unwrap_or_default().to_owned();
    let viewer = Viewer { user: person.user.id, rights: person.rights };
    let shown = Shown { live, viewer, known: Arc::default(), told: 0 };
    Ok(upgrade.read_buffer_size(MESSAGE_MAX).max_message_size(MESSAGE_MAX).on_upgrade(
        move |socket| async move {
            let mut browser = Browser { api, socket, shown, look, secret, heard: now() };
            if let Err(why) = browser.serve(after).await {
                debug!(why, "a browser looks on no more");
            }
        },
    ))
}

fn refused(full: Full) -> Problem {
    let (status, why) = match full {
        Full::House => {
            (StatusCode::SERVICE_UNAVAILABLE, "too many browsers look on at this moment; try again")
        }
        Full::Person => (
            StatusCode::TOO_MANY_REQUESTS,
            "too many pages of this user look on at once; close those that are not needed",
        ),
    };
    Problem::new(status, why)
}

/// A page of another site that asks with our cookie is none of ours (RFC 6455 section 10.2). Programs say nothing of it.
pub(in crate::api) fn is_own_page(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let from = origin.as_ref().and_then(|origin| origin.authority()).map(|authority| authority.as_str());
    from.is_some() && from == host
}

/// What one browser has been shown.
struct Shown {
    live: Arc<Live>,
    viewer: Viewer,
    known: Arc<Known>,
    /// The last number that it was told.
    told: u64,
}

impl Shown {
    /// What to say first: everything, or what came after a number; why neither.
    fn begin(&mut self, after: Option<u64>, now: UnixMs) -> Result<Vec<Value>, &'static str> {
        let board = self.live.board();
        self.known = Arc::clone(&board.known);
        let Some(after) = after else {
            let snapshot = self.viewer.snapshot(&board, now);
            self.told = board.number + super::board::PARTS - 1;
            return Ok(vec![snapshot]);
        };
        let missed = board.since(after).ok_or("what came after this number is not kept")?;
        drop(board);
        self.told = after;
        Ok(missed.iter().flat_map(|event| self.next(event).unwrap_or_default()).collect())
    }

    /// What to say of a hint.
    fn hint(&self, hint: &Hint) -> Vec<Value> {
        self.viewer.hint(&self.live.board(), hint).into_iter().collect()
    }

    /// What to say of an event; None if all has to be looked at anew.
    fn next(&mut self, event: &Event) -> Option<Vec<Value>> {
        let last = event.number + super::board::PARTS - 1;
        if last <= self.told {
            return Some(vec![]);
        }
        if let What::Known = event.what {
            return None;
        }
        let told = self.viewer.tell(&self.known, event, self.told);
        self.told = last;
        Some(told)
    }
}

/// A browser that looks on.
struct Browser {
    api: ApiState,
    socket: WebSocket,
    shown: Shown,
    look: Look,
    secret: String,
    /// When it last said anything.
    heard: Instant,
}

impl Browser {
    /// Tells it what happens, until it is gone. An error says why it ended.
    async fn serve(&mut self, after: Option<u64>) -> Result<(), &'static str> {
        match self.shown.begin(after, self.api.running.wall()) {
            Ok(values) => self.say(values).await?,
            Err(why) => return self.resync(why).await,
        }
        let mut beat = beats();
        loop {
            tokio::select! {
                event = self.look.events.recv() => match event {
                    Ok(event) => match self.shown.next(&event) {
                        Some(values) => self.say(values).await?,
                        None => return self.resync("names, groups or rights have changed").await,
                    },
                    Err(RecvError::Lagged(_)) => return self.resync("this browser fell behind").await,
                    Err(RecvError::Closed) => return Ok(()),
                },
                hint = self.look.hints.recv() => match hint {
                    Ok(hint) => self.say(self.shown.hint(&hint)).await?,
                    Err(RecvError::Lagged(_)) => return self.resync("this browser fell behind").await,
                    Err(RecvError::Closed) => return Ok(()),
                },
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Close(_))) | None => return Ok(()),
                    Some(Ok(_)) => self.heard = now(),
                    Some(Err(_)) => return Err("the connection broke"),
                },
                _ = beat.tick() => self.beat().await?,
            }
        }
    }

    /// Asks whether the browser is there, and whether its login lasts.
    async fn beat(&mut self) -> Result<(), &'static str> {
        if now() - self.heard > SILENCE {
            return Err("the browser says nothing");
        }
        let api = &self.api;
        match api.store.login_by_secret(&api.scope, &self.secret, api.running.wall()).await {
            Ok(None) => {
                self.resync("you are not logged in any more").await?;
                return Err("logged out");
            }
            Ok(Some((_, user))) if Rights::of(&user) != self.shown.viewer.rights => {
                self.resync("your roles have changed").await?;
                return Err("other rights");
            }
            // While the store stands still people go on working.
            Ok(Some(_)) | Err(_) => {}
        }
        self.send(Message::Ping(Default::default())).await?;
        // A page does not see the ping: by this it knows that what it shows is the present.
        self.send(Message::text(json!({"beat": {}}).to_string())).await
    }

    async fn say(&mut self, values: Vec<Value>) -> Result<(), &'static str> {
        for value in values {
            self.send(Message::text(value.to_string())).await?;
        }
        Ok(())
    }

    async fn resync(&mut self, reason: &'static str) -> Result<(), &'static str> {
        self.send(Message::text(json!({"resync": {"reason": reason}}).to_string())).await?;
        self.send(Message::Close(None)).await
    }

    async fn send(&mut self, message: Message) -> Result<(), &'static str> {
        match timeout(PATIENCE, self.socket.send(message)).await {
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

fn beats() -> Interval {
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats.reset();
    beats
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn pages_of_other_sites_do_not_look_on() {
        let headers = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("hovor.example:8443"));
            origin.map(|origin| headers.insert(header::ORIGIN, HeaderValue::from_static(origin)));
            headers
        };
        assert!(is_own_page(&headers(None)));
        assert!(is_own_page(&headers(Some("https://hovor.example:8443"))));
        for other in
            ["https://evil.example", "https://hovor.example", "null", "", "https://hovor.example:8443.evil"]
        {
            assert!(!is_own_page(&headers(Some(other))), "{other}");
        }
    }
}
