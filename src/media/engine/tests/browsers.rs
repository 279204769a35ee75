//! Browsers at the engine's real sockets.

use super::*;
use crate::media::srtp::Srtp;
use crate::media::webrtc::tests::Client;
use crate::media::{Family, Ways};

/// A leg with a browser at its other end that has shaken hands.
fn browser(bench: &mut Bench, room: RoomId) -> (LegId, UdpSocket, Srtp) {
    let leg = LegId::new(UnixMs(0), &mut bench.entropy);
    bench.send(Command::Open { leg, room, family: Family::V4, ways: Ways::Web });
    let Event::Opened { rtp_port: 0, web_port: Some(port), .. } = bench.event() else { panic!("not opened") };
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let client = Client::new(bench.engine.fingerprint(), &mut bench.entropy);
    bench.send(Command::Configure { leg, agreed: client.agreed.clone() });
    socket.send(&client.check()).unwrap();
    let mut hand = client.handshake(Instant::now());
    let (mut keys, begun, mut buffer) = (None, Instant::now(), [0; 2_048]);
    while begun.elapsed() < Duration::from_secs(5) && keys.is_none() {
        let mut step = hand.handle_timeout(Instant::now()).unwrap();
        if let Ok(length) = socket.recv(&mut buffer)
            && buffer[0] >= 20
        {
            let more = hand.receive(&buffer[..length], Instant::now()).unwrap();
            step.packets.extend(more.packets);
            step.keys = step.keys.or(more.keys);
        }
        for packet in &step.packets {
            socket.send(packet).unwrap();
        }
        keys = step.keys;
    }
    (leg, socket, Srtp::new(&keys.expect("the browser has keys")))
}

fn sound(sequence: u16) -> Vec<u8> {
    let timestamp = u32::from(sequence) * 160;
    let packet =
        RtpPacket { payload_type: 8, marker: false, sequence, timestamp, ssrc: 5, payload: &[0xd5; 160] };
    let mut bytes = vec![];
    packet.write(&mut bytes);
    bytes
}

/// How many packets come back of so many that are sent, one a tick.
fn echoed(socket: &UdpSocket, srtp: &mut Srtp, sequences: std::ops::Range<u16>) -> usize {
    socket.set_nonblocking(true).unwrap();
    let (mut buffer, mut count) = ([0; 2_048], 0);
    for sequence in sequences {
        let mut bytes = sound(sequence);
        srtp.seal(&mut bytes).unwrap();
        socket.send(&bytes).unwrap();
        sleep(TICK);
        while let Ok(length) = socket.recv(&mut buffer) {
            count += usize::from((128..192).contains(&buffer[0]) && srtp.open(&mut buffer[..length]).is_ok());
        }
    }
    count
}

#[test]
fn a_browser_hears_itself_and_its_leg_may_move_to_another_worker() {
    let mut bench = Bench::new(2, apart(40)..=apart(47), |_| {});
    let (room, other) = (bench.room(), bench.room());
    // Somebody there keeps the other room at the other worker.
    let neighbour = bench.phone(room);
    let (leg, socket, mut srtp) = browser(&mut bench, room);
    bench.send(Command::Hear { room, rows: [Row { from: leg, to: leg }].into() });
    assert!(echoed(&socket, &mut srtp, 1..26) >= 15);
    let remote = socket.local_addr().unwrap();
    assert_eq!(bench.event(), Event::Latched { leg, remote });
    bench.send(Command::Hear { room: other, rows: [Row { from: leg, to: leg }].into() });
    bench.send(Command::Move { leg, room: other });
    assert!(echoed(&socket, &mut srtp, 26..51) >= 15);
    assert_eq!(bench.engine.metrics().ports_in_use, 2, "one pair for the telephone, one for all browsers");
    for leg in [leg, neighbour.leg] {
        bench.send(Command::Close { leg });
    }
    // The pair for browsers stays for the next one.
    for _ in 0..2 {
        assert!(matches!(bench.event(), Event::Closed { .. }));
    }
    assert_eq!(bench.engine.metrics().ports_in_use, 1);
}
