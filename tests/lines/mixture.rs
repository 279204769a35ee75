//! All lines at once, in any order of events.

use std::time::Duration;

use hovor::id::LegId;
use hovor::switch::line::LineEvent;
use proptest::prelude::*;

use crate::all;
use crate::company::World;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A client comes by this line.
    Comes(usize),
    /// The far end of this leg answers, rings, writes, or goes.
    Up(usize),
    Rings(usize),
    Writes(usize, bool),
    Goes(usize),
    /// An operator comes or goes.
    There(bool, bool),
    /// Seconds pass.
    Pass(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..all().len()).prop_map(Step::Comes),
        4 => any::<usize>().prop_map(Step::Up),
        1 => any::<usize>().prop_map(Step::Rings),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(leg, aside)| Step::Writes(leg, aside)),
        3 => any::<usize>().prop_map(Step::Goes),
        2 => (any::<bool>(), any::<bool>()).prop_map(|(who, there)| Step::There(who, there)),
        2 => (0..40u8).prop_map(Step::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn sessions_of_all_lines_beside_each_other_leave_nothing_behind(steps in prop::collection::vec(step(), 1..80)) {
        let lines = all();
        let mut world = World::new(&lines);
        let mut legs: Vec<LegId> = vec![];
        for step in steps {
            let one = |at: usize, legs: &[LegId]| legs.get(at % legs.len().max(1)).copied();
            match step {
                Step::Comes(line) => legs.push(world.comes(lines[line], "Eva")),
                Step::Up(at) => one(at, &legs).into_iter().for_each(|leg| world.tell(leg, LineEvent::Up)),
                Step::Rings(at) => one(at, &legs).into_iter().for_each(|leg| world.tell(leg, LineEvent::Ringing)),
                Step::Writes(at, aside) => {
                    let wrote = LineEvent::Wrote { own: 1, text: "x".into(), aside };
                    one(at, &legs).into_iter().for_each(|leg| world.tell(leg, wrote.clone()));
                }
                Step::Goes(at) => one(at, &legs).into_iter().for_each(|leg| world.goes(leg)),
                Step::There(who, there) => world.is_there(if who { "anna" } else { "boris" }, there),
                Step::Pass(seconds) => world.pass(Duration::from_secs(seconds.into())),
            }
            legs.extend(world.asked().into_iter().map(|(leg, _)| leg));
        }
        // Everybody goes; whoever was asked meanwhile goes too.
        while !legs.is_empty() {
            legs.drain(..).for_each(|leg| world.goes(leg));
            legs.extend(world.asked().into_iter().map(|(leg, _)| leg));
        }
        world.pass(Duration::from_secs(600));
        world.is_at_rest();
    }
}
