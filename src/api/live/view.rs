//! What one person is shown of what goes on, as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::board::{
    Board, Doing, Event, Hearing, Known, KnownTenant, LiveCallback, LiveLeg, LiveOperator, LiveSession,
    Missing, PARTS, Poor, What,
};
use crate::api::channels::channels;
use crate::api::rights::{Right, Rights};
use crate::api::times::rfc3339;
use crate::id::{SessionId, TenantId, UserId};
use crate::queue::Status;
use crate::switch::leg::Part;
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
        let me = board.operators.get(&self.user).map(|state| self.doing(self.user, state));
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
                let me = (*id == self.user).then(|| put("me", self.doing(*id, state)));
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
        if let (Value::Object(item), Value::Object(now)) = (&mut item, json!(Conversation::of(session))) {
            item.extend(now);
        }
        Some(item)
    }

    /// An operator with whom this person shares a tenant.
    fn operator(&self, known: &Known, id: UserId, state: &LiveOperator) -> Option<Value> {
        let operator = known.operators.get(&id)?;
        let mut tenants = operator.tenants.iter();
        let seen = id == self.user || tenants.any(|tenant| self.rights.hold(Right::Serve, Some(*tenant)));
        let mut item = self.doing(id, state);
        item["id"] = json!(id);
        item["name"] = operator.name.as_str().into();
        item["display_name"] = operator.display.as_str().into();
        item["extension"] = json!(operator.extension);
        seen.then_some(item)
    }

    /// What an operator says and does. That somebody is busy is seen by all; with which session, by those who may see it
    /// and by the operator, who may finish one that is over and whose tenant is not at hand any more.
    fn doing(&self, id: UserId, state: &LiveOperator) -> Value {
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
        let seen = |(_, tenant): &(SessionId, Option<TenantId>)| {
            id == self.user || self.rights.hold(Right::Serve, *tenant)
        };
        let sessions: Vec<_> = sessions.into_iter().filter(seen).map(|(id, _)| id).collect();
        json!({
            "status": status, "reason": reason, "do_not_disturb": state.do_not_disturb,
            "reachable": state.reachable, "engagement": engagement, "since": rfc3339(state.since),
            "after_work_until": until, "sessions": sessions,
            "channels": channels(|line| state.channels_off.contains(line)),
            "may_switch_channels": state.may_switch_channels,
        })
    }
}

fn put(kind: &str, item: Value) -> Value {
    json!({"kind": kind, "item": item})
}

/// What a line knows of a client who came by a page; null of others.
fn visitor(details: &BTreeMap<String, String>) -> Option<Value> {
    let names = ["page_url", "page_title", "browser", "system", "language", "widget", "email"];
    let known: serde_json::Map<_, _> =
        names.iter().map(|name| ((*name).to_owned(), json!(details.get(*name)))).collect();
    (!details.is_empty()).then_some(Value::Object(known))
}

/// That the client waits to be called; null of others.
fn callback(session: &LiveSession) -> Option<Value> {
    let LiveCallback { id, due, tries } = session.callback?;
    Some(json!({"id": id, "due_at": due.map(rfc3339), "tries": tries}))
}

/// Who came, and how.
fn entry(known: &Known, session: &LiveSession) -> Value {
    let tenant = session.tenant.and_then(|id| {
        let KnownTenant { name, off } = known.tenants.get(&id)?;
        Some(json!({"id": id, "name": name, "switched_off": off}))
    });
    json!({
        "id": session.id, "entry": session.line, "from": session.from, "from_name": session.from_name,
        "dialled": session.dialled, "tenant": tenant, "since": rfc3339(session.since),
        "sound": session.sound, "text": session.text, "messages": session.messages, "read": session.read,
        "online": session.online, "visitor": visitor(&session.details), "callback": callback(session),
    })
}

/// A session as it is at this moment: who takes part, and who hears whom.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Conversation {
    /// The client waits while the others talk.
    pub held: bool,
    /// Whether it is recorded: `off`, `on` or `paused`.
    pub recording: String,
    /// Sound of a recording of it was lost.
    pub recording_incomplete: bool,
    /// Who takes part or is called.
    pub legs: Vec<LegNow>,
    /// Who is heard by whom.
    pub hears: Vec<Heard>,
}

/// Somebody who takes part, or is called.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LegNow {
    /// The id of the leg.
    pub id: Uuid,
    /// What is at its far end: `client`, `operator` or `external`.
    pub kind: String,
    /// Which operator.
    pub operator: Option<Uuid>,
    /// A name for people.
    pub name: String,
    /// `ringing` or `up`.
    pub state: String,
    /// As what it takes part: `party`, or `listens`, `whispers` or `barges` for a supervisor.
    #[schema(value_type = String)]
    pub part: Part,
    /// Nobody hears it.
    pub muted: bool,
    /// Its own phone has put the others on hold.
    pub holds: bool,
    /// Its phone is gone, and may come back.
    pub lost: bool,
    /// What is lost of its sound, if it is so much that people notice (ITU-T G.107), in hundredths; looked at every five seconds.
    pub poor: Option<Poor>,
    /// It is on hold: waits with music, or with silence where the tenant wants that.
    pub music: bool,
    /// When it came into the conversation (RFC 3339).
    pub since: Option<String>,
}

/// One who is to be heard by another one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Heard {
    /// The leg of who speaks.
    pub from: Uuid,
    /// The leg of who hears it.
    pub to: Uuid,
    /// What keeps the one from being heard: `direction`, `packets`, `address` or `unknown`; null: it is heard.
    #[schema(value_type = Option<String>)]
    pub missing: Option<Missing>,
}

impl Conversation {
    /// Of a session that goes on.
    pub fn of(session: &LiveSession) -> Self {
        Self {
            held: session.held,
            recording: session.recorded.as_str().to_owned(),
            recording_incomplete: session.recording_incomplete,
            legs: session.legs.iter().map(LegNow::of).collect(),
            hears: session.hears.iter().map(Heard::of).collect(),
        }
    }
}

impl Heard {
    fn of(Hearing { from, to, missing }: &Hearing) -> Self {
        Self { from: from.0, to: to.0, missing: *missing }
    }
}

impl LegNow {
    fn of(leg: &LiveLeg) -> Self {
        Self {
            id: leg.id.0,
            kind: leg.kind.to_owned(),
            operator: leg.operator.map(|operator| operator.0),
            name: leg.name.clone(),
            state: if leg.ringing { "ringing" } else { "up" }.to_owned(),
            part: leg.part,
            muted: leg.muted,
            holds: leg.holds,
            lost: leg.lost,
            poor: leg.poor,
            music: leg.music,
            since: leg.since.map(rfc3339),
        }
    }
}
