//! That something of a session was changed which the live view does not carry: whoever shows it asks again.

use serde_json::{Value, json};

use super::board::Board;
use super::view::Viewer;
use crate::api::rights::{Right, Rights};
use crate::id::{SessionId, TenantId};

/// What was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Who the client is.
    Client,
    /// Tags, notes, result or parameters.
    Work,
    /// The client types.
    Typing,
}

impl Changed {
    fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Work => "work",
            Self::Typing => "typing",
        }
    }
}

/// Of which session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The session, live or past.
    pub session: SessionId,
    /// Whose it is.
    pub tenant: Option<TenantId>,
    /// What was changed.
    pub what: Changed,
}

impl Viewer {
    /// What this person is told of a hint; nothing if they may not see the session.
    pub fn hint(&self, board: &Board, hint: &Hint) -> Option<Value> {
        let by_right = match hint.tenant {
            Some(tenant) => self.rights.hold(Right::Serve, Some(tenant)),
            None => self.rights == Rights::Company,
        };
        let takes_part = || {
            let legs = board.sessions.get(&hint.session).map_or(&[][..], |session| &session.legs);
            legs.iter().any(|leg| leg.operator == Some(self.user))
        };
        let told = match hint.what {
            Changed::Typing => {
                let author = board.sessions.get(&hint.session).and_then(|session| session.from_name.clone());
                json!({"typing": {"session": hint.session, "author": author}})
            }
            what => json!({"changed": {"session": hint.session, "what": what.as_str()}}),
        };
        (by_right || takes_part()).then_some(told)
    }
}
