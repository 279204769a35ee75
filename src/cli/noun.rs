//! What the commands of all nouns have in common: add, list, show, set, remove.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::Value;

use super::client::{Connection, Control, url};
use super::table::{Column, table};

/// What to do with rows of a noun. `A` are the options of `add`, `S` those of `set`.
#[derive(Subcommand, Clone, Debug)]
pub enum Action<A: Args, S: Args> {
    /// Add one
    Add(A),
    /// List all
    List(Within),
    /// Show one
    Show(Which),
    /// Change one; what is not named stays
    Set(Changing<S>),
    /// Remove one
    Remove(Which),
}

/// Which row is meant.
#[derive(Args, Clone, Debug)]
pub struct Which {
    /// Its name or id
    #[arg(value_name = "NAME")]
    key: String,
    #[command(flatten)]
    within: Within,
}

/// Narrows to one tenant.
#[derive(Args, Clone, Debug)]
pub struct Within {
    /// Only what belongs to this tenant
    #[arg(id = "within", long = "in", value_name = "TENANT")]
    tenant: Option<String>,
}

/// Which row to change, and how.
#[derive(Args, Clone, Debug)]
pub struct Changing<S: Args> {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    change: S,
}

/// Options that become the body of a request.
pub trait Body {
    /// The body.
    ///
    /// # Errors
    /// What is wrong with the options, in words.
    fn body(self) -> Result<Value, String>;
}

/// A noun as commands know it.
pub struct Noun {
    /// The noun in one word: `tenant`.
    pub one: &'static str,
    /// The segment of its address: `tenants`.
    pub many: &'static str,
    /// The field by which people know a row.
    pub name: &'static str,
    /// The columns of its table.
    pub columns: &'static [Column],
}

impl Noun {
    /// Carries the action out and gives what to print.
    pub async fn run<A, S>(&self, action: Action<A, S>, connection: &Connection) -> Result<String, String>
    where
        A: Args + Body,
        S: Args + Body,
    {
        let control = || connection.control();
        let json = connection.json;
        match action {
            Action::Add(options) => {
                let body = options.body()?;
                let made: Value = control()?.ask(Method::POST, self.url(None)?, Some(&body)).await?;
                // Whoever brought a secret along knows it.
                let generated = made["secret"].as_str().filter(|_| body.get("secret").is_none());
                Ok(if json { pretty(&made) } else { self.added(&made, generated) })
            }
            Action::List(within) => {
                let address = self.url(within.tenant.as_deref())?;
                let rows: Vec<Value> = control()?.ask(Method::GET, address, None::<&Value>).await?;
                Ok(if json { pretty(&Value::from(rows)) } else { self.listed(&rows) })
            }
            Action::Show(which) => {
                let row = self.one(&control()?, Method::GET, &which, None).await?;
                Ok(self.shown(row, json))
            }
            Action::Set(Changing { which, change }) => {
                let body = self.changes(change)?;
                let row = self.one(&control()?, Method::PATCH, &which, Some(body)).await?;
                Ok(self.shown(row, json))
            }
            Action::Remove(which) => {
                self.one(&control()?, Method::DELETE, &which, None).await?;
                Ok(if json { String::new() } else { format!("{} `{}` removed", self.one, which.key) })
            }
        }
    }

    /// The body of a change, which has to change something.
    fn changes(&self, change: impl Body) -> Result<Value, String> {
        let body = change.body()?;
        match body.as_object().is_some_and(serde_json::Map::is_empty) {
            true => Err(format!("nothing to change: name what is new; `hovor {} set --help`", self.one)),
            false => Ok(body),
        }
    }

    async fn one(
        &self,
        control: &Control,
        method: Method,
        which: &Which,
        body: Option<Value>,
    ) -> Result<Value, String> {
        let address = url(&["api", "v1", self.many, &which.key], which.within.tenant.as_deref())?;
        control.ask(method, address, body.as_ref()).await
    }

    fn url(&self, tenant: Option<&str>) -> Result<reqwest::Url, String> {
        url(&["api", "v1", self.many], tenant)
    }

    fn shown(&self, row: Value, json: bool) -> String {
        if json { pretty(&row) } else { table(self.columns, &[row]) }
    }

    fn listed(&self, rows: &[Value]) -> String {
        match rows {
            [] => {
                format!("there are no {} yet; `hovor {} add --help` says how to add one", self.many, self.one)
            }
            rows => table(self.columns, rows),
        }
    }

    fn added(&self, made: &Value, generated: Option<&str>) -> String {
        let name = made[self.name].as_str().unwrap_or_default();
        let done = format!("{} `{name}` added", self.one);
        match generated {
            Some(secret) => {
                format!("{done}. Its secret, shown this once and kept nowhere:\n\n    {secret}\n")
            }
            None => done,
        }
    }
}

pub fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

/// The options as a JSON body.
pub fn body(options: impl serde::Serialize) -> Result<Value, String> {
    serde_json::to_value(options).map_err(|error| error.to_string())
}

/// A value to set (`--x VALUE`), to remove (`--no-x`), or to leave as it is.
pub fn settable<T>(value: Option<T>, remove: bool) -> Option<Option<T>> {
    if remove { Some(None) } else { value.map(Some) }
}

/// The first line of standard input, where secrets come from: they would show in the list of
/// processes if they stood on the command line.
pub fn secret_line(wanted: bool) -> Result<Option<String>, String> {
    if !wanted {
        return Ok(None);
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|error| format!("cannot read standard input: {error}"))?;
    let secret = line.trim_end_matches(['\r', '\n']);
    match secret.is_empty() {
        true => Err("standard input is empty; the secret is expected there, on one line".to_owned()),
        false => Ok(Some(secret.to_owned())),
    }
}
