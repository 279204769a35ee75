//! The dialplan files: read as one, watched, checked, and kept in versions.

mod answers;
mod archive;
mod diff;
mod ears;
pub mod folder;
pub mod keeper;
mod settling;
pub mod standing;
#[cfg(test)]
mod tests;
pub mod version;
pub mod watch;
mod write_back;
