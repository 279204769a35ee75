//! `tag = "vip"`: marks the session, for people and for reports.

use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use super::super::fields::Fields;
use super::super::plan::Target;
use super::super::stage::Stage;
use super::super::step::Step;
use super::super::template::Template;
use super::set::template;
use super::{Next, Verb};

/// Characters of a tag; what is beyond is cut off.
const LONGEST: usize = 64;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tag {
    tags: Vec<Template>,
    pub then: Target,
}

pub fn read(fields: &mut Fields) -> Verb {
    let tags = match fields.value("tag").map(|value| (value, value.get_ref())) {
        Some((_, DeValue::Array(list))) if !list.is_empty() => {
            list.iter().filter_map(|value| template(fields, "tag", value)).collect()
        }
        Some((value, DeValue::Array(_))) => {
            fields.scope.error(value.span(), "`tag` names no tag", "empty", "write `tag = \"vip\"`");
            Vec::new()
        }
        Some((value, _)) => template(fields, "tag", value).into_iter().collect(),
        None => Vec::new(),
    };
    Verb::Tag(Tag { tags, then: fields.target("then", "where does the caller go from here?") })
}

impl Tag {
    /// A tag that turns out empty is none.
    pub fn enter(&self, stage: &mut Stage) -> Next {
        for tag in &self.tags {
            let tag: String = stage.text(tag).trim().chars().take(LONGEST).collect();
            if !tag.is_empty() {
                stage.push(Step::Tag { tag });
            }
        }
        Next::Go(self.then.clone())
    }

    pub fn lines(&self) -> Vec<String> {
        self.tags.iter().map(ToString::to_string).collect()
    }
}
