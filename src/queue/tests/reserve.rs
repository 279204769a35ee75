//! Sessions that wait for one operator first.

use std::time::Duration;

use super::desk::*;
use crate::queue::*;

const ALONE: Duration = Duration::from_secs(60);

/// A session that waits for a group, and first for one operator.
fn reserved(members: &[usize], wanted: usize) -> Desk {
    let mut desk = Desk::new(vec![group(0, Strategy::Push, members)]);
    desk.engage(wanted, 90);
    let until = desk.now + ALONE;
    desk.tell(Input::Reserve { session: session(1), operator: operator(wanted), until });
    desk.enqueue(1, 0);
    desk
}

#[test]
fn whom_a_session_waits_for_is_asked_alone_and_the_others_are_told_why_not() {
    let mut desk = reserved(&[0, 1], 0);
    assert!(desk.ringing(1).is_empty());
    let name = NAMES[0].to_owned();
    let other = Verdict::ForAnother { name };
    let standing = desk.queues.explain(session(1)).unwrap();
    assert!(standing.operators.iter().any(|one| one.reason.verdict == other));
    desk.release(0, 90);
    desk.tell(Input::FinishWork { operator: operator(0) });
    assert_eq!(desk.ringing(1), [0]);
}

#[test]
fn after_a_while_the_whole_group_is_asked() {
    let mut desk = reserved(&[0, 1], 0);
    desk.pass(59);
    assert!(desk.ringing(1).is_empty());
    desk.pass(1);
    assert_eq!(desk.ringing(1), [1]);
}

#[test]
fn somebody_who_is_not_of_the_group_is_asked_too_and_may_take_it() {
    let mut desk = reserved(&[1], 0);
    assert!(desk.ringing(1).is_empty());
    desk.release(0, 90);
    desk.tell(Input::FinishWork { operator: operator(0) });
    assert_eq!(desk.ringing(1), [0]);
    desk.accept(0);
    assert_eq!(desk.queues.position(session(1)), None);
}

#[test]
fn a_colleague_of_the_group_may_take_what_waits_for_another() {
    let mut desk = reserved(&[0, 1], 0);
    desk.take(1, 1);
    assert_eq!(desk.ringing(1), [1]);
}

#[test]
fn who_is_sent_on_waits_for_the_whole_group() {
    let mut desk = reserved(&[0, 1], 0);
    desk.leave(1, LeaveWhy::Redirected);
    desk.enqueue(1, 0);
    assert_eq!(desk.ringing(1), [1]);
}
