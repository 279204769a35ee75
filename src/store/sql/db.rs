//! The two databases behind one face: a pool, a transaction, a row.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Connection, Postgres, Row as _, Sqlite, Transaction};
use uuid::Uuid;

use super::statement::{Sql, Value};
use crate::store::StoreError;

/// How long a statement waits for a free connection before it fails.
const PATIENCE: Duration = Duration::from_secs(10);
/// SQLite readers: enough for the API; writes go through one connection anyway.
const READERS: u32 = 4;
/// PostgreSQL connections: the writer, the API, and some to spare.
const CONNECTIONS: u32 = 8;

/// A database.
pub(super) enum Db {
    /// SQLite takes one writer at a time, so there is one, and its readers never wait for it (WAL).
    /// `refusal` is why the database let its writer begin nothing when last tried: what those who wait for the writer
    /// are told, since the pool knows only that they waited.
    Sqlite { writer: SqlitePool, readers: SqlitePool, refusal: Mutex<Option<String>> },
    /// PostgreSQL.
    Postgres(PgPool),
}

/// A transaction; dropped without `commit`, it has not happened.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A row that was read.
pub(in crate::store) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// The statement with its values bound. `AssertSqlSafe` holds because [`Sql`] takes text from
/// outside only as values.
macro_rules! prepared {
    ($database:ty, $text:expr, $values:expr) => {{
        let query = sqlx::query::<$database>(AssertSqlSafe($text));
        $values.into_iter().fold(query, |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
        })
    }};
}

impl Db {
    /// Opens SQLite with one writer and some readers.
    pub(super) async fn sqlite(options: SqliteConnectOptions) -> sqlx::Result<Self> {
        let pool = |size| {
            let options = SqlitePoolOptions::new().max_connections(size).acquire_timeout(PATIENCE);
            options.after_release(|connection, _| Box::pin(is_sound(connection)))
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        let readers = pool(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
        Ok(Self::Sqlite { writer, readers, refusal: Mutex::default() })
    }

    /// Connects to PostgreSQL.
    ///
    /// # Errors
    /// Which server did not take us, why, and what to check.
    pub(super) async fn postgres(url: &str) -> Result<Self> {
        let malformed = |error: sqlx::Error| {
            let help = "write `postgres://USER:PASSWORD@HOST:PORT/DATABASE`";
            StoreError::invalid("store", format!("its address cannot be read ({error})"), help)
        };
        let options: PgConnectOptions = url.parse().map_err(malformed)?;
        // A pool tries again until its patience ends, and then has forgotten why.
        let first = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options)).await;
        let why = match first {
            Ok(Ok(connection)) => {
                // Whether it closes well does not matter: the pool has its own.
                let _ = connection.close().await;
                None
            }
            Ok(Err(error)) => Some(unreachable(&options, &error)),
            Err(_) => Some(format!("{} does not answer; {CHECK}", place(&options))),
        };
        if let Some(why) = why {
            return Err(StoreError::Unavailable(why));
        }
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
        Ok(Self::Postgres(pool.connect_with(options).await?))
    }

    /// Reads rows outside of a transaction.
    pub(super) async fn query(&self, sql: Sql) -> sqlx::Result<Vec<Row>> {
        Ok(match self {
            Self::Sqlite { readers, .. } => prepared!(Sqlite, sql.text, sql.values)
                .fetch_all(readers)
                .await?
                .into_iter()
                .map(Row::Sqlite)
                .collect(),
            Self::Postgres(pool) => prepared!(Postgres, sql.numbered(), sql.values)
                .fetch_all(pool)
                .await?
                .into_iter()
                .map(Row::Postgres)
                .collect(),
        })
    }

    /// Begins a transaction that writes.
    pub(super) async fn begin(&self) -> Result<Tx> {
        let (writer, refusal) = match self {
            Self::Sqlite { writer, refusal, .. } => (writer, refusal),
            Self::Postgres(pool) => return Ok(Tx::Postgres(pool.begin().await?)),
        };
        let begun = writer.begin_with("BEGIN IMMEDIATE").await;
        let mut refusal = refusal.lock().unwrap_or_else(PoisonError::into_inner);
        match begun {
            Ok(tx) => {
                *refusal = None;
                Ok(Tx::Sqlite(tx))
            }
            Err(sqlx::Error::PoolTimedOut) if let Some(why) = &*refusal => {
                Err(StoreError::Unavailable(why.clone()))
            }
            Err(error) => {
                *refusal = error.as_database_error().map(|refused| refused.message().to_owned());
                Err(error.into())
            }
        }
    }

    /// Begins a transaction whose reads all see the same moment.
    pub(super) async fn snapshot(&self) -> sqlx::Result<Tx> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?)
            }
        })
    }

    /// Closes all connections; the last one of SQLite folds its log into the file.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Whether a connection can be used again. SQLite undoes a transaction by itself when the disk is full or fails; the
/// driver does not notice, its own undoing fails, and no further transaction could begin on this connection.
async fn is_sound(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    // What was asked before, such as the undoing of a transaction, is done when this is answered.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

/// What to check where no connection comes about.
const CHECK: &str = "check that it runs there, that its listen_addresses and pg_hba.conf let this machine in, and that \
                     no firewall stands between";

fn place(options: &PgConnectOptions) -> String {
    format!("PostgreSQL at {}, port {},", options.get_host(), options.get_port())
}

/// Why a server did not take us, and what to do about it.
fn unreachable(options: &PgConnectOptions, error: &sqlx::Error) -> String {
    let place = place(options);
    match error.as_database_error().and_then(|refused| refused.code()).as_deref() {
        // invalid_password, invalid_authorization_specification
        Some("28P01" | "28000") => format!(
            "{place} does not let the user `{}` in ({error}); check the user, the password and pg_hba.conf",
            options.get_username()
        ),
        // invalid_catalog_name
        Some("3D000") => {
            let database = options.get_database().unwrap_or_else(|| options.get_username());
            format!("{place} has no database `{database}`; make it with `createdb {database}`")
        }
        Some(_) => format!("{place} refuses: {error}"),
        None => format!("{place} cannot be reached ({error}); {CHECK}"),
    }
}

impl Tx {
    /// Reads rows.
    pub(super) async fn query(&mut self, sql: Sql) -> sqlx::Result<Vec<Row>> {
        Ok(match self {
            Self::Sqlite(tx) => prepared!(Sqlite, sql.text, sql.values)
                .fetch_all(&mut **tx)
                .await?
                .into_iter()
                .map(Row::Sqlite)
                .collect(),
            Self::Postgres(tx) => prepared!(Postgres, sql.numbered(), sql.values)
                .fetch_all(&mut **tx)
                .await?
                .into_iter()
                .map(Row::Postgres)
                .collect(),
        })
    }

    /// Changes rows and says how many.
    pub(super) async fn execute(&mut self, sql: Sql) -> sqlx::Result<u64> {
        Ok(match self {
            Self::Sqlite(tx) => {
                prepared!(Sqlite, sql.text, sql.values).execute(&mut **tx).await?.rows_affected()
            }
            Self::Postgres(tx) => {
                prepared!(Postgres, sql.numbered(), sql.values).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// What to append to a SELECT so that its rows stay as they are until the end of this
    /// transaction. SQLite has only one writer and needs nothing.
    pub(super) fn hold_rows(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE OF t",
        }
    }

    /// Makes it so.
    pub(super) async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

type Result<T> = std::result::Result<T, StoreError>;

impl Row {
    /// The error for a column that does not hold what we wrote there.
    pub(in crate::store) fn nonsense(column: &str) -> StoreError {
        StoreError::Unavailable(format!("column `{column}` holds what hovor never writes"))
    }

    pub(in crate::store) fn optional_text(&self, column: &str) -> Result<Option<String>> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(in crate::store) fn optional_int(&self, column: &str) -> Result<Option<i64>> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(in crate::store) fn text(&self, column: &str) -> Result<String> {
        self.optional_text(column)?.ok_or_else(|| Self::nonsense(column))
    }

    pub(in crate::store) fn int(&self, column: &str) -> Result<i64> {
        self.optional_int(column)?.ok_or_else(|| Self::nonsense(column))
    }

    pub(in crate::store) fn u32(&self, column: &str) -> Result<u32> {
        u32::try_from(self.int(column)?).map_err(|_| Self::nonsense(column))
    }

    pub(in crate::store) fn optional_u32(&self, column: &str) -> Result<Option<u32>> {
        self.optional_int(column)?.map(u32::try_from).transpose().map_err(|_| Self::nonsense(column))
    }

    pub(in crate::store) fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    pub(in crate::store) fn optional_id(&self, column: &str) -> Result<Option<Uuid>> {
        let text = self.optional_text(column)?;
        text.map(|text| Uuid::parse_str(&text)).transpose().map_err(|_| Self::nonsense(column))
    }

    pub(in crate::store) fn id(&self, column: &str) -> Result<Uuid> {
        self.optional_id(column)?.ok_or_else(|| Self::nonsense(column))
    }

    /// Ids that `string_agg` joined by commas; NULL are none.
    pub(in crate::store) fn ids(&self, column: &str) -> Result<Vec<Uuid>> {
        let text = self.optional_text(column)?.unwrap_or_default();
        let parts = text.split(',').filter(|part| !part.is_empty());
        parts.map(|part| Uuid::parse_str(part).map_err(|_| Self::nonsense(column))).collect()
    }

    pub(in crate::store) fn optional_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>> {
        let text = self.optional_text(column)?;
        text.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| Self::nonsense(column))
    }

    pub(in crate::store) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        serde_json::from_str(&self.text(column)?).map_err(|_| Self::nonsense(column))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(refused) = error.as_database_error() else { return Self::Unavailable(error.to_string()) };
        match refused.is_unique_violation() || refused.is_foreign_key_violation() {
            true => Self::conflict(
                format!("another change came first ({})", refused.message()),
                "look at how things stand now and try again",
            ),
            false => Self::Unavailable(error.to_string()),
        }
    }
}
