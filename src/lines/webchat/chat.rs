//! One chat: what its client has, wrote and saw.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::flood::Bucket;
use super::frame::{Page, Stage, Written};
use super::{ConnId, MESSAGES, PAGES, SIGNS};
use crate::id::DoorId;
use crate::switch::line::Message;
use crate::time::Time;

/// Messages that are kept for browsers that come back; those before them are in the history.
const KEPT: usize = 500;
/// Bytes of their texts.
const KEPT_BYTES: usize = 64 * 1024;
/// Answers that are kept for messages that come again.
const ANSWERS: usize = 100;
/// Messages that wait for their answer.
const UNDER_WAY: usize = 50;

/// A chat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Chat {
    /// The widget by which it came.
    pub(super) door: DoorId,
    /// The address from which it was begun.
    pub(super) address: String,
    /// How it stands, as its client was told.
    pub(super) stage: Stage,
    /// While nobody is connected: when it is given up; of one that is over: when it is forgotten.
    pub(super) away_until: Option<Time>,
    /// Up to which message the client has read.
    pub(super) read: u64,
    /// … and whoever serves.
    pub(super) read_by_operators: u64,
    /// Its client has what to hold on to.
    has_begun: bool,
    conns: BTreeSet<ConnId>,
    page: Page,
    pages: u32,
    /// Own numbers and texts that the switch has not answered.
    under_way: VecDeque<(u64, String)>,
    answers: VecDeque<(u64, Result<u64, String>)>,
    kept: VecDeque<Written>,
    kept_bytes: usize,
    messages: Bucket,
    signs: Bucket,
}

/// What came of a message from the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// It is new.
    New,
    /// It came before, and is on its way.
    UnderWay,
    /// It came before, and was answered so.
    Known(Result<u64, String>),
    /// There are too many at once: it is to come again later.
    TooFast,
}

impl Chat {
    pub(super) fn new(door: DoorId, address: String, now: Time) -> Self {
        Self {
            door,
            address,
            stage: Stage::Waiting { position: 0 },
            away_until: None,
            read: 0,
            read_by_operators: 0,
            has_begun: false,
            conns: BTreeSet::new(),
            page: Page::default(),
            pages: 0,
            under_way: VecDeque::new(),
            answers: VecDeque::new(),
            kept: VecDeque::new(),
            kept_bytes: 0,
            messages: Bucket::new(MESSAGES, now),
            signs: Bucket::new(SIGNS, now),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Ended { .. })
    }

    /// Its client is given what to hold on to, and how it stands; nothing if that was before.
    pub(super) fn begins(&mut self) -> Option<Stage> {
        let had_begun = std::mem::replace(&mut self.has_begun, true);
        (!had_begun).then(|| self.stage.clone())
    }

    /// Whether its client has what to hold on to.
    pub(super) fn has_begun(&self) -> bool {
        self.has_begun
    }

    pub(super) fn is_online(&self) -> bool {
        !self.conns.is_empty()
    }

    pub(super) fn conns(&self) -> impl Iterator<Item = ConnId> {
        self.conns.iter().copied()
    }

    /// A browser shows it; true if none did.
    pub(super) fn comes(&mut self, conn: ConnId) -> bool {
        let back = self.conns.is_empty();
        self.conns.insert(conn);
        back
    }

    /// A browser is gone; true if it was the last.
    pub(super) fn goes(&mut self, conn: ConnId) -> bool {
        self.conns.remove(&conn) && self.conns.is_empty()
    }

    /// The highest own number that was answered.
    pub(super) fn taken(&self) -> u64 {
        self.answers.iter().map(|(own, _)| *own).max().unwrap_or(0)
    }

    /// The number of the last message.
    pub(super) fn last(&self) -> u64 {
        self.kept.back().map_or(0, |message| message.number)
    }

    /// What was written after this message.
    pub(super) fn after(&self, seen: u64) -> impl Iterator<Item = &Written> {
        self.kept.iter().filter(move |message| message.number > seen)
    }

    /// Takes a message from the browser in.
    pub(super) fn write(&mut self, own: u64, text: &str, now: Time) -> Reached {
        if let Some((_, answer)) = self.answers.iter().find(|(answered, _)| *answered == own) {
            return Reached::Known(answer.clone());
        }
        if self.under_way.iter().any(|(number, _)| *number == own) {
            return Reached::UnderWay;
        }
        if own <= self.taken() {
            let why = "a message with a higher number came before it".to_owned();
            return Reached::Known(Err(why));
        }
        if self.under_way.len() >= UNDER_WAY || !self.messages.take(now) {
            return Reached::TooFast;
        }
        // What is longer is refused by the switch, whole.
        let text = text.chars().take(Message::LONGEST).collect();
        self.under_way.push_back((own, text));
        Reached::New
    }

    /// The switch has answered: gives the text.
    pub(super) fn answered(&mut self, own: u64, outcome: &Result<u64, String>) -> Option<String> {
        let at = self.under_way.iter().position(|(number, _)| *number == own)?;
        let (_, text) = self.under_way.remove(at)?;
        self.remember(own, outcome.clone());
        Some(text)
    }

    /// What came of a message, for when it comes again.
    pub(super) fn remember(&mut self, own: u64, outcome: Result<u64, String>) {
        self.answers.push_back((own, outcome));
        if self.answers.len() > ANSWERS {
            self.answers.pop_front();
        }
    }

    /// Keeps a message for browsers that come back.
    pub(super) fn keep(&mut self, message: Written) {
        self.kept_bytes += message.text.len();
        self.kept.push_back(message);
        while self.kept.len() > KEPT || self.kept_bytes > KEPT_BYTES {
            let Some(oldest) = self.kept.pop_front() else { return };
            self.kept_bytes -= oldest.text.len();
        }
    }

    /// The client is on another page; true if that is worth telling.
    pub(super) fn walks_to(&mut self, page: &Page, now: Time) -> bool {
        if self.page == *page || self.pages >= PAGES || !self.signs.take(now) {
            return false;
        }
        self.page = page.clone();
        self.pages += 1;
        true
    }

    pub(super) fn may_sign(&mut self, now: Time) -> bool {
        !self.is_over() && self.signs.take(now)
    }

    /// The client has read up to here; true if that is new.
    pub(super) fn has_read(&mut self, number: u64, now: Time) -> bool {
        if number <= self.read || number > self.last() || !self.may_sign(now) {
            return false;
        }
        self.read = number;
        true
    }
}
