//! What the parts of the media path cost a packet. Run with `cargo bench --bench media`.

use divan::{Bencher, black_box};
use hovor::entropy::Entropy;
use hovor::media::FRAME;
use hovor::media::codec::{Codec, Decoder, Encoder, sample_rate};
use hovor::media::dtmf::Detector;
use hovor::media::jitter::Jitter;
use hovor::media::player::{Playlist, Source};
use hovor::media::playout::Playout;
use hovor::media::plc::Concealer;
use hovor::media::resample::Resampler;
use hovor::media::rtp::{ReceiverStatistics, RtpPacket, Sender};
use hovor::media::sound::Clip;
use hovor::media::tone::Oscillator;
use hovor::sdp::Fmtp;
use hovor::time::Time;

fn main() {
    divan::main();
}

const CODECS: &[Codec] = Codec::ALL;

/// What phones with Opus ask for.
const FEC: Fmtp =
    Fmtp { max_playback_rate: 48_000, max_average_bitrate: None, cbr: false, use_inband_fec: true };

/// 20 ms of a voice at the codec's rate.
fn frame(codec: Codec) -> Vec<i16> {
    let rate = sample_rate(codec);
    let mut samples = vec![0; rate as usize / 50];
    Oscillator::new(180.0, -16.0, rate).fill(&mut samples);
    samples
}

fn voice(count: usize) -> Vec<i16> {
    let mut samples = vec![0; count];
    Oscillator::new(180.0, -16.0, 8_000).fill(&mut samples);
    samples
}

/// Packet `n` of a stream that loses nothing, and when it comes.
fn packet(n: u64, payload: &[u8]) -> (RtpPacket<'_>, Time) {
    let (sequence, timestamp) = (n as u16, (n * 160) as u32);
    let packet = RtpPacket { payload_type: 8, marker: false, sequence, timestamp, ssrc: 1, payload };
    (packet, Time(n * 20_000 + n * 7 % 9_000))
}

#[divan::bench(args = CODECS)]
fn encode(bencher: Bencher<'_, '_>, codec: Codec) {
    let (samples, mut payload) = (frame(codec), Vec::with_capacity(FRAME));
    let mut encoder = Encoder::new(codec, FEC);
    bencher.bench_local(|| {
        payload.clear();
        encoder.encode(black_box(&samples), &mut payload);
    });
}

#[divan::bench(args = CODECS)]
fn decode(bencher: Bencher<'_, '_>, codec: Codec) {
    let (mut samples, mut payload) = (Vec::with_capacity(FRAME), vec![]);
    Encoder::new(codec, FEC).encode(&frame(codec), &mut payload);
    let mut decoder = Decoder::new(codec);
    bencher.bench_local(|| {
        samples.clear();
        decoder.decode(black_box(&payload), &mut samples);
    });
}

/// 20 ms from one rate to another.
#[divan::bench(args = [(8_000, 16_000), (16_000, 8_000), (8_000, 48_000), (48_000, 8_000), (16_000, 48_000), (48_000, 16_000)])]
fn resample(bencher: Bencher<'_, '_>, (from, to): (u32, u32)) {
    let mut resampler = Resampler::new(from, to).unwrap();
    let samples = voice(from as usize / 50);
    bencher.bench_local(|| resampler.process(black_box(&samples)));
}

/// 20 ms in which keys are looked for.
#[divan::bench]
fn look_for_tones(bencher: Bencher<'_, '_>) {
    let (mut detector, samples) = (Detector::default(), voice(FRAME));
    bencher.bench_local(|| detector.hear(black_box(&samples)));
}

#[divan::bench]
fn parse_packet(bencher: Bencher<'_, '_>) {
    let mut bytes = vec![];
    packet(1, &[0xd5; FRAME]).0.write(&mut bytes);
    bencher.bench_local(|| RtpPacket::parse(black_box(&bytes)).is_ok());
}

#[divan::bench]
fn count_packet(bencher: Bencher<'_, '_>) {
    let (mut statistics, mut n) = (ReceiverStatistics::new(), 0);
    bencher.bench_local(|| {
        n += 1;
        let (packet, at) = packet(n, &[0xd5; FRAME]);
        statistics.arrived(&packet, 8_000, at)
    });
}

#[divan::bench]
fn forward_packet(bencher: Bencher<'_, '_>) {
    let (mut sender, mut n) = (Sender::new(8_000, &mut Entropy::from_number(1)), 0);
    bencher.bench_local(|| {
        n += 1;
        let (packet, at) = packet(n, &[0xd5; FRAME]);
        sender.forward(&packet, 160, at)
    });
}

#[divan::bench]
fn jitter_put_and_take(bencher: Bencher<'_, '_>) {
    let (mut jitter, mut n) = (Jitter::new(8_000), 0);
    bencher.bench_local(|| {
        n += 1;
        let (packet, at) = packet(n, &[0xd5; FRAME]);
        jitter.put(&packet, 160, at);
        jitter.tick(at, 0);
        black_box(jitter.take(at, 0, 160));
    });
}

#[divan::bench]
fn playout_put_and_fill(bencher: Bencher<'_, '_>) {
    let (mut playout, mut n, mut frame) = (Playout::new(Codec::Pcma), 0, [0; FRAME]);
    bencher.bench_local(|| {
        n += 1;
        let (packet, at) = packet(n, &[0xd5; FRAME]);
        playout.put(&packet, at);
        playout.fill(at, &mut frame)
    });
}

#[divan::bench]
fn conceal_first_frame(bencher: Bencher<'_, '_>) {
    let mut concealer = Concealer::new(8_000);
    concealer.heard(&mut voice(800));
    let mut frame = [0; FRAME];
    bencher.with_inputs(|| concealer.clone()).bench_local_values(|mut concealer| {
        concealer.conceal(&mut frame);
        concealer
    });
}

#[divan::bench]
fn play_frame(bencher: Bencher<'_, '_>) {
    let mut playlist = Playlist::new(vec![Source::Clip(Clip::narrow_only(voice(80_000)).into())], true);
    let mut frame = [0; FRAME];
    bencher.bench_local(|| playlist.fill(black_box(&mut frame)));
}

#[divan::bench]
fn tone_frame(bencher: Bencher<'_, '_>) {
    let mut playlist = Playlist::new(vec![Source::tone(1_004.0, -16.0, None)], false);
    let mut frame = [0; FRAME];
    bencher.bench_local(|| playlist.fill(black_box(&mut frame)));
}
