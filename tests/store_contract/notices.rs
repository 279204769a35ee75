//! External contacts, mails that tell of messages, and calls that nobody took.

use hovor::entropy::Entropy;
use hovor::id::{MailId, MessageId, MissedCallId, SessionId};
use hovor::store::*;
use hovor::time::UnixMs;

use super::bench::*;

fn contact(tenant: &str, name: &str, organisation: &str, number: &str) -> NewExternalContact {
    NewExternalContact {
        tenant: Some(tenant.into()),
        name: name.into(),
        organisation: Some(organisation.into()),
        numbers: vec![number.into()],
        note: None,
    }
}

pub async fn an_external_contact_is_made_found_changed_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let (harbour, summit) = (bench.tenant("harbour").await, bench.tenant("summit").await);
    let new = contact("harbour", "Žofie Malá", "Celnice 100%", "+420 777 000-301");
    let made = store.add_external_contact(all, new.clone()).await.unwrap();
    assert_eq!(made.numbers, ["+420777000301"]);
    assert_eq!(store.external_contact(all, &"Žofie Malá".into()).await.unwrap(), made);
    assert!(sentence(store.add_external_contact(all, new).await).contains("already"));
    let other = contact("summit", "Adam", "Rescue", "+420777000302");
    let other = store.add_external_contact(all, other).await.unwrap();
    let find = async |text: &str| {
        let filter = ExternalContactFilter { text: Some(text.into()), ..ExternalContactFilter::default() };
        let found = store.external_contacts(all, &filter).await.unwrap();
        found.into_iter().map(|contact| contact.name).collect::<Vec<_>>()
    };
    for (text, names) in [
        ("žofie", vec!["Žofie Malá"]),
        ("MALÁ", vec!["Žofie Malá"]),
        ("celnice", vec!["Žofie Malá"]),
        ("777 000 302", vec!["Adam"]),
        ("+420", vec!["Adam", "Žofie Malá"]),
        ("", vec!["Adam", "Žofie Malá"]),
        ("0%", vec!["Žofie Malá"]),
        ("%o%", vec![]),
        ("_", vec![]),
        ("\\", vec![]),
    ] {
        assert_eq!(find(text).await, names, "{text:?}");
    }
    let page = ExternalContactFilter { limit: 1, ..ExternalContactFilter::default() };
    assert_eq!(store.external_contacts(all, &page).await.unwrap(), std::slice::from_ref(&other));
    let next = ExternalContactFilter { after: Some(other.id), ..page };
    assert_eq!(store.external_contacts(all, &next).await.unwrap(), std::slice::from_ref(&made));
    let change = ExternalContactChange {
        numbers: Some(vec!["+420777000303".into(), "+420777000303".into(), "+420777000304".into()]),
        note: Some("on call\nat night".into()),
        ..ExternalContactChange::default()
    };
    let changed = store.change_external_contact(all, &made.id.into(), change).await.unwrap();
    assert_eq!((changed.numbers.len(), changed.note.as_str()), (2, "on call\nat night"));
    assert_eq!(find("303").await, ["Žofie Malá"]);
    // Another tenant's does not exist.
    let within = all.narrow(summit.id);
    assert!(is_missing(&store.external_contact(&within, &made.id.into()).await));
    assert!(is_missing(&store.remove_external_contact(&within, &made.id.into()).await));
    let mine = store.external_contacts(&within, &ExternalContactFilter::default()).await.unwrap();
    assert_eq!(mine, [other]);
    assert!(is_missing(
        &store.add_external_contact(&within, contact("harbour", "X", "", "+420777000305")).await
    ));
    assert!(store.remove_tenant(all, &harbour.id.into()).await.is_err(), "it is in use");
    store.remove_external_contact(all, &made.id.into()).await.unwrap();
    store.remove_tenant(all, &harbour.id.into()).await.unwrap();
}

pub async fn an_external_contact_has_a_name_and_numbers(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let number = "+420777000301";
    let wrong = [
        NewExternalContact { tenant: None, ..contact("harbour", "A", "", number) },
        contact("harbour", " ", "", number),
        contact("harbour", "A\r\nB", "", number),
        contact("harbour", "0198c0de-0000-7000-8000-000000000001", "", number),
        contact("harbour", "A", &"x".repeat(101), number),
        contact("harbour", "A", "", "777000301"),
        contact("harbour", "A", "", "sip:a@b.de"),
        NewExternalContact { numbers: vec![], ..contact("harbour", "A", "", number) },
        NewExternalContact { numbers: vec![number.into(); 11], ..contact("harbour", "A", "", number) },
        NewExternalContact { note: Some("\u{1b}[2J".into()), ..contact("harbour", "A", "", number) },
        NewExternalContact { note: Some("x".repeat(2_001)), ..contact("harbour", "A", "", number) },
    ];
    for new in wrong {
        let refused = store.add_external_contact(all, new.clone()).await;
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{new:?}: {refused:?}");
    }
}

fn message(n: u64, mailbox: &Mailbox) -> Message {
    let at = UnixMs(1_700_000_000_000 + i64::try_from(n).unwrap());
    Message {
        id: MessageId::new(at, &mut Entropy::from_number(n)),
        tenant: mailbox.tenant,
        mailbox: mailbox.id,
        session: session_id(n),
        caller: "+420777123456".into(),
        caller_name: None,
        at,
        ms: 4_200,
        heard: false,
    }
}

pub async fn a_mail_is_written_with_its_message_and_its_fate_is_kept(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let summit = bench.tenant("summit").await;
    bench.operator("anna", "201", "harbour").await;
    let new =
        NewMailbox { tenant: Some("harbour".into()), user: Some("anna".into()), ..NewMailbox::default() };
    let mailbox = store.add_mailbox(all, new).await.unwrap();
    assert_eq!((mailbox.email.as_deref(), mailbox.email_sound, mailbox.email_delete), (None, true, false));
    store.add_message(all, &message(1, &mailbox)).await.unwrap();
    assert_eq!(store.waiting_mails(all).await.unwrap(), 0, "nobody wants any");
    let set = async |email: Option<&str>, sound, delete| {
        let change = MailboxChange {
            email: Some(email.map(str::to_owned)),
            email_sound: sound,
            email_delete: delete,
            ..MailboxChange::default()
        };
        store.change_mailbox(all, &mailbox.id.into(), change).await
    };
    for wrong in
        ["", "anna", "a@b@c.de", "a@b.de\r\nBcc: c@d.de", "Anna <a@b.de>", "a@b.de, c@d.de", "ž@b.de"]
    {
        assert!(sentence(set(Some(wrong), None, None).await).contains("address"), "{wrong:?}");
    }
    assert!(sentence(set(Some("anna@example.com"), Some(false), Some(true)).await).contains("email_delete"));
    let changed = set(Some(" anna@example.com "), None, Some(true)).await.unwrap();
    assert_eq!((changed.email.as_deref(), changed.email_delete), (Some("anna@example.com"), true));
    for n in [3, 2] {
        store.add_message(all, &message(n, &mailbox)).await.unwrap();
        store.add_message(all, &message(n, &mailbox)).await.expect("the same message again");
    }
    let waiting = store.next_mails(all, 10).await.unwrap();
    let ids = |mails: &[Mail]| mails.iter().map(|mail| mail.message()).collect::<Vec<_>>();
    assert_eq!(
        ids(&waiting),
        [message(2, &mailbox).id, message(3, &mailbox).id],
        "the oldest first, each once"
    );
    assert_eq!((waiting[0].state, waiting[0].recipient.as_str()), (MailState::Waiting, "anna@example.com"));
    let mut mails = waiting.clone();
    (mails[0].state, mails[0].attempts, mails[0].next_at) = (MailState::Sent, 1, None);
    (mails[1].attempts, mails[1].last_error) = (1, Some("down\0".into()));
    mails[1].next_at = Some(UnixMs(1_700_000_009_000));
    store.put_mails(all, &mails).await.unwrap();
    let left = store.next_mails(all, 10).await.unwrap();
    assert_eq!((left.len(), left[0].attempts, left[0].next_at), (1, 1, mails[1].next_at));
    assert_eq!(store.waiting_mails(all).await.unwrap(), 1);
    // A mail may tell of a session in place of a message.
    let mut entropy = Entropy::from_number(31);
    let (id, at) = (MailId::new(UnixMs(5), &mut entropy), UnixMs(1_700_000_000_500));
    let session = SessionId::new(UnixMs(5), &mut entropy);
    let mut of_session = Mail::of_session(id, mailbox.tenant, session, "shop@example.com".into(), at);
    store.put_mails(all, std::slice::from_ref(&of_session)).await.unwrap();
    assert_eq!(store.next_mails(all, 1).await.unwrap(), [of_session.clone()]);
    (of_session.state, of_session.next_at) = (MailState::Sent, None);
    store.put_mails(all, &[of_session]).await.unwrap();
    let within = all.narrow(summit.id);
    assert!(store.next_mails(&within, 10).await.unwrap().is_empty());
    assert!(store.put_mails(&within, &mails).await.is_err());
    // What waits stays, however old; what is done goes. A message again makes no second mail.
    assert_eq!(store.remove_mails(all, UnixMs(i64::MAX)).await.unwrap(), 2);
    store.add_message(all, &message(2, &mailbox)).await.unwrap();
    assert_eq!(store.waiting_mails(all).await.unwrap(), 1);
    store.remove_message(all, message(3, &mailbox).id).await.unwrap();
    assert_eq!(store.waiting_mails(all).await.unwrap(), 1, "the sender finds out that it is gone");
}

/// The `n`th session, of a client who gave up after as many seconds.
fn given_up(n: u64, tenant: &Tenant, called: &[&str]) -> Session {
    let begun = session(n, Some(tenant.id));
    Session {
        ended_at: Some(UnixMs(begun.started_at.0 + 1_000 * i64::try_from(n).unwrap())),
        called: called.iter().map(|name| (*name).to_owned()).collect(),
        ..begun
    }
}

async fn listed(bench: &Bench, filter: MissedFilter) -> Vec<MissedCall> {
    bench.store.missed_calls(&bench.all, &filter).await.unwrap()
}

pub async fn a_client_who_called_in_vain_is_listed_once_until_somebody_speaks_with_them(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let (harbour, summit) = (bench.tenant("harbour").await, bench.tenant("summit").await);
    let anna = bench.operator("anna", "201", "harbour").await;
    let group = store.add_group(all, group("harbour", "sales", &["anna"])).await.unwrap();
    // Live, it is no missed call yet.
    let first = given_up(1, &harbour, &["anna", "+420777000111"]);
    store.put_sessions(all, &[Session { ended_at: None, ..first.clone() }]).await.unwrap();
    assert!(listed(&bench, MissedFilter::default()).await.is_empty());
    store.put_sessions(all, std::slice::from_ref(&first)).await.unwrap();
    let call = listed(&bench, MissedFilter::default()).await.remove(0);
    assert_eq!((call.id, call.attempts, call.state), (MissedCallId(first.id.0), 1, MissedState::Open));
    assert_eq!((call.client.as_str(), call.waited_ms), ("+420777123456", 1_000));
    assert_eq!(call.operators.iter().copied().collect::<Vec<_>>(), [anna.id]);
    // What is written again counts once, also in one batch with another.
    let second = Session { group: Some(group.id), waiting_ms: 700, ..given_up(2, &harbour, &[]) };
    store.put_sessions(all, &[first.clone(), second.clone()]).await.unwrap();
    store.put_sessions(all, std::slice::from_ref(&second)).await.unwrap();
    let call = listed(&bench, MissedFilter::default()).await.remove(0);
    assert_eq!((call.attempts, call.waited_ms, call.session), (2, 700, second.id));
    assert_eq!((call.operators.len(), call.groups.contains(&group.id)), (1, true), "both were wanted");
    let of = |operator, group| MissedFilter { operator, group, ..MissedFilter::default() };
    assert_eq!(listed(&bench, of(Some(anna.id), Some(group.id))).await.len(), 1);
    // The same client of another tenant is that tenant's.
    store.put_sessions(all, &[given_up(3, &summit, &["emil"])]).await.unwrap();
    let theirs = store.missed_calls(&all.narrow(summit.id), &MissedFilter::default()).await.unwrap();
    assert_eq!((theirs.len(), theirs[0].attempts), (1, 1));
    assert!(is_missing(&store.missed_call(&all.narrow(summit.id), call.id).await));
    // Somebody calls back, and the client answers.
    let answered_at = Some(UnixMs(call.last_at.0 + 60_000));
    let back = Session {
        direction: SessionDirection::Outbound,
        from: "201".into(),
        answered_at,
        operator: Some(anna.id),
        called: ["+420777123456".to_owned()].into(),
        ..session(9, Some(harbour.id))
    };
    store.put_sessions(all, std::slice::from_ref(&back)).await.unwrap();
    let done = store.missed_call(all, call.id).await.unwrap();
    assert_eq!((done.state, done.closed_at), (MissedState::CalledBack, answered_at));
    assert_eq!((done.closed_by, done.closed_session), (Some(anna.id), Some(back.id)));
    let open = MissedFilter { state: Some(MissedState::Open), ..MissedFilter::default() };
    assert_eq!(listed(&bench, open.clone()).await, theirs, "the other tenant's is still open");
    // Later the client calls in vain again: a new entry; then somebody takes the call.
    store.put_sessions(all, &[given_up(100, &harbour, &["anna"])]).await.unwrap();
    assert_eq!(listed(&bench, open.clone()).await.len(), 2);
    let begun = session(200, Some(harbour.id));
    let taken = Session { answered_at: Some(UnixMs(begun.started_at.0 + 200_000)), ..begun };
    store.put_sessions(all, &[taken]).await.unwrap();
    assert_eq!(listed(&bench, open).await.len(), 1);
    let page = MissedFilter { limit: 2, ..MissedFilter::default() };
    let newest = listed(&bench, page.clone()).await;
    let rest = listed(&bench, MissedFilter { before: Some(newest[1].id), ..page }).await;
    assert_eq!((newest.len(), rest.len(), rest[0].id), (2, 1, call.id));
}

pub async fn what_is_no_missed_call_is_not_listed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let harbour = bench.tenant("harbour").await;
    let missed = |n: u64| given_up(n, &harbour, &["anna"]);
    let none = [
        Session { kind: SessionKind::Internal, ..missed(1) },
        Session { direction: SessionDirection::Outbound, ..missed(2) },
        Session { answered_at: Some(UnixMs(5)), ..missed(3) },
        Session { called: Default::default(), ..missed(4) },
        Session { from: "Anonymous".into(), ..missed(5) },
        Session { from: String::new(), ..missed(6) },
    ];
    store.put_sessions(all, &none).await.unwrap();
    assert!(listed(&bench, MissedFilter::default()).await.is_empty());
    // In one batch: called in vain, then spoken with.
    let begun = session(8, Some(harbour.id));
    let taken = Session { answered_at: Some(UnixMs(begun.started_at.0 + 60_000)), ..begun };
    store.put_sessions(all, &[missed(7), taken]).await.unwrap();
    assert_eq!(listed(&bench, MissedFilter::default()).await[0].state, MissedState::CalledBack);
    // Dismissed by a person, who is remembered.
    store.put_sessions(all, &[missed(90)]).await.unwrap();
    let call = listed(&bench, MissedFilter::default()).await.remove(0);
    let anna = bench.operator("anna", "201", "harbour").await;
    let done = store.dismiss_missed_call(all, call.id, Some(anna.id), UnixMs(7)).await.unwrap();
    assert_eq!(
        (done.state, done.closed_by, done.closed_at),
        (MissedState::Dismissed, Some(anna.id), Some(UnixMs(7)))
    );
    assert_eq!(store.dismiss_missed_call(all, call.id, None, UnixMs(9)).await.unwrap(), done, "once");
    let summit = all.narrow(bench.tenant("summit").await.id);
    assert!(is_missing(&store.dismiss_missed_call(&summit, call.id, None, UnixMs(7)).await));
}
