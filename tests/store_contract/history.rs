//! Sessions and their events.

use std::sync::Arc;
use std::time::Instant;

use hovor::id::TenantId;
use hovor::store::*;
use hovor::time::UnixMs;

use super::bench::*;

async fn numbers(bench: &Bench, n: u64) -> Vec<u32> {
    bench.store.events(&bench.all, session_id(n)).await.unwrap().iter().map(|event| event.seq).collect()
}

pub async fn events_are_numbered_without_gaps(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let harbour = Some(bench.tenant("harbour").await.id);
    let error = sentence(store.append(all, &[event(1, harbour, 2)]).await);
    assert!(error.contains("event 2") && error.contains("does not follow event 0"), "{error}");
    store.append(all, &[event(1, harbour, 1), event(1, harbour, 2)]).await.unwrap();
    for wrong in [vec![4], vec![0], vec![3, 5], vec![3, 3], vec![4, 3]] {
        let batch: Vec<SessionEvent> = wrong.iter().map(|seq| event(1, harbour, *seq)).collect();
        assert!(matches!(store.append(all, &batch).await, Err(StoreError::Conflict { .. })), "{wrong:?}");
        assert_eq!(numbers(&bench, 1).await, [1, 2]);
    }
    store.append(all, &[event(1, harbour, 3)]).await.unwrap();
    assert_eq!(store.events(all, session_id(1)).await.unwrap()[2], event(1, harbour, 3));
    let other = bench.tenant("summit").await.id;
    assert!(is_missing(&store.append(all, &[event(1, Some(other), 4)]).await), "a session keeps its tenant");
    store.append(all, &[]).await.unwrap();
}

pub async fn appending_again_changes_nothing(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let batch: Vec<SessionEvent> = (1..=5).map(|seq| event(1, None, seq)).collect();
    store.append(all, &batch[..3]).await.unwrap();
    store.append(all, &batch[..3]).await.expect("a batch whose answer was lost is appended again");
    store.append(all, &batch).await.expect("even with more after it");
    assert_eq!(numbers(&bench, 1).await, [1, 2, 3, 4, 5]);
    let other = SessionEvent { kind: "answered".into(), ..event(1, None, 5) };
    let error = sentence(store.append(all, &[other]).await);
    assert!(error.contains("is stored already, and was another"), "{error}");
}

pub async fn a_batch_is_appended_whole_or_not_at_all(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let batch = [event(1, None, 1), event(2, None, 1), event(2, None, 3)];
    assert!(store.append(all, &batch).await.is_err());
    assert!(numbers(&bench, 1).await.is_empty() && numbers(&bench, 2).await.is_empty());
    let body = serde_json::json!("x".repeat(BODY_MAX));
    let long = SessionEvent { body, ..event(1, None, 2) };
    let refused = store.append(all, &[event(1, None, 1), long]).await;
    assert!(matches!(refused, Err(StoreError::Invalid { field: "body", .. })));
    assert!(numbers(&bench, 1).await.is_empty());
}

pub async fn a_record_and_its_events_are_written_together_or_not_at_all(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let record = [session(1, None)];
    assert!(store.remember(all, &record, &[event(1, None, 2)]).await.is_err(), "a gap");
    assert!(is_missing(&store.session(all, session_id(1)).await), "nothing of it is there");
    store.remember(all, &record, &[event(1, None, 1)]).await.unwrap();
    assert_eq!(store.session(all, session_id(1)).await.unwrap(), record[0]);
    assert_eq!(numbers(&bench, 1).await, [1]);
    store.remember(all, &record, &[]).await.unwrap();
    store.remember(all, &[], &[event(1, None, 2)]).await.unwrap();
    assert_eq!(numbers(&bench, 1).await, [1, 2]);
}

pub async fn concurrent_appends_leave_no_gap(bench: Bench) {
    let store = Arc::clone(&bench.store);
    let mut writers = vec![];
    for writer in 0..8 {
        let (store, all) = (Arc::clone(&store), bench.all.clone());
        writers.push(tokio::spawn(async move {
            let mut won = 0;
            for seq in 1..=40 {
                let kind = format!("writer {writer}");
                match store.append(&all, &[SessionEvent { kind, ..event(1, None, seq) }]).await {
                    Ok(()) => won += 1,
                    Err(StoreError::Conflict { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            won
        }));
    }
    let mut won = 0;
    for writer in writers {
        won += writer.await.unwrap();
    }
    let numbers = numbers(&bench, 1).await;
    assert_eq!(numbers, (1..=40).collect::<Vec<u32>>());
    assert_eq!(won, 40, "each number was given to exactly one writer");
}

pub async fn ten_thousand_events_are_appended_in_batches(bench: Bench) {
    let harbour: Option<TenantId> = Some(bench.tenant("harbour").await.id);
    let events: Vec<SessionEvent> =
        (0..10_000_u32).map(|n| event(u64::from(n % 500), harbour, n / 500 + 1)).collect();
    #[expect(clippy::disallowed_methods, reason = "this measures")]
    let start = Instant::now();
    for batch in events.chunks(1_000) {
        bench.store.append(&bench.all, batch).await.unwrap();
    }
    let took = start.elapsed();
    let database = bench.url.split(':').next().unwrap_or_default();
    println!(
        "{database}: 10,000 events of 500 sessions in batches of 1,000: {took:?}, {:?} an event",
        took / 10_000
    );
    assert_eq!(numbers(&bench, 499).await, (1..=20).collect::<Vec<u32>>());
}

pub async fn sessions_are_written_again_and_again(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let harbour = bench.tenant("harbour").await.id;
    let begun = session(1, Some(harbour));
    store.put_sessions(all, std::slice::from_ref(&begun)).await.unwrap();
    assert_eq!(store.session(all, begun.id).await.unwrap(), begun);
    let ended = Session {
        answered_at: Some(UnixMs(1_700_000_005_000)),
        ended_at: Some(UnixMs(1_700_000_065_000)),
        talk_ms: 60_000,
        keys: "1#".into(),
        end_cause: Some("caller_hung_up".into()),
        parameters: [("menu".to_owned(), "prodej č. 1".to_owned())].into(),
        tags: ["vip".to_owned(), "Čech".to_owned()].into(),
        ..begun.clone()
    };
    store.put_sessions(all, &[begun, ended.clone()]).await.expect("the last word of a batch counts");
    assert_eq!(store.session(all, ended.id).await.unwrap(), ended);
    let many: Vec<Session> = (2..400).map(|n| session(n, Some(harbour))).collect();
    store.put_sessions(all, &many).await.unwrap();
    assert!(is_missing(&store.session(all, session_id(9999)).await));
}

pub async fn sessions_are_filtered_and_paged(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await.id;
    let mut sessions: Vec<Session> = (0..10).map(|n| session(n, None)).collect();
    sessions[3].ended_at = Some(UnixMs(1_700_000_100_000));
    sessions[4].operator = Some(anna);
    sessions[5].from = "+49%30_1".into();
    store.put_sessions(all, &sessions).await.unwrap();
    let list = async |filter: SessionFilter| -> Vec<_> {
        let found = store.sessions(all, &filter, Page::default()).await.unwrap();
        found.into_iter().map(|session| session.id).collect()
    };
    let default = SessionFilter::default;
    assert_eq!(list(default()).await, (0..10).rev().map(session_id).collect::<Vec<_>>(), "newest first");
    assert_eq!(list(SessionFilter { live: Some(false), ..default() }).await, [session_id(3)]);
    assert_eq!(list(SessionFilter { live: Some(true), ..default() }).await.len(), 9);
    assert_eq!(list(SessionFilter { operator: Some(anna), ..default() }).await, [session_id(4)]);
    assert_eq!(list(SessionFilter { number: Some("%30_".into()), ..default() }).await, [session_id(5)]);
    assert_eq!(list(SessionFilter { number: Some("4%0".into()), ..default() }).await, [], "no wildcards");
    let since = SessionFilter { since: Some(sessions[7].started_at), ..default() };
    assert_eq!(list(since).await, [session_id(9), session_id(8), session_id(7)]);
    let until = SessionFilter { until: Some(sessions[1].started_at), ..default() };
    assert_eq!(list(until).await, [session_id(0)]);
    let page = Page { limit: 3, before: Some(session_id(6)) };
    let page = store.sessions(all, &default(), page).await.unwrap();
    assert_eq!(page.iter().map(|s| s.id).collect::<Vec<_>>(), [session_id(5), session_id(4), session_id(3)]);
}

pub async fn what_callers_send_is_cut_and_cleaned_but_never_lost(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let mut odd = session(1, None);
    odd.from = "č".repeat(10_000);
    odd.from_name = Some("nul\0inside".into());
    store.put_sessions(all, &[odd]).await.unwrap();
    let kept = store.session(all, session_id(1)).await.unwrap();
    assert_eq!((kept.from, kept.from_name.as_deref()), ("č".repeat(256), Some("nul\u{fffd}inside")));
    let body = serde_json::json!({ "text": "nul\0inside" });
    let odd = SessionEvent { body: body.clone(), ..event(1, None, 1) };
    store.append(all, std::slice::from_ref(&odd)).await.unwrap();
    store.append(all, &[odd]).await.expect("the same event again");
    assert_eq!(store.events(all, session_id(1)).await.unwrap()[0].body, body);
}
