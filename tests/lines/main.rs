//! What every line keeps to, whatever its sessions can do: the same run over all rows of [`LINES`], and over lines that
//! are defined here alone, with abilities that no row has. The switch and the queues know none of them by name.

mod company;
mod mixture;

use std::time::Duration;

use hovor::lines::{LINES, Line};
use hovor::queue::{Engagement, Reach};
use hovor::switch::cause::Cause;
use hovor::switch::line::{Abilities, LineCommand, LineEvent, Target};

use company::World;

/// A booth where one speaks and writes, one at a time.
pub const BOOTH: Line =
    Line { name: "booth", abilities: Abilities { sound: true, text: true, lasting: false }, at_once: 1 };
/// Paper on a board: it is written, and forgotten when the program goes.
pub const BOARD: Line =
    Line { name: "board", abilities: Abilities { sound: false, text: true, lasting: false }, at_once: 3 };

/// All lines that there are, and those that are defined here.
pub fn all() -> Vec<Line> {
    LINES.iter().copied().chain([BOOTH, BOARD]).collect()
}

/// Runs what a line keeps to over each of them; says by which it does not.
fn over_all(run: impl Fn(Line)) {
    for line in all() {
        println!("line {}", line.name);
        run(line);
    }
}

#[test]
fn a_client_waits_for_an_operator_and_is_brought_to_where_the_line_is_served() {
    over_all(|line| {
        let mut world = World::new(&all());
        let client = world.comes(line, "Eva");
        world.pass(Duration::from_secs(3));
        assert!(world.asked().is_empty(), "nobody is there");
        world.arrives("anna");
        let (leg, target) = world.asked().remove(0);
        let anna = world.user("anna");
        match line.reach() {
            Reach::Phone => assert_eq!(target, Target::Devices(vec![world.device("anna")])),
            Reach::Workspace => assert_eq!(target, Target::Workspace { operator: anna, asked: false }),
        }
        world.tell(leg, LineEvent::Up);
        assert!(matches!(world.engagement("anna"), Engagement::OnSession { .. }));
        world.pass(Duration::from_secs(60));
        world.goes(client);
        assert!(matches!(world.told(leg).as_slice(), [.., LineCommand::HangUp { .. }]));
        world.goes(leg);
        assert_eq!(world.engagement("anna"), Engagement::Free);
        let [record] = &world.records()[..] else { panic!("one session is over") };
        assert_eq!((record.line.as_str(), record.waiting_ms), (line.name, 3_000));
        assert_eq!(record.display.as_deref(), Some("Eva"));
        assert_eq!(record.operators, [anna]);
        world.is_at_rest();
    });
}

#[test]
fn what_is_written_reaches_the_others_where_the_line_writes_and_is_refused_where_it_does_not() {
    over_all(|line| {
        let mut world = World::new(&all());
        world.arrives("anna");
        let client = world.comes(line, "Eva");
        let operator = world.is_answered();
        let wrote = |text: &str| LineEvent::Wrote { own: 7, text: text.into(), aside: false };
        world.tell(client, wrote("good day"));
        let outcome = world.taken(client);
        let read = world.read_by(operator);
        world.tell(operator, wrote("how can I help?"));
        let aside = LineEvent::Wrote { own: 8, text: "between us".into(), aside: true };
        world.tell(operator, aside);
        let answer = world.read_by(client);
        match line.abilities.text {
            true => {
                assert_eq!((outcome, read), (Ok(1), vec!["good day".to_owned()]));
                assert_eq!(answer, ["how can I help?"], "what colleagues write to each other is theirs");
            }
            false => {
                assert!(outcome.is_err(), "{outcome:?}");
                assert!(read.is_empty() && answer.is_empty());
            }
        }
        world.goes(client);
        world.goes(operator);
        assert_eq!(world.records()[0].messages, if line.abilities.text { 3 } else { 0 });
        world.is_at_rest();
    });
}

#[test]
fn the_media_engine_is_asked_for_sound_where_the_line_has_it_and_never_otherwise() {
    over_all(|line| {
        let mut world = World::new(&all());
        let client = world.comes(line, "Eva");
        world.pass(Duration::from_secs(5));
        world.arrives("anna");
        let operator = world.is_answered();
        world.goes(client);
        world.goes(operator);
        assert_eq!(world.sounded(), line.abilities.sound, "{}", line.name);
        world.is_at_rest();
    });
}

#[test]
fn an_operator_has_so_many_at_once_as_the_line_says() {
    over_all(|line| {
        let mut world = World::new(&all());
        world.arrives("anna");
        let mut legs = vec![];
        for n in 0..line.at_once {
            legs.push(world.comes(line, &format!("client {n}")));
            legs.push(world.is_answered());
        }
        let late = world.comes(line, "late");
        world.pass(Duration::from_secs(30));
        assert!(world.asked().is_empty(), "{} and no more", line.at_once);
        world.goes(legs[0]);
        world.goes(legs[1]);
        legs.extend([late, world.is_answered()]);
        for leg in legs.drain(2..) {
            world.goes(leg);
        }
        world.is_at_rest();
    });
}

#[test]
fn who_is_on_one_line_is_asked_for_another_if_the_tenant_says_so_and_never_hears_two_clients() {
    over_all(|line| {
        for other in all().into_iter().filter(|other| other.name != line.name) {
            let mut world = World::new(&all());
            world.arrives("anna");
            let client = world.comes(line, "Eva");
            let operator = world.is_answered();
            let second = world.comes(other, "Adam");
            world.pass(Duration::from_secs(10));
            assert!(world.asked().is_empty(), "{} beside {}", other.name, line.name);
            world.allows(line, other);
            let mut legs = vec![client, operator, second];
            match line.abilities.sound && other.abilities.sound {
                true => assert!(world.asked().is_empty(), "{} beside {}", other.name, line.name),
                false => legs.push(world.is_answered()),
            }
            legs.into_iter().for_each(|leg| world.goes(leg));
            world.nobody_answers();
            world.is_at_rest();
        }
    });
}

#[test]
fn who_does_not_answer_or_declines_gives_the_client_to_the_next_one() {
    over_all(|line| {
        let mut world = World::new(&all());
        world.arrives("anna");
        world.arrives("boris");
        let client = world.comes(line, "Eva");
        let (first, _) = world.asked().remove(0);
        world.leaves(first, Cause::Declined);
        let (second, _) = world.asked().remove(0);
        assert_ne!(first, second);
        world.pass(Duration::from_secs(20));
        assert!(
            world.told(second).iter().any(|told| matches!(told, LineCommand::HangUp { .. })),
            "it rang too long"
        );
        world.goes(second);
        world.goes(client);
        world.nobody_answers();
        world.is_at_rest();
    });
}

#[test]
fn whoever_serves_ends_it_for_the_client_too() {
    over_all(|line| {
        let mut world = World::new(&all());
        world.arrives("anna");
        let client = world.comes(line, "Eva");
        let operator = world.is_answered();
        world.goes(operator);
        assert!(matches!(world.told(client).as_slice(), [.., LineCommand::HangUp { .. }]));
        world.goes(client);
        assert_eq!(world.records()[0].hung_up_by.as_deref(), Some("anna"));
        world.is_at_rest();
    });
}

#[test]
fn what_legs_say_that_are_not_there_is_nobodys() {
    over_all(|line| {
        let mut world = World::new(&all());
        let client = world.comes(line, "Eva");
        world.goes(client);
        for event in [
            LineEvent::Up,
            LineEvent::Ringing,
            LineEvent::Key { digit: '1' },
            LineEvent::Holds(true),
            LineEvent::Wrote { own: 1, text: "late".into(), aside: false },
        ] {
            world.tell(client, event.clone());
            world.tell_stranger(event);
        }
        world.goes(client);
        world.is_at_rest();
    });
}
