//! What it costs to remember: a batch of events and of sessions, as the journal writes them, into SQLite on this disk.
//!
//! `cargo bench --bench store`

use std::sync::Arc;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use hovor::entropy::Entropy;
use hovor::id::SessionId;
use hovor::matching::Client;
use hovor::store::{
    self, Entry, NewContact, NewTenant, Scope, Session, SessionDirection, SessionEvent, SessionKind, Store,
};
use hovor::time::UnixMs;
use tokio::runtime::Runtime;

#[expect(dead_code, reason = "tests use more of it")]
#[path = "../tests/support/folder.rs"]
mod folder;

use folder::Folder;

fn main() {
    divan::main();
}

const EVENTS: usize = 1_000;
const SESSIONS: usize = 100;

/// Sessions that begin, and ten events of each.
fn batch(ids: &mut Entropy) -> (Vec<Session>, Vec<SessionEvent>) {
    let sessions: Vec<Session> = (0..SESSIONS).map(|_| session(ids)).collect();
    let per_session = (EVENTS / SESSIONS) as u32;
    let events = sessions.iter().flat_map(|session| (1..=per_session).map(|seq| event(session.id, seq)));
    let events = events.collect();
    (sessions, events)
}

fn session(ids: &mut Entropy) -> Session {
    let started_at = UnixMs(1_700_000_000_000);
    Session {
        id: SessionId::new(started_at, ids),
        tenant: None,
        kind: SessionKind::Client,
        direction: SessionDirection::Inbound,
        line: "phone".into(),
        from: "+420777123456".into(),
        from_name: None,
        dialled: "+420200000100".into(),
        group: None,
        operator: None,
        keys: "1".into(),
        started_at,
        answered_at: Some(UnixMs(started_at.0 + 5_000)),
        ended_at: None,
        waiting_ms: 4_000,
        talk_ms: 0,
        end_cause: None,
        parameters: [("menu".to_owned(), "sales".to_owned())].into(),
        tags: Default::default(),
        called: Default::default(),
    }
}

fn event(session: SessionId, seq: u32) -> SessionEvent {
    SessionEvent {
        session,
        tenant: None,
        seq,
        at: UnixMs(1_700_000_000_000 + i64::from(seq)),
        kind: "offered".into(),
        body: serde_json::json!({ "to": "anna", "reason": "longest idle", "number": seq }),
    }
}

async fn open(folder: &Folder) -> (Arc<dyn Store>, Scope) {
    let store = store::open(&format!("sqlite:{}", folder.join("hovor.db").display())).await.unwrap();
    let company = store.add_company("Ostrov", "hovor").await.unwrap();
    (store, Scope::company(company.id))
}

/// A thousand events and a hundred sessions, in the two transactions of the journal.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn batch_of_events_and_sessions(bencher: Bencher<'_, '_>) {
    let (folder, runtime) = (Folder::new("store"), Runtime::new().unwrap());
    let (store, scope) = runtime.block_on(open(&folder));
    let mut ids = Entropy::from_number(1);
    bencher.counter(ItemsCount::new(EVENTS + SESSIONS)).with_inputs(|| batch(&mut ids)).bench_local_values(
        |(sessions, events)| {
            runtime.block_on(async {
                store.remember(&scope, black_box(&sessions), black_box(&events)).await.unwrap();
            });
        },
    );
    runtime.block_on(store.close());
}

const CONTACTS: usize = 100_000;
/// Contacts that are made before others are looked for: it takes a minute, once.
const GIVEN: [&str; 20] = [
    "Jan", "Petr", "Pavel", "Martin", "Jana", "Eva", "Hana", "Anna", "Karl", "Uwe", "Jozef", "Milan",
    "Zuzana", "Monika", "John", "Mary", "Susan", "David", "Lenka", "Ivana",
];

fn contact(n: usize) -> NewContact {
    let entry = |value: String| vec![Entry { value, label: String::new() }];
    // Some two hundred surnames: each full name is that of twenty-five people.
    let surname = format!(
        "Sur{}ova",
        ["b", "c", "d", "f", "g", "h", "k", "l", "m", "n"][n / 20 % 10].repeat(1 + n / 200 % 20)
    );
    NewContact {
        tenant: Some("harbour".into()),
        name: format!("{} {surname}", GIVEN[n % GIVEN.len()]),
        phones: entry(format!("+420777{n:06}")),
        emails: entry(format!("client{n}@example.com")),
        ..NewContact::default()
    }
}

/// Those of a hundred thousand contacts who may be a client with a number, a name and an address.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn candidates_among_a_hundred_thousand_contacts(bencher: Bencher<'_, '_>) {
    let (folder, runtime) = (Folder::new("contacts"), Runtime::new().unwrap());
    let (store, scope) = runtime.block_on(open(&folder));
    let tenant = runtime.block_on(async {
        let tenant = NewTenant { name: "harbour".into(), ..NewTenant::default() };
        let tenant = store.add_tenant(&scope, tenant).await.unwrap().id;
        for n in 0..CONTACTS {
            store.add_contact(&scope, contact(n)).await.unwrap();
        }
        tenant
    });
    let mut n = 0;
    let client = || {
        n = (n + 7_919) % CONTACTS;
        let NewContact { name, .. } = contact(n);
        let (phone, email) = (format!("+420777{n:06}"), format!("client{n}@example.com"));
        Client { name, phone, email, identifiers: vec![] }
    };
    bencher.with_inputs(client).bench_local_values(|client| {
        let found = runtime.block_on(store.contacts_like(&scope, tenant, black_box(&client))).unwrap();
        assert!(!found.is_empty());
    });
    runtime.block_on(store.close());
}
