//! A network between the phones and the workers: packets get lost, come late and overtake each other, and the phones'
//! clocks run fast or slow.

use std::collections::BTreeMap;
use std::time::Duration;

use super::simulation::Simulation;
use crate::entropy::Entropy;
use crate::media::worker::TICK;
use crate::time::Time;

/// How bad a phone's way to us is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trouble {
    /// How much faster than ours its clock is, in parts per million.
    pub skew_ppm: i64,
    /// A packet takes up to so long more than the fastest. Above 20 ms packets overtake each other.
    pub jitter_ms: u64,
    /// Packets of a thousand that get lost.
    pub lost_per_mille: u64,
}

/// Carries what phones say to the workers.
pub struct Wire {
    began: Time,
    troubles: Vec<Trouble>,
    /// Packets that each phone has said.
    said: Vec<u64>,
    under_way: BTreeMap<(Time, usize, u64), Vec<u8>>,
    entropy: Entropy,
}

impl Wire {
    /// With this trouble for each phone in turn.
    pub fn new(simulation: &Simulation, troubles: &[Trouble]) -> Self {
        let phones = simulation.phones.len();
        Self {
            began: simulation.now,
            troubles: troubles.iter().copied().cycle().take(phones).collect(),
            said: vec![0; phones],
            under_way: BTreeMap::new(),
            entropy: Entropy::from_number(5),
        }
    }

    /// Lets ticks pass.
    pub fn run(&mut self, simulation: &mut Simulation, ticks: usize) {
        for _ in 0..ticks {
            let tick = Time(simulation.now.0 / 20_000 * 20_000) + TICK;
            for phone in 0..self.said.len() {
                self.say(simulation, phone, tick);
            }
            while let Some(((at, phone, _), bytes)) = self.under_way.pop_first() {
                if at >= tick {
                    self.under_way.insert((at, phone, u64::MAX), bytes);
                    break;
                }
                simulation.now = at;
                simulation.send(phone, &bytes);
            }
            simulation.now = tick;
            simulation.workers.iter_mut().for_each(|worker| worker.tick(tick));
            simulation.collect();
        }
    }

    /// Lets a phone say all that it says before `until`.
    fn say(&mut self, simulation: &mut Simulation, phone: usize, until: Time) {
        let trouble = self.troubles[phone];
        loop {
            let said = self.said[phone];
            let us = said * 20_000 + 3_000 * (phone as u64 + 1);
            let early = (us as i64 * trouble.skew_ppm / 1_000_000) as u64;
            let at = self.began + Duration::from_micros(us.wrapping_sub(early));
            if at >= until {
                return;
            }
            self.said[phone] += 1;
            let Some(bytes) = simulation.phones[phone].packet() else { continue };
            let draw = |entropy: &mut Entropy, below: u64| u64::from(entropy.u32()) % below;
            if draw(&mut self.entropy, 1_000) < trouble.lost_per_mille {
                continue;
            }
            let late = Duration::from_micros(draw(&mut self.entropy, trouble.jitter_ms * 1_000 + 1));
            self.under_way.insert((at + late, phone, said), bytes);
        }
    }
}
