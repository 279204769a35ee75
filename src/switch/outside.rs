//! Calling outside: which trunks carry a call, in which order, and what happens when one of them fails.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Switch;
use super::cause::{Cause, EndedBy};
use super::directory::{Choice, Payer, Trunk};
use super::history::{Happening, Kind};
use super::leg::{Callee, Leg, LegState, Outward, Role};
use super::line::{LineEvent, Party, Target};
use super::route::External;
use super::session::Session;
use super::stage::Stage;
use crate::entropy::Entropy;
use crate::id::{LegId, SessionId, TenantId, TrunkId};
use crate::time::Time;

/// A provider may need long to reach its party; it gives up by itself as a rule.
const RING_EXTERNAL: Duration = Duration::from_secs(120);
/// What a rate is counted over.
const SECOND: Duration = Duration::from_secs(1);

/// What trunks carry, and which of them take calls.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Loads {
    trunks: BTreeMap<TrunkId, Load>,
    /// The trunk of each leg that goes over one.
    carried: BTreeMap<LegId, (TrunkId, Option<Payer>)>,
    /// Calls outside at once of each who has any.
    #[serde(with = "as_pairs")]
    payers: BTreeMap<Payer, usize>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Load {
    calls: usize,
    /// Calls out within the last second; no more than the limit are remembered.
    recent: VecDeque<Time>,
    /// Why it takes no calls.
    down: Option<String>,
}

impl Loads {
    /// A trunk takes calls again, or no more.
    pub fn set_up(&mut self, trunk: TrunkId, down: Option<String>) {
        self.trunks.entry(trunk).or_default().down = down;
    }

    /// Calls over a trunk now.
    pub fn calls(&self, trunk: TrunkId) -> usize {
        self.trunks.get(&trunk).map_or(0, |load| load.calls)
    }

    /// Whether a trunk takes calls, whatever its limits.
    fn is_up(&self, trunk: TrunkId) -> bool {
        self.trunks.get(&trunk).is_none_or(|load| load.down.is_none())
    }

    /// A leg goes over a trunk from now on.
    pub(super) fn carry(&mut self, leg: LegId, trunk: TrunkId, payer: Option<Payer>) {
        if self.carried.insert(leg, (trunk, payer)).is_none() {
            self.trunks.entry(trunk).or_default().calls += 1;
            payer.into_iter().for_each(|payer| *self.payers.entry(payer).or_default() += 1);
        }
    }

    /// Calls outside of this one now.
    fn calls_of(&self, payer: Payer) -> usize {
        self.payers.get(&payer).copied().unwrap_or(0)
    }

    /// A leg is over.
    pub(super) fn drop_leg(&mut self, leg: LegId) {
        let Some((trunk, payer)) = self.carried.remove(&leg) else { return };
        if let Some(load) = self.trunks.get_mut(&trunk) {
            load.calls = load.calls.saturating_sub(1);
        }
        if let Some(payer) = payer {
            let left = self.calls_of(payer).saturating_sub(1);
            match left {
                0 => self.payers.remove(&payer),
                left => self.payers.insert(payer, left),
            };
        }
    }

    /// Whether a trunk takes one more call out now, or why not.
    fn admit(&mut self, id: TrunkId, trunk: &Trunk, now: Time) -> Result<(), String> {
        let load = self.trunks.entry(id).or_default();
        let name = &trunk.name;
        if let Some(why) = &load.down {
            return Err(format!("trunk {name} is down: {why}"));
        }
        if let Some(most) = trunk.max_calls.filter(|most| load.calls >= *most as usize) {
            return Err(format!("trunk {name} is full: {} of {most} calls", load.calls));
        }
        while load.recent.front().is_some_and(|at| *at + SECOND <= now) {
            load.recent.pop_front();
        }
        match trunk.max_rate {
            Some(most) if load.recent.len() >= most as usize => {
                Err(format!("trunk {name} takes {most} new calls a second"))
            }
            Some(_) => {
                load.recent.push_back(now);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// A map whose keys are no texts, in a snapshot.
mod as_pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Payer;

    pub fn serialize<S: Serializer>(map: &BTreeMap<Payer, usize>, serializer: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Payer, usize>, D::Error> {
        Ok(Vec::<(Payer, usize)>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// The trunks in the order in which they are tried: the better choices first, and among equals a draw that
/// their weights load.
fn in_order(mut choices: Vec<(Choice, TrunkId, u16)>, entropy: &mut Entropy) -> VecDeque<TrunkId> {
    choices.sort_by_key(|(choice, id, _)| (*choice, *id));
    let mut order = VecDeque::new();
    while let Some((best, ..)) = choices.first().copied() {
        let equals = choices.iter().take_while(|(choice, ..)| *choice == best).count();
        let sum: u64 = choices[..equals].iter().map(|(.., weight)| u64::from(*weight).max(1)).sum();
        let mut left = if equals > 1 { entropy.u64() % sum } else { 0 };
        let drawn = choices[..equals].iter().position(|(.., weight)| {
            let weight = u64::from(*weight).max(1);
            let is_it = left < weight;
            left = left.saturating_sub(weight);
            is_it
        });
        order.push_back(choices.remove(drawn.unwrap_or(0)).1);
    }
    order
}

impl Switch {
    /// An external number was dialled by an operator.
    pub(super) fn call_external(&mut self, id: SessionId, to: External, now: Time) {
        let why = format!("an operator who may call {} numbers dialled it", to.class);
        self.routed_out(id, to.tenant, &to.number, why, now);
        let callee = Callee::external(self.outward(to));
        self.dial(id, vec![callee], Some(now + RING_EXTERNAL), now);
    }

    /// A number that calls help was dialled: no limit of a trunk and no load stands in its way.
    pub(super) fn call_help(&mut self, id: SessionId, tenant: Option<TenantId>, number: String, now: Time) {
        let outward = self.outward_for_help(id, number, tenant, now);
        let why = "it is an emergency number".to_owned();
        self.routed_out(id, tenant, &outward.number, why, now);
        self.dial(id, vec![Callee::external(outward)], Some(now + RING_EXTERNAL), now);
    }

    fn routed_out(&mut self, id: SessionId, tenant: Option<TenantId>, to: &str, why: String, now: Time) {
        let to = format!("{to} outside");
        self.routed(id, Happening::Routed { tenant, session: Kind::Client, outbound: true, to, why }, now);
    }

    /// A call to this number over the trunks that take it.
    pub(super) fn outward(&mut self, to: External) -> Outward {
        let External { tenant, number, class, withheld, payer, shown } = to;
        let choices = self.directory.trunks_for(&number, class, tenant);
        let of_tenant = tenant.and_then(|tenant| self.directory.tenants.get(&tenant));
        let withheld = withheld || of_tenant.is_some_and(|tenant| tenant.withheld);
        let spare = in_order(choices, &mut self.entropy);
        Outward { number, trunk: None, spare, withheld, emergency: false, payer, shown }
    }

    /// A call for help, over every trunk that carries such calls; those that are up come first.
    pub(super) fn outward_for_help(
        &mut self,
        id: SessionId,
        number: String,
        tenant: Option<TenantId>,
        now: Time,
    ) -> Outward {
        self.note(id, Happening::Emergency { number: number.clone() }, now);
        let order = in_order(self.directory.trunks_for_help(tenant), &mut self.entropy);
        let (up, down): (Vec<_>, Vec<_>) = order.into_iter().partition(|trunk| self.loads.is_up(*trunk));
        let spare = up.into_iter().chain(down).collect();
        Outward { number, trunk: None, spare, withheld: false, emergency: true, payer: None, shown: None }
    }

    /// Calls over the first of the spare trunks that takes the call, or takes down that none does.
    pub(super) fn call_outside(&mut self, id: SessionId, mut outward: Outward, now: Time) -> Option<LegId> {
        outward.trunk = None;
        let reasons = match self.too_many_calls(&outward) {
            Some(why) => vec![why],
            None => self.choose_trunk(&mut outward, now),
        };
        self.note(id, Happening::Decision { reasons }, now);
        let Some(trunk) = outward.trunk else {
            self.could_not_be_had(id, &Role::External(outward), Cause::Unavailable, now);
            return None;
        };
        self.note(id, Happening::Dialled { party: outward.number.clone() }, now);
        let Outward { number, withheld, emergency, payer, .. } = outward.clone();
        let target = Target::Trunk { trunk, number, withheld, emergency };
        let leg = self.call(id, Role::External(outward), target, now);
        self.loads.carry(leg, trunk, payer);
        Some(leg)
    }

    /// Why whoever is responsible for this call has no more of them. A call that is tried over another trunk has
    /// given up the one before.
    fn too_many_calls(&self, outward: &Outward) -> Option<String> {
        let payer = outward.payer?;
        let (calls, most) = (self.loads.calls_of(payer), self.directory.most_calls(payer));
        let name = self.directory.payer_name(payer);
        (calls >= most as usize).then(|| format!("{name} has {calls} of {most} calls outside"))
    }

    /// Takes the first of the spare trunks that admits the call; tells why it is that one.
    fn choose_trunk(&mut self, outward: &mut Outward, now: Time) -> Vec<String> {
        let mut reasons = vec![];
        while let Some(trunk) = outward.spare.pop_front() {
            let Some(known) = self.directory.trunks.get(&trunk) else { continue };
            let admitted = if outward.emergency { Ok(()) } else { self.loads.admit(trunk, known, now) };
            match admitted {
                Ok(()) => {
                    reasons.push(format!("{} goes over trunk {}", outward.number, known.name));
                    outward.trunk = Some(trunk);
                    return reasons;
                }
                Err(why) => reasons.push(why),
            }
        }
        reasons.push(format!("no trunk takes {} now", outward.number));
        reasons
    }

    /// The way to the party failed, not the party: another trunk may reach it.
    pub(super) fn way_failed(&mut self, id: SessionId, leg: LegId, cause: Cause, now: Time) {
        let Some(outward) = self.with_spare_trunk(id, leg) else {
            return self.callee_event(id, leg, LineEvent::Down { cause, by: EndedBy::Peer }, now);
        };
        let name = outward.trunk.and_then(|trunk| self.directory.trunks.get(&trunk));
        let name = name.map_or("?", |trunk| trunk.name.as_str());
        let reasons = vec![format!("trunk {name} could not carry it: {cause}")];
        self.note(id, Happening::Decision { reasons }, now);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let failed = session.legs.remove(&leg);
        if !session.closing.contains(&leg) {
            self.legs.remove(&leg);
        }
        if session.legs.is_empty() {
            self.hear(id, []);
        }
        match self.call_outside(id, outward, now) {
            Some(other) => self.rings_instead(id, (leg, other), failed),
            None => self.ring_failed(id, leg, cause, now),
        }
        self.go_on_dialling(id, now);
    }

    /// The call of this leg, if it is being dialled and another trunk is left for it.
    fn with_spare_trunk(&self, id: SessionId, leg: LegId) -> Option<Outward> {
        let session = self.sessions.get(&id)?;
        let Leg { role, state: LegState::Ringing { .. }, .. } = session.legs.get(&leg)? else { return None };
        match (&session.stage, role) {
            (Stage::Dialling { .. } | Stage::Talking(_), Role::External(outward))
                if !outward.spare.is_empty() =>
            {
                Some(outward.clone())
            }
            _ => None,
        }
    }

    /// Who is shown as calling outside: the number of the trunk, whose provider may take no other, or the one that was
    /// chosen, or the tenant's.
    pub(super) fn shown_outside(&self, session: &Session, outward: &Outward) -> Party {
        let trunk = outward.trunk.and_then(|trunk| self.directory.trunks.get(&trunk));
        let tenant = session.tenant.and_then(|tenant| self.directory.tenants.get(&tenant));
        let of_trunk = trunk.and_then(|trunk| trunk.caller_number.clone());
        let number = of_trunk
            .or_else(|| outward.shown.clone())
            .or_else(|| tenant?.caller_number.clone())
            .unwrap_or_default();
        Party { number, display: None }
    }

    /// A call came in by a trunk. An error says why it is one too many.
    pub(super) fn carry_in(&mut self, leg: LegId, trunk: TrunkId) -> Result<(), String> {
        let most = self.directory.trunks.get(&trunk).and_then(|trunk| trunk.max_calls);
        let calls = self.loads.calls(trunk);
        self.loads.carry(leg, trunk, None);
        match most {
            Some(most) if calls >= most as usize => {
                Err(format!("the trunk is full: {calls} of {most} calls"))
            }
            _ => Ok(()),
        }
    }

    /// Calls over a trunk now, both ways.
    pub fn trunk_calls(&self, trunk: TrunkId) -> usize {
        self.loads.calls(trunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::UnixMs;

    fn ids<const N: usize>() -> [TrunkId; N] {
        let mut entropy = Entropy::from_number(1);
        std::array::from_fn(|ms| TrunkId::new(UnixMs(ms as i64), &mut entropy))
    }

    fn choice(priority: u16) -> Choice {
        Choice::of(1, false, priority)
    }

    #[test]
    fn a_lower_priority_goes_first_and_weights_divide_equals() {
        let [a, b, c] = ids();
        let mut entropy = Entropy::from_number(7);
        let choices = vec![(choice(20), c, 1), (choice(10), a, 1), (choice(10), b, 3)];
        let mut first = BTreeMap::new();
        for _ in 0..1000 {
            let order = in_order(choices.clone(), &mut entropy);
            assert_eq!((order.len(), order[2]), (3, c));
            *first.entry(order[0]).or_insert(0) += 1;
        }
        assert!((700..800).contains(&first[&b]), "{first:?}");
    }

    #[test]
    fn a_trunk_takes_no_more_calls_than_it_may() {
        let [id] = ids();
        let mut entropy = Entropy::from_number(8);
        let mut legs = (0..).map(|ms| LegId::new(UnixMs(ms), &mut entropy));
        let trunk = Trunk { name: "a".into(), max_calls: Some(1), max_rate: Some(2), ..Trunk::default() };
        let mut loads = Loads::default();
        let leg = legs.next().unwrap();
        assert_eq!(loads.admit(id, &trunk, Time::ZERO), Ok(()));
        loads.carry(leg, id, None);
        assert_eq!(loads.admit(id, &trunk, Time::ZERO), Err("trunk a is full: 1 of 1 calls".into()));
        loads.drop_leg(leg);
        loads.drop_leg(leg);
        assert_eq!((loads.calls(id), loads.admit(id, &trunk, Time::ZERO)), (0, Ok(())));
        assert_eq!(loads.admit(id, &trunk, Time::ZERO), Err("trunk a takes 2 new calls a second".into()));
        assert_eq!(loads.admit(id, &trunk, Time::from_secs(1)), Ok(()));
        loads.set_up(id, Some("it does not answer".into()));
        assert!(loads.admit(id, &trunk, Time::from_secs(9)).unwrap_err().contains("is down"));
    }
}
