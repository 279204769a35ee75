//! `hovor call-settings`: what operators want done with direct calls.

use clap::Args;
use clap::builder::BoolishValueParser;
use reqwest::Method;

use super::client::{Connection, url};
use crate::api::{CallSettingsView, NoAnswerView, RINGS_S};

/// The word that switches a rule off.
const OFF: &str = "off";

/// Show what an operator wants done with calls, or set it: `hovor call-settings anna --always 202`.
#[derive(Args, Debug)]
pub struct CallSettings {
    /// Login name of the operator
    name: String,
    /// Forward all calls to this extension or number outside; `off` for none
    #[arg(long, value_name = "NUMBER")]
    always: Option<String>,
    /// Forward calls while the operator is busy, away or not to be disturbed; `off` for none
    #[arg(long, value_name = "NUMBER")]
    busy: Option<String>,
    /// Forward calls that nobody answers; `off` for none
    #[arg(long, value_name = "NUMBER")]
    no_answer: Option<String>,
    /// Seconds that the phone rings before [default: 20]
    #[arg(long, value_name = "SECONDS")]
    after: Option<u32>,
    /// No calls for now: true or false
    #[arg(long, value_name = "true|false", value_parser = BoolishValueParser::new())]
    do_not_disturb: Option<bool>,
    #[command(flatten)]
    connection: Connection,
}

impl CallSettings {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let control = self.connection.control()?;
        let url = || url(&["api", "v1", "operators", &self.name, "call-settings"], None);
        let before: CallSettingsView = control.ask(Method::GET, url()?, None::<&()>).await?;
        let wanted = self.changed(before.clone())?;
        let settings = match wanted == before {
            true => before,
            false => control.ask(Method::PUT, url()?, Some(&wanted)).await?,
        };
        if self.connection.json {
            return serde_json::to_string_pretty(&settings).map_err(|error| error.to_string());
        }
        Ok(shown(&self.name, &settings))
    }

    fn changed(&self, before: CallSettingsView) -> Result<CallSettingsView, String> {
        let one = |wanted: &Option<String>, before| match wanted.as_deref() {
            None => before,
            Some(OFF) => None,
            Some(number) => Some(number.to_owned()),
        };
        let (to, rang) = before.no_answer.map(|rule| (rule.to, rule.after_s)).unzip();
        let to = one(&self.no_answer, to);
        if to.is_none() && self.after.is_some() {
            return Err("--after says when calls go to --no-answer NUMBER; say that too".to_owned());
        }
        let after_s = self.after.or(rang).unwrap_or(RINGS_S);
        Ok(CallSettingsView {
            always: one(&self.always, before.always),
            busy: one(&self.busy, before.busy),
            no_answer: to.map(|to| NoAnswerView { to, after_s }),
            do_not_disturb: self.do_not_disturb.unwrap_or(before.do_not_disturb),
        })
    }
}

fn shown(name: &str, settings: &CallSettingsView) -> String {
    let or_off = |to: &Option<String>| to.clone().unwrap_or_else(|| OFF.to_owned());
    let no_answer = settings.no_answer.as_ref();
    let no_answer = no_answer.map(|rule| format!("{} after {} s", rule.to, rule.after_s));
    format!(
        "{name}\n  always          {}\n  busy            {}\n  no answer       {}\n  do not disturb  {}",
        or_off(&settings.always),
        or_off(&settings.busy),
        or_off(&no_answer),
        if settings.do_not_disturb { "on" } else { "off" },
    )
}
