//! What one person is shown of what goes on, as JSON.

use serde_json::{Value, json};

use super::board::{Board, Doing, Event, Hearing, Known, LiveLeg, LiveOperator, LiveSession, PARTS, What};
use crate::api::rights::{Right, Rights};
use crate::api::times::rfc3339;
use crate::id::{SessionId, TenantId, UserId};
use crate::queue::Status;
use crate::time::UnixMs;

/// Who looks.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Who it is.
    pub user: UserId,
    /// What they may see.
    pub rights: Rights,
}

impl Viewer {
    /// Everything that this person may see now.
    pub fn snapshot(&self, board: &Board, now: UnixMs) -> Value {
        let known = &board.known;
        let sessions = || board.sessions.values();
        let waiting: Vec<_> = sessions().filter_map(|session| self.waiting(known, session)).collect();
        let mine: Vec<_> = sessions().filter_map(|session| self.mine(known, session)).collect();
        let operators = board.operators.iter().filter_map(|(id, state)| self.operator(known, *id, state));
        let operators: Vec<_> = operators.collect();
        let me = board.operators.get(&self.user).map(|state| self.doing(state));
        // Whoever comes back with this number has been told all parts of the last event.
        let number = board.number + PARTS - 1;
        json!({"snapshot": {
            "number": number, "now": rfc3339(now), "me": me, "waiting": waiting, "mine": mine, "operators": operators,
        }})
    }

    /// What this person is told of an event, beyond the parts up to this number; nothing if it does not concern them.
    pub fn tell(&self, known: &Known, event: &Event, beyond: u64) -> Vec<Value> {
        let parts = match &event.what {
            What::Operator(id, state) => {
                let me = (*id == self.user).then(|| put("me", self.doing(state)));
                let all = self.operator(known, *id, state).map(|item| put("operator", item));
                [me, all]
            }
            What::Session { before, after } => {
                let id = before.as_ref().or(after.as_ref()).map(|session| session.id);
                let change = |kind: &str, shown: &dyn Fn(&LiveSession) -> Option<Value>| {
                    let item = |session: &Option<std::sync::Arc<LiveSession>>| {
                        session.as_ref().and_then(|s| shown(s))
                    };
                    match (item(before), item(after)) {
                        (before, Some(after)) => (before.as_ref() != Some(&after)).then(|| put(kind, after)),
                        (Some(_), None) => Some(json!({"kind": format!("{kind}_gone"), "id": id})),
                        (None, None) => None,
                    }
                };
                // What one takes is one's own before it is gone from the others.
                [
                    change("mine", &|session| self.mine(known, session)),
                    change("waiting", &|session| self.waiting(known, session)),
                ]
            }
            What::Known => [None, None],
        };
        let numbered = (event.number..).zip(parts).filter(|(number, _)| *number > beyond);
        let told = numbered.filter_map(|(number, part)| {
            let mut part = part?;
            part["number"] = number.into();
            Some(json!({"event": part}))
        });
        told.collect()
    }

    /// A session that this person may take from a queue.
    fn waiting(&self, known: &Known, session: &LiveSession) -> Option<Value> {
        let waiting = session.waiting.as_ref()?;
        let group = known.groups.get(&waiting.group)?;
        let mut item = entry(known, session);
        item["group"] = json!({"id": waiting.group, "name": group.name});
        item["since"] = rfc3339(waiting.since).into();
        item["priority"] = waiting.priority.into();
        group.members.contains(&self.user).then_some(item)
    }

    /// A session in which this person takes part, or for which their phone rings.
    fn mine(&self, known: &Known, session: &LiveSession) -> Option<Value> {
        let own = session.legs.iter().find(|leg| leg.operator == Some(self.user))?;
        let mut item = entry(known, session);
        item["state"] = if own.ringing { "ringing" } else { "up" }.into();
        item["leg"] = json!(own.id);
        item["held"] = session.held.into();
        item["legs"] = session.legs.iter().map(leg).collect();
        item["hears"] = session.hears.iter().map(hearing).collect();
        Some(item)
    }

    /// An operator with whom this person shares a tenant.
    fn operator(&self, known: &Known, id: UserId, state: &LiveOperator) -> Option<Value> {
        let operator = known.operators.get(&id)?;
        let mut tenants = operator.tenants.iter();
        let seen = id == self.user || tenants.any(|tenant| self.rights.hold(Right::Serve, Some(*tenant)));
        let mut item = self.doing(state);
        item["id"] = json!(id);
        item["name"] = operator.name.as_str().into();
        item["display_name"] = operator.display.as_str().into();
        item["extension"] = json!(operator.extension);
        seen.then_some(item)
    }

    /// What an operator says and does. That somebody is busy is seen by all; with which session, by those who may see it.
    fn doing(&self, state: &LiveOperator) -> Value {
        let (status, reason) = match &state.status {
            Status::Online => ("online", None),
            Status::Away { reason } => ("away", reason.as_deref()),
            Status::NotAnswering => ("not_answering", None),
        };
        let (engagement, sessions, until) = match &state.doing {
            Doing::Free => ("free", vec![], None),
            Doing::Ringing(session, tenant) => ("ringing", vec![(*session, *tenant)], None),
            Doing::OnSession(sessions) => {
                ("on_session", sessions.iter().map(|(id, tenant)| (*id, *tenant)).collect(), None)
            }
            Doing::AfterWork(session, tenant, until) => {
                ("after_call_work", vec![(*session, *tenant)], Some(rfc3339(*until)))
            }
        };
        let seen = |(_, tenant): &(SessionId, Option<TenantId>)| self.rights.hold(Right::Serve, *tenant);
        let sessions: Vec<_> = sessions.into_iter().filter(seen).map(|(id, _)| id).collect();
        json!({
            "status": status, "reason": reason, "do_not_disturb": state.do_not_disturb,
            "reachable": state.reachable, "engagement": engagement, "since": rfc3339(state.since),
            "after_work_until": until, "sessions": sessions,
        })
    }
}

fn put(kind: &str, item: Value) -> Value {
    json!({"kind": kind, "item": item})
}

/// Who came, and how.
fn entry(known: &Known, session: &LiveSession) -> Value {
    let tenant = session.tenant.and_then(|id| Some(json!({"id": id, "name": known.tenants.get(&id)?})));
    json!({
        "id": session.id, "entry": session.line, "from": session.from, "from_name": session.from_name,
        "dialled": session.dialled, "tenant": tenant, "since": rfc3339(session.since),
    })
}

fn hearing(Hearing { from, to, missing }: &Hearing) -> Value {
    json!({"from": from, "to": to, "missing": missing})
}

fn leg(leg: &LiveLeg) -> Value {
    json!({
        "id": leg.id, "kind": leg.kind, "operator": leg.operator, "name": leg.name,
        "state": if leg.ringing { "ringing" } else { "up" }, "part": leg.part, "muted": leg.muted,
        "holds": leg.holds, "lost": leg.lost, "music": leg.music, "since": leg.since.map(rfc3339),
    })
}
