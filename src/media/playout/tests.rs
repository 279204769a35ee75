//! One leg's sender, network and listener on simulated time.

mod delay;

use proptest::prelude::*;

use super::*;
use crate::entropy::Entropy;
use crate::media::codec::g711;
use crate::media::{FRAME, RATE};

const SSRC: u32 = 0xfeed;

/// A packet on its way.
#[derive(Clone, Debug)]
struct Sent {
    arrives: Time,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    payload: Vec<u8>,
}

impl Sent {
    fn packet(&self) -> RtpPacket<'_> {
        let Self { sequence, timestamp, ssrc, .. } = *self;
        RtpPacket { payload_type: 8, marker: false, sequence, timestamp, ssrc, payload: &self.payload }
    }
}

/// Sample `n` of noise in which every place can be told from every other.
fn noise(n: u64) -> i16 {
    let mixed = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    g711::decode_alaw((mixed >> 56) as u8)
}

/// Sample `n` of a 200 Hz tone at about -16 dBm0.
fn tone(n: u64) -> i16 {
    (3_500.0 * (n as f64 * std::f64::consts::TAU / 40.0).sin()) as i16
}

/// `count` packets of `ptime` ms, sent at their time; numbers wrap on the way.
fn stream(sample: fn(u64) -> i16, ptime: u64, count: u64) -> Vec<Sent> {
    let length = ptime * 8;
    let packet = |n: u64| Sent {
        arrives: Time::from_millis(1_000 + n * ptime),
        sequence: 65_500_u16.wrapping_add(n as u16),
        timestamp: 0_u32.wrapping_sub(5_000).wrapping_add((n * length) as u32),
        ssrc: SSRC,
        payload: (n * length..(n + 1) * length).map(|n| g711::encode_alaw(sample(n))).collect(),
    };
    (0..count).map(packet).collect()
}

/// Adds a delay in µs to every packet.
fn delayed(mut packets: Vec<Sent>, mut delay: impl FnMut(usize) -> u64) -> Vec<Sent> {
    for (n, packet) in packets.iter_mut().enumerate() {
        packet.arrives.0 += delay(n);
    }
    packets
}

struct Listener {
    playout: Playout,
    heard: Vec<i16>,
    now: Time,
    /// Delay of the fastest packets in ms, by tick.
    delays: Vec<u32>,
}

impl Listener {
    fn new() -> Self {
        // Out of step with the sender.
        Self {
            playout: Playout::new(Codec::Pcma),
            heard: vec![],
            now: Time::from_millis(1_007),
            delays: vec![],
        }
    }

    fn listen(mut packets: Vec<Sent>, seconds: u64) -> Self {
        let mut listener = Self::new();
        packets.sort_by_key(|packet| packet.arrives);
        listener.hear(&packets, seconds);
        listener
    }

    /// Ticks for so long, with the packets arriving between the ticks.
    fn hear(&mut self, packets: &[Sent], seconds: u64) {
        let mut packets = packets.iter().peekable();
        for _ in 0..seconds * 50 {
            while let Some(packet) = packets.next_if(|packet| packet.arrives <= self.now) {
                self.playout.put(&packet.packet(), packet.arrives);
            }
            self.tick();
        }
    }

    fn tick(&mut self) -> Heard {
        let mut frame = [-1; FRAME];
        let heard = self.playout.fill(self.now, &mut frame);
        self.heard.extend(frame);
        self.delays.push(self.playout.delay_ms().unwrap_or(0));
        self.now.0 += 20_000;
        heard
    }

    /// What was heard between the silence before and the silence after.
    fn sound(&self) -> &[i16] {
        let first = self.heard.iter().position(|&sample| sample != 0).unwrap_or(0);
        let last = self.heard.iter().rposition(|&sample| sample != 0).map_or(0, |last| last + 1);
        &self.heard[first..last]
    }
}

fn samples(packets: &[Sent]) -> Vec<i16> {
    packets.iter().flat_map(|packet| &packet.payload).map(|&byte| g711::decode_alaw(byte)).collect()
}

/// Asserts that what was heard begins with exactly what was sent. After its end, it may fade.
fn assert_exact(listener: &Listener, sent: &[i16]) {
    let heard = listener.sound();
    assert!(heard.len() >= sent.len(), "{} samples of {}", heard.len(), sent.len());
    let wrong = sent.iter().zip(heard).position(|(sent, heard)| sent != heard);
    assert_eq!(wrong, None);
    assert!(heard.len() <= sent.len() + 480, "{} after the end", heard.len() - sent.len());
}

#[test]
fn every_sample_is_heard_once_whatever_the_length_of_the_packets() {
    for ptime in [10, 20, 30, 40, 60] {
        let packets = stream(noise, ptime, 6_000 / ptime);
        assert_exact(&Listener::listen(packets.clone(), 8), &samples(&packets));
    }
}

#[test]
fn jitter_below_the_least_delay_changes_nothing() {
    for ptime in [10, 20, 30, 60] {
        let packets = stream(noise, ptime, 6_000 / ptime);
        let mut entropy = Entropy::from_number(1);
        let jittery = delayed(packets.clone(), |_| u64::from(entropy.u32() % 9_000));
        assert_exact(&Listener::listen(jittery, 8), &samples(&packets));
    }
}

#[test]
fn packets_out_of_order_and_twice_are_heard_in_order_and_once() {
    let packets = stream(noise, 20, 300);
    let swapped = delayed(packets.clone(), |n| if n % 10 == 4 { 21_000 } else { u64::from(n % 2 == 0) });
    // Let the delay grow first, then repeat all that comes.
    let warm = delayed(stream(noise, 20, 1), |_| 0);
    let twice: Vec<Sent> =
        warm.into_iter().chain(swapped.iter().flat_map(|p| [p.clone(), p.clone()])).collect();
    let listener = Listener::listen(twice, 8);
    assert_eq!(listener.playout.counters().gaps, 1, "the end of the stream");
    assert!(listener.sound().len() >= 300 * 160);
}

#[test]
fn a_lost_packet_leaves_every_other_sample_in_its_place() {
    let packets = stream(noise, 20, 500);
    let kept: Vec<Sent> =
        packets.iter().enumerate().filter(|(n, _)| n % 20 != 7).map(|(_, p)| p.clone()).collect();
    let listener = Listener::listen(kept, 11);
    let heard = listener.sound();
    for (n, sent) in samples(&packets).chunks(160).enumerate().filter(|(n, _)| n % 20 != 7) {
        // The first 10 ms after a gap are blended.
        let blended = if n % 20 == 8 { 80 } else { 0 };
        assert_eq!(heard[n * 160 + blended..(n + 1) * 160], sent[blended..], "packet {n}");
    }
    assert_eq!(listener.playout.counters().gaps, 25 + 1);
}

#[test]
fn a_sender_whose_clock_is_wrong_is_followed_without_a_gap() {
    for ppm in [-200_i64, 200] {
        // Sender time passes faster or slower than ours for five minutes.
        let packets =
            delayed(stream(tone, 20, 15_000), |n| (n as i64 * 20_000 * ppm / 1_000_000 + 200_000) as u64);
        let listener = Listener::listen(packets, 299);
        assert_eq!(listener.playout.counters().gaps, 0, "{ppm} ppm");
        assert_eq!(listener.playout.counters().late, 0);
        let calm = &listener.delays[100..];
        assert!(calm.iter().all(|&delay| (5..=55).contains(&delay)), "{:?}", calm.iter().max());
        let steps = listener.heard[8_000..299 * 8_000].windows(2).map(|pair| (pair[1] - pair[0]).abs());
        // The tone itself rises by 550 a sample.
        assert!(steps.max().unwrap() < 750);
    }
}

#[test]
fn pauses_of_the_sender_are_silence_and_its_words_stay_whole() {
    let packets = stream(noise, 20, 300);
    // No packets in 2 of every 6 s; the numbers go on without them.
    let mut sequence = 40_000_u16;
    let mut words = vec![];
    for (n, mut packet) in packets.into_iter().enumerate().filter(|(n, _)| n % 100 < 60) {
        packet.sequence = sequence;
        sequence = sequence.wrapping_add(1);
        words.push((n, packet));
    }
    let listener = Listener::listen(words.iter().map(|(_, packet)| packet.clone()).collect(), 8);
    let offset = listener.heard.iter().position(|&sample| sample != 0).unwrap();
    for (n, packet) in &words {
        let place = offset + n * 160;
        let heard = &listener.heard[place..place + 160];
        let sent = samples(std::slice::from_ref(packet));
        // After a pause its end may be blended.
        let blended = if n % 100 == 0 && *n > 0 { 80 } else { 0 };
        assert_eq!(heard[blended..], sent[blended..], "packet {n}");
    }
    let pause = &listener.heard[offset + 75 * 160..offset + 95 * 160];
    assert!(pause.iter().all(|&sample| sample == 0));
}

/// A stream in which a key is pressed from packet 40 to packet 52.
fn with_key(sample: fn(u64) -> i16) -> (Listener, Vec<i16>) {
    let packets = stream(sample, 20, 100);
    let mut listener = Listener::new();
    for (n, packet) in packets.iter().enumerate() {
        match n {
            40..52 => listener.playout.put_other(&packet.packet()),
            _ => assert_eq!(listener.playout.put(&packet.packet(), packet.arrives), Put::Queued),
        }
        listener.tick();
    }
    (listener, samples(&packets))
}

#[test]
fn a_key_pressed_in_the_stream_is_silence() {
    let (listener, all) = with_key(noise);
    let offset = listener.heard.iter().position(|&sample| sample != 0).unwrap();
    assert_eq!(listener.playout.counters().gaps, 0);
    let heard = &listener.heard[offset..];
    assert_eq!(heard[..40 * 160], all[..40 * 160]);
    assert!(heard[40 * 160 + 80..52 * 160].iter().all(|&sample| sample == 0));
    assert_eq!(heard[52 * 160..90 * 160], all[52 * 160..90 * 160]);
}

#[test]
fn sound_goes_over_into_silence_without_a_click() {
    let (listener, _) = with_key(|n| tone(n + 7));
    // The tone itself rises by 550 a sample.
    let silenced = &listener.heard[30 * 160..50 * 160];
    let step = silenced.windows(2).map(|pair| (pair[1] - pair[0]).abs()).max().unwrap();
    assert!(step < 900, "{step}");
}

#[test]
fn another_source_is_heard_at_once() {
    let mut packets = stream(noise, 20, 200);
    for packet in &mut packets[100..] {
        packet.ssrc = 1;
        packet.sequence = packet.sequence.wrapping_add(30_000);
        packet.timestamp = packet.timestamp.wrapping_sub(123_456_789);
    }
    let listener = Listener::listen(packets.clone(), 6);
    let heard = listener.sound();
    let second = samples(&packets[100..]);
    let start = heard.windows(160).position(|window| *window == second[..160]).unwrap();
    assert!((100 * 160 - 800..100 * 160 + 800).contains(&start), "{start}");
    assert_eq!(heard[start..start + second.len()], second);
}

#[test]
fn a_jump_of_the_timestamps_costs_little() {
    for jump in [8_000 * 3_600, 0_u32.wrapping_sub(8_000 * 3_600), 6_000, 0_u32.wrapping_sub(6_000)] {
        let mut packets = stream(noise, 20, 200);
        for packet in &mut packets[100..] {
            packet.timestamp = packet.timestamp.wrapping_add(jump);
        }
        let listener = Listener::listen(packets.clone(), 6);
        let second = samples(&packets[140..]);
        let whole = listener.heard.windows(second.len()).any(|window| *window == second);
        assert!(whole, "jump by {jump}");
        assert!(
            listener.playout.counters().late + listener.playout.counters().dropped <= 10,
            "jump by {jump}"
        );
    }
}

#[test]
fn a_sender_that_stops_fades_into_nothing() {
    let mut listener = Listener::listen(stream(tone, 20, 50), 2);
    assert_eq!(listener.tick(), Heard::Nothing);
    assert!(listener.heard[8_000 + 100 * 8 + 160..].iter().rev().take(4_000).all(|&sample| sample == 0));
}

#[test]
fn a_change_from_forwarding_to_playing_has_the_right_delay_at_once() {
    let packets = delayed(stream(noise, 20, 400), |n| if n % 5 == 3 { 60_000 } else { 0 });
    let mut arrivals = packets.clone();
    arrivals.sort_by_key(|packet| packet.arrives);
    let mut listener = Listener::new();
    let change = packets[200].arrives;
    for packet in arrivals.iter().filter(|packet| packet.arrives < change) {
        listener.playout.pass(&packet.packet(), packet.arrives);
    }
    listener.now = change;
    let after: Vec<Sent> = arrivals.into_iter().filter(|packet| packet.arrives >= change).collect();
    listener.hear(&after, 6);
    let sent = samples(&packets[202..]);
    assert!(listener.heard.windows(sent.len()).any(|window| *window == sent));
}

#[test]
fn what_waits_can_be_sent_on_when_forwarding_begins() {
    let packets = stream(noise, 20, 5);
    let mut playout = Playout::new(Codec::Pcma);
    for place in [0, 2, 1, 3] {
        playout.put(&packets[place].packet(), Time::from_millis(1_000));
    }
    for packet in &packets[..4] {
        assert_eq!(playout.drain(), Some(packet.payload.as_slice()));
    }
    assert_eq!(playout.drain(), None);
    assert_eq!(playout.put(&packets[2].packet(), Time::from_millis(1_080)), Put::Late);
    assert_eq!(playout.put(&packets[4].packet(), Time::from_millis(1_080)), Put::Queued);
}

#[test]
fn a_restored_playout_goes_on_as_the_original() {
    let mut entropy = Entropy::from_number(5);
    let packets = delayed(stream(noise, 30, 100), |_| u64::from(entropy.u32() % 50_000));
    let (before, after): (Vec<Sent>, Vec<Sent>) = packets
        .into_iter()
        .filter(|packet| packet.sequence % 9 != 0)
        .partition(|packet| packet.arrives.0 < 2_000_000);
    let mut original = Listener::new();
    original.hear(&before, 1);
    let snapshot = serde_json::to_string(&original.playout).unwrap();
    let mut restored =
        Listener { playout: serde_json::from_str(&snapshot).unwrap(), heard: vec![], ..Listener::new() };
    restored.now = original.now;
    original.heard.clear();
    original.hear(&after, 2);
    restored.hear(&after, 2);
    assert_eq!(original.heard, restored.heard);
}

proptest! {
    #[test]
    fn no_order_of_packets_breaks_it(
        packets in prop::collection::vec((any::<u16>(), any::<u32>(), 0_u32..3, 0_usize..700, 0_u64..40_000), 0..300)
    ) {
        let mut listener = Listener::new();
        for (sequence, timestamp, ssrc, length, pause) in packets {
            // Mostly near each other, sometimes anywhere.
            let (sequence, timestamp) = match length % 7 {
                0 => (sequence, timestamp),
                1 => (sequence % 32, timestamp % 8_000),
                _ => (sequence % 32, u32::from(sequence % 32) * 160),
            };
            let payload = vec![1; length];
            let packet = RtpPacket { payload_type: 8, marker: false, sequence, timestamp, ssrc: ssrc / 2, payload: &payload };
            if length % 11 == 0 { listener.playout.put_other(&packet) } else { listener.playout.put(&packet, listener.now); }
            listener.now.0 += pause;
            listener.tick();
            prop_assert!(listener.playout.ready.len() < 1_000);
        }
    }
}
