//! Clients who were promised a call.

use std::time::Duration;

use hovor::entropy::Entropy;
use hovor::id::{CallbackId, DoorId, GroupId, SessionId, TenantId};
use hovor::store::*;
use hovor::switch::callback::{Asker, Callback, Ending, State, Terms};
use hovor::time::UnixMs;

use super::bench::*;

fn promise(tenant: TenantId, number: u64) -> Callback {
    let mut ids = Entropy::from_number(number);
    let at = UnixMs(i64::try_from(number).unwrap());
    Callback {
        id: CallbackId::new(at, &mut ids),
        tenant,
        group: GroupId::new(at, &mut ids),
        number: format!("+42077700000{number}"),
        priority: -3,
        since: UnixMs(100 - at.0),
        made: UnixMs(200 + at.0),
        asked_in: Some(SessionId::new(at, &mut ids)),
        due: Some(UnixMs(300 + at.0)),
        name: Some("Jana".into()),
        asker: Some(Asker { door: DoorId::new(at, &mut ids), key: "k".into(), invited: None }),
        terms: Terms {
            pauses: vec![Duration::from_secs(300), Duration::from_millis(1_500)],
            expires: UnixMs(9_000),
            hours: Some(("harbour.toml".into(), "sales".into())),
        },
        tries: 2,
        state: State::Waiting,
    }
}

pub async fn promises_are_kept_as_they_are_now_and_the_longest_wait_comes_first(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let [harbour, summit] = [bench.tenant("harbour").await.id, bench.tenant("summit").await.id];
    let gone = TenantId::new(UnixMs(0), &mut Entropy::from_number(99));
    let [one, two, three, lost] =
        [promise(harbour, 1), promise(harbour, 2), promise(summit, 3), promise(gone, 4)];
    let all_four = [one.clone(), two.clone(), three.clone(), lost.clone()];
    store.put_callbacks(all, &all_four).await.unwrap();
    assert_eq!(store.callbacks(all, true).await.unwrap(), [three.clone(), two.clone(), one.clone()]);
    let paused = Callback {
        state: State::Paused { until: UnixMs(700) },
        asked_in: None,
        due: None,
        asker: None,
        ..one.clone()
    };
    let how = Ending::Served { session: SessionId::new(UnixMs(5), &mut Entropy::from_number(5)) };
    let served = Callback { state: State::Ended { at: UnixMs(800), how }, ..two.clone() };
    store.put_callbacks(all, &[one, paused.clone(), served.clone()]).await.unwrap();
    assert_eq!(store.callbacks(all, true).await.unwrap(), [three.clone(), paused.clone()]);
    assert_eq!(store.callbacks(all, false).await.unwrap(), std::slice::from_ref(&served));
    assert_eq!(store.callback(all, paused.id).await.unwrap(), paused);
    assert!(matches!(store.callback(all, lost.id).await, Err(StoreError::NotFound { .. })));
    assert_eq!(store.remove_callbacks(all, UnixMs(202)).await.unwrap(), 0);
    assert_eq!(store.remove_callbacks(all, UnixMs(9_999)).await.unwrap(), 1, "what is open stays");
    assert_eq!(store.callbacks(all, false).await.unwrap(), []);
}

pub async fn promises_of_another_tenant_do_not_exist(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let [harbour, summit] = [bench.tenant("harbour").await.id, bench.tenant("summit").await.id];
    let theirs = promise(harbour, 1);
    store.put_callbacks(all, std::slice::from_ref(&theirs)).await.unwrap();
    let mine = all.narrow(summit);
    assert_eq!(store.callbacks(&mine, true).await.unwrap(), []);
    assert!(matches!(store.callback(&mine, theirs.id).await, Err(StoreError::NotFound { .. })));
    let how = Ending::Cancelled;
    let stolen = Callback { tenant: summit, state: State::Ended { at: UnixMs(1), how }, ..theirs.clone() };
    let taken = Callback { state: stolen.state.clone(), ..theirs.clone() };
    store.put_callbacks(&mine, &[taken]).await.unwrap();
    store.put_callbacks(&mine, &[stolen]).await.unwrap();
    assert_eq!(store.callbacks(all, true).await.unwrap(), std::slice::from_ref(&theirs));
    store.remove_callbacks(&mine, UnixMs(i64::MAX)).await.unwrap();
    assert_eq!(store.callback(all, theirs.id).await.unwrap(), theirs);
}
