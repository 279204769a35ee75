//! Who may dial what: one function, which every call passes (default: no).

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::directory::{Directory, Operator};
use super::line::Origin;
use crate::dialplan::{DialTarget, Entry, Plans};
use crate::e164;
use crate::id::{GroupId, TenantId, TrunkId, UserId};

/// Where a dialled number leads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Route {
    /// A dialplan answers this number.
    Dialplan(Entry),
    /// An operator's own extension.
    Operator(UserId),
    /// The operators of a group.
    Group(GroupId),
    /// An external phone, over one of the trunks that take it.
    External {
        /// The tenant in whose name the call goes out.
        tenant: Option<TenantId>,
        /// E.164 with its plus.
        number: String,
        /// The callee is not to learn who calls.
        withheld: bool,
    },
    /// Those who help, over any trunk.
    Emergency {
        /// The caller's home tenant, if there is one.
        tenant: Option<TenantId>,
        /// The number, without a wish to withhold who calls.
        number: String,
    },
}

/// What somebody wants to reach.
#[derive(Clone, Copy, Debug)]
pub enum Wish<'a> {
    /// Somebody who came in by `origin` dialled this.
    Dialled {
        /// As it was dialled.
        dialled: &'a str,
        /// By which door.
        origin: Origin,
    },
    /// A dialplan calls somebody for its caller.
    Plan {
        /// Whom.
        target: &'a DialTarget,
        /// The tenant of the dialplan.
        tenant: Option<TenantId>,
        /// By which door the caller came.
        origin: Origin,
    },
}

/// Decides where a wish leads, or why it leads nowhere. Whoever is called, is called by way of this.
///
/// Numbers that call help are for every registered device. Other external numbers are only for operators
/// with the right to call out, over trunks that are open to a tenant that they serve, the home tenant first; and for dialplans, whose files name them, over a
/// trunk that is open to their tenant. A trunk reaches only numbers that a dialplan answers, so nobody
/// outside can dial through us; what a caller types into a dialplan reaches only operators of its tenant.
pub fn may_dial(wish: Wish, directory: &Directory, plans: &Plans) -> Result<Route, Cause> {
    match wish {
        Wish::Dialled { dialled, origin } => dialled_by(dialled, origin, directory, plans),
        Wish::Plan { target, tenant, origin } => planned(target, tenant, origin, directory, plans),
    }
}

fn planned(
    target: &DialTarget,
    tenant: Option<TenantId>,
    origin: Origin,
    directory: &Directory,
    plans: &Plans,
) -> Result<Route, Cause> {
    match target {
        DialTarget::Extension(extension) => {
            directory.extensions.get(extension).copied().map(Route::Operator).ok_or(Cause::NotFound)
        }
        DialTarget::Typed(extension) => {
            let user = directory.extensions.get(extension).copied().ok_or(Cause::NotFound)?;
            let theirs = directory.operators.get(&user).zip(tenant);
            match theirs.is_some_and(|(operator, tenant)| operator.tenants.contains(&tenant)) {
                true => Ok(Route::Operator(user)),
                false => Err(Cause::NotFound),
            }
        }
        DialTarget::Group(name) => {
            let group = tenant.and_then(|tenant| directory.group_named(tenant, name));
            group.map(|group| Route::Group(group.id)).ok_or(Cause::NotFound)
        }
        DialTarget::External(number) => {
            let country = tenant.as_ref().and_then(|tenant| directory.country(tenant));
            let number = e164::in_full(number, country).ok_or(Cause::NotFound)?;
            match directory.trunks_for(&number, tenant).is_empty() {
                true => Err(Cause::NotFound),
                false => Ok(Route::External { tenant, number, withheld: false }),
            }
        }
        DialTarget::AsCaller(number) => match dialled_by(number, origin, directory, plans)? {
            Route::Dialplan(_) => Err(Cause::Forbidden),
            route => Ok(route),
        },
    }
}

fn dialled_by(dialled: &str, origin: Origin, directory: &Directory, plans: &Plans) -> Result<Route, Cause> {
    if let Origin::Trunk(trunk) = origin {
        return from_trunk(dialled, trunk, directory, plans);
    }
    let owner = match origin {
        Origin::Device(device) => directory.owner(device).map(|(_, owner)| owner),
        Origin::Trunk(_) | Origin::Guest => None,
    };
    let (number, withheld) = e164::withheld(dialled);
    if matches!(origin, Origin::Device(_)) && directory.calls_help(number, owner) {
        let tenant = owner.and_then(|owner| owner.tenants.first().copied());
        return Ok(Route::Emergency { tenant, number: number.to_owned() });
    }
    if let Some(entry) = plans.entry(dialled) {
        return Ok(Route::Dialplan(entry));
    }
    if let Some(user) = directory.extensions.get(dialled) {
        return Ok(Route::Operator(*user));
    }
    let country = owner.and_then(|owner| directory.country(owner.tenants.first()?));
    let Some(number) = e164::in_full(number, country) else { return Err(Cause::NotFound) };
    if let Some(entry) = plans.entry(&number) {
        return Ok(Route::Dialplan(entry));
    }
    outside(number, withheld, owner, directory)
}

fn outside(
    number: String,
    withheld: bool,
    owner: Option<&Operator>,
    directory: &Directory,
) -> Result<Route, Cause> {
    let Some(owner) = owner.filter(|owner| owner.may_call_out) else { return Err(Cause::Forbidden) };
    let takes = |tenant: &&TenantId| !directory.trunks_for(&number, Some(**tenant)).is_empty();
    match owner.tenants.iter().find(takes).copied() {
        Some(tenant) => Ok(Route::External { tenant: Some(tenant), number, withheld }),
        None if directory.is_reachable(&number) => Err(Cause::Forbidden),
        None => Err(Cause::NotFound),
    }
}

/// A provider's call leads to the dialplan that answers its number, however the provider writes it: many leave the
/// plus away, others leave the country away too.
fn from_trunk(dialled: &str, trunk: TrunkId, directory: &Directory, plans: &Plans) -> Result<Route, Cause> {
    let country = directory.trunks.get(&trunk).and_then(|trunk| trunk.country.as_deref());
    let forms = [
        Some(dialled.to_owned()),
        e164::international(dialled),
        e164::international(&format!("+{dialled}")),
        e164::in_full(dialled, country),
    ];
    let entry = forms.into_iter().flatten().find_map(|number| plans.entry(&number));
    entry.map(Route::Dialplan).ok_or(Cause::NotFound)
}
