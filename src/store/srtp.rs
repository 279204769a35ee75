//! Whether the sound of a device or a trunk is protected.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store::StoreError;

/// Whether sound is protected (SRTP with keys in SIP, RFC 4568).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Srtp {
    /// Plain sound alone.
    Off,
    /// What the other side offers; it is offered what it used last.
    #[default]
    Optional,
    /// Protected sound alone.
    Required,
}

impl Srtp {
    /// Its name, as in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }
}

impl FromStr for Srtp {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let known =
            [Self::Off, Self::Optional, Self::Required].into_iter().find(|known| known.as_str() == text);
        known.ok_or_else(|| {
            StoreError::invalid("srtp", format!("`{text}` is none of it"), "use off, optional or required")
        })
    }
}
