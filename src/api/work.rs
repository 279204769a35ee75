//! Work on a session: tags, notes, what it led to, parameters. What the dialplan set stands beside what operators did.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::live::Changed;
use crate::api::rights::Right;
use crate::api::seen::Seen;
use crate::api::{ApiState, Authority, Body, Path, Problem};
use crate::id::{NoteId, SessionId, UserId};
use crate::store::{Colour, Note, SessionWork, Tag, TagBy, Tenant, WorkChange, folded};

/// Tags that are suggested at most.
const SUGGESTED: usize = 5;
/// Those that come into question: the session may have as many of the most used ones.
const MOST_USED: u32 = 60;

/// Who set a tag or a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetBy {
    /// The dialplan.
    Dialplan,
    /// An operator, or a program.
    Operator,
    /// A word of a note.
    Keyword,
}

/// What was done about a session. Times are epoch milliseconds UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WorkView {
    /// Its tags: those of the dialplan, then the others in the order in which they were set.
    pub tags: Vec<SessionTagView>,
    /// Its notes, the oldest first.
    pub notes: Vec<NoteView>,
    /// What it led to.
    pub result: Option<String>,
    /// What it may have led to: the tenant's list.
    pub results: Vec<String>,
    /// Its parameters: those that the tenant asks for, then the others by name.
    pub parameters: Vec<ParameterView>,
    /// Tags of the tenant that whoever asks sets most often, five at most, without those that the session has.
    pub suggested_tags: Vec<SuggestedTag>,
}

/// A tag of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SessionTagView {
    /// The word.
    pub name: String,
    /// How the tenant's catalogue paints it.
    pub colour: Option<Colour>,
    /// Who set it.
    pub by: SetBy,
}

/// A note of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NoteView {
    /// Its id.
    pub id: Uuid,
    /// Who wrote it, by the name for people.
    pub author: String,
    /// When it was written.
    pub at: i64,
    /// What it says.
    pub text: String,
    /// Whether whoever asks wrote it.
    pub mine: bool,
}

/// A parameter of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ParameterView {
    /// Its name.
    pub name: String,
    /// Its value; empty for one that is asked for and not known yet.
    pub value: String,
    /// Who set it: `dialplan` or `operator`.
    pub by: SetBy,
    /// Whether the tenant asks for it.
    pub preset: bool,
}

/// A tag that may be meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SuggestedTag {
    /// The word.
    pub name: String,
    /// How the tenant's catalogue paints it.
    pub colour: Option<Colour>,
}

/// A tag that is set or taken off.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagName {
    /// At most 40 characters; what differs by capital letters alone is the same.
    pub name: String,
}

/// What a note says.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteText {
    /// At most 2,000 characters.
    pub text: String,
}

/// What a session led to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultChoice {
    /// One of the tenant's results; null takes it back.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    pub result: Option<String>,
}

/// A parameter that is set.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterChange {
    /// At most 40 characters; what differs by capital letters alone is the same.
    pub name: String,
    /// At most 200 characters; null or an empty text takes away what operators set.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    pub value: Option<String>,
}

/// The routes of work on sessions.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(show))
        .routes(utoipa_axum::routes!(tag))
        .routes(utoipa_axum::routes!(untag))
        .routes(utoipa_axum::routes!(write))
        .routes(utoipa_axum::routes!(rewrite, forget))
        .routes(utoipa_axum::routes!(set_result))
        .routes(utoipa_axum::routes!(set_parameter))
}

#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/work", tag = "work",
    params(("id" = Uuid, Path, description = "id of the session")), operation_id = "show_work",
    summary = "Tags, notes, result and parameters of a session, live or past",
    responses((status = 200, body = WorkView), (status = "default", body = Problem))
)]
async fn show(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<WorkView>, Problem> {
    let seen = Seen::find(&api, &authority, SessionId(id)).await?;
    let work = api.store.session_work(&seen.scope, seen.id).await?;
    view(&api, &authority, &seen, work).await
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/tags", tag = "work", request_body = TagName,
    params(("id" = Uuid, Path, description = "id of the session")), operation_id = "tag_session",
    summary = "Marks a session with a word, of the catalogue or any other",
    responses((status = 200, body = WorkView), (status = "default", body = Problem))
)]
async fn tag(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(TagName { name }): Body<TagName>,
) -> Result<Json<WorkView>, Problem> {
    let by = authority.oneself();
    change(&api, &authority, id, |_| WorkChange::Tag { name, by }).await
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/untag", tag = "work", request_body = TagName,
    params(("id" = Uuid, Path, description = "id of the session")), operation_id = "untag_session",
    summary = "Takes a tag off a session, whoever set it",
    responses((status = 200, body = WorkView), (status = "default", body = Problem))
)]
async fn untag(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(TagName { name }): Body<TagName>,
) -> Result<Json<WorkView>, Problem> {
    change(&api, &authority, id, |seen| {
        let by_dialplan = seen.tags().iter().any(|tag| folded(tag) == folded(name.trim()));
        WorkChange::Untag { name, by_dialplan }
    })
    .await
}

#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/notes", tag = "work", request_body = NoteText,
    params(("id" = Uuid, Path, description = "id of the session")), operation_id = "write_note",
    summary = "Writes a note about a session; keywords in it set tags",
    responses((status = 200, body = WorkView), (status = "default", body = Problem))
)]
async fn write(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(NoteText { text }): Body<NoteText>,
) -> Result<Json<WorkView>, Problem> {
    let person = authority.person.as_ref();
    let author = person.map_or_else(|| authority.who.clone(), |person| person.user.display.clone());
    let by = authority.oneself();
    change(&api, &authority, id, |_| WorkChange::Note { author, by, text }).await
}

#[utoipa::path(
    patch, path = "/api/v1/sessions/{id}/notes/{note}", tag = "work", request_body = NoteText,
    params(
        ("id" = Uuid, Path, description = "id of the session"), ("note" = Uuid, Path, description = "id of the note")
    ),
    operation_id = "rewrite_note", summary = "Writes a note anew: one's own; supervisors each one",
    responses((status = 200, body = WorkView), (status = "default", body = Problem))
)]
async fn rewrite(
    State(api): State<ApiState>,
    authority: Authority,
    Path((id, note)): Path<(Uuid, Uuid)>,
    Body(NoteText { text }): Body<NoteText>,
) -> Result<Json<WorkView>, Problem> {
    change(&api, &authority, id, |seen| WorkChange::Rewrite {
        note: NoteId(note),
        of: only_own(&authority, seen),
        text,
    })
    .await
}

#[utoipa::path(
    delete, path = "/api/v1/sessions/{id}/notes/{note}", tag = "work",
    params(
        ("id" = Uuid, Path, description = "id of the session"), ("note" = Uuid, Path, description = "id of the note")
    ),
    operation_id = "remove_note", summary = "Removes a note: one's own; supervisors each one",
    responses((status = 200, body = WorkView), (status = "default", body = Problem))
)]
async fn forget(
    State(api): State<ApiState>,
    authority: Authority,
    Path((id, note)): Path<(Uuid, Uuid)>,
) -> Result<Json<WorkView>, Problem> {
    change(&api, &authority, id, |seen| WorkChange::Forget {
        note: NoteId(note),
        of: only_own(&authority, seen),
    })
    .await
}

#[utoipa::path(
    put, path = "/api/v1/sessions/{id}/result", tag = "work", request_body = ResultChoice,
    params(("id" = Uuid, Path, description = "id of the session")), operation_id = "set_result",
    summary = "Takes down what a session led to, by the tenant's list",
    responses((status = 200, body = WorkView), (status = "default", body = Problem))
)]
async fn set_result(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(ResultChoice { result }): Body<ResultChoice>,
) -> Result<Json<WorkView>, Problem> {
    change(&api, &authority, id, |_| WorkChange::Result(result)).await
}

#[utoipa::path(
    put, path = "/api/v1/sessions/{id}/parameters", tag = "work", request_body = ParameterChange,
    params(("id" = Uuid, Path, description = "id of the session")), operation_id = "set_parameter",
    summary = "Sets a parameter of a session; in place of the dialplan's, if it has the same name",
    responses((status = 200, body = WorkView), (status = "default", body = Problem))
)]
async fn set_parameter(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(ParameterChange { name, value }): Body<ParameterChange>,
) -> Result<Json<WorkView>, Problem> {
    let value = value.unwrap_or_default();
    change(&api, &authority, id, |_| WorkChange::Parameter { name, value }).await
}

/// Operators change their own notes, supervisors and programs all.
fn only_own(authority: &Authority, seen: &Seen) -> Option<UserId> {
    let person = authority.person.as_ref()?;
    (!person.rights.hold(Right::Supervise, seen.tenant())).then_some(person.user.id)
}

/// Takes something down, and tells those who look on.
async fn change(
    api: &ApiState,
    authority: &Authority,
    id: Uuid,
    change: impl FnOnce(&Seen) -> WorkChange,
) -> Result<Json<WorkView>, Problem> {
    let seen = Seen::find(api, authority, SessionId(id)).await?;
    let change = change(&seen);
    let work = api.store.change_session_work(&seen.scope, seen.id, seen.tenant(), change).await?;
    api.changed(seen.id, seen.tenant(), Changed::Work);
    view(api, authority, &seen, work).await
}

async fn view(
    api: &ApiState,
    authority: &Authority,
    seen: &Seen,
    work: SessionWork,
) -> Result<Json<WorkView>, Problem> {
    let (mut tenant, mut catalogue, mut used) = (None, vec![], vec![]);
    if let Some(id) = seen.tenant() {
        tenant = Some(api.store.tenant(&seen.scope, &id.into()).await?);
        catalogue = api.store.tags(&seen.scope.narrow(id)).await?;
        if let Some(user) = authority.oneself() {
            used = api.store.tags_used(&seen.scope, id, user, MOST_USED).await?;
        }
    }
    let tags = tags(seen.tags().iter(), &work, &catalogue);
    Ok(Json(WorkView {
        suggested_tags: suggested(used, &tags, &catalogue),
        tags,
        notes: work.notes.iter().map(|note| NoteView::of(note, authority.oneself())).collect(),
        parameters: parameters(tenant.as_ref(), seen.parameters().iter(), &work),
        results: tenant.map(|tenant| tenant.call_results).unwrap_or_default(),
        result: work.result,
    }))
}

impl NoteView {
    fn of(note: &Note, asking: Option<UserId>) -> Self {
        let mine = asking.is_some() && note.user == asking;
        Self { id: note.id.0, author: note.author.clone(), at: note.at.0, text: note.text.clone(), mine }
    }
}

fn colour(catalogue: &[Tag], name: &str) -> Option<Colour> {
    catalogue.iter().find(|tag| folded(&tag.name) == folded(name))?.colour
}

/// Those of the dialplan that nobody took off, and those that operators and keywords set.
fn tags<'a>(
    of_dialplan: impl Iterator<Item = &'a String>,
    work: &SessionWork,
    catalogue: &[Tag],
) -> Vec<SessionTagView> {
    let mut tags: Vec<SessionTagView> = vec![];
    let mut add = |name: &str, by: SetBy| {
        if !tags.iter().any(|known| folded(&known.name) == folded(name)) {
            tags.push(SessionTagView { name: name.to_owned(), colour: colour(catalogue, name), by });
        }
    };
    let is_off = |name: &str| {
        let mut off = work.tags.iter().filter(|tag| tag.by == TagBy::Removed);
        off.any(|tag| folded(&tag.name) == folded(name))
    };
    of_dialplan.filter(|name| !is_off(name)).for_each(|name| add(name, SetBy::Dialplan));
    for tag in &work.tags {
        match tag.by {
            TagBy::Operator => add(&tag.name, SetBy::Operator),
            TagBy::Keyword => add(&tag.name, SetBy::Keyword),
            TagBy::Removed => {}
        }
    }
    tags
}

fn suggested(used: Vec<String>, has: &[SessionTagView], catalogue: &[Tag]) -> Vec<SuggestedTag> {
    let is_new = |name: &String| !has.iter().any(|tag| folded(&tag.name) == folded(name));
    let suggested = |name: String| SuggestedTag { colour: colour(catalogue, &name), name };
    used.into_iter().filter(is_new).take(SUGGESTED).map(suggested).collect()
}

/// What the tenant asks for, in its order; then what else the dialplan noted or operators took down, by name.
fn parameters<'a>(
    tenant: Option<&Tenant>,
    of_dialplan: impl Iterator<Item = (&'a String, &'a String)>,
    work: &SessionWork,
) -> Vec<ParameterView> {
    let preset = tenant.map(|tenant| tenant.parameters.as_slice()).unwrap_or_default();
    let asked = |name: &String| ParameterView {
        name: name.clone(),
        value: String::new(),
        by: SetBy::Operator,
        preset: true,
    };
    let mut all: Vec<ParameterView> = preset.iter().map(asked).collect();
    let mut set = |name: &str, value: &str, by: SetBy| match all
        .iter_mut()
        .find(|known| folded(&known.name) == folded(name))
    {
        Some(known) => (known.value, known.by) = (value.to_owned(), by),
        None => all.push(ParameterView { name: name.to_owned(), value: value.to_owned(), by, preset: false }),
    };
    of_dialplan.for_each(|(name, value)| set(name, value, SetBy::Dialplan));
    work.parameters.iter().for_each(|(name, value)| set(name, value, SetBy::Operator));
    all[preset.len()..].sort_by_key(|parameter| folded(&parameter.name));
    all
}
