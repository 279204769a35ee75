//! Telephone numbers side by side.

use super::{Evidence, What, keys};

/// The same number: a telephone is lent, or goes to somebody else, once in twenty-five times.
const SAME: f64 = 7.2;
/// The same number inside of another country.
const NATIONAL: f64 = 4.0;
/// Another number: people have several, and new ones.
const ANOTHER: f64 = -0.9;

pub(super) fn compare(ours: &str, theirs: &[String]) -> Evidence {
    if ours.is_empty() || theirs.is_empty() {
        return Evidence::NONE;
    }
    if let Some(same) = theirs.iter().find(|number| *number == ours) {
        return Evidence::for_it(SAME, What::Phone, ours, same);
    }
    let Some(inside) = keys::national(ours) else { return Evidence::against(ANOTHER) };
    match theirs.iter().find(|number| keys::national(number).is_some_and(|theirs| theirs == inside)) {
        Some(number) => Evidence::for_it(NATIONAL, What::PhoneNational, ours, number),
        None => Evidence::against(ANOTHER),
    }
}
