//! The line of web chats: clients write in the pages of a site, by a WebSocket that may break and come back.
//!
//! A widget is a door of this line. A chat is a leg; it lasts while no browser is connected, and several may be: the pages
//! of a site that one person has open. Each is told what it has not seen yet when it comes back, by the numbers of messages.

mod begin;
mod chat;
mod flood;
mod frame;
mod input;
#[cfg(test)]
mod tests;
mod token;
mod visitor;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::chat::{Chat, Reached};
use self::flood::Bucket;
pub use self::frame::{By, ClientFrame, Code, Invited, Page, ServerFrame, Stage, Why, Written};
pub use self::input::{Form, Input, Output, Wanted, Widget};
pub use self::token::Key;
pub use self::visitor::{Visitor, tidy};
use super::Line;
use crate::entropy::Entropy;
use crate::id::{DoorId, LegId};
use crate::switch::cause::{Cause, EndedBy};
use crate::switch::line::{Abilities, LineCommand, LineEvent};
use crate::time::{Epoch, Time};

/// The name of this line in records.
pub const NAME: &str = "webchat";

/// What others have to know of it.
pub const LINE: Line = Line { name: NAME, abilities: Abilities::TEXT, at_once: 4 };

/// Chats that are kept at most, those that are over included.
const CHATS: usize = 5_000;
/// Chats of one address that go on at once: many people may be behind one.
const CHATS_OF_ADDRESS: usize = 100;
/// How often a chat is begun from one address: so often at once, and then one each.
const BEGINNINGS: (u32, Duration) = (60, Duration::from_secs(2));
/// How often a client writes: so often at once, and then one each.
const MESSAGES: (u32, Duration) = (20, Duration::from_millis(500));
/// How often a client may show that it types, read, or walk to another page.
const SIGNS: (u32, Duration) = (60, Duration::from_millis(250));
/// Addresses whose beginnings are counted.
const ADDRESSES: usize = 10_000;
/// Pages that the history of one chat names.
const PAGES: u32 = 200;
/// How long a client who waits may be away before the chat is given up.
const AWAY_WAITING: Duration = Duration::from_secs(3 * 60);
/// … one who is served.
const AWAY_SERVED: Duration = Duration::from_secs(30 * 60);
/// How long it is remembered how a chat ended.
const REMEMBERED: Duration = Duration::from_secs(15 * 60);
/// What a caller's leg may be passed on (RFC 3261 section 16.3): chats never are.
const HOPS: u8 = 70;

/// The number of a browser's connection; the driver gives it, each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConnId(pub u64);

/// A browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Conn {
    door: DoorId,
    visitor: Visitor,
    /// It has said hello.
    greeted: bool,
    chat: Option<LegId>,
    page: Option<Page>,
    language: Option<String>,
}

/// The line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WebChat {
    epoch: Epoch,
    entropy: Entropy,
    key: Key,
    widgets: BTreeMap<DoorId, Widget>,
    conns: BTreeMap<ConnId, Conn>,
    chats: BTreeMap<LegId, Chat>,
    /// When it is looked at a chat.
    timers: BTreeSet<(Time, LegId)>,
    begun: BTreeMap<String, Bucket>,
    outputs: VecDeque<Output>,
}

impl WebChat {
    /// A line without widgets; `key` seals what browsers hold on to.
    pub fn new(epoch: Epoch, entropy: Entropy, key: Key) -> Self {
        Self {
            epoch,
            entropy,
            key,
            widgets: BTreeMap::new(),
            conns: BTreeMap::new(),
            chats: BTreeMap::new(),
            timers: BTreeSet::new(),
            begun: BTreeMap::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input in; outputs wait in [`poll_output`](Self::poll_output).
    pub fn handle(&mut self, input: Input, now: Time) {
        match input {
            Input::Widgets(widgets) => self.widgets = widgets,
            Input::Connected { conn, door, visitor } => self.connected(conn, door, visitor),
            Input::Frame { conn, frame } => self.frame(conn, frame, now),
            Input::Gone { conn } => self.gone(conn, now),
            Input::Stands { leg, stage } => self.stands(leg, stage),
            Input::Typing { leg, author } => self.tell_client(leg, &ServerFrame::Typing { author }),
            Input::Read { leg, number } => self.read_by_operators(leg, number),
            Input::Switch { leg, command } => self.command(leg, command, now),
            Input::Resume { leg, door, served, written } => self.resume(leg, door, served, written, now),
        }
    }

    /// Lets time pass.
    pub fn handle_timeout(&mut self, now: Time) {
        while let Some((at, leg)) = self.timers.first().copied().filter(|(at, _)| *at <= now) {
            self.timers.remove(&(at, leg));
            self.look_at(leg, now);
        }
    }

    /// When time next matters.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// The next thing to do or to know.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Whether this is a leg of a client of this line.
    pub fn has(&self, leg: LegId) -> bool {
        self.chats.contains_key(&leg)
    }

    /// Whether the client's browser is connected, and up to which message the client has read.
    pub fn standing(&self, leg: LegId) -> Option<(bool, u64)> {
        self.chats.get(&leg).map(|chat| (chat.is_online(), chat.read))
    }

    /// Legs of chats that go on.
    pub fn live(&self) -> impl Iterator<Item = LegId> {
        self.chats.iter().filter(|(_, chat)| !chat.is_over()).map(|(leg, _)| *leg)
    }

    /// Browsers that are connected.
    pub fn connected_browsers(&self) -> usize {
        self.conns.len()
    }

    /// A chat goes on that was live when the program went: its client is away, and may come back.
    fn resume(&mut self, leg: LegId, door: DoorId, served: bool, written: Vec<(u64, Written)>, now: Time) {
        let mut chat = Chat::new(door, String::new(), now);
        chat.begins();
        for (own, message) in written {
            if message.by == By::Client {
                chat.remember(own, Ok(message.number));
            }
            chat.keep(message);
        }
        let patience = if served { AWAY_SERVED } else { AWAY_WAITING };
        chat.away_until = Some(now + patience);
        self.timers.insert((now + patience, leg));
        self.chats.insert(leg, chat);
    }

    fn connected(&mut self, conn: ConnId, door: DoorId, visitor: Visitor) {
        if !self.widgets.contains_key(&door) {
            self.problem(conn, Code::Gone, "this chat is not offered any more");
            return self.outputs.push_back(Output::Close { conn });
        }
        let (chat, page, language) = (None, None, None);
        self.conns.insert(conn, Conn { door, visitor, greeted: false, chat, page, language });
    }

    fn frame(&mut self, conn: ConnId, frame: ClientFrame, now: Time) {
        let Some(known) = self.conns.get(&conn) else { return };
        match (frame, known.greeted, known.chat) {
            (ClientFrame::Hello { token, seen, page, language }, false, _) => {
                self.hello(conn, (token, seen), page, language, now);
            }
            (ClientFrame::Ping {}, ..) => self.send(conn, ServerFrame::Pong {}),
            (_, false, _) => {
                self.problem(conn, Code::Frame, "the first frame is hello");
                self.close(conn, now);
            }
            (ClientFrame::Begin { name, phone, email, consent, invited, .. }, _, None) => {
                self.begin(conn, [name, phone, email], (consent, invited), now);
            }
            (ClientFrame::Page(page), _, chat) => self.walks(conn, chat, page, now),
            (ClientFrame::Hello { .. } | ClientFrame::Begin { .. }, ..) => {
                self.problem(conn, Code::Frame, "there is a chat already");
            }
            (frame, _, Some(leg)) => self.chat_frame(conn, leg, frame, now),
            (ClientFrame::Write { own, .. }, ..) => {
                let why = "there is no chat: begin one".to_owned();
                self.send(conn, ServerFrame::Refused { own, why });
            }
            _ => {}
        }
    }

    fn walks(&mut self, conn: ConnId, chat: Option<LegId>, page: Page, now: Time) {
        if let Some(known) = self.conns.get_mut(&conn) {
            known.page = Some(page.clone());
        }
        let Some(leg) = chat else { return };
        let Some(chat) = self.chats.get_mut(&leg) else { return };
        if !chat.is_over() && chat.walks_to(&page, now) {
            let named = [("page_url", tidy(&page.url)), ("page_title", tidy(&page.title))];
            let details = named.map(|(name, value)| (name.to_owned(), value.unwrap_or_default()));
            self.tell(leg, LineEvent::Learned(details.into()));
        }
    }

    fn chat_frame(&mut self, conn: ConnId, leg: LegId, frame: ClientFrame, now: Time) {
        let Some(chat) = self.chats.get_mut(&leg) else { return };
        match frame {
            ClientFrame::Write { own, text } => match chat.write(own, &text, now) {
                Reached::New => self.tell(leg, LineEvent::Wrote { own, text, aside: false }),
                Reached::Known(Ok(number)) => self.send(conn, ServerFrame::Taken { own, number }),
                Reached::Known(Err(why)) => self.send(conn, ServerFrame::Refused { own, why }),
                Reached::UnderWay => {}
                Reached::TooFast => {
                    self.problem(conn, Code::TooMany, "too many messages at once; wait a moment")
                }
            },
            ClientFrame::Typing(true) if chat.may_sign(now) => self.outputs.push_back(Output::Types { leg }),
            ClientFrame::Read(number) if chat.has_read(number, now) => {
                self.outputs.push_back(Output::Changed { leg });
            }
            ClientFrame::End {} => self.end(leg, Why::Client, now),
            _ => {}
        }
    }

    /// The chat is over: its client ended it, or was away for too long.
    fn end(&mut self, leg: LegId, why: Why, now: Time) {
        let goes_on = self.chats.get(&leg).is_some_and(|chat| !chat.is_over());
        if goes_on {
            self.over(leg, why, now);
            self.tell(leg, LineEvent::Down { cause: Cause::Normal, by: EndedBy::Peer });
        }
    }

    fn over(&mut self, leg: LegId, why: Why, now: Time) {
        self.begun(leg);
        self.stands(leg, Stage::Ended { why });
        if let Some(chat) = self.chats.get_mut(&leg) {
            let before = chat.away_until.replace(now + REMEMBERED);
            before.into_iter().for_each(|at| _ = self.timers.remove(&(at, leg)));
            self.timers.insert((now + REMEMBERED, leg));
        }
    }

    fn gone(&mut self, conn: ConnId, now: Time) {
        let Some(Conn { chat: Some(leg), .. }) = self.conns.remove(&conn) else { return };
        let Some(chat) = self.chats.get_mut(&leg) else { return };
        if !chat.goes(conn) || chat.is_over() {
            return;
        }
        let patience = if let Stage::Served { .. } = chat.stage { AWAY_SERVED } else { AWAY_WAITING };
        chat.away_until = Some(now + patience);
        self.timers.insert((now + patience, leg));
        self.outputs.push_back(Output::Changed { leg });
    }

    fn look_at(&mut self, leg: LegId, now: Time) {
        match self.chats.get(&leg) {
            Some(chat) if chat.away_until.is_none_or(|at| at > now) => {}
            Some(chat) if chat.is_over() => self.forget(leg),
            Some(_) => self.end(leg, Why::Client, now),
            None => {}
        }
    }

    /// Nothing is known of a chat any more. Browsers that show it still may begin another one.
    fn forget(&mut self, leg: LegId) {
        let Some(chat) = self.chats.remove(&leg) else { return };
        chat.away_until.into_iter().for_each(|at| _ = self.timers.remove(&(at, leg)));
        for conn in chat.conns() {
            if let Some(known) = self.conns.get_mut(&conn) {
                known.chat = None;
            }
        }
    }

    fn stands(&mut self, leg: LegId, stage: Stage) {
        let Some(chat) = self.chats.get_mut(&leg) else { return };
        if !chat.is_over() && chat.stage != stage {
            chat.stage = stage.clone();
            if chat.has_begun() {
                self.tell_client(leg, &ServerFrame::Stage(stage));
            }
        }
    }

    fn read_by_operators(&mut self, leg: LegId, number: u64) {
        let Some(chat) = self.chats.get_mut(&leg) else { return };
        if number > chat.read_by_operators && number <= chat.last() {
            chat.read_by_operators = number;
            self.tell_client(leg, &ServerFrame::Read(number));
        }
    }

    fn command(&mut self, leg: LegId, command: LineCommand, now: Time) {
        match command {
            LineCommand::Answer { .. } => {
                self.begun(leg);
                self.tell(leg, LineEvent::Up);
            }
            LineCommand::Deliver(message) => {
                let written = Written {
                    number: message.number,
                    at: message.at.0,
                    by: By::Operator,
                    author: message.author,
                    text: message.text,
                };
                self.keep(leg, written);
            }
            LineCommand::Taken { own, outcome } => self.taken(leg, own, outcome, now),
            LineCommand::HangUp { cause } => {
                let goes_on = self.chats.get(&leg).is_some_and(|chat| !chat.is_over());
                if goes_on {
                    self.over(leg, why(cause), now);
                    self.tell(leg, LineEvent::Down { cause, by: EndedBy::Us });
                }
            }
            // Nothing of it concerns somebody who writes.
            _ => {}
        }
    }

    fn taken(&mut self, leg: LegId, own: u64, outcome: Result<u64, String>, now: Time) {
        let Some(chat) = self.chats.get_mut(&leg) else { return };
        let Some(text) = chat.answered(own, &outcome) else { return };
        match outcome {
            Ok(number) => {
                let at = self.epoch.wall(now).0;
                self.tell_client(leg, &ServerFrame::Taken { own, number });
                self.keep(leg, Written { number, at, by: By::Client, author: String::new(), text });
            }
            Err(why) => self.tell_client(leg, &ServerFrame::Refused { own, why }),
        }
    }

    /// Something was written that the client reads, on all pages.
    fn keep(&mut self, leg: LegId, written: Written) {
        let frame = ServerFrame::Message(Box::new(written.clone()));
        if let Some(chat) = self.chats.get_mut(&leg) {
            chat.keep(written);
        }
        self.tell_client(leg, &frame);
    }

    fn tell_client(&mut self, leg: LegId, frame: &ServerFrame) {
        let Some(chat) = self.chats.get(&leg) else { return };
        let sends = chat.conns().map(|conn| Output::Send { conn, frame: frame.clone() });
        self.outputs.extend(sends);
    }

    fn problem(&mut self, conn: ConnId, code: Code, what: &str) {
        self.send(conn, ServerFrame::Problem { code, what: what.to_owned() });
    }

    fn close(&mut self, conn: ConnId, now: Time) {
        self.gone(conn, now);
        self.outputs.push_back(Output::Close { conn });
    }

    fn send(&mut self, conn: ConnId, frame: ServerFrame) {
        self.outputs.push_back(Output::Send { conn, frame });
    }

    fn tell(&mut self, leg: LegId, event: LineEvent) {
        self.outputs.push_back(Output::Switch { leg, event });
    }
}

/// Why a chat is over that the switch ended.
fn why(cause: Cause) -> Why {
    match cause {
        Cause::Normal | Cause::CompletedElsewhere => Why::Operator,
        Cause::Internal | Cause::Shutdown => Why::Fault,
        _ => Why::Nobody,
    }
}
