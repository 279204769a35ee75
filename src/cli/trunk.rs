//! `hovor trunk`.

use clap::Args;
use serde_json::Value;

use super::noun::{Body, Noun, body, secret_line, settable};
use super::trunk_rules::Rules;
use crate::store::{Key, NewTrunk, StoreError, Transport, TrunkChange};

/// Trunks as commands know them.
pub const NOUN: Noun = Noun {
    one: "trunk",
    many: "trunks",
    name: "name",
    columns: &[
        ("NAME", "name"),
        ("HOST", "host"),
        ("PORT", "port"),
        ("USERNAME", "username"),
        ("PREFIXES", "prefixes"),
        ("TENANT", "tenant"),
        ("ENABLED", "enabled"),
        ("STATE", "state"),
        ("CALLS", "calls"),
        ("ROUND-TRIP", "round_trip_ms"),
        ("TROUBLE", "trouble"),
    ],
};

/// Options of `hovor trunk add`.
#[derive(Args, Clone, Debug)]
pub struct Add {
    /// Its name: carrier
    name: String,
    /// The provider's host name or IP address
    #[arg(long)]
    host: String,
    /// The provider's port [default: what the name service says, or 5060, over TLS 5061]
    #[arg(long)]
    port: Option<u16>,
    /// udp, tcp or tls [default: what the name service says, or udp]
    #[arg(long, value_parser = transport)]
    transport: Option<Transport>,
    /// The user name with which the provider knows us
    #[arg(long)]
    username: Option<String>,
    /// Read the password that goes with it from standard input
    #[arg(long)]
    password_stdin: bool,
    /// Numbers that start so go out here; may be given several times [default: + and 00]
    #[arg(long = "prefix", value_name = "DIGITS")]
    prefixes: Vec<String>,
    /// The only tenant that may call out over it
    #[arg(long)]
    tenant: Option<Key>,
    #[command(flatten)]
    rules: Rules,
}

impl Body for Add {
    fn body(self) -> Result<Value, String> {
        let Self { name, host, port, transport, username, password_stdin, prefixes, tenant, rules } = self;
        let settings = rules.settings()?;
        let prefixes = (!prefixes.is_empty()).then_some(prefixes);
        let password = secret_line(password_stdin)?;
        let enabled = None;
        body(NewTrunk {
            name,
            tenant,
            host,
            port,
            transport,
            username,
            password,
            prefixes,
            enabled,
            settings,
        })
    }
}

/// Options of `hovor trunk set`.
#[derive(Args, Clone, Debug)]
pub struct Set {
    /// Another name
    #[arg(long)]
    name: Option<String>,
    /// Another host
    #[arg(long)]
    host: Option<String>,
    /// Another port; 0 for what the name service says
    #[arg(long)]
    port: Option<u16>,
    /// udp, tcp or tls
    #[arg(long, value_parser = transport, conflicts_with = "any_transport")]
    transport: Option<Transport>,
    /// The transport that the name service says
    #[arg(long)]
    any_transport: bool,
    /// Another user name
    #[arg(long, conflicts_with = "no_login")]
    username: Option<String>,
    /// Read another password from standard input
    #[arg(long, conflicts_with = "no_login")]
    password_stdin: bool,
    /// The provider knows us by our address: no user name and no password any more
    #[arg(long)]
    no_login: bool,
    /// All prefixes anew; may be given several times
    #[arg(long = "prefix", value_name = "DIGITS")]
    prefixes: Vec<String>,
    /// The only tenant that may call out over it
    #[arg(long, conflicts_with = "all_tenants")]
    tenant: Option<Key>,
    /// All tenants may call out over it
    #[arg(long)]
    all_tenants: bool,
    /// Whether it is in use
    #[arg(long, value_name = "true|false")]
    enabled: Option<bool>,
    #[command(flatten)]
    rules: Rules,
}

impl Body for Set {
    fn body(self) -> Result<Value, String> {
        body(TrunkChange {
            name: self.name,
            tenant: settable(self.tenant, self.all_tenants),
            host: self.host,
            port: self.port.map(|port| Some(port).filter(|port| *port != 0)),
            transport: settable(self.transport, self.any_transport),
            username: settable(self.username, self.no_login),
            password: settable(secret_line(self.password_stdin)?, self.no_login),
            prefixes: (!self.prefixes.is_empty()).then_some(self.prefixes),
            enabled: self.enabled,
            settings: self.rules.settings()?,
        })
    }
}

fn transport(text: &str) -> Result<Transport, String> {
    text.parse().map_err(|error: StoreError| error.to_string())
}
