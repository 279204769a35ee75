//! Digits and numbers put together from recorded pieces.
//!
//! Every language has its own grammar of numbers; English is the first. The names returned are
//! those of sound files (`prompts/en/digits/7`).

/// Languages whose numbers can be spoken.
pub const LANGUAGES: &[&str] = &["en"];

/// The greatest number that [`number`] speaks as a number.
pub const GREATEST: u32 = 999_999;

/// The keys of `text`, one after another; what is not a key (`+`, spaces, letters) is left out.
pub fn digits(language: &str, text: &str) -> Vec<String> {
    text.chars().filter_map(|key| digit(language, key)).collect()
}

fn digit(language: &str, key: char) -> Option<String> {
    let piece = match key {
        '0'..='9' => key.to_string(),
        '*' => "star".into(),
        '#' => "hash".into(),
        _ => return None,
    };
    Some(format!("prompts/{language}/digits/{piece}"))
}

/// A whole number, as in "two hundred forty one"; past [`GREATEST`] digit by digit.
pub fn number(language: &str, n: u32) -> Vec<String> {
    if n > GREATEST {
        return digits(language, &n.to_string());
    }
    let mut pieces = Vec::new();
    if n >= 1000 {
        below_thousand(n / 1000, &mut pieces);
        pieces.push("thousand".to_owned());
    }
    if n < 1000 || !n.is_multiple_of(1000) {
        below_thousand(n % 1000, &mut pieces);
    }
    pieces.into_iter().map(|piece| format!("prompts/{language}/numbers/{piece}")).collect()
}

fn below_thousand(n: u32, pieces: &mut Vec<String>) {
    if n >= 100 {
        pieces.extend([(n / 100).to_string(), "hundred".to_owned()]);
    }
    match n % 100 {
        0 if n >= 100 => {}
        small @ 0..=20 => pieces.push(small.to_string()),
        n => {
            pieces.push((n / 10 * 10).to_string());
            if n % 10 > 0 {
                pieces.push((n % 10).to_string());
            }
        }
    }
}

/// "You are number seven in the queue."
pub fn position(language: &str, position: u32) -> Vec<String> {
    let mut pieces = vec![format!("prompts/{language}/queue/you-are-number")];
    pieces.extend(number(language, position));
    pieces.push(format!("prompts/{language}/queue/in-the-queue"));
    pieces
}

/// Every piece that [`digits`] may name.
pub fn pieces_of_digits(language: &str) -> Vec<String> {
    digits(language, "0123456789*#")
}

/// Every piece that [`number`] may name.
pub fn pieces_of_numbers(language: &str) -> Vec<String> {
    let small = (0..=20).chain((30..=90).step_by(10)).map(|n: u32| n.to_string());
    let large = ["hundred", "thousand"].map(str::to_owned);
    let numbers = small.chain(large).map(|piece| format!("prompts/{language}/numbers/{piece}"));
    numbers.chain(pieces_of_digits(language)).collect()
}

/// Every piece that [`position`] may name.
pub fn pieces_of_positions(language: &str) -> Vec<String> {
    let mut pieces = pieces_of_numbers(language);
    pieces.extend(position(language, 1));
    pieces
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn spoken(n: u32) -> String {
        let last = |name: &String| name.rsplit('/').next().unwrap().to_owned();
        number("en", n).iter().map(last).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_are_spoken_as_in_english() {
        let expected = [
            (0, "0"),
            (7, "7"),
            (20, "20"),
            (21, "20 1"),
            (99, "90 9"),
            (100, "1 hundred"),
            (115, "1 hundred 15"),
            (1000, "1 thousand"),
            (1001, "1 thousand 1"),
            (230_405, "2 hundred 30 thousand 4 hundred 5"),
            (999_999, "9 hundred 90 9 thousand 9 hundred 90 9"),
            (1_000_000, "1 0 0 0 0 0 0"),
        ];
        for (n, words) in expected {
            assert_eq!(spoken(n), words);
        }
    }

    #[test]
    fn every_number_needs_only_the_pieces_listed() {
        let pieces: BTreeSet<String> = pieces_of_numbers("en").into_iter().collect();
        for n in (0..=1_100_000).step_by(7) {
            assert!(number("en", n).iter().all(|piece| pieces.contains(piece)), "{n}");
        }
    }

    #[test]
    fn digits_leave_out_what_is_no_key() {
        assert_eq!(digits("en", "+4 2x#"), ["4", "2", "hash"].map(|d| format!("prompts/en/digits/{d}")));
    }
}
