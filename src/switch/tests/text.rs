//! Sessions by a line that is defined here alone: what comes by it is written, and nothing is heard.

use std::time::Duration;

use super::*;

impl Fixture {
    fn writes(&mut self, leg: LegId, text: &str, aside: bool) {
        self.line(leg, LineEvent::Wrote { own: 7, text: text.to_owned(), aside });
    }

    /// A client who has come in and waits.
    fn writer(&mut self) -> LegId {
        let client = self.knock("Eva");
        assert!(matches!(self.commands_to(client).as_slice(), [LineCommand::Answer { .. }]));
        self.line(client, LineEvent::Up);
        client
    }

    /// A client whom Anna serves, with the leg of each.
    fn written_with(&mut self) -> (LegId, LegId) {
        self.register("anna", true);
        let client = self.writer();
        let anna = self.in_workspace("anna");
        self.line(anna, LineEvent::Up);
        self.commands_to(anna);
        (client, anna)
    }

    /// The leg by which a session was brought to the workspace of this operator, and to no phone.
    fn in_workspace(&mut self, name: &str) -> LegId {
        let operator = self.users[name];
        let brought = self.actions.iter().find_map(|action| match action {
            Action::Line { leg, command: LineCommand::Dial { target, .. } } => Some((*leg, target.clone())),
            _ => None,
        });
        let (leg, target) = brought.expect("nobody is asked");
        assert_eq!(target, Target::Workspace { operator, asked: false });
        leg
    }

    /// What a leg was given to read: author and text.
    fn read_by(&mut self, leg: LegId) -> Vec<(String, String)> {
        let commands = self.commands_to(leg);
        let read = commands.into_iter().filter_map(|command| match command {
            LineCommand::Deliver(message) => Some((message.author, message.text)),
            _ => None,
        });
        read.collect()
    }

    /// What came of what a leg wrote last.
    fn taken(&mut self, leg: LegId) -> Result<u64, String> {
        let commands = self.commands_to(leg);
        let outcome = commands.into_iter().rev().find_map(|command| match command {
            LineCommand::Taken { own: 7, outcome } => Some(outcome),
            _ => None,
        });
        outcome.expect("nothing came of it")
    }
}

fn said(author: &str, text: &str) -> (String, String) {
    (author.to_owned(), text.to_owned())
}

#[test]
fn a_client_who_writes_waits_in_the_queue_and_is_served_in_a_workspace() {
    let mut fixture = Fixture::new();
    let client = fixture.writer();
    fixture.writes(client, "is anybody there?", false);
    assert_eq!(fixture.taken(client), Ok(1));
    fixture.pass(Duration::from_secs(3));
    fixture.register("anna", true);
    let anna = fixture.in_workspace("anna");
    fixture.line(anna, LineEvent::Up);
    assert!(matches!(fixture.engagement("anna"), queue::Engagement::OnSession { .. }));
    fixture.writes(anna, "good day", false);
    assert_eq!(fixture.read_by(client), [said("ANNA", "good day")]);
    fixture.writes(client, "my order <b>17</b>", false);
    assert_eq!(fixture.read_by(anna), [said("Eva", "my order <b>17</b>")], "as it was written");
    fixture.pass(Duration::from_secs(60));
    fixture.down(client, Cause::Normal);
    assert!(matches!(fixture.commands_to(anna).as_slice(), [.., LineCommand::HangUp { .. }]));
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
    let record = fixture.record();
    assert_eq!((record.line.as_str(), record.messages, record.waiting_ms), ("notes", 3, 3_000));
    assert_eq!(record.operators, [fixture.users["anna"]]);
    fixture.check_history();
}

#[test]
fn the_media_engine_hears_nothing_of_what_is_written() {
    let mut fixture = Fixture::new();
    let (client, _) = fixture.written_with();
    fixture.register("boris", true);
    let id = fixture.switch.session_of(client).unwrap();
    let to = Destination::Operator(fixture.users["boris"]);
    fixture.command(id, None, Command::Forward { to, note: None }).unwrap();
    fixture.down(client, Cause::Normal);
    let media = fixture.actions.iter().filter(|action| matches!(action, Action::Media(_)));
    assert_eq!(media.count(), 0, "{:?}", fixture.actions);
    assert_eq!(fixture.switch.session(id).map(|session| session.id), None, "no port is waited for");
}

#[test]
fn what_colleagues_write_to_each_other_is_not_read_by_the_client() {
    let mut fixture = Fixture::new();
    let (client, anna) = fixture.written_with();
    fixture.register("boris", true);
    let id = fixture.switch.session_of(client).unwrap();
    let to = Destination::Operator(fixture.users["boris"]);
    fixture.actions.clear();
    fixture.command(id, None, Command::Invite { to, consult: false }).unwrap();
    let boris = fixture.in_workspace("boris");
    fixture.line(boris, LineEvent::Up);
    fixture.writes(anna, "do we deliver there?", true);
    assert_eq!(fixture.read_by(boris), [said("ANNA", "do we deliver there?")]);
    assert_eq!(fixture.read_by(client), []);
    fixture.writes(client, "hello?", true);
    for colleague in [anna, boris] {
        assert_eq!(fixture.read_by(colleague), [said("Eva", "hello?")], "a client writes to all");
    }
    fixture.check_history();
}

#[test]
fn a_client_who_is_forwarded_is_read_by_who_is_there_and_by_who_comes() {
    let mut fixture = Fixture::new();
    let (client, anna) = fixture.written_with();
    fixture.register("boris", true);
    let id = fixture.switch.session_of(client).unwrap();
    let to = Destination::Operator(fixture.users["boris"]);
    fixture.actions.clear();
    fixture.command(id, Some(fixture.users["anna"]), Command::Forward { to, note: None }).unwrap();
    let boris = fixture.in_workspace("boris");
    fixture.writes(client, "one more thing", false);
    assert_eq!(fixture.read_by(anna), [said("Eva", "one more thing")]);
    fixture.line(boris, LineEvent::Up);
    fixture.writes(client, "and another", false);
    assert_eq!(fixture.read_by(boris), [said("Eva", "and another")]);
    assert_eq!(fixture.read_by(anna), [], "who handed over is not there any more");
}

#[test]
fn what_cannot_be_kept_is_given_back_with_the_reason() {
    let mut fixture = Fixture::new();
    let (client, _) = fixture.written_with();
    let long = "ü".repeat(Message::LONGEST);
    fixture.writes(client, &long, false);
    assert_eq!(fixture.taken(client), Ok(1));
    for (text, why) in [(format!("{long}."), "too long"), (" \n".to_owned(), "empty")] {
        fixture.writes(client, &text, false);
        assert!(fixture.taken(client).unwrap_err().contains(why), "{why}");
    }
    let guest = fixture.knock("Ivo");
    fixture.writes(guest, "before anybody opened", false);
    assert!(fixture.taken(guest).unwrap_err().contains("not come in"));
    let phone = fixture.call_menu();
    fixture.writes(phone, "hello", false);
    assert!(fixture.taken(phone).unwrap_err().contains("nothing is written"));
}

#[test]
fn nothing_that_needs_sound_is_done_with_what_is_written() {
    let mut fixture = Fixture::new();
    let (client, anna) = fixture.written_with();
    let id = fixture.switch.session_of(client).unwrap();
    let operator = fixture.users["anna"];
    let telephone = Destination::Number("+420777000111".into());
    let commands = [
        Command::Hold,
        Command::Mute { operator, on: true },
        Command::Keys { leg: None, keys: "1".into() },
        Command::Supervise { supervisor: fixture.users["dana"], part: Part::Listens },
        Command::Invite { to: telephone.clone(), consult: false },
        Command::Forward { to: telephone, note: None },
    ];
    for command in commands {
        let refused = fixture.command(id, Some(operator), command.clone()).unwrap_err();
        assert_eq!(refused.cause, Cause::Forbidden, "{command:?}");
    }
    fixture.writes(anna, "still here", false);
    assert_eq!(fixture.read_by(client), [said("ANNA", "still here")]);
}

#[test]
fn a_door_that_is_no_more_lets_nobody_in() {
    let mut fixture = Fixture::new();
    fixture.reconfigure(|directory| directory.doors.clear());
    let client = fixture.knock("Eva");
    assert_eq!(fixture.commands_to(client), [LineCommand::HangUp { cause: Cause::NotFound }]);
}

#[test]
fn an_invited_client_waits_for_whoever_invited_them_and_then_for_the_group() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let boris = fixture.users["boris"];
    let client = fixture.knock_invited("Eva", Some(boris));
    assert!(matches!(fixture.commands_to(client).as_slice(), [LineCommand::Answer { .. }]));
    fixture.line(client, LineEvent::Up);
    fixture.pass(Duration::from_secs(119));
    assert!(fixture.dialled().is_empty(), "Anna is free, and not asked");
    fixture.pass(Duration::from_secs(2));
    fixture.in_workspace("anna");
}

#[test]
fn an_invited_client_is_brought_to_whoever_invited_them_though_a_colleague_is_free() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.register("boris", true);
    fixture.knock_invited("Eva", Some(fixture.users["boris"]));
    fixture.in_workspace("boris");
}

#[test]
fn an_operator_who_is_no_more_invites_nobody() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.knock_invited("Eva", Some(UserId(uuid::Uuid::from_u128(7))));
    fixture.in_workspace("anna");
}
