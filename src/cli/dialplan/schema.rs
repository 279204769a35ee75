//! `hovor dialplan schema`: what editors need to help with dialplan files.

use clap::Args;

use crate::cli::Outcome;
use crate::dialplan;

/// Print the JSON schema of dialplan files. Save it, and name it in the first line of a file:
/// `#:schema ./dialplan.schema.json`
#[derive(Args, Debug)]
pub struct Schema {}

impl Schema {
    /// The schema.
    pub fn run(self) -> Outcome {
        Outcome::good(format!("{:#}", dialplan::schema()))
    }
}
