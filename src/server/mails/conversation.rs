//! What a mail says of what was written in a session, in the language of its tenant.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::{Mailbox, SinglePart};

use super::letter::{AutoSubmitted, clean, written};
use crate::dialplan::say;
use crate::id::MailId;
use crate::store::SessionEvent;
use crate::switch::history::Happening;
use crate::time::UnixMs;

/// The longest text, in characters; what comes after it stands in the history.
const LONGEST: usize = 200_000;

/// What is told of one session.
pub struct Conversation<'a> {
    pub id: MailId,
    pub events: &'a [SessionEvent],
    /// The language of the tenant, a tag of BCP 47.
    pub language: &'a str,
    /// The time zone of the tenant.
    pub zone: &'a str,
}

struct Words {
    subject: &'static str,
    nobody: &'static str,
    name: &'static str,
    contact: &'static str,
    page: &'static str,
    when: &'static str,
    cut: &'static str,
}

const EN: Words = Words {
    subject: "Message from",
    nobody: "a visitor",
    name: "Name",
    contact: "Contact",
    page: "Page",
    when: "When",
    cut: "The rest stands in the history.",
};

const CS: Words = Words {
    subject: "Zpráva od",
    nobody: "návštěvníka",
    name: "Jméno",
    contact: "Kontakt",
    page: "Stránka",
    when: "Kdy",
    cut: "Zbytek je v historii.",
};

const DE: Words = Words {
    subject: "Nachricht von",
    nobody: "einem Besucher",
    name: "Name",
    contact: "Kontakt",
    page: "Seite",
    when: "Wann",
    cut: "Der Rest steht im Verlauf.",
};

/// Who wrote, and from where.
#[derive(Default)]
struct Client {
    name: String,
    contacts: Vec<String>,
    widget: String,
    page: String,
    at: UnixMs,
}

impl Conversation<'_> {
    /// The mail as it goes out. An answer to it goes to the client, if the client left an address.
    ///
    /// # Errors
    /// It cannot be put together; why.
    pub fn write(&self, from: &Mailbox, to: &str, now: UnixMs) -> Result<lettre::Message, String> {
        let words = match say::spoken(self.language) {
            "cs" => &CS,
            "de" => &DE,
            _ => &EN,
        };
        let client = self.client();
        let address = to.parse().map_err(|error| format!("{to:?} is no address for mails: {error}"))?;
        let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.0).unwrap_or(0));
        let who = [client.name.as_str(), words.nobody].into_iter().find(|name| !name.is_empty());
        let builder = lettre::Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, address))
            .subject(format!("{} {} ({})", words.subject, who.unwrap_or_default(), client.widget))
            .date(at)
            .message_id(Some(format!("<{}@{}>", self.id, from.email.domain())))
            .header(AutoSubmitted);
        let answers = client.contacts.iter().filter_map(|contact| contact.parse().ok()).next();
        let builder = match answers {
            Some(address) => builder.reply_to(Mailbox::new(None, address)),
            None => builder,
        };
        let text = SinglePart::plain(self.text(words, &client));
        builder.singlepart(text).map_err(|error| error.to_string())
    }

    fn client(&self) -> Client {
        let came = self.happened().find_map(|(at, what)| match what {
            Happening::Arrived { from, display, dialled, details, .. } => {
                let detail = |name: &str| details.get(name).map(|text| clean(text)).unwrap_or_default();
                let mut contacts = vec![clean(&from), detail("email")];
                contacts.dedup();
                contacts.retain(|contact| !contact.is_empty());
                let name = display.as_deref().map(clean).unwrap_or_default();
                Some(Client { name, contacts, widget: clean(&dialled), page: detail("page_url"), at })
            }
            _ => None,
        });
        came.unwrap_or_default()
    }

    fn happened(&self) -> impl Iterator<Item = (UnixMs, Happening)> {
        let events = self.events.iter().cloned().filter_map(SessionEvent::happened);
        events.map(|event| (event.at, event.what))
    }

    fn text(&self, words: &Words, client: &Client) -> String {
        let when = written(client.at, self.zone, "%Y-%m-%d %H:%M %Z");
        let contact = client.contacts.join(", ");
        let facts = [(words.name, &client.name), (words.contact, &contact), (words.page, &client.page)];
        let facts = facts.into_iter().chain([(words.when, &when)]).filter(|(_, fact)| !fact.is_empty());
        let mut text: String = facts.map(|(name, fact)| format!("{name}: {fact}\n")).collect();
        for (at, what) in self.happened() {
            let Happening::Wrote { author, text: said, aside: false, .. } = what else { continue };
            let (at, author) = (written(at, self.zone, "%H:%M"), clean(&author));
            let line = format!("\n{}\n{}\n", format!("{at} {author}").trim(), plain(&said));
            if text.chars().count() + line.chars().count() > LONGEST {
                text.push_str(&format!("\n{}\n", words.cut));
                break;
            }
            text.push_str(&line);
        }
        text
    }
}

/// Lines without anything that controls.
fn plain(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::id::{LegId, SessionId};
    use crate::switch::history;

    fn mail(language: &str, from: &str, email: &str, text: &str) -> String {
        let (at, mut entropy) = (UnixMs(1_800_000_000_000), Entropy::from_number(1));
        let session = SessionId::new(at, &mut entropy);
        let came = Happening::Arrived {
            line: "webchat".into(),
            from: from.into(),
            display: Some("Eva\r\nBcc: all@example.com".into()),
            dialled: "shop".into(),
            origin: "door shop".into(),
            details: [("email".to_owned(), email.to_owned())].into(),
            leg: None,
            door: None,
        };
        let leg = LegId::new(at, &mut entropy);
        let wrote = |number, text: &str, aside| Happening::Wrote {
            leg,
            number,
            author: "Eva".into(),
            operator: None,
            text: text.into(),
            aside,
            own: None,
        };
        let what = [came, wrote(1, text, false), wrote(2, "among us", true)];
        let events: Vec<_> = (1..)
            .zip(what)
            .map(|(seq, what)| {
                let event = history::SessionEvent { session, seq: u64::from(seq), at, what };
                SessionEvent::of(&event, &event.what, seq, None)
            })
            .collect();
        let id = MailId::new(at, &mut entropy);
        let told = Conversation { id, events: &events, language, zone: "Europe/Prague" };
        let from = "PBX <pbx@example.com>".parse().unwrap();
        let bytes = told.write(&from, "shop@example.com", at).unwrap().formatted();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn whoever_gets_it_answers_the_client_and_reads_what_was_written_for_the_client() {
        let mail = mail("en", "+420777123456", "eva@example.com", "Is it in stock?\nAnd when?");
        assert!(mail.contains("Reply-To: eva@example.com"), "{mail}");
        assert!(mail.contains("Contact: +420777123456, eva@example.com"), "{mail}");
        assert!(mail.contains("Is it in stock?\r\nAnd when?"), "{mail}");
        assert!(!mail.contains("among us"), "{mail}");
    }

    #[test]
    fn what_a_client_writes_adds_no_header_and_no_recipient() {
        let mail = mail("en", "", "eva@example.com\r\nBcc: all@example.com", "x\u{7}y");
        let headers = mail.split("\r\n\r\n").next().unwrap();
        assert!(!headers.to_lowercase().contains("\nbcc:"), "{headers}");
        assert!(!headers.contains("Reply-To"), "{headers}");
        assert!(mail.contains("x y"), "{mail}");
    }
}
