//! Every state and transition is visited; a long fixed course proves and counts it.

use super::course::{Course, seeded_steps};

/// Every transition there is. The course must visit each, and no other.
const TRANSITIONS: &[&str] = &[
    "operator free -> offered",
    "operator free -> on session",
    "operator offered -> free",
    "operator offered -> on session",
    "operator on session -> free",
    "operator on session -> after work",
    "operator after work -> free",
    "operator after work -> offered",
    "operator after work -> on session",
    "operator reachable -> true",
    "operator reachable -> false",
    "channel -> on",
    "channel -> off",
    "status online -> away",
    "status away -> online",
    "status online -> not answering",
    "status not answering -> online",
    "status not answering -> away",
    "session new -> queued",
    "session waiting -> queued",
    "session new -> promised",
    "session waiting -> promised",
    "rests -> true",
    "rests -> false",
    "session queued -> ringing by Push",
    "session queued -> ringing by RingAll",
    "session queued -> ringing by Take",
    "session ringing -> queued",
    "session ringing -> connected",
    "session queued -> left",
    "session ringing -> left",
    "session queued -> picked up",
    "session ringing -> picked up",
    "session queued -> overflowed",
    "taken",
    "overflow: Full",
    "overflow: MaxWait",
    "overflow: NoGroup",
    "refused: Declined",
    "refused: Busy",
    "refused: NoAnswer",
    "refused: Unreachable",
    "refused: Failed",
    "withdrawn: CompletedElsewhere",
    "withdrawn: CallerLeft",
    "withdrawn: Redirected",
    "withdrawn: Rests",
    "withdrawn: NoAnswer",
    "withdrawn: Unreachable",
    "withdrawn: Away",
    "withdrawn: TookAnother",
    "withdrawn: Engaged",
    "withdrawn: Reconfigured",
    "withdrawn: TooLate",
    "take refused: NotWaiting",
    "take refused: AlreadyTaken",
    "take refused: NotMember",
    "take refused: OnSession",
    "take refused: Unreachable",
    "take refused: ChannelOff",
    "decision: Offered",
    "decision: Waits",
    "decision: Overflows",
    "verdict: Offered(OnlyOne)",
    "verdict: Offered(NotAskedYet)",
    "verdict: Offered(LeastLoaded",
    "verdict: Offered(LongestIdle",
    "verdict: Offered(RingAll)",
    "verdict: Offered(Took)",
    "verdict: AskedBefore",
    "verdict: MoreLoaded",
    "verdict: LessIdle",
    "verdict: MayTake",
    "verdict: RefusedLately",
    "verdict: Away",
    "verdict: ChannelOff",
    "verdict: NotAnswering",
    "verdict: Unreachable",
    "verdict: OfferedAnother",
    "verdict: OnSession",
    "verdict: AfterWork",
    "verdict: Unknown",
];

#[test]
fn every_state_and_transition_is_visited_and_no_other() {
    let mut visits = std::collections::BTreeMap::<String, usize>::new();
    for seed in 0..12 {
        let mut course = Course::new();
        seeded_steps(seed, 1_500).into_iter().for_each(|step| course.step(step));
        course.everybody_serves();
        for (what, times) in course.observer.visits {
            *visits.entry(what).or_default() += times;
        }
    }
    for (what, times) in &visits {
        println!("{times:>8}  {what}");
    }
    let never: Vec<_> = TRANSITIONS.iter().filter(|what| !visits.contains_key(**what)).collect();
    let unknown: Vec<_> = visits.keys().filter(|what| !TRANSITIONS.contains(&what.as_str())).collect();
    assert!(never.is_empty(), "never visited: {never:?}");
    assert!(unknown.is_empty(), "no transition of ours: {unknown:?}");
}
