//! What holds over every course of events. The observer judges each step on the way.

use std::time::Duration;

use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};

use super::course::{Course, steps};
use crate::queue::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_session_is_served_overflows_or_leaves(steps in steps(200)) {
        let mut course = Course::new();
        steps.into_iter().for_each(|step| course.step(step));
        course.everybody_serves();
        prop_assert!(course.observer.waiting.is_empty(), "{:?}", course.observer.waiting);
        prop_assert_eq!(course.queues.view().groups.iter().map(|group| group.waiting.len()).sum::<usize>(), 0);
    }

    #[test]
    fn every_session_is_offered_even_if_everybody_refuses(steps in steps(120)) {
        let mut course = Course::new();
        steps.into_iter().for_each(|step| course.step(step));
        course.everybody_refuses(Duration::from_secs(60));
        for (session, seen) in &course.observer.waiting {
            let group = course.queues.group_of(*session);
            let view = course.queues.view();
            let pulls = view.groups.iter().any(|g| Some(g.id) == group && g.strategy == Strategy::Pull);
            prop_assert!(pulls || seen.offered > 0, "{session} was never offered: {seen:?}");
        }
    }

    #[test]
    fn queues_restored_from_a_snapshot_go_on_alike(steps in steps(120), cut in 0_usize..120) {
        let mut course = Course::new();
        for (index, step) in steps.into_iter().enumerate() {
            if index == cut {
                let snapshot = serde_json::to_string(&course.queues).unwrap();
                let restored: Queues = serde_json::from_str(&snapshot).unwrap();
                prop_assert_eq!(&restored, &course.queues);
                course.twin = Some(restored);
            }
            course.step(step);
        }
        course.everybody_serves();
        prop_assert_eq!(course.twin.unwrap_or_else(|| course.queues.clone()), course.queues);
    }
}
