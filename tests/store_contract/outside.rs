//! What dialplans leave behind: switches, and what other programs are to be told.

use hovor::entropy::Entropy;
use hovor::id::{TenantId, UserId, WebhookId};
use hovor::store::*;
use hovor::time::UnixMs;

use super::bench::*;

pub async fn switches_stand_as_they_were_turned_last(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let [harbour, summit] = [bench.tenant("harbour").await.id, bench.tenant("summit").await.id];
    let gone = TenantId::new(UnixMs(0), &mut Entropy::from_number(1));
    let by = Some(UserId::new(UnixMs(0), &mut Entropy::from_number(2)));
    let switch = |tenant, name: &str, on, by, since| Switch {
        tenant,
        name: name.into(),
        on,
        by,
        since: UnixMs(since),
    };
    let batch = [
        switch(harbour, "night", true, None, 1),
        switch(summit, "night", true, None, 2),
        switch(harbour, "night", false, by, 3),
        switch(gone, "night", true, None, 4),
        switch(harbour, "storm", true, by, 5),
    ];
    store.put_switches(all, &batch).await.unwrap();
    let mut kept = store.switches(all).await.unwrap();
    kept.sort_by_key(|switch| switch.since);
    assert_eq!(kept, [batch[1].clone(), batch[2].clone(), batch[4].clone()]);
    let mine = all.narrow(summit);
    assert_eq!(store.switches(&mine).await.unwrap(), [batch[1].clone()]);
    store.put_switches(&mine, &[switch(harbour, "night", true, None, 9)]).await.unwrap();
    let night = store.switches(&all.narrow(harbour)).await.unwrap();
    assert!(!night[0].on, "another tenant's switch is out of reach");
    store.remove_tenant(all, &"summit".into()).await.unwrap();
    assert_eq!(store.switches(all).await.unwrap().len(), 2, "switches go with their tenant");
}

fn webhook(tenant: Option<TenantId>, number: i64) -> Webhook {
    Webhook {
        id: WebhookId::new(UnixMs(number), &mut Entropy::from_number(number.unsigned_abs())),
        tenant,
        session: None,
        event: "order.asked".into(),
        url: "https://crm.example.com/hooks".into(),
        body: "{\"č\":1}".into(),
        created_at: UnixMs(number),
        state: WebhookState::Waiting,
        attempts: 0,
        next_at: Some(UnixMs(number)),
        last_at: None,
        last_status: None,
        last_error: None,
    }
}

pub async fn webhooks_wait_until_they_are_due_and_their_fate_is_kept(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let harbour = bench.tenant("harbour").await.id;
    let [one, two, three] = [webhook(Some(harbour), 10), webhook(None, 20), webhook(Some(harbour), 30)];
    let refused = store.add_webhooks(all, &[three.clone(), one.clone(), two.clone()]).await.unwrap();
    assert_eq!((refused, store.waiting_webhooks(all).await.unwrap()), (0, 3));
    store.add_webhooks(all, std::slice::from_ref(&one)).await.expect("the same batch may come twice");
    assert_eq!(store.next_webhooks(all, 2).await.unwrap(), [one.clone(), two.clone()]);
    let delivered = Webhook {
        state: WebhookState::Delivered,
        attempts: 1,
        next_at: None,
        last_at: Some(UnixMs(11)),
        last_status: Some(204),
        ..one.clone()
    };
    let again = Webhook {
        attempts: 1,
        next_at: Some(UnixMs(99)),
        last_at: Some(UnixMs(21)),
        last_error: Some("nobody answers".into()),
        ..two.clone()
    };
    store.put_webhooks(all, &[delivered.clone(), again.clone()]).await.unwrap();
    assert_eq!(store.waiting_webhooks(all).await.unwrap(), 2);
    assert_eq!(store.next_webhooks(all, 9).await.unwrap(), [three.clone(), again.clone()]);
    assert_eq!(store.webhook(all, one.id).await.unwrap(), delivered);
    assert_eq!(store.webhooks(all, None, 9).await.unwrap(), [three.clone(), again, delivered.clone()]);
    assert_eq!(store.webhooks(all, Some(WebhookState::Delivered), 9).await.unwrap(), [delivered]);
    assert_eq!(store.webhooks(all, None, 1).await.unwrap(), [three]);
    assert_eq!(store.remove_webhooks(all, UnixMs(1_000)).await.unwrap(), 1, "what waits is kept");
    assert!(matches!(store.webhook(all, one.id).await, Err(StoreError::NotFound { .. })));
}

pub async fn webhooks_of_another_tenant_do_not_exist(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let [harbour, summit] = [bench.tenant("harbour").await.id, bench.tenant("summit").await.id];
    let [mine, theirs, company] = [webhook(Some(harbour), 1), webhook(Some(summit), 2), webhook(None, 3)];
    store.add_webhooks(all, &[mine.clone(), theirs.clone(), company.clone()]).await.unwrap();
    let scope = all.narrow(harbour);
    assert_eq!(store.webhooks(&scope, None, 9).await.unwrap(), std::slice::from_ref(&mine));
    assert_eq!(store.waiting_webhooks(&scope).await.unwrap(), 1);
    assert_eq!(store.next_webhooks(&scope, 9).await.unwrap(), [mine]);
    assert!(
        store.webhook(&scope, theirs.id).await.is_err() && store.webhook(&scope, company.id).await.is_err()
    );
    assert!(store.put_webhooks(&scope, std::slice::from_ref(&theirs)).await.is_err());
    let stolen = Webhook { tenant: Some(harbour), ..theirs.clone() };
    let _ = store.put_webhooks(&scope, &[stolen]).await;
    assert_eq!(store.webhook(all, theirs.id).await.unwrap(), theirs);
}
