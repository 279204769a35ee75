//! What single values may look like. Each function gives the value in its one accepted form, or
//! says which field is wrong and how to write it.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer};

use crate::e164;
use crate::store::{Key, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

/// Longest name of a row.
pub(super) const NAME_MAX: usize = 64;
/// Longest text for people, in characters.
const DISPLAY_MAX: usize = 100;
/// Longest address for mails (RFC 5321 section 4.5.3.1.3).
const EMAIL_MAX: usize = 254;
/// Shortest password or secret that is accepted (NIST SP 800-63B section 5.1.1.1 asks for eight).
const PASSWORD_MIN: usize = 8;
/// Longest password or secret, so that hashing stays cheap.
const PASSWORD_MAX: usize = 128;

/// Tells a field that is absent (`None`) from one that is `null` (`Some(None)`).
pub(super) fn nullable<'de, T, D>(deserializer: D) -> std::result::Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// A name for files, commands and addresses: `harbour`.
pub(super) fn name(field: &'static str, text: &str) -> Result<String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !starts_well || text.len() > NAME_MAX || !text.chars().all(allowed) {
        let help = format!(
            "use lower-case letters, digits, `.`, `_` and `-`, the first a letter or digit, at most {NAME_MAX}"
        );
        return Err(StoreError::invalid(field, format!("`{}` cannot be a name", shortened(text)), help));
    }
    if matches!(Key::from(text), Key::Id(_)) {
        return Err(StoreError::invalid(field, "looks like an id", "choose a name that does not"));
    }
    Ok(text.to_owned())
}

/// A name for people: any printable text that is not empty.
pub(super) fn display(field: &'static str, text: &str) -> Result<String> {
    let text = label(field, text)?;
    match text.is_empty() {
        true => Err(StoreError::invalid(field, "is empty", "write what people should read")),
        false => Ok(text),
    }
}

/// A remark for people, perhaps empty.
pub(super) fn label(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > DISPLAY_MAX || text.chars().any(char::is_control) {
        let help = format!("use at most {DISPLAY_MAX} printable characters");
        return Err(StoreError::invalid(field, format!("`{}` is not accepted", shortened(text)), help));
    }
    Ok(text.to_owned())
}

/// A text of several lines for people, perhaps empty.
pub(super) fn prose(field: &'static str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    let improper = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    match text.chars().count() > most || text.chars().any(improper) {
        true => {
            let help =
                format!("use at most {most} characters, and of those that control nothing but new lines");
            Err(StoreError::invalid(field, "is not accepted", help))
        }
        false => Ok(text.to_owned()),
    }
}

/// A digest realm: printable ASCII without quotes, so that it needs no escaping in a header.
pub(super) fn realm(field: &'static str, text: &str) -> Result<String> {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | ':');
    match !text.is_empty() && text.len() <= NAME_MAX && text.chars().all(plain) {
        true => Ok(text.to_owned()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` cannot be a realm", shortened(text)),
            format!("use at most {NAME_MAX} letters, digits and signs, without blanks, quotes and colons"),
        )),
    }
}

/// A language tag (BCP 47): `en`, `cs`, `pt-BR`.
pub(super) fn language(field: &'static str, text: &str) -> Result<String> {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    let well_formed = (2..=3).contains(&primary.len())
        && primary.chars().all(|c| c.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
        && text.len() <= 35;
    match well_formed {
        true => Ok(text.to_owned()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` is not a language", shortened(text)),
            "use a tag such as `en`, `cs` or `pt-BR`",
        )),
    }
}

/// An IANA time zone: `Europe/Prague`.
pub(super) fn timezone(field: &'static str, text: &str) -> Result<String> {
    match text.len() <= NAME_MAX && jiff::tz::TimeZone::get(text).is_ok() {
        true => Ok(text.to_owned()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` is no time zone that hovor knows", shortened(text)),
            "use a name such as `Europe/Prague` or `UTC`",
        )),
    }
}

/// A telephone number in E.164 form (ITU-T E.164 section 6): `+` and 7 to 15 digits.
pub(super) fn e164(field: &'static str, text: &str) -> Result<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')' | '/')).collect();
    let number = digits.strip_prefix('+').unwrap_or_default();
    match (7..=15).contains(&number.len()) && !number.starts_with('0') && all_digits(number) {
        true => Ok(digits),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` is not a number in E.164 form", shortened(text)),
            "write `+`, the country code and the number, 7 to 15 digits in all: `+420200000100`",
        )),
    }
}

/// A telephone number in E.164 form, or a block of them whose last digits are `x`: `+4202000001xx`.
pub(super) fn number(field: &'static str, text: &str) -> Result<String> {
    let fixed = text.trim_end_matches(['x', 'X']);
    let open = text.len() - fixed.len();
    if open == 0 {
        return e164(field, text);
    }
    let plain: String = fixed.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')' | '/')).collect();
    let whole = e164(field, &format!("{plain}{}", "0".repeat(open))).ok();
    match whole.filter(|_| open <= 4 && plain.len() > 4) {
        Some(_) => Ok(format!("{plain}{}", "x".repeat(open))),
        None => Err(StoreError::invalid(
            field,
            format!("`{}` is not a block of numbers", shortened(text)),
            "write `+`, the country code and the number, with one to four `x` at its end: `+4202000001xx`",
        )),
    }
}

/// A number dialled inside: 2 to 8 digits.
pub(super) fn extension(field: &'static str, text: &str) -> Result<String> {
    match (2..=8).contains(&text.len()) && all_digits(text) {
        true => Ok(text.to_owned()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` cannot be dialled inside", shortened(text)),
            "use 2 to 8 digits",
        )),
    }
}

/// A country of numbers (ISO 3166-1 alpha-2): `CZ`.
pub(super) fn country(field: &'static str, text: &str) -> Result<String> {
    match e164::is_country(text) {
        true => Ok(text.to_owned()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` is not a country", shortened(text)),
            "use its code of two capital letters, such as `CZ` or `US`",
        )),
    }
}

/// A number that calls help: 2 to 6 digits.
pub(super) fn emergency(field: &'static str, text: &str) -> Result<String> {
    match (2..=6).contains(&text.len()) && all_digits(text) {
        true => Ok(text.to_owned()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` cannot be an emergency number", shortened(text)),
            "use 2 to 6 digits, such as `112`",
        )),
    }
}

/// What is put before numbers: digits, perhaps with `+`, `*` and `#`.
pub(super) fn prepend(field: &'static str, text: &str) -> Result<String> {
    let allowed = |c: char| c.is_ascii_digit() || matches!(c, '+' | '*' | '#');
    match text.len() <= 16 && text.chars().all(allowed) {
        true => Ok(text.to_owned()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` cannot stand before numbers", shortened(text)),
            "use at most 16 digits, `+`, `*` and `#`",
        )),
    }
}

/// The beginning of dialled numbers: `+`, `00`, `+420`.
pub(super) fn prefix(field: &'static str, text: &str) -> Result<String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    match !text.is_empty() && text.len() <= 16 && all_digits(digits) {
        true => Ok(text.to_owned()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` cannot begin a number", shortened(text)),
            "use `+`, digits, or `+` and digits",
        )),
    }
}

/// A SIP user name that needs no escaping in a URI (RFC 3261 section 25.1, unreserved).
pub(super) fn sip_user(field: &'static str, text: &str) -> Result<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_name = matches!(Key::from(text), Key::Name(_));
    match !text.is_empty() && text.len() <= NAME_MAX && text.chars().all(allowed) && is_name {
        true => Ok(text.to_owned()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` cannot be a SIP user name", shortened(text)),
            format!("use letters, digits, `.`, `_` and `-`, at most {NAME_MAX}"),
        )),
    }
}

/// A host name (RFC 1123 section 2.1) or an IP address.
pub(super) fn host(field: &'static str, text: &str) -> Result<String> {
    if text.parse::<IpAddr>().is_ok() {
        return Ok(text.to_owned());
    }
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    match text.len() <= 253 && text.split('.').all(label) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` is neither a host name nor an IP address", shortened(text)),
            "write it without scheme and port: `sip.provider.example` or `192.0.2.7`",
        )),
    }
}

/// A user name or password that a provider chose.
pub(super) fn secret_word(field: &'static str, text: &str) -> Result<String> {
    match !text.is_empty() && text.len() <= PASSWORD_MAX && !text.chars().any(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err(StoreError::invalid(
            field,
            "is empty, too long or not printable",
            format!("use 1 to {PASSWORD_MAX} printable characters"),
        )),
    }
}

/// A password or a device's secret, chosen by people. It is never repeated in an error.
pub(super) fn password<'a>(field: &'static str, text: &'a str) -> Result<&'a str> {
    let length = text.chars().count();
    match (PASSWORD_MIN..=PASSWORD_MAX).contains(&length) && !text.chars().any(char::is_control) {
        true => Ok(text),
        false => Err(StoreError::invalid(
            field,
            "is too short, too long or not printable",
            format!("use {PASSWORD_MIN} to {PASSWORD_MAX} printable characters"),
        )),
    }
}

/// The PIN of a mailbox, typed on a telephone. It is never repeated in an error.
pub(super) fn pin<'a>(field: &'static str, text: &'a str) -> Result<&'a str> {
    let mut keys = text.chars();
    let first = keys.next();
    let all_same = keys.all(|key| Some(key) == first);
    match (4..=10).contains(&text.len()) && all_digits(text) && !all_same {
        true => Ok(text),
        false => Err(StoreError::invalid(
            field,
            "is too short, too long, no number, or one digit repeated",
            "use 4 to 10 digits that are not all the same",
        )),
    }
}

/// The name of a sound below the media folder, with or without its ending.
pub(super) fn sound(field: &'static str, text: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(fits);
    match text.len() <= 200 && text.split('/').all(part) {
        true => Ok(()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` cannot be the name of a sound", shortened(text)),
            "name a file below the media folder without its ending: `recorded`, or `prompts/en/recorded`",
        )),
    }
}

/// A number within bounds.
pub(super) fn between(field: &'static str, value: u32, bounds: RangeInclusive<u32>) -> Result<()> {
    match bounds.contains(&value) {
        true => Ok(()),
        false => Err(StoreError::invalid(
            field,
            format!("{value} is out of bounds"),
            format!("use {} to {}", bounds.start(), bounds.end()),
        )),
    }
}

/// So many calls at once.
pub(super) fn calls_at_once(field: &'static str, count: u32) -> Result<u32> {
    between(field, count, 0..=100_000).map(|()| count)
}

/// The beginning of numbers in E.164: `+420`.
pub(super) fn e164_prefix(field: &'static str, text: &str) -> Result<String> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    let plain = plain.strip_prefix("00").map_or_else(|| plain.clone(), |rest| format!("+{rest}"));
    let digits = plain.strip_prefix('+').unwrap_or_default();
    match (1..=15).contains(&digits.len()) && !digits.starts_with('0') && all_digits(digits) {
        true => Ok(plain),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` cannot begin a number outside", shortened(text)),
            "write `+` and the first digits with the country code: `+420900`",
        )),
    }
}

/// An address for mails (RFC 5321 section 4.1.2), without a name beside it.
pub(super) fn email(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    match text.len() <= EMAIL_MAX && text.is_ascii() && text.parse::<lettre::Address>().is_ok() {
        true => Ok(text.to_owned()),
        false => Err(StoreError::invalid(
            field,
            format!("`{}` is not an address for mails", shortened(text)),
            "write one address alone: `anna@example.com`",
        )),
    }
}

/// A list that is not too long.
pub(super) fn at_most(field: &'static str, length: usize, most: usize) -> Result<()> {
    match length <= most {
        true => Ok(()),
        false => {
            Err(StoreError::invalid(field, format!("has {length} entries"), format!("use at most {most}")))
        }
    }
}

fn all_digits(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}

/// The beginning of `text`, for an error that must stay readable whatever was sent.
pub(super) fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().nth(40).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_their_decoration() {
        assert_eq!(e164("number", "+420 200-000.100").unwrap(), "+420200000100");
        for wrong in ["420200000100", "+0123456789", "+12", "+4202000001000000", "+42020000010x", "", "+"] {
            assert!(e164("number", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_block_of_numbers_ends_with_x() {
        assert_eq!(number("number", "+420 200 000 1XX").unwrap(), "+4202000001xx");
        assert_eq!(number("number", "+420200000100").unwrap(), "+420200000100");
        for wrong in ["+42xx", "+420xxxxxxxxx", "420200000xxx", "+4202000001x1", "xx"] {
            assert!(number("number", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_are_plain_and_never_ids() {
        assert_eq!(name("name", "anna.b-2_x").unwrap(), "anna.b-2_x");
        let id = uuid::Uuid::from_u128(1).to_string();
        for wrong in ["", "Anna", "-a", "a b", "á", "a/b", &id, &"a".repeat(65)] {
            assert!(name("name", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn text_for_people_may_be_of_any_script_but_not_control() {
        assert_eq!(display("display", "  Příliš žluťoučký 🐎 ").unwrap(), "Příliš žluťoučký 🐎");
        assert_eq!(label("label", "").unwrap(), "");
        for wrong in ["", "   ", "a\nb", "a\0b", &"ž".repeat(101)] {
            assert!(display("display", wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        assert_eq!(host("host", "SIP.Provider.example").unwrap(), "sip.provider.example");
        for right in ["192.0.2.7", "2001:db8::1", "localhost"] {
            assert_eq!(host("host", right).unwrap(), right);
        }
        for wrong in ["", "a..b", "-a.b", "sip:host", "host:5060", "a_b", &"a".repeat(254)] {
            assert!(host("host", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn errors_repeat_long_values_only_in_part_and_passwords_never() {
        let error = name("name", &"x y".repeat(1000)).unwrap_err().to_string();
        assert!(error.chars().count() < 250, "{error}");
        let error = password("password", "hush").unwrap_err().to_string();
        assert!(!error.contains("hush"));
    }

    #[test]
    fn languages_extensions_and_prefixes_have_a_shape() {
        assert!(
            language("l", "pt-BR").is_ok() && language("l", "EN").is_err() && language("l", "e").is_err()
        );
        assert!(
            extension("e", "201").is_ok() && extension("e", "2").is_err() && extension("e", "20x").is_err()
        );
        assert!(prefix("p", "+").is_ok() && prefix("p", "00").is_ok() && prefix("p", "").is_err());
        assert!(timezone("t", "UTC").is_ok() && timezone("t", "Mars/Olympus").is_err());
    }
}
