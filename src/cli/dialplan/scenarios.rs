//! `hovor dialplan test`: scenarios beside the dialplan files, all at once.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;

use super::sounds;
use super::world::Company;
use crate::cli::Outcome;
use crate::dialplan::trial::test;

/// Options of `hovor dialplan test`.
#[derive(Args, Debug)]
pub struct Test {
    /// Files NAME.test.toml, or folders with them and their dialplan files [default: those in force]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    company: Company,
}

impl Test {
    /// Tries every scenario. The outcome is bad if one fails, or a file cannot be used.
    ///
    /// # Errors
    /// The files cannot be read, or there are no scenarios.
    pub async fn run(self) -> Result<Outcome, String> {
        let (dialplans, tables) = self.company.files_and_scenarios(&self.paths).await?;
        if tables.is_empty() {
            return Err("there are no scenarios here: files that end in .test.toml, beside the dialplan \
                        files; docs/dialplan.md shows one"
                .to_owned());
        }
        let plans = match self.company.load(dialplans).await? {
            Ok(plans) => plans,
            Err(problems) => return Ok(Outcome::bad(problems)),
        };
        let verdict = test(&tables, &plans, &sounds::look(&self.company.media_folder()?, &plans));
        let text = match self.company.connection.json {
            true => serde_json::to_string_pretty(&verdict).map_err(|error| error.to_string())?,
            false => verdict.report(std::io::stdout().is_terminal()).trim_end().to_owned(),
        };
        Ok(if verdict.passed() { Outcome::good(text) } else { Outcome::bad(text) })
    }
}
