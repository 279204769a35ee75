//! Who calls in a trial, and what the world has in store for the call.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::span::moment;
use super::super::step::{DialOutcome, QueueOutcome};
use super::super::suggest::choice;
use crate::time::UnixMs;

/// A caller of a trial, with everything that will happen to the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The caller's number; empty if withheld.
    pub number: String,
    /// The number that is dialled.
    pub dialled: String,
    /// When the call comes in.
    pub at: UnixMs,
    /// The keys for the first prompt that asks for keys, for the second, and so on; a queue that can be left
    /// by a key asks once.
    pub keys: Vec<Keys>,
    /// When the caller hangs up, from the beginning of the call.
    pub hangs_up: Option<Duration>,
    /// How long the caller speaks into a recording.
    pub speaks: Duration,
    /// The caller's place in every queue.
    pub position: u32,
    /// How long the wait will probably be; none if that cannot be told.
    pub wait: Option<Duration>,
    /// What becomes of the first wait, of the second, and so on; the last one of all that follow.
    pub queues: Vec<Queued>,
    /// What becomes of those who are called, likewise.
    pub dials: Vec<Dialled>,
    /// The answers to what nodes ask other programs, by the node's name.
    pub answers: BTreeMap<String, Vec<Answer>>,
    /// What is seen of queues, operators and switches, by name.
    pub seen: BTreeMap<String, u32>,
}

/// Keys for one prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// None: the caller is silent this time.
    pub keys: String,
    /// How long after the beginning of the prompt, or of the wait in a queue; after the end of the prompt if
    /// missing.
    pub after: Option<Duration>,
}

/// What becomes of waiting in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queued {
    /// It comes to this after the time given.
    Ends(QueueOutcome, Duration),
    /// Nothing: nobody answers, however long.
    Waits,
}

/// What becomes of calling somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialled {
    /// It comes to this after the time given.
    Ends(DialOutcome, Duration),
    /// It rings until the dialplan gives up.
    Rings,
}

/// What another program answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This status and body.
    Status(u16, String),
    /// Nothing in time.
    Timeout,
    /// A failure, by the word for it.
    Failure(String),
}

/// Every key of a telephone.
const KEYS: &str = "0123456789*#ABCD";
/// How long a caller waits in a trial, unless it says otherwise.
const WAIT: Duration = Duration::from_secs(20);
/// How long it rings in a trial, unless it says otherwise.
const RING: Duration = Duration::from_secs(8);

impl Caller {
    /// A silent caller with a withheld number, whom everybody serves.
    pub fn new(dialled: impl Into<String>, at: UnixMs) -> Self {
        Self {
            number: String::new(),
            dialled: dialled.into(),
            at,
            keys: Vec::new(),
            hangs_up: None,
            speaks: Duration::from_secs(5),
            position: 1,
            wait: None,
            queues: Vec::new(),
            dials: Vec::new(),
            answers: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }
}

impl Keys {
    /// Reads `1,,23#@2s`: the keys for each prompt, with commas between them; nothing stands for a
    /// caller who is silent, `@2s` for keys two seconds after the prompt begins.
    ///
    /// # Errors
    /// What is wrong, and how to write it.
    pub fn list(text: &str) -> Result<Vec<Keys>, String> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        text.split(',').map(Keys::read).collect()
    }

    fn read(text: &str) -> Result<Keys, String> {
        let (keys, after) = match text.trim().split_once('@') {
            None => (text.trim(), None),
            Some((keys, after)) => {
                let length = moment(after).ok_or_else(|| {
                    format!("`{after}` is no length of time; write `1@2s` for the key 1 after two seconds")
                })?;
                (keys.trim(), Some(length))
            }
        };
        match keys.chars().find(|key| !KEYS.contains(*key)) {
            None => Ok(Keys { keys: keys.to_owned(), after }),
            Some(wrong) => Err(format!(
                "a telephone has no key `{wrong}`; keys are 0 to 9, * and #, with a comma before those for the next prompt"
            )),
        }
    }
}

/// A word with a length of time, as in `served@45s`.
fn timed(text: &str, usual: Duration) -> Result<(&str, Duration), String> {
    let Some((word, after)) = text.trim().split_once('@') else { return Ok((text.trim(), usual)) };
    let length =
        moment(after).ok_or_else(|| format!("`{after}` is no length of time; write `{word}@45s`"))?;
    Ok((word.trim(), length))
}

impl Queued {
    /// Every word, with what it stands for.
    const WORDS: &[(&'static str, Option<QueueOutcome>)] = &[
        ("served", Some(QueueOutcome::Served)),
        ("full", Some(QueueOutcome::Full)),
        ("timeout", Some(QueueOutcome::TimedOut)),
        ("failed", Some(QueueOutcome::Failed)),
        ("waits", None),
    ];

    /// Served after a usual wait.
    pub const USUAL: Queued = Queued::Ends(QueueOutcome::Served, WAIT);

    /// Reads `served`, `served@45s`, `full`, `timeout`, `failed` or `waits`.
    ///
    /// # Errors
    /// What is wrong, and what there is.
    pub fn read(text: &str) -> Result<Self, String> {
        let (word, after) = timed(text, WAIT)?;
        let found = Self::WORDS.iter().find(|(known, _)| *known == word);
        let Some((_, outcome)) = found else {
            let help = choice(word, Self::WORDS.iter().map(|(word, _)| *word));
            return Err(format!("`{word}` is nothing that becomes of a queue: {help}"));
        };
        Ok(match outcome {
            None => Queued::Waits,
            Some(QueueOutcome::Full | QueueOutcome::Failed) if !text.contains('@') => {
                Queued::Ends(outcome.unwrap_or(QueueOutcome::Failed), Duration::ZERO)
            }
            Some(outcome) => Queued::Ends(*outcome, after),
        })
    }
}

impl Dialled {
    const WORDS: &[(&'static str, Option<DialOutcome>)] = &[
        ("served", Some(DialOutcome::Served)),
        ("busy", Some(DialOutcome::Busy)),
        ("no-answer", None),
        ("unavailable", Some(DialOutcome::Unreachable)),
        ("refused", Some(DialOutcome::Refused)),
        ("failed", Some(DialOutcome::Failed)),
    ];

    /// Answered after a usual ring.
    pub const USUAL: Dialled = Dialled::Ends(DialOutcome::Served, RING);

    /// Reads `served`, `served@5s`, `busy`, `no-answer`, `unavailable`, `refused` or `failed`.
    ///
    /// # Errors
    /// What is wrong, and what there is.
    pub fn read(text: &str) -> Result<Self, String> {
        let (word, after) = timed(text, RING)?;
        let found = Self::WORDS.iter().find(|(known, _)| *known == word);
        let Some((_, outcome)) = found else {
            let help = choice(word, Self::WORDS.iter().map(|(word, _)| *word));
            return Err(format!("`{word}` is nothing that becomes of a call: {help}"));
        };
        Ok(match outcome {
            None if text.contains('@') => Dialled::Ends(DialOutcome::NoAnswer, after),
            None => Dialled::Rings,
            Some(DialOutcome::Busy | DialOutcome::Unreachable | DialOutcome::Failed)
                if !text.contains('@') =>
            {
                Dialled::Ends(outcome.unwrap_or(DialOutcome::Failed), Duration::ZERO)
            }
            Some(outcome) => Dialled::Ends(*outcome, after),
        })
    }
}

impl Answer {
    /// Reads `200`, `200:{"vip": true}`, `timeout`, or the word for a failure.
    ///
    /// # Errors
    /// What is wrong, and how to write it.
    pub fn read(text: &str) -> Result<Self, String> {
        let (head, body) = text.split_once(':').unwrap_or((text, ""));
        let head = head.trim();
        match head.parse::<u16>() {
            Ok(status) if (100..=599).contains(&status) => Ok(Answer::Status(status, body.trim().to_owned())),
            Ok(_) => Err(format!("`{head}` is no status of an answer (100 to 599)")),
            Err(_) if head == "timeout" => Ok(Answer::Timeout),
            Err(_) if !head.is_empty() && body.is_empty() => Ok(Answer::Failure(head.to_owned())),
            Err(_) => Err(format!("`{text}` is no answer; write `200:{{\"name\": \"Eva\"}}` or `timeout`")),
        }
    }
}
