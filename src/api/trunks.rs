//! Trunks: connections to providers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::names::Names;
use crate::api::resource::resource;
use crate::api::running::TrunkState;
use crate::doctor::finding::Examination;
use crate::store::{Key, NewTrunk, Transport, Trunk, TrunkChange, TrunkSettings};

/// A trunk, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrunkView {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The only tenant that may call out over it, by name.
    pub tenant: Option<String>,
    /// The provider's host name or IP address.
    pub host: String,
    /// The provider's port; without one what the name service says, or 5060 (5061 over TLS).
    pub port: Option<u16>,
    /// How messages travel to it; without one what the name service says, or UDP.
    pub transport: Option<Transport>,
    /// The user name with which the provider knows us.
    pub username: Option<String>,
    /// Whether a password is stored.
    pub has_password: bool,
    /// Dialled numbers that start with one of these go out here.
    pub prefixes: Vec<String>,
    /// Whether it is in use.
    pub enabled: bool,
    /// How it is used.
    pub settings: TrunkSettings,
    /// How it fares now.
    #[serde(flatten)]
    pub live: TrunkState,
}

impl View<Trunk> for TrunkView {
    fn of(row: Trunk, names: &Names) -> Self {
        let live = match row.enabled {
            true => names.trunk_state(row.id),
            false => TrunkState { state: "off".to_owned(), ..TrunkState::default() },
        };
        Self {
            live,
            settings: row.settings,
            id: row.id.0,
            tenant: row.tenant.map(|tenant| names.tenant(tenant)),
            has_password: row.password.is_some(),
            name: row.name,
            host: row.host,
            port: row.port,
            transport: row.transport,
            username: row.username,
            prefixes: row.prefixes,
            enabled: row.enabled,
        }
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

resource! {
    noun: "trunk", nouns: "trunks", path: "/api/v1/trunks", item: "/api/v1/trunks/{key}",
    shows: TrunkView, made: TrunkView, new: NewTrunk, change: TrunkChange,
    store: trunks trunk add_trunk change_trunk remove_trunk
}

/// The route by which a trunk is looked at now.
pub fn checking() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(check))
        .routes(utoipa_axum::routes!(examine))
}

#[utoipa::path(
    post, path = "/api/v1/trunks/{key}/check", tag = "trunks", operation_id = "check_trunk",
    summary = "Looks for the provider, registers and asks whether it is there now; the answers show in the trunk",
    params(("key" = String, Path, description = "name or id"), Within),
    responses((status = 202, body = TrunkView), (status = "default", body = Problem))
)]
async fn check(
    State(api): State<ApiState>,
    authority: Authority,
    Query(within): Query<Within>,
    Path(key): Path<Key>,
) -> Result<(StatusCode, Json<TrunkView>), Problem> {
    let scope = authority.within(&api, &within).await?;
    let row = api.store.trunk(&scope, &key).await?;
    api.running.check_trunk(row.id).await?;
    let names = api.names(&authority.scope).await?;
    Ok((StatusCode::ACCEPTED, Json(TrunkView::of(row, &names))))
}

/// What a doctor is to do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Examine {
    /// Call this number, written as the provider wants it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
}

#[utoipa::path(
    post, path = "/api/v1/trunks/{key}/examination", tag = "trunks", operation_id = "examine_trunk",
    request_body = Examine,
    summary = "Examines a trunk over sockets of its own and says in words what is wrong; takes up to a minute",
    params(("key" = String, Path, description = "name or id"), Within),
    responses((status = 200, body = Examination), (status = "default", body = Problem))
)]
async fn examine(
    State(api): State<ApiState>,
    authority: Authority,
    Query(within): Query<Within>,
    Path(key): Path<Key>,
    Body(wanted): Body<Examine>,
) -> Result<Json<Examination>, Problem> {
    let scope = authority.within(&api, &within).await?;
    let row = api.store.trunk(&scope, &key).await?;
    Ok(Json(api.running.examine_trunk(&row, wanted.call).await?))
}
