//! A session that was, told node by node.

use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use super::world::{Company, stored_company};
use crate::api::SessionDetail;
use crate::cli::client::url;
use crate::dialplan::Plans;
use crate::dialplan::trial::{Noted, Past, Walk};
use crate::id::SessionId;
use crate::store::{Scope, SessionEvent, StoreError};
use crate::time::UnixMs;

/// Explains a session, live or past: as the running program knows it, or, if none runs, as its database does.
///
/// # Errors
/// There is neither, or no such session.
pub async fn explain(session: &str, company: &Company, plans: &Plans) -> Result<Walk, String> {
    let past = match company.connection.is_running()? {
        true => of_running(session, company).await?,
        false => of_store(session, company).await?,
    };
    Ok(past.explain(plans))
}

async fn of_running(session: &str, company: &Company) -> Result<Past, String> {
    let control = company.connection.control()?;
    let address = url(&["api", "v1", "sessions", session], None)?;
    let detail: SessionDetail = control.ask(Method::GET, address, None::<&()>).await?;
    let SessionDetail { session, events } = detail;
    Ok(past(session.from, session.dialled, UnixMs(session.started_at), &events))
}

async fn of_store(session: &str, company: &Company) -> Result<Past, String> {
    let id: Uuid = session
        .parse()
        .map_err(|_| format!("`{session}` is no id of a session; `hovor sessions` shows them"))?;
    let (store, company) = stored_company(&company.config()?).await?;
    let scope = Scope::company(company.id);
    let words = |error: StoreError| error.to_string();
    let session = store.session(&scope, SessionId(id)).await.map_err(words)?;
    let events = store.events(&scope, SessionId(id)).await.map_err(words)?;
    store.close().await;
    Ok(past(session.from, session.dialled, session.started_at, &events))
}

fn past(caller: String, dialled: String, started: UnixMs, events: &[SessionEvent]) -> Past {
    let noted = events.iter().filter_map(|event| {
        let after = u64::try_from(event.at.0.saturating_sub(started.0)).unwrap_or(0);
        Some((after, noted(&event.kind, &event.body)?))
    });
    Past { caller, dialled, started, noted: noted.collect() }
}

/// An event of a session in the words of a trial; none for what tells nothing of the way.
fn noted(kind: &str, body: &Value) -> Option<Noted> {
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let other =
        |text: String, reason: Option<&str>| Some(Noted::Other { text, reason: reason.map(str::to_owned) });
    match kind {
        "entered" => {
            let line = body["line"].as_u64().and_then(|line| u32::try_from(line).ok()).unwrap_or(0);
            Some(Noted::Entered { node: text("node"), line })
        }
        "answered" => Some(Noted::Answered),
        "key" => text("digit").chars().next().map(Noted::Key),
        "parameter" => Some(Noted::Parameter { name: text("name"), value: text("value") }),
        "routed" => other(format!("{}: {}", text("to"), text("why")), None),
        "queued" => other(format!("waits for group {} as number {}", text("name"), body["position"]), None),
        "unqueued" => other(format!("leaves the queue: {}", text("why")), reason(&text("why"))),
        "decision" => {
            let reasons = body["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str);
            other(reasons.collect::<Vec<_>>().join("; "), None)
        }
        "offered" => other(format!("is offered to {}", text("name")), None),
        "not_reached" => {
            let cause = text("cause");
            other(format!("{} is not reached: {}", text("party"), cause.replace('_', " ")), reason(&cause))
        }
        "announced" => other(format!("is told to be number {} in the queue", body["position"]), None),
        "dialled" => other(format!("{} is called", text("party")), None),
        "connected" => other(format!("talks with {}", text("party")), None),
        "disconnected" => other(format!("the conversation with {} is over", text("party")), None),
        "recorded" => other(format!("spoke for {} ms", body["ms"]), None),
        "refused" => other(format!("is refused: {}", text("why")), None),
        "problem" => other(text("what"), Some("else")),
        "lost" => other(format!("{} events were lost", body["events"]), None),
        "ended" => {
            let by_caller = body["by"] == "peer";
            Some(Noted::Ended {
                by_caller,
                text: format!("the call ends: {}", text("cause").replace('_', " ")),
            })
        }
        "tagged" | "tag" => other(format!("is marked {}", text("tag")), None),
        "arrived" | "quality" => None,
        // What newer programs note is told as it stands.
        kind => other(format!("{} {body}", kind.replace('_', " ")), None),
    }
}

/// The way that a cause leads, as the dialplan calls it.
fn reason(cause: &str) -> Option<&'static str> {
    match cause {
        "busy" => Some("busy"),
        "no_answer" => Some("no answer"),
        "unreachable" => Some("unavailable"),
        cause if cause.contains("full") => Some("full"),
        "waited too long" | "the dialplan went on" => Some("timeout"),
        _ => None,
    }
}
