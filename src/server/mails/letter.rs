//! What a mail says of a message, in the language of its tenant. What callers say of themselves is cleaned first.

use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};

use crate::dialplan::say;
use crate::store::Message;
use crate::time::UnixMs;

/// Characters of a caller's name or number that are told.
const SHOWN: usize = 80;

/// What is told of one message.
pub struct Letter<'a> {
    pub message: &'a Message,
    /// The name of its mailbox.
    pub mailbox: &'a str,
    /// The language of the tenant, a tag of BCP 47.
    pub language: &'a str,
    /// The time zone of the tenant.
    pub zone: &'a str,
    pub sound: Sound,
}

/// Where the message itself is.
pub enum Sound {
    /// In the mail: a WAV file.
    Attached(Vec<u8>),
    /// It is too long for a mail.
    TooLong,
    /// In the mailbox alone.
    InMailbox,
}

struct Words {
    subject: &'static str,
    begins: &'static str,
    from: &'static str,
    when: &'static str,
    length: &'static str,
    nobody: &'static str,
    attached: &'static str,
    too_long: &'static str,
    listen: &'static str,
}

const EN: Words = Words {
    subject: "Voicemail from",
    begins: "There is a new message in the mailbox",
    from: "From",
    when: "When",
    length: "Length",
    nobody: "an unknown number",
    attached: "The message is attached.",
    too_long: "The message is too long for a mail; listen to it by telephone.",
    listen: "Listen to it by telephone.",
};

const CS: Words = Words {
    subject: "Vzkaz od",
    begins: "Nový vzkaz ve schránce",
    from: "Od",
    when: "Kdy",
    length: "Délka",
    nobody: "neznámého čísla",
    attached: "Vzkaz je v příloze.",
    too_long: "Vzkaz je na e-mail příliš dlouhý; poslechněte si ho po telefonu.",
    listen: "Poslechněte si ho po telefonu.",
};

const DE: Words = Words {
    subject: "Nachricht von",
    begins: "Es gibt eine neue Nachricht in der Mailbox",
    from: "Von",
    when: "Wann",
    length: "Länge",
    nobody: "einer unbekannten Nummer",
    attached: "Die Nachricht ist angehängt.",
    too_long: "Die Nachricht ist zu lang für eine E-Mail; hören Sie sie am Telefon ab.",
    listen: "Hören Sie sie am Telefon ab.",
};

impl Letter<'_> {
    /// The mail as it goes out. Whoever gets it twice can tell by its Message-ID (RFC 5322 section 3.6.4).
    ///
    /// # Errors
    /// It cannot be put together; why.
    pub fn write(self, from: &Mailbox, to: &str, now: UnixMs) -> Result<lettre::Message, String> {
        let words = match say::spoken(self.language) {
            "cs" => &CS,
            "de" => &DE,
            _ => &EN,
        };
        let to = to.parse().map_err(|error| format!("{to:?} is no address for mails: {error}"))?;
        let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.0).unwrap_or(0));
        let builder = lettre::Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .subject(format!("{} {}, {}", words.subject, self.caller(words), self.length()))
            .date(at)
            .message_id(Some(format!("<{}@{}>", self.message.id, from.email.domain())))
            .header(AutoSubmitted);
        let text = SinglePart::plain(self.text(words));
        let written = match self.sound {
            Sound::Attached(sound) => {
                let kind = ContentType::parse("audio/wav").map_err(|error| error.to_string())?;
                let sound = Body::new_with_encoding(sound, ContentTransferEncoding::Base64)
                    .map_err(|_| "the sound cannot be put into Base64".to_owned())?;
                let sound = Attachment::new("message.wav".to_owned()).body(sound, kind);
                builder.multipart(MultiPart::mixed().singlepart(text).singlepart(sound))
            }
            Sound::TooLong | Sound::InMailbox => builder.singlepart(text),
        };
        written.map_err(|error| error.to_string())
    }

    fn text(&self, words: &Words) -> String {
        let listen = match self.sound {
            Sound::Attached(_) => words.attached,
            Sound::TooLong => words.too_long,
            Sound::InMailbox => words.listen,
        };
        format!(
            "{} {}.\n\n{}: {}\n{}: {}\n{}: {}\n\n{listen}\n",
            words.begins,
            self.mailbox,
            words.from,
            self.caller(words),
            words.when,
            self.when(),
            words.length,
            self.length(),
        )
    }

    fn caller(&self, words: &Words) -> String {
        let number = clean(&self.message.caller);
        let name = self.message.caller_name.as_deref().map(clean).filter(|name| !name.is_empty());
        match (name, number.is_empty()) {
            (Some(name), true) => name,
            (Some(name), false) => format!("{name} ({number})"),
            (None, true) => words.nobody.to_owned(),
            (None, false) => number,
        }
    }

    fn when(&self) -> String {
        written(self.message.at, self.zone, "%Y-%m-%d %H:%M %Z")
    }

    fn length(&self) -> String {
        let seconds = self.message.ms.div_ceil(1_000);
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }
}

/// A moment in a time zone, as `format` has it.
pub(super) fn written(at: UnixMs, zone: &str, format: &str) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    at.to_zoned(zone).strftime(format).to_string()
}

/// A program wrote it, so no program answers it (RFC 3834 section 5).
#[derive(Clone)]
pub(super) struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// One line of no more than some characters, none of which controls anything: not the mail, not the direction of
/// writing.
pub(super) fn clean(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = text.chars().map(|c| if c.is_control() || turns(c) { ' ' } else { c }).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::id::{MailboxId, MessageId, SessionId, TenantId};

    fn message(caller: &str, name: Option<&str>) -> Message {
        let (at, mut entropy) = (UnixMs(1_700_000_000_000), Entropy::from_number(1));
        Message {
            id: MessageId::new(at, &mut entropy),
            tenant: TenantId::new(at, &mut entropy),
            mailbox: MailboxId::new(at, &mut entropy),
            session: SessionId::new(at, &mut entropy),
            caller: caller.to_owned(),
            caller_name: name.map(str::to_owned),
            at,
            ms: 41_200,
            heard: false,
        }
    }

    fn written(message: &Message, language: &str, sound: Sound) -> String {
        let letter = Letter { message, mailbox: "sales", language, zone: "Europe/Prague", sound };
        let from = "PBX <pbx@example.com>".parse().unwrap();
        let mail = letter.write(&from, "anna@example.com", UnixMs(1_700_000_100_000)).unwrap();
        String::from_utf8(mail.formatted()).unwrap()
    }

    #[test]
    fn a_mail_tells_who_called_when_and_for_how_long() {
        let mail = written(&message("+420777123456", Some("Jan")), "en", Sound::InMailbox);
        for line in [
            "Subject: Voicemail from Jan (+420777123456), 0:42\r\n",
            "From: PBX <pbx@example.com>\r\n",
            "To: anna@example.com\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Date: Tue, 14 Nov 2023 22:15:00 +0000\r\n",
            "When: 2023-11-14 23:13 CET",
            "Length: 0:42",
        ] {
            assert!(mail.contains(line), "{line:?} is not in\n{mail}");
        }
        let id = message("", None).id;
        assert!(mail.contains(&format!("Message-ID: <{id}@example.com>")), "{mail}");
        assert!(written(&message("", None), "en-GB", Sound::TooLong).contains("an unknown number, 0:42"));
        assert!(
            written(&message("201", None), "de", Sound::InMailbox)
                .contains("Subject: Nachricht von 201, 0:42")
        );
    }

    #[test]
    fn the_sound_is_attached_as_it_is() {
        let sound = b"RIFF....WAVE".to_vec();
        let mail = written(&message("201", None), "cs", Sound::Attached(sound));
        assert!(mail.contains("Content-Type: audio/wav"), "{mail}");
        assert!(mail.contains("filename=\"message.wav\"") && mail.contains("UklGRi4uLi5XQVZF"), "{mail}");
    }

    #[test]
    fn what_a_caller_is_called_adds_no_header_and_no_line() {
        let names = [
            "Eve\r\nBcc: everybody@example.com",
            "Eve\nBcc: everybody@example.com",
            "Eve\r\n\r\nPay to this account",
            "Eve\u{0}\u{85}\u{2028}Bcc: x@example.com",
            "\u{202e}eve\u{2066}",
            &"ž".repeat(5_000),
            "=?utf-8?B?RXZlDQpCY2M6IHhAeS5kZQ==?=",
        ];
        for name in names {
            for (number, name) in [("+420777123456", Some(name)), (name, None)] {
                let mail = written(&message(number, name), "en", Sound::InMailbox);
                let (head, body) = mail.split_once("\r\n\r\n").unwrap();
                let headers = head.lines().filter(|line| !line.starts_with(' '));
                let known = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"];
                for header in headers {
                    let name = header.split(':').next().unwrap();
                    assert!(known.contains(&name) || name.starts_with("Content-"), "{header:?} in\n{mail}");
                }
                assert!(head.lines().all(|line| line.len() <= 200), "{head}");
                assert!(mail.len() < 4_000 && !body.is_empty());
            }
        }
    }
}
