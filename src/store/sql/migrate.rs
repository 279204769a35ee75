//! Opening a database and bringing its tables up to date.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use super::Db;
use crate::store::StoreError;

static SQLITE: Migrator = sqlx::migrate!("sql/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("sql/postgres");

/// How long SQLite waits for another program (a backup, `sqlite3`) to let go of the file.
const BUSY: Duration = Duration::from_secs(5);

/// Opens the database at `url` and brings its tables up to date.
pub(super) async fn open(url: &str) -> Result<Db, StoreError> {
    let db = match url.split_once(':') {
        Some(("sqlite", path)) => sqlite(Path::new(path.strip_prefix("//").unwrap_or(path))).await?,
        Some(("postgres" | "postgresql", _)) => Db::postgres(url).await?,
        _ => {
            let help = "use `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`";
            return Err(StoreError::invalid("store", "names no database that hovor knows", help));
        }
    };
    match &db {
        Db::Sqlite { writer, .. } => SQLITE.run(writer).await,
        Db::Postgres(pool) => POSTGRES.run(pool).await,
    }
    .map_err(|error| {
        StoreError::Unavailable(format!("its tables could not be brought up to date: {error}"))
    })?;
    Ok(db)
}

async fn sqlite(path: &Path) -> Result<Db, StoreError> {
    create_private(path)
        .map_err(|error| StoreError::Unavailable(format!("cannot create {}: {error}", path.display())))?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // With WAL, a power cut may lose the last transactions but never the file.
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY)
        .foreign_keys(true);
    Ok(Db::sqlite(options).await?)
}

/// Creates the file and its folder where they are missing, for their owner alone: it holds HA1s and
/// providers' passwords.
fn create_private(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).map(drop)
}
