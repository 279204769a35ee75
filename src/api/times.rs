//! Moments as people's programs read them.

use jiff::Timestamp;

use crate::time::UnixMs;

/// A moment as RFC 3339 writes it, with milliseconds.
pub fn rfc3339(at: UnixMs) -> String {
    Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |at| format!("{at:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_milliseconds() {
        assert_eq!(rfc3339(UnixMs(1_800_000_000_000)), "2027-01-15T08:00:00.000Z");
        assert_eq!(rfc3339(UnixMs(1_800_000_000_120)), "2027-01-15T08:00:00.120Z");
    }
}
