//! The phone in a browser: its SIP account, lent for a while.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::login::Person;
use crate::api::times::rfc3339;
use crate::api::{ApiState, Problem};
use crate::store::DeviceKind;

/// Where browsers speak SIP (RFC 7118), on the port of the web.
const WEBSOCKET: &str = "/sip";

/// With what a browser registers as a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PhoneView {
    /// Its address.
    pub uri: String,
    /// Its name in digest authentication.
    pub authorization_user: String,
    /// Its secret, shown this once and kept nowhere.
    pub password: String,
    /// Where SIP over WebSocket is spoken.
    pub websocket: String,
    /// When it ceases to register, unless it is asked for again (RFC 3339).
    pub expires_at: String,
}

/// The route of phones in browsers.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(lend))
}

#[utoipa::path(
    post, path = "/api/v1/me/phone", tag = "login", operation_id = "lend_phone",
    summary = "Makes this browser a phone: a SIP account for half a day",
    description = "Asked for again by the same login, the account is the same and lasts longer, and its secret is another one. It \
                   ends with the login.",
    responses((status = 200, body = PhoneView), (status = "default", body = Problem))
)]
async fn lend(State(api): State<ApiState>, person: Person) -> Result<Json<PhoneView>, Problem> {
    if person.user.roles.is_empty() {
        let detail = format!(
            "{} serves no tenant, so nobody can be called; an administrator can change that: `hovor user set {0} --role \
             TENANT=operator`",
            person.user.name
        );
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    let made = api.store.lend_device(&api.scope, &person.login, api.running.wall()).await?;
    // By the time of the answer the phone can register.
    api.applied().await?;
    let expires_at = match made.device.kind {
        DeviceKind::Browser { expires_at, .. } => expires_at,
        DeviceKind::Phone => person.login.ends_at(),
    };
    Ok(Json(PhoneView {
        uri: format!("sip:{}@{}", made.device.username, made.device.realm),
        authorization_user: made.device.username,
        password: made.secret,
        websocket: WEBSOCKET.to_owned(),
        expires_at: rfc3339(expires_at),
    }))
}
