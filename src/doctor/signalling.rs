//! What the answers to OPTIONS and REGISTER mean.

use super::finding::{Fault, Finding, Step};
use crate::probe::verdict::seconds;
use crate::probe::wire::Wire;
use crate::sip::endpoint::TrunkPeer;
use crate::sip::message::{HeaderName, Method, Request, Response};

/// What the answer to OPTIONS means; `None` if there is none.
pub fn reached(wire: &Wire) -> Option<Finding> {
    let (asked, _) = wire.asked(Method::Options).next()?;
    let (entry, response) = wire.answers(Method::Options).find(|(_, response)| response.status >= 200)?;
    let (way, peer, took) = (entry.transport.via_name(), entry.peer, seconds(entry.at - asked.at));
    let said = said(response);
    let who = response.headers.get(HeaderName::Server).or(response.headers.get(HeaderName::UserAgent));
    let who = who.map(|who| format!(" ({who})")).unwrap_or_default();
    let here = format!("{peer} answers over {way} after {took}{who}");
    Some(match response.status {
        200..300 => Finding::good(Step::Reach, here),
        503 => Finding::bad(
            Step::Reach,
            Fault::Unavailable,
            format!("{here}, but says {said}"),
            "The provider takes no calls now. Ask it, or wait",
        ),
        // Who asks for a password to be asked is there all the same.
        401 | 407 => Finding::good(Step::Reach, format!("{here}, with {said}")),
        405 | 501 => {
            Finding::good(Step::Reach, format!("{here}, with {said}: it does not know OPTIONS, but is there"))
        }
        _ => Finding::doubtful(
            Step::Reach,
            Fault::OptionsRefused,
            format!("{here}, but refuses OPTIONS: {said}"),
            "Somebody is there, so calls are tried. It may not know this machine's address, or the host name: ask \
             the provider which it expects; `hovor trunk check NAME --call NUMBER` shows whether calls go through",
        ),
    })
}

/// What the answer to REGISTER means; `None` if there is none.
pub fn registered(wire: &Wire, peer: &TrunkPeer) -> Option<Finding> {
    let (_, response) =
        wire.answers(Method::Register).filter(|(_, response)| response.status >= 200).last()?;
    let said = said(response);
    let proved = proves(wire, Method::Register, peer);
    let user = peer.username().unwrap_or_default();
    let bad = |fault, what: String, advice: &str| Finding::bad(Step::Register, fault, what, advice);
    Some(match response.status {
        200..300 => Finding::good(Step::Register, format!("registered as `{user}`")),
        401 | 407 if !proved => bad(
            Fault::PasswordMissing,
            format!("it asks for a password, and none is set, or none that fits its question ({said})"),
            "hovor trunk set NAME --username USER --password-stdin",
        ),
        401 | 407 => wrong_password(Step::Register, user, &said),
        403 if proved => wrong_password(Step::Register, user, &said),
        404 | 410 | 604 => bad(
            Fault::UnknownUser,
            format!("it knows no user `{user}` at {} ({said})", peer.host),
            "Check --username, and --host: many providers want the domain of the account there",
        ),
        _ => bad(
            Fault::RegistrationRefused,
            format!("it refuses the registration: {said}{}", warning(response)),
            "Ask the provider what this means for the account. If it knows you by your address, turn the \
             registration off: hovor trunk set NAME --register false",
        ),
    })
}

/// Whether our last request of this method proved a password that is set.
pub fn proves(wire: &Wire, method: Method, peer: &TrunkPeer) -> bool {
    let has_password = peer.credentials.as_ref().is_some_and(|(_, password)| !password.is_empty());
    let headers = [HeaderName::Authorization, HeaderName::ProxyAuthorization];
    let proves = |request: &Request| headers.into_iter().any(|name| request.headers.contains(name));
    has_password && wire.asked(method).last().is_some_and(|(_, request)| proves(request))
}

/// The password was not accepted.
pub fn wrong_password(step: Step, user: &str, said: &str) -> Finding {
    Finding::bad(
        step,
        Fault::WrongPassword,
        format!("it does not accept the user name `{user}` or its password ({said})"),
        "Set the right ones: hovor trunk set NAME --username USER --password-stdin. Some providers have one \
         password for their web pages and another one for SIP",
    )
}

/// Status and phrase.
pub fn said(response: &Response) -> String {
    format!("{} {}", response.status, response.reason)
}

/// What a Warning header adds (RFC 3261 section 20.43).
pub fn warning(response: &Response) -> String {
    let text = response.headers.get(HeaderName::Warning).map(|text| format!(" (Warning: {text})"));
    text.unwrap_or_default()
}
