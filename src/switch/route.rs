//! Who may dial what: one function, which every call passes (default: no).

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::directory::Directory;
use super::line::Origin;
use crate::dialplan::{Entry, Plans};
use crate::id::{TenantId, TrunkId, UserId};

/// Where a dialled number leads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Route {
    /// A dialplan answers this number.
    Dialplan(Entry),
    /// An operator's own extension.
    Operator(UserId),
    /// An external phone over a trunk.
    External {
        /// The trunk that takes it.
        trunk: TrunkId,
        /// The tenant in whose name the call goes out.
        tenant: TenantId,
        /// E.164 with its plus.
        number: String,
    },
}

/// Decides where `dialled` leads for somebody who came in by `origin`, or why not.
///
/// External numbers are only for operators with the right to call out, over a trunk that is open to
/// a tenant that they serve, the home tenant first; a trunk reaches only numbers that a dialplan
/// answers, so nobody outside can dial through us.
pub fn may_dial(dialled: &str, origin: Origin, directory: &Directory, plans: &Plans) -> Result<Route, Cause> {
    let inside = !matches!(origin, Origin::Trunk(_));
    if let Some(entry) = plans.entry(dialled) {
        return Ok(Route::Dialplan(entry));
    }
    if let Some(user) = directory.extensions.get(dialled).filter(|_| inside) {
        return Ok(Route::Operator(*user));
    }
    // Many providers leave the plus away.
    let number = e164(dialled).or_else(|| if inside { None } else { e164(&format!("+{dialled}")) });
    let Some(number) = number else { return Err(Cause::NotFound) };
    if let Some(entry) = plans.entry(&number) {
        return Ok(Route::Dialplan(entry));
    }
    let Origin::Device(device) = origin else {
        return Err(if inside { Cause::Forbidden } else { Cause::NotFound });
    };
    let Some((_, owner)) = directory.owner(device).filter(|(_, owner)| owner.may_call_out) else {
        return Err(Cause::Forbidden);
    };
    let way = |tenant: &TenantId| Some((*tenant, directory.trunk_for(&number, Some(*tenant))?));
    match owner.tenants.iter().find_map(way) {
        Some((tenant, trunk)) => Ok(Route::External { trunk, tenant, number }),
        None if directory.is_reachable(&number) => Err(Cause::Forbidden),
        None => Err(Cause::NotFound),
    }
}

/// `+…` or `00…` as E.164 with its plus; visual separators (RFC 3966 section 5.1.1) are dropped.
pub fn e164(dialled: &str) -> Option<String> {
    let plain: String = dialled.chars().filter(|c| !matches!(c, '-' | '.' | '(' | ')' | ' ')).collect();
    let digits = plain.strip_prefix('+').or_else(|| plain.strip_prefix("00"))?;
    let fits = (3..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    (fits && !digits.starts_with('0')).then(|| format!("+{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn international_numbers_are_written_with_a_plus() {
        assert_eq!(e164("00420 200-000-100").as_deref(), Some("+420200000100"));
        assert_eq!(e164("+420200000100").as_deref(), Some("+420200000100"));
    }

    #[test]
    fn what_is_no_international_number_is_not_taken_for_one() {
        for text in ["", "+", "201", "000420", "+12", "+4202x", "+1234567890123456"] {
            assert_eq!(e164(text), None, "{text}");
        }
    }
}
