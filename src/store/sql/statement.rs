//! A statement and its values, in the part of SQL that both databases understand.

use serde::Serialize;

/// A value of a statement. Absent values keep their type, because PostgreSQL asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) enum Value {
    /// Text, ids and JSON.
    Text(Option<String>),
    /// Numbers, times and flags.
    Int(Option<i64>),
}

impl Value {
    /// A list or map as JSON text.
    pub(in crate::store) fn json(value: &impl Serialize) -> Self {
        Self::from(serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()))
    }
}

impl From<Option<String>> for Value {
    /// PostgreSQL cannot store NUL in text; what a phone sends may contain it.
    fn from(text: Option<String>) -> Self {
        Self::Text(text.map(|text| match text.contains('\0') {
            true => text.replace('\0', "\u{fffd}"),
            false => text,
        }))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Some(text).into()
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        i64::from(number).into()
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        i64::from(flag).into()
    }
}

/// A statement under construction. Text from outside only ever enters it as a bound value.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Sql {
    /// With a `?` in the place of each value, in order, and nowhere else.
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Sql {
    /// A statement that begins with this text.
    pub(in crate::store) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// Appends text of our own.
    pub(in crate::store) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends the place of a value.
    pub(in crate::store) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.push("?")
    }

    /// The text as PostgreSQL wants it: `$1`, `$2`, … in the places of the values.
    ///
    /// SQLite takes numbers too, but they are names to it: sqlx asks for the name of each place, and SQLite looks for
    /// it from the first on, so that the work grows with the square of the values.
    pub(super) fn numbered(&self) -> String {
        let mut text = String::with_capacity(self.text.len() + 3 * self.values.len());
        for (at, part) in self.text.split('?').enumerate() {
            if at > 0 {
                text.push_str(&format!("${at}"));
            }
            text.push_str(part);
        }
        text
    }

    /// Appends the places of several values, separated by commas.
    pub(in crate::store) fn bind_list<V: Into<Value>>(
        &mut self,
        values: impl IntoIterator<Item = V>,
    ) -> &mut Self {
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self
    }

    /// `INSERT INTO table (columns) VALUES (…), (…)`; the table is named `t` for what follows.
    pub(super) fn insert(table: &str, columns: &[&str], rows: impl IntoIterator<Item = Vec<Value>>) -> Self {
        let mut sql = Self::new(&format!("INSERT INTO {table} AS t ({}) VALUES ", columns.join(", ")));
        for (at, row) in rows.into_iter().enumerate() {
            sql.push(if at > 0 { ", (" } else { "(" }).bind_list(row).push(")");
        }
        sql
    }

    /// Appends the clause that turns an insert of a row that exists into an update.
    pub(super) fn or_update(&mut self, key: &[&str], columns: &[&str]) -> &mut Self {
        let others = columns.iter().filter(|column| !key.contains(column));
        let changes: Vec<String> = others.map(|column| format!("{column} = excluded.{column}")).collect();
        self.push(&format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), changes.join(", ")))
    }
}

/// The pattern of LIKE (with `ESCAPE '\'`) for whatever contains this text.
pub(super) fn containing(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// Most rows in one statement: the longest one of the widest table stays under the 32,766 values that SQLite takes.
const ROWS_MAX: usize = 128;

/// Cuts rows into pieces for one statement each. Their lengths are powers of two, so that few
/// different statements have to be prepared.
pub(super) fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = 1 << rows.len().checked_ilog2()?;
        let (piece, rest) = rows.split_at(ROWS_MAX.min(length));
        rows = rest;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_powers_of_two_and_lose_nothing() {
        let rows: Vec<u32> = (0..279).collect();
        let lengths: Vec<usize> = pieces(&rows).map(<[u32]>::len).collect();
        assert_eq!(lengths, [128, 128, 16, 4, 2, 1]);
        assert_eq!(pieces(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        assert_eq!(pieces::<u32>(&[]).count(), 0);
    }

    #[test]
    fn an_insert_numbers_its_values_through() {
        let mut sql =
            Sql::insert("x", &["a", "b"], [vec![1_u32.into(), "p".into()], vec![2_u32.into(), "q".into()]]);
        sql.or_update(&["a"], &["a", "b"]);
        assert_eq!(
            sql.numbered(),
            "INSERT INTO x AS t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT (a) DO UPDATE SET b = excluded.b"
        );
        assert_eq!(sql.values.len(), 4);
    }

    #[test]
    fn nul_in_text_is_replaced() {
        assert_eq!(Value::from("a\0b"), Value::Text(Some("a\u{fffd}b".into())));
    }
}
