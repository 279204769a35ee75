//! How a trunk is used: registering, what may come in, what goes out and how it is written.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::e164::Classes;
use crate::store::{Srtp, StoreError, field};

type Result<T> = std::result::Result<T, StoreError>;

/// The settings of a trunk. What a request leaves out stays as it is, and has the default in a new trunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrunkSettings {
    /// Register there with the user name; else the provider knows us by our address.
    pub register: bool,
    /// For how many seconds at a time.
    pub expires_s: u32,
    /// Where requests go first, `HOST` or `HOST:PORT`, if not to the host itself.
    pub proxy: Option<String>,
    /// Seconds between two questions whether the provider is there (OPTIONS); 0 asks never.
    pub options_s: u32,
    /// Networks that its calls come from, `203.0.113.0/24`; without any, the addresses of its host.
    pub networks: Vec<String>,
    /// The number of ours that a call is for which names none.
    pub number: Option<String>,
    /// Believe what it says about callers (P-Asserted-Identity).
    pub trust_identity: bool,
    /// Trunks with a lower one are tried first.
    pub priority: u16,
    /// How often it is chosen among trunks of its priority.
    pub weight: u16,
    /// Refusals after which the next trunk is tried: statuses, or `4xx`, `5xx` and `6xx`. Silence and what cannot
    /// be reached always count; a callee who is busy or declines never does.
    pub failover: Vec<String>,
    /// Seconds without any word after which the next place, and then the next trunk, is tried.
    pub reply_within_s: u32,
    /// Calls at once, both ways.
    pub max_calls: Option<u32>,
    /// New calls a second, those out.
    pub max_calls_per_second: Option<u32>,
    /// Whether it carries calls for help.
    pub emergency: bool,
    /// The country whose national numbers it speaks (ISO 3166-1): `CZ`.
    pub country: Option<String>,
    /// How it wants numbers written.
    pub format: NumberFormat,
    /// So many digits are cut off the front of a number so written.
    pub strip: u8,
    /// Then this is put in front.
    pub prepend: String,
    /// The user of From.
    pub from: FromUser,
    /// By which header it is told who calls, besides From.
    pub identity: IdentityHeader,
    /// Shown as calling instead of the tenant's number.
    pub caller_number: Option<String>,
    /// Codecs that it is offered, best first; all if empty.
    pub codecs: Vec<String>,
    /// Whether its sound is protected.
    pub srtp: Srtp,
    /// The name that its certificate has to bear over TLS, if not that of its host or proxy (RFC 5922).
    pub tls_name: Option<String>,
    /// The path of a file (PEM) with the certificates that are trusted for it, on the machine of hovor; without it,
    /// those that the system trusts.
    pub ca: Option<String>,
    /// Classes of numbers that it carries: `local`, `national`, `mobile`, `international`, `premium`.
    #[schema(value_type = Vec<String>)]
    pub calls: Classes,
}

/// How a provider wants numbers written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NumberFormat {
    /// `+420777123456`.
    #[default]
    E164,
    /// `420777123456`.
    Digits,
    /// `00420777123456`.
    #[serde(rename = "00")]
    DoubleZero,
    /// As it is dialled in the trunk's country, other countries with `00`.
    National,
}

/// The user of From in calls to a provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FromUser {
    /// The number that is shown.
    #[default]
    Number,
    /// Our user name there.
    Account,
}

/// By which header a provider is told who calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityHeader {
    /// By From alone.
    #[default]
    None,
    /// P-Asserted-Identity (RFC 3325).
    Asserted,
    /// P-Preferred-Identity (RFC 3325).
    Preferred,
}

impl Default for TrunkSettings {
    fn default() -> Self {
        Self {
            register: false,
            expires_s: 3600,
            proxy: None,
            options_s: 60,
            networks: vec![],
            number: None,
            trust_identity: false,
            priority: 10,
            weight: 1,
            failover: vec!["408".to_owned(), "5xx".to_owned()],
            // A provider says 100 Trying within a second; four tell that it is not there.
            reply_within_s: 4,
            max_calls: None,
            max_calls_per_second: None,
            emergency: true,
            country: None,
            format: NumberFormat::E164,
            strip: 0,
            prepend: String::new(),
            from: FromUser::Number,
            identity: IdentityHeader::None,
            caller_number: None,
            codecs: vec![],
            srtp: Srtp::Optional,
            tls_name: None,
            ca: None,
            calls: Classes::of_trunks(),
        }
    }
}

/// The names of codecs that a trunk can be offered.
const CODECS: [&str; 4] = ["opus", "g722", "pcma", "pcmu"];
/// What a callee says, not the way there.
const CALLEES_WORD: [u16; 6] = [486, 487, 600, 603, 607, 608];

impl TrunkSettings {
    /// These settings with a change (RFC 7396): what it names is new, `null` gives the default back.
    ///
    /// # Errors
    /// A name that no setting has, or a value that is none of it.
    pub fn changed(&self, change: &Map<String, Value>) -> Result<Self> {
        let mut merged = match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        for (name, value) in change {
            match value {
                Value::Null => merged.remove(name),
                value => merged.insert(name.clone(), value.clone()),
            };
        }
        serde_json::from_value(Value::Object(merged)).map_err(|error| {
            StoreError::invalid(
                "settings",
                format!("cannot be read: {error}"),
                "see `hovor trunk set --help`",
            )
        })
    }

    /// The settings in their one accepted form.
    pub(super) fn within_limits(mut self, has_username: bool) -> Result<Self> {
        if self.register && !has_username {
            let help = "name the user with which the provider knows us (--username)";
            return Err(StoreError::invalid("username", "is missing for registering", help));
        }
        field::between("expires_s", self.expires_s, 60..=86_400)?;
        if self.options_s != 0 {
            field::between("options_s", self.options_s, 5..=3_600)?;
        }
        field::between("reply_within_s", self.reply_within_s, 1..=32)?;
        field::between("weight", self.weight.into(), 1..=1_000)?;
        field::between("strip", self.strip.into(), 0..=15)?;
        let counts = [("max_calls", self.max_calls), ("max_calls_per_second", self.max_calls_per_second)];
        for (name, count) in counts {
            count.map(|count| field::between(name, count, 1..=100_000)).transpose()?;
        }
        for (name, length) in [("networks", self.networks.len()), ("failover", self.failover.len())] {
            field::at_most(name, length, 64)?;
        }
        self.proxy = self.proxy.map(|text| proxy(&text)).transpose()?;
        self.number = self.number.map(|text| field::e164("number", &text)).transpose()?;
        self.caller_number =
            self.caller_number.map(|text| field::e164("caller_number", &text)).transpose()?;
        self.country = self.country.map(|text| field::country("country", &text)).transpose()?;
        self.networks.iter().try_for_each(|text| network(text).map(drop))?;
        self.failover.iter().try_for_each(|text| statuses(text).map(drop))?;
        if self.format == NumberFormat::National && self.country.is_none() {
            let help = "say whose numbers they are, for example --country CZ";
            return Err(StoreError::invalid("country", "is missing for national numbers", help));
        }
        if !self.prepend.is_empty() {
            self.prepend = field::prepend("prepend", &self.prepend)?;
        }
        self.codecs(has_no_other)?;
        self.tls_name = self.tls_name.map(|text| tls_name(&text)).transpose()?;
        self.ca.as_deref().map(ca).transpose()?;
        Ok(self)
    }

    fn codecs(&self, known: impl Fn(&str) -> bool) -> Result<()> {
        let wrong = self.codecs.iter().find(|name| !known(name));
        let doubled = self.codecs.iter().enumerate().find(|(at, name)| self.codecs[..*at].contains(name));
        match wrong.or(doubled.map(|(_, name)| name)) {
            None => Ok(()),
            Some(name) => Err(StoreError::invalid(
                "codecs",
                format!("`{name}` is no codec of a trunk, or named twice"),
                format!("use some of {}", CODECS.join(", ")),
            )),
        }
    }

    /// Where requests go first: host, and port if one is named.
    pub fn proxy_hop(&self) -> Option<(String, Option<u16>)> {
        host_and_port(self.proxy.as_deref()?)
    }

    /// The networks that its calls come from.
    pub fn parsed_networks(&self) -> Vec<(IpAddr, u8)> {
        self.networks.iter().filter_map(|text| network(text).ok()).collect()
    }

    /// The refusals after which the next trunk is tried.
    pub fn failover_statuses(&self) -> Vec<RangeInclusive<u16>> {
        self.failover.iter().filter_map(|text| statuses(text).ok()).collect()
    }
}

fn has_no_other(name: &str) -> bool {
    CODECS.contains(&name)
}

/// `sbc.example`, `192.0.2.1:5080` or `[2001:db8::1]:5080`.
fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    if let Ok(address) = text.parse::<std::net::SocketAddr>() {
        return Some((address.ip().to_string(), Some(address.port())));
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => Some((host.to_owned(), Some(port.parse().ok()?))),
        _ => Some((text.to_owned(), None)),
    }
}

fn proxy(text: &str) -> Result<String> {
    let wrong = || {
        let help = "write HOST or HOST:PORT: `sbc.provider.example` or `192.0.2.7:5080`";
        StoreError::invalid("proxy", format!("`{}` is no host", field::shortened(text)), help)
    };
    let (host, port) = host_and_port(text).filter(|(_, port)| *port != Some(0)).ok_or_else(wrong)?;
    let host = field::host("proxy", &host).map_err(|_| wrong())?;
    Ok(match port {
        Some(port) if host.contains(':') => format!("[{host}]:{port}"),
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}

/// A name as it stands in certificates. A star in front stands for itself there.
fn tls_name(text: &str) -> Result<String> {
    let (star, host) = match text.strip_prefix("*.") {
        Some(host) => ("*.", host),
        None => ("", text),
    };
    Ok(format!("{star}{}", field::host("tls_name", host)?))
}

fn ca(path: &str) -> Result<()> {
    let is_path = path.starts_with('/') && path.len() <= 4_096 && !path.contains(char::is_control);
    if is_path {
        return Ok(());
    }
    let help = "write the absolute path of a PEM file on the machine of hovor: /etc/hovor/provider-ca.pem";
    Err(StoreError::invalid("ca", format!("`{}` is no absolute path", field::shortened(path)), help))
}

/// A network, or one address.
fn network(text: &str) -> Result<(IpAddr, u8)> {
    let wrong = |what: &str| {
        let help = "write an address or a network, not wider than /8: `203.0.113.0/24`";
        StoreError::invalid("networks", format!("`{}` {what}", field::shortened(text)), help)
    };
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().map_err(|_| wrong("is no network"))?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Ok(longest), str::parse::<u8>).map_err(|_| wrong("is no network"))?;
    match length {
        8.. if length <= longest => Ok((address, length)),
        ..8 => Err(wrong("is too wide: it would let anybody in")),
        _ => Err(wrong("is no network")),
    }
}

/// `503`, or a class: `5xx`.
fn statuses(text: &str) -> Result<RangeInclusive<u16>> {
    let class = |class: u16| class * 100..=class * 100 + 99;
    let range = match text {
        "4xx" => Some(class(4)),
        "5xx" => Some(class(5)),
        "6xx" => Some(class(6)),
        text => text.parse::<u16>().ok().filter(|status| (400..700).contains(status)).map(|s| s..=s),
    };
    let wrong = |what: &str, help: &str| {
        StoreError::invalid("failover", format!("`{}` {what}", field::shortened(text)), help)
    };
    let range = range.ok_or_else(|| wrong("is no refusal", "use statuses such as 503, or 4xx, 5xx, 6xx"))?;
    if range.start() == range.end() && CALLEES_WORD.contains(range.start()) {
        let help = "leave it out: whoever is busy here is busy over every trunk";
        return Err(wrong("is the word of the callee", help));
    }
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(change: Value) -> Result<TrunkSettings> {
        let Value::Object(change) = change else { panic!("{change}") };
        TrunkSettings::default().changed(&change)?.within_limits(true)
    }

    #[test]
    fn what_is_named_changes_and_null_gives_the_default_back() {
        let settings = changed(serde_json::json!({"priority": 1, "proxy": "SBC.example:5080"})).unwrap();
        assert_eq!((settings.priority, settings.proxy.as_deref()), (1, Some("sbc.example:5080")));
        let Value::Object(back) = serde_json::json!({"proxy": null, "options_s": null}) else { panic!() };
        let settings = settings.changed(&back).unwrap();
        assert_eq!((settings.priority, settings.proxy, settings.options_s), (1, None, 60));
    }

    #[test]
    fn wrong_values_say_what_is_right() {
        for (change, word) in [
            (serde_json::json!({"prioritty": 1}), "prioritty"),
            (serde_json::json!({"networks": ["203.0.113.0/33"]}), "203.0.113.0/24"),
            (serde_json::json!({"networks": ["0.0.0.0/0"]}), "anybody"),
            (serde_json::json!({"failover": ["486"]}), "busy here"),
            (serde_json::json!({"failover": ["200"]}), "503"),
            (serde_json::json!({"format": "national"}), "--country"),
            (serde_json::json!({"country": "Czechia"}), "CZ"),
            (serde_json::json!({"codecs": ["g729"]}), "pcma"),
            (serde_json::json!({"codecs": ["pcma", "pcma"]}), "twice"),
            (serde_json::json!({"proxy": "sip:x"}), "HOST:PORT"),
            (serde_json::json!({"number": "100"}), "E.164"),
            (serde_json::json!({"expires_s": 5}), "60"),
            (serde_json::json!({"prepend": "x"}), "digits"),
            (serde_json::json!({"tls_name": "sip:x"}), "tls_name"),
            (serde_json::json!({"ca": "ca.pem"}), "absolute path"),
        ] {
            let error = changed(change.clone()).unwrap_err().to_string();
            assert!(error.contains(word), "{change}: {error}");
        }
        let register = TrunkSettings { register: true, ..TrunkSettings::default() };
        assert!(register.within_limits(false).unwrap_err().to_string().contains("--username"));
    }

    #[test]
    fn refusals_are_statuses_or_classes() {
        let settings = changed(serde_json::json!({"failover": ["404", "5xx"]})).unwrap();
        assert_eq!(settings.failover_statuses(), [404..=404, 500..=599]);
    }
}
