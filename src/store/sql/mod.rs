//! The store on SQL. Each statement is written once; [`Db`] runs it on SQLite or PostgreSQL.

mod callbacks;
mod channels;
mod clients;
mod configuration;
mod contacts;
mod db;
mod history;
mod invitations;
mod logins;
mod mails;
mod merges;
mod migrate;
mod phones;
mod recordings;
mod rights;
mod search;
mod statement;
mod store;
mod table;
mod tags;
mod voicemail;
mod webhooks;
mod widgets;
mod work;

pub(super) use db::Row;
pub(super) use statement::{Sql, Value};
pub(super) use store::SqlStore;
pub(super) use table::{Links, Noun};

use db::{Db, Tx};
