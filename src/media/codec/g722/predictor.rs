//! The two sub-bands: what is expected next, and how what differs from it is written (sections 3.2 to 3.6).

use serde::{Deserialize, Serialize};

use super::tables::{LEVEL_UPPER, LEVELS, OUTPUT_2, OUTPUT_4, OUTPUT_6, POWERS, STEP_LOWER, STEP_UPPER};

/// The lower sub-band, in six bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lower {
    scale: Scale,
    predictor: Predictor,
}

/// The upper sub-band, in two bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Upper {
    scale: Scale,
    predictor: Predictor,
}

/// How large differences are of late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Scale {
    logarithm: i32,
    factor: i32,
}

/// Two poles and six zeros that follow the signal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Predictor {
    /// What is expected next, and what the zeros alone expect.
    expected: i32,
    expected_by_zeros: i32,
    poles: [i32; 2],
    zeros: [i32; 6],
    /// What was reconstructed of late, and what of it the poles had no part in; newest first.
    reconstructed: [i32; 2],
    partial: [i32; 2],
    differences: [i32; 6],
}

impl Default for Lower {
    fn default() -> Self {
        Self { scale: Scale { logarithm: 0, factor: 32 }, predictor: Predictor::default() }
    }
}

impl Default for Upper {
    fn default() -> Self {
        Self { scale: Scale { logarithm: 0, factor: 8 }, predictor: Predictor::default() }
    }
}

impl Lower {
    /// The code of the next sample, 4 to 63.
    pub fn encode(&mut self, sample: i32) -> u8 {
        let difference = saturated(sample - self.predictor.expected);
        let magnitude = if difference < 0 { -(difference + 1) } else { difference };
        let level = LEVELS.partition_point(|level| magnitude >= (level * self.scale.factor) >> 12) as u8;
        let code = match (difference < 0, level) {
            (true, 0..2) => 63 - level,
            (true, _) => 33 - level,
            (false, _) => 61 - level,
        };
        self.adapt(code);
        code
    }

    /// The next sample, from its code.
    pub fn decode(&mut self, code: u8) -> i32 {
        let difference = (self.scale.factor * OUTPUT_6[usize::from(code & 63)]) >> 15;
        let sample = (self.predictor.expected + difference).clamp(-16_384, 16_383);
        self.adapt(code);
        sample
    }

    /// Both ends follow the upper four bits alone, so that the lower two could be taken for data on the way.
    fn adapt(&mut self, code: u8) {
        let code = usize::from(code >> 2 & 15);
        let difference = (self.scale.factor * OUTPUT_4[code]) >> 15;
        self.scale.follow(STEP_LOWER[code], 18_432, 8);
        self.predictor.follow(difference);
    }
}

impl Upper {
    /// The code of the next sample, 0 to 3.
    pub fn encode(&mut self, sample: i32) -> u8 {
        let difference = saturated(sample - self.predictor.expected);
        let magnitude = if difference < 0 { -(difference + 1) } else { difference };
        let is_small = magnitude < (LEVEL_UPPER * self.scale.factor) >> 12;
        let code = u8::from(is_small) | (u8::from(difference >= 0) << 1);
        self.adapt(code);
        code
    }

    /// The next sample, from its code.
    pub fn decode(&mut self, code: u8) -> i32 {
        let difference = (self.scale.factor * OUTPUT_2[usize::from(code & 3)]) >> 15;
        let sample = (self.predictor.expected + difference).clamp(-16_384, 16_383);
        self.adapt(code);
        sample
    }

    fn adapt(&mut self, code: u8) {
        let code = usize::from(code & 3);
        let difference = (self.scale.factor * OUTPUT_2[code]) >> 15;
        self.scale.follow(STEP_UPPER[code], 22_528, 10);
        self.predictor.follow(difference);
    }
}

impl Scale {
    /// Moves by a step, up to `most`. The factor is two to the power of the logarithm over 2048, times
    /// 2 to the power of 13 - `octaves`.
    fn follow(&mut self, step: i32, most: i32, octaves: i32) {
        self.logarithm = (((self.logarithm * 127) >> 7) + step).clamp(0, most);
        let power = POWERS[(self.logarithm >> 6 & 31) as usize];
        let shift = octaves - (self.logarithm >> 11);
        self.factor = (if shift < 0 { power << -shift } else { power >> shift }) << 2;
    }
}

impl Predictor {
    /// Takes the difference that both ends know, and says what is expected next.
    fn follow(&mut self, difference: i32) {
        let reconstructed = saturated(self.expected + difference);
        let partial = saturated(difference + self.expected_by_zeros);
        self.move_poles(partial);
        self.move_zeros(difference);
        self.partial = [partial, self.partial[0]];
        self.reconstructed = [reconstructed, self.reconstructed[0]];
        self.differences.copy_within(..5, 1);
        self.differences[0] = difference;
        self.expect();
    }

    fn move_poles(&mut self, partial: i32) {
        let same = self.partial.map(|before| (before < 0) == (partial < 0));
        let pushed = saturated(self.poles[0] * 4);
        let pushed = if same[0] { saturated(-pushed) } else { pushed };
        let nudged = if same[1] { 128 } else { -128 };
        let second = ((pushed >> 7) + nudged + ((self.poles[1] * 32_512) >> 15)).clamp(-12_288, 12_288);
        let nudged = if same[0] { 192 } else { -192 };
        // The filter stays stable.
        let most = 15_360 - second;
        let first = saturated(nudged + ((self.poles[0] * 32_640) >> 15)).clamp(-most, most);
        self.poles = [first, second];
    }

    fn move_zeros(&mut self, difference: i32) {
        let step = if difference == 0 { 0 } else { 128 };
        for (zero, before) in self.zeros.iter_mut().zip(&self.differences) {
            let same = (*before < 0) == (difference < 0);
            *zero = saturated((if same { step } else { -step }) + ((*zero * 32_640) >> 15));
        }
    }

    fn expect(&mut self) {
        let weighed = |(weight, value): (&i32, &i32)| (weight * saturated(value * 2)) >> 15;
        let poles: i32 = self.poles.iter().zip(&self.reconstructed).map(weighed).sum();
        let zeros: i32 = self.zeros.iter().zip(&self.differences).map(weighed).sum();
        self.expected_by_zeros = saturated(zeros);
        self.expected = saturated(saturated(poles) + self.expected_by_zeros);
    }
}

fn saturated(value: i32) -> i32 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX))
}
