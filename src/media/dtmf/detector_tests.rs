use proptest::prelude::*;

use super::super::Tones;
use super::*;
use crate::entropy::Entropy;
use crate::media::codec::{Codec, Decoder, Encoder};
use crate::media::tone;
use crate::sdp::Fmtp;

/// Two tones at their levels for so many milliseconds.
fn pair(low: (f32, f32), high: (f32, f32), ms: usize) -> Vec<i16> {
    let mut tones = [low, high].map(|(hz, dbm0)| tone::Oscillator::new(hz, dbm0, RATE));
    let sum = |tones: &mut [tone::Oscillator; 2]| tones[0].sample().saturating_add(tones[1].sample());
    (0..ms * 8).map(|_| sum(&mut tones)).collect()
}

fn silence(ms: usize) -> Vec<i16> {
    vec![0; ms * 8]
}

/// What is heard in this sound, which comes in frames of 20 ms, and in silence after it.
fn digits(samples: &[i16]) -> Vec<Digit> {
    let mut detector = Detector::default();
    samples.chunks(160).for_each(|frame| detector.hear(frame));
    detector.hear(&silence(100));
    std::iter::from_fn(|| detector.poll_output()).collect()
}

fn keys(samples: &[i16]) -> String {
    digits(samples).iter().map(|digit| digit.key).collect()
}

/// All keys as they are sent to those who know no events.
fn all_keys() -> Vec<i16> {
    let mut tones = Tones::default();
    tones.queue("0123456789*#ABCD");
    let mut samples = vec![];
    let mut frame = [0; 160];
    while tones.fill(&mut frame, RATE) {
        samples.extend(frame);
    }
    samples
}

#[test]
fn every_key_that_is_sent_is_found_once_with_its_length() {
    let found = digits(&all_keys());
    assert_eq!(found.iter().map(|digit| digit.key).collect::<String>(), "0123456789*#ABCD");
    assert!(found.iter().all(|digit| (85..=115).contains(&digit.ms)), "{found:?}");
}

#[test]
fn keys_are_found_after_every_codec() {
    for codec in [Codec::Pcmu, Codec::Pcma] {
        let (mut payload, mut heard) = (vec![], vec![]);
        Encoder::new(codec, Fmtp::default()).encode(&all_keys(), &mut payload);
        Decoder::new(codec).decode(&payload, &mut heard);
        assert_eq!(keys(&heard), "0123456789*#ABCD", "{codec}");
    }
}

#[test]
fn short_presses_count_from_forty_milliseconds_on_and_not_below_twenty() {
    for offset in 0..20 {
        let press =
            |ms| [silence(30), silence(1)[..offset % 8].to_vec(), pair((770.0, -10.0), (1_336.0, -8.0), ms)];
        assert_eq!(keys(&press(40).concat()), "5", "{offset}");
        assert_eq!(keys(&press(18).concat()), "", "{offset}");
    }
}

#[test]
fn a_short_break_does_not_make_two_of_one_press_and_a_pause_does() {
    let press = || pair((852.0, -10.0), (1_209.0, -10.0), 60);
    assert_eq!(keys(&[press(), silence(10), press()].concat()), "7");
    assert_eq!(keys(&[press(), silence(40), press()].concat()), "77");
    assert_eq!(keys(&[press(), pair((697.0, -10.0), (1_477.0, -10.0), 60)].concat()), "73");
}

#[test]
fn levels_and_frequencies_may_be_off_as_far_as_q_24_says_and_not_much_further() {
    let found = |low: (f32, f32), high: (f32, f32)| keys(&pair(low, high, 80));
    for level in [0.0, -3.0, -15.0, -25.0, -29.0] {
        assert_eq!(found((941.0, level), (1_336.0, level)), "0", "{level} dBm0");
    }
    assert_eq!(found((941.0, -40.0), (1_336.0, -40.0)), "", "too quiet");
    assert_eq!(found((941.0, -10.0), (1_336.0, -18.0)), "0", "twist");
    assert_eq!(found((941.0, -14.0), (1_336.0, -10.0)), "0", "reverse twist");
    assert_eq!(found((941.0, -10.0), (1_336.0, -22.0)), "");
    assert_eq!(found((941.0, -20.0), (1_336.0, -10.0)), "");
    for part in [0.985, 1.015] {
        assert_eq!(found((697.0 * part, -10.0), (1_633.0 * part, -10.0)), "A", "{part}");
    }
    for part in [0.955, 1.045] {
        assert_eq!(found((941.0 * part, -10.0), (1_633.0 * part, -10.0)), "", "{part}");
    }
}

#[test]
fn noise_on_the_line_neither_hides_nor_makes_keys() {
    let mut entropy = Entropy::from_number(1);
    let mut noisy = |samples: &[i16], dbm0: f32| -> Vec<i16> {
        let peak = tone::peak(dbm0) * 1.5_f64.sqrt();
        let mut noise = || (f64::from(entropy.u32()) / f64::from(u32::MAX) * 2.0 - 1.0) * peak;
        samples.iter().map(|sample| (f64::from(*sample) + noise()) as i16).collect()
    };
    assert_eq!(keys(&noisy(&all_keys(), -25.0)), "0123456789*#ABCD");
    for dbm0 in [-30.0, -10.0] {
        assert_eq!(keys(&noisy(&silence(60_000), dbm0)), "");
    }
}

proptest! {
    #[test]
    fn random_sound_never_panics_and_the_pieces_do_not_matter(
        samples in prop::collection::vec(any::<i16>(), 0..3_000), sizes in prop::collection::vec(1_usize..500, 1..20),
    ) {
        let (mut whole, mut pieces) = (Detector::default(), Detector::default());
        whole.hear(&samples);
        let mut rest = &samples[..];
        for size in sizes.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at(size.min(rest.len()));
            pieces.hear(now);
            rest = later;
        }
        prop_assert_eq!(&whole, &pieces);
        prop_assert!(whole.heard.len() < WINDOW);
    }
}
