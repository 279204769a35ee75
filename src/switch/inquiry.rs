//! What a dialplan asks about the world around its caller, and does to it.

use std::collections::{BTreeMap, BTreeSet};

use super::history::Happening;
use super::{Action, Switch};
use crate::dialplan::{HttpFailure, HttpRequest, Input, Question, Turn};
use crate::id::{SessionId, TenantId, UserId};
use crate::queue;
use crate::time::Time;

/// The longest address that a session's history keeps, in characters.
const URL_MAX: usize = 300;

/// What came of a request.
pub type HttpResult = Result<HttpAnswer, HttpFailure>;

/// The answer of another program.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HttpAnswer {
    /// The status of the answer.
    pub status: u16,
    /// Its body, as text.
    pub body: String,
}

/// How a switch of a tenant stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchState {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its name.
    pub name: String,
    /// Whether it is on.
    pub on: bool,
}

impl Switch {
    /// Answers a question of the run at once. What is not there is nobody, and off.
    pub(super) fn look(&self, id: SessionId, question: &Question) -> u32 {
        let Some(tenant) = self.sessions.get(&id).and_then(|session| session.tenant) else { return 0 };
        let group = |name: &str| self.directory.group_named(tenant, name);
        let line = self.line_of(id);
        let seen = match question {
            Question::Waiting { group: name } => {
                group(name).map_or(0, |group| self.queues.waiting(group.id).len())
            }
            Question::Online { group: name } => self.operators_of(group(name), |user| {
                let wants = self.queues.operator(user).is_some_and(|state| state.wants(line));
                wants && self.queues.is_reached(user, line) == Some(true)
            }),
            Question::Free { group: name } => {
                self.operators_of(group(name), |user| self.queues.takes(user, line, Some(tenant)))
            }
            Question::Switch { switch } => usize::from(self.is_on(tenant, switch)),
        };
        u32::try_from(seen).unwrap_or(u32::MAX)
    }

    fn operators_of(&self, group: Option<&queue::Group>, is: impl Fn(UserId) -> bool) -> usize {
        let members = group.into_iter().flat_map(|group| &group.members);
        members.filter(|member| is(member.operator)).count()
    }

    /// Whether a switch of this tenant is on. One that nobody ever turned is off.
    pub fn is_on(&self, tenant: TenantId, switch: &str) -> bool {
        self.switches.get(&tenant).and_then(|switches| switches.get(switch)).copied().unwrap_or(false)
    }

    /// Every switch that a dialplan names or somebody turned, and how it stands.
    pub fn switches(&self) -> Vec<SwitchState> {
        let turned = self.switches.iter().flat_map(|(tenant, switches)| {
            switches.keys().map(|switch| (*tenant, switch.clone())).collect::<Vec<_>>()
        });
        let named = self.plans.plans().iter().flat_map(|plan| {
            let tenant = plan.tenant.as_deref().and_then(|name| self.directory.tenant_named(name));
            let switches = tenant.map(|(tenant, _)| plan.switches.iter().map(move |s| (tenant, s.clone())));
            switches.into_iter().flatten().collect::<Vec<_>>()
        });
        let all: BTreeSet<(TenantId, String)> = turned.chain(named).collect();
        let state =
            |(tenant, name): (TenantId, String)| SwitchState { on: self.is_on(tenant, &name), tenant, name };
        all.into_iter().map(state).collect()
    }

    /// A switch stands so, as it is remembered from before.
    pub(super) fn restore_switch(&mut self, tenant: TenantId, switch: String, on: bool) {
        self.switches.entry(tenant).or_default().insert(switch, on);
    }

    /// Turns a switch, and lets it be remembered.
    pub(super) fn turn_switch(&mut self, tenant: TenantId, switch: &str, on: bool, by: Option<UserId>) {
        self.restore_switch(tenant, switch.to_owned(), on);
        self.outputs.push_back(Action::SwitchTurned { tenant, switch: switch.to_owned(), on, by });
    }

    /// The caller wants to turn a switch, which operators of its tenant may.
    pub(super) fn turn(&mut self, id: SessionId, switch: &str, turn: Turn, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let by = session.calling_operator;
        let serves = |tenant| {
            let operator = by.and_then(|user| self.directory.operators.get(&user));
            operator.is_some_and(|operator| operator.tenants.contains(&tenant))
        };
        let Some(tenant) = session.tenant.filter(|tenant| serves(*tenant)) else {
            let what = format!("the caller may not turn the switch {switch}");
            self.note(id, Happening::Problem { what }, now);
            return self.tell_run_only(id, Input::MayNotTurn, now);
        };
        let on = match turn {
            Turn::On => true,
            Turn::Off => false,
            Turn::Toggle => !self.is_on(tenant, switch),
        };
        self.turn_switch(tenant, switch, on, by);
        self.note(id, Happening::Turned { switch: switch.to_owned(), on }, now);
        self.tell_run_only(id, Input::Turned { on }, now);
    }

    /// Answers a step at once; the run's next steps are carried out by the loop that carried out this one.
    pub(super) fn tell_run_only(&mut self, id: SessionId, input: Input, now: Time) {
        if let Some(run) = self.sessions.get_mut(&id).and_then(|session| session.run.as_mut()) {
            run.handle(input, now);
        }
    }

    pub(super) fn request(&mut self, session: SessionId, request: u64, http: HttpRequest, now: Time) {
        let url = http.url.chars().take(URL_MAX).collect();
        self.note(session, Happening::Requested { request, url }, now);
        self.outputs.push_back(Action::Http { session, request, http });
    }

    pub(super) fn tell_others(
        &mut self,
        session: SessionId,
        url: String,
        event: String,
        data: BTreeMap<String, String>,
        now: Time,
    ) {
        let tenant = self.sessions.get(&session).and_then(|session| session.tenant);
        let shown = url.chars().take(URL_MAX).collect();
        self.note(session, Happening::Told { event: event.clone(), url: shown }, now);
        self.outputs.push_back(Action::Webhook { session, tenant, url, event, data });
    }

    /// What came of a request. The session may be over by now.
    pub(super) fn http_answered(&mut self, id: SessionId, request: u64, result: HttpResult, now: Time) {
        if self.sessions.get(&id).is_none_or(|session| session.is_over()) {
            return;
        }
        let outcome = match &result {
            Ok(answer) => answer.status.to_string(),
            Err(why) => why.words().to_owned(),
        };
        self.note(id, Happening::Responded { request, outcome }, now);
        let input = match result {
            Ok(HttpAnswer { status, body }) => Input::HttpAnswered { request, status, body },
            Err(why) => Input::HttpFailed { request, why },
        };
        self.tell_run(id, input, now);
        self.reschedule(id);
    }
}
