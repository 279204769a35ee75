//! Tenants, numbers, users, groups and trunks, one at a time.

use std::collections::BTreeMap;

use hovor::store::*;

use super::bench::*;

pub async fn a_tenant_is_made_found_changed_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let made = bench.tenant("harbour").await;
    assert_eq!(
        (made.display.as_str(), made.language.as_str(), made.timezone.as_str()),
        ("harbour", "en", "UTC")
    );
    assert_eq!(store.tenant(all, &"harbour".into()).await.unwrap(), made);
    assert_eq!(store.tenant(all, &made.id.into()).await.unwrap(), made);
    let change =
        TenantChange { display: Some("Harbour".into()), language: Some("cs".into()), ..Default::default() };
    let changed = store.change_tenant(all, &made.id.into(), change).await.unwrap();
    assert_eq!((changed.display.as_str(), changed.name.as_str()), ("Harbour", "harbour"));
    bench.tenant("apex").await;
    let names: Vec<String> =
        store.tenants(all).await.unwrap().into_iter().map(|tenant| tenant.name).collect();
    assert_eq!(names, ["apex", "harbour"]);
    store.remove_tenant(all, &"harbour".into()).await.unwrap();
    assert!(is_missing(&store.tenant(all, &"harbour".into()).await));
    assert!(is_missing(&store.remove_tenant(all, &"harbour".into()).await));
}

pub async fn a_number_is_made_found_changed_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let (harbour, summit) = (bench.tenant("harbour").await, bench.tenant("summit").await);
    let made = store.add_number(all, number("harbour", "+420 200 000 100", Some("100"))).await.unwrap();
    assert_eq!((made.number.as_str(), made.tenant), ("+420200000100", harbour.id));
    for key in ["+420200000100", "100"] {
        assert_eq!(store.number(all, &key.into()).await.unwrap(), made);
    }
    let change = NumberChange {
        tenant: Some("summit".into()),
        short: Some(None),
        label: Some("Desk".into()),
        recording: None,
    };
    let changed = store.change_number(all, &"100".into(), change).await.unwrap();
    assert_eq!((changed.tenant, changed.short.clone(), changed.label.as_str()), (summit.id, None, "Desk"));
    assert_eq!(store.numbers(all).await.unwrap(), [changed]);
    store.remove_number(all, &made.id.into()).await.unwrap();
    assert!(store.numbers(all).await.unwrap().is_empty());
}

pub async fn a_user_is_made_found_changed_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let (harbour, summit) = (bench.tenant("harbour").await, bench.tenant("summit").await);
    let anna = bench.operator("anna", "201", "harbour").await;
    assert_eq!(anna.roles, BTreeMap::from([(harbour.id, Role::Operator)]));
    assert_eq!(store.user(all, &"anna".into()).await.unwrap(), anna);
    let roles = BTreeMap::from([("harbour".into(), None), ("summit".into(), Some(Role::Supervisor))]);
    let change =
        UserChange { roles, extension: Some(None), display: Some("Anna N.".into()), ..Default::default() };
    let changed = store.change_user(all, &"anna".into(), change).await.unwrap();
    assert_eq!(changed.roles, BTreeMap::from([(summit.id, Role::Supervisor)]));
    assert_eq!(changed.extension, None);
    assert_eq!(store.users(all).await.unwrap(), [changed]);
    bench.store.remove_user(all, &anna.id.into()).await.unwrap();
    assert!(is_missing(&store.user(all, &"anna".into()).await));
}

pub async fn a_group_is_made_found_changed_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let boris = bench.operator("boris", "202", "harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await;
    let made = store.add_group(all, group("harbour", "sales", &["boris", "anna"])).await.unwrap();
    assert_eq!(made.members, [boris.id, anna.id], "in the order given");
    assert_eq!((made.strategy, made.offer_for_ms, made.misses_allowed), (Strategy::Push, 15_000, 3));
    assert_eq!(store.group(all, &"sales".into()).await.unwrap(), made);
    let change = GroupChange {
        strategy: Some(Strategy::RingAll),
        members: Some(vec![anna.id.into()]),
        limit: Some(Some(5)),
        max_wait_ms: Some(Some(60_000)),
        after_call_work_ms: Some(10_000),
        ..GroupChange::default()
    };
    let changed = store.change_group(all, &made.id.into(), change).await.unwrap();
    assert_eq!(
        (changed.strategy, changed.limit, changed.max_wait_ms),
        (Strategy::RingAll, Some(5), Some(60_000))
    );
    assert_eq!(store.group(all, &"sales".into()).await.unwrap(), changed);
    let change = GroupChange { limit: Some(None), ..GroupChange::default() };
    assert_eq!(store.change_group(all, &"sales".into(), change).await.unwrap().limit, None);
    store.remove_user(all, &"anna".into()).await.unwrap();
    assert!(store.group(all, &"sales".into()).await.unwrap().members.is_empty(), "a removed user leaves");
    store.remove_group(all, &"sales".into()).await.unwrap();
    assert!(store.groups(all).await.unwrap().is_empty());
}

pub async fn a_trunk_is_made_found_changed_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let harbour = bench.tenant("harbour").await;
    let made = store.add_trunk(all, trunk("carrier", None)).await.unwrap();
    assert_eq!((made.port, made.transport, made.enabled, made.tenant), (None, None, true, None));
    assert_eq!(made.settings, TrunkSettings::default());
    assert_eq!(made.prefixes, ["+", "00"]);
    let change = TrunkChange {
        tenant: Some(Some("harbour".into())),
        transport: Some(Some(Transport::Tcp)),
        port: Some(Some(5080)),
        username: Some(Some("us".into())),
        password: Some(Some("word".into())),
        enabled: Some(false),
        ..TrunkChange::default()
    };
    let changed = store.change_trunk(all, &"carrier".into(), change).await.unwrap();
    assert_eq!((changed.tenant, changed.password.as_deref()), (Some(harbour.id), Some("word")));
    assert_eq!(store.trunk(all, &made.id.into()).await.unwrap(), changed);
    let shown = serde_json::to_string(&changed).unwrap() + &format!("{changed:?}");
    assert!(!shown.contains("word\""), "a password is never shown: {shown}");
    let change = TrunkChange { username: Some(None), ..TrunkChange::default() };
    assert!(sentence(store.change_trunk(all, &"carrier".into(), change).await).contains("username"));
    store.remove_trunk(all, &"carrier".into()).await.unwrap();
    assert!(store.trunks(all).await.unwrap().is_empty());
}

pub async fn the_settings_of_a_trunk_change_one_by_one(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let settings = |json: serde_json::Value| json.as_object().unwrap().clone();
    let new = NewTrunk {
        settings: settings(
            serde_json::json!({"priority": 2, "networks": ["203.0.113.0/24"], "country": "CZ"}),
        ),
        ..trunk("carrier", None)
    };
    let made = store.add_trunk(all, new).await.unwrap();
    assert_eq!((made.settings.priority, made.settings.options_s), (2, 60));
    let change = |json| TrunkChange { settings: settings(json), ..TrunkChange::default() };
    let json = serde_json::json!({"format": "national", "max_calls": 5, "country": "DE", "networks": null});
    let changed = store.change_trunk(all, &"carrier".into(), change(json)).await.unwrap();
    assert_eq!(changed.settings.format, NumberFormat::National);
    assert_eq!((changed.settings.priority, changed.settings.max_calls), (2, Some(5)));
    assert!(changed.settings.networks.is_empty());
    assert_eq!(store.trunk(all, &"carrier".into()).await.unwrap(), changed);
    let wrong =
        store.change_trunk(all, &"carrier".into(), change(serde_json::json!({"country": null}))).await;
    assert!(sentence(wrong).contains("national numbers"));
    let wrong =
        store.change_trunk(all, &"carrier".into(), change(serde_json::json!({"register": true}))).await;
    assert!(sentence(wrong).contains("--username"));
}

pub async fn a_tenant_has_a_country_emergency_numbers_and_a_number_to_show(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let made = bench.tenant("harbour").await;
    assert_eq!(made.emergency_numbers(), ["112", "911"]);
    let change = TenantChange {
        country: Some(Some("CZ".into())),
        caller_number: Some(Some("+420 200 000 100".into())),
        ..TenantChange::default()
    };
    let changed = store.change_tenant(all, &"harbour".into(), change).await.unwrap();
    assert!(changed.emergency_numbers().contains(&"155".to_owned()));
    assert_eq!(changed.caller_number.as_deref(), Some("+420200000100"));
    assert_eq!(store.tenant(all, &"harbour".into()).await.unwrap(), changed);
    let emergency = Some(Some(vec!["112".to_owned()]));
    let change =
        TenantChange { emergency, caller_number: Some(Some("withheld".into())), ..Default::default() };
    let changed = store.change_tenant(all, &"harbour".into(), change).await.unwrap();
    assert_eq!(changed.emergency_numbers(), ["112"]);
    let change = TenantChange { country: Some(None), emergency: Some(None), ..Default::default() };
    let changed = store.change_tenant(all, &"harbour".into(), change).await.unwrap();
    assert_eq!(store.tenants(all).await.unwrap(), std::slice::from_ref(&changed));
    assert_eq!((changed.country.clone(), changed.emergency.clone()), (None, None));
    let wrong = TenantChange { country: Some(Some("Czechia".into())), ..Default::default() };
    assert!(sentence(store.change_tenant(all, &"harbour".into(), wrong).await).contains("CZ"));
}

pub async fn a_number_is_one_tenants_alone_in_a_block_too(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    bench.tenant("summit").await;
    let block = store.add_number(all, number("harbour", "+420 200 000 1xx", None)).await.unwrap();
    assert_eq!((block.number.as_str(), block.is_block()), ("+4202000001xx", true));
    store.add_number(all, number("harbour", "+420200000150", None)).await.unwrap();
    let error = sentence(store.add_number(all, number("summit", "+420200000151", None)).await);
    assert!(error.contains("+4202000001xx have numbers in common"), "{error}");
    let error = sentence(store.add_number(all, number("summit", "+42020000011x", None)).await);
    assert!(error.contains("numbers in common"), "{error}");
    store.add_number(all, number("harbour", "+42020000011x", None)).await.unwrap();
    store.add_number(all, number("summit", "+420200000251", None)).await.unwrap();
}

pub async fn a_tenant_has_all_services_and_music_until_somebody_switches_them_off(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let made = bench.tenant("harbour").await;
    assert_eq!((made.switched_off, made.hold_music), (Services::default(), true));
    let off: Services = "hold,recording".parse().unwrap();
    let change =
        TenantChange { switched_off: Some(off.clone()), hold_music: Some(false), ..TenantChange::default() };
    store.change_tenant(all, &"harbour".into(), change).await.unwrap();
    let other = TenantChange { display: Some("Port".into()), ..TenantChange::default() };
    store.change_tenant(all, &"harbour".into(), other).await.unwrap();
    let kept = store.directory(all).await.unwrap().tenants.remove(0);
    assert_eq!((kept.switched_off, kept.hold_music), (off, false));
    let back = TenantChange { switched_off: Some(Services::default()), ..TenantChange::default() };
    let had = store.change_tenant(all, &"harbour".into(), back).await.unwrap();
    assert_eq!((had.switched_off, had.hold_music), (Services::default(), false));
}

pub async fn the_reasons_to_be_away_are_those_of_the_tenant_each_once_or_the_usual_ones(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let change = |reasons: Option<&[&str]>| TenantChange {
        away_reasons: Some(reasons.map(|list| list.iter().map(|one| (*one).to_owned()).collect())),
        ..TenantChange::default()
    };
    assert_eq!(bench.tenant("harbour").await.away_reasons, None);
    let key = "harbour".into();
    store.change_tenant(all, &key, change(Some(&["lunch", " Dentist", "lunch"]))).await.unwrap();
    let kept = store.directory(all).await.unwrap().tenants.remove(0);
    assert_eq!(kept.away_reasons, Some(vec!["lunch".to_owned(), "Dentist".to_owned()]));
    let error = sentence(store.change_tenant(all, &key, change(Some(&[" "]))).await);
    assert!(error.contains("away_reasons"), "{error}");
    let none = store.change_tenant(all, &key, change(Some(&[]))).await.unwrap();
    assert_eq!(none.away_reasons, Some(vec![]));
    assert_eq!(store.change_tenant(all, &key, change(None)).await.unwrap().away_reasons, None);
}

pub async fn names_are_taken_once_and_the_error_says_which(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let again = NewTenant { name: "harbour".into(), ..NewTenant::default() };
    let error = sentence(store.add_tenant(all, again).await);
    assert!(error.starts_with("there is a tenant `harbour` already"), "{error}");
    bench.operator("anna", "201", "harbour").await;
    let error = sentence(store.add_user(all, operator("berta", "201", "harbour")).await);
    assert!(error.starts_with("another user has this extension already"), "{error}");
    store.add_number(all, number("harbour", "+420200000100", Some("100"))).await.unwrap();
    let error = sentence(store.add_number(all, number("harbour", "+420200000101", Some("100"))).await);
    assert!(error.starts_with("another number has this short already"), "{error}");
    bench.device("anna").await;
    let error = sentence(store.add_device(all, device("anna")).await);
    assert!(error.starts_with("there is a device `201` already"), "{error}");
    bench.operator("cyril", "203", "harbour").await;
    let change = UserChange { name: Some("anna".into()), ..UserChange::default() };
    assert!(matches!(
        store.change_user(all, &"cyril".into(), change).await,
        Err(StoreError::Conflict { .. })
    ));
}

pub async fn whether_the_sound_of_a_device_is_protected_is_remembered(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    bench.operator("anna", "201", "harbour").await;
    assert_eq!(bench.device("anna").await.srtp, Srtp::Optional);
    let change = DeviceChange { srtp: Some(Srtp::Required), ..DeviceChange::default() };
    assert_eq!(store.change_device(all, &"201".into(), change).await.unwrap().srtp, Srtp::Required);
    let other = DeviceChange { label: Some("desk".into()), ..DeviceChange::default() };
    store.change_device(all, &"201".into(), other).await.unwrap();
    assert_eq!(store.directory(all).await.unwrap().devices[0].srtp, Srtp::Required);
    let new = NewDevice { username: Some("201b".into()), srtp: Some(Srtp::Off), ..device("anna") };
    assert_eq!(store.add_device(all, new).await.unwrap().device.srtp, Srtp::Off);
}

pub async fn what_is_in_use_is_not_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    store.add_number(all, number("harbour", "+420200000100", None)).await.unwrap();
    let error = sentence(store.remove_tenant(all, &"harbour".into()).await);
    assert!(error.starts_with("the tenant `harbour` is still in use"), "{error}");
    store.remove_number(all, &"+420200000100".into()).await.unwrap();
    store.remove_tenant(all, &"harbour".into()).await.unwrap();
}

pub async fn extensions_and_short_numbers_are_dialled_alike(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    bench.operator("anna", "201", "harbour").await;
    let error = sentence(store.add_number(all, number("harbour", "+420200000100", Some("201"))).await);
    assert!(error.starts_with("201 is the extension of a user already"), "{error}");
    store.add_number(all, number("harbour", "+420200000100", Some("100"))).await.unwrap();
    let error = sentence(store.add_user(all, operator("boris", "100", "harbour")).await);
    assert!(error.starts_with("100 is the short of a number already"), "{error}");
    let change = UserChange { extension: Some(Some("100".into())), ..UserChange::default() };
    assert!(matches!(store.change_user(all, &"anna".into(), change).await, Err(StoreError::Conflict { .. })));
}

pub async fn members_of_a_group_have_a_role_in_its_tenant(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    bench.tenant("summit").await;
    bench.operator("anna", "201", "harbour").await;
    bench.operator("emil", "205", "summit").await;
    let error = sentence(store.add_group(all, group("harbour", "sales", &["anna", "emil"])).await);
    assert!(error.contains("`emil` has no role in tenant `harbour`"), "{error}");
    let error = sentence(store.add_group(all, group("harbour", "sales", &["anna", "anna"])).await);
    assert!(error.contains("`anna` is named twice"), "{error}");
    assert!(is_missing(&store.add_group(all, group("harbour", "sales", &["nobody"])).await));
    store.add_group(all, group("harbour", "sales", &["anna"])).await.unwrap();
    let change = UserChange { roles: BTreeMap::from([("harbour".into(), None)]), ..UserChange::default() };
    let error = sentence(store.change_user(all, &"anna".into(), change).await);
    assert!(error.contains("member of group `sales`"), "{error}");
}

pub async fn any_script_is_kept_as_it_was_written(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let display = "Žluťoučký přístav 港 مرفأ 🐎 O'Brien; DROP TABLE users --";
    let new = NewTenant { name: "harbour".into(), display: Some(display.into()), ..NewTenant::default() };
    store.add_tenant(all, new).await.unwrap();
    assert_eq!(store.tenant(all, &"harbour".into()).await.unwrap().display, display);
    assert!(is_missing(&store.tenant(all, &"' OR 1=1 --".into()).await));
    assert!(is_missing(&store.tenant(all, &"a\u{fffd}b".into()).await));
}

pub async fn odd_and_long_input_is_refused(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    for name in ["", "Harbour", "a b", &"x".repeat(65), &"x".repeat(1_000_000)] {
        let new = NewTenant { name: name.into(), ..NewTenant::default() };
        assert!(matches!(store.add_tenant(all, new).await, Err(StoreError::Invalid { field: "name", .. })));
    }
    let wrong = store.add_number(all, number("harbour", "200000100", None)).await;
    assert!(matches!(wrong, Err(StoreError::Invalid { field: "number", .. })));
    let wrong = store.add_number(all, number("harbour", "+420200000100", Some("1"))).await;
    assert!(matches!(wrong, Err(StoreError::Invalid { field: "short", .. })));
    let wrong = NewUser { password: Some("short".into()), ..operator("anna", "201", "harbour") };
    assert!(matches!(store.add_user(all, wrong).await, Err(StoreError::Invalid { field: "password", .. })));
    let wrong = NewGroup { offer_for_ms: Some(1), ..group("harbour", "sales", &[]) };
    assert!(matches!(
        store.add_group(all, wrong).await,
        Err(StoreError::Invalid { field: "offer_for_ms", .. })
    ));
    let wrong = NewTrunk { host: "sip:carrier".into(), ..trunk("carrier", None) };
    assert!(matches!(store.add_trunk(all, wrong).await, Err(StoreError::Invalid { field: "host", .. })));
    let unknown = serde_json::from_str::<NewTenant>(r#"{"name": "harbour", "langauge": "cs"}"#);
    assert!(unknown.unwrap_err().to_string().contains("langauge"), "unknown fields are not swallowed");
}
