//! `hovor operator`: what operators do, and what they say of themselves.

use clap::Args;
use reqwest::Method;
use serde_json::json;

use super::client::{Connection, url};
use super::table::table;
use crate::api::{OperatorView, StatusChange};

/// Show operators, or set one's status: `hovor operator anna away lunch`.
#[derive(Args, Debug)]
pub struct Operator {
    /// Login name of the operator; all if left out
    name: Option<String>,
    /// `online`, `away`, or `ready` to end the after-call work; shows the operator if left out
    #[arg(requires = "name")]
    status: Option<String>,
    /// Why away: lunch, personal, …
    #[arg(requires = "status")]
    reason: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

impl Operator {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        let operators = match (&self.name, self.status) {
            (Some(name), Some(status)) if status == "ready" => {
                let url = url(&["api", "v1", "operators", name, "finish-work"], None)?;
                vec![control.ask::<OperatorView>(Method::POST, url, None::<&()>).await?]
            }
            (Some(name), Some(status)) => {
                let url = url(&["api", "v1", "operators", name, "status"], None)?;
                let change = StatusChange { status, reason: self.reason };
                vec![control.ask(Method::PUT, url, Some(&change)).await?]
            }
            (name, _) => {
                let url = url(&["api", "v1", "operators"], None)?;
                let all: Vec<OperatorView> = control.ask(Method::GET, url, None::<&()>).await?;
                wanted(all, name.as_deref())?
            }
        };
        if self.connection.json {
            return serde_json::to_string_pretty(&operators).map_err(|error| error.to_string());
        }
        Ok(shown(&operators))
    }
}

fn wanted(all: Vec<OperatorView>, name: Option<&str>) -> Result<Vec<OperatorView>, String> {
    let Some(name) = name else { return Ok(all) };
    let names: Vec<_> = all.iter().map(|operator| operator.name.clone()).collect();
    let found: Vec<_> = all.into_iter().filter(|operator| operator.name == name).collect();
    match found.is_empty() {
        true => Err(format!("there is no operator `{name}`; there are {}", names.join(", "))),
        false => Ok(found),
    }
}

fn shown(operators: &[OperatorView]) -> String {
    let rows = operators.iter().map(|operator| {
        let status = match &operator.reason {
            _ if operator.do_not_disturb => "do not disturb".to_owned(),
            Some(reason) => format!("{} ({reason})", operator.status),
            None => operator.status.clone(),
        };
        json!({
            "name": operator.name,
            "extension": operator.extension,
            "status": status,
            "phone": if operator.reachable { "registered" } else { "none" },
            "does": operator.engagement.replace('_', " "),
        })
    });
    let columns = ["name", "extension", "status", "phone", "does"].map(|name| (name, name));
    table(&columns, &rows.collect::<Vec<_>>())
}
