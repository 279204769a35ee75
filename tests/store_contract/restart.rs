//! What stays when the program starts again.

use std::sync::Arc;

use hovor::store::*;

use super::bench::*;

pub async fn everything_is_there_after_a_restart(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let demo = demo::seed(store.as_ref()).await.unwrap();
    let harbour = bench.tenant("harbour").await.id;
    store.put_sessions(all, &[session(1, Some(harbour))]).await.unwrap();
    store.append(all, &[event(1, Some(harbour), 1)]).await.unwrap();
    let companies = store.companies().await.unwrap();
    assert_eq!(companies.len(), 2);
    let before = store.directory(&demo).await.unwrap();
    let store = bench.reopened().await;
    store.ping().await.unwrap();
    assert_eq!(store.companies().await.unwrap(), companies);
    assert_eq!(store.directory(&demo).await.unwrap(), before);
    assert_eq!(store.session(all, session_id(1)).await.unwrap(), session(1, Some(harbour)));
    store.append(all, &[event(1, Some(harbour), 2)]).await.unwrap();
    assert_eq!(store.events(all, session_id(1)).await.unwrap().len(), 2);
}

/// While tenants and their groups come and go together, no directory shows a group without its tenant.
pub async fn the_directory_is_one_moment(bench: Bench) {
    let (store, all) = (Arc::clone(&bench.store), bench.all.clone());
    let writer = tokio::spawn(async move {
        for round in 0..20 {
            let name = format!("t{round}");
            store.add_tenant(&all, NewTenant { name: name.clone(), ..NewTenant::default() }).await.unwrap();
            store.add_user(&all, operator(&name, &format!("3{round:02}"), &name)).await.unwrap();
            store.add_group(&all, group(&name, "g", &[&name])).await.unwrap();
            if round % 2 == 0 {
                store
                    .remove_group(&all.narrow(tenant_id(&*store, &all, &name).await), &"g".into())
                    .await
                    .unwrap();
                store.remove_user(&all, &name.as_str().into()).await.unwrap();
                store.remove_tenant(&all, &name.into()).await.unwrap();
            }
        }
    });
    let mut reads = 0;
    while !writer.is_finished() {
        let directory = bench.store.directory(&bench.all).await.unwrap();
        for group in &directory.groups {
            assert!(directory.tenants.iter().any(|tenant| tenant.id == group.tenant));
            for member in &group.members {
                assert!(directory.users.iter().any(|user| user.id == *member));
            }
        }
        reads += 1;
    }
    writer.await.unwrap();
    assert!(reads > 1, "reading goes on while others write");
    assert_eq!(bench.store.directory(&bench.all).await.unwrap().groups.len(), 10);
}

async fn tenant_id(store: &dyn Store, all: &Scope, name: &str) -> hovor::id::TenantId {
    store.tenant(all, &name.into()).await.unwrap().id
}

pub async fn the_demo_is_seeded_once(bench: Bench) {
    let store = bench.store.as_ref();
    let scope = demo::seed(store).await.unwrap();
    let first = store.directory(&scope).await.unwrap();
    assert_eq!(demo::seed(store).await.unwrap(), scope);
    assert_eq!(store.directory(&scope).await.unwrap(), first);
    assert_eq!((first.tenants.len(), first.numbers.len(), first.users.len()), (2, 2, 7));
    assert_eq!((first.devices.len(), first.groups.len(), first.trunks.len()), (6, 4, 1));
    let device = store.device(&scope, &"201".into()).await.unwrap();
    assert_eq!(device.ha1_md5, secret::Ha1::of("201", "hovor", "hovor-demo").md5);
    assert_eq!(device.ha1_sha256, secret::Ha1::of("201", "hovor", "hovor-demo").sha256);
    let number = store.number(&scope, &"110".into()).await.unwrap();
    assert_eq!(number.number, "+420200000200");
    let anyone = store.group(&scope, &"anyone".into()).await.unwrap();
    assert_eq!(anyone.members.len(), 4);
    assert!(store.check_password(&scope, "admin", "hovor-demo").await.unwrap().unwrap().administrator);
    let change = TenantChange { display: Some("Port".into()), ..TenantChange::default() };
    store.change_tenant(&scope, &"harbour".into(), change).await.unwrap();
    demo::seed(store).await.unwrap();
    assert_eq!(store.tenant(&scope, &"harbour".into()).await.unwrap().display, "Port", "changes to it stay");
}

pub async fn a_second_company_needs_another_name(bench: Bench) {
    let error = sentence(bench.store.add_company("Ostrov", "hovor").await);
    assert!(error.starts_with("there is a company `Ostrov` already"), "{error}");
    assert!(bench.store.add_company("", "hovor").await.is_err());
    assert!(bench.store.add_company("Other", "bad\"realm").await.is_err());
}
