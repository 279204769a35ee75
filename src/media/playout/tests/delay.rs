//! How long what is said waits until it is heard: as long as the network needs, and no longer.

use super::*;

#[test]
fn the_delay_grows_with_jitter_and_shrinks_when_it_is_over() {
    let mut entropy = Entropy::from_number(2);
    let packets = delayed(stream(tone, 20, 1_500), |n| match n {
        0..750 => u64::from(entropy.u32() % 100_000),
        _ => 0,
    });
    let listener = Listener::listen(packets, 30);
    assert!((90..=130).contains(&listener.delays[700]), "{}", listener.delays[700]);
    assert!(listener.delays[750 + 500] <= 45, "{}", listener.delays[750 + 500]);
    // Once the delay has grown, next to nothing is missed.
    let missed = listener.playout.counters().gaps;
    assert!(missed < 30, "{missed}");
}

#[test]
fn after_a_burst_the_delay_shrinks_within_ten_seconds() {
    let packets = delayed(stream(tone, 20, 1_000), |n| match n {
        100..125 => (125 - n as u64) * 20_000,
        _ => 0,
    });
    let listener = Listener::listen(packets, 20);
    assert!(listener.delays[125 + 500] <= 45, "{}", listener.delays[125 + 500]);
    let tail = &listener.heard[15 * 8_000..16 * 8_000];
    assert!((crate::media::tone::goertzel(tail, 200.0, RATE) + 16.3).abs() < 0.3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn after_any_burst_the_delay_is_what_it_was_within_ten_seconds(
        seed in any::<u64>(), jitter in 1_u32..60, length in 1_usize..100, height in 50_u64..2_000,
    ) {
        let (calm, over) = (500, 500 + length);
        let mut entropy = Entropy::from_number(seed);
        // The network stands still and then gives out what it has held back, and shakes all the time.
        let held = |n: usize| match n {
            n if (calm..over).contains(&n) => (height * 1_000).min((over - n) as u64 * 20_000),
            _ => 0,
        };
        let packets = delayed(stream(tone, 20, 1_700), |n| {
            held(n) + u64::from(entropy.u32() % (jitter * 1_000))
        });
        let listener = Listener::listen(packets, 32);
        let longest = *listener.delays[over + 500..1_600].iter().max().unwrap();
        // The 95th percentile and its margin; 20 ms too much are borne, what of a tick is ready comes on top, and
        // a pitch period is the step by which it moves.
        let bound = (jitter + 10).max(20) + 20 + 20 + 5;
        prop_assert!(longest <= bound, "{longest} ms, not {bound}");
        // What was held back is heard late or not at all, but afterwards the sound is whole.
        let tail = &listener.heard[(over + 500) * 160..1_600 * 160];
        let level = crate::media::tone::level(tail);
        prop_assert!((level + 16.3).abs() < 1.0, "{level} dBm0");
    }
}
