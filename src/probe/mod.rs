//! A telephone that places one test call, with hovor's own SIP and sound, and tells what a network engineer
//! asks: how long the set-up took, what became of the packets, what was heard.
//!
//! [`course`] is the call as a pure machine; [`station`] drives it on sockets and threads of its own, beside any
//! hovor that runs. [`heard`] and [`likeness`] are the ear, [`verdict`] says whether it was as expected. The
//! command `hovor call` and the doctor for trunks are made of it.

pub mod course;
pub mod heard;
pub mod keys;
pub mod likeness;
pub mod locate;
pub mod plan;
pub mod report;
pub mod station;
pub mod verdict;
pub mod wire;

use std::fs::File;
use std::io::BufReader;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use self::course::{Course, Marks, Output};
use self::heard::Heard;
use self::likeness::likeness;
use self::locate::{locate, own_address, wanted};
use self::plan::{Callee, Place, Plan};
use self::report::Report;
use self::station::{Happening, Station};
use self::wire::Wire;
use crate::id::{LegId, RoomId, TrunkId};
use crate::media::{RATE, sound};
use crate::resolve::Wanted;
use crate::sip::endpoint::{CallRef, Command, TrunkPeer};

/// How long the far end may take to answer our last requests.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A test call that was made.
#[derive(Debug)]
pub struct Done {
    /// What it showed.
    pub report: Report,
    /// All messages.
    pub wire: Wire,
    /// Everything else that happened.
    pub marks: Marks,
}

/// Places a test call and waits for its end. `expected` is a sound to be found in what is heard. `stop` ends the
/// call before its time.
///
/// # Errors
/// Why it could not even begin, in words.
pub async fn call(
    mut plan: Plan,
    place: &Place,
    expected: Option<&[i16]>,
    stop: impl Future<Output = ()>,
) -> Result<Done, String> {
    let wanted = wanted(&plan.callee)?;
    let found = locate(&wanted, place).await?;
    let (way, first) = *found.places.first().ok_or_else(|| format!("{} has no address", wanted.host))?;
    let address: IpAddr = place.local.map_or_else(|| own_address(first), Ok)?;
    let shown = shown(&plan.callee);
    let mut station = Station::start(address, found, place)?;
    let wall = station.clock.wall();
    let trunk = TrunkId::new(wall, &mut station.entropy);
    plan.callee = as_provider(plan.callee, &wanted, way.is_secure(), trunk);
    if let Callee::Trunk { peer, .. } = &plan.callee {
        station.sip(Command::SetTrunk(*peer.clone()));
    }
    let (report, marks) = call_from(&mut station, plan, expected, stop).await;
    Ok(Done { report: Report { callee: shown, ..report }, wire: std::mem::take(&mut station.wire), marks })
}

/// Places a test call from a station that knows the callee's trunk, if it has one, and waits for its end.
pub async fn call_from(
    station: &mut Station,
    plan: Plan,
    expected: Option<&[i16]>,
    stop: impl Future<Output = ()>,
) -> (Report, Marks) {
    let wall = station.clock.wall();
    let ids = (LegId::new(wall, &mut station.entropy), RoomId::new(wall, &mut station.entropy));
    let call = CallRef(station.entropy.u64());
    let (record, shown) = (plan.record.clone(), shown(&plan.callee));
    let mut course = Course::start(plan, call, ids, station.sound_address);
    let marks = run(&mut course, station, stop).await;
    station.settle(LAST_WORDS).await;
    let heard = listen(&record, &marks, expected);
    let mut report = Report::new(shown, &marks, &station.wire, heard);
    station.unsent.dedup();
    report.notes.append(&mut station.unsent);
    report.notes.extend(marks.recorded.iter().filter_map(|recorded| recorded.clone().err()));
    (report, marks)
}

async fn run(course: &mut Course, station: &mut Station, stop: impl Future<Output = ()>) -> Marks {
    let mut stop = std::pin::pin!(stop);
    let mut stopped = false;
    loop {
        while let Some(output) = course.poll_output() {
            match output {
                Output::Sip(command) => station.sip(command),
                Output::Media(command) => station.media(command),
            }
        }
        if let Some(marks) = course.over() {
            return marks.clone();
        }
        let until = course.poll_timeout();
        let happening = tokio::select! {
            happening = station.next(until) => happening,
            () = &mut stop, if !stopped => {
                stopped = true;
                course.stop(station.clock.now());
                continue;
            }
        };
        let now = station.clock.now();
        match happening {
            Happening::Sip(event) => course.sip(event, now),
            Happening::Media(event) => course.media(event, now),
            Happening::Time => course.handle_timeout(now),
        }
    }
}

/// Who is called, in one word.
fn shown(callee: &Callee) -> String {
    match callee {
        Callee::Address { uri, .. } => uri.clone(),
        Callee::Trunk { peer, number } => format!("sip:{number}@{}", peer.host),
    }
}

/// Only providers have passwords of ours and prove their names, so an address that asks for one, or that is called
/// over TLS, is called as a provider.
fn as_provider(callee: Callee, wanted: &Wanted, is_secure: bool, trunk: TrunkId) -> Callee {
    let Callee::Address { uri, login, ca } = callee else { return callee };
    if login.is_none() && !is_secure {
        return Callee::Address { uri, login, ca };
    }
    let user =
        crate::sip::uri::Uri::parse(&uri).ok().and_then(|uri| uri.username().map(|user| user.into_owned()));
    let peer = TrunkPeer {
        port: wanted.port.unwrap_or(0),
        transport: wanted.transport,
        credentials: login,
        ca,
        ..TrunkPeer::new(trunk, &*wanted.host)
    };
    Callee::Trunk { peer: Box::new(peer), number: user.unwrap_or_default() }
}

/// What was heard from the answer on; if nobody answered, from the first sound on.
fn listen(record: &Path, marks: &Marks, expected: Option<&[i16]>) -> Option<Heard> {
    let begin = marks.recorded_from?;
    let samples = samples(record).ok()?;
    let from = marks.answered.map_or(0, |answered| {
        let ms = u64::try_from((answered - begin).as_millis()).unwrap_or(u64::MAX);
        usize::try_from(ms.saturating_mul(u64::from(RATE) / 1_000)).unwrap_or(usize::MAX)
    });
    let samples = samples.get(from..).unwrap_or_default();
    Some(Heard {
        keys: marks.keys.clone(),
        expected: expected.map(|expected| likeness(expected, samples)),
        ..heard::listen(samples)
    })
}

/// The samples of a WAV file, at the rate of the ear.
///
/// # Errors
/// What is wrong with the file, and what to do.
pub fn samples(path: &Path) -> Result<Arc<[i16]>, String> {
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|error| format!("{shown}: {error}"))?;
    sound::read(BufReader::new(file), &shown).map_err(|error| error.to_string())
}
