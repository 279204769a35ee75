//! Contacts: clients whom the company knows.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::clients::{CandidateView, candidates_alone};
use crate::api::live::Changed;
use crate::api::names::Names;
use crate::api::sessions::{self, SessionView};
use crate::api::{ApiState, Authority, Body, Path, Problem, Query, Within};
use crate::e164;
use crate::id::{ContactId, SessionId};
use crate::matching::Client;
use crate::store::{
    Contact, ContactChange, ContactFilter, Entry, Identifier, Key, NewContact, Page, Scope, SessionFilter,
};

/// A contact, as it is shown. Times are epoch milliseconds UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContactView {
    /// Its id.
    pub id: Uuid,
    /// The tenant whose client it is, by name.
    pub tenant: String,
    /// The name for people; several contacts may have the same.
    pub name: String,
    /// Where the contact works; perhaps empty.
    pub organisation: String,
    /// Telephone numbers in E.164 form.
    pub phones: Vec<Entry>,
    /// Addresses for mails.
    pub emails: Vec<Entry>,
    /// Customer numbers and the like.
    pub identifiers: Vec<Identifier>,
    /// What operators should know; perhaps empty.
    pub note: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was changed last.
    pub changed_at: i64,
    /// What was merged into it and can be parted again, the newest first.
    pub merged: Vec<MergedView>,
}

/// A contact that became part of another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MergedView {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it was merged.
    pub at: i64,
}

impl ContactView {
    pub(super) fn of(row: Contact, names: &Names) -> Self {
        let merged = row.merged.into_iter();
        let merged = merged.map(|one| MergedView { id: one.id.0, name: one.name, at: one.at.0 });
        Self {
            id: row.id.0,
            tenant: names.tenant(row.tenant),
            name: row.name,
            organisation: row.organisation,
            phones: row.phones,
            emails: row.emails,
            identifiers: row.identifiers,
            note: row.note,
            created_at: row.created_at.0,
            changed_at: row.changed_at.0,
            merged: merged.collect(),
        }
    }
}

/// Which contacts to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only those in whose name, organisation, e-mails or identifiers each of these words begins one, accents aside, or
    /// who have a number that begins or ends with these digits.
    pub q: Option<String>,
    /// How many at most; 100 if not said, 1000 at most.
    pub limit: Option<u32>,
    /// Only those after this one: the last of the page before.
    pub after: Option<Uuid>,
    /// Only those of this tenant, by name or id.
    #[param(value_type = Option<String>)]
    pub tenant: Option<Key>,
}

/// With which contact to merge, or from which to part.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Other {
    /// The contact that becomes part of the one that the address names, or is no part of it any more.
    pub other: Uuid,
}

/// Whom a new contact would be like.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Like {
    /// A name.
    #[serde(default)]
    pub name: String,
    /// A number, in E.164 form or as it is dialled in the tenant's country.
    #[serde(default)]
    pub phone: String,
    /// An address for mails.
    #[serde(default)]
    pub email: String,
    /// The tenant, by name or id; may be left out by those who serve one alone.
    #[param(value_type = Option<String>)]
    pub tenant: Option<Key>,
}

/// Which sessions of a contact to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedSessions {
    /// How many at most; 100 if not said, 1000 at most.
    pub limit: Option<u32>,
    /// Only those older than this session: the last one of the page before.
    pub before: Option<Uuid>,
}

/// The routes of contacts.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(list, add))
        .routes(utoipa_axum::routes!(similar))
        .routes(utoipa_axum::routes!(one, change, remove))
        .routes(utoipa_axum::routes!(merge))
        .routes(utoipa_axum::routes!(undo))
        .routes(utoipa_axum::routes!(past))
}

#[utoipa::path(
    get, path = "/api/v1/contacts", tag = "contacts", params(Wanted), operation_id = "list_contacts",
    summary = "Contacts, by name",
    responses((status = 200, body = [ContactView]), (status = "default", body = Problem))
)]
async fn list(
    State(api): State<ApiState>,
    authority: Authority,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<ContactView>>, Problem> {
    let scope = authority.within(&api, &Within { tenant: wanted.tenant }).await?;
    let filter = ContactFilter {
        text: wanted.q,
        limit: wanted.limit.unwrap_or(ContactFilter::default().limit),
        after: wanted.after.map(ContactId),
    };
    let rows = api.store.contacts(&scope, &filter).await?;
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(rows.into_iter().map(|row| ContactView::of(row, &names)).collect()))
}

#[utoipa::path(
    post, path = "/api/v1/contacts", tag = "contacts", request_body = NewContact, operation_id = "add_contact",
    summary = "Adds a contact",
    responses((status = 201, body = ContactView), (status = "default", body = Problem))
)]
async fn add(
    State(api): State<ApiState>,
    authority: Authority,
    Body(mut new): Body<NewContact>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<ContactView>), Problem> {
    new.tenant = Some(authority.tenant(&api, new.tenant).await?.id.into());
    let row = api.store.add_contact(&authority.scope, new).await?;
    let location = format!("/api/v1/contacts/{}", row.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], view(&api, &authority, row).await?))
}

#[utoipa::path(
    get, path = "/api/v1/contacts/similar", tag = "contacts", params(Like),
    operation_id = "find_similar-contacts", summary = "Contacts that a new one may stand for again, the likeliest first",
    responses((status = 200, body = [CandidateView]), (status = "default", body = Problem))
)]
async fn similar(
    State(api): State<ApiState>,
    authority: Authority,
    Query(like): Query<Like>,
) -> Result<Json<Vec<CandidateView>>, Problem> {
    let tenant = authority.tenant(&api, like.tenant).await?;
    let phone = e164::in_full(&like.phone, tenant.country.as_deref()).unwrap_or(like.phone);
    let client = Client { name: like.name, phone, email: like.email, identifiers: vec![] };
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(candidates_alone(&api, &authority.scope, tenant.id, &client, &names).await?))
}

#[utoipa::path(
    get, path = "/api/v1/contacts/{id}", tag = "contacts", params(("id" = Uuid, Path, description = "id of the contact")),
    operation_id = "show_contact", summary = "One contact",
    responses((status = 200, body = ContactView), (status = "default", body = Problem))
)]
async fn one(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<ContactView>, Problem> {
    let row = api.store.contact(&authority.scope, ContactId(id)).await?;
    view(&api, &authority, row).await
}

#[utoipa::path(
    patch, path = "/api/v1/contacts/{id}", tag = "contacts", request_body = ContactChange,
    params(("id" = Uuid, Path, description = "id of the contact")),
    operation_id = "change_contact", summary = "Changes a contact",
    responses((status = 200, body = ContactView), (status = "default", body = Problem))
)]
async fn change(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(change): Body<ContactChange>,
) -> Result<Json<ContactView>, Problem> {
    let row = api.store.change_contact(&authority.scope, ContactId(id), change).await?;
    tell(&api, live_sessions(&api, &authority.scope, row.id).await?);
    view(&api, &authority, row).await
}

#[utoipa::path(
    delete, path = "/api/v1/contacts/{id}", tag = "contacts",
    params(("id" = Uuid, Path, description = "id of the contact")),
    operation_id = "remove_contact", summary = "Removes a contact; its sessions stay",
    responses((status = 204), (status = "default", body = Problem))
)]
async fn remove(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let sessions = live_sessions(&api, &authority.scope, ContactId(id)).await?;
    api.store.remove_contact(&authority.scope, ContactId(id)).await?;
    tell(&api, sessions);
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/api/v1/contacts/{id}/merge", tag = "contacts", request_body = Other,
    params(("id" = Uuid, Path, description = "id of the contact that stays")),
    operation_id = "merge_contacts", summary = "Makes another contact part of this one, with its sessions",
    responses((status = 200, body = ContactView), (status = "default", body = Problem))
)]
async fn merge(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(Other { other }): Body<Other>,
) -> Result<Json<ContactView>, Problem> {
    let row = api.store.merge_contacts(&authority.scope, ContactId(id), ContactId(other)).await?;
    tell(&api, live_sessions(&api, &authority.scope, row.id).await?);
    view(&api, &authority, row).await
}

#[utoipa::path(
    post, path = "/api/v1/contacts/{id}/undo-merge", tag = "contacts", request_body = Other,
    params(("id" = Uuid, Path, description = "id of the contact that stays")),
    operation_id = "undo_merge", summary = "Parts a contact again that was merged into this one",
    responses((status = 200, body = ContactView), (status = "default", body = Problem))
)]
async fn undo(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(Other { other }): Body<Other>,
) -> Result<Json<ContactView>, Problem> {
    // Those that go back to the other one are told too.
    let sessions = live_sessions(&api, &authority.scope, ContactId(id)).await?;
    let row = api.store.undo_merge(&authority.scope, ContactId(id), ContactId(other)).await?;
    tell(&api, sessions);
    view(&api, &authority, row).await
}

#[utoipa::path(
    get, path = "/api/v1/contacts/{id}/sessions", tag = "contacts",
    params(("id" = Uuid, Path, description = "id of the contact"), WantedSessions),
    operation_id = "list_contact-sessions", summary = "The sessions of a contact, newest first",
    responses((status = 200, body = [SessionView]), (status = "default", body = Problem))
)]
async fn past(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Query(wanted): Query<WantedSessions>,
) -> Result<Json<Vec<SessionView>>, Problem> {
    let contact = api.store.contact(&authority.scope, ContactId(id)).await?;
    let filter = SessionFilter { contact: Some(contact.id), ..SessionFilter::default() };
    let page =
        Page { limit: wanted.limit.unwrap_or(Page::default().limit), before: wanted.before.map(SessionId) };
    let rows = api.store.sessions(&authority.scope, &filter, page).await?;
    Ok(Json(sessions::views(&api, &authority.scope, rows, None).await?))
}

async fn view(api: &ApiState, authority: &Authority, row: Contact) -> Result<Json<ContactView>, Problem> {
    let names = Names::within(api.store.as_ref(), &authority.scope).await?;
    Ok(Json(ContactView::of(row, &names)))
}

async fn live_sessions(
    api: &ApiState,
    scope: &Scope,
    contact: ContactId,
) -> Result<Vec<crate::store::Session>, Problem> {
    let filter = SessionFilter { contact: Some(contact), live: Some(true), ..SessionFilter::default() };
    Ok(api.store.sessions(scope, &filter, Page::default()).await?)
}

fn tell(api: &ApiState, sessions: Vec<crate::store::Session>) {
    for session in sessions {
        api.changed(session.id, session.tenant, Changed::Client);
    }
}
