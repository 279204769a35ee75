//! Session descriptions.

use crate::entropy::Entropy;
use crate::sdp::{
    Capabilities, Codec, Direction, Local, Negotiation, Protection, Secrets, SessionDescription,
};

/// Any bytes are read as a description or refused; what was read is written and read again as the same, and as an
/// offer or an answer it does no harm. What we answer can be read. The first byte says what our leg can do.
pub fn sdp(bytes: &[u8]) {
    let Some((first, body)) = bytes.split_first() else { return };
    if let Ok(description) = SessionDescription::parse(body) {
        assert_eq!(SessionDescription::parse(&description.write()).as_ref(), Ok(&description));
        let _ = description.wanted_at();
    }
    // Two descriptions, one after the other, if there are two.
    let second = body.windows(4).skip(1).position(|four| four == b"v=0\r").map_or(0, |at| at + 1);
    let mut leg = leg(*first);
    for body in [body, body.get(second..).unwrap_or_default()] {
        receive(&mut leg, body);
    }
}

fn receive(leg: &mut Negotiation, body: &[u8]) {
    let before = leg.agreed().cloned();
    match leg.receive_offer(body, Direction::SendRecv, Some(Codec::Pcma)) {
        Ok(answer) => {
            let answer = SessionDescription::parse(&answer).expect("our answer can be read");
            let offer = SessionDescription::parse(body).expect("what was answered could be read");
            assert_eq!(answer.media.len(), offer.media.len(), "each section is answered");
            assert!(leg.agreed().is_some());
        }
        Err(error) => {
            assert!((400..500).contains(&error.status()), "{error}");
            assert_eq!(leg.agreed().cloned(), before, "a refused offer changes nothing");
        }
    }
    let offer = leg.offer(Direction::SendRecv, None);
    assert!(SessionDescription::parse(&offer).is_ok(), "our offer can be read");
    let answered = leg.receive_answer(body);
    assert_eq!(answered.is_err(), leg.is_pending());
    leg.reject_pending();
    assert!(!leg.is_pending());
    if leg.agreed().is_some() {
        let again = leg.repeat().expect("what stands can be offered again");
        assert!(SessionDescription::parse(&again).is_ok(), "our offer can be read");
        leg.reject_pending();
    }
}

fn leg(kind: u8) -> Negotiation {
    let secrets = || Secrets::draw(&mut Entropy::from_number(1));
    let protection = match kind % 4 {
        0 => Protection::Off,
        1 => Protection::Optional { secrets: secrets(), offers: false },
        2 => Protection::Optional { secrets: secrets(), offers: true },
        _ => Protection::Required(secrets()),
    };
    let capabilities = Capabilities { protection, ..Capabilities::default() };
    let address = match kind & 4 {
        0 => "192.0.2.1".parse().expect("an address"),
        _ => "2001:db8::1".parse().expect("an address"),
    };
    Negotiation::new(Local { address, port: 20_000, also: vec![], session_id: 1 }, capabilities)
}
