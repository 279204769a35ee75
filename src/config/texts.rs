//! Lists in a configuration file, which people write as lists or, as on the command line, with commas.

use std::str::FromStr;

use serde::Deserialize;
use serde::de::Error as _;

/// A list, or one text with commas.
pub fn read_list<'de, D: serde::Deserializer<'de>, T: FromStr<Err = String>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Texts::deserialize(deserializer)?.with_commas().parse().map(Some).map_err(D::Error::custom)
}

/// A list, or one text.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Texts {
    One(String),
    Several(Vec<String>),
}

impl Texts {
    /// One text, with commas between.
    pub fn with_commas(self) -> String {
        match self {
            Self::One(text) => text,
            Self::Several(texts) => texts.join(","),
        }
    }
}
