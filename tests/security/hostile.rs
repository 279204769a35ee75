//! Bytes that are no SIP, or hardly: whatever comes over UDP and TCP, others are answered at once and memory is
//! bounded.

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use crate::support::hovor::Hovor;
use crate::support::{pause, wait_for};
use crate::victim::{SECRET, Wire, authorization, metric, status, victim};

/// What anybody else may wait for an answer while it goes on.
const AT_ONCE: Duration = Duration::from_millis(500);

/// The most that all of this may add to the memory of the program, in megabytes.
const GROWTH: u64 = 48;

fn connect(hovor: &Hovor) -> TcpStream {
    connect_to(hovor.sip_port)
}

fn connect_to(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// An OPTIONS over a connection, with further header lines and a body.
fn options(number: u32, lines: &str, body: &str) -> String {
    format!(
        "OPTIONS sip:100@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKtcp{number}\r\n\
         From: <sip:x@127.0.0.1>;tag=t\r\nTo: <sip:100@127.0.0.1>\r\nCall-ID: tcp-{number}\r\n\
         CSeq: {number} OPTIONS\r\nMax-Forwards: 70\r\n{lines}\r\n{body}"
    )
}

/// The answers that come, until so many are whole; none of ours has a body.
fn answers(stream: &mut TcpStream, count: usize) -> Vec<u16> {
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    while text.matches("\r\n\r\n").count() < count {
        let length = stream.read(&mut buffer).expect("an answer comes");
        assert!(length > 0, "closed after {text}");
        text += std::str::from_utf8(&buffer[..length]).unwrap();
    }
    text.split("\r\n\r\n").filter(|answer| !answer.is_empty()).map(status).collect()
}

/// Reads until the other end closes the connection.
fn is_closed_within(stream: &mut TcpStream, patience: Duration) -> bool {
    let begun = Instant::now();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    while begun.elapsed() < patience {
        match stream.read(&mut [0; 4096]) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return true,
            Err(_) => {}
        }
    }
    false
}

/// Everybody else is answered at once, over both transports.
#[track_caller]
fn serves_others(hovor: &Hovor, after: &str) {
    let (answer, time) =
        Wire::to(hovor.sip_port).ask("OPTIONS", "100", "").unwrap_or_else(|| panic!("dumb after {after}"));
    assert_eq!(status(&answer), 200, "after {after}");
    assert!(time < AT_ONCE, "{time:?} after {after}");
    let (mut stream, begun) = (connect(hovor), Instant::now());
    stream.write_all(options(1, "Content-Length: 0\r\n", "").as_bytes()).unwrap();
    assert_eq!(answers(&mut stream, 1), [200], "after {after}");
    assert!(begun.elapsed() < AT_ONCE, "{:?} over TCP after {after}", begun.elapsed());
}

#[test]
fn messages_over_tcp_are_read_in_whatever_pieces_they_come() {
    let hovor = Hovor::start();
    let message = options(1, "Content-Type: text/plain\r\nl: 4\r\n", "body");
    let mut stream = connect(&hovor);
    for cut in 1..message.len() {
        let message = message.replace("tcp1", &format!("tcp{cut}")).replace("tcp-1", &format!("tcp-{cut}"));
        let (first, rest) = message.as_bytes().split_at(cut);
        stream.write_all(first).unwrap();
        // Most of the time the two halves are read one after the other.
        std::thread::yield_now();
        stream.write_all(rest).unwrap();
        assert_eq!(answers(&mut stream, 1), [200], "cut at {cut}");
    }
    for byte in options(9_001, "Content-Length: 0\r\n", "").as_bytes() {
        stream.write_all(&[*byte]).unwrap();
    }
    assert_eq!(answers(&mut stream, 1), [200]);
    let many: String = (0..50).map(|n| options(8_000 + n, "Content-Length: 2\r\n", "ab")).collect();
    stream.write_all(many.as_bytes()).unwrap();
    assert_eq!(answers(&mut stream, 50), [200; 50]);
    serves_others(&hovor, "pieces");
}

#[test]
fn streams_whose_lengths_are_wrong_are_closed_and_hurt_nobody() {
    let hovor = Hovor::start();
    let long = "9".repeat(40);
    let wrong = [
        ("none", String::new()),
        ("negative", "Content-Length: -1\r\n".into()),
        ("twice", "Content-Length: 4\r\nl: 5\r\n".into()),
        ("a word", "Content-Length: five\r\n".into()),
        ("nothing", "Content-Length:\r\n".into()),
        ("too large", "Content-Length: 65537\r\n".into()),
        ("beyond numbers", format!("Content-Length: {long}\r\n")),
    ];
    for (what, line) in wrong {
        let mut stream = connect(&hovor);
        stream.write_all(options(1, &line, "body").as_bytes()).unwrap();
        assert!(is_closed_within(&mut stream, Duration::from_secs(3)), "{what}");
        serves_others(&hovor, what);
    }
    // Too small: what is left over begins the next message, which is none. The answer may be lost with the connection.
    let mut stream = connect(&hovor);
    stream.write_all(options(1, "Content-Length: 1\r\n", "body\r\n\r\n").as_bytes()).unwrap();
    assert!(is_closed_within(&mut stream, Duration::from_secs(3)));
    serves_others(&hovor, "a length that is too small");
}

#[test]
fn what_never_ends_is_cut_off_and_what_comes_too_slowly_too() {
    let hovor = Hovor::start();
    let before = hovor.memory();
    // One byte a second: it gets half a minute for its message, while all the rest of this goes on.
    let mut slow = connect(&hovor);
    let begun = Instant::now();
    let trickle = std::thread::spawn(move || {
        let message = options(1, "Content-Length: 0\r\n", "");
        for byte in message.as_bytes() {
            if slow.write_all(&[*byte]).is_err() || is_closed_within(&mut slow, Duration::from_secs(1)) {
                return Instant::now();
            }
        }
        panic!("it was borne for {:?}", begun.elapsed());
    });
    let start = "OPTIONS sip:100@127.0.0.1 SIP/2.0\r\n";
    for (what, head, endless) in [
        ("an endless start line", "OPTIONS sip:", "x"),
        ("an endless header line", "OPTIONS sip:100@127.0.0.1 SIP/2.0\r\nSubject: ", "x"),
        ("endless headers", start, "X: y\r\n"),
        ("an endless continued line", "OPTIONS sip:100@127.0.0.1 SIP/2.0\r\nSubject: x", "\r\n x"),
        ("nulls", "\0", "\0"),
        ("bytes that are no text", "\u{80}", "\u{ff}\u{fe}"),
    ] {
        let mut stream = connect(&hovor);
        stream.write_all(head.as_bytes()).unwrap();
        // It is closed long before, so that most of this meets an error.
        let piece = endless.repeat(4_096 / endless.len());
        let sent = (0..4_096).take_while(|_| stream.write_all(piece.as_bytes()).is_ok()).count();
        assert!(sent < 4_096, "{what}");
        serves_others(&hovor, what);
    }
    // A body that never comes is waited for within the time of a message; the head alone is small.
    let waiting: Vec<TcpStream> = (0..16)
        .map(|number| {
            let mut stream = connect(&hovor);
            stream
                .write_all(options(number, "Content-Length: 65536\r\n", &"b".repeat(60_000)).as_bytes())
                .unwrap();
            stream
        })
        .collect();
    serves_others(&hovor, "bodies without end");
    let closed = trickle.join().unwrap() - begun;
    assert!((29..40).contains(&closed.as_secs()), "{closed:?}");
    for mut stream in waiting {
        assert!(is_closed_within(&mut stream, Duration::from_secs(10)));
    }
    wait_for("the connections to be given back", Duration::from_secs(5), || {
        (hovor.metric("hovor_sip_connections") == Some(0.0)).then_some(())
    });
    let grown = hovor.memory().saturating_sub(before);
    assert!(grown < GROWTH, "{grown} MB");
}

#[test]
fn nobody_holds_more_connections_than_it_may_and_they_are_given_back() {
    let hovor = Hovor::start();
    let before = hovor.memory();
    let mut idle: Vec<TcpStream> = (0..300).map(|_| connect(&hovor)).collect();
    pause(0.5);
    // Those beyond the bound were closed at once.
    idle.retain_mut(|stream| {
        stream.set_nonblocking(true).unwrap();
        stream.read(&mut [0]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    });
    assert_eq!(idle.len(), 64);
    assert_eq!(hovor.metric("hovor_sip_connections"), Some(64.0));
    // By datagrams others are answered as ever, this very address too.
    let (answer, time) = Wire::to(hovor.sip_port).ask("OPTIONS", "100", "").unwrap();
    assert_eq!(status(&answer), 200);
    assert!(time < AT_ONCE, "{time:?}");
    drop(idle);
    wait_for("the connections to be given back", Duration::from_secs(5), || {
        (hovor.metric("hovor_sip_connections") == Some(0.0)).then_some(())
    });
    serves_others(&hovor, "many connections");
    let grown = hovor.memory().saturating_sub(before);
    assert!(grown < GROWTH, "{grown} MB");
}

/// Registers 201 over a connection; its last answer.
fn register(stream: &mut TcpStream, lines: &str) -> String {
    let number = 1 + u8::from(!lines.is_empty());
    let request = format!(
        "REGISTER sip:201@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKreg{number}\r\n\
         From: <sip:201@127.0.0.1>;tag=t\r\nTo: <sip:201@127.0.0.1>\r\nCall-ID: reg\r\nCSeq: {number} REGISTER\r\n\
         Contact: <sip:201@127.0.0.1:9;transport=tcp>\r\nMax-Forwards: 70\r\n{lines}Content-Length: 0\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut buffer = [0; 4096];
    let length = stream.read(&mut buffer).unwrap();
    let answer = String::from_utf8_lossy(&buffer[..length]).into_owned();
    match lines {
        "" => register(stream, &authorization(&answer, "201", SECRET)),
        _ => answer,
    }
}

/// Whether signs of life are still answered over a connection (RFC 5626 section 4.4.1).
fn lives(stream: &mut TcpStream) -> bool {
    stream.write_all(b"\r\n\r\n").is_ok() && stream.read(&mut [0; 2]).is_ok_and(|length| length > 0)
}

#[test]
fn who_proves_nothing_keeps_no_connection_by_signs_of_life_and_a_registered_phone_does() {
    let company = victim(&[]);
    let connect = || connect_to(company.sip_port);
    let (mut phone, mut stranger) = (connect(), connect());
    let begun = Instant::now();
    assert_eq!(status(&register(&mut phone, "")), 200);
    stranger.write_all(options(1, "Content-Length: 0\r\n", "").as_bytes()).unwrap();
    assert_eq!(answers(&mut stranger, 1), [200]);
    while lives(&mut stranger) {
        assert!(lives(&mut phone));
        assert!(begun.elapsed() < Duration::from_secs(45), "it is borne for good");
        pause(1.0);
    }
    assert!(begun.elapsed() > Duration::from_secs(30), "{:?}", begun.elapsed());
    pause(2.0);
    assert!(lives(&mut phone));
    let figures =
        ["hovor_sip_strangers_closed_total", "hovor_sip_connections"].map(|name| metric(&company, name));
    assert_eq!(figures, [1.0, 1.0]);
}

#[test]
fn datagrams_of_any_kind_and_size_hurt_nobody() {
    let hovor = Hovor::start();
    let before = hovor.memory();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(("127.0.0.1", hovor.sip_port)).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    // Not the number of those who are to be served: theirs would be taken for repeats.
    let udp = |lines: &str, body: &str| options(2, lines, body).replace("SIP/2.0/TCP", "SIP/2.0/UDP");
    // The largest datagram that IPv4 carries.
    let head = udp("Subject: ", "");
    let fill = 65_507 - head.len();
    let many_headers = udp(&"X: y\r\n".repeat(2_000), "");
    let datagrams: Vec<(&str, Vec<u8>)> = vec![
        ("64 kB of nothing", vec![0; 65_507]),
        ("64 kB of letters", vec![b'A'; 65_507]),
        ("64 kB of line ends", b"\r\n".repeat(32_753)),
        (
            "a header of 64 kB",
            head.replace("Subject: ", &format!("Subject: {}", "x".repeat(fill))).into_bytes(),
        ),
        ("two thousand headers", many_headers.into_bytes()),
        ("a body of 60 kB", udp("Content-Length: 60000\r\n", &"b".repeat(60_000)).into_bytes()),
        ("a body that is not there", udp("Content-Length: 9999\r\n", "b").into_bytes()),
        ("a negative length", udp("Content-Length: -999\r\n", "b").into_bytes()),
        ("two lengths", udp("Content-Length: 1\r\nl: 2\r\n", "bb").into_bytes()),
        ("nulls in a header", udp("Subject: a\0b\0\r\nContent-Length: 0\r\n", "").into_bytes()),
        (
            "bytes that are no text",
            [&b"OPTIONS sip:\xff\xfe SIP/2.0\r\nVia: \xc3\x28\r\n\r\n"[..], &[0xff; 900]].concat(),
        ),
        ("no header at all", b"OPTIONS sip:a SIP/2.0\r\n\r\n".to_vec()),
        ("half a message", udp("", "").as_bytes()[..90].to_vec()),
        ("one byte", b"x".to_vec()),
        ("nothing", vec![]),
    ];
    for (what, bytes) in &datagrams {
        for _ in 0..20 {
            socket.send(bytes).unwrap();
        }
        serves_others(&hovor, what);
    }
    // Some are answered; each answer is one that anybody may get.
    let mut buffer = [0; 65_536];
    while let Ok(length) = socket.recv(&mut buffer) {
        let answer = String::from_utf8_lossy(&buffer[..length]);
        assert!([200, 400, 413, 501, 505, 513].contains(&status(&answer)), "{answer}");
    }
    let grown = hovor.memory().saturating_sub(before);
    assert!(grown < GROWTH, "{grown} MB");
}
