//! Behind the PIN: messages are heard, kept and deleted, callers called back, a greeting is recorded.

use std::time::Duration;

use super::super::super::mailbox::{MailboxAct, MessageFacts};
use super::super::super::say::{self, Day};
use super::super::super::sound::Sound;
use super::super::super::stage::Stage;
use super::super::super::step::{Cause, DialOutcome, DialTarget, Input, Ring, Step};
use super::super::Next;
use super::super::play::ended;
use super::{Act, After, Listening, Mailbox, Prompt};
use crate::time::UnixMs;

/// How long a key is waited for after the options, and how often they are offered.
const CHOOSING: Duration = Duration::from_secs(6);
/// Rounds of silence after which the caller is let go.
const ROUNDS: u32 = 3;
/// How long the caller of a message is rung.
const CALL_BACK: Duration = Duration::from_secs(60);
/// The longest greeting, and the silence that ends it.
const GREETING: Duration = Duration::from_secs(60);
const GREETING_SILENCE: Duration = Duration::from_secs(4);
/// What is shorter is no greeting.
const SHORTEST_GREETING_MS: u32 = 500;
/// How long past its end a recording is waited for.
const GRACE: Duration = Duration::from_secs(5);

impl Mailbox {
    pub(super) fn inside(&self, mut doing: Listening, input: Input, stage: &mut Stage) -> Next {
        match (doing.act.clone(), input) {
            (Act::Message { playback }, input) if ended(playback, &input) => {
                if let Input::PlayEnded { .. } = input {
                    doing.heard(stage);
                }
                doing.tries_left = ROUNDS;
                doing.offer(stage)
            }
            (Act::Message { .. }, Input::Digit(key)) => {
                stage.stop_play();
                self.chosen(doing, key, stage)
            }
            (Act::Options { at }, Input::Digit(key)) => {
                at.hush(stage);
                doing.tries_left = ROUNDS;
                self.chosen(doing, key, stage)
            }
            (Act::Options { at: Prompt::Heard { playback } }, input) if ended(playback, &input) => {
                doing.act = Act::Options { at: Prompt::Over { until: stage.now + CHOOSING } };
                doing.stay()
            }
            (Act::Keep { file, at }, Input::Digit(key)) => {
                at.hush(stage);
                doing.kept(file, key, stage)
            }
            (Act::Keep { file, at: Prompt::Heard { playback } }, input) if ended(playback, &input) => {
                doing.act = Act::Keep { file, at: Prompt::Over { until: stage.now + CHOOSING } };
                doing.stay()
            }
            (Act::Calling { .. } | Act::Talking, Input::DialEnded(DialOutcome::Served)) => {
                Next::End(Cause::Normal)
            }
            (Act::Calling { .. }, Input::DialEnded(_)) => {
                stage.stop_play();
                doing.say(&["voicemail/no-call-back"], After::Options, stage)
            }
            (Act::Calling { .. }, Input::Connected) => {
                stage.stop_play();
                doing.act = Act::Talking;
                doing.stay()
            }
            (Act::Greeting { recording, .. }, Input::Recorded { recording: over, file, spoken_ms, .. })
                if recording == over =>
            {
                doing.recorded(file, spoken_ms, stage)
            }
            (Act::Greeting { recording, .. }, Input::RecordFailed { recording: over })
                if recording == over =>
            {
                doing.offer(stage)
            }
            _ => doing.stay(),
        }
    }

    pub(super) fn wake_inside(&self, mut doing: Listening, stage: &mut Stage) -> Next {
        match doing.act {
            Act::Options { .. } => {
                doing.tries_left = doing.tries_left.saturating_sub(1);
                match doing.tries_left {
                    0 => self.leave(doing, stage),
                    _ => doing.offer(stage),
                }
            }
            Act::Calling { .. } => {
                stage.push(Step::CancelDial);
                stage.stop_play();
                doing.say(&["voicemail/no-call-back"], After::Options, stage)
            }
            Act::Keep { .. } | Act::Greeting { .. } => doing.offer(stage),
            _ => doing.stay(),
        }
    }

    fn chosen(&self, mut doing: Listening, key: char, stage: &mut Stage) -> Next {
        match key {
            '*' => return self.leave(doing, stage),
            '0' => return doing.say(&["voicemail/speak-greeting", "beep"], After::Greeting, stage),
            _ => {}
        }
        let Some(message) = doing.messages.get(doing.at).cloned() else { return doing.offer(stage) };
        match key {
            '4' => doing.at = doing.at.saturating_sub(1),
            '5' => {}
            '6' => return doing.next(&[], stage),
            '7' => {
                stage.act(doing.mailbox, MailboxAct::Delete(message.message));
                doing.messages.remove(doing.at);
                let then = doing.at_or_last();
                return doing.say(&["voicemail/deleted"], then, stage);
            }
            '8' => return doing.call_back(&message, stage),
            '9' => {
                doing.heard(stage);
                return doing.next(&["voicemail/saved"], stage);
            }
            _ => return doing.offer(stage),
        }
        doing.play_message(stage)
    }
}

impl Listening {
    /// "New messages: three. Saved messages: one."
    pub(super) fn greet(mut self, stage: &mut Stage) -> Next {
        self.tries_left = ROUNDS;
        let heard = self.messages.iter().filter(|message| message.heard).count();
        let new = self.messages.len() - heard;
        let mut sounds = vec![stage.prompt("voicemail/new-messages")];
        sounds.extend(stage.number(new));
        sounds.push(stage.prompt("voicemail/saved-messages"));
        sounds.extend(stage.number(heard));
        let then = if self.messages.is_empty() { After::Options } else { After::Message };
        self.act = Act::Saying { playback: stage.play(sounds), then };
        self.stay()
    }

    /// "Message two. From 201. November twenty third, ten fifteen." And the message.
    pub(super) fn play_message(mut self, stage: &mut Stage) -> Next {
        let Some(message) = self.messages.get(self.at).cloned() else { return self.offer(stage) };
        let mut sounds = vec![stage.prompt("voicemail/message")];
        sounds.extend(stage.number(self.at + 1));
        match say::digits(stage.language(), &message.caller) {
            digits if digits.is_empty() => sounds.push(stage.prompt("voicemail/unknown-caller")),
            digits => {
                sounds.push(stage.prompt("voicemail/from"));
                sounds.extend(digits.into_iter().map(Sound::File));
            }
        }
        sounds.extend(stage.moment(message.at));
        sounds.push(Sound::Silence { ms: 300 });
        sounds.push(Sound::Recording(message.file));
        self.act = Act::Message { playback: stage.play(sounds) };
        self.stay()
    }

    pub(super) fn offer(mut self, stage: &mut Stage) -> Next {
        let prompt = if self.messages.is_empty() { "voicemail/options-empty" } else { "voicemail/options" };
        let sound = stage.prompt(prompt);
        self.act = Act::Options { at: Prompt::Heard { playback: stage.play(vec![sound]) } };
        self.stay()
    }

    pub(super) fn record_greeting(mut self, stage: &mut Stage) -> Next {
        let recording = stage.new_recording();
        let (max, silence) = (GREETING, Some(GREETING_SILENCE));
        stage.push(Step::Record { recording, max, stop_digits: "#".into(), silence });
        self.act = Act::Greeting { recording, give_up_at: stage.now + GREETING + GRACE };
        self.stay()
    }

    fn recorded(mut self, file: String, spoken_ms: u32, stage: &mut Stage) -> Next {
        if spoken_ms < SHORTEST_GREETING_MS {
            return self.offer(stage);
        }
        let sounds = vec![Sound::Recording(file.clone()), stage.prompt("voicemail/greeting-options")];
        self.act = Act::Keep { file, at: Prompt::Heard { playback: stage.play(sounds) } };
        self.stay()
    }

    /// 1 keeps what was recorded, 2 records again, 3 takes the house's prompt.
    fn kept(self, file: String, key: char, stage: &mut Stage) -> Next {
        let greeting = match key {
            '1' => Some(file),
            '2' => return self.say(&["voicemail/speak-greeting", "beep"], After::Greeting, stage),
            '3' => None,
            _ => return self.offer(stage),
        };
        stage.act(self.mailbox, MailboxAct::Greeting(greeting));
        self.say(&["voicemail/saved"], After::Options, stage)
    }

    fn heard(&mut self, stage: &mut Stage) {
        let mailbox = self.mailbox;
        if let Some(message) = self.messages.get_mut(self.at).filter(|message| !message.heard) {
            message.heard = true;
            stage.act(mailbox, MailboxAct::Heard(message.message));
        }
    }

    /// Says this, and goes on to the message after.
    fn next(mut self, said: &[&str], stage: &mut Stage) -> Next {
        if self.at + 1 < self.messages.len() {
            self.at += 1;
            return match said {
                [] => self.play_message(stage),
                said => self.say(said, After::Message, stage),
            };
        }
        let said: Vec<&str> = said.iter().copied().chain(["voicemail/no-more"]).collect();
        self.say(&said, After::Options, stage)
    }

    /// After a message is gone: the one in its place, or what is left.
    fn at_or_last(&mut self) -> After {
        if self.at < self.messages.len() {
            return After::Message;
        }
        self.at = self.messages.len().saturating_sub(1);
        After::Options
    }

    fn call_back(mut self, message: &MessageFacts, stage: &mut Stage) -> Next {
        if message.caller.is_empty() {
            return self.say(&["voicemail/no-call-back"], After::Options, stage);
        }
        let targets = vec![DialTarget::AsCaller(message.caller.clone())];
        stage.push(Step::Dial { targets, ring: Ring::All, each: None });
        stage.play_on(vec![Sound::Ringback]);
        self.act = Act::Calling { give_up_at: stage.now + CALL_BACK };
        self.stay()
    }
}

impl Prompt {
    fn hush(&self, stage: &mut Stage) {
        if let Prompt::Heard { .. } = self {
            stage.stop_play();
        }
    }
}

impl Stage<'_> {
    fn act(&mut self, mailbox: Option<crate::id::MailboxId>, act: MailboxAct) {
        if let Some(mailbox) = mailbox {
            self.push(Step::Mailbox { mailbox, act });
        }
    }

    fn number(&self, n: usize) -> Vec<Sound> {
        say::number(self.language(), n as u64).into_iter().map(Sound::File).collect()
    }

    /// Day and time, by the clock of the file's time zone.
    fn moment(&self, at: UnixMs) -> Vec<Sound> {
        let zone = self.plan.timezone.as_deref().and_then(|zone| jiff::tz::TimeZone::get(zone).ok());
        let Ok(moment) = jiff::Timestamp::from_millisecond(at.0) else { return vec![] };
        let at = moment.to_zoned(zone.unwrap_or(jiff::tz::TimeZone::UTC));
        let day = Day { year: None, month: at.month() as u8, day: at.day() as u8 };
        let mut pieces = say::date(self.language(), day);
        pieces.extend(say::time(self.language(), at.hour() as u8, at.minute() as u8));
        pieces.into_iter().map(Sound::File).collect()
    }
}
