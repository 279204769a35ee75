//! Whether somebody is there (RFC 3863), and what keeps them (RFC 4480).

use serde::{Deserialize, Serialize};

use super::xml::escape;
use crate::sip::uri::Uri;

/// Whether somebody is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// A call would ring.
    pub open: bool,
    /// What they are doing, if they are not simply there.
    pub activity: Option<Activity>,
    /// A few words for people.
    pub note: Option<String>,
}

/// What somebody is doing (RFC 4480 section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activity {
    /// In a call.
    OnThePhone,
    /// Not at the desk.
    Away,
    /// There, and not to be disturbed.
    Busy,
}

/// The document.
pub fn body(entity: &Uri, presence: &Presence) -> String {
    let entity = escape(&entity.to_string());
    let basic = if presence.open { "open" } else { "closed" };
    let note = presence.note.as_ref().filter(|note| !note.is_empty());
    let note = note.map(|note| format!("<note>{}</note>", escape(note))).unwrap_or_default();
    let person = presence.activity.map(person).unwrap_or_default();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
         <presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" \
         xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" entity=\"{entity}\">\r\n\
         <tuple id=\"phone\"><status><basic>{basic}</basic></status><contact>{entity}</contact>{note}</tuple>\r\n\
         {person}</presence>\r\n"
    )
}

fn person(activity: Activity) -> String {
    let activity = match activity {
        Activity::OnThePhone => "on-the-phone",
        Activity::Away => "away",
        Activity::Busy => "busy",
    };
    format!("<dm:person id=\"person\"><rpid:activities><rpid:{activity}/></rpid:activities></dm:person>\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presence_is_open_or_closed_with_what_keeps_them() {
        let entity = Uri::parse("sip:201@pbx.example").unwrap();
        let presence = Presence { open: false, activity: Some(Activity::Busy), note: Some("<lunch>".into()) };
        let text = body(&entity, &presence);
        for part in [
            "entity=\"sip:201@pbx.example\"",
            "<basic>closed</basic>",
            "<note>&lt;lunch&gt;</note>",
            "<rpid:busy/>",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let text = body(&entity, &Presence { open: true, activity: None, note: Some(String::new()) });
        assert!(text.contains("<basic>open</basic>") && !text.contains("person") && !text.contains("<note>"));
    }
}
