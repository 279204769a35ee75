//! E-mail addresses side by side.

use strsim::osa_distance;

use super::{Evidence, What, keys};

/// The same address.
const SAME: f64 = 7.4;
/// The same part before the `@`, dots and digits aside.
const LOCAL: f64 = 2.6;
/// A typing error: the same but for one sign or two.
const TYPED: f64 = 4.2;
/// An address of this length may have one typing error.
const TYPED_MIN: usize = 10;
/// Another address: people have several.
const ANOTHER: f64 = -0.4;

pub(super) fn compare(ours: &str, theirs: &[String]) -> Evidence {
    let mine = ours.trim().to_lowercase();
    if mine.is_empty() || theirs.is_empty() {
        return Evidence::NONE;
    }
    if let Some(same) = theirs.iter().find(|address| address.to_lowercase() == mine) {
        return Evidence::for_it(SAME, What::Email, ours, same);
    }
    let typed =
        |address: &&String| mine.len() >= TYPED_MIN && is_typing_error(&mine, &address.to_lowercase());
    if let Some(address) = theirs.iter().find(typed) {
        return Evidence::for_it(TYPED, What::EmailSimilar, ours, address);
    }
    let Some(local) = keys::local(&mine) else { return Evidence::against(ANOTHER) };
    match theirs.iter().find(|address| keys::local(address).is_some_and(|theirs| theirs == local)) {
        Some(address) => Evidence::for_it(LOCAL, What::EmailSimilar, ours, address),
        None => Evidence::against(ANOTHER),
    }
}

/// Whether one is the other with a slip of the fingers. Digits are no slip: `jan1` and `jan2` are two people.
fn is_typing_error(ours: &str, theirs: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    ours.chars().next() == theirs.chars().next()
        && digits(ours) == digits(theirs)
        && osa_distance(ours, theirs) == 1
}
