//! Invitations over REST: who makes, sees and takes back which.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::api::ask;
use super::bench::{Bench, Program};
use super::logins::logged_in;

const PATH: &str = "/api/v1/invitations";

#[tokio::test]
async fn operators_make_and_see_their_own_invitations_and_administrators_all() {
    let bench = Bench::new("invitations", Program::default()).await;
    let (anna, boris) = (logged_in(&bench, "anna").await, logged_in(&bench, "boris").await);
    let new = json!({ "widget": "shop", "kind": "one_off", "lasts_s": 3600, "note": "Mrs Malá" });
    let made = anna.ask(&bench, Method::POST, PATH, new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let made = made.body;
    assert_eq!((&made["operator"], &made["state"]), (&json!("anna"), &json!("open")), "{made}");
    assert_eq!(made["expires_at"].as_i64().unwrap() - made["made_at"].as_i64().unwrap(), 3_600_000);
    assert_eq!(made["code"].as_str().unwrap().len(), 6);
    let one = format!("{PATH}/{}", made["id"].as_str().unwrap());

    // The key is shown once, and never again.
    let seen = anna.ask(&bench, Method::GET, PATH, Value::Null).await.body;
    assert_eq!((seen.as_array().unwrap().len(), &seen[0]["code"]), (1, &made["code"]), "{seen}");
    assert!(!seen.to_string().contains(made["key"].as_str().unwrap()), "{seen}");

    // Who serves the same tenant neither sees it, nor takes it back, nor invites in her name.
    assert_eq!(boris.ask(&bench, Method::GET, PATH, Value::Null).await.body, json!([]));
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(boris.ask(&bench, method, &one, Value::Null).await.status, StatusCode::NOT_FOUND);
    }
    let in_her_name = json!({ "widget": "shop", "operator": "anna" });
    assert_eq!(
        boris.ask(&bench, Method::POST, PATH, in_her_name.clone()).await.status,
        StatusCode::FORBIDDEN
    );

    // Another tenant's program sees nothing of it; the tenant's own does, and takes it back.
    let summit = bench.token("summit", Some("summit")).await;
    let (_, theirs) = ask(&bench.network, Method::GET, PATH, Some(&summit), Value::Null).await;
    assert_eq!(theirs, json!([]));
    let (status, _) = ask(&bench.network, Method::DELETE, &one, Some(&summit), Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let harbour = bench.token("harbour", Some("harbour")).await;
    let (status, by_program) = ask(&bench.network, Method::POST, PATH, Some(&harbour), in_her_name).await;
    assert_eq!((status, &by_program["kind"]), (StatusCode::CREATED, &json!("reusable")), "{by_program}");
    let (status, nobody) =
        ask(&bench.network, Method::POST, PATH, Some(&harbour), json!({ "widget": "shop" })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{nobody}");
    let (status, gone) = ask(&bench.network, Method::DELETE, &one, Some(&harbour), Value::Null).await;
    assert_eq!((status, &gone["state"]), (StatusCode::OK, &json!("revoked")), "{gone}");
    let seen = anna.ask(&bench, Method::GET, PATH, Value::Null).await.body;
    let states: Vec<_> = seen.as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, [json!("open"), json!("revoked")], "{seen}");
}

#[tokio::test]
async fn clients_show_codes_and_keys_and_who_guesses_is_kept_out() {
    let bench = Bench::new("invitations-shown", Program::default()).await;
    let anna = logged_in(&bench, "anna").await;
    let made = anna.ask(&bench, Method::POST, PATH, json!({ "widget": "shop" })).await.body;
    let once = anna.ask(&bench, Method::POST, PATH, json!({ "widget": "shop" })).await.body;
    let at = format!("/chat/{}/invitation", made["widget"].as_str().unwrap());
    let show =
        async |said: &str| ask(&bench.network, Method::POST, &at, None, json!({ "invitation": said })).await;
    let code = made["code"].as_str().unwrap();
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    for said in [code, &spaced, made["key"].as_str().unwrap()] {
        let (status, told) = show(said).await;
        assert_eq!((status, &told["state"]), (StatusCode::OK, &json!("open")), "{told}");
        assert!(told["operator"].as_str().is_some_and(|name| !name.is_empty()), "{told}");
    }

    let gone = format!("{PATH}/{}", once["id"].as_str().unwrap());
    anna.ask(&bench, Method::DELETE, &gone, Value::Null).await;
    let (status, told) = show(once["code"].as_str().unwrap()).await;
    assert_eq!((status, &told["state"]), (StatusCode::OK, &json!("revoked")), "{told}");

    // Ten wrong ones of one address in an hour; then the right one is no way in either.
    let codes = [code, once["code"].as_str().unwrap()];
    let wrong = (0..).map(|n| format!("{n:06}")).filter(|guess| !codes.contains(&guess.as_str()));
    for guess in wrong.take(10) {
        assert_eq!(show(&guess).await.0, StatusCode::NOT_FOUND);
    }
    assert_eq!(show(code).await.0, StatusCode::TOO_MANY_REQUESTS);
}
