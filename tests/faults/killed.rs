//! `kill -9` at random moments under load. HOVOR_KILLS says how often, 8 times without it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hovor::entropy::Entropy;
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Row, SqliteConnection};

use crate::crowd::Crowd;
use crate::phone::Phone;
use crate::support::hovor::Hovor;
use crate::support::{http, pause};

/// A release build has two seconds; this is one of many times the work, on a machine with other tests.
const BACK_WITHIN: Duration = Duration::from_secs(if cfg!(debug_assertions) { 6 } else { 2 });

/// Events that were shown over REST, by session: the numbers with their kinds.
type Shown = BTreeMap<String, Vec<(i64, String)>>;

#[test]
fn killed_at_any_moment_it_is_back_at_once_and_has_lost_nothing_that_it_had_shown() {
    let rounds: u32 = std::env::var("HOVOR_KILLS").map_or(8, |text| text.parse().unwrap());
    let mut hovor = Hovor::start();
    let token: Value = serde_json::from_str(&hovor.cli(&["token", "add", "observer", "--json"])).unwrap();
    let bearer = format!("Bearer {}", token["secret"].as_str().unwrap());
    let (crowd, shown, mut entropy) = (Crowd::default(), Mutex::new(Shown::new()), Entropy::from_number(9));
    let (mut slowest, mut interrupted) = (Duration::ZERO, 0);
    std::thread::scope(|scope| {
        let (sip, http_port) = (hovor.sip_port, hovor.http_port);
        crowd.start(scope, sip, 8, &["201", "202", "203", "205"], Duration::from_millis(1_500));
        let (shown, crowd, bearer) = (&shown, &crowd, &bearer);
        scope.spawn(move || {
            while !crowd.is_over.load(Ordering::Relaxed) {
                observe(http_port, bearer, shown);
            }
        });
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for round in 0..rounds {
                pause(0.3 + f64::from(entropy.u32() % 900) / 1e3);
                hovor.kill();
                let killed = unix_ms();
                let back = is_back(&mut hovor);
                slowest = slowest.max(back);
                interrupted = check(&hovor, killed, &shown.lock().unwrap());
                println!("round {round}: back after {back:?}, {interrupted} calls interrupted so far");
                assert!(back < BACK_WITHIN, "round {round}: back after {back:?}");
            }
        }));
        crowd.is_over.store(true, Ordering::Relaxed);
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    let seen: usize = shown.lock().unwrap().values().map(Vec::len).sum();
    println!(
        "{rounds} kills: slowest {slowest:?}, {interrupted} interrupted, {seen} events seen, {:?}",
        crowd.tally
    );
    assert!(seen > 100 && interrupted > 0, "nothing was at stake: {seen} events, {interrupted} calls");
    assert!(crowd.tally.registered.load(Ordering::Relaxed) > 0, "no operator was there");
}

fn unix_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

/// Starts it again. How long until it says that it is well, and has answered a call.
fn is_back(hovor: &mut Hovor) -> Duration {
    let begun = Instant::now();
    hovor.restart_after_a_crash();
    let mut phone = Phone::new("afterwards", hovor.sip_port, begun.elapsed().as_nanos() as u64);
    let dialog =
        phone.call("600", Duration::from_secs(10), None).expect("a call after the restart is answered");
    let back = begun.elapsed();
    phone.hang_up(&dialog);
    back
}

/// Looks at the newest sessions as a program does, and takes down what it is shown.
fn observe(http_port: u16, bearer: &str, shown: &Mutex<Shown>) -> Option<()> {
    let ask = |path: &str| {
        let reply = http::request(http_port, "GET", path, &[("Authorization", bearer)], "").ok()?;
        serde_json::from_str::<Value>(&reply.body).ok().filter(|_| reply.status == 200)
    };
    let Some(sessions) = ask("/api/v1/sessions?limit=12") else {
        pause(0.02);
        return None;
    };
    for id in sessions.as_array()?.iter().filter_map(|session| session["id"].as_str()) {
        let detail = ask(&format!("/api/v1/sessions/{id}"))?;
        let events = detail["events"].as_array()?.iter();
        let events = events.map(|event| Some((event["seq"].as_i64()?, event["kind"].as_str()?.to_owned())));
        let events = events.collect::<Option<Vec<_>>>()?;
        let mut shown = shown.lock().unwrap();
        let known = shown.entry(id.to_owned()).or_default();
        if events.len() > known.len() {
            *known = events;
        }
    }
    Some(())
}

/// Looks into the database: nothing missing, nothing open. Gives how many calls were interrupted so far.
fn check(hovor: &Hovor, killed: i64, shown: &Shown) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(hovor.data().join("hovor.db"));
        let mut db = SqliteConnection::connect_with(&options.busy_timeout(Duration::from_secs(5))).await.unwrap();
        for (what, sql) in [
            (
                "events are numbered with a gap",
                "SELECT session_id FROM events GROUP BY session_id HAVING COUNT(*) <> MAX(seq) OR MIN(seq) <> 1",
            ),
            (
                "events belong to no session",
                "SELECT DISTINCT session_id FROM events WHERE session_id NOT IN (SELECT id FROM sessions)",
            ),
            (
                "a session that is over has not one end in its history",
                "SELECT id FROM sessions WHERE ended_at_ms IS NOT NULL AND \
                 (SELECT COUNT(*) FROM events WHERE session_id = id AND kind = 'ended') <> 1",
            ),
        ] {
            let rows = sqlx::query(sql).fetch_all(&mut db).await.unwrap();
            let ids: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            assert!(ids.is_empty(), "{what}: {ids:?}");
        }
        let open = "SELECT id FROM sessions WHERE ended_at_ms IS NULL AND started_at_ms < ?";
        let open = sqlx::query(open).bind(killed).fetch_all(&mut db).await.unwrap();
        assert!(open.is_empty(), "{} calls of the time before are still open", open.len());
        for (id, events) in shown {
            let sql = "SELECT seq, kind FROM events WHERE session_id = ? ORDER BY seq";
            let rows = sqlx::query(sql).bind(id).fetch_all(&mut db).await.unwrap();
            let kept: Vec<(i64, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
            assert!(kept.starts_with(events), "{id}: shown {events:?}, kept {kept:?}");
        }
        let count = "SELECT COUNT(*) FROM sessions WHERE end_cause = 'interrupted'";
        sqlx::query(count).fetch_one(&mut db).await.unwrap().get(0)
    })
}
