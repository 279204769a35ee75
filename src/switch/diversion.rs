//! What operators want done with calls to them: forwarded by rule, or none at all. The rules hold for direct calls;
//! what a queue offers follows none of them.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Switch;
use super::action::Action;
use super::cause::Cause;
use super::command::Refusal;
use super::history::Happening;
use super::leg::{Callee, Leg, LegState, Part, Role};
use super::route::{Denial, Route, Wish, may_dial};
use super::session::Session;
use crate::id::{LegId, SessionId, UserId};
use crate::queue;
use crate::time::Time;

/// Seconds that a phone rings before a call is not answered, where its operator says nothing else: four rings.
pub const AFTER_S: u32 = 20;
/// Those that can be set.
pub const AFTER_S_RANGE: RangeInclusive<u32> = 5..=120;
/// Operators whose rules one call follows at most.
const MOST_FOLLOWED: usize = 5;

/// What an operator wants done with direct calls. A target is whatever the operator may dial: a colleague's extension,
/// or a number outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSettings {
    /// Whoever has this number gets all calls.
    pub always: Option<String>,
    /// Gets calls while the operator is busy, away or not to be disturbed, and those that are declined.
    pub busy: Option<String>,
    /// Gets calls that nobody answers, and those while no phone of the operator can be reached.
    pub no_answer: Option<NoAnswer>,
    /// The phone does not ring, and queues offer nothing.
    pub do_not_disturb: bool,
}

/// Where calls go that nobody answers, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoAnswer {
    /// Whoever has this number.
    pub to: String,
    /// Seconds that the phone rings before, within [`AFTER_S_RANGE`].
    pub after_s: u32,
}

/// One of an operator's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// All calls.
    Always,
    /// Calls while the operator cannot take them.
    Busy,
    /// Calls that nobody answers.
    NoAnswer,
}

impl Rule {
    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Rule::Always => "always",
            Rule::Busy => "when busy",
            Rule::NoAnswer => "when not answered",
        }
    }
}

impl CallSettings {
    /// The rule for a call that failed so, and whose it is then.
    fn after(&self, cause: Cause) -> Option<(Rule, &str)> {
        match cause {
            Cause::Busy | Cause::Declined => self.busy.as_deref().map(|to| (Rule::Busy, to)),
            Cause::NoAnswer | Cause::Unreachable => {
                self.no_answer.as_ref().map(|rule| (Rule::NoAnswer, rule.to.as_str()))
            }
            _ => None,
        }
    }

    /// How long the phone rings before a call is not answered, if there is a rule for that.
    fn patience(&self) -> Option<Duration> {
        self.no_answer.as_ref().map(|rule| Duration::from_secs(rule.after_s.into()))
    }

    fn targets(&self) -> impl Iterator<Item = &str> {
        let no_answer = self.no_answer.as_ref().map(|rule| rule.to.as_str());
        [self.always.as_deref(), self.busy.as_deref(), no_answer].into_iter().flatten()
    }
}

impl Switch {
    /// What an operator wants done with direct calls.
    pub fn call_settings(&self, operator: UserId) -> CallSettings {
        self.call_settings.get(&operator).cloned().unwrap_or_default()
    }

    /// An operator wants something else done with direct calls from now on. It is remembered.
    ///
    /// # Errors
    /// Why not; nothing has changed then.
    pub fn set_call_settings(
        &mut self,
        operator: UserId,
        settings: CallSettings,
        now: Time,
    ) -> Result<(), Refusal> {
        if !self.directory.operators.contains_key(&operator) {
            return Err(Refusal::new(Cause::NotFound, "there is no such operator"));
        }
        for to in settings.targets() {
            self.check_target(operator, to)?;
        }
        if let Some(rule) = settings.no_answer.as_ref().filter(|rule| !AFTER_S_RANGE.contains(&rule.after_s))
        {
            let (least, most) = AFTER_S_RANGE.into_inner();
            let why = format!("a phone rings {least} to {most} seconds, not {}", rule.after_s);
            return Err(Refusal { cause: Cause::Forbidden, why });
        }
        self.restore_call_settings(operator, settings.clone(), now);
        self.outputs.push_back(Action::CallSettingsChanged { operator, settings });
        self.drain_queues(now);
        Ok(())
    }

    /// Calls may be forwarded to whomever the operator may call, but not to the operator's own phone.
    fn check_target(&self, operator: UserId, to: &str) -> Result<(), Refusal> {
        match self.target_of_rule(operator, to) {
            Ok(Route::Operator(user)) if user == operator => {
                Err(Refusal { cause: Cause::Forbidden, why: format!("{to} is the operator's own extension") })
            }
            Ok(_) => Ok(()),
            Err(Denial { cause, why }) => Err(Refusal { cause, why }),
        }
    }

    /// An operator's call settings are these, as they are remembered from before.
    pub(super) fn restore_call_settings(&mut self, operator: UserId, settings: CallSettings, now: Time) {
        self.call_settings.insert(operator, settings);
        self.refresh_disturbance(operator, now);
    }

    /// The queues know whether an operator is to be disturbed.
    pub(super) fn refresh_disturbance(&mut self, operator: UserId, now: Time) {
        let on = self.call_settings.get(&operator).is_some_and(|settings| settings.do_not_disturb);
        self.queues.handle(queue::Input::DoNotDisturb { operator, on }, now);
    }

    /// Where a rule of this operator leads, with that operator's rights.
    fn target_of_rule(&self, operator: UserId, to: &str) -> Result<Route, Denial> {
        let wish = Wish::Operator { dialled: to, operator };
        match may_dial(wish, &self.directory, &self.plans)? {
            route @ (Route::Operator(_) | Route::External(_)) => Ok(route),
            _ => {
                let why =
                    format!("calls are forwarded to an extension or a number outside, and {to} is neither");
                Err(Denial { cause: Cause::Forbidden, why })
            }
        }
    }

    /// Who is called when this operator is called directly, after the rules of the operators in `followed`. An error
    /// says why nobody is.
    pub(super) fn direct(
        &mut self,
        id: SessionId,
        mut user: UserId,
        mut followed: Vec<UserId>,
        now: Time,
    ) -> Result<Callee, Cause> {
        loop {
            if followed.contains(&user) || followed.len() >= MOST_FOLLOWED {
                let names = followed.iter().chain([&user]).map(|user| self.operator_name(*user));
                let round = names.collect::<Vec<_>>().join(" to ");
                let reasons = vec![format!("not forwarded further, it goes round: {round}")];
                self.note(id, Happening::Decision { reasons }, now);
                return Err(Cause::Unreachable);
            }
            followed.push(user);
            let settings = self.call_settings(user);
            let free = self.operator_takes(id, user);
            let rule = match (settings.always.as_deref(), free) {
                (Some(to), _) => Some((Rule::Always, to)),
                (None, Err(cause)) => settings.after(cause),
                (None, Ok(())) => None,
            };
            let Some(rule) = rule else {
                free?;
                return Ok(Callee { followed: Some(followed), ..self.callee_operator(user, None) });
            };
            match self.take_rule(id, user, rule, now)? {
                Route::Operator(next) => user = next,
                route => return self.outside_by_rule(route),
            }
        }
    }

    /// Takes a rule of this operator: where it leads, or why nowhere.
    fn take_rule(
        &mut self,
        id: SessionId,
        user: UserId,
        (rule, to): (Rule, &str),
        now: Time,
    ) -> Result<Route, Cause> {
        let by = self.operator_name(user);
        match self.target_of_rule(user, to) {
            Ok(route) => {
                self.note(id, Happening::Diverted { by, rule, to: to.to_owned() }, now);
                Ok(route)
            }
            Err(Denial { why, .. }) => {
                let reasons = vec![format!("not forwarded by rule of {by}: {why}")];
                self.note(id, Happening::Decision { reasons }, now);
                // What its operator may not do is nothing that the caller is to know.
                Err(Cause::Unreachable)
            }
        }
    }

    fn outside_by_rule(&mut self, route: Route) -> Result<Callee, Cause> {
        match route {
            Route::External(to) => Ok(Callee::external(self.outward(to))),
            _ => Err(Cause::Forbidden),
        }
    }

    /// Who is called in place of an operator whose phone rang in vain, by that operator's rules; nobody if there is
    /// none for this, or none can be had.
    pub(super) fn instead_of(
        &mut self,
        id: SessionId,
        failed: &Leg,
        cause: Cause,
        now: Time,
    ) -> Option<Callee> {
        let (followed, user) = (failed.followed.clone()?, failed.operator()?);
        let settings = self.call_settings(user);
        let rule = settings.after(cause)?;
        let found = match self.take_rule(id, user, rule, now) {
            Ok(Route::Operator(next)) => self.direct(id, next, followed, now).map_err(|cause| (next, cause)),
            Ok(route) => self.outside_by_rule(route).map_err(|cause| (user, cause)),
            Err(cause) => Err((user, cause)),
        };
        match found {
            Ok(callee) => Some(callee),
            Err((user, cause)) => {
                self.could_not_be_had(id, &Role::Operator { user, offer: None }, cause, now);
                None
            }
        }
    }

    /// How long an operator who is called directly lets the phone ring.
    pub(super) fn patience_of(&self, callee: &Callee) -> Option<Duration> {
        let Role::Operator { user, .. } = callee.role else { return None };
        callee.followed.as_ref()?;
        self.call_settings.get(&user)?.patience()
    }

    /// A leg rings, is given up then, and goes on by the rules of these.
    pub(super) fn let_ring(
        &mut self,
        id: SessionId,
        leg: LegId,
        (until, part): (Option<Time>, Part),
        followed: Option<Vec<UserId>>,
    ) {
        let session = self.sessions.get_mut(&id);
        if let Some(called) = session.and_then(|session| session.legs.get_mut(&leg)) {
            called.state = LegState::Ringing { until, part };
            called.followed = followed;
        }
    }

    /// Phones that have rung as long as they may: each call goes on by rule, or to whoever is next.
    pub(super) fn rang_in_vain(&mut self, id: SessionId, now: Time) {
        let due =
            |leg: &Leg| matches!(leg.state, LegState::Ringing { until: Some(until), .. } if until <= now);
        let legs = self.sessions.get(&id).map(|session: &Session| &session.legs);
        let due: Vec<(LegId, Leg)> = legs
            .into_iter()
            .flatten()
            .filter(|(_, leg)| due(leg))
            .map(|(id, leg)| (*id, leg.clone()))
            .collect();
        for (leg, failed) in due {
            self.drop_leg(id, leg, Cause::NoAnswer, now);
            self.dial_failed(id, &failed, Cause::NoAnswer, now);
        }
    }
}
