//! The lines by which operators take sessions: who switches them, and what is answered.

use axum::http::{Method, StatusCode};
use hovor::queue::{Engagement, OperatorState, Status};
use hovor::time::Time;
use serde_json::{Value, json};

use super::api::ask;
use super::bench::{Bench, Program};
use super::logins::logged_in;

const ANNA: &str = "/api/v1/operators/anna/channels/phone";

/// Anna and Boris are operators of one tenant, ready.
async fn bench(name: &str) -> Bench {
    let bench = Bench::new(name, Program::default()).await;
    for name in ["anna", "boris"] {
        let user = bench.store.user(&bench.scope, &name.into()).await.unwrap().id;
        let state = OperatorState {
            status: Status::Online,
            reachable: true,
            at_desk: false,
            do_not_disturb: false,
            off: Default::default(),
            engagement: Engagement::Free,
            since: Time::ZERO,
            said: Time::ZERO,
        };
        bench.program.operators.lock().unwrap().insert(user, state);
    }
    bench
}

fn phone(on: bool) -> Value {
    json!([{"line": "phone", "on": on}, {"line": "webchat", "on": true}])
}

#[tokio::test]
async fn operators_switch_their_own_channels_and_everybody_sees_it() {
    let bench = bench("channels").await;
    let anna = logged_in(&bench, "anna").await;
    let boris = logged_in(&bench, "boris").await;
    let list = "/api/v1/operators/anna/channels";
    assert_eq!(anna.get(&bench, list).await.body, phone(true));
    let off = json!({"on": false});
    let refused = boris.ask(&bench, Method::PUT, ANNA, off.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "not his");
    let switched = anna.ask(&bench, Method::PUT, ANNA, off.clone()).await;
    assert_eq!((switched.status, switched.body), (StatusCode::OK, phone(false)));
    let (_, all) = ask(&bench.socket, Method::GET, "/api/v1/operators", None, Value::Null).await;
    let shown = all.as_array().unwrap().iter().find(|operator| operator["name"] == "anna").unwrap();
    assert_eq!((&shown["channels"], &shown["available"]), (&phone(false), &json!(false)));
    let none = "/api/v1/operators/anna/channels/carrier-pigeon";
    let unknown = anna.ask(&bench, Method::PUT, none, off).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.body["detail"].as_str().unwrap().contains("phone"), "{}", unknown.body);
}

#[tokio::test]
async fn where_operators_may_not_switch_administrators_and_programs_do() {
    let bench = bench("locked").await;
    *bench.program.channels_locked.lock().unwrap() = true;
    let anna = logged_in(&bench, "anna").await;
    let refused = anna.ask(&bench, Method::PUT, ANNA, json!({"on": false})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body["detail"].as_str().unwrap().contains("channel_switches"), "{}", refused.body);
    assert_eq!(anna.get(&bench, "/api/v1/operators/anna/channels").await.body, phone(true));
    let token = bench.token("harbour", Some("harbour")).await;
    let off = json!({"on": false});
    let (status, now) = ask(&bench.network, Method::PUT, ANNA, Some(&token), off).await;
    assert_eq!((status, now), (StatusCode::OK, phone(false)));
}
