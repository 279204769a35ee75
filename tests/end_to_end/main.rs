//! The program from end to end, as its callers and operators meet it: real phones, real sound, real time.

#![allow(clippy::disallowed_methods, reason = "these tests run in real time, against programs that do too")]

#[path = "../support/mod.rs"]
mod support;

mod browser;
mod callback;
mod callback_page;
mod calls;
mod client_tab;
mod codecs;
mod conference;
mod conversation;
mod desk;
mod dialplan_verbs;
mod elsewhere;
mod families;
mod hearing;
mod invitations;
mod messages;
mod missed_calls;
mod notices;
mod offline;
mod peers;
mod phone_features;
mod queue;
mod races;
mod recording;
mod records;
mod settings;
mod spoken;
mod srtp;
mod test_numbers;
mod tls;
mod tls_trunks;
mod trace;
mod trunks;
mod voicemail;
mod webchat;
mod websocket;
mod workspace;
