//! `hovor trace`: the SIP messages of a call as a ladder, or as a file for Wireshark.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::tz::TimeZone;
use reqwest::Method;

use super::client::{Connection, Control, url};
use crate::api::TraceView;
use crate::trace::ladder::Ladder;
use crate::trace::{Shown, pcap};

/// How often new messages are asked for.
const EVERY: Duration = Duration::from_millis(250);

/// Show the SIP messages of a call as a ladder; secrets are masked
#[derive(Args, Debug)]
pub struct Trace {
    /// Id of a session, as `hovor sessions` shows it [default: all messages]
    #[arg(value_name = "SESSION")]
    session: Option<String>,
    /// Only calls from or to somebody in whose address this stands: a number, an extension, a name
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// Go on with what comes, until interrupted
    #[arg(long)]
    live: bool,
    /// Show each message whole, below its arrow
    #[arg(long)]
    full: bool,
    /// Write the messages to this file, for Wireshark
    #[arg(long, value_name = "FILE", conflicts_with = "live")]
    pcap: Option<PathBuf>,
    /// How many messages at most
    #[arg(long, default_value_t = 1_000)]
    limit: usize,
    #[command(flatten)]
    connection: Connection,
}

impl Trace {
    /// Runs the command.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        if self.live {
            return self.follow(&control).await;
        }
        let found = self.ask(&control, None, self.limit).await?;
        if let Some(path) = &self.pcap {
            let written = std::fs::write(path, pcap::file(&found.messages));
            written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
            return Ok(format!("{} messages are in {}", found.messages.len(), path.display()));
        }
        if self.connection.json {
            return serde_json::to_string_pretty(&found).map_err(|error| error.to_string());
        }
        match found.messages.is_empty() {
            true => Ok("no messages: none of this kind came, or they are no longer kept".to_owned()),
            false => Ok(self.drawn(&mut ladder(), &found.messages).trim_end().to_owned()),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a command that looks again and again waits between")]
    async fn follow(&self, control: &Control) -> Result<String, String> {
        let mut ladder = ladder();
        let mut after = self.ask(control, None, 1).await?.last;
        loop {
            let found = self.ask(control, Some(after.unwrap_or(0)), self.limit).await?;
            let shown = match self.connection.json {
                true => found.messages.iter().filter_map(line).collect(),
                false => self.drawn(&mut ladder, &found.messages),
            };
            let mut out = std::io::stdout();
            // Whoever reads it may have gone; then there is nothing left to do.
            if out.write_all(shown.as_bytes()).and_then(|()| out.flush()).is_err() {
                return Ok(String::new());
            }
            let filled = found.messages.len() >= self.limit;
            after = if filled { found.messages.last().map(|last| last.number) } else { found.last };
            tokio::time::sleep(EVERY).await;
        }
    }

    async fn ask(&self, control: &Control, after: Option<u64>, limit: usize) -> Result<TraceView, String> {
        let mut url = url(&["api", "v1", "trace"], None)?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("limit", &limit.to_string());
            for (name, value) in [("session", &self.session), ("number", &self.number)] {
                if let Some(value) = value {
                    query.append_pair(name, value);
                }
            }
            if let Some(after) = after {
                query.append_pair("after", &after.to_string());
            }
        }
        control.ask(Method::GET, url, None::<&()>).await
    }

    fn drawn(&self, ladder: &mut Ladder, messages: &[Shown]) -> String {
        if !self.full {
            return ladder.draw(messages);
        }
        let each = messages.iter().map(|message| {
            let text: String = message.text.lines().map(|line| format!("    {line}\n")).collect();
            format!("{}\n{text}\n", ladder.draw(std::slice::from_ref(message)))
        });
        each.collect()
    }
}

fn line(message: &Shown) -> Option<String> {
    serde_json::to_string(message).ok().map(|line| format!("{line}\n"))
}

fn ladder() -> Ladder {
    Ladder::in_zone(Some(TimeZone::system()))
}
