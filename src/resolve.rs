//! Looks hosts up for the SIP endpoint (RFC 3263 section 4), beside the switch task, which never waits for an
//! answer. What the name service says is kept as long as it says.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig, ResolverOpts,
};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{Hosts, TokioResolver};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tracing::warn;

use crate::entropy::Entropy;
use crate::sip::endpoint::Transport;
use crate::sip::locate::{self, Located, Naptr, PLACES, Service, Srv};

/// What came of a question of the endpoint.
#[derive(Debug)]
pub struct Answer {
    /// The number of the question.
    pub query: u64,
    /// Where to send, or why there is no such place.
    pub result: Result<Located, String>,
    /// How long that took.
    pub took: Duration,
}

impl Answer {
    /// Whether it came, but so late that somebody who calls notices.
    pub fn is_late(&self) -> bool {
        self.result.is_ok() && self.took >= LATE
    }
}

/// An answer that comes within this time is used. A question that may be lost is asked again meanwhile, sooner the
/// faster the name server usually is, and the answer to any of them counts.
const PATIENCE: Duration = Duration::from_secs(4);
/// Name servers that are asked at once: all that a system names (`MAXNS` of resolv.conf), so that a silent one does not
/// keep another one from being asked in time.
const AT_ONCE: usize = 3;
/// Name servers answer within milliseconds, and those that have to ask others first within some hundred.
const LATE: Duration = Duration::from_secs(1);
/// An answer is used for no shorter time, so that a zone with a time to live of nothing is not asked a call.
const SHORTEST: Duration = Duration::from_secs(5);
/// Nor for a longer one, so that a provider that moves is found again.
const LONGEST: Duration = Duration::from_secs(3600);

/// What is to be found.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub host: String,
    /// The port if one is named; then only addresses are asked for.
    pub port: Option<u16>,
    /// The transport if one is named; then NAPTR records are not asked for.
    pub transport: Option<Transport>,
}

/// Asks the name service.
#[derive(Clone)]
pub struct Resolver {
    dns: TokioResolver,
    /// What /etc/hosts says.
    hosts: Arc<Hosts>,
    entropy: Arc<Mutex<Entropy>>,
    /// Where questions are asked, whoever starts them.
    runtime: Handle,
}

impl Resolver {
    /// Asks this name server, or those of the system, for addresses of the families that we listen on.
    pub fn new(server: Option<SocketAddr>, listen: &[IpAddr], entropy: Entropy) -> Result<Self, String> {
        let provider = TokioRuntimeProvider::default();
        let mut builder = match server.map(name_server) {
            Some(config) => TokioResolver::builder_with_config(config, provider),
            None => TokioResolver::builder_tokio().unwrap_or_else(|error| {
                warn!(%error, "the system names no name server; only /etc/hosts is looked through");
                TokioResolver::builder_with_config(ResolverConfig::from_name_servers(vec![]), provider)
            }),
        };
        let options: &mut ResolverOpts = builder.options_mut();
        options.timeout = PATIENCE;
        options.attempts = 0;
        options.num_concurrent_reqs = AT_ONCE;
        options.positive_max_ttl = Some(LONGEST);
        options.ip_strategy = match (listen.iter().any(IpAddr::is_ipv4), listen.iter().any(IpAddr::is_ipv6)) {
            (true, false) => LookupIpStrategy::Ipv4Only,
            (false, true) => LookupIpStrategy::Ipv6Only,
            // A provider that has both is reached over the one that is tried and tested everywhere.
            _ => LookupIpStrategy::Ipv4thenIpv6,
        };
        let dns = builder.build().map_err(|error| format!("cannot ask the name service: {error}"))?;
        let hosts = Arc::new(Hosts::from_system().unwrap_or_default());
        let runtime = Handle::try_current().map_err(|error| error.to_string())?;
        Ok(Self { dns, hosts, entropy: Arc::new(Mutex::new(entropy)), runtime })
    }

    /// Starts to look for something; the answer goes to `answers`.
    pub fn start(&self, answers: mpsc::Sender<Answer>, query: u64, wanted: Wanted) {
        let resolver = self.clone();
        self.runtime.spawn(async move {
            let begun = now();
            let result = resolver.locate(&wanted).await;
            let answer = Answer { query, result, took: now().saturating_duration_since(begun) };
            // The switch task is gone only when the program ends.
            let _ = answers.send(answer).await;
        });
    }

    /// Where the host is reached, best place first.
    ///
    /// # Errors
    /// What the name service lacks, in words.
    pub async fn locate(&self, wanted: &Wanted) -> Result<Located, String> {
        let mut entropy = self.entropy.lock().unwrap_or_else(PoisonError::into_inner).fork();
        Search::new(self).run(wanted, &mut entropy).await
    }
}

fn name_server(server: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = server.port();
        connection
    });
    ResolverConfig::from_name_servers(vec![NameServerConfig::new(server.ip(), true, connections.into())])
}

/// Records and how long they hold; none if the name has none of this kind.
type Found<T> = Result<Option<(Vec<T>, Duration)>, String>;

/// The name service, or what stands for it in a test.
trait Records {
    /// Whether this machine itself says where the name leads (/etc/hosts). Then there are no services to ask for.
    fn is_told_here(&self, name: &str) -> bool;
    async fn naptr(&self, name: &str) -> Found<Naptr>;
    async fn srv(&self, name: &str) -> Found<Srv>;
    async fn addresses(&self, name: &str) -> Found<IpAddr>;
}

impl Records for Resolver {
    fn is_told_here(&self, name: &str) -> bool {
        let Ok(name) = absolute(name).parse::<Name>() else { return false };
        let told = |kind| self.hosts.lookup_static_host(&Query::query(name.clone(), kind)).is_some();
        [RecordType::A, RecordType::AAAA].into_iter().any(told)
    }

    async fn naptr(&self, name: &str) -> Found<Naptr> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        found(name, self.dns.lookup(absolute(name), RecordType::NAPTR).await, |data| match data {
            RData::NAPTR(record) => Some(Naptr {
                order: record.order,
                preference: record.preference,
                flags: text(&record.flags),
                service: text(&record.services),
                replacement: plain(&record.replacement.to_string()),
            }),
            _ => None,
        })
    }

    async fn srv(&self, name: &str) -> Found<Srv> {
        found(name, self.dns.lookup(absolute(name), RecordType::SRV).await, |data| match data {
            RData::SRV(record) => Some(Srv {
                priority: record.priority,
                weight: record.weight,
                port: record.port,
                target: plain(&record.target.to_string()),
            }),
            _ => None,
        })
    }

    async fn addresses(&self, name: &str) -> Found<IpAddr> {
        let looked_up = self.dns.lookup_ip(name).await.map(|found| found.as_lookup().clone());
        found(name, looked_up, RData::ip_addr)
    }
}

fn found<T>(name: &str, looked_up: Result<Lookup, NetError>, read: impl Fn(&RData) -> Option<T>) -> Found<T> {
    match looked_up {
        Ok(lookup) => {
            let ttl = lookup.valid_until().saturating_duration_since(now());
            let records: Vec<T> = lookup.answers().iter().filter_map(|record| read(&record.data)).collect();
            Ok((!records.is_empty()).then_some((records, ttl)))
        }
        Err(error) if error.is_no_records_found() || error.is_nx_domain() => Ok(None),
        Err(error) => Err(format!("the name service does not answer for {name}: {error}")),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a driver: the name service takes its time, and what it says ends"
)]
fn now() -> Instant {
    Instant::now()
}

/// Names of services are never completed with the domain of this machine.
fn absolute(name: &str) -> String {
    format!("{}.", name.trim_end_matches('.'))
}

fn plain(name: &str) -> String {
    match name.trim_end_matches('.') {
        "" => ".".to_owned(),
        name => name.to_owned(),
    }
}

/// One search, step by step as RFC 3263 section 4 has it.
struct Search<'a, R> {
    records: &'a R,
    ttl: Duration,
    notes: Vec<String>,
}

impl<'a, R: Records> Search<'a, R> {
    fn new(records: &'a R) -> Self {
        Self { records, ttl: LONGEST, notes: vec![] }
    }

    async fn run(mut self, wanted: &Wanted, entropy: &mut Entropy) -> Result<Located, String> {
        let host = &wanted.host;
        let mut places = match wanted.port {
            // A numeric address has no services (RFC 3263 section 4.1).
            None if host.parse::<IpAddr>().is_err() && !self.records.is_told_here(host) => {
                self.by_services(host, wanted.transport, entropy).await?
            }
            _ => vec![],
        };
        if places.is_empty() {
            let transport = wanted.transport.unwrap_or(Transport::Udp);
            let addresses = self.addresses(host).await?;
            let port = wanted.port.unwrap_or(transport.default_port());
            places.extend(addresses.into_iter().map(|ip| (transport, SocketAddr::new(ip, port))));
        }
        if places.is_empty() {
            return Err(format!("the name service knows no address of {host} ({})", self.notes.join("; ")));
        }
        places.truncate(PLACES);
        Ok(Located { places, ttl: self.ttl.clamp(SHORTEST, LONGEST), notes: self.notes })
    }

    async fn by_services(
        &mut self,
        host: &str,
        transport: Option<Transport>,
        entropy: &mut Entropy,
    ) -> Result<Vec<(Transport, SocketAddr)>, String> {
        let mut services: VecDeque<Service> = self.services(host, transport).await?.into();
        let mut places = vec![];
        while let Some(Service { name, transport }) = services.pop_front() {
            let Some((records, ttl)) = self.records.srv(&name).await? else {
                self.note(format!("no SRV {name}"));
                continue;
            };
            self.ttl = self.ttl.min(ttl);
            self.note(format!("SRV {name}: {} targets", records.len()));
            for record in locate::ordered(records, entropy) {
                if places.len() >= PLACES {
                    return Ok(places);
                }
                // One target without an address does not keep the others from being used.
                let addresses = self.addresses(&record.target).await.unwrap_or_default();
                places.extend(addresses.into_iter().map(|ip| (transport, SocketAddr::new(ip, record.port))));
            }
        }
        Ok(places)
    }

    async fn services(&mut self, host: &str, transport: Option<Transport>) -> Result<Vec<Service>, String> {
        if transport.is_none() {
            if let Some((records, ttl)) = self.records.naptr(host).await? {
                self.ttl = self.ttl.min(ttl);
                self.note(format!("NAPTR {host}: {} records", records.len()));
                let offered = locate::offered(records);
                if !offered.is_empty() {
                    return Ok(offered);
                }
            } else {
                self.note(format!("no NAPTR {host}"));
            }
        }
        Ok(locate::usual(host, transport))
    }

    async fn addresses(&mut self, host: &str) -> Result<Vec<IpAddr>, String> {
        if let Ok(ip) = host.parse() {
            return Ok(vec![ip]);
        }
        let Some((addresses, ttl)) = self.records.addresses(host).await? else {
            self.note(format!("no address of {host}"));
            return Ok(vec![]);
        };
        self.ttl = self.ttl.min(ttl);
        let shown: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        self.note(format!("{host} is {}", shown.join(", ")));
        Ok(addresses)
    }

    fn note(&mut self, text: String) {
        if self.notes.len() < PLACES {
            self.notes.push(text);
        }
    }
}

#[cfg(test)]
mod tests;
