//! What holds for whatever is read as a message.

use super::*;
use crate::sip::digest::{Challenge, Credentials};

/// Looks at all that anybody may look at.
fn look_everywhere(headers: &Headers) {
    let _ = (headers.vias(), headers.from(), headers.to(), headers.call_id(), headers.cseq());
    let _ = (headers.max_forwards(), headers.contact(), headers.first_contact(), headers.routes());
    let _ = (headers.record_routes(), headers.paths(), headers.asserted_identities(), headers.refer_to());
    let _ = (headers.expires(), headers.min_expires(), headers.min_se(), headers.session_expires());
    let _ = (headers.rseq(), headers.rack(), headers.replaces(), headers.reason(), headers.retry_after());
    let _ = (headers.content_type(), headers.lists("Supported", "timer"), Challenge::all(headers));
    for (name, value) in headers.iter() {
        let _ = (Credentials::parse(value), NameAddr::parse(value), Via::parse(value), Uri::parse(value));
        let _ = (
            RAck::parse(value),
            Replaces::parse(value),
            RetryAfter::parse(value),
            ReasonHeader::parse(value),
        );
        let _ = (headers.all(name).count(), SessionExpires::parse(value), Params::parse(value));
        if let Ok(address) = NameAddr::parse(value) {
            assert!(address.uri.is_equivalent(&address.uri), "{value}");
            assert_eq!(NameAddr::parse(&address.to_string()).as_ref(), Ok(&address));
        }
        if let Ok(mut via) = Via::parse(value) {
            assert_eq!(Via::parse(&via.to_string()).as_ref(), Ok(&via));
            via.stamp("192.0.2.1:5060".parse().unwrap());
            let _ = via.response_address();
        }
    }
}

/// Reads bytes; what can be read must survive being written.
pub(crate) fn survives(bytes: Bytes) -> bool {
    let message = match Message::parse(bytes) {
        Ok(message) => message,
        Err(error) => {
            let refusal = error.response();
            refusal.iter().for_each(|response| drop(response.write().expect("a refusal can be written")));
            error.partial.iter().for_each(|request| look_everywhere(&request.headers));
            return false;
        }
    };
    look_everywhere(message.headers());
    let written = message.write().expect("what was read can be written");
    let again = Message::parse(written).expect("what was written can be read");
    assert_eq!(without_length(again), without_length(message));
    true
}

fn without_length(mut message: Message) -> Message {
    let (Message::Request(Request { headers, .. }) | Message::Response(Response { headers, .. })) =
        &mut message;
    headers.remove(HeaderName::ContentLength);
    message
}
