//! `hovor dialplan draw`: a picture of a dialplan file.

use std::path::PathBuf;

use clap::Args;

use super::world::Company;
use crate::cli::Outcome;

/// Options of `hovor dialplan draw`.
#[derive(Args, Debug)]
pub struct Draw {
    /// The dialplan file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Draw SVG, laid out and ready to be looked at; without it, Mermaid for a page that draws it
    #[arg(long)]
    svg: bool,
    /// Write the picture here; a name that ends in .svg asks for SVG [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    company: Company,
}

impl Draw {
    /// Draws the file.
    ///
    /// # Errors
    /// The file cannot be read or used, or the picture cannot be written.
    pub async fn run(self) -> Result<Outcome, String> {
        let plans = match self.company.plans_or_problems(std::slice::from_ref(&self.file)).await? {
            Ok(plans) => plans,
            Err(problems) => return Ok(Outcome::bad(problems)),
        };
        let is_svg = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "svg");
        let svg = self.svg || self.output.as_ref().is_some_and(is_svg);
        let pictures = plans.plans().iter().map(|plan| {
            let chart = plans.chart(plan);
            if svg { chart.svg() } else { chart.mermaid() }
        });
        let picture = pictures.collect::<String>();
        match &self.output {
            None => Ok(Outcome::good(picture.trim_end())),
            Some(path) => {
                let written = std::fs::write(path, picture);
                written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
                Ok(Outcome::good(format!("{} is drawn in {}", self.file.display(), path.display())))
            }
        }
    }
}
