//! `hovor switch`: the switches that dialplans ask about.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::json;

use super::client::{Connection, url};
use super::table::table;
use crate::api::{SwitchChange, SwitchView};

/// Show the switches that dialplans ask about, or turn one: `hovor switch on night`.
#[derive(Args, Debug)]
pub struct Switch {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List all
    List(Within),
    /// Turn one on
    On(Which),
    /// Turn one off
    Off(Which),
}

#[derive(Args, Debug)]
struct Within {
    /// Only switches of this tenant
    #[arg(long = "in", value_name = "TENANT")]
    tenant: Option<String>,
}

#[derive(Args, Debug)]
struct Which {
    /// Its name, as dialplan files use it
    name: String,
    #[command(flatten)]
    within: Within,
}

impl Switch {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        let (which, on) = match self.action {
            Action::List(within) => {
                let url = url(&["api", "v1", "switches"], within.tenant.as_deref())?;
                let all: Vec<SwitchView> = control.ask(Method::GET, url, None::<&()>).await?;
                return shown(&all, self.connection.json);
            }
            Action::On(which) => (which, true),
            Action::Off(which) => (which, false),
        };
        let url = url(&["api", "v1", "switches", &which.name], which.within.tenant.as_deref())?;
        let turned = control.ask(Method::PUT, url, Some(&SwitchChange { on })).await?;
        shown(&[turned], self.connection.json)
    }
}

fn shown(switches: &[SwitchView], as_json: bool) -> Result<String, String> {
    if as_json {
        return serde_json::to_string_pretty(switches).map_err(|error| error.to_string());
    }
    if switches.is_empty() {
        return Ok("no dialplan names a switch".to_owned());
    }
    let rows = switches.iter().map(|switch| {
        let state = if switch.on { "on" } else { "off" };
        json!({ "tenant": switch.tenant, "name": switch.name, "state": state, "since_at": switch.since, "by": switch.by })
    });
    let columns =
        [("tenant", "tenant"), ("name", "name"), ("state", "state"), ("since", "since_at"), ("by", "by")];
    Ok(table(&columns, &rows.collect::<Vec<_>>()))
}
