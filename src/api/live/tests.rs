use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::board::{
    All, Board, Change, Doing, Hearing, Known, KnownGroup, KnownOperator, KnownTenant, LiveLeg, LiveOperator,
    LiveSession, Missing, PARTS, Waiting,
};
use super::view::Viewer;
use super::{Full, Live, PAGES};
use crate::api::rights::Rights;
use crate::entropy::Entropy;
use crate::id::{GroupId, LegId, SessionId, TenantId, UserId};
use crate::queue::Status;
use crate::store::Rank;
use crate::switch::history::Recorded;
use crate::switch::leg::Part;
use crate::switch::services::Services;
use crate::time::UnixMs;

const NOW: UnixMs = UnixMs(1_800_000_000_000);

/// Two tenants, each with a group and an operator who alone serves it.
struct Company {
    entropy: Entropy,
    tenants: [TenantId; 2],
    groups: [GroupId; 2],
    operators: [UserId; 2],
    board: Board,
}

fn free() -> LiveOperator {
    LiveOperator {
        status: Status::Online,
        do_not_disturb: false,
        channels_off: BTreeSet::new(),
        may_switch_channels: true,
        reachable: true,
        doing: Doing::Free,
        since: NOW,
    }
}

impl Company {
    fn new() -> Self {
        let mut entropy = Entropy::from_number(7);
        let tenants = [0, 1].map(|_| TenantId::new(NOW, &mut entropy));
        let groups = [0, 1].map(|_| GroupId::new(NOW, &mut entropy));
        let operators = [0, 1].map(|_| UserId::new(NOW, &mut entropy));
        let mut known = Known::default();
        for (n, tenant) in tenants.into_iter().enumerate() {
            known
                .tenants
                .insert(tenant, KnownTenant { name: format!("tenant{n}"), off: Services::default() });
            let members = BTreeSet::from([operators[n]]);
            known.groups.insert(groups[n], KnownGroup { name: format!("group{n}"), members });
            let operator = KnownOperator {
                name: format!("operator{n}"),
                display: format!("Operator {n}"),
                extension: Some(format!("20{n}")),
                tenants: vec![tenant],
            };
            known.operators.insert(operators[n], operator);
        }
        let mut board = Board::new(1_000);
        let operators_now = operators.iter().map(|id| (*id, free())).collect();
        board.apply(Change::All(Box::new(All {
            known,
            operators: operators_now,
            sessions: BTreeMap::new(),
        })));
        Self { entropy, tenants, groups, operators, board }
    }

    fn viewer(&self, n: usize) -> Viewer {
        let ranks = BTreeMap::from([(self.tenants[n], Rank::Operator)]);
        Viewer { user: self.operators[n], rights: Rights::Tenants(ranks) }
    }

    /// A client who waits for the operator of this group.
    fn waiting(&mut self, n: usize) -> LiveSession {
        let id = SessionId::new(NOW, &mut self.entropy);
        let client = leg(LegId::new(NOW, &mut self.entropy), None);
        LiveSession {
            id,
            tenant: Some(self.tenants[n]),
            line: "phone".into(),
            from: "+420777123456".into(),
            from_name: None,
            dialled: "100".into(),
            since: NOW,
            waiting: Some(Waiting { group: self.groups[n], since: NOW, priority: 0 }),
            held: false,
            recorded: Recorded::Off,
            recording_incomplete: false,
            callback: None,
            sound: true,
            text: false,
            messages: 0,
            read: 0,
            online: true,
            details: Default::default(),
            legs: vec![client],
            hears: vec![],
        }
    }

    fn put(&mut self, session: &LiveSession) -> u64 {
        self.board.apply(Change::Session(Box::new(session.clone())));
        self.board.number
    }

    /// What a viewer is told of all that came after a number.
    fn told(&self, n: usize, after: u64) -> Vec<Value> {
        let (viewer, known) = (self.viewer(n), &self.board.known);
        let events = self.board.since(after).unwrap();
        events
            .iter()
            .flat_map(|event| viewer.tell(known, event, after))
            .map(|told| told["event"].clone())
            .collect()
    }
}

fn leg(id: LegId, operator: Option<UserId>) -> LiveLeg {
    LiveLeg {
        id,
        kind: if operator.is_some() { "operator" } else { "client" },
        operator,
        name: "somebody".into(),
        ringing: operator.is_some(),
        part: Part::Party,
        muted: false,
        holds: false,
        lost: false,
        poor: None,
        music: false,
        since: None,
    }
}

fn kinds(told: &[Value]) -> Vec<&str> {
    told.iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

#[test]
fn a_client_who_waits_is_shown_to_those_who_may_take_it_and_gone_when_it_is_taken() {
    let mut company = Company::new();
    let begin = company.board.number;
    let mut session = company.waiting(0);
    company.put(&session);
    let told = company.told(0, begin);
    assert_eq!(kinds(&told), ["waiting"]);
    let item = &told[0]["item"];
    assert_eq!((&item["id"], &item["from"]), (&json!(session.id), &json!("+420777123456")));
    assert_eq!((&item["group"]["name"], &item["tenant"]["name"]), (&json!("group0"), &json!("tenant0")));
    assert_eq!((&item["since"], &item["entry"]), (&json!("2027-01-15T08:00:00.000Z"), &json!("phone")));
    // The phone of the operator rings: it is the operator's, and waits still.
    let rings = leg(LegId::new(NOW, &mut company.entropy), Some(company.operators[0]));
    session.legs.push(rings);
    let number = company.put(&session);
    let told = company.told(0, begin + 2 * PARTS - 1);
    assert_eq!((kinds(&told), told[0]["item"]["state"].as_str()), (vec!["mine"], Some("ringing")));
    // The operator has answered.
    session.legs[1].ringing = false;
    session.waiting = None;
    let (from, to) = (session.legs[0].id, session.legs[1].id);
    session.hears = vec![Hearing { from, to, missing: Some(Missing::Packets) }];
    company.put(&session);
    let told = company.told(0, number + PARTS - 1);
    assert_eq!(kinds(&told), ["mine", "waiting_gone"]);
    assert_eq!((&told[0]["item"]["state"], &told[1]["id"]), (&json!("up"), &json!(session.id)));
    assert_eq!(told[0]["item"]["hears"][0]["to"], json!(session.legs[1].id));
    let number = company.board.number;
    company.board.apply(Change::Gone(session.id));
    assert_eq!(kinds(&company.told(0, number + PARTS - 1)), ["mine_gone"]);
}

#[test]
fn nobody_is_shown_anything_of_another_tenant() {
    let mut company = Company::new();
    let begin = company.board.number;
    let mut session = company.waiting(0);
    company.put(&session);
    session.legs.push(leg(LegId::new(NOW, &mut company.entropy), Some(company.operators[0])));
    company.put(&session);
    let on = BTreeMap::from([(session.id, session.tenant)]);
    let talks = LiveOperator { doing: Doing::OnSession(on), ..free() };
    company.board.apply(Change::Operator(company.operators[0], talks.clone()));
    company.board.apply(Change::Gone(session.id));
    assert_eq!(company.told(1, begin), Vec::<Value>::new());
    assert_eq!(
        kinds(&company.told(0, begin)),
        ["waiting", "mine", "me", "operator", "mine_gone", "waiting_gone"]
    );
    let snapshot = company.viewer(1).snapshot(&company.board, NOW)["snapshot"].clone();
    assert_eq!(snapshot["operators"].as_array().unwrap().len(), 1);
    assert_eq!(snapshot["me"]["engagement"], "free");
    // Who serves both tenants is seen to be busy by both, and with which client by one.
    let mut known = (*company.board.known).clone();
    known.operators.get_mut(&company.operators[0]).unwrap().tenants.push(company.tenants[1]);
    let operators = BTreeMap::from([(company.operators[0], talks)]);
    company.board.apply(Change::All(Box::new(All { known, operators, sessions: BTreeMap::new() })));
    for (n, sessions) in [(0, json!([session.id])), (1, json!([]))] {
        let seen = company.viewer(n).snapshot(&company.board, NOW)["snapshot"]["operators"][0].clone();
        assert_eq!((&seen["engagement"], &seen["sessions"]), (&json!("on_session"), &sessions), "{n}");
    }
}

#[test]
fn operators_are_shown_the_session_that_they_finish_though_it_is_over() {
    let mut company = Company::new();
    let session = company.waiting(0);
    let finishes = LiveOperator { doing: Doing::AfterWork(session.id, None, NOW), ..free() };
    company.board.apply(Change::Operator(company.operators[0], finishes));
    let seen = company.viewer(0).snapshot(&company.board, NOW)["snapshot"].clone();
    assert_eq!(seen["me"]["engagement"], "after_call_work");
    assert_eq!(seen["me"]["sessions"], json!([session.id]));
    assert_eq!(seen["operators"][0]["sessions"], json!([session.id]));
}

#[test]
fn what_came_after_a_number_is_told_once_whatever_part_of_an_event_was_heard() {
    let mut company = Company::new();
    let begin = company.board.number;
    let away = LiveOperator { status: Status::Away { reason: Some("lunch".into()) }, ..free() };
    company.board.apply(Change::Operator(company.operators[0], away.clone()));
    let told = company.told(0, begin);
    assert_eq!(kinds(&told), ["me", "operator"]);
    assert_eq!((&told[0]["item"]["status"], &told[0]["item"]["reason"]), (&json!("away"), &json!("lunch")));
    let numbers: Vec<_> = told.iter().map(|event| event["number"].as_u64().unwrap()).collect();
    assert!(numbers[0] > begin && numbers[1] > numbers[0]);
    assert_eq!(kinds(&company.told(0, numbers[0])), ["operator"], "the connection broke between the two");
    assert_eq!(company.told(0, numbers[1]), Vec::<Value>::new());
    // The snapshot holds all that there is: after its number there is nothing.
    let number = company.viewer(0).snapshot(&company.board, NOW)["snapshot"]["number"].as_u64().unwrap();
    assert_eq!(company.told(0, number), Vec::<Value>::new());
    let events = company.board.apply(Change::Operator(company.operators[0], away));
    assert!(events.is_empty(), "nothing has changed");
}

#[test]
fn one_person_cannot_take_all_places_of_those_who_look_on() {
    let [greedy, other] = Company::new().operators;
    let live = Live::new(0);
    assert_eq!(live.look(greedy).err(), Some(Full::House), "nothing has been said yet");
    live.apply(Change::All(Box::new(All {
        known: Known::default(),
        operators: BTreeMap::new(),
        sessions: BTreeMap::new(),
    })));
    let mut pages: Vec<_> = (0..PAGES).map(|_| live.look(greedy).ok().unwrap()).collect();
    assert_eq!(live.look(greedy).err(), Some(Full::Person));
    assert!(live.look(other).is_ok());
    pages.pop();
    assert!(live.look(greedy).is_ok(), "the place of a page that was closed is free again");
}

#[test]
fn a_number_that_is_not_known_any_more_asks_for_a_new_look() {
    let mut company = Company::new();
    let begin = company.board.number;
    assert!(company.board.since(begin - 1).is_none() && company.board.since(0).is_none());
    assert!(company.board.since(begin + 1_000).is_none(), "one that was never given");
    let session = company.waiting(0);
    for n in 0..5_000 {
        let doing = if n % 2 == 0 { Doing::Free } else { Doing::Ringing(session.id, session.tenant) };
        let state = LiveOperator { doing, since: UnixMs(n), ..free() };
        company.board.apply(Change::Operator(company.operators[0], state));
    }
    assert!(company.board.since(begin).is_none(), "too long ago");
    let oldest = company.board.number - 4_096 * PARTS;
    assert_eq!(company.board.since(oldest + PARTS - 1).unwrap().len(), 4_096);
    assert!(company.board.since(oldest).is_none());
    // Another name: what was told before is not to be built upon.
    let number = company.board.number;
    let mut known = (*company.board.known).clone();
    known.groups.get_mut(&company.groups[0]).unwrap().name = "sales".into();
    let (operators, sessions) = (company.board.operators.clone(), BTreeMap::new());
    let all = All { known, operators, sessions };
    assert_eq!(company.board.apply(Change::All(Box::new(all.clone()))).len(), 1);
    assert!(company.board.since(number).is_none());
    assert!(company.board.since(company.board.number).is_some());
    assert!(company.board.apply(Change::All(Box::new(all))).is_empty(), "the same again");
}

#[test]
fn after_everything_was_said_again_only_what_is_different_is_told() {
    let mut company = Company::new();
    let (one, mut other, new) = (company.waiting(0), company.waiting(0), company.waiting(0));
    company.put(&one);
    let number = company.put(&other);
    other.from_name = Some("Iva".into());
    let sessions = [&other, &new].map(|session| (session.id, session.clone())).into_iter().collect();
    let (known, operators) = ((*company.board.known).clone(), company.board.operators.clone());
    company.board.apply(Change::All(Box::new(All { known, operators, sessions })));
    let told = company.told(0, number + PARTS - 1);
    assert_eq!(kinds(&told), ["waiting_gone", "waiting", "waiting"]);
    assert_eq!((&told[0]["id"], &told[1]["item"]["from_name"]), (&json!(one.id), &json!("Iva")));
}
