//! Mailboxes, their PINs, and messages.

use hovor::entropy::Entropy;
use hovor::id::MessageId;
use hovor::store::*;
use hovor::time::UnixMs;

use super::bench::*;

async fn mailbox(bench: &Bench, tenant: &str, user: &str) -> Mailbox {
    let new = NewMailbox {
        tenant: Some(tenant.into()),
        user: Some(user.into()),
        pin: Some("4711".into()),
        ..NewMailbox::default()
    };
    bench.store.add_mailbox(&bench.all, new).await.unwrap()
}

async fn annas(bench: &Bench) -> Mailbox {
    bench.tenant("harbour").await;
    bench.operator("anna", "201", "harbour").await;
    mailbox(bench, "harbour", "anna").await
}

fn message(n: u64, mailbox: &Mailbox) -> Message {
    let at = UnixMs(1_700_000_000_000 + i64::try_from(n).unwrap());
    Message {
        id: MessageId::new(at, &mut Entropy::from_number(n)),
        tenant: mailbox.tenant,
        mailbox: mailbox.id,
        session: session_id(n),
        caller: format!("+42077700000{n}"),
        caller_name: Some("Žofie".into()),
        at,
        ms: 4_200,
        heard: false,
    }
}

pub async fn a_mailbox_belongs_to_a_user_or_a_group(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let made = annas(&bench).await;
    assert_eq!((made.name.as_str(), made.limit, made.max_message_ms), ("anna", 100, 180_000));
    assert_eq!(store.mailbox(all, &"anna".into()).await.unwrap(), made);
    store.add_group(all, group("harbour", "sales", &["anna"])).await.unwrap();
    let new = NewMailbox {
        tenant: Some("harbour".into()),
        group: Some("sales".into()),
        number: Some("8200".into()),
        ..NewMailbox::default()
    };
    let sales = store.add_mailbox(all, new.clone()).await.unwrap();
    assert_eq!(store.mailbox(all, &"8200".into()).await.unwrap(), sales);
    assert_eq!(store.directory(all).await.unwrap().mailboxes, [made.clone(), sales]);
    assert!(matches!(store.add_mailbox(all, new).await, Err(StoreError::Conflict { .. })));
    let both = NewMailbox { user: Some("anna".into()), group: Some("sales".into()), ..NewMailbox::default() };
    let both = NewMailbox { tenant: Some("harbour".into()), ..both };
    assert!(sentence(store.add_mailbox(all, both).await).contains("user or to a group"));
    let change = MailboxChange { limit: Some(3), keep_days: Some(Some(30)), ..MailboxChange::default() };
    let changed = store.change_mailbox(all, &made.id.into(), change).await.unwrap();
    assert_eq!((changed.limit, changed.keep_days, changed.pin_hash), (3, Some(30), made.pin_hash));
    assert!(store.set_own_greeting(all, made.id, true).await.unwrap().own_greeting);
    store.remove_user(all, &"anna".into()).await.unwrap();
    assert!(is_missing(&store.mailbox(all, &made.id.into()).await), "it goes with its owner");
}

pub async fn a_pin_is_checked_and_guessing_is_slowed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let mailbox = annas(&bench).await;
    let check = async |pin: &str, at| store.check_pin(all, mailbox.id, pin, UnixMs(at)).await.unwrap();
    assert_eq!(check("4711", 0).await, PinCheck::Right);
    for _ in 0..4 {
        assert_eq!(check("1234", 0).await, PinCheck::Wrong);
    }
    assert_eq!(check("4711", 0).await, PinCheck::Right, "the fifth was right, so it counts anew");
    for _ in 0..5 {
        assert_eq!(check("1234", 0).await, PinCheck::Wrong);
    }
    assert_eq!(check("4711", 59_999).await, PinCheck::Locked, "even the right one");
    assert_eq!(check("1234", 60_000).await, PinCheck::Wrong);
    assert_eq!(check("4711", 179_999).await, PinCheck::Locked, "twice as long");
    assert_eq!(check("4711", 180_000).await, PinCheck::Right);
    for pin in ["", "123", "1111", "12a4", "12345678901"] {
        let change = MailboxChange { pin: Some(Some(pin.into())), ..MailboxChange::default() };
        let error = sentence(store.change_mailbox(all, &mailbox.id.into(), change).await);
        assert!(error.contains("4 to 10 digits") && !error.contains("12a4"), "{error}");
    }
    for _ in 0..5 {
        check("1234", 0).await;
    }
    let change = MailboxChange { pin: Some(Some("2580".into())), ..MailboxChange::default() };
    store.change_mailbox(all, &mailbox.id.into(), change).await.unwrap();
    assert_eq!(check("2580", 0).await, PinCheck::Right, "a new PIN opens it");
    let change = MailboxChange { pin: Some(None), ..MailboxChange::default() };
    store.change_mailbox(all, &mailbox.id.into(), change).await.unwrap();
    assert_eq!(check("", 0).await, PinCheck::Wrong);
}

pub async fn messages_are_kept_marked_counted_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let mailbox = annas(&bench).await;
    let (first, second) = (message(1, &mailbox), message(2, &mailbox));
    store.add_message(all, &first).await.unwrap();
    store.add_message(all, &first).await.expect("the same message again");
    store.add_message(all, &second).await.unwrap();
    let everything = MessageFilter { mailbox: Some(mailbox.id), heard: None };
    assert_eq!(store.messages(all, &everything).await.unwrap(), [second.clone(), first.clone()]);
    let heard = store.set_heard(all, first.id, true).await.unwrap();
    assert_eq!(heard, Message { heard: true, ..first.clone() });
    store.add_message(all, &first).await.unwrap();
    assert_eq!(store.message(all, first.id).await.unwrap(), heard, "it stays as it is");
    let new = MessageFilter { mailbox: None, heard: Some(false) };
    assert_eq!(store.messages(all, &new).await.unwrap(), [second]);
    let counts = store.message_counts(all).await.unwrap();
    assert_eq!(counts, [MessageCount { mailbox: mailbox.id, new: 1, all: 2 }]);
    store.remove_message(all, first.id).await.unwrap();
    assert!(is_missing(&store.message(all, first.id).await));
    assert!(is_missing(&store.remove_message(all, first.id).await));
    store.remove_mailbox(all, &mailbox.id.into()).await.unwrap();
    assert!(store.messages(all, &MessageFilter::default()).await.unwrap().is_empty());
    assert!(is_missing(&store.add_message(all, &first).await), "there is no mailbox for it");
}

pub async fn messages_of_another_tenant_do_not_exist(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let mailbox = annas(&bench).await;
    let summit = all.narrow(bench.tenant("summit").await.id);
    let left = message(1, &mailbox);
    store.add_message(all, &left).await.unwrap();
    assert!(store.messages(&summit, &MessageFilter::default()).await.unwrap().is_empty());
    assert!(store.message_counts(&summit).await.unwrap().is_empty());
    assert!(is_missing(&store.message(&summit, left.id).await));
    assert!(is_missing(&store.set_heard(&summit, left.id, true).await));
    assert!(is_missing(&store.remove_message(&summit, left.id).await));
    assert!(is_missing(&store.check_pin(&summit, mailbox.id, "4711", UnixMs(0)).await));
    assert!(store.add_message(&summit, &message(2, &mailbox)).await.is_err());
    assert!(store.mailboxes(&summit).await.unwrap().is_empty());
}

pub async fn old_messages_go_where_the_mailbox_says_so(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let anna = annas(&bench).await;
    bench.operator("boris", "202", "harbour").await;
    let boris = mailbox(&bench, "harbour", "boris").await;
    let change = MailboxChange { keep_days: Some(Some(1)), ..MailboxChange::default() };
    store.change_mailbox(all, &anna.id.into(), change).await.unwrap();
    for (n, mailbox) in [(1, &anna), (2, &boris)] {
        store.add_message(all, &message(n, mailbox)).await.unwrap();
    }
    let left = message(1, &anna).at.0;
    assert!(store.remove_old_messages(all, UnixMs(left + 86_400_000)).await.unwrap().is_empty());
    let gone = store.remove_old_messages(all, UnixMs(left + 86_400_001)).await.unwrap();
    assert_eq!(gone, [message(1, &anna).id]);
    let kept = store.messages(all, &MessageFilter::default()).await.unwrap();
    assert_eq!(kept, [message(2, &boris)]);
}
