use proptest::prelude::*;

use super::*;
use crate::media::tone::{self, Oscillator};

const FEC: Fmtp =
    Fmtp { max_playback_rate: 48_000, max_average_bitrate: None, cbr: false, use_inband_fec: true };

/// Something like a voice: a fundamental that glides, its harmonics, and syllables.
fn voice(seconds: f64) -> Vec<i16> {
    let count = (seconds * f64::from(RATE)) as usize;
    let mut turns = 0.0;
    let sample = |n: usize| {
        let time = n as f64 / f64::from(RATE);
        turns += (140.0 + 30.0 * (time * 3.0).sin()) / f64::from(RATE);
        let harmonics = (1..14).map(|k| (turns * f64::from(k) * std::f64::consts::TAU).sin() / f64::from(k));
        let syllable = (time * 4.0 * std::f64::consts::PI).sin().powi(2);
        (5_000.0 * syllable * harmonics.sum::<f64>()) as i16
    };
    (0..count).map(sample).collect()
}

fn packets(encoder: &mut Encoder, samples: &[i16]) -> Vec<Vec<u8>> {
    let packet = |frame: &[i16]| {
        let mut payload = vec![];
        encoder.encode(frame, &mut payload);
        payload
    };
    samples.chunks_exact(960).map(packet).collect()
}

fn heard(packets: &[Vec<u8>]) -> Vec<i16> {
    let (mut decoder, mut samples) = (Decoder::default(), vec![]);
    packets.iter().for_each(|packet| decoder.decode(packet, &mut samples));
    samples
}

/// The best likeness of what was heard to what was said within 20 ms of delay.
fn likeness(said: &[i16], heard: &[i16]) -> f64 {
    let window = said.len().min(heard.len()) - 2_000;
    let product = |one: &[i16], two: &[i16]| -> f64 {
        one.iter().zip(two).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let at = |lag: usize| {
        let (said, heard) = (&said[..window], &heard[lag..lag + window]);
        product(said, heard) / (product(said, said) * product(heard, heard)).sqrt().max(1.0)
    };
    (0..960).step_by(2).map(at).fold(0.0, f64::max)
}

#[test]
fn a_voice_comes_through_as_it_was() {
    let said = voice(2.0);
    for rate in [16_000, 48_000] {
        let mut encoder = Encoder::new(FEC);
        encoder.set_source_rate(rate);
        let heard = heard(&packets(&mut encoder, &said));
        assert_eq!(heard.len(), said.len());
        let likeness = likeness(&said, &heard);
        assert!(likeness > 0.95, "{rate}: {likeness}");
    }
}

#[test]
fn a_packet_tells_its_length() {
    let mut encoder = Encoder::new(FEC);
    for length in LENGTHS {
        let (mut payload, mut samples) = (vec![], vec![]);
        encoder.encode(&voice(0.1)[..length], &mut payload);
        assert_eq!(duration(&payload) as usize, length);
        Decoder::default().decode(&payload, &mut samples);
        assert_eq!(samples.len(), length);
    }
    assert_eq!(Encoder::piece(961), Some(960));
    assert_eq!((Encoder::piece(119), duration(&[])), (None, 0));
}

#[test]
fn what_the_peer_bounds_is_kept() {
    let said = voice(2.0);
    let bytes = |fmtp: Fmtp, rate: u32| {
        let mut encoder = Encoder::new(fmtp);
        encoder.set_source_rate(rate);
        packets(&mut encoder, &said).iter().map(Vec::len).collect::<Vec<usize>>()
    };
    let sum = |lengths: Vec<usize>| lengths.iter().sum::<usize>();
    let bounded = sum(bytes(Fmtp { max_average_bitrate: Some(12_000), ..FEC }, 48_000));
    assert!(bounded < 12_000 / 8 * 2 * 5 / 4, "{bounded} bytes in two seconds");
    let constant = bytes(Fmtp { cbr: true, ..FEC }, 48_000);
    assert!(constant.iter().all(|length| *length == constant[0]), "{constant:?}");
    let narrow = sum(bytes(FEC, 8_000));
    assert!(narrow * 4 < 3 * sum(bytes(FEC, 48_000)), "{narrow} bytes for 4 kHz");
}

#[test]
fn a_lost_packet_is_heard_from_the_redundancy_of_the_next() {
    let said = voice(2.0);
    let packets = packets(&mut Encoder::new(FEC), &said);
    let lossy = |redundancy: bool| {
        let (mut decoder, mut heard) = (Decoder::default(), vec![]);
        for (n, packet) in packets.iter().enumerate() {
            if n % 7 == 3 {
                let old = heard.len();
                heard.resize(old + 960, 0);
                let next = packets.get(n + 1).map(Vec::as_slice).filter(|_| redundancy);
                decoder.conceal(next, &mut heard[old..]);
            } else {
                decoder.decode(packet, &mut heard);
            }
        }
        assert_eq!(heard.len(), said.len());
        likeness(&said, &heard)
    };
    let (with, without) = (lossy(true), lossy(false));
    assert!(with > without + 0.01 && with > 0.93, "{with}, without redundancy {without}");
}

#[test]
fn a_gap_of_any_length_is_filled_without_a_click() {
    let mut tone = vec![0; 48_000];
    Oscillator::new(300.0, -10.0, RATE).fill(&mut tone);
    let packets = packets(&mut Encoder::new(FEC), &tone);
    for gap in [1, 37, 479, 480, 481, 700, 960, 1_000] {
        let (mut decoder, mut heard) = (Decoder::default(), vec![]);
        packets[..20].iter().for_each(|packet| decoder.decode(packet, &mut heard));
        let old = heard.len();
        heard.resize(old + gap, 0);
        // In two pieces, as a jitter buffer asks for them.
        let (one, two) = heard[old..].split_at_mut(gap / 3);
        decoder.conceal(None, one);
        decoder.conceal(None, two);
        decoder.decode(&packets[21], &mut heard);
        assert_eq!(heard.len(), old + gap + 960);
        let steps = heard[old - 480..old + gap]
            .windows(2)
            .map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs());
        // The tone itself rises by 283 a sample.
        assert!(steps.max().unwrap() < 900, "{gap}");
        assert!(tone::level(&heard[old..old + gap]) > -40.0 || gap < 100, "{gap}");
    }
}

#[test]
fn a_copy_goes_on_from_the_last_frame() {
    let said = voice(2.0);
    let mut encoder = Encoder::new(FEC);
    let mut all = packets(&mut encoder, &said[..48_000]);
    let mut copy = encoder.clone();
    assert_eq!(copy, encoder);
    all.extend(packets(&mut copy, &said[48_000..]));
    let heard = heard(&all);
    assert!(likeness(&said[40_000..60_000], &heard[40_000..62_000]) > 0.9);
    let restored: Encoder = serde_json::from_str(&serde_json::to_string(&copy).unwrap()).unwrap();
    assert_eq!(restored, copy);
}

proptest! {
    #[test]
    fn random_packets_never_panic_and_are_as_long_as_they_say(
        packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..20),
        gaps in prop::collection::vec((0_usize..3_000, any::<bool>()), 20),
    ) {
        let mut decoder = Decoder::default();
        for (packet, (gap, redundancy)) in packets.iter().zip(gaps) {
            let mut samples = vec![];
            decoder.decode(packet, &mut samples);
            prop_assert!(samples.len() <= duration(packet) as usize);
            decoder.conceal(Some(packet.as_slice()).filter(|_| redundancy), &mut vec![0; gap]);
            prop_assert!(decoder.surplus.len() < STEP);
        }
    }
}
