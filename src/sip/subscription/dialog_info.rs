//! The calls of an extension, as a watcher sees them (RFC 4235).

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Body;
use super::xml::escape;
use crate::sip::endpoint::{CallRef, Identity};
use crate::sip::uri::Uri;

/// Calls that are told at most: a body is to fit into a datagram. More than that nobody has.
const MOST: usize = 16;

/// One call of an extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialogState {
    /// What tells it from the extension's other calls; the same as long as it lasts.
    pub id: String,
    /// Who began it.
    pub direction: Direction,
    /// How far it is.
    pub progress: Progress,
    /// The other party; absent if the watcher is not to know.
    pub remote: Option<Identity>,
    /// A call of ours to the extension that the watcher may take over while it rings (RFC 3891): its name is told.
    pub call: Option<CallRef>,
}

/// Who began a call (RFC 4235 section 4.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The extension.
    Initiator,
    /// The other party.
    Recipient,
}

/// How far a call is (RFC 4235 section 3.7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// It was begun, and nothing came back yet.
    Trying,
    /// It rings.
    Early,
    /// It is answered.
    Confirmed,
    /// It is over.
    Terminated,
}

/// The dialog of a call by its name, seen from our end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialogName {
    /// Its Call-ID.
    pub call_id: String,
    /// Our tag: the `to-tag` of a Replaces that is sent to us.
    pub local_tag: String,
    /// The peer's tag.
    pub remote_tag: String,
}

/// A document that says it all, each time with a higher version (RFC 4235 section 4.3).
pub fn body(entity: &Uri, dialogs: &[DialogState], name: impl Fn(CallRef) -> Option<DialogName>) -> Body {
    let before = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
                  <dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\""
        .to_owned();
    let mut after = format!("\" state=\"full\" entity=\"{}\">\r\n", escape(&entity.to_string()));
    for dialog in dialogs.iter().take(MOST) {
        write_dialog(&mut after, entity, dialog, dialog.call.and_then(&name));
    }
    after.push_str("</dialog-info>\r\n");
    Body::Versioned { before, after }
}

fn write_dialog(out: &mut String, entity: &Uri, dialog: &DialogState, name: Option<DialogName>) {
    let direction = match dialog.direction {
        Direction::Initiator => "initiator",
        Direction::Recipient => "recipient",
    };
    let progress = match dialog.progress {
        Progress::Trying => "trying",
        Progress::Early => "early",
        Progress::Confirmed => "confirmed",
        Progress::Terminated => "terminated",
    };
    let _ = write!(out, "<dialog id=\"{}\"", escape(&dialog.id));
    if let Some(DialogName { call_id, local_tag, remote_tag }) = name {
        for (name, value) in [("call-id", call_id), ("local-tag", local_tag), ("remote-tag", remote_tag)] {
            let _ = write!(out, " {name}=\"{}\"", escape(&value));
        }
    }
    let _ = write!(out, " direction=\"{direction}\"><state>{progress}</state>");
    let _ = write!(out, "<local>{}</local>", party(None, entity));
    if let Some(remote) = &dialog.remote {
        let _ =
            write!(out, "<remote>{}</remote>", party(remote.display.as_deref(), &address(remote, entity)));
    }
    out.push_str("</dialog>\r\n");
}

/// The address of the other party; at the extension's host if it names none.
fn address(remote: &Identity, entity: &Uri) -> Uri {
    let named = remote.host.as_deref().map(Into::into);
    match named.or_else(|| entity.host.clone()) {
        Some(host) if !remote.user.is_empty() => Uri::sip(Some(&remote.user), host),
        _ => Uri::sip(Some("anonymous"), "anonymous.invalid"),
    }
}

fn party(display: Option<&str>, uri: &Uri) -> String {
    let uri = escape(&uri.to_string());
    let shown = display.map(|display| format!(" display=\"{}\"", escape(display))).unwrap_or_default();
    format!("<identity{shown}>{uri}</identity><target uri=\"{uri}\"/>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity() -> Uri {
        Uri::parse("sip:201@pbx.example").unwrap()
    }

    fn ringing(remote: Option<Identity>, call: Option<CallRef>) -> DialogState {
        let (id, direction, progress) = ("s1".to_owned(), Direction::Recipient, Progress::Early);
        DialogState { id, direction, progress, remote, call }
    }

    #[test]
    fn an_idle_extension_has_no_dialogs() {
        let text = body(&entity(), &[], |_| None).text(7);
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
             <dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"7\" state=\"full\" \
             entity=\"sip:201@pbx.example\">\r\n</dialog-info>\r\n"
        );
    }

    #[test]
    fn a_watcher_sees_the_other_party_only_if_it_may() {
        let remote = Identity { display: Some("A & B".into()), user: "+420".into(), host: None };
        let text = body(&entity(), &[ringing(Some(remote), None)], |_| None).text(0);
        let shown = "<remote><identity display=\"A &amp; B\">sip:+420@pbx.example</identity>\
                     <target uri=\"sip:+420@pbx.example\"/></remote>";
        assert!(text.contains(shown), "{text}");
        assert!(text.contains("<dialog id=\"s1\" direction=\"recipient\"><state>early</state>"), "{text}");
        let text = body(&entity(), &[ringing(None, None)], |_| None).text(0);
        assert!(!text.contains("<remote>"), "{text}");
        let text = body(&entity(), &[ringing(Some(Identity::default()), None)], |_| None).text(0);
        assert!(text.contains("sip:anonymous@anonymous.invalid"), "{text}");
    }

    #[test]
    fn a_call_that_may_be_picked_up_is_named() {
        let name = |call: CallRef| {
            let (local_tag, remote_tag) = ("ours".to_owned(), "theirs".to_owned());
            (call == CallRef(3)).then(|| DialogName { call_id: "c<1>".into(), local_tag, remote_tag })
        };
        let text = body(&entity(), &[ringing(None, Some(CallRef(3)))], name).text(0);
        assert!(text.contains("call-id=\"c&lt;1&gt;\" local-tag=\"ours\" remote-tag=\"theirs\""), "{text}");
        let text = body(&entity(), &[ringing(None, Some(CallRef(4)))], name).text(0);
        assert!(!text.contains("call-id"), "it has no name yet");
    }

    #[test]
    fn however_many_calls_there_are_the_body_stays_small() {
        let text = body(&entity(), &vec![ringing(None, None); 1_000], |_| None).text(0);
        assert_eq!(text.matches("<dialog ").count(), MOST);
    }
}
