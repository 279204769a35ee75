//! Sums of what several legs say.

use super::FRAME;

/// 20 ms of samples at the room's rate.
pub type Frame = [i16; FRAME];

/// Nothing to hear.
pub const SILENCE: Frame = [0; FRAME];

/// Up to this a sum is left as it is; beyond it is bent so that it never reaches full scale.
const KNEE: i32 = 24_576;
/// What is left between the knee and full scale.
const REST: i32 = i16::MAX as i32 - KNEE;

/// A sum in the making, wide enough for 65,000 voices at full scale.
#[derive(Clone, Debug)]
pub struct Mix([i32; FRAME]);

impl Default for Mix {
    fn default() -> Self {
        Self([0; FRAME])
    }
}

impl Mix {
    /// Adds a voice.
    pub fn add(&mut self, frame: &Frame) {
        for (sum, sample) in self.0.iter_mut().zip(frame) {
            *sum += i32::from(*sample);
        }
    }

    /// Takes a voice out again that was added before.
    pub fn subtract(&mut self, frame: &Frame) {
        for (sum, sample) in self.0.iter_mut().zip(frame) {
            *sum -= i32::from(*sample);
        }
    }

    /// The sum as samples, softly limited.
    pub fn frame(&self) -> Frame {
        let mut frame = SILENCE;
        for (sample, sum) in frame.iter_mut().zip(&self.0) {
            *sample = limit(*sum);
        }
        frame
    }
}

/// Leaves small sums alone and bends large ones towards full scale, without a corner.
fn limit(sum: i32) -> i16 {
    let size = sum.abs();
    if size <= KNEE {
        return sum as i16;
    }
    let over = i64::from(size - KNEE);
    let bent = KNEE + (over * i64::from(REST) / (over + i64::from(REST))) as i32;
    (bent * sum.signum()) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_voice_below_the_knee_is_heard_as_it_is() {
        let mut mix = Mix::default();
        let voice: Frame = std::array::from_fn(|i| (i as i16 - 80) * 300);
        mix.add(&voice);
        assert_eq!(mix.frame(), voice);
    }

    #[test]
    fn a_voice_taken_out_leaves_the_others() {
        let mut mix = Mix::default();
        let (one, two) = ([5_000; FRAME], [-700; FRAME]);
        mix.add(&one);
        mix.add(&two);
        mix.subtract(&one);
        assert_eq!(mix.frame(), two);
    }

    #[test]
    fn many_loud_voices_stay_within_full_scale_and_in_order() {
        let sums = [24_576, 24_577, 30_000, 60_000, 300_000, i32::MAX];
        let limited = sums.map(limit);
        assert!(limited.is_sorted() && limited[5] > 32_000, "{limited:?}");
        for sum in sums {
            assert_eq!(limit(-sum), -limit(sum));
        }
    }
}
