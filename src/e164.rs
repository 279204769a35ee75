//! Telephone numbers: as people dial them, in full (ITU-T E.164), as providers want them, and those that call help.

mod class;

use std::str::FromStr;

use phonenumber::{Mode, country};
use serde::{Deserialize, Serialize};

pub use class::{Class, Classes, Prefixes, country_of};

/// Before a number it withholds who calls, as mobile phones do (3GPP TS 22.030).
const WITHHOLD: &str = "#31#";

/// How a number is written for a provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// `+420777123456`.
    #[default]
    E164,
    /// `420777123456`.
    Digits,
    /// `00420777123456`.
    DoubleZero,
    /// As it is dialled in the provider's country, other countries with `00`.
    National,
}

/// `+…` or `00…` in E.164 with its plus; visual separators (RFC 3966 section 5.1.1) are dropped.
pub fn international(dialled: &str) -> Option<String> {
    let plain = plain(dialled);
    let digits = plain.strip_prefix('+').or_else(|| plain.strip_prefix("00"))?;
    let fits = (3..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    (fits && !digits.starts_with('0')).then(|| format!("+{digits}"))
}

/// The number that was dialled, and whether the callee is not to learn who calls.
pub fn withheld(dialled: &str) -> (&str, bool) {
    dialled.strip_prefix(WITHHOLD).map_or((dialled, false), |number| (number, true))
}

/// What was dialled in E.164: an international number, or one of this country as it is dialled there.
pub fn in_full(dialled: &str, country: Option<&str>) -> Option<String> {
    international(dialled).or_else(|| national(dialled, country?))
}

/// A number of this country as it is dialled there, in E.164. What could not be one is none.
fn national(dialled: &str, country: &str) -> Option<String> {
    let plain = plain(dialled);
    if !(3..=17).contains(&plain.len()) || !plain.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = phonenumber::parse(Some(id(country)?), plain).ok()?;
    number.is_valid().then(|| number.format().mode(Mode::E164).to_string())
}

/// A number in E.164 as a provider in this country wants it.
pub fn written(number: &str, format: Format, country: Option<&str>) -> String {
    let Some(digits) = number.strip_prefix('+') else { return number.to_owned() };
    match format {
        Format::E164 => number.to_owned(),
        Format::Digits => digits.to_owned(),
        Format::DoubleZero => format!("00{digits}"),
        Format::National => {
            let inside = country.and_then(|country| as_dialled_inside(number, country));
            inside.unwrap_or_else(|| format!("00{digits}"))
        }
    }
}

fn as_dialled_inside(number: &str, country: &str) -> Option<String> {
    let parsed = phonenumber::parse(None, number).ok()?;
    let of_country = phonenumber::metadata::DATABASE.by_id(id(country)?.as_ref())?.country_code();
    let text = parsed.format().mode(Mode::National).to_string();
    (parsed.code().value() == of_country).then(|| text.chars().filter(char::is_ascii_digit).collect())
}

/// The digits by which a number is dialled inside of its country, without what is dialled before them there. One whose
/// country is not told is taken as dialled.
pub fn inside(number: &str) -> Option<String> {
    let digits = match number.starts_with('+') {
        true => phonenumber::parse(None, number).ok()?.national().value().to_string(),
        false => plain(number).trim_start_matches('0').to_owned(),
    };
    let fits = (6..=14).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then_some(digits)
}

/// Whether a number in E.164 can be a subscriber's: short ones, such as those that call help, are none with a country before.
pub fn is_whole(number: &str) -> bool {
    phonenumber::parse(None, number).is_ok_and(|number| number.is_valid())
}

/// Whether this is the code of a country (ISO 3166-1 alpha-2) whose numbers are known.
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) && id(code).is_some()
}

/// Reads what is known of all countries, which takes a moment, so that no call waits for it.
pub fn warm_up() {
    let _ = national("200000000", "CZ");
}

fn id(country: &str) -> Option<country::Id> {
    country::Id::from_str(country).ok()
}

fn plain(dialled: &str) -> String {
    dialled.chars().filter(|c| !matches!(c, '-' | '.' | '(' | ')' | ' ' | '/')).collect()
}

/// The numbers that call help in this country; without one those that every mobile phone knows.
pub fn emergency(country: Option<&str>) -> &'static [&'static str] {
    match country.unwrap_or_default() {
        "CZ" => &["112", "150", "155", "156", "158"],
        "SK" => &["112", "150", "155", "158", "159"],
        "DE" => &["112", "110"],
        "AT" => &["112", "122", "133", "140", "144"],
        "CH" | "LI" => &["112", "117", "118", "144", "1414"],
        "PL" => &["112", "997", "998", "999"],
        "HU" => &["112", "104", "105", "107"],
        "FR" => &["112", "15", "17", "18", "114", "115", "119", "196"],
        "IT" => &["112", "113", "115", "118"],
        "ES" => &["112", "061", "062", "080", "091", "092"],
        "PT" | "NL" | "SE" | "FI" | "DK" | "EE" | "LT" | "LU" | "RO" | "BG" | "IS" => &["112"],
        "BE" => &["112", "100", "101"],
        "NO" => &["112", "110", "113"],
        "GR" => &["112", "100", "166", "199"],
        "SI" => &["112", "113"],
        "HR" => &["112", "192", "193", "194"],
        "LV" => &["112", "110", "113"],
        "GB" | "IE" | "MT" | "CY" => &["112", "999"],
        "US" | "CA" | "MX" => &["911"],
        "AU" => &["000", "112", "106"],
        "NZ" => &["111"],
        "JP" => &["110", "118", "119"],
        "IN" => &["112", "100", "101", "102", "108"],
        "UA" => &["112", "101", "102", "103", "104"],
        _ => &["112", "911"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn international_numbers_are_written_with_a_plus() {
        assert_eq!(international("00420 200-000-100").as_deref(), Some("+420200000100"));
        assert_eq!(international("+420200000100").as_deref(), Some("+420200000100"));
    }

    #[test]
    fn what_is_no_international_number_is_not_taken_for_one() {
        for text in ["", "+", "201", "000420", "+12", "+4202x", "+1234567890123456"] {
            assert_eq!(international(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_dialled_as_at_home_gets_its_country() {
        let full = |dialled, country| in_full(dialled, Some(country));
        assert_eq!(full("777 123 456", "CZ").as_deref(), Some("+420777123456"));
        assert_eq!(full("030 901820", "DE").as_deref(), Some("+4930901820"));
        assert_eq!(full("020 7183 8750", "GB").as_deref(), Some("+442071838750"));
        assert_eq!(full("(202) 555-0100", "US").as_deref(), Some("+12025550100"));
        assert_eq!(full("+33 1 42 68 53 00", "CZ").as_deref(), Some("+33142685300"));
    }

    #[test]
    fn an_extension_or_a_short_code_is_no_number_of_a_country() {
        for dialled in ["201", "112", "100", "1234", "", "abc", "*77"] {
            assert_eq!(in_full(dialled, Some("CZ")), None, "{dialled}");
        }
        assert_eq!(in_full("777123456", None), None, "nobody knows of which country");
    }

    #[test]
    fn a_number_is_written_as_the_provider_wants_it() {
        let number = "+420777123456";
        assert_eq!(written(number, Format::E164, None), number);
        assert_eq!(written(number, Format::Digits, None), "420777123456");
        assert_eq!(written(number, Format::DoubleZero, None), "00420777123456");
        assert_eq!(written(number, Format::National, Some("CZ")), "777123456");
        assert_eq!(written(number, Format::National, Some("DE")), "00420777123456");
        assert_eq!(written("+4930901820", Format::National, Some("DE")), "030901820");
        assert_eq!(written("112", Format::DoubleZero, None), "112", "what calls help stays as it is");
    }

    #[test]
    fn a_number_is_the_same_inside_of_its_country_however_it_came() {
        assert_eq!(inside("+420777123456").as_deref(), Some("777123456"));
        assert_eq!(inside("+4930901820").as_deref(), Some("30901820"));
        assert_eq!(inside("0777 123 456").as_deref(), Some("777123456"));
        for text in ["", "201", "anonymous", "+1"] {
            assert_eq!(inside(text), None, "{text}");
        }
    }

    #[test]
    fn countries_are_known_by_their_codes() {
        assert!(is_country("CZ") && is_country("US"));
        assert!(!is_country("cz") && !is_country("XX") && !is_country("CZE") && !is_country(""));
    }
}
