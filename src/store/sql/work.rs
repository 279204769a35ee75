//! What operators take down about sessions.

use std::collections::BTreeSet;

use super::statement::{Sql, Value};
use super::{SqlStore, Tx, table};
use crate::id::{NoteId, SessionId, TenantId, UserId};
use crate::matching::keys::words_of;
use crate::store::scope::Reach;
use crate::store::session_work::{self as rules, MOST_NOTES, MOST_PARAMETERS, MOST_TAGS, folded};
use crate::store::{Note, Scope, SessionTag, SessionWork, StoreError, Tag, TagBy, Tenant, WorkChange};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// The session that is worked on, by whom that may do it.
struct Work<'a> {
    scope: &'a Scope,
    session: SessionId,
    tenant: Option<TenantId>,
    now: UnixMs,
}

impl SqlStore {
    pub(super) async fn read_session_work(&self, scope: &Scope, session: SessionId) -> Result<SessionWork> {
        let tags = self.db.query(of(scope, "session_tags", session, " ORDER BY t.at_ms, t.folded")).await?;
        let notes = self.db.query(of(scope, "session_notes", session, " ORDER BY t.id")).await?;
        let results = self.db.query(of(scope, "session_results", session, "")).await?;
        let parameters = of(scope, "session_parameters", session, " ORDER BY t.folded");
        let parameters = self.db.query(parameters).await?;
        Ok(SessionWork {
            tags: tags.iter().map(SessionTag::read).collect::<Result<_>>()?,
            notes: notes.iter().map(Note::read).collect::<Result<_>>()?,
            result: results.first().map(|row| row.text("result")).transpose()?,
            parameters: parameters
                .iter()
                .map(|row| Ok((row.text("name")?, row.text("value")?)))
                .collect::<Result<_>>()?,
        })
    }

    pub(super) async fn write_session_work(
        &self,
        scope: &Scope,
        session: SessionId,
        tenant: Option<TenantId>,
        change: WorkChange,
    ) -> Result<SessionWork> {
        scope.admit("session", &tenant.into())?;
        let work = Work { scope, session, tenant, now: Self::now() };
        let mut tx = self.db.begin().await?;
        match change {
            WorkChange::Tag { name, by } => tx.set_tag(&work, &name, TagBy::Operator, by).await?,
            WorkChange::Untag { name, by_dialplan } => tx.take_tag_off(&work, &name, by_dialplan).await?,
            WorkChange::Note { author, by, text } => {
                let note = Note {
                    id: self.id(NoteId::new),
                    author,
                    user: by,
                    at: work.now,
                    text: rules::note(&text)?,
                };
                tx.add_note(&work, note).await?;
            }
            WorkChange::Rewrite { note, of, text } => tx.rewrite_note(&work, note, of, &text).await?,
            WorkChange::Forget { note, of } => tx.forget_note(&work, note, of).await?,
            WorkChange::Result(result) => tx.set_result(&work, result).await?,
            WorkChange::Parameter { name, value } => tx.set_parameter(&work, &name, &value).await?,
        }
        tx.commit().await?;
        self.read_session_work(scope, session).await
    }
}

impl Tx {
    async fn set_tag(&mut self, work: &Work<'_>, name: &str, by: TagBy, user: Option<UserId>) -> Result<()> {
        let name = rules::word("name", name)?;
        let known = self.tags_of(work).await?;
        let same = known.iter().find(|tag| folded(&tag.name) == folded(&name));
        if same.is_some_and(|tag| tag.by != TagBy::Removed || by == TagBy::Keyword) {
            return Ok(());
        }
        if same.is_none() && known.len() >= MOST_TAGS {
            let what = format!("the session has had {MOST_TAGS} tags already, which is the most");
            return Err(StoreError::invalid("name", what, "write what else is to be known into a note"));
        }
        // As the catalogue writes it.
        let catalogue = self.catalogue(work).await?;
        let listed = catalogue.into_iter().find(|tag| folded(&tag.name) == folded(&name));
        let name = listed.map_or(name, |tag| tag.name);
        self.write_tag(work, &name, by, user).await?;
        self.count_use(work, &name, user, 1).await?;
        self.write_words(work, &source_of(&name), &name).await
    }

    async fn take_tag_off(&mut self, work: &Work<'_>, name: &str, by_dialplan: bool) -> Result<()> {
        let name = rules::word("name", name)?;
        let mut sql = of(work.scope, "session_tags", work.session, " AND t.folded = ");
        sql.bind(folded(&name)).push(self.hold_rows());
        let row = self.query(sql).await?.into_iter().next();
        let was = row.as_ref().map(SessionTag::read).transpose()?;
        match was {
            None if !by_dialplan => return Ok(()),
            Some(SessionTag { by: TagBy::Removed, .. }) => return Ok(()),
            None | Some(_) => {}
        }
        if let Some(row) = row {
            self.count_use(work, &name, row.text("user_id")?.parse().ok(), -1).await?;
        }
        self.write_tag(work, &name, TagBy::Removed, None).await?;
        self.write_words(work, &source_of(&name), "").await
    }

    async fn tags_of(&mut self, work: &Work<'_>) -> Result<Vec<SessionTag>> {
        let sql = of(work.scope, "session_tags", work.session, " ORDER BY t.folded");
        self.query(sql).await?.iter().map(SessionTag::read).collect()
    }

    async fn catalogue(&mut self, work: &Work<'_>) -> Result<Vec<Tag>> {
        let Some(tenant) = work.tenant else { return Ok(vec![]) };
        let mut sql = table::select::<Tag>(work.scope);
        sql.push(" AND t.tenant_id = ").bind(tenant.to_string()).push(" ORDER BY t.folded");
        table::many(&self.query(sql).await?)
    }

    async fn write_tag(
        &mut self,
        work: &Work<'_>,
        name: &str,
        by: TagBy,
        user: Option<UserId>,
    ) -> Result<()> {
        let rest = vec![
            Value::from(folded(name)),
            Value::from(name),
            Value::from(by.as_str()),
            Value::from(user.map(|id| id.to_string()).unwrap_or_default()),
            Value::from(work.now.0),
        ];
        let columns = ["folded", "name", "origin", "user_id", "at_ms"];
        self.write(work, "session_tags", &["session_id", "folded"], &columns, rest).await
    }

    /// Counts that somebody set a tag once more, or once less.
    async fn count_use(
        &mut self,
        work: &Work<'_>,
        name: &str,
        user: Option<UserId>,
        more: i64,
    ) -> Result<()> {
        let Some(tenant) = work.tenant else { return Ok(()) };
        let user = user.map(|id| id.to_string()).unwrap_or_default();
        let row = vec![
            tenant.to_string().into(),
            folded(name).into(),
            user.into(),
            name.into(),
            more.max(0).into(),
        ];
        let columns = ["tenant_id", "folded", "user_id", "name", "uses"];
        let mut sql = Sql::insert("tag_uses", &columns, [row]);
        sql.push(
            " ON CONFLICT (tenant_id, folded, user_id) DO UPDATE SET name = excluded.name, uses = t.uses + ",
        );
        sql.bind(more);
        self.execute(sql).await?;
        Ok(())
    }

    async fn add_note(&mut self, work: &Work<'_>, note: Note) -> Result<()> {
        let mut sql = Sql::new("SELECT COUNT(*) AS notes FROM session_notes t WHERE t.session_id = ");
        sql.bind(work.session.to_string());
        let count = self.query(sql).await?.first().map(|row| row.int("notes")).transpose()?;
        if count.is_some_and(|count| count >= MOST_NOTES as i64) {
            let what = format!("the session has {MOST_NOTES} notes already, which is the most");
            return Err(StoreError::invalid("text", what, "add to a note that is there, or remove one"));
        }
        self.write_note(work, &note).await
    }

    async fn rewrite_note(
        &mut self,
        work: &Work<'_>,
        id: NoteId,
        of: Option<UserId>,
        text: &str,
    ) -> Result<()> {
        let note = self.note_to_change(work, id, of).await?;
        self.write_note(work, &Note { text: rules::note(text)?, ..note }).await
    }

    async fn write_note(&mut self, work: &Work<'_>, note: &Note) -> Result<()> {
        let rest = vec![
            Value::from(note.id.to_string()),
            Value::from(note.user.map(|id| id.to_string())),
            Value::from(&note.author),
            Value::from(note.at.0),
            Value::from(&note.text),
        ];
        let columns = ["id", "user_id", "author", "at_ms", "text"];
        self.write(work, "session_notes", &["id"], &columns, rest).await?;
        self.write_words(work, &note.id.to_string(), &note.text).await?;
        let words = words_of(&note.text);
        for tag in self.catalogue(work).await?.into_iter().filter(|tag| tag.is_named_in(&words)) {
            // A note is not refused because it names too many of them.
            match self.set_tag(work, &tag.name, TagBy::Keyword, None).await {
                Err(StoreError::Invalid { .. }) => break,
                done => done?,
            }
        }
        Ok(())
    }

    async fn forget_note(&mut self, work: &Work<'_>, id: NoteId, of: Option<UserId>) -> Result<()> {
        self.note_to_change(work, id, of).await?;
        let mut sql = Sql::new("DELETE FROM session_notes WHERE id = ");
        sql.bind(id.to_string());
        self.execute(sql).await?;
        self.write_words(work, &id.to_string(), "").await
    }

    /// A note of the session; if it may be only a user's own, that.
    async fn note_to_change(&mut self, work: &Work<'_>, id: NoteId, user: Option<UserId>) -> Result<Note> {
        let mut sql = of(work.scope, "session_notes", work.session, " AND t.id = ");
        sql.bind(id.to_string()).push(self.hold_rows());
        let note = self.query(sql).await?.first().map(Note::read).transpose()?;
        let note = note.ok_or_else(|| StoreError::not_found("note", id))?;
        match user.is_some() && user != note.user {
            true => Err(StoreError::forbidden(
                format!("the note is by {}", note.author),
                "write one of your own, or ask a supervisor to change it",
            )),
            false => Ok(note),
        }
    }

    async fn set_result(&mut self, work: &Work<'_>, result: Option<String>) -> Result<()> {
        let Some(result) = result.filter(|text| !text.trim().is_empty()) else {
            self.remove(work, "session_results", None).await?;
            return self.write_words(work, "result", "").await;
        };
        let list = match work.tenant {
            Some(tenant) => self.one::<Tenant>(work.scope, &tenant.into()).await?.call_results,
            None => vec![],
        };
        let result = rules::result(&list, &result)?;
        let rest = vec![Value::from(&result)];
        self.write(work, "session_results", &["session_id"], &["result"], rest).await?;
        self.write_words(work, "result", &result).await
    }

    async fn set_parameter(&mut self, work: &Work<'_>, name: &str, value: &str) -> Result<()> {
        let name = rules::word("name", name)?;
        let value = crate::store::contact::text("value", value)?;
        let source = format!("parameter {}", folded(&name));
        if value.is_empty() {
            self.remove(work, "session_parameters", Some(&folded(&name))).await?;
            return self.write_words(work, &source, "").await;
        }
        let sql = of(work.scope, "session_parameters", work.session, "");
        let known = self.query(sql).await?;
        let known = known.iter().map(|row| row.text("folded")).collect::<Result<BTreeSet<_>>>()?;
        if known.len() >= MOST_PARAMETERS && !known.contains(&folded(&name)) {
            let what = format!("the session has {MOST_PARAMETERS} parameters already, which is the most");
            return Err(StoreError::invalid("name", what, "first take one away, by an empty value"));
        }
        let rest = vec![Value::from(folded(&name)), Value::from(&name), Value::from(&value)];
        let columns = ["folded", "name", "value"];
        self.write(work, "session_parameters", &["session_id", "folded"], &columns, rest).await?;
        self.write_words(work, &source, &value).await
    }

    /// Writes a row of the session, or changes the one that is there.
    async fn write(
        &mut self,
        work: &Work<'_>,
        table: &str,
        key: &[&str],
        columns: &[&str],
        rest: Vec<Value>,
    ) -> Result<()> {
        let columns = [&["session_id", "company_id", "tenant_id"], columns].concat();
        let mut row = vec![
            Value::from(work.session.to_string()),
            Value::from(work.scope.company.to_string()),
            Value::from(work.tenant.map(|id| id.to_string())),
        ];
        row.extend(rest);
        let mut sql = Sql::insert(table, &columns, [row]);
        sql.or_update(key, &columns).push(" WHERE ");
        work.scope.condition(&mut sql, Reach::Tenant);
        match self.execute(sql).await? {
            1 => Ok(()),
            _ => Err(StoreError::not_found("session", work.session)),
        }
    }

    async fn remove(&mut self, work: &Work<'_>, table: &str, folded: Option<&str>) -> Result<()> {
        let mut sql = Sql::new(&format!("DELETE FROM {table} AS t WHERE "));
        work.scope.condition(&mut sql, Reach::Tenant);
        sql.push(" AND t.session_id = ").bind(work.session.to_string());
        if let Some(folded) = folded {
            sql.push(" AND t.folded = ").bind(folded);
        }
        self.execute(sql).await?;
        Ok(())
    }

    async fn write_words(&mut self, work: &Work<'_>, source: &str, text: &str) -> Result<()> {
        self.index(work.scope, work.session, source, text).await
    }
}

fn source_of(tag: &str) -> String {
    format!("tag {}", folded(tag))
}

/// Selects what there is of a session in a table, within the scope.
fn of(scope: &Scope, table: &str, session: SessionId, more: &str) -> Sql {
    let mut sql = Sql::new(&format!("SELECT t.* FROM {table} t WHERE "));
    scope.condition(&mut sql, Reach::Tenant);
    sql.push(" AND t.session_id = ").bind(session.to_string()).push(more);
    sql
}
