//! `voicemail = "sales"`: the caller leaves a message in a mailbox.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::mailbox::{Greeting, MailboxFacts, MailboxName};
use super::super::plan::Target;
use super::super::sound::Sound;
use super::super::span::written;
use super::super::stage::Stage;
use super::super::step::{Input, Step};
use super::super::suggest::choice;
use super::super::template::Template;
use super::play::ended;
use super::{Doing, Exit, Next, Verb, When};
use crate::time::Time;

/// How long past its end a recording is waited for, in case its report was lost.
const GRACE: Duration = Duration::from_secs(5);
/// What a person calls two of the ways out.
const FULL: &str = "full";
const ELSE: &str = "else";
/// Ends the greeting, and the message.
const HASH: char = '#';
/// What is heard, below the prompts of the language.
const PROMPTS: [&str; 5] =
    ["voicemail/leave-message", "voicemail/full", "voicemail/too-short", "voicemail/saved", "beep"];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Voicemail {
    mailbox: Template,
    /// What the file says in place of the mailbox's setting.
    greeting: Option<Manner>,
    max: Option<Duration>,
    min: Duration,
    silence: Duration,
    then: Target,
    full: Target,
    otherwise: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Manner {
    Default,
    Own,
    None,
}

const MANNERS: &[(&str, Manner)] =
    &[("default", Manner::Default), ("own", Manner::Own), ("none", Manner::None)];

/// How far the caller has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Leaving {
    /// The switch looks for the mailbox.
    Finding,
    /// The greeting, and after it the tone.
    Greeting {
        playback: u64,
        facts: MailboxFacts,
    },
    Beep {
        playback: u64,
        facts: MailboxFacts,
    },
    Recording {
        recording: u64,
        give_up_at: Time,
    },
    /// The last words; then the caller goes on.
    Saying {
        playback: u64,
        by: Cow<'static, str>,
        next: Target,
    },
}

pub fn read(fields: &mut Fields) -> Verb {
    let named = fields.template("voicemail", "the name of a mailbox, in quotes", "\"sales\"");
    let mailbox = named.map(|(template, span)| known_mailbox(fields, template, span)).unwrap_or_default();
    let greeting =
        fields.text("greeting", "what is heard before the tone", "\"own\"").and_then(|(word, span)| {
            let known = MANNERS.iter().find(|(known, _)| *known == word);
            if known.is_none() {
                let help = choice(&word, MANNERS.iter().map(|(word, _)| *word));
                fields.scope.error(span, format!("there is no greeting `{word}`"), "unknown greeting", help);
            }
            known.map(|(_, manner)| *manner)
        });
    let max = fields.optional_duration("max", "3min");
    let min = fields.duration("min", Duration::from_secs(1), "1s");
    let silence = fields.duration("silence", Duration::from_secs(5), "5s");
    fields.need_prompts(&PROMPTS, "`voicemail`");
    fields.scope.sets(fields.name);
    let then = fields.target("then", "where does the caller go after leaving a message?");
    let full = fields.target_or("full", &then);
    let otherwise = fields.target_or("else", &then);
    Verb::Voicemail(Voicemail { mailbox, greeting, max, min, silence, then, full, otherwise })
}

/// A mailbox that the file names has to be one of its tenant; what a caller types is looked up then.
pub(super) fn known_mailbox(
    fields: &mut Fields,
    template: Template,
    span: std::ops::Range<usize>,
) -> Template {
    if fields.scope.any_tenant {
        return template;
    }
    let Some(tenant) = fields.scope.tenant else {
        let help = "name the tenant at the top of the file: `tenant = \"…\"`";
        fields.scope.error(span, "a mailbox belongs to a tenant, and the file has none", "no tenant", help);
        return template;
    };
    if let Some(name) = template.plain()
        && !tenant.mailboxes.contains(name)
    {
        let help = choice(name, tenant.mailboxes.iter().map(String::as_str));
        let help = format!("{help}; `hovor mailbox add` makes one");
        fields.scope.error(span, format!("there is no mailbox `{name}`"), "unknown mailbox", help);
    }
    template
}

impl Voicemail {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        stage.memory.forget_typed();
        let name = stage.text(&self.mailbox).trim().to_owned();
        stage.push(Step::FindMailbox { which: MailboxName::Named(name) });
        Next::Stay(Doing::Voicemail(Leaving::Finding))
    }

    pub fn handle(&self, leaving: Leaving, input: Input, stage: &mut Stage) -> Next {
        match (leaving, input) {
            (Leaving::Finding, Input::MailboxFound(found)) => self.found(found, stage),
            (Leaving::Greeting { playback, facts }, input) if ended(playback, &input) => beep(facts, stage),
            (Leaving::Greeting { facts, .. }, Input::Digit(HASH)) => {
                stage.stop_play();
                beep(facts, stage)
            }
            (Leaving::Beep { playback, facts }, input) if ended(playback, &input) => {
                self.record(&facts, stage)
            }
            (Leaving::Recording { recording, .. }, Input::Recorded { recording: over, spoken_ms, .. })
                if recording == over =>
            {
                self.recorded(Duration::from_millis(spoken_ms.into()), stage)
            }
            (Leaving::Recording { recording, .. }, Input::RecordFailed { recording: over })
                if recording == over =>
            {
                self.failed(stage)
            }
            (Leaving::Saying { playback, by, next }, input) if ended(playback, &input) => Next::By(by, next),
            (leaving, _) => Next::Stay(Doing::Voicemail(leaving)),
        }
    }

    /// A report is overdue: go on without it.
    pub fn wake(&self, leaving: Leaving, stage: &mut Stage) -> Next {
        match leaving {
            Leaving::Recording { .. } => self.failed(stage),
            leaving => Next::Stay(Doing::Voicemail(leaving)),
        }
    }

    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![
            Exit::new(When::InTime, "", &self.then),
            Exit::spare(When::InTime, FULL, &self.full),
            Exit::spare(When::AtOnce, ELSE, &self.otherwise),
        ]
    }

    pub fn lines(&self) -> Vec<String> {
        let max = self.max.map(|max| format!("for up to {}", written(max))).unwrap_or_default();
        vec![self.mailbox.to_string(), max]
    }

    fn found(&self, found: Option<MailboxFacts>, stage: &mut Stage) -> Next {
        let Some(facts) = found else {
            keep("unknown", stage);
            return Next::by(ELSE, &self.otherwise);
        };
        if facts.is_full {
            return say("full", "voicemail/full", (FULL, &self.full), stage);
        }
        let greeting = match (self.greeting, &facts.greeting) {
            (Some(Manner::None), _) | (None, Greeting::None) => return beep(facts, stage),
            (Some(Manner::Default), _) | (_, Greeting::Default | Greeting::None) => {
                stage.prompt("voicemail/leave-message")
            }
            (_, Greeting::Own(file)) => Sound::Recording(file.clone()),
        };
        let playback = stage.play(vec![greeting]);
        Next::Stay(Doing::Voicemail(Leaving::Greeting { playback, facts }))
    }

    fn record(&self, facts: &MailboxFacts, stage: &mut Stage) -> Next {
        let longest = Duration::from_millis(facts.max_message_ms.into());
        let max = self.max.map_or(longest, |max| max.min(longest));
        let recording = stage.new_recording();
        stage.push(Step::TakeMessage {
            recording,
            mailbox: facts.mailbox,
            max,
            min: self.min,
            silence: self.silence,
            stop_digits: HASH.into(),
        });
        let give_up_at = stage.now + max + GRACE;
        Next::Stay(Doing::Voicemail(Leaving::Recording { recording, give_up_at }))
    }

    fn recorded(&self, spoken: Duration, stage: &mut Stage) -> Next {
        match spoken < self.min {
            true => say("short", "voicemail/too-short", ("", &self.then), stage),
            false => say("left", "voicemail/saved", ("", &self.then), stage),
        }
    }

    fn failed(&self, stage: &mut Stage) -> Next {
        keep("failed", stage);
        Next::by(ELSE, &self.otherwise)
    }
}

impl Leaving {
    pub fn wakes_at(&self) -> Option<Time> {
        match self {
            Leaving::Recording { give_up_at, .. } => Some(*give_up_at),
            _ => None,
        }
    }
}

fn beep(facts: MailboxFacts, stage: &mut Stage) -> Next {
    let beep = stage.prompt("beep");
    let playback = stage.play(vec![beep]);
    Next::Stay(Doing::Voicemail(Leaving::Beep { playback, facts }))
}

/// How it went is kept under the name of the node.
fn keep(how: &str, stage: &mut Stage) {
    let node = stage.node;
    stage.set_parameter(node, how);
}

/// Says how it went; then the caller leaves by this way.
fn say(how: &str, prompt: &str, (by, next): (&'static str, &Target), stage: &mut Stage) -> Next {
    keep(how, stage);
    let sound = stage.prompt(prompt);
    let playback = stage.play(vec![sound]);
    Next::Stay(Doing::Voicemail(Leaving::Saying { playback, by: by.into(), next: next.clone() }))
}
