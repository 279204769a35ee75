//! How a company is configured: over HTTP, and by commands.

mod api;
mod bench;
#[path = "../support/live.rs"]
mod browser;
mod channels;
mod commands;
mod contacts;
mod invitations;
mod live;
mod logins;
mod rights;
mod roles;
mod work;
