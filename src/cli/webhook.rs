//! `hovor webhook`: what waits to be told to other programs, and what has become of the rest.

use clap::{Args, Subcommand};
use reqwest::Method;

use super::client::{Connection, url};
use super::table::{Column, table};
use crate::api::WebhookView;

/// Show what is told to other programs, or send something again.
#[derive(Args, Debug)]
pub struct Webhook {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List webhooks, newest first
    List(List),
    /// Show one with what is sent
    Show {
        /// Its id
        id: String,
    },
    /// Send one again that has not arrived
    Retry {
        /// Its id
        id: String,
    },
}

#[derive(Args, Debug)]
struct List {
    /// Only those that are `waiting`, `delivered` or `failed`
    #[arg(long, value_parser = ["waiting", "delivered", "failed"])]
    state: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// Only those of this tenant
    #[arg(long = "in", value_name = "TENANT")]
    tenant: Option<String>,
}

const COLUMNS: &[Column] = &[
    ("happened", "created_at"),
    ("event", "event"),
    ("to", "url"),
    ("state", "state"),
    ("attempts", "attempts"),
    ("status", "last_status"),
    ("next", "next_at"),
    ("error", "last_error"),
    ("id", "id"),
];

impl Webhook {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        let (found, with_body): (Vec<WebhookView>, bool) = match &self.action {
            Action::List(list) => {
                let mut url = url(&["api", "v1", "webhooks"], list.tenant.as_deref())?;
                url.query_pairs_mut().append_pair("limit", &list.limit.to_string());
                if let Some(state) = &list.state {
                    url.query_pairs_mut().append_pair("state", state);
                }
                (control.ask(Method::GET, url, None::<&()>).await?, false)
            }
            Action::Show { id } => {
                let url = url(&["api", "v1", "webhooks", id], None)?;
                (vec![control.ask(Method::GET, url, None::<&()>).await?], true)
            }
            Action::Retry { id } => {
                let url = url(&["api", "v1", "webhooks", id, "retry"], None)?;
                (vec![control.ask(Method::POST, url, None::<&()>).await?], false)
            }
        };
        if self.connection.json {
            return serde_json::to_string_pretty(&found).map_err(|error| error.to_string());
        }
        if found.is_empty() {
            return Ok("no webhooks".to_owned());
        }
        let rows: Vec<_> = found.iter().filter_map(|view| serde_json::to_value(view).ok()).collect();
        let bodies = found.iter().filter(|_| with_body).map(|view| format!("\n\n{}", view.body));
        Ok(table(COLUMNS, &rows) + &bodies.collect::<String>())
    }
}
