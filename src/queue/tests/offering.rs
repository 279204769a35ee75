//! Who is asked, in which order, and what becomes of it.

use super::desk::*;
use crate::queue::*;

fn push(members: &[usize]) -> Desk {
    Desk::new(vec![group(0, Strategy::Push, members)])
}

#[test]
fn push_asks_the_least_loaded_and_then_the_longest_idle() {
    let mut desk = push(&[0, 1, 2]);
    desk.serve(0, 1, 0);
    desk.pass(5);
    desk.serve(1, 2, 0);
    desk.pass(5);
    desk.enqueue(3, 0);
    assert_eq!(desk.ringing(3), [2], "Cyril has served nobody");
    desk.accept(2);
    desk.release(2, 3);
    desk.enqueue(4, 0);
    assert_eq!(desk.ringing(4), [0], "all served one, Anna is idle for the longest time");
}

#[test]
fn load_is_forgotten_after_an_hour() {
    let mut desk = push(&[0, 1]);
    desk.serve(0, 1, 0);
    desk.pass(3_600);
    desk.engage(1, 2);
    desk.release(1, 2);
    desk.enqueue(3, 0);
    assert_eq!(desk.ringing(3), [0]);
}

#[test]
fn a_decision_says_why_for_every_member() {
    let mut desk = push(&[0, 1, 2, 3, 4]);
    desk.status(1, Status::Away { reason: Some("lunch".into()) });
    desk.reachable(2, false);
    desk.engage(3, 90);
    desk.serve(4, 1, 0);
    desk.outputs.clear();
    desk.pass(20);
    desk.enqueue(2, 0);
    assert_eq!(
        desk.decisions(),
        ["offered to Anna: least loaded (0 in the last hour); not to Boris: away (lunch); \
not to Cyril: no phone registered; not to Dana: on a session; not to Emil: served 1 in the last hour"]
    );
    desk.enqueue(3, 0);
    desk.enqueue(4, 0);
    let decisions = desk.decisions();
    assert!(
        decisions[0]
            .starts_with("offered to Emil: nobody else is available; not to Anna: another session rings")
    );
    assert!(
        decisions[1].starts_with("waits: not to Anna: another session rings; not to Boris: away (lunch)")
    );
}

#[test]
fn equally_loaded_operators_are_told_apart_by_idle_time() {
    let mut desk = push(&[0, 1]);
    desk.pass(30);
    desk.engage(0, 50);
    desk.engage(1, 51);
    desk.release(1, 51);
    desk.pass(12);
    desk.release(0, 50);
    desk.enqueue(1, 0);
    assert_eq!(
        desk.decisions().last().unwrap(),
        "offered to Boris: longest idle (12 s); not to Anna: idle for 0 s only"
    );
}

#[test]
fn no_answer_and_refusal_go_on_to_the_next_operator() {
    let mut desk = push(&[0, 1, 2]);
    desk.enqueue(1, 0);
    assert_eq!(desk.ringing(1), [0]);
    desk.pass(15);
    assert_eq!(desk.withdrawals(), [(0, WithdrawnWhy::NoAnswer)]);
    assert_eq!(desk.ringing(1), [1]);
    desk.refuse(1, Refusal::Declined);
    assert_eq!(desk.ringing(1), [2]);
    desk.refuse(2, Refusal::Busy);
    assert_eq!(desk.ringing(1), [] as [usize; 0], "all were asked; they are left in peace for a while");
    desk.pass(10);
    assert_eq!(desk.ringing(1), [0], "the one asked longest ago comes first");
}

#[test]
fn who_refused_is_not_asked_again_while_another_was_not() {
    let mut desk = push(&[0, 1]);
    desk.engage(1, 90);
    desk.enqueue(1, 0);
    desk.refuse(0, Refusal::Declined);
    desk.pass(9);
    assert_eq!(desk.ringing(1), [] as [usize; 0]);
    desk.release(1, 90);
    assert_eq!(desk.ringing(1), [1], "although Boris is more loaded");
    desk.refuse(1, Refusal::Declined);
    desk.pass(10);
    assert_eq!(desk.ringing(1), [0]);
    let decisions = desk.decisions();
    assert!(
        decisions.iter().any(|text| text.contains("not to Anna: refused it a moment ago")),
        "{decisions:?}"
    );
}

#[test]
fn too_many_misses_in_a_row_set_not_answering_until_a_status_is_set() {
    let mut desk = push(&[0]);
    desk.enqueue(1, 0);
    desk.pass(15 + 25 + 25);
    assert_eq!(desk.queues.operator(operator(0)).unwrap().status, Status::NotAnswering);
    desk.pass(100);
    assert_eq!(desk.ringing(1), [] as [usize; 0]);
    desk.status(0, Status::Online);
    assert_eq!(desk.ringing(1), [0]);
}

#[test]
fn registering_anew_ends_not_answering_and_an_answer_resets_the_count() {
    let mut desk = push(&[0]);
    desk.enqueue(1, 0);
    desk.pass(15 + 25);
    desk.pass(10);
    desk.accept(0);
    desk.release(0, 1);
    desk.enqueue(2, 0);
    desk.pass(15 + 25);
    assert_eq!(desk.queues.operator(operator(0)).unwrap().status, Status::Online);
    desk.pass(25);
    assert_eq!(desk.queues.operator(operator(0)).unwrap().status, Status::NotAnswering);
    desk.reachable(0, true);
    assert_eq!(
        desk.queues.operator(operator(0)).unwrap().status,
        Status::NotAnswering,
        "a refresh is no sign"
    );
    desk.reachable(0, false);
    desk.reachable(0, true);
    assert_eq!(desk.queues.operator(operator(0)).unwrap().status, Status::Online);
}

#[test]
fn ring_all_rings_all_and_the_first_answer_wins() {
    let mut desk = Desk::new(vec![group(0, Strategy::RingAll, &[0, 1, 2, 3])]);
    desk.engage(3, 90);
    desk.enqueue(1, 0);
    assert_eq!(desk.ringing(1), [0, 1, 2]);
    desk.refuse(0, Refusal::Declined);
    assert_eq!(desk.ringing(1), [1, 2]);
    let offer = desk.rings_at(1).unwrap();
    desk.acts();
    desk.accept(2);
    let (session, group, operator_2) = (session(1), group_id(0), operator(2));
    assert_eq!(
        desk.acts(),
        [
            Output::Connected { offer, session, group, operator: operator_2 },
            Output::Withdrawn { offer, operator: operator(1), why: WithdrawnWhy::CompletedElsewhere },
        ]
    );
    desk.tell(Input::Accepted { offer, operator: operator(1) });
    assert_eq!(desk.withdrawals(), [(1, WithdrawnWhy::TooLate)], "the phones answered at the same moment");
    assert_eq!(desk.engagement(1), Engagement::Free);
}

#[test]
fn ring_all_counts_a_miss_for_everybody_who_rang() {
    let mut desk = Desk::new(vec![Group { misses_allowed: 1, ..group(0, Strategy::RingAll, &[0, 1]) }]);
    desk.enqueue(1, 0);
    desk.pass(15);
    for number in [0, 1] {
        assert_eq!(desk.queues.operator(operator(number)).unwrap().status, Status::NotAnswering);
    }
}

#[test]
fn pull_rings_nobody_until_a_member_takes_the_session() {
    let mut desk = Desk::new(vec![group(0, Strategy::Pull, &[0, 1])]);
    desk.enqueue(1, 0);
    desk.enqueue(2, 0);
    assert_eq!(desk.decisions()[0], "waits: not to Anna: may take it; not to Boris: may take it");
    assert_eq!(desk.queues.visible_to(operator(1)), [session(1), session(2)]);
    assert_eq!(desk.queues.visible_to(operator(2)), []);
    desk.take(1, 2);
    assert_eq!(desk.ringing(2), [1]);
    let offer = desk.rings_at(1).unwrap();
    assert!(desk.acts().contains(&Output::Taken { session: session(2), operator: operator(1), offer }));
    desk.accept(1);
    assert!(matches!(desk.engagement(1), Engagement::OnSession { .. }));
    assert_eq!(desk.queues.visible_to(operator(0)), [session(1)]);
}

#[test]
fn a_taken_session_whose_taker_does_not_answer_waits_again() {
    let mut desk = Desk::new(vec![group(0, Strategy::Pull, &[0])]);
    desk.enqueue(1, 0);
    desk.take(0, 1);
    desk.pass(15);
    assert_eq!(desk.withdrawals(), [(0, WithdrawnWhy::NoAnswer)]);
    assert_eq!(desk.queues.position(session(1)), Some(1));
}

#[test]
fn take_wins_over_a_running_offer() {
    let mut desk = push(&[0, 1]);
    desk.enqueue(1, 0);
    assert_eq!(desk.ringing(1), [0]);
    desk.take(1, 1);
    assert_eq!(desk.ringing(1), [1]);
    assert_eq!(desk.withdrawals(), [(0, WithdrawnWhy::CompletedElsewhere)]);
    desk.take(0, 1);
    let refused = TakeRefusal::AlreadyTaken;
    assert_eq!(
        desk.acts(),
        [Output::TakeRefused { session: session(1), operator: operator(0), why: refused }]
    );
}

#[test]
fn who_takes_one_session_while_another_rings_gets_the_taken_one() {
    let mut desk = push(&[0, 1]);
    desk.engage(1, 90);
    desk.enqueue(1, 0);
    desk.enqueue(2, 0);
    desk.take(0, 2);
    assert_eq!((desk.ringing(1), desk.ringing(2)), (vec![], vec![0]));
    assert_eq!(desk.withdrawals(), [(0, WithdrawnWhy::TookAnother)]);
    desk.release(1, 90);
    assert_eq!(desk.ringing(1), [1]);
}

#[test]
fn taking_what_rings_already_stops_the_others_and_rings_on() {
    let mut desk = Desk::new(vec![group(0, Strategy::RingAll, &[0, 1])]);
    desk.enqueue(1, 0);
    let offer = desk.rings_at(0).unwrap();
    desk.pass(10);
    desk.take(0, 1);
    assert_eq!((desk.ringing(1), desk.rings_at(0)), (vec![0], Some(offer)));
    assert_eq!(desk.withdrawals(), [(1, WithdrawnWhy::CompletedElsewhere)]);
    desk.pass(14);
    assert_eq!(desk.ringing(1), [0], "it rings for its full time again");
    desk.take(0, 1);
    desk.pass(1);
    assert_eq!(desk.withdrawals(), [(0, WithdrawnWhy::NoAnswer)], "but only once");
}

#[test]
fn taking_is_refused_to_those_who_cannot_serve() {
    let mut desk = push(&[0, 1]);
    desk.engage(0, 90);
    desk.reachable(1, false);
    desk.enqueue(1, 0);
    desk.acts();
    for (number, which) in [(0, 1), (1, 1), (2, 1), (2, 7)] {
        desk.take(number, which);
    }
    let why = |output| match output {
        Output::TakeRefused { why, .. } => why,
        other => panic!("{other:?}"),
    };
    let refusals: Vec<TakeRefusal> = desk.acts().into_iter().map(why).collect();
    let expected =
        [TakeRefusal::OnSession, TakeRefusal::Unreachable, TakeRefusal::NotMember, TakeRefusal::NotWaiting];
    assert_eq!(refusals, expected);
}

#[test]
fn the_order_of_service_over_groups_is_priority_and_then_the_longest_wait() {
    let groups = vec![group(0, Strategy::Push, &[0]), group(1, Strategy::Push, &[0])];
    let mut desk = Desk::new(groups);
    desk.engage(0, 90);
    for (number, group, priority) in [(1, 0, 0), (2, 1, 0), (3, 0, 5), (4, 1, 0)] {
        desk.enqueue_with(number, group, priority);
        desk.pass(1);
    }
    let positions = [1, 2, 3, 4].map(|number| desk.queues.position(session(number)).unwrap());
    assert_eq!(positions, [2, 1, 1, 2]);
    let mut served = vec![];
    desk.release(0, 90);
    for _ in 0..4 {
        let number = (1..=4).find(|number| desk.ringing(*number) == [0]).unwrap();
        desk.accept(0);
        desk.release(0, number);
        served.push(number);
    }
    assert_eq!(served, [3, 1, 2, 4]);
}
