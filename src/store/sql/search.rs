//! How sessions are found by what was written about them.

use std::collections::{BTreeMap, BTreeSet};

use super::Tx;
use super::statement::{Sql, Value, containing, pieces};
use crate::id::SessionId;
use crate::matching::keys::words_of;
use crate::store::session_work::folded;
use crate::store::{Scope, Session, SessionEvent, SessionFilter, StoreError};

type Result<T> = std::result::Result<T, StoreError>;

/// Words of a search that count.
const WORDS: usize = 8;
/// Words of one message by which its session is found: as many as the longest one has, if they are words.
const MESSAGE_WORDS: usize = 700;
/// What is behind all texts that begin alike.
const LAST: char = char::MAX;
const WORD_COLUMNS: [&str; 4] = ["session_id", "source", "word", "company_id"];

impl Tx {
    /// From now on the session is found by the words of this text, and no more by those that stood here before.
    pub(super) async fn index(
        &mut self,
        scope: &Scope,
        session: SessionId,
        source: &str,
        text: &str,
    ) -> Result<()> {
        let mut sql = Sql::new("DELETE FROM session_words WHERE session_id = ");
        sql.bind(session.to_string()).push(" AND source = ").bind(source);
        sql.push(" AND company_id = ").bind(scope.company.to_string());
        self.execute(sql).await?;
        let words = words_of(text).into_iter().collect();
        self.add_words(scope, source, [(session, words)].into()).await
    }

    /// Sessions that are over are found by the words of the caller's name and of the dialplan's tags.
    pub(super) async fn index_calls(
        &mut self,
        scope: &Scope,
        sessions: impl Iterator<Item = &Session>,
    ) -> Result<()> {
        let words = sessions.map(|session| {
            let texts = session.from_name.iter().chain(&session.tags);
            (session.id, texts.flat_map(|text| words_of(text)).collect())
        });
        self.add_words(scope, "call", words.collect()).await
    }

    /// Sessions are found by the words of what was written in them.
    pub(super) async fn index_messages<'a>(
        &mut self,
        scope: &Scope,
        events: impl Iterator<Item = &'a SessionEvent>,
    ) -> Result<()> {
        let mut sessions: BTreeMap<SessionId, BTreeSet<String>> = BTreeMap::new();
        for event in events {
            if let Some(message) = event.message() {
                let words = words_of(message.text).into_iter().take(MESSAGE_WORDS);
                sessions.entry(event.session).or_default().extend(words);
            }
        }
        self.add_words(scope, "messages", sessions).await
    }

    /// Sessions are found by these words besides those by which they are found already.
    async fn add_words(
        &mut self,
        scope: &Scope,
        source: &str,
        words: BTreeMap<SessionId, BTreeSet<String>>,
    ) -> Result<()> {
        let company = scope.company.to_string();
        let row = |session: SessionId, word| {
            vec![session.to_string().into(), source.into(), Value::from(word), company.as_str().into()]
        };
        let mut rows = vec![];
        for (session, words) in words {
            rows.extend(words.into_iter().map(|word| row(session, word)));
        }
        for piece in pieces(&rows) {
            let mut sql = Sql::insert("session_words", &WORD_COLUMNS, piece.to_vec());
            sql.push(" ON CONFLICT DO NOTHING");
            self.execute(sql).await?;
        }
        Ok(())
    }
}

/// Narrows a list of sessions (named `t`) to those with a client, a tag, words.
pub(super) fn narrow(sql: &mut Sql, scope: &Scope, filter: &SessionFilter) {
    if let Some(contact) = filter.contact {
        sql.push(" AND t.id IN (SELECT c.session_id FROM session_clients c WHERE c.contact_id = ");
        sql.bind(contact.to_string()).push(")");
    }
    if let Some(tag) = &filter.tag {
        with_tag(sql, tag);
    }
    for word in filter.text.as_deref().map(sought).unwrap_or_default() {
        with_word(sql, scope, &word);
    }
}

/// What the dialplan marked is found in the session itself, by its letters or by small ones.
fn with_tag(sql: &mut Sql, tag: &str) {
    let tag = tag.split_whitespace().collect::<Vec<_>>().join(" ");
    let quoted = serde_json::to_string(&tag).unwrap_or_default();
    sql.push(" AND (t.id IN (SELECT s.session_id FROM session_tags s WHERE s.folded = ").bind(folded(&tag));
    sql.push(" AND s.origin <> 'removed') OR ((t.tags LIKE ").bind(containing(&quoted));
    sql.push(" ESCAPE '\\' OR LOWER(t.tags) LIKE ").bind(containing(&folded(&quoted)));
    sql.push(" ESCAPE '\\') AND NOT EXISTS (SELECT 1 FROM session_tags s WHERE s.session_id = t.id AND s.folded = ");
    sql.bind(folded(&tag)).push(" AND s.origin = 'removed')))");
}

/// The words that were typed; a number is one, however it was written.
fn sought(typed: &str) -> Vec<String> {
    let typed = typed.trim();
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let is_number = typed.chars().all(|c| c.is_ascii_digit() || "+ .-()/".contains(c));
    if is_number && digits.len() > 2 {
        let plain = digits.trim_start_matches('0').to_owned();
        return if plain.is_empty() { vec![] } else { vec![plain] };
    }
    typed.split_whitespace().take(WORDS).map(str::to_owned).collect()
}

/// Numbers, the caller's name and tags of the dialplan contain it; messages, what operators noted, and the client's
/// contact, have a word that begins with it.
fn with_word(sql: &mut Sql, scope: &Scope, word: &str) {
    sql.push(" AND (1 = 0");
    for (at, column) in ["t.caller", "t.dialled", "t.caller_name", "t.tags"].into_iter().enumerate() {
        let pattern = containing(&if at < 2 { word.to_owned() } else { word.to_lowercase() });
        let column = if at < 2 { column.to_owned() } else { format!("LOWER({column})") };
        sql.push(" OR ").push(&column).push(" LIKE ").bind(&pattern).push(" ESCAPE '\\'");
    }
    let words = words_of(word);
    if !words.is_empty() {
        sql.push(" OR (1 = 1");
    }
    for one in &words {
        let end = format!("{one}{LAST}");
        sql.push(" AND (t.id IN (SELECT w.session_id FROM session_words w WHERE w.company_id = ");
        sql.bind(scope.company.to_string()).push(" AND w.word >= ").bind(one);
        sql.push(" AND w.word < ")
            .bind(&end)
            .push(") OR t.id IN (SELECT c.session_id FROM contact_keys k JOIN session_clients c");
        sql.push(" ON c.contact_id = k.contact_id WHERE k.kind = 'word' AND k.value >= ").bind(one);
        sql.push(" AND k.value < ").bind(&end).push("))");
    }
    sql.push(if words.is_empty() { ")" } else { "))" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_word_however_it_is_written() {
        assert_eq!(sought(" 00420 777-123 456 "), ["420777123456"]);
        assert_eq!(sought("Jan 777"), ["Jan", "777"]);
        assert_eq!(sought("  "), [""; 0]);
        assert_eq!(sought("000"), [""; 0], "nothing but zeros narrows nothing");
    }
}
