//! `hovor dialplan check`: everything that is wrong in dialplan files, at once.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::world::{Company, Known};
use crate::cli::Outcome;
use crate::dialplan::{self, Problem, Severity, SourceFile};

/// Options of `hovor dialplan check`.
#[derive(Args, Debug)]
pub struct Check {
    /// Files, or folders with files that end in .toml; all are taken together [default: the files in force]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    company: Company,
}

impl Check {
    /// Checks the files. The outcome is bad if there is an error; warnings alone are good.
    ///
    /// # Errors
    /// The files cannot be read, or there is no company to hold them against.
    pub async fn run(self) -> Result<Outcome, String> {
        let files = self.company.files(&self.paths).await?;
        let known = self.company.known().await?;
        let problems = problems(&files, &known);
        let failed = problems.iter().any(|problem| problem.severity == Severity::Error);
        let text = match self.company.connection.json {
            true => for_programs(&files, &known, &problems),
            false => for_people(&files, &known, &problems, std::io::stdout().is_terminal()),
        };
        Ok(if failed { Outcome::bad(text) } else { Outcome::good(text) })
    }
}

fn problems(files: &[SourceFile], known: &Known) -> Vec<Problem> {
    match dialplan::load(files.to_vec(), &known.world) {
        Ok(plans) => plans.warnings().to_vec(),
        Err(problems) => problems,
    }
}

fn for_people(files: &[SourceFile], known: &Known, problems: &[Problem], colour: bool) -> String {
    let mut text: String = problems.iter().map(|problem| problem.picture(colour)).collect();
    let of = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let found = match (of(Severity::Error), of(Severity::Warning)) {
        (0, 0) => "nothing wrong".to_owned(),
        (0, warnings) => counted(warnings, "warning"),
        (errors, 0) => counted(errors, "error"),
        (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    };
    text += &format!("{found} in {}, held against {}", counted(files.len(), "file"), known.from);
    text
}

fn for_programs(files: &[SourceFile], known: &Known, problems: &[Problem]) -> String {
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let ok = problems.iter().all(|problem| problem.severity != Severity::Error);
    let answer = json!({ "ok": ok, "files": paths, "names": known.from, "problems": problems });
    format!("{answer:#}")
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}
