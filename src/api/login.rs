//! Logging in and out with a browser, and who one is.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tracing::{info, warn};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::attempts::Attempts;
use crate::api::rights::Rights;
use crate::api::{ApiState, Body, Problem, Visitor};
use crate::store::{Login, Rank, Services, Tenant, User, secret};

/// The cookie of a browser that is logged in by plain HTTP.
pub const COOKIE: &str = "hovor_login";
/// The same by HTTPS: browsers take a cookie of such a name from nobody but this host itself by HTTPS (RFC 6265bis), so
/// neither another name of the domain nor whoever stands in the way of plain HTTP foists another's login on them.
const SECURE_COOKIE: &str = "__Host-hovor_login";
/// The header that shows that a change comes from our own page: no other page can read what it holds.
const CSRF: HeaderName = HeaderName::from_static("x-csrf-token");
/// Passwords looked at together: each takes 19 MiB and a core for a while.
const AT_ONCE: usize = 2;
/// How long one waits at most for its turn.
const TURN: Duration = Duration::from_secs(5);
/// Bytes of a cookie that may be ours.
const SECRET_MAX: usize = 128;

/// What is kept of attempts to log in.
pub struct Door {
    attempts: Mutex<Attempts>,
    turns: Semaphore,
}

impl Default for Door {
    fn default() -> Self {
        Self { attempts: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }
}

/// Somebody who has logged in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who it is.
    pub user: User,
    /// With which browser.
    pub login: Login,
    /// What they may do.
    pub rights: Rights,
    csrf: String,
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            Problem::new(StatusCode::UNAUTHORIZED, "this is for people: log in with `POST /api/v1/login`")
        })
    }
}

impl Person {
    /// Who shows this cookie, if the login lasts.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn known(api: &ApiState, shown: &str) -> Result<Option<Self>, Problem> {
        let now = api.running.wall();
        let Some((login, user)) = api.store.login_by_secret(&api.scope, shown, now).await? else {
            return Ok(None);
        };
        if login.is_to_be_noted(now) {
            let (store, scope, id) = (api.store.clone(), api.scope.clone(), login.id);
            // A store that cannot be written keeps nobody from their work.
            tokio::spawn(async move {
                if let Err(error) = store.note_login(&scope, id, now).await {
                    warn!(%error, "the use of a login cannot be written down");
                }
            });
        }
        Ok(Some(Self { rights: Rights::of(&user), user, login, csrf: csrf(shown) }))
    }

    /// Refuses a change that another page may have caused.
    ///
    /// # Errors
    /// The header is missing or wrong.
    pub fn check(&self, request: &Request) -> Result<(), Problem> {
        if [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method()) {
            return Ok(());
        }
        let shown = request.headers().get(CSRF).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match secret::same(shown, &self.csrf) {
            true => Ok(()),
            false => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "a change by a login needs the header `X-CSRF-Token` with what `GET /api/v1/me` says in `csrf`; load the page \
                 again",
            )),
        }
    }
}

/// What the cookie of a request holds, if it may be ours. By HTTPS the one for plain HTTP does not count.
pub fn cookie(headers: &HeaderMap, is_secure: bool) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(name, _)| *name == cookie_name(is_secure)).map(|(_, value)| value);
    ours.next().filter(|value| value.len() <= SECRET_MAX)
}

fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure { SECURE_COOKIE } else { COOKIE }
}

/// Derived from the cookie, which a page cannot read: whoever knows it was told it by us.
fn csrf(shown: &str) -> String {
    Sha256::digest(format!("csrf:{shown}")).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A name and a password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The login name.
    pub name: String,
    /// The login password.
    pub password: String,
}

/// Somebody who has logged in, as they see themselves.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The user's id.
    pub id: Uuid,
    /// The login name.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// The number by which colleagues dial this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// What the user is in which tenant.
    pub roles: Vec<RoleIn>,
    /// May do everything in the whole company.
    pub company_admin: bool,
    /// What every change carries in the header `X-CSRF-Token`.
    pub csrf: String,
}

/// What somebody is in a tenant.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RoleIn {
    /// Where.
    pub tenant: TenantName,
    /// What.
    pub role: Rank,
    /// What sessions of the tenant do without: `handset`, `queue`, `hold`, `mute`, `conference`, `forwarding`, `recording`,
    /// `channel_switches`.
    #[schema(value_type = Vec<String>)]
    pub switched_off: Services,
    /// Why operators of the tenant may be away; absent: the usual reasons, and any other word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away_reasons: Option<Vec<String>>,
}

/// A tenant by id and name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TenantName {
    /// The tenant's id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

impl Me {
    async fn of(api: &ApiState, user: User, csrf: String) -> Result<Self, Problem> {
        let tenants = api.store.tenants(&api.scope).await?;
        let role = |tenant: Tenant| {
            let role = Rank::from(*user.roles.get(&tenant.id)?);
            let Tenant { id, name, switched_off, away_reasons, .. } = tenant;
            Some(RoleIn { tenant: TenantName { id: id.0, name }, role, switched_off, away_reasons })
        };
        let roles = tenants.into_iter().filter_map(role).collect();
        Ok(Self {
            id: user.id.0,
            roles,
            name: user.name,
            display_name: user.display,
            extension: user.extension,
            company_admin: user.administrator,
            csrf,
        })
    }
}

/// The route that is open to everybody.
pub fn open() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(log_in))
}

/// The routes of those who have logged in.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(me))
        .routes(utoipa_axum::routes!(log_out))
}

#[utoipa::path(
    post, path = "/api/v1/login", tag = "login", operation_id = "log_in", request_body = Credentials,
    summary = "Logs a person in with a browser, which is given a cookie",
    description = "The answer is the same, and takes as long, whether there is no such user or the password is wrong. Who \
                   tries too often is told by `Retry-After` how long to wait.",
    security(()),
    responses((status = 200, body = Me), (status = "default", body = Problem))
)]
async fn log_in(
    State(api): State<ApiState>,
    visitor: Visitor,
    Body(Credentials { name, password }): Body<Credentials>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Me>), Problem> {
    let source = visitor.address;
    let now = api.running.wall();
    attempts(&api).begin(source, &name, now).map_err(too_many)?;
    let Ok(Ok(_turn)) = tokio::time::timeout(TURN, api.door.turns.acquire()).await else {
        let detail = "too many people log in at this moment; try again";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail));
    };
    let Some(user) = api.store.check_password(&api.scope, &name, &password).await? else {
        info!(%source, "somebody could not log in");
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "the name or the password is wrong"));
    };
    attempts(&api).succeeded(source, &name, now);
    let made = api.store.add_login(&api.scope, &user, now).await?;
    if made.ended > 0 {
        // Older ones, whose browsers are no phones any more. If it cannot be now, it is when the configuration is read next.
        let api = api.clone();
        tokio::spawn(async move { api.applied().await });
    }
    info!(%source, user = user.name, "logged in");
    let cookie = set_cookie(&made.secret, Login::LONGEST, visitor.is_secure)?;
    let me = Me::of(&api, user, csrf(&made.secret)).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)))
}

#[utoipa::path(
    get, path = "/api/v1/me", tag = "login", operation_id = "show_me", summary = "Who has logged in",
    responses((status = 200, body = Me), (status = "default", body = Problem))
)]
async fn me(State(api): State<ApiState>, person: Person) -> Result<Json<Me>, Problem> {
    Ok(Json(Me::of(&api, person.user, person.csrf).await?))
}

#[utoipa::path(
    post, path = "/api/v1/logout", tag = "login", operation_id = "log_out", summary = "Ends this login",
    responses((status = 204), (status = "default", body = Problem))
)]
async fn log_out(
    State(api): State<ApiState>,
    visitor: Visitor,
    person: Person,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1]), Problem> {
    api.store.remove_login(&api.scope, person.login.id).await?;
    // The phone of the browser went with it.
    api.applied().await?;
    info!(user = person.user.name, "logged out");
    let nothing = set_cookie("", Duration::ZERO, visitor.is_secure)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, nothing)]))
}

/// Scripts do not see it, and other sites do not cause it to be sent.
fn set_cookie(value: &str, lasts: Duration, is_secure: bool) -> Result<HeaderValue, Problem> {
    let (name, age) = (cookie_name(is_secure), lasts.as_secs());
    let secure = if is_secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text)
        .map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

fn attempts(api: &ApiState) -> std::sync::MutexGuard<'_, Attempts> {
    api.door.attempts.lock().unwrap_or_else(PoisonError::into_inner)
}

fn too_many(wait: Duration) -> Problem {
    let seconds = wait.as_millis().div_ceil(1_000);
    let detail = format!("too many attempts to log in; try again in {seconds} s");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, detail)
        .retry_after(u64::try_from(seconds).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        assert_eq!(cookie(&headers, false), None);
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; not_hovor_login=x"));
        assert_eq!(cookie(&headers, false), None);
        headers.append(header::COOKIE, HeaderValue::from_static("c=d;hovor_login=abc; e=f"));
        assert_eq!(cookie(&headers, false), Some("abc"));
        assert_eq!(cookie(&headers, true), None, "somebody else may have set it");
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-hovor_login=xyz"));
        assert_eq!(cookie(&headers, true), Some("xyz"));
        assert_eq!(cookie(&headers, false), Some("abc"));
        let long = HeaderValue::from_str(&format!("hovor_login={}", "x".repeat(129))).unwrap();
        assert_eq!(cookie(&HeaderMap::from_iter([(header::COOKIE, long)]), false), None);
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let plain = set_cookie("abc", Login::LONGEST, false).unwrap();
        assert_eq!(plain, "hovor_login=abc; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict");
        let secure = set_cookie("abc", Login::LONGEST, true).unwrap();
        let wanted = "__Host-hovor_login=abc; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict; Secure";
        assert_eq!(secure, wanted);
        assert_ne!(csrf("abc"), csrf("abd"));
    }
}
