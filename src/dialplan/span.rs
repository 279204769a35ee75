//! Lengths of time as an administrator writes them.

use std::time::Duration;

/// The longest that may be written.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Reads `500ms`, `30s`, `2min`, `1h`, or several of them (`1min 30s`), from 1 ms to 24 h.
pub fn duration(text: &str) -> Option<Duration> {
    moment(text).filter(|length| !length.is_zero())
}

/// Reads the same where nothing may stand as well: `0s`.
pub fn moment(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (count, after) = rest.split_at(digits);
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let ms = match unit {
            "ms" => 1,
            "s" => 1_000,
            "min" | "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        let part = count.parse::<u64>().ok()?.checked_mul(ms)?;
        total = total.checked_add(Duration::from_millis(part))?;
        rest = after.trim_start();
    }
    (total <= LONGEST).then_some(total)
}

/// A length of time as an administrator would write it.
pub fn written(length: Duration) -> String {
    let ms = length.as_millis();
    let units =
        [(ms / 3_600_000, "h"), (ms / 60_000 % 60, "min"), (ms / 1_000 % 60, "s"), (ms % 1_000, "ms")];
    let parts = units.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}"));
    let text = parts.collect::<Vec<_>>().join(" ");
    if text.is_empty() { "0s".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_is_written_reads_the_same() {
        for text in ["500ms", "30s", "1min 30s", "2h", "1h 1min 1s 1ms"] {
            assert_eq!(duration(text).map(written).as_deref(), Some(text));
        }
        assert_eq!(written(Duration::ZERO), "0s");
    }

    #[test]
    fn no_time_at_all_is_a_moment_and_no_length() {
        for nothing in ["0s", "0ms", "0min 0s"] {
            assert_eq!((moment(nothing), duration(nothing)), (Some(Duration::ZERO), None), "{nothing}");
        }
        assert_eq!((moment(""), moment(" "), moment("0")), (None, None, None));
    }

    #[test]
    fn lengths_of_time_are_written_with_their_unit() {
        let read = |text| duration(text).map(|length| length.as_millis());
        assert_eq!(read("500ms"), Some(500));
        assert_eq!(read("30s"), Some(30_000));
        assert_eq!(read(" 1min 30s "), Some(90_000));
        assert_eq!(read("2h"), Some(7_200_000));
        for wrong in ["", "30", "s", "-3s", "0s", "25h", "3 s", "1.5s", "99999999999999999999s", "3š"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
