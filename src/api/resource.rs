//! What all nouns of the configuration have in common: list, one, add, change, remove.

use uuid::Uuid;

use crate::api::names::Names;

/// A row as the API shows it: with names in place of ids, and without secrets.
pub trait View<Row> {
    /// The row, shown.
    fn of(row: Row, names: &Names) -> Self;
    /// The row's id.
    fn id(&self) -> Uuid;
}

/// Defines `routes()` with the five handlers of one noun, and their description for OpenAPI.
///
/// `noun` and `nouns` are its words, `path` and `item` its addresses, `View` what is shown, `Made` what
/// adding shows, `New` and `Change` what is sent; `store` names the methods of the store, and `checks` a function that
/// looks at both before they are made.
macro_rules! resource {
    (
        noun: $noun:tt, nouns: $nouns:tt, path: $path:tt, item: $item:tt,
        shows: $View:ident, made: $Made:ident, new: $New:ident, change: $Change:ident,
        store: $list:ident $one:ident $add:ident $change:ident $remove:ident
        $(, checks: $check:path)?
    ) => {
        use axum::Json;
        use axum::extract::State;
        use axum::http::{HeaderName, StatusCode, header};

        use crate::api::resource::View;
        use crate::api::{ApiState, Authority, Body, Path, Problem, Query, Within};

        /// The routes of this noun.
        pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
            utoipa_axum::router::OpenApiRouter::new()
                .routes(utoipa_axum::routes!(list, add))
                .routes(utoipa_axum::routes!(one, change, remove))
        }

        #[utoipa::path(
            get, path = $path, tag = $nouns, params(Within),
            operation_id = concat!("list_", $nouns), summary = concat!("All ", $nouns, ", by name"),
            responses((status = 200, body = [$View]), (status = "default", body = Problem))
        )]
        async fn list(
            State(api): State<ApiState>,
            authority: Authority,
            Query(within): Query<Within>,
        ) -> Result<Json<Vec<$View>>, Problem> {
            let scope = authority.within(&api, &within).await?;
            let rows = api.store.$list(&scope).await?;
            let names = api.names(&authority.scope).await?;
            Ok(Json(rows.into_iter().map(|row| $View::of(row, &names)).collect()))
        }

        #[utoipa::path(
            get, path = $item, tag = $nouns, params(("key" = String, Path, description = "name or id"), Within),
            operation_id = concat!("show_", $noun), summary = concat!("One ", $noun),
            responses((status = 200, body = $View), (status = "default", body = Problem))
        )]
        async fn one(
            State(api): State<ApiState>,
            authority: Authority,
            Query(within): Query<Within>,
            Path(key): Path<Key>,
        ) -> Result<Json<$View>, Problem> {
            let scope = authority.within(&api, &within).await?;
            let row = api.store.$one(&scope, &key).await?;
            let names = api.names(&authority.scope).await?;
            Ok(Json($View::of(row, &names)))
        }

        #[utoipa::path(
            post, path = $path, tag = $nouns, request_body = $New,
            operation_id = concat!("add_", $noun), summary = concat!("Adds a ", $noun),
            responses((status = 201, body = $Made), (status = "default", body = Problem))
        )]
        async fn add(
            State(api): State<ApiState>,
            authority: Authority,
            Body(new): Body<$New>,
        ) -> Result<(StatusCode, [(HeaderName, String); 1], Json<$Made>), Problem> {
            $($check(&api, &authority, &new).await?;)?
            let made = api.store.$add(&authority.scope, new).await?;
            api.applied().await?;
            let names = api.names(&authority.scope).await?;
            let made = $Made::of(made, &names);
            let location = format!("{}/{}", $path, made.id());
            Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)))
        }

        #[utoipa::path(
            patch, path = $item, tag = $nouns, request_body = $Change,
            params(("key" = String, Path, description = "name or id"), Within),
            operation_id = concat!("change_", $noun), summary = concat!("Changes a ", $noun),
            responses((status = 200, body = $View), (status = "default", body = Problem))
        )]
        async fn change(
            State(api): State<ApiState>,
            authority: Authority,
            Query(within): Query<Within>,
            Path(key): Path<Key>,
            Body(change): Body<$Change>,
        ) -> Result<Json<$View>, Problem> {
            let scope = authority.within(&api, &within).await?;
            // Narrowing says which row is meant; what may be done to it is the authority's.
            let id = Key::Id(api.store.$one(&scope, &key).await?.id.0);
            $($check(&api, &authority, &change).await?;)?
            let row = api.store.$change(&authority.scope, &id, change).await?;
            api.applied().await?;
            let names = api.names(&authority.scope).await?;
            Ok(Json($View::of(row, &names)))
        }

        #[utoipa::path(
            delete, path = $item, tag = $nouns,
            params(("key" = String, Path, description = "name or id"), Within),
            operation_id = concat!("remove_", $noun), summary = concat!("Removes a ", $noun),
            responses((status = 204), (status = "default", body = Problem))
        )]
        async fn remove(
            State(api): State<ApiState>,
            authority: Authority,
            Query(within): Query<Within>,
            Path(key): Path<Key>,
        ) -> Result<StatusCode, Problem> {
            let scope = authority.within(&api, &within).await?;
            let id = Key::Id(api.store.$one(&scope, &key).await?.id.0);
            api.store.$remove(&authority.scope, &id).await?;
            api.applied().await?;
            Ok(StatusCode::NO_CONTENT)
        }
    };
}

pub(super) use resource;
