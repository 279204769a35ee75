//! Lengths of time as an administrator writes them.

use std::time::Duration;

/// The longest that may be written.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Reads `500ms`, `30s`, `2min`, `1h`, or several of them (`1min 30s`), from 1 ms to 24 h.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
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
    (!total.is_zero() && total <= LONGEST).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

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
