//! The one program: `hovor serve`, and the commands that talk to it.

use std::process::ExitCode;

/// Calls come and go by the thousand. This one gives what they used back to the system soon after they end.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    hovor::cli::main()
}
