//! Invitations: what brings one client to the operator who made them.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::rights::Right;
use crate::api::{ApiState, Authority, Body, Path, Problem, Query, Within};
use crate::id::InvitationId;
use crate::store::{Invitation, InvitationKind, InvitationState, NewInvitation, StoreError};
use crate::time::UnixMs;

/// An invitation, as it is shown. Times are epoch milliseconds UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationView {
    /// Its id.
    pub id: Uuid,
    /// Whose client is invited, by name.
    pub tenant: String,
    /// Whom the client reaches, by name.
    pub operator: String,
    /// By which widget the client comes.
    pub widget: Uuid,
    /// Six digits.
    pub code: String,
    /// How often it may be used.
    pub kind: InvitationKind,
    /// Whether it may be used now.
    pub state: InvitationState,
    /// Whom it is for.
    pub note: String,
    /// When it was made.
    pub made_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
    /// How many sessions came of it.
    pub uses: u32,
    /// When the last one did.
    pub used_at: Option<i64>,
}

/// An invitation that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationMadeView {
    /// The invitation.
    #[serde(flatten)]
    pub invitation: InvitationView,
    /// What its address holds; it is shown this once.
    pub key: String,
    /// Where the client goes: this path on the address of hovor. A page with the widget does too, with what is behind `#`.
    pub path: String,
}

impl InvitationView {
    fn of(row: Invitation, names: &Names, now: UnixMs) -> Self {
        Self {
            id: row.id.0,
            tenant: names.tenant(row.tenant),
            operator: names.user(row.operator),
            widget: row.widget.0,
            state: row.state(now),
            code: row.code,
            kind: row.kind,
            note: row.note,
            made_at: row.made_at.0,
            expires_at: row.expires_at.0,
            revoked_at: row.revoked_at.map(|at| at.0),
            uses: row.uses,
            used_at: row.used_at.map(|at| at.0),
        }
    }
}

/// The routes of invitations.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list, add))
        .routes(utoipa_axum::routes!(one, revoke))
}

#[utoipa::path(
    get, path = "/api/v1/invitations", tag = "invitations", operation_id = "list_invitations", params(Within),
    summary = "Invitations, newest first: operators see their own, those who set the tenant up see all",
    responses((status = 200, body = [InvitationView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Query(within): Query<Within>,
) -> Result<Json<Vec<InvitationView>>, Problem> {
    let scope = authority.within(&api, &within).await?;
    let own = authority.person.as_ref().filter(|person| person.rights.within(Right::Configure).is_none());
    let rows = api.store.invitations(&scope, own.map(|person| person.user.id)).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    let now = api.running.wall();
    let seen = rows.into_iter().filter(|row| is_seen(&authority, row));
    Ok(Json(seen.map(|row| InvitationView::of(row, &names, now)).collect()))
}

#[utoipa::path(
    post, path = "/api/v1/invitations", tag = "invitations", operation_id = "add_invitation",
    summary = "Makes an invitation; its key is shown this once", request_body = NewInvitation,
    responses((status = 201, body = InvitationMadeView), (status = "default", body = Problem))
)]
async fn add(
    State(api): State<ApiState>,
    authority: Authority,
    Body(mut new): Body<NewInvitation>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<InvitationMadeView>), Problem> {
    new.tenant = Some(authority.tenant(&api, new.tenant).await?.id.into());
    let operator = match (&new.operator, authority.oneself()) {
        (Some(key), _) => authority.actor(&api, key).await?.id,
        (None, Some(oneself)) => oneself,
        (None, None) => {
            let help = "name the operator whom the client is to reach, by name or id";
            return Err(StoreError::invalid("operator", "is missing", help).into());
        }
    };
    new.operator = Some(operator.into());
    let now = api.running.wall();
    let (row, key) = api.store.add_invitation(&authority.scope, new, now).await?;
    let location = format!("/api/v1/invitations/{}", row.id);
    let path = format!("/talk/{}#hovor-invitation={key}", row.widget);
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    let made = InvitationMadeView { invitation: InvitationView::of(row, &names, now), key, path };
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)))
}

#[utoipa::path(
    get, path = "/api/v1/invitations/{id}", tag = "invitations", operation_id = "show_invitation",
    summary = "One invitation", params(("id" = Uuid, Path, description = "id of the invitation")),
    responses((status = 200, body = InvitationView), (status = "default", body = Problem))
)]
async fn one(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<InvitationView>, Problem> {
    let row = seen(&api, &authority, InvitationId(id)).await?;
    view(&api, &authority, row).await
}

#[utoipa::path(
    delete, path = "/api/v1/invitations/{id}", tag = "invitations", operation_id = "revoke_invitation",
    summary = "Takes an invitation back; it stays in the list",
    params(("id" = Uuid, Path, description = "id of the invitation")),
    responses((status = 200, body = InvitationView), (status = "default", body = Problem))
)]
async fn revoke(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<InvitationView>, Problem> {
    let id = seen(&api, &authority, InvitationId(id)).await?.id;
    let row = api.store.revoke_invitation(&authority.scope, id, api.running.wall()).await?;
    view(&api, &authority, row).await
}

/// Those of others do not exist for whoever serves alone.
fn is_seen(authority: &Authority, row: &Invitation) -> bool {
    authority.person.as_ref().is_none_or(|person| {
        person.user.id == row.operator || person.rights.hold(Right::Configure, Some(row.tenant))
    })
}

async fn seen(api: &ApiState, authority: &Authority, id: InvitationId) -> Result<Invitation, Problem> {
    let row = api.store.invitation(&authority.scope, id).await?;
    let seen = is_seen(authority, &row);
    seen.then_some(row).ok_or_else(|| StoreError::not_found("invitation", id).into())
}

async fn view(
    api: &ApiState,
    authority: &Authority,
    row: Invitation,
) -> Result<Json<InvitationView>, Problem> {
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(InvitationView::of(row, &names, api.running.wall())))
}
