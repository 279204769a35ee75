//! Settings of the running program: the command line wins over the environment, the environment
//! over the configuration file, the file over the defaults.

mod listen;
mod smtp;
mod texts;
mod tls;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use serde::Deserialize;

pub use self::listen::{PortRange, listen_help};
use self::listen::{address, both_families, read_address, read_addresses};
pub use self::smtp::{Password, Smtp, SmtpTls};
use self::texts::read_list;
pub use self::tls::TlsFiles;
use crate::allow::{Allow, Networks};

/// What a person can set. Everything is optional: what is not said here has a default.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// Folder for the database, recordings and the control socket [default: ./data]
    #[arg(long, env = "HOVOR_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address for SIP over UDP and TCP; may be given several times, or with commas between; [::]:5060 stands for
    /// all of IPv6 and IPv4 [default: 127.0.0.1:5060]
    #[arg(long, env = "HOVOR_SIP", value_name = "ADDR:PORT", value_parser = address, value_delimiter = ',')]
    #[serde(deserialize_with = "read_addresses")]
    pub sip: Vec<SocketAddr>,
    /// Address for SIP over TLS, in the same way; needs --tls-cert and --tls-key [default: none; with --demo
    /// 127.0.0.1:5061]
    #[arg(long, env = "HOVOR_SIP_TLS", value_name = "ADDR:PORT", value_parser = address, value_delimiter = ',')]
    #[serde(deserialize_with = "read_addresses")]
    pub sip_tls: Vec<SocketAddr>,
    /// File with the certificate for TLS and those above it (PEM); a new one is taken over while hovor runs
    #[arg(long, env = "HOVOR_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// File with the key of that certificate (PEM)
    #[arg(long, env = "HOVOR_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Names and addresses, with commas between them, for which hovor makes a certificate of its own, DATA/tls, if
    /// there is none yet; whoever connects has to trust it by hand
    #[arg(
        long,
        env = "HOVOR_TLS_SELF_SIGNED",
        value_name = "NAMES",
        value_delimiter = ',',
        conflicts_with = "tls_cert"
    )]
    pub tls_self_signed: Vec<String>,
    /// Address for the web interface [default: 127.0.0.1:8080]
    #[arg(long, env = "HOVOR_HTTP", value_name = "ADDR:PORT", value_parser = address)]
    #[serde(deserialize_with = "read_address")]
    pub http: Option<SocketAddr>,
    /// Address for the web interface over TLS, which browsers on other machines need for a microphone; needs
    /// --tls-cert and --tls-key or else --tls-self-signed [default: none]
    #[arg(long, env = "HOVOR_HTTPS", value_name = "ADDR:PORT", value_parser = address)]
    #[serde(deserialize_with = "read_address")]
    pub https: Option<SocketAddr>,
    /// Address where browsers whose networks let no UDP through bring sound over TCP, besides that of the web interface:
    /// for a web interface behind a proxy, which passes on no sound [default: none]
    #[arg(long, env = "HOVOR_ICE_TCP", value_name = "ADDR:PORT", value_parser = address)]
    #[serde(deserialize_with = "read_address")]
    pub ice_tcp: Option<SocketAddr>,
    /// Other web sites whose pages may be telephones here (https://intranet.example); may be given several times, or with
    /// commas between [default: our own pages alone]
    #[arg(long, env = "HOVOR_WEB_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub web_origin: Vec<String>,
    /// Addresses and networks of proxies before the web interface, with commas between them: what they say of where
    /// a request comes from is believed [default: none]
    #[arg(long, env = "HOVOR_TRUSTED_PROXIES", value_name = "NETWORKS")]
    #[serde(deserialize_with = "read_list")]
    pub trusted_proxies: Option<Networks>,
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
    /// Take and give keys for SRTP over UDP and TCP, too, where everybody on the way can read them [default: over
    /// TLS alone]
    #[arg(long, env = "HOVOR_SRTP_WITHOUT_TLS", value_name = "true|false", num_args = 0..=1,
          default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub srtp_without_tls: Option<bool>,
    /// How devices prove their secret: md5 for every phone, both or sha-256 where all phones know
    /// SHA-256 [default: md5]
    #[arg(long, env = "HOVOR_DIGEST", value_name = "WHICH")]
    pub digest: Option<Digest>,
    /// Seconds that live calls have to end by themselves when the program stops [default: 30]
    #[arg(long, env = "HOVOR_STOP_WAIT", value_name = "SECONDS")]
    pub stop_wait: Option<u32>,
    /// Seconds that a parked client waits before whoever parked it is called [default: 120]
    #[arg(long, env = "HOVOR_PARK_FOR", value_name = "SECONDS")]
    pub park_for: Option<u32>,
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
    /// Seconds for which SIP messages are kept for `hovor trace`; 0 for none [default: 3600]
    #[arg(long, env = "HOVOR_TRACE_KEEP", value_name = "SECONDS")]
    pub trace_keep: Option<u32>,
    /// Megabytes of memory that they may take; 0 for none [default: 64]
    #[arg(long, env = "HOVOR_TRACE_MEMORY", value_name = "MB")]
    pub trace_memory: Option<u32>,
    /// Server to which mails are handed over that tell of messages in mailboxes [default: none]
    #[arg(long, env = "HOVOR_SMTP_HOST", value_name = "HOST")]
    pub smtp_host: Option<String>,
    /// Its port [default: 587; 465 with --smtp-tls implicit, 25 with none]
    #[arg(long, env = "HOVOR_SMTP_PORT", value_name = "PORT")]
    pub smtp_port: Option<u16>,
    /// How the connection to it is protected; none is for a server on this machine [default: starttls]
    #[arg(long, env = "HOVOR_SMTP_TLS", value_name = "HOW")]
    pub smtp_tls: Option<SmtpTls>,
    /// File with a certificate (PEM) that is trusted there besides those of the system
    #[arg(long, env = "HOVOR_SMTP_CA", value_name = "FILE")]
    pub smtp_ca: Option<PathBuf>,
    /// User name there
    #[arg(long, env = "HOVOR_SMTP_USER", value_name = "NAME")]
    pub smtp_user: Option<String>,
    /// Password there; better in the environment or a file, for everybody on this machine can read the command line
    #[arg(long, env = "HOVOR_SMTP_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    pub smtp_password: Option<String>,
    /// File with the password there, on its first line
    #[arg(long, env = "HOVOR_SMTP_PASSWORD_FILE", value_name = "FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// From whom mails come: pbx@example.com, or 'PBX <pbx@example.com>'
    #[arg(long, env = "HOVOR_SMTP_FROM", value_name = "ADDRESS")]
    pub smtp_from: Option<String>,
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

/// Settings with everything decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Folder for the database, recordings and the control socket.
    pub data: PathBuf,
    /// Addresses for SIP over UDP and TCP; at least one.
    pub sip: Vec<SocketAddr>,
    /// Addresses for SIP over TLS.
    pub sip_tls: Vec<SocketAddr>,
    /// What proves to peers over TLS who we are.
    pub tls: Option<TlsFiles>,
    /// Whom a certificate of our own is made for, if there is none in these files yet.
    pub tls_self_signed: Vec<String>,
    /// Address for the web interface.
    pub http: SocketAddr,
    /// Address for the web interface over TLS.
    pub https: Option<SocketAddr>,
    /// Address where browsers bring sound over TCP, besides those of the web interface.
    pub ice_tcp: Option<SocketAddr>,
    /// Other web sites whose pages may be telephones.
    pub web_origins: Vec<String>,
    /// Proxies before the web interface.
    pub trusted_proxies: Networks,
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
    /// Whether keys for SRTP are taken and given over signalling that everybody on the way can read.
    pub srtp_without_tls: bool,
    /// How devices prove their secret.
    pub digest: Digest,
    /// Seconds that live calls have to end by themselves.
    pub stop_wait: u32,
    /// Seconds that a parked client waits.
    pub park_for: u32,
    /// Seconds without any packet after which a party counts as gone.
    pub silence_limit: u32,
    /// Hosts that dialplans may send requests to.
    pub http_allow: Allow,
    /// Addresses and networks that are never banned.
    pub never_ban: Networks,
    /// Secret that webhooks are signed with; one of the data folder's own if absent.
    pub webhook_secret: Option<String>,
    /// Seconds for which SIP messages are kept.
    pub trace_keep: u32,
    /// Megabytes that they may take.
    pub trace_memory: u32,
    /// The server to which mails are handed over.
    pub smtp: Option<Smtp>,
    /// Whether the demo company is wanted.
    pub demo: bool,
}

/// The data folder if none is named: in the current folder.
pub const DEFAULT_DATA: &str = "data";
/// The registered port of SIP (RFC 3261 section 19.1.2).
const SIP_PORT: u16 = 5060;
/// The one over TLS.
const SIPS_PORT: u16 = 5061;
const HTTP_PORT: u16 = 8080;
/// Room for 2,500 two-party calls, below Linux's range of ephemeral ports.
const RTP_PORTS: RangeInclusive<u16> = 20_000..=29_999;
/// A conversation may well be finished in half a minute; a longer stop annoys whoever restarts.
const STOP_WAIT: u32 = 30;
/// Ports that browsers are told for sound over TCP.
const TCP_CANDIDATES: usize = 2;
/// Long enough to walk to another desk.
const PARK_FOR: u32 = 120;
/// Phones that hold without RTCP are silent for a while; a minute is past any of that.
const SILENCE_LIMIT: u32 = 60;
/// Who is told of a bad call asks about it within the hour.
const TRACE_KEEP: u32 = 3_600;
/// Some 5,000 calls of 14 messages.
const TRACE_MEMORY: u32 = 64;

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
        let smtp = Smtp::decide(&self, &file)?;
        let data = self.data.or(file.data).unwrap_or_else(|| DEFAULT_DATA.into());
        let local = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let plans = if self.demo { PathBuf::from("dialplans/demo") } else { data.join("dialplans") };
        let database = format!("sqlite:{}", data.join("hovor.db").display());
        let sip = chosen(self.sip, file.sip);
        let sip_tls = chosen(self.sip_tls, file.sip_tls);
        // Somebody who moves the demo to another port has a reason, and the usual one may be another program's.
        let usual = self.demo && sip.is_empty() && sip_tls.is_empty();
        let tls = (self.tls_cert.or(file.tls_cert), self.tls_key.or(file.tls_key));
        let named = chosen(self.tls_self_signed, file.tls_self_signed);
        let (tls, tls_self_signed) = TlsFiles::decide(tls, named, self.demo, &data)?;
        let config = Config {
            smtp,
            sip_tls: if usual { vec![local(SIPS_PORT)] } else { both_families(sip_tls) },
            sip: if sip.is_empty() { vec![local(SIP_PORT)] } else { both_families(sip) },
            tls,
            tls_self_signed,
            https: self.https.or(file.https),
            ice_tcp: self.ice_tcp.or(file.ice_tcp),
            http: self.http.or(file.http).unwrap_or_else(|| local(HTTP_PORT)),
            web_origins: chosen(self.web_origin, file.web_origin),
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies).unwrap_or_default(),
            rtp_ports: self.rtp_ports.or(file.rtp_ports).map_or(RTP_PORTS, |range| range.0),
            dialplans: self.dialplans.or(file.dialplans).unwrap_or(plans),
            media: self.media.or(file.media).unwrap_or_else(|| "media".into()),
            dns: self.dns.or(file.dns),
            external_addr: self.external_addr.or(file.external_addr),
            database: self.database.or(file.database).unwrap_or(database),
            srtp_without_tls: self.srtp_without_tls.or(file.srtp_without_tls).unwrap_or(false),
            digest: self.digest.or(file.digest).unwrap_or_default(),
            stop_wait: self.stop_wait.or(file.stop_wait).unwrap_or(STOP_WAIT),
            park_for: self.park_for.or(file.park_for).unwrap_or(PARK_FOR).max(1),
            silence_limit: self.silence_limit.or(file.silence_limit).unwrap_or(SILENCE_LIMIT),
            http_allow: self.http_allow.or(file.http_allow).unwrap_or_default(),
            // A proxy on this machine brings everybody's messages.
            never_ban: self.never_ban.or(file.never_ban).unwrap_or_else(Networks::loopback),
            webhook_secret: self.webhook_secret.or(file.webhook_secret),
            trace_keep: self.trace_keep.or(file.trace_keep).unwrap_or(TRACE_KEEP),
            trace_memory: self.trace_memory.or(file.trace_memory).unwrap_or(TRACE_MEMORY),
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
        let sip = self.sip.iter().map(|address| ("--sip", *address));
        let tls = self.sip_tls.iter().map(|address| ("--sip-tls", *address));
        let web = [("--http", self.http)].into_iter().chain(self.https.map(|address| ("--https", address)));
        let web = web.chain(self.ice_tcp.map(|address| ("--ice-tcp", address)));
        for (option, address) in sip.chain(tls).chain(web) {
            if self.demo && !address.ip().is_loopback() {
                return Err(format!(
                    "--demo listens on loopback only, because its passwords are public; {option} {address} is \
                     reachable from outside. Leave {option} away, or set a company up with `hovor init`"
                ));
            }
        }
        let over_tls = [("--sip-tls", self.sip_tls.first()), ("--https", self.https.as_ref())];
        for (option, address) in over_tls {
            if let (Some(address), None) = (address, &self.tls) {
                return Err(format!(
                    "{option} {address} needs a certificate for the name of this machine: name its file with \
                     --tls-cert, and that of its key with --tls-key; or let hovor make one with --tls-self-signed NAME"
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

    /// The addresses at which sound is received: the first of each family that SIP is spoken at.
    pub fn sound_addresses(&self) -> Vec<IpAddr> {
        let all = || self.sip.iter().map(SocketAddr::ip);
        [all().find(IpAddr::is_ipv4), all().find(IpAddr::is_ipv6)].into_iter().flatten().collect()
    }

    /// The addresses that phones are told for sound, one of each family.
    pub fn media_addresses(&self) -> Vec<IpAddr> {
        let told = |own: IpAddr| self.external_addr.filter(|ip| ip.is_ipv4() == own.is_ipv4()).unwrap_or(own);
        self.sound_addresses().into_iter().map(told).collect()
    }

    /// Where browsers are told to bring sound over TCP (RFC 6544) if no datagram gets through: by TLS or not, they speak to
    /// the port of the web interface, of which they know that it is open to them. One that only this machine can reach is
    /// not told to others.
    pub fn ice_tcp_ports(&self) -> Vec<u16> {
        let at_home = self.media_addresses().iter().all(IpAddr::is_loopback);
        let all = [self.ice_tcp, self.https, Some(self.http)].into_iter().flatten();
        let reached = all.filter(|address| address.port() != 0 && (at_home || !address.ip().is_loopback()));
        reached.map(|address| address.port()).take(TCP_CANDIDATES).collect()
    }

    /// The address for SIP that was named first.
    pub fn first_sip(&self) -> SocketAddr {
        let local = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), SIP_PORT);
        self.sip.first().copied().unwrap_or(local)
    }
}

/// What the command line says, else the file.
fn chosen<T>(own: Vec<T>, of_file: Vec<T>) -> Vec<T> {
    if own.is_empty() { of_file } else { own }
}

#[cfg(test)]
mod tests;
