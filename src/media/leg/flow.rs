//! Packets and frames on their way through a leg.

use std::net::SocketAddr;

use super::border::Said;
use super::incoming::{Sound, Waiting};
use super::{Arrived, Context, Format, Key, Leg, Output, Path, Shared, Stream};
use crate::id::LegId;
use crate::media::rtp::{self, RtpPacket};
use crate::media::{Event, FRAME, RecordEnd};
use crate::time::Time;

impl Stream {
    /// The packet of a datagram, if it is the peer's. Where packets are protected it has to prove that.
    fn packet<'a>(&mut self, bytes: &'a mut [u8], from: SocketAddr, now: Time) -> Option<RtpPacket<'a>> {
        // Whose it cannot be is told before anything is computed. The header is never encrypted.
        let payload_type = bytes.get(1)? & 0x7f;
        if self.awaits_keys() || !self.admits(payload_type, from, now) {
            return None;
        }
        let bytes = match self.protection() {
            Some(srtp) => srtp.open(bytes).ok()?,
            None => bytes,
        };
        RtpPacket::parse(bytes).ok()
    }

    /// A packet as it goes out; nothing if it must not.
    fn sealed(&mut self, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
        let is_open = !self.agreed.is_protected();
        match self.protection() {
            Some(srtp) => srtp.seal(&mut bytes).is_ok().then_some(bytes),
            None => is_open.then_some(bytes),
        }
    }
}

impl Leg {
    /// A datagram came to the RTP port. What it holds is the room's to pass on or to
    /// [`keep`](Self::keep).
    pub fn receive<'a>(
        &mut self,
        bytes: &'a mut [u8],
        from: SocketAddr,
        context: &mut Context,
    ) -> Arrived<'a> {
        let Some(stream) = &mut self.stream else { return self.refuse(context) };
        if stream.agreed.rtcp_mux && rtp::is_rtcp(bytes) {
            self.receive_rtcp(bytes, from, context);
            return Arrived::Nothing;
        }
        let Some(packet) = stream.packet(bytes, from, context.now) else { return self.refuse(context) };
        let held = stream.latch.held();
        if stream.latch.close_on(from, context.now) {
            if held.is_some() {
                // What a stranger reported is not the peer's.
                stream.reports.configure(context.now);
            }
            context.outputs.push_back(Output::Event(Event::Latched { leg: self.id, remote: from }));
        }
        stream.reports.heard(context.now);
        stream.incoming.receive(packet, context.now)
    }

    /// Keeps sound until its tick.
    pub fn keep(&mut self, sound: &Sound<'_>, now: Time) {
        if let Some(stream) = &mut self.stream {
            stream.incoming.keep(sound, now);
        }
    }

    /// Learns from sound that is passed on.
    pub fn observe(&mut self, sound: &Sound<'_>, now: Time) {
        if let Some(stream) = &mut self.stream {
            stream.incoming.observe(sound, now);
        }
    }

    /// Notes a packet without sound that is not passed on, so that it is not missed.
    pub fn keep_other(&mut self, packet: &RtpPacket<'_>) {
        if let Some(stream) = &mut self.stream {
            stream.incoming.keep_other(packet);
        }
    }

    /// Closes the gap that a packet leaves which is not passed on.
    pub fn leave_out(&mut self) {
        self.sender.stop_forwarding();
    }

    /// Notes that the packets of a key are passed on.
    pub fn note_forwarded_key(&mut self) {
        if let Some(stream) = &mut self.stream {
            stream.incoming.note_forwarded_key();
        }
    }

    /// The next key that was released. It is reported, and may end the recording.
    pub fn next_key(&mut self, context: &mut Context) -> Option<Key> {
        let (digit, passed) = self.stream.as_mut()?.incoming.next_key(context.now)?;
        let event = Event::Digit { leg: self.id, digit: digit.key, ms: digit.ms };
        context.outputs.push_back(Output::Event(event));
        if self.recorder.as_ref().is_some_and(|recorder| recorder.stops_at(digit.key)) {
            self.end_recording(RecordEnd::Digit(digit.key), context);
        }
        Some(Key { key: digit.key, passed })
    }

    /// Takes what the leg says in this tick, at the room's rate. With `forwarded` its packets are passed on, so there
    /// is nothing to take.
    pub fn listen(&mut self, forwarded: bool, room: u32, context: &mut Context) {
        if self.said_tick.replace(context.now).is_some_and(|tick| tick >= context.now) {
            return;
        }
        self.said = None;
        let Some(stream) = &mut self.stream else { return };
        let incoming = &mut stream.incoming;
        let frame = if forwarded { None } else { incoming.frame(context.now) };
        self.recorded = incoming.recorded(frame.as_deref(), forwarded, context.now);
        let narrow = self.recorder.is_some() || incoming.listens_for_tones();
        let said = self.inward.bring(frame, incoming.rate(), room, narrow);
        let Said { room: said, narrow } = said;
        self.said = said;
        let narrow = narrow.as_deref().unwrap_or(&[0; FRAME]);
        incoming.look_for_tones(narrow);
        let Some(recorder) = &mut self.recorder else { return };
        let (step, over) = recorder.take(narrow);
        context.outputs.extend(step.map(Output::Record));
        if let Some(reason) = over {
            self.end_recording(reason, context);
        }
    }

    /// What others could be passed on of this leg, if nobody needs its samples.
    pub fn forwardable(&self, now: Time) -> Option<Format> {
        let stream = self.stream.as_ref().filter(|_| self.recorder.is_none())?;
        (!stream.incoming.listens_for_tones()).then(|| stream.incoming.format(now)).flatten()
    }

    /// Whether packets of this format can be passed on to the leg.
    pub fn takes_forwarded(&self, format: Format) -> bool {
        self.ear.is_idle()
            && self.stream.as_ref().is_some_and(|stream| {
                stream.outgoing.format() == format && stream.outgoing.is_idle() && stream.target().is_some()
            })
    }

    /// All sound that waits for its tick.
    pub fn drain(&mut self) -> Waiting {
        self.stream.as_mut().map(|stream| stream.incoming.drain()).unwrap_or_default()
    }

    /// Sends before its time what waited at another leg, because packets will follow on its heels.
    pub fn run_ahead(&mut self, waiting: &Waiting, context: &mut Context) {
        self.send(context, false, |stream, sender, now| stream.outgoing.ahead(waiting, sender, now));
    }

    /// Passes on sound of another leg.
    pub fn forward(&mut self, sound: &Sound<'_>, context: &mut Context) {
        if sound.first {
            // Its numbers have nothing to do with those before, even under the same SSRC.
            self.sender.stop_forwarding();
        }
        self.send(context, true, |stream, sender, now| [stream.outgoing.forward(&sound.packet, sender, now)]);
    }

    /// Passes on a step of a key press of another leg.
    pub fn forward_key(&mut self, packet: &RtpPacket<'_>, context: &mut Context) {
        self.send(context, true, |stream, sender, now| stream.outgoing.forward_key(packet, sender, now));
    }

    /// How the frame is to be written that the leg is to be given in this tick. None if it is given none:
    /// it may not be sent to, packets are passed on to it, it had its frame, or a key is sent instead.
    pub fn format_if_due(&mut self, context: &mut Context) -> Option<Format> {
        let had = self.heard_tick.replace(context.now).is_some_and(|tick| tick >= context.now);
        let stream = self.stream.as_ref().filter(|stream| stream.target().is_some())?;
        let format = stream.outgoing.format();
        if had || self.path != Path::Mixed {
            return None;
        }
        let key = self.send(context, false, |stream, sender, now| stream.outgoing.key_packet(sender, now));
        (key == 0).then_some(format)
    }

    /// Whether silence need not be sent yet.
    pub fn awaits_sound(&self, now: Time) -> bool {
        let waits = |stream: &Stream| now < stream.first_silence && !stream.outgoing.has_tones();
        self.sender.packets() == 0 && self.stream.as_deref().is_some_and(waits)
    }

    /// Whether the voices of this table have been noted.
    pub fn knows(&self, table: u64) -> bool {
        self.heard.table == Some(table)
    }

    /// Notes whom the leg hears, if that is not [known](Self::knows), and at which rate. Says whether that is another
    /// than in the frame before.
    pub fn notes_voices(&mut self, table: u64, rate: u32, voices: Option<Vec<LegId>>) -> bool {
        let heard = &mut self.heard;
        let mut changed = std::mem::replace(&mut heard.rate, rate) != rate;
        heard.table = Some(table);
        if let Some(voices) = voices {
            changed |= voices != heard.voices;
            heard.voices = voices;
        }
        changed
    }

    /// The next 20 ms of what the leg plays, at this rate.
    pub fn play(&mut self, rate: u32, context: &mut Context) -> Option<Vec<i16>> {
        self.ear.follow(context.now);
        let (frame, ended) = self.ear.frame(rate);
        if let Some(playback) = ended {
            context.outputs.push_back(Output::Event(Event::PlayEnded { leg: self.id, playback }));
        }
        frame
    }

    /// Sends a frame of the room. With `joint` it does not follow the one before. Returns its payload if it is to be
    /// shared with legs that hear the same, and can be.
    pub fn speak(
        &mut self,
        frame: Vec<i16>,
        room: u32,
        joint: bool,
        share: bool,
        context: &mut Context,
    ) -> Option<Shared> {
        let share = share && self.stream.as_ref()?.outgoing.is_plain();
        let mut payload = None;
        let sent = self.send(context, false, |stream, sender, now| {
            let packets = match stream.outgoing.skips(&frame, sender) {
                true => vec![],
                false => stream.outgoing.packets(frame, room, joint, sender, now),
            };
            // Before it is protected: each leg has keys of its own.
            if let (true, [packet]) = (share, &packets[..]) {
                payload = packet.get(rtp::HEADER..).map(<[u8]>::to_vec);
            }
            packets
        });
        let payload = payload.filter(|_| sent == 1)?;
        Some(self.stream.as_ref()?.outgoing.share(payload))
    }

    /// Sends a payload that another leg's encoder made. Returns whether it could.
    pub fn speak_shared(&mut self, shared: &Shared, context: &mut Context) -> bool {
        if !self.stream.as_ref().is_some_and(|stream| stream.outgoing.can_share()) {
            return false;
        }
        self.send(context, false, |stream, sender, now| [stream.outgoing.follow(shared, sender, now)]) > 0
    }

    /// Sends what `make` makes, if the leg may be sent anything. Returns how many packets it was.
    fn send<P: IntoIterator<Item = Vec<u8>>>(
        &mut self,
        context: &mut Context,
        forwarded: bool,
        make: impl FnOnce(&mut Stream, &mut rtp::Sender, Time) -> P,
    ) -> usize {
        let Some(stream) = &mut self.stream else { return 0 };
        let Some(to) = stream.target() else { return 0 };
        let before = context.outputs.len();
        let (leg, port) = (self.id, stream.port());
        let packets = make(stream, &mut self.sender, context.now).into_iter();
        let packets = packets.filter_map(|bytes| stream.sealed(bytes));
        context.outputs.extend(packets.map(|bytes| Output::Send { leg, port, to, bytes, forwarded }));
        context.outputs.len() - before
    }

    fn refuse<'a>(&mut self, context: &mut Context) -> Arrived<'a> {
        self.refused += 1;
        *context.refused += 1;
        Arrived::Nothing
    }
}
