//! Clients and browsers of a line with one widget.

use std::time::Duration;

use super::*;
use crate::id::RoomId;
use crate::switch::line::{Message, Origin, Party};
use crate::time::UnixMs;

/// A line, its only widget, and what it wanted lately.
struct Site {
    line: WebChat,
    door: DoorId,
    now: Time,
    outputs: Vec<Output>,
    conns: u64,
    ids: Entropy,
}

impl Site {
    fn new() -> Self {
        Self::with(Form { name: Wanted::Optional, ..Form::default() }, None)
    }

    fn with(form: Form, consent: Option<&str>) -> Self {
        let mut ids = Entropy::from_number(7);
        let door = DoorId::new(UnixMs(0), &mut ids);
        let line = WebChat::new(Epoch::default(), ids.fork(), Key::draw(&mut ids.fork()));
        let mut site = Self { line, door, now: Time::ZERO, outputs: vec![], conns: 0, ids };
        let widget = Widget { name: "shop".into(), form, consent: consent.map(str::to_owned) };
        site.tell(Input::Widgets([(door, widget)].into()));
        site
    }

    fn tell(&mut self, input: Input) {
        self.line.handle(input, self.now);
        self.outputs.extend(std::iter::from_fn(|| self.line.poll_output()));
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
        self.line.handle_timeout(self.now);
        self.outputs.extend(std::iter::from_fn(|| self.line.poll_output()));
    }

    fn connect(&mut self) -> ConnId {
        self.conns += 1;
        let conn = ConnId(self.conns);
        let visitor = Visitor { address: "192.0.2.1".into(), ..Visitor::default() };
        self.tell(Input::Connected { conn, door: self.door, visitor });
        conn
    }

    fn says(&mut self, conn: ConnId, frame: ClientFrame) {
        self.tell(Input::Frame { conn, frame });
    }

    fn hello(&mut self, conn: ConnId, token: Option<&str>, seen: u64) {
        let (token, language) = (token.map(str::to_owned), Some("cs".to_owned()));
        self.says(conn, ClientFrame::Hello { token, seen, page: None, language });
    }

    fn begin(&mut self, conn: ConnId, name: Option<&str>, consent: Option<&str>) {
        let [name, consent] = [name, consent].map(|text| text.map(str::to_owned));
        self.says(
            conn,
            ClientFrame::Begin { name, phone: None, email: None, consent, invitation: None, invited: None },
        );
    }

    /// What a browser was told since it was asked last.
    fn told(&mut self, conn: ConnId) -> Vec<ServerFrame> {
        let (told, rest) = std::mem::take(&mut self.outputs)
            .into_iter()
            .partition(|output| matches!(output, Output::Send { conn: to, .. } if *to == conn));
        self.outputs = rest;
        let told: Vec<Output> = told;
        let frames = told.into_iter().filter_map(|output| match output {
            Output::Send { frame, .. } => Some(frame),
            _ => None,
        });
        frames.collect()
    }

    /// What the switch was told since it was asked last.
    fn reported(&mut self) -> Vec<(LegId, LineEvent)> {
        let events = self.outputs.iter().filter_map(|output| match output {
            Output::Switch { leg, event } => Some((*leg, event.clone())),
            _ => None,
        });
        let events = events.collect();
        self.outputs.retain(|output| !matches!(output, Output::Switch { .. }));
        events
    }

    /// A chat that has begun: its connection, token and leg.
    fn chat(&mut self) -> (ConnId, String, LegId) {
        let conn = self.connect();
        self.hello(conn, None, 0);
        self.begin(conn, Some("Eva"), None);
        let leg = self.reported().first().map(|(leg, _)| *leg).expect("no session");
        let room = RoomId::new(UnixMs(0), &mut self.ids);
        self.tell(Input::Switch { leg, command: LineCommand::Answer { room } });
        let begun = self.told(conn).into_iter().find_map(|frame| match frame {
            ServerFrame::Begun { token } => Some(token),
            _ => None,
        });
        self.reported();
        (conn, begun.expect("no chat"), leg)
    }

    fn write(&mut self, conn: ConnId, own: u64, text: &str) {
        self.says(conn, ClientFrame::Write { own, text: text.to_owned() });
    }

    /// The switch takes what was written.
    fn take(&mut self, leg: LegId, own: u64, number: u64) {
        self.tell(Input::Switch { leg, command: LineCommand::Taken { own, outcome: Ok(number) } });
    }

    fn answer(&mut self, leg: LegId, number: u64, text: &str) {
        let message = Message {
            number,
            at: UnixMs(5),
            leg: LegId::new(UnixMs(1), &mut self.ids),
            operator: None,
            author: "Anna".into(),
            text: text.to_owned(),
            aside: false,
        };
        self.tell(Input::Switch { leg, command: LineCommand::Deliver(Box::new(message)) });
    }
}

fn texts(frames: &[ServerFrame]) -> Vec<(u64, String)> {
    let written = frames.iter().filter_map(|frame| match frame {
        ServerFrame::Message(message) => Some((message.number, message.text.clone())),
        _ => None,
    });
    written.collect()
}

fn codes(frames: &[ServerFrame]) -> Vec<Code> {
    let problems = frames.iter().filter_map(|frame| match frame {
        ServerFrame::Problem { code, .. } => Some(*code),
        _ => None,
    });
    problems.collect()
}

#[test]
fn a_chat_that_is_begun_arrives_with_what_is_known_of_the_client() {
    let mut site = Site::new();
    let conn = site.connect();
    let page = Page { url: "https://shop.example/cart".into(), title: "Cart".into() };
    let hello = ClientFrame::Hello { token: None, seen: 0, page: Some(page), language: Some("cs".into()) };
    site.says(conn, hello);
    assert_eq!(site.told(conn), [ServerFrame::Welcome { token: None, taken: 0, stage: None }]);
    site.begin(conn, Some(" Eva\n"), None);
    let reported = site.reported();
    let [(_, LineEvent::Arrived(arrival))] = reported.as_slice() else { panic!("{reported:?}") };
    assert_eq!(arrival.from, Party { number: String::new(), display: Some("Eva".into()) });
    assert_eq!((arrival.abilities, arrival.origin), (Abilities::TEXT, Origin::Door(site.door)));
    let known: Vec<_> = arrival.details.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = [("page_title", "Cart"), ("page_url", "https://shop.example/cart")];
    assert_eq!(known, [("language", "cs"), page[0], page[1], ("widget", "shop")]);
}

#[test]
fn the_entry_form_is_filled_in_as_the_widget_wants_it() {
    let required = Form { name: Wanted::Required, ..Form::default() };
    let mut site = Site::with(required, Some("2026-11"));
    let conn = site.connect();
    site.hello(conn, None, 0);
    site.told(conn);
    for (name, consent) in [
        (Some("Eva"), None),
        (Some("Eva"), Some("2020-01")),
        (None, Some("2026-11")),
        (Some("  "), Some("2026-11")),
    ] {
        site.begin(conn, name, consent);
        assert_eq!(codes(&site.told(conn)), [Code::Form], "{name:?} {consent:?}");
    }
    assert_eq!(site.reported(), []);
    site.begin(conn, Some("Eva"), Some("2026-11"));
    let reported = site.reported();
    let [(_, LineEvent::Arrived(arrival))] = reported.as_slice() else { panic!("{reported:?}") };
    assert_eq!(arrival.details.get("consent").map(String::as_str), Some("2026-11"));
}

#[test]
fn a_message_that_comes_twice_is_written_once_and_answered_twice() {
    let mut site = Site::new();
    let (conn, _, leg) = site.chat();
    site.write(conn, 1, "hello");
    site.write(conn, 1, "hello");
    let wrote = LineEvent::Wrote { own: 1, text: "hello".into(), aside: false };
    assert_eq!(site.reported(), [(leg, wrote)]);
    site.take(leg, 1, 4);
    site.write(conn, 1, "hello");
    assert_eq!(site.reported(), []);
    let taken = ServerFrame::Taken { own: 1, number: 4 };
    let told = site.told(conn);
    assert_eq!(told.iter().filter(|frame| **frame == taken).count(), 2, "{told:?}");
    assert_eq!(texts(&told), [(4, "hello".to_owned())]);
}

#[test]
fn a_browser_that_comes_back_is_told_what_it_has_not_seen() {
    let mut site = Site::new();
    let (conn, token, leg) = site.chat();
    site.write(conn, 1, "one");
    site.take(leg, 1, 1);
    site.tell(Input::Gone { conn });
    site.answer(leg, 2, "two");
    site.answer(leg, 4, "four");
    site.reported();
    site.pass(Duration::from_secs(10));
    let back = site.connect();
    site.hello(back, Some(&token), 1);
    let told = site.told(back);
    assert!(
        matches!(&told[0], ServerFrame::Welcome { token: Some(same), taken: 1, stage: Some(_) } if *same == token)
    );
    assert_eq!(texts(&told), [(2, "two".to_owned()), (4, "four".to_owned())]);
    assert!(site.line.standing(leg).is_some_and(|(online, _)| online));
    site.pass(Duration::from_secs(3_600));
    assert_eq!(site.reported(), [], "who is there is not given up");
}

#[test]
fn a_message_on_its_way_when_the_browser_goes_is_in_the_chat_when_it_comes_back() {
    let mut site = Site::new();
    let (conn, token, leg) = site.chat();
    site.write(conn, 1, "one");
    site.tell(Input::Gone { conn });
    site.take(leg, 1, 1);
    let back = site.connect();
    site.hello(back, Some(&token), 0);
    site.write(back, 1, "one");
    let told = site.told(back);
    assert_eq!(texts(&told), [(1, "one".to_owned())]);
    assert!(told.contains(&ServerFrame::Taken { own: 1, number: 1 }));
    assert_eq!(site.reported(), [(leg, LineEvent::Wrote { own: 1, text: "one".into(), aside: false })]);
}

#[test]
fn all_pages_of_a_client_show_the_same_chat() {
    let mut site = Site::new();
    let (first, token, leg) = site.chat();
    let second = site.connect();
    site.hello(second, Some(&token), 0);
    site.told(second);
    site.write(first, 1, "from the first");
    site.take(leg, 1, 1);
    site.answer(leg, 2, "welcome");
    let read = vec![(1, "from the first".to_owned()), (2, "welcome".to_owned())];
    assert_eq!((texts(&site.told(first)), texts(&site.told(second))), (read.clone(), read));
    site.tell(Input::Gone { conn: first });
    site.pass(AWAY_SERVED);
    assert_eq!(site.reported().len(), 1, "only what was written");
}

#[test]
fn a_client_who_stays_away_has_ended_the_chat() {
    let mut site = Site::new();
    let (conn, token, leg) = site.chat();
    site.told(conn);
    site.tell(Input::Gone { conn });
    site.pass(AWAY_WAITING - Duration::from_secs(1));
    assert_eq!(site.reported(), []);
    site.pass(Duration::from_secs(1));
    assert_eq!(site.reported(), [(leg, LineEvent::Down { cause: Cause::Normal, by: EndedBy::Peer })]);
    let back = site.connect();
    site.hello(back, Some(&token), 0);
    let ended = Some(Stage::Ended { why: Why::Client });
    assert!(matches!(&site.told(back)[0], ServerFrame::Welcome { stage, .. } if *stage == ended));
    site.pass(REMEMBERED);
    let later = site.connect();
    site.hello(later, Some(&token), 0);
    assert_eq!(site.told(later), [ServerFrame::Welcome { token: None, taken: 0, stage: None }]);
    assert_eq!(site.line.poll_timeout(), None);
}

#[test]
fn a_chat_that_ends_is_told_once_to_the_switch_and_its_client() {
    let mut site = Site::new();
    let (conn, _, leg) = site.chat();
    site.told(conn);
    let command = LineCommand::HangUp { cause: Cause::Normal };
    site.tell(Input::Switch { leg, command: command.clone() });
    site.tell(Input::Switch { leg, command });
    site.says(conn, ClientFrame::End {});
    assert_eq!(site.reported(), [(leg, LineEvent::Down { cause: Cause::Normal, by: EndedBy::Us })]);
    assert_eq!(site.told(conn), [ServerFrame::Stage(Stage::Ended { why: Why::Operator })]);
}

#[test]
fn who_writes_too_much_at_once_is_told_to_wait() {
    let mut site = Site::new();
    let (conn, _, leg) = site.chat();
    site.told(conn);
    for own in 1..=30 {
        site.write(conn, own, "spam");
        site.take(leg, own, own);
    }
    let told = site.told(conn);
    assert_eq!(codes(&told).len(), 10, "{told:?}");
    site.pass(Duration::from_secs(5));
    site.write(conn, 21, "spam");
    assert!(site.reported().iter().any(|(_, event)| matches!(event, LineEvent::Wrote { own: 21, .. })));
}

#[test]
fn chats_of_one_address_are_bounded() {
    let mut site = Site::new();
    let mut begun = 0;
    for _ in 0..200 {
        let conn = site.connect();
        site.hello(conn, None, 0);
        site.begin(conn, None, None);
        begun += site.reported().len();
        site.pass(Duration::from_secs(1));
    }
    assert!((60..=CHATS_OF_ADDRESS).contains(&begun), "{begun}");
}

#[test]
fn strange_frames_and_unknown_widgets_are_refused() {
    let mut site = Site::new();
    let conn = site.connect();
    site.write(conn, 1, "no hello");
    assert_eq!(codes(&site.told(conn)), [Code::Frame]);
    assert!(site.outputs.contains(&Output::Close { conn }));
    let door = DoorId::new(UnixMs(9), &mut site.ids);
    let stranger = ConnId(99);
    site.tell(Input::Connected { conn: stranger, door, visitor: Visitor::default() });
    assert_eq!(codes(&site.told(stranger)), [Code::Gone]);
    assert!(site.outputs.contains(&Output::Close { conn: stranger }));
    let early = site.connect();
    site.hello(early, Some("x.y"), 0);
    site.write(early, 1, "no chat");
    assert!(matches!(
        site.told(early).as_slice(),
        [ServerFrame::Welcome { token: None, .. }, ServerFrame::Refused { own: 1, .. }]
    ));
}

#[test]
fn the_token_of_one_widget_opens_no_chat_of_another() {
    let mut site = Site::new();
    let (_, token, _) = site.chat();
    let other = DoorId::new(UnixMs(9), &mut site.ids);
    let mut widgets = site.line.widgets.clone();
    widgets.insert(other, Widget { name: "other".into(), form: Form::default(), consent: None });
    site.tell(Input::Widgets(widgets));
    let conn = ConnId(50);
    site.tell(Input::Connected { conn, door: other, visitor: Visitor::default() });
    site.hello(conn, Some(&token), 0);
    assert_eq!(site.told(conn), [ServerFrame::Welcome { token: None, taken: 0, stage: None }]);
}

#[test]
fn walking_through_the_site_is_told_and_reading_is_known() {
    let mut site = Site::new();
    let (conn, _, leg) = site.chat();
    let page = Page { url: "https://shop.example/2".into(), title: "Two".into() };
    site.says(conn, ClientFrame::Page(page.clone()));
    site.says(conn, ClientFrame::Page(page));
    assert!(
        matches!(site.reported().as_slice(), [(_, LineEvent::Learned(details))] if details["page_title"] == "Two")
    );
    site.answer(leg, 1, "hello");
    site.says(conn, ClientFrame::Read(7));
    assert_eq!(site.line.standing(leg), Some((true, 0)), "nobody reads what is not there");
    site.says(conn, ClientFrame::Read(1));
    assert_eq!(site.line.standing(leg), Some((true, 1)));
    site.says(conn, ClientFrame::Typing(true));
    assert!(site.outputs.contains(&Output::Types { leg }));
}

#[test]
fn frames_are_what_widgets_write_and_read() {
    let frames = [
        r#"{"hello":{"token":null,"seen":0,"page":{"url":"https://x/","title":"X"},"language":"cs"}}"#,
        r#"{"begin":{"name":"Eva","phone":null,"email":null,"consent":null,"invitation":null}}"#,
        r#"{"write":{"own":1,"text":"hi"}}"#,
        r#"{"typing":true}"#,
        r#"{"read":3}"#,
        r#"{"page":{"url":"https://x/","title":"X"}}"#,
        r#"{"end":{}}"#,
        r#"{"ping":{}}"#,
    ];
    for frame in frames {
        let read: ClientFrame =
            serde_json::from_str(frame).unwrap_or_else(|error| panic!("{frame}: {error}"));
        assert_eq!(serde_json::to_string(&read).unwrap(), frame);
    }
    let stage = ServerFrame::Stage(Stage::Waiting { position: 2 });
    assert_eq!(serde_json::to_string(&stage).unwrap(), r#"{"stage":{"waiting":{"position":2}}}"#);
    let ended = ServerFrame::Stage(Stage::Ended { why: Why::Nobody });
    assert_eq!(serde_json::to_string(&ended).unwrap(), r#"{"stage":{"ended":{"why":"nobody"}}}"#);
    for strange in [
        "",
        "{}",
        "[]",
        r#"{"write":{"own":-1,"text":""}}"#,
        r#"{"end":{},"ping":{}}"#,
        r#"{"hello":{"x":1}}"#,
        r#"{"begin":{"invited":{}}}"#,
    ] {
        assert!(serde_json::from_str::<ClientFrame>(strange).is_err(), "{strange}");
    }
}

#[test]
fn a_chat_goes_on_after_a_restart_and_nothing_is_lost_or_taken_twice() {
    let mut site = Site::new();
    let (conn, token, leg) = site.chat();
    site.write(conn, 1, "is anybody there?");
    site.take(leg, 1, 1);
    let (key, door) = (Key::read(&site.line.key.text()).unwrap(), site.door);
    let mut again = Site::new();
    (again.line.key, again.door) = (key, door);
    let widget = Widget { name: "shop".into(), form: Form::default(), consent: None };
    again.tell(Input::Widgets([(door, widget)].into()));
    let text = "is anybody there?".to_owned();
    let (number, at, by, author) = (1, 5, By::Client, String::new());
    let written = vec![(1, Written { number, at, by, author, text })];
    again.tell(Input::Resume { leg, door, served: false, written });
    assert_eq!(again.line.standing(leg), Some((false, 0)), "nobody is connected yet");
    let back = again.connect();
    again.hello(back, Some(&token), 0);
    let told = again.told(back);
    assert!(
        matches!(told.as_slice(), [
            ServerFrame::Welcome { token: Some(_), taken: 1, stage: Some(Stage::Waiting { .. }) },
            ServerFrame::Message(message),
        ] if message.text == "is anybody there?"),
        "{told:?}"
    );
    again.write(back, 1, "is anybody there?");
    assert_eq!(again.told(back), [ServerFrame::Taken { own: 1, number: 1 }], "it came before");
    again.write(back, 2, "hello?");
    assert!(matches!(again.reported().as_slice(), [.., (_, LineEvent::Wrote { own: 2, .. })]));
}

#[test]
fn a_client_who_does_not_come_back_after_a_restart_is_waited_for_as_after_any_break() {
    for (served, patience) in [(false, AWAY_WAITING), (true, AWAY_SERVED)] {
        let mut site = Site::new();
        let (leg, door) = (LegId::new(UnixMs(0), &mut site.ids), site.door);
        site.tell(Input::Resume { leg, door, served, written: vec![] });
        site.pass(patience - Duration::from_secs(1));
        assert_eq!(site.reported(), []);
        site.pass(Duration::from_secs(1));
        assert!(matches!(site.reported().as_slice(), [(_, LineEvent::Down { .. })]));
    }
}

#[test]
fn a_client_is_told_how_the_chat_stands_once_there_is_something_to_hold_on_to() {
    let mut site = Site::new();
    let conn = site.connect();
    site.hello(conn, None, 0);
    site.begin(conn, Some("Eva"), None);
    site.told(conn);
    let leg = site.reported().first().map(|(leg, _)| *leg).unwrap();
    site.tell(Input::Stands { leg, stage: Stage::Waiting { position: 3 } });
    assert_eq!(site.told(conn), [], "what is written now would be lost");
    let room = RoomId::new(UnixMs(0), &mut site.ids);
    site.tell(Input::Switch { leg, command: LineCommand::Answer { room } });
    let told = site.told(conn);
    let [ServerFrame::Begun { .. }, ServerFrame::Stage(stage)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(*stage, Stage::Waiting { position: 3 });
}
