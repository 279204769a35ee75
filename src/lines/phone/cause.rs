//! Causes in SIP's words: response codes (RFC 3261 section 21) and Reason headers (RFC 3326).

use crate::sip::endpoint as sip;
use crate::switch::cause::{Cause, EndedBy};

/// Seconds after which a refused caller may try again.
const RETRY_AFTER: u32 = 10;

/// The response that refuses a call for this cause.
pub(super) fn status(cause: Cause) -> u16 {
    match cause {
        Cause::Busy => 486,
        Cause::Cancelled => 487,
        Cause::Normal
        | Cause::NoAnswer
        | Cause::Unreachable
        | Cause::CompletedElsewhere
        | Cause::MediaTimeout => 480,
        Cause::Declined => 603,
        Cause::NotFound => 404,
        Cause::Forbidden => 403,
        Cause::Incompatible => 488,
        Cause::NetworkFailure => 502,
        Cause::Unavailable | Cause::Shutdown | Cause::Interrupted => 503,
        Cause::Internal => 500,
    }
}

/// What the end of a call means. `answered` tells whether there was a conversation to end.
pub(super) fn cause(ended: &sip::Cause, answered: bool) -> (Cause, EndedBy) {
    match ended.by {
        sip::By::Local => (Cause::Normal, EndedBy::Us),
        sip::By::Timeout if answered => (Cause::NetworkFailure, EndedBy::Us),
        sip::By::Transport if answered => (Cause::NetworkFailure, EndedBy::Us),
        sip::By::Timeout | sip::By::Transport => (Cause::Unreachable, EndedBy::Us),
        sip::By::Remote if answered => (Cause::Normal, EndedBy::Peer),
        sip::By::Remote => (of_status(ended.status.unwrap_or(487)), EndedBy::Peer),
    }
}

fn of_status(status: u16) -> Cause {
    match status {
        486 | 600 => Cause::Busy,
        487 => Cause::Cancelled,
        603 | 607 | 608 => Cause::Declined,
        404 | 410 | 484 | 485 | 604 => Cause::NotFound,
        401 | 403 | 407 => Cause::Forbidden,
        406 | 415 | 488 | 606 => Cause::Incompatible,
        408 | 480 | 430 => Cause::Unreachable,
        503 => Cause::Unavailable,
        _ => Cause::NetworkFailure,
    }
}

/// The command that ends a call.
pub(super) fn end(call: sip::CallRef, cause: Cause, unanswered: bool) -> sip::Command {
    if unanswered {
        let retry_after = matches!(cause, Cause::Unavailable | Cause::Shutdown).then_some(RETRY_AFTER);
        return sip::Command::Reject { call, status: status(cause), reason: None, retry_after };
    }
    let reason = match cause {
        // RFC 3326 section 3.1: so a phone does not list the call as missed.
        Cause::CompletedElsewhere => Some((200, "Call completed elsewhere")),
        Cause::Normal | Cause::Cancelled => None,
        other => Some((status(other), other.name())),
    };
    let cause = reason.map(|(status, text)| sip::Cause {
        status: Some(status),
        by: sip::By::Local,
        text: text.to_owned(),
    });
    sip::Command::Hangup { call, cause }
}
