//! A browser says hello to a chat that it has, or begins one.

use super::chat::Chat;
use super::flood::Bucket;
use super::frame::{Code, Invited, Page, ServerFrame};
use super::input::{Output, Wanted};
use super::visitor::tidy;
use super::{ADDRESSES, BEGINNINGS, CHATS, CHATS_OF_ADDRESS, Conn, ConnId, HOPS, LINE, NAME, WebChat};
use crate::id::{DoorId, LegId};
use crate::switch::line::{Arrival, LineEvent, Origin, Party};
use crate::time::Time;

impl WebChat {
    pub(super) fn hello(
        &mut self,
        conn: ConnId,
        (token, seen): (Option<String>, u64),
        page: Option<Page>,
        language: Option<String>,
        now: Time,
    ) {
        let Some(known) = self.conns.get_mut(&conn) else { return };
        known.greeted = true;
        known.language = language.as_deref().and_then(tidy);
        known.page = page.clone();
        let door = known.door;
        let leg = token.as_deref().and_then(|token| self.key.open(token));
        let found = leg.filter(|leg| self.chats.get(leg).is_some_and(|chat| chat.door == door));
        let Some(leg) = found else {
            return self.send(conn, ServerFrame::Welcome { token: None, taken: 0, stage: None });
        };
        let token = Some(self.key.seal(leg));
        let Some(chat) = self.chats.get_mut(&leg) else { return };
        let back = chat.comes(conn);
        // One that is over is forgotten all the same.
        if !chat.is_over()
            && let Some(at) = chat.away_until.take()
        {
            self.timers.remove(&(at, leg));
        }
        let stage = Some(chat.stage.clone());
        let missed: Vec<_> = chat.after(seen).cloned().collect();
        let (taken, read) = (chat.taken(), chat.read_by_operators);
        if let Some(known) = self.conns.get_mut(&conn) {
            known.chat = Some(leg);
        }
        self.send(conn, ServerFrame::Welcome { token, taken, stage });
        for message in missed {
            self.send(conn, ServerFrame::Message(Box::new(message)));
        }
        if read > 0 {
            self.send(conn, ServerFrame::Read(read));
        }
        if back {
            self.outputs.push_back(Output::Changed { leg });
        }
        if let Some(page) = page {
            self.walks(conn, Some(leg), page, now);
        }
    }

    pub(super) fn begin(
        &mut self,
        conn: ConnId,
        fields: [Option<String>; 3],
        (consent, invited): (Option<String>, Option<Invited>),
        now: Time,
    ) {
        let Some(known) = self.conns.get(&conn) else { return };
        let Some(widget) = self.widgets.get(&known.door) else {
            return self.problem(conn, Code::Gone, "this chat is not offered any more");
        };
        if widget.consent.is_some() && widget.consent != consent {
            return self.problem(conn, Code::Form, "the text has to be agreed to");
        }
        let form = widget.form;
        let [name, phone, email] = fields.map(|field| field.as_deref().and_then(tidy));
        let filled = [(form.name, name, "name"), (form.phone, phone, "phone"), (form.email, email, "email")];
        let missing = filled.iter().find(|(wanted, value, _)| *wanted == Wanted::Required && value.is_none());
        if let Some((_, _, field)) = missing {
            return self.problem(conn, Code::Form, &format!("{field} is missing"));
        }
        let [name, phone, email] = filled.map(|(wanted, value, _)| value.filter(|_| wanted != Wanted::Off));
        if let Err(why) = self.has_room(&known.visitor.address.clone(), now) {
            return self.problem(conn, Code::Busy, why);
        }
        let arrival = self.arrival(conn, [name, phone, email], (consent, invited));
        let Some((arrival, door, address)) = arrival else { return };
        let leg = LegId::new(self.epoch.wall(now), &mut self.entropy);
        let mut chat = Chat::new(door, address, now);
        chat.comes(conn);
        self.chats.insert(leg, chat);
        if let Some(known) = self.conns.get_mut(&conn) {
            known.chat = Some(leg);
        }
        self.tell(leg, LineEvent::Arrived(Box::new(arrival)));
    }

    /// The chat stands, and its client is given what to hold on to.
    pub(super) fn begun(&mut self, leg: LegId) {
        let Some(stage) = self.chats.get_mut(&leg).and_then(Chat::begins) else { return };
        let token = self.key.seal(leg);
        self.tell_client(leg, &ServerFrame::Begun { token });
        self.tell_client(leg, &ServerFrame::Stage(stage));
    }

    /// Whether one more chat may be begun from this address; if not, why.
    fn has_room(&mut self, address: &str, now: Time) -> Result<(), &'static str> {
        let live = self.chats.values().filter(|chat| chat.address == address && !chat.is_over());
        if live.count() >= CHATS_OF_ADDRESS {
            return Err("there are too many chats from where you are; try again later");
        }
        if self.chats.len() >= CHATS {
            self.forget_one_that_is_over();
        }
        if self.begun.len() >= ADDRESSES {
            self.begun.retain(|_, bucket| !bucket.is_full(now));
        }
        if self.chats.len() >= CHATS || self.begun.len() >= ADDRESSES {
            return Err("there are too many chats at the moment; try again later");
        }
        let bucket = self.begun.entry(address.to_owned()).or_insert_with(|| Bucket::new(BEGINNINGS, now));
        bucket.take(now).then_some(()).ok_or("too many chats were begun from where you are; try again later")
    }

    fn forget_one_that_is_over(&mut self) {
        let over = self.chats.iter().find(|(_, chat)| chat.is_over()).map(|(leg, _)| *leg);
        if let Some(leg) = over {
            self.forget(leg);
        }
    }

    fn arrival(
        &self,
        conn: ConnId,
        [name, phone, email]: [Option<String>; 3],
        (consent, invited): (Option<String>, Option<Invited>),
    ) -> Option<(Arrival, DoorId, String)> {
        let Conn { door, visitor, page, language, .. } = self.conns.get(&conn)?;
        let widget = self.widgets.get(door)?;
        let page = page.as_ref();
        let details = [
            ("email", email.clone()),
            ("browser", visitor.browser.clone()),
            ("system", visitor.system.clone()),
            ("language", language.clone()),
            ("widget", Some(widget.name.clone())),
            ("page_url", page.and_then(|page| tidy(&page.url))),
            ("page_title", page.and_then(|page| tidy(&page.title))),
            ("consent", consent.filter(|_| widget.consent.is_some())),
            ("invitation", invited.map(|invited| invited.id.to_string())),
        ];
        let details = details.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let arrival = Arrival {
            line: NAME.to_owned(),
            abilities: LINE.abilities,
            origin: Origin::Door(*door),
            from: Party { number: phone.or(email).unwrap_or_default(), display: name },
            dialled: widget.name.clone(),
            hops_left: HOPS,
            replaces: None,
            shown: None,
            invited: invited.map(|invited| invited.operator),
            details: details.collect(),
        };
        Some((arrival, *door, visitor.address.clone()))
    }
}
