//! The doctor for trunks: looks for a provider, asks it, registers, places a test call, and says in plain words
//! what is wrong and what to do.
//!
//! It uses sockets and registrations of its own, so that live calls and the live registration are left alone.
//! What it makes of the answers is in [`signalling`] and [`calling`]; both are told messages and ask nobody.

mod calling;
pub mod finding;
mod other_way;
mod signalling;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use self::finding::{Examination, Fault, Finding, Step};
use crate::probe::locate::own_address;
use crate::probe::plan::{self, Callee, Place, Plan};
use crate::probe::station::{Happening, Station};
use crate::probe::{call_from, wire::Wire};
use crate::sip::endpoint::{Command, Transport, TrunkPeer};
use crate::sip::locate::Located;
use crate::sip::message::Method;

/// How long the provider has to answer OPTIONS and REGISTER, challenges included.
const PATIENCE: Duration = Duration::from_secs(9);
/// How long a test call rings.
const RINGING: Duration = Duration::from_secs(30);
/// How long it listens.
const LISTENING: Duration = Duration::from_secs(6);
/// How long it may take to take the registration back.
const LEAVING: Duration = Duration::from_secs(2);

/// A trunk to be examined.
#[derive(Clone, Debug)]
pub struct Case {
    /// The provider.
    pub peer: TrunkPeer,
    /// Where its name leads, or why nowhere.
    pub found: Result<Located, String>,
    /// The number of a test call, as the provider wants it; no call without one.
    pub call: Option<String>,
    /// The number that calls.
    pub from: String,
    /// Whether the sound of a test call has to be protected.
    pub srtp: bool,
    /// Where we stand.
    pub place: Place,
    /// Where what is heard goes for a moment.
    pub record: PathBuf,
}

impl Case {
    /// Nothing but these places.
    fn located(&self, places: &[(Transport, SocketAddr)]) -> Located {
        Located { places: places.to_vec(), ttl: Duration::from_secs(3600), notes: vec![] }
    }
}

/// Examines a trunk. Takes some ten seconds, and half a minute more for a call that nobody answers.
pub async fn examine(case: Case) -> Examination {
    let mut findings = vec![];
    let (name, places) = name(&case);
    findings.push(name);
    let Some((_, first)) = places.first().copied() else { return Examination::of(findings) };
    let started = case.place.local.map_or_else(|| own_address(first), Ok);
    let started = started.and_then(|address| Station::start(address, case.located(&places), &case.place));
    match started {
        Ok(mut station) => ask(&case, &places, &mut station, &mut findings).await,
        Err(why) => findings.push(Finding::bad(
            Step::Reach,
            Fault::Silent,
            format!("this machine has no way there: {why}"),
            "Look at the network of this machine: ip route get ADDRESS",
        )),
    }
    Examination::of(findings)
}

fn name(case: &Case) -> (Finding, Vec<(Transport, SocketAddr)>) {
    let host = case.peer.next_hop().host;
    match &case.found {
        Ok(located) => {
            let places = located.places.iter().map(|(way, at)| format!("{} {at}", way.uri_name()));
            let places = places.collect::<Vec<_>>().join(", ");
            let how = match located.notes.is_empty() {
                true => String::new(),
                false => format!(" ({})", located.notes.join("; ")),
            };
            (Finding::good(Step::Name, format!("{host} leads to {places}{how}")), located.places.clone())
        }
        Err(why) => {
            let advice = "Check --host for typing errors, and ask the provider for its SIP domain. A name needs SRV \
                          records (_sip._udp, _sip._tcp) or an address; where the name service has neither but the \
                          provider gave you an address, use that";
            (
                Finding::bad(Step::Name, Fault::NameUnknown, format!("{host} leads nowhere: {why}"), advice),
                vec![],
            )
        }
    }
}

/// Everything that needs a station.
async fn ask(
    case: &Case,
    places: &[(Transport, SocketAddr)],
    station: &mut Station,
    findings: &mut Vec<Finding>,
) {
    let peer = TrunkPeer { options: Some(Duration::from_secs(3600)), ..case.peer.clone() };
    let (trunk, registers) = (peer.trunk, peer.register.is_some());
    station.sip(Command::SetTrunk(peer.clone()));
    wait_for_answers(station, registers, places.len()).await;
    let reached = match signalling::reached(&station.wire) {
        Some(reached) => reached,
        None => other_way::silent(case, places, station).await,
    };
    let is_there =
        reached.fault.is_none_or(|fault| matches!(fault, Fault::OptionsRefused | Fault::Unavailable));
    findings.push(reached);
    if registers && is_there {
        findings.push(signalling::registered(&station.wire, &peer).unwrap_or_else(no_answer_to_register));
    }
    if let Some(number) = case.call.as_ref().filter(|_| is_there) {
        call(case, &peer, number, station, findings).await;
    }
    station.sip(Command::RemoveTrunk { trunk });
    station.settle(LEAVING).await;
}

fn no_answer_to_register() -> Finding {
    Finding::bad(
        Step::Register,
        Fault::Silent,
        "it does not answer REGISTER",
        "Another machine may be the registrar: ask the provider for it, and for its outbound proxy (--proxy)",
    )
}

async fn call(
    case: &Case,
    peer: &TrunkPeer,
    number: &str,
    station: &mut Station,
    findings: &mut Vec<Finding>,
) {
    let callee = Callee::Trunk { peer: Box::new(peer.clone()), number: number.to_owned() };
    let plan = Plan {
        from: case.from.clone(),
        protection: plan::protection(case.srtp),
        ring_for: RINGING,
        talk_for: Some(LISTENING),
        ..Plan::new(callee, case.record.clone())
    };
    let (report, marks) = call_from(station, plan, None, std::future::pending()).await;
    findings.push(calling::called(&report, &marks, &station.wire, peer, number));
    let signalling: Option<IpAddr> = report.sent_to.map(|to| to.ip());
    if report.is_answered() {
        findings.extend(calling::sound(&report, station.sound_address, signalling));
    }
}

/// Waits until OPTIONS and REGISTER have their last answers, no place could be sent to, or the time is up.
async fn wait_for_answers(station: &mut Station, registers: bool, places: usize) {
    let until = station.clock.now() + PATIENCE;
    loop {
        let answered = is_answered(&station.wire, Method::Options);
        let registered = !registers || is_answered(&station.wire, Method::Register);
        if answered && registered && station.wire.is_settled() || station.unsent.len() >= places {
            return;
        }
        let soon = station.clock.now() + Duration::from_millis(50);
        if let Happening::Time = station.next(Some(soon.min(until))).await
            && station.clock.now() >= until
        {
            return;
        }
    }
}

/// Whether the last request of this method has its final answer.
fn is_answered(wire: &Wire, method: Method) -> bool {
    let asked = wire.asked(method.clone()).last().and_then(|(_, request)| request.headers.cseq().ok());
    let last = wire.answers(method).filter(|(_, response)| response.status >= 200).last();
    asked.is_some() && last.and_then(|(_, response)| response.headers.cseq().ok()) == asked
}
