//! What is measured: one file a work.

pub mod calls;
pub mod chats;
pub mod conference;
pub mod media;
pub mod memory;
pub mod music;
pub mod register;
pub mod second_opinion;

use crate::clock::{self, MILLISECOND, SECOND};
use crate::datagram;
use crate::ports;
use crate::servers::hovor::room;
use crate::servers::local;
use crate::sip::callee::Callees;
use crate::sip::caller::{Callers, Plan};
use crate::sip::{PATIENCE, drive};
use crate::streams::{Side, Station};

/// How fast calls are set up whose setting up is not measured, a second.
const RATE: u32 = 100;

/// Calls that stand: callers and callees of our own, with a server between them.
pub struct Standing {
    callers: Callers,
    callees: Callees,
    calls: u32,
}

impl Standing {
    /// Sets so many calls to a number up, and connects their sound with the station.
    pub fn new(number: &str, calls: u32, station: &mut Station, talks: bool) -> Result<Self, String> {
        Self::among(vec![number.to_owned()], calls, station, talks)
    }

    /// Sets so many calls up, as many to each number, and connects their sound with the station.
    pub fn among(
        numbers: Vec<String>,
        calls: u32,
        station: &mut Station,
        talks: bool,
    ) -> Result<Self, String> {
        let plan = Plan {
            server: local(ports::SERVER),
            numbers,
            calls,
            rate: RATE,
            hold: None,
            sound: station.address(Side::Caller),
        };
        let wrong = |error: std::io::Error| error.to_string();
        let callers = Callers::new(datagram::bind(ports::CALLERS).map_err(wrong)?, plan).map_err(wrong)?;
        let socket = datagram::bind(ports::CALLEES).map_err(wrong)?;
        let callees = Callees::new(socket, station.address(Side::Callee)).map_err(wrong)?;
        let mut standing = Self { callers, callees, calls };
        let limit = clock::now() + u64::from(calls) * SECOND / u64::from(RATE) + PATIENCE;
        standing.drive(limit);
        standing.drive_for(200 * MILLISECOND);
        let answered = standing.callers.sound().count() as u32;
        if answered < calls {
            return Err(format!("only {answered} of {calls} calls were answered"));
        }
        if talks {
            standing.connect(station);
        }
        Ok(standing)
    }

    fn connect(&self, station: &mut Station) {
        let mut callees = self.callees.sound();
        for to in self.callers.sound() {
            station.add(Side::Caller, to);
            // A number that answers by itself has nobody on the other side.
            if let Some(to) = callees.next() {
                station.add(Side::Callee, to);
            }
        }
    }

    fn drive(&mut self, limit: u64) {
        drive(&mut [&mut self.callers, &mut self.callees], limit);
    }

    fn drive_for(&mut self, span: u64) {
        let end = clock::now() + span;
        while clock::now() < end {
            self.drive(end);
            clock::sleep_until(clock::now() + MILLISECOND);
        }
    }

    /// Ends all calls.
    pub fn end(mut self) -> Result<(), String> {
        self.callers.hang_up();
        let limit = clock::now() + u64::from(self.calls) * SECOND / u64::from(RATE) + PATIENCE;
        self.drive(limit);
        self.drive_for(200 * MILLISECOND);
        let outcome = self.callers.outcome();
        match outcome.ended == self.calls {
            true => Ok(()),
            false => Err(format!("calls ended badly: {outcome:?}")),
        }
    }
}

/// The numbers of so many rooms.
pub fn rooms(size: u32) -> Vec<String> {
    (0..size as usize).map(room).collect()
}
