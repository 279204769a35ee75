//! Invitations, by which clients reach the operator who made them.

use std::collections::BTreeSet;

use hovor::id::DoorId;
use hovor::store::*;
use hovor::time::UnixMs;

use super::bench::*;

const DAY: i64 = 86_400_000;
const NOW: UnixMs = UnixMs(1_800_000_000_000);

fn later(days: i64) -> UnixMs {
    UnixMs(NOW.0 + days * DAY)
}

/// A tenant with an operator and a widget.
async fn set_up(bench: &Bench, tenant: &str, operator: &str, extension: &str) -> DoorId {
    bench.tenant(tenant).await;
    bench.operator(operator, extension, tenant).await;
    bench.store.add_group(&bench.all, group(tenant, "sales", &[operator])).await.unwrap();
    let new = NewWidget {
        tenant: tenant.into(),
        name: format!("{tenant}-shop"),
        group: "sales".into(),
        origins: vec![],
        settings: WidgetSettings::default(),
    };
    let within = bench.all.narrow(bench.store.tenant(&bench.all, &tenant.into()).await.unwrap().id);
    bench.store.add_widget(&within, new).await.unwrap().id
}

fn new(tenant: &str, operator: &str, kind: InvitationKind) -> NewInvitation {
    NewInvitation {
        tenant: Some(tenant.into()),
        operator: Some(operator.into()),
        widget: format!("{tenant}-shop").as_str().into(),
        kind,
        lasts_s: None,
        note: "Mrs Malá".into(),
    }
}

pub async fn an_invitation_is_found_by_key_and_code_until_it_ends(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let shop = set_up(&bench, "harbour", "anna", "201").await;
    let other = set_up(&bench, "summit", "dana", "301").await;
    let (reusable, key) =
        store.add_invitation(all, new("harbour", "anna", InvitationKind::Reusable), NOW).await.unwrap();
    assert_eq!((reusable.code.len(), key.len(), reusable.expires_at), (6, 26, later(1)));
    let by = |widget, shown| store.invitation_shown(all, widget, shown, NOW);
    for shown in [Shown::Key(&key), Shown::Code(&reusable.code)] {
        assert_eq!(by(shop, shown).await.unwrap(), Some(reusable.clone()));
        assert_eq!(by(other, shown).await.unwrap(), None, "another page");
    }
    assert_eq!(by(shop, Shown::Key(&reusable.code)).await.unwrap(), None);
    assert_eq!(by(shop, Shown::Code("")).await.unwrap(), None);

    // It is used as often as one likes, one for one session once.
    for uses in 1..=2 {
        assert_eq!(store.spend_invitation(all, reusable.id, NOW).await.unwrap(), InvitationState::Open);
        assert_eq!(store.invitation(all, reusable.id).await.unwrap().uses, uses);
    }
    let (once, _) =
        store.add_invitation(all, new("harbour", "anna", InvitationKind::OneOff), NOW).await.unwrap();
    assert_eq!(store.spend_invitation(all, once.id, NOW).await.unwrap(), InvitationState::Open);
    assert_eq!(store.spend_invitation(all, once.id, NOW).await.unwrap(), InvitationState::Used);
    assert_eq!(store.invitation(all, once.id).await.unwrap().uses, 1);

    // One that is over is known by its code for a month, and by its key for good.
    assert_eq!(reusable.state(later(2)), InvitationState::Expired);
    let code = Shown::Code(&reusable.code);
    assert!(store.invitation_shown(all, shop, code, later(30)).await.unwrap().is_some());
    assert!(store.invitation_shown(all, shop, code, later(32)).await.unwrap().is_none());
    assert!(store.invitation_shown(all, shop, Shown::Key(&key), later(90)).await.unwrap().is_some());
    let revoked = store.revoke_invitation(all, reusable.id, NOW).await.unwrap();
    assert_eq!(revoked.state(NOW), InvitationState::Revoked);
    assert_eq!(store.revoke_invitation(all, reusable.id, later(5)).await.unwrap(), revoked);
    assert_eq!(store.spend_invitation(all, reusable.id, NOW).await.unwrap(), InvitationState::Revoked);
    assert_eq!(store.invitations(all, None).await.unwrap().len(), 2);
    let dana = store.user(all, &"dana".into()).await.unwrap().id;
    assert_eq!(store.invitations(all, Some(dana)).await.unwrap(), []);
}

pub async fn codes_are_unique_and_invitations_hold_only_what_is_right(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    set_up(&bench, "harbour", "anna", "201").await;
    set_up(&bench, "summit", "dana", "301").await;
    let mut codes = BTreeSet::new();
    for _ in 0..20 {
        let made = store.add_invitation(all, new("harbour", "anna", InvitationKind::OneOff), NOW).await;
        assert!(codes.insert(made.unwrap().0.code));
    }
    let good = || new("harbour", "anna", InvitationKind::OneOff);
    for wrong in [
        NewInvitation { operator: Some("dana".into()), ..good() },
        NewInvitation { operator: None, ..good() },
        NewInvitation { tenant: None, ..good() },
        NewInvitation { widget: "summit-shop".into(), ..good() },
        NewInvitation { lasts_s: Some(0), ..good() },
        NewInvitation { lasts_s: Some(u64::MAX), ..good() },
        NewInvitation { note: "x".repeat(201), ..good() },
    ] {
        assert!(store.add_invitation(all, wrong.clone(), NOW).await.is_err(), "{wrong:?}");
    }
}

pub async fn invitations_of_another_tenant_do_not_exist(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let shop = set_up(&bench, "harbour", "anna", "201").await;
    let summit = bench.tenant("summit").await.id;
    let (theirs, key) =
        store.add_invitation(all, new("harbour", "anna", InvitationKind::OneOff), NOW).await.unwrap();
    let mine = all.narrow(summit);
    assert_eq!(store.invitations(&mine, None).await.unwrap(), []);
    assert!(matches!(store.invitation(&mine, theirs.id).await, Err(StoreError::NotFound { .. })));
    assert!(store.revoke_invitation(&mine, theirs.id, NOW).await.is_err());
    assert!(store.spend_invitation(&mine, theirs.id, NOW).await.is_err());
    assert_eq!(store.invitation_shown(&mine, shop, Shown::Key(&key), NOW).await.unwrap(), None);
    assert!(store.add_invitation(&mine, new("harbour", "anna", InvitationKind::OneOff), NOW).await.is_err());
    assert_eq!(store.invitation(all, theirs.id).await.unwrap(), theirs);
}
