//! `hovor dialplan`: dialplan files, looked at before a caller meets them.

mod attempt;
mod check;
mod draw;
mod explain;
mod load;
mod scenarios;
mod schema;
mod sounds;
mod versions;
mod world;

use clap::{Args, Subcommand};

use super::Outcome;

/// Options of `hovor dialplan`.
#[derive(Args, Debug)]
pub struct Dialplan {
    #[command(subcommand)]
    action: Action,
}

/// What to do with dialplan files.
#[derive(Subcommand, Debug)]
enum Action {
    /// Find what is wrong in dialplan files; the exit code is 1 if they cannot be used
    Check(check::Check),
    /// Draw what leads where, as SVG or Mermaid
    Draw(draw::Draw),
    /// Let a caller go through a dialplan without a telephone, or explain a call that was
    #[command(name = "try")]
    Try(Box<attempt::Try>),
    /// Try the scenarios beside the dialplan files; the exit code is 1 if one fails
    Test(scenarios::Test),
    /// Which files are in force, and why those on the disk are not; the exit code is 1 if they are not
    Status(versions::Status),
    /// Read the files now, and wait until they are in force; the exit code is 1 if they are refused
    Reload(versions::Reload),
    /// List the last twenty versions, the newest first
    History(versions::History),
    /// Show what is different between two versions; without any, what an edit changes
    Diff(versions::Diff),
    /// Write an earlier version back to the dialplan folder and put it in force
    Rollback(versions::Rollback),
    /// Print the JSON schema of dialplan files, for completion and help in editors
    Schema(schema::Schema),
}

impl Dialplan {
    /// Runs the command and gives what is to be printed.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<Outcome, String> {
        match self.action {
            Action::Check(check) => check.run().await,
            Action::Draw(draw) => draw.run().await,
            Action::Try(attempt) => attempt.run().await,
            Action::Test(test) => test.run().await,
            Action::Status(status) => status.run().await,
            Action::Reload(reload) => reload.run().await,
            Action::History(history) => history.run().await,
            Action::Diff(diff) => diff.run().await,
            Action::Rollback(rollback) => rollback.run().await,
            Action::Schema(schema) => Ok(schema.run()),
        }
    }
}
