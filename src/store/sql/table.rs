//! What all nouns of the configuration have in common: one table each, read and written alike.

use uuid::Uuid;

use super::statement::{Sql, Value, pieces};
use super::{Row, Tx};
use crate::store::scope::{Owner, Reach};
use crate::store::{Company, Key, Scope, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

/// A noun with a table of its own. The table has the columns `id`, `company_id` and `COLUMNS`.
pub(in crate::store) trait Noun: Sized + Send + Sync {
    /// The noun, for errors.
    const WHAT: &'static str;
    /// Its table.
    const TABLE: &'static str;
    /// The columns by which a row can be named; the first orders lists.
    const NAMES: &'static [&'static str];
    /// What is stored, in the order of [`values`](Self::values).
    const COLUMNS: &'static [&'static str];
    /// What else is selected from the table (named `t`), each preceded by a comma.
    const COMPUTED: &'static str = "";
    /// How its rows show to which tenant they belong.
    const REACH: Reach;

    /// The noun in this row.
    fn read(row: &Row) -> Result<Self>;
    /// The values of `COLUMNS`.
    fn values(&self) -> Vec<Value>;
    /// Its id.
    fn id(&self) -> Uuid;
    /// Its name.
    fn name(&self) -> &str;
    /// To whom it belongs.
    fn owner(&self) -> Owner;
    /// Rows of a second table that belong to it.
    fn links(&self) -> Option<Links> {
        None
    }
}

/// Rows of a second table that belong to one row of the first, and are replaced as a whole.
pub(in crate::store) struct Links {
    /// The second table.
    pub(in crate::store) table: &'static str,
    /// Its column that points at the first.
    pub(in crate::store) owner: &'static str,
    /// Its other columns.
    pub(in crate::store) columns: &'static [&'static str],
    /// Their values.
    pub(in crate::store) rows: Vec<Vec<Value>>,
}

/// Selects all rows of a noun within the scope.
pub(super) fn select<N: Noun>(scope: &Scope) -> Sql {
    let mut sql = Sql::new(&format!("SELECT t.*{} FROM {} t WHERE ", N::COMPUTED, N::TABLE));
    scope.condition(&mut sql, N::REACH);
    sql
}

/// Selects all rows of a noun within the scope, by name.
pub(super) fn select_all<N: Noun>(scope: &Scope) -> Sql {
    let mut sql = select::<N>(scope);
    sql.push(&format!(" ORDER BY t.{}, t.id", N::NAMES[0]));
    sql
}

/// Selects the rows that `key` may mean; more than one if the name is used in several tenants.
pub(super) fn select_one<N: Noun>(scope: &Scope, key: &Key) -> Sql {
    let mut sql = select::<N>(scope);
    match key {
        Key::Id(id) => {
            sql.push(" AND t.id = ").bind(id.to_string());
        }
        Key::Name(name) => {
            for (at, column) in N::NAMES.iter().enumerate() {
                sql.push(if at == 0 { " AND (t." } else { " OR t." }).push(column).push(" = ").bind(name);
            }
            sql.push(")");
        }
    }
    sql
}

/// The nouns in these rows.
pub(super) fn many<N: Noun>(rows: &[Row]) -> Result<Vec<N>> {
    rows.iter().map(N::read).collect()
}

/// The one noun that `key` means.
pub(super) fn single<N: Noun>(rows: &[Row], key: &Key) -> Result<N> {
    match rows {
        [] => Err(StoreError::not_found(N::WHAT, key)),
        [row] => N::read(row),
        _ => Err(StoreError::conflict(
            format!("several tenants have a {} `{key}`", N::WHAT),
            "name the tenant too, or use the id",
        )),
    }
}

impl Tx {
    /// Holds off other changes to the configuration of the company until this transaction ends, so
    /// that what it checks still holds when it writes; gives the company.
    pub(super) async fn hold_company(&mut self, scope: &Scope) -> Result<Company> {
        let mut sql = Sql::new("SELECT t.* FROM companies t WHERE t.id = ");
        sql.bind(scope.company.to_string()).push(self.hold_rows());
        let rows = self.query(sql).await?;
        rows.first().map(Company::read).ok_or_else(|| StoreError::not_found("company", scope.company))?
    }

    /// All nouns within the scope, by name.
    pub(super) async fn all<N: Noun>(&mut self, scope: &Scope) -> Result<Vec<N>> {
        many(&self.query(select_all::<N>(scope)).await?)
    }

    /// The one noun that `key` means within the scope.
    pub(super) async fn one<N: Noun>(&mut self, scope: &Scope, key: &Key) -> Result<N> {
        single(&self.query(select_one::<N>(scope, key)).await?, key)
    }

    /// The one noun that `key` means, if the scope allows to change it.
    pub(super) async fn one_to_change<N: Noun>(&mut self, scope: &Scope, key: &Key) -> Result<N> {
        let noun: N = self.one(scope, key).await?;
        scope.admit(N::WHAT, &noun.owner())?;
        Ok(noun)
    }

    /// Writes a new noun.
    pub(super) async fn insert<N: Noun>(&mut self, scope: &Scope, noun: &N) -> Result<()> {
        scope.admit(N::WHAT, &noun.owner())?;
        let columns: Vec<&str> = ["id", "company_id"].iter().chain(N::COLUMNS).copied().collect();
        let mut values = vec![Value::from(noun.id().to_string()), Value::from(scope.company.to_string())];
        values.extend(noun.values());
        let sql = Sql::insert(N::TABLE, &columns, [values]);
        self.execute(sql).await.map_err(|error| taken::<N>(noun, error))?;
        self.insert_links(noun).await
    }

    /// Writes a noun that was changed.
    pub(super) async fn update<N: Noun>(&mut self, scope: &Scope, noun: &N) -> Result<()> {
        scope.admit(N::WHAT, &noun.owner())?;
        let mut sql = Sql::new(&format!("UPDATE {} SET ", N::TABLE));
        for (at, (column, value)) in N::COLUMNS.iter().zip(noun.values()).enumerate() {
            sql.push(if at == 0 { "" } else { ", " }).push(column).push(" = ").bind(value);
        }
        sql.push(" WHERE id = ").bind(noun.id().to_string());
        self.execute(sql).await.map_err(|error| taken::<N>(noun, error))?;
        if let Some(links) = noun.links() {
            let mut sql = Sql::new(&format!("DELETE FROM {} WHERE {} = ", links.table, links.owner));
            sql.bind(noun.id().to_string());
            self.execute(sql).await?;
        }
        self.insert_links(noun).await
    }

    /// Removes a noun and what belongs to it alone.
    pub(super) async fn delete<N: Noun>(&mut self, noun: &N) -> Result<()> {
        let mut sql = Sql::new(&format!("DELETE FROM {} WHERE id = ", N::TABLE));
        sql.bind(noun.id().to_string());
        self.execute(sql).await.map_err(|error| match error.as_database_error() {
            Some(refused) if refused.is_foreign_key_violation() => StoreError::conflict(
                format!("the {} `{}` is still in use", N::WHAT, noun.name()),
                "first remove what belongs to it: numbers, groups, widgets, trunks, tokens and users' roles",
            ),
            _ => error.into(),
        })?;
        Ok(())
    }

    async fn insert_links<N: Noun>(&mut self, noun: &N) -> Result<()> {
        let Some(links) = noun.links() else { return Ok(()) };
        let columns: Vec<&str> = [links.owner].iter().chain(links.columns).copied().collect();
        let id = Value::from(noun.id().to_string());
        for piece in pieces(&links.rows) {
            let rows = piece.iter().map(|row| [vec![id.clone()], row.clone()].concat());
            self.execute(Sql::insert(links.table, &columns, rows)).await?;
        }
        Ok(())
    }
}

/// The error for a row whose name (or other unique value) another row has.
fn taken<N: Noun>(noun: &N, error: sqlx::Error) -> StoreError {
    let Some(refused) = error.as_database_error().filter(|refused| refused.is_unique_violation()) else {
        return error.into();
    };
    // SQLite names the columns ("users.name"), PostgreSQL the constraint ("users_company_id_name_key").
    let message = refused.message();
    let names = |column: &&&str| match refused.constraint() {
        Some(constraint) => constraint.ends_with(&format!("_{column}_key")),
        None => message.ends_with(&format!("{}.{column}", N::TABLE)),
    };
    let unique = N::COLUMNS.iter().find(names).copied().unwrap_or(N::NAMES[0]);
    let what = match unique == N::NAMES[0] {
        true => format!("there is a {} `{}` already", N::WHAT, noun.name()),
        false => format!("another {} has this {unique} already", N::WHAT),
    };
    StoreError::conflict(what, format!("choose another {unique}, or change the {} that has it", N::WHAT))
}
