//! Work on sessions over REST: who may do what, what each sees, and who is told.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use hovor::api::live::Live as Hub;
use hovor::api::live::board::Change;
use hovor::id::SessionId;
use hovor::store::{NewToken, Rank};
use serde_json::{Value, json};

use super::api::ask;
use super::bench::{Bench, Program};
use super::browser::Live;
use super::contacts::calls;
use super::logins::{Browser, logged_in};

/// A person who has logged in.
struct Person<'a>(&'a Bench, Browser);

impl<'a> Person<'a> {
    async fn of(bench: &'a Bench, name: &str) -> Self {
        Self(bench, logged_in(bench, name).await)
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.1.ask(self.0, method, &format!("/api/v1/{path}"), body).await;
        (answer.status, answer.body)
    }

    async fn ok(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(method, path, body).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    async fn get(&self, path: &str) -> Value {
        self.ok(Method::GET, path, Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.ok(Method::POST, path, body).await
    }

    async fn put(&self, path: &str, body: Value) -> Value {
        self.ok(Method::PUT, path, body).await
    }
}

/// A call of Harbour whose dialplan marked it and noted something.
async fn marked(bench: &Bench, n: u64) -> SessionId {
    let id = calls(bench, n, "+420777000999", None).await;
    let mut live = bench.program.live.lock().unwrap();
    let summary = live.get_mut(&id).unwrap();
    summary.tags.insert("vip".to_owned());
    summary.parameters.insert("customer NO.".to_owned(), "A-17".to_owned());
    summary.parameters.insert("berth".to_owned(), "4".to_owned());
    id
}

#[tokio::test]
async fn what_the_dialplan_set_stands_beside_what_operators_do() {
    let bench = Bench::new("work", Program::default()).await;
    let anna = Person::of(&bench, "anna").await;
    let path = format!("sessions/{}", marked(&bench, 1).await);
    let work = anna.get(&format!("{path}/work")).await;
    let vip = json!({"name": "vip", "colour": "purple", "by": "dialplan"});
    let of_dialplan = json!({"name": "Customer no.", "value": "A-17", "by": "dialplan", "preset": true});
    let asked = json!({"name": "Order no.", "value": "", "by": "operator", "preset": true});
    let other = json!({"name": "berth", "value": "4", "by": "dialplan", "preset": false});
    assert_eq!(work["tags"], json!([vip]));
    assert_eq!(work["parameters"], json!([of_dialplan, asked, other]));
    assert_eq!((&work["result"], &work["results"][0]), (&Value::Null, &json!("Solved")));
    assert_eq!((&work["notes"], &work["suggested_tags"]), (&json!([]), &json!([])));

    let refund = json!({"name": "Refund", "colour": "orange", "by": "operator"});
    let work = anna.post(&format!("{path}/tags"), json!({"name": "refund"})).await;
    assert_eq!(work["tags"], json!([vip, refund]));
    let work = anna.post(&format!("{path}/untag"), json!({"name": "VIP"})).await;
    assert_eq!(work["tags"], json!([refund]), "the dialplan's goes too");
    let parameters = format!("{path}/parameters");
    let work = anna.put(&parameters, json!({"name": "customer no.", "value": "B-2"})).await;
    assert_eq!(
        (&work["parameters"][0]["value"], &work["parameters"][0]["by"]),
        (&json!("B-2"), &json!("operator"))
    );
    let work = anna.put(&parameters, json!({"name": "Customer no.", "value": null})).await;
    assert_eq!(work["parameters"][0], of_dialplan, "the dialplan's is back");
    let work = anna.put(&format!("{path}/result"), json!({"result": "call back"})).await;
    assert_eq!(work["result"], "Call back");
    assert_eq!(anna.put(&format!("{path}/result"), json!({"result": null})).await["result"], Value::Null);
    for (what, body) in [("result", json!({})), ("parameters", json!({"name": "x"}))] {
        let (status, _) = anna.ask(Method::PUT, &format!("{path}/{what}"), body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
    }
    let (status, problem) = anna.ask(Method::PUT, &format!("{path}/result"), json!({"result": "Won"})).await;
    assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("result")));
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("`Solved`, `Call back`, `Order placed`"), "{detail}");
    // A past session is no less one.
    bench.program.live.lock().unwrap().clear();
    assert_eq!(anna.get(&format!("{path}/work")).await["tags"], json!([refund]));
    // What she uses is suggested where it is not set yet.
    let next = format!("sessions/{}/work", calls(&bench, 2, "+420777000998", None).await);
    assert_eq!(anna.get(&next).await["suggested_tags"], json!([{"name": "Refund", "colour": "orange"}]));
    assert_eq!(Person::of(&bench, "boris").await.get(&next).await["suggested_tags"], json!([]));
}

#[tokio::test]
async fn notes_are_their_authors_and_keywords_in_them_set_tags() {
    let bench = Bench::new("notes", Program::default()).await;
    let (anna, boris, dana) = (
        Person::of(&bench, "anna").await,
        Person::of(&bench, "boris").await,
        Person::of(&bench, "dana").await,
    );
    let path = format!("sessions/{}", marked(&bench, 1).await);
    let notes = format!("{path}/notes");
    let work =
        anna.post(&notes, json!({"text": "The goods arrived damaged.\nShe wants her MONEY back."})).await;
    let note = &work["notes"][0];
    assert_eq!((&note["author"], &note["mine"]), (&json!("Anna"), &json!(true)));
    let set: Vec<_> = work["tags"].as_array().unwrap().iter().map(|tag| (&tag["name"], &tag["by"])).collect();
    assert_eq!(json!(set), json!([["vip", "dialplan"], ["Complaint", "keyword"], ["Refund", "keyword"]]));
    assert_eq!(boris.get(&format!("{path}/work")).await["notes"][0]["mine"], false);
    let one = format!("{notes}/{}", note["id"].as_str().unwrap());
    let text = |text: &str| json!({ "text": text });
    for (method, body) in [(Method::PATCH, text("mine")), (Method::DELETE, Value::Null)] {
        let (status, problem) = boris.ask(method, &one, body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("by Anna"), "{problem}");
    }
    let work = anna.ok(Method::PATCH, &one, text("better")).await;
    assert_eq!(work["notes"][0]["text"], "better");
    assert_eq!(dana.ok(Method::PATCH, &one, text("best")).await["notes"][0]["author"], "Anna");
    assert_eq!(dana.ok(Method::DELETE, &one, Value::Null).await["notes"], json!([]));
    assert_eq!(dana.ask(Method::DELETE, &one, Value::Null).await.0, StatusCode::NOT_FOUND);
    let (status, problem) = anna.ask(Method::POST, &notes, text(" ")).await;
    assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("text")));
    // A program writes by its name.
    let new = NewToken {
        name: "crm".into(),
        tenant: Some("harbour".into()),
        role: Some(Rank::Operator),
        expires_at: None,
    };
    let crm = bench.store.add_token(&bench.scope, new).await.unwrap().secret;
    let url = format!("/api/v1/{notes}");
    let (_, work) = ask(&bench.network, Method::POST, &url, Some(&crm), text("from the shop")).await;
    assert_eq!(
        (&work["notes"][0]["author"], &work["notes"][0]["mine"]),
        (&json!("token crm"), &json!(false))
    );
}

#[tokio::test]
async fn the_work_of_another_tenant_does_not_exist() {
    let bench = Bench::new("foreign", Program::default()).await;
    let (anna, emil) = (Person::of(&bench, "anna").await, Person::of(&bench, "emil").await);
    let path = format!("sessions/{}", marked(&bench, 1).await);
    let work = anna.post(&format!("{path}/notes"), json!({"text": "secret"})).await;
    let note = format!("notes/{}", work["notes"][0]["id"].as_str().unwrap());
    let tag = json!({"name": "x"});
    let text = json!({"text": "x"});
    let tries = [
        (Method::GET, "work", Value::Null),
        (Method::POST, "tags", tag.clone()),
        (Method::POST, "untag", tag),
        (Method::POST, "notes", text.clone()),
        (Method::PATCH, note.as_str(), text),
        (Method::DELETE, note.as_str(), Value::Null),
        (Method::PUT, "result", json!({"result": "Solved"})),
        (Method::PUT, "parameters", json!({"name": "x", "value": "x"})),
    ];
    for past in [false, true] {
        for (method, what, body) in tries.clone() {
            let (status, answer) = emil.ask(method.clone(), &format!("{path}/{what}"), body).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{method} {what}, past: {past}: {answer}");
        }
        bench.program.live.lock().unwrap().clear();
    }
    assert_eq!(emil.get("sessions?q=secret").await, json!([]));
    assert_eq!(anna.get(&format!("{path}/work")).await["notes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_operator_does_not_change_the_catalogue_nor_a_supervisor_the_tenant() {
    let bench = Bench::new("catalogue", Program::default()).await;
    let (anna, dana, admin) = (
        Person::of(&bench, "anna").await,
        Person::of(&bench, "dana").await,
        Person::of(&bench, "admin").await,
    );
    let tags = anna.get("tags").await;
    let (name, colour) = (&tags[0]["name"], &tags[0]["colour"]);
    assert_eq!((name, colour, &tags[0]["uses"]), (&json!("Complaint"), &json!("red"), &json!(0)));
    let one = format!("tags/{}", tags[0]["id"].as_str().unwrap());
    assert_eq!(anna.get(&one).await, tags[0]);
    for person in [&anna, &dana] {
        for (method, path, body) in [
            (Method::POST, "tags", json!({"name": "x"})),
            (Method::PATCH, one.as_str(), json!({"name": "x"})),
            (Method::DELETE, one.as_str(), Value::Null),
            (Method::PATCH, "tenants/harbour", json!({"call_results": ["x"]})),
        ] {
            assert_eq!(person.ask(method, path, body).await.0, StatusCode::FORBIDDEN, "{path}");
        }
    }
    assert_eq!(anna.ask(Method::POST, "templates", json!({})).await.0, StatusCode::FORBIDDEN);
    let made = json!({"tenant": "harbour", "name": "Late", "colour": "teal", "keywords": ["late"]});
    let made = admin.post("tags", made).await;
    assert_eq!((&made["tenant"], &made["keywords"]), (&json!("harbour"), &json!(["late"])));
    let path = format!("tags/{}", made["id"].as_str().unwrap());
    let (status, problem) = admin.ask(Method::PATCH, &path, json!({"colour": "mauve"})).await;
    assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("colour")));
    let twice = json!({"tenant": "harbour", "name": "LATE"});
    assert_eq!(admin.ask(Method::POST, "tags", twice).await.0, StatusCode::CONFLICT);
    assert_eq!(admin.ok(Method::PATCH, &path, json!({"colour": null})).await["colour"], Value::Null);
    assert_eq!(admin.ask(Method::DELETE, &path, Value::Null).await.0, StatusCode::NO_CONTENT);
    let emil = Person::of(&bench, "emil").await;
    assert_eq!(emil.ask(Method::GET, &one, Value::Null).await.0, StatusCode::NOT_FOUND, "another tenant's");
    assert_eq!(emil.get("tags").await.as_array().unwrap().len(), 2);
    assert_eq!(admin.get("tags?tenant=summit").await.as_array().unwrap().len(), 2);
    // The tenant's lists.
    let lists = json!({"call_results": ["Won", "won"], "parameters": ["Berth"]});
    let tenant = admin.ok(Method::PATCH, "tenants/harbour", lists).await;
    assert_eq!((&tenant["call_results"], &tenant["parameters"]), (&json!(["Won"]), &json!(["Berth"])));
    let work = format!("sessions/{}/work", marked(&bench, 1).await);
    assert_eq!(anna.get(&work).await["results"], json!(["Won"]));
}

#[tokio::test]
async fn templates_are_the_supervisors_and_stars_each_operators_own() {
    let bench = Bench::new("templates", Program::default()).await;
    let (anna, boris, dana) = (
        Person::of(&bench, "anna").await,
        Person::of(&bench, "boris").await,
        Person::of(&bench, "dana").await,
    );
    let new = json!({"shortcut": "berth", "title": "Free berths", "text": "There is room at pier 4."});
    let made = dana.post("templates", new).await;
    assert_eq!((&made["tenant"], &made["starred"]), (&json!("harbour"), &json!(false)));
    let one = format!("templates/{}", made["id"].as_str().unwrap());
    let starred = anna.put(&format!("{one}/star"), json!({"starred": true})).await;
    assert_eq!((&starred["starred"], &starred["text"]), (&json!(true), &made["text"]));
    assert_eq!(anna.get("templates?q=PIER%20free").await[0]["starred"], true);
    assert_eq!(boris.get("templates?q=pier").await[0]["starred"], false);
    assert_eq!(boris.get("templates").await.as_array().unwrap().len(), 4);
    assert_eq!(dana.ok(Method::PATCH, &one, json!({"title": "Room"})).await["title"], "Room");
    assert_eq!(anna.put(&format!("{one}/star"), json!({"starred": false})).await["starred"], false);
    let emil = Person::of(&bench, "emil").await;
    assert_eq!(emil.ask(Method::GET, &one, Value::Null).await.0, StatusCode::NOT_FOUND, "another tenant's");
    let star = format!("/api/v1/{one}/star");
    let (status, problem) = ask(&bench.socket, Method::PUT, &star, None, json!({"starred": true})).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    assert_eq!(dana.ask(Method::DELETE, &one, Value::Null).await.0, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn history_is_found_by_words_contact_and_tag() {
    let bench = Bench::new("history-search", Program::default()).await;
    let anna = Person::of(&bench, "anna").await;
    let (one, two) = (marked(&bench, 1).await, calls(&bench, 2, "+420777123456", None).await);
    bench.program.live.lock().unwrap().clear();
    let jana = anna.get("contacts?q=jana").await[0]["id"].clone();
    anna.put(&format!("sessions/{two}/contact"), json!({"contact": jana})).await;
    anna.post(&format!("sessions/{one}/notes"), json!({"text": "Broken crate"})).await;
    anna.post(&format!("sessions/{two}/tags"), json!({"name": "VIP"})).await;
    let found = async |query: &str| -> Vec<Value> {
        let found = anna.get(&format!("sessions?{query}")).await;
        found.as_array().unwrap().iter().map(|session| session["id"].clone()).collect()
    };
    let (one, two) = (json!(one.0), json!(two.0));
    for (query, ids) in [
        ("q=crate%20brok", vec![&one]),
        ("q=novakova", vec![&two]),
        ("q=777%20000%20999", vec![&one]),
        ("tag=vip", vec![&two]),
        ("tag=complaint", vec![&one]),
        ("q=crate&tag=vip", vec![]),
        (&format!("contact={}", jana.as_str().unwrap()), vec![&two]),
    ] {
        assert_eq!(found(query).await, ids.into_iter().cloned().collect::<Vec<_>>(), "{query}");
    }
    let emil = Person::of(&bench, "emil").await;
    let theirs = format!("sessions?contact={}", jana.as_str().unwrap());
    assert_eq!(emil.ask(Method::GET, &theirs, Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_may_see_a_session_are_told_of_work_on_it() {
    let hub = Arc::new(Hub::new(1_000));
    let bench = Bench::new("work-hints", Program { hub: Some(Arc::clone(&hub)), ..Program::default() }).await;
    hub.apply(Change::All(Box::default()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let network = bench.network.clone();
    tokio::spawn(async move { axum::serve(listener, network).await.unwrap() });
    let boris = logged_in(&bench, "boris").await;
    let mut page = Live::open(port, &boris.cookie.unwrap(), None).unwrap();
    assert!(page.next().unwrap().get("snapshot").is_some());
    let anna = Person::of(&bench, "anna").await;
    let session = calls(&bench, 1, "+420777000999", None).await;
    anna.post(&format!("sessions/{session}/tags"), json!({"name": "Late"})).await;
    assert_eq!(page.next().unwrap(), json!({"changed": {"session": session.0, "what": "work"}}));
}
