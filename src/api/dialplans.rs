//! The dialplan files: what is in force, what was refused, and the versions that are kept.
//!
//! The files of a company are one set, whichever tenants they are of: what changes and shows
//! them is for administrators of the whole company.

use std::collections::BTreeMap;

use async_trait::async_trait;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::{ApiState, Authority, Body, Path, Problem, Query};
use crate::dialplan::{self, Severity, World};
use crate::time::UnixMs;

/// The dialplan files of the running program.
#[async_trait]
pub trait Dialplans: Send + Sync {
    /// How they fare.
    async fn dialplan(&self) -> DialplanView;
    /// Reads them again; gives how they fare then.
    async fn reload_dialplan(&self) -> Result<DialplanView, Problem>;
    /// The versions that are kept, the newest first.
    async fn dialplan_versions(&self) -> Result<Vec<VersionView>, Problem>;
    /// One version with its files.
    async fn dialplan_version(&self, number: u64) -> Result<VersionFilesView, Problem>;
    /// What is different between two versions.
    async fn dialplan_diff(&self, from: Option<String>, to: Option<String>) -> Result<DiffView, Problem>;
    /// Writes an earlier version back and puts it in force.
    async fn roll_back_dialplan(&self, to: Option<u64>) -> Result<DialplanView, Problem>;
}

/// How the dialplan files fare.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DialplanView {
    /// The version in force; none if there are no files.
    pub version: Option<u64>,
    /// The SHA-256 of its files.
    pub hash: Option<String>,
    /// Where it came from: `start`, `edit`, `company` or `rollback to N`.
    pub origin: Option<String>,
    /// Since when it is in force, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    pub in_force_at: Option<UnixMs>,
    /// Its files, as paths below the folder.
    pub files: Vec<String>,
    /// The numbers that it answers.
    pub numbers: Vec<String>,
    /// What somebody should look at in the files in force.
    pub warnings: Vec<FaultView>,
    /// Since when the files on the disk are refused; none if they are in force.
    #[schema(value_type = Option<i64>)]
    pub refused_at: Option<UnixMs>,
    /// Why they are refused.
    pub problems: Vec<FaultView>,
    /// The folder of the files.
    pub folder: String,
    /// How changes are noticed: by `events` of the system, or by `looking` every two seconds.
    pub watched_by: String,
    /// Sets of files taken over since the start.
    pub loads: u64,
    /// Sets of files refused since the start.
    pub refusals: u64,
}

/// One thing that is wrong in a dialplan file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaultView {
    /// `error` or `warning`.
    pub severity: String,
    /// The path of the file.
    pub file: String,
    /// The line, counted from 1; 0 if it is about the file as a whole.
    pub line: u32,
    /// The column, counted from 1 in characters; 0 if it is about the file as a whole.
    pub column: u32,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The line with the place underlined, for people.
    pub picture: String,
}

impl FaultView {
    /// The problem, shown.
    pub fn of(problem: &dialplan::Problem) -> Self {
        let severity = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        Self {
            severity: severity.to_owned(),
            file: problem.file.clone(),
            line: problem.line,
            column: problem.column,
            what: problem.what.clone(),
            help: problem.help.clone(),
            picture: problem.picture(false),
        }
    }
}

/// A version of the dialplan files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionView {
    /// Its number.
    pub version: u64,
    /// When it was kept, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub kept_at: UnixMs,
    /// Where it came from: `start`, `edit`, `company`, `rollback to N`; or `replaced`: files that a rollback
    /// wrote over and that were never in force.
    pub origin: String,
    /// The SHA-256 of its files.
    pub hash: String,
    /// How many files.
    pub files: usize,
    /// Files that were not in force before.
    pub added: Vec<String>,
    /// Files that are different from those in force before.
    pub changed: Vec<String>,
    /// Files that were in force before, and are gone.
    pub removed: Vec<String>,
    /// Whether callers meet it now.
    pub in_force: bool,
}

/// A version with its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionFilesView {
    /// The version.
    pub version: VersionView,
    /// The texts of its files, by their paths below the dialplan folder.
    pub files: BTreeMap<String, String>,
}

/// What is different between two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiffView {
    /// What was compared.
    pub from: String,
    /// With what.
    pub to: String,
    /// The files that are different.
    pub files: Vec<FileDiffView>,
}

/// What is different in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileDiffView {
    /// Its path below the dialplan folder.
    pub path: String,
    /// `added`, `changed` or `removed`.
    pub change: String,
    /// The lines, in the unified format.
    pub text: String,
}

/// Which versions to compare.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Between {
    /// A version's number, `disk` or `force`; what is in force if left out, or the version before if that is
    /// the same as `to`.
    pub from: Option<String>,
    /// A version's number, `disk` or `force`; the files as they are on the disk if left out.
    pub to: Option<String>,
}

/// Which version to go back to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// Its number. If left out: the version in force, where the files on the disk are refused, else the one
    /// before it.
    #[serde(default)]
    pub version: Option<u64>,
}

/// The routes of the dialplan files.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(world))
        .routes(utoipa_axum::routes!(show))
        .routes(utoipa_axum::routes!(reload))
        .routes(utoipa_axum::routes!(versions))
        .routes(utoipa_axum::routes!(version))
        .routes(utoipa_axum::routes!(diff))
        .routes(utoipa_axum::routes!(roll_back))
}

/// What dialplan files may name, to check them elsewhere: tenants with their numbers and groups, operators'
/// extensions, trunks, and the sounds below the media folder.
#[utoipa::path(
    get, path = "/api/v1/dialplans/world", tag = "dialplans",
    operation_id = "dialplan_world", summary = "What dialplan files may name",
    responses((status = 200, body = Object), (status = "default", body = Problem))
)]
async fn world(State(api): State<ApiState>, authority: Authority) -> Result<Json<World>, Problem> {
    Ok(Json(api.running.dialplan_world(&authority.scope).await?))
}

#[utoipa::path(
    get, path = "/api/v1/dialplans", tag = "dialplans", operation_id = "show_dialplans",
    summary = "Which dialplan files are in force, and what was refused",
    responses((status = 200, body = DialplanView), (status = "default", body = Problem))
)]
async fn show(State(api): State<ApiState>, _: Authority) -> Result<Json<DialplanView>, Problem> {
    Ok(Json(api.running.dialplan().await))
}

#[utoipa::path(
    post, path = "/api/v1/dialplans/reload", tag = "dialplans", operation_id = "reload_dialplans",
    summary = "Reads the dialplan files again, and answers when they are in force or refused",
    responses((status = 200, body = DialplanView), (status = "default", body = Problem))
)]
async fn reload(State(api): State<ApiState>, _: Authority) -> Result<Json<DialplanView>, Problem> {
    api.running.reload_dialplan().await.map(Json)
}

#[utoipa::path(
    get, path = "/api/v1/dialplans/versions", tag = "dialplans", operation_id = "list_dialplan_versions",
    summary = "The last twenty versions of the dialplan files, the newest first",
    responses((status = 200, body = [VersionView]), (status = "default", body = Problem))
)]
async fn versions(State(api): State<ApiState>, _: Authority) -> Result<Json<Vec<VersionView>>, Problem> {
    api.running.dialplan_versions().await.map(Json)
}

#[utoipa::path(
    get, path = "/api/v1/dialplans/versions/{version}", tag = "dialplans", operation_id = "show_dialplan_version",
    summary = "One version with its files", params(("version" = u64, Path, description = "its number")),
    responses((status = 200, body = VersionFilesView), (status = "default", body = Problem))
)]
async fn version(
    State(api): State<ApiState>,
    _: Authority,
    Path(number): Path<u64>,
) -> Result<Json<VersionFilesView>, Problem> {
    api.running.dialplan_version(number).await.map(Json)
}

#[utoipa::path(
    get, path = "/api/v1/dialplans/diff", tag = "dialplans", operation_id = "diff_dialplans", params(Between),
    summary = "What is different between two versions",
    responses((status = 200, body = DiffView), (status = "default", body = Problem))
)]
async fn diff(
    State(api): State<ApiState>,
    _: Authority,
    Query(between): Query<Between>,
) -> Result<Json<DiffView>, Problem> {
    api.running.dialplan_diff(between.from, between.to).await.map(Json)
}

#[utoipa::path(
    post, path = "/api/v1/dialplans/rollback", tag = "dialplans", operation_id = "roll_back_dialplans",
    summary = "Writes an earlier version back to the dialplan folder and puts it in force", request_body = Rollback,
    responses((status = 200, body = DialplanView), (status = "default", body = Problem))
)]
async fn roll_back(
    State(api): State<ApiState>,
    _: Authority,
    Body(order): Body<Rollback>,
) -> Result<Json<DialplanView>, Problem> {
    api.running.roll_back_dialplan(order.version).await.map(Json)
}
