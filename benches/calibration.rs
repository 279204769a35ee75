//! A fixed piece of work that has nothing to do with hovor: how fast this machine is today. `benches/compare` divides
//! by it, so that figures of two machines can be held side by side.

use divan::black_box;

fn main() {
    divan::main();
}

/// A hundred thousand rounds of an integer generator (xorshift), each of which waits for the one before.
#[divan::bench]
fn integers() -> u64 {
    let mut state = black_box(0x9e37_79b9_7f4a_7c15_u64);
    for _ in 0..100_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    state
}
