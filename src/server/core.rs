//! The switch task: the one owner of the SIP endpoint, the lines and the switch.
//!
//! Everything reaches it by bounded channels, and nothing in it waits for anything else: outputs go
//! to the transports, the media threads and the journal, each of which says no rather than block.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tracing::{debug, error, warn};

use super::chats::Chats;
use super::figures::Counters;
use super::held::Held;
use super::http::{self, Asking};
use super::invariants::Invariants;
use super::journal::Journal;
use super::lamps::Lamps;
use super::live::Feed;
use super::quota::Quota;
use super::recordings::{Ended, Recordings};
use super::requests::Request;
use super::resolve::{Answer, Resolver};
use super::strain::Strain;
use super::tracer::Tracer;
use super::voicemail::Voicemail;
use super::webhooks::Webhooks;
use crate::clock::Clock;
use crate::id::{LegId, SessionId, UserId};
use crate::lines::phone::{self, Phone};
use crate::lines::webchat::WebChat;
use crate::lines::workspace::Workspaces;
use crate::media::engine::Engine;
use crate::media::{self, RecordEnd};
use crate::queue;
use crate::sip::endpoint::{self as sip, Endpoint};
use crate::sip::transport::{Incoming, Transports};
use crate::switch::cause::Cause;
use crate::switch::{Event, Switch};
use crate::time::Time;

/// Inputs taken in one after the other before outputs are carried out.
const BURST: usize = 64;

/// What the switch task owns.
pub struct Core {
    pub clock: Clock,
    pub endpoint: Endpoint,
    pub phone: Phone,
    pub webchat: WebChat,
    pub workspaces: Workspaces,
    /// What is kept for those who write.
    pub chats: Chats,
    /// What lines are told later.
    pub held: Held,
    pub switch: Switch,
    pub transports: Transports,
    pub resolver: Resolver,
    /// Dropped before the engine, whose threads may take their time to end: the last events are to be
    /// written meanwhile.
    pub journal: Journal,
    pub voicemail: Arc<Voicemail>,
    pub recordings: Arc<Recordings>,
    pub engine: Engine,
    pub inputs: Inputs,
    pub counters: Counters,
    pub troubles: Quota,
    pub strain: Strain,
    pub invariants: Invariants,
    /// New calls refused before it began to go too hard.
    pub shed_before: u64,
    /// Asks other programs for dialplans.
    pub asking: Asking,
    /// Tells other programs, as often as it takes.
    pub webhooks: Webhooks,
    /// Keeps what was on the wire.
    pub tracer: Tracer,
    pub statuses: BTreeMap<UserId, queue::Status>,
    /// Live sessions whose stored record is behind. Their events are stored at once, and the record follows from
    /// those; it is for who looks on from outside, so once a second is enough.
    pub changed: BTreeSet<SessionId>,
    /// What those are told who look on.
    pub feed: Feed,
    /// Which phones are told of whom.
    pub lamps: Lamps,
    pub state: State,
    /// When the calendar is looked at next, and whether all is as it must be.
    pub look: Time,
}

/// By which ways something reaches the switch task.
pub struct Inputs {
    pub sip: mpsc::Receiver<Incoming>,
    pub media: mpsc::Receiver<media::Event>,
    pub requests: mpsc::Receiver<Request>,
    pub resolved: mpsc::Receiver<Answer>,
    /// Where the resolver puts its answers.
    pub answers: mpsc::Sender<Answer>,
    /// What other programs answered.
    pub asked: mpsc::Receiver<http::Answer>,
}

/// Whether the program starts, runs or stops.
pub enum State {
    /// The configuration is not in force yet: what the network brings waits.
    Starting,
    Running,
    Draining {
        empty: Option<oneshot::Sender<()>>,
    },
}

impl Core {
    /// Runs until all senders of requests are gone, or a media thread is.
    pub async fn run(mut self) {
        loop {
            let wake = self.next_timeout();
            let open = !matches!(self.state, State::Starting);
            tokio::select! {
                biased;
                Some(event) = self.inputs.media.recv() => self.media(event),
                Some(arrived) = self.inputs.sip.recv(), if open => self.take_sip(arrived),
                Some(answer) = self.inputs.resolved.recv() => self.resolved(answer),
                Some(answer) = self.inputs.asked.recv() => self.asked(answer),
                request = self.inputs.requests.recv() => match request {
                    Some(request) => self.guarded(None, |core| core.request(request)),
                    None => return,
                },
                () = self.journal.progress(), if !self.held.is_empty() => {}
                () = tokio::time::sleep_until(self.clock.instant(wake).into()) => {}
            }
            let more = (0..BURST).all(|_| self.take_one_more(open));
            // Under load the network always has something; people must get their turn.
            if let Ok(request) = self.inputs.requests.try_recv() {
                self.guarded(None, |core| core.request(request));
            }
            self.let_time_pass();
            if !self.engine.is_alive() {
                return error!("a media thread has ended");
            }
            self.pump();
            self.tracer.flush(self.clock.now());
            self.watch_the_invariants();
            self.watch_the_store();
            self.watch_the_strain();
            self.tell_if_empty();
            if more {
                // Who reads the network shares this thread, and the length of the queue tells how hard it goes.
                tokio::task::yield_now().await;
            }
        }
    }

    /// Takes what waits of sound or SIP, if anything does.
    fn take_one_more(&mut self, open: bool) -> bool {
        if let Ok(event) = self.inputs.media.try_recv() {
            self.media(event);
        } else if open && let Ok(arrived) = self.inputs.sip.try_recv() {
            self.take_sip(arrived);
        } else {
            return false;
        }
        true
    }

    fn take_sip(&mut self, incoming: Incoming) {
        self.sip(incoming);
        self.strain.handled(1, self.inputs.sip.len(), self.clock.now());
    }

    fn sip(&mut self, incoming: Incoming) {
        match &incoming {
            Incoming::Received { flow, bytes } => {
                self.counters.messages_in += 1;
                self.tracer.received(flow, bytes, self.clock.wall_us());
            }
            Incoming::SendFailed { to, why } => {
                self.counters.messages_unsent += 1;
                debug!(to = %to.remote(), %why, "a message could not be sent");
            }
            Incoming::Unsafe { remote, why } => {
                self.counters.tls_failed += 1;
                self.trouble(*remote, &format!("no TLS with it: {why}"), self.clock.now());
            }
            Incoming::Closed { .. } | Incoming::Stands { .. } => {}
        }
        let now = self.clock.now();
        let Some(input) = incoming.input() else { return };
        self.guarded(None, |core| core.endpoint.handle(input, now));
    }

    fn resolved(&mut self, answer: Answer) {
        let now = self.clock.now();
        self.counters.lookups_failed += u64::from(answer.result.is_err());
        self.counters.lookups_late += u64::from(answer.is_late());
        let Answer { query, result, .. } = answer;
        self.guarded(None, |core| core.endpoint.handle(sip::Input::Resolved { query, result }, now));
    }

    fn asked(&mut self, http::Answer { session, request, result }: http::Answer) {
        let now = self.clock.now();
        let event = Event::HttpAnswered { session, request, result };
        self.guarded(None, |core| core.switch.handle(event, now));
    }

    pub(super) fn media(&mut self, event: media::Event) {
        if let media::Event::Closed { quality, .. } = &event {
            self.counters.rtp_lost += quality.packets_lost;
            self.counters.rtp_received += quality.packets_received;
            self.counters.rtp_sent += quality.packets_sent;
        }
        if let media::Event::OpenFailed { reason, .. } = &event {
            self.no_ports(reason);
        }
        if let media::Event::Recorded { reason: RecordEnd::Failed(why), path, .. } = &event {
            self.counters.recordings_failed += 1;
            warn!(path = %path.display(), why, "a recording failed");
        }
        self.recordings_of_rooms(&event);
        self.sound_stands(&event);
        let now = self.clock.now();
        let leg = event.leg();
        self.guarded(leg, |core| {
            core.phone.handle(phone::Input::Media(event.clone()), now);
            core.switch.handle(Event::Media(event), now);
        });
    }

    /// Keeps the recording of a room that is complete, and tells of one that is not.
    fn recordings_of_rooms(&mut self, event: &media::Event) {
        match event {
            media::Event::RoomRecorded { json, files, ms, incomplete_ms, error, .. } => {
                self.counters.recordings_failed += u64::from(error.is_some());
                if let Some(why) = error {
                    warn!(path = %json.display(), why, "a recording failed");
                }
                let (ms, incomplete_ms) = (*ms, *incomplete_ms);
                let (json, files, complete) = (json.clone(), files.clone(), error.is_none());
                self.recordings.ended(Ended { json, files, ms, incomplete_ms, complete });
            }
            media::Event::RecordingIncomplete { reason, .. } => {
                warn!(reason, "sound of a recording is lost");
            }
            _ => {}
        }
    }

    /// A call gets no ports for its sound, and is refused.
    fn no_ports(&mut self, reason: &str) {
        self.counters.ports_refused += 1;
        if let Some(left_out) = self.troubles.take(self.clock.now()) {
            warn!(reason, left_out, "no ports for the sound of a call");
        }
    }

    /// Runs one step. If it panics the session it was about ends, and all others go on.
    pub(super) fn guarded(&mut self, leg: Option<LegId>, step: impl FnOnce(&mut Core)) {
        if catch_unwind(AssertUnwindSafe(|| step(self))).is_ok() {
            return;
        }
        self.counters.faults += 1;
        error!(?leg, "a step failed; its session ends, the others go on");
        let session = leg.and_then(|leg| self.switch.session_of(leg));
        if let Some(session) = session {
            let now = self.clock.now();
            let event = Event::End { session, cause: Cause::Internal };
            let ended = catch_unwind(AssertUnwindSafe(|| self.switch.handle(event, now)));
            if ended.is_err() {
                error!(%session, "and it could not be ended properly");
            }
        }
    }

    fn tell_if_empty(&mut self) {
        if let State::Draining { empty } = &mut self.state
            && self.switch.passing().is_empty()
            && let Some(empty) = empty.take()
        {
            let _ = empty.send(());
        }
    }
}

/// The longest that a write to the store may hold up the program's end.
pub const LAST_WRITES: Duration = Duration::from_secs(5);
