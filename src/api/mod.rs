//! The web interface: one file a noun, its routes beside its handlers.
//!
//! The same routes are served twice: to the network, where a token opens them, and on the control
//! socket, where the file's owner may do everything. A change of the configuration is answered when
//! the running program has taken it over.

mod announcement;
mod attempts;
mod authority;
mod bans;
mod call_settings;
mod callbacks;
mod calls;
mod channels;
mod chat;
mod chat_callbacks;
mod chat_invitations;
mod chat_offline;
mod clients;
mod contacts;
mod conversations;
mod destinations;
mod devices;
pub mod dialplans;
mod external_contacts;
mod groups;
mod headers;
mod invitations;
pub mod live;
mod login;
mod mailboxes;
mod messages;
mod missed_calls;
mod names;
mod numbers;
mod operators;
mod pages;
mod passage;
mod phone;
mod problem;
mod recordings;
mod resource;
mod rights;
mod routing;
pub mod running;
mod seen;
mod sessions;
mod status;
mod strangers;
mod switches;
mod tags;
mod templates;
mod tenants;
mod times;
mod tokens;
mod trace;
mod trunks;
mod users;
mod visitor;
mod voicemail;
mod warning;
mod webhooks;
mod widgets;
mod work;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Json, Router};
use tracing::warn;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa_axum::router::OpenApiRouter;

pub use authority::{Authority, Within};
pub use bans::BanView;
pub use call_settings::{CallSettingsView, NoAnswerView, RINGS_S};
pub use callbacks::{CallbackNew, CallbackView};
pub use channels::{ChannelChange, ChannelView};
pub use contacts::ContactView;
pub use destinations::DestinationView;
pub use devices::{DeviceMadeView, DeviceView};
pub use external_contacts::ExternalContactView;
pub use groups::GroupView;
pub use invitations::{InvitationMadeView, InvitationView};
pub use mailboxes::MailboxView;
pub use missed_calls::MissedCallView;
pub use numbers::NumberView;
pub use operators::{OperatorView, StatusChange};
pub use problem::{Body, MaybeBody, Path, Problem, Query};
pub use recordings::RecordingView;
pub use sessions::{SessionDetail, SessionView};
pub use switches::{SwitchChange, SwitchView};
pub use tokens::{TokenMadeView, TokenView};
pub use trace::TraceView;
pub use trunks::TrunkView;
pub use users::UserView;
pub use visitor::Visitor;
pub use voicemail::MessageView;
pub use warning::WARNING;
pub use webhooks::WebhookView;
pub use widgets::WidgetView;

use live::{Changed, Hint};
use login::Door;
use names::Names;
use running::{NotApplied, Running};
use strangers::Strangers;

use crate::id::{SessionId, TenantId};
use crate::store::{Scope, Store};

/// What the handlers work with.
#[derive(Clone)]
pub struct ApiState {
    /// What is remembered.
    pub store: Arc<dyn Store>,
    /// The company.
    pub scope: Scope,
    /// The running program.
    pub running: Arc<dyn Running>,
    door: Arc<Door>,
    strangers: Arc<Strangers>,
}

/// Longest body of a request. The largest is a group with all its members.
const BODY_MAX: usize = 256 * 1024;
/// How long a change waits at most for the running program to take it over. It is stored by then.
const APPLY_WITHIN: Duration = Duration::from_secs(2);

impl ApiState {
    /// The state of an interface to this company.
    pub fn new(store: Arc<dyn Store>, scope: Scope, running: Arc<dyn Running>) -> Self {
        Self { store, scope, running, door: Arc::default(), strangers: Arc::default() }
    }

    /// Tells the running program that the configuration has changed, and waits until the change is
    /// in force. The work goes on by itself, so a caller who hangs up cannot cut it short.
    ///
    /// # Errors
    /// The running program cannot read the change that is stored.
    pub async fn applied(&self) -> Result<(), Problem> {
        let running = Arc::clone(&self.running);
        let applying = tokio::spawn(async move { running.apply().await });
        match tokio::time::timeout(APPLY_WITHIN, applying).await {
            Ok(Ok(Err(NotApplied::Unreadable(why)))) => Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!(
                    "the change is stored, but not in force yet, because the configuration cannot be read: {why}. \
                     hovor tries again every few seconds: do not repeat the change, but see to the database. (A \
                     secret made by it is lost: set another one.)"
                ),
            )),
            Ok(_) => Ok(()),
            Err(_) => {
                warn!("a change of the configuration is stored, and not in force after {APPLY_WITHIN:?}");
                Ok(())
            }
        }
    }

    /// Hints to those who look on that something of a session was changed.
    fn changed(&self, session: SessionId, tenant: Option<TenantId>, what: Changed) {
        self.running.hint(Hint { session, tenant, what });
    }

    /// What answers show besides the rows: names in place of ids, and how trunks fare.
    async fn names(&self, scope: &Scope) -> Result<Names, Problem> {
        let names = Names::within(self.store.as_ref(), scope).await?;
        let names = names.with_groups(self.store.groups(scope).await?);
        // A program that stops says nothing of its trunks any more.
        Ok(names.with_trunks(self.running.trunks().await.unwrap_or_default()))
    }
}

/// The routes for the network: a token opens them, or a login.
pub fn router(state: ApiState) -> Router {
    let (routes, document) = described();
    let routes = routes.route_layer(from_fn_with_state(state.clone(), warning::of_dialplans));
    let routes = routes.route_layer(from_fn_with_state(state.clone(), authority::by_credentials));
    let open: Router<ApiState> = login::open().into();
    finished(
        routes
            .merge(open)
            .merge(chat::open())
            .merge(chat_callbacks::open())
            .merge(chat_invitations::open())
            .merge(chat_offline::open())
            .fallback(pages::page),
        document,
        state,
    )
}

/// The routes for the control socket: whoever can open it may do everything.
pub fn control_router(state: ApiState) -> Router {
    let (routes, document) = described();
    let routes = routes.route_layer(from_fn_with_state(state.clone(), warning::of_dialplans));
    let routes = routes.route_layer(from_fn_with_state(state.clone(), authority::by_socket));
    finished(routes.fallback(Problem::no_such_path), document, state)
}

/// The description of all routes, as `/api/openapi.json` gives it.
pub fn document() -> OpenApi {
    described().1
}

/// The routes that need an [`Authority`], with their description.
fn described() -> (Router<ApiState>, OpenApi) {
    let (routes, mut document) = OpenApiRouter::new()
        .merge(tenants::routes())
        .merge(numbers::routes())
        .merge(users::routes())
        .merge(devices::routes())
        .merge(destinations::routes())
        .merge(groups::routes())
        .merge(widgets::routes())
        .merge(invitations::routes())
        .merge(mailboxes::routes())
        .merge(external_contacts::routes())
        .merge(contacts::routes())
        .merge(channels::routes())
        .merge(clients::routes())
        .merge(work::routes())
        .merge(tags::routes())
        .merge(templates::routes())
        .merge(calls::routes())
        .merge(missed_calls::routes())
        .merge(trunks::routes())
        .merge(trunks::checking())
        .merge(tokens::routes())
        .merge(sessions::routes())
        .merge(conversations::routes())
        .merge(recordings::routes())
        .merge(operators::routes())
        .merge(call_settings::routes())
        .merge(voicemail::routes())
        .merge(switches::routes())
        .merge(callbacks::routes())
        .merge(webhooks::routes())
        .merge(bans::routes())
        .merge(dialplans::routes())
        .merge(trace::routes())
        .merge(login::routes())
        .merge(phone::routes())
        .merge(live::routes())
        .merge(messages::routes())
        .merge(routing::routes())
        .split_for_parts();
    document.info = utoipa::openapi::InfoBuilder::new()
        .title("hovor")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Configuration of a hovor company. Rows are addressed by name or by id."))
        .build();
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("`hovor token add NAME`"));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(token.build()));
    let cookie = ApiKeyValue::with_description(
        login::COOKIE,
        "`POST /api/v1/login`; by HTTPS its name is `__Host-hovor_login`; changes take `X-CSRF-Token` besides",
    );
    components.add_security_scheme("login", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    rights::describe(&mut document);
    document.merge(login::open().into_openapi());
    document.security =
        Some(["token", "login"].map(|by| SecurityRequirement::new::<_, [&str; 0], &str>(by, [])).to_vec());
    (routes, document)
}

/// The routes, with what everybody may see and what holds for all.
fn finished(routes: Router<ApiState>, document: OpenApi, state: ApiState) -> Router {
    let document = Arc::new(document);
    routes
        .route("/healthz", get(status::health))
        .route("/metrics", get(status::metrics))
        .route("/api/openapi.json", get(move || async move { Json((*document).clone()) }))
        .method_not_allowed_fallback(Problem::no_such_method)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn(headers::protect))
        .with_state(state)
}
