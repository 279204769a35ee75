//! Devices, tokens and passwords: what is kept of a secret.

use std::time::Duration;

use hovor::store::*;
use hovor::time::UnixMs;

use super::bench::*;

pub async fn a_device_keeps_hashes_and_shows_its_secret_once(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await;
    let boris = bench.operator("boris", "202", "harbour").await;
    let made = store.add_device(all, device("anna")).await.unwrap();
    assert_eq!((made.device.username.as_str(), made.device.user), ("201", anna.id));
    assert!(made.secret.len() >= 24, "a generated secret is long");
    let ha1 = secret::Ha1::of("201", "hovor", &made.secret);
    assert_eq!((&made.device.ha1_md5, &made.device.ha1_sha256), (&ha1.md5, &ha1.sha256));
    assert_eq!(store.device(all, &"201".into()).await.unwrap(), made.device);
    let shown = serde_json::to_string(&made.device).unwrap() + &format!("{:?}", made.device);
    assert!(!shown.contains(&ha1.md5) && !shown.contains(&ha1.sha256), "hashes are never shown");
    let change = DeviceChange {
        user: Some("boris".into()),
        label: Some("Desk".into()),
        secret: Some("12345678".into()),
        srtp: None,
    };
    let changed = store.change_device(all, &"201".into(), change).await.unwrap();
    assert_eq!((changed.user, changed.label.as_str()), (boris.id, "Desk"));
    assert_eq!(changed.ha1_md5, secret::Ha1::of("201", "hovor", "12345678").md5);
    store.remove_user(all, &"boris".into()).await.unwrap();
    assert!(store.devices(all).await.unwrap().is_empty(), "a user's devices go with the user");
    let nameless = NewUser { name: "cyril".into(), ..NewUser::default() };
    store.add_user(all, nameless).await.unwrap();
    assert!(sentence(store.add_device(all, device("cyril")).await).contains("username: is missing"));
}

pub async fn a_token_opens_until_it_is_taken_back(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let harbour = bench.tenant("harbour").await;
    let made = store.add_token(all, token("deploy", None)).await.unwrap();
    assert_ne!(made.token.hash, made.secret);
    assert_eq!(store.token_by_secret(all, &made.secret).await.unwrap(), Some(made.token.clone()));
    assert_eq!(store.token_by_secret(all, "hovor_guess").await.unwrap(), None);
    assert_eq!(store.token_by_secret(all, &made.token.hash).await.unwrap(), None, "the hash opens nothing");
    assert_eq!(made.token.opens(all, UnixMs(0)), Some(all.clone()));
    let change = TokenChange { expires_at: Some(Some(UnixMs(1000))), ..TokenChange::default() };
    let token_ends = store.change_token(all, &"deploy".into(), change).await.unwrap();
    assert!(token_ends.opens(all, UnixMs(999)).is_some() && token_ends.opens(all, UnixMs(1000)).is_none());
    let narrow = store.add_token(all, token("harbour", Some("harbour"))).await.unwrap().token;
    assert_eq!(narrow.opens(all, UnixMs(0)), Some(Scope::tenants(bench.company.id, [harbour.id])));
    store.remove_token(all, &"deploy".into()).await.unwrap();
    assert_eq!(store.token_by_secret(all, &made.secret).await.unwrap(), None);
    assert_eq!(store.tokens(all).await.unwrap(), [narrow]);
}

pub async fn a_token_has_a_role_and_none_beyond_its_tenant(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let with = |name: &str, tenant, role| NewToken { role: Some(role), ..token(name, tenant) };
    assert_eq!(store.add_token(all, token("all", None)).await.unwrap().token.role, Rank::CompanyAdmin);
    let one = store.add_token(all, token("one", Some("harbour"))).await.unwrap().token;
    assert_eq!(one.role, Rank::TenantAdmin);
    for role in Rank::ALL {
        let made = store.add_token(all, with(role.as_str(), None, role)).await.unwrap();
        assert_eq!(store.token_by_secret(all, &made.secret).await.unwrap().unwrap().role, role);
    }
    let refused = sentence(store.add_token(all, with("much", Some("harbour"), Rank::CompanyAdmin)).await);
    assert!(refused.contains("role: a token of one tenant cannot be `company_admin`"), "{refused}");
    let change = |role| TokenChange { role: Some(role), ..TokenChange::default() };
    let less = store.change_token(all, &"one".into(), change(Rank::Supervisor)).await.unwrap();
    assert_eq!(store.token(all, &"one".into()).await.unwrap(), less);
    assert_eq!(less.role, Rank::Supervisor);
    assert!(store.change_token(all, &"one".into(), change(Rank::CompanyAdmin)).await.is_err());
}

pub async fn a_password_is_checked_and_can_be_taken_away(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let new = NewUser { password: Some("correct horse".into()), ..operator("anna", "201", "harbour") };
    let anna = store.add_user(all, new).await.unwrap();
    assert!(!serde_json::to_string(&anna).unwrap().contains("argon2"), "the hash is never shown");
    assert_eq!(store.check_password(all, "anna", "correct horse").await.unwrap(), Some(anna));
    assert_eq!(store.check_password(all, "anna", "wrong horse").await.unwrap(), None);
    assert_eq!(store.check_password(all, "nobody", "correct horse").await.unwrap(), None);
    let change = UserChange { password: Some(None), ..UserChange::default() };
    store.change_user(all, &"anna".into(), change).await.unwrap();
    assert_eq!(store.check_password(all, "anna", "correct horse").await.unwrap(), None);
    assert_eq!(store.check_password(all, "anna", "").await.unwrap(), None);
}

pub async fn a_login_lasts_until_it_is_over_ended_or_idle(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await;
    let at = |after: Duration| UnixMs(1_800_000_000_000 + after.as_millis() as i64);
    let (begin, second) = (at(Duration::ZERO), Duration::from_secs(1));
    let made = store.add_login(all, &anna, begin).await.unwrap();
    assert_eq!(made.secret.len(), 52, "260 bits");
    let found = async |secret: &str, now| store.login_by_secret(all, secret, now).await.unwrap();
    assert_eq!(found(&made.secret, begin).await, Some((made.login.clone(), anna.clone())));
    assert_eq!(found("guess", begin).await, None);
    assert_eq!(found(&secret::token_hash(&made.secret), begin).await, None, "the hash opens nothing");
    let others = Scope::company(store.add_company("Other", "hovor").await.unwrap().id);
    assert_eq!(store.login_by_secret(&others, &made.secret, begin).await.unwrap(), None);
    // It ends when it is not used, and in any case.
    assert!(found(&made.secret, at(Login::IDLE - second)).await.is_some());
    assert!(found(&made.secret, at(Login::IDLE)).await.is_none());
    let mut now = Duration::ZERO;
    while now + Login::IDLE / 2 < Login::LONGEST {
        now += Login::IDLE / 2;
        assert!(found(&made.secret, at(now)).await.is_some(), "{now:?}");
        store.note_login(all, made.login.id, at(now)).await.unwrap();
    }
    assert!(found(&made.secret, at(Login::LONGEST - second)).await.is_some());
    assert!(found(&made.secret, at(Login::LONGEST)).await.is_none());
    // Logging out.
    let next = store.add_login(all, &anna, begin).await.unwrap();
    store.remove_login(all, next.login.id).await.unwrap();
    store.remove_login(all, next.login.id).await.unwrap();
    assert!(found(&next.secret, begin).await.is_none());
}

pub async fn a_user_has_few_logins_and_none_with_another_password(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await;
    let boris = bench.operator("boris", "202", "harbour").await;
    let others = store.add_login(all, &boris, UnixMs(0)).await.unwrap();
    let (mut secrets, mut ended) = (vec![], vec![]);
    for n in 0..=LOGINS_MAX as i64 {
        let made = store.add_login(all, &anna, UnixMs(n)).await.unwrap();
        secrets.push(made.secret);
        ended.push(made.ended);
    }
    assert_eq!(
        (ended.pop(), ended.iter().sum()),
        (Some(1), 0_u64),
        "who logs in learns that another was ended"
    );
    let now = UnixMs(1_000);
    let opens = async |secret: &str| store.login_by_secret(all, secret, now).await.unwrap().is_some();
    assert!(!opens(&secrets[0]).await, "the oldest had to go");
    for secret in &secrets[1..] {
        assert!(opens(secret).await);
    }
    let change = UserChange { password: Some(Some("another one".into())), ..UserChange::default() };
    let changed = store.change_user(all, &"anna".into(), change).await.unwrap();
    assert!(!opens(&secrets[1]).await && !opens(secrets.last().unwrap()).await);
    assert!(opens(&others.secret).await, "others stay");
    let late = store.add_login(all, &anna, now).await;
    assert!(
        sentence(late).contains("the password was changed"),
        "the old one was checked a moment too early"
    );
    let again = store.add_login(all, &changed, now).await.unwrap();
    assert!(opens(&again.secret).await);
    let renamed = UserChange { display: Some("Anna N.".into()), ..UserChange::default() };
    store.change_user(all, &"anna".into(), renamed).await.unwrap();
    assert!(opens(&again.secret).await, "another name ends nothing");
    store.remove_user(all, &"anna".into()).await.unwrap();
    assert!(!opens(&again.secret).await);
}

pub async fn a_phone_in_a_browser_ends_when_its_time_or_its_login_does(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await;
    let at = |after: Duration| UnixMs(1_800_000_000_000 + after.as_millis() as i64);
    let (begin, second) = (at(Duration::ZERO), Duration::from_secs(1));
    let desk = bench.device("anna").await;
    let login = store.add_login(all, &anna, begin).await.unwrap().login;
    let made = store.lend_device(all, &login, begin).await.unwrap();
    let kind = DeviceKind::Browser { login: login.id, expires_at: at(Login::IDLE) };
    assert_eq!((made.device.user, made.device.kind), (anna.id, kind));
    let again = store.lend_device(all, &login, at(second)).await.unwrap();
    assert_eq!(again.device.id, made.device.id);
    assert_ne!((&again.secret, &again.device.ha1_md5), (&made.secret, &made.device.ha1_md5));
    assert_eq!(
        store.device(all, &again.device.id.0.to_string().as_str().into()).await.unwrap(),
        again.device
    );
    // It ends at its time, and phones of their own never.
    assert_eq!(store.take_back_devices(all, at(Login::IDLE)).await.unwrap(), 1, "its login is idle by now");
    assert_eq!(store.devices(all).await.unwrap(), std::slice::from_ref(&desk));
    let mut login = store.add_login(all, &anna, begin).await.unwrap().login;
    store.lend_device(all, &login, begin).await.unwrap();
    store.note_login(all, login.id, at(Login::IDLE / 2)).await.unwrap();
    assert_eq!(store.take_back_devices(all, at(Login::IDLE - second)).await.unwrap(), 0);
    assert_eq!(store.take_back_devices(all, at(Login::IDLE)).await.unwrap(), 1, "nobody asked for it again");
    // No longer than the longest login.
    login.seen_at = at(Login::LONGEST - second);
    let late = store.lend_device(all, &login, login.seen_at).await.unwrap().device;
    assert_eq!(late.kind, DeviceKind::Browser { login: login.id, expires_at: at(Login::LONGEST) });
    store.remove_login(all, login.id).await.unwrap();
    assert_eq!(store.devices(all).await.unwrap(), [desk], "it goes with its login");
    assert!(store.lend_device(all, &login, begin).await.is_err(), "who has logged out gets none");
}
