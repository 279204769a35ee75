//! The configuration as the switch needs it: one immutable snapshot, replaced whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::recording::rules;
use super::services::Services;
use crate::dialplan::{self, Greeting};
use crate::e164::{Class, Classes, Prefixes};
use crate::id::{CompanyId, DeviceId, DoorId, GroupId, MailboxId, TenantId, TrunkId, UserId};
use crate::queue;

/// Everything that routing decisions rest on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// The installation's owner; absent until `hovor init` has run.
    pub company: Option<CompanyId>,
    /// Brands and departments.
    pub tenants: BTreeMap<TenantId, Tenant>,
    /// E.164 numbers and short numbers, each with the tenant that owns it.
    pub numbers: BTreeMap<String, TenantId>,
    /// Operators by id.
    pub operators: BTreeMap<UserId, Operator>,
    /// Extensions of operators.
    pub extensions: BTreeMap<String, UserId>,
    /// The owner of each device.
    pub devices: BTreeMap<DeviceId, UserId>,
    /// Groups by id.
    pub groups: BTreeMap<GroupId, queue::Group>,
    /// Mailboxes by id.
    pub mailboxes: BTreeMap<MailboxId, Mailbox>,
    /// Trunks by id.
    pub trunks: BTreeMap<TrunkId, Trunk>,
    /// Doors of lines that know no numbers.
    #[serde(default)]
    pub doors: BTreeMap<DoorId, Door>,
    /// Lines by which sessions come, as queues have to know them.
    #[serde(default)]
    pub lines: Vec<queue::Line>,
    /// The classes of numbers outside, where the administrator says them.
    pub prefixes: Prefixes,
    /// What is recorded.
    pub recording: rules::Rules,
}

/// A brand or department of the company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Short name, as dialplan files use it.
    pub name: String,
    /// Name to show to people.
    pub display: String,
    /// The language of its callers, a tag of BCP 47.
    pub language: String,
    /// The number shown to those whom this tenant calls (E.164).
    pub caller_number: Option<String>,
    /// Those whom this tenant calls are not to learn the number.
    pub withheld: bool,
    /// The country whose national numbers are dialled (ISO 3166-1).
    pub country: Option<String>,
    /// Where its numbers are, which decides what is another country.
    pub home: Option<String>,
    /// Numbers that call help.
    pub emergency: Vec<String>,
    /// What its dialplans may call outside.
    pub rights: Rights,
    /// What its sessions do without.
    pub off: Services,
    /// A client on hold hears nothing, in place of music.
    pub silent_hold: bool,
    /// How many sessions of which lines its operators have at once, where that is not as the lines have it.
    #[serde(default)]
    pub capacity: queue::Capacity,
}

/// What may be called outside, and how much at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Classes of numbers.
    pub classes: Classes,
    /// Calls outside at once.
    pub max_calls: u32,
}

impl Rights {
    /// Calls outside at once of one operator, who has one ear and perhaps a consultation.
    pub const CALLS_OF_A_USER: u32 = 2;
    /// Calls outside at once of the dialplans of one tenant: forwarding, not a campaign.
    pub const CALLS_OF_A_TENANT: u32 = 20;
}

/// Those of whom nothing is said.
impl Default for Rights {
    fn default() -> Self {
        Self { classes: Classes::usual(), max_calls: Self::CALLS_OF_A_USER }
    }
}

/// Who is responsible for a call outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Payer {
    /// An operator who dialled.
    User(UserId),
    /// A tenant whose dialplan dials.
    Tenant(TenantId),
}

/// A user who serves clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Login name, as commands use it.
    pub name: String,
    /// Name to show to people.
    pub display: String,
    /// Internal number, if there is one.
    pub extension: Option<String>,
    /// Tenants this operator serves, the first one being the home tenant.
    pub tenants: Vec<TenantId>,
    /// SIP devices of this operator.
    pub devices: Vec<DeviceId>,
    /// What this operator may call outside.
    pub rights: Rights,
}

/// Where callers leave messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Short name, as dialplan files use it.
    pub name: String,
    /// The tenant in whose dialplans it is used.
    pub tenant: TenantId,
    /// The digits by which it is asked for.
    pub number: Option<String>,
    /// The operator whose it is, if it is no group's.
    pub user: Option<UserId>,
    /// What a caller hears before the tone.
    pub greeting: Greeting,
    /// The longest message.
    pub max_message_ms: u32,
    /// How many messages it holds.
    pub limit: usize,
    /// Its messages can be listened to by phone.
    pub has_pin: bool,
}

/// An address by which clients come in who dial no number: a chat on a page, for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// Its name among the tenant's.
    pub name: String,
    /// Whose clients come in by it.
    pub tenant: TenantId,
    /// Whose operators serve them.
    pub group: GroupId,
}

/// A connection to a provider, as far as routing is concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trunk {
    /// Short name.
    pub name: String,
    /// The only tenant that may call out over it; all may when there is none.
    pub tenant: Option<TenantId>,
    /// Prefixes of dialled numbers that this trunk takes (`00` is `+`); empty takes all.
    pub prefixes: Vec<String>,
    /// Lower ones are tried first.
    pub priority: u16,
    /// How often it is chosen among equals.
    pub weight: u16,
    /// Calls at once, both ways.
    pub max_calls: Option<u32>,
    /// New calls a second out.
    pub max_rate: Option<u32>,
    /// Whether it carries calls for help.
    pub emergency: bool,
    /// The country whose national numbers it speaks (ISO 3166-1).
    pub country: Option<String>,
    /// Shown as calling instead of the tenant's number.
    pub caller_number: Option<String>,
    /// Classes of numbers that it carries.
    pub classes: Classes,
}

impl Default for Trunk {
    fn default() -> Self {
        Self {
            name: String::new(),
            tenant: None,
            prefixes: vec![],
            priority: 0,
            weight: 0,
            max_calls: None,
            max_rate: None,
            emergency: false,
            country: None,
            caller_number: None,
            classes: Classes::of_trunks(),
        }
    }
}

/// How good a trunk is for a call; the least is the best: the longest prefix, then the tenant's own, then the lowest
/// priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    uncovered: usize,
    shared: bool,
    priority: u16,
}

impl Choice {
    /// A trunk whose best prefix covers so much of the number.
    pub fn of(reach: usize, own: bool, priority: u16) -> Self {
        Self { uncovered: usize::MAX - reach, shared: !own, priority }
    }
}

impl Trunk {
    fn serves(&self, tenant: Option<TenantId>) -> bool {
        self.tenant.is_none() || self.tenant == tenant
    }

    fn reach(&self, number: &str) -> Option<usize> {
        dialplan::reach(&self.prefixes, number)
    }
}

impl Directory {
    /// The operator who owns this device.
    pub fn owner(&self, device: DeviceId) -> Option<(UserId, &Operator)> {
        let user = *self.devices.get(&device)?;
        Some((user, self.operators.get(&user)?))
    }

    /// The operator with this login name or extension.
    pub fn operator_named(&self, name: &str) -> Option<(UserId, &Operator)> {
        let by_extension = self.extensions.get(name).copied();
        let user = by_extension.or_else(|| {
            self.operators.iter().find(|(_, operator)| operator.name == name).map(|(id, _)| *id)
        })?;
        Some((user, self.operators.get(&user)?))
    }

    /// The group of this tenant with this name.
    pub fn group_named(&self, tenant: TenantId, name: &str) -> Option<&queue::Group> {
        self.groups.values().find(|group| group.tenant == tenant && group.name == name)
    }

    /// The tenant with this short name.
    pub fn tenant_named(&self, name: &str) -> Option<(TenantId, &Tenant)> {
        self.tenants.iter().find(|(_, tenant)| tenant.name == name).map(|(id, tenant)| (*id, tenant))
    }

    /// The trunks by which this tenant can call this E.164 number, which is of this class, with how good each is and
    /// its weight.
    pub fn trunks_for(
        &self,
        number: &str,
        class: Class,
        tenant: Option<TenantId>,
    ) -> Vec<(Choice, TrunkId, u16)> {
        let open = self.trunks.iter().filter(|(_, trunk)| trunk.serves(tenant) && trunk.classes.holds(class));
        let fitting = open.filter_map(|(id, trunk)| {
            let choice = Choice::of(trunk.reach(number)?, trunk.tenant.is_some(), trunk.priority);
            Some((choice, *id, trunk.weight))
        });
        fitting.collect()
    }

    /// The trunks that carry calls for help, whosever they are; this tenant's and shared ones are better.
    pub fn trunks_for_help(&self, tenant: Option<TenantId>) -> Vec<(Choice, TrunkId, u16)> {
        let helping = self.trunks.iter().filter(|(_, trunk)| trunk.emergency);
        let choice = |trunk: &Trunk| {
            Choice::of(usize::from(trunk.serves(tenant)), trunk.tenant.is_some(), trunk.priority)
        };
        helping.map(|(id, trunk)| (choice(trunk), *id, trunk.weight)).collect()
    }

    /// Whether this number calls help for this operator, or for a device that belongs to none.
    pub fn calls_help(&self, dialled: &str, owner: Option<&Operator>) -> bool {
        let knows = |tenant: &Tenant| tenant.emergency.iter().any(|number| number == dialled);
        match owner.filter(|owner| !owner.tenants.is_empty()) {
            Some(owner) => owner.tenants.iter().filter_map(|id| self.tenants.get(id)).any(knows),
            None => self.tenants.values().any(knows),
        }
    }

    /// The country whose national numbers are dialled by this tenant.
    pub fn country(&self, tenant: &TenantId) -> Option<&str> {
        self.tenants.get(tenant)?.country.as_deref()
    }

    /// The class of an E.164 number for this tenant.
    pub fn class(&self, number: &str, tenant: Option<TenantId>) -> Class {
        let tenant = tenant.and_then(|tenant| self.tenants.get(&tenant));
        self.prefixes.class(number, tenant.and_then(|tenant| tenant.home.as_deref()))
    }

    /// How many calls outside at once this one may have.
    pub fn most_calls(&self, payer: Payer) -> u32 {
        let rights = match payer {
            Payer::User(user) => self.operators.get(&user).map(|operator| &operator.rights),
            Payer::Tenant(tenant) => self.tenants.get(&tenant).map(|tenant| &tenant.rights),
        };
        rights.map_or(0, |rights| rights.max_calls)
    }

    /// The name of the one who is responsible for a call.
    pub fn payer_name(&self, payer: Payer) -> String {
        let name = match payer {
            Payer::User(user) => self.operators.get(&user).map(|operator| operator.name.as_str()),
            Payer::Tenant(tenant) => self.tenants.get(&tenant).map(|tenant| tenant.name.as_str()),
        };
        name.unwrap_or("?").to_owned()
    }

    /// Whether any trunk that is open to this tenant takes this E.164 number, whatever its class.
    pub fn is_reachable_by(&self, number: &str, tenant: Option<TenantId>) -> bool {
        self.trunks.values().any(|trunk| trunk.serves(tenant) && trunk.reach(number).is_some())
    }

    /// Whether any tenant could call this E.164 number.
    pub fn is_reachable(&self, number: &str) -> bool {
        self.trunks.values().any(|trunk| trunk.reach(number).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::time::UnixMs;

    /// Trunks with these prefixes, each open to all or to one tenant.
    fn directory(trunks: &[(&str, &[&str], Option<TenantId>)]) -> Directory {
        let mut ids = Entropy::from_number(1);
        let trunks = trunks.iter().zip(1..).map(|((name, prefixes, tenant), ms)| {
            let prefixes = prefixes.iter().map(|prefix| (*prefix).to_owned()).collect();
            let trunk = Trunk { name: (*name).to_owned(), tenant: *tenant, prefixes, ..Trunk::default() };
            (TrunkId::new(UnixMs(ms), &mut ids), trunk)
        });
        Directory { trunks: trunks.collect(), ..Directory::default() }
    }

    fn chosen(directory: &Directory, number: &str, tenant: Option<TenantId>) -> Option<String> {
        let best = directory.trunks_for(number, Class::National, tenant).into_iter().min();
        best.map(|(_, id, _)| directory.trunks[&id].name.clone())
    }

    #[test]
    fn the_longest_prefix_wins_however_it_is_written() {
        let all =
            directory(&[("any", &["+", "00"], None), ("near", &["00420"], None), ("far", &["+1"], None)]);
        assert_eq!(chosen(&all, "+420777000111", None).as_deref(), Some("near"));
        assert_eq!(chosen(&all, "+12025550100", None).as_deref(), Some("far"));
        assert_eq!(chosen(&all, "+442071838750", None).as_deref(), Some("any"));
        let only = directory(&[("near", &["00420"], None)]);
        assert_eq!(chosen(&only, "+442071838750", None), None);
    }

    #[test]
    fn a_trunk_of_one_tenant_carries_nobody_else_and_is_preferred_by_its_own() {
        let mut ids = Entropy::from_number(2);
        let [own, other] = [0, 1].map(|ms| TenantId::new(UnixMs(ms), &mut ids));
        let all = directory(&[("shared", &["+"], None), ("own", &["+"], Some(own))]);
        assert_eq!(chosen(&all, "+420777000111", Some(own)).as_deref(), Some("own"));
        assert_eq!(chosen(&all, "+420777000111", Some(other)).as_deref(), Some("shared"));
        let closed = directory(&[("own", &["+"], Some(own))]);
        assert_eq!(chosen(&closed, "+420777000111", Some(other)), None);
        assert_eq!(chosen(&closed, "+420777000111", None), None, "nobody's dialplan is no tenant");
        assert!(closed.is_reachable("+420777000111"));
    }

    #[test]
    fn a_trunk_carries_the_classes_of_numbers_that_it_is_for() {
        let mut all = directory(&[("any", &["+"], None)]);
        let carries = |all: &Directory, class| !all.trunks_for("+420777000111", class, None).is_empty();
        assert!(carries(&all, Class::International) && !carries(&all, Class::Premium), "unless more is said");
        let only = [Class::Mobile].into_iter().collect::<Classes>();
        all.trunks.values_mut().for_each(|trunk| trunk.classes.clone_from(&only));
        assert!(carries(&all, Class::Mobile) && !carries(&all, Class::National));
    }
}
