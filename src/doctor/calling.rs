//! What a test call over a trunk means.

use std::net::IpAddr;

use super::finding::{Fault, Finding, Step};
use super::signalling::{proves, said, warning, wrong_password};
use crate::probe::course::Marks;
use crate::probe::report::{Ending, Report, SoundReport};
use crate::probe::verdict::seconds;
use crate::probe::wire::Wire;
use crate::sdp::OfferError;
use crate::sip::endpoint::TrunkPeer;
use crate::sip::message::{Method, Response};

/// More lost packets than this, in percent, are heard.
const LOSS: f64 = 3.0;

/// What became of the call.
pub fn called(report: &Report, marks: &Marks, wire: &Wire, peer: &TrunkPeer, number: &str) -> Finding {
    let last = wire.answers(Method::Invite).filter(|(_, response)| response.status >= 200).last();
    if let Some(OfferError::NoCommonCodec(formats)) = &marks.useless {
        return no_codec(format!("its answer lists the payload types {formats} and no other"));
    }
    match (report.outcome.ending, last) {
        (Ending::Answered, _) => {
            let took = report.setup.answered_ms.map(std::time::Duration::from_millis).map(seconds);
            Finding::good(Step::Call, format!("{number} answered after {}", took.unwrap_or_default()))
        }
        (Ending::Refused, Some((_, response))) => refused(response, wire, peer, number),
        (Ending::Unreachable, _) => Finding::bad(
            Step::Call,
            Fault::Silent,
            format!("nothing came back to the call: {}", report.outcome.reason),
            "OPTIONS may be answered by another machine than calls. A firewall may let small datagrams through \
             and drop larger ones: try --transport tcp",
        ),
        (Ending::Failed, _) => Finding::bad(
            Step::Call,
            Fault::CallRefused,
            format!("the call could not be made here: {}", report.outcome.reason),
            "See the log of hovor",
        ),
        _ => Finding::doubtful(
            Step::Call,
            Fault::NotAnswered,
            format!("{number} was not answered in time; statuses were {:?}", report.setup.statuses),
            "The provider passed the call on, so the trunk works. Call a number that answers by itself",
        ),
    }
}

fn refused(response: &Response, wire: &Wire, peer: &TrunkPeer, number: &str) -> Finding {
    let said = format!("{}{}", said(response), warning(response));
    let bad = |fault, what: String, advice: &str| Finding::bad(Step::Call, fault, what, advice);
    match response.status {
        401 | 407 => unproved(wire, peer, &said),
        403 => bad(
            Fault::CallForbidden,
            format!("it forbids the call: {said}"),
            "The reasons are, in their order: the number that is shown is not one of yours (or has to be written in \
             another way), the number that is called is barred, this machine's address is not the one that the \
             provider knows, the account has no credit",
        ),
        404 | 410 | 484 | 604 => bad(
            Fault::NumberUnknown,
            format!("it does not know the number {number}: {said}"),
            "Write the number as the provider wants it: with +, with 00, or without the country code",
        ),
        415 | 488 | 606 => no_codec(format!("it refuses our session description: {said}")),
        486 | 600 | 603 | 480 => Finding::doubtful(
            Step::Call,
            Fault::NotAnswered,
            format!("whoever has {number} is busy, declines or is away: {said}"),
            "The provider passed the call on, so the trunk works. Call a number that answers by itself",
        ),
        503 => bad(
            Fault::Unavailable,
            format!("it takes no calls now: {said}"),
            "Too many calls at once for the account, or the provider is overloaded. Ask it, or wait",
        ),
        _ => bad(
            Fault::CallRefused,
            format!("it refuses the call: {said}"),
            "Ask the provider what this means",
        ),
    }
}

/// It asked for a password in vain.
fn unproved(wire: &Wire, peer: &TrunkPeer, said: &str) -> Finding {
    match proves(wire, Method::Invite, peer) {
        true => wrong_password(Step::Call, peer.username().unwrap_or_default(), said),
        false => Finding::bad(
            Step::Call,
            Fault::PasswordMissing,
            format!(
                "it asks for a password for calls, and none is set, or none that fits its question ({said})"
            ),
            "hovor trunk set NAME --username USER --password-stdin",
        ),
    }
}

fn no_codec(what: String) -> Finding {
    Finding::bad(
        Step::Call,
        Fault::NoCommonCodec,
        format!("there is no codec that both speak: {what}"),
        "hovor speaks PCMA and PCMU (G.711). Ask the provider to allow one of them for the account",
    )
}

/// What became of the sound of an answered call.
pub fn sound(report: &Report, ours: IpAddr, signalling: Option<IpAddr>) -> Vec<Finding> {
    let Some(sound) = &report.sound else { return vec![] };
    let mut found = addresses(sound.remote.ip(), ours, signalling);
    found.push(packets(sound));
    if let Some(lost) = sound.remote_lost.filter(|lost| sound.sent > 50 && u64::from(*lost) * 2 > sound.sent)
    {
        found.push(Finding::bad(
            Step::Sound,
            Fault::NothingArrives,
            format!("the far end reports that {lost} of our {} packets did not arrive", sound.sent),
            "A firewall on the way out drops them, or the far end named a wrong address",
        ));
    }
    found
}

/// Whether both ask for their sound where it can get.
fn addresses(theirs: IpAddr, ours: IpAddr, signalling: Option<IpAddr>) -> Vec<Finding> {
    let mut found = vec![];
    if let Some(signalling) = signalling.filter(|ip| is_private(theirs) && !is_private(*ip)) {
        found.push(Finding::bad(
            Step::Sound,
            Fault::PrivateAddress,
            format!(
                "its session description wants the sound at {theirs}, a private address, while it is reached at \
                 {signalling}"
            ),
            "Its NAT or session border controller does not mend addresses: tell the provider. hovor answers to where \
             its sound comes from, once it comes",
        ));
    }
    if signalling.is_some_and(|ip| is_private(ours) && !is_private(ip) && !ip.is_loopback()) {
        found.push(Finding::bad(
            Step::Sound,
            Fault::OwnPrivateAddress,
            format!("we ask for the sound at {ours}, a private address, of a provider on the Internet"),
            "Start hovor with --external-addr and the address that the world sees, and let the ports of --rtp-ports \
             through the NAT",
        ));
    }
    found
}

/// Whether packets came, and all of them.
fn packets(sound: &SoundReport) -> Finding {
    let (sent, received, lost) = (sound.sent, sound.received, sound.loss_percent);
    let told = format!(
        "{sent} packets sent, {received} received, {lost:.1} % lost, jitter {:.1} ms",
        sound.jitter_ms
    );
    match received {
        0 => Finding::bad(
            Step::Sound,
            Fault::NothingComes,
            format!("we sent {sent} packets, and none came: the sound goes one way at most"),
            "A firewall or NAT before this machine drops them: let UDP to the ports of --rtp-ports through. If the \
             address that we ask for it at is wrong, set --external-addr",
        ),
        _ if lost > LOSS => Finding::bad(
            Step::Sound,
            Fault::Lossy,
            told,
            "More than 3 % are heard as gaps. Look for a full line, Wi-Fi, or a wrong duplex setting",
        ),
        _ => Finding::good(Step::Sound, told),
    }
}

/// True if the address means nothing beyond its own network (RFC 1918, RFC 6598, RFC 4193).
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_private()
                || ip.is_link_local()
                || matches!(ip.octets(), [100, second, ..] if second & 0xc0 == 64)
        }
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_mean_nothing_elsewhere_are_known() {
        for private in
            ["10.0.0.5", "192.168.1.1", "172.16.0.1", "100.64.3.2", "169.254.0.1", "fd00::1", "fe80::1"]
        {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in ["127.0.0.1", "203.0.113.5", "100.128.0.1", "2001:db8::1"] {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }
}
