//! The one program: `hovor serve`, and the commands that talk to it.

use std::process::ExitCode;

fn main() -> ExitCode {
    hovor::cli::main()
}
