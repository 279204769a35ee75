//! Two contacts become one, and are parted again.

use crate::id::{ContactId, SessionId};
use crate::store::sql::{Row, Value};
use crate::store::{Contact, Entry, Merged, StoreError};
use crate::time::UnixMs;

/// What is kept so that a merge can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Merge {
    /// The contact that became part of the other.
    pub(super) other: Contact,
    /// The whole, as it was before.
    pub(super) before: Contact,
    /// The whole, as it was after.
    pub(super) after: Contact,
    /// The sessions that moved along.
    pub(super) sessions: Vec<SessionId>,
    /// When.
    pub(super) at: UnixMs,
}

impl Merge {
    /// What becomes of two contacts: the first one, with all of the second that it does not have itself.
    pub(super) fn of(before: Contact, other: Contact, sessions: Vec<SessionId>, at: UnixMs) -> Self {
        let mut after = before.clone();
        if after.organisation.is_empty() {
            after.organisation.clone_from(&other.organisation);
        }
        if !other.note.is_empty() && other.note != after.note {
            let gap = if after.note.is_empty() { "" } else { "\n" };
            after.note = format!("{}{gap}{}", after.note, other.note);
        }
        add(&mut after.phones, &other.phones, same_entry);
        add(&mut after.emails, &other.emails, same_entry);
        add(&mut after.identifiers, &other.identifiers, PartialEq::eq);
        after.changed_at = at;
        Self { other, before, after, sessions, at }
    }

    /// The whole without the part, as it is now: what it has of the part alone goes, what was added or changed since stays.
    /// `others` are those that are still part of it.
    pub(super) fn undone(&self, now: &Contact, others: &[Merge], at: UnixMs) -> Contact {
        let mut without = now.clone();
        without.merged.clear();
        if without == (Contact { merged: vec![], ..self.after.clone() }) {
            return self.before.clone();
        }
        let Self { before, after, .. } = self;
        without.phones = left(&now.phones, &before.phones, &after.phones, others, |c| &c.phones, same_entry);
        without.emails = left(&now.emails, &before.emails, &after.emails, others, |c| &c.emails, same_entry);
        without.identifiers = left(
            &now.identifiers,
            &before.identifiers,
            &after.identifiers,
            others,
            |contact| &contact.identifiers,
            PartialEq::eq,
        );
        if now.organisation == after.organisation {
            without.organisation.clone_from(&before.organisation);
        }
        if now.note == after.note {
            without.note.clone_from(&before.note);
        }
        without.changed_at = at;
        without
    }

    /// As it is listed with the whole.
    pub(super) fn listed(&self) -> Merged {
        Merged { id: self.other.id, name: self.other.name.clone(), at: self.at }
    }

    pub(super) fn values(&self, company: &str) -> Vec<Value> {
        vec![
            Value::from(self.other.id.to_string()),
            Value::from(company),
            Value::from(self.before.tenant.to_string()),
            Value::from(self.before.id.to_string()),
            Value::from(self.at.0),
            Value::json(&self.other),
            Value::json(&self.before),
            Value::json(&self.after),
            Value::json(&self.sessions),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            other: row.json("other")?,
            before: row.json("before")?,
            after: row.json("after")?,
            sessions: row.json("sessions")?,
            at: row.int("at_ms").map(UnixMs)?,
        })
    }

    /// The contact into which the part went.
    pub(super) fn whole(&self) -> ContactId {
        self.before.id
    }
}

/// The columns of a merge, in the order of [`Merge::values`].
pub(super) const COLUMNS: &[&str] =
    &["other_id", "company_id", "tenant_id", "into_id", "at_ms", "other", "before", "after", "sessions"];

fn same_entry(one: &Entry, other: &Entry) -> bool {
    one.value.eq_ignore_ascii_case(&other.value)
}

fn add<T: Clone>(list: &mut Vec<T>, more: &[T], same: impl Fn(&T, &T) -> bool) {
    for new in more {
        if !list.iter().any(|known| same(known, new)) {
            list.push(new.clone());
        }
    }
}

/// What is left of a list without what came by a merge alone.
fn left<T: Clone>(
    now: &[T],
    before: &[T],
    after: &[T],
    others: &[Merge],
    list: impl Fn(&Contact) -> &Vec<T>,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<T> {
    let among = |all: &[T], one: &T| all.iter().any(|known| same(known, one));
    let came = |one: &T| among(after, one) && !among(before, one);
    let of_others = |one: &T| others.iter().any(|merge| among(list(&merge.other), one));
    now.iter().filter(|one| !came(one) || of_others(one)).cloned().collect()
}
