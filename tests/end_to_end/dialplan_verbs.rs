//! Dialplans that ask callers, other programs and operators: real phones, and a customer system beside them.

use std::time::Duration;

use serde_json::json;

use crate::support::audio::Sound;
use crate::support::folder::Folder;
use crate::support::hovor::Hovor;
use crate::support::phone::{Moment, Phone};
use crate::support::receiver::{Receiver, Request};
use crate::support::record::Record;
use crate::support::{pause, wait_for};

/// The program with these nodes of tenant Harbour, started by 700 at `a` and by *80 at `turn`.
fn hovor(folder: &Folder, nodes: &str) -> Hovor {
    let top = "tenant = \"harbour\"\nmusic = \"music/harbour\"\n[numbers]\n700 = \"a\"\n\"*80\" = \"turn\"\n";
    let turn = "[turn]\nswitch = \"night\"\non = \"is-on\"\noff = \"is-off\"\nelse = \"refused\"\n\
                [is-on]\nplay = \"closed\"\nthen = \"hangup\"\n\
                [is-off]\nplay = \"welcome\"\nthen = \"hangup\"\n\
                [refused]\nhangup = \"forbidden\"\n";
    std::fs::write(folder.join("plan.toml"), format!("{top}{turn}{nodes}")).unwrap();
    let path = folder.path().to_str().unwrap();
    Hovor::start_with(&["--dialplans", path, "--http-allow", "127.0.0.1"])
}

/// Calls 700, presses keys if there are any, and waits for the end; the record of it.
fn call(hovor: &Hovor, name: &str, keys: &str) -> Record {
    let mut caller = hovor.phone(name).baresip();
    caller.dial(&hovor.uri("700"));
    if !keys.is_empty() {
        caller.wait_for(Moment::Established);
        pause(0.7);
        caller.press(keys);
    }
    caller.wait_for_within(Moment::Closed, 1, Duration::from_secs(30));
    hovor.record_of(name)
}

const ASK: &str = r#"
[a]
gather = "one-moment"
digits = 4
valid = ["4711", "5000..5999"]
tries = 2
timeout = "3s"
into = "order"
then = "look-up"
else = "gave-up"

[gave-up]
tag = "gave-up"
then = "hangup"

[look-up]
http = "http://127.0.0.1:PORT/orders/{order}"
send = { caller = "{caller}" }
timeout = "2s"
keep = { customer = "customer.name", total = "lines[0].total" }
status = { 404 = "unknown" }
then = "which"
no-answer = "late"
else = "broken"

[which]
if = [
    { total = "> 1000", customer = "Ann*", then = "vip" },
    { caller = "stranger*", then = "unknown" },
]
else = "ordinary"

[vip]
tag = ["vip", "{customer}"]
then = "tell"

[ordinary]
tag = "ordinary"
then = "tell"

[unknown]
tag = "unknown"
then = "tell"

[late]
tag = "late"
then = "tell"

[broken]
tag = "broken"
then = "tell"

[tell]
webhook = "http://127.0.0.1:PORT/hooks"
event = "order.asked"
then = "hangup"
"#;

/// A customer system: orders by number, and a place for webhooks that refuses the first one.
fn customer_system() -> Receiver {
    let refused = std::sync::atomic::AtomicBool::new(false);
    Receiver::start(move |request: &Request| match request.path.as_str() {
        "/orders/4711" => {
            (200, json!({ "customer": { "name": "Ann Lee" }, "lines": [{ "total": 1200.5 }] }).to_string())
        }
        "/orders/5001" => {
            (200, json!({ "customer": { "name": "Bob" }, "lines": [{ "total": 7 }] }).to_string())
        }
        "/orders/5002" => (404, String::new()),
        "/orders/5003" => (0, String::new()),
        "/orders/5004" => (200, "no json".to_owned()),
        "/orders/5005" => (500, "{}".to_owned()),
        "/hooks" if !refused.swap(true, std::sync::atomic::Ordering::SeqCst) => (503, String::new()),
        _ => (204, String::new()),
    })
}

fn hooks(system: &Receiver) -> Vec<Request> {
    system.requests().into_iter().filter(|request| request.path == "/hooks").collect()
}

#[test]
fn digits_are_asked_for_looked_up_and_told_to_the_customer_system() {
    let (folder, system) = (Folder::new("plans"), customer_system());
    let mut hovor = hovor(&folder, &ASK.replace("PORT", &system.port.to_string()));
    let known = call(&hovor, "ann", "4711");
    assert_eq!(known.0["parameters"]["order"], "4711", "{known:#?}");
    assert_eq!(known.0["parameters"]["customer"], "Ann Lee");
    assert_eq!(known.0["parameters"]["caller"], "ann");
    assert_eq!(known.0["parameters"]["dialled"], "700");
    assert_eq!(known.0["tags"], json!(["Ann Lee", "vip"]));
    let asked = system.requests().remove(0);
    assert_eq!((asked.method.as_str(), asked.json()), ("POST", json!({ "caller": "ann" })));
    // A wrong number is told and asked for again; then every way that an answer can take.
    for (name, keys, tag) in [
        ("bob", "11115001", "ordinary"),
        ("carl", "5002", "unknown"),
        ("late", "5003", "late"),
        ("none", "5004", "broken"),
        ("bad", "5005", "broken"),
        ("silent", "", "gave-up"),
    ] {
        let record = if keys.len() > 4 { call_twice(&hovor, name, keys) } else { call(&hovor, name, keys) };
        assert_eq!(record.0["tags"], json!([tag]), "{name}: {record:#?}");
    }
    // The first webhook was refused, and comes again after its pause.
    let first = hooks(&system).remove(0);
    let again = wait_for("the webhook to come again", Duration::from_secs(20), || {
        hooks(&system)
            .into_iter()
            .filter(|hook| hook.header("webhook-id") == first.header("webhook-id"))
            .nth(1)
    });
    assert_eq!(again.body, first.body);
    assert_eq!(again.json()["type"], "order.asked");
    assert_eq!(again.json()["data"]["parameters"]["order"], "4711");
    assert_eq!(again.json()["data"]["tenant"], "harbour");
    check_signature(&hovor, &again);
    let log = hovor.cli(&["webhook", "list"]);
    assert_eq!(log.matches("delivered").count(), 6, "{log}");
    hovor.stop();
}

/// Types four digits that are wrong, hears so, and types four more.
fn call_twice(hovor: &Hovor, name: &str, keys: &str) -> Record {
    let mut caller = hovor.phone(name).baresip();
    caller.dial(&hovor.uri("700"));
    caller.wait_for(Moment::Established);
    pause(0.7);
    caller.press(&keys[..4]);
    // Told that it is wrong, and asked again; not yet given up.
    pause(4.0);
    caller.press(&keys[4..]);
    caller.wait_for_within(Moment::Closed, 1, Duration::from_secs(30));
    hovor.record_of(name)
}

/// What a receiver does with the secret it was told.
fn check_signature(hovor: &Hovor, hook: &Request) {
    let secret = std::fs::read_to_string(hovor.data().join("webhook.secret")).unwrap();
    let secret = hovor::webhook::Secret::read(&secret).unwrap();
    let at: i64 = hook.header("webhook-timestamp").parse().unwrap();
    let signature = secret.sign(hook.header("webhook-id"), at, &hook.body);
    assert_eq!(hook.header("webhook-signature"), signature);
}

#[test]
fn what_waits_to_be_told_outlives_a_power_cut() {
    let (folder, system) = (Folder::new("plans"), customer_system());
    let nodes = format!("[a]\nwebhook = \"http://127.0.0.1:{}/hooks\"\nthen = \"hangup\"", system.port);
    let mut hovor = hovor(&folder, &nodes);
    call(&hovor, "ann", "");
    wait_for("the first attempt", Duration::from_secs(10), || hooks(&system).pop());
    wait_for("the attempt to be written down", Duration::from_secs(10), || {
        hovor.cli(&["webhook", "list", "--state", "waiting"]).contains("503").then_some(())
    });
    hovor.kill();
    hovor.restart_after_a_crash();
    let log = wait_for("the second attempt", Duration::from_secs(20), || {
        Some(hovor.cli(&["webhook", "list", "--state", "delivered"])).filter(|log| log.contains("/hooks"))
    });
    assert!(log.contains(" 2 "), "{log}");
    assert_eq!(hooks(&system).len(), 2);
}

#[test]
fn what_becomes_of_webhooks_is_counted() {
    let (folder, system) = (Folder::new("plans"), customer_system());
    let gone = Receiver::start(|_: &Request| (410, String::new()));
    let nodes = format!(
        "[a]\nwebhook = \"http://127.0.0.1:{}/gone\"\nthen = \"b\"\n\
         [b]\nwebhook = \"http://127.0.0.1:{}/hooks\"\nthen = \"hangup\"",
        gone.port, system.port
    );
    let hovor = hovor(&folder, &nodes);
    let counted = |waiting, delivered, failed, given_up| {
        let what = format!("{waiting} waiting, {delivered} delivered, {failed} failed, {given_up} given up");
        let wanted = [
            ("waiting", waiting),
            ("delivered_total", delivered),
            ("attempts_failed_total", failed),
            ("given_up_total", given_up),
            ("lost_total", 0.0),
        ];
        wait_for(&what, Duration::from_secs(20), || {
            let is =
                |(name, value): &(&str, f64)| hovor.metric(&format!("hovor_webhooks_{name}")) == Some(*value);
            wanted.iter().all(is).then_some(())
        });
    };
    counted(0.0, 0.0, 0.0, 0.0);
    call(&hovor, "ann", "");
    // One is not wanted, the other one is asked for again later; then it arrives.
    counted(1.0, 0.0, 2.0, 1.0);
    counted(0.0, 1.0, 2.0, 1.0);
}

const NIGHT: &str = r#"
[a]
if = [
    { switch = "night", then = "closed" },
    { group = "sales", online = 0, then = "nobody" },
    { caller = ["vip*", "+420*"], then = "special" },
]
else = "open"

[closed]
hangup = "unavailable"

[nobody]
hangup = "busy"

[special]
play = "goodbye"
then = "hangup"

[open]
hangup = "rejected"
"#;

#[test]
fn an_operator_turns_the_night_switch_by_telephone_and_hears_how_it_stands() {
    let folder = Folder::new("plans");
    let mut hovor = hovor(&folder, NIGHT);
    assert_eq!(call(&hovor, "one", "").text("cause"), "busy", "nobody is online");
    let mut anna = hovor.operator("201").says(&Sound::silence(60.0)).baresip();
    anna.wait_for(Moment::Registered);
    assert_eq!(call(&hovor, "two", "").text("cause"), "declined", "open");
    assert_eq!(call(&hovor, "vip-three", "").text("cause"), "normal", "the number is known");
    anna.dial(&hovor.uri("*80"));
    anna.wait_for_within(Moment::Closed, 1, Duration::from_secs(20));
    let closed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("media/prompts/en/closed.wav");
    let closed = Sound::read(&closed).at_8_khz();
    assert!(closed.place_in(&anna.heard(0)).is_some(), "the switch does not say that it is on");
    assert_eq!(call(&hovor, "four", "").text("cause"), "unreachable", "closed");
    let list = hovor.cli(&["switch", "list"]);
    assert!(list.contains("night") && list.contains(" on ") && list.contains("anna"), "{list}");
    // A restart keeps it, and a stranger does not turn it.
    drop(anna);
    hovor.restart();
    assert_eq!(call(&hovor, "five", "").text("cause"), "unreachable", "still closed");
    let mut stranger = hovor.phone("stranger").baresip();
    stranger.dial(&hovor.uri("*80"));
    stranger.wait_for_within(Moment::Closed, 1, Duration::from_secs(20));
    assert_eq!(hovor.record_of("stranger").text("cause"), "forbidden");
    let off = hovor.cli(&["switch", "off", "night"]);
    assert!(off.contains(" off "), "{off}");
    assert_eq!(
        call(&hovor, "six", "").text("cause"),
        "declined",
        "open again; her phone is registered over the restart"
    );
    let wrong = hovor.run(&["switch", "on", "nigth"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("there is `night`"));
}
