//! What operators take down about a session: tags, notes, what it led to, parameters.

use crate::id::{NoteId, UserId};
use crate::store::sql::Row;
use crate::store::{StoreError, field};
use crate::time::UnixMs;

type Result<T> = std::result::Result<T, StoreError>;

/// Tags that one session has at most, besides those of the dialplan.
pub(super) const MOST_TAGS: usize = 50;
/// Notes that one session has at most.
pub(super) const MOST_NOTES: usize = 200;
/// Parameters that one session has at most, besides those of the dialplan.
pub(super) const MOST_PARAMETERS: usize = 50;
/// The longest tag, result, keyword or name of a parameter, in characters.
const WORD_MAX: usize = 40;
/// The longest note, in characters.
const NOTE_MAX: usize = 2_000;

/// Who set a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagBy {
    /// An operator, or a program.
    Operator,
    /// A word of a note.
    Keyword,
    /// Nobody: an operator took it off, and it stays off whatever dialplans and keywords say.
    Removed,
}

impl TagBy {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Keyword => "keyword",
            Self::Removed => "removed",
        }
    }
}

/// A tag of a session that operators or their notes set, or that one of them took off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionTag {
    /// The word.
    pub name: String,
    /// Who set it.
    pub by: TagBy,
}

/// What somebody wrote about a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// Who wrote it, by the name for people, as it was then.
    pub author: String,
    /// The user; a program is none.
    pub user: Option<UserId>,
    /// When it was written.
    pub at: UnixMs,
    /// What it says.
    pub text: String,
}

/// What was taken down about a session. What the dialplan set is told by its events, and not here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionWork {
    /// Tags, in the order in which they were set.
    pub tags: Vec<SessionTag>,
    /// Notes, the oldest first.
    pub notes: Vec<Note>,
    /// What it led to.
    pub result: Option<String>,
    /// Parameters by name.
    pub parameters: Vec<(String, String)>,
}

/// What is done about a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkChange {
    /// A tag is set.
    Tag {
        /// The word.
        name: String,
        /// Who sets it; a program is none.
        by: Option<UserId>,
    },
    /// A tag is taken off.
    Untag {
        /// The word.
        name: String,
        /// Whether the dialplan set it.
        by_dialplan: bool,
    },
    /// A note is written.
    Note {
        /// The author's name for people.
        author: String,
        /// Who it is; a program is none.
        by: Option<UserId>,
        /// What it says.
        text: String,
    },
    /// A note is written anew.
    Rewrite {
        /// Which one.
        note: NoteId,
        /// Only if it is this user's; anybody's if none.
        of: Option<UserId>,
        /// What it says now.
        text: String,
    },
    /// A note is removed.
    Forget {
        /// Which one.
        note: NoteId,
        /// Only if it is this user's; anybody's if none.
        of: Option<UserId>,
    },
    /// What the session led to: one of the tenant's results; none takes it back.
    Result(Option<String>),
    /// A parameter is set; an empty value takes it away.
    Parameter {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
}

/// The one form of what is the same but for capital letters.
pub fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// A short text for people: not empty, with single spaces.
pub(super) fn word(field: &'static str, text: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err(StoreError::invalid(field, "is empty", "write what people should read"));
    }
    match text.chars().count() > WORD_MAX || text.chars().any(char::is_control) {
        true => {
            let help = format!("use at most {WORD_MAX} printable characters");
            Err(StoreError::invalid(field, format!("`{}` is not accepted", field::shortened(&text)), help))
        }
        false => Ok(text),
    }
}

/// A text of several lines, not empty.
pub(super) fn lines(field: &'static str, text: &str, longest: usize) -> Result<String> {
    let text = field::prose(field, text, longest)?;
    match text.is_empty() {
        true => Err(StoreError::invalid(field, "is empty", "write what people should read")),
        false => Ok(text),
    }
}

/// The text of a note.
pub(super) fn note(text: &str) -> Result<String> {
    lines("text", text, NOTE_MAX)
}

/// The result of the tenant's list that is meant.
pub(super) fn result(list: &[String], text: &str) -> Result<String> {
    let sought = folded(text.trim());
    if let Some(found) = list.iter().find(|known| folded(known) == sought) {
        return Ok(found.clone());
    }
    let what = format!("`{}` is no result of calls here", field::shortened(text.trim()));
    let help = match list.is_empty() {
        true => {
            "the tenant has none; its administrator sets them: `hovor tenant set NAME --call-result Solved`"
                .to_owned()
        }
        false => format!("choose one of `{}`", list.join("`, `")),
    };
    Err(StoreError::invalid("result", what, help))
}

impl SessionTag {
    pub(super) fn read(row: &Row) -> Result<Self> {
        let by = match row.text("origin")?.as_str() {
            "operator" => TagBy::Operator,
            "keyword" => TagBy::Keyword,
            "removed" => TagBy::Removed,
            _ => return Err(Row::nonsense("origin")),
        };
        Ok(Self { name: row.text("name")?, by })
    }
}

impl Note {
    pub(super) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.id("id").map(NoteId)?,
            author: row.text("author")?,
            user: row.optional_id("user_id")?.map(UserId),
            at: row.int("at_ms").map(UnixMs)?,
            text: row.text("text")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_single_spaces_and_an_end() {
        assert_eq!(word("name", "  call \t back ").unwrap(), "call back");
        assert!(word("name", " ").is_err());
        assert!(word("name", &"x".repeat(40)).is_ok());
        assert!(word("name", &"x".repeat(41)).unwrap_err().to_string().contains("40"));
    }

    #[test]
    fn a_result_is_one_of_the_list_and_the_error_names_it() {
        let list = ["Solved".to_owned(), "Call back".to_owned()];
        assert_eq!(result(&list, " call BACK ").unwrap(), "Call back");
        let error = result(&list, "Won").unwrap_err().to_string();
        assert!(error.contains("`Won`") && error.contains("`Solved`, `Call back`"), "{error}");
        assert!(result(&[], "Won").unwrap_err().to_string().contains("--call-result"));
    }
}
