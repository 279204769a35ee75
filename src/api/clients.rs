//! The client of a session: what is known of them, and which contact they are, or may be.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::contacts::ContactView;
use crate::api::live::Changed;
use crate::api::names::Names;
use crate::api::seen::{Known, Seen};
use crate::api::{ApiState, Authority, Body, Path, Problem};
use crate::e164;
use crate::id::{ContactId, SessionId, TenantId};
use crate::matching::{Client, Judgement, Person, What, judge, judge_alone};
use crate::store::{
    Chosen, ClientChange, Connection, Contact, Key, Scope, Session, SessionClient, SessionDirection,
    StoreError,
};
use crate::switch::history::Summary;

/// Candidates that are shown at most.
const SHOWN: usize = 5;
/// Candidates below this are not shown …
const LEAST: u8 = 30;
/// … but for those whose number or address is the same: a household of four shares the certainty.
const LEAST_OF_SAME: u8 = 10;
/// From this on a contact is connected by itself …
const CERTAIN: u8 = 95;
/// … if no other one is as likely as this.
const RIVAL: u8 = 60;

/// The client of a session, as far as known.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClientView {
    /// Name; empty if it is not known.
    pub name: String,
    /// Telephone number, in E.164 form where the country is known; empty if it is not known.
    pub phone: String,
    /// E-mail address; empty if it is not known.
    pub email: String,
    /// The contact with which the session is connected.
    pub contact: Option<ContactView>,
    /// Who connected it: `automatic` or `operator`; null: it is not connected.
    pub chosen: Option<String>,
    /// Who it may be, the likeliest first; none where an operator has chosen.
    pub candidates: Vec<CandidateView>,
}

/// A contact that may be the client.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CandidateView {
    /// The contact.
    pub contact: ContactView,
    /// How many in a hundred such are the client.
    pub percent: u8,
    /// On what it rests, the strongest first.
    pub reasons: Vec<ReasonView>,
}

/// Something that agrees.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReasonView {
    /// `phone`, `phone_national`, `email`, `email_similar`, `name`, `name_similar` or `identifier`.
    #[schema(value_type = String)]
    pub what: What,
    /// As it is known of the client.
    pub ours: String,
    /// As it stands with the contact.
    pub theirs: String,
}

/// What an operator learned of the client; what is left out stays, an empty text is not known.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDetails {
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Telephone number, in E.164 form or as it is dialled in the tenant's country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Which contact the client is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The id of the contact; null disconnects, and nothing is connected by itself again.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    pub contact: Option<Uuid>,
}

/// The routes of clients.
pub fn routes() -> utoipa_axum::router::OpenApiRouter<ApiState> {
    utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(show, change))
        .routes(utoipa_axum::routes!(choose))
}

#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/client", tag = "contacts",
    params(("id" = Uuid, Path, description = "id of the session")), operation_id = "show_client",
    summary = "Who the client of a session is, or may be; connects a contact that is certain",
    responses((status = 200, body = ClientView), (status = "default", body = Problem))
)]
async fn show(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
) -> Result<Json<ClientView>, Problem> {
    let met = Met::find(&api, &authority, SessionId(id)).await?;
    let kept = api.store.session_client(&met.scope, met.id).await?;
    met.view(&api, kept).await.map(Json)
}

#[utoipa::path(
    put, path = "/api/v1/sessions/{id}/client", tag = "contacts", request_body = NewDetails,
    params(("id" = Uuid, Path, description = "id of the session")), operation_id = "change_client",
    summary = "Takes down name, number or e-mail of the client of a session",
    responses((status = 200, body = ClientView), (status = "default", body = Problem))
)]
async fn change(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(NewDetails { name, phone, email }): Body<NewDetails>,
) -> Result<Json<ClientView>, Problem> {
    let met = Met::find(&api, &authority, SessionId(id)).await?;
    let kept = met.keep(&api, ClientChange { name, phone, email, connection: None }).await?;
    met.view(&api, kept).await.map(Json)
}

#[utoipa::path(
    put, path = "/api/v1/sessions/{id}/contact", tag = "contacts", request_body = Choice,
    params(("id" = Uuid, Path, description = "id of the session")), operation_id = "choose_contact",
    summary = "Connects a session with a contact, or disconnects it",
    responses((status = 200, body = ClientView), (status = "default", body = Problem))
)]
async fn choose(
    State(api): State<ApiState>,
    authority: Authority,
    Path(id): Path<Uuid>,
    Body(Choice { contact }): Body<Choice>,
) -> Result<Json<ClientView>, Problem> {
    let met = Met::find(&api, &authority, SessionId(id)).await?;
    let with = |contact| Connection::With(ContactId(contact), Chosen::Operator);
    let connection = Some(contact.map_or(Connection::Refused, with));
    let kept = met.keep(&api, ClientChange { connection, ..ClientChange::default() }).await?;
    met.view(&api, kept).await.map(Json)
}

/// A session that the sender may see, and what itself tells of its client.
struct Met {
    id: SessionId,
    /// In which it is looked after.
    scope: Scope,
    tenant: Option<TenantId>,
    name: String,
    number: String,
    identifiers: Vec<(String, String)>,
}

impl Met {
    async fn find(api: &ApiState, authority: &Authority, id: SessionId) -> Result<Self, Problem> {
        let Seen { id, scope, known } = Seen::find(api, authority, id).await?;
        Ok(match known {
            Known::Live(live) => Self::live(id, *live, scope),
            Known::Past(session) => Self::past(*session, scope),
        })
    }

    fn live(id: SessionId, live: Summary, scope: Scope) -> Self {
        // Of a call outwards the name is that of the operator who makes it.
        let (name, number) = match live.outbound {
            true => (None, live.dialled),
            false => (live.display, live.from),
        };
        let identifiers = live.parameters.into_iter().collect();
        Self { id, scope, tenant: live.tenant, name: name.unwrap_or_default(), number, identifiers }
    }

    fn past(session: Session, scope: Scope) -> Self {
        let (name, number) = match session.direction {
            SessionDirection::Outbound => (None, session.dialled),
            SessionDirection::Inbound => (session.from_name, session.from),
        };
        let identifiers = session.parameters.into_iter().collect();
        let (id, tenant) = (session.id, session.tenant);
        Self { id, scope, tenant, name: name.unwrap_or_default(), number, identifiers }
    }

    /// Takes something down, and tells those who look on.
    async fn keep(&self, api: &ApiState, change: ClientChange) -> Result<SessionClient, Problem> {
        let kept = api.store.change_session_client(&self.scope, self.id, self.tenant, change).await?;
        api.changed(self.id, self.tenant, Changed::Client);
        Ok(kept)
    }

    /// What is known of the client: what was taken down, and what the call itself told.
    async fn client(&self, api: &ApiState, kept: &SessionClient) -> Result<Client, Problem> {
        let country = match self.tenant {
            Some(tenant) => api.store.tenant(&self.scope, &Key::from(tenant)).await?.country,
            None => None,
        };
        let number = || e164::in_full(&self.number, country.as_deref()).or_else(|| plain(&self.number));
        Ok(Client {
            name: kept.name.clone().unwrap_or_else(|| self.name.clone()),
            phone: kept.phone.clone().or_else(number).unwrap_or_default(),
            email: kept.email.clone().unwrap_or_default(),
            identifiers: self.identifiers.clone(),
        })
    }

    async fn view(&self, api: &ApiState, mut kept: SessionClient) -> Result<ClientView, Problem> {
        let client = self.client(api, &kept).await?;
        let names = Names::within(api.store.as_ref(), &self.scope).await?;
        let chosen_by_hand = matches!(kept.connection, Connection::With(_, Chosen::Operator));
        let mut found = match self.tenant {
            Some(tenant) if !chosen_by_hand => judged(api, &self.scope, tenant, &client, judge).await?,
            _ => vec![],
        };
        if let (Connection::Open, Some(sure)) = (kept.connection, certain(&found)) {
            let connection = Some(Connection::With(sure, Chosen::Automatic));
            kept = self.keep(api, ClientChange { connection, ..ClientChange::default() }).await?;
        }
        let (contact, chosen) = match kept.connection {
            Connection::With(id, chosen) => (self.contact(api, id).await?, Some(chosen)),
            Connection::Open | Connection::Refused => (None, None),
        };
        if chosen == Some(Chosen::Operator) {
            found.clear();
        }
        let word = |chosen| match chosen {
            Chosen::Automatic => "automatic".to_owned(),
            Chosen::Operator => "operator".to_owned(),
        };
        Ok(ClientView {
            name: client.name,
            phone: client.phone,
            email: client.email,
            chosen: chosen.filter(|_| contact.is_some()).map(word),
            contact: contact.map(|contact| ContactView::of(contact, &names)),
            candidates: shown(found, &names),
        })
    }

    /// A contact that may have been removed this moment.
    async fn contact(&self, api: &ApiState, id: ContactId) -> Result<Option<Contact>, Problem> {
        match api.store.contact(&self.scope, id).await {
            Ok(contact) => Ok(Some(contact)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A number whose country is not known; nothing if it is an extension or a name.
fn plain(number: &str) -> Option<String> {
    e164::inside(number).map(|_| number.to_owned())
}

/// The contact that the client is, if that is certain.
fn certain(found: &[(Contact, Judgement)]) -> Option<ContactId> {
    let ((contact, best), others) = found.split_first()?;
    let rivals = others.iter().any(|(_, other)| other.percent >= RIVAL);
    (best.percent >= CERTAIN && !rivals).then_some(contact.id)
}

/// Those who come into question, the likeliest first.
async fn judged(
    api: &ApiState,
    scope: &Scope,
    tenant: TenantId,
    client: &Client,
    judge: fn(&Client, &[Person]) -> Vec<Judgement>,
) -> Result<Vec<(Contact, Judgement)>, Problem> {
    let contacts = api.store.contacts_like(scope, tenant, client).await?;
    let people: Vec<Person> = contacts.iter().map(Contact::person).collect();
    let mut found: Vec<_> = contacts.into_iter().zip(judge(client, &people)).collect();
    found.sort_by(|(a, one), (b, other)| {
        other.percent.cmp(&one.percent).then_with(|| (&a.name, a.id).cmp(&(&b.name, b.id)))
    });
    Ok(found)
}

/// Contacts for whom somebody may stand again.
pub(super) async fn candidates_alone(
    api: &ApiState,
    scope: &Scope,
    tenant: TenantId,
    client: &Client,
    names: &Names,
) -> Result<Vec<CandidateView>, Problem> {
    Ok(shown(judged(api, scope, tenant, client, judge_alone).await?, names))
}

fn shown(found: Vec<(Contact, Judgement)>, names: &Names) -> Vec<CandidateView> {
    let is_same = |judgement: &Judgement| {
        judgement.reasons.iter().any(|reason| matches!(reason.what, What::Phone | What::Email))
    };
    let likely = found.into_iter().filter(|(_, judgement)| {
        judgement.percent >= LEAST || (judgement.percent >= LEAST_OF_SAME && is_same(judgement))
    });
    let candidate = |(contact, judgement): (Contact, Judgement)| CandidateView {
        contact: ContactView::of(contact, names),
        percent: judgement.percent,
        reasons: judgement.reasons.into_iter().map(ReasonView::from).collect(),
    };
    likely.take(SHOWN).map(candidate).collect()
}

impl From<crate::matching::Reason> for ReasonView {
    fn from(crate::matching::Reason { what, ours, theirs }: crate::matching::Reason) -> Self {
        Self { what, ours, theirs }
    }
}
