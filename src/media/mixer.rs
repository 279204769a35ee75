//! Sums of what several legs say.

/// Up to this a sum is left as it is; beyond it is bent towards full scale.
const KNEE: i32 = 24_576;
/// What is left between the knee and full scale.
const REST: f32 = (i16::MAX as i32 - KNEE) as f32;

/// A sum of frames of one length in the making, wide enough for 65,000 voices at full scale.
#[derive(Clone, Debug)]
pub struct Mix(Vec<i32>);

impl Mix {
    /// Silence of so many samples.
    pub fn new(samples: usize) -> Self {
        Self(vec![0; samples])
    }

    /// Adds a voice.
    pub fn add(&mut self, frame: &[i16]) {
        for (sum, sample) in self.0.iter_mut().zip(frame) {
            *sum += i32::from(*sample);
        }
    }

    /// Takes a voice out again that was added before.
    pub fn subtract(&mut self, frame: &[i16]) {
        for (sum, sample) in self.0.iter_mut().zip(frame) {
            *sum -= i32::from(*sample);
        }
    }

    /// The sum as samples. Each is limited by itself, softly: nothing pumps, since nothing is remembered, and the
    /// order of the voices does not matter.
    pub fn frame(&self) -> Vec<i16> {
        self.0.iter().map(|sum| limit(*sum)).collect()
    }

    /// The same without a voice that was added before.
    pub fn frame_without(&self, voice: &[i16]) -> Vec<i16> {
        self.0.iter().zip(voice).map(|(sum, sample)| limit(*sum - i32::from(*sample))).collect()
    }
}

/// Leaves small sums alone and bends large ones towards full scale, without a corner. It has no branch, so that a
/// processor does several samples at once.
fn limit(sum: i32) -> i16 {
    let size = sum.saturating_abs();
    let over = (size - KNEE).max(0) as f32;
    let bent = size.min(KNEE) + (over * REST / (over + REST)) as i32;
    (bent * sum.signum()) as i16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_single_voice_below_the_knee_is_heard_as_it_is() {
        let mut mix = Mix::new(160);
        let voice: Vec<i16> = (0..160).map(|i| (i - 80) * 300).collect();
        mix.add(&voice);
        assert_eq!(mix.frame(), voice);
    }

    #[test]
    fn a_voice_taken_out_leaves_the_others() {
        let mut mix = Mix::new(960);
        let (one, two) = ([5_000; 960], [-700; 960]);
        mix.add(&one);
        mix.add(&two);
        mix.subtract(&one);
        assert_eq!(mix.frame_without(&two), [0; 960]);
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

    proptest! {
        #[test]
        fn the_order_of_voices_changes_nothing(
            voices in prop::collection::vec(prop::collection::vec(any::<i16>(), 160), 1..8), turn in 0_usize..8,
        ) {
            let mixed = |voices: &mut dyn Iterator<Item = &Vec<i16>>| {
                let mut mix = Mix::new(160);
                voices.for_each(|voice| mix.add(voice));
                mix.frame()
            };
            let turn = turn % voices.len();
            let turned = mixed(&mut voices[turn..].iter().chain(&voices[..turn]));
            prop_assert_eq!(mixed(&mut voices.iter()), turned);
        }
    }
}
