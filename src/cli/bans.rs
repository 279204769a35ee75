//! `hovor bans`: sources whose messages get no answer for a while.

use clap::{Args, Subcommand};
use reqwest::Method;

use super::client::{Connection, url};
use super::table::{Column, table};
use crate::api::BanView;

/// Show who is banned for wrong passwords, or lift a ban: `hovor bans lift 203.0.113.9`.
#[derive(Args, Debug)]
pub struct Bans {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List the bans that stand
    List,
    /// Lift one, and forget what led to it
    Lift {
        /// The address, or the network as the list shows it
        source: String,
    },
}

const COLUMNS: &[Column] = &[
    ("source", "source"),
    ("since", "since_at"),
    ("until", "until_at"),
    ("failures", "failures"),
    ("bans", "bans"),
    ("why", "why"),
];

impl Bans {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        if let Some(Action::Lift { source }) = self.action {
            let url = url(&["api", "v1", "bans", &source], None)?;
            control.ask::<Option<()>>(Method::DELETE, url, None::<&()>).await?;
            return Ok(if self.connection.json {
                String::new()
            } else {
                format!("{source} is banned no longer")
            });
        }
        let bans: Vec<BanView> =
            control.ask(Method::GET, url(&["api", "v1", "bans"], None)?, None::<&()>).await?;
        if self.connection.json {
            return serde_json::to_string_pretty(&bans).map_err(|error| error.to_string());
        }
        if bans.is_empty() {
            return Ok("nobody is banned".to_owned());
        }
        let rows: Vec<_> = bans.iter().filter_map(|ban| serde_json::to_value(ban).ok()).collect();
        Ok(table(COLUMNS, &rows))
    }
}
