//! Files that are loaded and callers who go through them.

mod callback;
mod draw;
mod mailbox;
mod problems;
pub(super) mod random;
mod reference;
mod spoken;
mod trial;
mod trial_queue;
mod verb_problems;
mod verbs;
mod walk;

use super::*;
use crate::time::{Epoch, Time, UnixMs};

/// A company with everything that the files of these tests name.
pub(super) fn world() -> World {
    let pieces = [say::pieces_of_positions("en"), say::pieces_of_waits("en")].concat();
    let prompts =
        ["welcome", "menu", "sorry", "invalid", "not-right", "beep"].map(|name| format!("prompts/en/{name}"));
    World::new()
        .tenant("harbour", ["+420200000100", "100"], ["sales", "support"])
        .tenant("summit", ["+420200000200"], ["summit"])
        .extensions(["201", "202"])
        .trunks(["carrier"])
        .sounds(pieces)
        .sounds(prompts)
        .sounds(["music/harbour", "prompts/en/harbour/welcome", "prompts/en/goodbye"])
        .sounds(say::pieces_of_dates("en"))
        .sounds(VOICEMAIL.map(|name| format!("prompts/en/voicemail/{name}")))
        .sounds(CALLBACK.map(|name| format!("prompts/en/callback/{name}")))
        .mailboxes("harbour", ["anna", "201", "sales"])
        .http("crm.example.com".parse().unwrap())
        .sounds(["prompts/cs/welcome", "prompts/cs/pozdrav"])
        .sounds(say::pieces_of_money("cs", &[say::Currency::Czk]))
        .speech(true)
}

/// The prompts of mailboxes.
const VOICEMAIL: [&str; 21] = [
    "leave-message",
    "full",
    "too-short",
    "saved",
    "enter-number",
    "enter-pin",
    "locked",
    "no-pin",
    "not-now",
    "new-messages",
    "saved-messages",
    "message",
    "from",
    "unknown-caller",
    "options",
    "options-empty",
    "no-more",
    "deleted",
    "no-call-back",
    "speak-greeting",
    "greeting-options",
];

/// The prompts of promises to call back.
const CALLBACK: [&str; 7] =
    ["your-number", "confirm", "type-number", "not-possible", "promised", "already", "not-now"];

/// The plans of one file.
fn plans(text: &str) -> Plans {
    load(vec![SourceFile::new("test.toml", text)], &world())
        .unwrap_or_else(|problems| panic!("{}", problems.iter().map(|p| p.to_string()).collect::<String>()))
}

/// A file of tenant Harbour that answers 100 at node `a`.
fn harbour(nodes: &str) -> String {
    format!("tenant = \"harbour\"\nnumbers = [\"100\"]\nstart = \"a\"\nmusic = \"music/harbour\"\n{nodes}")
}

/// A caller under way, with the clock.
struct Caller {
    run: Run,
    now: Time,
}

impl Caller {
    /// Calls 100 at a moment of 2026-11-23 (a Monday), 10:00 in Prague.
    fn of(text: &str) -> Self {
        let facts = Facts { caller: "+420777123456".into(), dialled: "100".into() };
        let epoch = Epoch(UnixMs(1_795_424_400_000));
        let entry = plans(text).entry("100").unwrap();
        Self { run: Run::start(entry, facts, epoch, Time::ZERO), now: Time::ZERO }
    }

    /// Calls, and is answered at once.
    fn answered(text: &str) -> Self {
        let mut caller = Self::of(text);
        let steps = caller.steps();
        assert_eq!(steps.last(), Some(&Step::Answer));
        caller.run.handle(Input::Answered, caller.now);
        caller
    }

    /// The steps since the last look, without the names of nodes and ways.
    fn steps(&mut self) -> Vec<Step> {
        let nameless = |step| match step {
            Step::Entered { .. } => None,
            Step::Hangup { cause, .. } => Some(hang_up(cause)),
            step => Some(step),
        };
        std::iter::from_fn(|| self.run.poll_output()).filter_map(nameless).collect()
    }

    fn tell(&mut self, input: Input) -> Vec<Step> {
        self.run.handle(input, self.now);
        self.steps()
    }

    /// Goes on to the next moment at which the run wants to be woken.
    fn wait(&mut self) -> Vec<Step> {
        self.now = self.run.poll_timeout().unwrap();
        self.run.handle_timeout(self.now);
        self.steps()
    }
}

fn file(name: &str) -> Sound {
    Sound::File(name.into())
}

fn play(playback: u64, name: &str) -> Step {
    Step::Play { playback, sounds: vec![file(name)], repeat: false }
}

fn music(playback: u64) -> Step {
    Step::Play { playback, sounds: vec![file("music/harbour")], repeat: true }
}

const BYE: Step = hang_up(Cause::Normal);

const fn hang_up(cause: Cause) -> Step {
    Step::Hangup { cause, by: String::new() }
}
