//! Tokens: what programs show instead of a password.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::resource::resource;
use crate::store::{Key, NewToken, Rank, Token, TokenChange, TokenMade};
use crate::time::UnixMs;

/// A token, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The only tenant that it opens, by name; the whole company if there is none.
    pub tenant: Option<String>,
    /// How much it allows there.
    pub role: Rank,
    /// When it was made, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub created_at: UnixMs,
    /// When it ceases to open anything.
    #[schema(value_type = Option<i64>)]
    pub expires_at: Option<UnixMs>,
}

impl View<Token> for TokenView {
    fn of(row: Token, names: &Names) -> Self {
        Self {
            id: row.id.0,
            tenant: row.tenant.map(|tenant| names.tenant(tenant)),
            role: row.role,
            name: row.name,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

/// A token just made, with its secret. The secret is shown this once and kept nowhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TokenMadeView {
    /// The token.
    #[serde(flatten)]
    pub token: TokenView,
    /// What to send: `Authorization: Bearer SECRET`.
    pub secret: String,
}

impl View<TokenMade> for TokenMadeView {
    fn of(made: TokenMade, names: &Names) -> Self {
        Self { token: TokenView::of(made.token, names), secret: made.secret }
    }

    fn id(&self) -> Uuid {
        self.token.id
    }
}

resource! {
    noun: "token", nouns: "tokens", path: "/api/v1/tokens", item: "/api/v1/tokens/{key}",
    shows: TokenView, made: TokenMadeView, new: NewToken, change: TokenChange,
    store: tokens token add_token change_token remove_token
}
