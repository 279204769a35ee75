//! Rules of recording, and recordings.

use hovor::entropy::Entropy;
use hovor::id::{RecordingId, TenantId};
use hovor::store::*;
use hovor::time::UnixMs;

use super::bench::*;

const BEGUN: UnixMs = UnixMs(1_700_000_000_000);

fn recording(n: u64, session: u64, tenant: Option<TenantId>) -> Recording {
    Recording {
        id: RecordingId::new(UnixMs(BEGUN.0 + i64::try_from(n).unwrap()), &mut Entropy::from_number(n)),
        tenant,
        session: session_id(session),
        layout: if n.is_multiple_of(2) { RecordingLayout::PerParty } else { RecordingLayout::Stereo },
        started_at: BEGUN,
        ms: 5_000_000_000,
        incomplete_ms: 20,
        complete: false,
        remove_after: None,
    }
}

fn rule() -> RecordingRule {
    RecordingRule {
        mode: RecordingMode::On,
        layout: RecordingLayout::PerParty,
        announcement: Some("prompts/en/recorded".into()),
        begins: RecordingBegins::AtOnce,
        keep_days: Some(30),
    }
}

pub async fn groups_and_numbers_say_what_is_recorded(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let new = NewGroup { recording: Some(rule()), ..group("harbour", "sales", &[]) };
    let sales = store.add_group(all, new).await.unwrap();
    assert_eq!(sales.recording, Some(rule()));
    let off = RecordingRule::default();
    let change = GroupChange { recording: Some(Some(off.clone())), ..GroupChange::default() };
    assert_eq!(store.change_group(all, &sales.id.into(), change).await.unwrap().recording, Some(off));
    let made = store.add_number(all, number("harbour", "+420200000100", None)).await.unwrap();
    assert_eq!(made.recording, None, "it says nothing");
    let change = NumberChange { recording: Some(Some(rule())), ..NumberChange::default() };
    store.change_number(all, &made.id.into(), change).await.unwrap();
    assert_eq!(store.directory(all).await.unwrap().numbers[0].recording, Some(rule()));
    let change = NumberChange { recording: Some(None), ..NumberChange::default() };
    assert_eq!(store.change_number(all, &made.id.into(), change).await.unwrap().recording, None);
    for (wrong, about) in [
        (RecordingRule { keep_days: Some(0), ..rule() }, "keep_days"),
        (RecordingRule { announcement: Some("../secrets".into()), ..rule() }, "announcement"),
        (RecordingRule { announcement: Some("/etc/x".into()), ..rule() }, "announcement"),
    ] {
        let change = GroupChange { recording: Some(Some(wrong)), ..GroupChange::default() };
        let refused = sentence(store.change_group(all, &sales.id.into(), change).await);
        assert!(refused.contains(about), "{refused}");
    }
}

pub async fn recordings_are_kept_found_by_their_session_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let tenant = bench.tenant("harbour").await.id;
    let (one, two) = (recording(1, 7, Some(tenant)), recording(2, 7, Some(tenant)));
    for kept in [&two, &one, &recording(3, 8, None)] {
        store.add_recording(all, kept).await.unwrap();
    }
    let again = Recording { ms: 1, ..one.clone() };
    store.add_recording(all, &again).await.expect("the same recording again");
    assert_eq!(store.recordings(all, session_id(7)).await.unwrap(), [one.clone(), two.clone()]);
    assert_eq!(store.recording(all, two.id).await.unwrap(), two);
    assert_eq!(store.remove_recording(all, one.id).await.unwrap(), one);
    assert!(is_missing(&store.recording(all, one.id).await));
    assert!(is_missing(&store.remove_recording(all, one.id).await));
}

pub async fn recordings_of_another_tenant_do_not_exist(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let harbour = bench.tenant("harbour").await.id;
    let summit = all.narrow(bench.tenant("summit").await.id);
    let theirs = recording(1, 7, Some(harbour));
    let nobodys = recording(3, 7, None);
    for kept in [&theirs, &nobodys] {
        store.add_recording(all, kept).await.unwrap();
        assert!(is_missing(&store.recording(&summit, kept.id).await));
        assert!(is_missing(&store.remove_recording(&summit, kept.id).await));
    }
    assert!(store.recordings(&summit, session_id(7)).await.unwrap().is_empty());
    assert!(store.add_recording(&summit, &recording(2, 7, Some(harbour))).await.is_err());
    let old = Recording { remove_after: Some(BEGUN), ..recording(5, 7, Some(harbour)) };
    store.add_recording(all, &old).await.unwrap();
    assert!(store.remove_old_recordings(&summit, UnixMs(i64::MAX)).await.unwrap().is_empty());
}

pub async fn recordings_go_when_their_time_is_over(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let end = UnixMs(BEGUN.0 + 86_400_000);
    let short = Recording { remove_after: Some(end), ..recording(1, 7, None) };
    let for_ever = recording(2, 7, None);
    for kept in [&short, &for_ever] {
        store.add_recording(all, kept).await.unwrap();
    }
    assert!(store.remove_old_recordings(all, end).await.unwrap().is_empty());
    assert_eq!(store.remove_old_recordings(all, UnixMs(end.0 + 1)).await.unwrap(), [short]);
    assert_eq!(store.recordings(all, session_id(7)).await.unwrap(), [for_ever]);
}
