//! Randomness as an argument: a seeded generator that a driver hands to a state machine.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};

/// A source of unpredictable numbers, seeded once by a driver.
///
/// The same seed gives the same numbers, so a recorded run replays exactly. Tags, branches,
/// nonces, SSRCs and ids are drawn from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entropy(ChaCha12Rng);

impl Entropy {
    /// A generator with this seed. Drivers pass bytes of the operating system, tests any.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ChaCha12Rng::from_seed(seed))
    }

    /// A generator for tests and replays, from a small number.
    pub fn from_number(seed: u64) -> Self {
        Self(ChaCha12Rng::seed_from_u64(seed))
    }

    /// Another generator, independent of this one's later output, for a machine below.
    pub fn fork(&mut self) -> Self {
        let mut seed = [0; 32];
        self.fill(&mut seed);
        Self::from_seed(seed)
    }

    /// A random 32-bit number.
    pub fn u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// A random 64-bit number.
    pub fn u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Fills `bytes` with random bytes.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }

    /// A random token of `length` characters out of `a-z2-7`, five bits each.
    pub fn token(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        (0..length).map(|_| char::from(LETTERS[(self.u32() >> 27) as usize])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_tokens() {
        let (mut one, mut two) = (Entropy::from_number(7), Entropy::from_number(7));
        assert_eq!(one.token(20), two.token(20));
        assert_ne!(one.token(20), one.token(20));
    }
}
