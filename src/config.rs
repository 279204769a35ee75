//! Settings of the running program: the command line wins over the environment, the environment
//! over the configuration file, the file over the defaults.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde::de::Error as _;

use crate::allow::{Allow, Networks};

/// What a person can set. Everything is optional: what is not said here has a default.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// Folder for the database, recordings and the control socket [default: ./data]
    #[arg(long, env = "HOVOR_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address for SIP over UDP and TCP [default: 127.0.0.1:5060]
    #[arg(long, env = "HOVOR_SIP", value_name = "ADDR:PORT", value_parser = address)]
    #[serde(deserialize_with = "read_address")]
    pub sip: Option<SocketAddr>,
    /// Address for the web interface [default: 127.0.0.1:8080]
    #[arg(long, env = "HOVOR_HTTP", value_name = "ADDR:PORT", value_parser = address)]
    #[serde(deserialize_with = "read_address")]
    pub http: Option<SocketAddr>,
    /// UDP ports for sound, two for each party of a call [default: 20000-29999]
    #[arg(long, env = "HOVOR_RTP_PORTS", value_name = "A-B")]
    pub rtp_ports: Option<PortRange>,
    /// Folder with the dialplan files [default: DATA/dialplans; with --demo ./dialplans/demo]
    #[arg(long, env = "HOVOR_DIALPLANS", value_name = "DIR")]
    pub dialplans: Option<PathBuf>,
    /// Folder with prompts and hold music [default: ./media]
    #[arg(long, env = "HOVOR_MEDIA", value_name = "DIR")]
    pub media: Option<PathBuf>,
    /// Name server that knows where providers are [default: those of the system, /etc/resolv.conf]
    #[arg(long, env = "HOVOR_DNS", value_name = "ADDR:PORT", value_parser = address)]
    #[serde(deserialize_with = "read_address")]
    pub dns: Option<SocketAddr>,
    /// Our address as phones outside see it, if a NAT stands between
    #[arg(long, env = "HOVOR_EXTERNAL_ADDR", value_name = "ADDR")]
    pub external_addr: Option<IpAddr>,
    /// Database: sqlite:PATH or postgres://… [default: sqlite:DATA/hovor.db]
    #[arg(long, env = "HOVOR_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// How devices prove their secret: md5 for every phone, both or sha-256 where all phones know
    /// SHA-256 [default: md5]
    #[arg(long, env = "HOVOR_DIGEST", value_name = "WHICH")]
    pub digest: Option<Digest>,
    /// Seconds that live calls have to end by themselves when the program stops [default: 30]
    #[arg(long, env = "HOVOR_STOP_WAIT", value_name = "SECONDS")]
    pub stop_wait: Option<u32>,
    /// Seconds without any packet after which a party counts as gone [default: 60]
    #[arg(long, env = "HOVOR_SILENCE_LIMIT", value_name = "SECONDS")]
    pub silence_limit: Option<u32>,
    /// Hosts that dialplans may send requests to, with commas between them: names, addresses, networks;
    /// a private address is reached only if it or its network is named [default: none]
    #[arg(long, env = "HOVOR_HTTP_ALLOW", value_name = "HOSTS")]
    #[serde(deserialize_with = "read_list")]
    pub http_allow: Option<Allow>,
    /// Addresses and networks that are never banned, however often they fail, with commas between them; none
    /// for nobody. Providers' never are either [default: this machine]
    #[arg(long, env = "HOVOR_NEVER_BAN", value_name = "NETWORKS")]
    #[serde(deserialize_with = "read_list")]
    pub never_ban: Option<Networks>,
    /// Secret that webhooks are signed with: whsec_ and Base64 [default: drawn into DATA/webhook.secret]
    #[arg(long, env = "HOVOR_WEBHOOK_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub webhook_secret: Option<String>,
    /// Start with a demo company, on loopback only
    #[arg(long, env = "HOVOR_DEMO", value_parser = BoolishValueParser::new())]
    #[serde(skip)]
    pub demo: bool,
    /// Configuration file (TOML) with the same names as these options
    #[arg(long, env = "HOVOR_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
}

/// Hash functions of digest authentication (RFC 7616, RFC 8760).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Digest {
    /// MD5 alone. Weak, but many phones break off a registration when they are also asked for
    /// something that they do not know.
    #[default]
    Md5,
    /// SHA-256 first, MD5 for the others.
    Both,
    /// SHA-256 alone.
    #[value(name = "sha-256")]
    #[serde(rename = "sha-256")]
    Sha256,
}

/// A range of UDP ports, written `20000-29999`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortRange(pub RangeInclusive<u16>);

impl FromStr for PortRange {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once('-').and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
        match parts {
            Some((first, last)) if first >= 1024 && last > first => Ok(Self(first..=last)),
            _ => Err(format!("`{text}` is no range of ports; write for example 20000-29999, from 1024 up")),
        }
    }
}

impl<'de> Deserialize<'de> for PortRange {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Settings with everything decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Folder for the database, recordings and the control socket.
    pub data: PathBuf,
    /// Address for SIP over UDP and TCP.
    pub sip: SocketAddr,
    /// Address for the web interface.
    pub http: SocketAddr,
    /// UDP ports for sound.
    pub rtp_ports: RangeInclusive<u16>,
    /// Folder with the dialplan files.
    pub dialplans: PathBuf,
    /// Folder with prompts and hold music.
    pub media: PathBuf,
    /// Name server that knows where providers are; without it those of the system.
    pub dns: Option<SocketAddr>,
    /// Our address as phones outside see it.
    pub external_addr: Option<IpAddr>,
    /// URL of the database.
    pub database: String,
    /// How devices prove their secret.
    pub digest: Digest,
    /// Seconds that live calls have to end by themselves.
    pub stop_wait: u32,
    /// Seconds without any packet after which a party counts as gone.
    pub silence_limit: u32,
    /// Hosts that dialplans may send requests to.
    pub http_allow: Allow,
    /// Addresses and networks that are never banned.
    pub never_ban: Networks,
    /// Secret that webhooks are signed with; one of the data folder's own if absent.
    pub webhook_secret: Option<String>,
    /// Whether the demo company is wanted.
    pub demo: bool,
}

/// The data folder if none is named: in the current folder.
pub const DEFAULT_DATA: &str = "data";
/// The registered port of SIP (RFC 3261 section 19.1.2).
const SIP_PORT: u16 = 5060;
const HTTP_PORT: u16 = 8080;
/// Room for 2,500 two-party calls, below Linux's range of ephemeral ports.
const RTP_PORTS: RangeInclusive<u16> = 20_000..=29_999;
/// A conversation may well be finished in half a minute; a longer stop annoys whoever restarts.
const STOP_WAIT: u32 = 30;
/// Phones that hold without RTCP are silent for a while; a minute is past any of that.
const SILENCE_LIMIT: u32 = 60;

impl Settings {
    /// Reads the configuration file, if one is named, and decides everything.
    ///
    /// # Errors
    /// A text for the person at the terminal: what is wrong, where, and what to do.
    pub fn resolve(self) -> Result<Config, String> {
        let file = match &self.config {
            Some(path) => read(path)?,
            None => Settings::default(),
        };
        let data = self.data.or(file.data).unwrap_or_else(|| DEFAULT_DATA.into());
        let local = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let plans = if self.demo { PathBuf::from("dialplans/demo") } else { data.join("dialplans") };
        let database = format!("sqlite:{}", data.join("hovor.db").display());
        let config = Config {
            sip: self.sip.or(file.sip).unwrap_or_else(|| local(SIP_PORT)),
            http: self.http.or(file.http).unwrap_or_else(|| local(HTTP_PORT)),
            rtp_ports: self.rtp_ports.or(file.rtp_ports).map_or(RTP_PORTS, |range| range.0),
            dialplans: self.dialplans.or(file.dialplans).unwrap_or(plans),
            media: self.media.or(file.media).unwrap_or_else(|| "media".into()),
            dns: self.dns.or(file.dns),
            external_addr: self.external_addr.or(file.external_addr),
            database: self.database.or(file.database).unwrap_or(database),
            digest: self.digest.or(file.digest).unwrap_or_default(),
            stop_wait: self.stop_wait.or(file.stop_wait).unwrap_or(STOP_WAIT),
            silence_limit: self.silence_limit.or(file.silence_limit).unwrap_or(SILENCE_LIMIT),
            http_allow: self.http_allow.or(file.http_allow).unwrap_or_default(),
            // A proxy on this machine brings everybody's messages.
            never_ban: self.never_ban.or(file.never_ban).unwrap_or_else(Networks::loopback),
            webhook_secret: self.webhook_secret.or(file.webhook_secret),
            demo: self.demo,
            data,
        };
        config.check()?;
        Ok(config)
    }
}

fn read(path: &Path) -> Result<Settings, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read the configuration file {}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

impl Config {
    /// The demo's passwords are known to everybody, so nobody outside may reach it.
    fn check(&self) -> Result<(), String> {
        for (option, address) in [("--sip", self.sip), ("--http", self.http)] {
            if self.demo && !address.ip().is_loopback() {
                return Err(format!(
                    "--demo listens on loopback only, because its passwords are public; {option} {address} is \
                     reachable from outside. Leave {option} away, or set a company up with `hovor init`"
                ));
            }
        }
        if self.demo && self.external_addr.is_some() {
            return Err("--demo serves this machine only; leave --external-addr away".to_owned());
        }
        Ok(())
    }

    /// The unix socket by which commands reach the running program.
    pub fn socket(&self) -> PathBuf {
        self.data.join("hovor.sock")
    }

    /// The database as it may be shown: without a password.
    pub fn shown_database(&self) -> String {
        match (self.database.split_once("://"), self.database.rsplit_once('@')) {
            (Some((kind, _)), Some((_, place))) => format!("{kind}://…@{place}"),
            _ => self.database.clone(),
        }
    }

    /// The address that phones are told for media.
    pub fn media_address(&self) -> IpAddr {
        self.external_addr.unwrap_or_else(|| self.sip.ip())
    }
}

/// Why an address cannot be listened on, and what to do about it.
pub fn listen_help(error: &io::Error, option: &str) -> String {
    let help = match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!(
                "another program listens there, perhaps another hovor. Stop it, or choose another with {option}"
            )
        }
        io::ErrorKind::AddrNotAvailable => format!(
            "this machine has no such address. Name one of its own with {option}, or 0.0.0.0 for all of them"
        ),
        io::ErrorKind::PermissionDenied => {
            format!("ports below 1024 belong to root. Choose another with {option}")
        }
        _ => format!("choose another address with {option}"),
    };
    format!("{error}; {help}")
}

/// Reads an address to listen on.
fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!(
            "`{text}` is no address; write ADDRESS:PORT, for example 192.0.2.10:5060, or 0.0.0.0:5060 for all"
        )
    })
}

fn read_address<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    address(&String::deserialize(deserializer)?).map(Some).map_err(D::Error::custom)
}

/// A list, or one text with commas.
fn read_list<'de, D: serde::Deserializer<'de>, T: FromStr<Err = String>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum List {
        One(String),
        Several(Vec<String>),
    }
    let text = match List::deserialize(deserializer)? {
        List::One(text) => text,
        List::Several(texts) => texts.join(","),
    };
    text.parse().map(Some).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_any_setting_it_serves_this_machine() {
        let config = Settings::default().resolve().unwrap();
        assert_eq!(config.sip.to_string(), "127.0.0.1:5060");
        assert_eq!(config.http.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database, "sqlite:data/hovor.db");
    }

    #[test]
    fn the_demo_refuses_to_listen_beyond_loopback() {
        let sip = "0.0.0.0:5060".parse().ok();
        let error = Settings { demo: true, sip, ..Settings::default() }.resolve().unwrap_err();
        assert!(error.contains("loopback only"), "{error}");
    }

    #[test]
    fn an_address_without_its_port_is_explained() {
        for wrong in ["", "5060", "localhost:5060", "192.0.2.10"] {
            assert!(address(wrong).unwrap_err().contains("192.0.2.10:5060"), "{wrong}");
        }
        assert_eq!(address("0.0.0.0:5060").map(|address| address.port()), Ok(5060));
        assert_eq!(address("[::1]:5060").map(|address| address.port()), Ok(5060));
    }

    #[test]
    fn a_password_in_the_address_of_the_database_is_not_shown() {
        let database = Some("postgres://hovor:se@cret@db.example/hovor".to_owned());
        let config = Settings { database, ..Settings::default() }.resolve().unwrap();
        assert_eq!(config.shown_database(), "postgres://…@db.example/hovor");
    }

    #[test]
    fn a_range_of_ports_is_read_and_a_wrong_one_explained() {
        assert_eq!("20000-20100".parse(), Ok(PortRange(20_000..=20_100)));
        for wrong in ["", "20000", "200-100", "20100-20000", "x-y", "0-70000"] {
            assert!(wrong.parse::<PortRange>().unwrap_err().contains("20000-29999"), "{wrong}");
        }
    }

    #[test]
    fn this_machine_is_never_banned_unless_that_is_said() {
        let never = |settings: Settings| settings.resolve().unwrap().never_ban;
        assert_eq!(never(Settings::default()), Networks::loopback());
        let path = std::env::temp_dir().join(format!("hovor-never-ban-{}.toml", std::process::id()));
        for (text, networks) in [("\"none\"", 0), ("[\"10.0.0.0/8\", \"192.0.2.7\"]", 2)] {
            std::fs::write(&path, format!("never-ban = {text}\n")).unwrap();
            let settings = Settings { config: Some(path.clone()), ..Settings::default() };
            assert_eq!(never(settings).0.len(), networks, "{text}");
        }
        std::fs::write(&path, "never-ban = \"office\"\n").unwrap();
        let settings = Settings { config: Some(path.clone()), ..Settings::default() };
        assert!(settings.resolve().unwrap_err().contains("10.0.0.0/8"));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let path = std::env::temp_dir().join(format!("hovor-config-{}.toml", std::process::id()));
        std::fs::write(&path, "sip = \"127.0.0.1:5070\"\nhttp = \"127.0.0.1:8090\"\n").unwrap();
        let sip = "127.0.0.1:5080".parse().ok();
        let config = Settings { config: Some(path.clone()), sip, ..Settings::default() }.resolve().unwrap();
        assert_eq!((config.sip.port(), config.http.port()), (5080, 8090));
        std::fs::write(&path, "spi = \"127.0.0.1:5070\"\n").unwrap();
        let error = Settings { config: Some(path.clone()), ..Settings::default() }.resolve().unwrap_err();
        assert!(error.contains("spi"), "{error}");
        std::fs::remove_file(path).unwrap();
    }
}
