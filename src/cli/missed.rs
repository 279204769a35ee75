//! `hovor missed`: calls of clients that nobody took.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Connection, url};
use super::table::{Column, table};
use crate::api::MissedCallView;

/// Calls of clients that nobody took: whom to call back.
#[derive(Args, Debug)]
pub struct Missed {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List them, newest first: those that are open, unless another state is named
    List(Which),
    /// Show one
    Show {
        /// Its id
        id: Uuid,
    },
    /// Call back: the operator's own phone rings first, then the client's
    Call {
        /// Its id
        id: Uuid,
        /// The operator who calls, by name
        #[arg(long)]
        by: String,
    },
    /// Take down that one needs no call
    Dismiss {
        /// Its id
        id: Uuid,
        /// The operator who says so, by name
        #[arg(long)]
        by: Option<String>,
    },
}

/// Which ones to list.
#[derive(Args, Debug)]
struct Which {
    /// What has become of them: open, called_back, dismissed, or all
    #[arg(long, default_value = "open", value_parser = ["open", "called_back", "dismissed", "all"])]
    state: String,
    /// Only those that were for this operator
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Only those that were for this group
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// Only those of this tenant
    #[arg(long = "in", value_name = "TENANT")]
    tenant: Option<String>,
    /// How many at most [default: 100]
    #[arg(long)]
    limit: Option<u32>,
}

impl Default for Which {
    fn default() -> Self {
        Self { state: "open".to_owned(), operator: None, group: None, tenant: None, limit: None }
    }
}

/// Headings, and the fields under them.
const COLUMNS: &[Column] = &[
    ("LAST", "last_at"),
    ("NUMBER", "number"),
    ("NAME", "name"),
    ("TENANT", "tenant"),
    ("GROUPS", "groups"),
    ("OPERATORS", "operators"),
    ("CALLS", "attempts"),
    ("STATE", "state"),
    ("BY", "closed_by"),
    ("ID", "id"),
];
const PATH: [&str; 3] = ["api", "v1", "missed-calls"];

impl Missed {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        let one = |id: Uuid, rest: &[&str]| url(&[&PATH[..], &[&id.to_string()], rest].concat(), None);
        match self.action.unwrap_or(Action::List(Which::default())) {
            Action::List(which) => {
                let mut url = url(&PATH, which.tenant.as_deref())?;
                let state = Some(which.state).filter(|state| state != "all");
                let limit = which.limit.map(|limit| limit.to_string());
                let wanted = [
                    ("state", state),
                    ("operator", which.operator),
                    ("group", which.group),
                    ("limit", limit),
                ];
                for (name, value) in wanted {
                    if let Some(value) = value {
                        url.query_pairs_mut().append_pair(name, &value);
                    }
                }
                let calls: Vec<MissedCallView> = control.ask(Method::GET, url, None::<&()>).await?;
                shown(&calls, self.connection.json)
            }
            Action::Show { id } => {
                let call = control.ask(Method::GET, one(id, &[])?, None::<&()>).await?;
                shown(&[call], self.connection.json)
            }
            Action::Call { id, by } => {
                let body = json!({ "operator": by });
                let made: Value = control.ask(Method::POST, one(id, &["call"])?, Some(&body)).await?;
                let session = made["session"].as_str().unwrap_or_default();
                Ok(format!("the phone of {by} rings; the call is session {session}"))
            }
            Action::Dismiss { id, by } => {
                let body = json!({ "operator": by });
                let call = control.ask(Method::POST, one(id, &["dismiss"])?, Some(&body)).await?;
                shown(&[call], self.connection.json)
            }
        }
    }
}

fn shown(calls: &[MissedCallView], as_json: bool) -> Result<String, String> {
    if as_json {
        return serde_json::to_string_pretty(calls).map_err(|error| error.to_string());
    }
    let row = |call: &MissedCallView| serde_json::to_value(call).unwrap_or_default();
    match calls {
        [] => Ok("no missed calls".to_owned()),
        calls => Ok(table(COLUMNS, &calls.iter().map(row).collect::<Vec<_>>())),
    }
}
