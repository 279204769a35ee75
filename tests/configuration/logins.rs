//! People who log in with a browser: how, for how long, and what they may do then.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use hovor::api::Visitor;
use hovor::entropy::Entropy;
use hovor::id::SessionId;
use hovor::queue::{Engagement, Held, OperatorState, Status, Through};
use hovor::store::{Role, UserChange};
use hovor::switch::history::{Phase, Summary};
use hovor::time::{Time, UnixMs};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::bench::{Bench, Program};

const PASSWORD: &str = "hovor-demo";

/// What was answered: the status, the headers that matter and the body.
pub struct Answer {
    pub status: StatusCode,
    cookie: Option<String>,
    retry_after: Option<u64>,
    pub body: Value,
}

/// A browser: it keeps its cookie, and knows what changes carry.
#[derive(Clone, Default)]
pub struct Browser {
    pub cookie: Option<String>,
    csrf: Option<String>,
}

impl Browser {
    pub async fn ask(&self, bench: &Bench, method: Method, path: &str, body: Value) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("theme=dark; hovor_login={cookie}"));
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        answer(bench, request.body(body).unwrap()).await
    }

    pub async fn get(&self, bench: &Bench, path: &str) -> Answer {
        self.ask(bench, Method::GET, path, Value::Null).await
    }

    async fn post(&self, bench: &Bench, path: &str, body: Value) -> Answer {
        self.ask(bench, Method::POST, path, body).await
    }
}

async fn answer(bench: &Bench, request: Request<Body>) -> Answer {
    let response = bench.network.clone().oneshot(request).await.unwrap();
    let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (cookie, retry_after) = (header("set-cookie"), header("retry-after"));
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Answer { status, cookie, retry_after: retry_after.map(|text| text.parse().unwrap()), body }
}

async fn tried(bench: &Bench, name: &str, password: &str) -> Answer {
    let body = json!({"name": name, "password": password});
    Browser::default().post(bench, "/api/v1/login", body).await
}

/// A browser in which this user of the demo has logged in.
pub async fn logged_in(bench: &Bench, name: &str) -> Browser {
    let Answer { status, cookie, body, .. } = tried(bench, name, PASSWORD).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let cookie = cookie.unwrap();
    let value = cookie.strip_prefix("hovor_login=").unwrap().split(';').next().unwrap().to_owned();
    Browser { cookie: Some(value), csrf: Some(body["csrf"].as_str().unwrap().to_owned()) }
}

#[tokio::test]
async fn who_logs_in_is_told_who_they_are_and_keeps_a_cookie_until_they_log_out() {
    let bench = Bench::new("login", Program::default()).await;
    let Answer { status, cookie, body, .. } = tried(&bench, "dana", PASSWORD).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let cookie = cookie.unwrap();
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "it came by plain HTTP");
    assert_eq!((&body["name"], &body["display_name"]), (&json!("dana"), &json!("Dana")));
    assert_eq!((&body["extension"], &body["company_admin"]), (&json!("204"), &json!(false)));
    assert_eq!(body["roles"][0]["tenant"]["name"], "harbour");
    assert_eq!(body["roles"][0]["role"], "supervisor");

    let dana = logged_in(&bench, "dana").await;
    let me = dana.get(&bench, "/api/v1/me").await;
    assert_eq!((me.status, &me.body["id"]), (StatusCode::OK, &body["id"]));
    assert_eq!(me.body["csrf"].as_str(), dana.csrf.as_deref());
    assert_eq!(Browser::default().get(&bench, "/api/v1/me").await.status, StatusCode::UNAUTHORIZED);

    let out = dana.post(&bench, "/api/v1/logout", Value::Null).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.cookie.unwrap().contains("Max-Age=0"));
    assert_eq!(dana.get(&bench, "/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_cookie_that_came_by_https_goes_by_nothing_else() {
    let bench = Bench::new("secure", Program::default()).await;
    let visitor = Visitor { address: [192, 0, 2, 7].into(), is_secure: true };
    let body = json!({"name": "anna", "password": PASSWORD}).to_string();
    let request =
        Request::post("/api/v1/login").header("content-type", "application/json").extension(visitor);
    let cookie = answer(&bench, request.body(Body::from(body)).unwrap()).await.cookie.unwrap();
    assert!(cookie.ends_with("; Secure"), "{cookie}");
    // What the prefix demands (RFC 6265bis section 4.1.3.2), else browsers do not take it.
    assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
    let shown = cookie.split(';').next().unwrap().to_owned();
    let secret = shown.strip_prefix("__Host-hovor_login=").unwrap();
    let plain = format!("hovor_login={secret}");
    // By HTTPS a cookie without the prefix may be anybody's, as one from before there was a prefix: log in again.
    for (cookie, is_secure, status) in [
        (&shown, true, StatusCode::OK),
        (&plain, true, StatusCode::UNAUTHORIZED),
        (&shown, false, StatusCode::UNAUTHORIZED),
    ] {
        let visitor = Visitor { is_secure, ..visitor };
        let me = Request::get("/api/v1/me").header("cookie", cookie).extension(visitor);
        let told = answer(&bench, me.body(Body::empty()).unwrap()).await;
        assert_eq!(told.status, status, "{cookie}, https: {is_secure}");
    }
    let csrf = {
        let me = Request::get("/api/v1/me").header("cookie", &shown).extension(visitor);
        answer(&bench, me.body(Body::empty()).unwrap()).await.body["csrf"].as_str().unwrap().to_owned()
    };
    let out = Request::post("/api/v1/logout").header("cookie", &shown).header("x-csrf-token", csrf);
    let out = answer(&bench, out.extension(visitor).body(Body::empty()).unwrap()).await.cookie.unwrap();
    assert!(out.starts_with("__Host-hovor_login=; ") && out.ends_with("; Secure"), "{out}");
}

#[tokio::test]
async fn a_login_outlives_the_program_and_ends_when_it_is_idle_or_the_password_changes() {
    let bench = Bench::new("lasts", Program::default()).await;
    let anna = logged_in(&bench, "anna").await;
    let state = hovor::api::ApiState::new(bench.store.clone(), bench.scope.clone(), bench.program.clone());
    // Another router is a program started anew: it has the store alone.
    let again = hovor::api::router(state);
    let cookie = format!("hovor_login={}", anna.cookie.as_ref().unwrap());
    let me = || Request::get("/api/v1/me").header("cookie", &cookie).body(Body::empty()).unwrap();
    assert_eq!(again.oneshot(me()).await.unwrap().status(), StatusCode::OK);
    bench.program.passed_s.store(12 * 3_600, Ordering::SeqCst);
    assert_eq!(anna.get(&bench, "/api/v1/me").await.status, StatusCode::UNAUTHORIZED);

    let anna = logged_in(&bench, "anna").await;
    let change = UserChange { password: Some(Some("another one".into())), ..UserChange::default() };
    bench.store.change_user(&bench.scope, &"anna".into(), change).await.unwrap();
    assert_eq!(anna.get(&bench, "/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(tried(&bench, "anna", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn users_who_exist_and_users_who_do_not_are_told_the_same_as_fast() {
    let bench = Bench::new("same", Program::default()).await;
    // The quickest of a few, so that whatever else the machine does is left out.
    let mut quickest = [Duration::MAX; 2];
    for _ in 0..4 {
        for (name, quickest) in ["anna", "nobody"].into_iter().zip(&mut quickest) {
            #[expect(clippy::disallowed_methods, reason = "this measures")]
            let start = Instant::now();
            let refused = tried(&bench, name, "wrong password").await;
            *quickest = start.elapsed().min(*quickest);
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
            assert_eq!(refused.body["detail"], "the name or the password is wrong");
            assert!(refused.cookie.is_none());
        }
    }
    // A hash takes tens of milliseconds; without it the answer would come in one.
    let [anna, nobody] = quickest;
    assert!(anna < nobody * 2 && nobody < anna * 2, "{quickest:?}");
    let long = tried(&bench, "anna", &"x".repeat(1_000)).await;
    assert_eq!(long.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_guesses_waits_longer_and_longer() {
    let bench = Bench::new("guess", Program::default()).await;
    for _ in 0..5 {
        assert_eq!(tried(&bench, "anna", "wrong password").await.status, StatusCode::UNAUTHORIZED);
    }
    let right = tried(&bench, "anna", PASSWORD).await;
    assert_eq!((right.status, right.retry_after), (StatusCode::TOO_MANY_REQUESTS, Some(1)));
    let nobody = async || tried(&bench, "nobody", "wrong password").await;
    for _ in 0..5 {
        nobody().await;
    }
    assert_eq!(
        nobody().await.status,
        StatusCode::TOO_MANY_REQUESTS,
        "names that nobody has are counted alike"
    );
    bench.program.passed_s.store(1, Ordering::SeqCst);
    assert_eq!(tried(&bench, "anna", "wrong password").await.status, StatusCode::UNAUTHORIZED);
    let right = tried(&bench, "anna", PASSWORD).await;
    assert_eq!((right.status, right.retry_after), (StatusCode::TOO_MANY_REQUESTS, Some(2)));
    assert_eq!(tried(&bench, "boris", PASSWORD).await.status, StatusCode::OK, "others are let in");
    bench.program.passed_s.store(3, Ordering::SeqCst);
    assert_eq!(tried(&bench, "anna", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_change_needs_what_only_our_own_page_knows() {
    let bench = Bench::new("csrf", Program::default()).await;
    let path = "/api/v1/operators/anna/status";
    let away = json!({"status": "away"});
    let anna = logged_in(&bench, "anna").await;
    let boris = logged_in(&bench, "boris").await;
    for csrf in [None, Some(String::new()), boris.csrf] {
        let forged = Browser { csrf, ..anna.clone() };
        let refused = forged.ask(&bench, Method::PUT, path, away.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.body["detail"].as_str().unwrap().contains("X-CSRF-Token"), "{}", refused.body);
        assert_eq!(forged.get(&bench, "/api/v1/me").await.status, StatusCode::OK, "looking changes nothing");
    }
    assert_ne!(anna.ask(&bench, Method::PUT, path, away).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_are_framed_by_nobody() {
    let bench = Bench::new("headers", Program::default()).await;
    for path in ["/healthz", "/api/v1/me", "/nowhere"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = bench.network.clone().oneshot(request).await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
    }
}

/// Anna serves Harbour and Summit, and talks in a session of Harbour.
async fn anna_talks(bench: &Bench) -> SessionId {
    let roles = BTreeMap::from([("summit".into(), Some(Role::Operator))]);
    let change = UserChange { roles, ..UserChange::default() };
    let anna = bench.store.change_user(&bench.scope, &"anna".into(), change).await.unwrap().id;
    let session = SessionId::new(UnixMs(7), &mut Entropy::from_number(1));
    let state = |engagement| OperatorState {
        status: Status::Online,
        reachable: true,
        at_desk: false,
        do_not_disturb: false,
        off: Default::default(),
        engagement,
        since: Time::ZERO,
        said: Time::ZERO,
    };
    let on = Engagement::OnSession {
        sessions: BTreeMap::from([(session, Held { line: "phone".into(), by: Through::Direct })]),
        offered: None,
    };
    let boris = bench.store.user(&bench.scope, &"boris".into()).await.unwrap().id;
    let states = [(anna, state(on)), (boris, state(Engagement::Free))];
    bench.program.operators.lock().unwrap().extend(states);
    let mut summary = Summary::default();
    summary.tenant = Some(bench.store.tenant(&bench.scope, &"harbour".into()).await.unwrap().id);
    bench.program.live.lock().unwrap().insert(session, summary);
    session
}

#[tokio::test]
async fn operators_command_what_they_take_part_in_and_speak_for_themselves() {
    let bench = Bench::new("operators", Program::default()).await;
    let session = anna_talks(&bench).await;
    let path = |what: &str| format!("/api/v1/sessions/{}/{what}", session.0);
    let (anna, boris) = (logged_in(&bench, "anna").await, logged_in(&bench, "boris").await);
    let dana = logged_in(&bench, "dana").await;
    let hold = path("hold");
    assert_eq!(anna.post(&bench, &hold, json!({})).await.status, StatusCode::NO_CONTENT);
    let refused = boris.post(&bench, &hold, json!({})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "he sees it, and is not in it");
    assert!(refused.body["detail"].as_str().unwrap().contains("`supervisor`"), "{}", refused.body);
    assert_eq!(boris.post(&bench, &path("end"), Value::Null).await.status, StatusCode::FORBIDDEN);
    assert_eq!(dana.post(&bench, &hold, json!({})).await.status, StatusCode::NO_CONTENT, "she supervises");
    // In nobody else's name.
    for (path, body) in [
        (path("mute"), json!({"operator": "boris", "on": true})),
        (path("forward"), json!({"to": {"number": "203"}, "by": "boris"})),
        (path("accept"), json!({"operator": "boris"})),
        ("/api/v1/calls".to_owned(), json!({"operator": "boris", "number": "203"})),
    ] {
        assert_eq!(anna.post(&bench, &path, body).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    // Who waits for a group of theirs is theirs to send elsewhere.
    let waits = |name: &'static str| {
        let bench = &bench;
        async move {
            let group = bench.store.group(&bench.scope, &name.into()).await.unwrap().id;
            let mut live = bench.program.live.lock().unwrap();
            let summary = live.get_mut(&session).unwrap();
            (summary.phase, summary.group) = (Phase::Waiting, Some(group));
        }
    };
    let away = json!({"to": {"number": "203"}});
    assert_eq!(boris.post(&bench, &path("forward"), away.clone()).await.status, StatusCode::FORBIDDEN);
    waits("sales").await;
    assert_eq!(boris.post(&bench, &path("forward"), away.clone()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(boris.post(&bench, &hold, json!({})).await.status, StatusCode::FORBIDDEN);
    let mute = json!({"operator": "anna", "on": true});
    assert_eq!(anna.post(&bench, &path("mute"), mute).await.status, StatusCode::NO_CONTENT);
    let away = json!({"status": "away", "reason": "lunch"});
    let status = |name: &str| format!("/api/v1/operators/{name}/status");
    let put = async |browser: &Browser, name: &str| {
        browser.ask(&bench, Method::PUT, &status(name), away.clone()).await.status
    };
    assert_eq!(put(&anna, "anna").await, StatusCode::OK);
    assert_eq!(put(&anna, "boris").await, StatusCode::FORBIDDEN);
    assert_eq!(put(&dana, "boris").await, StatusCode::OK, "a supervisor sends her operators away");
    assert_eq!(put(&dana, "anna").await, StatusCode::FORBIDDEN, "but not one who serves another tenant too");
}

#[tokio::test]
async fn a_login_sees_its_tenants_and_does_there_what_its_role_allows() {
    let bench = Bench::new("tenants", Program::default()).await;
    let session = anna_talks(&bench).await;
    let path = |what: &str| format!("/api/v1/sessions/{}/{what}", session.0);
    // Emil is of another tenant: there is no such session for him.
    let emil = logged_in(&bench, "emil").await;
    assert_eq!(emil.post(&bench, &path("hold"), json!({})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(emil.get(&bench, "/api/v1/users/boris").await.status, StatusCode::NOT_FOUND);
    assert_eq!(emil.get(&bench, "/api/v1/tenants").await.body.as_array().unwrap().len(), 1);
    // Anna serves both and supervises none; then one of them.
    let anna = logged_in(&bench, "anna").await;
    let recordings = path("recordings");
    let refused = anna.get(&bench, &recordings).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.body["detail"].as_str().unwrap().contains("user anna may not listen"),
        "{}",
        refused.body
    );
    let roles = BTreeMap::from([("summit".into(), Some(Role::Supervisor))]);
    let change = UserChange { roles, ..UserChange::default() };
    bench.store.change_user(&bench.scope, &"anna".into(), change).await.unwrap();
    assert_eq!(anna.get(&bench, &recordings).await.status, StatusCode::NOT_FOUND, "not in Harbour");
    let supervise = json!({"supervisor": "anna", "mode": "listen"});
    assert_eq!(anna.post(&bench, &path("supervise"), supervise).await.status, StatusCode::NOT_FOUND);
    assert_eq!(anna.get(&bench, "/api/v1/tenants").await.body.as_array().unwrap().len(), 2);
    assert_eq!(anna.get(&bench, "/api/v1/devices").await.status, StatusCode::FORBIDDEN);
    let admin = logged_in(&bench, "admin").await;
    assert_eq!(admin.get(&bench, "/api/v1/bans").await.status, StatusCode::OK);
    assert_eq!(admin.get(&bench, "/api/v1/me").await.body["company_admin"], true);
    assert_eq!(admin.post(&bench, &path("hold"), json!({})).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_browser_is_lent_a_phone_that_goes_with_its_login() {
    let bench = Bench::new("phone", Program::default()).await;
    let (anna, elsewhere) = (logged_in(&bench, "anna").await, logged_in(&bench, "anna").await);
    let applied = bench.program.applied.load(Ordering::SeqCst);
    let lent = anna.post(&bench, "/api/v1/me/phone", Value::Null).await;
    assert_eq!(lent.status, StatusCode::OK, "{}", lent.body);
    assert_eq!(bench.program.applied.load(Ordering::SeqCst), applied + 1, "the phone can register at once");
    let user = lent.body["authorization_user"].as_str().unwrap();
    assert!(user.starts_with("201-"), "{user}");
    assert_eq!(lent.body["uri"], format!("sip:{user}@hovor"));
    assert_eq!(
        (&lent.body["websocket"], &lent.body["expires_at"]),
        (&json!("/sip"), &json!("2027-01-15T20:00:00.000Z"))
    );
    // Again: the same phone, with another secret, for longer.
    bench.program.passed_s.store(3_600, Ordering::SeqCst);
    let again = anna.post(&bench, "/api/v1/me/phone", Value::Null).await.body;
    assert_eq!(
        (&again["uri"], &again["expires_at"]),
        (&lent.body["uri"], &json!("2027-01-15T21:00:00.000Z"))
    );
    assert_ne!(again["password"], lent.body["password"]);
    let password = again["password"].as_str().unwrap();
    let device = bench.store.device(&bench.scope, &user.into()).await.unwrap();
    let ha1 = hovor::store::secret::Ha1::of(user, &device.realm, password);
    assert_eq!(
        (device.ha1_md5, device.ha1_sha256),
        (ha1.md5, ha1.sha256),
        "it registers with the new secret"
    );
    assert_ne!(elsewhere.post(&bench, "/api/v1/me/phone", Value::Null).await.body["uri"], again["uri"]);
    // An administrator sees it and changes nothing about it.
    let admin = logged_in(&bench, "admin").await;
    let item = format!("/api/v1/devices/{user}");
    let shown = admin.get(&bench, &item).await.body;
    assert_eq!((&shown["kind"], &shown["user"]), (&json!("browser"), &json!("anna")));
    assert_eq!(shown["expires_at"], 1_800_000_000_000_i64 + 13 * 3_600_000);
    let refused = admin.ask(&bench, Method::PATCH, &item, json!({"label": "mine"})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert_eq!(admin.get(&bench, "/api/v1/devices/201").await.body["kind"], "phone");
    let nobody = admin.post(&bench, "/api/v1/me/phone", Value::Null).await;
    assert_eq!(nobody.status, StatusCode::CONFLICT, "who serves nobody has no phone");
    anna.post(&bench, "/api/v1/logout", Value::Null).await;
    assert_eq!(admin.get(&bench, &item).await.status, StatusCode::NOT_FOUND);
}
