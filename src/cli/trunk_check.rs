//! `hovor trunk status` and `hovor trunk check`: how trunks fare, and what is wrong with one.

use std::time::Duration;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Connection, url};
use super::noun::{Action, pretty};
use super::table::{Column, table};
use super::trunk::{Add, NOUN, Set};
use crate::doctor::finding::{Examination, Finding, Grade};

/// What to do with trunks.
#[derive(Args, Clone, Debug)]
pub struct Trunks {
    #[command(subcommand)]
    action: Which,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Subcommand, Clone, Debug)]
enum Which {
    #[command(flatten)]
    Noun(Box<Action<Add, Set>>),
    /// Show how trunks fare now: registration, health, what failed last
    Status {
        /// Only this one, with all places where it is reached
        name: Option<String>,
    },
    /// Find out what is wrong with a trunk: look for it, ask it, register, and call if a number is given
    Check {
        /// Its name or id
        name: String,
        /// Place a test call of six seconds to this number, written as the provider wants it
        #[arg(long, value_name = "NUMBER")]
        call: Option<String>,
    },
}

/// Longer than an examination takes, should another one be under way.
const PATIENCE: Duration = Duration::from_secs(150);

const STATUS: &[Column] = &[
    ("NAME", "name"),
    ("STATE", "state"),
    ("UP", "is_up"),
    ("CALLS", "calls"),
    ("ROUND-TRIP", "round_trip_ms"),
    ("TROUBLE", "trouble"),
];

impl Trunks {
    /// Carries the command out and gives what to print.
    ///
    /// # Errors
    /// What went wrong, or that the trunk is not well, in words.
    pub async fn run(self) -> Result<String, String> {
        let connection = &self.connection;
        match self.action {
            Which::Noun(action) => NOUN.run(*action, connection).await,
            Which::Status { name } => status(connection, name.as_deref()).await,
            Which::Check { name, call } => check(connection, &name, call).await,
        }
    }
}

async fn status(connection: &Connection, name: Option<&str>) -> Result<String, String> {
    let control = connection.control()?;
    let address = url(&["api", "v1", "trunks"], None)?;
    let mut rows: Vec<Value> = control.ask(Method::GET, address, None::<&Value>).await?;
    if let Some(name) = name {
        rows.retain(|row| row["name"] == name || row["id"] == name);
    }
    match (&rows[..], name) {
        ([], Some(name)) => Err(format!("there is no trunk `{name}`; `hovor trunk list` names all")),
        ([], None) => Ok("there are no trunks yet; `hovor trunk add --help` says how to add one".to_owned()),
        _ if connection.json => Ok(pretty(&Value::from(rows))),
        ([row], Some(_)) => Ok(format!("{}{}", table(STATUS, std::slice::from_ref(row)), details(row))),
        _ => Ok(table(STATUS, &rows)),
    }
}

/// Where a trunk is reached and how that was found.
fn details(row: &Value) -> String {
    let lines = |field: &str| row[field].as_array().into_iter().flatten().filter_map(Value::as_str);
    let places = lines("places").enumerate().map(|(n, place)| format!("\n  place {}: {place}", n + 1));
    let found = lines("found").map(|note| format!("\n  found: {note}"));
    places.chain(found).collect()
}

async fn check(connection: &Connection, name: &str, call: Option<String>) -> Result<String, String> {
    let address = url(&["api", "v1", "trunks", name, "examination"], None)?;
    let control = connection.control_within(PATIENCE)?;
    let found: Examination = control.ask(Method::POST, address, Some(&json!({ "call": call }))).await?;
    let shown = match connection.json {
        true => serde_json::to_string_pretty(&found).map_err(|error| error.to_string())?,
        false => words(name, &found),
    };
    if found.ok {
        return Ok(shown);
    }
    super::print(shown);
    Err(format!("the trunk `{name}` does not work as it should"))
}

fn words(name: &str, examination: &Examination) -> String {
    let lines = examination.findings.iter().map(line);
    std::iter::once(name.to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

fn line(finding: &Finding) -> String {
    let grade = match finding.grade {
        Grade::Good => "good",
        Grade::Doubtful => "doubtful",
        Grade::Bad => "BAD",
    };
    let step = serde_json::to_value(finding.step).ok().and_then(|step| step.as_str().map(str::to_owned));
    let advice = finding.advice.as_ref().map(|advice| format!("\n{:22}{advice}", ""));
    format!("  {grade:<10}{:<10}{}{}", step.unwrap_or_default(), finding.what, advice.unwrap_or_default())
}
