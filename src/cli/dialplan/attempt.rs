//! `hovor dialplan try`: a call without a telephone; or a past call, explained.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::explain;
use super::sounds;
use super::world::Company;
use crate::cli::Outcome;
use crate::dialplan::trial::{Answer, Caller, Clock, Dialled, Keys, Queued, Sounds, Walk, When, walk};
use crate::dialplan::{Plans, moment};
use crate::time::UnixMs;

/// Options of `hovor dialplan try`.
#[derive(Args, Debug)]
pub struct Try {
    /// Dialplan file, or folder with files [default: the files in force]
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Number that is dialled [default: the only one there is]
    #[arg(long, conflicts_with = "explain")]
    number: Option<String>,
    /// When the call comes in, in the time zone of the file: 2026-12-24T18:05 [default: now]
    #[arg(long, value_name = "MOMENT")]
    at: Option<String>,
    /// Number of the caller [default: withheld]
    #[arg(long, value_name = "NUMBER")]
    caller: Option<String>,
    /// Keys for each prompt that asks for keys: `1,#` is 1 at the first and # at the second, `,2` nothing
    /// at the first, `1@2s` a key two seconds after the prompt begins. A queue that a key leads out of is
    /// such a prompt, too [default: silent]
    #[arg(long, value_name = "KEYS")]
    press: Option<String>,
    /// When the caller hangs up: `12s` after the beginning
    #[arg(long, value_name = "LENGTH", value_parser = length)]
    hangup: Option<Duration>,
    /// How long the caller speaks into a recording
    #[arg(long, value_name = "LENGTH", default_value = "5s", value_parser = length)]
    speak: Duration,
    /// The caller's place in a queue
    #[arg(long, value_name = "PLACE", default_value_t = 1)]
    position: u32,
    /// How long the wait will probably be, as in `5min`: what `wait-every` tells [default: nobody knows]
    #[arg(long, value_name = "LENGTH", value_parser = length)]
    wait: Option<Duration>,
    /// What becomes of each wait in turn: served, full, timeout, failed, waits; `served@45s` says when
    #[arg(long, value_name = "OUTCOME", value_delimiter = ',', value_parser = Queued::read)]
    queue: Vec<Queued>,
    /// What becomes of each call in turn: served, busy, no-answer, unavailable, refused, failed
    #[arg(long, value_name = "OUTCOME", value_delimiter = ',', value_parser = Dialled::read)]
    dial: Vec<Dialled>,
    /// Answer to what a node asks another program: `NODE=200:{"vip": true}`, `NODE=timeout`
    #[arg(long, value_name = "NODE=ANSWER", value_parser = answer)]
    http: Vec<(String, Answer)>,
    /// What is seen of a queue, of operators or of a switch: `sales=3`
    #[arg(long, value_name = "NAME=NUMBER", value_parser = seen)]
    seen: Vec<(String, u32)>,
    /// Explain this past or live session instead: which way it took, and why
    #[arg(long, value_name = "SESSION-ID")]
    explain: Option<String>,
    #[command(flatten)]
    company: Company,
}

fn length(text: &str) -> Result<Duration, String> {
    moment(text).ok_or_else(|| "write a length of time, as in 12s".to_owned())
}

fn answer(text: &str) -> Result<(String, Answer), String> {
    let (node, answer) = text.split_once('=').ok_or("write NODE=ANSWER, as in lookup=timeout")?;
    Ok((node.to_owned(), Answer::read(answer)?))
}

fn seen(text: &str) -> Result<(String, u32), String> {
    let read = text.split_once('=').and_then(|(name, number)| Some((name.to_owned(), number.parse().ok()?)));
    read.ok_or_else(|| "write NAME=NUMBER, as in sales=3".to_owned())
}

impl Try {
    /// Walks, or explains.
    ///
    /// # Errors
    /// The files cannot be read, nobody answers the number, or there is no such session.
    pub async fn run(self) -> Result<Outcome, String> {
        let plans = match self.company.plans_or_problems(&self.paths).await? {
            Ok(plans) => plans,
            Err(problems) => return Ok(Outcome::bad(problems)),
        };
        let walk = match &self.explain {
            Some(session) => explain::explain(session, &self.company, &plans).await?,
            None => self.walk(&plans, &sounds::look(&self.company.media_folder()?, &plans))?,
        };
        Ok(Outcome::good(match self.company.connection.json {
            true => serde_json::to_string_pretty(&walk).map_err(|error| error.to_string())?,
            false => walk.report().trim_end().to_owned(),
        }))
    }

    fn walk(&self, plans: &Plans, sounds: &Sounds) -> Result<Walk, String> {
        let numbers: Vec<&str> = plans.numbers().collect();
        let number = match (&self.number, numbers.as_slice()) {
            (Some(number), _) => number.as_str(),
            (None, [number]) => number,
            (None, numbers) => {
                return Err(format!("say which number is called with --number: {}", listed(numbers)));
            }
        };
        let entry = plans.entry(number);
        let entry =
            entry.ok_or_else(|| format!("nothing answers {number}; there is {}", listed(&numbers)))?;
        let clock = Clock::of(entry.plan.timezone.as_deref());
        let at = match &self.at {
            Some(at) => clock.moment(When::read(at)?),
            None => now(),
        };
        let mut caller = Caller::new(number, at);
        caller.number = self.caller.clone().unwrap_or_default();
        caller.keys = Keys::list(self.press.as_deref().unwrap_or_default())?;
        caller.hangs_up = self.hangup;
        caller.speaks = self.speak;
        caller.position = self.position.max(1);
        caller.wait = self.wait;
        caller.queues.clone_from(&self.queue);
        caller.dials.clone_from(&self.dial);
        for (node, answer) in &self.http {
            caller.answers.entry(node.clone()).or_default().push(answer.clone());
        }
        caller.seen = self.seen.iter().cloned().collect();
        Ok(walk(entry, &caller, sounds))
    }
}

fn listed(numbers: &[&str]) -> String {
    if numbers.is_empty() { "none".to_owned() } else { numbers.join(", ") }
}

#[expect(clippy::disallowed_methods, reason = "a call that is tried comes in now unless the user says when")]
fn now() -> UnixMs {
    UnixMs(jiff::Timestamp::now().as_millisecond())
}
