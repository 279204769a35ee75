//! What may be called outside, and who grants it.

use hovor::e164::{Class, Classes};
use hovor::store::*;

use super::bench::*;

fn classes(text: &str) -> Classes {
    text.parse().unwrap()
}

fn calls(text: &str) -> UserChange {
    UserChange { calls: Some(Some(classes(text))), ..UserChange::default() }
}

pub async fn what_users_and_tenants_may_call_is_kept_and_taken_back(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let harbour = bench.tenant("harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await;
    assert_eq!((anna.calls, anna.max_calls, harbour.calls, harbour.max_calls), (None, None, None, None));
    let change = UserChange { max_calls: Some(Some(0)), ..calls("mobile,premium") };
    let changed = store.change_user(all, &"anna".into(), change).await.unwrap();
    assert_eq!((changed.calls.clone(), changed.max_calls), (Some(classes("premium,mobile")), Some(0)));
    let change = TenantChange {
        calls: Some(Some(classes("none"))),
        max_calls: Some(Some(7)),
        ..TenantChange::default()
    };
    let tenant = store.change_tenant(all, &"harbour".into(), change).await.unwrap();
    assert_eq!((tenant.calls.clone(), tenant.max_calls), (Some(classes("none")), Some(7)));
    let directory = store.directory(all).await.unwrap();
    assert_eq!((&directory.users, &directory.tenants), (&vec![changed], &vec![tenant]));
    let back = UserChange { calls: Some(None), max_calls: Some(None), ..UserChange::default() };
    let usual = store.change_user(all, &"anna".into(), back).await.unwrap();
    assert_eq!((usual.calls, usual.max_calls), (None, None));
    let more =
        NewUser { calls: Some(classes("all")), max_calls: Some(5), ..operator("boris", "202", "harbour") };
    assert_eq!(store.add_user(all, more).await.unwrap().calls, Some(classes("all")));
    let much = UserChange { max_calls: Some(Some(100_001)), ..UserChange::default() };
    assert!(sentence(store.change_user(all, &"anna".into(), much).await).contains("max_calls"));
}

pub async fn a_destination_is_made_found_changed_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let harbour = bench.tenant("harbour").await;
    let new = |prefix: &str, class| NewDestination { prefix: prefix.into(), class, label: None };
    let made = store.add_destination(all, new("00420 900", Class::Premium)).await.unwrap();
    assert_eq!((made.prefix.as_str(), made.class), ("+420900", Class::Premium));
    assert!(sentence(store.add_destination(all, new("+420900", Class::Local)).await).contains("already"));
    for wrong in ["", "+", "900", "+0", "+42x", "+1234567890123456"] {
        assert!(store.add_destination(all, new(wrong, Class::Local)).await.is_err(), "{wrong}");
    }
    let change = DestinationChange { class: Some(Class::National), label: Some("our hotline".into()) };
    let changed = store.change_destination(all, &"+420900".into(), change).await.unwrap();
    assert_eq!((changed.class, changed.label.as_str()), (Class::National, "our hotline"));
    assert_eq!(store.destination(all, &made.id.0.to_string().as_str().into()).await.unwrap(), changed);
    assert_eq!(store.directory(all).await.unwrap().destinations, std::slice::from_ref(&changed));
    let within = all.narrow(harbour.id);
    assert_eq!(store.destinations(&within).await.unwrap(), [changed], "everybody sees what numbers cost");
    assert!(store.add_destination(&within, new("+4209", Class::Local)).await.is_err(), "but does not say it");
    assert!(store.remove_destination(&within, &"+420900".into()).await.is_err());
    store.remove_destination(all, &"+420900".into()).await.unwrap();
    assert!(store.destinations(all).await.unwrap().is_empty());
}

/// Whoever has got hold of one tenant's token is not to sell calls at the company's expense.
pub async fn a_tenants_administrator_grants_no_more_than_the_tenant_has(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let harbour = bench.tenant("harbour").await;
    bench.operator("anna", "201", "harbour").await;
    let within = all.narrow(harbour.id);
    let error = sentence(store.change_user(&within, &"anna".into(), calls("mobile,premium")).await);
    assert!(error.contains("premium"), "{error}");
    store.change_user(&within, &"anna".into(), calls("mobile")).await.unwrap();
    let greedy = NewUser { calls: Some(classes("all")), ..operator("eve", "299", "harbour") };
    assert!(store.add_user(&within, greedy).await.is_err());
    let change = TenantChange { calls: Some(Some(classes("all"))), ..TenantChange::default() };
    assert!(store.change_tenant(&within, &"harbour".into(), change.clone()).await.is_err());
    let more = TenantChange { max_calls: Some(Some(500)), ..TenantChange::default() };
    assert!(store.change_tenant(&within, &"harbour".into(), more).await.is_err());
    let name = TenantChange { display: Some("Port".into()), ..TenantChange::default() };
    store.change_tenant(&within, &"harbour".into(), name).await.unwrap();
    store.change_tenant(all, &"harbour".into(), change).await.unwrap();
    store.change_user(&within, &"anna".into(), calls("mobile,premium")).await.unwrap();
}
