//! The commands of the program.

mod bans;
mod call;
mod call_settings;
mod callback;
mod client;
mod configuration;
mod destination;
mod device;
mod dialplan;
mod external_contact;
mod group;
mod init;
mod invitation;
mod log;
mod mailbox;
mod missed;
mod noun;
mod number;
mod operator;
mod recording;
mod recording_rule;
mod serve;
mod sessions;
mod switch;
mod table;
mod tenant;
mod token;
mod trace;
mod trunk;
mod trunk_check;
mod trunk_rules;
mod user;
mod voicemail;
mod webhook;
mod widget;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::Settings;

/// A PBX and contact centre in one program.
#[derive(Parser)]
#[command(name = "hovor", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the program
    Serve(Box<Settings>),
    /// Set a company up in an empty database
    Init(init::Init),
    /// List sessions, live and past, with the reasons of their routing
    Sessions(sessions::Sessions),
    /// Show operators, or set one's status: `hovor operator anna away lunch`
    Operator(operator::Operator),
    /// Show what an operator wants done with calls, or set it: `hovor call-settings anna --always 202`
    CallSettings(call_settings::CallSettings),
    /// Show the switches that dialplans ask about, or turn one: `hovor switch on night`
    Switch(switch::Switch),
    /// Clients who were promised a call: list, add, cancel
    Callback(callback::Callback),
    /// What brings a client to the operator who made it: list, add, revoke
    Invitation(invitation::Invitation),
    /// Calls of clients that nobody took: list, show, call back, dismiss
    Missed(missed::Missed),
    /// Show who is banned for wrong passwords, or lift a ban: `hovor bans lift 203.0.113.9`
    Bans(bans::Bans),
    /// Show what is told to other programs, or send something again
    Webhook(webhook::Webhook),
    /// Dialplan files: check them before callers meet them
    Dialplan(dialplan::Dialplan),
    Call(call::Call),
    Trace(trace::Trace),
    /// Recordings of sessions: list, show, play, delete
    Recording(recording::Recording),
    /// Messages in mailboxes: list, show, play, delete
    Voicemail(voicemail::Voicemail),
    #[command(flatten)]
    Configuration(configuration::Configuration),
}

/// Runs the command that the command line names.
pub fn main() -> ExitCode {
    let cli = match Cli::from_arg_matches(&without_empty_variables(Cli::command()).get_matches()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let log = match log::start() {
        Ok(log) => log,
        Err(error) => {
            eprintln!("hovor: {error}");
            return ExitCode::FAILURE;
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("hovor: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        let done = match cli.command {
            Command::Call(call) => return Ok(call.run().await),
            Command::Serve(settings) => serve::run(*settings).await,
            Command::Init(init) => init.run().await.map(print),
            Command::Sessions(command) => command.run().await.map(print),
            Command::Operator(command) => command.run().await.map(print),
            Command::CallSettings(command) => command.run().await.map(print),
            Command::Recording(command) => command.run().await.map(print),
            Command::Voicemail(command) => command.run().await.map(print),
            Command::Trace(command) => command.run().await.map(print),
            Command::Switch(command) => command.run().await.map(print),
            Command::Callback(command) => command.run().await.map(print),
            Command::Invitation(command) => command.run().await.map(print),
            Command::Missed(command) => command.run().await.map(print),
            Command::Bans(command) => command.run().await.map(print),
            Command::Webhook(command) => command.run().await.map(print),
            Command::Dialplan(command) => return command.run().await.map(Outcome::show),
            Command::Configuration(command) => command.run().await.map(print),
        };
        done.map(|()| ExitCode::SUCCESS)
    });
    // What led to an error stands before the error.
    drop(log);
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("hovor: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What a command has to say, and with which exit code it ends.
pub(crate) struct Outcome {
    text: String,
    code: ExitCode,
}

impl Outcome {
    /// The command did what was asked.
    pub(crate) fn good(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: ExitCode::SUCCESS }
    }

    /// Whether the exit code is that of success.
    #[cfg(test)]
    pub(crate) fn is_good(&self) -> bool {
        self.code == ExitCode::SUCCESS
    }

    /// The command did what was asked, and what it looked at is wrong.
    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: ExitCode::FAILURE }
    }

    fn show(self) -> ExitCode {
        print(self.text);
        self.code
    }
}

/// A variable that is set to nothing, as `HOVOR_DATA=` in a file of variables, sets nothing.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty =
        |arg: &clap::Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    let command = command.mut_args(|arg| if is_empty(&arg) { arg.env(None::<&str>) } else { arg });
    command.mut_subcommands(without_empty_variables)
}

/// Prints what a command has to say. Whoever reads it may have gone; that is no failure.
fn print(text: String) {
    use std::io::Write;
    if !text.is_empty() {
        let _ = writeln!(std::io::stdout(), "{text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_command_contradicts_another() {
        Cli::command().debug_assert();
    }
}
