//! Contacts: kept, found by keys, merged and parted; and the clients of sessions.

use hovor::id::{ContactId, SessionId};
use hovor::matching::Client;
use hovor::store::*;

use super::bench::*;

fn entry(value: &str) -> Entry {
    Entry { value: value.into(), label: String::new() }
}

fn contact(tenant: &str, name: &str, phone: &str, email: &str) -> NewContact {
    let list = |value: &str| if value.is_empty() { vec![] } else { vec![entry(value)] };
    NewContact {
        tenant: Some(tenant.into()),
        name: name.into(),
        phones: list(phone),
        emails: list(email),
        ..NewContact::default()
    }
}

async fn found(bench: &Bench, text: &str) -> Vec<String> {
    let filter = ContactFilter { text: Some(text.into()), ..ContactFilter::default() };
    let found = bench.store.contacts(&bench.all, &filter).await.unwrap();
    found.into_iter().map(|contact| contact.name).collect()
}

pub async fn a_contact_is_made_found_changed_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let (harbour, summit) = (bench.tenant("harbour").await, bench.tenant("summit").await);
    let new = NewContact {
        organisation: "Celnice".into(),
        identifiers: vec![Identifier { name: "Customer no.".into(), value: "A-17".into() }],
        ..contact("harbour", " Žofie Malá ", "+420 777 000-301", "Zofie@Example.com")
    };
    let made = store.add_contact(all, new.clone()).await.unwrap();
    assert_eq!((made.name.as_str(), made.phones[0].value.as_str()), ("Žofie Malá", "+420777000301"));
    assert_eq!(store.contact(all, made.id).await.unwrap(), made);
    let again = store.add_contact(all, new).await.unwrap();
    assert_ne!(again.id, made.id, "two people may have one name");
    store.remove_contact(all, again.id).await.unwrap();
    let other = store.add_contact(all, contact("summit", "Adam", "+420777000302", "")).await.unwrap();
    for (text, names) in [
        ("zofie", vec!["Žofie Malá"]),
        ("MALÁ žo", vec!["Žofie Malá"]),
        ("celn", vec!["Žofie Malá"]),
        ("a-17", vec!["Žofie Malá"]),
        ("zofie@ex", vec!["Žofie Malá"]),
        ("777 000 302", vec!["Adam"]),
        ("00420 777000302", vec!["Adam"]),
        ("0302", vec!["Adam"]),
        ("+420", vec!["Adam", "Žofie Malá"]),
        ("", vec!["Adam", "Žofie Malá"]),
        ("zofie adam", vec![]),
        ("%", vec![]),
        ("_dam", vec![]),
        ("\\", vec![]),
    ] {
        assert_eq!(found(&bench, text).await, names, "{text:?}");
    }
    let page = ContactFilter { limit: 1, ..ContactFilter::default() };
    assert_eq!(store.contacts(all, &page).await.unwrap(), std::slice::from_ref(&other));
    let next = ContactFilter { after: Some(other.id), ..page };
    assert_eq!(store.contacts(all, &next).await.unwrap(), std::slice::from_ref(&made));
    let change = ContactChange {
        phones: Some(vec![entry("+420777000303"), entry("+420777000303"), entry("+420777000304")]),
        note: Some("on call\nat night".into()),
        ..ContactChange::default()
    };
    let changed = store.change_contact(all, made.id, change).await.unwrap();
    assert_eq!((changed.phones.len(), changed.emails.len(), changed.created_at), (2, 1, made.created_at));
    assert_eq!(found(&bench, "777000301").await, [""; 0], "the keys of before are gone");
    assert_eq!(found(&bench, "304").await, ["Žofie Malá"]);
    // Another tenant's does not exist.
    let within = all.narrow(summit.id);
    assert!(is_missing(&store.contact(&within, made.id).await));
    assert!(is_missing(&store.change_contact(&within, made.id, ContactChange::default()).await));
    assert!(is_missing(&store.remove_contact(&within, made.id).await));
    assert!(is_missing(&store.merge_contacts(&within, other.id, made.id).await));
    assert!(is_missing(&store.add_contact(&within, contact("harbour", "X", "", "")).await));
    assert_eq!(store.contacts(&within, &ContactFilter::default()).await.unwrap(), [other]);
    assert!(store.remove_tenant(all, &harbour.id.into()).await.is_err(), "it is in use");
    store.remove_contact(all, made.id).await.unwrap();
    assert_eq!(found(&bench, "304").await, [""; 0]);
    store.remove_tenant(all, &harbour.id.into()).await.unwrap();
}

pub async fn a_contact_holds_only_what_is_well_written(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let right = contact("harbour", "A", "", "");
    let identifier = |name: &str, value: &str| Identifier { name: name.into(), value: value.into() };
    let wrong = [
        NewContact { tenant: None, ..right.clone() },
        NewContact { name: " ".into(), ..right.clone() },
        NewContact { name: "A\r\nB".into(), ..right.clone() },
        NewContact { name: "x".repeat(201), ..right.clone() },
        NewContact { organisation: "x".repeat(201), ..right.clone() },
        NewContact { phones: vec![entry("777000301")], ..right.clone() },
        NewContact { phones: vec![entry("sip:a@b.de")], ..right.clone() },
        NewContact { phones: vec![entry("+420777000301"); 21], ..right.clone() },
        NewContact { emails: vec![entry("nobody")], ..right.clone() },
        NewContact { emails: vec![entry("a@b.de"); 21], ..right.clone() },
        NewContact { identifiers: vec![identifier("", "1")], ..right.clone() },
        NewContact { identifiers: vec![identifier("No.", "")], ..right.clone() },
        NewContact { identifiers: vec![identifier("No.", "1"); 21], ..right.clone() },
        NewContact { note: "\u{1b}[2J".into(), ..right.clone() },
        NewContact { note: "x".repeat(2_001), ..right.clone() },
    ];
    for new in wrong {
        let refused = store.add_contact(all, new.clone()).await;
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{new:?}: {refused:?}");
    }
    let country = TenantChange { country: Some(Some("CZ".into())), ..TenantChange::default() };
    store.change_tenant(all, &"harbour".into(), country).await.unwrap();
    let new = NewContact { phones: vec![entry("777 000 301"), entry("00421905000001")], ..right };
    let made = store.add_contact(all, new).await.unwrap();
    let phones: Vec<&str> = made.phones.iter().map(|phone| phone.value.as_str()).collect();
    assert_eq!(phones, ["+420777000301", "+421905000001"], "as they are dialled at home");
}

async fn with(bench: &Bench, contact: ContactId, n: u64) -> SessionId {
    let tenant = bench.store.contact(&bench.all, contact).await.unwrap().tenant;
    let session = session(n, Some(tenant));
    bench.store.put_sessions(&bench.all, std::slice::from_ref(&session)).await.unwrap();
    let connection = Some(Connection::With(contact, Chosen::Operator));
    let change = ClientChange { connection, ..ClientChange::default() };
    bench.store.change_session_client(&bench.all, session.id, Some(tenant), change).await.unwrap();
    session.id
}

async fn sessions(bench: &Bench, contact: ContactId) -> Vec<SessionId> {
    let filter = SessionFilter { contact: Some(contact), ..SessionFilter::default() };
    let sessions = bench.store.sessions(&bench.all, &filter, Page::default()).await.unwrap();
    sessions.into_iter().map(|session| session.id).collect()
}

pub async fn contacts_are_merged_with_their_sessions_and_parted_exactly(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    bench.tenant("summit").await;
    let add = async |new| store.add_contact(all, new).await.unwrap();
    let jan = add(contact("harbour", "Jan Novák", "+420777000001", "jan@example.com")).await;
    let other = NewContact {
        note: "pays late".into(),
        ..contact("harbour", "J. Novák", "+420777000002", "JAN@example.com")
    };
    let other = add(other).await;
    let (own, theirs) = (with(&bench, jan.id, 1).await, with(&bench, other.id, 2).await);
    let whole = store.merge_contacts(all, jan.id, other.id).await.unwrap();
    assert_eq!((whole.phones.len(), whole.emails.len(), whole.note.as_str()), (2, 1, "pays late"));
    assert_eq!(
        (whole.merged.len(), whole.merged[0].id, whole.merged[0].name.as_str()),
        (1, other.id, "J. Novák")
    );
    assert!(is_missing(&store.contact(all, other.id).await));
    assert_eq!(sessions(&bench, jan.id).await, [theirs, own], "the newest first");
    assert_eq!(found(&bench, "777000002").await, ["Jan Novák"]);
    // Undone at once, both are as they were.
    assert_eq!(store.undo_merge(all, jan.id, other.id).await.unwrap(), jan);
    assert_eq!(store.contact(all, other.id).await.unwrap(), other);
    assert_eq!((sessions(&bench, jan.id).await, sessions(&bench, other.id).await), (vec![own], vec![theirs]));
    assert_eq!(found(&bench, "777000002").await, ["J. Novák"]);
    let twice = store.undo_merge(all, jan.id, other.id).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "{twice:?}");
    // What is added since stays with the whole.
    store.merge_contacts(all, jan.id, other.id).await.unwrap();
    let later = with(&bench, jan.id, 3).await;
    let phones = ["+420777000001", "+420777000002", "+420777000003"].map(entry).to_vec();
    let change =
        ContactChange { phones: Some(phones), note: Some("a friend".into()), ..ContactChange::default() };
    store.change_contact(all, jan.id, change).await.unwrap();
    let parted = store.undo_merge(all, jan.id, other.id).await.unwrap();
    assert_eq!(parted.phones, ["+420777000001", "+420777000003"].map(entry));
    assert_eq!((parted.note.as_str(), parted.merged.len()), ("a friend", 0));
    assert_eq!(store.contact(all, other.id).await.unwrap(), other);
    assert_eq!(
        (sessions(&bench, jan.id).await, sessions(&bench, other.id).await),
        (vec![later, own], vec![theirs])
    );
    // With itself and across tenants nothing is merged.
    let stranger = add(contact("summit", "Jan Novák", "", "")).await;
    for wrong in [jan.id, stranger.id] {
        let refused = store.merge_contacts(all, jan.id, wrong).await;
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
    }
}

pub async fn merges_are_undone_in_any_order_and_go_with_their_contact(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let add = async |name: &str, phone: &str| {
        store.add_contact(all, contact("harbour", name, phone, "")).await.unwrap()
    };
    let (a, b, c) =
        (add("A", "+420777000001").await, add("B", "+420777000002").await, add("C", "+420777000002").await);
    store.merge_contacts(all, a.id, b.id).await.unwrap();
    let both = store.merge_contacts(all, a.id, c.id).await.unwrap();
    assert_eq!(both.merged.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["C", "B"]);
    let without_b = store.undo_merge(all, a.id, b.id).await.unwrap();
    assert_eq!(without_b.phones.len(), 2, "the number is C's too");
    let alone = store.undo_merge(all, a.id, c.id).await.unwrap();
    assert_eq!(alone.merged, []);
    // A contact of two becomes part of a third, and comes back as it was.
    store.merge_contacts(all, b.id, c.id).await.unwrap();
    store.merge_contacts(all, a.id, b.id).await.unwrap();
    store.undo_merge(all, a.id, b.id).await.unwrap();
    assert_eq!(store.contact(all, b.id).await.unwrap().merged[0].id, c.id);
    store.merge_contacts(all, a.id, b.id).await.unwrap();
    let session = with(&bench, a.id, 1).await;
    store.remove_contact(all, a.id).await.unwrap();
    for gone in [a.id, b.id, c.id] {
        assert!(is_missing(&store.contact(all, gone).await));
        assert!(store.undo_merge(all, a.id, gone).await.is_err());
    }
    assert_eq!(store.session_client(all, session).await.unwrap().connection, Connection::Open);
}

pub async fn the_client_of_a_session_is_taken_down(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let (harbour, summit) = (bench.tenant("harbour").await, bench.tenant("summit").await);
    let jan = store.add_contact(all, contact("harbour", "Jan", "", "")).await.unwrap();
    let eva = store.add_contact(all, contact("summit", "Eva", "", "")).await.unwrap();
    let id = session_id(1);
    assert_eq!(store.session_client(all, id).await.unwrap(), SessionClient::default());
    let set = async |change| store.change_session_client(all, id, Some(harbour.id), change).await;
    let name = |text: &str| ClientChange { name: Some(text.into()), ..ClientChange::default() };
    let email = |text: &str| ClientChange { email: Some(text.into()), ..ClientChange::default() };
    let phone = |text: &str| ClientChange { phone: Some(text.into()), ..ClientChange::default() };
    let connected = |contact, chosen| ClientChange {
        connection: Some(Connection::With(contact, chosen)),
        ..ClientChange::default()
    };
    set(name(" Jan ")).await.unwrap();
    set(phone("+420 777 000 001")).await.unwrap();
    let kept = set(email("")).await.unwrap();
    assert_eq!(kept.name.as_deref(), Some("Jan"));
    assert_eq!((kept.phone.as_deref(), kept.email.as_deref()), (Some("+420777000001"), Some("")));
    assert_eq!(store.session_client(all, id).await.unwrap(), kept);
    for wrong in [name("a\nb"), phone("hello"), email("nobody"), connected(eva.id, Chosen::Operator)] {
        assert!(matches!(set(wrong).await, Err(StoreError::Invalid { .. })));
    }
    let mine = set(connected(jan.id, Chosen::Automatic)).await.unwrap();
    assert_eq!(mine.connection, Connection::With(jan.id, Chosen::Automatic));
    set(ClientChange { connection: Some(Connection::Refused), ..ClientChange::default() }).await.unwrap();
    let refused = set(connected(jan.id, Chosen::Automatic)).await.unwrap();
    assert_eq!(refused.connection, Connection::Refused, "what an operator said stands");
    let chosen = set(connected(jan.id, Chosen::Operator)).await.unwrap();
    assert_eq!(
        (chosen.connection, chosen.name.as_deref()),
        (Connection::With(jan.id, Chosen::Operator), Some("Jan"))
    );
    // For another tenant there is nothing, and nothing to take down.
    let within = all.narrow(summit.id);
    assert_eq!(store.session_client(&within, id).await.unwrap(), SessionClient::default());
    assert!(store.change_session_client(&within, id, Some(harbour.id), name("X")).await.is_err());
    assert!(store.change_session_client(&within, id, Some(summit.id), name("X")).await.is_err());
    assert_eq!(store.session_client(all, id).await.unwrap(), chosen);
}

pub async fn contacts_that_may_be_a_client_are_found_among_many(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let (harbour, summit) = (bench.tenant("harbour").await, bench.tenant("summit").await);
    for n in 0..150 {
        store
            .add_contact(all, contact("harbour", &format!("Somebody X{n}"), "+420222000000", ""))
            .await
            .unwrap();
    }
    let jan = contact("harbour", "Jan Novák", "+420777000001", "jan.novak@example.com");
    let jan = store.add_contact(all, jan).await.unwrap();
    store.add_contact(all, contact("summit", "Jan Novák", "+420777000001", "")).await.unwrap();
    let like = async |name: &str, phone: &str, email: &str| {
        let client =
            Client { name: name.into(), phone: phone.into(), email: email.into(), identifiers: vec![] };
        store.contacts_like(all, harbour.id, &client).await.unwrap()
    };
    for (name, phone, email) in [
        ("", "+420777000001", ""),
        ("", "+421777000001", ""),
        ("", "777000001", ""),
        ("novak jan", "", ""),
        ("J. Novák", "", ""),
        ("Jan Nowak", "", ""),
        ("", "", "JAN.NOVAK@example.com"),
        ("", "", "jannovak@other.example"),
    ] {
        let found = like(name, phone, email).await;
        assert_eq!(found, std::slice::from_ref(&jan), "{name:?} {phone:?} {email:?}");
    }
    assert_eq!(like("", "", "").await, []);
    assert_eq!(like("", "+420222000000", "").await.len(), 100, "a number of very many is read in part");
    let client = Client { phone: "+420777000001".into(), ..Client::default() };
    assert_eq!(store.contacts_like(&all.narrow(summit.id), harbour.id, &client).await.unwrap(), []);
}
