//! How a company is configured: over HTTP, and by commands.

mod api;
mod bench;
mod commands;
mod logins;
mod rights;
mod roles;
