//! Who may see and change what operators do.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use hovor::entropy::Entropy;
use hovor::id::SessionId;
use hovor::queue::{Engagement, Held, OperatorState, Status, Through};
use hovor::store::{Role, UserChange};
use hovor::switch::history::Summary;
use hovor::time::{Time, UnixMs};
use serde_json::{Value, json};

use super::api::ask;
use super::bench::{Bench, Program};

/// Anna serves both tenants and is on a session of Harbour.
async fn anna_on_a_session_of_harbour(name: &str) -> (Bench, SessionId) {
    let bench = Bench::new(name, Program::default()).await;
    let roles = BTreeMap::from([("summit".into(), Some(Role::Operator))]);
    let change = UserChange { roles, ..UserChange::default() };
    let anna = bench.store.change_user(&bench.scope, &"anna".into(), change).await.unwrap().id;
    let harbour = bench.store.tenant(&bench.scope, &"harbour".into()).await.unwrap().id;
    let session = SessionId::new(UnixMs(7), &mut Entropy::from_number(1));
    let engagement = Engagement::OnSession {
        sessions: BTreeMap::from([(session, Held { line: "phone".into(), by: Through::Direct })]),
        offered: None,
    };
    let state = OperatorState {
        status: Status::Online,
        reachable: true,
        at_desk: false,
        do_not_disturb: false,
        off: Default::default(),
        engagement,
        since: Time::ZERO,
        said: Time::ZERO,
    };
    bench.program.operators.lock().unwrap().insert(anna, state);
    let mut summary = Summary::default();
    summary.tenant = Some(harbour);
    bench.program.live.lock().unwrap().insert(session, summary);
    (bench, session)
}

#[tokio::test]
async fn who_administers_one_tenant_sees_that_a_shared_operator_is_busy_but_not_with_whom() {
    let (bench, session) = anna_on_a_session_of_harbour("seen").await;
    for (tenant, sessions) in [("summit", json!([])), ("harbour", json!([session.0]))] {
        let token = bench.token(tenant, Some(tenant)).await;
        let path = "/api/v1/operators";
        let (_, seen) = ask(&bench.network, Method::GET, path, Some(&token), Value::Null).await;
        let anna = seen.as_array().unwrap().iter().find(|operator| operator["name"] == "anna").unwrap();
        assert_eq!((&anna["engagement"], &anna["sessions"]), (&json!("on_session"), &sessions), "{tenant}");
    }
}

#[tokio::test]
async fn who_administers_one_tenant_cannot_send_away_an_operator_who_serves_another_too() {
    let (bench, _) = anna_on_a_session_of_harbour("away").await;
    let token = bench.token("summit", Some("summit")).await;
    let away = json!({"status": "away", "reason": "lunch"});
    let path = "/api/v1/operators/anna/status";
    let (status, _) = ask(&bench.network, Method::PUT, path, Some(&token), away.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let path = "/api/v1/operators/anna/finish-work";
    let (status, _) = ask(&bench.network, Method::POST, path, Some(&token), Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, anna) = ask(&bench.socket, Method::PUT, "/api/v1/operators/anna/status", None, away).await;
    assert_eq!((status, &anna["reason"]), (StatusCode::OK, &json!("lunch")));
}

#[tokio::test]
async fn operators_are_away_for_reasons_that_the_administrator_has_set_up() {
    let (bench, _) = anna_on_a_session_of_harbour("reasons").await;
    let set = async |tenant: &str, reasons: Value| {
        let path = format!("/api/v1/tenants/{tenant}");
        let change = json!({ "away_reasons": reasons });
        ask(&bench.socket, Method::PATCH, &path, None, change).await.0
    };
    let away = async |reason: &str| {
        let status = json!({"status": "away", "reason": reason});
        ask(&bench.socket, Method::PUT, "/api/v1/operators/anna/status", None, status).await
    };
    assert_eq!(set("harbour", json!(["lunch", "Dentist"])).await, StatusCode::OK);
    assert_eq!(away("anything").await.0, StatusCode::OK, "anna's other tenant has set up none");
    assert_eq!(set("summit", json!(["school"])).await, StatusCode::OK);
    for known in ["lunch", "Dentist", "school"] {
        assert_eq!(away(known).await.0, StatusCode::OK, "{known}");
    }
    let (status, why) = away("anything").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(why["detail"].as_str().unwrap().contains("Dentist, lunch, school"), "{why}");
    assert_eq!(set("summit", Value::Null).await, StatusCode::OK);
    assert_eq!(away("anything").await.0, StatusCode::OK);
}

#[tokio::test]
async fn who_is_known_to_one_tenant_has_no_calls_made_in_the_name_of_another() {
    let (bench, _) = anna_on_a_session_of_harbour("callers").await;
    let call = json!({"operator": "anna", "number": "+420777123456"});
    let token = bench.token("harbour", Some("harbour")).await;
    let (status, told) = ask(&bench.network, Method::POST, "/api/v1/calls", Some(&token), call.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{told}");
    let company = bench.token("company", None).await;
    let (status, told) = ask(&bench.network, Method::POST, "/api/v1/calls", Some(&company), call).await;
    assert_ne!(status, StatusCode::FORBIDDEN, "{told}");
}

#[tokio::test]
async fn who_administers_one_tenant_neither_sees_nor_sets_where_calls_to_a_shared_operator_go() {
    let (bench, _) = anna_on_a_session_of_harbour("calls").await;
    let token = bench.token("summit", Some("summit")).await;
    let path = "/api/v1/operators/anna/call-settings";
    let wanted = json!({"always": "202"});
    let (status, _) = ask(&bench.network, Method::GET, path, Some(&token), Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = ask(&bench.network, Method::PUT, path, Some(&token), wanted.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, set) = ask(&bench.socket, Method::PUT, path, None, wanted).await;
    assert_eq!((status, &set["always"], &set["busy"]), (StatusCode::OK, &json!("202"), &Value::Null));
    let wrong = json!({"allways": "202"});
    let (status, told) = ask(&bench.socket, Method::PUT, path, None, wrong).await;
    assert!(status.is_client_error() && told.to_string().contains("allways"), "{told}");
}

/// What comes of a wish to listen to a session.
async fn listens(bench: &Bench, session: SessionId, supervisor: &str) -> (StatusCode, Value) {
    let path = format!("/api/v1/sessions/{}/supervise", session.0);
    let body = json!({"supervisor": supervisor, "mode": "listen"});
    ask(&bench.socket, Method::POST, &path, None, body).await
}

#[tokio::test]
async fn only_a_supervisor_of_the_tenant_listens_to_its_sessions() {
    let (bench, session) = anna_on_a_session_of_harbour("listen").await;
    let set = async |name: &str, tenant: &str, role| {
        let roles = BTreeMap::from([(tenant.into(), role)]);
        let change = UserChange { roles, ..UserChange::default() };
        bench.store.change_user(&bench.scope, &name.into(), change).await.unwrap();
    };
    // Another tenant's supervisor, and an operator of this one.
    set("emil", "summit", Some(Role::Supervisor)).await;
    for stranger in ["emil", "boris"] {
        let (status, problem) = listens(&bench, session, stranger).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{stranger}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("no supervisor") && detail.contains("--role"), "{detail}");
    }
    set("boris", "harbour", Some(Role::Administrator)).await;
    for entitled in ["dana", "boris", "admin"] {
        assert_ne!(listens(&bench, session, entitled).await.0, StatusCode::FORBIDDEN, "{entitled}");
    }
    // A session of no tenant is the company's.
    bench.program.live.lock().unwrap().insert(session, Summary::default());
    assert_eq!(listens(&bench, session, "dana").await.0, StatusCode::FORBIDDEN);
    assert_ne!(listens(&bench, session, "admin").await.0, StatusCode::FORBIDDEN);
}
