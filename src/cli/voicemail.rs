//! `hovor voicemail`: what callers left in mailboxes.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::Value;

use super::client::{Connection, url};
use super::table::{Column, table};
use crate::api::MessageView;

/// Messages in mailboxes.
#[derive(Args, Debug)]
pub struct Voicemail {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List messages, newest first
    List {
        /// Only those in this mailbox
        #[arg(long, value_name = "NAME")]
        mailbox: Option<String>,
        /// Only those that nobody has listened to
        #[arg(long)]
        new: bool,
    },
    /// Show one message
    Show {
        /// Its id
        id: String,
    },
    /// Write the sound of a message into a file, to be played by any program
    Play {
        /// Its id
        id: String,
        /// The WAV file to write
        file: PathBuf,
    },
    /// Remove a message
    Delete {
        /// Its id
        id: String,
    },
}

/// Headings, and the fields under them.
const COLUMNS: &[Column] = &[
    ("LEFT", "left_at"),
    ("MAILBOX", "mailbox"),
    ("FROM", "caller"),
    ("NAME", "caller_name"),
    ("LENGTH", "length_ms"),
    ("HEARD", "heard"),
    ("ID", "id"),
];

impl Voicemail {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        let path = ["api", "v1", "voicemail"];
        match self.action.unwrap_or(Action::List { mailbox: None, new: false }) {
            Action::List { mailbox, new } => {
                let mut url = url(&path, None)?;
                if let Some(mailbox) = &mailbox {
                    url.query_pairs_mut().append_pair("mailbox", mailbox);
                }
                if new {
                    url.query_pairs_mut().append_pair("heard", "false");
                }
                let messages: Vec<MessageView> = control.ask(Method::GET, url, None::<&()>).await?;
                self.connection.shown(&messages)
            }
            Action::Show { id } => {
                let url = url(&[path.as_slice(), &[id.as_str()]].concat(), None)?;
                let message: MessageView = control.ask(Method::GET, url, None::<&()>).await?;
                self.connection.shown(&[message])
            }
            Action::Play { id, file } => {
                let url = url(&[path.as_slice(), &[id.as_str(), "audio"]].concat(), None)?;
                let sound = control.fetch(url).await?;
                let wrong = |error: std::io::Error| format!("cannot write {}: {error}", file.display());
                tokio::fs::write(&file, sound).await.map_err(wrong)?;
                Ok(format!("{}", file.display()))
            }
            Action::Delete { id } => {
                let url = url(&[path.as_slice(), &[id.as_str()]].concat(), None)?;
                let _: Value = control.ask(Method::DELETE, url, None::<&()>).await?;
                Ok(String::new())
            }
        }
    }
}

impl Connection {
    fn shown(&self, messages: &[MessageView]) -> Result<String, String> {
        if self.json {
            return serde_json::to_string_pretty(messages).map_err(|error| error.to_string());
        }
        let row = |message: &MessageView| serde_json::to_value(message).unwrap_or_default();
        match messages {
            [] => Ok("no messages".to_owned()),
            messages => Ok(table(COLUMNS, &messages.iter().map(row).collect::<Vec<_>>())),
        }
    }
}
