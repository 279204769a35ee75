//! What operators want done with direct calls: forwarded by rule, or none at all.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::{ApiState, Authority, Body, Path, Problem};
use crate::store::Key;
use crate::switch::command::Refusal;
use crate::switch::diversion::{AFTER_S, CallSettings, NoAnswer};

/// Seconds that a phone rings before a call is not answered, where nothing is said.
pub const RINGS_S: u32 = AFTER_S;

/// What an operator wants done with direct calls. A target is an extension, or a number outside that the operator may
/// call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallSettingsView {
    /// Who gets all calls.
    #[serde(default)]
    pub always: Option<String>,
    /// Who gets calls while the operator is busy, away or not to be disturbed, and those that are declined.
    #[serde(default)]
    pub busy: Option<String>,
    /// Who gets calls that nobody answers, and those while no phone can be reached.
    #[serde(default)]
    pub no_answer: Option<NoAnswerView>,
    /// The phone does not ring, and queues offer nothing.
    #[serde(default)]
    pub do_not_disturb: bool,
}

/// Where calls go that nobody answers, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoAnswerView {
    /// An extension, or a number outside.
    pub to: String,
    /// Seconds that the phone rings before, 5 to 120; 20 if left out.
    #[serde(default = "after_s")]
    pub after_s: u32,
}

fn after_s() -> u32 {
    RINGS_S
}

impl From<CallSettings> for CallSettingsView {
    fn from(settings: CallSettings) -> Self {
        let CallSettings { always, busy, no_answer, do_not_disturb } = settings;
        let no_answer = no_answer.map(|NoAnswer { to, after_s }| NoAnswerView { to, after_s });
        Self { always, busy, no_answer, do_not_disturb }
    }
}

impl From<CallSettingsView> for CallSettings {
    fn from(view: CallSettingsView) -> Self {
        let CallSettingsView { always, busy, no_answer, do_not_disturb } = view;
        let no_answer = no_answer.map(|NoAnswerView { to, after_s }| NoAnswer { to, after_s });
        Self { always, busy, no_answer, do_not_disturb }
    }
}

/// The routes of call settings.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(show))
        .routes(utoipa_axum::routes!(set))
}

#[utoipa::path(
    get, path = "/api/v1/operators/{key}/call-settings", tag = "operators", operation_id = "show_call_settings",
    summary = "What an operator wants done with direct calls",
    params(("key" = String, Path, description = "name or id")),
    responses((status = 200, body = CallSettingsView), (status = "default", body = Problem))
)]
async fn show(
    State(api): State<ApiState>,
    authority: Authority,
    Path(key): Path<Key>,
) -> Result<Json<CallSettingsView>, Problem> {
    let user = authority.actor(&api, &key).await?;
    user.admits(&authority.scope)?;
    Ok(Json(api.running.call_settings(user.id).await?.into()))
}

#[utoipa::path(
    put, path = "/api/v1/operators/{key}/call-settings", tag = "operators", operation_id = "set_call_settings",
    summary = "Sets what an operator wants done with direct calls; what is left out is off",
    request_body = CallSettingsView,
    params(("key" = String, Path, description = "name or id")),
    responses((status = 200, body = CallSettingsView), (status = "default", body = Problem))
)]
async fn set(
    State(api): State<ApiState>,
    authority: Authority,
    Path(key): Path<Key>,
    Body(view): Body<CallSettingsView>,
) -> Result<Json<CallSettingsView>, Problem> {
    let user = authority.actor(&api, &key).await?;
    user.admits(&authority.scope)?;
    match api.running.set_call_settings(user.id, view.clone().into()).await? {
        Ok(()) => Ok(Json(view)),
        Err(Refusal { why, .. }) => {
            let help = "say an extension, or a number outside that the operator may call";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("{why}; {help}")))
        }
    }
}
