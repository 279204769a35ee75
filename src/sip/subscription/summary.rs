//! What a mailbox holds (RFC 3842).

use serde::{Deserialize, Serialize};

use crate::sip::uri::Uri;

/// What a mailbox holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// Messages that nobody has heard.
    pub new: u32,
    /// Messages that were heard and kept.
    pub old: u32,
}

/// The document (RFC 3842 section 5.2).
pub fn body(entity: &Uri, messages: &Messages) -> String {
    let Messages { new, old } = messages;
    let waiting = if *new > 0 { "yes" } else { "no" };
    format!(
        "Messages-Waiting: {waiting}\r\nMessage-Account: {entity}\r\nVoice-Message: {new}/{old} (0/0)\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lamp_is_lit_by_new_messages_alone() {
        let entity = Uri::parse("sip:201@pbx.example").unwrap();
        assert_eq!(
            body(&entity, &Messages { new: 2, old: 8 }),
            "Messages-Waiting: yes\r\nMessage-Account: sip:201@pbx.example\r\nVoice-Message: 2/8 (0/0)\r\n"
        );
        assert!(body(&entity, &Messages { new: 0, old: 8 }).starts_with("Messages-Waiting: no\r\n"));
    }
}
