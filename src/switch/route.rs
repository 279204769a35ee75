//! Who may dial what: one function, which every call passes (default: no).

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::codes::{self, Feature};
use super::command::Refusal;
use super::directory::{Directory, Operator, Payer};
use super::line::Origin;
use super::services::Service;
use crate::dialplan::{DialTarget, Entry, Plans};
use crate::e164::{self, Class, Classes};
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
    External(External),
    /// Nobody is called: an operator asks for a feature of the telephone system.
    Feature(Feature),
    /// Those who help, over any trunk.
    Emergency {
        /// The caller's home tenant, if there is one.
        tenant: Option<TenantId>,
        /// The number, without a wish to withhold who calls.
        number: String,
    },
}

/// An external phone that somebody may call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct External {
    /// The tenant in whose name the call goes out.
    pub tenant: Option<TenantId>,
    /// E.164 with its plus.
    pub number: String,
    /// What kind of number it is for that tenant.
    pub class: Class,
    /// The callee is not to learn who calls.
    pub withheld: bool,
    /// Who is responsible for it; nobody is for a dialplan without a tenant.
    pub payer: Option<Payer>,
    /// The number of that tenant that is shown, if one was chosen.
    pub shown: Option<String>,
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
        /// As which number an operator wants to be seen outside.
        shown: Option<&'a str>,
    },
    /// An operator wants this number for somebody who is served.
    Operator {
        /// As it was dialled.
        dialled: &'a str,
        /// Who.
        operator: UserId,
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

/// A wish that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// What the caller is told.
    pub cause: Cause,
    /// Why, in words for the records.
    pub why: String,
}

impl Denial {
    fn forbidden(why: String) -> Self {
        Self { cause: Cause::Forbidden, why }
    }

    fn not_found(number: &str) -> Self {
        Self { cause: Cause::NotFound, why: format!("nothing answers {number}") }
    }
}

type Decision = Result<Route, Denial>;

/// Decides where a wish leads, or why it leads nowhere. Whoever is called, is called by way of this.
///
/// Numbers that call help are for every registered device. Other external numbers are only for operators who may call
/// their class, over trunks that carry it and are open to a tenant that they serve, the home tenant first; and for
/// dialplans, whose files name them, with the rights of their tenant. A trunk reaches only numbers that a dialplan
/// answers, so nobody outside can dial through us; what a caller types into a dialplan reaches only operators of its
/// tenant. A door leads to its group, whatever is dialled there.
pub fn may_dial(wish: Wish, directory: &Directory, plans: &Plans) -> Decision {
    match wish {
        Wish::Dialled { dialled, origin, shown } => dialled_by(dialled, origin, shown, directory, plans),
        Wish::Operator { dialled, operator } => {
            let owner = directory.operators.get(&operator).map(|owner| (operator, owner));
            dialled_inside(dialled, owner, None, directory, plans)
        }
        Wish::Plan { target, tenant, origin } => planned(target, tenant, origin, directory, plans),
    }
}

fn planned(
    target: &DialTarget,
    tenant: Option<TenantId>,
    origin: Origin,
    directory: &Directory,
    plans: &Plans,
) -> Decision {
    match target {
        DialTarget::Extension(extension) => {
            let user = directory.extensions.get(extension).copied();
            user.map(Route::Operator).ok_or_else(|| Denial::not_found(extension))
        }
        DialTarget::Typed(extension) => {
            let user = directory.extensions.get(extension).copied();
            let serves = |user: &UserId| {
                let theirs = directory.operators.get(user).zip(tenant);
                theirs.is_some_and(|(operator, tenant)| operator.tenants.contains(&tenant))
            };
            user.filter(serves).map(Route::Operator).ok_or_else(|| Denial::not_found(extension))
        }
        DialTarget::Group(name) => {
            let group = tenant.and_then(|tenant| directory.group_named(tenant, name));
            group.map(|group| Route::Group(group.id)).ok_or_else(|| Denial::not_found(name))
        }
        DialTarget::External(number) => by_plan(number, tenant, directory),
        DialTarget::AsCaller(number) => match dialled_by(number, origin, None, directory, plans)? {
            Route::Dialplan(_) => Err(Denial::forbidden(format!("{number} is a dialplan's own"))),
            Route::Feature(_) => Err(Denial::forbidden(format!("{number} is a code for operators"))),
            route => Ok(route),
        },
    }
}

fn dialled_by(
    dialled: &str,
    origin: Origin,
    shown: Option<&str>,
    directory: &Directory,
    plans: &Plans,
) -> Decision {
    let owner_with_id = match origin {
        Origin::Trunk(trunk) => return from_trunk(dialled, trunk, directory, plans),
        Origin::Door(door) => {
            let door = directory.doors.get(&door);
            return door
                .map(|door| Route::Group(door.group))
                .ok_or_else(|| Denial::not_found("this door any more"));
        }
        Origin::Device(device) => directory.owner(device),
        Origin::Guest => None,
    };
    let owner = owner_with_id.map(|(_, owner)| owner);
    let (number, _) = e164::withheld(dialled);
    if matches!(origin, Origin::Device(_)) && directory.calls_help(number, owner) {
        let tenant = owner.and_then(|owner| owner.tenants.first().copied());
        return Ok(Route::Emergency { tenant, number: number.to_owned() });
    }
    dialled_inside(dialled, owner_with_id, shown, directory, plans)
}

/// Where a number leads for one of us, or for a guest.
fn dialled_inside(
    dialled: &str,
    owner: Option<(UserId, &Operator)>,
    shown: Option<&str>,
    directory: &Directory,
    plans: &Plans,
) -> Decision {
    let (number, withheld) = e164::withheld(dialled);
    if let Some(entry) = plans.entry(dialled) {
        return Ok(Route::Dialplan(entry));
    }
    if let Some(user) = directory.extensions.get(dialled) {
        return Ok(Route::Operator(*user));
    }
    if let Some(feature) = codes::read(dialled).filter(|_| owner.is_some()) {
        return Ok(Route::Feature(feature));
    }
    let country = owner.and_then(|(_, owner)| directory.country(owner.tenants.first()?));
    let Some(number) = e164::in_full(number, country) else { return Err(Denial::not_found(dialled)) };
    if let Some(entry) = plans.entry(&number) {
        return Ok(Route::Dialplan(entry));
    }
    match owner {
        Some(owner) => by_operator((number, withheld), owner, shown, directory),
        None => Err(Denial::forbidden(format!("only operators may call {number} outside"))),
    }
}

/// An operator calls outside in the name of the first tenant that allows it, or of the one whose number is to be shown.
/// A number of nobody whom the operator serves is not shown.
fn by_operator(
    (number, withheld): (String, bool),
    (user, owner): (UserId, &Operator),
    shown: Option<&str>,
    directory: &Directory,
) -> Decision {
    let of = |shown: &str| directory.numbers.get(shown).filter(|_| shown.starts_with('+'));
    let chosen = shown.and_then(|shown| Some((shown, of(shown)?)));
    let chosen = chosen.filter(|(_, tenant)| owner.tenants.contains(tenant));
    let tenants = chosen.map_or(&*owner.tenants, |(_, tenant)| std::slice::from_ref(tenant));
    let mut denied = None;
    for tenant in tenants {
        let class = directory.class(&number, Some(*tenant));
        if !directory.is_reachable_by(&number, Some(*tenant)) {
            continue;
        }
        if let Err(Refusal { why, .. }) = directory.admits(Some(*tenant), Service::Handset) {
            denied = denied.or(Some(why));
        } else if !owner.rights.classes.holds(class) {
            denied = denied.or(Some(format!("{} may not call {class} numbers, as {number} is", owner.name)));
        } else if directory.trunks_for(&number, class, Some(*tenant)).is_empty() {
            denied = denied.or(Some(format!("no trunk carries {class} numbers, as {number} is")));
        } else {
            let payer = Some(Payer::User(user));
            let tenant = Some(*tenant);
            let shown = chosen.map(|(shown, _)| shown.to_owned());
            return Ok(Route::External(External { tenant, number, class, withheld, payer, shown }));
        }
    }
    match denied {
        Some(why) => Err(Denial::forbidden(why)),
        None if directory.is_reachable(&number) => {
            Err(Denial::forbidden(format!("no trunk to {number} is open to the tenants of {}", owner.name)))
        }
        None => Err(Denial::not_found(&number)),
    }
}

/// A dialplan calls outside: forwarding is paid by its tenant, and fraud knows that.
fn by_plan(number: &str, tenant: Option<TenantId>, directory: &Directory) -> Decision {
    let country = tenant.as_ref().and_then(|tenant| directory.country(tenant));
    let number = e164::in_full(number, country).ok_or_else(|| Denial::not_found(number))?;
    let class = directory.class(&number, tenant);
    let (name, classes) = match tenant.and_then(|tenant| directory.tenants.get(&tenant)) {
        Some(tenant) => (tenant.name.as_str(), tenant.rights.classes.clone()),
        None => ("no tenant", Classes::usual()),
    };
    if !directory.is_reachable_by(&number, tenant) {
        return Err(Denial::not_found(&number));
    }
    if !classes.holds(class) {
        let why = format!("dialplans of {name} may not call {class} numbers, as {number} is");
        return Err(Denial::forbidden(why));
    }
    match directory.trunks_for(&number, class, tenant).is_empty() {
        true => Err(Denial::forbidden(format!("no trunk carries {class} numbers, as {number} is"))),
        false => {
            let payer = tenant.map(Payer::Tenant);
            Ok(Route::External(External { tenant, number, class, withheld: false, payer, shown: None }))
        }
    }
}

/// A provider's call leads to the dialplan that answers its number, however the provider writes it: many leave the
/// plus away, others leave the country away too.
fn from_trunk(dialled: &str, trunk: TrunkId, directory: &Directory, plans: &Plans) -> Decision {
    let country = directory.trunks.get(&trunk).and_then(|trunk| trunk.country.as_deref());
    let forms = [
        Some(dialled.to_owned()),
        e164::international(dialled),
        e164::international(&format!("+{dialled}")),
        e164::in_full(dialled, country),
    ];
    let entry = forms.into_iter().flatten().find_map(|number| plans.entry(&number));
    entry.map(Route::Dialplan).ok_or_else(|| Denial::not_found(dialled))
}
