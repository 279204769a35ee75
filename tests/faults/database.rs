//! The database does not take what is written.

use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Executor, Row, SqliteConnection};

use crate::live;
use crate::support::hovor::Hovor;
use crate::support::{pause, wait_for};

/// How long another program holds it.
const HELD: Duration = Duration::from_secs(15);

async fn connect(hovor: &Hovor) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(hovor.data().join("hovor.db"));
    SqliteConnection::connect_with(&options.busy_timeout(Duration::from_secs(5))).await.unwrap()
}

/// Sessions of this caller in the database, those whose events have gaps or no end left out.
pub fn whole_sessions(hovor: &Hovor, caller: &str) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut db = connect(hovor).await;
        let sql = "SELECT COUNT(*) FROM sessions WHERE caller = ? AND ended_at_ms IS NOT NULL AND \
                   (SELECT COUNT(*) = MAX(seq) AND SUM(kind = 'ended') = 1 FROM events WHERE session_id = id)";
        sqlx::query(sql).bind(caller).fetch_one(&mut db).await.unwrap().get(0)
    })
}

#[test]
fn while_another_program_locks_the_database_calls_go_on_and_afterwards_all_is_written() {
    let mut hovor = Hovor::start();
    live::during(&mut hovor, |hovor| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut other = runtime.block_on(connect(hovor));
        runtime.block_on(other.execute("BEGIN EXCLUSIVE")).unwrap();
        let begun = Instant::now();
        let mut calls = 0;
        while begun.elapsed() < HELD {
            live::answered(hovor, "600", Duration::from_secs(2));
            calls += 1;
            pause(0.5);
        }
        let health = hovor.get("/healthz");
        assert_eq!((health.status, hovor.metric("hovor_store_healthy")), (503, Some(0.0)), "{}", health.body);
        assert!(health.body.contains("locked"), "{}", health.body);
        // A change of the company is refused in words, not kept waiting for ever.
        let refused = hovor.run(&["tenant", "add", "harbour2"]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains("unavailable"), "{said}");
        assert_eq!(whole_sessions(hovor, "another"), 0, "nothing was written meanwhile");
        runtime.block_on(other.execute("COMMIT")).unwrap();
        wait_for("all to be written", Duration::from_secs(10), || {
            (whole_sessions(hovor, "another") == calls).then_some(())
        });
        wait_for("the health", Duration::from_secs(5), || {
            (hovor.get("/healthz").status == 200).then_some(())
        });
        assert!(hovor.metric("hovor_store_failures_total").unwrap() > 0.0);
        assert_eq!(hovor.metric("hovor_store_healthy"), Some(1.0));
        hovor.cli(&["tenant", "add", "harbour2"]);
    });
}
