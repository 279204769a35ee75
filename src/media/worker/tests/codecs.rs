//! Legs of all codecs in one room: what is said in one is heard in the others.

use std::time::Duration;

use super::simulation::{Mouth, Simulation};
use crate::media::codec::{self, Codec};
use crate::media::resample::{Converter, Resampler};
use crate::media::tone::{Oscillator, goertzel};
use crate::media::{Command, RecordLimits, Sound, sound};

/// The first seconds of a prompt at this rate, after a moment of silence.
fn speech(rate: u32) -> Vec<i16> {
    let file = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/media/prompts/en/away.wav"));
    let read = sound::read_at(&file[..], "away", rate).unwrap();
    let rate = rate as usize;
    std::iter::repeat_n(0, rate / 5).chain(read.iter().copied()).take(rate * 4).collect()
}

/// The likeness of what was heard to what was said, both at 48 kHz, where they are most alike.
fn likeness(said: &[i16], heard: &[i16]) -> f64 {
    placed(said, heard).0
}

/// The same, and how many samples later it was heard there.
fn placed(said: &[i16], heard: &[i16]) -> (f64, usize) {
    let product = |one: &[i16], two: &[i16]| {
        one.iter().zip(two).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
    };
    let mut down = [0; 2].map(|_| Resampler::new(48_000, 8_000).unwrap());
    let (coarse_said, coarse_heard) = (down[0].process(said), down[1].process(heard));
    let window = coarse_said.len().min(coarse_heard.len()) - 2_400;
    // A second of speech says where it is.
    let part = window.min(8_000);
    let at = |lag: usize| product(&coarse_said[..part], &coarse_heard[lag..lag + part]);
    let products = (0..2_400).map(|lag| (at(lag), lag));
    let lag = products.max_by(|one, two| one.0.total_cmp(&two.0)).unwrap().1 * 6;
    let window = window * 6;
    let alike = |lag: usize| {
        let (said, heard) = (&said[..window], &heard[lag..lag + window]);
        product(said, heard) / (product(said, said) * product(heard, heard)).sqrt()
    };
    let lags = lag.saturating_sub(8)..(lag + 8).min(heard.len() - window);
    lags.map(|lag| (alike(lag), lag)).max_by(|one, two| one.0.total_cmp(&two.0)).unwrap()
}

/// What a phone heard, at 48 kHz.
fn heard(simulation: &Simulation, phone: usize) -> Vec<i16> {
    let phone = &simulation.phones[phone];
    Converter::default().convert(phone.samples(), codec::sample_rate(phone.codec), 48_000)
}

#[test]
fn every_codec_is_heard_in_every_other_as_it_was_said() {
    for from in Codec::ALL.iter().copied() {
        for to in Codec::ALL.iter().copied() {
            let mut simulation = Simulation::new();
            let room = simulation.room();
            // A third hears it too, so that it is mixed even if the codecs are the same.
            let (speaker, listener, third) = (
                simulation.phone(room, from),
                simulation.phone(room, to),
                simulation.phone(room, Codec::Pcma),
            );
            simulation.hear(room, &[(speaker, listener), (listener, speaker), (speaker, third)]);
            simulation.phones[speaker].mouth = Mouth::Says(speech(codec::sample_rate(from)));
            simulation.run(115);
            let rate = codec::sample_rate(from).min(codec::sample_rate(to)).min(16_000);
            let said = Converter::default().convert(speech(rate), rate, 48_000);
            let alike = likeness(&said, &heard(&simulation, listener));
            let least = if from == Codec::Opus || to == Codec::Opus { 0.9 } else { 0.99 };
            assert!(alike > least, "{from} to {to}: {alike}");
            simulation.phones[listener].assert_continuous();
            assert_eq!(simulation.phones[listener].got.len(), 115, "{from} to {to}");
        }
    }
}

#[test]
fn a_pair_hears_as_much_as_both_can_whoever_else_is_there() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let codecs = [Codec::Pcmu, Codec::G722, Codec::Opus, Codec::Opus];
    let [narrow, wide, full, speaker] = codecs.map(|codec| simulation.phone(room, codec));
    for (hz, hears) in
        [(1_000.0, [true; 3]), (6_000.0, [false, true, true]), (10_000.0, [false, false, true])]
    {
        simulation.hear(room, &[(speaker, narrow), (speaker, wide), (speaker, full)]);
        simulation.phones[speaker].mouth = Mouth::Tone(Oscillator::new(hz, -10.0, 48_000));
        simulation.run(40);
        for (phone, hears) in [narrow, wide, full].into_iter().zip(hears) {
            let phone = &simulation.phones[phone];
            // What cannot be heard must not be heard as something else either.
            let heard = if hears { phone.level(hz, 400) } else { phone.loudness(400) };
            assert_eq!(heard > -14.0, hears, "{hz} Hz in {}: {heard} dBm0", phone.codec);
            assert!(hears || heard < -40.0, "{hz} Hz in {}: {heard} dBm0", phone.codec);
        }
    }
    simulation.phones.iter().for_each(|phone| phone.assert_continuous());
}

#[test]
fn who_can_hear_more_than_the_telephone_hears_it_of_a_player() {
    for (codec, carries) in [(Codec::Pcma, false), (Codec::G722, true), (Codec::Opus, true)] {
        let mut simulation = Simulation::new();
        let room = simulation.room();
        let phone = simulation.phone(room, codec);
        let sounds = vec![Sound::Tone { hz: 5_000.0, dbm0: -10.0, ms: None }];
        simulation.command(Command::Play { leg: simulation.leg(phone), playback: 1, sounds, repeat: true });
        simulation.run(30);
        let level = simulation.phones[phone].level(5_000.0, 300);
        assert_eq!(level > -13.0, carries, "{codec}: {level}");
    }
}

/// How far a tone's phase moved against the listener's clock from one second to the next, at the most, in turns.
pub fn worst_step(samples: &[i16], hz: f64, rate: u32) -> f64 {
    let turns = |(second, samples): (usize, &[i16])| {
        let angle =
            |n: usize| (second * rate as usize + n) as f64 * hz / f64::from(rate) * std::f64::consts::TAU;
        let sums = samples.iter().enumerate().fold((0.0, 0.0), |(cos, sin), (n, sample)| {
            (cos + f64::from(*sample) * angle(n).cos(), sin + f64::from(*sample) * angle(n).sin())
        });
        sums.1.atan2(sums.0) / std::f64::consts::TAU
    };
    let phases: Vec<f64> = samples.chunks_exact(rate as usize).enumerate().map(turns).collect();
    let step = |pair: &[f64]| {
        let moved = (pair[1] - pair[0]).abs();
        moved.min(1.0 - moved)
    };
    // In the first second it began.
    phases[1..].windows(2).map(step).fold(0.0, f64::max)
}

#[test]
fn ten_thousand_frames_pass_from_one_codec_to_another_with_no_sample_missing_or_doubled() {
    for (from, to, frames) in [(Codec::G722, Codec::Pcma, 10_000), (Codec::Pcmu, Codec::G722, 3_000)] {
        let mut simulation = Simulation::new();
        let room = simulation.room();
        let (speaker, listener) = (simulation.tone_phone_of(room, 440.0, from), simulation.phone(room, to));
        simulation.hear(room, &[(speaker, listener)]);
        simulation.run(frames);
        let (phone, rate) = (&simulation.phones[listener], codec::sample_rate(to));
        // Nothing need be sent before the first packet came.
        assert!(phone.got.len() >= frames - 1, "{}", phone.got.len());
        let samples = phone.samples();
        assert_eq!(samples.len(), phone.got.len() * rate as usize / 50);
        // One sample would move it by this.
        let sample = 440.0 / f64::from(rate);
        let worst = worst_step(&samples, 440.0, rate);
        assert!(worst < sample / 10.0, "{from} to {to}: {worst} turns");
        phone.assert_continuous();
    }
}

#[test]
fn a_phone_whose_clock_is_wrong_is_heard_without_a_gap_in_every_codec() {
    for codec in [Codec::G722, Codec::Opus] {
        for ppm in [-200, 200] {
            let mut simulation = Simulation::new();
            let room = simulation.room();
            let speaker = simulation.tone_phone_of(room, 200.0, codec);
            let listener = simulation.phone(room, Codec::Pcma);
            simulation.hear(room, &[(speaker, listener)]);
            simulation.phones[speaker].skew_ppm = ppm;
            // Three minutes would bring nothing but more of the same corrections.
            simulation.run(3_000);
            let samples = simulation.phones[listener].samples();
            // The tone itself rises by 1,134 a sample.
            // A decoder of G.722 overshoots where a tone begins at once.
            let steps =
                samples[4_000..].windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs());
            let worst = steps.enumerate().max_by_key(|(_, step)| *step).unwrap();
            assert!(worst.1 < 1_700, "{codec}, {ppm} ppm: {worst:?}");
            for second in samples.chunks_exact(8_000).skip(1) {
                let level = goertzel(second, 200.0, 8_000);
                assert!((level + 10.0).abs() < 0.7, "{codec}, {ppm} ppm: {level} dBm0");
            }
            assert!(!simulation.has_late_packets(speaker), "{codec}, {ppm} ppm");
        }
    }
}

#[test]
fn who_leaves_a_share_of_a_payload_goes_on_without_a_break() {
    for codec in [Codec::G722, Codec::Opus] {
        let mut simulation = Simulation::new();
        let room = simulation.room();
        let speaker = simulation.phone(room, Codec::Pcma);
        let listeners = [0; 3].map(|_| simulation.phone(room, codec));
        simulation.hear(room, &listeners.map(|listener| (speaker, listener)));
        simulation.phones[speaker].mouth = Mouth::Says(speech(8_000));
        simulation.run(60);
        let payloads = |simulation: &Simulation, phone: usize| {
            simulation.phones[phone].got.last().map(|got| got.payload.clone()).unwrap()
        };
        let [first, second, third] = listeners;
        assert_eq!(payloads(&simulation, first), payloads(&simulation, third), "{codec}: they share");
        // Who wrote for all, and one of the others, hear something of their own for a moment.
        for leaver in [first, second] {
            let sounds = vec![Sound::Silence { ms: 200 }];
            let play = Command::Play { leg: simulation.leg(leaver), playback: 1, sounds, repeat: false };
            simulation.command(play);
        }
        simulation.run(55);
        let said = Converter::default().convert(speech(8_000), 8_000, 48_000);
        for listener in listeners {
            let heard = heard(&simulation, listener);
            let least = if codec == Codec::Opus { 0.9 } else { 0.99 };
            // Before, and after the others were gone and came back. Opus may be late by another part of a
            // millisecond then, as it is in another of its modes.
            let [before, after] = [14_000, 72_000].map(|from| {
                let (alike, lag) = placed(&said[from..from + 28_000], &heard[from..from + 36_000]);
                assert!(alike > least, "{codec} {listener} from {from}: {alike}");
                lag
            });
            assert!(
                before.abs_diff(after) < 96,
                "{codec} {listener}: {before} and then {after} samples late"
            );
            simulation.phones[listener].assert_continuous();
        }
    }
}

#[test]
fn who_asks_the_encoder_for_something_else_shares_with_nobody() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let speaker = simulation.tone_phone(room, 440.0);
    let listeners = [0; 3].map(|_| simulation.phone(room, Codec::Opus));
    simulation.reconfigure(listeners[2], |agreed| agreed.fmtp.max_average_bitrate = Some(8_000));
    simulation.hear(room, &listeners.map(|listener| (speaker, listener)));
    simulation.run(50);
    let bytes = listeners.map(|listener| -> usize {
        simulation.phones[listener].got.iter().map(|got| got.payload.len()).sum()
    });
    assert_eq!(bytes[0], bytes[1]);
    assert!(bytes[2] <= 8_000 / 8 * 5 / 4 && bytes[2] * 5 < bytes[0] * 4, "{bytes:?}");
}

#[test]
fn packets_of_equal_codecs_are_passed_on_as_they_come_and_recorded_ones_are_not() {
    for codec in [Codec::G722, Codec::Opus] {
        let mut simulation = Simulation::new();
        let room = simulation.room();
        let (one, two) = (simulation.phone(room, codec), simulation.phone(room, codec));
        simulation.hear(room, &[(one, two), (two, one)]);
        simulation.phones[one].mouth = Mouth::Says(speech(codec::sample_rate(codec)));
        simulation.run(50);
        let passed_on =
            |simulation: &Simulation| !simulation.phones[two].got.last().unwrap().at.0.is_multiple_of(20_000);
        assert!(passed_on(&simulation), "{codec}");
        let (leg, limits) =
            (simulation.leg(one), RecordLimits { max: Duration::from_secs(9), ..Default::default() });
        simulation.command(Command::Record { leg, recording: 1, path: "x.wav".into(), limits });
        simulation.run(60);
        assert!(!passed_on(&simulation), "{codec}");
        simulation.command(Command::StopRecord { leg });
        simulation.run(60);
        assert!(passed_on(&simulation), "{codec}");
        let rate = codec::sample_rate(codec).min(16_000);
        let said = Converter::default().convert(speech(rate), rate, 48_000);
        let heard = heard(&simulation, two);
        // Each stretch by itself, since their delays differ, and without the moment of the change.
        for frames in [5..45, 55..105, 117..165] {
            let stretch = &heard[frames.start * 960..frames.end * 960];
            let around = &said[(frames.start - 5) * 960..(frames.end + 10) * 960];
            let alike = likeness(stretch, around);
            assert!(alike > 0.9, "{codec}, {frames:?}: {alike}");
        }
        simulation.phones[two].assert_continuous();
        // No frame was left out or came twice.
        let lead = i64::from(
            simulation.phones[two]
                .got
                .last()
                .unwrap()
                .timestamp
                .wrapping_sub(simulation.phones[two].got[0].timestamp),
        ) * 1_000
            / i64::from(codec.clock_rate());
        let passed =
            (simulation.phones[two].got.last().unwrap().at.0 - simulation.phones[two].got[0].at.0) / 1_000;
        assert!((lead - passed as i64).abs() <= 60, "{codec}: {lead} ms in {passed} ms");
    }
}

#[test]
fn a_phone_that_agrees_on_another_codec_in_the_call_is_heard_and_hears_on() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let (one, two) = (simulation.tone_phone(room, 440.0), simulation.tone_phone(room, 700.0));
    simulation.hear(room, &[(one, two), (two, one)]);
    for codec in [Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Opus, Codec::Pcma] {
        simulation.run(25);
        simulation.phones[one].got.clear();
        simulation.phones[one].change_codec(codec);
        simulation.phones[one].mouth = Mouth::Tone(Oscillator::new(440.0, -10.0, codec::sample_rate(codec)));
        simulation.reconfigure(one, |_| ());
        simulation.run(40);
        let heard = [simulation.phones[one].level(700.0, 300), simulation.phones[two].level(440.0, 300)];
        assert!(heard.iter().all(|level| (level + 10.0).abs() < 1.0), "{codec}: {heard:?}");
        simulation.phones[one].assert_continuous();
    }
    simulation.phones[two].assert_continuous();
}

#[test]
fn joining_and_leaving_do_not_click() {
    let mut simulation = Simulation::new();
    let room = simulation.room();
    let listener = simulation.phone(room, Codec::Pcmu);
    let speakers =
        [Codec::Pcma, Codec::G722, Codec::Opus].map(|codec| simulation.tone_phone_of(room, 210.0, codec));
    simulation.run(20);
    let tables: [&[usize]; 8] = [&[0], &[0, 1], &[0, 1, 2], &[1, 2], &[], &[2], &[0, 2], &[]];
    for voices in tables.into_iter().cycle().take(40) {
        let rows: Vec<(usize, usize)> = voices.iter().map(|voice| (speakers[*voice], listener)).collect();
        simulation.hear(room, &rows);
        simulation.run(7);
    }
    let samples = simulation.phones[listener].samples();
    // Three such tones together rise by 3,600 a sample at most; a click would be as high as they are: 21,000.
    let worst = samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap();
    assert!(worst < 4_500, "{worst}");
}
