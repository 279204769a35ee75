//! `mailbox = true`: the owner of a mailbox listens to what was left in it.
//!
//! Here the caller comes as far as the PIN; what can be done behind it is in `inside`.

mod inside;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use super::super::fields::Fields;
use super::super::mailbox::{MailboxName, MessageFacts, Opened, Pin};
use super::super::plan::Target;
use super::super::say;
use super::super::sound::Sound;
use super::super::stage::Stage;
use super::super::step::{Input, Step};
use super::super::template::Template;
use super::play::ended;
use super::voicemail::known_mailbox;
use super::{Doing, Exit, Next, Verb, When};
use crate::id::MailboxId;
use crate::time::Time;

/// Wrong PINs, or silences, after which the caller is let go.
const TRIES: u32 = 3;
/// Keys of a mailbox's number or PIN at most.
const MOST_KEYS: usize = 10;
/// How long the first key is waited for, and each after it.
const FIRST_KEY: Duration = Duration::from_secs(8);
const NEXT_KEY: Duration = Duration::from_secs(5);
/// How long the store may take to open a mailbox.
const OPENING: Duration = Duration::from_secs(10);
/// What is heard, below the prompts of the language.
const PROMPTS: [&str; 21] = [
    "voicemail/enter-number",
    "voicemail/enter-pin",
    "not-right",
    "voicemail/locked",
    "voicemail/no-pin",
    "voicemail/not-now",
    "voicemail/new-messages",
    "voicemail/saved-messages",
    "voicemail/message",
    "voicemail/from",
    "voicemail/unknown-caller",
    "voicemail/options",
    "voicemail/options-empty",
    "voicemail/no-more",
    "voicemail/deleted",
    "voicemail/saved",
    "voicemail/no-call-back",
    "voicemail/speak-greeting",
    "voicemail/greeting-options",
    "goodbye",
    "beep",
];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Which one; the caller's own, or the one whose number the caller types, if the file names none.
    named: Option<Template>,
    then: Target,
}

/// How far the caller has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listening {
    mailbox: Option<MailboxId>,
    tries_left: u32,
    /// Those that are there, in the order in which they are heard.
    messages: Vec<MessageFacts>,
    /// The one that is heard.
    at: usize,
    request: u64,
    act: Act,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Act {
    /// The switch looks for the mailbox, whose number was typed or not.
    Finding {
        typed: bool,
    },
    Typing {
        what: What,
        keys: String,
        at: Prompt,
    },
    Opening {
        until: Time,
    },
    /// Something is said; then it goes on.
    Saying {
        playback: u64,
        then: After,
    },
    /// A message is heard.
    Message {
        playback: u64,
    },
    Options {
        at: Prompt,
    },
    Calling {
        give_up_at: Time,
    },
    Talking,
    Greeting {
        recording: u64,
        give_up_at: Time,
    },
    /// Keep what was recorded?
    Keep {
        file: String,
        at: Prompt,
    },
}

/// A prompt that is heard, and the wait for a key after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Prompt {
    Heard { playback: u64 },
    Over { until: Time },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum What {
    Number,
    Pin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum After {
    Pin,
    Message,
    Options,
    Greeting,
    Leave,
}

pub fn read(fields: &mut Fields) -> Verb {
    let named = match fields.value("mailbox").map(|value| (value, value.get_ref())) {
        None | Some((_, DeValue::Boolean(true))) => None,
        Some((value, DeValue::String(text))) => {
            let template = fields.template_of(text, value.span());
            template.map(|template| known_mailbox(fields, template, value.span()))
        }
        Some((value, _)) => {
            fields.scope.wrong_type("mailbox", value, "true, or the name of a mailbox", "true");
            None
        }
    };
    fields.need_prompts(&PROMPTS, "`mailbox`");
    fields.need_spoken("`mailbox`", say::pieces_of_dates);
    let then = fields.target("then", "where does the caller go in the end?");
    Verb::Mailbox(Mailbox { named, then })
}

impl Mailbox {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        stage.memory.forget_typed();
        let which = match &self.named {
            Some(name) => MailboxName::Named(stage.text(name).trim().to_owned()),
            None => MailboxName::Own,
        };
        stage.push(Step::FindMailbox { which });
        Listening {
            mailbox: None,
            tries_left: TRIES,
            messages: vec![],
            at: 0,
            request: 0,
            act: Act::Finding { typed: false },
        }
        .stay()
    }

    pub fn handle(&self, mut doing: Listening, input: Input, stage: &mut Stage) -> Next {
        match (doing.act.clone(), input) {
            (Act::Finding { typed }, Input::MailboxFound(found)) => {
                let has_pin = found.as_ref().is_some_and(|found| found.has_pin);
                doing.mailbox = found.map(|found| found.mailbox);
                match (doing.mailbox, typed) {
                    // Whether a number that was typed is a mailbox is not told before the PIN.
                    (_, true) => doing.ask(What::Pin, stage),
                    (Some(_), false) if has_pin => doing.ask(What::Pin, stage),
                    (Some(_), false) => doing.say(&["voicemail/no-pin"], After::Leave, stage),
                    (None, false) => doing.ask(What::Number, stage),
                }
            }
            (Act::Typing { what, keys, at }, input) => self.typing(doing, (what, keys, at), input, stage),
            (Act::Opening { .. }, Input::MailboxOpened { request, opened }) if request == doing.request => {
                self.opened(doing, opened, stage)
            }
            (Act::Saying { playback, then }, input) if ended(playback, &input) => {
                self.go_on(doing, then, stage)
            }
            (_, input) => self.inside(doing, input, stage),
        }
    }

    pub fn wake(&self, mut doing: Listening, stage: &mut Stage) -> Next {
        match doing.act.clone() {
            Act::Typing { what, keys, .. } if keys.is_empty() => {
                doing.tries_left -= 1;
                match doing.tries_left {
                    0 => self.leave(doing, stage),
                    _ => doing.ask(what, stage),
                }
            }
            Act::Typing { what, keys, .. } => doing.typed(what, keys, stage),
            Act::Opening { .. } => doing.say(&["voicemail/not-now"], After::Leave, stage),
            _ => self.wake_inside(doing, stage),
        }
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![Exit::new(When::InTime, "", &self.then)]
    }

    pub fn lines(&self) -> Vec<String> {
        vec![self.named.as_ref().map_or_else(|| "the caller's own".to_owned(), Template::to_string)]
    }

    fn typing(
        &self,
        mut doing: Listening,
        (what, mut keys, at): (What, String, Prompt),
        input: Input,
        stage: &mut Stage,
    ) -> Next {
        match (at, input) {
            (at, Input::Digit(key)) => {
                if let Prompt::Heard { .. } = at {
                    stage.stop_play();
                }
                match key {
                    '#' => return doing.typed(what, keys, stage),
                    '*' => keys.clear(),
                    key => keys.push(key),
                }
                if keys.len() >= MOST_KEYS {
                    return doing.typed(what, keys, stage);
                }
                let at = Prompt::Over { until: stage.now + NEXT_KEY };
                doing.act = Act::Typing { what, keys, at };
            }
            (Prompt::Heard { playback }, input) if ended(playback, &input) => {
                let at = Prompt::Over { until: stage.now + FIRST_KEY };
                doing.act = Act::Typing { what, keys, at };
            }
            _ => {}
        }
        doing.stay()
    }

    fn opened(&self, mut doing: Listening, opened: Opened, stage: &mut Stage) -> Next {
        match opened {
            Opened::Messages(messages) => {
                doing.messages = messages;
                doing.greet(stage)
            }
            Opened::Wrong => doing.wrong(stage),
            Opened::Locked => doing.say(&["voicemail/locked"], After::Leave, stage),
            Opened::Failed => doing.say(&["voicemail/not-now"], After::Leave, stage),
        }
    }

    fn go_on(&self, doing: Listening, then: After, stage: &mut Stage) -> Next {
        match then {
            After::Pin => doing.ask(What::Pin, stage),
            After::Message => doing.play_message(stage),
            After::Options => doing.offer(stage),
            After::Greeting => doing.record_greeting(stage),
            After::Leave => Next::Go(self.then.clone()),
        }
    }

    fn leave(&self, doing: Listening, stage: &mut Stage) -> Next {
        doing.say(&["goodbye"], After::Leave, stage)
    }
}

impl Listening {
    fn stay(self) -> Next {
        Next::Stay(Doing::Mailbox(Box::new(self)))
    }

    /// Says these prompts, and goes on.
    fn say(mut self, prompts: &[&str], then: After, stage: &mut Stage) -> Next {
        let sounds = prompts.iter().map(|prompt| stage.prompt(prompt)).collect();
        self.act = Act::Saying { playback: stage.play(sounds), then };
        self.stay()
    }

    fn ask(mut self, what: What, stage: &mut Stage) -> Next {
        let prompt = match what {
            What::Number => "voicemail/enter-number",
            What::Pin => "voicemail/enter-pin",
        };
        let sound = stage.prompt(prompt);
        let at = Prompt::Heard { playback: stage.play(vec![sound]) };
        self.act = Act::Typing { what, keys: String::new(), at };
        self.stay()
    }

    fn typed(mut self, what: What, keys: String, stage: &mut Stage) -> Next {
        match (what, self.mailbox) {
            (What::Number, _) => {
                stage.push(Step::FindMailbox { which: MailboxName::Named(keys) });
                self.act = Act::Finding { typed: true };
            }
            (What::Pin, None) => return self.wrong(stage),
            (What::Pin, Some(mailbox)) => {
                self.request += 1;
                stage.push(Step::OpenMailbox { request: self.request, mailbox, pin: Pin(keys) });
                self.act = Act::Opening { until: stage.now + OPENING };
            }
        }
        self.stay()
    }

    /// The more PINs were wrong, the longer the next one is waited with.
    fn wrong(mut self, stage: &mut Stage) -> Next {
        self.tries_left = self.tries_left.saturating_sub(1);
        let pause = Sound::Silence { ms: 1_000 << (TRIES - self.tries_left.min(TRIES)) };
        let then = if self.tries_left == 0 { After::Leave } else { After::Pin };
        let sounds = vec![pause, stage.prompt("not-right")];
        self.act = Act::Saying { playback: stage.play(sounds), then };
        self.stay()
    }

    pub fn wakes_at(&self) -> Option<Time> {
        match &self.act {
            Act::Typing { at, .. } | Act::Options { at } | Act::Keep { at, .. } => match at {
                Prompt::Heard { .. } => None,
                Prompt::Over { until } => Some(*until),
            },
            Act::Opening { until } => Some(*until),
            Act::Calling { give_up_at } | Act::Greeting { give_up_at, .. } => Some(*give_up_at),
            Act::Finding { .. } | Act::Saying { .. } | Act::Message { .. } | Act::Talking => None,
        }
    }
}
