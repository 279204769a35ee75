//! Who asks, and what they may reach.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::api::{ApiState, Problem};
use crate::store::{Key, Scope, Tenants};
use crate::switch::history::Summary;

/// What the sender of a request may reach. Put into the request by [`by_token`] or [`by_socket`],
/// so a handler that asks for it cannot be reached without.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The part of the store.
    pub scope: Scope,
    /// Who it is, for whoever looks into the log: `token crm`, or `control socket`.
    pub who: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Authority {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| refused("is missing"))
    }
}

/// Lets those pass who show a token: `Authorization: Bearer hovor_…` (RFC 6750).
pub async fn by_token(
    State(api): State<ApiState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some((scheme, secret)) = header.and_then(|value| value.split_once(' ')) else {
        return Err(refused("is missing"));
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refused("is missing"));
    }
    let token = api.store.token_by_secret(&api.scope, secret.trim()).await?;
    let opened = token.and_then(|token| Some((token.opens(&api.scope, api.running.wall())?, token.name)));
    let Some((scope, name)) = opened else {
        return Err(refused("is unknown, taken back or expired"));
    };
    request.extensions_mut().insert(Authority { scope, who: format!("token {name}") });
    Ok(next.run(request).await)
}

/// Lets everybody pass who could open the control socket: its file belongs to hovor's own user.
pub async fn by_socket(State(api): State<ApiState>, mut request: Request, next: Next) -> Response {
    let authority = Authority { scope: api.scope.clone(), who: "control socket".to_owned() };
    request.extensions_mut().insert(authority);
    next.run(request).await
}

/// Narrows what a request is about: `?tenant=harbour`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Within {
    /// Only what belongs to this tenant, by name or id.
    #[param(value_type = Option<String>)]
    pub tenant: Option<Key>,
}

impl Authority {
    /// Refuses those who may not see and change what belongs to all tenants together.
    pub fn whole_company(&self) -> Result<(), Problem> {
        match self.scope.tenants {
            Tenants::All => Ok(()),
            Tenants::Only(_) => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "this belongs to more than the tenants you administer; ask an administrator of the company",
            )),
        }
    }

    /// Whether a live session may be seen. One without a tenant belongs to the company.
    pub fn sees(&self, session: &Summary, api: &ApiState) -> bool {
        match session.tenant {
            Some(tenant) => self.scope.reaches(tenant),
            None => self.scope == api.scope,
        }
    }

    /// The scope of a request that may be narrowed to one tenant.
    pub async fn within(&self, api: &ApiState, within: &Within) -> Result<Scope, Problem> {
        match &within.tenant {
            None => Ok(self.scope.clone()),
            Some(tenant) => Ok(self.scope.narrow(api.store.tenant(&self.scope, tenant).await?.id)),
        }
    }
}

fn refused(what: &str) -> Problem {
    let help = "send `Authorization: Bearer TOKEN`; `hovor token add NAME` makes a token";
    Problem::new(StatusCode::UNAUTHORIZED, format!("the access token {what}; {help}"))
}
