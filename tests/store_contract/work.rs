//! Work on sessions: tags, notes, results, parameters; the catalogue of tags, templates, and history found by all that.

use hovor::id::{NoteId, SessionId, UserId};
use hovor::store::*;
use serde_json::json;

use super::bench::*;

fn tag(tenant: &str, name: &str, keywords: &[&str]) -> NewTag {
    NewTag {
        tenant: Some(tenant.into()),
        name: name.into(),
        colour: Some("teal".into()),
        keywords: keywords.iter().map(|keyword| (*keyword).to_owned()).collect(),
    }
}

fn template(tenant: &str, shortcut: &str, title: &str, text: &str) -> NewTemplate {
    let tenant = Some(tenant.into());
    NewTemplate { tenant, shortcut: shortcut.into(), title: title.into(), text: text.into() }
}

/// A session of Harbour that is worked on.
struct Desk<'a> {
    bench: &'a Bench,
    harbour: Tenant,
    session: SessionId,
}

impl<'a> Desk<'a> {
    async fn of(bench: &'a Bench, n: u64) -> Self {
        let harbour = match bench.store.tenant(&bench.all, &"harbour".into()).await {
            Ok(harbour) => harbour,
            Err(_) => bench.tenant("harbour").await,
        };
        let row = session(n, Some(harbour.id));
        bench.store.put_sessions(&bench.all, std::slice::from_ref(&row)).await.unwrap();
        Self { bench, harbour, session: row.id }
    }

    async fn tries(&self, change: WorkChange) -> Result<SessionWork, StoreError> {
        let tenant = Some(self.harbour.id);
        self.bench.store.change_session_work(&self.bench.all, self.session, tenant, change).await
    }

    async fn does(&self, change: WorkChange) -> SessionWork {
        let work = self.tries(change).await.unwrap();
        assert_eq!(self.bench.store.session_work(&self.bench.all, self.session).await.unwrap(), work);
        work
    }

    async fn tag(&self, name: &str, by: Option<UserId>) -> SessionWork {
        self.does(WorkChange::Tag { name: name.into(), by }).await
    }

    async fn untag(&self, name: &str, by_dialplan: bool) -> SessionWork {
        self.does(WorkChange::Untag { name: name.into(), by_dialplan }).await
    }

    async fn note(&self, text: &str, by: Option<UserId>) -> SessionWork {
        self.does(WorkChange::Note { author: "Anna".into(), by, text: text.into() }).await
    }

    async fn parameter(&self, name: &str, value: &str) -> SessionWork {
        self.does(WorkChange::Parameter { name: name.into(), value: value.into() }).await
    }

    async fn uses(&self, name: &str) -> i64 {
        let tags = self.bench.store.tags(&self.bench.all).await.unwrap();
        tags.into_iter().find(|tag| tag.name == name).unwrap().uses
    }
}

fn words(work: &SessionWork) -> Vec<(&str, TagBy)> {
    work.tags.iter().map(|tag| (tag.name.as_str(), tag.by)).collect()
}

pub async fn a_tag_of_the_catalogue_is_made_changed_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let (harbour, summit) = (bench.tenant("harbour").await, bench.tenant("summit").await);
    let made = store.add_tag(all, tag("harbour", " Refund ", &["refund*", "money back"])).await.unwrap();
    assert_eq!((made.name.as_str(), made.colour, made.uses), ("Refund", Some(Colour::Teal), 0));
    assert_eq!(store.tag(all, made.id).await.unwrap(), made);
    let twice = store.add_tag(all, tag("harbour", "REFUND", &[])).await;
    assert!(matches!(&twice, Err(StoreError::Conflict { .. })), "{twice:?}");
    let other = store.add_tag(all, tag("summit", "refund", &[])).await.unwrap();
    let colour = TagChange { colour: Some(None), name: Some("refund".into()), ..TagChange::default() };
    let changed = store.change_tag(all, made.id, colour).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.colour, changed.keywords.len()), ("refund", None, 2));
    let wrong = TagChange { colour: Some(Some("mauve".into())), ..TagChange::default() };
    assert!(sentence(store.change_tag(all, made.id, wrong).await).contains("grey, red"));
    // Another tenant's does not exist.
    let within = all.narrow(summit.id);
    assert_eq!(store.tags(&within).await.unwrap(), [other]);
    assert!(is_missing(&store.tag(&within, made.id).await));
    assert!(is_missing(&store.change_tag(&within, made.id, TagChange::default()).await));
    assert!(is_missing(&store.remove_tag(&within, made.id).await));
    assert!(is_missing(&store.add_tag(&within, tag("harbour", "x", &[])).await));
    store.remove_tag(all, made.id).await.unwrap();
    assert_eq!(store.tags(&all.narrow(harbour.id)).await.unwrap(), []);
}

pub async fn tags_of_a_session_are_each_one_and_stay_off_when_taken_off(bench: Bench) {
    bench.tenant("harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await;
    let desk = Desk::of(&bench, 1).await;
    bench.store.add_tag(&bench.all, tag("harbour", "Refund", &["refund*"])).await.unwrap();
    let tagged = desk.tag(" refund ", Some(anna.id)).await;
    assert_eq!(words(&tagged), [("Refund", TagBy::Operator)], "as the catalogue writes it");
    desk.tag("REFUND", Some(anna.id)).await;
    assert_eq!(words(&desk.tag("late", Some(anna.id)).await).len(), 2);
    assert_eq!(desk.uses("Refund").await, 1);
    let off = desk.untag("refund", false).await;
    assert!(words(&off).contains(&("refund", TagBy::Removed)), "{off:?}");
    assert_eq!(desk.uses("Refund").await, 0);
    let noted = desk.note("She wants a refund", Some(anna.id)).await;
    assert!(words(&noted).contains(&("refund", TagBy::Removed)), "a keyword does not set it again");
    let again = desk.tag("Refund", Some(anna.id)).await;
    assert!(words(&again).contains(&("Refund", TagBy::Operator)), "an operator does");
    assert_eq!(desk.untag("never set", false).await, again);
    let of_dialplan = desk.untag("vip", true).await;
    assert!(words(&of_dialplan).contains(&("vip", TagBy::Removed)));
    for name in ["", " ", "x\u{7}", &"x".repeat(41)] {
        let refused = desk.tries(WorkChange::Tag { name: name.into(), by: None }).await;
        assert!(matches!(refused, Err(StoreError::Invalid { field: "name", .. })), "{name:?}: {refused:?}");
    }
    for n in of_dialplan.tags.len()..50 {
        desk.tag(&format!("tag {n}"), None).await;
    }
    assert!(sentence(desk.tries(WorkChange::Tag { name: "one more".into(), by: None }).await).contains("50"));
}

pub async fn an_operators_most_used_tags_are_known(bench: Bench) {
    bench.tenant("harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await;
    let boris = bench.operator("boris", "202", "harbour").await;
    let summit = bench.tenant("summit").await;
    for (n, names) in [(1, vec!["a", "b"]), (2, vec!["b"]), (3, vec!["b", "c"])] {
        let desk = Desk::of(&bench, n).await;
        for name in names {
            desk.tag(name, Some(anna.id)).await;
        }
        desk.tag("boris's", Some(boris.id)).await;
    }
    let desk = Desk::of(&bench, 4).await;
    desk.tag("gone", Some(anna.id)).await;
    desk.untag("gone", false).await;
    let used = async |scope: &Scope, limit| {
        bench.store.tags_used(scope, desk.harbour.id, anna.id, limit).await.unwrap()
    };
    assert_eq!(used(&bench.all, 9).await, ["b", "a", "c"]);
    assert_eq!(used(&bench.all, 1).await, ["b"]);
    assert_eq!(used(&bench.all.narrow(summit.id), 9).await, [""; 0]);
}

pub async fn notes_are_written_changed_by_their_author_and_removed(bench: Bench) {
    bench.tenant("harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await;
    let boris = bench.operator("boris", "202", "harbour").await;
    let desk = Desk::of(&bench, 1).await;
    bench.store.add_tag(&bench.all, tag("harbour", "Complaint", &["damaged"])).await.unwrap();
    desk.note("first\nline two", Some(anna.id)).await;
    let noted = desk.note("  the goods came Damaged. ", None).await;
    let texts: Vec<_> = noted.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(texts, ["first\nline two", "the goods came Damaged."]);
    assert_eq!((noted.notes[0].author.as_str(), noted.notes[0].user), ("Anna", Some(anna.id)));
    assert_eq!(words(&noted), [("Complaint", TagBy::Keyword)]);
    let note = noted.notes[0].id;
    let rewrite = |of, text: &str| WorkChange::Rewrite { note, of, text: text.into() };
    let refused = desk.tries(rewrite(Some(boris.id), "mine")).await;
    assert!(matches!(refused, Err(StoreError::Forbidden { .. })), "{refused:?}");
    let refused = desk.tries(WorkChange::Forget { note, of: Some(boris.id) }).await;
    assert!(matches!(refused, Err(StoreError::Forbidden { .. })), "{refused:?}");
    assert_eq!(desk.does(rewrite(Some(anna.id), "better")).await.notes[0].text, "better");
    let by_supervisor = desk.does(rewrite(None, "best")).await;
    let first = &by_supervisor.notes[0];
    assert_eq!((first.text.as_str(), first.user, first.at), ("best", Some(anna.id), noted.notes[0].at));
    let elsewhere = Desk::of(&bench, 2).await;
    assert!(is_missing(&elsewhere.tries(rewrite(None, "x")).await), "it is of another session");
    assert!(is_missing(&desk.tries(WorkChange::Forget { note: NoteId(desk.session.0), of: None }).await));
    let left = desk.does(WorkChange::Forget { note, of: None }).await;
    assert_eq!((left.notes.len(), words(&left).len()), (1, 1), "the tag stays");
    for text in ["", " \n", "\u{1b}[2J", &"x".repeat(2_001)] {
        let change = WorkChange::Note { author: "Anna".into(), by: None, text: text.into() };
        let refused = desk.tries(change).await;
        assert!(matches!(refused, Err(StoreError::Invalid { field: "text", .. })), "{refused:?}");
    }
    for n in left.notes.len()..200 {
        let change = WorkChange::Note { author: "Anna".into(), by: None, text: format!("note {n}") };
        desk.tries(change).await.unwrap();
    }
    let more = WorkChange::Note { author: "Anna".into(), by: None, text: "one more".into() };
    assert!(sentence(desk.tries(more).await).contains("200 notes"));
}

pub async fn a_result_is_one_of_the_tenants_and_parameters_are_set_and_taken_away(bench: Bench) {
    let desk = Desk::of(&bench, 1).await;
    let result = |text: &str| WorkChange::Result(Some(text.into()));
    assert!(sentence(desk.tries(result("Solved")).await).contains("--call-result"), "there is no list yet");
    let lists = TenantChange {
        call_results: Some(["Solved", "Call  back", "solved"].map(str::to_owned).to_vec()),
        parameters: Some(vec!["Order no.".into()]),
        ..TenantChange::default()
    };
    let harbour = bench.store.change_tenant(&bench.all, &"harbour".into(), lists).await.unwrap();
    assert_eq!(harbour.call_results, ["Solved", "Call back"], "each once, in whatever letters");
    assert_eq!(harbour.parameters, ["Order no."]);
    assert_eq!(desk.does(result("call back")).await.result.as_deref(), Some("Call back"));
    assert!(sentence(desk.tries(result("Won")).await).contains("`Solved`, `Call back`"));
    let none = TenantChange { call_results: Some(vec![]), ..TenantChange::default() };
    bench.store.change_tenant(&bench.all, &"harbour".into(), none).await.unwrap();
    let kept = bench.store.session_work(&bench.all, desk.session).await.unwrap();
    assert_eq!(kept.result.as_deref(), Some("Call back"), "what was chosen stays");
    assert_eq!(desk.does(WorkChange::Result(None)).await.result, None);
    let many = TenantChange { parameters: Some(vec!["x".into(); 31]), ..TenantChange::default() };
    assert!(sentence(bench.store.change_tenant(&bench.all, &"harbour".into(), many).await).contains("30"));

    desk.parameter("Order no.", " A-17 ").await;
    desk.parameter("order NO.", "A-18").await;
    let set = desk.parameter("Berth", "4").await;
    assert_eq!(set.parameters, [("Berth", "4"), ("order NO.", "A-18")].map(|(a, b)| (a.into(), b.into())));
    assert_eq!(desk.parameter("BERTH", " ").await.parameters.len(), 1);
    let long = WorkChange::Parameter { name: "x".into(), value: "x".repeat(201) };
    assert!(matches!(desk.tries(long).await, Err(StoreError::Invalid { field: "value", .. })));
    for n in 1..50 {
        desk.parameter(&format!("p{n}"), "1").await;
    }
    desk.parameter("p7", "2").await;
    let more = WorkChange::Parameter { name: "more".into(), value: "1".into() };
    assert!(sentence(desk.tries(more).await).contains("50 parameters"));
}

pub async fn the_work_on_another_tenants_session_does_not_exist(bench: Bench) {
    let desk = Desk::of(&bench, 1).await;
    let summit = bench.tenant("summit").await;
    let (theirs, id) = (bench.all.narrow(summit.id), desk.session);
    let before = desk.note("ours", None).await;
    assert_eq!(bench.store.session_work(&theirs, id).await.unwrap(), SessionWork::default());
    let tag = || WorkChange::Tag { name: "x".into(), by: None };
    let change = bench.store.change_session_work(&theirs, id, Some(desk.harbour.id), tag()).await;
    assert!(matches!(change, Err(StoreError::Forbidden { .. })), "{change:?}");
    desk.tag("ours", None).await;
    desk.untag("ours", false).await;
    // Who claims that it is theirs does not get hold of the rows that are there.
    let claims = [
        WorkChange::Tag { name: "ours".into(), by: None },
        WorkChange::Forget { note: before.notes[0].id, of: None },
    ];
    for claim in claims {
        let refused = bench.store.change_session_work(&theirs, id, Some(summit.id), claim).await;
        assert!(is_missing(&refused), "{refused:?}");
    }
    assert_eq!(bench.store.session_work(&bench.all, id).await.unwrap().notes, before.notes);
}

pub async fn sessions_are_found_by_what_was_taken_down(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let desk = Desk::of(&bench, 1).await;
    desk.note("Žluťoučký kůň was delivered twice", None).await;
    desk.tag("Money Back", None).await;
    desk.parameter("Order no.", "A-17/2026").await;
    let name = ClientChange { name: Some("Hana Malá".into()), ..ClientChange::default() };
    store.change_session_client(all, desk.session, Some(desk.harbour.id), name).await.unwrap();
    let mut other = session(2, Some(desk.harbour.id));
    (other.from, other.from_name) = ("+420777000999".into(), Some("Šimon Krátký".into()));
    (other.tags, other.ended_at) = (["VIP client".to_owned()].into(), Some(other.started_at));
    store.put_sessions(all, std::slice::from_ref(&other)).await.unwrap();
    let wrote = |seq: u32, text: &str| SessionEvent {
        session: other.id,
        tenant: other.tenant,
        seq,
        at: other.started_at,
        kind: "wrote".into(),
        body: json!({ "number": seq, "author": "Eva", "text": text }),
    };
    let written = [wrote(1, "My Lámpička flickers"), wrote(2, "and my lampicka hums; 50 % of it")];
    store.remember(all, &[], &written).await.unwrap();
    store.remember(all, &[], &written).await.unwrap();
    let summit = bench.tenant("summit").await;
    let found = async |scope: &Scope, filter: SessionFilter| -> Vec<SessionId> {
        let rows = store.sessions(scope, &filter, Page::default()).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    };
    let text = |text: &str| SessionFilter { text: Some(text.into()), ..SessionFilter::default() };
    let tagged = |tag: &str| SessionFilter { tag: Some(tag.into()), ..SessionFilter::default() };
    let (one, two) = (desk.session, other.id);
    for (typed, ids) in [
        ("zlutoucky", vec![one]),
        ("KŮŇ deliv", vec![one]),
        ("livered", vec![]),
        ("mala hana", vec![one]),
        ("money", vec![one]),
        ("a-17", vec![one]),
        ("simon", vec![two]),
        ("Šimon vip", vec![two]),
        ("777 000 999", vec![two]),
        ("simon kůň", vec![]),
        ("lampicka FLICK", vec![two]),
        ("hums simon", vec![two]),
        ("ampicka", vec![]),
        ("", vec![two, one]),
        ("%", vec![]),
    ] {
        assert_eq!(found(all, text(typed)).await, ids, "{typed:?}");
    }
    assert_eq!(found(all, tagged("money  BACK")).await, [one]);
    assert_eq!(found(all, tagged("vip client")).await, [two]);
    assert_eq!(found(all, tagged("vip")).await, [], "a part of a tag is none");
    assert_eq!(found(all, SessionFilter { tag: Some("vip client".into()), ..text("kůň") }).await, []);
    assert_eq!(found(&all.narrow(summit.id), text("kůň")).await, [], "another tenant's");
    assert_eq!(found(&all.narrow(summit.id), tagged("money back")).await, []);
    // What is gone is not found any more, also what the dialplan had set.
    desk.untag("money back", false).await;
    assert_eq!((found(all, tagged("money back")).await, found(all, text("money")).await), (vec![], vec![]));
    let off = WorkChange::Untag { name: "VIP client".into(), by_dialplan: true };
    store.change_session_work(all, two, Some(desk.harbour.id), off).await.unwrap();
    assert_eq!(found(all, tagged("vip client")).await, []);
    let contact =
        NewContact { tenant: Some("harbour".into()), name: "Ota Pavel".into(), ..NewContact::default() };
    let contact = store.add_contact(all, contact).await.unwrap();
    let connection = Some(Connection::With(contact.id, Chosen::Operator));
    let change = ClientChange { connection, ..ClientChange::default() };
    store.change_session_client(all, two, Some(desk.harbour.id), change).await.unwrap();
    assert_eq!(found(all, text("pavel ota")).await, [two], "by the contact");
}

pub async fn templates_are_kept_found_and_starred_by_each_for_themselves(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await;
    let boris = bench.operator("boris", "202", "harbour").await;
    let summit = bench.tenant("summit").await;
    let hours = template("harbour", " Hours", "Opening hours", "Monday to Friday,\n8 to 18");
    let hours = store.add_template(all, hours).await.unwrap();
    assert_eq!(hours.shortcut, "hours");
    let thanks = template("harbour", "díky", "Thanks", "Děkujeme");
    let thanks = store.add_template(all, thanks).await.unwrap();
    let taken = store.add_template(all, template("harbour", "HOURS", "x", "x")).await;
    assert!(matches!(&taken, Err(StoreError::Conflict { .. })), "{taken:?}");
    store.add_template(all, template("summit", "hours", "x", "x")).await.unwrap();
    let within = all.narrow(anna.roles.keys().copied().next().unwrap());
    let found = async |user, text| -> Vec<(String, bool)> {
        let rows = store.templates(&within, user, text).await.unwrap();
        rows.into_iter().map(|row| (row.shortcut, row.starred)).collect()
    };
    store.star_template(all, anna.id, thanks.id, true).await.unwrap();
    let starred = store.star_template(all, anna.id, thanks.id, true).await.unwrap();
    assert!(starred.starred, "twice is once");
    assert_eq!(found(Some(anna.id), None).await, [("díky".to_owned(), true), ("hours".to_owned(), false)]);
    assert_eq!(found(Some(boris.id), Some("dekuj")).await, [("díky".to_owned(), false)]);
    assert_eq!(found(None, Some("FRIDAY open")).await, [("hours".to_owned(), false)]);
    assert_eq!(found(None, Some("100%")).await, []);
    let change = TemplateChange { title: Some("When".into()), ..TemplateChange::default() };
    let changed = store.change_template(all, hours.id, change).await.unwrap();
    assert_eq!((changed.title.as_str(), &changed.text), ("When", &hours.text));
    assert!(!store.star_template(all, anna.id, thanks.id, false).await.unwrap().starred);
    assert!(!store.template(all, Some(anna.id), thanks.id).await.unwrap().starred);
    let theirs = all.narrow(summit.id);
    assert!(is_missing(&store.template(&theirs, None, hours.id).await));
    assert!(is_missing(&store.star_template(&theirs, anna.id, hours.id, true).await));
    assert!(is_missing(&store.change_template(&theirs, hours.id, TemplateChange::default()).await));
    assert!(is_missing(&store.remove_template(&theirs, hours.id).await));
    store.star_template(all, anna.id, thanks.id, true).await.unwrap();
    store.remove_template(all, thanks.id).await.unwrap();
    assert!(is_missing(&store.template(all, None, thanks.id).await));
    for wrong in [
        template("harbour", "two words", "x", "x"),
        template("harbour", "", "x", "x"),
        template("harbour", "x", " ", "x"),
        template("harbour", "x", "x", " "),
        template("harbour", "x", "x", &"x".repeat(4_001)),
    ] {
        let refused = store.add_template(all, wrong).await;
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
    }
}

pub async fn a_tenant_has_more_or_fewer_sessions_at_once_than_the_lines_say(bench: Bench) {
    Desk::of(&bench, 1).await;
    let store = bench.store.as_ref();
    let set = async |wanted: &str, there: &str, count: u32| {
        let capacity = Capacity::from([(wanted.to_owned(), [(there.to_owned(), count)].into())]);
        let change = TenantChange { capacity: Some(capacity), ..TenantChange::default() };
        store.change_tenant(&bench.all, &"harbour".into(), change).await
    };
    let tenant = set("webchat", "phone", 2).await.unwrap();
    assert_eq!(store.tenant(&bench.all, &"harbour".into()).await.unwrap(), tenant);
    assert_eq!(tenant.capacity["webchat"]["phone"], 2);
    for (wanted, there) in [("pigeon", "phone"), ("phone", "pigeon")] {
        assert!(sentence(set(wanted, there, 1).await).contains("phone, webchat"));
    }
    assert!(sentence(set("webchat", "webchat", 101).await).contains("0 to 100"));
    assert!(sentence(set("phone", "phone", 2).await).contains("heard by two clients"));
    assert!(set("phone", "phone", 1).await.is_ok());
    let usual = TenantChange { capacity: Some(Capacity::new()), ..TenantChange::default() };
    let tenant = store.change_tenant(&bench.all, &"harbour".into(), usual).await.unwrap();
    assert_eq!(tenant.capacity, Capacity::new());
}
