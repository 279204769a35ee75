//! Browsers that look on: who may, and what they are told when.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use hovor::api::live::Live as Hub;
use hovor::api::live::board::{All, Change, Doing, Known, KnownOperator, LiveOperator};
use hovor::id::UserId;
use hovor::queue::Status;
use hovor::time::UnixMs;
use serde_json::{Value, json};

use super::bench::{Bench, Program};
use super::browser::Live;
use super::logins::logged_in;

fn state(n: i64) -> LiveOperator {
    LiveOperator {
        status: Status::Online,
        do_not_disturb: false,
        channels_off: Default::default(),
        may_switch_channels: true,
        reachable: true,
        doing: Doing::Free,
        since: UnixMs(1_800_000_000_000 + n),
    }
}

/// The demo's operators, all of them free.
async fn everything(bench: &Bench) -> All {
    let users = bench.store.users(&bench.scope).await.unwrap();
    let mut all = All::default();
    for user in users.into_iter().filter(|user| !user.roles.is_empty()) {
        let tenants = user.roles.keys().copied().collect();
        let known =
            KnownOperator { name: user.name, display: user.display, extension: user.extension, tenants };
        all.known.operators.insert(user.id, known);
        all.operators.insert(user.id, state(0));
    }
    all
}

/// The demo company with somewhere to look on, at a port of its own.
async fn looked_at(name: &str) -> (Bench, Arc<Hub>, u16, UserId) {
    let hub = Arc::new(Hub::new(1_000));
    let bench = Bench::new(name, Program { hub: Some(Arc::clone(&hub)), ..Program::default() }).await;
    hub.apply(Change::All(Box::new(everything(&bench).await)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let network = bench.network.clone();
    tokio::spawn(async move { axum::serve(listener, network).await.unwrap() });
    let anna = bench.store.user(&bench.scope, &"anna".into()).await.unwrap().id;
    (bench, hub, port, anna)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_a_snapshot_then_events_and_goes_on_from_where_it_was() {
    let (bench, hub, port, anna) = looked_at("live").await;
    let browser = logged_in(&bench, "anna").await;
    let cookie = browser.cookie.clone().unwrap();
    let mut live = Live::open(port, &cookie, None).unwrap();
    let snapshot = live.next().unwrap()["snapshot"].clone();
    let names = |operators: &Value| {
        let all = operators.as_array().unwrap().iter();
        all.map(|operator| operator["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut seen = names(&snapshot["operators"]);
    seen.sort();
    assert_eq!(seen, ["anna", "boris", "cyril", "dana"], "those of Summit do not exist for her");
    assert_eq!((&snapshot["me"]["engagement"], &snapshot["waiting"]), (&json!("free"), &json!([])));
    let number = snapshot["number"].as_u64().unwrap();

    hub.apply(Change::Operator(anna, state(1)));
    let first = live.next().unwrap()["event"].clone();
    assert_eq!(first["kind"], "me");
    assert!(first["number"].as_u64().unwrap() > number);
    let second = live.next().unwrap()["event"].clone();
    assert_eq!((&second["kind"], &second["item"]["name"]), (&json!("operator"), &json!("anna")));
    drop(live);

    // It comes back, and misses nothing.
    hub.apply(Change::Operator(anna, state(2)));
    let mut live = Live::open(port, &cookie, first["number"].as_u64()).unwrap();
    let told: Vec<Value> = (0..3).map(|_| live.next().unwrap()["event"].clone()).collect();
    let kinds: Vec<&str> = told.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["operator", "me", "operator"]);
    assert_eq!(told[0], second);

    // Of what was before this program it knows nothing.
    let mut live = Live::open(port, &cookie, Some(7)).unwrap();
    let said = live.next().unwrap();
    assert!(said["resync"]["reason"].as_str().unwrap().contains("not kept"), "{said}");
    assert_eq!(live.next(), None, "and it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_falls_behind_or_builds_on_old_names_looks_anew() {
    let (bench, hub, port, anna) = looked_at("behind").await;
    let cookie = logged_in(&bench, "anna").await.cookie.unwrap();
    let mut slow = Live::open(port, &cookie, None).unwrap();
    assert!(slow.next().unwrap().get("snapshot").is_some());
    // More than is kept for it and than fits on the way, while it reads nothing. Nobody waits for it.
    for n in 0..60_000 {
        hub.apply(Change::Operator(anna, state(n + 1)));
    }
    let end = loop {
        let said = slow.next().expect("it is told before it ends");
        if let Some(resync) = said.get("resync") {
            break resync["reason"].as_str().unwrap().to_owned();
        }
    };
    assert!(end.contains("fell behind"), "{end}");

    let mut live = Live::open(port, &cookie, None).unwrap();
    assert!(live.next().unwrap().get("snapshot").is_some());
    let mut all = everything(&bench).await;
    all.known.operators.get_mut(&anna).unwrap().display = "Anna N.".into();
    hub.apply(Change::All(Box::new(all)));
    assert!(live.next().unwrap().get("resync").is_some());
    assert_eq!(live.next(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_looks_on_without_a_login() {
    let (bench, hub, port, _) = looked_at("refused").await;
    assert_eq!(Live::open(port, "guess", None).err(), Some(401));
    let browser = logged_in(&bench, "emil").await;
    let plain = browser.get(&bench, "/api/v1/live").await;
    assert_eq!(plain.status, StatusCode::BAD_REQUEST, "no WebSocket: {}", plain.body);
    let mut live = Live::open(port, &browser.cookie.clone().unwrap(), None).unwrap();
    let snapshot = live.next().unwrap()["snapshot"].clone();
    assert_eq!(snapshot["operators"].as_array().unwrap().len(), 2, "those of Summit alone");
    let nobody = All { known: Known::default(), operators: BTreeMap::new(), ..All::default() };
    hub.apply(Change::All(Box::new(nobody)));
    assert!(live.next().unwrap().get("resync").is_some());
}
