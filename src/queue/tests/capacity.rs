//! Operators on several sessions: as many as the lines have room for, and no more.

use super::desk::*;
use crate::queue::*;

const CHAT: &str = "chat";

/// Anna alone in a group, with two chats at once and a call by itself, her workspace open.
fn alone(change: impl FnOnce(&mut Config)) -> Desk {
    let mut desk = Desk::new(vec![]);
    let only = group(0, Strategy::Push, &[0]);
    let operators = [Operator { id: operator(0), name: NAMES[0].to_owned() }];
    let chat = Line { name: CHAT.into(), reach: Reach::Workspace, beside: [(CHAT.into(), 2)].into() };
    let (groups, operators) = (vec![only], operators.into());
    let mut config = Config { groups, operators, lines: vec![chat], ..Config::default() };
    change(&mut config);
    desk.tell(Input::Configure(config));
    desk.tell(Input::AtDesk { operator: operator(0), present: true });
    desk
}

impl Desk {
    fn writes(&mut self, number: usize) {
        let (session, group, since) = (session(number), group_id(0), self.now);
        self.tell(Input::Enqueue { session, line: CHAT.into(), group, priority: 0, since });
    }

    /// The offer by which Anna is asked, whatever she is on.
    fn asked(&self) -> Option<OfferId> {
        match self.engagement(0) {
            Engagement::Offered { offer, .. } | Engagement::OnSession { offered: Some((offer, _)), .. } => {
                Some(offer)
            }
            _ => None,
        }
    }

    fn takes_it(&mut self) {
        let offer = self.asked().expect("she is not asked");
        self.tell(Input::Accepted { offer, operator: operator(0) });
    }

    fn on(&self) -> usize {
        self.queues.operator(operator(0)).map_or(0, |state| state.sessions().count())
    }
}

#[test]
fn who_is_in_a_chat_is_asked_for_another_one_until_there_are_as_many_as_may_be() {
    let mut desk = alone(|_| {});
    for number in 1..=3 {
        desk.writes(number);
    }
    desk.takes_it();
    desk.takes_it();
    assert_eq!((desk.on(), desk.asked()), (2, None));
    desk.writes(4);
    assert!(desk.decisions().iter().any(|text| text.contains("not to Anna: on 2 sessions")));
    desk.take(0, 3);
    assert!(matches!(desk.outputs.last(), Some(Output::TakeRefused { why: TakeRefusal::OnSession, .. })));
    desk.release(0, 1);
    desk.takes_it();
    assert_eq!(desk.on(), 2);
    desk.leave(4, LeaveWhy::HungUp);
    desk.release(0, 2);
    desk.release(0, 3);
    assert_eq!(desk.engagement(0), Engagement::Free);
}

#[test]
fn a_call_is_for_who_is_on_nothing_else_and_lets_nothing_come_beside_it() {
    let mut desk = alone(|_| {});
    desk.writes(1);
    desk.takes_it();
    desk.enqueue(2, 0);
    assert_eq!(desk.asked(), None, "a call beside a chat");
    desk.release(0, 1);
    desk.takes_it();
    desk.writes(3);
    assert_eq!(desk.asked(), None, "a chat beside a call");
    desk.release(0, 2);
    assert!(desk.asked().is_some());
}

#[test]
fn a_tenant_may_want_it_otherwise() {
    let room = [(LINE.to_owned(), [(CHAT.to_owned(), 1)].into())];
    let mut desk = alone(|config| config.capacity = [(config.groups[0].tenant, room.into())].into());
    desk.writes(1);
    desk.takes_it();
    desk.enqueue(2, 0);
    desk.takes_it();
    assert_eq!(desk.on(), 2, "one call beside chats");
    desk.enqueue(3, 0);
    assert_eq!(desk.asked(), None, "and not two");
}

#[test]
fn a_chat_finds_its_operator_in_the_workspace_and_a_call_at_the_phone() {
    let mut desk = alone(|_| {});
    desk.reachable(0, false);
    desk.enqueue(1, 0);
    assert_eq!(desk.asked(), None);
    desk.writes(2);
    assert!(desk.asked().is_some(), "no phone is needed for it");
    desk.tell(Input::AtDesk { operator: operator(0), present: false });
    assert_eq!(desk.withdrawals(), [(0, WithdrawnWhy::Unreachable)]);
    desk.reachable(0, true);
    desk.takes_it();
    assert!(desk.queues.operator(operator(0)).unwrap().sessions().any(|(id, _)| *id == session(1)));
    desk.writes(3);
    assert!(desk.decisions().iter().any(|text| text.contains("not to Anna: the workspace is not open")));
}

#[test]
fn a_phone_that_goes_stops_no_chat_that_rings() {
    let mut desk = alone(|_| {});
    desk.writes(1);
    let asked = desk.asked();
    desk.reachable(0, false);
    assert!(asked.is_some());
    assert_eq!(desk.asked(), asked);
    desk.channel(0, CHAT, false);
    assert_eq!(desk.asked(), None, "the channel does");
}

#[test]
fn who_is_asked_while_the_last_session_ends_is_asked_on() {
    let mut desk = alone(|_| {});
    desk.writes(1);
    desk.takes_it();
    desk.writes(2);
    let asked = desk.asked();
    desk.release(0, 1);
    assert!(asked.is_some());
    assert_eq!(desk.asked(), asked);
    desk.takes_it();
    assert_eq!(desk.on(), 1);
}

#[test]
fn after_call_work_comes_when_the_last_session_is_over() {
    let mut desk = alone(|config| config.groups[0].after_call_work = std::time::Duration::from_secs(30));
    desk.writes(1);
    desk.takes_it();
    desk.writes(2);
    desk.takes_it();
    desk.release(0, 1);
    assert_eq!(desk.on(), 1);
    desk.writes(3);
    assert!(desk.asked().is_some());
    desk.release(0, 2);
    assert!(matches!(desk.engagement(0), Engagement::AfterWork { .. }));
    assert_eq!(desk.asked(), None, "it waits until the work is done");
    desk.pass(31);
    assert!(desk.asked().is_some());
}

#[test]
fn it_is_explained_who_can_be_asked_and_who_cannot_and_why() {
    let mut desk = Desk::new(vec![group(0, Strategy::Push, &[0, 1, 2])]);
    [0, 1, 2].into_iter().for_each(|n| desk.reachable(n, n != 2));
    desk.enqueue(1, 0);
    desk.enqueue(2, 0);
    let told = |desk: &Desk, number| {
        let explained = desk.queues.explain(session(number)).unwrap();
        let operators = explained.operators.iter();
        let codes: Vec<_> =
            operators.map(|one| (one.reason.verdict.code(), one.cannot_take.is_none())).collect();
        (explained.position, codes)
    };
    let (first, second) = (told(&desk, 1), told(&desk, 2));
    assert_eq!(first, (1, vec![("rings", true), ("offered_another", true), ("unreachable", false)]));
    assert_eq!(second, (2, vec![("offered_another", true), ("rings", true), ("unreachable", false)]));
    assert_eq!(desk.queues.explain(session(3)), None);
}

#[test]
fn nobody_is_heard_by_two_clients_whatever_the_tenant_says() {
    let booth = Line { name: "booth".into(), reach: Reach::Phone, beside: [("booth".into(), 2)].into() };
    let mut desk = alone(|config| {
        let beside = |line: &str| [("booth".to_owned(), 3), (line.to_owned(), 3)].into();
        config.capacity = [(config.groups[0].tenant, [("booth".to_owned(), beside("phone"))].into())].into();
        config.lines.push(booth);
    });
    desk.tell(Input::Reachable { operator: operator(0), reachable: true });
    for number in [1, 2] {
        let (session, group, since) = (session(number), group_id(0), desk.now);
        desk.tell(Input::Enqueue { session, line: "booth".into(), group, priority: 0, since });
    }
    desk.takes_it();
    assert_eq!((desk.on(), desk.asked()), (1, None));
    desk.take(0, 2);
    assert!(matches!(desk.outputs.last(), Some(Output::TakeRefused { why: TakeRefusal::OnSession, .. })));
}
