//! The options of `hovor trunk add` and `hovor trunk set` that say how a trunk is used.

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::e164::Classes;

/// How a trunk is used. `none` takes a value back.
#[derive(Args, Clone, Debug, Serialize)]
pub struct Rules {
    /// Register there with the user name [default: the provider knows us by our address]
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    register: Option<bool>,
    /// Seconds for which we register at a time [default: 3600]
    #[arg(long = "expires", value_name = "SECONDS")]
    #[serde(rename = "expires_s")]
    expires: Option<u32>,
    /// Outbound proxy: where requests go first, HOST or HOST:PORT, or none
    #[arg(long)]
    proxy: Option<String>,
    /// Seconds between two questions whether the provider is there; 0 asks never [default: 60]
    #[arg(long = "options", value_name = "SECONDS")]
    #[serde(rename = "options_s")]
    options: Option<u32>,
    /// Network that its calls come from, such as 203.0.113.0/24; may be given several times; none for the
    /// addresses of its host
    #[arg(long = "network", value_name = "NETWORK")]
    networks: Vec<String>,
    /// The number of ours that a call is for which names none, or none
    #[arg(long)]
    number: Option<String>,
    /// Believe what it says about callers (P-Asserted-Identity) [default: false]
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    trust_identity: Option<bool>,
    /// Trunks with a lower one are tried first [default: 10]
    #[arg(long)]
    priority: Option<u16>,
    /// How often it is chosen among trunks of its priority [default: 1]
    #[arg(long)]
    weight: Option<u16>,
    /// Refusal after which the next trunk is tried, such as 503 or 5xx; may be given several times; none for
    /// silence alone [default: 408 and 5xx]
    #[arg(long, value_name = "STATUS")]
    failover: Vec<String>,
    /// Seconds without any word after which the next one is tried [default: 4]
    #[arg(long = "reply-within", value_name = "SECONDS")]
    #[serde(rename = "reply_within_s")]
    reply_within: Option<u32>,
    /// Calls at once, both ways, or none for as many as come
    #[arg(long, value_name = "COUNT")]
    max_calls: Option<String>,
    /// New calls a second out, or none
    #[arg(long, value_name = "COUNT")]
    max_calls_per_second: Option<String>,
    /// Whether it carries emergency calls [default: true]
    #[arg(long, value_name = "true|false")]
    emergency: Option<bool>,
    /// The country whose national numbers it speaks: CZ, or none
    #[arg(long)]
    country: Option<String>,
    /// How it wants numbers written [default: e164]
    #[arg(long)]
    format: Option<Format>,
    /// Digits cut off the front of a number so written [default: 0]
    #[arg(long, value_name = "COUNT")]
    strip: Option<u8>,
    /// What is then put in front, or none
    #[arg(long, value_name = "DIGITS")]
    prepend: Option<String>,
    /// The user of From [default: number]
    #[arg(long)]
    from: Option<From>,
    /// Header by which it is told who calls, besides From [default: none]
    #[arg(long)]
    identity: Option<Identity>,
    /// Shown as calling instead of the tenant's number, or none
    #[arg(long, value_name = "NUMBER")]
    caller_number: Option<String>,
    /// Codec that it is offered, best first: opus, g722, pcma, pcmu; may be given several times; none for all
    #[arg(long = "codec", value_name = "CODEC")]
    codecs: Vec<String>,
    /// Whether its sound is protected (SRTP) [default: optional]
    #[arg(long)]
    srtp: Option<Srtp>,
    /// The name that its certificate has to bear over TLS, or none for that of its host or proxy
    #[arg(long, value_name = "NAME")]
    tls_name: Option<String>,
    /// File (PEM) with the certificates that are trusted for it, or none for those that the system trusts
    #[arg(long, value_name = "FILE")]
    ca: Option<String>,
    /// Classes of numbers that it carries, with commas between them: local, national, mobile, international, premium;
    /// all, or none [default: all but premium]
    #[arg(long, value_name = "CLASSES")]
    calls: Option<Classes>,
}

/// Whether sound is protected.
#[derive(Clone, Copy, Debug, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum Srtp {
    /// Plain sound alone
    Off,
    /// What the provider offers; it is offered what it used last
    Optional,
    /// Protected sound alone
    Required,
}

/// How a provider wants numbers written.
#[derive(Clone, Copy, Debug, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum Format {
    /// +420777123456
    E164,
    /// 420777123456
    Digits,
    /// 00420777123456
    #[value(name = "00")]
    #[serde(rename = "00")]
    DoubleZero,
    /// As it is dialled in the trunk's country
    National,
}

/// The user of From.
#[derive(Clone, Copy, Debug, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum From {
    /// The number that is shown
    Number,
    /// Our user name there
    Account,
}

/// The header besides From.
#[derive(Clone, Copy, Debug, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum Identity {
    /// None
    None,
    /// P-Asserted-Identity
    Asserted,
    /// P-Preferred-Identity
    Preferred,
}

/// What takes a value back.
const NONE: &str = "none";

impl Rules {
    /// The settings that were named.
    ///
    /// # Errors
    /// A count that is no number.
    pub fn settings(self) -> Result<Map<String, Value>, String> {
        let fields = match serde_json::to_value(self).map_err(|error| error.to_string())? {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let named =
            // A list that was not given is empty; classes may be none.
            fields.into_iter().filter(|(name, value)| {
                !value.is_null() && (name == "calls" || *value != Value::Array(vec![]))
            });
        named.map(|(name, value)| Ok((name.clone(), setting(&name, value)?))).collect()
    }
}

fn setting(name: &str, value: Value) -> Result<Value, String> {
    match value {
        // The identity header `none` is a value like the others.
        Value::String(text) if text == NONE && name != "identity" => Ok(Value::Null),
        Value::String(text) if name.starts_with("max_calls") => {
            let count =
                text.parse::<u32>().map_err(|_| format!("`{text}` is no count; write a number or none"))?;
            Ok(count.into())
        }
        Value::Array(list) if list == [Value::from(NONE)] => Ok(Value::Array(vec![])),
        value => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::json;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        rules: Rules,
    }

    fn settings(options: &[&str]) -> Result<Value, String> {
        let command =
            Command::try_parse_from([&["x"], options].concat()).map_err(|error| error.to_string())?;
        command.rules.settings().map(Value::Object)
    }

    #[test]
    fn only_what_is_named_is_set() {
        assert_eq!(settings(&[]), Ok(json!({})));
        let wanted =
            json!({"register": true, "format": "00", "identity": "none", "failover": ["5xx", "404"]});
        let options = ["--register", "--format", "00", "--identity", "none"];
        assert_eq!(
            settings(&[&options[..], &["--failover", "5xx", "--failover", "404"]].concat()),
            Ok(wanted)
        );
    }

    #[test]
    fn none_takes_a_value_back() {
        let wanted = json!({"proxy": null, "max_calls": null, "networks": [], "max_calls_per_second": 5});
        let options = ["--proxy", "none", "--max-calls", "none", "--network", "none"];
        assert_eq!(settings(&[&options[..], &["--max-calls-per-second", "5"]].concat()), Ok(wanted));
        assert_eq!(settings(&["--calls", "none"]), Ok(json!({"calls": []})));
        assert_eq!(settings(&["--calls", "mobile,premium"]), Ok(json!({"calls": ["mobile", "premium"]})));
        assert!(settings(&["--max-calls", "many"]).unwrap_err().contains("`many` is no count"));
    }
}
