//! One room: its legs, its hearing table, and a tick that lets each leg hear what the table says.

pub mod recorder;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::recorder::Recorder;
use super::leg::{Arrived, Context, Format, Leg, Passed, Path, Shared};
use super::mixer::Mix;
use super::table::Table;
use super::{RATE, Row};
use crate::id::LegId;

/// Legs of one room; more are refused, because the work of a tick and its tables grow with them.
pub const MAX_LEGS: usize = 1_000;

/// Legs that may hear each other.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Room {
    /// Ascending by id.
    legs: Vec<Leg>,
    table: Table,
    recorder: Option<Box<Recorder>>,
}

/// Payloads made in this tick: legs that hear the same voices in the same format share one.
#[derive(Default)]
struct Shares(Vec<(Vec<usize>, Format, Shared)>);

/// The sum of all voices of a tick, and whose they are.
struct Total {
    mix: Mix,
    speakers: Vec<usize>,
}

/// What all legs have in common in a tick.
struct Tick {
    /// Samples a second.
    rate: u32,
    /// The sum of all voices, where that saves work.
    total: Option<Total>,
    shares: Shares,
}

impl Room {
    /// How many legs are in the room.
    pub fn len(&self) -> usize {
        self.legs.len()
    }

    /// Whether no leg is in the room.
    pub fn is_empty(&self) -> bool {
        self.legs.is_empty()
    }

    /// Whether its hearing table has rows.
    pub fn has_table(&self) -> bool {
        !self.table.is_empty()
    }

    /// The legs in the room.
    pub fn legs(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter()
    }

    /// One leg of the room.
    pub fn leg_mut(&mut self, leg: LegId) -> Option<&mut Leg> {
        let place = self.place(leg)?;
        self.legs.get_mut(place)
    }

    /// Takes a leg in. Its rows wake up, and the paths of sound are chosen anew.
    pub fn enter(&mut self, mut leg: Leg, context: &mut Context) {
        leg.entered();
        let place = self.legs.partition_point(|other| other.id() < leg.id());
        self.legs.insert(place, leg);
        self.resettle(context);
    }

    /// Lets a leg go.
    pub fn leave(&mut self, leg: LegId, context: &mut Context) -> Option<Leg> {
        let mut leg = self.legs.remove(self.place(leg)?);
        leg.set_path(Path::Mixed);
        leg.set_recorded(false);
        self.resettle(context);
        Some(leg)
    }

    /// Takes all legs out.
    pub fn dissolve(self) -> Vec<Leg> {
        self.legs
    }

    /// Replaces the hearing table.
    pub fn hear(&mut self, rows: BTreeSet<Row>, context: &mut Context) {
        let ids = self.ids();
        self.table.replace(rows, &ids);
        self.choose_paths(context);
    }

    /// A datagram came to the leg's RTP port.
    pub fn handle_packet(
        &mut self,
        leg: LegId,
        bytes: &mut [u8],
        from: std::net::SocketAddr,
        context: &mut Context,
    ) {
        let Some(place) = self.place(leg) else { return };
        let Some(leg) = self.legs.get_mut(place) else { return };
        let arrived = leg.receive(bytes, from, context);
        let listener = self.listener_still(place, context);
        match (arrived, listener) {
            (Arrived::Nothing, _) => {}
            (Arrived::Sound(sound), Some(listener)) => {
                self.with(place, |leg| leg.observe(&sound, context.now));
                self.with(listener, |leg| leg.forward(&sound, context));
            }
            (Arrived::Sound(sound), None) => {
                self.with(place, |leg| leg.keep(&sound, context.now));
            }
            (Arrived::Other(_), Some(listener)) => {
                self.with(listener, Leg::leave_out);
            }
            (Arrived::Other(packet), None) => {
                self.with(place, |leg| leg.keep_other(&packet));
            }
            (Arrived::Key(packet), listener) => {
                if let Some(listener) = listener {
                    self.with(place, Leg::note_forwarded_key);
                    self.with(listener, |leg| leg.forward_key(&packet, context));
                } else {
                    self.with(place, |leg| leg.keep_other(&packet));
                }
                self.pass_keys(place, context);
            }
        }
    }

    /// Lets 20 ms of sound through: what each leg says is taken, mixed and sent.
    pub fn tick(&mut self, context: &mut Context) {
        self.name_recorded();
        self.choose_paths(context);
        let rate = self.rate();
        for place in 0..self.legs.len() {
            let forwarded = self.listener_of(place).is_some();
            self.with(place, |leg| leg.listen(forwarded, rate, context));
            self.pass_keys(place, context);
        }
        self.record(context);
        let mut tick = Tick { rate, total: self.total(rate), shares: Shares::default() };
        for place in 0..self.legs.len() {
            self.speak(place, &mut tick, context);
        }
        for leg in &mut self.legs {
            leg.housekeep(context);
        }
    }

    /// Gives one leg the frame of a tick that it missed on its way here.
    pub fn catch_up(&mut self, leg: LegId, context: &mut Context) {
        let Some(place) = self.place(leg) else { return };
        let mut tick = Tick { rate: self.rate(), total: None, shares: Shares::default() };
        self.speak(place, &mut tick, context);
    }

    /// Samples a second in the room: what the best-equipped pair needs, of two legs or of a leg and its player.
    fn rate(&self) -> u32 {
        let wide = self.legs.iter().enumerate().filter(|(_, leg)| leg.rate() > RATE);
        let needed = wide.map(|(place, leg)| {
            let voices = self.table.hears(place).iter().filter_map(|from| self.legs.get(*from));
            voices.map(Leg::rate).max().unwrap_or(RATE).min(leg.rate()).max(leg.playing_rate())
        });
        needed.max().unwrap_or(RATE)
    }

    /// Chooses for each leg whether packets are forwarded to it as they come (law 5) or made here.
    pub fn choose_paths(&mut self, context: &mut Context) {
        for place in 0..self.legs.len() {
            let path = self.best_path(place, context);
            let Some(leg) = self.legs.get(place) else { continue };
            if leg.path() == path {
                continue;
            }
            if let Path::Forwarded { from } = path {
                self.hand_over(from, place, context);
            }
            self.with(place, |leg| leg.set_path(path));
        }
    }

    fn best_path(&self, place: usize, context: &Context) -> Path {
        let forwarded = self.table.pair(place).and_then(|from| {
            let (speaker, listener) = (self.legs.get(from)?, self.legs.get(place)?);
            let format = speaker.forwardable(context.now)?;
            listener.takes_forwarded(format).then_some(Path::Forwarded { from: speaker.id() })
        });
        forwarded.unwrap_or(Path::Mixed)
    }

    /// Lets the listener hear at once what the speaker's jitter buffer holds, because packets will
    /// pass it by from now on.
    fn hand_over(&mut self, speaker: LegId, listener: usize, context: &mut Context) {
        let Some(from) = self.place(speaker) else { return };
        if self.is_recorded() {
            // Whether the speaker is among the recorded is settled before the next frame. What waits is part of that.
            self.with(from, |leg| leg.set_recorded(true));
        }
        let waiting = self.with(from, Leg::drain).unwrap_or_default();
        self.with(listener, |leg| leg.run_ahead(&waiting, context));
    }

    /// Lets the leg at `place` send what it hears in this tick.
    fn speak(&mut self, place: usize, tick: &mut Tick, context: &mut Context) {
        let Some(listener) = self.legs.get_mut(place) else { return };
        let Some(format) = listener.format_if_due(context) else { return };
        let (played, awaits_sound) = (listener.play(tick.rate, context), listener.awaits_sound(context.now));
        let joint = self.notes_voices(place, tick.rate);
        let voices = self.voices(place);
        // Whoever is to hear one party alone need not be sent silence before that party's first packet.
        if awaits_sound && voices.is_empty() && played.is_none() && self.table.pair(place).is_some() {
            return;
        }
        let sharing = played.is_none() && self.legs.len() > 2 && !joint;
        if sharing
            && let Some(shared) = tick.shares.find(&voices, format)
            && self.with(place, |leg| leg.speak_shared(shared, context)) == Some(true)
        {
            return;
        }
        let frame = self.mix(&voices, played, tick);
        let shared = self.with(place, |leg| leg.speak(frame, tick.rate, joint, sharing, context)).flatten();
        if sharing && let Some(shared) = shared {
            tick.shares.0.push((voices, format, shared));
        }
    }

    /// Places of those who say something that the leg at `place` hears. Who is told a key as an event does not hear
    /// its tones too.
    fn voices(&self, place: usize) -> Vec<usize> {
        let takes_keys = self.legs.get(place).is_some_and(Leg::takes_keys);
        let is_key = |from: usize| takes_keys && self.legs.get(from).is_some_and(Leg::says_tones);
        let hears = self.table.hears(place).iter().copied();
        hears.filter(|from| self.voice(*from).is_some() && !is_key(*from)).collect()
    }

    /// Whether the leg at `place` hears others than in the frame before.
    fn notes_voices(&mut self, place: usize, rate: u32) -> bool {
        let ids: Option<Vec<LegId>> = match self.legs.get(place) {
            Some(leg) if !leg.knows(self.table.version()) => {
                let hears = self.table.hears(place).iter();
                Some(hears.filter_map(|from| self.legs.get(*from).map(Leg::id)).collect())
            }
            _ => None,
        };
        let version = self.table.version();
        self.with(place, |leg| leg.notes_voices(version, rate, ids)).unwrap_or(false)
    }

    /// What the leg at `place` said in this tick, if anything.
    fn voice(&self, place: usize) -> Option<&[i16]> {
        self.legs.get(place).and_then(Leg::said)
    }

    /// The sum of all voices, where that saves work.
    fn total(&self, rate: u32) -> Option<Total> {
        (self.legs.len() > 3).then(|| {
            let mut mix = Mix::new(rate as usize / 50);
            let speakers = (0..self.legs.len()).filter(|place| self.voice(*place).is_some()).collect();
            self.legs.iter().filter_map(Leg::said).for_each(|frame| mix.add(frame));
            Total { mix, speakers }
        })
    }

    fn mix(&self, voices: &[usize], played: Option<Vec<i16>>, tick: &Tick) -> Vec<i16> {
        let length = tick.rate as usize / 50;
        match (voices, played) {
            ([], None) => vec![0; length],
            ([], Some(played)) => played,
            (&[only], None) => self.voice(only).map_or_else(|| vec![0; length], <[i16]>::to_vec),
            (_, played) => {
                let mut mix = match &tick.total {
                    Some(total) if voices.len() * 2 > total.speakers.len() => {
                        let others =
                            total.speakers.iter().filter(|place| voices.binary_search(place).is_err());
                        let mut others = others.filter_map(|place| self.voice(*place));
                        let first = others.next();
                        // In a conference everybody hears all but one, and nothing else.
                        let rest: Vec<&[i16]> = others.collect();
                        if let (Some(own), [], None) = (first, rest.as_slice(), &played) {
                            return total.mix.frame_without(own);
                        }
                        let mut mix = total.mix.clone();
                        first.into_iter().chain(rest).for_each(|frame| mix.subtract(frame));
                        mix
                    }
                    _ => {
                        let mut mix = Mix::new(length);
                        voices.iter().filter_map(|place| self.voice(*place)).for_each(|frame| mix.add(frame));
                        mix
                    }
                };
                played.iter().for_each(|frame| mix.add(frame));
                mix.frame()
            }
        }
    }

    /// Sends keys that the leg at `place` has released to those who hear it and did not get its
    /// packets as they came.
    fn pass_keys(&mut self, place: usize, context: &mut Context) {
        while let Some(released) = self.with(place, |leg| leg.next_key(context)).flatten() {
            if released.passed == Passed::Packets {
                continue;
            }
            for listener in self.table.heard_by(place).to_vec() {
                self.with(listener, |leg| {
                    // Who takes no events has heard the tones.
                    if released.passed == Passed::Nothing || leg.takes_keys() {
                        leg.send_digits(released.key.encode_utf8(&mut [0; 4]));
                    }
                });
            }
        }
    }

    /// The place of the leg to which this one's packets are forwarded as they come.
    fn listener_of(&self, place: usize) -> Option<usize> {
        let &[listener] = self.table.heard_by(place) else { return None };
        let from = self.legs.get(place)?.id();
        (self.legs.get(listener)?.path() == Path::Forwarded { from }).then_some(listener)
    }

    /// The same, after a packet came: if its format is another, it cannot be passed on.
    fn listener_still(&mut self, place: usize, context: &Context) -> Option<usize> {
        let listener = self.listener_of(place)?;
        if self.best_path(listener, context) == Path::Mixed {
            self.with(listener, |leg| leg.set_path(Path::Mixed));
            return None;
        }
        Some(listener)
    }

    fn resettle(&mut self, context: &mut Context) {
        let ids = self.ids();
        self.table.settle(&ids);
        self.choose_paths(context);
    }

    fn ids(&self) -> Vec<LegId> {
        self.legs.iter().map(Leg::id).collect()
    }

    fn place(&self, leg: LegId) -> Option<usize> {
        self.legs.binary_search_by_key(&leg, Leg::id).ok()
    }

    fn with<T>(&mut self, place: usize, act: impl FnOnce(&mut Leg) -> T) -> Option<T> {
        self.legs.get_mut(place).map(act)
    }
}

impl Shares {
    fn find(&self, voices: &[usize], format: Format) -> Option<&Shared> {
        let share = self.0.iter().find(|(same, by, _)| same == voices && *by == format)?;
        Some(&share.2)
    }
}
