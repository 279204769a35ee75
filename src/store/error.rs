//! What can go wrong with the store, whose fault it is, and the way out.

use std::fmt;

/// Why the store did not do what was asked. `Display` is a sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// There is no such row, or it lies outside the caller's scope (which looks the same).
    NotFound {
        /// The noun: "tenant", "group", …
        what: &'static str,
        /// What was looked for, as it was written.
        key: String,
    },
    /// The change contradicts what is stored; the caller can settle it.
    Conflict {
        /// What contradicts what.
        what: String,
        /// How to settle it.
        help: String,
    },
    /// A value cannot be what it claims to be; the caller has to correct it.
    Invalid {
        /// The field as the API names it.
        field: &'static str,
        /// What is wrong with it.
        what: String,
        /// What it should look like.
        help: String,
    },
    /// The caller's scope does not reach as far as this change.
    Forbidden {
        /// What was refused.
        what: String,
        /// Who can do it instead.
        help: String,
    },
    /// The database did not answer, or answered nonsense: ours to repair, worth trying again.
    Unavailable(String),
}

impl StoreError {
    /// A [`NotFound`](Self::NotFound) for `what` looked up as `key`.
    pub fn not_found(what: &'static str, key: impl fmt::Display) -> Self {
        Self::NotFound { what, key: key.to_string() }
    }

    /// A [`Conflict`](Self::Conflict).
    pub fn conflict(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Conflict { what: what.into(), help: help.into() }
    }

    /// An [`Invalid`](Self::Invalid) value of `field`.
    pub fn invalid(field: &'static str, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Invalid { field, what: what.into(), help: help.into() }
    }

    /// A [`Forbidden`](Self::Forbidden) change.
    pub fn forbidden(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Forbidden { what: what.into(), help: help.into() }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { what, key } => {
                write!(f, "there is no {what} `{key}`; list what there is, or check the spelling")
            }
            Self::Conflict { what, help } | Self::Forbidden { what, help } => write!(f, "{what}; {help}"),
            Self::Invalid { field, what, help } => write!(f, "{field}: {what}; {help}"),
            Self::Unavailable(what) => {
                write!(f, "the store is unavailable ({what}); try again, and see its log")
            }
        }
    }
}

impl std::error::Error for StoreError {}
