//! Who asks, and what they may reach.

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::api::rights::{Right, Rights};
use crate::api::{ApiState, Problem};
use crate::store::{Key, Rank, Scope, Token};
use crate::switch::history::Summary;

/// What the sender of a request may reach by it. Put into the request by [`by_token`] or [`by_socket`],
/// so a handler that asks for it cannot be reached without.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The part of the store in which the sender has the right that the request takes.
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
    let Some(token) = api.store.token_by_secret(&api.scope, secret.trim()).await? else {
        return Err(refused(UNKNOWN));
    };
    let rights = rights_of(&api, &token).await?;
    admit(&api, &mut request, &rights, format!("token {}", token.name))?;
    Ok(next.run(request).await)
}

/// What a token allows.
async fn rights_of(api: &ApiState, token: &Token) -> Result<Rights, Problem> {
    let Some(scope) = token.opens(&api.scope, api.running.wall()) else {
        return Err(refused(UNKNOWN));
    };
    if token.role == Rank::CompanyAdmin {
        return Ok(Rights::Company);
    }
    // One of the whole company that may not set it up reaches its tenants, and nothing that is above them.
    let tenants = api.store.tenants(&scope).await?;
    Ok(Rights::Tenants(tenants.into_iter().map(|tenant| (tenant.id, token.role)).collect()))
}

/// Gives a request the authority that it takes, or refuses it.
fn admit(api: &ApiState, request: &mut Request, rights: &Rights, who: String) -> Result<(), Problem> {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let right = Right::for_request(request.method(), path);
    let tenants = rights.within(right).ok_or_else(|| right.refused(&who))?;
    let scope = Scope { company: api.scope.company, tenants };
    request.extensions_mut().insert(Authority { scope, who });
    Ok(())
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

const UNKNOWN: &str = "is unknown, taken back or expired";

fn refused(what: &str) -> Problem {
    let help = "send `Authorization: Bearer TOKEN`; `hovor token add NAME` makes a token";
    Problem::new(StatusCode::UNAUTHORIZED, format!("the access token {what}; {help}"))
}
