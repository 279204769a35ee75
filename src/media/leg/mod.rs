//! One leg: everything that goes with it when it moves to another room or worker.

mod border;
mod ear;
mod flow;
mod incoming;
mod latch;
mod outgoing;
mod recorder;
mod report;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::border::Inward;
pub use self::border::Shared;
use self::ear::Ear;
pub use self::ear::sources;
use self::incoming::Incoming;
pub use self::incoming::{Arrived, Format, Passed};
use self::latch::Latch;
use self::outgoing::Outgoing;
use self::recorder::Recorder;
pub use self::recorder::{RecordKey, RecordStep};
use self::report::Reports;
use super::player::{Order, Source};
use super::rtp;
use super::srtp::Srtp;
use super::{Event, RecordEnd, RecordLimits, Sound};
use super::{RATE, WIDE_RATE};
use crate::entropy::Entropy;
use crate::id::LegId;
use crate::sdp::{Agreed, Keys};
use crate::time::{Epoch, Time};

/// What a leg needs to know and may do while it handles something.
#[derive(Debug)]
pub struct Context<'a> {
    /// Now.
    pub now: Time,
    /// See [`WorkerConfig`](super::worker::WorkerConfig).
    pub silence_limit: Duration,
    /// When time began.
    pub epoch: Epoch,
    /// Randomness of the worker.
    pub entropy: &'a mut Entropy,
    /// What the thread is to do.
    pub outputs: &'a mut VecDeque<Output>,
    /// Counts packets that are refused, of all legs.
    pub refused: &'a mut u64,
}

/// How long a new stream waits for something to be heard before it is silence that begins it. As a rule those who have
/// just been connected speak within this time, and their packets are passed on from the first one.
const BEFORE_SILENCE: Duration = Duration::from_millis(200);

/// Something for the thread of a worker to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// Send a datagram from one of the leg's ports.
    Send { leg: LegId, port: Port, to: SocketAddr, bytes: Vec<u8>, forwarded: bool },
    /// Tell the switch.
    Event(Event),
    /// Give the writer of recordings its next step.
    Record(RecordStep),
    /// Load the files of these sounds and give them back by
    /// [`Worker::handle_sounds`](super::worker::Worker::handle_sounds).
    Load { leg: LegId, playback: u64, sounds: Vec<Sound> },
}

/// One of a leg's ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Port {
    /// The even one.
    Rtp,
    /// The next.
    Rtcp,
    /// That for browsers, which the leg shares with others.
    Web,
}

/// How sound reaches a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Path {
    /// Frames are made here, one a tick.
    Mixed,
    /// Packets of this leg are passed on as they come (law 5).
    Forwarded { from: LegId },
}

/// A key that was released, and what those who hear the leg have of it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub key: char,
    pub passed: Passed,
}

/// What a leg heard in its last frame, by which the next is known to follow it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Heard {
    /// The table of the room, when the voices were last compared with it; none in another room.
    table: Option<u64>,
    voices: Vec<LegId>,
    /// The room's rate.
    rate: u32,
}

/// One party's stream, with its player and its recorder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    id: LegId,
    /// Numbers what is sent, from the first packet to the last, whatever is agreed meanwhile.
    sender: rtp::Sender,
    stream: Option<Box<Stream>>,
    path: Path,
    ear: Ear,
    recorder: Option<Recorder>,
    inward: Inward,
    /// What it said in the tick of `said_tick`, at the room's rate. The next tick makes it anew.
    #[serde(skip)]
    said: Option<Vec<i16>>,
    /// What is recorded of it in the same tick, with its room, at [`RATE`].
    #[serde(skip)]
    recorded: Option<Vec<i16>>,
    said_tick: Option<Time>,
    heard: Heard,
    /// The tick for which it was last given a frame.
    heard_tick: Option<Time>,
    refused: u64,
}

/// What is agreed, and the two halves of the stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Stream {
    agreed: Agreed,
    latch: Latch,
    incoming: Incoming,
    outgoing: Outgoing,
    reports: Reports,
    /// Until then silence is not sent, if nothing was sent before.
    first_silence: Time,
    /// Keys and numbers of protected packets. They outlast a time in the clear, because no number may be used twice.
    srtp: Option<Box<Srtp>>,
}

impl Stream {
    /// The protection of packets, if they are to be protected.
    fn protection(&mut self) -> Option<&mut Srtp> {
        self.srtp.as_deref_mut().filter(|_| self.agreed.is_protected())
    }

    /// Whether packets are to be protected by keys that are not here yet: nothing comes or goes till then.
    fn awaits_keys(&self) -> bool {
        self.agreed.is_protected() && self.srtp.is_none()
    }

    /// The port by which sound goes.
    fn port(&self) -> Port {
        if self.agreed.web.is_some() { Port::Web } else { Port::Rtp }
    }

    /// Follows the keys that were agreed on.
    fn protect(&mut self, keys: &Keys) {
        match &mut self.srtp {
            Some(srtp) => srtp.rekey(keys),
            None => self.srtp = Some(Box::new(Srtp::new(keys))),
        }
    }

    /// Follows the keys of a description, if it has any.
    fn rekey(&mut self) {
        if let Some(keys) = self.agreed.srtp.clone() {
            self.protect(&keys);
        }
    }

    /// Where sound goes, if it may go.
    fn target(&self) -> Option<SocketAddr> {
        (self.agreed.direction.sends() && !self.awaits_keys()).then(|| self.latch.target()).flatten()
    }

    /// Whether a packet is the peer's. One of a kind that was not agreed (comfort noise, say)
    /// must come from the source that is held already.
    fn admits(&self, payload_type: u8, from: SocketAddr, now: Time) -> bool {
        match self.incoming.knows(payload_type) {
            true => self.latch.admits(from, now),
            false => self.latch.held() == Some(from),
        }
    }
}

impl Leg {
    /// A leg about which nothing is agreed yet.
    pub fn new(id: LegId, entropy: &mut Entropy) -> Self {
        Self {
            id,
            sender: rtp::Sender::new(RATE, entropy),
            stream: None,
            path: Path::Mixed,
            ear: Ear::default(),
            recorder: None,
            inward: Inward::default(),
            said: None,
            recorded: None,
            said_tick: None,
            heard: Heard::default(),
            heard_tick: None,
            refused: 0,
        }
    }

    /// Its id.
    pub fn id(&self) -> LegId {
        self.id
    }

    /// How sound reaches it.
    pub fn path(&self) -> Path {
        self.path
    }

    /// Changes how sound reaches it.
    pub fn set_path(&mut self, path: Path) {
        if path != Path::Mixed
            && let Some(stream) = &mut self.stream
        {
            stream.outgoing.rest();
        }
        self.path = path;
    }

    /// What it said in this tick, at the room's rate; nothing if no packets come.
    pub fn said(&self) -> Option<&[i16]> {
        self.said.as_deref()
    }

    /// Whether what it says is recorded with its room from the next frame on.
    pub fn set_recorded(&mut self, recorded: bool) {
        if let Some(stream) = &mut self.stream {
            stream.incoming.set_recorded(recorded);
        }
    }

    /// What is recorded of it in this tick, at [`RATE`], once.
    pub fn take_recorded(&mut self) -> Option<Vec<i16>> {
        self.recorded.take()
    }

    /// Samples a second that its codec carries.
    pub fn rate(&self) -> u32 {
        self.stream.as_ref().map_or(RATE, |stream| stream.outgoing.rate())
    }

    /// Samples a second that what it plays is worth.
    pub fn playing_rate(&self) -> u32 {
        if self.ear.is_idle() { RATE } else { self.rate().min(WIDE_RATE) }
    }

    /// Whether what it says is the tones of a key.
    pub fn says_tones(&self) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.incoming.hears_tones())
    }

    /// Whether its peer takes keys as events.
    pub fn takes_keys(&self) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.outgoing.takes_keys())
    }

    /// It has come into another room.
    pub fn entered(&mut self) {
        self.heard.table = None;
    }

    /// Follows an offer and answer, the first or a later one.
    pub fn configure(&mut self, agreed: Agreed, context: &mut Context) {
        self.sender.set_clock_rate(agreed.codec.clock_rate());
        match &mut self.stream {
            Some(stream) => {
                // A browser's way is not in its description.
                if agreed.web.is_none() {
                    stream.latch.describe(agreed.remote);
                }
                stream.incoming.configure(&agreed);
                stream.outgoing.configure(&agreed);
                stream.reports.configure(context.now);
                stream.agreed = agreed;
                stream.rekey();
            }
            None => {
                let mut stream = Box::new(Stream {
                    first_silence: context.now + BEFORE_SILENCE,
                    srtp: None,
                    latch: Latch::new(agreed.remote),
                    incoming: Incoming::new(&agreed),
                    outgoing: Outgoing::new(&agreed),
                    reports: Reports::new(context),
                    agreed,
                });
                stream.rekey();
                self.stream = Some(stream);
            }
        }
    }

    /// The peer, a browser, wants to be reached there.
    pub fn reached(&mut self, at: SocketAddr) {
        if let Some(stream) = self.stream.as_mut().filter(|stream| stream.agreed.web.is_some()) {
            stream.latch.describe(at);
        }
    }

    /// The keys of a browser's packets have been found.
    pub fn secured(&mut self, keys: &Keys) {
        if let Some(stream) = self.stream.as_mut().filter(|stream| stream.agreed.web.is_some()) {
            stream.protect(keys);
        }
    }

    /// Plays `sounds` from now on.
    pub fn start_play(&mut self, playback: u64, sounds: Vec<Sound>, repeat: bool, context: &mut Context) {
        self.ear.play(playback, sounds, if repeat { Order::Repeat } else { Order::Once });
        self.load(context);
    }

    /// Plays `sounds` again and again, from where they stand now.
    pub fn start_music(&mut self, playback: u64, sounds: Vec<Sound>, context: &mut Context) {
        self.ear.play(playback, sounds, Order::ByClock);
        self.load(context);
    }

    /// Plays `sounds` over what it plays, which goes on afterwards.
    pub fn announce(&mut self, playback: u64, sounds: Vec<Sound>, context: &mut Context) {
        self.ear.announce(playback, sounds);
        self.load(context);
    }

    /// Asks (again, after a move) for the files that the player waits for.
    pub fn load(&mut self, context: &mut Context) {
        for (playback, sounds) in self.ear.loading() {
            // Without files there is nothing to load.
            match sources(&sounds, |_| Err(())) {
                Ok(sources) => self.ear.loaded(playback, sources),
                Err(_) => context.outputs.push_back(Output::Load { leg: self.id, playback, sounds }),
            }
        }
    }

    /// Takes the samples that the player waits for.
    pub fn sounds_loaded(
        &mut self,
        of: u64,
        sounds: Result<Vec<Source>, (Sound, String)>,
        context: &mut Context,
    ) {
        match sounds {
            Ok(sources) => self.ear.loaded(of, sources),
            Err((sound, reason)) => {
                if self.ear.failed(of) {
                    let failed = Event::PlayFailed { leg: self.id, playback: of, sound, reason };
                    context.outputs.push_back(Output::Event(failed));
                }
            }
        }
    }

    /// Plays nothing from now on.
    pub fn stop_play(&mut self) {
        self.ear.stop();
    }

    /// Records what the leg says from now on.
    pub fn start_recording(
        &mut self,
        recording: u64,
        path: PathBuf,
        limits: RecordLimits,
        context: &mut Context,
    ) {
        self.end_recording(RecordEnd::Stop, context);
        let key = RecordKey { leg: self.id, recording };
        context.outputs.push_back(Output::Record(RecordStep::Begin { key, path }));
        self.recorder = Some(Recorder::new(key, limits));
    }

    /// Ends the recording, if there is one.
    pub fn stop_recording(&mut self, context: &mut Context) {
        self.end_recording(RecordEnd::Stop, context);
    }

    /// Queues keys to be sent.
    pub fn send_digits(&mut self, keys: &str) {
        if let Some(stream) = &mut self.stream {
            stream.outgoing.press(keys);
        }
    }

    /// Ends the leg with its last event. A recording is completed before that.
    pub fn close(mut self, context: &mut Context) {
        let recording = self.recorder.is_some();
        self.end_recording(RecordEnd::Closed, context);
        self.say_goodbye(context);
        let closed = Event::Closed { leg: self.id, quality: self.quality() };
        context.outputs.push_back(match recording {
            true => Output::Record(RecordStep::Report(closed)),
            false => Output::Event(closed),
        });
    }

    fn end_recording(&mut self, reason: RecordEnd, context: &mut Context) {
        if let Some(recorder) = self.recorder.take() {
            context.outputs.extend(recorder.end(reason).map(Output::Record));
        }
    }
}
