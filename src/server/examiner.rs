//! The doctor's practice within the running program: what it needs to know of it, and one patient at a time.

use std::net::IpAddr;
use std::path::PathBuf;

use tokio::sync::Mutex;

use super::carriers::peer;
use super::resolve::{Resolver, Wanted};
use crate::config::Config;
use crate::doctor::finding::Examination;
use crate::doctor::{Case, examine};
use crate::probe::plan::Place;
use crate::store::{Srtp, Trunk};

/// Ports of the range for sound that test calls take, from its end, where live calls come last.
const PORTS: u16 = 20;

/// Examines trunks.
pub struct Examiner {
    resolver: Resolver,
    /// Our own addresses, where they are some in particular.
    own: Vec<IpAddr>,
    place: Place,
    recordings: PathBuf,
    /// Held by whoever examines. A second examination waits.
    one: Mutex<()>,
}

impl Examiner {
    /// Examines from where this program stands.
    pub fn new(config: &Config, resolver: Resolver) -> Self {
        let last = *config.rtp_ports.end();
        let first = last.saturating_sub(PORTS - 1).max(*config.rtp_ports.start());
        let own = config.sound_addresses().into_iter().filter(|ip| !ip.is_unspecified()).collect();
        let (external, dns) = (config.external_addr, config.dns);
        let place = Place { local: None, external, dns, rtp_ports: first..=last };
        Self { resolver, own, place, recordings: config.data.join("recordings"), one: Mutex::new(()) }
    }

    /// Examines a trunk, and calls a number over it if one is given.
    pub async fn examine(&self, trunk: &Trunk, call: Option<String>) -> Examination {
        let _alone = self.one.lock().await;
        let peer = peer(trunk);
        let hop = peer.next_hop();
        let wanted = Wanted {
            host: hop.host,
            port: Some(hop.port).filter(|port| *port != 0),
            transport: hop.transport,
        };
        let found = self.resolver.locate(&wanted).await;
        let first = found.as_ref().ok().and_then(|located| located.places.first()).map(|(_, at)| at.ip());
        let like = |own: &&IpAddr| first.is_none_or(|ip| ip.is_ipv4() == own.is_ipv4());
        let external = self.place.external.filter(|own| like(&own));
        let place = Place { local: self.own.iter().find(like).copied(), external, ..self.place.clone() };
        let shown = trunk.settings.caller_number.clone().or_else(|| trunk.username.clone());
        let record = self.recordings.join(format!("examination-{}.wav", std::process::id()));
        let record = std::path::absolute(&record).unwrap_or(record);
        let mut examination = examine(Case {
            peer,
            found,
            call,
            from: shown.unwrap_or_else(|| "anonymous".to_owned()),
            srtp: trunk.settings.srtp == Srtp::Required,
            place,
            record: record.clone(),
        })
        .await;
        for finding in &mut examination.findings {
            // So that commands can be copied as they stand.
            finding.advice = finding.advice.take().map(|advice| advice.replace("NAME", &trunk.name));
        }
        // Without a call there is none.
        let _ = tokio::fs::remove_file(record).await;
        examination
    }
}
