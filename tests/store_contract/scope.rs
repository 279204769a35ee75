//! Whoever asks sees and changes what is theirs, and the rest does not exist.

use std::collections::BTreeMap;

use hovor::store::*;

use super::bench::*;

/// Two tenants with one of everything each.
async fn two_tenants(bench: &Bench) -> (Tenant, Tenant) {
    let (store, all) = (&bench.store, &bench.all);
    let tenants = (bench.tenant("harbour").await, bench.tenant("summit").await);
    for (tenant, user, digit) in [("harbour", "anna", "1"), ("summit", "emil", "2")] {
        bench.operator(user, &format!("20{digit}"), tenant).await;
        bench.device(user).await;
        store.add_number(all, number(tenant, &format!("+42020000010{digit}"), None)).await.unwrap();
        store.add_group(all, group(tenant, &format!("g{digit}"), &[user])).await.unwrap();
        store.add_trunk(all, trunk(&format!("t{digit}"), Some(tenant))).await.unwrap();
        store.add_token(all, token(&format!("k{digit}"), Some(tenant))).await.unwrap();
    }
    store.add_trunk(all, trunk("common", None)).await.unwrap();
    tenants
}

pub async fn another_company_does_not_exist(bench: Bench) {
    let store = &bench.store;
    two_tenants(&bench).await;
    let other = store.add_company("Other", "hovor").await.unwrap();
    let theirs = Scope::company(other.id);
    let directory = store.directory(&theirs).await.unwrap();
    assert_eq!(directory.company, other);
    assert!(directory.tenants.is_empty() && directory.numbers.is_empty() && directory.users.is_empty());
    assert!(directory.devices.is_empty() && directory.groups.is_empty() && directory.trunks.is_empty());
    let tenant = store.tenant(&bench.all, &"harbour".into()).await.unwrap();
    assert!(is_missing(&store.tenant(&theirs, &tenant.id.into()).await));
    assert!(is_missing(&store.remove_tenant(&theirs, &tenant.id.into()).await));
    assert!(is_missing(&store.add_number(&theirs, number("harbour", "+420200000999", None)).await));
    let same_names = NewTenant { name: "harbour".into(), ..NewTenant::default() };
    store.add_tenant(&theirs, same_names).await.expect("names are taken within a company only");
    store.put_sessions(&bench.all, &[session(1, Some(tenant.id))]).await.unwrap();
    assert!(is_missing(&store.session(&theirs, session_id(1)).await));
    assert!(is_missing(&store.put_sessions(&theirs, &[session(1, None)]).await), "nor can it be overwritten");
}

pub async fn another_tenant_does_not_exist(bench: Bench) {
    let store = &bench.store;
    let (harbour, _) = two_tenants(&bench).await;
    let mine = Scope::tenants(bench.company.id, [harbour.id]);
    let seen = store.directory(&mine).await.unwrap();
    assert_eq!(seen.tenants.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["harbour"]);
    assert_eq!(seen.numbers.iter().map(|n| n.number.as_str()).collect::<Vec<_>>(), ["+420200000101"]);
    assert_eq!(seen.users.iter().map(|u| u.name.as_str()).collect::<Vec<_>>(), ["anna"]);
    assert_eq!(seen.devices.iter().map(|d| d.username.as_str()).collect::<Vec<_>>(), ["201"]);
    assert_eq!(seen.groups.iter().map(|g| g.name.as_str()).collect::<Vec<_>>(), ["g1"]);
    assert_eq!(seen.trunks.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["t1"]);
    assert_eq!(store.tokens(&mine).await.unwrap().len(), 1);
    assert!(is_missing(&store.tenant(&mine, &"summit".into()).await));
    assert!(is_missing(&store.user(&mine, &"emil".into()).await));
    assert!(is_missing(&store.device(&mine, &"202".into()).await));
    assert!(is_missing(&store.remove_number(&mine, &"+420200000102".into()).await));
    assert!(is_missing(&store.change_group(&mine, &"g2".into(), GroupChange::default()).await));
    assert!(is_missing(&store.remove_trunk(&mine, &"common".into()).await));
    assert!(is_missing(&store.remove_token(&mine, &"k2".into()).await));
    let nothing = store.directory(&Scope::tenants(bench.company.id, [])).await.unwrap();
    assert!(nothing.tenants.is_empty() && nothing.users.is_empty() && nothing.trunks.is_empty());
    store.change_group(&mine, &"g1".into(), GroupChange::default()).await.expect("one's own can be changed");
}

pub async fn a_tenants_administrator_changes_nothing_beyond(bench: Bench) {
    let store = &bench.store;
    let (harbour, _) = two_tenants(&bench).await;
    let mine = Scope::tenants(bench.company.id, [harbour.id]);
    let forbidden = |result: Result<User, StoreError>| matches!(result, Err(StoreError::Forbidden { .. }));
    let new = NewTenant { name: "mine".into(), ..NewTenant::default() };
    assert!(matches!(store.add_tenant(&mine, new).await, Err(StoreError::Forbidden { .. })));
    assert!(matches!(store.add_trunk(&mine, trunk("x", None)).await, Err(StoreError::Forbidden { .. })));
    assert!(matches!(store.add_token(&mine, token("x", None)).await, Err(StoreError::Forbidden { .. })));
    let boss = NewUser { administrator: true, ..operator("boss", "299", "harbour") };
    assert!(forbidden(store.add_user(&mine, boss).await));
    assert!(is_missing(&store.add_user(&mine, operator("spy", "298", "summit")).await));
    let both = BTreeMap::from([("harbour".into(), Role::Operator), ("summit".into(), Role::Administrator)]);
    let both = NewUser { roles: both, ..operator("olga", "297", "harbour") };
    store.add_user(&bench.all, both).await.unwrap();
    assert!(store.user(&mine, &"olga".into()).await.is_ok(), "a colleague of both tenants is seen");
    let change = UserChange { password: Some(Some("taken over".into())), ..UserChange::default() };
    assert!(forbidden(store.change_user(&mine, &"olga".into(), change).await), "but not taken over");
    assert!(matches!(store.add_device(&mine, device("olga")).await, Err(StoreError::Forbidden { .. })));
    let change = UserChange { administrator: Some(true), ..UserChange::default() };
    assert!(forbidden(store.change_user(&mine, &"anna".into(), change).await));
    store.add_user(&mine, operator("berta", "296", "harbour")).await.expect("one's own can be made");
}

pub async fn a_name_in_two_tenants_needs_the_tenant(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let (harbour, summit) = (bench.tenant("harbour").await, bench.tenant("summit").await);
    store.add_group(all, group("harbour", "sales", &[])).await.unwrap();
    let second = store.add_group(all, group("summit", "sales", &[])).await.unwrap();
    let error = sentence(store.group(all, &"sales".into()).await);
    assert!(error.contains("several tenants have a group `sales`"), "{error}");
    assert_eq!(store.group(&all.narrow(summit.id), &"sales".into()).await.unwrap(), second);
    let mine = Scope::tenants(bench.company.id, [harbour.id]);
    assert!(
        is_missing(&store.group(&mine.narrow(summit.id), &"sales".into()).await),
        "narrowing never widens"
    );
}

pub async fn history_of_another_tenant_does_not_exist(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let (harbour, summit) = two_tenants(&bench).await;
    store
        .put_sessions(all, &[session(1, Some(harbour.id)), session(2, Some(summit.id)), session(3, None)])
        .await
        .unwrap();
    let events = [event(1, Some(harbour.id), 1), event(2, Some(summit.id), 1), event(3, None, 1)];
    store.append(all, &events).await.unwrap();
    let mine = Scope::tenants(bench.company.id, [harbour.id]);
    let seen = store.sessions(&mine, &SessionFilter::default(), Page::default()).await.unwrap();
    assert_eq!(seen.iter().map(|session| session.id).collect::<Vec<_>>(), [session_id(1)]);
    assert!(is_missing(&store.session(&mine, session_id(2)).await));
    assert_eq!(store.events(&mine, session_id(1)).await.unwrap().len(), 1);
    assert!(store.events(&mine, session_id(2)).await.unwrap().is_empty());
    assert!(matches!(
        store.append(&mine, &[event(2, Some(summit.id), 2)]).await,
        Err(StoreError::Forbidden { .. })
    ));
    assert!(
        is_missing(&store.append(&mine, &[event(2, Some(harbour.id), 2)]).await),
        "nor under a false name"
    );
    assert!(is_missing(&store.put_sessions(&mine, &[session(2, Some(harbour.id))]).await));
    assert_eq!(store.session(all, session_id(2)).await.unwrap().tenant, Some(summit.id));
}
