//! Where devices are reached, and what operators said about themselves.

use hovor::entropy::Entropy;
use hovor::id::{DeviceId, UserId};
use hovor::sip::Transport;
use hovor::store::*;
use hovor::switch::diversion;
use hovor::time::UnixMs;

use super::bench::*;

fn binding(device: DeviceId, uri: &str) -> Registration {
    Registration {
        device,
        uri: uri.into(),
        transport: Transport::Udp,
        local: "127.0.0.1:5060".parse().unwrap(),
        remote: "[2001:db8::7]:40000".parse().unwrap(),
        connection_bound: false,
        instance: Some("<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>".into()),
        reg_id: Some(1),
        user_agent: Some("Phone \"č\" 1.0".into()),
        expires_at: UnixMs(2_000),
        call_id: "abc@host".into(),
        cseq: u32::MAX,
        q: 700,
        path: vec!["<sip:edge.example;lr>".into()],
    }
}

/// All bindings, those of an earlier device first.
async fn standing(bench: &Bench, devices: [DeviceId; 2]) -> Vec<Registration> {
    let mut bindings = bench.store.registrations(&bench.all).await.unwrap();
    bindings.sort_by_key(|binding| devices.iter().position(|device| *device == binding.device));
    bindings
}

/// A user with a device, of tenant `harbour`.
async fn device_of(bench: &Bench, user: &str, extension: &str) -> Device {
    bench.operator(user, extension, "harbour").await;
    bench.device(user).await
}

pub async fn bindings_are_put_replaced_and_removed(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let anna = device_of(&bench, "anna", "201").await.id;
    let boris = device_of(&bench, "boris", "202").await.id;
    let (desk, soft) = (binding(anna, "sip:201@a"), binding(anna, "sip:201@b;transport=tcp"));
    store.put_registrations(all, &[desk.clone(), soft.clone(), binding(boris, "sip:202@c")]).await.unwrap();
    let refreshed = Registration { expires_at: UnixMs(9_000), connection_bound: true, ..desk.clone() };
    store.put_registrations(all, &[desk, refreshed.clone()]).await.unwrap();
    let expected = [refreshed, soft.clone(), binding(boris, "sip:202@c")];
    assert_eq!(standing(&bench, [anna, boris]).await, expected);
    let moved = binding(anna, "sip:201@elsewhere");
    store.replace_registrations(all, &[(anna, vec![moved.clone()]), (boris, vec![])]).await.unwrap();
    assert_eq!(store.registrations(all).await.unwrap(), std::slice::from_ref(&moved));
    store.remove_registrations(all, &[(anna, soft.uri), (anna, moved.uri)]).await.unwrap();
    assert!(store.registrations(all).await.unwrap().is_empty());
}

pub async fn bindings_end(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    let harbour = bench.tenant("harbour").await;
    let anna = device_of(&bench, "anna", "201").await.id;
    let later = Registration { expires_at: UnixMs(3_000), ..binding(anna, "sip:b") };
    store.put_registrations(all, &[binding(anna, "sip:a"), later.clone()]).await.unwrap();
    let nobody = Scope::tenants(bench.company.id, []);
    assert_eq!(store.remove_expired(&nobody, UnixMs(2_000)).await.unwrap(), 0);
    assert!(store.registrations(&nobody).await.unwrap().is_empty());
    let mine = Scope::tenants(bench.company.id, [harbour.id]);
    assert_eq!(store.registrations(&mine).await.unwrap().len(), 2);
    assert_eq!(store.remove_expired(all, UnixMs(2_000)).await.unwrap(), 1);
    assert_eq!(store.registrations(all).await.unwrap(), [later]);
}

pub async fn bindings_of_removed_devices_are_left_out(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let anna = device_of(&bench, "anna", "201").await.id;
    let boris = device_of(&bench, "boris", "202").await.id;
    let both = [binding(anna, "sip:a"), binding(boris, "sip:b")];
    store.put_registrations(all, &both).await.unwrap();
    store.remove_device(all, &"201".into()).await.unwrap();
    assert_eq!(
        store.registrations(all).await.unwrap(),
        [binding(boris, "sip:b")],
        "bindings go with the device"
    );
    store.put_registrations(all, &both).await.expect("the others of the batch are written");
    store.replace_registrations(all, &[(anna, vec![binding(anna, "sip:a")]), (boris, vec![])]).await.unwrap();
    assert!(store.registrations(all).await.unwrap().is_empty());
}

pub async fn statuses_are_kept_by_user(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let anna = bench.operator("anna", "201", "harbour").await.id;
    let boris = bench.operator("boris", "202", "harbour").await.id;
    let gone = UserId::new(UnixMs(0), &mut Entropy::from_number(1));
    let status = |user, presence, since| OperatorStatus { user, presence, since: UnixMs(since) };
    let lunch = Presence::Away { reason: Some("oběd".into()) };
    let batch = [
        status(anna, Presence::Online, 1),
        status(boris, Presence::NotAnswering, 2),
        status(anna, lunch.clone(), 3),
        status(gone, Presence::Online, 4),
    ];
    store.put_statuses(all, &batch).await.unwrap();
    let mut kept = store.statuses(all).await.unwrap();
    kept.sort_by_key(|status| status.since);
    assert_eq!(kept, [status(boris, Presence::NotAnswering, 2), status(anna, lunch, 3)]);
    store.put_statuses(all, &[status(boris, Presence::Away { reason: None }, 5)]).await.unwrap();
    let mut kept = store.statuses(all).await.unwrap();
    kept.sort_by_key(|status| status.since);
    assert_eq!(kept[1], status(boris, Presence::Away { reason: None }, 5));
    store.remove_user(all, &"anna".into()).await.unwrap();
    assert_eq!(store.statuses(all).await.unwrap().len(), 1);
}

pub async fn call_settings_are_kept_by_user(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let summit = bench.tenant("summit").await.id;
    let anna = bench.operator("anna", "201", "harbour").await.id;
    let boris = bench.operator("boris", "202", "harbour").await.id;
    let gone = UserId::new(UnixMs(0), &mut Entropy::from_number(1));
    let whole = diversion::CallSettings {
        always: Some("+420777000111".into()),
        busy: Some("202".into()),
        no_answer: Some(diversion::NoAnswer { to: "203".into(), after_s: 30 }),
        do_not_disturb: true,
    };
    let nothing = diversion::CallSettings::default();
    let of = |user, settings: &diversion::CallSettings, since| CallSettings {
        user,
        settings: settings.clone(),
        since: UnixMs(since),
    };
    let batch = [of(anna, &nothing, 1), of(boris, &nothing, 2), of(anna, &whole, 3), of(gone, &whole, 4)];
    store.put_call_settings(all, &batch).await.unwrap();
    let mut kept = store.call_settings(all).await.unwrap();
    kept.sort_by_key(|settings| settings.since);
    assert_eq!(kept, [of(boris, &nothing, 2), of(anna, &whole, 3)]);
    let theirs = all.narrow(summit);
    assert_eq!(store.call_settings(&theirs).await.unwrap(), [], "another tenant's");
    store.put_call_settings(&theirs, &[of(anna, &nothing, 9)]).await.unwrap();
    assert!(store.call_settings(all).await.unwrap().contains(&of(anna, &whole, 3)), "out of reach");
    store.remove_user(all, &"anna".into()).await.unwrap();
    assert_eq!(store.call_settings(all).await.unwrap().len(), 1);
}

pub async fn channels_are_kept_by_user_and_line(bench: Bench) {
    let (store, all) = (&bench.store, &bench.all);
    bench.tenant("harbour").await;
    let summit = bench.tenant("summit").await.id;
    let anna = bench.operator("anna", "201", "harbour").await.id;
    let gone = UserId::new(UnixMs(0), &mut Entropy::from_number(1));
    let of =
        |user, line: &str, on, since| ChannelSwitch { user, line: line.into(), on, since: UnixMs(since) };
    let batch = [
        of(anna, "phone", false, 1),
        of(anna, "webchat", false, 2),
        of(gone, "phone", false, 3),
        of(anna, "phone", true, 4),
    ];
    store.put_channel_switches(all, &batch).await.unwrap();
    let kept = [of(anna, "phone", true, 4), of(anna, "webchat", false, 2)];
    assert_eq!(store.channel_switches(all).await.unwrap(), kept);
    let theirs = all.narrow(summit);
    assert_eq!(store.channel_switches(&theirs).await.unwrap(), [], "another tenant's");
    store.put_channel_switches(&theirs, &[of(anna, "phone", false, 9)]).await.unwrap();
    assert_eq!(store.channel_switches(all).await.unwrap(), kept, "out of reach");
    store.put_channel_switches(all, &[of(anna, "phone", false, 9)]).await.unwrap();
    assert!(!store.channel_switches(all).await.unwrap()[0].on);
    store.remove_user(all, &"anna".into()).await.unwrap();
    assert_eq!(store.channel_switches(all).await.unwrap(), []);
}
