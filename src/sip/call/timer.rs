//! Session timers (RFC 4028): a call whose peer vanished ends by itself.
//!
//! One side refreshes the session at half of the agreed interval; the other ends the call if
//! no refresh comes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::sip::message::{HeaderName, Headers, Refresher, Request, Response, SessionExpires};
use crate::time::Time;

/// The least interval that anybody may ask for, in seconds (RFC 4028 section 4).
pub const LEAST: u32 = 90;
/// How long before the end of the session the side that waits for a refresh gives up, at the most.
const EARLIEST_END: Duration = Duration::from_secs(32);

/// What a request says about session timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Its Session-Expires.
    pub expires: Option<SessionExpires>,
    /// Its Min-SE in seconds.
    pub min: Option<u32>,
    /// True if the peer knows of session timers.
    pub supported: bool,
}

impl Wish {
    /// What the headers of an INVITE or UPDATE say; what cannot be read counts as absent.
    pub fn of(headers: &Headers) -> Self {
        Self {
            expires: headers.session_expires().ok().flatten(),
            min: headers.min_se().ok().flatten(),
            supported: headers.lists(HeaderName::Supported, "timer")
                || headers.lists(HeaderName::Require, "timer"),
        }
    }
}

/// What we answer to a [`Wish`] (RFC 4028 section 9): interval and refresher, or the smallest
/// interval that we accept, for a 422.
///
/// `wanted` is the interval we would like; 0 if we do not care. `least` is at least [`LEAST`].
pub fn accept(wish: Wish, wanted: u32, least: u32) -> Result<Option<SessionExpires>, u32> {
    let least = least.max(LEAST);
    match wish.expires {
        Some(asked) if asked.seconds < least && wish.supported => Err(least),
        Some(asked) => {
            let refresher = match (asked.refresher, wish.supported) {
                (Some(refresher), _) => refresher,
                (None, true) => Refresher::Uac,
                (None, false) => Refresher::Uas,
            };
            let floor = least.max(wish.min.unwrap_or(0));
            let interval = if wanted == 0 { asked.seconds } else { asked.seconds.min(wanted) };
            Ok(Some(SessionExpires { seconds: interval.max(floor), refresher: Some(refresher) }))
        }
        None if wanted == 0 => Ok(None),
        None => {
            let interval = wanted.max(least).max(wish.min.unwrap_or(0));
            // A peer that knows nothing of timers cannot refresh, so we do it.
            let refresher = if wish.supported { Refresher::Uac } else { Refresher::Uas };
            Ok(Some(SessionExpires { seconds: interval, refresher: Some(refresher) }))
        }
    }
}

/// Adds Session-Expires and Min-SE, unless no timer is wanted.
pub fn ask(request: Request, wanted: SessionExpires, least: u32) -> Request {
    match wanted.seconds {
        0 => request,
        _ => request
            .with(HeaderName::SessionExpires, wanted.to_string())
            .with(HeaderName::MinSe, least.max(LEAST).to_string()),
    }
}

/// The INVITE with the session interval that a 422 asks for (RFC 4028 section 7.3). `None` if it has
/// that already.
pub fn lengthen(invite: &Request, refusal: &Response) -> Option<Request> {
    let least = refusal.headers.min_se().ok()??;
    let asked = invite.headers.session_expires().ok()??;
    if least <= asked.seconds {
        return None;
    }
    let mut invite = invite.clone();
    let wanted = SessionExpires { seconds: least, refresher: asked.refresher };
    invite.headers.set(HeaderName::SessionExpires, wanted.to_string());
    invite.headers.set(HeaderName::MinSe, least.to_string());
    Some(invite)
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Refresh the session.
    Refresh,
    /// The peer is gone: end the call.
    Expire,
}

/// The timer of one established call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionTimer {
    /// Nobody asked for one.
    #[default]
    Off,
    /// We refresh at `at`; if that fails the call ends at `end`.
    Ours {
        /// When to refresh.
        at: Time,
        /// When the session ends.
        end: Time,
        /// Seconds.
        interval: u32,
    },
    /// We refreshed and wait for the answer.
    Asked {
        /// When the session ends.
        end: Time,
        /// Seconds.
        interval: u32,
    },
    /// The peer refreshes before `end`.
    Theirs {
        /// When we give up.
        end: Time,
        /// Seconds.
        interval: u32,
    },
}

impl SessionTimer {
    /// A timer set by a request just answered; `ours` if we are the one to refresh.
    pub fn start(interval: u32, ours: bool, now: Time) -> Self {
        let whole = Duration::from_secs(interval.into());
        let end = now + whole.saturating_sub(EARLIEST_END.min(whole / 3));
        match ours {
            true => Self::Ours { at: now + whole / 2, end, interval },
            false => Self::Theirs { end, interval },
        }
    }

    /// The agreed interval in seconds, if there is one.
    pub fn interval(&self) -> Option<u32> {
        match self {
            Self::Off => None,
            Self::Ours { interval, .. } | Self::Asked { interval, .. } | Self::Theirs { interval, .. } => {
                Some(*interval)
            }
        }
    }

    /// True if we are the one to refresh.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Ours { .. } | Self::Asked { .. })
    }

    /// Tries the refresh again at `at`: it could not be sent now.
    pub fn postpone(&mut self, at: Time) {
        if let Self::Asked { end, interval } = *self {
            *self = Self::Ours { at, end, interval };
        }
    }

    /// Lets time pass and says what is due. Call it no later than [`poll_timeout`](Self::poll_timeout) asks.
    pub fn handle_timeout(&mut self, now: Time) -> Option<Action> {
        match *self {
            Self::Ours { end, .. } | Self::Asked { end, .. } | Self::Theirs { end, .. } if end <= now => {
                *self = Self::Off;
                Some(Action::Expire)
            }
            Self::Ours { at, end, interval } if at <= now => {
                *self = Self::Asked { end, interval };
                Some(Action::Refresh)
            }
            _ => None,
        }
    }

    /// When the timer next wants to be woken.
    pub fn poll_timeout(&self) -> Option<Time> {
        match *self {
            Self::Off => None,
            Self::Ours { at, end, .. } => Some(at.min(end)),
            Self::Asked { end, .. } | Self::Theirs { end, .. } => Some(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(text: &str, supported: bool) -> Wish {
        Wish { expires: SessionExpires::parse(text).ok(), min: None, supported }
    }

    #[test]
    fn an_interval_that_is_too_short_is_refused_with_ours() {
        assert_eq!(accept(wish("60", true), 1800, 90), Err(90));
        assert_eq!(accept(wish("100", true), 1800, 120), Err(120));
    }

    #[test]
    fn the_refresher_that_the_request_names_is_taken() {
        let answer = accept(wish("600;refresher=uas", true), 1800, 90).unwrap().unwrap();
        assert_eq!(answer.to_string(), "600;refresher=uas");
        let answer = accept(wish("600", true), 300, 90).unwrap().unwrap();
        assert_eq!(answer.to_string(), "300;refresher=uac");
    }

    #[test]
    fn a_peer_without_timers_is_refreshed_by_us() {
        let answer = accept(wish("", false), 1800, 90).unwrap().unwrap();
        assert_eq!(answer.to_string(), "1800;refresher=uas");
        assert_eq!(accept(wish("", false), 0, 90), Ok(None));
    }

    #[test]
    fn the_refresher_acts_at_half_time_and_ends_a_call_that_is_not_refreshed() {
        let mut timer = SessionTimer::start(1800, true, Time(0));
        assert_eq!(timer.poll_timeout(), Some(Time::from_secs(900)));
        assert_eq!(timer.handle_timeout(Time::from_secs(900)), Some(Action::Refresh));
        assert_eq!(timer.poll_timeout(), Some(Time::from_secs(1768)));
        assert_eq!(timer.handle_timeout(Time::from_secs(1768)), Some(Action::Expire));
        assert_eq!(timer.poll_timeout(), None);
    }

    #[test]
    fn the_other_side_waits_until_shortly_before_the_end() {
        let mut timer = SessionTimer::start(90, false, Time(0));
        assert_eq!(timer.poll_timeout(), Some(Time::from_secs(60)));
        assert_eq!(timer.handle_timeout(Time::from_secs(59)), None);
        assert_eq!(timer.handle_timeout(Time::from_secs(60)), Some(Action::Expire));
    }
}
