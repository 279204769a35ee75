//! Calls that an operator makes by a click: the operator's own phone rings first, then whoever is wanted.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::{ApiState, Authority, Body, Problem};
use crate::id::UserId;
use crate::store::Key;
use crate::switch::command::Refusal;

/// Digits and signs of a number at most.
const NUMBER_MAX: usize = 64;

/// A call to make: to one of a number and an external contact.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCall {
    /// The operator who calls, by name or id. The call is made with the operator's rights.
    #[schema(value_type = String)]
    pub operator: Key,
    /// An extension, a number outside, or one that a dialplan answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// An external contact, by name or id.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_contact: Option<Key>,
}

/// A call that has begun: the operator's phone rings.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallMade {
    /// The id of its session.
    pub session: Uuid,
}

/// The routes of calls.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(call))
}

#[utoipa::path(
    post, path = "/api/v1/calls", tag = "calls", operation_id = "make_call",
    summary = "Calls an operator's own phone, and when it is answered whoever is wanted",
    request_body = NewCall,
    responses((status = 201, body = CallMade), (status = "default", body = Problem))
)]
async fn call(
    State(api): State<ApiState>,
    authority: Authority,
    Body(new): Body<NewCall>,
) -> Result<(StatusCode, Json<CallMade>), Problem> {
    let operator = authority.caller(&api, &new.operator).await?.id;
    let number = match (new.number, new.external_contact) {
        (Some(number), None) => number,
        (None, Some(key)) => number_of_contact(&api, &authority.scope, &key).await?,
        _ => {
            let detail = "the call needs exactly one of `number` and `external_contact`";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
        }
    };
    made(&api, operator, number).await
}

/// Calls the operator's phone, and then this number.
pub(super) async fn made(
    api: &ApiState,
    operator: UserId,
    number: String,
) -> Result<(StatusCode, Json<CallMade>), Problem> {
    if number.is_empty() || number.len() > NUMBER_MAX || number.chars().any(char::is_control) {
        let detail = format!("`number` is empty, longer than {NUMBER_MAX} characters, or no number");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    match api.running.place_call(operator, number).await? {
        Ok(session) => Ok((StatusCode::CREATED, Json(CallMade { session: session.0 }))),
        Err(Refusal { why, .. }) => Err(Problem::new(StatusCode::CONFLICT, why)),
    }
}

/// The number by which an external contact is called.
pub(super) async fn number_of_contact(
    api: &ApiState,
    scope: &crate::store::Scope,
    key: &Key,
) -> Result<String, Problem> {
    let contact = api.store.external_contact(scope, key).await?;
    let without = || Problem::new(StatusCode::CONFLICT, format!("{} has no number", contact.name));
    contact.numbers.first().cloned().ok_or_else(without)
}
