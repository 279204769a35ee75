//! The ear that the other tests trust.

use std::time::Duration;

use crate::support::audio::{Sound, assert_heard, assert_not_heard};

/// What G.711 µ-law leaves of a sound.
fn through_mu_law(sound: &Sound) -> Sound {
    let code = |sample: f32| {
        let magnitude = (f64::from(sample).abs() * 255.0).ln_1p() / 256f64.ln();
        let coarse = (magnitude * 127.0).round() / 127.0;
        (f64::from(sample.signum()) * ((coarse * 256f64.ln()).exp() - 1.0) / 255.0) as f32
    };
    Sound { rate: sound.rate, samples: sound.samples.iter().map(|s| code(*s)).collect() }
}

#[test]
fn a_voice_is_known_again_after_g711_wherever_it_starts() {
    let said = Sound::voice(1, 20.0);
    let heard = Sound::silence(0.7).then(&through_mu_law(&said.between(3.21, 9.5)));
    assert_heard("ear", &heard, &said, 5);
    let first = heard.matches(&said).into_iter().find(|m| m.coefficient > 0.99).unwrap();
    assert!((first.origin - first.at - 2.51).abs() < 0.001, "{first:?}");
}

#[test]
fn one_voice_is_not_taken_for_another() {
    assert_not_heard("ear", &Sound::voice(2, 10.0), &Sound::voice(1, 30.0));
}

#[test]
fn two_missing_frames_are_noticed() {
    let said = Sound::voice(3, 8.0);
    let mut heard = said.clone();
    heard.samples[12_000..12_320].fill(0.0);
    let matches = heard.matches(&said);
    let poor: Vec<f64> = matches.iter().filter(|m| m.coefficient <= 0.99).map(|m| m.at).collect();
    assert_eq!(poor, [1.5]);
}

#[test]
fn two_voices_at_once_are_each_alike_only_in_part() {
    let (one, other) = (Sound::voice(4, 6.0), Sound::voice(5, 6.0));
    let both = one.clone().mixed_with(&other);
    for found in both.matches(&one) {
        assert!((0.2..0.99).contains(&found.coefficient), "{found:?}");
    }
}

#[test]
fn the_level_of_a_tone_is_measured_in_dbm0() {
    let tone = Sound::tone(1004.0, -16.0, 1.0);
    assert!((tone.level() + 16.0).abs() < 0.1, "{}", tone.level());
    assert!((tone.level_of(1004.0) + 16.0).abs() < 0.1, "{}", tone.level_of(1004.0));
    assert!(tone.level_of(700.0) < -40.0, "{}", tone.level_of(700.0));
}

#[test]
fn the_longest_silence_is_found_between_words() {
    let sound = Sound::voice(6, 1.0).then(&Sound::silence(0.5)).then(&Sound::voice(7, 1.0));
    let longest = sound.longest_silence();
    assert!((Duration::from_millis(460)..Duration::from_millis(600)).contains(&longest), "{longest:?}");
}

#[test]
fn music_at_16_khz_is_known_again_at_8_khz() {
    let voice = Sound::voice(8, 6.0);
    let mut doubled = vec![];
    // Linear interpolation is enough of a 16 kHz version for the ear, which compares shapes.
    for pair in voice.samples.windows(2) {
        doubled.extend([pair[0], (pair[0] + pair[1]) / 2.0]);
    }
    let wide = Sound { rate: 16_000, samples: doubled };
    let alike = wide.at_8_khz().matches(&voice).iter().all(|m| m.coefficient > 0.95);
    assert!(alike, "{:?}", wide.at_8_khz().matches(&voice));
}

#[test]
fn a_wav_file_is_read_as_it_was_written() {
    let folder = crate::support::folder::Folder::new("wav");
    let voice = Sound::voice(9, 1.0);
    voice.write(&folder.join("voice.wav"));
    let read = Sound::read(&folder.join("voice.wav"));
    assert_eq!((read.rate, read.samples.len()), (8000, 8000));
    assert!(read.samples.iter().zip(&voice.samples).all(|(a, b)| (a - b).abs() < 1e-4));
}
