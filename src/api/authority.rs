//! Who asks, and what they may reach.

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::api::login::{self, Person};
use crate::api::rights::{Right, Rights};
use crate::api::{ApiState, Problem, Visitor};
use crate::id::{SessionId, TenantId, UserId};
use crate::queue::Engagement;
use crate::store::{Key, Rank, Scope, StoreError, Tenant, Token, User};
use crate::switch::history::Summary;

/// What the sender of a request may reach by it. Put into the request by [`by_credentials`] or [`by_socket`],
/// so a handler that asks for it cannot be reached without.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The part of the store in which the sender has the right that the request takes.
    pub scope: Scope,
    /// Who it is, for whoever looks into the log: `token crm`, `user anna` or `control socket`.
    pub who: String,
    /// The person who has logged in, if it is one. Programs act for everybody within reach.
    pub person: Option<Person>,
}

impl<S: Send + Sync> FromRequestParts<S> for Authority {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let authority = parts.extensions.get::<Self>().cloned().ok_or_else(|| refused("is missing"))?;
        Ok(Self { person: parts.extensions.get().cloned(), ..authority })
    }
}

/// Lets those pass who show a token (`Authorization: Bearer hovor_…`, RFC 6750) or the cookie of a login, as far as they
/// have the right that the request takes.
pub async fn by_credentials(
    State(api): State<ApiState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let visitor = request.extensions().get::<Visitor>().copied().unwrap_or_default();
    // Another scheme is none of ours: a web server before us may have asked for it.
    if let Some(secret) = bearer(request.headers()) {
        let token = api.store.token_by_secret(&api.scope, secret).await?.ok_or_else(|| refused(UNKNOWN))?;
        let rights = rights_of(&api, &token).await?;
        admit(&api, &mut request, &rights, format!("token {}", token.name))?;
    } else if let Some(shown) = login::cookie(request.headers(), visitor.is_secure) {
        let person = Person::known(&api, shown).await?.ok_or_else(|| {
            Problem::new(StatusCode::UNAUTHORIZED, "you are not logged in any more: log in again")
        })?;
        person.check(&request)?;
        admit(&api, &mut request, &person.rights, format!("user {}", person.user.name))?;
        request.extensions_mut().insert(person);
    } else {
        return Err(refused("is missing"));
    }
    Ok(next.run(request).await)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
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
    request.extensions_mut().insert(Authority { scope, who, person: None });
    Ok(())
}

/// Lets everybody pass who could open the control socket: its file belongs to hovor's own user.
pub async fn by_socket(State(api): State<ApiState>, mut request: Request, next: Next) -> Response {
    let authority = Authority { scope: api.scope.clone(), who: "control socket".to_owned(), person: None };
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

    /// The operator who is meant where nobody is named: whoever asks.
    pub fn oneself(&self) -> Option<UserId> {
        self.person.as_ref().map(|person| person.user.id)
    }

    /// The operator in whose name something is asked.
    ///
    /// # Errors
    /// There is no such operator within reach, or it is for somebody else to ask.
    pub async fn actor(&self, api: &ApiState, key: &Key) -> Result<User, Problem> {
        let operator = api.store.user(&self.scope, key).await?;
        self.acts_for(&operator)?;
        Ok(operator)
    }

    /// The same where the operator's phone is to call somebody: who is known to some tenants alone has no calls made in
    /// the name of the others where the operator serves.
    ///
    /// # Errors
    /// The same, or where else the operator serves.
    pub async fn caller(&self, api: &ApiState, key: &Key) -> Result<User, Problem> {
        let operator = self.actor(api, key).await?;
        let is_own = self.person.as_ref().is_some_and(|person| person.user.id == operator.id);
        if !is_own {
            operator.admits(&self.scope)?;
        }
        Ok(operator)
    }

    /// Refuses a person who may not act for this operator: operators act for themselves, supervisors for those whom they
    /// supervise wherever they serve.
    ///
    /// # Errors
    /// Which role it takes.
    pub fn acts_for(&self, operator: &User) -> Result<(), Problem> {
        let Some(Person { user, rights, .. }) = &self.person else { return Ok(()) };
        let supervises = || {
            let everywhere = |tenant: &TenantId| rights.hold(Right::Supervise, Some(*tenant));
            !operator.roles.is_empty() && operator.roles.keys().all(everywhere)
        };
        let company = || *rights == Rights::Company;
        match user.id == operator.id || company() || (!operator.administrator && supervises()) {
            true => Ok(()),
            false => Err(Right::Supervise.refused_for(&format!("{} for {}", self.who, operator.name))),
        }
    }

    /// Whether it is a person who takes part in this session, or whose phone rings for it.
    ///
    /// # Errors
    /// The program is about to end.
    pub async fn takes_part(&self, api: &ApiState, session: SessionId) -> Result<bool, Problem> {
        let Some(Person { user, .. }) = &self.person else { return Ok(false) };
        let states = api.running.operators().await?;
        let own = states.into_iter().find(|(operator, _)| *operator == user.id);
        Ok(own.is_some_and(|(_, state)| match state.engagement {
            Engagement::OnSession { sessions, offered } => {
                sessions.contains_key(&session) || offered.is_some_and(|(_, asked)| asked == session)
            }
            Engagement::Offered { session: offered, .. } => offered == session,
            Engagement::Free | Engagement::AfterWork { .. } => false,
        }))
    }

    /// Refuses a person who may not command this session: operators command those in which they take part, supervisors
    /// those of the tenants where they are one. Gives the operator who commands, if it is one who takes part.
    ///
    /// # Errors
    /// Which role it takes.
    pub async fn commands(
        &self,
        api: &ApiState,
        session: SessionId,
        tenant: Option<TenantId>,
    ) -> Result<Option<UserId>, Problem> {
        let Some(Person { user, rights, .. }) = &self.person else { return Ok(None) };
        match self.takes_part(api, session).await? {
            true => Ok(Some(user.id)),
            false if rights.hold(Right::Supervise, tenant) => Ok(None),
            false => Err(Right::Supervise.refused_for(&format!("{} in a session of others", self.who))),
        }
    }

    /// The scope of a request that may be narrowed to one tenant.
    pub async fn within(&self, api: &ApiState, within: &Within) -> Result<Scope, Problem> {
        match &within.tenant {
            None => Ok(self.scope.clone()),
            Some(tenant) => Ok(self.scope.narrow(api.store.tenant(&self.scope, tenant).await?.id)),
        }
    }

    /// The tenant that is named, or the only one there is for whoever asks.
    ///
    /// # Errors
    /// There is no such tenant within reach, or none is named and there are several.
    pub async fn tenant(&self, api: &ApiState, named: Option<Key>) -> Result<Tenant, Problem> {
        if let Some(key) = named {
            return Ok(api.store.tenant(&self.scope, &key).await?);
        }
        let mut all = api.store.tenants(&self.scope).await?;
        match (all.pop(), all.is_empty()) {
            (Some(only), true) => Ok(only),
            _ => {
                let help = "name one of those that you serve, by name or id";
                Err(StoreError::invalid("tenant", "is missing", help).into())
            }
        }
    }
}

const UNKNOWN: &str = "is unknown, taken back or expired";

fn refused(what: &str) -> Problem {
    let help = "send `Authorization: Bearer TOKEN`; `hovor token add NAME` makes a token";
    Problem::new(StatusCode::UNAUTHORIZED, format!("the access token {what}; {help}"))
}
