//! A session, live or past, that whoever asks may see.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;

use crate::api::{ApiState, Authority, Problem};
use crate::id::{SessionId, TenantId};
use crate::store::{Scope, Session};
use crate::switch::history::Summary;

/// What is known of it.
pub(super) enum Known {
    /// It goes on.
    Live(Box<Summary>),
    /// It is over, or about to begin.
    Past(Box<Session>),
}

/// A session that whoever asks may see.
pub(super) struct Seen {
    /// Its id.
    pub(super) id: SessionId,
    /// In which it is looked after.
    pub(super) scope: Scope,
    /// What is known of it.
    pub(super) known: Known,
}

impl Seen {
    /// Finds it.
    ///
    /// # Errors
    /// There is none within reach.
    pub(super) async fn find(api: &ApiState, authority: &Authority, id: SessionId) -> Result<Self, Problem> {
        let Some(live) = api.running.live_sessions(vec![id]).await?.remove(&id) else {
            let session = api.store.session(&authority.scope, id).await?;
            let known = Known::Past(Box::new(session));
            return Ok(Self { id, scope: authority.scope.clone(), known });
        };
        let scope = match authority.sees(&live, api) {
            true => authority.scope.clone(),
            // What is no tenant's is seen by whoever is in it.
            false if live.tenant.is_none() && authority.takes_part(api, id).await? => api.scope.clone(),
            false => return Err(Problem::new(StatusCode::NOT_FOUND, format!("there is no session {id}"))),
        };
        Ok(Self { id, scope, known: Known::Live(Box::new(live)) })
    }

    /// Whose it is.
    pub(super) fn tenant(&self) -> Option<TenantId> {
        match &self.known {
            Known::Live(live) => live.tenant,
            Known::Past(session) => session.tenant,
        }
    }

    /// With which words the dialplan marked it.
    pub(super) fn tags(&self) -> &BTreeSet<String> {
        match &self.known {
            Known::Live(live) => &live.tags,
            Known::Past(session) => &session.tags,
        }
    }

    /// What the dialplan noted.
    pub(super) fn parameters(&self) -> &BTreeMap<String, String> {
        match &self.known {
            Known::Live(live) => &live.parameters,
            Known::Past(session) => &session.parameters,
        }
    }
}
