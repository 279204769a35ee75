//! Keys that are pressed after one another.

use std::time::Duration;

/// What one key takes: 100 ms of sound and 100 ms of pause.
const KEY: Duration = Duration::from_millis(200);
/// What a comma waits.
const COMMA: Duration = Duration::from_secs(1);

/// Keys without a pause between them, and when to press them, counted from the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Burst {
    /// When.
    pub after: Duration,
    /// Which.
    pub keys: String,
}

/// The bursts of `1,,#`, and what all of them take.
pub fn bursts(text: &str) -> (Vec<Burst>, Duration) {
    let (mut bursts, mut at) = (vec![], Duration::ZERO);
    for (n, part) in text.split(',').enumerate() {
        if n > 0 {
            at += COMMA;
        }
        if !part.is_empty() {
            bursts.push(Burst { after: at, keys: part.to_owned() });
            at += KEY * u32::try_from(part.len()).unwrap_or(u32::MAX);
        }
    }
    (bursts, at)
}

/// Checks what somebody wants pressed.
///
/// # Errors
/// Which character is no key.
pub fn check(text: &str) -> Result<String, String> {
    let text = text.to_ascii_uppercase();
    match text.chars().find(|key| !matches!(key, '0'..='9' | '*' | '#' | 'A'..='D' | ',')) {
        None => Ok(text),
        Some(other) => {
            Err(format!("`{other}` is no key; keys are 0-9, *, # and A-D, and a comma waits a second"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_waits_a_second() {
        let (bursts, whole) = bursts("12,,#");
        let after = |ms, keys: &str| Burst { after: Duration::from_millis(ms), keys: keys.to_owned() };
        assert_eq!(bursts, [after(0, "12"), after(2_400, "#")]);
        assert_eq!(whole, Duration::from_millis(2_600));
        assert_eq!(super::bursts("").0, []);
    }

    #[test]
    fn only_keys_are_pressed() {
        assert_eq!(check("1,a#"), Ok("1,A#".to_owned()));
        assert!(check("1;2").unwrap_err().contains("`;`"));
    }
}
