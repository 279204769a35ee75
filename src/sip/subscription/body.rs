//! Bodies of NOTIFYs.

use serde::{Deserialize, Serialize};

/// What a NOTIFY carries. Two that are equal tell the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// The same each time.
    Plain(String),
    /// Each time with the next number, between these.
    Versioned {
        /// What stands before it.
        before: String,
        /// What stands after it.
        after: String,
    },
}

impl Body {
    /// The body of the NOTIFY with this number; the first one has 0.
    pub fn text(&self, version: u32) -> String {
        match self {
            Body::Plain(text) => text.clone(),
            Body::Versioned { before, after } => format!("{before}{version}{after}"),
        }
    }
}
