//! `hovor sessions`: who called, how long, which keys, and why each was routed as it was.

use clap::Args;
use reqwest::Method;
use serde_json::Value;

use super::client::{Connection, url};
use super::table::{Column, table};
use crate::api::{SessionDetail, SessionView};

/// List sessions, live and past, newest first; or one with everything that happened to it.
#[derive(Args, Debug)]
pub struct Sessions {
    /// Id of one session
    id: Option<String>,
    /// Only live sessions
    #[arg(long, conflicts_with = "past")]
    live: bool,
    /// Only past sessions
    #[arg(long)]
    past: bool,
    /// Only sessions of this operator
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Only sessions whose caller or dialled number contains this
    #[arg(long, value_name = "DIGITS")]
    number: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 20)]
    limit: u32,
    #[command(flatten)]
    connection: Connection,
}

impl Sessions {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        let json = |error: serde_json::Error| error.to_string();
        if let Some(id) = &self.id {
            let url = url(&["api", "v1", "sessions", id], None)?;
            let detail: SessionDetail = control.ask(Method::GET, url, None::<&()>).await?;
            return match self.connection.json {
                true => serde_json::to_string_pretty(&detail).map_err(json),
                false => Ok(detailed(&detail)),
            };
        }
        let mut url = url(&["api", "v1", "sessions"], None)?;
        url.query_pairs_mut().append_pair("limit", &self.limit.to_string());
        if self.live || self.past {
            url.query_pairs_mut().append_pair("live", if self.live { "true" } else { "false" });
        }
        for (name, value) in [("operator", &self.operator), ("number", &self.number)] {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        let sessions: Vec<SessionView> = control.ask(Method::GET, url, None::<&()>).await?;
        match self.connection.json {
            true => serde_json::to_string_pretty(&sessions).map_err(json),
            false => Ok(listed(&sessions)),
        }
    }
}

/// A table of sessions, each followed by the reasons of its routing.
fn listed(sessions: &[SessionView]) -> String {
    if sessions.is_empty() {
        return "no sessions".to_owned();
    }
    let rows: Vec<Value> = sessions.iter().map(row).collect();
    let lines = table(COLUMNS, &rows);
    let mut lines = lines.lines();
    let mut text = lines.next().unwrap_or_default().to_owned();
    for (line, session) in lines.zip(sessions) {
        text.push('\n');
        text.push_str(line);
        for reason in &session.decisions {
            text.push_str("\n    ");
            text.push_str(reason);
        }
    }
    text
}

/// Headings, and the fields under them.
const COLUMNS: &[Column] = &[
    ("started", "started_at"),
    ("from", "from"),
    ("dialled", "dialled"),
    ("keys", "keys"),
    ("waited", "waiting_ms"),
    ("talked", "talk_ms"),
    ("with", "parties"),
    ("state", "state"),
    ("id", "id"),
];

fn row(session: &SessionView) -> Value {
    let mut row = serde_json::to_value(session).unwrap_or_default();
    row["state"] = state(session).into();
    row
}

fn state(session: &SessionView) -> String {
    match (&session.cause, &session.hung_up_by) {
        (Some(cause), Some(who)) if cause == "normal" => format!("{who} hung up"),
        (Some(cause), _) => words(cause),
        (None, _) => session.phase.clone(),
    }
}

fn words(cause: &str) -> String {
    cause.replace('_', " ")
}

/// Everything that is known of one session.
fn detailed(detail: &SessionDetail) -> String {
    let mut text = listed(std::slice::from_ref(&detail.session));
    for (name, value) in &detail.session.parameters {
        text.push_str(&format!("\n    {name} = {value}"));
    }
    if !detail.session.tags.is_empty() {
        let tags = detail.session.tags.iter().map(String::as_str).collect::<Vec<_>>();
        text.push_str(&format!("\n    tags: {}", tags.join(", ")));
    }
    for event in &detail.events {
        let after = event.at.0.saturating_sub(detail.session.started_at);
        let body = match event.body.as_object() {
            Some(body) if body.is_empty() => String::new(),
            _ => event.body.to_string(),
        };
        let after = after as f64 / 1e3;
        text.push_str(&format!("\n{:>5}  {after:>9.3} s  {:<14} {body}", event.seq, event.kind));
    }
    text
}
