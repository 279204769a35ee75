//! Sequences of events against the switch.

use super::choices::Choices;
use crate::switch::tests::Fixture;
use crate::switch::tests::world::{Step, World, apply, finish};

/// More would only be slower.
const STEPS: usize = 250;

/// Whatever callers, phones, operators and networks do, in any order: the invariants hold after every step (the
/// fixture checks them), in the end nothing is left, and the records add up.
pub fn switch(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let (mut fixture, mut world) = (Fixture::new(), World::default());
    for _ in 0..STEPS {
        if choices.is_over() {
            break;
        }
        apply(&mut fixture, &mut world, Step::drawn(|| choices.byte()));
    }
    finish(&mut fixture, &mut world);
}
