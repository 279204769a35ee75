//! Digits in INFO (RFC 6086 section 1): `application/dtmf-relay` and `application/dtmf`, which no RFC describes and most
//! phones know, for peers that agreed to no telephone-event.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::context::{Context, Step};
use super::session::{Ongoing, Session, fatal};
use crate::sip::endpoint::Event;
use crate::sip::message::{HeaderName, Method, Request, Response};
use crate::sip::transaction::{ClientId, ServerId};

const RELAY: &str = "application/dtmf-relay";
const DTMF: &str = "application/dtmf";
/// Digits that may wait to be sent. A longer number than this is none that anybody dials.
const MOST: usize = 64;
/// The longest press of a key that is believed, in milliseconds.
const LONGEST: u32 = 10_000;
/// The keys, in the order of their events (RFC 4733 section 3.2).
const SYMBOLS: &str = "0123456789*#ABCD";

/// The digits that we send, one after the other: one that overtook another would be refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Digits {
    waiting: VecDeque<(char, u32)>,
    ongoing: Option<Ongoing>,
}

/// A key and how long it was pressed, in milliseconds.
type Press = (char, Option<u32>);

impl Session {
    /// The peer sent an INFO.
    pub fn info(&mut self, server: ServerId, request: &Request, cx: &mut Context) {
        let kind = request.headers.content_type().unwrap_or_default();
        let press = match &*kind {
            RELAY => relay(&request.body),
            DTMF => bare(&request.body).or_else(|| relay(&request.body)),
            _ => None,
        };
        let response = match press {
            // A package of RFC 6086 that we did not say we take.
            _ if request.headers.contains("Info-Package") => self.reply(request, 469).with("Recv-Info", ""),
            Some(_) => self.reply(request, 200),
            // Nothing in it: some ask so whether we are there (RFC 2976 section 2.2).
            None if request.body.is_empty() => self.reply(request, 200),
            None if matches!(&*kind, RELAY | DTMF) => {
                self.reply(request, 400).with_reason("Bad Request: no digit")
            }
            None => self.reply(request, 415).with(HeaderName::Accept, format!("{RELAY}, {DTMF}")),
        };
        let taken = response.is_success();
        cx.respond(server, response);
        if let Some((digit, ms)) = press.filter(|_| taken) {
            cx.event(Event::InfoDigit { call: cx.call, digit, ms });
        }
    }

    /// The line wants a digit sent.
    pub fn send_digit(&mut self, digit: char, ms: u32, cx: &mut Context) {
        if SYMBOLS.contains(digit) && self.digits.waiting.len() < MOST {
            self.digits.waiting.push_back((digit, ms.min(LONGEST)));
            self.send_next_digit(cx);
        }
    }

    /// Where a response leads that is one to an INFO of ours; `None` if it is not.
    pub fn info_answered(&mut self, client: ClientId, response: &Response, cx: &mut Context) -> Option<Step> {
        let ongoing = self.digits.ongoing.take_if(|ongoing| ongoing.client == client)?;
        match response.status {
            ..200 => self.digits.ongoing = Some(ongoing),
            401 | 407 => self.digits.ongoing = self.retry(&ongoing, response, cx),
            // It knows no INFO, or not this body.
            405 | 415 | 501 => self.digits.waiting.clear(),
            _ => {}
        }
        self.send_next_digit(cx);
        Some(fatal(response.status))
    }

    /// True if it was an INFO of ours that got no response.
    pub fn info_failed(&mut self, client: ClientId) -> bool {
        self.digits.ongoing.take_if(|ongoing| ongoing.client == client).is_some()
    }

    fn send_next_digit(&mut self, cx: &mut Context) {
        if self.digits.ongoing.is_none()
            && let Some((digit, ms)) = self.digits.waiting.pop_front()
        {
            let body = format!("Signal={digit}\r\nDuration={ms}\r\n");
            let request = self.request(Method::Info, cx).with_body(RELAY, body);
            self.digits.ongoing = Some(self.send(request, cx));
        }
    }
}

/// Reads lines such as `Signal=5` and `Duration=160`.
fn relay(body: &[u8]) -> Option<Press> {
    let text = std::str::from_utf8(body).ok()?;
    let value = |wanted: &str| {
        let lines = text.lines().filter_map(|line| line.split_once(['=', ':']));
        let mut named = lines.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        named.next().map(|(_, value)| value.trim())
    };
    let ms = value("duration").and_then(|ms| ms.parse::<u32>().ok()).map(|ms| ms.min(LONGEST));
    Some((symbol(value("signal")?)?, ms))
}

/// Reads a body that is the digit and no more.
fn bare(body: &[u8]) -> Option<Press> {
    Some((symbol(std::str::from_utf8(body).ok()?.trim())?, None))
}

/// A key by its letter, or by its number as an event of RFC 4733 section 3.2.
fn symbol(text: &str) -> Option<char> {
    let mut letters = text.chars();
    let letter = match (letters.next(), letters.next()) {
        (Some(letter), None) => Some(letter.to_ascii_uppercase()),
        _ => text.parse::<usize>().ok().and_then(|event| SYMBOLS.chars().nth(event)),
    };
    letter.filter(|letter| SYMBOLS.contains(*letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_phones_write_them() {
        assert_eq!(relay(b"Signal=5\r\nDuration=160\r\n"), Some(('5', Some(160))));
        assert_eq!(relay(b"Signal= *\nDuration= 250"), Some(('*', Some(250))));
        assert_eq!(relay(b"signal:d"), Some(('D', None)));
        assert_eq!(relay(b"Signal=11\r\n"), Some(('#', None)), "by its number");
        assert_eq!(relay(b"Signal=1\r\nDuration=4000000000"), Some(('1', Some(LONGEST))));
        assert_eq!(bare(b" 7\r\n"), Some(('7', None)));
    }

    #[test]
    fn what_is_no_digit_is_none() {
        for body in ["", "Signal=", "Signal=x", "Signal=16", "Signal=-1", "Duration=1", "Signal=ABC"] {
            assert_eq!(relay(body.as_bytes()), None, "{body:?}");
        }
        assert_eq!(relay(b"Signal=\xff"), None);
        assert_eq!(bare("\u{663}".as_bytes()), None, "a digit of another script");
    }
}
