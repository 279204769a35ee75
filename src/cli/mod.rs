//! The commands of the program.

mod client;
mod configuration;
mod device;
mod group;
mod init;
mod noun;
mod number;
mod operator;
mod serve;
mod sessions;
mod table;
mod tenant;
mod token;
mod trunk;
mod user;

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
    Serve(Settings),
    /// Set a company up in an empty database
    Init(init::Init),
    /// List sessions, live and past, with the reasons of their routing
    Sessions(sessions::Sessions),
    /// Show operators, or set one's status: `hovor operator anna away lunch`
    Operator(operator::Operator),
    #[command(flatten)]
    Configuration(configuration::Configuration),
}

/// Runs the command that the command line names.
pub fn main() -> ExitCode {
    let cli = match Cli::from_arg_matches(&without_empty_variables(Cli::command()).get_matches()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    if let Err(error) = start_log() {
        eprintln!("hovor: {error}");
        return ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("hovor: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve(settings) => serve::run(settings).await,
            Command::Init(init) => init.run().await.map(print),
            Command::Sessions(command) => command.run().await.map(print),
            Command::Operator(command) => command.run().await.map(print),
            Command::Configuration(command) => command.run().await.map(print),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hovor: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A variable that is set to nothing, as `HOVOR_DATA=` in a file of variables, sets nothing.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty =
        |arg: &clap::Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    let command = command.mut_args(|arg| if is_empty(&arg) { arg.env(None::<&str>) } else { arg });
    command.mut_subcommands(without_empty_variables)
}

/// What is logged unless `HOVOR_LOG` says something else.
const LOG: &str = "info,sqlx=warn";

/// Logs to standard error, in colour only where a person reads.
fn start_log() -> Result<(), String> {
    use std::io::IsTerminal;
    let wanted = std::env::var("HOVOR_LOG").ok().filter(|text| !text.trim().is_empty());
    let filter = tracing_subscriber::EnvFilter::try_new(wanted.as_deref().unwrap_or(LOG));
    let filter = filter.map_err(|error| {
        format!("HOVOR_LOG cannot be read: {error}; write a level such as info, or info,hovor::server=debug")
    })?;
    let to = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    to.with_ansi(std::io::stderr().is_terminal()).init();
    Ok(())
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
