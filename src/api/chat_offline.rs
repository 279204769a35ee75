//! Clients who leave a message in a page while nobody is there: it is kept as a session that is over, to be followed up, and
//! mailed to whom the widget names.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use tracing::warn;
use uuid::Uuid;

use crate::api::chat::{offered, shown_to};
use crate::api::chat_callbacks::{preflight, read, too_many};
use crate::api::strangers::Terms;
use crate::api::{ApiState, Path, Problem, Visitor};
use crate::e164;
use crate::id::{LegId, MailId, SessionId};
use crate::lines::webchat::{self, tidy};
use crate::store::{MAILS_WAITING_MAX, Mail, Session, SessionEvent, Tenant, Widget, secret};
use crate::switch::cause::{Cause, EndedBy};
use crate::switch::history::{self, Happening, Kind, Summary};
use crate::switch::line::Message;

/// Messages that are left.
const LEFT: Terms = Terms { what: "messages", of_address: 10, of_widget: 200 };
/// The longest request: a message of 4,000 characters, each written as an escape.
const LONGEST: usize = 64 * 1024;
/// By which tag such sessions are found.
const TAG: &str = "offline";

/// The routes that everybody may ask for.
pub fn open() -> Router<ApiState> {
    Router::new().route("/chat/{widget}/offline", post(leave).options(preflight))
}

/// What a client leaves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Left {
    text: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    email: Option<String>,
    /// The version of the text that was agreed to.
    #[serde(default)]
    consent: Option<String>,
    /// The address of the page.
    #[serde(default)]
    page: Option<String>,
}

/// Whether a message is to be left in place of a chat now: outside of the hours, or with nobody there.
pub(super) async fn is_offline(api: &ApiState, widget: &Widget, tenant: &Tenant) -> Result<bool, Problem> {
    let Some(form) = &widget.settings.offline else { return Ok(false) };
    let is_open = form.is_open(&tenant.timezone, api.running.wall());
    Ok(!(is_open && api.running.is_staffed(widget.group, webchat::NAME).await?))
}

async fn leave(
    State(api): State<ApiState>,
    Path(id): Path<Uuid>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let widget = offered(&api, id, &headers).await?;
    let kept = keep(&api, &widget, visitor, &headers, &body).await;
    Ok(shown_to(&headers, kept.map(|()| (StatusCode::CREATED, Json(json!({ "state": "kept" }))))))
}

async fn keep(
    api: &ApiState,
    widget: &Widget,
    visitor: Visitor,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), Problem> {
    let Some(form) = &widget.settings.offline else {
        return Err(Problem::new(StatusCode::FORBIDDEN, "no messages are left in this page"));
    };
    let left: Left = read(body, LONGEST)?;
    let left = checked(left, widget)?;
    let now = api.running.wall();
    api.strangers.ask(LEFT, visitor.address, widget.id, now).map_err(too_many)?;
    let tenant = api.store.tenant(&api.scope, &widget.tenant.into()).await?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let visitor = webchat::Visitor::new(visitor.address.to_string(), agent);
    let mut entropy = secret::entropy()?;
    let (id, leg) = (SessionId::new(now, &mut entropy), LegId::new(now, &mut entropy));
    let group = api.store.group(&api.scope, &widget.group.into()).await?.name;
    let what = happened(left, widget, (&tenant, group), visitor, leg);
    let events = (1..).zip(what).map(|(seq, what)| history::SessionEvent { session: id, seq, at: now, what });
    let events: Vec<_> = events.collect();
    let row = Session { group: Some(widget.group), ..Session::of(id, &Summary::rebuild(&events)) };
    let stored: Vec<_> = events
        .iter()
        .zip(1..)
        .map(|(event, seq)| SessionEvent::of(event, &event.what, seq, row.tenant))
        .collect();
    api.store.remember(&api.scope, &[row], &stored).await?;
    if let Some(recipient) = form.email.clone() {
        if api.store.waiting_mails(&api.scope).await? >= MAILS_WAITING_MAX {
            warn!(session = %id, "too many mails wait; that a client left a message is in the history alone");
            return Ok(());
        }
        let mail = Mail::of_session(MailId::new(now, &mut entropy), widget.tenant, id, recipient, now);
        api.store.put_mails(&api.scope, &[mail]).await?;
        api.running.mail();
    }
    Ok(())
}

/// What was left, tidied; or what is wrong with it.
fn checked(left: Left, widget: &Widget) -> Result<Left, Problem> {
    let wrong = |detail: &str| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail.to_owned()));
    let text = left.text.trim().to_owned();
    if text.is_empty() || text.chars().nth(Message::LONGEST).is_some() {
        return wrong("write a message of 1 to 4,000 characters");
    }
    let [name, phone, email, page] =
        [left.name, left.phone, left.email, left.page].map(|field| field.as_deref().and_then(tidy));
    if phone.is_none() && email.is_none() {
        return wrong("leave a telephone number or an address for mails");
    }
    if email.as_deref().is_some_and(|email| email.parse::<lettre::Address>().is_err()) {
        return wrong("that is no address for mails");
    }
    let asked = widget.settings.consent.as_ref().map(|consent| &consent.version);
    if asked.is_some() && asked != left.consent.as_ref() {
        return wrong("the text has to be agreed to");
    }
    Ok(Left { text, name, phone, email, page, consent: asked.cloned() })
}

/// The events of a session that consists of a message.
fn happened(
    left: Left,
    widget: &Widget,
    (tenant, group): (&Tenant, String),
    visitor: webchat::Visitor,
    leg: LegId,
) -> [Happening; 5] {
    let Left { text, name, phone, email, consent, page } = left;
    let phone = phone.map(|phone| e164::in_full(&phone, tenant.country.as_deref()).unwrap_or(phone));
    let details = [
        ("email", email.clone()),
        ("browser", visitor.browser),
        ("system", visitor.system),
        ("widget", Some(widget.name.clone())),
        ("page_url", page),
        ("consent", consent),
    ];
    let details = details.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    let came = Happening::Arrived {
        line: webchat::NAME.to_owned(),
        from: phone.or(email).unwrap_or_default(),
        display: name.clone(),
        dialled: widget.name.clone(),
        origin: format!("door {}", widget.name),
        details,
        leg: None,
        door: None,
    };
    let (to, why) = (format!("group {group}"), "nobody is there; the client leaves a message".to_owned());
    let (session, outbound) = (Kind::Client, false);
    let routed = Happening::Routed { tenant: Some(tenant.id), session, outbound, to, why };
    let author = name.unwrap_or_default();
    let wrote = Happening::Wrote { leg, number: 1, author, operator: None, text, aside: false, own: None };
    let tagged = Happening::Tagged { tag: TAG.to_owned() };
    [came, routed, wrote, tagged, Happening::Ended { cause: Cause::Normal, by: EndedBy::Peer }]
}
