//! The quadrature mirror filters: 16 kHz sound as two sub-bands of 8 kHz each, and back (section 3.1 and 4.4).

use serde::{Deserialize, Serialize};

use super::tables::MIRROR;

/// The transmitting filter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Split {
    delayed: Delayed,
}

/// The receiving filter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Join {
    delayed: Delayed,
}

/// The last twelve of every second sample, and of those between them; oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Delayed {
    even: [i32; 12],
    odd: [i32; 12],
}

impl Delayed {
    /// Takes the next two samples. Gives the filter's two sums, in 1/8192: of the even and of the odd places.
    fn next(&mut self, even: i32, odd: i32) -> (i32, i32) {
        self.even.copy_within(1.., 0);
        self.odd.copy_within(1.., 0);
        (self.even[11], self.odd[11]) = (even, odd);
        // The filter is symmetric: what it does to the even places it does to the odd ones in reverse.
        let (mut evens, mut odds) = (0, 0);
        for place in 0..6 {
            let (one, two) = (MIRROR[2 * place], MIRROR[2 * place + 1]);
            evens += self.even[place] * one + self.even[11 - place] * two;
            odds += self.odd[11 - place] * one + self.odd[place] * two;
        }
        (evens, odds)
    }
}

impl Split {
    /// The two sub-bands' samples of 15 bits for two samples of 16.
    pub fn next(&mut self, [first, second]: [i16; 2]) -> (i32, i32) {
        let (evens, odds) = self.delayed.next(i32::from(first), i32::from(second));
        ((odds + evens) >> 14, (odds - evens) >> 14)
    }
}

impl Join {
    /// Two samples of 16 bits for the two sub-bands' samples.
    pub fn next(&mut self, low: i32, high: i32) -> [i16; 2] {
        let (evens, odds) = self.delayed.next(low + high, low - high);
        [odds, evens].map(|sum| (sum >> 11).clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16)
    }
}
