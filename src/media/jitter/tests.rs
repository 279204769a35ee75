use super::*;

fn packet(sequence: u16, payload: &[u8]) -> RtpPacket<'_> {
    let timestamp = u32::from(sequence) * 160;
    RtpPacket { payload_type: 0, marker: false, sequence, timestamp, ssrc: 1, payload }
}

#[test]
fn the_queue_is_bounded_and_the_oldest_gives_way() {
    let mut jitter = Jitter::new(8_000);
    for sequence in 0..200 {
        assert_eq!(jitter.put(&packet(sequence, &[0; 160]), 160, Time::from_millis(5)), Put::Queued);
    }
    assert_eq!(jitter.len(), MAX_PACKETS);
    assert_eq!(jitter.counters().dropped, 200 - MAX_PACKETS as u64);
    assert_eq!(jitter.put(&packet(3, &[0; 160]), 160, Time::from_millis(5)), Put::Late);
    assert_eq!(jitter.put(&packet(199, &[0; 160]), 160, Time::from_millis(5)), Put::Duplicate);
    assert_eq!(jitter.put(&packet(200, &[0; 1_501]), 1_501, Time::from_millis(5)), Put::Refused);
}

#[test]
fn the_first_packet_waits_for_the_least_delay() {
    let mut jitter = Jitter::new(8_000);
    jitter.put(&packet(0, b"first"), 160, Time::from_millis(100));
    assert_eq!(jitter.take(Time::from_millis(119), 0, 160), Frame::Nothing);
    assert_eq!(
        jitter.take(Time::from_millis(120), 0, 160),
        Frame::Packet { payload: b"first", skip: 0, jumped: false }
    );
}

#[test]
fn a_gap_is_told_from_a_pause_by_the_sequence_numbers() {
    let mut jitter = Jitter::new(8_000);
    let at = |n: u64| Time::from_millis(100 + 20 * n);
    jitter.put(&packet(0, b"a"), 160, at(0));
    jitter.put(&packet(2, b"c"), 160, at(2));
    let later = RtpPacket { sequence: 3, ..packet(4, b"e") };
    jitter.put(&later, 160, at(4));
    assert!(matches!(jitter.take(at(4), 0, 160), Frame::Packet { payload: b"a", .. }));
    assert_eq!(jitter.take(at(5), 0, 160), Frame::Missing { length: 160, next: Some(b"c") });
    assert!(matches!(jitter.take(at(6), 0, 160), Frame::Packet { payload: b"c", .. }));
    assert_eq!(jitter.take(at(7), 0, 160), Frame::Silence(160));
    assert!(matches!(jitter.take(at(8), 0, 160), Frame::Packet { payload: b"e", .. }));
}

#[test]
fn the_part_of_a_late_packet_that_is_still_wanted_is_given() {
    let mut jitter = Jitter::new(8_000);
    let long = |sequence: u16, payload| RtpPacket { sequence, ..packet(sequence * 3, payload) };
    jitter.put(&long(0, b"one"), 480, Time::from_millis(100));
    assert!(matches!(jitter.take(Time::from_millis(120), 0, 160), Frame::Packet { skip: 0, .. }));
    assert_eq!(jitter.take(Time::from_millis(180), 0, 160), Frame::Missing { length: 160, next: None });
    jitter.put(&long(1, b"two"), 480, Time::from_millis(190));
    assert_eq!(
        jitter.take(Time::from_millis(200), 0, 160),
        Frame::Packet { payload: b"two", skip: 160, jumped: false }
    );
}
