//! The one program: `hovor serve`, and the commands that talk to it.

fn main() {}
