//! Where in a session's messages that stands by which the session was found.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::matching::keys::words_of;
use crate::store::SessionEvent;

/// Characters of a message that are shown around what was found.
const AROUND: usize = 120;
/// Of these so many before it.
const BEFORE: usize = 40;

/// The part of a message in which words of a search stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PassageView {
    /// The message's number in the session.
    pub message: u64,
    /// Who wrote it, by the name for people.
    pub author: String,
    /// The part of it; `…` where something was left out.
    pub text: String,
}

impl PassageView {
    /// The last message in which most of these words begin a word; none where no message has one.
    pub fn of(events: &[SessionEvent], sought: &str) -> Option<Self> {
        let sought = words_of(sought);
        let mut best = None;
        for message in events.iter().filter_map(SessionEvent::message) {
            let words = words_of(message.text);
            let hits =
                sought.iter().filter(|one| words.iter().any(|word| word.starts_with(one.as_str()))).count();
            if hits > 0 && best.is_none_or(|(most, _)| hits >= most) {
                best = Some((hits, message));
            }
        }
        let (_, message) = best?;
        let text = around(message.text, &sought);
        Some(Self { message: message.number, author: message.author.to_owned(), text })
    }
}

/// The part of a text that begins shortly before the first of these words, on one line.
fn around(text: &str, sought: &[String]) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let begins =
        |word: &&str| words_of(word).iter().any(|part| sought.iter().any(|one| part.starts_with(one)));
    let found = words.iter().position(begins).unwrap_or_default();
    let mut from = found;
    let mut room = BEFORE;
    while let Some(word) = from.checked_sub(1).and_then(|before| words.get(before)) {
        let Some(rest) = room.checked_sub(word.chars().count() + 1) else { break };
        (room, from) = (rest, from - 1);
    }
    let mut part: String = if from > 0 { "…".into() } else { String::new() };
    let whole = words.get(from..).unwrap_or_default().join(" ");
    part.extend(whole.chars().take(AROUND));
    if whole.chars().nth(AROUND).is_some() {
        part.push('…');
    }
    part
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::id::SessionId;
    use crate::time::UnixMs;

    fn wrote(number: u32, author: &str, text: &str) -> SessionEvent {
        SessionEvent {
            session: SessionId(uuid::Uuid::nil()),
            tenant: None,
            seq: number,
            at: UnixMs(0),
            kind: "wrote".into(),
            body: json!({ "number": number, "author": author, "text": text }),
        }
    }

    #[test]
    fn the_last_message_with_most_of_the_words_is_shown() {
        let events = [
            wrote(1, "Eva", "The lamp is broken"),
            wrote(2, "Anna", "Which LÁMPA is it?"),
            wrote(3, "Eva", "the broken one"),
        ];
        let shown = PassageView::of(&events, "lamp brok").unwrap();
        assert_eq!((shown.message, shown.author.as_str()), (1, "Eva"));
        let shown = PassageView::of(&events, "lamp").unwrap();
        assert_eq!((shown.message, shown.text.as_str()), (2, "Which LÁMPA is it?"), "accents do not matter");
        assert_eq!(PassageView::of(&events, "amp"), None, "words are found by their beginning");
        assert_eq!(PassageView::of(&events, "…"), None);
        assert_eq!(PassageView::of(&[], "lamp"), None);
    }

    #[test]
    fn a_long_message_is_cut_around_what_was_found() {
        let long = format!("{} needle {}", "hay ".repeat(300), "straw ".repeat(300));
        let shown = PassageView::of(&[wrote(1, "Eva", &long)], "needle").unwrap().text;
        assert!(
            shown.starts_with("…hay") && shown.contains(" needle straw") && shown.ends_with('…'),
            "{shown}"
        );
        assert!(shown.chars().count() <= AROUND + 2, "{shown}");
        let one = "x".repeat(4_000);
        assert_eq!(PassageView::of(&[wrote(1, "Eva", &one)], "xx").unwrap().text.chars().count(), AROUND + 1);
    }

    #[test]
    fn events_of_other_kinds_are_no_messages() {
        let mut event = wrote(1, "Eva", "lamp");
        event.kind = "routed".into();
        assert_eq!(PassageView::of(&[event], "lamp"), None);
    }
}
