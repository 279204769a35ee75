//! The configuration over HTTP: what is sent, what comes back, and who may.

use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use hovor::store::{NewToken, TokenChange};
use hovor::time::UnixMs;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::bench::{Bench, Program};

/// A status and a JSON body, null if there is none.
type Answer = (StatusCode, Value);

impl Bench {
    /// Asks over the control socket.
    async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        ask(&self.socket, method, path, None, body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, Value::Null).await
    }

    pub async fn token(&self, name: &str, tenant: Option<&str>) -> String {
        let new =
            NewToken { name: name.into(), tenant: tenant.map(Into::into), role: None, expires_at: None };
        self.store.add_token(&self.scope, new).await.unwrap().secret
    }
}

pub async fn ask(router: &Router, method: Method, path: &str, token: Option<&str>, body: Value) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = match body {
        Value::Null => Body::empty(),
        Value::String(raw) => Body::from(raw),
        body => Body::from(body.to_string()),
    };
    let request = request.header("content-type", "application/json").body(body).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    if status.is_client_error() || status.is_server_error() {
        assert_eq!(kind.as_deref(), Some("application/problem+json"), "{status}");
    }
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

/// Of each noun: its address, what is sent to add one, its name, what is sent to change it, and what
/// the changed field is then.
fn nouns() -> [(&'static str, Value, &'static str, Value, Value); 8] {
    [
        (
            "tenants",
            json!({"name": "apex", "display": "Apex"}),
            "apex",
            json!({"language": "cs"}),
            json!("cs"),
        ),
        (
            "numbers",
            json!({"tenant": "harbour", "number": "+420 200 000 300"}),
            "+420200000300",
            json!({"label": "fax"}),
            json!("fax"),
        ),
        (
            "users",
            json!({"name": "gita", "roles": {"harbour": "operator"}}),
            "gita",
            json!({"roles": {"summit": "supervisor", "harbour": null}}),
            json!({"summit": "supervisor"}),
        ),
        (
            "devices",
            json!({"user": "anna", "username": "201b"}),
            "201b",
            json!({"user": "boris"}),
            json!("boris"),
        ),
        (
            "groups",
            json!({"tenant": "harbour", "name": "night", "members": ["anna"]}),
            "night",
            json!({"members": ["dana", "anna"]}),
            json!(["dana", "anna"]),
        ),
        (
            "trunks",
            json!({"name": "backup", "host": "192.0.2.9", "username": "u", "password": "secret pass"}),
            "backup",
            json!({"enabled": false}),
            json!(false),
        ),
        (
            "destinations",
            json!({"prefix": "00420 900", "class": "premium"}),
            "+420900",
            json!({"class": "national"}),
            json!("national"),
        ),
        ("tokens", json!({"name": "deploy"}), "deploy", json!({"expires_at": 5}), json!(5)),
    ]
}

#[tokio::test]
async fn every_noun_lives_its_life_by_name() {
    let bench = Bench::new("life", Program::default()).await;
    for (nouns, new, name, change, expected) in nouns() {
        let (path, item) = (format!("/api/v1/{nouns}"), format!("/api/v1/{nouns}/{name}"));
        let (status, before) = bench.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{nouns}");
        let applied = bench.program.applied.load(Ordering::SeqCst);
        let (status, made) = bench.ask(Method::POST, &path, new).await;
        assert_eq!(status, StatusCode::CREATED, "{nouns}: {made}");
        let field = change.as_object().unwrap().keys().next().unwrap().clone();
        let (status, changed) = bench.ask(Method::PATCH, &item, change).await;
        assert_eq!((status, &changed[&field]), (StatusCode::OK, &expected), "{nouns}: {changed}");
        let (_, shown) = bench.get(&item).await;
        assert_eq!(shown, changed, "{nouns}");
        let (_, by_id) = bench.get(&format!("{path}/{}", made["id"].as_str().unwrap())).await;
        assert_eq!(by_id, changed, "{nouns}");
        for secret in ["ha1", "hash", "secret", "secret pass"] {
            assert!(!shown.to_string().contains(&format!("{secret}\"")), "{nouns} shows {secret}: {shown}");
        }
        let (_, list) = bench.get(&path).await;
        assert_eq!(list.as_array().unwrap().len(), before.as_array().unwrap().len() + 1, "{nouns}");
        let (status, _) = bench.ask(Method::DELETE, &item, Value::Null).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{nouns}");
        assert_eq!(bench.get(&item).await.0, StatusCode::NOT_FOUND, "{nouns}");
        let now = bench.program.applied.load(Ordering::SeqCst);
        assert_eq!(now - applied, 3, "{nouns}: each change is taken over");
    }
}

#[tokio::test]
async fn a_generated_secret_is_shown_once() {
    let bench = Bench::new("secret", Program::default()).await;
    let (_, made) =
        bench.ask(Method::POST, "/api/v1/devices", json!({"user": "anna", "username": "201b"})).await;
    assert!(made["secret"].as_str().unwrap().len() >= 24, "{made}");
    assert_eq!((&made["user"], &made["username"]), (&json!("anna"), &json!("201b")));
    let (_, token) = bench.ask(Method::POST, "/api/v1/tokens", json!({"name": "deploy"})).await;
    let secret = token["secret"].as_str().unwrap();
    assert_eq!(
        ask(&bench.network, Method::GET, "/api/v1/users", Some(secret), Value::Null).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn the_network_needs_a_token_and_the_socket_none() {
    let bench = Bench::new("token", Program::default()).await;
    let path = "/api/v1/tenants";
    let asked = async |token: Option<&str>| ask(&bench.network, Method::GET, path, token, Value::Null).await;
    for wrong in [None, Some("hovor_guess"), Some("")] {
        let (status, problem) = asked(wrong).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(problem["detail"].as_str().unwrap().contains("hovor token add"), "{problem}");
    }
    assert_eq!(bench.get(path).await.0, StatusCode::OK);
    let token = bench.token("deploy", None).await;
    assert_eq!(asked(Some(&token)).await.0, StatusCode::OK);
    let over = TokenChange { expires_at: Some(Some(UnixMs(1_799_999_999_999))), ..TokenChange::default() };
    bench.store.change_token(&bench.scope, &"deploy".into(), over).await.unwrap();
    assert_eq!(asked(Some(&token)).await.0, StatusCode::UNAUTHORIZED, "it expired a moment ago");
    let never = TokenChange { expires_at: Some(None), ..TokenChange::default() };
    bench.store.change_token(&bench.scope, &"deploy".into(), never).await.unwrap();
    assert_eq!(asked(Some(&token)).await.0, StatusCode::OK);
    bench.store.remove_token(&bench.scope, &"deploy".into()).await.unwrap();
    assert_eq!(asked(Some(&token)).await.0, StatusCode::UNAUTHORIZED);
    let (status, _) = ask(&bench.network, Method::POST, path, None, json!({"name": "x"})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_tenants_token_reaches_its_tenant_only() {
    let bench = Bench::new("tenant", Program::default()).await;
    let token = bench.token("harbour", Some("harbour")).await;
    let asked = async |method, path, body| ask(&bench.network, method, path, Some(&token), body).await;
    let (_, tenants) = asked(Method::GET, "/api/v1/tenants", Value::Null).await;
    assert_eq!(tenants.as_array().unwrap().len(), 1);
    assert_eq!(asked(Method::GET, "/api/v1/users/emil", Value::Null).await.0, StatusCode::NOT_FOUND);
    let narrowed = "/api/v1/groups/summit?tenant=summit";
    assert_eq!(asked(Method::GET, narrowed, Value::Null).await.0, StatusCode::NOT_FOUND);
    let (status, _) = asked(Method::POST, "/api/v1/tenants", json!({"name": "mine"})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let change = json!({"display": "Anna N."});
    assert_eq!(asked(Method::PATCH, "/api/v1/users/anna", change).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_list_and_an_ambiguous_name_are_narrowed_by_tenant() {
    let bench = Bench::new("narrow", Program::default()).await;
    let new = json!({"tenant": "summit", "name": "sales"});
    assert_eq!(bench.ask(Method::POST, "/api/v1/groups", new).await.0, StatusCode::CREATED);
    assert_eq!(bench.get("/api/v1/groups?tenant=summit").await.1.as_array().unwrap().len(), 2);
    let (status, problem) = bench.get("/api/v1/groups/sales").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(problem["detail"].as_str().unwrap().contains("name the tenant"), "{problem}");
    let (_, shown) = bench.get("/api/v1/groups/sales?tenant=summit").await;
    assert_eq!(shown["tenant"], "summit");
    let path = "/api/v1/groups/sales?tenant=harbour";
    assert_eq!(bench.ask(Method::DELETE, path, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(bench.get("/api/v1/groups/sales").await.1["tenant"], "summit");
}

#[tokio::test]
async fn problems_say_what_is_wrong_and_what_to_do() {
    let bench = Bench::new("problems", Program::default()).await;
    let tenants = "/api/v1/tenants";
    let cases = [
        (Method::POST, tenants, json!({"name": "A B"}), 422, "lower-case letters"),
        (Method::POST, tenants, json!({"name": "harbour"}), 409, "there is a tenant `harbour` already"),
        (Method::POST, tenants, json!({"nmae": "x"}), 422, "unknown field `nmae`"),
        (Method::POST, tenants, json!("{"), 400, "the body cannot be read"),
        (Method::POST, tenants, json!(" ".repeat(300_000)), 413, "the body cannot be read"),
        (Method::PUT, tenants, Value::Null, 405, "does not know this method"),
        (Method::GET, "/api/v1/nothing", Value::Null, 404, "openapi.json"),
        (Method::GET, "/api/v1/tenants/nowhere", Value::Null, 404, "no tenant `nowhere`"),
        (Method::DELETE, "/api/v1/tenants/harbour", Value::Null, 409, "still in use"),
        (
            Method::POST,
            "/api/v1/numbers",
            json!({"tenant": "x", "number": "+420200000300"}),
            404,
            "no tenant `x`",
        ),
    ];
    for (method, path, body, status, sentence) in cases {
        let (got, problem) = bench.ask(method, path, body).await;
        assert_eq!(got.as_u16(), status, "{path}: {problem}");
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].as_str().unwrap().contains(sentence), "{sentence}: {problem}");
    }
    let (_, problem) = bench.ask(Method::POST, tenants, json!({"name": "A B"})).await;
    assert_eq!(problem["field"], "name");
    assert_eq!(bench.program.applied.load(Ordering::SeqCst), 0, "nothing was changed");
}

#[tokio::test]
async fn a_change_does_not_wait_for_ever_until_it_is_in_force() {
    let bench = Bench::new("slow", Program { slow: true, ..Program::default() }).await;
    #[expect(clippy::disallowed_methods, reason = "this measures")]
    let start = Instant::now();
    let (status, _) = bench.ask(Method::POST, "/api/v1/tenants", json!({"name": "apex"})).await;
    assert_eq!(status, StatusCode::CREATED);
    assert!((1..10).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_change_that_the_program_cannot_read_is_told() {
    let bench = Bench::new("deaf", Program { deaf: true, ..Program::default() }).await;
    let (status, problem) = bench.ask(Method::POST, "/api/v1/tenants", json!({"name": "apex"})).await;
    let said = problem["detail"].as_str().unwrap();
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        said.contains("the change is stored, but not in force") && said.contains("the disk is full"),
        "{said}"
    );
    assert!(bench.store.tenant(&bench.scope, &"apex".into()).await.is_ok());
}

#[tokio::test]
async fn the_dialplan_files_are_for_administrators_of_the_whole_company() {
    let bench = Bench::new("dialplan", Program::default()).await;
    let (all, one) = (bench.token("all", None).await, bench.token("one", Some("harbour")).await);
    let routes = [
        (Method::GET, "/api/v1/dialplans"),
        (Method::POST, "/api/v1/dialplans/reload"),
        (Method::GET, "/api/v1/dialplans/versions"),
        (Method::GET, "/api/v1/dialplans/versions/3"),
        (Method::GET, "/api/v1/dialplans/diff?from=3&to=disk"),
        (Method::POST, "/api/v1/dialplans/rollback"),
    ];
    for (method, path) in routes {
        let body = if path.ends_with("rollback") { json!({"version": 5}) } else { Value::Null };
        let asked =
            async |token: Option<&str>| ask(&bench.network, method.clone(), path, token, body.clone()).await;
        assert_eq!(asked(None).await.0, StatusCode::UNAUTHORIZED, "{path}");
        let (status, problem) = asked(Some(&one)).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        assert!(problem["detail"].as_str().unwrap().contains("administrator of the company"), "{problem}");
        assert_ne!(asked(Some(&all)).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    let rollback = "/api/v1/dialplans/rollback";
    let (_, shown) = bench.ask(Method::POST, rollback, json!({"version": 5})).await;
    assert_eq!(shown["version"], 5);
    let (status, _) = bench.ask(Method::POST, rollback, json!({"to": 5})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, shown) = bench.get("/api/v1/dialplans/diff?from=3&to=disk").await;
    assert_eq!((&shown["from"], &shown["to"]), (&json!("3"), &json!("disk")));
}

#[tokio::test]
async fn bans_are_for_administrators_of_the_whole_company() {
    let bench = Bench::new("bans", Program::default()).await;
    let (all, one) = (bench.token("all", None).await, bench.token("one", Some("harbour")).await);
    for (method, path, done) in [
        (Method::GET, "/api/v1/bans", StatusCode::OK),
        (Method::DELETE, "/api/v1/bans/203.0.113.9", StatusCode::NO_CONTENT),
        (Method::DELETE, "/api/v1/bans/2001:db8::%2F64", StatusCode::NOT_FOUND),
    ] {
        let asked =
            async |token: Option<&str>| ask(&bench.network, method.clone(), path, token, Value::Null).await.0;
        assert_eq!(asked(None).await, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(asked(Some(&one)).await, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(asked(Some(&all)).await, done, "{path}");
    }
    let (_, bans) = bench.get("/api/v1/bans").await;
    assert_eq!(bans[0]["source"], "203.0.113.9");
    assert_eq!((&bans[0]["until_at"], &bans[0]["failures"]), (&json!(60_000), &json!(10)));
}

#[tokio::test]
async fn the_description_names_every_route_once() {
    let bench = Bench::new("openapi", Program::default()).await;
    let (status, document) = ask(&bench.network, Method::GET, "/api/openapi.json", None, Value::Null).await;
    assert_eq!(status, StatusCode::OK, "it needs no token");
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let mut operations = vec![];
    for (path, methods) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for operation in methods.as_object().unwrap().values() {
            operations.push(operation["operationId"].as_str().unwrap().to_owned());
        }
    }
    let count = operations.len();
    operations.sort();
    operations.dedup();
    assert_eq!(operations.len(), count, "operation ids are unique");
    for noun in ["tenant", "number", "user", "device", "group", "trunk", "destination", "token"] {
        for operation in [format!("list_{noun}s"), format!("show_{noun}"), format!("add_{noun}")] {
            assert!(operations.contains(&operation), "{operation} is missing of {operations:?}");
        }
        assert!(
            operations.contains(&format!("change_{noun}")) && operations.contains(&format!("remove_{noun}"))
        );
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in ["Tenant", "NewNumber", "UserChange", "DeviceMadeView", "Problem", "Strategy"] {
        assert!(schemas.contains_key(name), "{name} is missing");
    }
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_answered_as_a_problem_too() {
    let bench = Bench::new("addresses", Program::default()).await;
    let (status, problem) = bench.get("/api/v1/sessions/123").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem["detail"].as_str().unwrap().contains("the address cannot be read"), "{problem}");
    let (status, problem) = bench.get("/api/v1/sessions?limit=many").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem["detail"].as_str().unwrap().contains("limit"), "{problem}");
}
