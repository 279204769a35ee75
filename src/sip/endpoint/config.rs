//! What an endpoint is built with; every default with its reason.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::sip::digest::Algorithm;
use crate::sip::guard::GuardConfig;
use crate::time::Epoch;

/// What the endpoint is built with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndpointConfig {
    /// What the wall clock said at the start; expiry times and nonces need it.
    pub epoch: Epoch,
    /// The realm of our digest challenges.
    pub realm: String,
    /// Hash functions that devices are asked for, the most wanted first (RFC 8760).
    pub digest: Vec<Algorithm>,
    /// Server and User-Agent header.
    pub user_agent: String,
    /// Where we listen for datagrams: the first of a family is told to peers of that family. If this is no address in particular (0.0.0.0) and there is no
    /// `external` one, our own is learnt from the first message of another machine.
    pub udp: Vec<SocketAddr>,
    /// Where we listen for connections.
    pub tcp: Vec<SocketAddr>,
    /// Where we listen for connections that nobody can listen in on.
    pub tls: Vec<SocketAddr>,
    /// Our address as the world sees it, if a NAT stands before us. Peers of the other family are told our own.
    pub external: Option<IpAddr>,
    /// Sources that may call without an account: network and prefix length.
    pub guests: Vec<(IpAddr, u8)>,
    /// Sources that are never turned away, besides guests and providers: network and prefix length.
    pub trusted: Vec<(IpAddr, u8)>,
    /// How much is borne of others.
    pub guard: GuardConfig,
    /// Host names that are ours, besides our addresses.
    pub domains: Vec<String>,
    /// Shortest registration in seconds; a shorter one is refused with 423.
    pub min_expires: u32,
    /// Longest registration in seconds; a longer one is shortened.
    pub max_expires: u32,
    /// Registration in seconds if the phone names none.
    pub default_expires: u32,
    /// Session interval that we ask for, in seconds; 0 asks for none (RFC 4028).
    pub session_expires: u32,
    /// Shortest session interval that we accept, in seconds; at least 90.
    pub min_session_expires: u32,
    /// Bounds on memory.
    pub limits: Limits,
}

impl Default for EndpointConfig {
    fn default() -> Self {
        Self {
            epoch: Epoch::default(),
            realm: "hovor".into(),
            digest: vec![Algorithm::Sha256, Algorithm::Md5],
            user_agent: "hovor".into(),
            udp: vec![],
            tcp: vec![],
            tls: vec![],
            external: None,
            guests: vec![],
            trusted: vec![],
            guard: GuardConfig::default(),
            domains: vec![],
            // A phone behind a NAT registers often to keep its way open; a minute is the least that makes sense.
            min_expires: 60,
            max_expires: 7200,
            default_expires: 3600,
            // Half an hour, as RFC 4028 section 4.2 recommends.
            session_expires: 1800,
            min_session_expires: 90,
            limits: Limits::default(),
        }
    }
}

/// Bounds on what peers can make us remember. What would go beyond is refused with 503, or dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Transactions at once. Together they take 2 kB for each at the most, whatever is in them.
    pub transactions: usize,
    /// Calls at once.
    pub calls: usize,
    /// Bindings of one device.
    pub bindings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // A call leaves some 100 seconds of transactions that only absorb repeats, about 1 kB each, so
        // 1,500 calls a second keep 150,000 of them; 400 MB at the most, if somebody makes them as long as can be. A call takes some 8 kB.
        Self { transactions: 200_000, calls: 10_000, bindings: 10 }
    }
}
