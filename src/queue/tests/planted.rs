//! Queues that are not as they must be: each kind of fault, put there on purpose.

use super::desk::*;
use crate::queue::waiting::WaitState;
use crate::queue::*;
use crate::time::Time;

/// What is planted, and the queues that it was planted in.
fn plants() -> Vec<(Violation, Queues)> {
    let mut plants = vec![];
    let mut add = |plant: &dyn Fn(&mut Queues), seen: Violation| {
        let mut desk = Desk::new(vec![group(0, Strategy::Push, &[0, 1])]);
        desk.enqueue(1, 0);
        desk.engage(1, 90);
        desk.enqueue(2, 0);
        plant(&mut desk.queues);
        plants.push((seen, desk.queues));
    };
    let now = Time::from_secs(100);
    let first = OfferId(0);
    let engaged = Input::Engaged { operator: operator(1), session: session(91), line: LINE.to_owned() };
    add(&|q| q.handle(engaged.clone(), now), Violation::TwoSessions(operator(1)));
    add(
        &|q| {
            let offer = q.offers[&first].clone();
            q.offers.insert(OfferId(7), offer);
        },
        Violation::TwoOffers(operator(0)),
    );
    add(
        &|q| assert!(q.offers.get_mut(&first).unwrap().ringing.insert(operator(1))),
        Violation::OfferMismatch(first, operator(1)),
    );
    add(&|q| drop(q.offers.remove(&first)), Violation::OfferMismatch(first, operator(0)));
    add(&|q| q.offers.get_mut(&first).unwrap().ringing.clear(), Violation::EndlessOffer(first));
    add(&|q| q.offers.get_mut(&first).unwrap().until = Time::ZERO, Violation::EndlessOffer(first));
    add(&|q| drop(q.waiting.remove(&session(1))), Violation::LostOffer(first));
    let free =
        |q: &mut Queues| q.operators.get_mut(&operator(1)).unwrap().state.engagement = Engagement::Free;
    add(&free, Violation::Overlooked(session(2)));
    let overdue = |q: &mut Queues| q.waiting.get_mut(&session(2)).unwrap().deadline = Some(Time::ZERO);
    add(&overdue, Violation::Overdue(session(2)));
    add(&|q| q.order.clear(), Violation::Misplaced(session(2)));
    add(
        &|q| q.waiting.get_mut(&session(2)).unwrap().state = WaitState::Offered(OfferId(5)),
        Violation::LostOffer(OfferId(5)),
    );
    plants
}

/// Queues in which the fault with this name stands, if it is one of theirs.
pub(crate) fn queues_with(name: &str) -> Option<Queues> {
    plants().into_iter().find(|(seen, _)| seen.name() == name).map(|(_, queues)| queues)
}

#[test]
fn every_planted_violation_is_seen() {
    for (seen, queues) in plants() {
        let violations = queues.invariants();
        assert!(violations.contains(&seen), "{seen} is not among {violations:?}");
    }
    for name in Queues::violation_names() {
        assert!(queues_with(name).is_some(), "{name} is never planted");
    }
}
