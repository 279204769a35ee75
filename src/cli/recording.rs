//! `hovor recording`: what was recorded of sessions.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::Value;

use super::client::{Connection, url};
use super::table::{Column, table};
use crate::api::RecordingView;

/// Recordings of sessions.
#[derive(Args, Debug)]
pub struct Recording {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List the recordings of a session that have ended
    List {
        /// The id of the session
        session: String,
    },
    /// Tell who was there in a recording, and who spoke when, as JSON
    Show(Which),
    /// Write the sound of a recording into a file, to be played by any program
    Play {
        #[command(flatten)]
        which: Which,
        /// The WAV file to write
        file: PathBuf,
        /// The number of a party's own file, if each party has one
        #[arg(long, value_name = "NUMBER")]
        track: Option<u16>,
    },
    /// Remove a recording
    Delete(Which),
}

/// Which recording.
#[derive(Args, Debug)]
struct Which {
    /// The id of the session
    session: String,
    /// The id of the recording
    recording: String,
}

/// Headings, and the fields under them.
const COLUMNS: &[Column] = &[
    ("BEGAN", "started_at"),
    ("LENGTH", "length_ms"),
    ("LAYOUT", "layout"),
    ("COMPLETE", "complete"),
    ("GOES", "removed_at"),
    ("ID", "id"),
];

impl Recording {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        match self.action {
            Action::List { session } => {
                let url = url(&["api", "v1", "sessions", &session, "recordings"], None)?;
                let recordings: Vec<RecordingView> = control.ask(Method::GET, url, None::<&()>).await?;
                let row = |view: &RecordingView| serde_json::to_value(view).unwrap_or_default();
                let rows: Vec<Value> = recordings.iter().map(row).collect();
                match rows.is_empty() {
                    _ if self.connection.json => Ok(format!("{:#}", Value::from(rows))),
                    true => Ok("no recordings".to_owned()),
                    false => Ok(table(COLUMNS, &rows)),
                }
            }
            Action::Show(which) => {
                let document: Value = control.ask(Method::GET, which.url(&[])?, None::<&()>).await?;
                Ok(format!("{document:#}"))
            }
            Action::Play { which, file, track } => {
                let mut url = which.url(&["audio"])?;
                if let Some(track) = track {
                    url.query_pairs_mut().append_pair("track", &track.to_string());
                }
                let sound = control.fetch(url).await?;
                let wrong = |error: std::io::Error| format!("cannot write {}: {error}", file.display());
                tokio::fs::write(&file, sound).await.map_err(wrong)?;
                Ok(format!("{}", file.display()))
            }
            Action::Delete(which) => {
                let _: Value = control.ask(Method::DELETE, which.url(&[])?, None::<&()>).await?;
                Ok(String::new())
            }
        }
    }
}

impl Which {
    fn url(&self, rest: &[&str]) -> Result<reqwest::Url, String> {
        let path = ["api", "v1", "sessions", &self.session, "recordings", &self.recording];
        url(&[&path[..], rest].concat(), None)
    }
}
