//! The words with which a tenant marks sessions.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{TagId, TenantId};
use crate::matching::keys::words_of;
use crate::store::scope::{Owner, Reach};
use crate::store::session_work::{folded, word};
use crate::store::sql::{Noun, Row, Value};
use crate::store::{Key, StoreError, field};

type Result<T> = std::result::Result<T, StoreError>;

/// Tags in the catalogue of one tenant.
pub(super) const MOST_TAGS: usize = 500;
/// Keywords of one tag.
const MOST_KEYWORDS: usize = 30;

/// How a tag is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "colours say what they are")]
pub enum Colour {
    Grey,
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Purple,
    Pink,
}

impl Colour {
    /// All of them, and their words.
    const ALL: [(Self, &'static str); 9] = [
        (Self::Grey, "grey"),
        (Self::Red, "red"),
        (Self::Orange, "orange"),
        (Self::Yellow, "yellow"),
        (Self::Green, "green"),
        (Self::Teal, "teal"),
        (Self::Blue, "blue"),
        (Self::Purple, "purple"),
        (Self::Pink, "pink"),
    ];

    /// The word for it, as in the API.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(colour, _)| *colour == self).map_or("grey", |(_, word)| word)
    }
}

impl FromStr for Colour {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|(_, word)| *word == text);
        found.map(|(colour, _)| *colour).ok_or_else(|| {
            let words = Self::ALL.map(|(_, word)| word).join(", ");
            let what = format!("`{}` is no colour of tags", field::shortened(text));
            StoreError::invalid("colour", what, format!("choose one of {words}"))
        })
    }
}

/// A word of the tenant's catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// The tenant whose sessions it marks.
    pub tenant: TenantId,
    /// The word, one of the tenant's whatever its letters.
    pub name: String,
    /// How it is painted; none: as any word that is not in the catalogue.
    pub colour: Option<Colour>,
    /// Words that, found in a note, set the tag by themselves.
    pub keywords: Vec<String>,
    /// How often operators, programs and keywords have set it.
    pub uses: i64,
}

/// What a new tag needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTag {
    /// The tenant, by name or id; may be left out by those who have one alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tenant: Option<Key>,
    /// At most 40 characters.
    pub name: String,
    /// `grey`, `red`, `orange`, `yellow`, `green`, `teal`, `blue`, `purple` or `pink`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// At most 30 words that, found in a note, set the tag by themselves; `refund*` is found in `refunded`, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
}

/// What changes of a tag; what is left out stays, `null` removes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagChange {
    /// Another name. Sessions that have it keep the one that they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another colour.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "field::nullable")]
    #[schema(value_type = Option<String>)]
    pub colour: Option<Option<String>>,
    /// All keywords anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keywords: Option<Vec<String>>,
}

impl Tag {
    pub(super) fn new(id: TagId, tenant: TenantId, new: NewTag) -> Result<Self> {
        Ok(Self {
            id,
            tenant,
            name: word("name", &new.name)?,
            colour: new.colour.map(|text| text.parse()).transpose()?,
            keywords: keywords(&new.keywords)?,
            uses: 0,
        })
    }

    pub(super) fn apply(&mut self, change: TagChange) -> Result<()> {
        if let Some(name) = change.name {
            self.name = word("name", &name)?;
        }
        if let Some(colour) = change.colour {
            self.colour = colour.map(|text| text.parse()).transpose()?;
        }
        if let Some(list) = change.keywords {
            self.keywords = keywords(&list)?;
        }
        Ok(())
    }

    /// Whether one of its keywords is found in these words of a note.
    pub(super) fn is_named_in(&self, words: &[String]) -> bool {
        self.keywords.iter().any(|keyword| is_found(keyword, words))
    }
}

/// Whether the words of a keyword follow each other somewhere, accents and capital letters aside. The last one may be a
/// beginning: `refund*`.
fn is_found(keyword: &str, words: &[String]) -> bool {
    let sought = words_of(keyword);
    let Some((last, others)) = sought.split_last() else { return false };
    let begins = keyword.trim_end().ends_with('*');
    words.windows(sought.len()).any(|found| {
        let Some((end, start)) = found.split_last() else { return false };
        start == others && (end == last || (begins && end.starts_with(last.as_str())))
    })
}

fn keywords(list: &[String]) -> Result<Vec<String>> {
    field::at_most("keywords", list.len(), MOST_KEYWORDS)?;
    let mut kept: Vec<String> = vec![];
    for text in list {
        let keyword = word("keywords", text)?;
        if words_of(&keyword).is_empty() {
            let help = "write words that may stand in a note: `refund`, or `refund*` for all that begins so";
            return Err(StoreError::invalid("keywords", format!("`{keyword}` has no word"), help));
        }
        if !kept.iter().any(|known| folded(known) == folded(&keyword)) {
            kept.push(keyword);
        }
    }
    Ok(kept)
}

impl Noun for Tag {
    const WHAT: &'static str = "tag";
    const TABLE: &'static str = "tags";
    const NAMES: &'static [&'static str] = &["folded", "name"];
    const COLUMNS: &'static [&'static str] = &["tenant_id", "name", "folded", "colour", "keywords"];
    const COMPUTED: &'static str = ", (SELECT CAST(COALESCE(SUM(u.uses), 0) AS BIGINT) FROM tag_uses u WHERE u.tenant_id = \
                                    t.tenant_id AND u.folded = t.folded) AS uses";
    const REACH: Reach = Reach::Tenant;

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.id("id").map(TagId)?,
            tenant: row.id("tenant_id").map(TenantId)?,
            name: row.text("name")?,
            colour: row.optional_text("colour")?.map(|text| text.parse()).transpose()?,
            keywords: row.json("keywords")?,
            uses: row.int("uses")?,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::from(self.tenant.to_string()),
            Value::from(&self.name),
            Value::from(folded(&self.name)),
            Value::from(self.colour.map(|colour| colour.as_str().to_owned())),
            Value::json(&self.keywords),
        ]
    }

    fn id(&self) -> uuid::Uuid {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn owner(&self) -> Owner {
        Some(self.tenant).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_is_found_as_whole_words_whatever_the_letters() {
        let note = words_of("The client wants a REFUND, Žaluje nás; asked for money back.");
        for (keyword, found) in [
            ("refund", true),
            ("zaluje", true),
            ("Žaluj", false),
            ("Žaluj*", true),
            ("money back", true),
            ("money ba*", true),
            ("money asked", false),
            ("fund", false),
            ("back money", false),
        ] {
            assert_eq!(is_found(keyword, &note), found, "{keyword}");
        }
    }

    #[test]
    fn keywords_are_each_once_and_none_is_without_a_word() {
        let list = ["refund", " Refund ", "money  back"].map(str::to_owned);
        assert_eq!(keywords(&list).unwrap(), ["refund", "money back"]);
        assert!(keywords(&["*".into()]).unwrap_err().to_string().contains("refund*"));
    }

    #[test]
    fn a_colour_that_is_not_known_names_those_that_are() {
        assert_eq!("teal".parse::<Colour>().unwrap(), Colour::Teal);
        let error = "mauve".parse::<Colour>().unwrap_err().to_string();
        assert!(error.contains("`mauve`") && error.contains("grey, red, orange"), "{error}");
    }
}
