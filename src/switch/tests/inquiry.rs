//! What dialplans ask about the world outside, and do to it.

use super::*;
use crate::dialplan::{HttpFailure, HttpMethod};
use crate::switch::inquiry::HttpAnswer;

const PLAN: &str = r#"
tenant = "harbour"
start = "who"
numbers = ["100"]
music = "music/harbour"

[who]
if = [
    { switch = "night", then = "closed" },
    { group = "sales", waiting = "> 0", then = "many" },
    { group = "sales", free = 0, online = "> 0", then = "engaged" },
    { group = "sales", online = 0, then = "nobody" },
]
else = "ask"

[closed]
hangup = "rejected"

[many]
hangup = "busy"

[engaged]
hangup = "no-answer"

[nobody]
hangup = "unavailable"

[ask]
http = "https://crm.example.com/{caller}"
keep = { name = "name" }
then = "known"
else = "hangup"

[known]
tag = "{name}"
then = "sales"

[sales]
queue = "sales"
else = "hangup"
"#;

const TURN: &str = r#"
tenant = "harbour"
numbers = ["*80"]
start = "turn"

[turn]
switch = "night"
on = "hangup"
off = "is-off"
else = "may-not"

[is-off]
hangup = "not-found"

[may-not]
hangup = "forbidden"
"#;

fn fixture() -> Fixture {
    let mut fixture = Fixture::new();
    let world = World::new()
        .tenant("harbour", ["100"], ["sales", "all"])
        .sounds(sounds())
        .http("crm.example.com".parse().unwrap());
    let files = vec![SourceFile::new("harbour.toml", PLAN), SourceFile::new("turn.toml", TURN)];
    let plans = dialplan::load(files, &world).unwrap_or_else(|problems| panic!("{problems:#?}"));
    fixture.tell(Event::Plans(Arc::new(plans)));
    fixture
}

/// How a caller of 100 is refused.
fn refused(fixture: &mut Fixture) -> Option<Cause> {
    let leg = fixture.arrive(Origin::Guest, "100");
    match fixture.commands_to(leg).as_slice() {
        [LineCommand::HangUp { cause }] => Some(*cause),
        _ => None,
    }
}

/// The request that was last asked for.
fn request(fixture: &mut Fixture) -> (SessionId, u64, String) {
    let found = fixture.actions.iter().rev().find_map(|action| match action {
        Action::Http { session, request, http } => {
            assert_eq!(http.method, HttpMethod::Get);
            Some((*session, *request, http.url.clone()))
        }
        _ => None,
    });
    found.expect("no request was made")
}

#[test]
fn a_dialplan_sees_operators_as_they_come_and_go() {
    let mut fixture = fixture();
    assert_eq!(refused(&mut fixture), Some(Cause::Unreachable), "nobody is online");
    fixture.register("anna", true);
    let caller = fixture.arrive(Origin::Guest, "100");
    let (session, number, url) = request(&mut fixture);
    assert_eq!(url, "https://crm.example.com/%2B420700000001");
    let result = Ok(HttpAnswer { status: 200, body: "{\"name\":\"vip\"}".into() });
    fixture.tell(Event::HttpAnswered { session, request: number, result });
    assert!(fixture.switch.summary(session).unwrap().tags.contains("vip"));
    fixture.line(caller, LineEvent::Up);
    assert_eq!(refused(&mut fixture), Some(Cause::Busy), "one waits");
    let (anna, _) = fixture.dialled().remove(0);
    fixture.line(anna, LineEvent::Up);
    assert_eq!(refused(&mut fixture), Some(Cause::NoAnswer), "anna is on a call");
    fixture.down(caller, Cause::Normal);
    fixture.close(&[caller, anna]);
    fixture.pass(Duration::from_secs(5));
    let record = fixture.records[&session].clone();
    assert_eq!(record.parameters["name"], "vip");
    assert_eq!(record.parameters["caller"], "+420700000001");
    assert_eq!(record.parameters["dialled"], "100");
    fixture.check_history();
}

#[test]
fn an_answer_for_a_session_that_is_over_changes_nothing() {
    let mut fixture = fixture();
    fixture.register("anna", true);
    let caller = fixture.arrive(Origin::Guest, "100");
    let (session, request, _) = request(&mut fixture);
    fixture.down(caller, Cause::Cancelled);
    fixture.tell(Event::HttpAnswered { session, request, result: Err(HttpFailure::Broken) });
    assert_eq!(fixture.record().cause, Some(Cause::Cancelled));
    fixture.check_history();
}

#[test]
fn an_operator_turns_the_switch_of_the_own_tenant_and_nobody_else_does() {
    let mut fixture = fixture();
    let turned = |fixture: &mut Fixture, origin| {
        let leg = fixture.arrive(origin, "*80");
        match fixture.commands_to(leg).as_slice() {
            [LineCommand::HangUp { cause }] => *cause,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(turned(&mut fixture, Origin::Guest), Cause::Forbidden);
    let trunk = Origin::Trunk(fixture.trunk);
    assert_eq!(turned(&mut fixture, trunk), Cause::Forbidden);
    let anna = Origin::Device(fixture.devices["anna"]);
    assert_eq!(turned(&mut fixture, anna), Cause::Normal, "on");
    assert_eq!(refused(&mut fixture), Some(Cause::Declined), "closed at night");
    let by = fixture.users["anna"];
    let remembered = |action: &Action| matches!(action, Action::SwitchTurned { on: true, by: Some(user), .. } if *user == by);
    assert!(fixture.actions.iter().any(remembered));
    assert_eq!(turned(&mut fixture, anna), Cause::NotFound, "off again");
    assert_eq!(refused(&mut fixture), Some(Cause::Unreachable));
    fixture.reconfigure(|directory| {
        directory.operators.values_mut().for_each(|operator| operator.tenants.clear());
    });
    assert_eq!(turned(&mut fixture, anna), Cause::Forbidden, "an operator of another tenant");
}

#[test]
fn a_switch_stands_after_a_restart_as_it_stood_before() {
    let mut fixture = fixture();
    let tenant = fixture.switch.directory().tenant_named("harbour").unwrap().0;
    fixture.tell(Event::Switch { tenant, switch: "night".into(), on: true });
    assert_eq!(refused(&mut fixture), Some(Cause::Declined));
    let states = fixture.switch.switches();
    assert_eq!(states.len(), 1);
    assert_eq!((states[0].name.as_str(), states[0].on), ("night", true));
    assert!(!fixture.actions.iter().any(|action| matches!(action, Action::SwitchTurned { .. })));
    fixture.tell(Event::TurnSwitch { tenant, switch: "night".into(), on: false });
    assert!(
        fixture
            .actions
            .iter()
            .any(|action| matches!(action, Action::SwitchTurned { on: false, by: None, .. }))
    );
}
