//! What reading and writing a SIP message costs, beside another parser.
//!
//! `cargo bench --bench sip_message`

use bytes::Bytes;
use divan::{Bencher, black_box};
use hovor::sip::Message;
use rsip::message::HeadersExt;
use rsip::prelude::ToTypedHeader;

fn main() {
    divan::main();
}

/// An INVITE as a desk phone sends it, plain enough for both parsers.
fn invite() -> Bytes {
    let body = "v=0\no=- 3724394400 3724394405 IN IP4 192.0.2.10\ns=-\nc=IN IP4 192.0.2.10\nt=0 0\n\
                m=audio 4000 RTP/AVP 8 0 101\na=rtpmap:8 PCMA/8000\na=rtpmap:0 PCMU/8000\n\
                a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\na=ptime:20\na=sendrecv\n";
    let head = "INVITE sip:100@127.0.0.1 SIP/2.0\n\
                Via: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bK776asdhds;rport\n\
                Max-Forwards: 70\n\
                From: \"Anna\" <sip:201@hovor>;tag=1928301774\n\
                To: <sip:100@hovor>\n\
                Call-ID: a84b4c76e66710@192.0.2.10\n\
                CSeq: 314159 INVITE\n\
                Contact: <sip:201@192.0.2.10:5062;ob>\n\
                Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, PRACK\n\
                Supported: replaces, timer, 100rel\n\
                User-Agent: Phone 1.0\n\
                Content-Type: application/sdp\n";
    let body = body.replace('\n', "\r\n");
    let head = format!("{head}Content-Length: {}\n\n", body.len()).replace('\n', "\r\n");
    Bytes::from(head + &body)
}

/// Reading as it is done for each message: with what every message must have.
#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    let bytes = invite();
    bencher.bench(|| Message::parse(black_box(bytes.clone())).unwrap());
}

/// The same by rsip, which reads none of the headers unless it is asked to.
#[divan::bench]
fn read_by_rsip_without_headers(bencher: Bencher<'_, '_>) {
    let bytes = invite();
    bencher.bench(|| rsip::SipMessage::try_from(black_box(&bytes[..])).unwrap());
}

/// The same by rsip, with the headers that [`read`] checks.
#[divan::bench]
fn read_by_rsip(bencher: Bencher<'_, '_>) {
    let bytes = invite();
    bencher.bench(|| {
        let message = rsip::SipMessage::try_from(black_box(&bytes[..])).unwrap();
        black_box(message.via_header().unwrap().typed().unwrap());
        black_box(message.from_header().unwrap().typed().unwrap());
        black_box(message.to_header().unwrap().typed().unwrap());
        black_box(message.cseq_header().unwrap().typed().unwrap());
        message
    });
}

/// Writing a message that was read.
#[divan::bench]
fn write(bencher: Bencher<'_, '_>) {
    let message = Message::parse(invite()).unwrap();
    bencher.bench(|| black_box(&message).write().unwrap());
}

/// The same by rsip.
#[divan::bench]
fn write_by_rsip(bencher: Bencher<'_, '_>) {
    let message = rsip::SipMessage::try_from(&invite()[..]).unwrap();
    bencher.bench(|| black_box(&message).to_string());
}
