//! `hovor callback`: clients who were promised a call.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::client::{Connection, url};
use super::table::table;
use crate::api::{CallbackNew, CallbackView};

/// Show clients who are to be called back, add one, or take a promise back.
#[derive(Args, Debug)]
pub struct Callback {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List those that are open, in the order of service
    List {
        /// Only clients of this tenant
        #[arg(long = "in", value_name = "TENANT")]
        tenant: Option<String>,
        /// Those that are over instead, newest first
        #[arg(long)]
        over: bool,
    },
    /// Have a client called as soon as it is the client's turn
    Add {
        /// The number, as the tenant dials it
        number: String,
        /// Whose operators call
        #[arg(long)]
        group: String,
        /// Those of a higher priority are served first
        #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
        priority: i32,
        /// Not before this moment, in RFC 3339: `2026-12-01T09:00:00+01:00`
        #[arg(long)]
        due: Option<String>,
        /// The client's name
        #[arg(long)]
        name: Option<String>,
        /// The tenant, if several have a group of this name
        #[arg(long = "in", value_name = "TENANT")]
        tenant: Option<String>,
    },
    /// Show one
    Show {
        /// Its id
        id: Uuid,
    },
    /// Take one back
    Cancel {
        /// Its id
        id: Uuid,
    },
}

impl Callback {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        let path = ["api", "v1", "callbacks"];
        match self.action {
            Action::List { tenant, over } => {
                let mut url = url(&path, tenant.as_deref())?;
                if over {
                    url.query_pairs_mut().append_pair("over", "true");
                }
                let all: Vec<CallbackView> = control.ask(Method::GET, url, None::<&()>).await?;
                shown(&all, self.connection.json)
            }
            Action::Add { number, group, priority, due, name, tenant } => {
                let due_at = due.as_deref().map(moment).transpose()?;
                let tenant = tenant.map(|tenant| tenant.as_str().into());
                let new =
                    CallbackNew { number, group: group.as_str().into(), tenant, priority, due_at, name };
                let made = control.ask(Method::POST, url(&path, None)?, Some(&new)).await?;
                shown(&[made], self.connection.json)
            }
            Action::Show { id } => {
                let id = id.to_string();
                let url = url(&[path[0], path[1], path[2], &id], None)?;
                shown(&[control.ask(Method::GET, url, None::<&()>).await?], self.connection.json)
            }
            Action::Cancel { id } => {
                let text = id.to_string();
                let url = url(&[path[0], path[1], path[2], &text], None)?;
                control.ask::<()>(Method::DELETE, url, None::<&()>).await?;
                Ok(format!("{id} is cancelled"))
            }
        }
    }
}

fn moment(text: &str) -> Result<i64, String> {
    let moment: jiff::Timestamp = text.parse().map_err(|_| {
        format!("`{text}` is no moment: write it in RFC 3339, such as 2026-12-01T09:00:00+01:00")
    })?;
    Ok(moment.as_millisecond())
}

fn shown(callbacks: &[CallbackView], as_json: bool) -> Result<String, String> {
    if as_json {
        return serde_json::to_string_pretty(callbacks).map_err(|error| error.to_string());
    }
    if callbacks.is_empty() {
        return Ok("nobody is to be called back".to_owned());
    }
    let rows = callbacks.iter().map(|callback| {
        json!({
            "number": callback.number,
            "name": callback.name,
            "due_at": callback.due_at,
            "tenant": callback.tenant,
            "group": callback.group,
            "state": callback.state,
            "position": callback.position,
            "waits_at": callback.waiting_since,
            "tries": callback.tries,
            "next_at": callback.next_at,
            "reason": callback.reason,
            "id": callback.id,
        })
    });
    let columns = [
        ("number", "number"),
        ("name", "name"),
        ("tenant", "tenant"),
        ("group", "group"),
        ("state", "state"),
        ("place", "position"),
        ("waits since", "waits_at"),
        ("due", "due_at"),
        ("tries", "tries"),
        ("again at", "next_at"),
        ("reason", "reason"),
        ("id", "id"),
    ];
    Ok(table(&columns, &rows.collect::<Vec<_>>()))
}
