//! Limits, leaving, statuses, after-call work, configuration, and the checker itself.

use std::time::Duration;

use super::desk::*;
use crate::queue::*;
use crate::time::Time;

fn push(members: &[usize]) -> Desk {
    Desk::new(vec![group(0, Strategy::Push, members)])
}

#[test]
fn a_caller_who_hangs_up_stops_the_ringing_and_the_operator_is_as_idle_as_before() {
    let mut desk = push(&[0, 1]);
    desk.pass(60);
    desk.enqueue(1, 0);
    desk.leave(1, LeaveWhy::HungUp);
    assert_eq!(desk.withdrawals(), [(0, WithdrawnWhy::CallerLeft)]);
    assert_eq!(desk.queues.operator(operator(0)).unwrap().since, Time::from_secs(100));
    desk.enqueue(2, 0);
    assert_eq!(desk.ringing(2), [0]);
    desk.leave(2, LeaveWhy::Redirected);
    assert_eq!(desk.withdrawals(), [(0, WithdrawnWhy::Redirected)]);
}

#[test]
fn an_operator_who_unregisters_or_goes_away_while_ringing_is_passed_over() {
    let mut desk = push(&[0, 1, 2]);
    desk.enqueue(1, 0);
    desk.reachable(0, false);
    assert_eq!((desk.withdrawals(), desk.ringing(1)), (vec![(0, WithdrawnWhy::Unreachable)], vec![1]));
    desk.status(1, Status::Away { reason: None });
    assert_eq!((desk.withdrawals(), desk.ringing(1)), (vec![(1, WithdrawnWhy::Away)], vec![2]));
    desk.engage(2, 50);
    assert_eq!((desk.withdrawals(), desk.ringing(1)), (vec![(2, WithdrawnWhy::Engaged)], vec![]));
    desk.release(2, 50);
    desk.pass(10);
    assert_eq!(desk.ringing(1), [2]);
}

#[test]
fn two_callers_and_one_operator_are_served_one_after_the_other() {
    let mut desk = push(&[0]);
    desk.enqueue(1, 0);
    desk.enqueue(2, 0);
    assert_eq!((desk.ringing(1), desk.ringing(2)), (vec![0], vec![]));
    desk.accept(0);
    assert_eq!(desk.queues.position(session(2)), Some(1));
    desk.release(0, 1);
    assert_eq!(desk.ringing(2), [0]);
}

#[test]
fn after_call_work_delays_the_next_session_until_its_time_or_its_end() {
    let work = Duration::from_secs(30);
    let mut desk = Desk::new(vec![Group { after_call_work: work, ..group(0, Strategy::Push, &[0]) }]);
    desk.enqueue(1, 0);
    desk.accept(0);
    desk.enqueue(2, 0);
    desk.release(0, 1);
    assert!(matches!(desk.engagement(0), Engagement::AfterWork { .. }));
    assert!(desk.decisions().iter().all(|text| !text.starts_with("offered to Anna: longest")));
    desk.pass(29);
    assert_eq!(desk.ringing(2), [] as [usize; 0]);
    desk.pass(1);
    assert_eq!(desk.ringing(2), [0]);
    desk.accept(0);
    desk.enqueue(3, 0);
    desk.release(0, 2);
    desk.tell(Input::FinishWork { operator: operator(0) });
    assert_eq!(desk.ringing(3), [0]);
    desk.pass(14);
    assert_eq!(desk.ringing(3), [0], "the end of the work that was finished early disturbs nothing");
}

#[test]
fn a_direct_call_brings_no_after_call_work() {
    let work = Duration::from_secs(30);
    let mut desk = Desk::new(vec![Group { after_call_work: work, ..group(0, Strategy::Push, &[0]) }]);
    desk.engage(0, 1);
    desk.release(0, 1);
    assert_eq!(desk.engagement(0), Engagement::Free);
}

#[test]
fn a_full_queue_overflows_and_so_does_a_group_that_is_none() {
    let mut desk = Desk::new(vec![Group { limit: Some(1), ..group(0, Strategy::Push, &[]) }]);
    desk.enqueue(1, 0);
    desk.enqueue(2, 0);
    desk.enqueue(3, 9);
    let full = Output::Overflow { session: session(2), group: group_id(0), why: OverflowWhy::Full };
    let none = Output::Overflow { session: session(3), group: group_id(9), why: OverflowWhy::NoGroup };
    assert_eq!(desk.outputs.iter().filter(|o| matches!(o, Output::Decision(_))).count(), 3);
    assert_eq!(desk.acts(), [full, none]);
    assert_eq!(desk.queues.waiting(group_id(0)), [session(1)]);
}

#[test]
fn a_session_overflows_after_its_time_but_not_while_a_phone_rings() {
    let settings = Group { max_wait: Some(Duration::from_secs(20)), ..group(0, Strategy::Push, &[0]) };
    let mut desk = Desk::new(vec![settings]);
    desk.engage(0, 90);
    desk.enqueue(1, 0);
    desk.pass(10);
    desk.release(0, 90);
    desk.pass(14);
    assert_eq!(desk.ringing(1), [0]);
    desk.pass(1);
    let overflow = Output::Overflow { session: session(1), group: group_id(0), why: OverflowWhy::MaxWait };
    assert_eq!(desk.acts().last(), Some(&overflow));
    assert_eq!(desk.queues.position(session(1)), None);
}

#[test]
fn a_session_moves_to_another_group_and_keeps_the_time_it_waited() {
    let groups = vec![group(0, Strategy::Push, &[0]), group(1, Strategy::Push, &[1])];
    let mut desk = Desk::new(groups);
    desk.engage(1, 90);
    let since = desk.now;
    desk.enqueue(1, 0);
    desk.pass(5);
    desk.enqueue(2, 1);
    desk.tell(Input::Enqueue {
        session: session(1),
        line: LINE.into(),
        group: group_id(1),
        priority: 0,
        since,
    });
    assert_eq!(desk.withdrawals(), [(0, WithdrawnWhy::Redirected)]);
    assert_eq!(desk.queues.waiting(group_id(1)), [session(1), session(2)]);
}

#[test]
fn a_new_configuration_keeps_what_stays_and_gives_back_what_is_gone() {
    let groups = vec![group(0, Strategy::Push, &[0]), group(1, Strategy::Push, &[1, 2])];
    let mut desk = Desk::new(groups);
    desk.enqueue(1, 0);
    desk.enqueue(2, 1);
    desk.acts();
    let operators = [1, 2].map(|n| Operator { id: operator(n), name: format!("new name {n}") });
    let groups = vec![group(1, Strategy::Push, &[1, 2])];
    desk.tell(Input::Configure(Config { groups, operators: operators.to_vec(), ..Config::default() }));
    assert_eq!(desk.queues.group_of(session(1)), None);
    assert!(desk.queues.operator(operator(0)).is_none());
    let overflow = Output::Overflow { session: session(1), group: group_id(0), why: OverflowWhy::NoGroup };
    assert!(desk.acts().contains(&overflow));
    assert!(desk.queues.offer_of(session(2)).is_some());
    let view = desk.queues.view();
    assert_eq!(
        view.operators.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(),
        ["new name 1", "new name 2"]
    );
    assert_eq!(view.groups[0].waiting[0].ringing, [operator(1)]);
}

#[test]
fn strangers_and_stale_names_change_nothing() {
    let mut desk = push(&[0]);
    desk.enqueue(1, 0);
    let before = desk.queues.clone();
    let (stranger, offer) = (operator(77), OfferId(99));
    desk.status(77, Status::NotAnswering);
    desk.reachable(77, false);
    desk.engage(77, 90);
    desk.release(0, 1);
    desk.tell(Input::FinishWork { operator: operator(0) });
    desk.tell(Input::Refused { offer, operator: operator(0), why: Refusal::Declined });
    desk.tell(Input::Accepted { offer: desk.rings_at(0).unwrap(), operator: stranger });
    desk.leave(44, LeaveWhy::HungUp);
    assert_eq!(desk.queues, before);
}

#[test]
fn time_that_goes_back_is_not_followed() {
    let mut desk = push(&[0]);
    desk.enqueue(1, 0);
    desk.queues.handle_timeout(Time::ZERO);
    desk.pass(15);
    assert_eq!(desk.withdrawals(), [(0, WithdrawnWhy::NoAnswer)]);
}

#[test]
fn timers_of_what_is_over_are_forgotten() {
    let settings = Group {
        max_wait: Some(Duration::from_secs(3_600)),
        after_call_work: Duration::from_secs(600),
        ..group(0, Strategy::Push, &[0])
    };
    let mut desk = Desk::new(vec![settings]);
    for number in 0..50 {
        desk.enqueue(number, 0);
        desk.accept(0);
        desk.release(0, number);
        desk.tell(Input::FinishWork { operator: operator(0) });
    }
    assert_eq!(desk.queues.poll_timeout(), None);
}

#[test]
fn a_client_who_is_to_be_called_back_keeps_the_place_and_neither_overflows_nor_fills_the_queue() {
    let limits = (Some(2), Some(Duration::from_secs(20)));
    let mut desk =
        Desk::new(vec![Group { limit: limits.0, max_wait: limits.1, ..group(0, Strategy::Push, &[0]) }]);
    desk.engage(0, 90);
    desk.enqueue(1, 0);
    desk.pass(5);
    desk.enqueue(2, 0);
    let (priority, since) = desk.queues.place(session(1)).unwrap();
    let group = group_id(0);
    desk.tell(Input::Promise {
        session: session(11),
        line: LINE.into(),
        group,
        priority,
        since,
        rests: true,
    });
    desk.leave(1, LeaveWhy::Dialplan);
    assert_eq!(desk.queues.waiting(group), [session(11), session(2)]);
    desk.enqueue(3, 0);
    assert_eq!(desk.queues.position(session(3)), Some(3), "who is gone takes up no line");
    desk.release(0, 90);
    assert_eq!(desk.ringing(2), [0], "who cannot be called now is passed over");
    desk.tell(Input::Rest { session: session(11), rests: false });
    desk.refuse(0, Refusal::Declined);
    assert_eq!(desk.ringing(11), [0]);
    desk.tell(Input::Rest { session: session(11), rests: true });
    assert_eq!(desk.withdrawals().last(), Some(&(0, WithdrawnWhy::Rests)));
    desk.take(0, 11);
    assert!(matches!(desk.acts().last(), Some(Output::TakeRefused { why: TakeRefusal::NotWaiting, .. })));
    desk.status(0, Status::Away { reason: None });
    desk.pass(600);
    assert_eq!(desk.queues.waiting(group), [session(11)], "the others have waited too long");
    desk.tell(Input::Rest { session: session(11), rests: false });
    desk.status(0, Status::Online);
    desk.accept(0);
    assert_eq!(desk.queues.position(session(11)), None);
}

#[test]
fn a_channel_that_is_off_brings_nothing_new_and_says_so_and_another_one_goes_on() {
    let mut desk = push(&[0, 1]);
    desk.channel(0, LINE, false);
    desk.pass(60);
    desk.enqueue(1, 0);
    assert_eq!(desk.ringing(1), [1]);
    assert!(desk.decisions().iter().any(|text| text.contains("not to Anna: the channel phone is off")));
    let (session, group, since) = (session(2), group_id(0), desk.now);
    desk.tell(Input::Enqueue { session, line: "webchat".into(), group, priority: 0, since });
    assert_eq!(desk.ringing(2), [0]);
}

#[test]
fn who_switches_a_channel_off_stops_what_rings_by_it_and_nothing_else() {
    let mut desk = push(&[0, 1]);
    desk.enqueue(1, 0);
    desk.channel(0, "webchat", false);
    assert_eq!(desk.ringing(1), [0], "it rings by the phone");
    desk.channel(0, LINE, false);
    assert_eq!((desk.withdrawals(), desk.ringing(1)), (vec![(0, WithdrawnWhy::Away)], vec![1]));
    desk.accept(1);
    desk.channel(1, LINE, false);
    assert!(matches!(desk.engagement(1), Engagement::OnSession { .. }), "what is under way goes on");
    desk.enqueue(2, 0);
    desk.tell(Input::Take { session: session(2), operator: operator(0) });
    assert_eq!(desk.ringing(2), [] as [usize; 0]);
    assert!(!desk.queues.takes(operator(0), LINE, None));
    desk.pass(10);
    desk.channel(0, LINE, true);
    assert_eq!(desk.ringing(2), [0]);
}
