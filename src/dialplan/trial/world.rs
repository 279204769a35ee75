//! Everybody whom a caller of a trial meets: the switch, the operators, the own finger on the keys.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::super::span::written;
use super::super::step::{DialOutcome, DialTarget, Input, Promised, QueueOutcome, RecordOutcome, Step};
use super::caller::{Caller, Dialled, Keys, Queued};
use super::outside::changed;
use super::walk::What;
use crate::time::Time;

/// How long a conversation lasts.
const TALK: Duration = Duration::from_secs(60);
/// How long after a prompt the first key is pressed, and each key after the one before.
const REACTION: Duration = Duration::from_millis(500);
const NEXT_KEY: Duration = Duration::from_millis(300);

/// Something that will happen.
pub(super) struct Event {
    about: About,
    pub input: Input,
    pub note: Option<What>,
    /// A sound has come to its end by itself.
    pub ends_sound: bool,
}

/// What an event belongs to, so that it can be called off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    Answer,
    Sound,
    Queue,
    Dial,
    Key,
    Record,
    Outside,
}

/// The world around a caller.
pub(super) struct Scene<'a> {
    pub(super) caller: &'a Caller,
    /// How switches stand that were turned during the call.
    pub(super) turned: BTreeMap<String, bool>,
    /// How often each node has asked another program.
    pub(super) asked: BTreeMap<String, usize>,
    keys: VecDeque<&'a Keys>,
    /// The caller has not yet reacted to the prompt under way.
    listening: bool,
    events: BTreeMap<(Time, u64), Event>,
    count: u64,
    queues: usize,
    dials: usize,
    recorded: Duration,
    /// The keys that will be pressed in the queue, and when the first of them is.
    offered: Option<(&'a Keys, Time)>,
}

impl<'a> Scene<'a> {
    pub fn new(caller: &'a Caller) -> Self {
        Self {
            caller,
            turned: BTreeMap::new(),
            asked: BTreeMap::new(),
            keys: caller.keys.iter().collect(),
            listening: false,
            events: BTreeMap::new(),
            count: 0,
            queues: 0,
            dials: 0,
            recorded: Duration::ZERO,
            offered: None,
        }
    }

    /// When something happens next.
    pub fn next(&self) -> Option<Time> {
        self.events.keys().next().map(|(at, _)| *at)
    }

    /// What happens now.
    pub fn take(&mut self, now: Time) -> Option<Event> {
        let first = self.events.first_entry().filter(|entry| entry.key().0 <= now)?;
        let event = first.remove();
        if matches!(event.input, Input::Connected | Input::QueueEnded(_)) {
            self.take_back(now);
        }
        Some(event)
    }

    /// How long the last recording is.
    pub fn recorded(&self) -> Duration {
        self.recorded
    }

    /// The caller came to a node; it may ask for keys.
    pub fn entered(&mut self, asks: bool, now: Time) {
        self.listening = asks;
        self.take_back(now);
    }

    /// The caller waits where a key leads on: the keys meant for this prompt are pressed.
    pub fn waits(&mut self, now: Time) {
        let Some(keys) = self.keys.front().copied() else { return };
        let at = now + keys.after.unwrap_or(REACTION);
        self.offered = Some((keys, at));
        self.press(at);
    }

    /// The wait is over. Keys that would only have been pressed later are for another prompt.
    fn take_back(&mut self, now: Time) {
        if let Some((keys, _)) = self.offered.take().filter(|(_, at)| now < *at) {
            self.call_off(About::Key);
            self.keys.push_front(keys);
        }
    }

    /// Something is played; it may ask for keys.
    pub fn play(&mut self, playback: u64, now: Time, ends: Option<Time>, asks: bool) {
        self.call_off(About::Sound);
        if let Some(ends) = ends {
            let event = self.event(About::Sound, Input::PlayEnded { playback }, None);
            self.add(ends, Event { ends_sound: true, ..event });
        }
        self.listening |= asks;
        let early = self.keys.front().and_then(|keys| keys.after).filter(|_| asks);
        if let Some(after) = early {
            self.press(now + after);
        }
    }

    pub fn stop_play(&mut self) {
        self.call_off(About::Sound);
    }

    /// Everything is said, and a key is waited for.
    pub fn asked(&mut self, now: Time) {
        if self.listening {
            self.press(now + REACTION);
        }
    }

    /// Presses the keys meant for this prompt.
    fn press(&mut self, at: Time) {
        self.listening = false;
        let Some(keys) = self.keys.pop_front() else { return };
        let mut at = at;
        for key in keys.keys.chars() {
            let event = self.event(About::Key, Input::Digit(key), Some(What::Key { key }));
            self.add(at, event);
            at += NEXT_KEY;
        }
    }

    /// Does what the run asks for, and says what happens at once.
    pub fn perform(&mut self, step: Step, node: &str, now: Time) -> Vec<What> {
        match step {
            Step::Answer => {
                let event = self.event(About::Answer, Input::Answered, Some(What::Answered));
                self.add(now, event);
                Vec::new()
            }
            Step::Queue { group, priority } => self.queue(&group, priority, now),
            Step::AskPosition => {
                let position = self.caller.position;
                let wait = self.caller.wait;
                let about = wait.map(|wait| format!(", for about {}", written(wait))).unwrap_or_default();
                let note = happened(format!("is number {position} in the queue{about}"));
                let event = self.event(About::Queue, Input::Position { position, wait }, Some(note));
                self.add(now, event);
                Vec::new()
            }
            Step::AskCallback { number, .. } => {
                let input = Input::CallbackTo { number: (!number.is_empty()).then_some(number) };
                self.add(now, self.event(About::Outside, input, None));
                Vec::new()
            }
            Step::Promise { number, .. } => {
                self.call_off(About::Queue);
                self.add(now, self.event(About::Outside, Input::Promised(Promised::Made), None));
                vec![happened(format!("is promised a call to {number}"))]
            }
            Step::LeaveQueue => {
                self.call_off(About::Queue);
                vec![happened("leaves the queue".into())]
            }
            Step::Dial { targets, .. } => self.dial(&targets, now),
            Step::CancelDial => {
                self.call_off(About::Dial);
                vec![happened("nobody answers, the call is given up".into())]
            }
            Step::Conference { room, .. } => vec![happened(format!("is in the room {room}"))],
            Step::Echo => vec![happened("hears what it says".into())],
            Step::Record { recording, max, stop_digits, silence } => {
                self.record(recording, max, &stop_digits, silence, now)
            }
            Step::Look { question } => self.look(&question, now),
            Step::Turn { switch, turn } => self.turn(switch, turn, now),
            Step::Http { request, http } => self.ask(request, &http, node, now),
            Step::Tag { tag } => vec![happened(format!("is marked {tag}"))],
            Step::RecordCall { on: true } => vec![happened("conversations are recorded from here on".into())],
            Step::RecordCall { on: false } => vec![happened("conversations are not recorded".into())],
            Step::Webhook { url, event, .. } => vec![happened(format!("{url} is told of {event}"))],
            Step::FindMailbox { which } => self.find_mailbox(&which, now),
            Step::TakeMessage { recording, max, silence, stop_digits, .. } => {
                self.record(recording, max, &stop_digits, Some(silence), now)
            }
            Step::OpenMailbox { request, .. } => self.open_mailbox(request, now),
            Step::Mailbox { act, .. } => vec![happened(changed(&act).into())],
            Step::Entered { .. }
            | Step::Play { .. }
            | Step::Announce { .. }
            | Step::StopPlay
            | Step::Parameter { .. }
            | Step::Hangup { .. } => Vec::new(),
        }
    }

    fn queue(&mut self, group: &str, priority: i32, now: Time) -> Vec<What> {
        let plan = self.caller.queues.get(self.queues).or(self.caller.queues.last());
        let plan = plan.copied().unwrap_or(Queued::USUAL);
        self.queues += 1;
        let with_priority = if priority == 0 { String::new() } else { format!(" with priority {priority}") };
        if let Queued::Ends(outcome, after) = plan {
            let ended = Input::QueueEnded(outcome);
            match outcome {
                QueueOutcome::Served => self.talk(About::Queue, ended, now + after, "an operator answers"),
                QueueOutcome::Full => self.end(About::Queue, ended, now + after, "the queue is full"),
                QueueOutcome::TimedOut => {
                    self.end(About::Queue, ended, now + after, "the group's longest wait is over");
                }
                QueueOutcome::Failed => {
                    self.end(About::Queue, ended, now + after, "the queue cannot be used");
                }
            }
        }
        vec![happened(format!("waits for group {group}{with_priority}"))]
    }

    fn dial(&mut self, targets: &[DialTarget], now: Time) -> Vec<What> {
        let plan = self.caller.dials.get(self.dials).or(self.caller.dials.last());
        let plan = plan.copied().unwrap_or(Dialled::USUAL);
        self.dials += 1;
        let party = targets.iter().map(DialTarget::name).collect::<Vec<_>>().join(", ");
        if let Dialled::Ends(outcome, after) = plan {
            let ended = Input::DialEnded(outcome);
            let text = match outcome {
                DialOutcome::Served => {
                    self.talk(About::Dial, ended, now + after, &format!("{party} answers"));
                    return vec![happened(format!("{party} is called"))];
                }
                DialOutcome::Busy => "is busy",
                DialOutcome::NoAnswer => "does not answer",
                DialOutcome::Unreachable => "cannot be reached",
                DialOutcome::Refused => "refuses the call",
                DialOutcome::Failed => "cannot be called",
            };
            self.end(About::Dial, ended, now + after, &format!("{party} {text}"));
        }
        vec![happened(format!("{party} is called"))]
    }

    /// Somebody answers; after a while the conversation is over.
    fn talk(&mut self, about: About, ended: Input, at: Time, text: &str) {
        let event = self.event(about, Input::Connected, Some(happened(text.to_owned())));
        self.add(at, event);
        self.end(about, ended, at + TALK, "the conversation is over");
    }

    pub(super) fn end(&mut self, about: About, input: Input, at: Time, text: &str) {
        let event = self.event(about, input, Some(happened(text.to_owned())));
        self.add(at, event);
    }

    /// The caller speaks, then presses a key that ends the recording, or says no more.
    fn record(
        &mut self,
        recording: u64,
        max: Duration,
        stop: &str,
        silence: Option<Duration>,
        now: Time,
    ) -> Vec<What> {
        let spoken = self.caller.speaks.min(max);
        let (ended, length) = match (stop.chars().next(), silence) {
            _ if spoken == max => (RecordOutcome::Max, max),
            (Some(_), _) => (RecordOutcome::Key, spoken),
            (None, Some(silence)) => (RecordOutcome::Silence, (spoken + silence).min(max)),
            (None, None) => (RecordOutcome::Max, max),
        };
        self.recorded = length;
        let ms = |length: Duration| u32::try_from(length.as_millis()).unwrap_or(u32::MAX);
        let key = stop.chars().next().filter(|_| ended == RecordOutcome::Key);
        let text = match key {
            Some(key) => format!("speaks for {}, presses {key}", written(spoken)),
            None => format!("speaks for {}", written(spoken)),
        };
        let (file, spoken_ms) = ("what was recorded".into(), ms(spoken));
        let input = Input::Recorded { recording, file, ms: ms(length), spoken_ms, ended };
        let event = self.event(About::Record, input, Some(happened(text)));
        self.add(now + length, event);
        vec![happened("is recorded".into())]
    }

    pub(super) fn event(&self, about: About, input: Input, note: Option<What>) -> Event {
        Event { about, input, note, ends_sound: false }
    }

    pub(super) fn add(&mut self, at: Time, event: Event) {
        self.count += 1;
        self.events.insert((at, self.count), event);
    }

    fn call_off(&mut self, about: About) {
        self.events.retain(|_, event| event.about != about);
    }
}

pub(super) fn happened(text: String) -> What {
    What::Happened { text }
}
