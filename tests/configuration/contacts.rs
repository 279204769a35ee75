//! Contacts and the clients of sessions over REST, and who is told of a change.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use hovor::api::live::Live as Hub;
use hovor::api::live::board::{All, Change};
use hovor::entropy::Entropy;
use hovor::id::SessionId;
use hovor::store::{NewToken, Rank, Session, SessionDirection, SessionKind};
use hovor::switch::history::Summary;
use hovor::time::UnixMs;
use serde_json::{Value, json};

use super::api::ask;
use super::bench::{Bench, Program};
use super::browser::Live;
use super::logins::logged_in;

/// Somebody who asks with the token of an operator of one tenant.
struct Seat<'a>(&'a Bench, String);

impl<'a> Seat<'a> {
    async fn of(bench: &'a Bench, tenant: &str) -> Self {
        let (name, role) = (format!("seat-{tenant}"), Some(Rank::Operator));
        let new = NewToken { name, tenant: Some(tenant.into()), role, expires_at: None };
        Self(bench, bench.store.add_token(&bench.scope, new).await.unwrap().secret)
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        ask(&self.0.network, method, &format!("/api/v1/{path}"), Some(&self.1), body).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask(Method::GET, path, Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    async fn put(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(Method::PUT, path, body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }
}

/// A live session of Harbour: somebody calls from this number, by this name.
pub async fn calls(bench: &Bench, n: u64, from: &str, name: Option<&str>) -> SessionId {
    let harbour = bench.store.tenant(&bench.scope, &"harbour".into()).await.unwrap().id;
    let at = UnixMs(1_800_000_000_000);
    let id = SessionId::new(at, &mut Entropy::from_number(n));
    let session = Session {
        id,
        tenant: Some(harbour),
        kind: SessionKind::Client,
        direction: SessionDirection::Inbound,
        line: "phone".into(),
        from: from.into(),
        from_name: name.map(str::to_owned),
        dialled: "100".into(),
        group: None,
        operator: None,
        keys: String::new(),
        started_at: at,
        answered_at: None,
        ended_at: None,
        waiting_ms: 0,
        talk_ms: 0,
        end_cause: None,
        parameters: Default::default(),
        tags: Default::default(),
        called: Default::default(),
    };
    bench.store.put_sessions(&bench.scope, &[session]).await.unwrap();
    let mut summary = Summary::default();
    (summary.tenant, summary.from, summary.display) = (Some(harbour), from.into(), name.map(str::to_owned));
    bench.program.live.lock().unwrap().insert(id, summary);
    id
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn operators_keep_the_contacts_of_their_tenant() {
    let bench = Bench::new("contacts", Program::default()).await;
    let (harbour, summit) = (Seat::of(&bench, "harbour").await, Seat::of(&bench, "summit").await);
    assert_eq!(names(&harbour.get("contacts").await), ["Eva Dvořáková", "Jana Nováková", "Petr Dvořák"]);
    assert_eq!(names(&harbour.get("contacts?q=dvorak%20petr").await), ["Petr Dvořák"]);
    let new = json!({
        "name": "Hana Malá", "phones": [{"value": "+420 777 000 501", "label": "mobile"}],
        "identifiers": [{"name": "Customer no.", "value": "A-17"}],
    });
    let (status, made) = harbour.ask(Method::POST, "contacts", new.clone()).await;
    assert_eq!((status, &made["tenant"]), (StatusCode::CREATED, &json!("harbour")), "{made}");
    assert_eq!(made["phones"], json!([{"value": "+420777000501", "label": "mobile"}]));
    assert_eq!((&made["merged"], &made["organisation"]), (&json!([]), &json!("")));
    let path = format!("contacts/{}", made["id"].as_str().unwrap());
    assert_eq!(harbour.get(&path).await, made);
    let (_, changed) = harbour.ask(Method::PATCH, &path, json!({"note": "pays late"})).await;
    assert_eq!((&changed["note"], &changed["phones"]), (&json!("pays late"), &made["phones"]));
    for (method, body) in
        [(Method::GET, Value::Null), (Method::PATCH, json!({})), (Method::DELETE, Value::Null)]
    {
        assert_eq!(summit.ask(method, &path, body).await.0, StatusCode::NOT_FOUND, "another tenant's");
    }
    let similar = harbour.get("contacts/similar?name=Mala%20Hana&phone=%2B420777000501").await;
    assert_eq!((similar.as_array().unwrap().len(), &similar[0]["percent"]), (1, &json!(99)));
    assert_eq!(similar[0]["reasons"][0]["what"], "phone");
    assert_eq!(summit.get("contacts/similar?phone=%2B420777000501").await, json!([]));
    let (status, problem) = harbour.ask(Method::POST, "contacts", json!({"name": " "})).await;
    assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("name")));
    let (status, problem) = ask(&bench.socket, Method::POST, "/api/v1/contacts", None, new).await;
    assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("tenant")));
    assert_eq!(harbour.ask(Method::DELETE, &path, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(harbour.ask(Method::GET, &path, Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_merge_moves_the_sessions_and_is_undone() {
    let bench = Bench::new("merge", Program::default()).await;
    let harbour = Seat::of(&bench, "harbour").await;
    let all = harbour.get("contacts").await;
    let (eva, petr) = (&all[0], &all[2]);
    let (eva_path, eva_id) = (format!("contacts/{}", eva["id"].as_str().unwrap()), eva["id"].clone());
    let (petr_path, petr_id) = (format!("contacts/{}", petr["id"].as_str().unwrap()), petr["id"].clone());
    let session = calls(&bench, 1, "+420777000401", None).await;
    harbour.put(&format!("sessions/{session}/contact"), json!({"contact": petr_id})).await;
    let merge = |action: &str| format!("{eva_path}/{action}");
    let (status, whole) = harbour.ask(Method::POST, &merge("merge"), json!({"other": petr_id})).await;
    assert_eq!((status, &whole["merged"][0]["id"]), (StatusCode::OK, &petr_id), "{whole}");
    assert_eq!(harbour.get(&merge("sessions")).await[0]["id"], json!(session.0));
    let (status, parted) = harbour.ask(Method::POST, &merge("undo-merge"), json!({"other": petr_id})).await;
    assert_eq!((status, &parted), (StatusCode::OK, eva));
    assert_eq!(harbour.get(&petr_path).await, *petr);
    assert_eq!(harbour.get(&format!("{petr_path}/sessions")).await[0]["id"], json!(session.0));
    let again = harbour.ask(Method::POST, &merge("undo-merge"), json!({"other": petr_id})).await;
    assert_eq!(again.0, StatusCode::CONFLICT, "{}", again.1);
    let itself = harbour.ask(Method::POST, &merge("merge"), json!({"other": eva_id})).await;
    assert_eq!(itself.0, StatusCode::UNPROCESSABLE_ENTITY, "{}", itself.1);
}

#[tokio::test]
async fn a_client_who_is_certain_is_connected_and_stays_as_the_operator_says() {
    let bench = Bench::new("certain", Program::default()).await;
    let (harbour, summit) = (Seat::of(&bench, "harbour").await, Seat::of(&bench, "summit").await);
    let session = calls(&bench, 1, "00420777123456", None).await;
    let path = format!("sessions/{session}/client");
    let client = harbour.get(&path).await;
    assert_eq!((&client["phone"], &client["name"]), (&json!("+420777123456"), &json!("")), "{client}");
    assert_eq!(
        (&client["chosen"], &client["contact"]["name"]),
        (&json!("automatic"), &json!("Jana Nováková"))
    );
    assert!(client["candidates"][0]["percent"].as_u64().unwrap() >= 95, "{client}");
    assert_eq!(summit.ask(Method::GET, &path, Value::Null).await.0, StatusCode::NOT_FOUND);
    // Disconnected it stays, however certain.
    let choice = format!("sessions/{session}/contact");
    let without = harbour.put(&choice, json!({"contact": null})).await;
    assert_eq!((&without["contact"], &without["chosen"]), (&Value::Null, &Value::Null));
    assert_eq!(harbour.get(&path).await["contact"], Value::Null);
    assert_eq!(without["candidates"][0]["contact"]["name"], "Jana Nováková");
    let chosen = harbour.put(&choice, json!({"contact": client["contact"]["id"]})).await;
    assert_eq!((&chosen["chosen"], &chosen["candidates"]), (&json!("operator"), &json!([])));
    // What is said of it, changes at any time.
    let named = harbour.put(&path, json!({"name": "Jana N.", "email": "jana@example.com"})).await;
    assert_eq!((&named["name"], &named["phone"]), (&json!("Jana N."), &json!("+420777123456")));
    let (status, problem) = harbour.ask(Method::PUT, &path, json!({"phone": "call me"})).await;
    assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("phone")));
    assert_eq!(harbour.ask(Method::PUT, &choice, json!({})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    // A past session is no less one.
    bench.program.live.lock().unwrap().clear();
    let past = harbour.get(&path).await;
    assert_eq!((&past["name"], &past["contact"]["name"]), (&json!("Jana N."), &json!("Jana Nováková")));
    assert_eq!(summit.ask(Method::PUT, &path, json!({"name": "X"})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn those_who_share_a_number_are_candidates_until_the_name_tells_them_apart() {
    let bench = Bench::new("shared", Program::default()).await;
    let harbour = Seat::of(&bench, "harbour").await;
    let session = calls(&bench, 1, "+420777000401", None).await;
    let client = harbour.get(&format!("sessions/{session}/client")).await;
    assert_eq!((&client["contact"], &client["chosen"]), (&Value::Null, &Value::Null));
    let percents: Vec<u64> =
        client["candidates"].as_array().unwrap().iter().map(|one| one["percent"].as_u64().unwrap()).collect();
    assert!(
        percents.len() == 2 && percents.iter().all(|percent| (30..=50).contains(percent)),
        "{percents:?}"
    );
    let named = harbour.put(&format!("sessions/{session}/client"), json!({"name": "Dvořáková Eva"})).await;
    assert_eq!((&named["contact"]["name"], &named["chosen"]), (&json!("Eva Dvořáková"), &json!("automatic")));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_may_see_a_session_are_told_that_its_client_was_changed() {
    let hub = Arc::new(Hub::new(1_000));
    let bench = Bench::new("hints", Program { hub: Some(Arc::clone(&hub)), ..Program::default() }).await;
    hub.apply(Change::All(Box::default()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let network = bench.network.clone();
    tokio::spawn(async move { axum::serve(listener, network).await.unwrap() });
    let mut pages = vec![];
    for user in ["anna", "emil"] {
        let cookie = logged_in(&bench, user).await.cookie.unwrap();
        let mut page = Live::open(port, &cookie, None).unwrap();
        assert!(page.next().unwrap().get("snapshot").is_some());
        pages.push(page);
    }
    let harbour = Seat::of(&bench, "harbour").await;
    let session = calls(&bench, 1, "+420777000999", None).await;
    harbour.put(&format!("sessions/{session}/client"), json!({"name": "Somebody"})).await;
    let told = json!({"changed": {"session": session.0, "what": "client"}});
    assert_eq!(pages[0].next().unwrap(), told, "Anna serves Harbour");
    // Emil does not: the first that he hears is of names that have changed.
    let mut all = All::default();
    all.known.tenants.insert(
        bench.store.tenant(&bench.scope, &"summit".into()).await.unwrap().id,
        hovor::api::live::board::KnownTenant { name: "summit".into(), off: Default::default() },
    );
    hub.apply(Change::All(Box::new(all)));
    assert!(pages[1].next().unwrap().get("resync").is_some());
}
