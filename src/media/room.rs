//! One room: its legs, its hearing table, and a tick that lets each leg hear what the table says.

pub mod recorder;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::recorder::Recorder;
use super::Row;
use super::leg::{Arrived, Context, Leg, Path};
use super::mixer::{Frame, Mix, SILENCE};
use super::table::Table;
use crate::id::LegId;
use crate::sdp::Codec;

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

/// Payloads made in this tick: legs that hear the same voices by the same codec share one.
#[derive(Default)]
struct Shares(Vec<(Vec<usize>, Codec, Vec<u8>)>);

/// The sum of all voices of a tick, and whose they are.
struct Total {
    mix: Mix,
    speakers: Vec<usize>,
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
    pub fn enter(&mut self, leg: Leg, context: &mut Context) {
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
        for place in 0..self.legs.len() {
            let forwarded = self.listener_of(place).is_some();
            self.with(place, |leg| leg.listen(forwarded, context));
            self.pass_keys(place, context);
        }
        self.record(context);
        let total = self.total();
        let mut shares = Shares::default();
        for place in 0..self.legs.len() {
            self.speak(place, total.as_ref(), &mut shares, context);
        }
        for leg in &mut self.legs {
            leg.housekeep(context);
        }
    }

    /// Gives one leg the frame of a tick that it missed on its way here.
    pub fn catch_up(&mut self, leg: LegId, context: &mut Context) {
        let Some(place) = self.place(leg) else { return };
        self.speak(place, None, &mut Shares::default(), context);
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
    fn speak(&mut self, place: usize, total: Option<&Total>, shares: &mut Shares, context: &mut Context) {
        let Some(listener) = self.legs.get_mut(place) else { return };
        let Some(codec) = listener.codec_if_due(context) else { return };
        let (played, awaits_sound) = (listener.play(context), listener.awaits_sound(context.now));
        let hears = self.table.hears(place);
        let voices: Vec<usize> = hears.iter().copied().filter(|from| self.voice(*from).is_some()).collect();
        // Whoever is to hear one party alone need not be sent silence before that party's first packet.
        if awaits_sound && voices.is_empty() && played.is_none() && self.table.pair(place).is_some() {
            return;
        }
        let sharing = played.is_none() && self.legs.len() > 2;
        if sharing
            && let Some(payload) = shares.find(&voices, codec)
            && self.with(place, |leg| leg.speak_shared(payload, context)) == Some(true)
        {
            return;
        }
        let frame = self.mix(&voices, played.as_ref(), total);
        let payload = self.with(place, |leg| leg.speak(&frame, sharing, context)).flatten();
        if sharing && let Some(payload) = payload {
            shares.0.push((voices, codec, payload));
        }
    }

    /// What the leg at `place` said in this tick, if anything.
    fn voice(&self, place: usize) -> Option<&Frame> {
        self.legs.get(place).and_then(Leg::said)
    }

    /// The sum of all voices, where that saves work.
    fn total(&self) -> Option<Total> {
        (self.legs.len() > 3).then(|| {
            let mut mix = Mix::default();
            let speakers = (0..self.legs.len()).filter(|place| self.voice(*place).is_some()).collect();
            self.legs.iter().filter_map(Leg::said).for_each(|frame| mix.add(frame));
            Total { mix, speakers }
        })
    }

    fn mix(&self, voices: &[usize], played: Option<&Frame>, total: Option<&Total>) -> Frame {
        match (voices, played) {
            ([], None) => return SILENCE,
            ([], Some(played)) => return *played,
            (&[only], None) => return self.voice(only).copied().unwrap_or(SILENCE),
            _ => {}
        }
        let mut mix = match total {
            Some(total) if voices.len() * 2 > total.speakers.len() => {
                let mut mix = total.mix.clone();
                let others = total.speakers.iter().filter(|place| voices.binary_search(place).is_err());
                others.filter_map(|place| self.voice(*place)).for_each(|frame| mix.subtract(frame));
                mix
            }
            _ => {
                let mut mix = Mix::default();
                voices.iter().filter_map(|place| self.voice(*place)).for_each(|frame| mix.add(frame));
                mix
            }
        };
        if let Some(frame) = played {
            mix.add(frame);
        }
        mix.frame()
    }

    /// Sends keys that the leg at `place` has released to those who hear it and did not get its
    /// packets as they came.
    fn pass_keys(&mut self, place: usize, context: &mut Context) {
        while let Some(released) = self.with(place, |leg| leg.next_key(context)).flatten() {
            if released.forwarded {
                continue;
            }
            for listener in self.table.heard_by(place).to_vec() {
                self.with(listener, |leg| leg.send_digits(released.key.encode_utf8(&mut [0; 4])));
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
    fn find(&self, voices: &[usize], codec: Codec) -> Option<&[u8]> {
        let share = self.0.iter().find(|(same, by, _)| same == voices && *by == codec)?;
        Some(&share.2)
    }
}
