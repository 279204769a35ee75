//! What reaches the store, whatever the store makes of it.

use super::*;
use crate::entropy::Entropy;
use crate::store::{self, demo};
use crate::switch::cause::{Cause, EndedBy};
use crate::switch::history::Kind;

struct Bench {
    store: Arc<dyn Store>,
    scope: Scope,
    tenant: TenantId,
    folder: std::path::PathBuf,
}

impl Bench {
    async fn open(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hovor-journal-{name}-{}", std::process::id()));
        let store = store::open(&format!("sqlite:{}", folder.join("x.db").display())).await.unwrap();
        let scope = demo::seed(store.as_ref()).await.unwrap();
        let tenant = store.tenant(&scope, &"harbour".into()).await.unwrap().id;
        Self { store, scope, tenant, folder }
    }

    async fn events(&self, session: SessionId) -> Vec<store::SessionEvent> {
        self.store.events(&self.scope.narrow(self.tenant), session).await.unwrap()
    }

    async fn close(self) {
        self.store.close().await;
        std::fs::remove_dir_all(self.folder).unwrap();
    }
}

fn events_of(session: SessionId, what: impl IntoIterator<Item = Happening>) -> Vec<SessionEvent> {
    let numbered = what.into_iter().zip(1..);
    numbered.map(|(what, seq)| SessionEvent { session, seq, at: UnixMs(5), what }).collect()
}

fn routed(tenant: TenantId) -> Happening {
    let (to, why) = ("operator anna".to_owned(), "the extension was dialled".to_owned());
    Happening::Routed { tenant: Some(tenant), session: Kind::Client, outbound: false, to, why }
}

#[tokio::test]
async fn an_event_that_the_store_refuses_costs_no_other() {
    let bench = Bench::open("refused").await;
    let mut entropy = Entropy::from_number(2);
    let (one, two) = (SessionId::new(UnixMs(5), &mut entropy), SessionId::new(UnixMs(5), &mut entropy));
    let too_long = Happening::Problem { what: "x".repeat(store::BODY_MAX + 1) };
    let first = events_of(one, [routed(bench.tenant), too_long, Happening::Answered]);
    let second = events_of(two, [routed(bench.tenant), Happening::Answered]);
    let (mut journal, task) = Journal::start(bench.store.clone(), bench.scope.clone());
    for event in first.iter().chain(&second) {
        let summary = Summary::rebuild([&events_of(event.session, [routed(bench.tenant)])[0]]);
        journal.event(event.clone(), Some(&summary));
    }
    drop(journal);
    task.await.unwrap();
    let kinds = |events: Vec<store::SessionEvent>| events.into_iter().map(|e| e.kind).collect::<Vec<_>>();
    assert_eq!(kinds(bench.events(one).await), ["routed", "lost", "answered"]);
    assert_eq!(kinds(bench.events(two).await), ["routed", "answered"]);
    bench.close().await;
}

#[tokio::test]
async fn a_session_is_known_with_its_first_event_and_not_over_before_its_last() {
    let bench = Bench::open("first").await;
    let session = SessionId::new(UnixMs(5), &mut Entropy::from_number(3));
    let ended = Happening::Ended { cause: Cause::Busy, by: EndedBy::Us };
    let events = events_of(session, [routed(bench.tenant), ended]);
    let (mut journal, task) = Journal::start(bench.store.clone(), bench.scope.clone());
    // As if the power went before the second event and the record.
    journal.event(events[0].clone(), Some(&Summary::rebuild(&events)));
    drop(journal);
    task.await.unwrap();
    assert_eq!(bench.events(session).await.len(), 1);
    let row = bench.store.session(&bench.scope, session).await.unwrap();
    assert_eq!((row.tenant, row.ended_at, row.end_cause), (Some(bench.tenant), None, None));
    bench.close().await;
}

#[tokio::test]
async fn the_events_of_a_session_refused_at_once_belong_to_its_tenant() {
    let bench = Bench::open("at-once").await;
    let session = SessionId::new(UnixMs(5), &mut Entropy::from_number(1));
    let ended = Happening::Ended { cause: Cause::Busy, by: EndedBy::Us };
    let events = events_of(session, [routed(bench.tenant), ended]);
    let (mut journal, task) = Journal::start(bench.store.clone(), bench.scope.clone());
    events.iter().for_each(|event| journal.event(event.clone(), None));
    journal.closed(session, &Summary::rebuild(&events));
    assert!(journal.numbering.is_empty());
    drop(journal);
    task.await.unwrap();
    assert_eq!(bench.events(session).await.len(), 2);
    bench.close().await;
}

#[tokio::test]
async fn a_step_that_fails_inside_costs_no_event_and_is_counted() {
    let bench = Bench::open("fault").await;
    let session = SessionId::new(UnixMs(5), &mut Entropy::from_number(4));
    let events = events_of(session, [routed(bench.tenant), Happening::Answered, Happening::Answered]);
    let (mut journal, task) = Journal::start(bench.store.clone(), bench.scope.clone());
    let standing = Arc::clone(&journal.standing);
    let summary = Summary::rebuild(&events[..1]);
    for (event, fault) in events.iter().zip([Fault::OnTheWay, Fault::InTheStore, Fault::OnTheWay]) {
        journal.event(event.clone(), Some(&summary));
        journal.plant(fault);
    }
    drop(journal);
    task.await.expect("the task ends because nothing more comes");
    assert_eq!(bench.events(session).await.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(standing.lock().unwrap().faults, 3);
    bench.close().await;
}
