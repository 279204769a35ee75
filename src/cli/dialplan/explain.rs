//! A session that was, told node by node.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use super::world::{Company, stored_company};
use crate::api::SessionDetail;
use crate::cli::client::url;
use crate::dialplan::trial::{Noted, Past, Walk};
use crate::dialplan::{Plans, written};
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
    let SessionDetail { session, events, .. } = detail;
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
    Some(match kind {
        "entered" => {
            let line = body["line"].as_u64().and_then(|line| u32::try_from(line).ok()).unwrap_or(0);
            Noted::Entered { node: text("node"), line, by: text("by") }
        }
        "answered" => Noted::Answered,
        "key" => Noted::Key(text("digit").chars().next()?),
        "parameter" => Noted::Parameter { name: text("name"), value: text("value") },
        "ended" => {
            let text = format!("the call ends: {}", in_words(&text("cause")));
            Noted::Ended { by_caller: body["by"] == "peer", text }
        }
        "arrived" | "quality" => return None,
        kind => Noted::Other(told(kind, body)),
    })
}

/// What happened, as a sentence about the caller.
fn told(kind: &str, body: &Value) -> String {
    let text = |key: &str| body[key].as_str().unwrap_or_default();
    let length = || written(Duration::from_millis(body["ms"].as_u64().unwrap_or(0)));
    match kind {
        "routed" => format!("{}: {}", text("to"), text("why")),
        "emergency" => format!("calls for help: {}", text("number")),
        "refused" => format!("is refused: {}", text("why")),
        "tagged" => format!("is marked {}", text("tag")),
        "turned" => {
            let stands = if body["on"] == true { "on" } else { "off" };
            format!("the switch {} is {stands} now", text("switch"))
        }
        "requested" => format!("{} is asked", text("url")),
        "responded" => format!("the answer is {}", text("outcome")),
        "told" => format!("{} is told of {}", text("url"), text("event")),
        "queued" => format!("waits for group {} as number {}", text("name"), body["position"]),
        "unqueued" => format!("leaves the queue: {}", text("why")),
        "decision" => {
            let reasons = body["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str);
            reasons.collect::<Vec<_>>().join("; ")
        }
        "offered" => format!("is offered to {}", text("name")),
        "not_reached" => format!("{} is not reached: {}", text("party"), in_words(text("cause"))),
        "announced" => format!("is number {} in the queue{}", body["position"], about(&body["wait_s"])),
        "dialled" => format!("{} is called", text("party")),
        "connected" => format!("talks with {}", text("party")),
        "disconnected" => format!("the conversation with {} is over", text("party")),
        "recorded" => format!("is recorded for {}", length()),
        "recording_started" => match body["why"].as_str() {
            Some("command") => "is recorded from here on, by hand".to_owned(),
            why => format!("is recorded from here on, as the {} says", why.unwrap_or("rule")),
        },
        "recording_paused" => "the recording pauses".to_owned(),
        "recording_resumed" => "the recording goes on".to_owned(),
        "recording_incomplete" => format!("sound of the recording is lost: {}", text("reason")),
        "recording_stopped" => "the recording ends".to_owned(),
        "message_left" => format!("leaves a message of {} in the mailbox {}", length(), text("mailbox")),
        "message_dropped" => {
            format!("no message is kept in the mailbox {}: {}", text("mailbox"), text("why"))
        }
        "mailbox" => format!("in the mailbox: {}", text("what")),
        "problem" => text("what").to_owned(),
        "lost" => format!("{} events were lost", body["events"]),
        kind => unknown(kind, body),
    }
}

/// The expected wait, if it is known: a number of seconds.
fn about(wait: &Value) -> String {
    let wait = wait.as_u64().map(|wait| written(Duration::from_secs(wait)));
    wait.map(|wait| format!(", for about {wait}")).unwrap_or_default()
}

/// What only newer programs note, as well as it can be told: its kind, and what is known of it.
fn unknown(kind: &str, body: &Value) -> String {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let known = body.as_object().into_iter().flatten();
    let known: Vec<String> = known.map(|(key, value)| format!("{} {}", in_words(key), word(value))).collect();
    match known.is_empty() {
        true => in_words(kind),
        false => format!("{}: {}", in_words(kind), known.join(", ")),
    }
}

/// A name of the program's, for people.
fn in_words(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_happened_is_told_in_words() {
        for (kind, body, words) in [
            (
                "requested",
                json!({ "request": 1, "url": "https://crm.example.com/x" }),
                "https://crm.example.com/x is asked",
            ),
            ("responded", json!({ "request": 1, "outcome": "200" }), "the answer is 200"),
            (
                "told",
                json!({ "event": "left", "url": "https://crm.example.com" }),
                "https://crm.example.com is told of left",
            ),
            (
                "message_left",
                json!({ "mailbox": "sales", "message": "x", "ms": 5_200 }),
                "leaves a message of 5s 200ms in the mailbox sales",
            ),
            (
                "message_dropped",
                json!({ "mailbox": "sales", "why": "too short" }),
                "no message is kept in the mailbox sales: too short",
            ),
            ("mailbox", json!({ "what": "opened" }), "in the mailbox: opened"),
            ("turned", json!({ "switch": "night", "on": true }), "the switch night is on now"),
            ("announced", json!({ "position": 2 }), "is number 2 in the queue"),
            (
                "announced",
                json!({ "position": 2, "wait_s": 300 }),
                "is number 2 in the queue, for about 5min",
            ),
            ("put_on_hold", json!({ "by": "anna", "turn_of": 2 }), "put on hold: by anna, turn of 2"),
            ("unheard_of", json!({}), "unheard of"),
        ] {
            assert_eq!(noted(kind, &body), Some(Noted::Other(words.into())), "{kind}");
        }
    }

    #[test]
    fn a_node_is_entered_by_the_way_that_was_noted_or_none() {
        let entered = |by: &str| Some(Noted::Entered { node: "main".into(), line: 7, by: by.into() });
        assert_eq!(noted("entered", &json!({ "node": "main", "line": 7, "by": "2" })), entered("2"));
        assert_eq!(noted("entered", &json!({ "node": "main", "line": 7 })), entered(""));
    }
}
